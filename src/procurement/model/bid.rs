//! An offer for lots of a request.

use super::{
    finding::Finding,
    ids::{BidId, RequestId, RequestLotId},
};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{clock::Timestamp, digest::Digest},
};

crate::words! {
    /// Where a bid stands, as it is kept.
    BidStatus {
        /// It is sealed: nobody but the bidder can read anything of it.
        Sealed = "SEALED",
        /// The bidder took it back before the deadline.
        Withdrawn = "WITHDRAWN",
        /// It answered an earlier wording of the request when the deadline passed.
        Lapsed = "LAPSED",
        /// It was opened.
        Opened = "OPENED",
        /// It was found to answer the request.
        Valid = "VALID",
        /// It was excluded, for a reason.
        Disqualified = "DISQUALIFIED",
    }
}

crate::words! {
    /// Why a bid was excluded.
    DisqualifiedReason {
        /// It does not answer what was asked.
        NotResponsive = "NOT_RESPONSIVE",
        /// The bidder may not bid.
        NotEligible = "NOT_ELIGIBLE",
        /// A certificate that was asked for is missing.
        CertificateMissing = "CERTIFICATE_MISSING",
        /// A lot is reserved, and the bidder does not satisfy its definition.
        WomenStatusMissing = "WOMEN_STATUS_MISSING",
        /// The quality is not what was asked for.
        QualityInsufficient = "QUALITY_INSUFFICIENT",
        /// Nobody could deliver for so little.
        AbnormallyLow = "ABNORMALLY_LOW",
        /// Bidders agreed with each other.
        Collusion = "COLLUSION",
        /// Something else, which the note says.
        Other = "OTHER",
    }
}

/// A bid, as much of it as can be read: of a sealed one neither content nor bidder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bid {
    /// The bid.
    pub id: BidId,
    /// For which request.
    pub request: RequestId,
    /// Where it stands, as it is kept.
    pub status: BidStatus,
    /// Which wording of the request it answers.
    pub request_version: i64,
    /// SHA-256 of its content with its salt.
    pub receipt: Digest,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// What is known of it since it was opened.
    pub opened: Option<OpenedBid>,
    /// Counts changes from 1.
    pub version: i64,
}

/// What is known of a bid since it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedBid {
    /// When it was opened.
    pub at: Timestamp,
    /// Who bids: of several, the one who leads them.
    pub bidder: OrganizationId,
    /// Who submitted it.
    pub submitted_by: Option<UserId>,
    /// Its content as it was sealed.
    pub content: String,
    /// Of all its lots, in minor units of the request's currency.
    pub amount_minor: i64,
    /// Why it was excluded, and in which words.
    pub disqualified: Option<(DisqualifiedReason, Option<String>)>,
    /// What its opening found that somebody has to look at.
    pub findings: Vec<Finding>,
}

/// What an opened bid offers for a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BidLot {
    /// The bid.
    pub bid: BidId,
    /// The lot.
    pub lot: RequestLotId,
    /// Minor units a whole unit of the lot.
    pub unit_price_minor: i64,
    /// Thousandths of the lot's unit.
    pub quantity: i64,
    /// Price times quantity, rounded half to even, once.
    pub amount_minor: i64,
}

/// Who an opened bid is from, with her share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BidPartner {
    /// The bid.
    pub bid: BidId,
    /// The organization.
    pub organization: OrganizationId,
    /// Thousandths of a percent; all of a bid are 100,000 together.
    pub share: i64,
    /// Whether she leads the others.
    pub is_lead: bool,
}
