use std::{collections::HashSet, sync::LazyLock};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::procurement::model::{
    draft::{RawCriterion, RawLot, RawMeasure, RequestPatch},
    request::example,
};

struct Books {
    taxonomy: Taxonomy,
    gazetteer: Gazetteer,
    schemes: Schemes,
    rules: Rules,
}

static BOOKS: LazyLock<Books> = LazyLock::new(|| Books {
    taxonomy: Taxonomy::embedded().unwrap(),
    gazetteer: Gazetteer::embedded().unwrap(),
    schemes: Schemes::embedded().unwrap(),
    rules: Rules::embedded().unwrap(),
});

fn reference(now: Timestamp) -> Reference<'static> {
    Reference {
        taxonomy: &BOOKS.taxonomy,
        gazetteer: &BOOKS.gazetteer,
        schemes: &BOOKS.schemes,
        rules: &BOOKS.rules,
        now,
    }
}

fn lot_id(number: u128) -> RequestLotId {
    RequestLotId::from_uuid(Uuid::from_u128(number))
}

fn lot(id: Option<RequestLotId>, quantity: &str) -> RawLot {
    RawLot {
        id,
        title: None,
        product_code: "shea-butter".to_owned(),
        quantity: quantity.to_owned(),
        unit: "KGM".to_owned(),
        place_code: None,
        delivery_from: None,
        delivery_until: None,
        required_schemes: Vec::new(),
        quality: Vec::new(),
        estimated: None,
    }
}

fn criterion(kind: CriterionKind, weight: &str) -> RawCriterion {
    RawCriterion { name: kind.as_str().to_owned(), kind, weight: weight.to_owned() }
}

fn measure(kind: MeasureKind, lot_position: Option<i64>) -> RawMeasure {
    let percent = match kind {
        MeasureKind::MarginOfPreference | MeasureKind::Target => Some("10".to_owned()),
        MeasureKind::ReservedParticipation | MeasureKind::AwardCriterion | MeasureKind::LotSizing => None,
    };
    RawMeasure {
        kind,
        lot_position,
        lot: None,
        definition: Definition::UnWomenOwned,
        at_least_evidence: EvidenceLevel::DocumentVerified,
        percent,
        source: None,
    }
}

/// A request that everything accepts: as [`example`], with two lots.
fn sound() -> RawRequest {
    let request = example();
    RawRequest {
        title: request.title.clone(),
        description: None,
        language: Locale::Fr,
        method: Method::Open,
        method_rationale: None,
        currency: "XOF".to_owned(),
        lots: vec![lot(Some(lot_id(1)), "500"), lot(Some(lot_id(2)), "200")],
        criteria: vec![criterion(CriterionKind::Price, "70"), criterion(CriterionKind::Quality, "30")],
        measures: Vec::new(),
        enquiry_deadline: None,
        bid_deadline: request.bid_deadline,
        standstill_days: None,
        minimum_evaluators: None,
        budget: None,
        terms: RawTerms::default(),
        invited: Vec::new(),
        documents: Vec::new(),
    }
}

const KNOWN: fn() -> [RequestLotId; 2] = || [lot_id(1), lot_id(2)];

fn check_draft(raw: &RawRequest) -> Outcome<CheckedRequest> {
    let now = example().published_at.unwrap();
    check(raw, Stage::Draft(&KNOWN()), reference(now))
}

/// The codes and paths of what is wrong.
fn wrong(outcome: Outcome<CheckedRequest>) -> Vec<(ErrorCode, String)> {
    match outcome {
        Err(crate::kernel::Failure::Rejected(errors)) => {
            errors.into_iter().map(|error| (error.code, error.path.join("."))).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_said_is_what_the_rules_say() {
    let checked = check_draft(&sound()).unwrap();
    assert_eq!((checked.standstill_days, checked.minimum_evaluators), (15, 1));
    assert_eq!((checked.terms.payment_days, checked.terms.over_delivery_limit), (60, 5_000));
    assert_eq!((checked.lots[0].title.as_str(), checked.lots[0].grams), ("Beurre de karité", Some(500_000)));
}

#[test]
fn weights_are_whole_to_the_thousandth() {
    for (price, quality) in [("69.9", "30"), ("70.001", "30"), ("70", "29.999")] {
        let mut raw = sound();
        raw.criteria = vec![criterion(CriterionKind::Price, price), criterion(CriterionKind::Quality, quality)];
        assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::WeightsNotWhole, "input.criteria".to_owned())]);
    }
    let mut raw = sound();
    raw.criteria = vec![criterion(CriterionKind::Price, "66.667"), criterion(CriterionKind::Quality, "33.333")];
    assert!(check_draft(&raw).is_ok());
}

#[test]
fn the_price_counts_once_except_where_one_is_asked_directly() {
    let mut raw = sound();
    raw.criteria = vec![criterion(CriterionKind::Quality, "100")];
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.criteria".to_owned())]);
    raw.criteria = vec![criterion(CriterionKind::Price, "50"), criterion(CriterionKind::Price, "50")];
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.criteria".to_owned())]);
    raw.criteria = vec![criterion(CriterionKind::Quality, "100")];
    raw.method = Method::Direct;
    raw.method_rationale = Some("Une seule coopérative produit ce beurre.".to_owned());
    raw.invited = vec![OrganizationId::from_uuid(Uuid::from_u128(9))];
    assert!(check_draft(&raw).is_ok());
    raw.invited.push(OrganizationId::from_uuid(Uuid::from_u128(10)));
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::TooLong, "input.invitedOrganizationIds".to_owned())]);
}

#[test]
fn the_criterion_for_women_and_its_measure_go_together() {
    let criteria = || vec![criterion(CriterionKind::Price, "90"), criterion(CriterionKind::WomenStatus, "10")];
    let mut raw = sound();
    raw.criteria = criteria();
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.genderMeasures".to_owned())]);
    raw.measures = vec![measure(MeasureKind::AwardCriterion, None)];
    assert!(check_draft(&raw).is_ok());
    raw.measures = vec![measure(MeasureKind::AwardCriterion, Some(0))];
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.genderMeasures.0.kind".to_owned())]);
    let mut raw = sound();
    raw.measures = vec![measure(MeasureKind::AwardCriterion, None)];
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.criteria".to_owned())]);
}

#[test]
fn a_lot_is_reserved_or_preferred_by_one_measure() {
    let mut raw = sound();
    raw.measures = vec![
        measure(MeasureKind::ReservedParticipation, Some(0)),
        measure(MeasureKind::MarginOfPreference, Some(1)),
        measure(MeasureKind::Target, None),
    ];
    assert!(check_draft(&raw).is_ok());
    raw.measures.push(measure(MeasureKind::MarginOfPreference, None));
    assert_eq!(wrong(check_draft(&raw)), [(ErrorCode::Inconsistent, "input.genderMeasures.3".to_owned())]);
}

#[test]
fn an_amendment_near_the_deadline_moves_it_and_none_brings_it_nearer() {
    let before = example();
    let amended = |raw: &RawRequest, hours: i64| {
        let now = before.bid_deadline - TimeDelta::hours(hours);
        check(raw, Stage::Published(&before, &KNOWN()), reference(now)).map(|checked| checked.bid_deadline)
    };
    assert_eq!(amended(&sound(), 72).unwrap(), before.bid_deadline);
    assert_eq!(amended(&sound(), 71).unwrap(), before.bid_deadline + TimeDelta::hours(1));
    let mut raw = sound();
    raw.bid_deadline -= TimeDelta::seconds(1);
    assert!(amended(&raw, 400).is_err());
}

/// Texts that weights are made of.
fn weights() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        (1_i64..100).prop_map(|first| vec![first.to_string(), (100 - first).to_string()]),
        prop::collection::vec((0_i64..120_000).prop_map(|thousandths| format_scaled(thousandths, 3)), 0..4),
    ]
}

fn patch() -> impl Strategy<Value = RequestPatch> {
    let id = prop::option::of((1_u128..4).prop_map(lot_id));
    let lots = prop::collection::vec((id, -1_i64..1_000), 0..4)
        .prop_map(|lots| lots.into_iter().map(|(id, quantity)| lot(id, &quantity.to_string())).collect::<Vec<_>>());
    let measures = prop::collection::vec((prop::sample::select(MeasureKind::ALL), prop::option::of(0_i64..3)), 0..3)
        .prop_map(|each| each.into_iter().map(|(kind, lot)| measure(kind, lot)).collect::<Vec<_>>());
    let criteria = weights().prop_map(|weights| {
        let kinds = [CriterionKind::Price, CriterionKind::Quality, CriterionKind::WomenStatus].into_iter().cycle();
        weights.iter().zip(kinds).map(|(weight, kind)| criterion(kind, weight)).collect::<Vec<_>>()
    });
    let days = prop::option::of(-3_i64..40);
    let each = (prop::option::of(lots), prop::option::of(criteria), prop::option::of(measures), days);
    each.prop_map(|(lots, criteria, measures, days)| RequestPatch {
        lots,
        criteria,
        measures,
        bid_deadline: days.map(|days| example().bid_deadline + TimeDelta::days(days)),
        ..RequestPatch::default()
    })
}

proptest! {
    #[test]
    fn whatever_is_accepted_of_an_amendment_keeps_what_holds_of_a_request(
        patch in patch(),
        hours in 1_i64..700,
    ) {
        let before = example();
        let now = before.bid_deadline - TimeDelta::hours(hours);
        let raw = patch.over(sound());
        let Ok(checked) = check(&raw, Stage::Published(&before, &KNOWN()), reference(now)) else { return Ok(()) };

        prop_assert_eq!(checked.criteria.iter().map(|criterion| criterion.weight).sum::<i64>(), 100_000);
        prop_assert!(!checked.lots.is_empty() && checked.lots.iter().all(|lot| lot.quantity.thousandths > 0));
        let kept: Vec<RequestLotId> = checked.lots.iter().filter_map(|lot| lot.id).collect();
        prop_assert_eq!(kept.iter().collect::<HashSet<_>>().len(), kept.len());
        prop_assert!(kept.iter().all(|id| KNOWN().contains(id)));
        prop_assert!(checked.measures.iter().all(|measure| measure.lot.is_none_or(|lot| lot < checked.lots.len())));
        prop_assert!(checked.bid_deadline >= before.bid_deadline);
        prop_assert!(checked.bid_deadline - now >= TimeDelta::hours(72));
        let of = |kind| checked.criteria.iter().filter(|criterion| criterion.kind == kind).count();
        let criterion_measures =
            checked.measures.iter().filter(|measure| measure.kind == MeasureKind::AwardCriterion).count();
        prop_assert_eq!(of(CriterionKind::Price), 1);
        prop_assert_eq!(of(CriterionKind::WomenStatus), criterion_measures);
    }
}
