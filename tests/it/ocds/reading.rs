//! What anybody may ask for over HTTP.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::Value;

use super::{
    get, json,
    standard::Standard,
    world::{Process, Step, World},
};
use crate::harness::TestApp;

/// Some processes that were published, and of which pages tell.
async fn published(app: &TestApp, number: u64, count: u64) -> Vec<Process> {
    let world = World::make(&app.app.services, number, 2, 4).await;
    let mut processes = Vec::new();
    for seed in 0..count {
        let mut process = world.with_story(seed, &[Step::Draft, Step::Publish, Step::Answer, Step::Close]);
        process.walk_on(&world).await;
        processes.push(process);
        app.settle().await;
        app.clock.advance(TimeDelta::seconds(10));
    }
    processes
}

#[db_test]
async fn pages_follow_each_other_to_the_last_release(app: TestApp) {
    let processes = published(&app, 20, 4).await;
    let mut address = Some("/ocds/packages?limit=5".to_owned());
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    while let Some(at) = address.take() {
        let package = json(&app, &at).await;
        if let Some(standard) = Standard::load() {
            assert_eq!(standard.package_errors(&package), Vec::<String>::new());
        }
        let releases = package["releases"].as_array().unwrap();
        sizes.push(releases.len());
        seen.extend(releases.iter().map(|release| release["id"].as_str().unwrap().to_owned()));
        let next = package["links"]["next"].as_str().map(str::to_owned);
        address = next.map(|next| next.strip_prefix(&app.app.config.public_url).unwrap().to_owned());
    }
    let expected: Vec<String> =
        processes.iter().flat_map(|process| (1..=3).map(|sequence| format!("{}-{sequence}", process.ocid))).collect();
    assert_eq!(seen, expected);
    assert_eq!(sizes, [5, 5, 2]);
}

#[db_test]
async fn what_was_published_this_instant_waits_until_nothing_can_come_before_it(app: TestApp) {
    let world = World::make(&app.app.services, 21, 1, 4).await;
    let mut process = world.with_story(1, &[Step::Draft, Step::Publish]);
    process.walk_on(&world).await;
    app.settle().await;

    let (at_once, _, body) = get(&app, "/ocds/packages", &[]).await;
    app.clock.advance(TimeDelta::seconds(6));
    let later = json(&app, "/ocds/packages").await;

    assert_eq!(at_once, StatusCode::NOT_FOUND, "{body}");
    assert_eq!(later["releases"].as_array().unwrap().len(), 1);
}

#[db_test]
async fn answers_are_kept_by_a_tag_and_for_pages_of_any_origin(app: TestApp) {
    let processes = published(&app, 22, 1).await;
    let ocid = &processes[0].ocid;
    for (address, kept) in [
        (format!("/ocds/releases/{ocid}"), "public, max-age=60"),
        (format!("/ocds/releases/{ocid}/2"), "public, max-age=86400"),
        (format!("/ocds/records/{ocid}"), "public, max-age=60"),
        ("/ocds/packages?limit=3".to_owned(), "public, max-age=86400"),
        ("/ocds/packages?limit=4".to_owned(), "no-cache"),
        ("/ocds/extension/extension.json".to_owned(), "public, max-age=60"),
    ] {
        let (status, headers, _) = get(&app, &address, &[]).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert_eq!(headers[header::CACHE_CONTROL], kept, "{address}");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "{address}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/json", "{address}");
        let tag = headers[header::ETAG].to_str().unwrap();
        let (status, _, body) = get(&app, &address, &[("if-none-match", tag)]).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{address}");
    }
}

#[db_test]
async fn what_is_asked_wrongly_is_told_as_a_problem(app: TestApp) {
    let processes = published(&app, 23, 1).await;
    let ocid = &processes[0].ocid;
    let not_acceptable = get(&app, &format!("/ocds/releases/{ocid}"), &[("accept", "text/html")]).await;
    assert_eq!(not_acceptable.0, StatusCode::NOT_ACCEPTABLE);
    for (address, expected) in [
        ("/ocds/releases/ocds-bfw000-nobody".to_owned(), StatusCode::NOT_FOUND),
        (format!("/ocds/releases/{ocid}/4"), StatusCode::NOT_FOUND),
        (format!("/ocds/releases/{ocid}/first"), StatusCode::NOT_FOUND),
        ("/ocds/records/ocds-bfw000-nobody".to_owned(), StatusCode::NOT_FOUND),
        ("/ocds/extension/secret.json".to_owned(), StatusCode::NOT_FOUND),
        ("/ocds/packages?limit=0".to_owned(), StatusCode::BAD_REQUEST),
        ("/ocds/packages?limit=101".to_owned(), StatusCode::BAD_REQUEST),
        ("/ocds/packages?limit=many".to_owned(), StatusCode::BAD_REQUEST),
        ("/ocds/packages?after=nothing".to_owned(), StatusCode::BAD_REQUEST),
        (format!("/ocds/packages?after={ocid}-9"), StatusCode::BAD_REQUEST),
        (format!("/ocds/packages?after={ocid}-3"), StatusCode::NOT_FOUND),
    ] {
        let (status, headers, body) = get(&app, &address, &[]).await;
        assert_eq!(status, expected, "{address}: {body}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{address}");
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], expected.as_u16(), "{address}");
    }
}

#[db_test]
async fn a_draft_is_nobodys_business(app: TestApp) {
    let world = World::make(&app.app.services, 24, 1, 4).await;
    let mut process = world.with_story(1, &[Step::Draft]);
    process.walk_on(&world).await;
    app.settle().await;

    let (status, _, _) = get(&app, &format!("/ocds/releases/{}", process.ocid), &[]).await;

    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[db_test]
async fn the_extension_that_packages_declare_is_where_they_say(app: TestApp) {
    let processes = published(&app, 25, 1).await;
    let package = json(&app, &format!("/ocds/releases/{}", processes[0].ocid)).await;
    let declared = package["extensions"].as_array().unwrap();
    let own = declared.last().unwrap().as_str().unwrap();
    let address = own.strip_prefix(&app.app.config.public_url).unwrap();

    let extension = json(&app, address).await;

    let folder = address.strip_suffix("extension.json").unwrap();
    let schema = json(&app, &format!("{folder}{}", extension["schemas"][0].as_str().unwrap())).await;
    assert!(schema["definitions"]["BfwAward"].is_object());
    let list = format!("{folder}codelists/{}", extension["codelists"][0].as_str().unwrap());
    let (status, headers, body) = get(&app, &list, &[]).await;
    assert_eq!((status, &headers[header::CONTENT_TYPE]), (StatusCode::OK, &"text/csv; charset=utf-8".parse().unwrap()));
    assert!(body.starts_with("Code,Title,Description"));
}
