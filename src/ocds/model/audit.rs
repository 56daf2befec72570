//! What an export for auditors says beyond what is public: what producers were paid for what was delivered.
//!
//! It is added to a finished public release, so that nothing that is published can come by it. Whoever deals with producers knows what
//! events call them, and could tell by the digest of that who was paid what: such an export is not to be passed on.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    release::{self, Reference},
    snapshot::Snapshot,
    values::{OWN, money, set},
};
use crate::kernel::{digest::Digest, money::Currency};

/// By which a release says that it is an auditor's.
pub const EDITION: &str = "AUDIT";

crate::words! {
    /// Whether a producer is a woman.
    ProducerClass {
        /// She is.
        Women = "WOMEN",
        /// She is not.
        NonWomen = "NON_WOMEN",
        /// It was not said.
        Unknown = "UNKNOWN",
    }
}

/// A payment to a producer for what went into a delivery.
#[derive(Debug, Clone)]
pub struct ProducerPart {
    /// SHA-256 of the payment's id: one that went into several deliveries is told with each, and counts once.
    pub payment: Digest,
    /// SHA-256 of what events call her.
    pub producer: Digest,
    /// Whether she is a woman.
    pub class: ProducerClass,
    /// How much, in minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// Whether she confirmed it.
    pub confirmed: bool,
}

/// A process as it stands, with what producers were paid, by delivery.
#[must_use]
pub fn for_auditors(snapshot: &Snapshot, reference: &Reference<'_>, paid: &HashMap<Uuid, Vec<ProducerPart>>) -> Value {
    let mut release = release::current(snapshot, reference);
    if let Some(own) = release.get_mut(OWN) {
        set(own, "edition", EDITION.into());
    }
    let deliveries = snapshot.contracts.iter().flat_map(|contract| &contract.deliveries);
    let paid: HashMap<String, &Vec<ProducerPart>> = deliveries
        .filter_map(|delivery| paid.get(&delivery.id.uuid()).map(|paid| (delivery.id.to_string(), paid)))
        .collect();
    for contract in release.get_mut("contracts").and_then(Value::as_array_mut).into_iter().flatten() {
        let told = contract.pointer_mut("/implementation/milestones").and_then(Value::as_array_mut);
        for delivery in told.into_iter().flatten() {
            let paid = delivery["id"].as_str().and_then(|id| paid.get(id));
            if let (Some(paid), Some(own)) = (paid, delivery.get_mut(OWN)) {
                set(own, "producers", paid.iter().map(producer).collect());
            }
        }
    }
    release
}

fn producer(paid: &ProducerPart) -> Value {
    json!({
        "id": paid.payment.to_string(),
        "producer": paid.producer.to_string(),
        "class": paid.class.as_str(),
        "value": money(paid.minor, paid.currency),
        "confirmed": paid.confirmed,
    })
}
