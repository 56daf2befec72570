//! To what producers belong, and that nobody is in two groups of a scheme at a time.

use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ENROL, add, cooperative, id, with};
use crate::harness::TestApp;

const END: &str = "mutation($input: EndMembershipInput!) { endMembership(input: $input) {
    membership { validFrom validUntil } userErrors { code message path } } }";

const UPDATE: &str = "mutation($input: UpdateProducerInput!) { updateProducer(input: $input) {
    producer { phone } userErrors { code message path } } }";

fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

/// A stay in the group of organic farmers, with changes.
fn organic(producer: &str, changes: Value) -> Value {
    with(json!({ "producerId": producer, "schemeCode": "ORGANIC_EU", "validFrom": "2026-01-01" }), changes)
}

#[db_test]
async fn times_of_one_producer_and_scheme_do_not_overlap(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let producer = id(&add(&app, &owner, &house, json!({ "phone": "76123456", "memberSince": "2020-01-01" })).await);
    let enrol = async |changes: Value| {
        app.expect_payload(Some(&owner), ENROL, organic(&producer, changes)).await["membership"].take()
    };
    let refused = async |changes: Value| app.user_errors(Some(&owner), ENROL, organic(&producer, changes)).await;
    let first = enrol(json!({ "validUntil": "2026-06-30", "idempotencyKey": "1" })).await;
    assert_eq!((&first["scheme"]["code"], &first["validUntil"]), (&json!("ORGANIC_EU"), &json!("2026-06-30")));
    assert_eq!(enrol(json!({ "validUntil": "2026-06-30", "idempotencyKey": "1" })).await, first);

    let already = [at("ALREADY_MEMBER", "input.validFrom")];
    assert_eq!(refused(json!({ "validFrom": "2026-06-30" })).await, already);
    assert_eq!(refused(json!({ "validFrom": "2025-01-01" })).await, already);
    assert_eq!(refused(json!({ "schemeCode": null, "validFrom": "2021-01-01" })).await, already, "a member since 2020");
    enrol(json!({ "validFrom": "2026-07-01" })).await;
    enrol(json!({ "schemeCode": "FAIRTRADE" })).await;

    assert_eq!(refused(json!({ "schemeCode": "MOON" })).await, [at("UNKNOWN_SCHEME", "input.schemeCode")]);
    assert_eq!(refused(json!({ "validUntil": "2025-01-01" })).await, [at("INVALID_PERIOD", "input.validUntil")]);
    assert_eq!(refused(json!({ "validFrom": "1066-01-01" })).await, [at("OUT_OF_RANGE", "input.validFrom")]);
}

#[db_test]
async fn nobody_is_in_groups_of_two_organizations_at_a_time(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let (other, theirs) = cooperative(&app, "fatou@exemple.ml").await;
    let here = id(&add(&app, &owner, &house, json!({ "phone": "76 12 34 56" })).await);
    // Another name and another spelling of the number: the same person.
    let there = id(&add(&app, &other, &theirs, json!({ "name": "A. Diarra", "phone": "+22376123456" })).await);
    let nobody = id(&add(&app, &other, &theirs, json!({})).await);
    let stay = app.expect_payload(Some(&owner), ENROL, organic(&here, json!({}))).await["membership"].take();

    let refused =
        async |producer: &str, changes: Value| app.user_errors(Some(&other), ENROL, organic(producer, changes)).await;
    let elsewhere = [at("MEMBER_OF_ANOTHER_GROUP", "input")];
    assert_eq!(refused(&there, json!({})).await, elsewhere);
    assert_eq!(refused(&there, json!({ "validFrom": "2030-01-01" })).await, elsewhere);
    assert_eq!(refused(&nobody, json!({})).await, [at("PERSON_NOT_IDENTIFIED", "input")]);
    // Before she came here, in the organization itself, and where groups have no rules, she may be there.
    for changes in [
        json!({ "validFrom": "2025-01-01", "validUntil": "2025-12-31" }),
        json!({ "schemeCode": null }),
        json!({ "schemeCode": "FAIRTRADE" }),
    ] {
        app.expect_payload(Some(&other), ENROL, organic(&there, changes)).await;
    }

    let until = |day: &str| json!({ "membershipId": stay["id"], "validUntil": day });
    let early = app.user_errors(Some(&owner), END, until("2025-12-31")).await;
    assert_eq!(early, [at("OUT_OF_RANGE", "input.validUntil")]);
    let unseen = app.user_errors(Some(&other), END, until("2026-10-31")).await;
    assert_eq!(unseen, [at("NOT_FOUND", "input.membershipId")]);
    let ended = app.expect_payload(Some(&owner), END, until("2026-10-31")).await;
    assert_eq!(ended["membership"]["validUntil"], "2026-10-31");
    let longer = app.user_errors(Some(&owner), END, until("2026-11-01")).await;
    assert_eq!(longer, [at("OUT_OF_RANGE", "input.validUntil")]);
    assert_eq!(refused(&there, json!({ "validFrom": "2026-10-31" })).await, elsewhere);
    app.expect_payload(Some(&other), ENROL, organic(&there, json!({ "validFrom": "2026-11-01" }))).await;
}

#[db_test]
async fn by_another_number_she_may_turn_out_to_be_in_another_group(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let (other, theirs) = cooperative(&app, "fatou@exemple.ml").await;
    let here = id(&add(&app, &owner, &house, json!({ "nationalId": "1 90 12 3 45 678 901 A" })).await);
    let there = id(&add(&app, &other, &theirs, json!({ "phone": "76000001" })).await);
    app.expect_payload(Some(&owner), ENROL, organic(&here, json!({}))).await;
    app.expect_payload(Some(&other), ENROL, organic(&there, json!({}))).await;

    let update = |changes: Value| with(json!({ "producerId": there }), changes);
    let same = update(json!({ "nationalId": "190123-45678901a" }));
    assert_eq!(app.user_errors(Some(&other), UPDATE, same).await, [at("MEMBER_OF_ANOTHER_GROUP", "input")]);
    let nobody = update(json!({ "phone": null }));
    assert_eq!(app.user_errors(Some(&other), UPDATE, nobody).await, [at("PERSON_NOT_IDENTIFIED", "input")]);
    app.expect_payload(Some(&other), UPDATE, update(json!({ "phone": "76000002" }))).await;
}

#[db_test]
async fn whom_a_certificate_names_is_in_its_group(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let (other, theirs) = cooperative(&app, "fatou@exemple.ml").await;
    let verifier = app.verifier("verifier@exemple.ml").await;
    let submit = "mutation($input: SubmitCertificateInput!) { submitCertificate(input: $input) { certificate { id }
        userErrors { code message path } } }";
    let input = json!({ "organizationId": house, "schemeCode": "ORGANIC_EU", "number": "1", "issuerName": "Ecocert",
                        "validFrom": "2026-01-01", "validUntil": "2026-12-31", "productCodes": ["shea"],
                        "groupMembers": [{ "memberCode": "1", "identifier": "76123456", "hectares": "1" }] });
    let certificate = id(&app.expect_payload(Some(&owner), submit, input).await["certificate"]);
    let there = id(&add(&app, &other, &theirs, json!({ "phone": "+223 76 12 34 56" })).await);
    let here = id(&add(&app, &owner, &house, json!({ "phone": "76123456" })).await);
    let in_2025 = json!({ "validFrom": "2025-01-01", "validUntil": "2025-12-31" });
    app.expect_payload(Some(&other), ENROL, organic(&there, in_2025)).await;

    let verify = "mutation($input: VerifyCertificateInput!) { verifyCertificate(input: $input) { certificate { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&verifier), verify, json!({ "certificateId": certificate })).await;
    let refused = app.user_errors(Some(&other), ENROL, organic(&there, json!({}))).await;
    assert_eq!(refused, [at("MEMBER_OF_ANOTHER_GROUP", "input")]);
    app.expect_payload(Some(&owner), ENROL, organic(&here, json!({}))).await;
    let next_year = json!({ "validFrom": "2027-01-01" });
    let refused = app.user_errors(Some(&other), ENROL, organic(&there, next_year)).await;
    assert_eq!(refused, [at("MEMBER_OF_ANOTHER_GROUP", "input")], "she is still enrolled here");
}

#[db_test]
async fn of_organizations_that_enrol_a_person_at_the_same_time_one_succeeds(app: TestApp) {
    let mut enrolling = Vec::new();
    for number in 0..4 {
        let (owner, house) = cooperative(&app, &format!("owner-{number}@exemple.ml")).await;
        let producer = id(&add(&app, &owner, &house, json!({ "phone": "76123456" })).await);
        enrolling.push((owner, json!({ "input": organic(&producer, json!({})) })));
    }
    let answers = join_all(enrolling.iter().map(|(owner, input)| app.graphql(Some(owner), ENROL, input.clone()))).await;
    let mut codes: Vec<&str> = answers
        .iter()
        .map(|answer| answer["data"]["enrolProducer"]["userErrors"][0]["code"].as_str().unwrap_or("enrolled"))
        .collect();
    codes.sort_unstable();
    let elsewhere = "MEMBER_OF_ANOTHER_GROUP";
    assert_eq!(codes, [elsewhere, elsewhere, elsewhere, "enrolled"]);
}
