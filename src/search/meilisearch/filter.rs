//! Conditions in the server's filter language.
//!
//! Field names are our own constants, numbers are written by us, and every value of a keyword goes through
//! [`encoded`] and stands in quotation marks that it cannot contain: nothing that anyone typed becomes syntax.

use std::fmt::Write as _;

use super::keyword::encoded;
use crate::search::model::{Condition, GeoPoint, KeywordField, NumberField, filter::Near};

/// Each condition as an expression; all of them must hold.
pub(super) fn expressions(conditions: &[Condition]) -> Vec<String> {
    conditions.iter().map(expression).collect()
}

fn expression(condition: &Condition) -> String {
    match condition {
        Condition::AnyOf(field, values) => any_of(*field, values),
        Condition::Between { field, min, max, or_absent } => between(*field, *min, *max, *or_absent),
        Condition::Within(Near { center: GeoPoint { latitude, longitude }, radius_kilometres }) => {
            format!("_geoRadius({latitude}, {longitude}, {})", radius_kilometres * 1_000.0)
        }
    }
}

fn any_of(field: KeywordField, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("\"{}\"", encoded(value))).collect();
    format!("{} IN [{}]", field.name(), values.join(", "))
}

fn between(field: NumberField, min: Option<i64>, max: Option<i64>, or_absent: bool) -> String {
    let name = field.name();
    let mut bounds = String::new();
    match (min, max) {
        (Some(min), Some(max)) => {
            // Writing to a `String` cannot fail.
            let _ = write!(bounds, "({name} >= {min} AND {name} <= {max})");
        }
        (Some(min), None) => {
            let _ = write!(bounds, "{name} >= {min}");
        }
        (None, Some(max)) => {
            let _ = write!(bounds, "{name} <= {max}");
        }
        (None, None) => {
            let _ = write!(bounds, "{name} EXISTS");
        }
    }
    if or_absent { format!("({bounds} OR {name} NOT EXISTS)") } else { bounds }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grade(values: &[&str]) -> String {
        expression(&Condition::AnyOf(KeywordField::Grade, values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn values_are_alternatives_in_quotation_marks() {
        assert_eq!(grade(&["1"]), "grade IN [\"1\"]");
        assert_eq!(grade(&["1", "2"]), "grade IN [\"1\", \"2\"]");
    }

    #[test]
    fn an_open_bound_and_an_absent_number_are_said() {
        let until = |min, max, or_absent| {
            expression(&Condition::Between { field: NumberField::AvailableUntil, min, max, or_absent })
        };
        assert_eq!(until(Some(-3), None, true), "(availableUntil >= -3 OR availableUntil NOT EXISTS)");
        assert_eq!(until(Some(1), Some(2), false), "(availableUntil >= 1 AND availableUntil <= 2)");
        assert_eq!(until(None, None, false), "availableUntil EXISTS");
    }

    #[test]
    fn a_radius_is_given_in_metres() {
        let near = Near { center: GeoPoint { latitude: 12.5, longitude: -8.0 }, radius_kilometres: 0.5 };
        assert_eq!(expression(&Condition::Within(near)), "_geoRadius(12.5, -8, 500)");
    }

    proptest! {
        #[test]
        fn no_value_ends_its_quotation_or_begins_an_escape(value in any::<String>()) {
            let written = grade(&[&value]);
            let inside = written.strip_prefix("grade IN [\"").unwrap().strip_suffix("\"]").unwrap();
            prop_assert!(!inside.contains(['"', '\'', '\\']), "{}", written);
            prop_assert!(!inside.chars().any(char::is_control), "{}", written);
        }
    }
}
