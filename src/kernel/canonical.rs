//! JSON in the one form that can be hashed ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785), JCS).
//!
//! Every change of state is sealed in this form ([`super::db::audit`]), and was for a tenth of what it costs: the library, which
//! everything else here uses, makes each member apart on the heap. A tree of values can be sorted where it stands.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

/// Whole numbers up to here are written with all their digits; larger ones are doubles, as all numbers of JSON are.
const EXACT_MAX: u64 = 1 << 53;

/// Writes a value.
///
/// # Errors
/// When a number is none that JSON can say.
pub fn write(value: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Number(number) => return write_number(number, out),
        Value::Array(items) => {
            out.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => return write_members(sorted(members), out),
        // Escaped as JCS has it.
        Value::Null | Value::Bool(_) | Value::String(_) => serde_json::to_writer(out, value)?,
    }
    Ok(())
}

/// Writes an object of members that are in the order of their names.
///
/// # Errors
/// When a number is none that JSON can say.
pub fn write_members<'v>(
    members: impl IntoIterator<Item = (&'v str, Cow<'v, Value>)>,
    out: &mut Vec<u8>,
) -> serde_json::Result<()> {
    out.push(b'{');
    for (position, (name, value)) in members.into_iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, name)?;
        out.push(b':');
        write(&value, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// In the order of their names as UTF-16, which is that of JavaScript.
fn sorted(members: &Map<String, Value>) -> Vec<(&str, Cow<'_, Value>)> {
    let mut members: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value))).collect();
    members.sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    members
}

fn write_number(number: &Number, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match number.as_i64() {
        Some(whole) if whole.unsigned_abs() <= EXACT_MAX => serde_json::to_writer(out, &whole),
        _ => serde_json_canonicalizer::to_writer(number, out),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_sorted_as_javascript_sorts_them() {
        // The standard's own example, section 3.2.3.
        let value = serde_json::json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        assert_eq!(
            written(&value),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
             \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
             \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        );
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-5_i64..5).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_the_library_writes(value in values()) {
            prop_assert_eq!(written(&value), serde_json_canonicalizer::to_string(&value).unwrap());
        }
    }
}
