//! Codes as people type them, and as pictures on labels.

use axum::http::StatusCode;
use db_test::db_test;

use super::{CODE, HTML, Story};
use crate::harness::TestApp;

const JSON: (&str, &str) = ("accept", "application/json");

#[db_test]
async fn a_code_is_found_as_people_type_it_at_one_address(app: TestApp) {
    // given
    let story = Story::of(app).await;

    // when, then
    for (typed, location) in [
        ("/trace/7kq4m0210000", "7KQ4M0210000"),
        ("/trace/7KQ4MO2I0000?lang=en", "7KQ4M0210000?lang=en"),
        ("/trace/7kq4%20mo2l0000", "7KQ4M0210000"),
        ("/trace/7kq4m0210000/qr.png?size=200", "../7KQ4M0210000/qr.png?size=200"),
        ("/trace/7kq4m0210000/label", "../7KQ4M0210000/label"),
    ] {
        let answer = story.get(typed, &[HTML]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::MOVED_PERMANENTLY, location), "{typed}");
    }
}

#[db_test]
async fn an_unknown_code_is_told_in_the_readers_language_and_to_programs_as_a_problem(app: TestApp) {
    // given
    let story = Story::of(app).await;

    // when
    let french = story.get("/trace/8ZZZZZ000000", &[HTML]).await;
    let bambara = story.get("/trace/8ZZZZZ000000?lang=bm", &[HTML]).await;
    let program = story.get("/trace/8ZZZZZ000000", &[JSON]).await;

    // then
    assert_eq!((french.status, french.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
    assert!(french.text().contains("Ce code n'est pas connu ici") && french.text().contains("8ZZZZZ000000"));
    assert!(bambara.text().contains("Nin kode ma dɔn yan"));
    assert_eq!((program.status, program.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    for nonsense in ["/trace/%3Cscript%3E", "/trace/%00", "/trace/%C3%A9"] {
        let answer = story.get(nonsense, &[HTML]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nonsense}");
        assert!(!answer.text().contains("script"), "{nonsense}");
    }
    assert_eq!(
        story.get(&format!("/trace/{CODE}"), &[("accept", "image/webp")]).await.status,
        StatusCode::NOT_ACCEPTABLE
    );
}

#[db_test]
async fn what_is_known_already_is_not_sent_again(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let path = format!("/trace/{CODE}");
    let first = story.get(&path, &[HTML]).await;
    let tag = first.header("etag").to_owned();

    // when
    let again = story.get(&path, &[HTML, ("if-none-match", &tag)]).await;

    // then
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(first.header("cache-control"), "no-cache");
    assert_eq!(first.header("vary"), "accept, accept-language");

    // when
    story.rows().recall(story.cooperative, CODE, story.butter, "moisi").await;

    // then
    assert_eq!(story.get(&path, &[HTML, ("if-none-match", &tag)]).await.status, StatusCode::OK);
}

#[db_test]
async fn the_code_is_to_be_had_as_pictures(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let picture = |name: &str| format!("/trace/{CODE}/qr.{name}");

    // when
    let drawing = story.get(&picture("svg"), &[]).await;
    let png = story.get(&picture("png?size=300"), &[]).await;

    // then
    assert_eq!(drawing.header("content-type"), "image/svg+xml");
    assert!(drawing.text().contains(&format!("<title>http://127.0.0.1:8080/trace/{CODE}</title>")));
    assert!(drawing.text().starts_with("<svg xmlns="));
    assert_eq!((png.header("content-type"), png.header("cache-control")), ("image/png", "public, max-age=86400"));
    let read = image::load_from_memory(&png.body).unwrap();
    assert!((200..=300).contains(&read.width()) && read.width() == read.height(), "{}", read.width());
    for wrong in ["size=99", "size=2001", "size=-1", "size=x"] {
        assert_eq!(story.get(&picture(&format!("png?{wrong}")), &[]).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(story.get("/trace/8ZZZZZ000000/qr.svg", &[]).await.status, StatusCode::NOT_FOUND);
}

#[db_test]
async fn labels_are_printed_as_many_as_are_asked_for(app: TestApp) {
    // given
    let story = Story::of(app).await;
    let path = format!("/trace/{CODE}/label");

    // when
    let sheet = story.get(&format!("{path}?count=48&columns=3"), &[HTML]).await;

    // then
    let text = sheet.text();
    assert_eq!(text.matches("<article>").count(), 48);
    for said in ["Beurre de karité", "Benkadi", "Fait le 20 octobre 2026", "180\u{a0}kg", CODE, "columns-3", "size:A4"]
    {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(sheet.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!text.contains("ne collez pas"));
    assert_eq!(story.get(&path, &[HTML]).await.text().matches("<article>").count(), 8);
    for wrong in ["count=0", "count=49", "columns=0", "columns=5"] {
        assert_eq!(story.get(&format!("{path}?{wrong}"), &[]).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }

    // when
    story.rows().recall(story.cooperative, CODE, story.butter, "moisi").await;

    // then
    assert!(story.get(&path, &[HTML]).await.text().contains("ne collez pas ces étiquettes"));
}
