//! Tokens and typed texts, through everything but the network.

use axum::{body::to_bytes, http::StatusCode};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::app::{PASSWORD, TestApp, graphql_request};

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) {
    session { accessToken refreshToken } userErrors { code message path } } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) {
    session { accessToken refreshToken } userErrors { code message path } } }";
const REFRESH: &str = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
    session { accessToken refreshToken } userErrors { code message path } } }";
const SIGN_OUT: &str =
    "mutation($input: SignOutInput) { signOut(input: $input) { signedOut userErrors { code message path } } }";

fn person(changes: Value) -> Value {
    let mut input = json!({ "phone": "76123456", "password": PASSWORD, "name": "Awa Traoré" });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

fn tokens(payload: &Value) -> (String, String) {
    let token = |name: &str| payload["session"][name].as_str().unwrap().to_owned();
    (token("accessToken"), token("refreshToken"))
}

/// What a token is answered with where even a visitor would be served.
async fn refusal(app: &TestApp, token: &str) -> (StatusCode, String, bool) {
    let answer = app.send(graphql_request(Some(token), "{ __typename }", &json!({}))).await;
    let status = answer.status();
    let challenged = answer
        .headers()
        .get("www-authenticate")
        .is_some_and(|challenge| challenge.to_str().unwrap().starts_with("Bearer realm="));
    let body: Value = serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap();
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned();
    (status, code, challenged)
}

#[db_test]
async fn a_token_that_is_no_good_is_401_and_challenged_whatever_is_wrong_with_it(app: TestApp) {
    // given
    let (access, refresh) = tokens(&app.expect_payload(None, SIGN_UP, person(json!({}))).await);
    assert_eq!(refusal(&app, &access).await, (StatusCode::OK, "none".to_owned(), false), "a good one is served");
    let refused = (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED".to_owned(), true);

    // then: forged, and another token than that for access
    let mut forged = access.clone();
    forged.replace_range(0..1, if forged.starts_with('A') { "B" } else { "A" });
    assert_eq!(refusal(&app, &forged).await, refused, "forged");
    assert_eq!(refusal(&app, &refresh).await, refused, "a refresh token");

    // when: a used refresh token comes again, the whole family is over
    let (next, _) = tokens(&app.expect_payload(None, REFRESH, json!({ "refreshToken": refresh })).await);
    assert_eq!(refusal(&app, &next).await.0, StatusCode::OK);
    let again = app.user_errors(None, REFRESH, json!({ "refreshToken": refresh })).await;
    assert_eq!(again[0].0, "INVALID_SESSION");
    assert_eq!(refusal(&app, &access).await, refused, "of a family that ended");
    assert_eq!(refusal(&app, &next).await, refused, "the newest of a family that ended");

    // when: signed out
    let credentials = json!({ "identifier": "76123456", "password": PASSWORD });
    let (access, refresh) = tokens(&app.expect_payload(None, SIGN_IN, credentials.clone()).await);
    app.expect_payload(Some(&access), SIGN_OUT, json!({})).await;
    assert_eq!(refusal(&app, &access).await, refused, "signed out");
    let over = app.user_errors(None, REFRESH, json!({ "refreshToken": refresh })).await;
    assert_eq!(over[0].0, "INVALID_SESSION");

    // when: its time is over
    let (access, _) = tokens(&app.expect_payload(None, SIGN_IN, credentials).await);
    app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(refusal(&app, &access).await, refused, "expired");
}

#[db_test]
async fn signs_that_nobody_sees_are_refused_at_their_field(app: TestApp) {
    let told = |code: &str, path: &str| vec![(code.to_owned(), path.to_owned())];
    for sign in ["\0", "\u{202e}", "\u{2066}"] {
        let name = app.user_errors(None, SIGN_UP, person(json!({ "name": format!("Awa{sign}Traoré") }))).await;
        assert_eq!(name, told("INVALID_CHARACTERS", "input.name"), "{sign:?}");
        let phone = app.user_errors(None, SIGN_UP, person(json!({ "phone": format!("7612{sign}3456x") }))).await;
        assert_eq!(phone, told("INVALID_PHONE", "input.phone"), "{sign:?}");
        let identifier = format!("76123456{sign}x");
        let sign_in = app.user_errors(None, SIGN_IN, json!({ "identifier": identifier, "password": PASSWORD })).await;
        assert_eq!(sign_in[0].0, "INVALID_CREDENTIALS", "{sign:?}");
    }
    let key = app.user_errors(None, SIGN_UP, person(json!({ "idempotencyKey": "a\0b" }))).await;
    assert_eq!(key, told("INVALID_CHARACTERS", "input.idempotencyKey"));

    // A password is no name: whatever she can type twice is hers.
    let odd = format!("{PASSWORD}\0\u{202e}");
    let (access, refresh) = tokens(
        &app.expect_payload(None, SIGN_UP, person(json!({ "password": odd, "idempotencyKey": "\u{202e}k" }))).await,
    );
    app.expect_payload(None, SIGN_IN, json!({ "identifier": "76123456", "password": odd })).await;
    let without = app.user_errors(None, SIGN_IN, json!({ "identifier": "76123456", "password": PASSWORD })).await;
    assert_eq!(without[0].0, "INVALID_CREDENTIALS");
    for (mutation, input) in [
        (SIGN_IN, json!({ "identifier": "76123456", "password": odd, "idempotencyKey": "a\0b" })),
        (REFRESH, json!({ "refreshToken": refresh, "idempotencyKey": "a\0b" })),
    ] {
        let key = app.user_errors(None, mutation, input).await;
        assert_eq!(key, told("INVALID_CHARACTERS", "input.idempotencyKey"));
    }
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
        membership { id } userErrors { code message path } } }";
    for code in ["K3PF-9QXN-0B7T-M2C\0", "\u{202e}K3PF-9QXN-0B7T-M2CD", ""] {
        let told = app.user_errors(Some(&access), accept, json!({ "code": code })).await;
        assert_eq!(told, [("INVALID_INVITATION".to_owned(), "input.code".to_owned())], "{code:?}");
    }
}
