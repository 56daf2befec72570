//! People, organizations and listings, made the way clients make them: through the API, by its rules.

use bfw::accounts::{Actor, PlatformRole};
use serde_json::{Value, json};

use super::app::{PASSWORD, TestApp};

impl TestApp {
    /// Signs somebody up, and gives her access token.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        let mutation = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } \
                        userErrors { code message path } } }";
        let input = json!({ "email": email, "password": PASSWORD, "name": "Awa Traoré", "language": "FR" });
        text(&self.expect_payload(None, mutation, input).await["session"]["accessToken"])
    }

    /// Signs a verifier up, and gives her access token.
    pub(crate) async fn verifier(&self, email: &str) -> String {
        let token = self.sign_up(email).await;
        let operator = Actor::system("test");
        self.app.accounts.grant_platform_role(&operator, email, PlatformRole::Verifier).await.unwrap();
        token
    }

    /// Registers an organization in Ségou for whom the token belongs to, and gives its id.
    pub(crate) async fn register(&self, token: &str, kind: &str, name: &str) -> String {
        let mutation = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) { \
                        organization { id } userErrors { code message path } } }";
        let input = json!({ "kind": kind, "name": name, "placeCode": "segou" });
        text(&self.expect_payload(Some(token), mutation, input).await["organization"]["id"])
    }

    /// Writes a listing of shea butter as a draft, and gives its id. `changes` replaces fields of the input.
    pub(crate) async fn draft(&self, token: &str, organization: &str, changes: Value) -> String {
        let mutation = "mutation($input: CreateListingInput!) { createListing(input: $input) { \
                        listing { id } userErrors { code message path } } }";
        let mut input = json!({
            "organizationId": organization, "productCode": "shea-butter", "title": "Beurre de karité de la saison",
            "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
            "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou",
        });
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        text(&self.expect_payload(Some(token), mutation, input).await["listing"]["id"])
    }

    /// Publishes a draft.
    pub(crate) async fn publish(&self, token: &str, listing: &str) {
        let mutation = "mutation($input: PublishListingInput!) { publishListing(input: $input) { \
                        listing { status } userErrors { code message path } } }";
        let payload = self.expect_payload(Some(token), mutation, json!({ "listingId": listing })).await;
        assert_eq!(payload["listing"]["status"], "PUBLISHED");
    }

    /// Writes and publishes a listing, and gives its id.
    pub(crate) async fn published(&self, token: &str, organization: &str, changes: Value) -> String {
        let listing = self.draft(token, organization, changes).await;
        self.publish(token, &listing).await;
        listing
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text but {value}")).to_owned()
}
