//! Which listings, and in which order.

use async_graphql::{Context, Enum, InputObject};

use super::{catalog, loader::present};
use crate::{
    catalog::{
        Catalog,
        model::{
            ShownStatus,
            query::{CertifiedBy, ListingFilter as Filter, ListingOrder, OrderField, PlaceFilter},
        },
    },
    certification::graphql::certified_by,
    directory::model::place::PlaceKind,
    kernel::{
        ErrorCode, Fault, Outcome, Rejections, UserError,
        error::excerpt,
        graphql::{OrderDirection, read_id},
    },
};

/// The state of a listing, as people are shown it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "ShownStatus")]
pub enum ListingStatus {
    /// Being written; only members of the organization see it.
    Draft,
    /// Offered to everyone, and to be had.
    Published,
    /// Taken back for a while; only members of the organization see it.
    Paused,
    /// Ended for good; only members of the organization see it.
    Archived,
    /// Offered to everyone, but nothing of it is left at the moment. Derived from stock.
    SoldOut,
    /// Offered to everyone, but its last day of availability is over. Derived from the calendar.
    Expired,
}

/// Narrows a list of listings. What is not given does not narrow; what is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ListingFilter {
    /// Only of this organization. Its members see all their listings then, others what is published.
    pub organization_id: Option<async_graphql::ID>,
    /// Only of this product, by code; a class stands for everything below it.
    pub product_code: Option<String>,
    /// Only in this place, by code, official number or name; a region stands for everything in it.
    pub place_code: Option<String>,
    /// Only in this state. `DRAFT`, `PAUSED` and `ARCHIVED` give only listings of one's own organizations.
    pub status: Option<ListingStatus>,
    /// Only what is covered today by a certificate of this scheme, by code.
    pub certified_by: Option<String>,
}

/// What a list of listings is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "OrderField")]
pub enum ListingOrderField {
    /// When it was first published; listings that never were come last, in both directions.
    PublishedAt,
    /// When it was first written.
    CreatedAt,
    /// When the offer or its state last changed.
    UpdatedAt,
    /// What a kilogram costs; listings for which that is not known come last, in both directions.
    PricePerKilogram,
}

/// The order of a list of listings.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ListingOrderBy {
    /// What it is sorted by.
    pub field: ListingOrderField,
    /// Which end comes first.
    pub direction: OrderDirection,
}

impl From<ListingOrderBy> for ListingOrder {
    fn from(order: ListingOrderBy) -> Self {
        Self { field: order.field.into(), descending: order.direction == OrderDirection::Desc }
    }
}

impl ListingFilter {
    /// The filter with every code looked up.
    ///
    /// # Errors
    /// `InvalidId`, `UnknownProduct`, `UnknownPlace`, `UnknownScheme`.
    pub fn read(&self, ctx: &Context<'_>) -> Outcome<Filter> {
        let catalog = present(catalog(ctx))?;
        let mut rejections = Rejections::default();
        let organization = self
            .organization_id
            .as_ref()
            .and_then(|id| rejections.take(read_id(id, "organization", ["filter", "organizationId"])));
        let products = rejections.take(self.products(catalog)).unwrap_or_default();
        let place = rejections.take(self.place(catalog)).flatten();
        let status = self.status.map(Into::into);
        let certified_by = rejections.take(self.certified_by(ctx)?).flatten();
        rejections.finish()?;
        Ok(Filter { organization, products, place, status, certified_by })
    }

    fn products(&self, catalog: &Catalog) -> Result<Vec<String>, UserError> {
        let Some(text) = &self.product_code else { return Ok(Vec::new()) };
        let taxonomy = catalog.taxonomy();
        match taxonomy.locate(&excerpt(text)) {
            Some(class) => {
                let within = taxonomy.with_descendants(&class.code);
                let tradable = within.into_iter().filter(|product| product.is_tradable());
                Ok(tradable.map(|product| product.code.clone()).collect())
            }
            None => {
                let near = taxonomy.find(&excerpt(text), 5);
                let near: Vec<&str> = near.iter().map(|product| product.code.as_str()).collect();
                let error = UserError::new(ErrorCode::UnknownProduct, ["filter", "productCode"]);
                Err(error.with("value", excerpt(text)).with("suggestions", near.join(", ")))
            }
        }
    }

    fn certified_by(&self, ctx: &Context<'_>) -> Result<Result<Option<CertifiedBy>, UserError>, Fault> {
        let Some(code) = &self.certified_by else { return Ok(Ok(None)) };
        let found = present(certified_by(ctx, code))?;
        let unknown =
            || UserError::new(ErrorCode::UnknownScheme, ["filter", "certifiedBy"]).with("value", excerpt(code));
        Ok(found.map(Some).ok_or_else(unknown))
    }

    fn place(&self, catalog: &Catalog) -> Result<Option<PlaceFilter>, UserError> {
        let Some(text) = &self.place_code else { return Ok(None) };
        let gazetteer = catalog.knows.directory.gazetteer();
        let today = catalog.knows.services.clock.today();
        let Some(place) = gazetteer.locate(&excerpt(text), today) else {
            let near = gazetteer.find(&excerpt(text), today, 5);
            let near: Vec<&str> = near.iter().map(|near| near.place.code.as_str()).collect();
            let error = UserError::new(ErrorCode::UnknownPlace, ["filter", "placeCode"]);
            return Err(error.with("value", excerpt(text)).with("suggestions", near.join(", ")));
        };
        Ok(match place.kind {
            PlaceKind::Country => None,
            PlaceKind::Region | PlaceKind::District => Some(PlaceFilter::Region(place.code.clone())),
            PlaceKind::Cercle => Some(PlaceFilter::Cercle(place.code.clone())),
            PlaceKind::Commune => Some(PlaceFilter::Exactly(place.code.clone())),
        })
    }
}
