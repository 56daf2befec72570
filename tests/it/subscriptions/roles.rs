//! Each role and each field: who is told of what. `tests/it/attack/matrix` makes its calls over HTTP, where there are no
//! subscriptions, so those have this table of their own.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use bfw::{accounts::PlatformRole, api::schema};
use db_test::db_test;
use serde_json::{Value, json};

use super::{BIDS, Client, LISTINGS, MESSAGES, REQUESTS, quick};
use crate::{
    harness::{TestApp, served::Served},
    inquiries::{REPLY, START},
    procurement::{
        AMEND,
        bids::{asked, bidder, close, member, offer, opened, overseer, sealed},
    },
};

/// The fields that the table has.
const FIELDS: [&str; 4] = ["bidChanged", "inquiryMessageSent", "listingPublished", "procurementRequestChanged"];

#[test]
fn every_subscription_is_in_the_table() {
    let mut fields = BTreeSet::new();
    for definition in parse_schema(schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        if let (TypeKind::Object(object), "Subscription") = (definition.node.kind, definition.node.name.node.as_str()) {
            fields.extend(object.fields.into_iter().map(|field| field.node.name.node.to_string()));
        }
    }
    let known = FIELDS.map(str::to_owned).into_iter().collect();
    assert_eq!(fields, known, "add the field to FIELDS, and who is told of what to the test below");
}

/// What somebody is told, in the words of the event: by field, in its order; a refusal is its code.
async fn all_that_is_told(client: &mut Client, last: &BTreeMap<&str, &str>) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in FIELDS {
        let mut words = Vec::new();
        loop {
            let heard = client.hear_of(field).await;
            if heard["type"] == "error" {
                words.push(heard["payload"][0]["extensions"]["code"].as_str().unwrap().to_owned());
                break;
            }
            let event = &heard["payload"]["data"][field];
            let word = [&event["kind"], &event["message"]["text"], &event["listing"]["title"]];
            let word = word.into_iter().find_map(Value::as_str).unwrap_or_else(|| panic!("{heard:#}"));
            if last.get(field) == Some(&word) {
                break;
            }
            words.push(word.to_owned());
        }
        told.insert(field.to_owned(), words);
    }
    told
}

#[db_test]
async fn each_role_is_told_of_what_it_sees_and_of_nothing_else(app: TestApp) {
    // given: a request with two bidders, of whom one has a thread with the buyer; and everybody who listens
    let served = Served::with(&app.app, quick()).await;
    let asked = asked(&app, json!({})).await;
    let (seller, cooperative) = bidder(&app, "benkadi").await;
    let (rival, other) = bidder(&app, "sigida").await;
    let write = async |token: &str, from: &str, to: &str, text: &str| {
        let input = json!({ "organizationId": to, "fromOrganizationId": from, "text": text });
        app.expect_payload(Some(token), START, input).await["inquiry"]["id"].take()
    };
    let thread = write(&asked.officer, &asked.buyer, &cooperative, "Bonjour").await;
    let roles = ["OWNER", "MANAGER", "AGENT", "PROCUREMENT_OFFICER", "EVALUATOR", "VIEWER"];
    let mut people: Vec<(String, Option<String>)> = vec![("nobody".to_owned(), None)];
    for (house, owner, organization) in [("buyer", &asked.officer, &asked.buyer), ("seller", &seller, &cooperative)] {
        for role in roles {
            let name = format!("{house}-{}", role.to_lowercase().replace('_', "-"));
            let token = member(&app, owner, organization, &name, role).await;
            people.push((format!("{house} {role}"), Some(token)));
        }
    }
    people.push(("rival".to_owned(), Some(rival.clone())));
    people.push(("admin".to_owned(), Some(overseer(&app, "admin", PlatformRole::Admin).await)));
    people.push(("auditor".to_owned(), Some(overseer(&app, "auditrice", PlatformRole::Auditor).await)));
    people.push(("verifier".to_owned(), Some(overseer(&app, "verificatrice", PlatformRole::Verifier).await)));
    let mut listening = Vec::new();
    for (who, token) in &people {
        let mut client = Client::connected(&served, token.as_deref()).await;
        for (field, query, variables) in [
            ("listingPublished", LISTINGS, json!({})),
            ("procurementRequestChanged", REQUESTS, json!({ "id": asked.request })),
            ("bidChanged", BIDS, json!({ "id": asked.request })),
            ("inquiryMessageSent", MESSAGES, json!({})),
        ] {
            client.subscribe(field, query, variables).await;
        }
        listening.push((who.as_str(), token.clone(), client));
    }

    // when: everything happens that can be told, and last what whoever listens is told of in any case
    app.draft(&seller, &cooperative, json!({ "title": "Un brouillon" })).await;
    app.published(&seller, &cooperative, json!({ "title": "Beurre" })).await;
    sealed(&app, &seller, offer(&asked, &cooperative, json!({}))).await;
    app.expect_payload(Some(&seller), REPLY, json!({ "inquiryId": thread, "text": "Bonjour à vous" })).await;
    let amended = json!({ "requestId": asked.request, "title": "Beurre fin", "rationale": "Plus fin" });
    app.expect_payload(Some(&asked.officer), AMEND, amended).await;
    let hers = sealed(&app, &rival, offer(&asked, &other, json!({}))).await;
    close(&app);
    opened(&app, &asked).await;
    app.published(&seller, &cooperative, json!({ "title": "Le dernier" })).await;
    let exclude = json!({ "bidId": hers["id"], "reason": "OTHER", "note": "Pour finir" });
    app.expect_payload(Some(&asked.officer), crate::procurement::bids::DISQUALIFY, exclude).await;
    let cancel = "mutation($input: CancelProcurementRequestInput!) { cancelProcurementRequest(input: $input) {
        procurementRequest { id } userErrors { code message path } } }";
    let cancelled = json!({ "requestId": asked.request, "reason": "Plus de budget" });
    app.expect_payload(Some(&asked.officer), cancel, cancelled).await;
    // Whoever may listen for messages belongs, for the end, to an organization that writes one.
    for (number, (who, token, client)) in listening.iter_mut().enumerate() {
        let Some(token) = token else { continue };
        let own = app.register(token, "COMPANY", &format!("Maison {number} de {}", who.to_lowercase())).await;
        crate::notifications::stay_signed_in(&app).await;
        write(token, &own, &cooperative, "Pour finir").await;
        client.ping().await;
    }

    // then
    let last = BTreeMap::from([
        ("listingPublished", "Le dernier"),
        ("procurementRequestChanged", "CANCELLED"),
        ("bidChanged", "DISQUALIFIED"),
        ("inquiryMessageSent", "Pour finir"),
    ]);
    for (who, _, client) in &mut listening {
        let told = all_that_is_told(client, &last).await;
        let bids = match *who {
            "nobody" => vec!["UNAUTHENTICATED"],
            "seller OWNER" | "seller MANAGER" | "seller AGENT" | "rival" => vec!["SEALED", "OPENED"],
            _ => vec!["OPENED"],
        };
        let messages = match *who {
            "nobody" => vec!["UNAUTHENTICATED"],
            "buyer EVALUATOR" | "seller EVALUATOR" | "rival" | "admin" | "auditor" | "verifier" => vec![],
            _ => vec!["Bonjour à vous"],
        };
        let expected = BTreeMap::from(
            [
                ("bidChanged", bids),
                ("inquiryMessageSent", messages),
                ("listingPublished", vec!["Beurre"]),
                ("procurementRequestChanged", vec!["AMENDED", "CLOSED", "OPENED"]),
            ]
            .map(|(field, words)| (field.to_owned(), words.into_iter().map(str::to_owned).collect::<Vec<_>>())),
        );
        assert_eq!(told, expected, "{who}");
    }
}
