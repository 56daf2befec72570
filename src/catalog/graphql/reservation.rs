//! Held stock on the wire.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use super::{Listing, Loaders, catalog};
use crate::{
    catalog::{listings::RESERVATIONS_LIST, model},
    connection,
    directory::{self, graphql::Organization},
    kernel::{
        graphql::{Decimal, failure},
        page::{CursorKey, PageArgs, SortValue, encode_cursor},
    },
};

/// What became of held stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::ReservationStatus")]
pub enum StockReservationStatus {
    /// It is kept for the buyer.
    Held,
    /// The buyer or the seller gave it free.
    Released,
    /// The buyer took it.
    Fulfilled,
    /// Its time ran out.
    Expired,
}

/// A quantity of a listing held for a buyer.
#[derive(Debug, Clone)]
pub struct StockReservation(pub model::Reservation);

/// A quantity of a listing that is or was held for a buyer for a while. Buyer and seller see it.
#[Object]
impl StockReservation {
    /// Identifies the reservation.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The listing it is of; null to a buyer who no longer sees the listing.
    async fn listing(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Listing>> {
        Loaders::listing(ctx, self.0.listing).await.transpose()
    }

    /// For whom it is held.
    async fn organization(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Organization>> {
        directory::graphql::Loaders::organization(ctx, self.0.organization).await
    }

    /// How much is held, in `quantityUnit`.
    fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.value())
    }

    /// The code of the unit that the listing had when it was reserved, and that `quantity` is in.
    fn quantity_unit(&self) -> &str {
        self.0.quantity.unit.as_str()
    }

    /// What became of it.
    fn status(&self) -> StockReservationStatus {
        self.0.status.into()
    }

    /// Until when it is held at the longest.
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was reserved.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it stopped being held; null while it is.
    fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }
}

connection! {
    /// A page of reservations.
    StockReservationConnection, StockReservationEdge, StockReservation
}

/// A page of the reservations of a listing, loaded together with those of its siblings.
pub(super) async fn page(
    ctx: &Context<'_>,
    listing: &model::Listing,
    args: &PageArgs,
) -> async_graphql::Result<StockReservationConnection> {
    let page = catalog(ctx)?.reservations_page(args).map_err(|error| failure(ctx, error.into()))?;
    let (slice, total) = Loaders::reservations(ctx, listing, page).await?;
    let turn = |reservation: model::Reservation| {
        let key = CursorKey { sort: SortValue::Missing, id: reservation.id.uuid() };
        (encode_cursor(RESERVATIONS_LIST, &key), StockReservation(reservation))
    };
    Ok(StockReservationConnection::new(slice, turn, total))
}
