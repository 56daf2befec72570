//! One address, many forms.

use axum::http::{Method, Request, StatusCode, header};
use bfw::credentials::CredentialStatus;
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Holding, get, verifying};
use crate::harness::{Fixture, TestApp, TestDatabase};

#[db_test]
async fn each_client_gets_the_form_that_it_asks_for(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let path = format!("/credentials/{id}");
    let token = holding.credential(id).await.token;

    // when, then
    for (accept, media) in [
        ("*/*", "application/vc+jwt"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("application/*", "application/vc+jwt"),
        ("application/jwt", "application/jwt"),
        ("text/plain, application/jwt;q=0.2", "application/jwt"),
    ] {
        let answer = holding.get(&path, accept).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, media), "{accept}");
        assert_eq!(answer.body, token, "{accept}");
        assert!(answer.header("vary").contains("accept"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let none = get(&holding.app, &path, &[]).await;
    assert_eq!((none.header("content-type"), none.body.as_str()), ("application/vc+jwt", token.as_str()));
    let decoded = holding.get(&path, "application/json").await;
    assert_eq!(decoded.header("content-type"), "application/json");
    assert_eq!(decoded.json()["id"], format!("http://127.0.0.1:8080/credentials/{id}"));
    let envelope = holding.get(&path, "application/vc").await;
    assert_eq!(envelope.header("content-type"), "application/vc");
    assert_eq!(envelope.json()["type"], "EnvelopedVerifiableCredential");
    assert_eq!(envelope.json()["id"], format!("data:application/vc+jwt,{token}"));
    let page = holding.get(&path, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

#[db_test]
async fn what_is_not_there_and_what_cannot_be_had_are_told_as_problems(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    let unknown = bfw::credentials::CredentialId::from_uuid(uuid::Uuid::from_u128(5));

    // when, then
    for (path, accept, status) in [
        (format!("/credentials/{unknown}"), "*/*", 404),
        (format!("/credentials/{unknown}/bundle"), "*/*", 404),
        ("/credentials/nothing".to_owned(), "text/html", 404),
        (format!("/credentials/{id}"), "image/png", 406),
        ("/credentials/status/1/revocation".to_owned(), "text/html", 406),
        ("/.well-known/did.json".to_owned(), "text/html", 406),
        (format!("/credentials/{id}/bundle?at=yesterday"), "*/*", 400),
        (format!("/credentials/{id}/bundle?at=2026-11-02T08:00:01Z"), "*/*", 400),
        ("/credentials/status/1/revocation?at=2030-01-01T00:00:00Z".to_owned(), "*/*", 400),
    ] {
        let answer = holding.get(&path, accept).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((&problem["status"], problem["detail"].is_string()), (&json!(status), true), "{path}");
    }
}

#[db_test]
async fn a_bundle_needs_nothing_else_and_tells_of_any_time(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    holding.app.clock.advance(TimeDelta::hours(2));
    holding.say(CredentialStatus::Revoked, "2026-11-02T09:30:00Z").await;
    let document = holding.get("/.well-known/did.json", "application/json").await.json();

    // when
    let now = holding.get(&format!("/credentials/{id}/bundle"), "*/*").await;
    let before = holding.get(&format!("/credentials/{id}/bundle?at=2026-11-02T09:00:00Z"), "*/*").await;

    // then
    assert_eq!(now.header("content-disposition"), format!("attachment; filename=\"{id}.bundle.json\""));
    let (now, before) = (now.json(), before.json());
    assert_eq!((&now["type"], &now["version"]), (&json!("CredentialBundle"), &json!(1)));
    assert_eq!((&now["madeAt"], &now["asOf"]), (&json!("2026-11-02T10:00:00Z"), &json!("2026-11-02T10:00:00Z")));
    assert_eq!(before["asOf"], "2026-11-02T09:00:00Z");
    assert_eq!(now["didDocument"], document);
    assert_eq!(now["statusLists"].as_array().unwrap().len(), 2);
    assert_eq!(verifying::verify(&now, &document, "2026-11-02T10:00:00Z"), Err("status: revocation".into()));
    assert!(verifying::verify(&before, &document, "2026-11-02T09:00:00Z").is_ok());
}

#[db_test]
async fn what_did_not_change_is_not_sent_again(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;

    for path in
        [format!("/credentials/{id}"), "/credentials/status/1/revocation".into(), "/.well-known/did.json".into()]
    {
        // when
        let first = get(&holding.app, &path, &[]).await;
        let tag = first.header("etag").to_owned();
        let again = get(&holding.app, &path, &[(header::IF_NONE_MATCH.as_str(), &format!("\"x\", W/{tag}"))]).await;
        let other = get(&holding.app, &path, &[(header::IF_NONE_MATCH.as_str(), "\"x\"")]).await;

        // then
        assert!(first.header("cache-control").contains("max-age"), "{path}");
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), tag);
        assert_eq!((other.status, &other.body), (StatusCode::OK, &first.body), "{path}");
    }
    let tag = get(&holding.app, "/credentials/status/1/revocation", &[]).await.header("etag").to_owned();
    holding.say(CredentialStatus::Revoked, "2026-11-02T08:00:00Z").await;
    let path = "/credentials/status/1/revocation";
    let changed = get(&holding.app, path, &[(header::IF_NONE_MATCH.as_str(), &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[db_test]
async fn a_head_has_no_body_and_a_post_is_not_taken(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;

    // when
    let ask = async |method: Method| {
        let request = Request::builder().method(method).uri(format!("/credentials/{id}")).body(Default::default());
        holding.app.send(request.unwrap()).await.status()
    };

    // then
    assert_eq!(ask(Method::HEAD).await, StatusCode::OK);
    assert_eq!(ask(Method::POST).await, StatusCode::METHOD_NOT_ALLOWED);
}

#[db_test]
async fn an_address_with_a_path_gives_an_identifier_with_it(database: TestDatabase) {
    // given
    let settings = [("public_url", "https://exemple.ml:8443/femmes/")];
    let app = TestApp::with_settings(database, &settings).await;
    let holding = Holding::of(app).await;

    // when
    let id = holding.issue(holding.draft()).await;

    // then
    let document = holding.get("/did.json", "application/did+json").await;
    assert_eq!(document.header("content-type"), "application/did+json");
    assert_eq!(document.json()["id"], "did:web:exemple.ml%3A8443:femmes");
    let bundle = holding.bundle(id).await;
    assert_eq!(bundle["credential"]["id"], format!("https://exemple.ml:8443/femmes/credentials/{id}"));
    assert!(verifying::verify(&bundle, &document.json(), "2026-11-02T09:00:00Z").is_ok());
}

#[db_test]
async fn credentials_of_a_suspended_organization_are_still_shown(database: TestDatabase) {
    // given
    let holding = Holding::of(TestApp::build(database).await).await;
    let id = holding.issue(holding.draft()).await;
    let connection = holding.app.database.connect().await;
    let text = "UPDATE organization SET standing = 'SUSPENDED'";
    let suspend = sea_orm::Statement::from_string(holding.app.app.services.db.backend(), text);
    let changed = sea_orm::ConnectionTrait::execute_raw(&connection, suspend).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);

    // when
    let answer = holding.get(&format!("/credentials/{id}"), "application/json").await;

    // then
    assert_eq!(answer.json()["credentialSubject"]["issuedToParty"]["name"], "Coopérative Benkadi <Ségou>");
}
