//! Certificates: what they were when the lot was made, and what they are today.

use chrono::NaiveTime;
use maud::{Markup, html};

use super::words::{best, day, party, percent, percents, say};
use crate::{
    certification::{CertificateStatus, model::scheme::SchemeCover},
    kernel::locale::{Locale, message},
    traceability::model::journey::{ClaimShown, Journey},
};

const WHOLE: u32 = 1_000_000;

pub(super) fn section(language: Locale, journey: &Journey) -> Markup {
    html! {
        section {
            h2 { (say(language, "trace-page-claims")) }
            @if journey.claims.is_empty() {
                p { (say(language, "trace-page-claims-none")) }
            } @else {
                ul class="claims" { @for claim in &journey.claims { (card(language, claim)) } }
            }
        }
    }
}

fn card(language: Locale, claim: &ClaimShown) -> Markup {
    let until = day(language, claim.valid_until.and_time(NaiveTime::MIN).and_utc());
    let rounded = percents([claim.share, WHOLE.saturating_sub(claim.share)])[0];
    let share = percent(language, claim.share, rounded);
    let covers = match claim.about {
        SchemeCover::Product if claim.share >= WHOLE => say(language, "trace-page-claim-whole"),
        SchemeCover::Product => message(language, "trace-page-claim-part", [("percent", share.as_str())]),
        SchemeCover::Process | SchemeCover::Organization => say(language, "trace-page-claim-maker"),
    };
    html! {
        li {
            h3 { (best(&claim.scheme, language)) }
            p { (covers) }
            (mark(claim.then, &say(language, then_key(claim.then))))
            (mark(claim.now, &message(language, now_key(claim.now), [("day", until.as_str())])))
            p class="small" {
                (message(language, "trace-page-claim-certificate", [
                    ("number", claim.number.as_str()),
                    ("issuer", claim.issuer.as_str()),
                    ("holder", party(language, claim.holder.as_ref()).as_str()),
                ]))
            }
            @if let Some(url) = &claim.credential_url {
                p { a class="button" href=(url) { (say(language, "trace-page-claim-check")) } }
            }
        }
    }
}

/// A sign and words; what ran out since is no fault of the lot and is not shown as one.
fn mark(status: CertificateStatus, said: &str) -> Markup {
    let (class, sign) = match status {
        CertificateStatus::Verified => ("good", "✓"),
        CertificateStatus::Expired | CertificateStatus::NotYetValid => ("past", "○"),
        CertificateStatus::Suspended
        | CertificateStatus::Revoked
        | CertificateStatus::Submitted
        | CertificateStatus::Rejected => ("bad", "✕"),
    };
    html! { p class={ "mark " (class) } { span aria-hidden="true" { (sign) } " " (said) } }
}

const fn then_key(status: CertificateStatus) -> &'static str {
    match status {
        CertificateStatus::Verified => "trace-page-then-valid",
        CertificateStatus::Suspended => "trace-page-then-suspended",
        CertificateStatus::Revoked => "trace-page-then-revoked",
        CertificateStatus::Expired
        | CertificateStatus::NotYetValid
        | CertificateStatus::Submitted
        | CertificateStatus::Rejected => "trace-page-then-not-valid",
    }
}

const fn now_key(status: CertificateStatus) -> &'static str {
    match status {
        CertificateStatus::Verified => "trace-page-now-valid",
        CertificateStatus::Expired => "trace-page-now-expired",
        CertificateStatus::Suspended => "trace-page-now-suspended",
        CertificateStatus::Revoked => "trace-page-now-revoked",
        CertificateStatus::NotYetValid | CertificateStatus::Submitted | CertificateStatus::Rejected => {
            "trace-page-now-not-valid"
        }
    }
}
