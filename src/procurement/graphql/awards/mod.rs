//! How bids are judged, awards and appeals, in GraphQL.

mod award;
mod complaint;
mod evaluation;
mod input;
mod loader;
mod mutation;
mod query;

pub use award::{Award, AwardConnection, AwardEdge, AwardStatus};
pub use complaint::{Complaint, ComplaintConnection, ComplaintEdge, ComplaintLevel, ComplaintOutcome, ComplaintStatus};
pub use evaluation::{
    BidScore, ConflictDeclaration, Evaluation, EvaluationRow, LotEvaluation, PreferenceApplied, ScoredBid,
    WeightedPoints,
};
pub use input::{
    ActivateAwardInput, AwardBidInput, CancelAwardInput, CloseLotInput, DecideComplaintInput, DeclareConflictInput,
    DeclineAwardInput, EndProcurementInput, FileComplaintInput, ScoreBidInput, ScoreInput, WithdrawComplaintInput,
};
pub use loader::AwardLoaders;
pub use mutation::{
    AwardBidPayload, AwardPayload, AwardsMutation, ComplaintPayload, DeclareConflictPayload, ScoreBidPayload,
};
pub use query::{AwardFilter, AwardsQuery, ComplaintFilter};

use async_graphql::ID;

use crate::kernel::{decimal::format_scaled, graphql::Decimal};

/// Thousandths of a point, or of a percent, as a decimal.
fn thousandths(value: i64) -> Decimal {
    Decimal(format_scaled(value, 3))
}

fn id(of: impl ToString) -> ID {
    ID(of.to_string())
}
