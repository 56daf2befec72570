//! What the lots behind listings have to say.
//!
//! Lots are the traceability room's, which stands above this one; so it says what it has to say through [`LotKeeper`], within
//! this room's own transactions.

use std::fmt::Debug;

use async_trait::async_trait;

use super::model::{Listing, Reservation, ReservationId};
use crate::kernel::{Fault, Outcome, db::WriteTx};

/// Keeps the lots that listings offer.
#[async_trait]
pub trait LotKeeper: Debug + Send + Sync {
    /// A listing is about to be published: whether its lots may be sold.
    async fn publishing(&self, tx: &WriteTx, listing: &Listing) -> Outcome<()>;

    /// So many grams of a listing were reserved: holds them in its lots, if it offers any. No grams are known where the unit has
    /// no weight.
    async fn reserved(&self, tx: &WriteTx, listing: &Listing, held: &Reservation, grams: Option<i64>) -> Outcome<()>;

    /// A reservation ended: gives free what it held of lots.
    async fn given_free(&self, tx: &WriteTx, reservation: ReservationId) -> Result<(), Fault>;
}

/// Nobody keeps lots: for what only reads the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct NoLots;

#[async_trait]
impl LotKeeper for NoLots {
    async fn publishing(&self, _: &WriteTx, _: &Listing) -> Outcome<()> {
        Ok(())
    }

    async fn reserved(&self, _: &WriteTx, _: &Listing, _: &Reservation, _: Option<i64>) -> Outcome<()> {
        Ok(())
    }

    async fn given_free(&self, _: &WriteTx, _: ReservationId) -> Result<(), Fault> {
        Ok(())
    }
}
