//! A connection lives as long as whoever opened it is who she was.

use bfw::accounts::{Actor, PlatformRole};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::json;

use super::{
    Client, LISTINGS, MESSAGES,
    client::{attempt, handshake},
    quick,
};
use crate::{
    harness::{TestApp, served::Served},
    inquiries::Market,
};

const SIGN_OUT: &str =
    "mutation($input: SignOutInput!) { signOut(input: $input) { userErrors { code message path } } }";

fn forbidden() -> (u16, String) {
    (4403, "Forbidden".to_owned())
}

#[db_test]
async fn signing_out_ends_the_connections_of_the_session(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (awa, moussa) = (app.sign_up("awa@example.org").await, app.sign_up("moussa@example.org").await);
    let mut hers = Client::connected(&served, Some(&awa)).await;
    let mut his = Client::connected(&served, Some(&moussa)).await;
    hers.subscribe("1", LISTINGS, json!({})).await;
    app.expect_payload(Some(&awa), SIGN_OUT, json!({})).await;
    assert_eq!(hers.closed().await, forbidden());
    his.ping().await;
}

#[db_test]
async fn a_token_that_runs_out_ends_its_connections(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let awa = app.sign_up("awa@example.org").await;
    let mut client = Client::connected(&served, Some(&awa)).await;
    client.ping().await;
    app.clock.advance(TimeDelta::minutes(16));
    assert_eq!(client.closed().await, forbidden());
}

#[db_test]
async fn another_role_ends_the_connections_and_a_further_one_does_not(market: Market) {
    let served = Served::with(&market.app.app, quick()).await;
    let fatou = market.joins(&market.seller, &market.cooperative, "fatou@example.org", "AGENT").await;
    let mut client = Client::connected(&served, Some(&fatou)).await;
    client.subscribe("1", MESSAGES, json!({})).await;
    // A role on the platform comes to those she has.
    let operator = Actor::system("test");
    market.app.app.accounts.grant_platform_role(&operator, "fatou@example.org", PlatformRole::Verifier).await.unwrap();
    market.asks("Combien de karité avez-vous ?").await;
    assert_eq!(client.next("1").await["inquiryMessageSent"]["message"]["text"], "Combien de karité avez-vous ?");
    // Another role takes the place of the one she has.
    let memberships = "{ viewer { memberships { id } } }";
    let data = market.app.expect_data(Some(&fatou), memberships, json!({})).await;
    let membership = &data["viewer"]["memberships"][0]["id"];
    let change = "mutation($input: ChangeMemberRoleInput!) { changeMemberRole(input: $input) { membership { role }
        userErrors { code message path } } }";
    let input = json!({ "membershipId": membership, "role": "EVALUATOR" });
    market.app.expect_payload(Some(&market.seller), change, input).await;
    assert_eq!(client.closed().await, forbidden());
}

/// No answer goes to whoever lost her place between two looks at who she is: each answer looks for itself.
#[db_test]
async fn nothing_is_told_to_whoever_is_no_longer_a_member(market: Market) {
    let rarely = bfw::api::subscriptions::Options { identity_every: std::time::Duration::from_secs(3_600), ..quick() };
    let served = Served::with(&market.app.app, rarely).await;
    let fatou = market.joins(&market.seller, &market.cooperative, "fatou@example.org", "AGENT").await;
    let mut client = Client::connected(&served, Some(&fatou)).await;
    client.subscribe("1", MESSAGES, json!({})).await;
    let data = market.app.expect_data(Some(&fatou), "{ viewer { memberships { id } } }", json!({})).await;
    let remove =
        "mutation($input: RemoveMemberInput!) { removeMember(input: $input) { userErrors { code message path } } }";
    let input = json!({ "membershipId": data["viewer"]["memberships"][0]["id"] });
    market.app.expect_payload(Some(&market.seller), remove, input).await;
    market.asks("Combien de karité avez-vous ?").await;
    let (heard, code) = client.rest().await;
    assert_eq!((heard, code), (0, Some(4403)));
}

#[db_test]
async fn whoever_can_send_headers_may_say_by_one_who_she_is(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let awa = app.sign_up("awa@example.org").await;
    let header = format!("Bearer {awa}");
    let request = handshake(&served, &[("authorization", header.as_str())]);
    let mut client = attempt(&served, request).await.unwrap_or_else(|refused| panic!("{refused:?}"));
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    client.begin("1", "{ viewer { user { email } } }", json!({})).await;
    assert_eq!(client.next("1").await["viewer"]["user"]["email"], "awa@example.org");
}
