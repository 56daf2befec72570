//! Changing what a listing offers.

use serde::Serialize;

use super::{
    Catalog,
    create_listing::{NEW_QUANTITY_MIN, both},
    model::{
        Listing, ListingAction, ListingId, ListingStatus,
        draft::{self, CheckedOffer},
        listing::Offer,
        patch::OfferPatch,
    },
};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        change::Change,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::DECIMALS,
    },
};

/// Which listing, and what about it.
#[derive(Debug, Clone, Serialize)]
pub struct UpdateListing {
    /// The listing.
    pub listing: ListingId,
    /// The changes.
    pub patch: OfferPatch,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Changes the named fields and checks the offer as a whole; a published listing stays fit to be published, and what
    /// is held for buyers stays theirs.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`],
    /// [`ErrorCode::InvalidTransition`] for an archived one, and everything that is wrong with the input.
    pub async fn update_listing(&self, actor: &Actor, command: UpdateListing) -> Outcome<Listing> {
        let gazetteer = self.knows.directory.gazetteer();
        // Before a place in line to write is taken.
        actor.signed_in()?;
        let tx = self.knows.services.db.begin().await?;
        let before = self.listing_to_change(&tx, actor, command.listing).await?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let claim =
            match idempotency::claim(&tx, scope, key, "updateListing", &command, self.knows.services.now()).await? {
                Claimed::New(claim) => claim,
                Claimed::Before(id) => return self.replayed(tx, id).await,
            };
        before.expect_version(command.expected_version)?;
        before.status.transition(ListingAction::Update)?;
        let keeps_minimum_order = command.patch.minimum_order == Change::Keep;
        let raw = command.patch.apply(&before.offer, &self.knows.taxonomy);
        let checked = draft::check(&raw, self.reference(&gazetteer), &["input"], quantity_min(&before))?;
        let sound = check_change(&before, &checked, &["input"]);
        let meant = if keeps_minimum_order { check_minimum_order(&before, &checked) } else { Ok(()) };
        both(sound, meant)?;
        let after = Listing { offer: checked.offer, derived: checked.derived, ..before.clone() };
        let after = self.change(&tx, actor, &before, after, "listing.update").await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// A least order that is kept is of the unit it was said in: ten sacks are no ten kilograms.
fn check_minimum_order(before: &Listing, checked: &CheckedOffer) -> Outcome<()> {
    let unit = |offer: &Offer| offer.quantity.as_ref().map(|quantity| quantity.unit.clone());
    let (was, is) = (unit(&before.offer), unit(&checked.offer));
    if before.offer.minimum_order.is_some() && was.is_some() && is.is_some() && was != is {
        return Err(UserError::new(ErrorCode::Required, ["input", "minimumOrder"]).into());
    }
    Ok(())
}

/// What sold may stand at nothing; what was never offered may not.
pub(super) fn quantity_min(before: &Listing) -> i64 {
    if before.published_at.is_some() { 0 } else { NEW_QUANTITY_MIN }
}

/// What a change of this listing in particular may not do, with `path` before each field's name.
///
/// # Errors
/// All of it, at once.
pub(super) fn check_change(before: &Listing, checked: &CheckedOffer, path: &[&str]) -> Outcome<()> {
    let at = |fields: &[&str]| path.iter().chain(fields).map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut rejections = Rejections::default();
    let offer = &checked.offer;
    if before.published_at.is_some() && offer.product != before.offer.product {
        let error = UserError::new(ErrorCode::InvalidTransition, at(&["productCode"]));
        rejections.push(error.with("state", before.status).with("action", ListingAction::Update.as_str()));
    }
    if before.status == ListingStatus::Published {
        let needed = [
            (offer.price.is_some(), "price"),
            (offer.quantity.is_some(), "quantity"),
            (offer.place.is_some(), "placeCode"),
        ];
        for (_, field) in needed.into_iter().filter(|(there, _)| !there) {
            rejections.push(UserError::new(ErrorCode::MissingForPublication, at(&[field])));
        }
    }
    if before.reserved > 0 {
        let unit = before.offer.quantity.as_ref().map(|quantity| &quantity.unit);
        let enough = offer
            .quantity
            .as_ref()
            .is_some_and(|quantity| quantity.thousandths >= before.reserved && Some(&quantity.unit) == unit);
        if !enough {
            let error = UserError::new(ErrorCode::StockReserved, at(&["quantity"]));
            let error = error.with("reserved", format_scaled(before.reserved, DECIMALS));
            rejections.push(error.with("unit", unit.map_or("", |unit| unit.as_str())));
        }
    }
    rejections.finish()
}
