//! Closed lists of words.

use async_graphql::Enum;

use crate::procurement::{self, model::query};

/// Who may bid: `method` of open contracting data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "procurement::Method")]
pub enum ProcurementMethod {
    /// Everybody.
    Open,
    /// Those who were found qualified before, and are invited.
    Selective,
    /// Some who are invited.
    Limited,
    /// One who is invited.
    Direct,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "procurement::ShownRequestStatus")]
pub enum ProcurementRequestStatus {
    /// Being written; only the buyer sees it.
    Draft,
    /// Everybody sees it, and bids are taken until its deadline.
    Published,
    /// Its deadline has passed, and its bids are not opened yet. Derived from the clock, and never undone by it.
    Closed,
    /// Its bids were opened.
    Opened,
    /// Its bids are being scored.
    Evaluating,
    /// Lots of it were awarded.
    Awarding,
    /// Every lot has its award in force, or came to nothing.
    Complete,
    /// The buyer gave it up; `endedReason` says why.
    Cancelled,
    /// It led to no award; `endedReason` says why.
    Unsuccessful,
}

/// Where a lot of a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "procurement::RequestLotStatus")]
pub enum RequestLotStatus {
    /// It can be bid on, or awarded.
    Active,
    /// An amendment took it out, or the request was given up.
    Cancelled,
    /// Nothing was awarded.
    Unsuccessful,
    /// Its award is in force.
    Complete,
}

/// What a criterion judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "procurement::CriterionKind")]
pub enum CriterionKind {
    /// The price: the lowest gets all points, the others in proportion. Nobody scores it.
    Price,
    /// How good it is.
    Quality,
    /// How and when it comes.
    Delivery,
    /// What the bidder has done before.
    Experience,
    /// What it does to people and land.
    Sustainability,
    /// Who owns the bidder, by the request's measure `AWARD_CRITERION`. Nobody scores it.
    WomenStatus,
    /// Something else.
    Other,
}

/// What a request does for women.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "procurement::MeasureKind")]
pub enum GenderMeasureKind {
    /// Only bidders who satisfy the definition may bid.
    ReservedParticipation,
    /// The price of bidders who do not satisfy it is compared as if it were higher by `percent`.
    MarginOfPreference,
    /// Satisfying it earns the points of the criterion `WOMEN_STATUS`.
    AwardCriterion,
    /// Lots were made small enough for those who satisfy it.
    LotSizing,
    /// `percent` of the value is meant to go to those who satisfy it.
    Target,
}

/// What a list of requests is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "query::RequestOrderField")]
pub enum ProcurementRequestOrderField {
    /// When it was first written.
    CreatedAt,
    /// When its bidding ends.
    BidDeadline,
}
