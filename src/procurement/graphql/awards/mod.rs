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

use crate::{
    directory::graphql::Percent,
    kernel::{decimal::format_scaled, graphql::Decimal},
};

/// Thousandths of a point, as a decimal.
fn points(thousandths: i64) -> Decimal {
    Decimal(format_scaled(thousandths, 3))
}

/// Thousandths of a percent.
fn percent(thousandths: i64) -> Percent {
    Percent(format_scaled(thousandths, 3))
}

fn id(of: impl ToString) -> ID {
    ID(of.to_string())
}
