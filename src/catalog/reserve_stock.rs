//! Holding some of a listing for a buyer.

use serde::Serialize;
use serde_json::json;

use super::{
    Catalog,
    access::Entry,
    model::{
        Listing, ListingAction, ListingId, Reservation, ReservationId, ReservationStatus, ShownStatus,
        draft::RawQuantity, reservation::held_until, unit::grams,
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        db::WriteTx,
        decimal::{format_scaled, parse_scaled},
        idempotency::{self, Claimed},
        outbox::{self, Topic},
        quantity::{DECIMALS, Quantity, UnitCode},
    },
};

/// How much of what is held for whom, and until when.
#[derive(Debug, Clone, Serialize)]
pub struct ReserveStock {
    /// Of which listing.
    pub listing: ListingId,
    /// For whom.
    pub organization: OrganizationId,
    /// How much, in the listing's own unit.
    pub quantity: RawQuantity,
    /// Until when; two days where nothing is said, two weeks at most.
    pub expires_at: Option<Timestamp>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Holds a quantity of a published listing for the buyer until it is released or its time runs out.
    ///
    /// # Errors
    /// [`ErrorCode::InsufficientStock`] when less is left, [`ErrorCode::OutOfRange`] below the minimum order or beyond
    /// two weeks, [`ErrorCode::InvalidTransition`] for a listing that is not to be had, `NotFound`, `Forbidden`.
    pub async fn reserve_stock(&self, actor: &Actor, command: ReserveStock) -> Outcome<Reservation> {
        policy::require(actor, Action::ReserveStock, &Facts::of(command.organization))?;
        actor.signed_in()?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "reserveStock", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let found = store::reservations::lock(&tx, ReservationId::from_uuid(id)).await?;
                tx.commit().await?;
                return found.ok_or_else(|| Fault::corrupt("idempotency record", "its reservation is gone").into());
            }
        };
        // What is asked is judged by the clock, and so only after the key: a write that was done is told as done, whenever
        // it is sent again.
        let (_, reservation) = self.reserve_in(&tx, actor, &command).await?;
        claim.finish(&tx, reservation.id.uuid()).await?;
        tx.commit().await?;
        Ok(reservation)
    }

    /// The same within a transaction of a room above, for whoever it found to be allowed: a contract is made in the transaction in
    /// which what it is about is held. Gives the listing as it was, locked.
    ///
    /// # Errors
    /// As [`Self::reserve_stock`].
    pub async fn reserve_in(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        command: &ReserveStock,
    ) -> Outcome<(Listing, Reservation)> {
        let user = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let mut rejections = Rejections::default();
        let expires_at = rejections.take(held_until(command.expires_at, now));
        let quantity = rejections.take(thousandths(&command.quantity));
        rejections.finish()?;
        let (Some(expires_at), Some(quantity)) = (expires_at, quantity) else {
            return Err(Failure::code(ErrorCode::Required));
        };
        let listing = self.visible_for_update(tx, actor, command.listing).await?;
        let unit = self.check_reservation(&listing, quantity, &command.quantity.unit)?;
        if !store::rows::take_stock(tx, listing.id, quantity).await? {
            return Err(insufficient(&listing).into());
        }
        let reservation = Reservation {
            id: ReservationId::from_uuid(self.knows.services.ids.next_uuid()),
            listing: listing.id,
            organization: command.organization,
            quantity: Quantity { thousandths: quantity, unit: unit.clone() },
            status: ReservationStatus::Held,
            expires_at,
            created_by: user,
            created_at: now,
            ended_at: None,
        };
        store::reservations::insert(tx, &reservation).await?;
        let grams = self.grams_of(&listing, quantity);
        self.knows.lots.reserved(tx, &listing, &reservation, grams).await?;
        let entry = Entry {
            chain: listing.organization,
            on_behalf_of: command.organization,
            action: "stock.reserve",
            subject: (ReservationId::PREFIX, reservation.id.uuid()),
            before: None,
            after: Some(json!({
                "listing": listing.id,
                "organization": command.organization,
                "quantity": format_scaled(quantity, DECIMALS),
                "unit": unit.as_str(),
                "expiresAt": expires_at,
            })),
        };
        self.audit(tx, actor, entry).await?;
        outbox::append(tx, Topic::Listing, listing.id.uuid(), now);
        Ok((listing, reservation))
    }

    /// What so much of a listing weighs, in its own unit at its own place today.
    pub(super) fn grams_of(&self, listing: &Listing, thousandths: i64) -> Option<i64> {
        let unit = listing.offer.quantity.as_ref()?.unit.as_str();
        grams(thousandths, self.unit_weight(listing, unit)?)
    }

    /// Goes on if so much of the listing may be held, and gives the unit that it is held in.
    fn check_reservation(&self, listing: &Listing, quantity: i64, unit: &str) -> Outcome<UnitCode> {
        listing.status.transition(ListingAction::Reserve)?;
        let shown = listing.shown_status(self.knows.services.clock.today());
        if shown == ShownStatus::Expired {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "listingId"]);
            return Err(error.with("state", "EXPIRED").with("action", ListingAction::Reserve.as_str()).into());
        }
        let own = listing.offer.quantity.as_ref().map_or_else(|| UnitCode::new(""), |quantity| quantity.unit.clone());
        if self.knows.taxonomy.locate_unit(unit).is_none_or(|unit| unit.code != own.as_str()) {
            let error = UserError::new(ErrorCode::UnknownUnit, ["input", "quantity", "unit"]);
            return Err(error.with("value", crate::kernel::error::excerpt(unit)).with("allowed", own.as_str()).into());
        }
        let left = listing.available().map_or(0, |available| available.thousandths);
        if quantity > left {
            return Err(insufficient(listing).into());
        }
        // The last of it may be less than the least order.
        match listing.offer.minimum_order {
            Some(minimum) if quantity < minimum.min(left) => {
                let bound = |value| format_scaled(value, DECIMALS);
                let error = UserError::new(ErrorCode::OutOfRange, ["input", "quantity", "value"]);
                Err(error.with("minimum", bound(minimum.min(left))).with("maximum", bound(left)).into())
            }
            Some(_) | None => Ok(own),
        }
    }
}

fn thousandths(quantity: &RawQuantity) -> Result<i64, UserError> {
    let path = ["input", "quantity", "value"];
    let value = parse_scaled(quantity.value.trim(), DECIMALS)
        .map_err(|error| UserError::from_decimal(error, &quantity.value, path))?;
    let maximum = super::model::draft::QUANTITY_THOUSANDTHS_MAX;
    if (1..=maximum).contains(&value) {
        return Ok(value);
    }
    let bound = |value| format_scaled(value, DECIMALS);
    Err(UserError::new(ErrorCode::OutOfRange, path).with("minimum", bound(1)).with("maximum", bound(maximum)))
}

fn insufficient(listing: &Listing) -> UserError {
    let available = listing.available();
    UserError::new(ErrorCode::InsufficientStock, ["input", "quantity", "value"])
        .with("available", available.as_ref().map_or_else(|| "0".to_owned(), |left| left.value()))
        .with("unit", available.as_ref().map_or("", |left| left.unit.as_str()))
}
