//! Lots on the wire.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{
    LotHold, LotLoaders, Recall, TraceEventConnection,
    event::event_connection,
    room,
    way::{TraceGraph, WayArgs, way},
};
use crate::{
    accounts::graphql::actor,
    catalog::{ListingId, graphql::Product},
    certification::graphql::{Certificate, CertificateStatus, CertificationScheme},
    connection,
    directory::graphql::{Loaders as Organizations, Organization, Place},
    kernel::{
        graphql::{Decimal, Quantity, failure, list_complexity, page_args, page_complexity, read_id},
        page::{Counted, Page, SortValue, encode_cursor},
        quantity::{self, UnitCode},
    },
    traceability::{self, LOT_EVENTS, LOTS, LotId, lot_key, model},
};

/// How what was certified is kept apart from what was not (ISO 22095:2020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::lot::CustodyModel")]
pub enum CustodyModel {
    /// From one source, and kept apart from all others.
    IdentityPreserved,
    /// From several sources that have the same characteristics.
    Segregated,
    /// From sources with and without the characteristics, in a known proportion.
    ControlledBlending,
    /// From sources with and without, in a proportion known only over a time.
    MassBalance,
}

/// Where a lot is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::lot::LotStatus")]
pub enum LotStatus {
    /// It is with its organization.
    Available,
    /// It was sent, and has not arrived.
    InTransit,
    /// The event that made it was declared an error.
    Void,
}

/// A physical quantity of a product.
#[derive(Debug, Clone)]
pub struct Lot(pub Arc<model::lot::Lot>);

impl From<model::lot::Lot> for Lot {
    fn from(lot: model::lot::Lot) -> Self {
        Self(Arc::new(lot))
    }
}

connection! {
    /// A page of lots.
    LotConnection, LotEdge, Lot
}

/// Who grew what a lot was made of, by mass. The shares add up to 1.
#[derive(Debug, Clone, Copy)]
pub struct Growers(model::shares::Shares);

/// Who grew what a lot was made of, by mass. The first three add up to 1: what is not known is told, not left out.
#[Object]
impl Growers {
    /// Grown by women, from 0 to 1.
    fn women(&self) -> Decimal {
        Decimal(model::shares::decimal(self.0.women))
    }

    /// Grown by others, from 0 to 1.
    fn others(&self) -> Decimal {
        Decimal(model::shares::decimal(self.0.others))
    }

    /// Of which it is not known who grew it, from 0 to 1.
    fn unknown(&self) -> Decimal {
        Decimal(model::shares::decimal(self.0.unknown))
    }

    /// Confirmed by those who delivered it, from 0 to 1.
    fn confirmed(&self) -> Decimal {
        Decimal(model::shares::decimal(self.0.confirmed))
    }
}

/// What may be claimed of a lot, because certificates covered it on its whole way.
#[derive(Debug, Clone)]
pub struct LotClaim(pub traceability::LotClaim);

/// What may be claimed of a lot, because certificates covered it on its whole way from what producers delivered. A claim only
/// weakens on the way down. Nobody types it.
#[Object]
impl LotClaim {
    /// What is certified.
    async fn scheme(&self, ctx: &Context<'_>) -> Result<Option<CertificationScheme>> {
        CertificationScheme::find(ctx, &self.0.scheme)
    }

    /// How much of the lot it covers, from 0 to 1.
    fn share(&self) -> Decimal {
        Decimal(model::shares::decimal(self.0.share))
    }

    /// The chain of custody of what is claimed.
    fn custody_model(&self) -> CustodyModel {
        self.0.custody.into()
    }

    /// The state of its certificate today: only while it is `VERIFIED` should it still be said.
    fn status(&self) -> CertificateStatus {
        self.0.status_now.into()
    }

    /// The state of its certificate when the lot was made, as it is known now.
    fn status_when_made(&self) -> CertificateStatus {
        self.0.status_then.into()
    }

    /// What covered the last step: who made the lot held it then.
    fn certificate(&self) -> Certificate {
        Certificate(self.0.certificate.clone())
    }
}

/// So many grams, as kilograms.
pub(super) fn kilograms(grams: i64) -> Quantity {
    let quantity = quantity::Quantity { thousandths: grams, unit: UnitCode::new("KGM") };
    Quantity { quantity, grams: Some(grams) }
}

/// A physical quantity of a product. What stands on its label is public; what is left of it is for those who deal with it.
#[Object]
impl Lot {
    /// Identifies the lot.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What stands on its label: twelve letters and digits.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its identifier outside, in the form of a GS1 Digital Link on our own domain; also where its public page is.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(room(ctx)?.lot_url(&self.0.code))
    }

    /// What it is.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        Ok(Product::find(room(ctx)?.taxonomy(), &self.0.product))
    }

    /// Whose it is.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.organization).await
    }

    /// Who made it.
    async fn maker(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.maker).await
    }

    /// Who is to receive it, while it is under way.
    async fn destination(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        match self.0.destination {
            Some(id) => Organizations::organization(ctx, id).await.transpose(),
            None => None,
        }
    }

    /// Where it was made.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.0.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// Its grade, as it was found.
    fn grade(&self) -> Option<&str> {
        self.0.grade.as_deref()
    }

    /// What it weighed when it was made.
    fn quantity(&self) -> Quantity {
        kilograms(self.0.grams)
    }

    /// What is left of it. Null to whoever neither has nor made it.
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Option<Quantity>> {
        Ok(room(ctx)?.sees_stock(actor(ctx), &self.0).then(|| kilograms(self.0.left)))
    }

    /// What of the rest is held for buyers. Null to whoever neither has nor made it.
    async fn reserved(&self, ctx: &Context<'_>) -> Result<Option<Quantity>> {
        Ok(room(ctx)?.sees_stock(actor(ctx), &self.0).then(|| kilograms(self.0.reserved)))
    }

    /// Where it is in its life.
    fn status(&self) -> LotStatus {
        self.0.status.into()
    }

    /// Whether something holds it: it may not move.
    fn on_hold(&self) -> bool {
        self.0.holds > 0
    }

    /// What holds it, or held it, the first first. Null to whoever neither has nor made it.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn holds(&self, ctx: &Context<'_>) -> Option<Result<Vec<LotHold>>> {
        match room(ctx) {
            Ok(room) if room.sees_stock(actor(ctx), &self.0) => Some(LotLoaders::holds(ctx, self.0.id).await),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// The recalls that concern it, the last opened first.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn recalls(&self, ctx: &Context<'_>) -> Result<Vec<Recall>> {
        LotLoaders::recalls(ctx, self.0.id).await
    }

    /// The chain of custody that it came by.
    fn custody_model(&self) -> CustodyModel {
        self.0.custody.into()
    }

    /// Whether more of it came out than its rule of yield allows, with a signed reason.
    fn yield_waived(&self) -> bool {
        self.0.waived
    }

    /// When it was made: delivered, put together, parted or processed.
    fn made_at(&self) -> DateTime<Utc> {
        self.0.made_at
    }

    /// When that was recorded.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// What may be claimed of it.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn claims(&self, ctx: &Context<'_>) -> Result<Vec<LotClaim>> {
        LotLoaders::claims(ctx, self.0.id).await
    }

    /// The share that women grew, by mass, from 0 to 1; what is not known does not count as theirs. More in `growers`.
    async fn women_grown_share(&self, ctx: &Context<'_>) -> Result<Decimal> {
        Ok(Decimal(model::shares::decimal(LotLoaders::shares(ctx, self.0.id).await?.women)))
    }

    /// The share that producers confirmed to have delivered, by mass, from 0 to 1.
    async fn producer_confirmed_share(&self, ctx: &Context<'_>) -> Result<Decimal> {
        Ok(Decimal(model::shares::decimal(LotLoaders::shares(ctx, self.0.id).await?.confirmed)))
    }

    /// Who grew what it was made of.
    async fn growers(&self, ctx: &Context<'_>) -> Result<Growers> {
        LotLoaders::shares(ctx, self.0.id).await.map(Growers)
    }

    /// What happened to it, the last first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<TraceEventConnection> {
        let args = page_args(first, after, last, before);
        let page = Page::new(LOT_EVENTS, &args, SortValue::is_time).map_err(|error| failure(ctx, error.into()))?;
        Ok(event_connection(LOT_EVENTS, LotLoaders::events(ctx, self.0.id, page).await?))
    }

    /// What it was made of, and what that was made of, complete over every input. The nearest lots come first; more than
    /// `first` are had by `after`.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    async fn trace_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many steps back at most; all where nothing is said.")] max_depth: Option<i32>,
        #[graphql(desc = "How many lots at most, from 1 to 1,000; 200 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor: `endCursor` of the part before.")] after: Option<String>,
    ) -> Result<TraceGraph> {
        let args = WayArgs { max_depth, first, after };
        Box::pin(way(ctx, self.0.id, model::trace::Direction::Back, args)).await
    }

    /// What was made of it, and what was made of that. The nearest lots come first; more than `first` are had by `after`.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    async fn trace_forward(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many steps forward at most; all where nothing is said.")] max_depth: Option<i32>,
        #[graphql(desc = "How many lots at most, from 1 to 1,000; 200 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor: `endCursor` of the part before.")] after: Option<String>,
    ) -> Result<TraceGraph> {
        let args = WayArgs { max_depth, first, after };
        Box::pin(way(ctx, self.0.id, model::trace::Direction::Forward, args)).await
    }
}

/// A page of lots as a connection.
pub(super) fn lot_connection((slice, total): Counted<model::lot::Lot>) -> LotConnection {
    LotConnection::new(slice, |lot| (encode_cursor(LOTS, &lot_key(&lot)), Lot::from(lot)), total)
}

/// The lots that a listing offers, in the order in which they are sold.
///
/// # Errors
/// The masked form of a fault.
pub async fn listing_lots(ctx: &Context<'_>, listing: ListingId) -> Result<Vec<Lot>> {
    LotLoaders::of_listing(ctx, listing).await
}

/// The lot of which this is the id, for whoever names lots.
pub(super) fn lot_id(id: &ID, path: &[&str]) -> Result<LotId, crate::kernel::UserError> {
    read_id(id, LotId::PREFIX, path)
}
