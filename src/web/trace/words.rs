//! Numbers, days and names, as the reader writes them.

use crate::{
    directory::model::ownership::EvidenceLevel,
    kernel::{
        clock::Timestamp,
        decimal::format_scaled,
        locale::{Locale, Texts, message},
    },
};

/// A sentence without arguments.
pub(super) fn say(language: Locale, key: &str) -> String {
    message(language, key, [])
}

pub(super) fn best(texts: &Texts, language: Locale) -> &str {
    texts.best(language).unwrap_or_default()
}

/// An organization's name, or that it is not told.
pub(super) fn party(language: Locale, name: Option<&String>) -> String {
    name.cloned().unwrap_or_else(|| say(language, "trace-page-nobody"))
}

pub(super) fn day(language: Locale, at: Timestamp) -> String {
    crate::web::day_by(language, "trace-page-day", at)
}

/// A mass: `1 250,5 kg` in French and Bambara, `1,250.5 kg` in English. Spaces do not break.
pub(super) fn kilograms(language: Locale, grams: i64) -> String {
    let plain = format_scaled(grams, 3);
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (group, point) = match language {
        Locale::Fr | Locale::Bm => ('\u{202f}', ','),
        Locale::En => (',', '.'),
    };
    let mut text = String::with_capacity(plain.len() * 2);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push(point);
        text.push_str(fraction);
    }
    text + "\u{a0}kg"
}

/// Parts of a million in whole percent, so that together they make a hundred as the parts make a million.
pub(super) fn percents<const N: usize>(parts: [u32; N]) -> [u32; N] {
    let mut percents = parts.map(|part| part / 10_000);
    let left = (parts.iter().sum::<u32>() / 10_000).saturating_sub(percents.iter().sum());
    let mut by_rest: [usize; N] = std::array::from_fn(|part| part);
    by_rest.sort_by_key(|&part| std::cmp::Reverse(parts[part] % 10_000));
    for &part in by_rest.iter().take(usize::try_from(left).unwrap_or(0)) {
        percents[part] += 1;
    }
    percents
}

/// So much percent. A little is not nothing, and nearly all is not all.
pub(super) fn percent(language: Locale, part: u32, rounded: u32) -> String {
    let space = match language {
        Locale::Fr | Locale::Bm => "\u{a0}",
        Locale::En => "",
    };
    match (part, rounded) {
        (1.., 0) => format!("<\u{a0}1{space}%"),
        (..1_000_000, 100) => format!(">\u{a0}99{space}%"),
        (_, rounded) => format!("{rounded}{space}%"),
    }
}

/// How well an organization's ownership is supported.
pub(super) const fn evidence_key(level: Option<EvidenceLevel>) -> &'static str {
    match level {
        Some(EvidenceLevel::DocumentVerified) => "trace-page-evidence-verified",
        Some(EvidenceLevel::ThirdPartyCertified) => "trace-page-evidence-certified",
        Some(EvidenceLevel::DocumentSubmitted | EvidenceLevel::SelfDeclared) | None => "trace-page-evidence-declared",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masses_are_written_as_the_reader_writes_them() {
        assert_eq!(kilograms(Locale::Fr, 1_250_500), "1\u{202f}250,5\u{a0}kg");
        assert_eq!(kilograms(Locale::En, 12_345_678_000), "12,345,678\u{a0}kg");
        assert_eq!(kilograms(Locale::Bm, 5), "0,005\u{a0}kg");
    }

    #[test]
    fn percents_make_a_hundred_and_hide_nothing() {
        assert_eq!(percents([333_333, 333_333, 333_334]), [33, 33, 34]);
        assert_eq!(percents([999_999, 1, 0]), [100, 0, 0]);
        assert_eq!(percent(Locale::Fr, 999_999, 100), ">\u{a0}99\u{a0}%");
        assert_eq!(percent(Locale::En, 1, 0), "<\u{a0}1%");
        assert_eq!(percent(Locale::En, 0, 0), "0%");
        assert_eq!(percent(Locale::En, 1_000_000, 100), "100%");
    }
}
