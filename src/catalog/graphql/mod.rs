//! Listings, products and units on the wire. Types wrap the room's values; nothing here decides.

pub mod filter;
pub mod input;
pub mod listing;
pub mod loader;
pub mod mutation;
pub mod product;
pub mod query;
pub mod reservation;

pub use filter::{ListingFilter, ListingOrderBy, ListingOrderField, ListingStatus};
pub use listing::{Listing, ListingConnection, Measurement};
pub use loader::{ListingsArgs, Loaders, organization_listings};
pub use mutation::CatalogMutation;
pub use product::{Product, ProductConnection};
pub use query::CatalogQuery;
pub use reservation::StockReservation;

use std::str::FromStr;

use async_graphql::{Context, Error, ID};

use super::Catalog;
use crate::{
    accounts::graphql::actor,
    kernel::{UserError, id::IdError},
};

fn catalog<'c>(ctx: &Context<'c>) -> Result<&'c Catalog, Error> {
    ctx.data()
}

/// Reads an identifier of one kind; `kind` is its prefix.
fn id<T: FromStr<Err = IdError>>(id: &ID, kind: &'static str, path: &[&str]) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, kind, path))
}
