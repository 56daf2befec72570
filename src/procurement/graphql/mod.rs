//! The room in GraphQL: `RequestsQuery`, `RequestsMutation` and others are merged into the schema's roots. Types wrap the room's values;
//! nothing here decides.

mod awards;
mod bid;
mod bid_loader;
mod bid_mutation;
mod bid_query;
mod input;
mod loader;
mod lot;
mod mutation;
mod query;
mod question;
mod request;
mod revision;
mod subscription;
mod words;

use async_graphql::{Context, Error};

pub use awards::{
    ActivateAwardInput, Award, AwardBidInput, AwardBidPayload, AwardConnection, AwardEdge, AwardFilter, AwardLoaders,
    AwardPayload, AwardStatus, AwardsMutation, AwardsQuery, BidScore, CancelAwardInput, CloseLotInput, Complaint,
    ComplaintConnection, ComplaintEdge, ComplaintFilter, ComplaintLevel, ComplaintOutcome, ComplaintPayload,
    ComplaintStatus, ConflictDeclaration, DecideComplaintInput, DeclareConflictInput, DeclareConflictPayload,
    DeclineAwardInput, EndProcurementInput, Evaluation, EvaluationRow, FileComplaintInput, LotEvaluation,
    PreferenceApplied, ScoreBidInput, ScoreBidPayload, ScoreInput, ScoredBid, WeightedPoints, WithdrawComplaintInput,
};
pub use bid::{
    Bid, BidAnswer, BidConnection, BidDisqualification, BidDisqualificationReason, BidEdge, BidFinding, BidFindingKind,
    BidLot, BidPartner, BidReceipt, BidStatus, FrozenStatus,
};
pub use bid_loader::BidLoaders;
pub use bid_mutation::{
    BidAnswerInput, BidLotInput, BidPartnerInput, BidPayload, BidsMutation, DisqualifyBidInput, OpenBidsInput,
    OpenBidsPayload, ReconfirmBidInput, SubmitBidInput, ValidateBidInput, WithdrawBidInput,
};
pub use bid_query::{BidFilter, BidsQuery};
pub(crate) use input::lots as raw_lots;
pub use input::{
    ContractTermsInput, CreateProcurementRequestInput, GenderMeasureInput, QualityBoundInput, RequestCriterionInput,
    RequestLotInput,
};
pub use loader::Loaders;
pub use lot::{GenderMeasure, QualityBound, RequestCriterion, RequestLot};
pub use mutation::{
    AnswerQuestionInput, AskQuestionInput, CancelProcurementRequestInput, ProcurementRequestPayload,
    PublishProcurementRequestInput, QuestionPayload, RequestsMutation,
};
pub use query::{ProcurementRequestFilter, ProcurementRequestOrderBy, RequestsQuery, audit_chain_buyer};
pub use question::{RequestQuestion, RequestQuestionConnection, RequestQuestionEdge};
pub use request::{
    ContractTerms, ProcurementRequest, ProcurementRequestConnection, ProcurementRequestEdge, ProcurementRequestVersion,
    ProcurementRequestVersionConnection, ProcurementRequestVersionEdge, RequestInvitation, RequestInvitationConnection,
    RequestInvitationEdge,
};
pub use revision::{AmendProcurementRequestInput, UpdateProcurementRequestInput};
pub use subscription::{
    BidEvent, BidEventKind, ProcurementRequestEvent, ProcurementRequestEventKind, ProcurementSubscription,
};
pub use words::{
    CriterionKind, GenderMeasureKind, ProcurementMethod, ProcurementRequestOrderField, ProcurementRequestStatus,
    RequestLotStatus,
};

use super::Procurement;

fn procurement<'c>(ctx: &Context<'c>) -> Result<&'c Procurement, Error> {
    ctx.data()
}
