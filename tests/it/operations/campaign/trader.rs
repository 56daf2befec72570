//! Somebody who sells, and somebody who buys from her.

use std::time::Duration;

use bfw::kernel::{
    clock::{Clock as _, SystemClock, rfc3339},
    digest::Digest,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::ledger::{Does, Ledger, Step, Unanswered, content};
use crate::operations::process::Serving;

/// What is done with each listing, in this order. What is left out of some rounds is left out in [`Trader::is_due`].
const ROUND: [Does; 16] = [
    Does::CreateListing,
    Does::Publish,
    Does::Ask,
    Does::Retitle,
    Does::Order,
    Does::Reply,
    Does::Sign,
    Does::Announce,
    Does::Send,
    Does::Complete,
    Does::Pause,
    Does::Request,
    Does::Tender,
    Does::Bid,
    Does::SignUp,
    Does::Register,
];

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    Seller,
    Buyer,
    /// Who signed up a moment ago.
    Newcomer(String),
}

/// Two people and their organizations, and what they are at.
pub(super) struct Trader {
    number: usize,
    pub(super) seller: String,
    pub(super) buyer: String,
    house: String,
    company: String,
    round: u64,
    at: usize,
    /// What is asked for until it is acknowledged.
    step: Option<Step>,
    /// What the last step of each kind gave.
    last: Vec<(Does, Value)>,
    /// How often something was asked for again, because nobody knew whether it had been done.
    pub(super) resumed: usize,
    pub(super) ledger: Ledger,
}

async fn arrive(serving: &Serving, name: &str, kind: &str) -> (String, String) {
    let sign_up =
        "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } userErrors { code } } }";
    let input = json!({ "email": format!("{name}@example.org"), "password": "trois pirogues au port", "name": "Awa" });
    let signed = serving.graphql(None, sign_up, json!({ "input": input })).await.unwrap();
    let token = signed["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
    let register = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) {
        organization { id } userErrors { code } } }";
    let input = json!({ "kind": kind, "name": format!("Maison {name}"), "placeCode": "segou" });
    let made = serving.graphql(Some(&token), register, json!({ "input": input })).await.unwrap();
    let id = made["data"]["registerOrganization"]["organization"]["id"].as_str();
    (token, id.unwrap_or_else(|| panic!("{made:#}")).to_owned())
}

impl Trader {
    pub(super) async fn arrive(serving: &Serving, number: usize) -> Self {
        let (seller, house) = arrive(serving, &format!("vendeuse{number}"), "COOPERATIVE").await;
        let (buyer, company) = arrive(serving, &format!("acheteuse{number}"), "COMPANY").await;
        let (last, ledger) = (Vec::new(), Ledger::default());
        Self { number, seller, buyer, house, company, round: 0, at: 0, step: None, last, resumed: 0, ledger }
    }

    pub(super) fn token<'a>(&'a self, who: &'a Who) -> Option<&'a str> {
        match who {
            Who::Nobody => None,
            Who::Seller => Some(&self.seller),
            Who::Buyer => Some(&self.buyer),
            Who::Newcomer(token) => Some(token),
        }
    }

    /// Trades until the server is gone. What was under way then is asked for first in its next life.
    pub(super) async fn trade(&mut self, serving: &Serving) {
        self.resumed += usize::from(self.step.is_some());
        while self.go_on(serving).await {}
        // Whoever kills the server wants to find it alive; one that ended by itself is told by the others, which end as well.
    }

    /// Does what is under way, if anything is.
    pub(super) async fn finish(&mut self, serving: &Serving) {
        self.resumed += usize::from(self.step.is_some());
        while self.step.is_some() {
            assert!(self.go_on(serving).await, "a server that nobody killed is gone");
        }
    }

    /// One step; false when the server is gone.
    async fn go_on(&mut self, serving: &Serving) -> bool {
        let step = if let Some(step) = &self.step { step.clone() } else { self.next() };
        self.step = Some(step.clone());
        match step.send(serving, self).await {
            Ok(payload) => {
                self.ledger.note(&step, &payload);
                self.last.retain(|(does, _)| *does != step.does);
                self.last.push((step.does, payload));
                self.step = None;
                self.at += 1;
                true
            }
            Err(Unanswered::ComeBack) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                true
            }
            Err(Unanswered::Unknown) => false,
        }
    }

    fn is_due(&self, does: Does) -> bool {
        match does {
            Does::Pause => self.round.is_multiple_of(3),
            Does::Request | Does::Tender | Does::Bid => self.round.is_multiple_of(2),
            Does::SignUp | Does::Register => self.round.is_multiple_of(4),
            Does::CreateListing
            | Does::Publish
            | Does::Ask
            | Does::Order
            | Does::Retitle
            | Does::Reply
            | Does::Sign
            | Does::Announce
            | Does::Send
            | Does::Complete => true,
        }
    }

    fn of(&self, does: Does, pointer: &str) -> Value {
        let (_, payload) = self.last.iter().find(|(known, _)| *known == does).unwrap();
        payload.pointer(pointer).unwrap_or_else(|| panic!("{does:?} {pointer}: {payload:#}")).clone()
    }

    fn next(&mut self) -> Step {
        loop {
            if self.at == ROUND.len() {
                (self.at, self.round) = (0, self.round + 1);
            }
            if self.is_due(ROUND[self.at]) {
                return self.written(ROUND[self.at]);
            }
            self.at += 1;
        }
    }

    fn written(&self, does: Does) -> Step {
        let listing = || self.of(Does::CreateListing, "/listing/id");
        let (number, round) = (self.number, self.round);
        let document = round * 10 + number as u64;
        let (who, mut input) = match does {
            Does::CreateListing => (
                Who::Seller,
                json!({ "organizationId": self.house, "productCode": "shea-butter", "title": format!("Beurre {round}"),
                    "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
                    "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou" }),
            ),
            Does::Publish | Does::Pause => (Who::Seller, json!({ "listingId": listing() })),
            Does::Retitle => (Who::Seller, json!({ "listingId": listing(), "title": format!("Zamblé {round}") })),
            Does::Ask => (
                Who::Buyer,
                json!({ "listingId": listing(), "fromOrganizationId": self.company, "text": format!("Et {round} ?") }),
            ),
            Does::Reply => {
                let inquiry = self.of(Does::Ask, "/inquiry/id");
                (Who::Seller, json!({ "inquiryId": inquiry, "text": format!("Oui, {round}.") }))
            }
            Does::Order => (
                Who::Buyer,
                json!({ "listingId": listing(), "buyerId": self.company, "quantity": { "value": "10", "unit": "KGM" } }),
            ),
            Does::Sign => {
                let contract = self.of(Does::Order, "/contract/id");
                (Who::Seller, json!({ "contractId": contract, "organizationId": self.house }))
            }
            Does::Announce => {
                let content = content(document);
                let visibility = if round.is_multiple_of(2) { "PARTY" } else { "PUBLIC" };
                (
                    Who::Seller,
                    json!({ "organizationId": self.house, "fileName": document.to_string(), "visibility": visibility,
                        "mediaType": "application/pdf", "byteSize": content.len(),
                        "sha256": Digest::of(&content).to_string() }),
                )
            }
            Does::Send => {
                let (url, headers) =
                    (self.of(Does::Announce, "/upload/url"), self.of(Does::Announce, "/upload/headers"));
                (Who::Seller, json!({ "url": url, "headers": headers, "number": document }))
            }
            Does::Complete => (Who::Seller, json!({ "documentId": self.of(Does::Announce, "/upload/documentId") })),
            Does::Request => (
                Who::Buyer,
                json!({ "buyerId": self.company, "title": format!("Beurre pour {round}"), "method": "OPEN",
                    "lots": [{ "title": "Beurre de karité", "productCode": "shea-butter", "placeCode": "segou",
                        "quantity": { "value": "500", "unit": "KGM" } }],
                    "criteria": [{ "name": "Prix", "kind": "PRICE", "weightPercent": "100" }],
                    "bidDeadline": rfc3339(SystemClock.now() + TimeDelta::days(40)) }),
            ),
            Does::Tender => (Who::Buyer, json!({ "requestId": self.of(Does::Request, "/procurementRequest/id") })),
            Does::Bid => (
                Who::Seller,
                json!({ "requestId": self.of(Does::Request, "/procurementRequest/id"), "bidderId": self.house,
                    "lots": [{ "requestLotId": self.of(Does::Request, "/procurementRequest/lots/0/id"),
                        "unitPrice": { "amount": (1_000 + round).to_string() }, "quantity": "500" }] }),
            ),
            Does::SignUp => (
                Who::Nobody,
                json!({ "email": format!("nouvelle{number}-{round}@example.org"), "password": "trois pirogues au port",
                    "name": "Fanta" }),
            ),
            Does::Register => {
                let token = self.of(Does::SignUp, "/session/accessToken");
                (
                    Who::Newcomer(token.as_str().unwrap().to_owned()),
                    json!({ "kind": "MARKET_SELLER", "name": format!("Étal {number}-{round}"), "placeCode": "segou" }),
                )
            }
        };
        if !matches!(does, Does::Send | Does::Complete) {
            input["idempotencyKey"] = format!("{number}-{round}-{does:?}").into();
        }
        Step { does, who, input }
    }
}
