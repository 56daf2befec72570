//! From the order to the last payment, as buyer and seller do it.

mod awarded;
mod billing;
mod changing;
mod delivering;
mod dossier;
mod life;
mod ordering;
mod racing;
mod seeing;

use bfw::accounts::{Actor, PlatformRole};
use chrono::{Days, TimeDelta};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    harness::{Fixture, TestApp, TestDatabase},
    notifications::stay_signed_in,
};

/// What is asked of a contract after it was changed.
pub(crate) const CONTRACT: &str = "id ocid status currency version versionInForce signedAt endedReason
    amount { amount currency } signedAmount { amount } supplier { id } buyer { id }
    suppliers { organization { id } sharePercent } arrears { amount } penalties { amount }
    lines { id quantity { value unit } unitPrice { amount } amount { amount } accepted { value } billed { value } deliverUntil placeCode }
    pendingVersion { version amount { amount } rationale } signatures { version organization { id } }";

/// What is asked of a delivery.
pub(crate) const DELIVERY: &str = "id status version quantity { value } dispatchedQuantity { value } receivedQuantity { value }
    acceptedQuantity { value } dueOn reason lots { kilograms lot { id status organization { id } destination { id } } }";

/// What is asked of an invoice.
pub(crate) const INVOICE: &str =
    "id number status gross { amount } penalty { amount } net { amount } discount { amount }
    paid { amount } unpaid { amount } dueOn paidOn version payments { id status amount { amount } }";

/// What is asked of a payment.
pub(crate) const PAYMENT: &str = "id status amount { amount } version invoice { id status }";

/// A cooperative that offers 500 kg of shea butter at 1 250 F, and a company that buys.
pub(crate) struct Market {
    pub(crate) app: TestApp,
    pub(crate) seller: String,
    pub(crate) house: String,
    pub(crate) buyer: String,
    pub(crate) company: String,
    pub(crate) listing: String,
}

impl Fixture for Market {
    async fn build(database: TestDatabase) -> Self {
        let app = TestApp::build(database).await;
        let seller = app.sign_up("awa@exemple.ml").await;
        let house = app.register(&seller, "COOPERATIVE", "Benkadi").await;
        let buyer = app.sign_up("fatou@exemple.ml").await;
        let company = app.register(&buyer, "COMPANY", "Sahel Cosmétiques").await;
        let listing = app.published(&seller, &house, json!({})).await;
        stay_signed_in(&app).await;
        Self { app, seller, house, buyer, company, listing }
    }
}

fn mutation(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let given = match name {
        "submitInvoice" | "approveInvoice" | "rejectInvoice" => format!("invoice {{ {INVOICE} }}"),
        "recordPayment" | "confirmPayment" => format!("payment {{ {PAYMENT} }}"),
        _ if name.ends_with("Delivery") => format!("delivery {{ {DELIVERY} }}"),
        _ => format!("contract {{ {CONTRACT} }}"),
    };
    format!("mutation($input: {input}!) {{ {name}(input: $input) {{ {given} userErrors {{ code message path }} }} }}")
}

/// A mutation that must be accepted, and the object that it gives.
pub(crate) async fn done(app: &TestApp, token: &str, name: &str, input: Value) -> Value {
    let mut payload = app.expect_payload(Some(token), &mutation(name), input).await;
    let fields = payload.as_object_mut().unwrap();
    let object = fields.iter_mut().find(|(field, _)| *field != "userErrors").unwrap().1;
    object.take()
}

impl Market {
    /// A mutation that must be accepted, and the object that it gives.
    pub(crate) async fn done(&self, token: &str, name: &str, input: Value) -> Value {
        done(&self.app, token, name, input).await
    }

    /// A mutation that must be refused: its codes and where they point.
    pub(crate) async fn refused(&self, token: &str, name: &str, input: Value) -> Vec<String> {
        let errors = self.app.user_errors(Some(token), &mutation(name), input).await;
        errors.into_iter().map(|(code, path)| format!("{code} {path}")).collect()
    }

    /// A mutation, and its codes.
    pub(crate) async fn tried(&self, token: &str, name: &str, input: Value) -> Vec<String> {
        let mut data = self.app.expect_data(Some(token), &mutation(name), json!({ "input": input })).await;
        let payload = data.as_object_mut().unwrap().values_mut().next().unwrap().take();
        payload["userErrors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The input of an order.
    pub(crate) fn order(&self, kilograms: &str, changes: Value) -> Value {
        with(json!({ "buyerId": self.company, "listingId": self.listing, "quantity": kilos(kilograms) }), changes)
    }

    /// An order of so much, which the seller has not signed yet.
    pub(crate) async fn ordered(&self, kilograms: &str) -> Value {
        self.done(&self.buyer, "createDirectOrder", self.order(kilograms, json!({}))).await
    }

    /// A contract in force over so much, by its id and that of its line.
    pub(crate) async fn signed(&self, kilograms: &str) -> (String, String) {
        let ordered = self.ordered(kilograms).await;
        self.sign(&self.seller, &self.house, &ordered["id"]).await;
        (text(&ordered["id"]), text(&ordered["lines"][0]["id"]))
    }

    /// Signs a contract for a party.
    pub(crate) async fn sign(&self, token: &str, organization: &str, contract: &Value) -> Value {
        self.done(token, "signContract", json!({ "contractId": contract, "organizationId": organization })).await
    }

    /// A delivery of so much that was planned for so many days ahead, by its id.
    pub(crate) async fn planned(&self, (contract, line): &(String, String), kilograms: &str, days: u64) -> String {
        let input = json!({ "contractId": contract, "contractLineId": line, "quantity": kilos(kilograms), "dueOn": self.day(days) });
        text(&self.done(&self.seller, "scheduleDelivery", input).await["id"])
    }

    /// A delivery of so much that was planned, sent, received and accepted, by its id.
    pub(crate) async fn accepted(&self, of: &(String, String), kilograms: &str) -> String {
        let delivery = self.planned(of, kilograms, 3).await;
        self.done(&self.seller, "dispatchDelivery", json!({ "deliveryId": delivery })).await;
        let input = json!({ "deliveryId": delivery, "receivedQuantity": kilos(kilograms), "acceptedQuantity": kilos(kilograms) });
        self.done(&self.buyer, "receiveDelivery", input).await;
        delivery
    }

    /// The input of an invoice over so much of a line.
    pub(crate) fn bill((contract, line): &(String, String), kilograms: &str, number: &str) -> Value {
        json!({ "contractId": contract, "number": number,
                "lines": [{ "contractLineId": line, "quantity": kilos(kilograms) }] })
    }

    /// An invoice over so much that was approved, by its id.
    pub(crate) async fn approved(&self, of: &(String, String), kilograms: &str, number: &str) -> String {
        let invoice = self.done(&self.seller, "submitInvoice", Self::bill(of, kilograms, number)).await;
        self.done(&self.buyer, "approveInvoice", json!({ "invoiceId": invoice["id"] })).await;
        text(&invoice["id"])
    }

    /// The input of a payment today.
    pub(crate) fn pay(&self, invoice: &str, francs: &str, reference: &str) -> Value {
        json!({ "invoiceId": invoice, "payeeId": self.house, "amount": { "amount": francs }, "paidOn": self.day(0),
                "reference": reference })
    }

    /// What is asked of a contract.
    pub(crate) async fn contract(&self, token: &str, id: &str) -> Value {
        let query = format!(
            "query($id: ID!) {{ contract(id: $id) {{ {CONTRACT} deliveries {{ {DELIVERY} }} invoices {{ {INVOICE} }} }} }}"
        );
        self.app.expect_data(Some(token), &query, json!({ "id": id })).await["contract"].take()
    }

    /// Today, or so many days later.
    pub(crate) fn day(&self, ahead: u64) -> String {
        use bfw::kernel::clock::Clock as _;
        (self.app.clock.today() + Days::new(ahead)).to_string()
    }

    /// The clock goes on.
    pub(crate) fn later(&self, days: i64) {
        self.app.clock.advance(TimeDelta::days(days));
    }

    /// Somebody who oversees the platform, as her token.
    pub(crate) async fn overseer(&self, email: &str, role: PlatformRole) -> String {
        let token = self.app.sign_up(email).await;
        self.app.app.accounts.grant_platform_role(&Actor::system("test"), email, role).await.unwrap();
        stay_signed_in(&self.app).await;
        token
    }

    /// The first number that a statement gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let connection = self.app.database.connect().await;
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// What does not add up: nothing, whatever was done.
    pub(crate) async fn contradictions(&self) -> Vec<String> {
        let examined = bfw::contracts::examine(&self.app.app.services.db).await.unwrap();
        assert!(examined.processes > 0);
        let chains = bfw::kernel::audit::verify(&self.app.app.services.db).await.unwrap();
        examined.found.into_iter().chain(chains.broken.iter().map(ToString::to_string)).collect()
    }
}

/// Values that take the place of those of an input.
pub(crate) fn with(mut input: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// So many kilograms, as an input says it.
pub(crate) fn kilos(value: &str) -> Value {
    json!({ "value": value, "unit": "KGM" })
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text but {value}")).to_owned()
}
