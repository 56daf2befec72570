//! What a buyer asks for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ids::{CriterionId, MeasureId, RequestId, RequestLotId};
use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Definition, EvidenceLevel, Percent},
    kernel::{ErrorCode, UserError, clock::Timestamp, money::Currency, quantity::Quantity},
};

crate::words! {
    /// Who may bid: OCDS 1.1.5, codelist `method`.
    Method {
        /// Everybody.
        Open = "OPEN",
        /// Those who were found qualified before, and are invited.
        Selective = "SELECTIVE",
        /// Some who are invited.
        Limited = "LIMITED",
        /// One who is invited.
        Direct = "DIRECT",
    }
}

crate::words! {
    /// Where a request stands, as it is kept. That it is closed follows from the clock: see [`Request::shown`].
    RequestStatus {
        /// It is being written; only the buyer sees it.
        Draft = "DRAFT",
        /// Everybody sees it, and bids are taken until its deadline.
        Published = "PUBLISHED",
        /// Its bids were opened.
        Opened = "OPENED",
        /// Its bids are being scored.
        Evaluating = "EVALUATING",
        /// Lots of it were awarded.
        Awarding = "AWARDING",
        /// Every lot has its award in force, or came to nothing.
        Complete = "COMPLETE",
        /// The buyer gave it up.
        Cancelled = "CANCELLED",
        /// It led to no award.
        Unsuccessful = "UNSUCCESSFUL",
    }
}

crate::words! {
    /// Where a request stands as people are told.
    ShownRequestStatus {
        /// It is being written; only the buyer sees it.
        Draft = "DRAFT",
        /// Bids are taken until its deadline.
        Published = "PUBLISHED",
        /// Its deadline has passed, and its bids are not opened yet. Derived from the clock, and never undone by it.
        Closed = "CLOSED",
        /// Its bids were opened.
        Opened = "OPENED",
        /// Its bids are being scored.
        Evaluating = "EVALUATING",
        /// Lots of it were awarded.
        Awarding = "AWARDING",
        /// Every lot has its award in force, or came to nothing.
        Complete = "COMPLETE",
        /// The buyer gave it up.
        Cancelled = "CANCELLED",
        /// It led to no award.
        Unsuccessful = "UNSUCCESSFUL",
    }
}

crate::words! {
    /// Where a lot of a request stands.
    RequestLotStatus {
        /// It can be bid on, or awarded.
        Active = "ACTIVE",
        /// An amendment took it out.
        Cancelled = "CANCELLED",
        /// Nothing was awarded.
        Unsuccessful = "UNSUCCESSFUL",
        /// Its award is in force.
        Complete = "COMPLETE",
    }
}

crate::words! {
    /// What a criterion judges.
    CriterionKind {
        /// The price: the lowest gets all points, the others in proportion.
        Price = "PRICE",
        /// How good it is.
        Quality = "QUALITY",
        /// How and when it comes.
        Delivery = "DELIVERY",
        /// What the bidder has done before.
        Experience = "EXPERIENCE",
        /// What it does to people and land.
        Sustainability = "SUSTAINABILITY",
        /// Who owns the bidder, by the request's own gender measure.
        WomenStatus = "WOMEN_STATUS",
        /// Something else.
        Other = "OTHER",
    }
}

impl CriterionKind {
    /// Whether people score it; what is not scored follows from what is known.
    #[must_use]
    pub const fn is_scored(self) -> bool {
        match self {
            Self::Price | Self::WomenStatus => false,
            Self::Quality | Self::Delivery | Self::Experience | Self::Sustainability | Self::Other => true,
        }
    }
}

crate::words! {
    /// What a request does for women.
    MeasureKind {
        /// Only bidders who satisfy the definition may bid.
        ReservedParticipation = "RESERVED_PARTICIPATION",
        /// The price of bidders who do not satisfy it is compared as if it were higher by so much.
        MarginOfPreference = "MARGIN_OF_PREFERENCE",
        /// Satisfying it earns the points of the criterion `WOMEN_STATUS`.
        AwardCriterion = "AWARD_CRITERION",
        /// Lots were made small enough for those who satisfy it.
        LotSizing = "LOT_SIZING",
        /// So much of the value is meant to go to those who satisfy it.
        Target = "TARGET",
    }
}

/// What a buyer asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The request.
    pub id: RequestId,
    /// Who buys.
    pub buyer: OrganizationId,
    /// What it is called.
    pub title: String,
    /// In more words.
    pub description: Option<String>,
    /// The language of title and description.
    pub language: String,
    /// Who may bid.
    pub method: Method,
    /// Why not everybody.
    pub method_rationale: Option<String>,
    /// Where it stands, as it is kept.
    pub status: RequestStatus,
    /// In which all its amounts stand.
    pub currency: Currency,
    /// What it may cost, in minor units.
    pub budget_minor: Option<i64>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Option<Timestamp>,
    /// The first instant at which no bid is taken any more.
    pub bid_deadline: Timestamp,
    /// Days between an award and what it takes force by.
    pub standstill_days: i64,
    /// So many different people score each bid.
    pub minimum_evaluators: i64,
    /// What its contracts will say.
    pub terms: ContractTerms,
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
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts its wordings: a bid answers one of them.
    pub version: i64,
}

/// Terms of payment and lateness that contracts take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTerms {
    /// Thousandths of what is late that a day of lateness takes off its price.
    pub penalty_permille_a_day: i64,
    /// Thousandths of it that lateness takes off at most.
    pub penalty_permille_max: i64,
    /// Days in which an invoice is to be paid.
    pub payment_days: i64,
    /// Thousandths of a percent that deliveries may exceed what was ordered by.
    pub over_delivery_limit: i64,
}

/// What is asked for in one piece: bid on and awarded by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestLot {
    /// The lot.
    pub id: RequestLotId,
    /// Of which request.
    pub request: RequestId,
    /// Its place among the request's, from 0.
    pub position: i64,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub status: RequestLotStatus,
    /// The product's code.
    pub product: String,
    /// How much.
    pub quantity: Quantity,
    /// What that weighs, where the catalogue knows.
    pub grams: Option<i64>,
    /// The code of the place that it is to be delivered to.
    pub place: Option<String>,
    /// The first day on which it may be delivered.
    pub delivery_from: Option<NaiveDate>,
    /// The last.
    pub delivery_until: Option<NaiveDate>,
    /// Codes of schemes; the bidder holds a certificate of each for the product.
    pub required_schemes: Vec<String>,
    /// What its quality attributes have to be.
    pub quality: Vec<QualityBound>,
    /// What it is thought to cost, in minor units of the request's currency.
    pub estimated_minor: Option<i64>,
}

impl RequestLot {
    /// Whether it can be bid on, or awarded.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == RequestLotStatus::Active
    }
}

/// What a quality attribute has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityBound {
    /// The catalogue's code of the attribute.
    pub attribute: String,
    /// Thousandths, at least.
    pub minimum: Option<i64>,
    /// Thousandths, at most.
    pub maximum: Option<i64>,
}

/// What bids are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// The criterion.
    pub id: CriterionId,
    /// What it is called.
    pub name: String,
    /// What it judges.
    pub kind: CriterionKind,
    /// Its weight. All of a request are 100 % together.
    pub weight: i64,
}

/// What a request does for women.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GenderMeasure {
    /// The measure.
    pub id: MeasureId,
    /// For which lot; none where it is for all.
    pub lot: Option<RequestLotId>,
    /// What it does.
    pub kind: MeasureKind,
    /// By which definition of women's ownership.
    #[serde(serialize_with = "as_word")]
    pub definition: Definition,
    /// With what evidence at least.
    #[serde(serialize_with = "as_level")]
    pub at_least_evidence: EvidenceLevel,
    /// The margin or the target.
    #[serde(serialize_with = "as_thousandths")]
    pub percent: Option<Percent>,
    /// By which rule or decision.
    pub source: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
pub(super) fn as_word<S: serde::Serializer>(definition: &Definition, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(definition.as_str())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
pub(super) fn as_level<S: serde::Serializer>(level: &EvidenceLevel, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_str())
}

#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
fn as_thousandths<S: serde::Serializer>(percent: &Option<Percent>, serializer: S) -> Result<S::Ok, S::Error> {
    percent.map(Percent::thousandths).serialize(serializer)
}

/// A request with all that belongs to its wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WholeRequest {
    /// The request.
    pub request: Request,
    /// Its lots in their order, whatever became of them.
    pub lots: Vec<RequestLot>,
    /// Its criteria in their order.
    pub criteria: Vec<Criterion>,
    /// What it does for women.
    pub measures: Vec<GenderMeasure>,
}

impl Request {
    /// Whether bids are taken: it is published, and nobody has seen its deadline pass, whatever the clock says now.
    #[must_use]
    pub fn takes_bids(&self, now: Timestamp) -> bool {
        self.status == RequestStatus::Published && self.closed_at.is_none() && now < self.bid_deadline
    }

    /// Whether its deadline has passed, or somebody has seen it pass: from then on it may be said who asked and who was invited.
    #[must_use]
    pub fn has_closed(&self, now: Timestamp) -> bool {
        self.published_at.is_some() && (self.closed_at.is_some() || now >= self.bid_deadline)
    }

    /// Where it stands as people are told: `CLOSED` once a published one takes no more bids.
    #[must_use]
    pub fn shown_status(&self, now: Timestamp) -> ShownRequestStatus {
        match self.status {
            RequestStatus::Draft => ShownRequestStatus::Draft,
            RequestStatus::Published if self.takes_bids(now) => ShownRequestStatus::Published,
            RequestStatus::Published => ShownRequestStatus::Closed,
            RequestStatus::Opened => ShownRequestStatus::Opened,
            RequestStatus::Evaluating => ShownRequestStatus::Evaluating,
            RequestStatus::Awarding => ShownRequestStatus::Awarding,
            RequestStatus::Complete => ShownRequestStatus::Complete,
            RequestStatus::Cancelled => ShownRequestStatus::Cancelled,
            RequestStatus::Unsuccessful => ShownRequestStatus::Unsuccessful,
        }
    }

    /// The word of [`Request::shown_status`].
    #[must_use]
    pub fn shown(&self, now: Timestamp) -> &'static str {
        self.shown_status(now).as_str()
    }

    /// Goes on if the caller has read this wording, or does not say which one she has read.
    ///
    /// # Errors
    /// [`ErrorCode::VersionConflict`].
    pub fn expect_version(&self, expected: Option<i64>) -> Result<(), UserError> {
        match expected {
            Some(version) if version != self.version => {
                let path = ["input", "expectedVersion"];
                Err(UserError::new(ErrorCode::VersionConflict, path).with("current", self.version))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A published request, for the tests of rules.
#[cfg(test)]
pub(in crate::procurement) fn example() -> Request {
    let published_at = Timestamp::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    Request {
        id: RequestId::from_uuid(uuid::Uuid::from_u128(1)),
        buyer: OrganizationId::from_uuid(uuid::Uuid::from_u128(2)),
        title: "Beurre de karité".to_owned(),
        description: None,
        language: "fr".to_owned(),
        method: Method::Open,
        method_rationale: None,
        status: RequestStatus::Published,
        currency: Currency::XOF,
        budget_minor: None,
        enquiry_deadline: None,
        bid_deadline: published_at + chrono::TimeDelta::days(30),
        standstill_days: 10,
        minimum_evaluators: 1,
        terms: ContractTerms {
            penalty_permille_a_day: 1,
            penalty_permille_max: 100,
            payment_days: 60,
            over_delivery_limit: 5_000,
        },
        published_at: Some(published_at),
        closed_at: None,
        opened_at: None,
        ended_at: None,
        ended_reason: None,
        created_at: published_at,
        version: 1,
    }
}
