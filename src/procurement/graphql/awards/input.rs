//! What the mutations take.

use async_graphql::{ID, InputObject};

use super::{ComplaintLevel, ComplaintOutcome};
use crate::{
    accounts::OrganizationId,
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections,
        graphql::{Decimal, read_id, read_ids},
    },
    procurement::{
        ActivateAward, AwardBid, AwardId, BidId, CancelAward, CloseLot, ComplaintId, CriterionId, DecideComplaint,
        DeclareConflict, DeclineAward, EndProcurement, FileComplaint, RequestId, RequestLotId, ScoreBid, ScoreDraft,
        WithdrawComplaint,
    },
};

/// What is there unless the collector noted that it is wrong.
fn there<T>(value: Option<T>) -> Outcome<T> {
    value.ok_or_else(|| Failure::code(ErrorCode::Required))
}

/// Whether the caller has a conflict of interest.
#[derive(Debug, Clone, InputObject)]
pub struct DeclareConflictInput {
    /// About the bids on which request.
    pub request_id: ID,
    /// Whether she has one: a tie to a bidder, or anything else by which she could not judge freely.
    pub has_conflict: bool,
    /// In her words, at most 2,000 signs; needed where she has one.
    pub statement: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl DeclareConflictInput {
    pub(super) fn read(self) -> Outcome<DeclareConflict> {
        Ok(DeclareConflict {
            request: read_id(&self.request_id, RequestId::PREFIX, ["input", "requestId"])?,
            has_conflict: self.has_conflict,
            statement: self.statement,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What the caller gives a bid by a criterion.
#[derive(Debug, Clone, InputObject)]
pub struct ScoreInput {
    /// The criterion; one that people score.
    pub criterion_id: ID,
    /// From 0 to 100, with at most three decimals.
    pub points: Decimal,
    /// Why, at most 2,000 signs.
    pub comment: Option<String>,
}

/// What the caller gives a bid.
#[derive(Debug, Clone, InputObject)]
pub struct ScoreBidInput {
    /// The bid.
    pub bid_id: ID,
    /// What she gives it, by some or all of the criteria that people score. What she gave before by these is replaced.
    pub scores: Vec<ScoreInput>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ScoreBidInput {
    pub(super) fn read(self) -> Outcome<ScoreBid> {
        let mut wrong = Rejections::default();
        let bid = wrong.take(read_id(&self.bid_id, BidId::PREFIX, ["input", "bidId"]));
        let mut scores = Vec::with_capacity(self.scores.len());
        for (index, score) in self.scores.into_iter().enumerate() {
            let path = ["input", "scores", &index.to_string(), "criterionId"];
            let criterion = wrong.take(read_id(&score.criterion_id, CriterionId::PREFIX, path));
            let draft = |criterion| ScoreDraft { criterion, points: score.points.0, comment: score.comment };
            scores.extend(criterion.map(draft));
        }
        wrong.finish()?;
        Ok(ScoreBid { bid: there(bid)?, scores, idempotency_key: self.idempotency_key })
    }
}

/// Which lots a bid is awarded.
#[derive(Debug, Clone, InputObject)]
pub struct AwardBidInput {
    /// The bid.
    pub bid_id: ID,
    /// The lots; all those in which it ranks first where they are left out.
    pub request_lot_ids: Option<Vec<ID>>,
    /// Why, for everybody to read; at most 5,000 signs.
    pub rationale: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl AwardBidInput {
    pub(super) fn read(self) -> Outcome<AwardBid> {
        let mut wrong = Rejections::default();
        let bid = wrong.take(read_id(&self.bid_id, BidId::PREFIX, ["input", "bidId"]));
        let lots = self.request_lot_ids;
        let lots = lots.map(|ids| read_ids(&ids, RequestLotId::PREFIX, "requestLotIds", &mut wrong));
        wrong.finish()?;
        Ok(AwardBid { bid: there(bid)?, lots, rationale: self.rationale, idempotency_key: self.idempotency_key })
    }
}

/// Which award takes force.
#[derive(Debug, Clone, InputObject)]
pub struct ActivateAwardInput {
    /// The award.
    pub award_id: ID,
    /// Refuses if the award is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ActivateAwardInput {
    pub(super) fn read(self) -> Outcome<ActivateAward> {
        Ok(ActivateAward {
            award: read_id(&self.award_id, AwardId::PREFIX, ["input", "awardId"])?,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Declares the input of a mutation that ends an award for a reason.
macro_rules! ending_input {
    ($(#[$doc:meta])* $name:ident, $command:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            /// The award.
            pub award_id: ID,
            /// Why, for everybody to read; at most 2,000 signs.
            pub reason: String,
            /// Refuses if the award is no longer at this version.
            pub expected_version: Option<i64>,
            /// Repeating the mutation with the same key and input gives the first result and changes nothing.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn read(self) -> Outcome<$command> {
                Ok($command {
                    award: read_id(&self.award_id, AwardId::PREFIX, ["input", "awardId"])?,
                    reason: self.reason,
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                })
            }
        }
    };
}

ending_input! {
    /// Which award the bidder does not want.
    DeclineAwardInput, DeclineAward
}
ending_input! {
    /// Which award the buyer takes back.
    CancelAwardInput, CancelAward
}

/// What is appealed against, and why.
#[derive(Debug, Clone, InputObject)]
pub struct FileComplaintInput {
    /// The request.
    pub request_id: ID,
    /// The award; left out where the appeal is about the request itself.
    pub award_id: Option<ID>,
    /// Who appeals: one that bid on the request, was invited, or asked about it.
    pub organization_id: ID,
    /// To whom. The buyer comes first.
    pub level: ComplaintLevel,
    /// Why, from 10 to 10,000 signs.
    pub grounds: String,
    /// Of an appeal to the review body: the one to the buyer, about the same thing, that was refused or not answered in time.
    pub previous_complaint_id: Option<ID>,
    /// The documents that show it, at most 20: uploaded for the organization, and ready.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl FileComplaintInput {
    pub(super) fn read(self) -> Outcome<FileComplaint> {
        let mut wrong = Rejections::default();
        let request = wrong.take(read_id(&self.request_id, RequestId::PREFIX, ["input", "requestId"]));
        let award = self.award_id.map(|id| read_id(&id, AwardId::PREFIX, ["input", "awardId"])).transpose();
        let award = wrong.take(award).flatten();
        let organization =
            wrong.take(read_id(&self.organization_id, OrganizationId::PREFIX, ["input", "organizationId"]));
        let previous = self
            .previous_complaint_id
            .map(|id| read_id(&id, ComplaintId::PREFIX, ["input", "previousComplaintId"]))
            .transpose();
        let previous = wrong.take(previous).flatten();
        let documents = document_ids(self.document_ids, &mut wrong);
        wrong.finish()?;
        Ok(FileComplaint {
            request: there(request)?,
            award,
            organization: there(organization)?,
            level: self.level.into(),
            grounds: self.grounds,
            previous,
            documents,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What is decided about an appeal.
#[derive(Debug, Clone, InputObject)]
pub struct DecideComplaintInput {
    /// The appeal.
    pub complaint_id: ID,
    /// What is decided.
    pub outcome: ComplaintOutcome,
    /// In words, from 10 to 10,000 signs. Where an award is taken back by it, everybody reads them.
    pub decision: String,
    /// Refuses if the appeal is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl DecideComplaintInput {
    pub(super) fn read(self) -> Outcome<DecideComplaint> {
        Ok(DecideComplaint {
            complaint: read_id(&self.complaint_id, ComplaintId::PREFIX, ["input", "complaintId"])?,
            outcome: self.outcome.into(),
            decision: self.decision,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which appeal is taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawComplaintInput {
    /// The appeal.
    pub complaint_id: ID,
    /// Refuses if the appeal is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl WithdrawComplaintInput {
    pub(super) fn read(self) -> Outcome<WithdrawComplaint> {
        Ok(WithdrawComplaint {
            complaint: read_id(&self.complaint_id, ComplaintId::PREFIX, ["input", "complaintId"])?,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which lot comes to nothing, and why.
#[derive(Debug, Clone, InputObject)]
pub struct CloseLotInput {
    /// The lot.
    pub request_lot_id: ID,
    /// Why, for everybody to read; at most 2,000 signs.
    pub reason: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CloseLotInput {
    pub(super) fn read(self) -> Outcome<CloseLot> {
        Ok(CloseLot {
            lot: read_id(&self.request_lot_id, RequestLotId::PREFIX, ["input", "requestLotId"])?,
            reason: self.reason,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which request ends, and why.
#[derive(Debug, Clone, InputObject)]
pub struct EndProcurementInput {
    /// The request.
    pub request_id: ID,
    /// Why, for everybody to read; at most 2,000 signs.
    pub reason: String,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl EndProcurementInput {
    pub(super) fn read(self) -> Outcome<EndProcurement> {
        Ok(EndProcurement {
            request: read_id(&self.request_id, RequestId::PREFIX, ["input", "requestId"])?,
            reason: self.reason,
            idempotency_key: self.idempotency_key,
        })
    }
}
