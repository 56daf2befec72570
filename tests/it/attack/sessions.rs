//! Tokens that are stolen, made up, outlived or planted; and whether anything tells who has an account.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use bfw::accounts::PlatformRole;
use db_test::db_test;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::{
    harness::app::{PASSWORD, TestApp, graphql_request},
    notifications::user_id,
};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { user { id }
    session { accessToken refreshToken } userErrors { code message path } } }";
const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { user { id }
    session { accessToken refreshToken } userErrors { code message path } } }";
const REFRESH: &str = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
    session { accessToken refreshToken } userErrors { code message path } } }";
const INVITE: &str = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code
    invitation { id status } userErrors { code message path } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    membership { id } userErrors { code message path } } }";
const STOP: &str = "mutation($input: StopNotificationsInput!) { stopNotifications(input: $input) { stopped
    userErrors { code message path } } }";
const ERASE: &str = "mutation($input: EraseAccountInput!) { eraseAccount(input: $input) {
    erasedId userErrors { code message path } } }";

/// Signs in, and gives the access token and the refresh token.
async fn signed_in(app: &TestApp, email: &str) -> (String, String) {
    let input = json!({ "identifier": email, "password": PASSWORD });
    let session = app.expect_payload(None, SIGN_IN, input).await["session"].take();
    let token = |name: &str| session[name].as_str().unwrap().to_owned();
    (token("accessToken"), token("refreshToken"))
}

/// What a request with this `Authorization` comes to, without its id.
async fn presented(app: &TestApp, authorization: &[u8]) -> (StatusCode, String) {
    let body = json!({ "query": "{ viewer { user { id } } }" }).to_string();
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, axum::http::HeaderValue::from_bytes(authorization).unwrap());
    let answer = app.send(request.body(Body::from(body)).unwrap()).await;
    let status = answer.status();
    let mut body: Value = serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap();
    if let Some(extensions) = body.pointer_mut("/errors/0/extensions").and_then(Value::as_object_mut) {
        extensions.remove("requestId");
    }
    (status, body.to_string())
}

#[db_test]
async fn a_token_is_good_to_the_letter_and_every_other_text_is_refused_alike(app: TestApp) {
    // given
    app.sign_up("awa@exemple.ml").await;
    let (token, refresh) = signed_in(&app, "awa@exemple.ml").await;
    let bearer = |token: &str| format!("Bearer {token}").into_bytes();
    assert_eq!(presented(&app, &bearer(&token)).await.0, StatusCode::OK);
    let refused = presented(&app, b"Bearer x").await;
    assert_eq!(refused.0, StatusCode::UNAUTHORIZED, "{}", refused.1);

    // when: a sign is another, at each place; the last one may leave bits over that a lax reader would not look at
    let mut tampered = Vec::new();
    for place in 0..token.len() {
        for sign in ["A", "B", "C", "z", "-", "_", "9"] {
            let mut other = token.clone();
            other.replace_range(place..=place, sign);
            if other != token {
                tampered.push(other);
            }
        }
    }
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    let last = token.len() - 1;
    tampered.extend(alphabet.chars().map(|sign| format!("{}{sign}", &token[..last])).filter(|other| *other != token));
    // longer, shorter, padded, in another alphabet, doubled, in another case
    tampered.extend([
        token[..last].to_owned(),
        token[1..].to_owned(),
        format!("{token}="),
        format!("{token}A"),
        format!("{token}{token}"),
        format!("{token},{token}"),
        format!("{token} {token}"),
        token.to_lowercase(),
        token.to_uppercase(),
        token.replace('-', "+").replace('_', "/") + "=",
        format!("{token}\u{7f}").replace('\u{7f}', "%00"),
        "A".repeat(token.len()),
        String::from("null"),
        String::from("undefined"),
        "x".repeat(30_000),
        // tokens of another kind, and of no kind: nothing here reads a header that names its own algorithm
        refresh,
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZG1pbiJ9.".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAA".to_owned(),
        "' OR 1=1 --".to_owned(),
    ]);

    // then: all of them, in the same words
    for other in &tampered {
        assert_eq!(presented(&app, &bearer(other)).await, refused, "{other}");
    }
    for header in [&b"Bearer"[..], b"Bearer ", b"Basic eDp4", b"\xff\xfe", b"Bearer \xff", b""] {
        assert_eq!(presented(&app, header).await, refused, "{header:?}");
    }
    // A second header is no second try.
    let mut twice = graphql_request(Some("x"), "{ viewer { user { id } } }", &json!({}));
    twice.headers_mut().append(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    assert_eq!(app.send(twice).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(presented(&app, &bearer(&token)).await.0, StatusCode::OK, "and she is still signed in");
}

#[db_test]
async fn a_session_begins_with_tokens_that_nobody_knew_before(app: TestApp) {
    // given: somebody plants what she knows
    app.sign_up("awa@exemple.ml").await;
    app.sign_up("planter@exemple.ml").await;
    let (planted, planted_refresh) = signed_in(&app, "planter@exemple.ml").await;

    // when: signed in with it beside
    let input = json!({ "identifier": "awa@exemple.ml", "password": PASSWORD });
    let signed_in = app.expect_payload(Some(&planted), SIGN_IN, input).await;

    // then
    let session = &signed_in["session"];
    assert!(session["accessToken"] != planted.as_str() && session["refreshToken"] != planted_refresh.as_str());
    let awa = session["accessToken"].as_str().unwrap();
    assert_ne!(user_id(&app, awa).await, user_id(&app, &planted).await, "each token is still whose it was");

    // And on the officer's page, where the token is in a cookie.
    let form = format!("identifier=awa%40exemple.ml&password={}", PASSWORD.replace(' ', "+"));
    let request = Request::post("/dashboard/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, format!("bfw_session={planted_refresh}"));
    let answer = app.send(request.body(Body::from(form)).unwrap()).await;
    let cookies: Vec<String> =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    assert!(answer.status().is_redirection() && cookies.len() == 1, "{} {cookies:?}", answer.status());
    assert!(!cookies[0].contains(&planted_refresh), "{cookies:?}");
    assert!(cookies[0].contains("HttpOnly") && cookies[0].contains("SameSite=Strict"), "{cookies:?}");
}

#[db_test]
async fn who_is_no_longer_meant_is_out_at_once_whatever_tokens_she_holds(app: TestApp) {
    // given
    let owner = app.sign_up("fatou@exemple.ml").await;
    let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let awa = app.sign_up("awa@exemple.ml").await;
    let invited = json!({ "organizationId": house, "identifier": "awa@exemple.ml", "role": "MANAGER" });
    let code = app.expect_payload(Some(&owner), INVITE, invited).await["code"].take();
    let joined = app.expect_payload(Some(&awa), ACCEPT, json!({ "code": code })).await;
    let (second, refresh) = signed_in(&app, "awa@exemple.ml").await;
    let producers = "query($id: ID!) { producers(organizationId: $id) { totalCount } }";
    let refused = async |token: &str| {
        let answer = app.graphql(Some(token), producers, json!({ "id": house })).await;
        answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned()
    };
    assert_eq!((refused(&awa).await, refused(&second).await), ("none".to_owned(), "none".to_owned()));

    // when: she is removed
    let remove = "mutation($input: RemoveMemberInput!) { removeMember(input: $input) { removedMembershipId
        userErrors { code message path } } }";
    app.expect_payload(Some(&owner), remove, json!({ "membershipId": joined["membership"]["id"] })).await;

    // then: she is still somebody, and nobody here
    let renewed = app.expect_payload(None, REFRESH, json!({ "refreshToken": refresh })).await;
    let third = renewed["session"]["accessToken"].as_str().unwrap().to_owned();
    let third_refresh = renewed["session"]["refreshToken"].clone();
    for token in [&awa, &second, &third] {
        assert_eq!(refused(token).await, "FORBIDDEN");
    }
    let again = app.user_errors(Some(&awa), ACCEPT, json!({ "code": code })).await;
    assert_eq!(again, [("INVALID_INVITATION".to_owned(), "input.code".to_owned())], "the code was good once");

    // when: her account is blocked
    let connection = app.database.connect().await;
    let block = "UPDATE user_account SET status = 'BLOCKED' WHERE email = 'awa@exemple.ml'";
    assert_eq!(connection.execute_unprepared(block).await.unwrap().rows_affected(), 1);

    // then
    for token in [&awa, &second, &third] {
        assert_eq!(refused(token).await, "UNAUTHENTICATED");
    }
    let over = app.user_errors(None, REFRESH, json!({ "refreshToken": third_refresh })).await;
    assert_eq!(over[0].0, "INVALID_SESSION");

    // when: she comes back, and closes her account
    connection
        .execute_unprepared("UPDATE user_account SET status = 'ACTIVE' WHERE email = 'awa@exemple.ml'")
        .await
        .unwrap();
    let (last, last_refresh) = signed_in(&app, "awa@exemple.ml").await;
    app.expect_payload(Some(&last), ERASE, json!({ "password": PASSWORD })).await;

    // then
    for token in [&awa, &second, &third, &last] {
        assert_eq!(refused(token).await, "UNAUTHENTICATED");
    }
    let over = app.user_errors(None, REFRESH, json!({ "refreshToken": last_refresh })).await;
    assert_eq!(over[0].0, "INVALID_SESSION");
}

/// An answer to whoever asks, whole but for its id and for what differs from one secret to the next.
async fn answered(app: &TestApp, token: Option<&str>, mutation: &str, input: Value) -> String {
    let mut answer = app.graphql(token, mutation, json!({ "input": input })).await;
    // What is left of an allowance is less each time, whatever is asked.
    let cost = answer["extensions"]["cost"].take();
    assert!(cost["available"].is_u64(), "{answer}");
    format!("{answer} for {}", cost["requested"])
}

#[db_test]
async fn no_answer_tells_whether_somebody_has_an_account_and_none_costs_less(app: TestApp) {
    // given
    let owner = app.sign_up("fatou@exemple.ml").await;
    let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let stranger = app.sign_up("known@exemple.ml").await;
    let passwords = app.app.accounts.passwords();

    // then: signing in
    let mut answers = Vec::new();
    for identifier in
        ["known@exemple.ml", "unknown@exemple.ml", "76999999", "neither", "", "known@exemple.ml' OR 1=1 --"]
    {
        let before = (passwords.verifications(), passwords.hashes());
        let input = json!({ "identifier": identifier, "password": "la pluie tombe sur Kati" });
        answers.push(answered(&app, None, SIGN_IN, input).await);
        let after = (passwords.verifications(), passwords.hashes());
        assert_eq!(after, (before.0 + 1, before.1), "{identifier}: one check, whoever it is");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");

    // then: inviting. Who has an account, who has none, and who is a member: nothing but the secrets differs.
    let mut answers = Vec::new();
    for identifier in ["known@exemple.ml", "unknown@exemple.ml", "fatou@exemple.ml"] {
        let input = json!({ "organizationId": house, "identifier": identifier, "role": "VIEWER" });
        let mut payload = app.expect_payload(Some(&owner), INVITE, input).await;
        assert!(payload["code"].take().is_string() && payload["invitation"]["id"].take().is_string());
        answers.push(payload.to_string());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");

    // then: codes that are for somebody else are codes that never were
    let input = json!({ "organizationId": house, "identifier": "other@exemple.ml", "role": "VIEWER" });
    let foreign = app.expect_payload(Some(&owner), INVITE, input).await["code"].take();
    let mut answers = Vec::new();
    for code in [foreign, json!("K3PF-9QXN-0B7T-M2CD"), json!("x")] {
        answers.push(answered(&app, Some(&stranger), ACCEPT, json!({ "code": code })).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");

    // then: signing up says that an identifier is taken, as its owner must know; the work is the same, and tries are counted
    for (email, taken) in [("known@exemple.ml", true), ("new@exemple.ml", false)] {
        let before = passwords.hashes();
        let input = json!({ "email": email, "password": PASSWORD, "name": "Awa Traoré" });
        let answer = answered(&app, None, SIGN_UP, input).await;
        assert_eq!((answer.contains("IDENTIFIER_TAKEN"), passwords.hashes() - before), (taken, 1), "{answer}");
    }

    // then: a link that stops messages says the same of every token
    let mut answers = Vec::new();
    for token in ["A".repeat(43), "B".repeat(43), "x".to_owned(), "' OR 1=1 --".to_owned()] {
        answers.push(answered(&app, None, STOP, json!({ "token": token })).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[db_test]
async fn a_stolen_token_does_not_lead_to_the_password_by_trying(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let mut codes = Vec::new();
    for number in 0..12 {
        let input = json!({ "password": format!("{PASSWORD} {number}") });
        codes.push(app.user_errors(Some(&token), ERASE, input).await.remove(0).0);
    }
    assert_eq!((codes[0].as_str(), codes[11].as_str()), ("INVALID_CREDENTIALS", "TOO_MANY_ATTEMPTS"), "{codes:?}");
    let right = app.user_errors(Some(&token), ERASE, json!({ "password": PASSWORD })).await;
    assert_eq!(right[0].0, "TOO_MANY_ATTEMPTS", "not even the right one tells itself");
}

#[db_test]
async fn what_the_platform_gave_a_person_ends_with_her_account(app: TestApp) {
    let admin = app.sign_up("admin@exemple.ml").await;
    let operator = bfw::accounts::Actor::system("test");
    app.app.accounts.grant_platform_role(&operator, "admin@exemple.ml", PlatformRole::Admin).await.unwrap();
    let reports = "{ inquiryReports { totalCount } }";
    let seen = app.graphql(Some(&admin), reports, json!({})).await;
    assert_eq!(seen["data"]["inquiryReports"]["totalCount"], 0, "{seen}");
    app.expect_payload(Some(&admin), ERASE, json!({ "password": PASSWORD })).await;

    // The address is free again, and whoever takes it takes nothing with it.
    let successor = app.sign_up("admin@exemple.ml").await;
    let refused = app.graphql(Some(&successor), reports, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
}
