//! Reading inquiries, blocks and reports.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    BlockedOrganizationConnection, Inquiry, InquiryConnection, InquiryReportConnection, InquiryReportStatus,
    InquiryStatus, Loaders, room,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    catalog::ListingId,
    inquiries::{Filter, InquiryId},
    kernel::{
        Outcome, Rejections, UserError,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
    },
};

/// Narrows a list of inquiries.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InquiryFilter {
    /// Only those of this organization, which the caller belongs to. Left out: of all of hers.
    pub organization_id: Option<ID>,
    /// Only those about this listing.
    pub listing_id: Option<ID>,
    /// Only those in which her organization has something to read, or only those in which it has nothing.
    pub unread: Option<bool>,
    /// Only those that stand there.
    pub status: Option<InquiryStatus>,
}

impl InquiryFilter {
    fn read(self) -> Outcome<Filter> {
        let mut wrong = Rejections::default();
        let path = |field| ["filter", field];
        let organization = self.organization_id.map(|id| read_id(&id, OrganizationId::PREFIX, path("organizationId")));
        let listing = self.listing_id.map(|id| read_id(&id, ListingId::PREFIX, path("listingId")));
        let organization = wrong.take(organization.transpose()).flatten();
        let listing = wrong.take(listing.transpose()).flatten();
        wrong.finish()?;
        Ok(Filter { organization, listing, unread: self.unread, status: self.status.map(Into::into) })
    }
}

/// Narrows a list of reports.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InquiryReportFilter {
    /// Only those that stand there.
    pub status: Option<InquiryReportStatus>,
    /// Only those of this organization's conduct.
    pub reported_organization_id: Option<ID>,
}

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct InquiriesQuery;

#[Object]
impl InquiriesQuery {
    /// The inquiries of the organizations that the caller belongs to, begun by them and sent to them, the one with the latest
    /// message first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn inquiries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<InquiryFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<InquiryConnection> {
        let filter = filter.unwrap_or_default().read().map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        // Boxed: what a field waits in stays small, since all fields of a type take as much memory as the largest.
        let page = Box::pin(room(ctx)?.inquiries(actor(ctx), &filter, &args, wants_total_count(ctx))).await;
        Ok(page.map_err(|error| failure(ctx, error))?.into())
    }

    /// An inquiry by its id; null where there is none that the caller may see.
    async fn inquiry(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The inquiry's id.")] inquiry_id: ID,
    ) -> Option<Result<Inquiry>> {
        match read_id::<InquiryId, _>(&inquiry_id, InquiryId::PREFIX, ["id"]) {
            Ok(id) => Loaders::inquiry(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Of whom an organization that the caller belongs to wants to hear nothing, the last first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn blocked_organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who has blocked them.")] organization_id: ID,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<BlockedOrganizationConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"]);
        let organization = organization.map_err(|error: UserError| failure(ctx, error.into()))?;
        let args = page_args(first, after, last, before);
        let page = Box::pin(room(ctx)?.blocks(actor(ctx), organization, &args, wants_total_count(ctx))).await;
        Ok(page.map_err(|error| failure(ctx, error))?.into())
    }

    /// What was reported of inquiries, the last first; for the platform's administrators.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn inquiry_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<InquiryReportFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<InquiryReportConnection> {
        let filter = filter.unwrap_or_default();
        let path = ["filter", "reportedOrganizationId"];
        let reported = filter.reported_organization_id.map(|id| read_id(&id, OrganizationId::PREFIX, path)).transpose();
        let reported = reported.map_err(|error: UserError| failure(ctx, error.into()))?;
        let narrowed = (filter.status.map(Into::into), reported);
        let args = page_args(first, after, last, before);
        let page = Box::pin(room(ctx)?.reports(actor(ctx), narrowed, &args, wants_total_count(ctx))).await;
        Ok(page.map_err(|error| failure(ctx, error))?.into())
    }
}
