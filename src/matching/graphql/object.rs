//! Matches on the wire.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::text;
use crate::{
    accounts::OrganizationId,
    connection,
    directory::{
        graphql::{Loaders as DirectoryLoaders, Organization},
        model::ownership::Percent,
    },
    kernel::{
        decimal::format_scaled,
        graphql::{Decimal, list_complexity, locale},
    },
    matching::{
        self,
        model::{
            check::{self, Checked},
            consortium::Part,
        },
    },
    procurement::graphql::{ProcurementRequest, RequestLot},
};

/// What sellers are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "check::MatchCriterion")]
pub enum MatchCriterionKind {
    /// Enough of the product, good enough and there in time.
    Quantity,
    /// To be had within the days of delivery.
    Availability,
    /// Measured, and as good as is asked.
    Quality,
    /// Certified until the delivery.
    Certificate,
    /// The definition of women's ownership that the lot is reserved to.
    WomenStatus,
    /// Invited, where not everybody may bid.
    Invitation,
}

/// A criterion, and how a seller stands to it.
#[derive(Debug, Clone)]
pub struct Criterion(pub(super) Checked);

/// A criterion, and how a seller stands to it. Texts are in the request's language.
#[Object(name = "MatchCriterion")]
impl Criterion {
    /// What was looked at.
    fn criterion(&self) -> MatchCriterionKind {
        self.0.criterion.into()
    }

    /// Which scheme, quality attribute or definition, by its code; null where there is but one of the kind.
    fn about(&self) -> Option<&str> {
        self.0.about.as_deref()
    }

    /// Whether it is passed.
    fn passed(&self) -> bool {
        self.0.passed()
    }

    /// What was found: `600 kg`.
    async fn actual(&self, ctx: &Context<'_>) -> String {
        text::finding(self.0.actual, locale(ctx))
    }

    /// What is needed: `1000 kg`.
    async fn required(&self, ctx: &Context<'_>) -> String {
        text::finding(self.0.required, locale(ctx))
    }

    /// The nearest way to pass, as advice: `Add 400 kg.` Null where it is passed.
    async fn fix(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.fix.as_ref().map(|fix| text::fix(fix, locale(ctx)))
    }
}

/// A seller held against a lot.
#[derive(Debug, Clone)]
pub struct SellerMatch(pub(super) matching::SellerMatch);

/// A seller held against a lot of a request.
#[Object]
impl SellerMatch {
    /// Who sells.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.organization).await.transpose()
    }

    /// The lot.
    async fn request_lot(&self) -> RequestLot {
        RequestLot::new(self.0.lot.clone(), self.0.currency)
    }

    /// Whether she passes all criteria.
    fn passed(&self) -> bool {
        self.0.checked.iter().all(Checked::passed)
    }

    /// What she could deliver of it: what she offers that is good enough and there in time, in kilograms.
    fn capacity_kilograms(&self) -> Decimal {
        Decimal(format_scaled(self.0.capacity_grams, 3))
    }

    /// The criteria, each scheme, attribute and definition by itself.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn criteria(&self) -> Vec<Criterion> {
        self.0.checked.iter().cloned().map(Criterion).collect()
    }
}

connection! {
    /// A page of sellers held against the lots of a request.
    SellerMatchConnection, SellerMatchEdge, SellerMatch
}

/// A lot held against a seller.
#[derive(Debug, Clone)]
pub struct RequestMatch(pub(super) matching::RequestMatch);

/// A lot of a request, held against a seller.
#[Object]
impl RequestMatch {
    /// The request.
    async fn request(&self) -> ProcurementRequest {
        ProcurementRequest(self.0.request.clone())
    }

    /// The lot.
    async fn request_lot(&self) -> RequestLot {
        RequestLot::new(self.0.lot.clone(), self.0.request.currency)
    }

    /// Whether the seller passes all criteria.
    fn passed(&self) -> bool {
        self.0.checked.iter().all(Checked::passed)
    }

    /// The criteria, each scheme, attribute and definition by itself.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn criteria(&self) -> Vec<Criterion> {
        self.0.checked.iter().cloned().map(Criterion).collect()
    }
}

connection! {
    /// A page of lots held against a seller.
    RequestMatchConnection, RequestMatchEdge, RequestMatch
}

/// Sellers who could supply a lot together.
#[derive(Debug, Clone, SimpleObject)]
pub struct ConsortiumSuggestion {
    /// The code of the region that all of them are of; null where they were chosen from everywhere.
    pub region_code: Option<String>,
    /// Their parts; whoever leads comes first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    pub parts: Vec<ConsortiumPart>,
}

/// The part of one seller.
#[derive(Debug, Clone, Copy)]
pub struct ConsortiumPart(pub(super) Part);

/// What one seller would supply.
#[Object]
impl ConsortiumPart {
    /// Who would supply it.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        let id: OrganizationId = self.0.organization;
        DirectoryLoaders::organization(ctx, id).await.transpose()
    }

    /// How much, in kilograms.
    fn kilograms(&self) -> Decimal {
        Decimal(format_scaled(self.0.grams, 3))
    }

    /// Her share in percent; all are 100 together. As `submitBid` takes it.
    fn share_percent(&self) -> Decimal {
        Decimal(format_scaled(self.0.share, Percent::DECIMALS))
    }
}
