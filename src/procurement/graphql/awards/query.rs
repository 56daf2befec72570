//! Reading how bids compare, awards and appeals.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    Award, AwardConnection, AwardLoaders, AwardStatus, Complaint, ComplaintConnection, ComplaintLevel, ComplaintStatus,
    Evaluation, award::award_connection, complaint::complaint_connection,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::{
        Outcome, Rejections,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
    },
    procurement::{self, AwardId, ComplaintId, RequestId, graphql::procurement as room},
};

/// Narrows a list of awards.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AwardFilter {
    /// Only those of this request.
    pub request_id: Option<ID>,
    /// Only those that this buyer made.
    pub buyer_id: Option<ID>,
    /// Only those to this organization, alone or with others.
    pub organization_id: Option<ID>,
    /// Only those that stand there.
    pub status: Option<AwardStatus>,
}

impl AwardFilter {
    fn read(self) -> Outcome<procurement::AwardFilter> {
        let mut wrong = Rejections::default();
        let request = self.request_id.map(|id| read_id(&id, RequestId::PREFIX, ["filter", "requestId"])).transpose();
        let buyer = self.buyer_id.map(|id| read_id(&id, OrganizationId::PREFIX, ["filter", "buyerId"])).transpose();
        let organization =
            self.organization_id.map(|id| read_id(&id, OrganizationId::PREFIX, ["filter", "organizationId"]));
        let filter = procurement::AwardFilter {
            request: wrong.take(request).flatten(),
            buyer: wrong.take(buyer).flatten(),
            organization: wrong.take(organization.transpose()).flatten(),
            status: self.status.map(Into::into),
        };
        wrong.finish()?;
        Ok(filter)
    }
}

/// Narrows a list of appeals.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ComplaintFilter {
    /// Only those about this request.
    pub request_id: Option<ID>,
    /// Only those against this award.
    pub award_id: Option<ID>,
    /// Only those about what this buyer asks for.
    pub buyer_id: Option<ID>,
    /// Only those of this organization.
    pub organization_id: Option<ID>,
    /// Only those that went there.
    pub level: Option<ComplaintLevel>,
    /// Only those that stand there.
    pub status: Option<ComplaintStatus>,
}

impl ComplaintFilter {
    fn read(self) -> Outcome<procurement::ComplaintFilter> {
        let mut wrong = Rejections::default();
        let request = self.request_id.map(|id| read_id(&id, RequestId::PREFIX, ["filter", "requestId"])).transpose();
        let award = self.award_id.map(|id| read_id(&id, AwardId::PREFIX, ["filter", "awardId"])).transpose();
        let buyer = self.buyer_id.map(|id| read_id(&id, OrganizationId::PREFIX, ["filter", "buyerId"])).transpose();
        let organization =
            self.organization_id.map(|id| read_id(&id, OrganizationId::PREFIX, ["filter", "organizationId"]));
        let filter = procurement::ComplaintFilter {
            request: wrong.take(request).flatten(),
            award: wrong.take(award).flatten(),
            buyer: wrong.take(buyer).flatten(),
            organization: wrong.take(organization.transpose()).flatten(),
            level: self.level.map(Into::into),
            status: self.status.map(Into::into),
        };
        wrong.finish()?;
        Ok(filter)
    }
}

/// What the room tells from the first score to the last award.
#[derive(Debug, Default, Clone, Copy)]
pub struct AwardsQuery;

#[Object]
impl AwardsQuery {
    /// How the bids on a request compare; null where they are not opened, or there is no such request that the caller may see.
    async fn evaluation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] request_id: ID,
    ) -> Result<Option<Evaluation>> {
        let id = read_id(&request_id, RequestId::PREFIX, ["requestId"]).map_err(|error| failure(ctx, error.into()))?;
        let evaluation = Box::pin(room(ctx)?.evaluation(actor(ctx), id)).await.map_err(|error| failure(ctx, error))?;
        Ok(evaluation.map(Evaluation))
    }

    /// An award by its id; null where there is none.
    async fn award(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The award's id.")] award_id: ID,
    ) -> Option<Result<Award>> {
        match read_id::<AwardId, _>(&award_id, AwardId::PREFIX, ["id"]) {
            Ok(id) => AwardLoaders::award(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Awards, the last made first. Everybody sees them.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn awards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<AwardFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<AwardConnection> {
        let filter = filter.unwrap_or_default().read().map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        let page = Box::pin(room(ctx)?.awards(&filter, &args, wants_total_count(ctx))).await;
        Ok(award_connection(page.map_err(|error| failure(ctx, error))?))
    }

    /// An appeal by its id; null where there is none that the caller may see.
    async fn complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The appeal's id.")] complaint_id: ID,
    ) -> Option<Result<Complaint>> {
        match read_id::<ComplaintId, _>(&complaint_id, ComplaintId::PREFIX, ["id"]) {
            Ok(id) => AwardLoaders::complaint(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// The appeals that the caller may see, the last filed first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn complaints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ComplaintFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ComplaintConnection> {
        let filter = filter.unwrap_or_default().read().map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        let page = room(ctx)?.complaints(actor(ctx), &filter, &args, wants_total_count(ctx));
        Ok(complaint_connection(Box::pin(page).await.map_err(|error| failure(ctx, error))?))
    }
}
