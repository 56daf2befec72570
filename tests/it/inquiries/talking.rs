//! Starting, replying, closing.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{CLOSE, Market, REPLY, START, at};
use crate::harness::{TestApp, TestDatabase};

#[db_test]
async fn a_buyer_asks_about_a_listing_and_the_seller_answers(market: Market) {
    // when
    let started = market.asks("  Livrez-vous à Ségou ?  ").await;
    let id = &started["inquiry"]["id"];
    let answered = market.answers(&market.seller, id, "Oui, dès lundi.").await;

    // then
    assert_eq!(started["inquiry"]["from"]["id"], market.canteen);
    assert_eq!(started["inquiry"]["to"]["id"], market.cooperative);
    assert_eq!(started["inquiry"]["listing"]["id"], market.listing);
    assert_eq!(started["message"]["text"], "Livrez-vous à Ségou ?");
    assert_eq!(started["message"]["author"]["person"]["name"], "Awa Traoré", "her own people see who wrote");
    assert_eq!(answered["message"]["author"]["organization"]["id"], market.cooperative);
    let texts = vec!["Livrez-vous à Ségou ?".to_owned(), "Oui, dès lundi.".to_owned()];
    assert_eq!(market.seen(&market.buyer, id).await, Some((json!(1), texts.clone())));
    assert_eq!(market.seen(&market.seller, id).await, Some((json!(0), texts)), "who answers has read");
}

#[db_test]
async fn the_name_of_who_wrote_stays_within_her_organization(market: Market) {
    let started = market.asks("Bonjour").await;
    let query = "query($id: ID!) { node(id: $id) { ... on InquiryMessage { text inquiry { id } author { organization { name } \
                 person { name } } } } }";
    let seen = async |token: &str| {
        let data = market.app.expect_data(Some(token), query, json!({ "id": started["message"]["id"] })).await;
        data["node"].clone()
    };
    let theirs = seen(&market.seller).await;
    assert_eq!(theirs["author"], json!({ "organization": { "name": "Cantine de Ségou" }, "person": null }));
    assert_eq!(theirs["inquiry"]["id"], started["inquiry"]["id"]);
    assert_eq!(seen(&market.buyer).await["author"]["person"]["name"], "Awa Traoré");
}

#[db_test]
async fn writing_again_about_the_same_goes_on_in_the_open_inquiry(market: Market) {
    let first = market.asks("Bonjour").await;
    let again = market.asks("Êtes-vous là ?").await;
    assert_eq!(again["inquiry"]["id"], first["inquiry"]["id"]);
    let general =
        json!({ "organizationId": market.cooperative, "fromOrganizationId": market.canteen, "text": "Et sinon ?" });
    let general = market.app.expect_payload(Some(&market.buyer), START, general).await;
    assert_ne!(general["inquiry"]["id"], first["inquiry"]["id"], "about nothing in particular is something else");
    assert_eq!(general["inquiry"]["listing"], Value::Null);

    let id = &first["inquiry"]["id"];
    let input = json!({ "inquiryId": id, "idempotencyKey": "c" });
    for _ in 0..2 {
        let closed = market.app.expect_payload(Some(&market.seller), CLOSE, input.clone()).await;
        assert_eq!(closed["inquiry"]["status"], "CLOSED");
    }
    let refused = market.app.user_errors(Some(&market.buyer), CLOSE, json!({ "inquiryId": id })).await;
    assert_eq!(refused, [at("INVALID_TRANSITION", "input.inquiryId")]);
    let reply = json!({ "inquiryId": id, "text": "Encore" });
    let refused = market.app.user_errors(Some(&market.buyer), REPLY, reply).await;
    assert_eq!(refused, [at("INVALID_TRANSITION", "input.inquiryId")]);
    let anew = market.asks("Encore une question").await;
    assert_ne!(anew["inquiry"]["id"], *id);
    assert_eq!(market.seen(&market.seller, id).await.unwrap().1.len(), 2, "what was written can be read");
}

#[db_test]
async fn everything_that_is_wrong_is_said_at_once(market: Market) {
    let refused = async |input: Value| market.app.user_errors(Some(&market.buyer), START, input).await;
    let documents = ["document_01h455vb4pex5vsknk084sn02q"; 6];
    let wrong = json!({
        "listingId": market.listing, "organizationId": market.cooperative, "fromOrganizationId": market.canteen,
        "text": " ", "documentIds": documents,
    });
    assert_eq!(
        refused(wrong).await,
        [at("TOO_LONG", "input.documentIds"), at("REQUIRED", "input.text"), at("INCONSISTENT", "input.organizationId")]
    );
    let to_nobody = json!({ "fromOrganizationId": market.canteen, "text": "a".repeat(4_001) });
    assert_eq!(refused(to_nobody).await, [at("TOO_LONG", "input.text"), at("REQUIRED", "input.listingId")]);
    let itself = json!({ "organizationId": market.canteen, "fromOrganizationId": market.canteen, "text": "Moi" });
    assert_eq!(refused(itself).await, [at("OWN_ORGANIZATION", "input.organizationId")]);
    let ids = json!({ "listingId": market.canteen, "fromOrganizationId": "x", "text": "a", "documentIds": ["y"] });
    assert_eq!(
        refused(ids).await,
        [
            at("INVALID_ID", "input.listingId"),
            at("INVALID_ID", "input.fromOrganizationId"),
            at("INVALID_ID", "input.documentIds.0")
        ]
    );
    let own = json!({ "listingId": market.listing, "fromOrganizationId": market.cooperative, "text": "Moi" });
    let refused = market.app.user_errors(Some(&market.seller), START, own).await;
    assert_eq!(refused, [at("OWN_ORGANIZATION", "input.listingId")]);
}

#[db_test]
async fn only_what_is_published_and_seen_is_asked_about(market: Market) {
    let app = &market.app;
    let draft = app.draft(&market.seller, &market.cooperative, json!({})).await;
    let mut input = market.asking("Bonjour");
    input["listingId"] = json!(draft);
    let hidden = app.user_errors(Some(&market.buyer), START, input.clone()).await;
    assert_eq!(hidden, [at("NOT_FOUND", "input.listingId")]);
    // Who also belongs to the seller sees the draft, and is not to ask about it either.
    let both = market.joins(&market.seller, &market.cooperative, "both@example.org", "AGENT").await;
    let hers = app.register(&both, "SME", "Karité Fanta").await;
    input["fromOrganizationId"] = json!(hers);
    assert_eq!(app.user_errors(Some(&both), START, input).await, [at("NOT_FOUND", "input.listingId")]);

    let stranger = app.sign_up("fanta@example.org").await;
    let forbidden = app.user_errors(Some(&stranger), START, market.asking("Bonjour")).await;
    assert_eq!(forbidden, [at("FORBIDDEN", "")]);
    let started = market.asks("Bonjour").await;
    let reply = json!({ "inquiryId": started["inquiry"]["id"], "text": "Moi aussi" });
    let refused = app.user_errors(Some(&stranger), REPLY, reply).await;
    assert_eq!(refused, [at("NOT_FOUND", "input.inquiryId")]);
    assert_eq!(market.seen(&stranger, &started["inquiry"]["id"]).await, None);
}

#[db_test]
async fn whoever_belongs_to_both_says_for_whom_she_writes(market: Market) {
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let both = market.joins(&market.seller, &market.cooperative, "both@example.org", "AGENT").await;
    let reply = |from: Value| json!({ "inquiryId": id, "text": "Oui", "fromOrganizationId": from });
    let app = &market.app;
    assert_eq!(app.expect_payload(Some(&both), REPLY, reply(Value::Null)).await["userErrors"], json!([]));
    let not_hers = app.user_errors(Some(&both), REPLY, reply(json!(market.canteen))).await;
    assert_eq!(not_hers, [at("FORBIDDEN", "")]);

    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code userErrors { code message path } } }";
    let input = json!({ "organizationId": market.canteen, "identifier": "both@example.org", "role": "AGENT" });
    let code = app.expect_payload(Some(&market.buyer), invite, input).await["code"].take();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userErrors { code message path } } }";
    app.expect_payload(Some(&both), accept, json!({ "code": code })).await;
    let which = app.user_errors(Some(&both), REPLY, reply(Value::Null)).await;
    assert_eq!(which, [at("REQUIRED", "input.fromOrganizationId")]);
    let written = app.expect_payload(Some(&both), REPLY, reply(json!(market.canteen))).await;
    assert_eq!(written["message"]["author"]["organization"]["id"], market.canteen);
    let third = app.register(&both, "SME", "Karité Fanta").await;
    let strange = app.user_errors(Some(&both), REPLY, reply(json!(third))).await;
    assert_eq!(strange, [at("NOT_FOUND", "input.fromOrganizationId")]);
    let query = "{ inquiries { totalCount edges { node { id } } } }";
    let listed = app.expect_data(Some(&both), query, json!({})).await;
    assert_eq!(listed["inquiries"], json!({ "totalCount": 1, "edges": [{ "node": { "id": id } }] }), "once");
}

#[db_test]
async fn a_message_that_is_sent_again_under_its_key_is_one(market: Market) {
    let mut input = market.asking("Bonjour");
    input["idempotencyKey"] = json!("1");
    let first = market.app.expect_payload(Some(&market.buyer), START, input.clone()).await;
    assert_eq!(market.app.expect_payload(Some(&market.buyer), START, input.clone()).await, first);
    let reply = json!({ "inquiryId": first["inquiry"]["id"], "text": "Oui", "idempotencyKey": "1" });
    let answer = market.app.expect_payload(Some(&market.seller), REPLY, reply.clone()).await;
    let again = market.app.expect_payload(Some(&market.seller), REPLY, reply).await;
    assert_eq!(again["message"], answer["message"]);
    input["text"] = json!("Autre chose");
    let conflict = market.app.user_errors(Some(&market.buyer), START, input).await;
    assert_eq!(conflict, [at("IDEMPOTENCY_CONFLICT", "input.idempotencyKey")]);
    assert_eq!(market.seen(&market.buyer, &first["inquiry"]["id"]).await.unwrap().1, ["Bonjour", "Oui"]);
}

#[db_test]
async fn who_writes_too_much_waits(database: TestDatabase) {
    let limits = [("inquiries_per_day", "2"), ("inquiry_messages_per_hour", "3")];
    let market = Box::pin(Market::open(TestApp::with_settings(database, &limits).await)).await;
    let second = market.app.published(&market.seller, &market.cooperative, json!({})).await;
    let third = market.app.published(&market.seller, &market.cooperative, json!({})).await;
    let about =
        |listing: &str| json!({ "listingId": listing, "fromOrganizationId": market.canteen, "text": "Bonjour" });
    market.asks("Bonjour").await;
    market.app.clock.advance(TimeDelta::minutes(10));
    market.app.expect_payload(Some(&market.buyer), START, about(&second)).await;
    let refused = market.app.graphql(Some(&market.buyer), START, json!({ "input": about(&third) })).await;
    let error = &refused["data"]["startInquiry"]["userErrors"][0];
    assert_eq!(error["code"], "SENT_TOO_MUCH");
    assert!(error["message"].as_str().unwrap().contains("1430 minutes"), "{error}");

    market.asks("Encore").await;
    let refused = market.app.graphql(Some(&market.buyer), START, json!({ "input": market.asking("Trop") })).await;
    let error = &refused["data"]["startInquiry"]["userErrors"][0];
    assert!(error["message"].as_str().unwrap().contains("50 minutes"), "{error}");
    market.app.clock.advance(TimeDelta::minutes(50));
    market.asks("Trois").await;
    market.app.clock.advance(TimeDelta::hours(24));
    market.app.expect_payload(Some(&market.buyer), START, about(&third)).await;
}

#[db_test]
async fn a_suspended_organization_neither_writes_nor_is_written_to(market: Market) {
    use sea_orm::ConnectionTrait as _;
    let started = market.asks("Bonjour").await;
    let connection = market.app.database.connect().await;
    connection
        .execute_unprepared("UPDATE organization SET standing = 'SUSPENDED' WHERE name = 'Benkadi'")
        .await
        .unwrap();
    connection.close().await.unwrap();
    let reply = json!({ "inquiryId": started["inquiry"]["id"], "text": "Oui" });
    for token in [&market.buyer, &market.seller] {
        let refused = market.app.user_errors(Some(token), REPLY, reply.clone()).await;
        assert_eq!(refused, [at("FORBIDDEN", "input.inquiryId")]);
    }
    let input = |to: &str, from: &str| json!({ "organizationId": to, "fromOrganizationId": from, "text": "Bonjour" });
    let to = input(&market.cooperative, &market.canteen);
    assert_eq!(market.app.user_errors(Some(&market.buyer), START, to).await, [at("NOT_FOUND", "input.organizationId")]);
    let from = input(&market.canteen, &market.cooperative);
    let refused = market.app.user_errors(Some(&market.seller), START, from).await;
    assert_eq!(refused, [at("FORBIDDEN", "input.fromOrganizationId")]);
}

#[db_test]
async fn the_log_of_the_sender_tells_what_was_done_and_not_what_was_said(market: Market) {
    let started = market.asks("Un secret entre nous").await;
    let id = &started["inquiry"]["id"];
    market.asks("Encore un secret").await;
    market.app.expect_payload(Some(&market.buyer), CLOSE, json!({ "inquiryId": id })).await;
    let query = "query($id: ID!) { auditTrail(subjectId: $id) { edges { node { action after } } } }";
    let trail = market.app.expect_data(Some(&market.buyer), query, json!({ "id": id })).await;
    let entries = trail["auditTrail"]["edges"].as_array().unwrap();
    let mut actions: Vec<&str> = entries.iter().map(|edge| edge["node"]["action"].as_str().unwrap()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["inquiry.close", "inquiry.start"], "{trail}");
    assert!(!trail.to_string().contains("secret"), "{trail}");
    assert!(bfw::kernel::audit::verify(&market.app.app.services.db).await.unwrap().broken.is_empty());
}

#[db_test]
async fn an_inquiry_that_is_repeated_is_the_first_one_though_the_listing_was_taken_back(market: Market) {
    let mut asking = market.asking("Et le prix ?");
    asking["idempotencyKey"] = json!("une fois");
    let first = market.app.expect_payload(Some(&market.buyer), START, asking.clone()).await;
    let pause = "mutation($input: PauseListingInput!) { pauseListing(input: $input) { listing { id } userErrors { code message path } } }";
    market.app.expect_payload(Some(&market.seller), pause, json!({ "listingId": market.listing })).await;

    let again = market.app.expect_payload(Some(&market.buyer), START, asking.clone()).await;

    assert_eq!((&again["message"]["id"], &again["inquiry"]["id"]), (&first["message"]["id"], &first["inquiry"]["id"]));
    asking["text"] = json!("Et la quantité ?");
    let refused = market.app.user_errors(Some(&market.buyer), START, asking).await;
    assert_eq!(refused, [("NOT_FOUND".to_owned(), "input.listingId".to_owned())]);
}
