//! A process as it stands: all of it that may be published, and nothing else. Of a bid that was not opened nothing gets here.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    contracts::{ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId},
    directory::model::{organization::OrganizationKind, registration::Registration},
    kernel::{clock::Timestamp, digest::Digest, money::Currency},
    procurement::{
        AwardId, AwardStatus, BidId, BidPartner, ComplaintId, ComplaintLevel, ComplaintStatus, Criterion,
        DisqualifiedReason, FrozenStatus, GenderMeasure, Method, ProcessKind, QuestionId, RequestId, RequestLot,
        RequestLotId, RequestStatus,
    },
};

/// A process with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The request's id, or the contract's where there was no request.
    pub process: Uuid,
    /// What it began with.
    pub kind: ProcessKind,
    /// Who buys.
    pub buyer: OrganizationId,
    /// By which the process is known outside.
    pub ocid: String,
    /// When the last of what is to be published of it happened.
    pub last_event: Timestamp,
    /// Its events in their order, with what was published of them.
    pub publications: Vec<Publication>,
    /// What was asked for; none of an order from a listing.
    pub request: Option<RequestPart>,
    /// The bids that were opened.
    pub bids: Vec<BidPart>,
    /// What was awarded.
    pub awards: Vec<AwardPart>,
    /// Appeals.
    pub complaints: Vec<ComplaintPart>,
    /// What was agreed on.
    pub contracts: Vec<ContractPart>,
    /// What organizations were where a bid, an award or an order relied on it: by the id of that.
    pub statuses: HashMap<Uuid, Vec<FrozenStatus>>,
    /// Everybody who is named.
    pub organizations: BTreeMap<OrganizationId, OrganizationPart>,
}

/// An event that is to be published, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its event's place among those of the process, from 1.
    pub sequence: i64,
    /// OCDS 1.1.5, codelist `releaseTag`.
    pub tag: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// How its release is dated: so, but never before the release before it.
    pub date: Timestamp,
    /// When it was published.
    pub at: Option<Timestamp>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct RequestPart {
    /// The request.
    pub id: RequestId,
    /// What it is called.
    pub title: String,
    /// In more words.
    pub description: Option<String>,
    /// The language of both.
    pub language: String,
    /// Who may bid.
    pub method: Method,
    /// Why not everybody.
    pub method_rationale: Option<String>,
    /// Where it stands, as it is kept.
    pub status: RequestStatus,
    /// In which its amounts stand.
    pub currency: Currency,
    /// What it may cost, in minor units.
    pub budget_minor: Option<i64>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Option<Timestamp>,
    /// The first instant at which no bid is taken.
    pub bid_deadline: Timestamp,
    /// Days between an award and what it takes force by.
    pub standstill_days: i64,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When its deadline was seen to have passed.
    pub closed_at: Option<Timestamp>,
    /// When its bids were opened.
    pub opened_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it was cancelled, or led to nothing.
    pub ended_reason: Option<String>,
    /// What is asked for, in its order.
    pub lots: Vec<RequestLot>,
    /// What bids are judged by.
    pub criteria: Vec<Criterion>,
    /// What it does for women.
    pub measures: Vec<GenderMeasure>,
    /// Who was asked to bid, and when.
    pub invitations: Vec<(OrganizationId, Timestamp)>,
    /// Questions that were answered.
    pub questions: Vec<QuestionPart>,
    /// Wordings after the first.
    pub amendments: Vec<AmendmentPart>,
}

/// A question with its answer.
#[derive(Debug, Clone)]
pub struct QuestionPart {
    /// The question.
    pub id: QuestionId,
    /// Who asked.
    pub organization: OrganizationId,
    /// In which words.
    pub question: String,
    /// When.
    pub asked_at: Timestamp,
    /// What was answered.
    pub answer: String,
    /// When.
    pub answered_at: Timestamp,
}

/// A later wording, of a request or a contract.
#[derive(Debug, Clone)]
pub struct AmendmentPart {
    /// Counts wordings, from 2.
    pub version: i64,
    /// Why.
    pub rationale: Option<String>,
    /// Since when.
    pub at: Timestamp,
}

/// A bid that was opened.
#[derive(Debug, Clone)]
pub struct BidPart {
    /// The bid.
    pub id: BidId,
    /// What was found: nothing yet, that it answers the request, or that it does not and why.
    pub found: BidFound,
    /// Which wording of the request it answers.
    pub request_version: i64,
    /// SHA-256 of its content with its salt, as the bidder's receipt says.
    pub receipt: Digest,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Of all its lots, in minor units of the request's currency.
    pub amount_minor: i64,
    /// What it offers.
    pub lots: Vec<BidLotPart>,
    /// Who it is from: those who lead first.
    pub partners: Vec<BidPartner>,
}

/// What was found of an opened bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BidFound {
    /// Nothing yet.
    Nothing,
    /// It answers the request.
    Valid,
    /// It was excluded.
    Disqualified(DisqualifiedReason),
}

/// What a bid offers for a lot.
#[derive(Debug, Clone, Copy)]
pub struct BidLotPart {
    /// The lot.
    pub lot: RequestLotId,
    /// Minor units a whole unit.
    pub unit_price_minor: i64,
    /// Thousandths of the lot's unit.
    pub quantity: i64,
    /// Minor units in all.
    pub amount_minor: i64,
}

/// A lot given to a bid.
#[derive(Debug, Clone)]
pub struct AwardPart {
    /// The award.
    pub id: AwardId,
    /// Of which lot.
    pub lot: RequestLotId,
    /// To which bid.
    pub bid: BidId,
    /// Where it stands.
    pub status: AwardStatus,
    /// What it comes to, in minor units.
    pub amount_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// The bid's place among those for the lot.
    pub rank: i64,
    /// Thousandths of a point.
    pub points: i64,
    /// Why it was given so.
    pub rationale: Option<String>,
    /// Until when it cannot take force.
    pub standstill_until: Timestamp,
    /// When it was given.
    pub awarded_at: Timestamp,
    /// When it took force.
    pub activated_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub ended_reason: Option<String>,
}

/// An appeal: that there is one, what it is about and what became of it. Its words are between those concerned.
#[derive(Debug, Clone)]
pub struct ComplaintPart {
    /// The appeal.
    pub id: ComplaintId,
    /// Against which award, if against one.
    pub award: Option<AwardId>,
    /// Whose.
    pub organization: OrganizationId,
    /// To whom.
    pub level: ComplaintLevel,
    /// The gracious appeal before a review.
    pub previous: Option<ComplaintId>,
    /// What became of it.
    pub status: ComplaintStatus,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

crate::words! {
    /// Where a contract stands, as it is kept.
    ContractState {
        /// Not all have signed.
        Pending = "PENDING",
        /// It is in force.
        Active = "ACTIVE",
        /// All was done.
        Complete = "COMPLETE",
        /// It was ended before.
        Terminated = "TERMINATED",
        /// It was never signed by all.
        Cancelled = "CANCELLED",
    }
}

/// What buyer and suppliers agreed on.
#[derive(Debug, Clone)]
pub struct ContractPart {
    /// The contract.
    pub id: ContractId,
    /// What it follows from; none for an order from a listing.
    pub award: Option<AwardId>,
    /// Who delivers and bills.
    pub supplier: OrganizationId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: ContractState,
    /// In which its amounts stand.
    pub currency: Currency,
    /// As it is in force now, in minor units.
    pub amount_minor: i64,
    /// As it was signed first.
    pub signed_amount_minor: i64,
    /// Days in which an approved invoice is paid.
    pub payment_days: i64,
    /// The wording in force.
    pub version_in_force: i64,
    /// When all had signed the first wording.
    pub signed_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The suppliers, with thousandths of a percent of what is paid.
    pub suppliers: Vec<(OrganizationId, i64)>,
    /// Wordings after the first that took force.
    pub amendments: Vec<AmendmentPart>,
    /// Who signed which wording.
    pub signatures: Vec<SignaturePart>,
    /// What is to be delivered, in its order.
    pub lines: Vec<LinePart>,
    /// What was delivered, or will be.
    pub deliveries: Vec<DeliveryPart>,
    /// What was billed.
    pub invoices: Vec<InvoicePart>,
    /// What was paid.
    pub payments: Vec<PaymentPart>,
}

/// A signature.
#[derive(Debug, Clone, Copy)]
pub struct SignaturePart {
    /// For whom.
    pub organization: OrganizationId,
    /// Of which wording.
    pub version: i64,
    /// When.
    pub at: Timestamp,
}

/// What is to be delivered at which price.
#[derive(Debug, Clone)]
pub struct LinePart {
    /// The line.
    pub id: ContractLineId,
    /// For which lot of the request.
    pub lot: Option<RequestLotId>,
    /// What it is called.
    pub title: String,
    /// The product's code.
    pub product: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// The unit's code.
    pub unit: String,
    /// Minor units a whole unit.
    pub unit_price_minor: i64,
    /// Minor units in all.
    pub amount_minor: i64,
    /// What it weighs, where that is known.
    pub grams: Option<i64>,
    /// Where it is delivered to.
    pub place: Option<String>,
    /// From when.
    pub deliver_from: Option<NaiveDate>,
    /// Until when.
    pub deliver_until: Option<NaiveDate>,
    /// Thousandths that were accepted so far.
    pub accepted: i64,
    /// Thousandths that were billed so far.
    pub billed: i64,
}

crate::words! {
    /// Where a delivery stands, as it is kept.
    DeliveryState {
        /// It is planned.
        Scheduled = "SCHEDULED",
        /// It is on its way.
        Dispatched = "DISPATCHED",
        /// It arrived.
        Received = "RECEIVED",
        /// All of it was accepted.
        Accepted = "ACCEPTED",
        /// Some of it was.
        PartiallyAccepted = "PARTIALLY_ACCEPTED",
        /// None of it was.
        Rejected = "REJECTED",
        /// It does not come.
        Cancelled = "CANCELLED",
    }
}

/// A delivery.
#[derive(Debug, Clone)]
pub struct DeliveryPart {
    /// The delivery.
    pub id: ContractDeliveryId,
    /// Of which line.
    pub line: ContractLineId,
    /// Where it stands.
    pub state: DeliveryState,
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// Thousandths that arrived.
    pub received: Option<i64>,
    /// Thousandths that were accepted.
    pub accepted: Option<i64>,
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// When it was sent.
    pub dispatched_at: Option<Timestamp>,
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
}

crate::words! {
    /// Where an invoice stands, as it is kept.
    InvoiceState {
        /// It was handed in.
        Submitted = "SUBMITTED",
        /// It is to be paid.
        Approved = "APPROVED",
        /// It is not to be paid.
        Rejected = "REJECTED",
        /// All of it was paid.
        Paid = "PAID",
    }
}

/// An invoice.
#[derive(Debug, Clone)]
pub struct InvoicePart {
    /// The invoice.
    pub id: InvoiceId,
    /// Whose.
    pub supplier: OrganizationId,
    /// Where it stands.
    pub state: InvoiceState,
    /// What its lines come to, in minor units.
    pub gross_minor: i64,
    /// What lateness takes off.
    pub penalty_minor: i64,
    /// What is to be paid.
    pub net_minor: i64,
    /// What early payment took off.
    pub discount_minor: i64,
    /// Paid so far.
    pub paid_minor: i64,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// When the last of what it bills was accepted.
    pub accepted_at: Timestamp,
    /// When it was approved or rejected.
    pub decided_at: Option<Timestamp>,
    /// The last day on which payment is in time.
    pub due_on: NaiveDate,
    /// When all of it was paid.
    pub paid_on: Option<NaiveDate>,
}

crate::words! {
    /// Where a payment stands, as it is kept.
    PaymentState {
        /// The buyer says so.
        Recorded = "RECORDED",
        /// The payee says so too.
        Confirmed = "CONFIRMED",
        /// The payee says otherwise.
        Disputed = "DISPUTED",
    }
}

/// A payment on an invoice.
#[derive(Debug, Clone)]
pub struct PaymentPart {
    /// The payment.
    pub id: PaymentMadeId,
    /// On which invoice.
    pub invoice: InvoiceId,
    /// To whom.
    pub payee: OrganizationId,
    /// Whether it came.
    pub state: PaymentState,
    /// How much, in minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When the payee confirmed or disputed it.
    pub answered_at: Option<Timestamp>,
}

/// Somebody who is named.
#[derive(Debug, Clone)]
pub struct OrganizationPart {
    /// What it is.
    pub kind: OrganizationKind,
    /// As registered or as people call it.
    pub name: String,
    /// Its place.
    pub place: String,
    /// The region that this lies in.
    pub region: Option<String>,
    /// Its official numbers, without those that name a person.
    pub registrations: Vec<Registration>,
}
