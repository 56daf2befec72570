//! Which lots a listing offers.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;
use serde_json::json;

use super::{
    LotId, Recorded, Traceability, audit,
    model::lot::{Lot, LotStatus},
    recording::{Scene, Taken, path},
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    catalog::{Listing, ListingId, LotKeeper, Reservation, ReservationId, model::ReservationStatus},
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        db::WriteTx,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::DECIMALS,
    },
};

/// Lots that a listing offers at most.
const LOTS_MAX: usize = 50;

/// Which lots a listing offers.
#[derive(Debug, Clone, Serialize)]
pub struct SetListingLots {
    /// The listing.
    pub listing: ListingId,
    /// The lots, in the order in which they are to be sold; none takes all away.
    pub lots: Vec<LotId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What is sent of what was reserved.
#[derive(Debug, Clone, Serialize)]
pub struct ShipReservation {
    /// The reservation.
    pub reservation: ReservationId,
    /// When it left.
    pub occurred_at: Timestamp,
    /// From where; the seller's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Says which lots a listing offers. What buyers reserve of it is held in them, in their order.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the listing or a lot, [`ErrorCode::Forbidden`], [`ErrorCode::StockReserved`] while something of
    /// its lots is held for a buyer, what keeps a lot from being sold, [`ErrorCode::MixedProducts`] for a lot of another product.
    pub async fn set_listing_lots(&self, actor: &Actor, command: SetListingLots) -> Outcome<(Listing, Vec<Lot>)> {
        let listing = self.knows.catalog.listing(actor, command.listing).await?;
        let Some(listing) = listing else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, path(&["listingId"])).into());
        };
        policy::require(actor, Action::ManageListings, &Facts::of(listing.organization))?;
        if command.lots.len() > LOTS_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path(&["lotIds"])).with("maximum", LOTS_MAX).into());
        }
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "setListingLots", &command, now).await?;
        let before = store::listings::lock(&tx, listing.id).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok((listing, before)),
        };
        if store::listings::is_reserved(&tx, listing.id).await? {
            let grams: i64 = before.iter().map(|lot| lot.reserved).sum();
            let error = UserError::new(ErrorCode::StockReserved, path(&["listingId"]));
            return Err(error.with("reserved", format_scaled(grams, DECIMALS)).with("unit", "KGM").into());
        }
        let lots = self.offered(&tx, &listing, &command.lots).await?;
        store::listings::replace(&tx, listing.id, &command.lots).await?;
        let codes = |lots: &[Lot]| lots.iter().map(|lot| lot.code.clone()).collect::<Vec<_>>();
        let change = audit::Change {
            chain: listing.organization,
            on_behalf_of: Some(listing.organization),
            action: "listing.lots",
            subject: (ListingId::PREFIX, listing.id.uuid()),
            before: Some(json!({ "lots": codes(&before) })),
            after: json!({ "lots": codes(&lots) }),
        };
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, listing.id.uuid()).await?;
        tx.commit().await?;
        Ok((listing, lots))
    }

    /// The lots that are to be offered, locked, or everything that is wrong with them.
    async fn offered(&self, tx: &WriteTx, listing: &Listing, ids: &[LotId]) -> Outcome<Vec<Lot>> {
        let mut found: BTreeMap<LotId, Lot> = store::lots::lock(tx, ids).await?.into_iter().collect();
        let (mut wrong, mut lots) = (Rejections::default(), Vec::with_capacity(ids.len()));
        for (index, id) in ids.iter().enumerate() {
            let at = path(&["lotIds", &index.to_string()]);
            let refuse = |code, lot: &Lot| UserError::new(code, at.clone()).with("lot", &lot.code);
            let Some(lot) = found.remove(id) else {
                let code = if ids[..index].contains(id) { ErrorCode::LotTwice } else { ErrorCode::NotFound };
                wrong.push(UserError::new(code, at).with("lot", id));
                continue;
            };
            if lot.organization != listing.organization {
                wrong.push(refuse(ErrorCode::LotNotHeld, &lot));
            } else if let Err(error) = sellable(&lot, at.clone()) {
                wrong.push(error);
            } else if !self.taxonomy().lies_within(&lot.product, &listing.offer.product) {
                let error = refuse(ErrorCode::MixedProducts, &lot).with("product", &lot.product);
                wrong.push(error.with("first", &listing.offer.product));
            } else {
                lots.push(lot);
            }
        }
        wrong.finish()?;
        Ok(lots)
    }

    /// Sends what was reserved of a listing to whoever reserved it: each lot's part becomes a lot of its own and is on its way,
    /// and the listing's stock is less by what was sold.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] where the reservation is no longer held,
    /// [`ErrorCode::Required`] where the listing offers no lots, and what keeps a lot from being sent.
    pub async fn ship_reservation(&self, actor: &Actor, command: ShipReservation) -> Outcome<Vec<Recorded>> {
        actor.signed_in()?;
        let now = self.services().now();
        let not_found = || Failure::from(UserError::new(ErrorCode::NotFound, path(&["reservationId"])));
        let tx = self.services().db.begin().await?;
        let held = self.knows.catalog.held_stock(&tx, command.reservation).await?.ok_or_else(not_found)?;
        let (seller, reservation) = (held.listing.organization, held.reservation);
        let is_hers = policy::allowed(actor, Action::ViewEvents, &Facts::of(seller));
        if !is_hers && !policy::allowed(actor, Action::ViewEvents, &Facts::of(reservation.organization)) {
            return Err(not_found());
        }
        let organization = self.acting_for(actor, seller, Action::RecordEvents).await?;
        let buyer = self.receiver(actor, reservation.organization, seller).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let (at, place) =
            self.when_and_where(&gazetteer, command.occurred_at, command.place.as_deref(), &organization)?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "shipReservation", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return Ok(vec![self.recorded_again(id).await?]);
            }
        };
        if reservation.status != ReservationStatus::Held {
            let error = UserError::new(ErrorCode::InvalidTransition, path(&["reservationId"]));
            return Err(error.with("state", reservation.status.as_str()).with("action", "shipReservation").into());
        }
        let parts = store::listings::reserved(&tx, reservation.id).await?;
        let ids: Vec<LotId> = parts.iter().map(|(lot, _)| *lot).collect();
        store::lots::lock(&tx, &ids).await?;
        // Ending the reservation gives its lots free, which are taken again at once, under the same locks.
        self.knows.catalog.fulfil(&tx, actor, (seller, &reservation)).await?;
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let mut recorded = Vec::with_capacity(parts.len());
        let mut lots = store::lots::lock(&tx, &ids).await?;
        for (id, grams) in parts {
            let lot = lots.remove(&id).ok_or_else(|| Fault::corrupt("reservation", "its lot is gone"))?;
            super::recording::movable(&lot, seller, at, path(&["reservationId"]))?;
            recorded.push(self.send(&scene, Taken { lot, grams }, &buyer).await?);
        }
        let Some(first) = recorded.first() else {
            return Err(UserError::new(ErrorCode::Required, path(&["reservationId"])).into());
        };
        claim.finish(&tx, first.event.id.uuid()).await?;
        tx.commit().await?;
        Ok(recorded)
    }
}

/// Whether a lot may be offered.
fn sellable(lot: &Lot, path: Vec<String>) -> Result<(), UserError> {
    let code = match lot.status {
        LotStatus::Available if lot.holds == 0 => return Ok(()),
        LotStatus::Available => ErrorCode::LotOnHold,
        LotStatus::InTransit => ErrorCode::LotInTransit,
        LotStatus::Void => ErrorCode::LotVoid,
    };
    Err(UserError::new(code, path).with("lot", &lot.code))
}

/// Keeps the lots that listings offer, for the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct ListingLots;

#[async_trait]
impl LotKeeper for ListingLots {
    async fn publishing(&self, tx: &WriteTx, listing: &Listing) -> Outcome<()> {
        let mut wrong = Rejections::default();
        for lot in store::listings::lock(tx, listing.id).await? {
            wrong.take(sellable(&lot, path(&["listingId"])));
        }
        wrong.finish()
    }

    async fn reserved(&self, tx: &WriteTx, listing: &Listing, held: &Reservation, grams: Option<i64>) -> Outcome<()> {
        let lots = store::listings::lock(tx, listing.id).await?;
        if lots.is_empty() {
            return Ok(());
        }
        let Some(asked) = grams else {
            let error = UserError::new(ErrorCode::UnknownUnit, path(&["quantity", "unit"]));
            return Err(error.with("value", held.quantity.unit.as_str()).with("allowed", "KGM").into());
        };
        let mut missing = asked;
        let mut parts = Vec::new();
        for lot in &lots {
            let free = if sellable(lot, Vec::new()).is_ok() { lot.left - lot.reserved } else { 0 };
            let part = free.min(missing);
            if part > 0 {
                parts.push((lot.id, part));
                missing -= part;
            }
        }
        // In the order of the ids, as everybody changes lots.
        parts.sort_unstable();
        if missing > 0 || !store::listings::reserve(tx, held.id, &parts).await? {
            let error = UserError::new(ErrorCode::InsufficientStock, path(&["quantity", "value"]));
            return Err(error.with("available", format_scaled(asked - missing, DECIMALS)).with("unit", "KGM").into());
        }
        Ok(())
    }

    async fn given_free(&self, tx: &WriteTx, reservation: ReservationId) -> Result<(), Fault> {
        store::listings::give_free(tx, reservation).await
    }
}
