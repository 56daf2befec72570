//! What the mutations of lots are given.

use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};

use super::{CustodyModel, LotStatus};
use crate::{
    kernel::graphql::{MoneyInput, QuantityInput},
    traceability::model,
};

/// What a producer brought.
#[derive(Debug, Clone, InputObject)]
pub struct RecordDeliveryInput {
    /// The organization that receives it; the caller records for it.
    pub organization_id: ID,
    /// Who brings it: one of its producers. Where it was written down when she belonged to it, that day is among them.
    pub producer_id: ID,
    /// The product's code or name; see `products`.
    pub product_code: String,
    /// How much, in any unit whose weight is known for the product.
    pub quantity: QuantityInput,
    /// When it was delivered: not to come, and at most five years ago.
    pub delivered_at: DateTime<Utc>,
    /// What she was paid for it, if she was.
    pub price_paid: Option<MoneyInput>,
    /// Its grade, as it was found.
    pub grade: Option<String>,
    /// Where it grew: a plot of hers.
    pub plot_id: Option<ID>,
    /// Where it was delivered; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Some of a lot that goes in.
#[derive(Debug, Clone, InputObject)]
pub struct LotPortionInput {
    /// The lot; the organization has it.
    pub lot_id: ID,
    /// How much of it, in any unit whose weight is known for its product.
    pub quantity: QuantityInput,
}

/// Something that came out.
#[derive(Debug, Clone, InputObject)]
pub struct LotOutputInput {
    /// The product's code or name.
    pub product_code: String,
    /// How much.
    pub quantity: QuantityInput,
    /// Its grade, as it was found.
    pub grade: Option<String>,
}

/// Lots of one product that become one.
#[derive(Debug, Clone, InputObject)]
pub struct RecordAggregationInput {
    /// The organization that has them.
    pub organization_id: ID,
    /// What goes in, at most 200 lots.
    pub inputs: Vec<LotPortionInput>,
    /// When it happened: not to come, and at most five years ago.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// A weaker chain of custody than follows from the inputs, where it was.
    pub custody_model: Option<CustodyModel>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A lot that becomes several.
#[derive(Debug, Clone, InputObject)]
pub struct RecordSplitInput {
    /// The organization that has it.
    pub organization_id: ID,
    /// The lot.
    pub lot_id: ID,
    /// What each of the new lots weighs, at most 50; what is left stays in the lot.
    pub quantities: Vec<QuantityInput>,
    /// When it happened: not to come, and at most five years ago.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Lots that become lots of other products.
#[derive(Debug, Clone, InputObject)]
pub struct RecordTransformationInput {
    /// The organization that has them.
    pub organization_id: ID,
    /// What goes in, at most 200 lots.
    pub inputs: Vec<LotPortionInput>,
    /// What comes out, at most 50 lots; no more than the rule of yield allows.
    pub outputs: Vec<LotOutputInput>,
    /// Why more came out than the rule of yield allows, 10 to 500 signs; signed by the owner or manager who records it, and kept
    /// for good: name nobody.
    pub waiver: Option<String>,
    /// When it happened: not to come, and at most five years ago.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// A weaker chain of custody than follows from the inputs, where it was.
    pub custody_model: Option<CustodyModel>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A lot that is sent.
#[derive(Debug, Clone, InputObject)]
pub struct RecordShipmentInput {
    /// Who sends it, and has it.
    pub organization_id: ID,
    /// The lot.
    pub lot_id: ID,
    /// How much of it, which becomes a lot of its own; all that is free where nothing is said.
    pub quantity: Option<QuantityInput>,
    /// Who is to receive it.
    pub to_organization_id: ID,
    /// When it left.
    pub occurred_at: DateTime<Utc>,
    /// From where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A lot that arrived.
#[derive(Debug, Clone, InputObject)]
pub struct RecordReceiptInput {
    /// Who received it.
    pub organization_id: ID,
    /// The lot, which is on its way to the organization.
    pub lot_id: ID,
    /// How much arrived; all of it where nothing is said. What is missing is recorded as lost on the way.
    pub quantity: Option<QuantityInput>,
    /// When it arrived.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What was found when a lot was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum InspectionResult {
    /// It is as it should be.
    Conformant,
    /// It is not; it and all that was made of it is held.
    NonConformant,
}

/// A lot that was looked at.
#[derive(Debug, Clone, InputObject)]
pub struct RecordInspectionInput {
    /// The organization that has it.
    pub organization_id: ID,
    /// The lot.
    pub lot_id: ID,
    /// What was found.
    pub result: InspectionResult,
    /// When it happened: not to come, and at most five years ago.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Why something of a lot is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::loss::LossReason")]
pub enum LossReason {
    /// It rotted, moulded or was eaten by insects.
    Spoiled,
    /// It was spilled or broken.
    Spilled,
    /// It was stolen.
    Stolen,
    /// It dried: the water that went.
    Dried,
    /// It was taken to be looked at or tasted.
    Sampled,
    /// It was eaten or used by those who had it.
    Used,
    /// It was sold to people who keep no lots.
    Sold,
    /// It was sent and did not arrive.
    InTransit,
}

/// Something of a lot that is no more.
#[derive(Debug, Clone, InputObject)]
pub struct RecordLossInput {
    /// The organization that has the lot.
    pub organization_id: ID,
    /// The lot.
    pub lot_id: ID,
    /// How much.
    pub quantity: QuantityInput,
    /// Why it is no more.
    pub reason: LossReason,
    /// When it happened: not to come, and at most five years ago.
    pub occurred_at: DateTime<Utc>,
    /// Where; the organization's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// In what way an event was wrong (CBV 2.0, section 7.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::epcis::ours::ErrorReason")]
pub enum EventErrorReason {
    /// It did not happen.
    DidNotOccur,
    /// It happened otherwise.
    IncorrectData,
}

/// What should have been recorded of a delivery; what is left out was right.
#[derive(Debug, Clone, InputObject)]
pub struct CorrectedDeliveryInput {
    /// Who brought it.
    pub producer_id: Option<ID>,
    /// How much.
    pub quantity: Option<QuantityInput>,
    /// When it happened: not to come, and at most five years ago.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// An event that was wrong.
#[derive(Debug, Clone, InputObject)]
pub struct CorrectEventInput {
    /// The event; not one that was declared an error before, and no correction.
    pub event_id: ID,
    /// In what way it was wrong.
    pub reason: EventErrorReason,
    /// What should have been recorded, of a delivery; leave it out where it did not happen at all.
    pub instead: Option<CorrectedDeliveryInput>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Lots that are called back.
#[derive(Debug, Clone, InputObject)]
pub struct OpenRecallInput {
    /// Who recalls: whoever made the lots, or has them.
    pub organization_id: ID,
    /// The lots to begin with, at most 100; all that was made of them is called back, too.
    pub lot_ids: Vec<ID>,
    /// Why, 10 to 500 signs, for everybody to read.
    pub reason: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A recall that is over.
#[derive(Debug, Clone, InputObject)]
pub struct CloseRecallInput {
    /// The recall.
    pub recall_id: ID,
    /// What was done about it, 10 to 500 signs, for everybody to read.
    pub resolution: String,
    /// Refuses if the recall is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// A lot that is let go.
#[derive(Debug, Clone, InputObject)]
pub struct ReleaseHoldInput {
    /// The lot.
    pub lot_id: ID,
    /// Why, 10 to 500 signs.
    pub reason: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The lots that a listing offers.
#[derive(Debug, Clone, InputObject)]
pub struct SetListingLotsInput {
    /// The listing.
    pub listing_id: ID,
    /// The lots, in the order in which they are to be sold, at most 50; an empty list takes all away.
    pub lot_ids: Vec<ID>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What was reserved and is sent.
#[derive(Debug, Clone, InputObject)]
pub struct ShipReservationInput {
    /// The reservation.
    pub reservation_id: ID,
    /// When it left.
    pub occurred_at: DateTime<Utc>,
    /// From where; the seller's own place where nothing is said.
    pub place_code: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Narrows a list of lots.
#[derive(Debug, Clone, Default, InputObject)]
pub struct LotFilter {
    /// Only those of this product, by its code.
    pub product_code: Option<String>,
    /// Only those in this state.
    pub status: Option<LotStatus>,
    /// Only those that something holds, or that nothing does.
    pub on_hold: Option<bool>,
    /// Only those of which something is left, or nothing is.
    pub has_remaining: Option<bool>,
}
