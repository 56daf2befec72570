//! A process as it stands: all of it that may be published, and nothing else. Of a bid that was not opened nothing gets here.

mod contract;

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    directory::model::{organization::OrganizationKind, registration::Registration},
    kernel::{clock::Timestamp, digest::Digest, money::Currency},
    procurement::{
        AwardId, AwardStatus, BidId, BidPartner, ComplaintId, ComplaintLevel, ComplaintStatus, Criterion,
        DisqualifiedReason, FrozenStatus, GenderMeasure, Method, ProcessKind, QuestionId, RequestId, RequestLot,
        RequestLotId, RequestStatus,
    },
};
pub use contract::{
    ContractPart, ContractState, DeliveryPart, DeliveryState, InvoicePart, InvoiceState, LinePart, PaymentPart,
    PaymentState, SignaturePart,
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
