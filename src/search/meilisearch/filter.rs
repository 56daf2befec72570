//! Conditions in the server's filter language.
//!
//! Field names are our own constants, numbers are written by us, and every value of a keyword goes through
//! [`encoded`] and stands in quotation marks that it cannot contain: nothing that anyone typed becomes syntax.

use std::fmt::Write as _;

use super::keyword::encoded;
use crate::search::model::{Condition, KeywordField, NumberField, filter::Near};

/// Each condition as an expression; all of them must hold. The circles are put into words otherwise ([`super::spots`]).
pub(super) fn expressions(conditions: &[Condition]) -> (Vec<String>, Vec<Near>) {
    let (mut expressions, mut circles) = (Vec::new(), Vec::new());
    for condition in conditions {
        match condition {
            Condition::AnyOf(field, values) => expressions.push(any_of(*field, values)),
            Condition::Between { field, min, max, or_absent } => {
                expressions.push(between(*field, *min, *max, *or_absent));
            }
            Condition::Within(near) => circles.push(*near),
        }
    }
    (expressions, circles)
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
    use crate::search::model::GeoPoint;

    fn expression(condition: Condition) -> String {
        expressions(&[condition]).0.remove(0)
    }

    fn grade(values: &[&str]) -> String {
        expression(Condition::AnyOf(KeywordField::Grade, values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn values_are_alternatives_in_quotation_marks() {
        assert_eq!(grade(&["1"]), "grade IN [\"1\"]");
        assert_eq!(grade(&["1", "2"]), "grade IN [\"1\", \"2\"]");
    }

    #[test]
    fn an_open_bound_and_an_absent_number_are_said() {
        let until = |min, max, or_absent| {
            expression(Condition::Between { field: NumberField::AvailableUntil, min, max, or_absent })
        };
        assert_eq!(until(Some(-3), None, true), "(availableUntil >= -3 OR availableUntil NOT EXISTS)");
        assert_eq!(until(Some(1), Some(2), false), "(availableUntil >= 1 AND availableUntil <= 2)");
        assert_eq!(until(None, None, false), "availableUntil EXISTS");
    }

    #[test]
    fn a_circle_is_left_to_be_put_into_words() {
        let near = Near { center: GeoPoint { latitude: 12.5, longitude: -8.0 }, radius_kilometres: 0.5 };
        assert_eq!(expressions(&[Condition::Within(near)]), (Vec::new(), vec![near]));
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
