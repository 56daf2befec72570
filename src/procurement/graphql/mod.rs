//! The room in GraphQL. Types wrap the room's values; nothing here decides.

mod awards;

pub use awards::{
    ActivateAwardInput, Award, AwardBidInput, AwardBidPayload, AwardConnection, AwardEdge, AwardFilter, AwardLoaders,
    AwardPayload, AwardStatus, AwardSupplier, AwardsMutation, AwardsQuery, BidScore, CancelAwardInput, CloseLotInput,
    Complaint, ComplaintConnection, ComplaintEdge, ComplaintFilter, ComplaintLevel, ComplaintOutcome, ComplaintPayload,
    ComplaintStatus, ConflictDeclaration, DecideComplaintInput, DeclareConflictInput, DeclareConflictPayload,
    DeclineAwardInput, EndProcurementInput, Evaluation, EvaluationRow, FileComplaintInput, FrozenOwnershipStatus,
    LotEvaluation, PreferenceApplied, RequestEndedPayload, ScoreBidInput, ScoreBidPayload, ScoreInput, ScoredBid,
    WeightedPoints, WithdrawComplaintInput,
};

use async_graphql::{Context, Error};

use super::Procurement;

fn procurement<'c>(ctx: &Context<'c>) -> Result<&'c Procurement, Error> {
    ctx.data()
}
