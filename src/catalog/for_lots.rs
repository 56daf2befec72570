//! What the rooms above do to listings, within their own transactions: a recall pauses them, what is sent of a reservation or
//! contracted is sold, and an order that comes to nothing gives its stock back.

use super::{
    Catalog, Listing, ListingId, Reservation, ReservationId,
    model::{ListingAction, ReservationStatus, draft::derive},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, Principal},
    kernel::{Fault, Outcome, db::WriteTx},
};

/// A reservation with the listing that it is of, both locked.
#[derive(Debug)]
pub struct HeldStock {
    /// The listing.
    pub listing: Listing,
    /// The reservation.
    pub reservation: Reservation,
}

impl Catalog {
    /// Takes those of these listings back that are published, whoever's they are, and gives them. In the order of the ids, as
    /// nobody else locks several.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn pause_for_recall(&self, tx: &WriteTx, actor: &Actor, ids: &[ListingId]) -> Outcome<Vec<Listing>> {
        // Their sellers did not do it, and neither did who recalls.
        let service = Actor { principal: Principal::System, request: actor.request.clone() };
        let mut paused = Vec::new();
        for id in ids {
            let Some(found) = store::rows::lock(tx, *id).await? else { continue };
            let before = found.listing;
            let Ok(status) = before.status.transition(ListingAction::Pause) else { continue };
            let after = Listing { status, ..before.clone() };
            paused.push(self.change(tx, &service, &before, after, "listing.pause").await?);
        }
        Ok(paused)
    }

    /// A reservation with its listing, both locked until the transaction ends.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn held_stock(&self, tx: &WriteTx, id: ReservationId) -> Result<Option<HeldStock>, Fault> {
        let Some(listing) = store::reservations::listing_of(tx, id).await? else { return Ok(None) };
        // The listing first, as everyone who changes its stock does.
        let Some(found) = store::rows::lock(tx, listing).await? else { return Ok(None) };
        let Some(reservation) = store::reservations::lock(tx, id).await? else { return Ok(None) };
        Ok(Some(HeldStock { listing: found.listing, reservation }))
    }

    /// What was held for an order that comes to nothing goes back to the listing: its time ran out, or somebody gave the order up.
    /// Tells whether it was still held.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn give_back(&self, tx: &WriteTx, actor: &Actor, held: &HeldStock, is_overdue: bool) -> Outcome<bool> {
        let became = if is_overdue { ReservationStatus::Expired } else { ReservationStatus::Released };
        let seller = held.listing.organization;
        Ok(self.end(tx, actor, (seller, &held.reservation), became).await?.is_some())
    }

    /// What so many thousandths of a listing's own unit weigh at its place today, where that is known.
    #[must_use]
    pub fn weight_of(&self, listing: &Listing, thousandths: i64) -> Option<i64> {
        self.grams_of(listing, thousandths)
    }

    /// What one of a unit of a listing's product weighs at its place today, where that is known.
    #[must_use]
    pub fn unit_weight(&self, listing: &Listing, unit: &str) -> Option<i64> {
        let (today, gazetteer) = (self.knows.services.clock.today(), self.knows.directory.gazetteer());
        let place = listing.offer.place.as_deref();
        let around = place.map(|code| gazetteer.ancestors(code, today)).unwrap_or_default();
        let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
        Some(self.knows.taxonomy.conversion(unit, &listing.offer.product, &places, today)?.grams)
    }

    /// What a reservation held was taken by its buyer: it leaves the listing's stock. None where it was no longer held.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn fulfil(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (seller, held): (OrganizationId, &Reservation),
    ) -> Result<Option<Reservation>, Fault> {
        let Some(ended) = self.end(tx, actor, (seller, held), ReservationStatus::Fulfilled).await? else {
            return Ok(None);
        };
        let gone = || Fault::corrupt("reservation", "its listing is gone or offers nothing");
        let before = store::rows::lock(tx, held.listing).await?.ok_or_else(gone)?.listing;
        let mut offer = before.offer.clone();
        let stock = offer.quantity.as_mut().ok_or_else(gone)?;
        stock.thousandths -= held.quantity.thousandths;
        let gazetteer = self.knows.directory.gazetteer();
        let derived = derive(&offer, self.reference(&gazetteer));
        let after = Listing { offer, derived, ..before.clone() };
        self.change(tx, actor, &before, after, "listing.sell").await?;
        Ok(Some(ended))
    }
}
