//! What was asked for, and what the market has to look like for what was acknowledged of it.

use std::collections::BTreeMap;

use bfw::kernel::digest::Digest;
use serde_json::{Value, json};

use super::trader::{Trader, Who};
use crate::operations::process::Serving;

/// Nodes asked for at once.
const PAGE: usize = 20;

const REQUEST: &str = "procurementRequest { id status version title lots { id } }";

/// One write, with all that it takes to ask for it again.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) does: Does,
    pub(super) who: Who,
    pub(super) input: Value,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    CreateListing,
    Publish,
    Ask,
    Order,
    Retitle,
    Reply,
    Sign,
    Announce,
    Send,
    Complete,
    Pause,
    Request,
    Tender,
    Bid,
    SignUp,
    Register,
}

/// Why a step was not acknowledged.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody knows whether it was done.
    Unknown,
    /// It was not: it is to be asked for again.
    ComeBack,
}

impl Does {
    /// The mutation, and the object that it gives.
    const fn mutation(self) -> (&'static str, &'static str) {
        match self {
            Self::CreateListing => ("createListing", "listing { id version status title }"),
            Self::Publish => ("publishListing", "listing { id version status title }"),
            Self::Retitle => ("updateListing", "listing { id version status title }"),
            Self::Pause => ("pauseListing", "listing { id version status title }"),
            Self::Ask => ("startInquiry", "inquiry { id } message { id text }"),
            Self::Reply => ("replyToInquiry", "inquiry { id } message { id text }"),
            Self::Order => ("createDirectOrder", "contract { id version status }"),
            // What is sold is gone from the listing.
            Self::Sign => ("signContract", "contract { id version status listing { id version status title } }"),
            Self::Announce => ("requestUpload", "upload { documentId url headers { name value } }"),
            Self::Complete => ("completeUpload", "document { id state uploadedSha256 }"),
            Self::Request => ("createProcurementRequest", REQUEST),
            Self::Tender => ("publishProcurementRequest", REQUEST),
            Self::Bid => ("submitBid", "bid { id status version receipt { sha256 } }"),
            Self::SignUp => ("signUp", "user { id } session { accessToken }"),
            Self::Register => ("registerOrganization", "organization { id name }"),
            Self::Send => ("", ""),
        }
    }
}

impl Step {
    /// Whether it is asked for again under a key of its own.
    pub(super) fn has_key(&self) -> bool {
        self.input["idempotencyKey"].is_string()
    }

    /// Asks for it.
    pub(super) async fn send(&self, serving: &Serving, trader: &Trader) -> Result<Value, Unanswered> {
        if self.does == Does::Send {
            return self.send_bytes(serving).await;
        }
        let (name, object) = self.does.mutation();
        let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let mutation = format!(
            "mutation($input: {input}!) {{ {name}(input: $input) {{ {object} userErrors {{ code message path }} }} }}"
        );
        let token = trader.token(&self.who);
        let answer = serving.graphql(token, &mutation, json!({ "input": self.input })).await;
        let mut answer = answer.map_err(|_| Unanswered::Unknown)?;
        if answer["errors"].is_array() {
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(code == "UNAVAILABLE" || code == "TIMEOUT", "{self:?}: {answer:#}");
            return Err(if code == "TIMEOUT" { Unanswered::Unknown } else { Unanswered::ComeBack });
        }
        let payload = answer["data"][name].take();
        assert_eq!(payload["userErrors"], json!([]), "{self:?}: {payload:#}");
        Ok(payload)
    }

    /// Sends the bytes of a document where it was said to.
    async fn send_bytes(&self, serving: &Serving) -> Result<Value, Unanswered> {
        let url = self.input["url"].as_str().unwrap();
        // Each life of the server has a port of its own.
        let path = &url[url.find("://").unwrap() + 3..];
        let path = &path[path.find('/').unwrap()..];
        let content = content(self.input["number"].as_u64().unwrap());
        let mut request = reqwest::Client::new().put(format!("{}{path}", serving.url)).body(content);
        for header in self.input["headers"].as_array().unwrap() {
            if header["name"] != "Content-Length" {
                request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
            }
        }
        let answer = request.send().await.map_err(|_| Unanswered::Unknown)?;
        match answer.status().as_u16() {
            200 => Ok(json!({})),
            503 => Err(Unanswered::ComeBack),
            status => panic!("{status} for {self:?}: {:?}", answer.text().await),
        }
    }

    /// The id of what it made or changed.
    pub(super) fn result(&self, payload: &Value) -> String {
        let id = match self.does {
            Does::CreateListing | Does::Publish | Does::Retitle | Does::Pause => &payload["listing"]["id"],
            Does::Ask | Does::Reply => &payload["message"]["id"],
            Does::Order | Does::Sign => &payload["contract"]["id"],
            Does::Announce => &payload["upload"]["documentId"],
            Does::Complete => &payload["document"]["id"],
            Does::Request | Does::Tender => &payload["procurementRequest"]["id"],
            Does::Bid => &payload["bid"]["id"],
            Does::SignUp => &payload["user"]["id"],
            Does::Register => &payload["organization"]["id"],
            Does::Send => return String::new(),
        };
        id.as_str().unwrap_or_else(|| panic!("{self:?}: {payload:#}")).to_owned()
    }
}

/// The bytes of the document of that number: some of one piece of an encrypted blob, some of several.
pub(super) fn content(number: u64) -> Vec<u8> {
    let mut content = format!("%PDF-1.7\n{number}\n").into_bytes();
    content.resize(usize::try_from(500 + number % 5 * 40_000).unwrap(), b'.');
    content
}

/// What was acknowledged to one trader.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Everything, in order, with the id that it gave.
    pub(super) acknowledged: Vec<(Step, String)>,
    /// The newest that was told of each listing.
    pub(super) listings: BTreeMap<String, Value>,
    /// The newest that was told of each contract.
    pub(super) contracts: BTreeMap<String, Value>,
    /// The texts of each inquiry.
    pub(super) inquiries: BTreeMap<String, Vec<String>>,
    /// The number of each document, and whether it was looked at.
    pub(super) documents: BTreeMap<String, (u64, bool)>,
    /// The newest that was told of each procurement request.
    pub(super) requests: BTreeMap<String, Value>,
    /// What was told of each sealed bid.
    pub(super) bids: BTreeMap<String, Value>,
    /// Accounts beside the trader's own.
    pub(super) accounts: Vec<String>,
    /// Organizations beside her own, with their names.
    pub(super) organizations: BTreeMap<String, String>,
}

impl Ledger {
    /// The keys that were used, for whom.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.acknowledged.iter().filter_map(|(step, _)| step.input["idempotencyKey"].as_str())
    }

    /// Notes what was acknowledged.
    pub(super) fn note(&mut self, step: &Step, payload: &Value) {
        let id = step.result(payload);
        match step.does {
            Does::CreateListing | Does::Publish | Does::Retitle | Does::Pause => {
                self.listings.insert(id.clone(), payload["listing"].clone());
            }
            Does::Order | Does::Sign => {
                let mut contract = payload["contract"].clone();
                if let Some(listing) = contract.as_object_mut().unwrap().remove("listing") {
                    self.listings.insert(listing["id"].as_str().unwrap().to_owned(), listing);
                }
                self.contracts.insert(id.clone(), contract);
            }
            Does::Ask | Does::Reply => {
                let inquiry = payload["inquiry"]["id"].as_str().unwrap().to_owned();
                let texts = self.inquiries.entry(inquiry).or_default();
                texts.push(step.input["text"].as_str().unwrap().to_owned());
            }
            Does::Announce => {
                self.documents.insert(id.clone(), (step.input["fileName"].as_str().unwrap().parse().unwrap(), false));
            }
            Does::Complete => {
                assert_eq!(payload["document"]["state"], "READY", "{payload:#}");
                self.documents.get_mut(&id).unwrap().1 = true;
            }
            Does::Request | Does::Tender => {
                self.requests.insert(id.clone(), payload["procurementRequest"].clone());
            }
            Does::Bid => {
                self.bids.insert(id.clone(), payload["bid"].clone());
            }
            Does::SignUp => self.accounts.push(id.clone()),
            Does::Register => {
                self.organizations.insert(id.clone(), step.input["name"].as_str().unwrap().to_owned());
            }
            Does::Send => {}
        }
        self.acknowledged.push((step.clone(), id));
    }

    /// Holds it against what the service says.
    pub(super) async fn compare(&self, serving: &Serving, seller: &str, buyer: &str) {
        let listings = nodes(serving, seller, self.listings.keys(), "... on Listing { id version status title }").await;
        assert_eq!(listings, self.listings);
        let contracts = nodes(serving, buyer, self.contracts.keys(), "... on Contract { id version status }").await;
        assert_eq!(contracts, self.contracts);
        let request = "... on ProcurementRequest { id status version title lots { id } }";
        assert_eq!(nodes(serving, buyer, self.requests.keys(), request).await, self.requests);
        let bid = "... on Bid { id status version receipt { sha256 } }";
        assert_eq!(nodes(serving, seller, self.bids.keys(), bid).await, self.bids);
        let names = nodes(serving, seller, self.organizations.keys(), "... on Organization { id name }").await;
        let names: BTreeMap<_, _> =
            names.into_iter().map(|(id, one)| (id, one["name"].as_str().unwrap().to_owned())).collect();
        assert_eq!(names, self.organizations);
        let messages = "... on Inquiry { id messages(first: 10) { edges { node { text } } } }";
        for (id, inquiry) in nodes(serving, buyer, self.inquiries.keys(), messages).await {
            let edges = inquiry["messages"]["edges"].as_array().unwrap();
            let texts: Vec<_> = edges.iter().map(|edge| edge["node"]["text"].as_str().unwrap().to_owned()).collect();
            assert_eq!(texts, self.inquiries[&id]);
        }
        let state = "... on Document { id state uploadedSha256 }";
        for (id, document) in nodes(serving, seller, self.documents.keys(), state).await {
            let (number, complete) = self.documents[&id];
            assert_eq!(document["state"] == "READY", complete, "{document:#}");
            assert_eq!(document["uploadedSha256"], Digest::of(&content(number)).to_string());
        }
    }
}

/// Things by their ids, as one who may see them does; every one must be there.
async fn nodes(
    serving: &Serving,
    token: &str,
    ids: impl Iterator<Item = &String>,
    fields: &str,
) -> BTreeMap<String, Value> {
    let query = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {fields} }} }}");
    let ids: Vec<&String> = ids.collect();
    let mut found = BTreeMap::new();
    for page in ids.chunks(PAGE) {
        let mut answer = serving.graphql(Some(token), &query, json!({ "ids": page })).await.unwrap();
        let Value::Array(nodes) = answer["data"]["nodes"].take() else { panic!("{answer:#}") };
        for (id, node) in page.iter().zip(nodes) {
            assert!(node["id"].is_string(), "{id} is gone");
            found.insert((*id).clone(), node);
        }
    }
    found
}
