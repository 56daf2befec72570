use chrono::{TimeDelta, TimeZone as _, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus},
    procurement::model::ids::MeasureId,
};

const LOT: RequestLotId = RequestLotId::from_uuid(Uuid::from_u128(1));
const DEFINITION: Definition = Definition::WomensCooperative;
const QUANTITY: i64 = 10_000_000;

fn criterion(number: u128, kind: CriterionKind, weight: i64) -> Criterion {
    Criterion { id: CriterionId::from_uuid(Uuid::from_u128(number)), name: String::new(), kind, weight }
}

fn measure(kind: MeasureKind, lot: Option<RequestLotId>, thousandths: i64) -> GenderMeasure {
    GenderMeasure {
        id: MeasureId::from_uuid(Uuid::nil()),
        lot,
        kind,
        definition: DEFINITION,
        at_least_evidence: EvidenceLevel::DocumentVerified,
        percent: Percent::from_thousandths(thousandths),
        source: None,
    }
}

fn status(status: OwnershipStatus, level: Option<EvidenceLevel>) -> FrozenStatus {
    FrozenStatus {
        organization: OrganizationId::from_uuid(Uuid::nil()),
        definition: DEFINITION,
        status,
        level,
        evidence_until: None,
        assessed_on: "2026-11-02".parse().unwrap(),
    }
}

fn yes() -> Vec<FrozenStatus> {
    vec![status(OwnershipStatus::Yes, Some(EvidenceLevel::DocumentVerified))]
}

fn unknown() -> Vec<FrozenStatus> {
    vec![status(OwnershipStatus::Unknown, None)]
}

fn contender(number: u128, price: i64, partners: Vec<(i64, Vec<FrozenStatus>)>) -> Contender {
    Contender {
        bid: BidId::from_uuid(Uuid::from_u128(number)),
        unit_price_minor: price,
        amount_minor: price.saturating_mul(QUANTITY / 1_000),
        sealed_at: Utc.timestamp_opt(1_700_000_000, 0).unwrap(),
        partners,
        scores: Vec::new(),
    }
}

fn alone(number: u128, price: i64, satisfies: bool) -> Contender {
    contender(number, price, vec![(100_000, if satisfies { yes() } else { unknown() })])
}

fn basis<'a>(criteria: &'a [Criterion], measures: &'a [GenderMeasure]) -> Basis<'a> {
    Basis { lot: LOT, quantity: QUANTITY, criteria, measures, minimum_evaluators: 2 }
}

fn order(ranked: &[Ranked]) -> Vec<u128> {
    ranked.iter().map(|each| each.bid.uuid().as_u128()).collect()
}

const PRICE_ONLY: (CriterionKind, i64) = (CriterionKind::Price, 100_000);

#[test]
fn the_lowest_price_has_all_points_and_the_others_in_proportion() {
    let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
    let ranked = rank(&basis(&criteria, &[]), &[alone(1, 1_500, false), alone(2, 1_000, false)]);
    assert_eq!(order(&ranked), [2, 1]);
    assert_eq!((ranked[0].rank, ranked[0].points, ranked[1].points), (1, 100_000, 66_667));
    assert_eq!((ranked[0].compared_minor, ranked[0].preference), (10_000_000, None));
}

#[test]
fn bids_for_different_quantities_are_compared_by_the_price_of_a_unit() {
    let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
    let some = Contender { amount_minor: 5_500, ..alone(1, 1_100, false) };
    let all = alone(2, 1_000, false);
    let ranked = rank(&basis(&criteria, &[]), &[some, all]);
    assert_eq!(order(&ranked), [2, 1]);
    assert_eq!((ranked[1].amount_minor, ranked[1].compared_minor), (5_500, 11_000_000));
}

#[test]
fn a_margin_raises_the_compared_price_of_who_does_not_satisfy_it_and_nothing_else() {
    let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
    let margin = [measure(MeasureKind::MarginOfPreference, None, 10_000)];
    let ranked = rank(&basis(&criteria, &margin), &[alone(1, 1_000, false), alone(2, 1_099, true)]);
    assert_eq!(order(&ranked), [2, 1]);
    let raised = Preference { margin: 10_000, raised: 10_000, satisfied: 0 };
    assert_eq!((ranked[1].amount_minor, ranked[1].compared_minor), (10_000_000, 11_000_000));
    assert_eq!(ranked[1].preference, Some(raised));
    assert_eq!(ranked[0].preference, Some(Preference { raised: 0, satisfied: 100_000, ..raised }));
    // At the margin itself the prices are the same; who sealed first is first.
    let later = Contender {
        sealed_at: Utc.timestamp_opt(1_700_000_000, 0).unwrap() + TimeDelta::microseconds(1),
        ..alone(2, 1_100, true)
    };
    assert_eq!(order(&rank(&basis(&criteria, &margin), &[later, alone(1, 1_000, false)])), [1, 2]);
}

#[test]
fn partners_of_a_consortium_count_by_their_shares() {
    let criteria = [criterion(1, CriterionKind::Price, 90_000), criterion(2, CriterionKind::WomenStatus, 10_000)];
    let measures =
        [measure(MeasureKind::MarginOfPreference, None, 10_000), measure(MeasureKind::AwardCriterion, None, 0)];
    let consortium = contender(1, 1_000, vec![(60_000, yes()), (40_000, unknown())]);
    let ranked = rank(&basis(&criteria, &measures), &[consortium]);
    assert_eq!(ranked[0].preference, Some(Preference { margin: 10_000, raised: 4_000, satisfied: 60_000 }));
    assert_eq!(ranked[0].criteria[1].points, 60_000);
    assert_eq!(ranked[0].points, 96_000);
}

#[test]
fn weaker_evidence_and_what_is_not_known_earn_nothing() {
    let criteria = [criterion(1, CriterionKind::WomenStatus, 100_000)];
    let measures = [measure(MeasureKind::AwardCriterion, None, 0)];
    let declared = status(OwnershipStatus::Yes, Some(EvidenceLevel::SelfDeclared));
    let no = status(OwnershipStatus::No, Some(EvidenceLevel::DocumentVerified));
    for (number, statuses) in [vec![declared], unknown(), vec![no], Vec::new()].into_iter().enumerate() {
        let ranked = rank(&basis(&criteria, &measures), &[contender(1, 1_000, vec![(100_000, statuses)])]);
        assert_eq!(ranked[0].points, 0, "{number}");
    }
    assert_eq!(rank(&basis(&criteria, &measures), &[alone(1, 1_000, true)])[0].points, 100_000);
    // Without a measure the criterion gives nobody anything.
    assert_eq!(rank(&basis(&criteria, &[]), &[alone(1, 1_000, true)])[0].points, 0);
}

#[test]
fn a_measure_of_the_lot_stands_in_the_place_of_one_for_all_lots() {
    let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
    let other = RequestLotId::from_uuid(Uuid::from_u128(2));
    let general = measure(MeasureKind::MarginOfPreference, None, 10_000);
    let own = measure(MeasureKind::MarginOfPreference, Some(LOT), 2_000);
    let others = measure(MeasureKind::MarginOfPreference, Some(other), 50_000);
    let margin = |measures: &[GenderMeasure]| {
        rank(&basis(&criteria, measures), &[alone(1, 1_000, false)])[0].preference.map(|preference| preference.margin)
    };
    assert_eq!(margin(&[general.clone(), others.clone()]), Some(10_000));
    assert_eq!(margin(&[general.clone(), own.clone(), others.clone()]), Some(2_000));
    assert_eq!(margin(&[own.clone(), own]), Some(4_000));
    assert_eq!(margin(&[others]), None);
    // What is reserved, sized or targeted changes no rank.
    for kind in [MeasureKind::ReservedParticipation, MeasureKind::LotSizing, MeasureKind::Target] {
        let ranked =
            rank(&basis(&criteria, &[measure(kind, None, 30_000)]), &[alone(1, 1_000, false), alone(2, 1_001, true)]);
        assert_eq!(order(&ranked), [1, 2], "{kind:?}");
    }
}

#[test]
fn scores_are_the_mean_of_the_evaluators_and_those_that_are_missing_are_counted() {
    let criteria = [criterion(1, CriterionKind::Price, 60_000), criterion(2, CriterionKind::Quality, 40_000)];
    let score = |evaluator: u128, points: i64| Score {
        criterion: criteria[1].id,
        evaluator: UserId::from_uuid(Uuid::from_u128(evaluator)),
        points,
    };
    let both = Contender { scores: vec![score(1, 80_000), score(2, 85_001)], ..alone(1, 1_000, false) };
    let one = Contender { scores: vec![score(1, 100_000)], ..alone(2, 2_000, false) };
    let none = alone(3, 4_000, false);
    let ranked = rank(&basis(&criteria, &[]), &[both, one, none]);
    assert_eq!(order(&ranked), [1, 2, 3]);
    // 82,500.5 is half way, and the even neighbour is below.
    assert_eq!((ranked[0].criteria[1].points, ranked[0].points), (82_500, 93_000));
    assert_eq!(ranked.iter().map(|each| each.missing_scores).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn the_largest_prices_there_can_be_are_compared() {
    let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
    let margin = [measure(MeasureKind::MarginOfPreference, None, 100_000)];
    let ranked =
        rank(&basis(&criteria, &margin), &[alone(1, i64::MAX, false), alone(2, i64::MAX, true), alone(3, 1, false)]);
    assert_eq!(order(&ranked), [3, 2, 1]);
    assert_eq!(ranked[2].compared_minor, i64::MAX);
}

/// A bidder with a price, whether she satisfies the definition, by what share, and two scores.
fn bidders() -> impl Strategy<Value = Vec<Contender>> {
    let bidder = (1_i64..1_000_000, 0_i64..=100_000, 0_i64..=100_000, 0_i64..=100_000, 0_i64..1_000);
    proptest::collection::vec(bidder, 1..8).prop_map(|bidders| {
        let each = bidders.into_iter().enumerate().map(|(index, (price, share, first, second, later))| {
            let partners = vec![(share, yes()), (100_000 - share, unknown())];
            let score = |evaluator: u128, points: i64| Score {
                criterion: CriterionId::from_uuid(Uuid::from_u128(2)),
                evaluator: UserId::from_uuid(Uuid::from_u128(evaluator)),
                points,
            };
            Contender {
                scores: vec![score(1, first), score(2, second)],
                sealed_at: Utc.timestamp_opt(1_700_000_000 + later, 0).unwrap(),
                ..contender(index as u128 + 1, price, partners)
            }
        });
        each.collect()
    })
}

/// Weights of price, quality and women's status that are 100 % together.
fn weights() -> impl Strategy<Value = Vec<Criterion>> {
    (1_i64..=99_998, 1_i64..=99_998).prop_filter_map("within the whole", |(price, quality)| {
        let rest = 100_000 - price - quality;
        (rest > 0).then(|| {
            vec![
                criterion(1, CriterionKind::Price, price),
                criterion(2, CriterionKind::Quality, quality),
                criterion(3, CriterionKind::WomenStatus, rest),
            ]
        })
    })
}

fn position(ranked: &[Ranked], bid: BidId) -> i64 {
    ranked.iter().find(|each| each.bid == bid).unwrap().rank
}

proptest! {
    #[test]
    fn by_price_alone_ranks_follow_the_price(bidders in bidders()) {
        let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
        let ranked = rank(&basis(&criteria, &[]), &bidders);
        let price = |each: &Ranked| bidders.iter().find(|bidder| bidder.bid == each.bid).unwrap().unit_price_minor;
        prop_assert!(ranked.windows(2).all(|pair| price(&pair[0]) <= price(&pair[1])));
        prop_assert_eq!(ranked[0].points, 100_000);
    }

    #[test]
    fn by_price_alone_a_margin_never_lowers_the_rank_of_who_satisfies_it(
        bidders in bidders(), margin in 0_i64..=100_000
    ) {
        let criteria = [criterion(1, PRICE_ONLY.0, PRICE_ONLY.1)];
        let bidders: Vec<Contender> = bidders
            .into_iter()
            .enumerate()
            .map(|(index, bidder)| {
                let partners = vec![(100_000, if index % 2 == 0 { yes() } else { unknown() })];
                Contender { partners, ..bidder }
            })
            .collect();
        let before = rank(&basis(&criteria, &[]), &bidders);
        let measures = [measure(MeasureKind::MarginOfPreference, None, margin)];
        let after = rank(&basis(&criteria, &measures), &bidders);
        for bidder in bidders.iter().step_by(2) {
            prop_assert!(position(&after, bidder.bid) <= position(&before, bidder.bid));
        }
    }

    /// With other criteria, too, nobody who does not satisfy it passes one who does. Among those who satisfy it, a lower price
    /// weighs more once the prices of the others are raised; so their own order may change.
    #[test]
    fn a_margin_lets_nobody_pass_who_does_not_satisfy_it(
        bidders in bidders(), criteria in weights(), margin in 0_i64..=100_000
    ) {
        let (women, others): (Vec<Contender>, Vec<Contender>) =
            bidders.into_iter().partition(|bidder| bidder.unit_price_minor % 2 == 0);
        let whole = |bidders: Vec<Contender>, partners: Vec<FrozenStatus>| {
            bidders.into_iter().map(move |bidder| Contender { partners: vec![(100_000, partners.clone())], ..bidder })
        };
        let (women, others): (Vec<_>, Vec<_>) = (whole(women, yes()).collect(), whole(others, unknown()).collect());
        let all: Vec<Contender> = women.iter().chain(&others).cloned().collect();
        let before = rank(&basis(&criteria, &[]), &all);
        let measures = [measure(MeasureKind::MarginOfPreference, None, margin)];
        let after = rank(&basis(&criteria, &measures), &all);
        for woman in &women {
            for other in &others {
                let led = position(&before, woman.bid) < position(&before, other.bid);
                prop_assert!(!led || position(&after, woman.bid) < position(&after, other.bid));
            }
        }
    }

    #[test]
    fn the_unit_that_prices_are_written_in_changes_nothing(
        bidders in bidders(), criteria in weights(), times in 1_i64..1_000, margin in 0_i64..=100_000
    ) {
        let measures =
            [measure(MeasureKind::MarginOfPreference, None, margin), measure(MeasureKind::AwardCriterion, None, 0)];
        let scaled: Vec<Contender> = bidders
            .iter()
            .map(|bidder| Contender { unit_price_minor: bidder.unit_price_minor * times, ..bidder.clone() })
            .collect();
        let points = |bidders: &[Contender]| -> Vec<(BidId, i64, Vec<Weighted>)> {
            let ranked = rank(&basis(&criteria, &measures), bidders);
            ranked.into_iter().map(|each| (each.bid, each.points, each.criteria)).collect()
        };
        prop_assert_eq!(points(&bidders), points(&scaled));
    }

    #[test]
    fn the_order_in_which_bids_are_read_changes_nothing(
        bidders in bidders(), criteria in weights(), turn in 0_usize..8
    ) {
        let measures = [measure(MeasureKind::AwardCriterion, None, 0)];
        let mut turned = bidders.clone();
        turned.rotate_left(turn % bidders.len());
        turned.reverse();
        prop_assert_eq!(rank(&basis(&criteria, &measures), &bidders), rank(&basis(&criteria, &measures), &turned));
    }

    #[test]
    fn weighted_points_add_up_to_the_points(bidders in bidders(), criteria in weights()) {
        let measures = [measure(MeasureKind::AwardCriterion, None, 0)];
        for each in rank(&basis(&criteria, &measures), &bidders) {
            let sum: i64 = each.criteria.iter().map(|criterion| criterion.weighted).sum();
            prop_assert!((sum - each.points * 100_000).abs() <= 50_000);
            prop_assert!(each.criteria.iter().all(|part| part.weighted == part.weight * part.points));
            prop_assert!((0..=100_000).contains(&each.points));
        }
    }
}
