//! What was found, what is needed and what mends it, in the reader's language.

use chrono::NaiveDate;

use crate::{
    directory::model::ownership::{EvidenceLevel, OwnershipStatus},
    kernel::{
        decimal::format_scaled,
        locale::{Locale, message},
        quantity::DECIMALS,
    },
    matching::model::check::{Finding, Fix},
};

/// What was found, or is needed.
pub(super) fn finding(finding: Finding, language: Locale) -> String {
    match finding {
        Finding::Nothing => message(language, "matching-nothing", []),
        Finding::Grams(grams) => kilograms(grams),
        Finding::Days(from, until) => days(from, until, language),
        Finding::Bounds(minimum, maximum) => {
            let (minimum, maximum) = (minimum.map(thousandths), maximum.map(thousandths));
            match (minimum, maximum) {
                (Some(minimum), Some(maximum)) => message(
                    language,
                    "matching-between",
                    [("minimum", minimum.as_str()), ("maximum", maximum.as_str())],
                ),
                (Some(minimum), None) => message(language, "matching-at-least", [("minimum", minimum.as_str())]),
                (None, Some(maximum)) => message(language, "matching-at-most", [("maximum", maximum.as_str())]),
                (None, None) => message(language, "matching-measured", []),
            }
        }
        Finding::Number(number) => thousandths(number),
        Finding::Until(day) => message(language, "matching-until", [("day", day.to_string().as_str())]),
        Finding::Status(status, level) => women_status(status, level, language),
        Finding::Invited(true) => message(language, "matching-invited", []),
        Finding::Invited(false) => message(language, "matching-not-invited", []),
    }
}

/// What mends it, as advice.
pub(super) fn fix(fix: &Fix, language: Locale) -> String {
    let say = |key: &str, args: &[(&str, &str)]| message(language, key, args.iter().copied());
    match fix {
        Fix::OfferMore(grams) => say("matching-fix-offer-more", &[("quantity", &kilograms(*grams))]),
        Fix::OfferWithin(from, until) => say("matching-fix-offer-within", &[("days", &days(*from, *until, language))]),
        Fix::Measure(attribute) => say("matching-fix-measure", &[("attribute", attribute)]),
        Fix::Improve(attribute, missing) => {
            say("matching-fix-improve", &[("attribute", attribute), ("missing", &thousandths(*missing))])
        }
        Fix::GetCertified(scheme, on) => {
            say("matching-fix-get-certified", &[("scheme", scheme), ("day", &on.to_string())])
        }
        Fix::Renew(scheme, days) => say("matching-fix-renew", &[("scheme", scheme), ("days", &days.to_string())]),
        Fix::DeclareOwnership => say("matching-fix-declare", &[]),
        Fix::HandInEvidence(level) => say("matching-fix-evidence", &[("level", &level_text(*level, language))]),
        Fix::Ownership(change) => {
            let args = change.args();
            message(language, change.message_key(), args.iter().map(|(name, value)| (*name, value.as_str())))
        }
        Fix::ChooseOthers => say("matching-fix-choose-others", &[]),
        Fix::AskForInvitation => say("matching-fix-invitation", &[]),
    }
}

fn women_status(status: OwnershipStatus, level: Option<EvidenceLevel>, language: Locale) -> String {
    let key = match status {
        OwnershipStatus::Yes => "matching-status-yes",
        OwnershipStatus::No => "matching-status-no",
        OwnershipStatus::Unknown => "matching-status-unknown",
    };
    let status = message(language, key, []);
    match level {
        Some(level) => format!("{status} ({})", level_text(level, language)),
        None => status,
    }
}

fn level_text(level: EvidenceLevel, language: Locale) -> String {
    let key = match level {
        EvidenceLevel::SelfDeclared => "matching-level-declared",
        EvidenceLevel::DocumentSubmitted => "matching-level-submitted",
        EvidenceLevel::DocumentVerified => "matching-level-verified",
        EvidenceLevel::ThirdPartyCertified => "matching-level-certified",
    };
    message(language, key, [])
}

fn days(from: Option<NaiveDate>, until: Option<NaiveDate>, language: Locale) -> String {
    let text = |day: Option<NaiveDate>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
    message(language, "matching-days", [("from", text(from).as_str()), ("until", text(until).as_str())])
}

/// A mass as a cooperative counts it, to the gram.
fn kilograms(grams: i64) -> String {
    format!("{} kg", format_scaled(grams, 3))
}

fn thousandths(number: i64) -> String {
    format_scaled(number, DECIMALS)
}
