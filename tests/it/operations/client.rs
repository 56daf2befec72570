//! Somebody who reads and writes without a pause, and keeps account of it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde_json::{Value, json};

const PASSWORD: &str = "trois pirogues au port";

/// Somebody who reads and writes as fast as she is answered, and what went wrong with it.
pub(super) struct Client {
    url: String,
    http: reqwest::Client,
    token: String,
    pub(super) house: String,
    /// What was answered with errors, or not at all.
    pub(super) failed: Vec<String>,
    /// What was acknowledged: listings with their titles.
    pub(super) written: Vec<(Value, String)>,
}

impl Client {
    /// Somebody who is not signed in.
    pub(super) fn nobody(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            http: reqwest::Client::new(),
            token: String::new(),
            house: String::new(),
            failed: Vec::new(),
            written: Vec::new(),
        }
    }

    /// The same person at another machine.
    pub(super) fn again(&self) -> Self {
        Self { token: self.token.clone(), house: self.house.clone(), ..Self::nobody(&self.url) }
    }

    /// Signs up, and registers an organization.
    pub(super) async fn arrive(url: &str, number: usize) -> Self {
        let mut client = Self::nobody(url);
        let sign_up = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }";
        let input = json!({ "email": format!("awa{number}@example.org"), "password": PASSWORD, "name": "Awa" });
        let signed = client.ask(sign_up, json!({ "input": input })).await.unwrap();
        client.token = signed["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
        let register = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) {
            organization { id } } }";
        let input = json!({ "kind": "COOPERATIVE", "name": format!("Maison {number}"), "placeCode": "segou" });
        let made = client.ask(register, json!({ "input": input })).await.unwrap();
        client.house = made["registerOrganization"]["organization"]["id"].as_str().unwrap().to_owned();
        client
    }

    /// The data of an answer without errors.
    pub(super) async fn ask(&mut self, query: &str, variables: Value) -> Option<Value> {
        let body = json!({ "query": query, "variables": variables });
        let mut request = self.http.post(format!("{}/graphql", self.url)).json(&body).timeout(Duration::from_secs(30));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let answer = match request.send().await {
            Ok(answer) => answer.json::<Value>().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(mut answer) if answer["errors"].is_null() => Some(answer["data"].take()),
            Ok(answer) => {
                self.failed.push(format!("{query}: {answer}"));
                None
            }
            Err(error) => {
                self.failed.push(format!("{query}: {error:?}"));
                None
            }
        }
    }

    /// One of all that is done often.
    pub(super) async fn round(&mut self, round: usize) -> Option<()> {
        let create = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } userErrors { code } } }";
        let input = json!({ "organizationId": self.house, "productCode": "shea-butter", "title": format!("Beurre {round}"),
            "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
            "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou" });
        let listing = self.ask(create, json!({ "input": input })).await?["createListing"]["listing"]["id"].take();
        let publish = "mutation($id: ID!) { publishListing(input: { listingId: $id }) { listing { status } } }";
        self.ask(publish, json!({ "id": listing })).await?;
        let retitle = "mutation($id: ID!, $title: String!) { updateListing(input: { listingId: $id, title: $title }) {
            listing { version } } }";
        let title = format!("Zamblé {round}");
        self.ask(retitle, json!({ "id": listing, "title": title })).await?;
        self.written.push((listing.clone(), title));
        let read = "query($id: ID!) { viewer { user { id } memberships { role organization { name } } }
            listing(id: $id) { title versions(first: 3) { edges { node { version } } } organization { name } }
            listings(first: 5) { totalCount edges { node { title } } } organizations(first: 5) { totalCount }
            searchListings(first: 5) { totalCount edges { node { title } } } products(first: 3) { totalCount } }";
        self.ask(read, json!({ "id": listing })).await?;
        Some(())
    }

    pub(super) async fn work_until(&mut self, done: &AtomicBool) {
        for round in 0.. {
            if done.load(Ordering::Relaxed) {
                return;
            }
            // What failed is noted.
            if self.round(round).await.is_none() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// What was acknowledged and is not there.
    pub(super) async fn lacking(&mut self) -> Vec<String> {
        let mut lacking = Vec::new();
        for (listing, title) in self.written.clone() {
            let read = "query($id: ID!) { listing(id: $id) { title } }";
            let found = self.ask(read, json!({ "id": listing })).await.unwrap();
            if found["listing"]["title"] != title {
                lacking.push(format!("{listing} {title}: {found}"));
            }
        }
        lacking
    }
}
