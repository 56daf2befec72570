//! Who could answer a lot before it is published, what keeps the others out, and what splitting it would change.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::check::{Checked, MatchCriterion, Need, Seller, check};

/// Into how many lots a lot is thought to be split at most.
pub const SPLITS_MAX: i64 = 20;

/// What keeps sellers out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barrier {
    /// Which criterion.
    pub criterion: MatchCriterion,
    /// Of which scheme, attribute or definition.
    pub about: Option<String>,
    /// How many fail it.
    pub failing: i64,
    /// How many fail nothing else: they could answer without it.
    pub alone: i64,
}

/// What splitting a lot would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Into how many equal lots.
    pub lots: i64,
    /// How many sellers could answer one of them.
    pub qualifying: i64,
}

/// What stands before a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many sellers there are of those who are asked about.
    pub suppliers: i64,
    /// How many of them could answer the lot as it is.
    pub qualifying: i64,
    /// What keeps the others out, what keeps most out first.
    pub barriers: Vec<Barrier>,
    /// Splits that let more answer than any smaller one, the smallest first.
    pub splits: Vec<Split>,
}

/// Looks at a lot as these sellers would.
#[must_use]
pub fn preview(need: &Need, sellers: &[Seller], today: NaiveDate) -> Preview {
    let all: Vec<Vec<Checked>> = sellers.iter().map(|seller| check(need, seller, today)).collect();
    let mut barriers: BTreeMap<(MatchCriterion, Option<String>), (i64, i64)> = BTreeMap::new();
    for checked in &all {
        let failing: Vec<&Checked> = checked.iter().filter(|checked| !checked.passed()).collect();
        for fails in &failing {
            let counted = barriers.entry((fails.criterion, fails.about.clone())).or_default();
            counted.0 += 1;
            counted.1 += i64::from(failing.len() == 1);
        }
    }
    let mut barriers: Vec<Barrier> = barriers
        .into_iter()
        .map(|((criterion, about), (failing, alone))| Barrier { criterion, about, failing, alone })
        .collect();
    barriers.sort_by_key(|barrier| std::cmp::Reverse((barrier.alone, barrier.failing)));
    Preview {
        suppliers: count(sellers.len()),
        qualifying: count(all.iter().filter(|checked| checked.iter().all(Checked::passed)).count()),
        barriers,
        splits: splits(need, &all),
    }
}

/// How many could answer a part: only the quantity that they are held against becomes less.
fn splits(need: &Need, all: &[Vec<Checked>]) -> Vec<Split> {
    let Some(grams) = need.grams else { return Vec::new() };
    // Whoever passes all the rest, with what she is short of.
    let short: Vec<i64> = all
        .iter()
        .filter(|checked| {
            checked.iter().all(|checked| checked.passed() || checked.criterion == MatchCriterion::Quantity)
        })
        .map(|checked| checked.iter().find_map(Checked::short_of).unwrap_or(0))
        .collect();
    let qualifying = |lots: i64| count(short.iter().filter(|short| grams - **short >= part(grams, lots)).count());
    let mut best = qualifying(1);
    let mut found = Vec::new();
    for lots in 2..=SPLITS_MAX.min(grams) {
        let now = qualifying(lots);
        if now > best {
            found.push(Split { lots, qualifying: now });
            best = now;
        }
    }
    found
}

/// The largest of so many nearly equal parts.
fn part(grams: i64, lots: i64) -> i64 {
    grams / lots + i64::from(grams % lots != 0)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::check::Offer, *};
    use crate::accounts::OrganizationId;

    fn sellers(grams: &[i64]) -> Vec<Seller> {
        let seller = |(number, grams): (usize, &i64)| Seller {
            organization: OrganizationId::from_uuid(uuid::Uuid::from_u128(number as u128 + 1)),
            offers: vec![Offer { grams: *grams, days: (None, None), measurements: BTreeMap::new() }],
            certificates: BTreeMap::new(),
            statuses: BTreeMap::new(),
        };
        grams.iter().enumerate().map(seller).collect()
    }

    fn need(grams: i64) -> Need {
        Need {
            grams: Some(grams),
            days: (None, None),
            certified_on: today(),
            schemes: Vec::new(),
            quality: Vec::new(),
            reserved: Vec::new(),
            invited: None,
        }
    }

    fn today() -> NaiveDate {
        "2026-11-26".parse().unwrap()
    }

    #[test]
    fn splitting_lets_smaller_sellers_answer() {
        let seen = preview(&need(1_000), &sellers(&[1_200, 600, 260, 250, 100, 90]), today());

        assert_eq!((seen.suppliers, seen.qualifying), (6, 1));
        let quantity = Barrier { criterion: MatchCriterion::Quantity, about: None, failing: 5, alone: 5 };
        assert_eq!(seen.barriers, [quantity]);
        let splits: Vec<(i64, i64)> = seen.splits.iter().map(|split| (split.lots, split.qualifying)).collect();
        assert_eq!(splits, [(2, 2), (4, 4), (10, 5), (12, 6)]);
    }

    #[test]
    fn who_lacks_a_certificate_is_not_helped_by_splitting() {
        let need = Need { schemes: vec!["ORGANIC_EU".to_owned()], ..need(1_000) };
        let seen = preview(&need, &sellers(&[1_200, 600]), today());

        assert_eq!((seen.qualifying, seen.splits), (0, Vec::new()));
        let told: Vec<_> = seen.barriers.iter().map(|told| (told.criterion, told.failing, told.alone)).collect();
        assert_eq!(told, [(MatchCriterion::Certificate, 2, 1), (MatchCriterion::Quantity, 1, 0)]);
    }

    proptest! {
        #[test]
        fn a_split_says_what_holding_everybody_against_a_part_says(has in proptest::collection::vec(0_i64..2_000, 0..20), asked in 1_i64..2_000) {
            let all = sellers(&has);
            for split in preview(&need(asked), &all, today()).splits {
                let of_a_part = preview(&need(part(asked, split.lots)), &all, today());
                prop_assert_eq!(of_a_part.qualifying, split.qualifying);
            }
        }
    }
}
