//! Values in the one form that the event hash gives them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike as _, Utc};
use serde_json::Value;

use super::{super::Contexts, digital_link::canonical};

/// Names of the vocabulary as they were before it stood on the web (CBV 2.0, section 8.9.1, rule 14).
const OLD_WORDS: [(&str, &str); 5] = [
    ("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
];

/// A value as it stands, as text. Empty for what is no single value.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// A value in its one form.
pub(super) fn scalar(value: &Value, contexts: &Contexts) -> String {
    let text = plain(value);
    let mut text = if value.is_string() { contexts.value(&text) } else { text };
    for (old, new) in OLD_WORDS {
        if text.contains(old) {
            text = text.replace(old, new);
        }
    }
    if let Some(number) = number(&text) {
        return number;
    }
    canonical(&text).unwrap_or(text)
}

/// A number without what does not change it. None for other texts.
fn number(text: &str) -> Option<String> {
    let is_decimal = text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = text.parse::<f64>().ok().filter(|number| is_decimal && number.is_finite())?;
    if number == 0.0 {
        return Some("0".to_owned());
    }
    if number.fract() == 0.0 {
        return Some(format!("{number:.0}"));
    }
    if number.abs() < 1e-4 {
        let written = format!("{number:e}");
        return written.split_once("e-").map(|(digits, exponent)| format!("{digits}e-{exponent:0>2}"));
    }
    Some(number.to_string())
}

/// An instant in UTC with milliseconds, the nearest one, of two that are equally near the even one; a text that is none as it
/// stands.
pub(super) fn instant(text: &str) -> String {
    let Ok(parsed) = DateTime::parse_from_rfc3339(text) else { return text.to_owned() };
    let utc = parsed.with_timezone(&Utc);
    let (millis, micros) = (utc.nanosecond() / 1_000_000, utc.nanosecond() / 1_000 % 1_000);
    let is_up = micros > 500 || micros == 500 && millis % 2 == 1;
    let rounded = if is_up { utc + TimeDelta::milliseconds(1) } else { utc };
    rounded.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (text, expected) in [
            ("1.0", "1"),
            ("+01.50", "1.5"),
            ("007", "7"),
            ("-0.0", "0"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("1E22", "10000000000000000000000"),
            ("12345678901234567890", "12345678901234567168"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1.5e-12", "1.5e-12"),
        ] {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for other in ["", "-", "1-2", "+02:00", "nan", "inf", "1e999", "e", "2026-11-02", "1_000"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn instants_are_of_milliseconds_in_utc() {
        for (text, expected) in [
            ("2026-11-02T08:00:00Z", "2026-11-02T08:00:00.000Z"),
            ("2026-11-02T08:00:00.5+02:00", "2026-11-02T06:00:00.500Z"),
            ("2026-11-02T08:00:00.1235Z", "2026-11-02T08:00:00.124Z"),
            ("2026-11-02T08:00:00.1225Z", "2026-11-02T08:00:00.122Z"),
            ("2026-11-02T08:00:00.9996Z", "2026-11-02T08:00:01.000Z"),
            ("no time", "no time"),
        ] {
            assert_eq!(instant(text), expected, "{text}");
        }
    }
}
