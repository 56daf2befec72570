//! A listing on the wire.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::{ListingStatus, Loaders, Product, actor, catalog, reservation::StockReservationConnection};
use crate::{
    catalog::{
        Version,
        listings::VERSIONS_LIST,
        model::{self, CardParts, query::ListingOrder},
    },
    certification::graphql::{Claim, listing_claims},
    connection,
    directory::{
        graphql::{Loaders as Organizations, Organization, Place, organization},
        model::organization::OrganizationCard,
    },
    documents::graphql::{Document, Loaders as Documents},
    kernel::{
        decimal::format_scaled,
        graphql::{
            Cursor, Date, Decimal, LanguageCode, Money, Quantity, asked_of_nodes, asks_only, failure, list_complexity,
            page_args, page_complexity,
        },
        money::Currency,
        page::{CursorKey, SortValue, encode_cursor},
        quantity::DECIMALS,
    },
    traceability::graphql::{Lot, listing_lots},
    written,
};

/// An offer of a product by an organization.
#[derive(Debug, Clone)]
pub enum Listing {
    /// All that is known of it; with who offers it, where that was read with it.
    Whole(Arc<model::Listing>, Option<Arc<OrganizationCard>>),
    /// What is shown of it where no more is asked for than `card_parts` knows of.
    Card(Arc<model::ListingCard>),
}

/// Which parts of cards it takes to show what is asked of the listings of this connection field, in their order; none where it takes
/// more than cards.
pub(super) fn card_parts(ctx: &Context<'_>, order: ListingOrder) -> Option<CardParts> {
    let mut parts = order.card_parts();
    for field in asked_of_nodes(ctx) {
        match field {
            "__typename" | "id" | "images" | "lots" | "publishedAt" | "title" => {}
            "organization" => parts.seller = true,
            "price" | "priceUnit" => parts.price = true,
            "pricePerKilogram" => parts.price_per_kilogram = true,
            "product" => parts.product = true,
            _ => return None,
        }
    }
    Some(parts)
}

fn not_read() -> async_graphql::Error {
    async_graphql::Error::new("more is asked than was read")
}

impl Listing {
    /// Which one.
    #[must_use]
    pub fn key(&self) -> model::ListingId {
        match self {
            Self::Whole(listing, _) => listing.id,
            Self::Card(card) => card.id,
        }
    }

    /// What no card tells.
    fn whole(&self) -> async_graphql::Result<&Arc<model::Listing>> {
        match self {
            Self::Whole(listing, _) => Ok(listing),
            Self::Card(_) => Err(not_read()),
        }
    }

    /// Who offers it, where that was read with it.
    fn seller(&self) -> async_graphql::Result<Organization> {
        let seller = match self {
            Self::Whole(_, seller) => seller.as_ref(),
            Self::Card(card) => card.seller.as_ref(),
        };
        seller.map(|seller| Organization::Card(Arc::clone(seller))).ok_or_else(not_read)
    }

    fn heading(&self) -> &str {
        match self {
            Self::Whole(listing, _) => &listing.offer.title,
            Self::Card(card) => &card.title,
        }
    }

    fn published(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Whole(listing, _) => listing.published_at,
            Self::Card(card) => card.published_at,
        }
    }

    fn per_kilogram(&self) -> async_graphql::Result<Option<Decimal>> {
        let decimals = 3 + Currency::XOF.exponent().map_or(0, u32::from);
        let price = match self {
            Self::Whole(listing, _) => listing.derived.price_per_kilogram,
            Self::Card(card) => card.price_per_kilogram.ok_or_else(not_read)?,
        };
        Ok(price.map(|price| Decimal(format_scaled(price, decimals))))
    }

    fn priced(&self) -> async_graphql::Result<Option<&model::listing::Price>> {
        match self {
            Self::Whole(listing, _) => Ok(listing.offer.price.as_ref()),
            Self::Card(card) => Ok(card.price.as_ref().ok_or_else(not_read)?.as_ref()),
        }
    }

    /// Where it stands in an order.
    pub(super) fn cursor(&self, order: ListingOrder) -> Cursor {
        let key = match self {
            Self::Whole(listing, _) => order.key(listing),
            Self::Card(card) => order.key_of_card(card),
        };
        Cursor::Key(order.list_name(), key)
    }
}

impl From<model::Listing> for Listing {
    fn from(listing: model::Listing) -> Self {
        Self::Whole(Arc::new(listing), None)
    }
}

impl From<model::ListingCard> for Listing {
    fn from(card: model::ListingCard) -> Self {
        Self::Card(Arc::new(card))
    }
}

connection! {
    /// A page of listings.
    ListingConnection, ListingEdge, Listing, written
}

written! {
    Listing: listing {
        "id" => ID::from(listing.key()),
        "title" => listing.heading(),
        "price" => listing.priced().map(|price| price.map(|price| Money(price.money))),
        "priceUnit" => listing.priced().map(|price| price.map(|price| price.unit.as_str())),
        "pricePerKilogram" => listing.per_kilogram(),
        "publishedAt" => listing.published(),
        "organization" => listing.seller(),
    } resolved { "claims", "images", "lots", "place", "product", "quantityAvailable", "status" }
}

/// An offer of a product by an organization.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Listing {
    /// Identifies the listing.
    pub async fn id(&self) -> ID {
        ID(self.key().to_string())
    }

    /// The title, as the seller wrote it.
    fn title(&self) -> &str {
        self.heading()
    }

    /// More about it, as the seller wrote it.
    fn description(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.offer.description.as_deref())
    }

    /// The language that title and description are written in.
    fn language(&self) -> async_graphql::Result<LanguageCode> {
        Ok(self.whole()?.offer.language.into())
    }

    /// The state it is in, as of now: a published one may be sold out or expired.
    async fn status(&self, ctx: &Context<'_>) -> async_graphql::Result<ListingStatus> {
        Ok(self.whole()?.shown_status(catalog(ctx)?.knows.services.clock.today()).into())
    }

    /// What is offered.
    async fn product(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Product>> {
        let code = match self {
            Self::Whole(listing, _) => &listing.offer.product,
            Self::Card(card) => card.product.as_ref().ok_or_else(not_read)?,
        };
        Ok(Product::find(catalog(ctx)?.taxonomy(), code))
    }

    /// Who offers it.
    async fn organization(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Organization>> {
        let seller = match self {
            Self::Whole(listing, _) => listing.organization,
            Self::Card(card) => card.organization,
        };
        match self.seller() {
            Ok(at_hand) if asks_only(ctx, &organization::ON_CARD) => Ok(Some(at_hand)),
            Ok(_) | Err(_) => Organizations::organization(ctx, seller).await,
        }
    }

    /// Where it lies. Null only while it is a draft.
    async fn place(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Place>> {
        self.whole()?.offer.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// What certificates say of it today, derived from those that cover its organization and product.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn claims(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Claim>> {
        Box::pin(listing_claims(ctx, self.whole()?)).await
    }

    /// The lots that it offers, in the order in which they are sold: what buyers reserve of it is held in them.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Lot>> {
        Box::pin(listing_lots(ctx, self.key())).await
    }

    /// The pictures that it is shown with, in their order; 8 at most.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn images(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Document>> {
        Documents::documents_of(ctx, model::ListingId::PREFIX, self.key().uuid()).await
    }

    /// What one `priceUnit` costs. Null only while it is a draft.
    fn price(&self) -> async_graphql::Result<Option<Money>> {
        Ok(self.priced()?.map(|price| Money(price.money)))
    }

    /// The code of the unit that the price is for.
    fn price_unit(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.priced()?.map(|price| price.unit.as_str()))
    }

    /// What a kilogram costs, in francs (XOF), by the weight of the price's unit for this product and place on the day the
    /// listing last changed. Null where nobody has weighed the unit, or the price is in another currency.
    fn price_per_kilogram(&self) -> async_graphql::Result<Option<Decimal>> {
        self.per_kilogram()
    }

    /// How much can still be had: what is offered without what is held for buyers. Null only while it is a draft.
    fn quantity_available(&self) -> async_graphql::Result<Option<Quantity>> {
        let listing = self.whole()?;
        Ok(listing.available().map(|quantity| Quantity { quantity, grams: listing.available_grams() }))
    }

    /// How much is offered in all, including what is held for buyers.
    fn quantity(&self) -> async_graphql::Result<Option<Quantity>> {
        let listing = self.whole()?;
        let grams = listing.derived.quantity_grams;
        Ok(listing.offer.quantity.clone().map(|quantity| Quantity { quantity, grams }))
    }

    /// The least that can be ordered, in the quantity's unit.
    fn minimum_order(&self) -> async_graphql::Result<Option<Decimal>> {
        Ok(self.whole()?.offer.minimum_order.map(|value| Decimal(format_scaled(value, DECIMALS))))
    }

    /// The grade. Derived from the measurements where a standard says how, the seller's word elsewhere.
    fn grade(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.offer.grade.as_deref())
    }

    /// What was measured of it.
    #[graphql(complexity = "list_complexity(8, child_complexity)")]
    fn measurements(&self) -> async_graphql::Result<Vec<Measurement>> {
        let measurement = |(attribute, value): (&String, &i64)| Measurement {
            attribute: attribute.clone(),
            value: Decimal(format_scaled(*value, DECIMALS)),
        };
        Ok(self.whole()?.offer.measurements.0.iter().map(measurement).collect())
    }

    /// The harvest season it is of, as the seller names it.
    fn season(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.offer.season.as_deref())
    }

    /// The first day it can be had.
    fn available_from(&self) -> async_graphql::Result<Option<Date>> {
        Ok(self.whole()?.offer.available_from.map(Date))
    }

    /// The last day it can be had; after it the listing is expired.
    fn available_until(&self) -> async_graphql::Result<Option<Date>> {
        Ok(self.whole()?.offer.available_until.map(Date))
    }

    /// Who brings it where, and at whose cost.
    fn delivery_terms(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.offer.delivery_terms.as_deref())
    }

    /// The seller's own number of it.
    fn reference(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.reference.as_deref())
    }

    /// Counts changes of the offer and its state, from 1; to be given as `expectedVersion`. Reservations do not count.
    fn version(&self) -> async_graphql::Result<i64> {
        Ok(self.whole()?.version)
    }

    /// When it was first written.
    fn created_at(&self) -> async_graphql::Result<DateTime<Utc>> {
        Ok(self.whole()?.created_at)
    }

    /// When the offer or its state last changed.
    fn updated_at(&self) -> async_graphql::Result<DateTime<Utc>> {
        Ok(self.whole()?.updated_at)
    }

    /// When it was first published; null while it never was.
    fn published_at(&self) -> Option<DateTime<Utc>> {
        self.published()
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
        let listing = match self.whole() {
            Ok(listing) => listing,
            Err(error) => return Some(Err(error)),
        };
        Box::pin(versions(ctx, listing, &args)).await.transpose()
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
        Box::pin(super::reservation::page(ctx, self.whole()?, &args)).await
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
