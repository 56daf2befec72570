//! Every rule of an offer, kept and broken.

use uuid::Uuid;

use super::*;
use crate::{
    directory::model::ownership::{Definition, OwnershipStatus},
    kernel::{
        Failure,
        money::{Currency, Money},
        quantity::{Quantity, UnitCode},
    },
    procurement::model::{
        ids::MeasureId,
        offer::LotDraft,
        request::{Criterion, CriterionKind, RequestLot, example},
    },
};

const BID: BidId = BidId::from_uuid(Uuid::from_u128(90));

fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

fn lot_id(number: u128) -> RequestLotId {
    RequestLotId::from_uuid(Uuid::from_u128(number))
}

fn whole() -> WholeRequest {
    let request = example();
    let lot = |number: u128, status| RequestLot {
        id: lot_id(number),
        request: request.id,
        position: i64::try_from(number).unwrap(),
        title: format!("Lot {number}"),
        status,
        product: "shea-butter".to_owned(),
        quantity: Quantity { thousandths: 10_000, unit: UnitCode::new("KGM") },
        grams: Some(10_000),
        place: None,
        delivery_from: None,
        delivery_until: None,
        required_schemes: Vec::new(),
        quality: Vec::new(),
        estimated_minor: None,
    };
    let lots = vec![
        lot(20, RequestLotStatus::Active),
        lot(21, RequestLotStatus::Active),
        lot(22, RequestLotStatus::Cancelled),
    ];
    let criterion = Criterion {
        id: CriterionId::from_uuid(Uuid::from_u128(30)),
        name: "Qualité".to_owned(),
        kind: CriterionKind::Quality,
        weight: WHOLE,
    };
    WholeRequest { request, lots, criteria: vec![criterion], measures: Vec::new() }
}

fn draft() -> OfferDraft {
    OfferDraft {
        request: whole().request.id,
        bidder: organization(10),
        partners: Vec::new(),
        lots: vec![LotDraft { lot: lot_id(20), unit_price: Money::xof(1_250), quantity: 10_000 }],
        answers: Vec::new(),
        documents: Vec::new(),
    }
}

/// What is told of a draft with a change: code and path.
fn told(change: impl FnOnce(&mut OfferDraft)) -> Vec<(&'static str, String)> {
    let mut changed = draft();
    change(&mut changed);
    let mut refused = Rejections::default();
    let offer = check(&changed, &whole(), BID, &mut refused);
    match refused.finish() {
        Ok(()) => {
            assert!(offer.is_some());
            Vec::new()
        }
        Err(Failure::Rejected(errors)) => {
            assert!(offer.is_none());
            errors.iter().map(|error| (error.code.wire(), error.path.join("."))).collect()
        }
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

fn one(code: &'static str, path: &str) -> Vec<(&'static str, String)> {
    vec![(code, path.to_owned())]
}

#[test]
fn an_offer_of_part_of_a_lot_is_computed_and_one_beyond_it_refused() {
    let mut refused = Rejections::default();
    let mut part = draft();
    part.lots[0].quantity = 2_500;
    let offer = check(&part, &whole(), BID, &mut refused).unwrap();
    assert_eq!(offer.lots, [(lot_id(20), 1_250, 2_500, 3_125)]);
    assert_eq!((offer.amount_minor(), offer.partners), (Some(3_125), vec![(organization(10), WHOLE)]));

    assert_eq!(told(|draft| draft.lots[0].quantity = 10_001), one("OUT_OF_RANGE", "input.lots.0.quantity"));
    let nothing = told(|draft| draft.lots[0].quantity = 0);
    assert_eq!(nothing[0], ("OUT_OF_RANGE", "input.lots.0.quantity".to_owned()));
}

#[test]
fn prices_are_above_nothing_and_in_the_currency_of_the_request() {
    for minor in [0, -1] {
        let told = told(|draft| draft.lots[0].unit_price.minor = minor);
        assert_eq!(told[0], ("OUT_OF_RANGE", "input.lots.0.unitPrice.amount".to_owned()));
    }
    let euros = |draft: &mut OfferDraft| draft.lots[0].unit_price.currency = Currency::EUR;
    assert_eq!(told(euros), one("MIXED_CURRENCIES", "input.lots.0.unitPrice.currency"));
    let much = |draft: &mut OfferDraft| draft.lots[0].unit_price.minor = i64::MAX;
    assert_eq!(told(much)[0], ("OUT_OF_RANGE", "input.lots.0".to_owned()));
}

#[test]
fn lots_are_of_the_request_active_and_named_once() {
    assert_eq!(told(|draft| draft.lots.clear()), one("REQUIRED", "input.lots"));
    assert_eq!(told(|draft| draft.lots[0].lot = lot_id(99)), one("NOT_FOUND", "input.lots.0.requestLotId"));
    assert_eq!(told(|draft| draft.lots[0].lot = lot_id(22)), one("INVALID_TRANSITION", "input.lots.0.requestLotId"));
    let twice = |draft: &mut OfferDraft| draft.lots.push(draft.lots[0].clone());
    assert_eq!(told(twice), one("LOT_TWICE", "input.lots.1.requestLotId"));
}

#[test]
fn shares_are_one_hundred_percent_together() {
    let shares = |shares: &'static [(u128, i64)]| {
        told(|draft| draft.partners = shares.iter().map(|(id, share)| (organization(*id), *share)).collect())
    };
    assert_eq!(shares(&[(10, 60_000), (11, 40_000)]), []);
    assert_eq!(shares(&[(11, 40_000)]), [], "what is left is the bidder's");
    assert_eq!(shares(&[(10, 60_000), (11, 41_000)]), one("SHARES_NOT_WHOLE", "input.partners"));
    assert_eq!(shares(&[(10, 60_000), (11, 39_999)]), one("SHARES_NOT_WHOLE", "input.partners"));
    assert_eq!(shares(&[(11, 60_000), (12, 40_000)]), one("SHARES_NOT_WHOLE", "input.partners"));
    assert_eq!(shares(&[(11, 101_000)])[0], ("OUT_OF_RANGE", "input.partners.0.sharePercent".to_owned()));
    let twice = shares(&[(10, 20_000), (11, 40_000), (11, 40_000)]);
    assert_eq!(twice, one("INCONSISTENT", "input.partners.2.organizationId"));
    assert_eq!(shares(&[(2, 40_000)]), one("CONFLICT_OF_INTEREST", "input.partners.0.organizationId"));
}

#[test]
fn the_buyer_does_not_bid_and_all_that_is_wrong_is_told_at_once() {
    let all = told(|draft| {
        draft.bidder = organization(2);
        draft.lots[0].quantity = 0;
        draft.answers = vec![(CriterionId::from_uuid(Uuid::from_u128(31)), "x".to_owned())];
    });
    let codes: Vec<&str> = all.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["CONFLICT_OF_INTEREST", "OUT_OF_RANGE", "OUT_OF_RANGE", "NOT_FOUND"]);
}

fn status(number: u128, status: OwnershipStatus, level: EvidenceLevel) -> FrozenStatus {
    FrozenStatus {
        organization: organization(number),
        definition: Definition::UnWomenOwned,
        status,
        level: Some(level),
        evidence_until: None,
        assessed_on: "2026-11-02".parse().unwrap(),
    }
}

#[test]
fn a_reserved_lot_is_for_a_bidder_who_satisfies_it_and_holds_more_than_half_with_partners_who_do() {
    let measure = GenderMeasure {
        id: MeasureId::from_uuid(Uuid::from_u128(40)),
        lot: Some(lot_id(20)),
        kind: MeasureKind::ReservedParticipation,
        definition: Definition::UnWomenOwned,
        at_least_evidence: EvidenceLevel::DocumentVerified,
        percent: None,
        source: None,
    };
    let statuses = [
        status(10, OwnershipStatus::Yes, EvidenceLevel::DocumentVerified),
        status(11, OwnershipStatus::Yes, EvidenceLevel::SelfDeclared),
        status(12, OwnershipStatus::No, EvidenceLevel::DocumentVerified),
        status(13, OwnershipStatus::Yes, EvidenceLevel::ThirdPartyCertified),
    ];
    let refused = |bidder: u128, shares: &[(u128, i64)]| {
        let mut draft = draft();
        draft.bidder = organization(bidder);
        draft.partners = shares.iter().map(|(id, share)| (organization(*id), *share)).collect();
        let offer = check(&draft, &whole(), BID, &mut Rejections::default()).unwrap();
        unsatisfied(&offer, std::slice::from_ref(&measure), &statuses).len() == 1
    };
    assert!(!refused(10, &[]));
    assert!(refused(11, &[]), "she says so herself, and nobody looked at it");
    assert!(refused(12, &[]));
    assert!(!refused(10, &[(12, 49_999)]));
    assert!(refused(10, &[(12, 50_000)]), "half is not more than half");
    assert!(!refused(10, &[(12, 40_000), (13, 30_000)]));
    assert!(refused(12, &[(13, 60_000)]), "whoever leads satisfies it herself");
}
