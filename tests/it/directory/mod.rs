//! Organizations, places, and ownership with its evidence as clients see them.

mod evidence;
mod organizations;
mod ownership;
mod pages;
mod places;
mod seen;

use serde_json::{Value, json};

use crate::harness::app::{PASSWORD, TestApp};

const REGISTER: &str = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) {
    organization { id kind legalForm name version phone email languages marketName stall language
        description place { code name kind parent { code } } location { latitude longitude }
        registrations { scheme value normalized hasUsualForm }
        ownershipProfile { totalMembers womenMembers } }
    userErrors { code message path } } }";

const UPDATE: &str = "mutation($input: UpdateOrganizationInput!) { updateOrganization(input: $input) {
    organization { id name legalForm version phone email stall languages description place { code }
        registrations { normalized } }
    userErrors { code message path } } }";

const DECLARE: &str = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) {
    ownershipProfile { version womenOwnedPercent womenBoardPercent womenMembers totalMembers womanSignatory hasBoard
        declarations(first: 10) { totalCount edges { node { sequence facts { fact value } } } } }
    userErrors { code message path } } }";

const OWNERSHIP: &str = "query($id: ID!, $definition: OwnershipDefinition!, $asOf: Date) { organization(id: $id) {
    ownership(definition: $definition, asOf: $asOf) { status evidenceLevel rulesVersion asOf missingFacts
        failingCriteria { criterion actual required fix } } } }";

/// A cooperative that everything accepts, with changes.
fn cooperative(changes: Value) -> Value {
    let mut input = json!({
        "kind": "COOPERATIVE", "name": "Coopérative Benkadi de Ségou", "legalForm": "SCOOPS", "placeCode": "Ségou",
    });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// What a definition says of an organization.
async fn ownership(app: &TestApp, id: &str, definition: &str, as_of: Option<&str>) -> Value {
    let variables = json!({ "id": id, "definition": definition, "asOf": as_of });
    let mut data = app.expect_data(None, OWNERSHIP, variables).await;
    data["organization"]["ownership"].take()
}

/// A fresh token, for whoever slept while the clock moved.
async fn sign_in(app: &TestApp, email: &str) -> String {
    let mutation = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } \
                    userErrors { code message path } } }";
    let input = json!({ "identifier": email, "password": PASSWORD });
    let payload = app.expect_payload(None, mutation, input).await;
    payload["session"]["accessToken"].as_str().unwrap().to_owned()
}
