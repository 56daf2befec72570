//! What callers may cost in a minute.

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::{
    TestApp, TestDatabase,
    app::{PASSWORD, graphql_request},
};

/// Costs 1 + 100 × 9 + 1.
const DEAR: &str = "{ listings(first: 100) { edges { cursor node { id title status version createdAt } } } }";

async fn read(response: Response<Body>) -> (StatusCode, Option<u64>, Value) {
    let status = response.status();
    let wait = response.headers().get(header::RETRY_AFTER).map(|wait| wait.to_str().unwrap().parse().unwrap());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, wait, serde_json::from_slice(&body).unwrap())
}

async fn ask(app: &TestApp, token: Option<&str>, query: &str) -> (StatusCode, Option<u64>, Value) {
    read(app.send(graphql_request(token, query, &json!({}))).await).await
}

/// Asks until it is refused, and gives how much that cost and the refusal.
async fn use_up(app: &TestApp, token: Option<&str>) -> (u64, Option<u64>, Value) {
    let mut spent = 0;
    for _ in 0..1_000 {
        let (status, wait, body) = ask(app, token, DEAR).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            return (spent, wait, body);
        }
        assert_eq!(status, StatusCode::OK, "{body}");
        spent += body["extensions"]["cost"]["requested"].as_u64().unwrap();
    }
    panic!("never refused, after {spent} points");
}

#[db_test]
async fn every_answer_says_what_it_cost_and_what_is_left(database: TestDatabase) {
    let settings = [("cost_per_user_minute", "50000"), ("cost_per_token_minute", "40000")];
    let app = TestApp::with_settings(database, &settings).await;
    let token = app.sign_up("awa@example.org").await;

    let (_, _, dear) = ask(&app, Some(&token), DEAR).await;
    let (_, _, again) = ask(&app, Some(&token), DEAR).await;
    let (_, _, cheap) = ask(&app, Some(&token), "{ __typename }").await;
    let (_, _, refused) = ask(&app, Some(&token), "{ nothing }").await;

    let requested = dear["extensions"]["cost"]["requested"].as_u64().unwrap();
    assert!(requested > 700, "{dear}");
    assert_eq!(dear["extensions"]["cost"]["available"], 40_000 - requested);
    assert_eq!(again["extensions"]["cost"]["available"], 40_000 - 2 * requested);
    assert_eq!(cheap["extensions"]["cost"], json!({ "requested": 10, "available": 40_000 - 2 * requested - 10 }));
    assert_eq!(refused["extensions"], Value::Null, "what does not run costs no more than coming");
}

#[db_test]
async fn whoever_has_used_up_her_allowance_is_told_when_to_come_back(database: TestDatabase) {
    let app = TestApp::with_settings(database, &[("cost_per_token_minute", "20000")]).await;
    let awa = app.sign_up("awa@example.org").await;
    let fanta = app.sign_up("fanta@example.org").await;

    let (spent, wait, refusal) = use_up(&app, Some(&awa)).await;

    assert!((19_000..=20_000).contains(&spent), "{spent}");
    let error = &refusal["errors"][0];
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{refusal}");
    assert_eq!(error["extensions"]["retryAfter"].as_u64(), wait);
    assert!(error["message"].as_str().unwrap().starts_with("what this access token may cost is used up"), "{error}");
    assert_eq!(refusal.get("data"), None, "nothing ran");
    assert_eq!(ask(&app, Some(&fanta), DEAR).await.0, StatusCode::OK, "another's is her own");
    app.clock.advance(TimeDelta::seconds(i64::try_from(wait.unwrap()).unwrap()));
    assert_eq!(ask(&app, Some(&awa), DEAR).await.0, StatusCode::OK);
}

#[db_test]
async fn tokens_of_one_account_share_what_it_may_cost(database: TestDatabase) {
    let settings = [("cost_per_user_minute", "30000"), ("cost_per_token_minute", "20000")];
    let app = TestApp::with_settings(database, &settings).await;
    let phone = app.sign_up("awa@example.org").await;
    let sign_in =
        "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }";
    let input = json!({ "identifier": "awa@example.org", "password": PASSWORD });
    let signed_in = app.expect_payload(None, sign_in, input).await;
    let laptop = signed_in["session"]["accessToken"].as_str().unwrap().to_owned();

    let (first, _, _) = use_up(&app, Some(&phone)).await;
    let (second, _, refusal) = use_up(&app, Some(&laptop)).await;

    assert!(first > 19_000 && (9_000..=11_000).contains(&second), "{first} and {second}");
    let said = refusal["errors"][0]["message"].as_str().unwrap();
    assert!(said.starts_with("what this account may cost is used up"), "{said}");
}

#[db_test]
async fn an_address_pays_for_pages_and_for_tokens_that_are_made_up(database: TestDatabase) {
    let app = TestApp::with_settings(database, &[("cost_per_address_minute", "20050")]).await;
    let page = || Request::get("/ocds/packages").body(Body::empty()).unwrap();

    let mut refusal = None;
    for _ in 0..300 {
        let (status, wait, body) = read(app.send(page()).await).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refusal = Some((wait, body));
            break;
        }
    }
    let (wait, problem) = refusal.unwrap();
    let made_up = ask(&app, Some("a-token-that-nobody-has"), "{ __typename }").await.0;
    let alive = app.send(Request::get("/health/live").body(Body::empty()).unwrap()).await.status();

    assert!(wait > Some(0), "{problem}");
    assert_eq!(problem["status"], 429);
    assert_eq!(made_up, StatusCode::UNAUTHORIZED, "coming costs less than a page, so there is some left for that");
    assert_eq!(alive, StatusCode::OK, "whoever watches the service is not counted");
    for _ in 0..20 {
        ask(&app, Some("a-token-that-nobody-has"), "{ __typename }").await;
    }
    let (status, _, body) = ask(&app, Some("a-token-that-nobody-has"), "{ __typename }").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{body}");
}

#[db_test]
async fn behind_a_proxy_each_client_has_her_own_address_and_only_then(database: TestDatabase) {
    let limited = |proxies| [("cost_per_address_minute", "20000"), ("trusted_proxies", proxies)];
    let from = |client: &str| {
        let mut request = graphql_request(None, DEAR, &json!({}));
        request.headers_mut().insert("x-forwarded-for", client.parse().unwrap());
        request
    };
    let app = TestApp::with_settings(database, &limited("127.0.0.1")).await;
    let mut asked = 0;
    while read(app.send(from("192.0.2.1")).await).await.0 == StatusCode::OK {
        asked += 1;
        assert!(asked < 100);
    }
    assert_eq!(read(app.send(from("192.0.2.2")).await).await.0, StatusCode::OK);
    let spoofed = read(app.send(from("192.0.2.3, 192.0.2.1")).await).await.0;
    assert_eq!(spoofed, StatusCode::TOO_MANY_REQUESTS, "what stands further left, she may have written herself");

    let direct = TestApp::with_settings(app.database.clone(), &limited("")).await;
    let mut statuses = Vec::new();
    for number in 0..40 {
        statuses.push(read(direct.send(from(&format!("192.0.2.{number}"))).await).await.0);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "a header makes nobody another");
}

#[db_test]
async fn the_length_of_a_page_is_paid_for_each_time_whatever_was_asked_before(app: TestApp) {
    let query = "query($n: Int) { listings(first: $n) { edges { node { id } } } }";
    let cost = async |variables: Value| {
        let answer = app.graphql(None, query, variables).await;
        answer["extensions"]["cost"]["requested"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    };

    let costs = [
        cost(json!({ "n": 10 })).await,
        cost(json!({ "n": 100 })).await,
        cost(json!({ "n": 10 })).await,
        cost(json!({})).await,
        cost(json!({ "n": 100 })).await,
    ];

    let [ten, hundred, ten_again, usual, hundred_again] = costs;
    assert_eq!((ten, hundred), (ten_again, hundred_again));
    assert!(ten < usual && usual < hundred && hundred > 8 * ten, "{costs:?}");
}
