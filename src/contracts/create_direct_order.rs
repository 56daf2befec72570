//! A buyer orders from a listing: stock is held, and the order is the contract that the seller signs.

use chrono::{NaiveDate, TimeDelta};
use serde::Serialize;
use serde_json::json;

use super::{
    Contract, ContractId, ContractLineId, Contracts, Line, Signature, Supplier,
    journal::Step,
    model::{
        states::ContractStatus,
        terms::{self, OrderTerms, Terms},
        wording::{Version, Wording},
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, UserId, policy::Action},
    catalog::{Listing, ListingId, Reservation, ReserveStock, model::draft::RawQuantity},
    directory::model::profile::check_place,
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        money::Currency,
        rounding::{half_even, priced},
    },
    notifications::NoticeKind,
    procurement::{self, ProcessKind, ReleaseTag, StatusOf},
};

/// What is ordered.
#[derive(Debug, Clone, Serialize)]
pub struct CreateDirectOrder {
    /// Who buys.
    pub buyer: OrganizationId,
    /// From which listing.
    pub listing: ListingId,
    /// How much, in the listing's own unit.
    pub quantity: RawQuantity,
    /// Where it is to be delivered; the buyer's own place where none is named.
    pub place: Option<String>,
    /// The last day on which it may be delivered.
    pub deliver_by: Option<NaiveDate>,
    /// Documents of the buyer that go with the order.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Orders from a listing. The order is the buyer's signature; its stock is held until the seller signs, or her time to sign
    /// is over. The seller's status is frozen as it is today.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the buyer or the listing, [`ErrorCode::Forbidden`], [`ErrorCode::InvalidValue`] where the buyer
    /// sells herself, [`ErrorCode::InsufficientStock`], [`ErrorCode::OutOfRange`] below the minimum order,
    /// [`ErrorCode::InvalidTransition`] for a listing that is not to be had, and everything that is wrong with the input.
    pub async fn create_direct_order(&self, actor: &Actor, command: CreateDirectOrder) -> Outcome<Contract> {
        let buyer = self.require_of(actor, Action::OrderDirectly, (command.buyer, "buyerId")).await?;
        let no_listing = || UserError::new(ErrorCode::NotFound, ["input", "listingId"]);
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let Some(listing) = self.knows.catalog.listing(actor, command.listing).await? else {
            // It may have been taken back since she ordered from it.
            let db = &self.services().db;
            return match idempotency::done_before(db, scope, key, "createDirectOrder", &command).await? {
                Some(id) => self.contract_again(ContractId::from_uuid(id)).await,
                None => Err(no_listing().into()),
            };
        };
        let (now, today) = (self.services().now(), self.today());
        let gazetteer = self.knows.directory.gazetteer();
        let mut wrong = Rejections::default();
        if listing.organization == command.buyer {
            let error = UserError::new(ErrorCode::InvalidValue, ["input", "buyerId"]);
            wrong.push(error.with("value", command.buyer).with("allowed", "–"));
        }
        let place = match command.place.as_deref() {
            Some(typed) => wrong
                .take(check_place(&gazetteer, typed, today, ["input", "placeCode"]))
                .map(|place| place.code.clone()),
            None => Some(buyer.place_code.clone()),
        };
        let last = crate::catalog::model::draft::DAY_MAX;
        if let Some(day) = command.deliver_by.filter(|day| *day < today || *day > last) {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "deliverBy"]).with("value", day);
            wrong.push(error.with("minimum", today).with("maximum", last));
        }
        let seller = listing.organization;
        let statuses = self.knows.procurement.statuses(&[seller], today).await?.remove(&seller).unwrap_or_default();
        let rule = terms::on(&self.knows.order_terms, today)
            .ok_or_else(|| Fault::Internal("no terms of orders hold today".to_owned()))?;

        let tx = self.services().db.begin().await?;
        let claim = match idempotency::claim(&tx, scope, key, "createDirectOrder", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.contract_again(ContractId::from_uuid(id)).await;
            }
        };
        // What is asked is judged by the clock, and so only after the key.
        wrong.finish()?;
        let hold = ReserveStock {
            listing: command.listing,
            organization: command.buyer,
            quantity: command.quantity.clone(),
            expires_at: Some(now + TimeDelta::days(rule.days_to_sign)),
            idempotency_key: None,
        };
        let (listing, reservation) = self.knows.catalog.reserve_in(&tx, actor, &hold).await.map_err(at_listing)?;
        let (contract, line) = self.ordered(rule, &listing, &reservation, (place, command.deliver_by))?;
        let id = contract.id;
        let supplier = Supplier { contract: id, organization: seller, share: 100_000 };
        let process = (ProcessKind::DirectOrder, contract.process);
        procurement::begin(&tx, self.knows.procurement.ocds_prefix(), process, command.buyer, now).await?;
        store::contracts::insert(&tx, &contract, &[supplier]).await?;
        store::lines::insert(&tx, std::slice::from_ref(&line)).await?;
        let wording = Wording::of(&contract, std::slice::from_ref(&line), contract.terms).ok_or_else(too_much)?;
        let version = Version {
            contract: id,
            version: 1,
            wording: wording.clone(),
            rationale: None,
            proposed_for: Some(command.buyer),
            proposed_at: now,
        };
        store::versions::insert(&tx, &version, actor.user_id()).await?;
        let signature = Signature {
            contract: id,
            version: 1,
            organization: command.buyer,
            signed_by: actor.user_id().map(UserId::uuid),
            signed_at: now,
        };
        store::versions::sign(&tx, &signature).await?;
        procurement::freeze(&tx, StatusOf::Award, id.uuid(), &statuses).await?;
        self.attach(&tx, command.buyer, &command.documents, (ContractId::PREFIX, id.uuid())).await?;
        self.tell(&tx, &[seller], (NoticeKind::OrderPlaced, &contract), &[]).await?;
        let step = Step {
            action: "contract.order",
            subject: (ContractId::PREFIX, id.uuid()),
            on_behalf_of: Some(command.buyer),
            before: None,
            after: json!({
                "status": contract.status,
                "buyer": contract.buyer,
                "supplier": contract.supplier,
                "listing": listing.id,
                "reservation": reservation.id,
                "wording": wording,
            }),
            tag: Some(ReleaseTag::ContractUpdate),
        };
        self.record(&tx, actor, &contract, step).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        self.contract_again(id).await
    }

    /// The contract that an order makes, and its line: so much of the listing at its price.
    fn ordered(
        &self,
        rule: &OrderTerms,
        listing: &Listing,
        reservation: &Reservation,
        (place, deliver_until): (Option<String>, Option<NaiveDate>),
    ) -> Outcome<(Contract, Line)> {
        let id = ContractId::from_uuid(self.services().ids.next_uuid());
        let (unit_price_minor, currency) = self.unit_price(listing, reservation.quantity.unit.as_str())?;
        let amount = priced(unit_price_minor, reservation.quantity.thousandths);
        let amount_minor = amount.filter(|amount| *amount > 0).ok_or_else(too_much)?;
        let line = Line {
            id: ContractLineId::from_uuid(self.services().ids.next_uuid()),
            contract: id,
            position: 0,
            request_lot: None,
            title: listing.offer.title.clone(),
            product: listing.offer.product.clone(),
            quantity: reservation.quantity.clone(),
            grams: self.knows.catalog.weight_of(listing, reservation.quantity.thousandths).filter(|grams| *grams > 0),
            unit_price_minor,
            amount_minor,
            place,
            deliver_from: None,
            deliver_until,
            accepted: 0,
            billed: 0,
        };
        let contract = Contract {
            id,
            process: id.uuid(),
            ocid: String::new(),
            award: None,
            listing: Some(listing.id),
            reservation: Some(reservation.id),
            buyer: reservation.organization,
            supplier: listing.organization,
            title: listing.offer.title.clone(),
            status: ContractStatus::Pending,
            currency,
            amount_minor,
            signed_amount_minor: amount_minor,
            terms: Terms::from(rule),
            version_in_force: 0,
            version: 1,
            signed_at: None,
            ended_at: None,
            ended_reason: None,
            created_at: self.services().now(),
        };
        Ok((contract, line))
    }

    /// What one of the unit costs that the listing counts its stock in. Where it names its price for another unit, that price is
    /// converted by what both weigh, and rounded half to even, once.
    fn unit_price(&self, listing: &Listing, unit: &str) -> Outcome<(i64, Currency)> {
        let no_price = || Fault::corrupt("listing", "it is published without a price");
        let price = listing.offer.price.as_ref().ok_or_else(no_price)?;
        let (minor, currency) = (price.money.minor, price.money.currency);
        if price.unit.as_str() == unit {
            return Ok((minor, currency));
        }
        let weight = |unit: &str| self.knows.catalog.unit_weight(listing, unit).filter(|grams| *grams > 0);
        let (Some(own), Some(priced)) = (weight(unit), weight(price.unit.as_str())) else {
            let error = UserError::new(ErrorCode::UnknownUnit, ["input", "quantity", "unit"]);
            return Err(error.with("value", unit).with("allowed", price.unit.as_str()).into());
        };
        let converted = half_even(i128::from(minor) * i128::from(own), i128::from(priced));
        Ok((i64::try_from(converted).ok().filter(|minor| *minor > 0).ok_or_else(too_much)?, currency))
    }
}

/// What so much costs does not fit, or is nothing.
fn too_much() -> Failure {
    let error = UserError::new(ErrorCode::OutOfRange, ["input", "quantity", "value"]);
    error.with("minimum", "1").with("maximum", i64::MAX).into()
}

/// What the catalogue says of a listing without a place in the input is about the listing.
fn at_listing(failure: Failure) -> Failure {
    match failure {
        Failure::Rejected(errors) => Failure::Rejected(
            errors
                .into_iter()
                .map(|error| match error.path.as_slice() {
                    [] if error.code == ErrorCode::NotFound => {
                        UserError { path: vec!["input".to_owned(), "listingId".to_owned()], ..error }
                    }
                    _ => error,
                })
                .collect(),
        ),
        Failure::Fault(_) => failure,
    }
}
