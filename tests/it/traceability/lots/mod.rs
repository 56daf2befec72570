//! Lots, from what a producer brings to what a buyer has.

mod correcting;
mod deriving;
mod racing;
mod recalling;
mod recording;
mod refusing;
mod season;
mod selling;
mod tracing;

use bfw::kernel::clock::Clock as _;
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use crate::harness::{Fixture, TestApp, TestDatabase};

/// A cooperative with a woman and a man who deliver to it.
pub(super) struct Yard {
    pub(super) app: TestApp,
    pub(super) owner: String,
    pub(super) house: String,
    pub(super) woman: String,
    pub(super) man: String,
}

impl Fixture for Yard {
    async fn build(database: TestDatabase) -> Self {
        // Longer than any day that a test goes through.
        let app = TestApp::with_settings(database, &[("access_minutes", "1440")]).await;
        let owner = app.sign_up("awa@exemple.ml").await;
        let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
        let (woman, man) = (String::new(), String::new());
        let mut yard = Self { app, owner, house, woman, man };
        yard.woman = yard.producer("FEMALE").await;
        yard.man = yard.producer("MALE").await;
        // A morning later, so that what happened so far lies behind.
        yard.later(60);
        yard
    }
}

/// Everything that is asked of a lot after it was recorded.
pub(super) const LOT: &str = "id code status onHold custodyModel quantity { value unit } remaining { value }
    womenGrownShare producerConfirmedShare growers { women others unknown confirmed } yieldWaived madeAt
    organization { id } maker { id } destination { id }";

impl Yard {
    /// The clock goes on.
    pub(super) fn later(&self, minutes: i64) {
        self.app.clock.advance(TimeDelta::minutes(minutes));
    }

    /// So many minutes ago, as a client writes it.
    pub(super) fn ago(&self, minutes: i64) -> String {
        (self.app.clock.now() - TimeDelta::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// A producer of the cooperative.
    pub(super) async fn producer(&self, gender: &str) -> String {
        let mutation = "mutation($input: AddProducerInput!) { addProducer(input: $input) {
            producer { id } userErrors { code message path } } }";
        let input = json!({ "organizationId": self.house, "name": "Fanta Coulibaly", "gender": gender, "memberSince": "2026-11-02" });
        let payload = self.app.expect_payload(Some(&self.owner), mutation, input).await;
        payload["producer"]["id"].as_str().unwrap().to_owned()
    }

    /// What a mutation of lots is, by its name.
    pub(super) fn mutation(name: &str) -> String {
        let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let given = match name {
            "recordDelivery" => format!("lot {{ {LOT} }} event {{ id kind }} slips {{ deliveryCode paymentCode }}"),
            "recordSplit" | "recordTransformation" => format!("lots {{ {LOT} }} event {{ id kind }}"),
            "correctEvent" => format!(
                "event {{ id kind corrects {{ id }} }}
                 correction {{ lots {{ {LOT} }} instead {{ id }} heldLotIds }}"
            ),
            "openRecall" | "closeRecall" => "recall { id lotCount version closedAt resolution
                affected { organization { id } lotCount remaining { value } } }"
                .to_owned(),
            "setListingLots" => "listing { id } lots { id }".to_owned(),
            "shipReservation" => format!("lots {{ {LOT} }} events {{ id kind }}"),
            "releaseHold" => format!("lot {{ {LOT} }}"),
            _ => format!("lot {{ {LOT} }} event {{ id kind }}"),
        };
        format!(
            "mutation($input: {input}!) {{ {name}(input: $input) {{ {given} userErrors {{ code message path }} }} }}"
        )
    }

    /// A mutation of the owner's that must be accepted.
    pub(super) async fn done(&self, name: &str, input: Value) -> Value {
        self.done_by(&self.owner, name, input).await
    }

    /// A mutation that must be accepted.
    pub(super) async fn done_by(&self, token: &str, name: &str, input: Value) -> Value {
        self.app.expect_payload(Some(token), &Self::mutation(name), input).await
    }

    /// A mutation of the owner's that must be refused: its codes and where they point.
    pub(super) async fn refused(&self, name: &str, input: Value) -> Vec<String> {
        self.refused_to(&self.owner, name, input).await
    }

    /// A mutation that must be refused: its codes and where they point.
    pub(super) async fn refused_to(&self, token: &str, name: &str, input: Value) -> Vec<String> {
        let errors = self.app.user_errors(Some(token), &Self::mutation(name), input).await;
        errors.into_iter().map(|(code, path)| format!("{code} {path}")).collect()
    }

    /// The input of a delivery of shea kernels, half an hour ago.
    pub(super) fn delivery(&self, producer: &str, kilograms: &str) -> Value {
        json!({
            "organizationId": self.house, "producerId": producer, "productCode": "shea-kernel",
            "quantity": { "value": kilograms, "unit": "KGM" }, "deliveredAt": self.ago(30),
        })
    }

    /// A lot of shea kernels that a producer brought, by its id. The clock goes on by a minute.
    pub(super) async fn delivered(&self, producer: &str, kilograms: &str) -> String {
        let payload = self.done("recordDelivery", self.delivery(producer, kilograms)).await;
        self.later(1);
        id(&payload["lot"])
    }

    /// Some of a lot, as an input names it.
    pub(super) fn portion(lot: &str, kilograms: &str) -> Value {
        json!({ "lotId": lot, "quantity": { "value": kilograms, "unit": "KGM" } })
    }

    /// The input of a step that takes from lots, ten minutes ago.
    pub(super) fn step(&self, inputs: &[Value], further: Value) -> Value {
        let mut input = json!({ "organizationId": self.house, "inputs": inputs, "occurredAt": self.ago(10) });
        for (field, value) in further.as_object().unwrap() {
            input[field] = value.clone();
        }
        input
    }

    /// One lot of several, by its id.
    pub(super) async fn together(&self, inputs: &[Value]) -> String {
        id(&self.done("recordAggregation", self.step(inputs, json!({}))).await["lot"])
    }

    /// What is asked of a lot, by the owner.
    pub(super) async fn lot(&self, id: &str) -> Value {
        self.lot_as(Some(&self.owner), id, LOT).await
    }

    /// What somebody is told of a lot.
    pub(super) async fn lot_as(&self, token: Option<&str>, id: &str, fields: &str) -> Value {
        let query = format!("query($id: ID!) {{ lot(id: $id) {{ {fields} }} }}");
        self.app.expect_data(token, &query, json!({ "id": id })).await["lot"].take()
    }

    /// What is left of a lot, in kilograms.
    pub(super) async fn left(&self, id: &str) -> String {
        self.lot(id).await["remaining"]["value"].as_str().unwrap().to_owned()
    }

    /// Another organization and its owner's token.
    pub(super) async fn neighbour(&self, kind: &str) -> (String, String) {
        let owner = self.app.sign_up("oumou@exemple.ml").await;
        let organization = self.app.register(&owner, kind, "Jigiya").await;
        (owner, organization)
    }
}

/// The id of something.
pub(super) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value:#}")).to_owned()
}
