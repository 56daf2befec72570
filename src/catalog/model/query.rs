//! What a list of listings is asked for.

use super::{CardParts, Listing, ListingCard, ShownStatus};
use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::Timestamp,
        page::{CursorKey, Page, SortValue},
    },
};

/// Which listings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ListingFilter {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// Of these products: a class with everything below it. Empty for all.
    pub products: Vec<String>,
    /// In this place.
    pub place: Option<PlaceFilter>,
    /// In this shown state.
    pub status: Option<ShownStatus>,
    /// Covered by a certificate in force.
    pub certified_by: Option<CertifiedBy>,
}

/// Which certificates make a listing certified; the certification room knows the scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertifiedBy {
    /// The scheme's code.
    pub scheme: String,
    /// The products that the scheme is about, with everything below them. Empty for all.
    pub products: Vec<String>,
    /// Whether a certificate that names no products covers none.
    pub names_products: bool,
}

/// A place as listings are filtered by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlaceFilter {
    /// The region with this code.
    Region(String),
    /// The cercle with this code.
    Cercle(String),
    /// Exactly the place with this code.
    Exactly(String),
}

/// What a list of listings is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum OrderField {
    /// When it was first published; listings that never were come last.
    #[default]
    PublishedAt,
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// The price of a kilogram; listings without one come last.
    PricePerKilogram,
}

/// The order of a list of listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListingOrder {
    /// By what.
    pub field: OrderField,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Default for ListingOrder {
    /// The newest first.
    fn default() -> Self {
        Self { field: OrderField::PublishedAt, descending: true }
    }
}

impl ListingOrder {
    /// What cursors of a list in this order are marked with.
    #[must_use]
    pub const fn list_name(self) -> &'static str {
        match (self.field, self.descending) {
            (OrderField::PublishedAt, true) => "listings:published_at:desc",
            (OrderField::PublishedAt, false) => "listings:published_at:asc",
            (OrderField::CreatedAt, true) => "listings:created_at:desc",
            (OrderField::CreatedAt, false) => "listings:created_at:asc",
            (OrderField::UpdatedAt, true) => "listings:updated_at:desc",
            (OrderField::UpdatedAt, false) => "listings:updated_at:asc",
            (OrderField::PricePerKilogram, true) => "listings:price_per_kilogram:desc",
            (OrderField::PricePerKilogram, false) => "listings:price_per_kilogram:asc",
        }
    }

    /// Where a listing stands in this order.
    #[must_use]
    pub fn key(self, listing: &Listing) -> CursorKey {
        let updated_at = Some(listing.updated_at);
        let sort = self.sort_value(listing.published_at, updated_at, listing.derived.price_per_kilogram);
        CursorKey { sort, id: listing.id.uuid() }
    }

    /// What of a card tells where it stands in this order.
    #[must_use]
    pub fn card_parts(self) -> CardParts {
        CardParts {
            updated_at: self.field == OrderField::UpdatedAt,
            price_per_kilogram: self.field == OrderField::PricePerKilogram,
            ..CardParts::default()
        }
    }

    /// Where a card stands in this order, of which [`ListingOrder::card_parts`] were read.
    #[must_use]
    pub fn key_of_card(self, card: &ListingCard) -> CursorKey {
        let sort = self.sort_value(card.published_at, card.updated_at, card.price_per_kilogram.flatten());
        CursorKey { sort, id: card.id.uuid() }
    }

    fn sort_value(
        self,
        published_at: Option<Timestamp>,
        updated_at: Option<Timestamp>,
        price_per_kilogram: Option<i64>,
    ) -> SortValue {
        match self.field {
            OrderField::PublishedAt => published_at.map_or(SortValue::Missing, SortValue::Time),
            // Ids grow with time, so they sort by creation on their own.
            OrderField::CreatedAt => SortValue::Missing,
            OrderField::UpdatedAt => updated_at.map_or(SortValue::Missing, SortValue::Time),
            OrderField::PricePerKilogram => price_per_kilogram.map_or(SortValue::Missing, SortValue::Integer),
        }
    }

    /// Whether a cursor's value is one that [`ListingOrder::key`] gives.
    #[must_use]
    pub const fn gives(self, value: &SortValue) -> bool {
        match (self.field, value) {
            (OrderField::PublishedAt, SortValue::Time(_) | SortValue::Missing)
            | (OrderField::CreatedAt, SortValue::Missing)
            | (OrderField::UpdatedAt, SortValue::Time(_))
            | (OrderField::PricePerKilogram, SortValue::Integer(_) | SortValue::Missing) => true,
            (
                OrderField::PublishedAt | OrderField::CreatedAt | OrderField::UpdatedAt | OrderField::PricePerKilogram,
                SortValue::Integer(_) | SortValue::Text(_) | SortValue::Time(_) | SortValue::Missing,
            ) => false,
        }
    }
}

/// A page of listings, asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingQuery {
    /// Which.
    pub filter: ListingFilter,
    /// In which order.
    pub order: ListingOrder,
    /// From where to where.
    pub page: Page,
}

/// Which listings a reader is shown in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What is published by organizations in good standing.
    Public,
    /// Everything of these organizations.
    Of(Vec<OrganizationId>),
    /// Everything.
    Everything,
}
