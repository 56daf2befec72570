//! Giving held stock free.

use serde::Serialize;
use serde_json::json;

use super::{
    Catalog,
    access::Entry,
    model::{Reservation, ReservationId, ReservationStatus},
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts, allowed},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
    },
};

/// Which reservation.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseReservation {
    /// The reservation.
    pub reservation: ReservationId,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Gives held stock free before its time: the buyer who no longer wants it, or the seller.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] to whoever belongs to neither, `Forbidden` to members who may not manage stock, and
    /// [`ErrorCode::InvalidTransition`] when it is no longer held.
    pub async fn release_reservation(&self, actor: &Actor, command: ReleaseReservation) -> Outcome<Reservation> {
        actor.signed_in()?;
        let tx = self.knows.services.db.begin().await?;
        let not_found = || Failure::code(ErrorCode::NotFound);
        let listing = store::reservations::listing_of(&tx, command.reservation).await?.ok_or_else(not_found)?;
        // The listing first, as everyone who changes its stock does; so nobody waits for each other in a circle.
        let seller = store::rows::lock(&tx, listing).await?.ok_or_else(not_found)?.listing.organization;
        let held = store::reservations::lock(&tx, command.reservation).await?.ok_or_else(not_found)?;
        let seen = allowed(actor, Action::ViewUnpublishedListings, &Facts::of(seller))
            || allowed(actor, Action::ViewUnpublishedListings, &Facts::of(held.organization));
        if !seen {
            return Err(not_found());
        }
        if !allowed(actor, Action::ManageListings, &Facts::of(seller)) {
            policy::require(actor, Action::ReserveStock, &Facts::of(held.organization))?;
        }
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "releaseReservation", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => {
                tx.commit().await?;
                return Ok(held);
            }
        };
        let Some(released) = self.end(&tx, actor, (seller, &held), ReservationStatus::Released).await? else {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "reservationId"]);
            return Err(error.with("state", held.status.as_str()).with("action", "RELEASE").into());
        };
        claim.finish(&tx, released.id.uuid()).await?;
        tx.commit().await?;
        Ok(released)
    }

    /// Ends a reservation that is held and gives its stock back; none when it was no longer held.
    pub(super) async fn end(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (seller, held): (crate::accounts::OrganizationId, &Reservation),
        status: ReservationStatus,
    ) -> Result<Option<Reservation>, Fault> {
        let now = self.knows.services.now();
        if !store::reservations::end(tx, held.id, status, now).await? {
            return Ok(None);
        }
        store::rows::return_stock(tx, held.listing, held.quantity.thousandths).await?;
        self.knows.lots.given_free(tx, held.id).await?;
        let entry = Entry {
            chain: seller,
            on_behalf_of: held.organization,
            action: match status {
                ReservationStatus::Expired => "stock.expire",
                ReservationStatus::Fulfilled => "stock.fulfil",
                ReservationStatus::Held | ReservationStatus::Released => "stock.release",
            },
            subject: (ReservationId::PREFIX, held.id.uuid()),
            before: Some(json!({ "status": held.status.as_str() })),
            after: Some(json!({ "status": status.as_str() })),
        };
        self.audit(tx, actor, entry).await?;
        outbox::announce(tx, Topic::Listing, held.listing.uuid(), now);
        Ok(Some(Reservation { status, ended_at: Some(now), ..held.clone() }))
    }
}
