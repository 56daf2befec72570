//! Numbers that a law could change: `procurement/data/rules.toml`, each entry with the days it holds on and its source.
//!
//! A number is looked up for the day on which something is done, and kept with what was done: changing the file changes
//! nothing that was published.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::request::Method;
use crate::kernel::reference::{Certainty, ReferenceError, Validity};

const RULES_TOML: &str = include_str!("../data/rules.toml");
const RULES_FILE: &str = "procurement/data/rules.toml";

crate::words! {
    /// What is set by a rule.
    RuleName {
        /// Days from publication to the deadline at least, where everybody may bid.
        BiddingDaysOpen = "BIDDING_DAYS_OPEN",
        /// The same, among those who were found qualified before.
        BiddingDaysSelective = "BIDDING_DAYS_SELECTIVE",
        /// The same, among some who are invited.
        BiddingDaysLimited = "BIDDING_DAYS_LIMITED",
        /// The same, where one is asked.
        BiddingDaysDirect = "BIDDING_DAYS_DIRECT",
        /// Hours that bidders have at least after an amendment.
        AmendmentNoticeHours = "AMENDMENT_NOTICE_HOURS",
        /// Days between an award and what it takes force by, where the buyer says nothing.
        StandstillDays = "STANDSTILL_DAYS",
        /// People who score each bid, where the buyer says nothing.
        MinimumEvaluators = "MINIMUM_EVALUATORS",
        /// The greatest margin of preference, in thousandths of a percent.
        PreferencePercentMax = "PREFERENCE_PERCENT_MAX",
        /// Thousandths of what is late that a day takes off, where the buyer says nothing.
        PenaltyPermilleADay = "PENALTY_PERMILLE_A_DAY",
        /// Thousandths of it that lateness takes off at most, where the buyer says nothing.
        PenaltyPermilleMax = "PENALTY_PERMILLE_MAX",
        /// Days in which an invoice is paid, where the buyer says nothing.
        PaymentDays = "PAYMENT_DAYS",
        /// Thousandths of a percent that deliveries may exceed an order by, where the buyer says nothing.
        OverDeliveryPercent = "OVER_DELIVERY_PERCENT",
    }
}

impl RuleName {
    /// The rule that says how long a request by this method is open at least.
    #[must_use]
    pub const fn bidding_days(method: Method) -> Self {
        match method {
            Method::Open => Self::BiddingDaysOpen,
            Method::Selective => Self::BiddingDaysSelective,
            Method::Limited => Self::BiddingDaysLimited,
            Method::Direct => Self::BiddingDaysDirect,
        }
    }
}

/// What a rule says during some time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Which rule.
    pub name: String,
    /// The number, in the unit that the rule's name says.
    pub value: i64,
    /// When it holds.
    #[serde(flatten)]
    pub validity: Validity,
    /// Where it is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// Every rule, in memory.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The entries of each rule, the first one first.
    entries: HashMap<RuleName, Vec<Rule>>,
}

impl Rules {
    /// The embedded rules.
    ///
    /// # Errors
    /// When the embedded data are not well-formed, which a test keeps from happening.
    pub fn embedded() -> Result<Self, ReferenceError> {
        #[derive(Deserialize)]
        struct File {
            rule: Vec<Rule>,
        }
        let file: File =
            toml::from_str(RULES_TOML).map_err(|error| ReferenceError::new(RULES_FILE, "file", error.to_string()))?;
        Self::new(file.rule)
    }

    /// These rules.
    ///
    /// # Errors
    /// When a name is unknown, a rule has no entry, entries overlap, a number is negative, or a source is missing.
    pub fn new(rules: Vec<Rule>) -> Result<Self, ReferenceError> {
        let mut entries: HashMap<RuleName, Vec<Rule>> = HashMap::new();
        for rule in rules {
            let wrong = |problem: &str| ReferenceError::new(RULES_FILE, &rule.name, problem);
            let name: RuleName = rule.name.parse().map_err(|_| wrong("there is no such rule"))?;
            if rule.value < 0 || rule.source.trim().is_empty() {
                return Err(wrong("it is negative, or says no source"));
            }
            let same = entries.entry(name).or_default();
            if same.iter().any(|other| other.validity.overlaps(&rule.validity)) {
                return Err(wrong("two entries hold on the same day"));
            }
            same.push(rule);
        }
        if let Some(missing) = RuleName::ALL.iter().find(|name| !entries.contains_key(name)) {
            return Err(ReferenceError::new(RULES_FILE, missing.as_str(), "it has no entry"));
        }
        for same in entries.values_mut() {
            same.sort_by_key(|rule| rule.validity.from);
        }
        Ok(Self { entries })
    }

    /// What a rule says on a day. On a day that no entry speaks of, the nearest before counts, else the first.
    #[must_use]
    pub fn value(&self, name: RuleName, day: NaiveDate) -> i64 {
        let same = self.entries.get(&name).map(Vec::as_slice).unwrap_or_default();
        let begun = same.iter().rev().find(|rule| rule.validity.from.is_none_or(|from| from <= day));
        // Every rule has an entry, or the rules could not have been made.
        begun.or_else(|| same.first()).map_or(0, |rule| rule.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_embedded_rules_are_complete_and_sourced() {
        let rules = Rules::embedded().unwrap();
        assert_eq!(rules.entries.len(), RuleName::ALL.len());
        assert!(rules.value(RuleName::BiddingDaysOpen, day("2026-11-02")) > 0);
    }

    #[test]
    fn the_entry_of_the_day_counts() {
        let mut each: Vec<Rule> = Rules::embedded().unwrap().entries.into_values().flatten().collect();
        let old = each.iter_mut().find(|rule| rule.name == "STANDSTILL_DAYS").unwrap();
        old.validity.to = Some(day("2026-12-31"));
        let new = Validity { from: Some(day("2027-01-01")), to: None };
        let new = Rule { value: 20, validity: new, ..old.clone() };
        each.push(new);
        let rules = Rules::new(each.clone()).unwrap();

        let standstill = |on| rules.value(RuleName::StandstillDays, day(on));
        assert_eq!((standstill("2010-01-01"), standstill("2026-12-31"), standstill("2027-01-01")), (15, 15, 20));
        each[0].name = "SOMETHING".to_owned();
        assert!(Rules::new(each).is_err());
        assert!(Rules::new(Vec::new()).is_err());
    }
}
