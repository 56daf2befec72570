//! Writing: bids are scored, lots awarded, appeals filed and decided.

use async_graphql::{Context, Object, Result};

use super::{
    ActivateAwardInput, Award, AwardBidInput, CancelAwardInput, CloseLotInput, Complaint, ConflictDeclaration,
    DecideComplaintInput, DeclareConflictInput, DeclineAwardInput, EndProcurementInput, FileComplaintInput,
    ScoreBidInput, ScoredBid, WithdrawComplaintInput,
};
use crate::{
    accounts::graphql::actor,
    payload,
    procurement::graphql::{ProcurementRequest, ProcurementRequestPayload, procurement},
};

payload! {
    /// What `declareConflict` gives back.
    DeclareConflictPayload {
        /// What was declared; null when it was refused.
        declaration: ConflictDeclaration,
    }
}
payload! {
    /// What `scoreBid` gives back.
    ScoreBidPayload {
        /// The bid as the caller has scored it; null when it was refused.
        scored_bid: ScoredBid,
    }
}
payload! {
    /// What `awardBid` gives back.
    AwardBidPayload {
        /// The awards, one a lot; null when it was refused.
        awards: Vec<Award>,
    }
}
payload! {
    /// What the mutations of one award give back.
    AwardPayload {
        /// The award as it stands now; null when the mutation was refused.
        award: Award,
    }
}
payload! {
    /// What the mutations of appeals give back.
    ComplaintPayload {
        /// The appeal as it stands now; null when the mutation was refused.
        complaint: Complaint,
    }
}

/// What the room lets people do from the first score to the last award.
#[derive(Debug, Default, Clone, Copy)]
pub struct AwardsMutation;

#[Object]
impl AwardsMutation {
    /// Declares whether the caller has a conflict of interest about the bids on a request; whoever scores them has to say first that
    /// she has none.
    async fn declare_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether she has one.")] input: DeclareConflictInput,
    ) -> Result<DeclareConflictPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.declare_conflict(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        DeclareConflictPayload::from_outcome(ctx, outcome.map(ConflictDeclaration))
    }

    /// Scores a valid bid by criteria that people score. Nobody scores who belongs to one that bids, and nobody once a lot is
    /// awarded.
    async fn score_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bid and the scores.")] input: ScoreBidInput,
    ) -> Result<ScoreBidPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.score_bid(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ScoreBidPayload::from_outcome(ctx, outcome.map(ScoredBid))
    }

    /// Awards lots to a valid bid that ranks first for them. The award takes force after its standstill, by `activateAward`.
    async fn award_bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The bid and the lots.")] input: AwardBidInput,
    ) -> Result<AwardBidPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.award_bid(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        AwardBidPayload::from_outcome(ctx, outcome.map(|awards| awards.into_iter().map(Award).collect()))
    }

    /// Brings an award into force, and has its contract made: after the standstill, while no appeal is open.
    async fn activate_award(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The award.")] input: ActivateAwardInput,
    ) -> Result<AwardPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.activate_award(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        AwardPayload::from_outcome(ctx, outcome.map(Award))
    }

    /// Declines an award for the organization that leads the bid. The lot can then be awarded to the next rank.
    async fn decline_award(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The award, and why.")] input: DeclineAwardInput,
    ) -> Result<AwardPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.decline_award(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        AwardPayload::from_outcome(ctx, outcome.map(Award))
    }

    /// Takes an award back before it is in force. The lot can then be awarded to the next rank.
    async fn cancel_award(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The award, and why.")] input: CancelAwardInput,
    ) -> Result<AwardPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.cancel_award(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        AwardPayload::from_outcome(ctx, outcome.map(Award))
    }

    /// Appeals against what a buyer decided. While the appeal is open, no award that it is about takes force.
    async fn file_complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is appealed against, and why.")] input: FileComplaintInput,
    ) -> Result<ComplaintPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.file_complaint(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ComplaintPayload::from_outcome(ctx, outcome.map(Complaint))
    }

    /// Decides an appeal: for the buyer, or, as the review body decided it, for the platform.
    async fn decide_complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appeal, and what is decided.")] input: DecideComplaintInput,
    ) -> Result<ComplaintPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.decide_complaint(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ComplaintPayload::from_outcome(ctx, outcome.map(Complaint))
    }

    /// Takes an appeal back for the organization that filed it.
    async fn withdraw_complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appeal.")] input: WithdrawComplaintInput,
    ) -> Result<ComplaintPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.withdraw_complaint(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ComplaintPayload::from_outcome(ctx, outcome.map(Complaint))
    }

    /// Says of a lot that nothing is awarded. The last one ends the request.
    async fn close_lot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and why.")] input: CloseLotInput,
    ) -> Result<ProcurementRequestPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.close_lot(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }

    /// Ends a request whose deadline has passed: the lots that are left come to nothing.
    async fn end_procurement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request, and why.")] input: EndProcurementInput,
    ) -> Result<ProcurementRequestPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(procurement(ctx)?.end_procurement(actor(ctx), command)).await,
            Err(refused) => Err(refused),
        };
        ProcurementRequestPayload::from_outcome(ctx, outcome.map(ProcurementRequest))
    }
}
