//! How the bids for a lot compare: points by the request's criteria, and ranks. Pure, and in whole numbers only, so that
//! anybody who has the bids, the scores and the frozen statuses comes to the same figures.
//!
//! # What is compared
//!
//! **Price.** Bids may offer different quantities of a lot; so what is compared is the price of a unit, not the amount of the
//! bid. For people it is shown as what all of the lot would cost at that price.
//!
//! **Margin of preference.** The price of whoever does not satisfy the measure's definition is compared as if it were higher by
//! the margin; what is paid stays what was bid. Whether somebody satisfies it is what was frozen with the bid, with at least the
//! evidence that was published. What is not known does not earn the preference, but is told as not known, never as a no.
//!
//! **Consortia.** Partners who satisfy the definition count by their shares: of a margin of 10 % a consortium in which they hold
//! 60 % is given 4 %; of the 100 points of `WOMEN_STATUS` it has 60. A partner for show earns no more than her share.
//!
//! **Several measures.** What a request publishes for one lot stands in the place of what it publishes for all lots. Where
//! several of a kind are left, margins add up, and the points of `WOMEN_STATUS` are the least that any of them gives. A criterion
//! `WOMEN_STATUS` without a measure gives nobody points, and so changes nothing. Reserved lots, lot sizes and targets decide who
//! may bid and what is counted; they change no rank.
//!
//! # Points
//!
//! - `PRICE`: the lowest compared price divided by the bid's own, times 100.
//! - `WOMEN_STATUS`: 100 times the share that satisfies the definition.
//! - all others: the mean of what the evaluators gave.
//!
//! The points of a criterion are rounded half to even to a thousandth of a point, each once; weight times points is kept exact,
//! and so is their sum, by which bids are ranked. Ties are broken by the lower compared price, then by who sealed earlier, then
//! by the bid's id, which nobody chooses.

use std::{cmp::Reverse, collections::BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    ids::{BidId, CriterionId, RequestLotId},
    request::{Criterion, CriterionKind, GenderMeasure, MeasureKind},
    status::FrozenStatus,
};
use crate::{
    accounts::UserId,
    directory::model::ownership::Percent,
    kernel::{clock::Timestamp, rounding::half_even},
};

/// 100 %, as weights, shares and margins are kept.
const WHOLE: i128 = 100_000;
/// 100 points, in thousandths.
const POINTS_MAX: i128 = 100_000;
/// A price that no margin raises, in parts of itself: `WHOLE` times `WHOLE`, so that a margin times a share stays whole.
const UNRAISED: i128 = WHOLE * WHOLE;
/// Thousandths in a unit.
const THOUSANDTHS: i128 = 1_000;

/// What the bids for a lot are judged by.
#[derive(Debug, Clone)]
pub struct Basis<'a> {
    /// The lot.
    pub lot: RequestLotId,
    /// What is asked for of it, in thousandths of its unit.
    pub quantity: i64,
    /// The request's criteria.
    pub criteria: &'a [Criterion],
    /// The request's measures, those for other lots among them.
    pub measures: &'a [GenderMeasure],
    /// So many different people score each bid.
    pub minimum_evaluators: i64,
}

/// A bid for the lot, with all that it is judged by.
#[derive(Debug, Clone)]
pub struct Contender {
    /// The bid.
    pub bid: BidId,
    /// Minor units a whole unit of the lot. Above nothing.
    pub unit_price_minor: i64,
    /// What the bid comes to for the lot.
    pub amount_minor: i64,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// Who bids: each one's share, and what she was when the bid was sealed.
    pub partners: Vec<(i64, Vec<FrozenStatus>)>,
    /// What evaluators gave it.
    pub scores: Vec<Score>,
}

/// What an evaluator gave a bid by a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// The criterion.
    pub criterion: CriterionId,
    /// Who gave it.
    pub evaluator: UserId,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
}

/// Where a bid stands among those for the lot, and why. Kept with the award as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ranked {
    /// The bid.
    pub bid: BidId,
    /// Its place, from 1.
    pub rank: i64,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
    /// What the bid comes to for the lot, in minor units.
    pub amount_minor: i64,
    /// What all of the lot would cost at its price as it was compared, in minor units.
    pub compared_minor: i64,
    /// What the margin of preference did to it; none where the request has none for the lot.
    pub preference: Option<Preference>,
    /// What it has by each criterion, in the request's order.
    pub criteria: Vec<Weighted>,
    /// Scores that are still missing.
    pub missing_scores: i64,
}

/// What a margin of preference did to a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preference {
    /// The margin that was published, in thousandths of a percent; of several, their sum.
    pub margin: i64,
    /// By so much the price was raised to be compared, in thousandths of a percent, rounded half to even.
    pub raised: i64,
    /// The share of those who satisfy the definition, in thousandths of a percent; of several definitions, the least.
    pub satisfied: i64,
}

/// What a bid has by a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Weighted {
    /// The criterion.
    pub criterion: CriterionId,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
    /// The criterion's weight in thousandths of a percent.
    pub weight: i64,
    /// Weight times points: hundred-millionths of a point, exact.
    pub weighted: i64,
    /// Scores that are still missing; never any where nobody scores it.
    pub missing_scores: i64,
}

/// Ranks the bids for a lot, the first one first.
#[must_use]
pub fn rank(basis: &Basis<'_>, contenders: &[Contender]) -> Vec<Ranked> {
    let margins = applying(basis, MeasureKind::MarginOfPreference);
    let compared: Vec<i128> = contenders.iter().map(|contender| compared(&margins, contender)).collect();
    let lowest = compared.iter().copied().min().unwrap_or_default();
    let mut judged: Vec<(Reverse<i128>, i128, Timestamp, Ranked)> = contenders
        .iter()
        .zip(compared)
        .map(|(contender, compared)| {
            let criteria: Vec<Weighted> = basis
                .criteria
                .iter()
                .map(|criterion| weighted(basis, criterion, contender, (lowest, compared)))
                .collect();
            let total: i128 = criteria.iter().map(|each| i128::from(each.weighted)).sum();
            let ranked = Ranked {
                bid: contender.bid,
                rank: 0,
                points: narrow(half_even(total, WHOLE)),
                amount_minor: contender.amount_minor,
                compared_minor: for_the_lot(basis, compared),
                preference: preference(&margins, contender, compared),
                missing_scores: criteria.iter().map(|each| each.missing_scores).sum(),
                criteria,
            };
            (Reverse(total), compared, contender.sealed_at, ranked)
        })
        .collect();
    judged.sort_by_key(|one| (one.0, one.1, one.2, one.3.bid));
    (1_i64..).zip(judged).map(|(rank, (.., ranked))| Ranked { rank, ..ranked }).collect()
}

/// The measures of a kind that apply to the lot: its own, or else those for all lots.
fn applying<'a>(basis: &Basis<'a>, kind: MeasureKind) -> Vec<&'a GenderMeasure> {
    let of_kind = || basis.measures.iter().filter(move |measure| measure.kind == kind);
    let own: Vec<&GenderMeasure> = of_kind().filter(|measure| measure.lot == Some(basis.lot)).collect();
    if own.is_empty() { of_kind().filter(|measure| measure.lot.is_none()).collect() } else { own }
}

/// The share of those behind a bid who satisfy a measure, in thousandths of a percent.
fn satisfied(measure: &GenderMeasure, contender: &Contender) -> i128 {
    let satisfies = |statuses: &[FrozenStatus]| {
        let mut of_it = statuses.iter().filter(|status| status.definition == measure.definition);
        of_it.any(|status| status.satisfies(measure.at_least_evidence))
    };
    let shares = contender.partners.iter().filter(|(_, statuses)| satisfies(statuses)).map(|(share, _)| *share);
    shares.map(i128::from).sum::<i128>().clamp(0, WHOLE)
}

fn margin(measure: &GenderMeasure) -> i128 {
    i128::from(measure.percent.map_or(0, Percent::thousandths))
}

/// By what a price is multiplied to be compared, in parts of [`UNRAISED`].
fn raise(margins: &[&GenderMeasure], contender: &Contender) -> i128 {
    let raised = margins.iter().map(|measure| margin(measure) * (WHOLE - satisfied(measure, contender)));
    UNRAISED + raised.sum::<i128>()
}

/// The price of a unit as it is compared, in minor units times [`UNRAISED`], exact.
fn compared(margins: &[&GenderMeasure], contender: &Contender) -> i128 {
    i128::from(contender.unit_price_minor) * raise(margins, contender)
}

/// What all of the lot would cost at a compared price; the most that an amount can be where it would be more.
fn for_the_lot(basis: &Basis<'_>, compared: i128) -> i64 {
    let cost = compared.checked_mul(i128::from(basis.quantity));
    cost.map_or(i64::MAX, |cost| narrow(half_even(cost, UNRAISED * THOUSANDTHS)))
}

fn preference(margins: &[&GenderMeasure], contender: &Contender, compared: i128) -> Option<Preference> {
    let satisfied = margins.iter().map(|measure| satisfied(measure, contender)).min()?;
    let price = i128::from(contender.unit_price_minor).max(1);
    Some(Preference {
        margin: narrow(margins.iter().map(|measure| margin(measure)).sum()),
        raised: narrow(half_even(compared / price - UNRAISED, WHOLE)),
        satisfied: narrow(satisfied),
    })
}

fn weighted(
    basis: &Basis<'_>,
    criterion: &Criterion,
    contender: &Contender,
    (lowest, compared): (i128, i128),
) -> Weighted {
    let (points, missing_scores) = match criterion.kind {
        CriterionKind::Price => (half_even(lowest * POINTS_MAX, compared.max(1)), 0),
        CriterionKind::WomenStatus => {
            let measures = applying(basis, MeasureKind::AwardCriterion);
            // A share of 100,000 is 100 points of a thousand each.
            (measures.iter().map(|measure| satisfied(measure, contender)).min().unwrap_or_default(), 0)
        }
        CriterionKind::Quality
        | CriterionKind::Delivery
        | CriterionKind::Experience
        | CriterionKind::Sustainability
        | CriterionKind::Other => scored(basis, criterion.id, contender),
    };
    let points = points.clamp(0, POINTS_MAX);
    let weighted = narrow(i128::from(criterion.weight) * points);
    Weighted { criterion: criterion.id, points: narrow(points), weight: criterion.weight, weighted, missing_scores }
}

/// The mean of what evaluators gave, and how many more have to.
fn scored(basis: &Basis<'_>, criterion: CriterionId, contender: &Contender) -> (i128, i64) {
    let given: Vec<&Score> = contender.scores.iter().filter(|score| score.criterion == criterion).collect();
    let evaluators: BTreeSet<UserId> = given.iter().map(|score| score.evaluator).collect();
    let count = i64::try_from(evaluators.len()).unwrap_or(i64::MAX);
    let missing = basis.minimum_evaluators.saturating_sub(count).max(0);
    let sum: i128 = given.iter().map(|score| i128::from(score.points)).sum();
    match given.len() {
        0 => (0, missing),
        scores => (half_even(sum, i128::try_from(scores).unwrap_or(i128::MAX)), missing),
    }
}

fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
#[path = "evaluation_tests.rs"]
mod tests;
