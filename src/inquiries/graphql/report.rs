//! What a client sees of reports and blocks.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Inquiry, InquiryMessage, Loaders};
use crate::{
    accounts::{
        UserId,
        graphql::{Loaders as People, User},
    },
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    inquiries::{BLOCKS, Block, REPORTS, Report, block_key, model, report_key},
    kernel::page::{Counted, encode_cursor},
};

/// What is wrong with an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ReportReason")]
pub enum InquiryReportReason {
    /// It was sent to many, or again and again.
    Spam,
    /// Somebody means to deceive.
    Fraud,
    /// Somebody threatens, insults or harasses.
    Abuse,
    /// Something else.
    Other,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ReportStatus")]
pub enum InquiryReportStatus {
    /// It waits for an administrator.
    Open,
    /// Nothing was found wrong.
    Dismissed,
    /// It is as was reported.
    Upheld,
}

/// What an administrator finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ReportOutcome")]
pub enum InquiryReportOutcome {
    /// Nothing is wrong.
    Dismissed,
    /// It is as was reported.
    Upheld,
}

/// What a party of an inquiry told the platform about it.
#[derive(Debug, Clone)]
pub struct InquiryReport(pub Arc<Report>);

impl From<Report> for InquiryReport {
    fn from(report: Report) -> Self {
        Self(Arc::new(report))
    }
}

/// What a party of an inquiry told the platform about it. The other party does not see it.
#[Object]
impl InquiryReport {
    /// Identifies the report.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The inquiry that it is about. Null for administrators once all reports about it are decided: then it is the parties' alone
    /// again.
    async fn inquiry(&self, ctx: &Context<'_>) -> Result<Option<Inquiry>> {
        Box::pin(Loaders::inquiry(ctx, self.0.inquiry)).await
    }

    /// The message that it is about; null where it is about the whole inquiry, or that can no longer be seen.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<InquiryMessage>> {
        match self.0.message {
            Some(message) => Box::pin(Loaders::message(ctx, message)).await,
            None => Ok(None),
        }
    }

    /// Who reported.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.0.organization)).await
    }

    /// Of whom: the other party.
    async fn reported(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.0.reported)).await
    }

    /// Who of the reporter's people did; null where that is not known any more.
    async fn reported_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(person(ctx, self.0.by)).await
    }

    /// What is wrong.
    fn reason(&self) -> InquiryReportReason {
        self.0.reason.into()
    }

    /// What the reporter says of it.
    fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// Where it stands.
    fn status(&self) -> InquiryReportStatus {
        self.0.status.into()
    }

    /// What who decided says of it.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was reported.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was decided; null while it waits.
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Who decided; null for the reporter's people.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(person(ctx, self.0.decided_by)).await
    }
}

/// An organization of which another wants to hear nothing.
#[derive(Debug, Clone)]
pub struct BlockedOrganization(pub Block);

impl From<Block> for BlockedOrganization {
    fn from(block: Block) -> Self {
        Self(block)
    }
}

/// An organization of which another wants to hear nothing. Only the latter's people see it.
#[Object]
impl BlockedOrganization {
    /// Who is blocked; null where the caller can no longer see the organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.0.blocked)).await
    }

    /// The id of who is blocked, to unblock by even where the organization can no longer be seen.
    fn organization_id(&self) -> ID {
        self.0.blocked.to_string().into()
    }

    /// Why, as was noted; null where nothing was.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Since when.
    fn blocked_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who of her people did; null where that is not known any more, and where the platform did because a report was upheld.
    async fn blocked_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(person(ctx, self.0.by)).await
    }
}

async fn person(ctx: &Context<'_>, id: Option<UserId>) -> Result<Option<User>> {
    match id {
        Some(id) => People::user(ctx, id).await,
        None => Ok(None),
    }
}

connection! {
    /// A page of reports.
    InquiryReportConnection, InquiryReportEdge, InquiryReport
}

connection! {
    /// A page of blocked organizations.
    BlockedOrganizationConnection, BlockedOrganizationEdge, BlockedOrganization
}

impl From<Counted<Report>> for InquiryReportConnection {
    fn from((slice, total): Counted<Report>) -> Self {
        Self::new(slice, |row: Report| (encode_cursor(REPORTS, &report_key(&row)), InquiryReport::from(row)), total)
    }
}

impl From<Counted<Block>> for BlockedOrganizationConnection {
    fn from((slice, total): Counted<Block>) -> Self {
        Self::new(slice, |row: Block| (encode_cursor(BLOCKS, &block_key(&row)), BlockedOrganization(row)), total)
    }
}
