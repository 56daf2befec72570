//! A listing on the wire.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::{ListingStatus, Loaders, Product, actor, catalog, reservation::StockReservationConnection};
use crate::{
    catalog::{Version, listings::VERSIONS_LIST, model},
    certification::graphql::{Claim, listing_claims},
    connection,
    directory::graphql::{Loaders as Organizations, Organization, Place},
    documents::graphql::{Document, Loaders as Documents},
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, LanguageCode, Money, Quantity, failure, list_complexity, page_args, page_complexity},
        money::Currency,
        page::{CursorKey, SortValue, encode_cursor},
        quantity::DECIMALS,
    },
    traceability::graphql::{Lot, listing_lots},
};

/// An offer of a product by an organization.
#[derive(Debug, Clone)]
pub struct Listing(pub Arc<model::Listing>);

impl From<model::Listing> for Listing {
    fn from(listing: model::Listing) -> Self {
        Self(Arc::new(listing))
    }
}

connection! {
    /// A page of listings.
    ListingConnection, ListingEdge, Listing
}

/// An offer of a product by an organization.
#[Object]
impl Listing {
    /// Identifies the listing.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The title, as the seller wrote it.
    fn title(&self) -> &str {
        &self.0.offer.title
    }

    /// More about it, as the seller wrote it.
    fn description(&self) -> Option<&str> {
        self.0.offer.description.as_deref()
    }

    /// The language that title and description are written in.
    fn language(&self) -> LanguageCode {
        self.0.offer.language.into()
    }

    /// The state it is in, as of now: a published one may be sold out or expired.
    async fn status(&self, ctx: &Context<'_>) -> async_graphql::Result<ListingStatus> {
        Ok(self.0.shown_status(catalog(ctx)?.services.clock.today()).into())
    }

    /// What is offered.
    async fn product(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Product>> {
        Ok(Product::find(catalog(ctx)?.taxonomy(), &self.0.offer.product))
    }

    /// Who offers it.
    async fn organization(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.organization).await
    }

    /// Where it lies. Null only while it is a draft.
    async fn place(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Place>> {
        self.0.offer.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// What certificates say of it today, derived from those that cover its organization and product.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn claims(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Claim>> {
        Box::pin(listing_claims(ctx, &self.0)).await
    }

    /// The lots that it offers, in the order in which they are sold: what buyers reserve of it is held in them.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Lot>> {
        Box::pin(listing_lots(ctx, self.0.id)).await
    }

    /// The pictures that it is shown with, in their order; 8 at most.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn images(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Document>> {
        Documents::documents_of(ctx, model::ListingId::PREFIX, self.0.id.uuid()).await
    }

    /// What one `priceUnit` costs. Null only while it is a draft.
    fn price(&self) -> Option<Money> {
        self.0.offer.price.as_ref().map(|price| Money(price.money))
    }

    /// The code of the unit that the price is for.
    fn price_unit(&self) -> Option<&str> {
        self.0.offer.price.as_ref().map(|price| price.unit.as_str())
    }

    /// What a kilogram costs, in francs (XOF), by the weight of the price's unit for this product and place on the day the
    /// listing last changed. Null where nobody has weighed the unit, or the price is in another currency.
    fn price_per_kilogram(&self) -> Option<Decimal> {
        let decimals = 3 + Currency::XOF.exponent().map_or(0, u32::from);
        self.0.derived.price_per_kilogram.map(|price| Decimal(format_scaled(price, decimals)))
    }

    /// How much can still be had: what is offered without what is held for buyers. Null only while it is a draft.
    fn quantity_available(&self) -> Option<Quantity> {
        Some(Quantity { quantity: self.0.available()?, grams: self.0.available_grams() })
    }

    /// How much is offered in all, including what is held for buyers.
    fn quantity(&self) -> Option<Quantity> {
        Some(Quantity { quantity: self.0.offer.quantity.clone()?, grams: self.0.derived.quantity_grams })
    }

    /// The least that can be ordered, in the quantity's unit.
    fn minimum_order(&self) -> Option<Decimal> {
        self.0.offer.minimum_order.map(|value| Decimal(format_scaled(value, DECIMALS)))
    }

    /// The grade. Derived from the measurements where a standard says how, the seller's word elsewhere.
    fn grade(&self) -> Option<&str> {
        self.0.offer.grade.as_deref()
    }

    /// What was measured of it.
    #[graphql(complexity = "list_complexity(8, child_complexity)")]
    fn measurements(&self) -> Vec<Measurement> {
        let measurement = |(attribute, value): (&String, &i64)| Measurement {
            attribute: attribute.clone(),
            value: Decimal(format_scaled(*value, DECIMALS)),
        };
        self.0.offer.measurements.0.iter().map(measurement).collect()
    }

    /// The harvest season it is of, as the seller names it.
    fn season(&self) -> Option<&str> {
        self.0.offer.season.as_deref()
    }

    /// The first day it can be had.
    fn available_from(&self) -> Option<Date> {
        self.0.offer.available_from.map(Date)
    }

    /// The last day it can be had; after it the listing is expired.
    fn available_until(&self) -> Option<Date> {
        self.0.offer.available_until.map(Date)
    }

    /// Who brings it where, and at whose cost.
    fn delivery_terms(&self) -> Option<&str> {
        self.0.offer.delivery_terms.as_deref()
    }

    /// The seller's own number of it.
    fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Counts changes of the offer and its state, from 1; to be given as `expectedVersion`. Reservations do not count.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was first written.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the offer or its state last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When it was first published; null while it never was.
    fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// The listing as it stood after each change, the newest first. Null to whoever is neither a member of the
    /// organization nor an auditor.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Option<async_graphql::Result<ListingVersionConnection>> {
        let args = page_args(first, after, last, before);
        Box::pin(versions(ctx, &self.0, &args)).await.transpose()
    }

    /// What of it is or was held for buyers, the newest first: all of it to members of the organization, to others what is
    /// held for their own organizations.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn reservations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<StockReservationConnection> {
        let args = page_args(first, after, last, before);
        Box::pin(super::reservation::page(ctx, &self.0, &args)).await
    }
}

async fn versions(
    ctx: &Context<'_>,
    listing: &model::Listing,
    args: &crate::kernel::page::PageArgs,
) -> async_graphql::Result<Option<ListingVersionConnection>> {
    let page = catalog(ctx)?.versions_page(actor(ctx), listing, args).map_err(|error| failure(ctx, error.into()))?;
    let Some(page) = page else { return Ok(None) };
    let (slice, total) = Loaders::versions(ctx, listing.id, page).await?;
    let turn = |version: Version| {
        let key = CursorKey { sort: SortValue::Integer(version.listing.version), id: version.listing.id.uuid() };
        (encode_cursor(VERSIONS_LIST, &key), ListingVersion::from(version))
    };
    Ok(Some(ListingVersionConnection::new(slice, turn, total)))
}

/// A measured quality attribute of what is offered.
#[derive(Debug, Clone, SimpleObject)]
pub struct Measurement {
    /// The code of the attribute, as the product lists it.
    pub attribute: String,
    /// What was measured, in the attribute's unit.
    pub value: Decimal,
}

/// A listing as it stood after a change.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ListingVersion {
    /// Which change it was, from 1.
    version: i64,
    /// When it was changed.
    changed_at: DateTime<Utc>,
    /// The title it had.
    title: String,
    /// The description it had.
    description: Option<String>,
    #[graphql(skip)]
    listing: model::Listing,
}

connection! {
    /// A page of earlier versions of a listing.
    ListingVersionConnection, ListingVersionEdge, ListingVersion
}

impl From<Version> for ListingVersion {
    fn from(version: Version) -> Self {
        let listing = version.listing;
        Self {
            version: listing.version,
            changed_at: version.changed_at,
            title: listing.offer.title.clone(),
            description: listing.offer.description.clone(),
            listing,
        }
    }
}

#[ComplexObject]
impl ListingVersion {
    /// The state that it was put in; stock and calendar of that day are not counted in.
    fn status(&self) -> ListingStatus {
        match self.listing.status {
            model::ListingStatus::Draft => ListingStatus::Draft,
            model::ListingStatus::Published => ListingStatus::Published,
            model::ListingStatus::Paused => ListingStatus::Paused,
            model::ListingStatus::Archived => ListingStatus::Archived,
        }
    }

    /// What was offered.
    async fn product(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Product>> {
        Ok(Product::find(catalog(ctx)?.taxonomy(), &self.listing.offer.product))
    }

    /// What one `priceUnit` cost.
    fn price(&self) -> Option<Money> {
        self.listing.offer.price.as_ref().map(|price| Money(price.money))
    }

    /// The code of the unit that the price was for.
    fn price_unit(&self) -> Option<&str> {
        self.listing.offer.price.as_ref().map(|price| price.unit.as_str())
    }

    /// How much was offered in all.
    fn quantity(&self) -> Option<Quantity> {
        Some(Quantity { quantity: self.listing.offer.quantity.clone()?, grams: self.listing.derived.quantity_grams })
    }

    /// The least that could be ordered, in the quantity's unit.
    fn minimum_order(&self) -> Option<Decimal> {
        self.listing.offer.minimum_order.map(|value| Decimal(format_scaled(value, DECIMALS)))
    }

    /// The grade it had.
    fn grade(&self) -> Option<&str> {
        self.listing.offer.grade.as_deref()
    }

    /// The first day it could be had.
    fn available_from(&self) -> Option<Date> {
        self.listing.offer.available_from.map(Date)
    }

    /// The last day it could be had.
    fn available_until(&self) -> Option<Date> {
        self.listing.offer.available_until.map(Date)
    }

    /// The code of the place where it lay.
    fn place_code(&self) -> Option<&str> {
        self.listing.offer.place.as_deref()
    }
}
