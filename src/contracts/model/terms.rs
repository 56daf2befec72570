//! What was agreed on beside what is delivered and what it costs; and the terms of orders that say nothing else.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{directory::model::ownership::Certainty, kernel::reference::Validity, procurement::ContractTerms};

/// Terms of payment, lateness and early payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Thousandths of the price of what is late, a day.
    pub penalty_permille_a_day: i64,
    /// Thousandths of it at most.
    pub penalty_permille_max: i64,
    /// Days in which an invoice is to be paid.
    pub payment_days: i64,
    /// Thousandths of a percent that deliveries may exceed what was ordered by.
    pub over_delivery_limit: i64,
    /// Thousandths that are taken off what is paid in full so early.
    pub early_payment_permille: i64,
    /// Days after approval until which that is early.
    pub early_payment_days: i64,
}

impl From<ContractTerms> for Terms {
    fn from(terms: ContractTerms) -> Self {
        Self {
            penalty_permille_a_day: terms.penalty_permille_a_day,
            penalty_permille_max: terms.penalty_permille_max,
            payment_days: terms.payment_days,
            over_delivery_limit: terms.over_delivery_limit,
            early_payment_permille: 0,
            early_payment_days: 0,
        }
    }
}

impl Terms {
    /// How much of a line may be accepted at most, in thousandths of its unit.
    #[must_use]
    pub fn deliverable(&self, quantity: i64) -> i64 {
        const WHOLE: i128 = 100_000;
        let most = i128::from(quantity) * (WHOLE + i128::from(self.over_delivery_limit)) / WHOLE;
        i64::try_from(most).unwrap_or(i64::MAX)
    }
}

/// The terms of orders from listings, from when on.
#[derive(Debug, Clone, Deserialize)]
pub struct OrderTerms {
    /// When they hold.
    #[serde(flatten)]
    pub validity: Validity,
    /// See [`Terms`].
    pub payment_days: i64,
    /// See [`Terms`].
    pub penalty_permille_a_day: i64,
    /// See [`Terms`].
    pub penalty_permille_max: i64,
    /// See [`Terms`].
    pub over_delivery_limit: i64,
    /// Days in which the seller signs.
    pub days_to_sign: i64,
    /// Where they are known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<OrderTerms>,
}

/// Why the embedded terms cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("terms of orders: {0}")]
pub struct MalformedTerms(String);

/// The embedded terms of orders.
///
/// # Errors
/// When the file is not well-formed.
pub fn embedded() -> Result<Vec<OrderTerms>, MalformedTerms> {
    let file: File =
        toml::from_str(include_str!("../data/terms.toml")).map_err(|error| MalformedTerms(error.to_string()))?;
    Ok(file.rules)
}

/// The terms of an order that is made on a day, by the rule that holds then: of several, the one that began last.
#[must_use]
pub fn on(rules: &[OrderTerms], day: NaiveDate) -> Option<&OrderTerms> {
    rules.iter().filter(|rule| rule.validity.contains(day)).max_by_key(|rule| rule.validity.from)
}

impl From<&OrderTerms> for Terms {
    fn from(rule: &OrderTerms) -> Self {
        Self {
            penalty_permille_a_day: rule.penalty_permille_a_day,
            penalty_permille_max: rule.penalty_permille_max,
            payment_days: rule.payment_days,
            over_delivery_limit: rule.over_delivery_limit,
            early_payment_permille: 0,
            early_payment_days: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_terms_on_every_day_since_the_marketplace_began() {
        let rules = embedded().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(on(&rules, day("2019-12-31")).is_none());
        let rule = on(&rules, day("2026-11-02")).unwrap();
        let terms = Terms::from(rule);
        assert!((1..=180).contains(&terms.payment_days) && (1..=14).contains(&rule.days_to_sign));
        assert!((0..=100).contains(&terms.penalty_permille_a_day) && (0..=1_000).contains(&terms.penalty_permille_max));
        assert!(!rule.source.is_empty());
    }

    #[test]
    fn a_little_more_may_be_delivered_where_that_was_agreed() {
        let terms = Terms { over_delivery_limit: 5_000, ..Terms::from(&embedded().unwrap()[0]) };
        assert_eq!(terms.deliverable(100_000), 105_000);
        assert_eq!(terms.deliverable(1), 1, "rounded down");
        assert_eq!(terms.deliverable(i64::MAX), i64::MAX);
    }
}
