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

use async_graphql::{Context, Error};

use super::Catalog;
use crate::accounts::graphql::actor;

fn catalog<'c>(ctx: &Context<'c>) -> Result<&'c Catalog, Error> {
    ctx.data()
}
