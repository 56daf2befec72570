//! What every row of reference data says about itself: where it comes from, how sure we are, and when it holds.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How sure we are of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Certainty {
    /// Remembered: to be confirmed before anything of weight rests on it.
    #[serde(rename = "M")]
    Memory,
    /// Inferred from verified facts.
    #[serde(rename = "I")]
    Inferred,
    /// Found in a public source, named beside it.
    #[serde(rename = "V")]
    Verified,
}

impl Certainty {
    /// The letter used in data files and tables.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Verified => "V",
            Self::Inferred => "I",
            Self::Memory => "M",
        }
    }

    /// Reads the letter used in data files and tables.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "V" => Some(Self::Verified),
            "I" => Some(Self::Inferred),
            "M" => Some(Self::Memory),
            _ => None,
        }
    }
}

/// The days on which something holds, both ends included; an open end has always held, or holds until further notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validity {
    /// First day, or none where the beginning is not known or does not matter.
    #[serde(default, rename = "valid_from")]
    pub from: Option<NaiveDate>,
    /// Last day, or none where it still holds.
    #[serde(default, rename = "valid_to")]
    pub to: Option<NaiveDate>,
}

impl Validity {
    /// Whether `day` lies within.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether some day lies within both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let starts_in_time = |start: Option<NaiveDate>, end: Option<NaiveDate>| match (start, end) {
            (Some(start), Some(end)) => start <= end,
            (None, _) | (_, None) => true,
        };
        starts_in_time(self.from, other.to) && starts_in_time(other.from, self.to)
    }
}

/// A row of reference data that cannot be used, told so that whoever maintains the file finds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("reference data {file}, {row}: {problem}")]
pub struct ReferenceError {
    /// The file within the project.
    pub file: &'static str,
    /// The code or the line of the row.
    pub row: String,
    /// What is wrong with it.
    pub problem: String,
}

impl ReferenceError {
    /// Names the row and what is wrong with it.
    pub fn new(file: &'static str, row: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { file, row: row.into(), problem: problem.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn both_ends_are_included() {
        let validity = Validity { from: Some(day("2023-03-13")), to: Some(day("2024-12-31")) };

        assert!(!validity.contains(day("2023-03-12")));
        assert!(validity.contains(day("2023-03-13")));
        assert!(validity.contains(day("2024-12-31")));
        assert!(!validity.contains(day("2025-01-01")));
        assert!(Validity::default().contains(day("1900-01-01")));
    }

    #[test]
    fn periods_overlap_when_they_share_a_day() {
        let first = Validity { from: None, to: Some(day("2023-03-12")) };
        let second = Validity { from: Some(day("2023-03-13")), to: None };

        assert!(!first.overlaps(&second));
        assert!(first.overlaps(&Validity::default()));
        assert!(second.overlaps(&Validity { from: Some(day("2023-03-13")), to: Some(day("2023-03-13")) }));
    }

    #[test]
    fn letters_survive_the_round_trip() {
        for certainty in [Certainty::Verified, Certainty::Inferred, Certainty::Memory] {
            assert_eq!(Certainty::from_letter(certainty.letter()), Some(certainty));
        }
        assert_eq!(Certainty::from_letter("?"), None);
        assert!(Certainty::Verified > Certainty::Inferred && Certainty::Inferred > Certainty::Memory);
    }
}
