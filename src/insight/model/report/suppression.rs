//! Small groups are not shown, lest somebody be seen in them.
//!
//! A group is withheld where its facts of a kind, or the organizations behind them, are fewer than [`AT_LEAST`] but not none. Where only
//! one group were withheld, or those that are withheld together still had fewer facts, the total less what is shown would tell what they
//! hide; so the smallest that would be shown are withheld as well. What this does not prevent is that two reports over different periods
//! or buyers are held against each other.

use std::collections::BTreeSet;

use super::{
    cell::{Cells, Measure, Tally},
    facts::Family,
    indicators::Indicator,
};

/// A group with fewer facts, or fewer organizations, is not shown.
pub const AT_LEAST: i128 = 5;

/// What is withheld, by group (none for all) and kind of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withheld(BTreeSet<(Option<String>, Family)>);

impl Withheld {
    /// What is to be withheld of a report.
    #[must_use]
    pub fn of(tally: &Tally) -> Self {
        let mut withheld = BTreeSet::new();
        for family in Family::ALL {
            if is_small(&tally.total, *family) {
                withheld.insert((None, *family));
            }
            withheld.extend(small_groups(tally, *family).into_iter().map(|key| (Some(key), *family)));
        }
        Self(withheld)
    }

    /// Whether an indicator of a group is withheld.
    #[must_use]
    pub fn hides(&self, indicator: &Indicator, group: Option<&str>) -> bool {
        indicator.families.iter().any(|family| self.0.contains(&(group.map(str::to_owned), *family)))
    }
}

/// How many facts of a kind there are.
fn facts(cells: &Cells, family: Family) -> i128 {
    cells.sum(Measure::Facts, |cell| cell.key == family.as_str())
}

fn is_small(cells: &Cells, family: Family) -> bool {
    let organizations = cells.sum(Measure::Organizations, |cell| cell.key == family.as_str());
    let few = |number: i128| 0 < number && number < AT_LEAST;
    few(facts(cells, family)) || few(organizations)
}

fn small_groups(tally: &Tally, family: Family) -> BTreeSet<String> {
    let mut by_size: Vec<(i128, &String, bool)> = tally
        .groups
        .iter()
        .map(|(key, cells)| (facts(cells, family), key, is_small(cells, family)))
        .filter(|(facts, ..)| *facts > 0)
        .collect();
    by_size.sort_unstable();
    let mut hidden: BTreeSet<String> =
        by_size.iter().filter(|(.., small)| *small).map(|(_, key, _)| (*key).clone()).collect();
    let mut sum: i128 = by_size.iter().filter(|(.., small)| *small).map(|(facts, ..)| facts).sum();
    let mut shown = by_size.iter().filter(|(.., small)| !small);
    while !hidden.is_empty() && (hidden.len() == 1 || sum < AT_LEAST) {
        let Some((facts, key, _)) = shown.next() else { break };
        hidden.insert((*key).clone());
        sum += facts;
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::model::report::{cell::Cell, class::Class, indicators::INDICATORS};

    fn tally(groups: &[(&str, i128, i128)]) -> Tally {
        let mut tally = Tally::default();
        for (key, facts, organizations) in groups {
            tally.total.add(Cell::of(Measure::Facts, Class::Unknown).key("AWARDS"), *facts);
            let cells = tally.groups.entry((*key).to_owned()).or_default();
            cells.add(Cell::of(Measure::Facts, Class::Unknown).key("AWARDS"), *facts);
            cells.add(Cell::of(Measure::Organizations, Class::Unknown).key("AWARDS"), *organizations);
        }
        tally
    }

    fn hidden(groups: &[(&str, i128, i128)]) -> Vec<String> {
        let tally = tally(groups);
        let withheld = Withheld::of(&tally);
        tally.groups.into_keys().filter(|key| withheld.hides(&INDICATORS[0], Some(key))).collect()
    }

    #[test]
    fn large_groups_are_shown() {
        assert_eq!(hidden(&[("a", 5, 5), ("b", 50, 9)]), [""; 0]);
    }

    #[test]
    fn many_awards_to_few_organizations_are_not_shown() {
        assert_eq!(hidden(&[("a", 50, 4), ("b", 40, 3), ("c", 9, 9)]), ["a", "b"]);
    }

    #[test]
    fn nothing_follows_from_the_total_less_what_is_shown() {
        assert_eq!(hidden(&[("a", 2, 2), ("b", 6, 6), ("c", 90, 9)]), ["a", "b"]);
        assert_eq!(hidden(&[("a", 1, 1), ("b", 1, 1), ("c", 7, 7), ("d", 90, 9)]), ["a", "b", "c"]);
    }

    #[test]
    fn a_group_without_facts_tells_nothing_and_hides_nothing() {
        assert_eq!(hidden(&[("a", 0, 0), ("b", 6, 6)]), [""; 0]);
    }
}
