//! The whole way of a proof: a document is handed in, a verifier looks at it, and what she found is a credential.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{SUBMIT, decided, organic, submit};
use crate::{
    documents::{Desk, pdf},
    notifications::stay_signed_in,
};

const CREDENTIAL: &str = "query($id: ID!) { certificate(id: $id) { documents { fileName }
    credential { id jwt url status statusHistory { change reason } } } }";

#[db_test]
async fn a_verified_certificate_is_a_credential_that_follows_each_decision(desk: Desk) {
    let app = &desk.app;
    let verifier = app.verifier("verifier@exemple.ml").await;
    stay_signed_in(app).await;
    let scan = desk.hand_in(&pdf(2_000), "application/pdf", json!({ "visibility": "REVIEWERS" })).await;
    let input = organic(&desk.organization, json!({ "documentIds": [scan["id"]], "number": "ML-BIO-7" }));
    let id = submit(app, &desk.token, input).await;
    let shown =
        async |token: Option<&str>| app.expect_data(token, CREDENTIAL, json!({ "id": id })).await["certificate"].take();
    let waiting = shown(Some(&verifier)).await;
    assert_eq!((&waiting["documents"][0]["fileName"], &waiting["credential"]), (&json!("Reçu n° 5"), &Value::Null));

    decided(app, &verifier, "verifyCertificate", &id, json!({})).await;

    let public = shown(None).await;
    assert_eq!(public["documents"], json!([]), "the scan is for reviewers");
    let credential = &public["credential"];
    assert_eq!(credential["status"], "VALID");
    let token = credential["jwt"].as_str().unwrap();
    let url = credential["url"].as_str().unwrap();
    let served = desk.http.get(url).header("accept", "application/vc+jwt").send().await.unwrap();
    assert_eq!(served.text().await.unwrap(), token);
    let said = desk.http.get(url).header("accept", "application/json").send().await.unwrap();
    let said: Value = serde_json::from_str(&said.text().await.unwrap()).unwrap();
    assert!(said["name"].as_str().unwrap().contains("ML-BIO-7"), "{said}");
    let page = desk.http.get(url).header("accept", "text/html").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<html lang=\"fr\"") && page.contains("Benkadi"), "{page}");

    let because = json!({ "reason": "Contrôle non conforme." });
    decided(app, &verifier, "suspendCertificate", &id, because).await;
    assert_eq!(shown(None).await["credential"]["status"], "SUSPENDED");
    app.clock.advance(TimeDelta::days(1));
    decided(app, &verifier, "reinstateCertificate", &id, json!({})).await;
    assert_eq!(shown(None).await["credential"]["status"], "VALID");
    app.clock.advance(TimeDelta::days(1));
    let revoke = json!({ "effectiveFrom": "2026-06-01", "retroactive": true, "reason": "Fraude constatée." });
    decided(app, &verifier, "revokeCertificate", &id, revoke).await;
    let revoked = shown(None).await["credential"].take();
    assert_eq!((&revoked["status"], &revoked["jwt"]), (&json!("REVOKED"), &json!(token)), "what was signed stays");
    let reasons = revoked["statusHistory"].as_array().unwrap();
    assert!(reasons.iter().any(|event| event["reason"] == "Fraude constatée."), "{reasons:?}");
}

#[db_test]
async fn a_document_lifts_an_assessment_and_a_verdict_makes_it_a_credential(desk: Desk) {
    let app = &desk.app;
    let verifier = app.verifier("verifier@exemple.ml").await;
    stay_signed_in(app).await;
    let house = &desk.organization;
    let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) {
        ownershipProfile { version } userErrors { code message path } } }";
    let facts = json!({ "organizationId": house, "womenMembers": 45, "totalMembers": 50, "womenManagementPercent": "80",
                        "womenBoardPercent": "80", "womanChiefExecutive": true });
    app.expect_payload(Some(&desk.token), declare, facts).await;
    let state = async || {
        let query = "query($id: ID!) { organization(id: $id) {
            ownership(definition: WOMENS_COOPERATIVE) { status evidenceLevel }
            ownershipCredential(definition: WOMENS_COOPERATIVE) { status jwt } } }";
        let mut data = app.expect_data(None, query, json!({ "id": house })).await;
        let organization = data["organization"].take();
        (organization["ownership"]["evidenceLevel"].clone(), organization["ownershipCredential"]["status"].clone())
    };
    assert_eq!(state().await, (json!("SELF_DECLARED"), Value::Null));
    let submit = "mutation($input: SubmitOwnershipEvidenceInput!) { submitOwnershipEvidence(input: $input) {
        ownershipEvidence { id document { id } } userErrors { code message path } } }";
    let minutes = desk.hand_in(&pdf(3_000), "application/pdf", json!({ "visibility": "REVIEWERS" })).await;
    let attested = ["WOMEN_MEMBERS", "TOTAL_MEMBERS", "WOMEN_MANAGEMENT_PERCENT", "WOMEN_BOARD_PERCENT"];
    let input = |document: &Value| json!({ "organizationId": house, "facts": attested, "documentId": document, "validUntil": "2027-03-31" });
    let other = app.sign_up("fatou@example.org").await;
    let theirs = app.register(&other, "COOPERATIVE", "Jigiya").await;
    stay_signed_in(app).await;
    let foreign = desk.announce(b"%PDF-1.7\n", "application/pdf", json!({})).await;
    let unfinished = app.user_errors(Some(&desk.token), submit, input(&foreign["documentId"])).await;
    assert_eq!(unfinished, [("NOT_FOUND".to_owned(), "input.documentId".to_owned())], "nothing was sent yet");
    let mut of_another = organic(&theirs, json!({ "documentIds": [minutes["id"]] }));
    of_another["number"] = json!("X-1");
    let refused = app.user_errors(Some(&other), SUBMIT, of_another).await;
    assert_eq!(
        refused,
        [("NOT_FOUND".to_owned(), "input.documentIds.0".to_owned())],
        "another's document proves nothing"
    );

    let made = app.expect_payload(Some(&desk.token), submit, input(&minutes["id"])).await;
    assert_eq!(state().await, (json!("DOCUMENT_SUBMITTED"), Value::Null));

    let review = "mutation($input: ReviewOwnershipEvidenceInput!) { reviewOwnershipEvidence(input: $input) {
        ownershipEvidence { document { downloadUrl } } userErrors { code message path } } }";
    let id = &made["ownershipEvidence"]["id"];
    let accepted = json!({ "evidenceId": id, "verdict": "ACCEPTED" });
    let accepted = app.expect_payload(Some(&verifier), review, accepted).await;
    let bytes = desk.fetch(&accepted["ownershipEvidence"]["document"]["downloadUrl"]).await;
    assert_eq!(bytes, pdf(3_000), "a reviewer reads what she reviews");
    assert_eq!(state().await, (json!("DOCUMENT_VERIFIED"), json!("VALID")));
    let seen = "query($id: ID!) { organization(id: $id) { ownershipProfile { evidence { edges { node { verdict document { id } } } } } } }";
    let seen = app.expect_data(Some(&other), seen, json!({ "id": house })).await;
    let edges = &seen["organization"]["ownershipProfile"]["evidence"]["edges"];
    assert_eq!(edges, &json!([{ "node": { "verdict": "ACCEPTED", "document": null } }]));

    // Newer evidence that holds longer makes the credential hold longer.
    let until = async || {
        let query = "query($id: ID!) { organization(id: $id) { ownershipCredential(definition: WOMENS_COOPERATIVE) { validUntil } } }";
        let data = app.expect_data(None, query, json!({ "id": house })).await;
        data["organization"]["ownershipCredential"]["validUntil"].as_str().unwrap()[..10].to_owned()
    };
    assert_eq!(until().await, "2027-03-31");
    let longer = json!({ "organizationId": house, "facts": attested, "issuer": "Assemblée générale", "validUntil": "2027-09-30" });
    let longer = app.expect_payload(Some(&desk.token), submit, longer).await;
    let longer = json!({ "evidenceId": longer["ownershipEvidence"]["id"], "verdict": "ACCEPTED" });
    app.expect_payload(Some(&verifier), review, longer.clone()).await;
    assert_eq!(until().await, "2027-09-30");
    let refused = json!({ "evidenceId": longer["evidenceId"], "verdict": "REJECTED", "reason": "Illisible." });
    app.expect_payload(Some(&verifier), review, refused).await;
    assert_eq!(state().await, (json!("DOCUMENT_VERIFIED"), json!("VALID")), "the first one still holds");
    assert_eq!(until().await, "2027-03-31");

    // A verdict that was overturned takes the credential back; a declaration of something else would as well.
    let overturned = json!({ "evidenceId": id, "verdict": "REJECTED", "reason": "Le procès-verbal est un faux." });
    app.expect_payload(Some(&verifier), review, overturned).await;
    assert_eq!(state().await, (json!("SELF_DECLARED"), json!("REVOKED")));
}
