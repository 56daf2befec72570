//! Days from one to another.

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

use crate::kernel::{ErrorCode, UserError};

/// The years in which a period may begin or end.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Days from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none while it lasts.
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether the two share a day.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |one: &Self, two: &Self| two.until.is_none_or(|until| one.from <= until);
        begins_before_end(self, other) && begins_before_end(other, self)
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// The same with another end: not before its first day, and not after the end that it has.
    ///
    /// # Errors
    /// [`ErrorCode::OutOfRange`] at `path`.
    pub fn ended(&self, until: NaiveDate, path: [&str; 2]) -> Result<Self, UserError> {
        let latest = self.until.or_else(|| NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31)).unwrap_or(until);
        if until < self.from || until > latest {
            let error = UserError::new(ErrorCode::OutOfRange, path);
            return Err(error.with("minimum", self.from).with("maximum", latest));
        }
        Ok(Self { from: self.from, until: Some(until) })
    }

    /// Goes on if it ends no earlier than it begins, in years in which people live; `at` gives the path of a field.
    ///
    /// # Errors
    /// [`ErrorCode::OutOfRange`] at `validFrom` or `validUntil`, [`ErrorCode::InvalidPeriod`] at `validUntil`.
    pub fn check(self, at: impl Fn(&str) -> Vec<String>) -> Result<Self, UserError> {
        for (field, day) in [("validFrom", Some(self.from)), ("validUntil", self.until)] {
            if day.is_some_and(|day| !YEARS.contains(&day.year())) {
                let error = UserError::new(ErrorCode::OutOfRange, at(field));
                return Err(error.with("minimum", YEARS.start()).with("maximum", YEARS.end()));
            }
        }
        match self.until {
            Some(until) if until < self.from => Err(UserError::new(ErrorCode::InvalidPeriod, at("validUntil"))),
            Some(_) | None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(from: i32, length: Option<i32>) -> Period {
        let day = |number: i32| NaiveDate::from_num_days_from_ce_opt(738_000 + number).unwrap();
        Period { from: day(from), until: length.map(|length| day(from + length)) }
    }

    proptest! {
        #[test]
        fn two_overlap_where_a_day_is_in_both(
            one in (0..20_i32, proptest::option::of(0..10_i32)),
            two in (0..20_i32, proptest::option::of(0..10_i32)),
        ) {
            let (one, two) = (period(one.0, one.1), period(two.0, two.1));
            let shared = (0..40).any(|day| {
                let day = period(day, None).from;
                one.holds_on(day) && two.holds_on(day)
            });
            prop_assert_eq!(one.overlaps(&two), shared);
            prop_assert_eq!(two.overlaps(&one), shared);
        }
    }

    #[test]
    fn an_end_lies_between_the_beginning_and_the_end_that_was() {
        let held = period(5, Some(10));
        let end = |number: i32| held.ended(period(number, None).from, ["input", "validUntil"]).map(|ended| ended.until);
        assert!(end(4).is_err() && end(16).is_err());
        assert_eq!(end(5), Ok(Some(held.from)));
        assert_eq!(end(15), Ok(held.until));
        assert!(period(5, None).ended(period(900, None).from, ["input", "validUntil"]).is_ok());
    }
}
