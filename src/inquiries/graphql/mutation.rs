//! Writing: each mutation is one use case.

use async_graphql::{Context, ID, Object, Result};

use super::{
    BlockOrganizationInput, BlockedOrganization, CloseInquiryInput, DecideInquiryReportInput, Inquiry, InquiryMessage,
    InquiryReport, MarkInquiryReadInput, ReplyToInquiryInput, ReportInquiryInput, StartInquiryInput,
    UnblockOrganizationInput, room,
};
use crate::{
    accounts::graphql::actor,
    inquiries::{self, Message},
    kernel::Outcome,
    payload,
};

payload! {
    /// What `startInquiry` gives back.
    StartInquiryPayload {
        /// The inquiry as it stands now; null when the message was refused.
        inquiry: Inquiry,
        /// The message; null when it was refused.
        message: InquiryMessage,
    }
}

payload! {
    /// What `replyToInquiry` gives back.
    ReplyToInquiryPayload {
        /// The inquiry as it stands now; null when the message was refused.
        inquiry: Inquiry,
        /// The message; null when it was refused.
        message: InquiryMessage,
    }
}

payload! {
    /// What `markInquiryRead` gives back.
    MarkInquiryReadPayload {
        /// The inquiry as it stands now; null when it was refused.
        inquiry: Inquiry,
    }
}

payload! {
    /// What `closeInquiry` gives back.
    CloseInquiryPayload {
        /// The inquiry as it stands now; null when it was refused.
        inquiry: Inquiry,
    }
}

payload! {
    /// What `blockOrganization` gives back.
    BlockOrganizationPayload {
        /// Who is blocked; null when it was refused.
        blocked: BlockedOrganization,
    }
}

payload! {
    /// What `unblockOrganization` gives back.
    UnblockOrganizationPayload {
        /// Who is blocked no longer; null when it was refused.
        unblocked_organization_id: ID,
    }
}

payload! {
    /// What `reportInquiry` gives back.
    ReportInquiryPayload {
        /// The report; null when it was refused.
        report: InquiryReport,
    }
}

payload! {
    /// What `decideInquiryReport` gives back.
    DecideInquiryReportPayload {
        /// The report as it stands now; null when it was refused.
        report: InquiryReport,
    }
}

fn written(outcome: Outcome<(inquiries::Inquiry, Message)>) -> Outcome<(Inquiry, InquiryMessage)> {
    outcome.map(|(inquiry, message)| (inquiry.into(), message.into()))
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct InquiriesMutation;

#[Object]
impl InquiriesMutation {
    /// Writes to the seller of a listing, or to an organization. Where the caller's organization has begun an inquiry about the same
    /// listing (or about none) to the same organization and it is open, the message goes on in that one; else one begins. Those of
    /// the other organization who may answer are told, once until they have read it.
    async fn start_inquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is written to whom.")] input: StartInquiryInput,
    ) -> Result<StartInquiryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.start_inquiry(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        StartInquiryPayload::from_outcome(ctx, written(outcome))
    }

    /// Writes in an inquiry that is open, for either of its parties.
    async fn reply_to_inquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is written in which inquiry.")] input: ReplyToInquiryInput,
    ) -> Result<ReplyToInquiryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.reply_to_inquiry(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ReplyToInquiryPayload::from_outcome(ctx, written(outcome))
    }

    /// Keeps that the caller's organization has read an inquiry, and who of its people did when. May be repeated with the same outcome;
    /// what was read stays read. Writing in an inquiry marks it, too.
    async fn mark_inquiry_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far which inquiry was read.")] input: MarkInquiryReadInput,
    ) -> Result<MarkInquiryReadPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.mark_inquiry_read(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        MarkInquiryReadPayload::from_outcome(ctx, outcome.map(Into::into))
    }

    /// Ends an inquiry: it can be read, and nobody writes in it any more. Whoever writes again about the same begins another.
    async fn close_inquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which inquiry.")] input: CloseInquiryInput,
    ) -> Result<CloseInquiryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.close_inquiry(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        CloseInquiryPayload::from_outcome(ctx, outcome.map(Into::into))
    }

    /// Keeps anything from being sent between two organizations, in either direction (`BLOCKED`), until it is taken back; what was
    /// written can still be read. Neither is told who has blocked. For owners and managers.
    async fn block_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to hear nothing of whom.")] input: BlockOrganizationInput,
    ) -> Result<BlockOrganizationPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.block_organization(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        BlockOrganizationPayload::from_outcome(ctx, outcome.map(BlockedOrganization::from))
    }

    /// Takes a block back. If the other organization has blocked, too, nothing can be sent still.
    async fn unblock_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who may write again.")] input: UnblockOrganizationInput,
    ) -> Result<UnblockOrganizationPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.unblock_organization(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        UnblockOrganizationPayload::from_outcome(ctx, outcome.map(|id| ID(id.to_string())))
    }

    /// Tells the platform's administrators what is wrong with an inquiry; they may read it until they have decided. The other party is
    /// not told.
    async fn report_inquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is reported.")] input: ReportInquiryInput,
    ) -> Result<ReportInquiryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.report_inquiry(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ReportInquiryPayload::from_outcome(ctx, outcome.map(InquiryReport::from))
    }

    /// Decides about a report, as an administrator who belongs to neither party. What is upheld blocks the reported organization in the
    /// name of the one that reported.
    async fn decide_inquiry_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideInquiryReportInput,
    ) -> Result<DecideInquiryReportPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.decide_inquiry_report(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DecideInquiryReportPayload::from_outcome(ctx, outcome.map(InquiryReport::from))
    }
}
