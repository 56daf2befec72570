//! The room in GraphQL: `InquiriesQuery`, `InquiriesMutation` and `InquiriesSubscription` are merged into the schema's roots. Organizations, listings,
//! documents and people come from the rooms that own them, through their loaders.

mod input;
mod loader;
mod mutation;
mod object;
mod query;
mod report;
mod subscription;

use async_graphql::Context;

pub use self::{
    input::{
        BlockOrganizationInput, CloseInquiryInput, DecideInquiryReportInput, MarkInquiryReadInput, ReplyToInquiryInput,
        ReportInquiryInput, StartInquiryInput, UnblockOrganizationInput,
    },
    loader::Loaders,
    mutation::{
        BlockOrganizationPayload, CloseInquiryPayload, DecideInquiryReportPayload, InquiriesMutation,
        MarkInquiryReadPayload, ReplyToInquiryPayload, ReportInquiryPayload, StartInquiryPayload,
        UnblockOrganizationPayload,
    },
    object::{
        Inquiry, InquiryAuthor, InquiryConnection, InquiryEdge, InquiryMessage, InquiryMessageConnection,
        InquiryMessageEdge, InquiryStatus,
    },
    query::{InquiriesQuery, InquiryFilter, InquiryReportFilter},
    report::{
        BlockedOrganization, BlockedOrganizationConnection, BlockedOrganizationEdge, InquiryReport,
        InquiryReportConnection, InquiryReportEdge, InquiryReportOutcome, InquiryReportReason, InquiryReportStatus,
    },
    subscription::{InquiriesSubscription, InquiryMessageEvent},
};
use super::Inquiries;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Inquiries> {
    ctx.data()
}
