//! Certificates as their holders, verifiers and buyers see them.

mod claims;
mod groups;
mod life;
mod proof;
mod recorded;

use serde_json::{Value, json};

use crate::harness::app::TestApp;

const SUBMIT: &str = "mutation($input: SubmitCertificateInput!) { submitCertificate(input: $input) {
    certificate { id status number version scope { productCodes siteNames groupMembers volumeLimit { value unit }
        organizations { id } } decisions { sequence status effectiveFrom reason retroactive } }
    userErrors { code message path } } }";

const SHOWN: &str = "query($id: ID!) { certificate(id: $id) { status version
    decisions { sequence status effectiveFrom reason retroactive decidedAt } } }";

/// A mutation that decides about a certificate, by its name.
fn decide(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{ certificate {{ id status version }}
            userErrors {{ code message path }} }} }}"
    )
}

/// A certificate of shea that everything accepts, with changes.
fn organic(holder: &str, changes: Value) -> Value {
    let mut input = json!({
        "organizationId": holder, "schemeCode": "ORGANIC_EU", "number": "ML-BIO-1", "issuerName": "Ecocert",
        "validFrom": "2026-01-01", "validUntil": "2026-12-31", "productCodes": ["shea"],
    });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// A holder's token and organization, and a verifier's token.
async fn people(app: &TestApp) -> (String, String, String) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    (owner, organization, app.verifier("verifier@exemple.ml").await)
}

/// Hands in a certificate and gives its id.
async fn submit(app: &TestApp, owner: &str, input: Value) -> String {
    let payload = app.expect_payload(Some(owner), SUBMIT, input).await;
    payload["certificate"]["id"].as_str().unwrap().to_owned()
}

/// Decides about a certificate, which must be accepted, and gives its state.
async fn decided(app: &TestApp, verifier: &str, name: &str, id: &str, mut input: Value) -> String {
    input["certificateId"] = json!(id);
    let payload = app.expect_payload(Some(verifier), &decide(name), input).await;
    payload["certificate"]["status"].as_str().unwrap().to_owned()
}
