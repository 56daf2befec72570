//! Events: what happened to lots.

use serde_json::Value;
use uuid::Uuid;

use super::ids::EventId;
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{clock::Timestamp, digest::Digest},
    words,
};

words! {
    /// What happened, in our own words. What it is in EPCIS stands in [`super::epcis`].
    EventKind {
        /// A producer delivered.
        Delivery = "DELIVERY",
        /// Lots of one product became one.
        Aggregation = "AGGREGATION",
        /// A lot became several.
        Split = "SPLIT",
        /// Lots became lots of other products.
        Transformation = "TRANSFORMATION",
        /// A lot was looked at.
        Inspection = "INSPECTION",
        /// A lot was sent.
        Shipment = "SHIPMENT",
        /// A lot arrived.
        Receipt = "RECEIPT",
        /// Some of a lot was lost.
        Loss = "LOSS",
        /// Lots were called back.
        Recall = "RECALL",
        /// A recall was ended.
        RecallEnd = "RECALL_END",
        /// An event was declared an error.
        Correction = "CORRECTION",
        /// Another told of it; it is kept as it was handed in.
        Captured = "CAPTURED",
    }
}

words! {
    /// What an identifier is to its event.
    EpcRole {
        /// What is observed, added or removed.
        Object = "OBJECT",
        /// What a transformation used up.
        Input = "INPUT",
        /// What a transformation made.
        Output = "OUTPUT",
        /// What others were put into.
        Parent = "PARENT",
        /// What was put into another.
        Child = "CHILD",
    }
}

/// An event that is to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The event.
    pub id: EventId,
    /// Who records it.
    pub organization: OrganizationId,
    /// What happened.
    pub kind: EventKind,
    /// When it happened.
    pub event_time: Timestamp,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// Which person records it.
    pub recorded_by: Option<UserId>,
    /// The event in EPCIS, without the fields that appending adds: `eventID` where there is none, and `recordTime`.
    pub body: Value,
    /// What it is about: codes of lots that are kept here, identifiers of others as they stand.
    pub epcs: Vec<(String, EpcRole)>,
    /// Which event it declares an error.
    pub corrects: Option<EventId>,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event.
    pub id: EventId,
    /// Who recorded it.
    pub organization: OrganizationId,
    /// Counts the organization's events, from 1.
    pub sequence: i64,
    /// What happened.
    pub kind: EventKind,
    /// When it happened.
    pub event_time: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Which person recorded it.
    pub recorded_by: Option<UserId>,
    /// The event in EPCIS, in the form that [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785) makes canonical.
    pub body: String,
    /// By what the same event is known again ([`super::epcis::event_hash`]).
    pub event_hash: Digest,
    /// Which event it declares an error.
    pub corrects: Option<EventId>,
    /// The seal: [`seal`] of the one before it and the body.
    pub hash: Digest,
}

/// What a chain begins with.
pub const FIRST_LINK: [u8; 32] = [0; 32];

/// The seal of an event: SHA-256 of the seal before it and the event's canonical form.
#[must_use]
pub fn seal(previous: &[u8], body: &str) -> Digest {
    use sha2::{Digest as _, Sha256};
    Digest::finish(Sha256::new_with_prefix(previous).chain_update(body))
}

/// What EPCIS calls an event of ours.
#[must_use]
pub fn event_urn(id: Uuid) -> String {
    format!("urn:uuid:{id}")
}
