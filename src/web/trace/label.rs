//! A sheet of labels to print and to glue on bags: A4, the same label so many times.

use std::sync::LazyLock;

use axum::http::HeaderValue;
use maud::{Markup, html};

use super::{
    qr,
    words::{best, day, kilograms, party, say},
};
use crate::{
    kernel::locale::{Locale, message},
    traceability::model::journey::Journey,
    web::{document, policy_of},
};

const STYLE: &str = include_str!("label.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy_of(&[STYLE]));

/// How many labels a sheet can have.
pub const COUNTS: std::ops::RangeInclusive<u32> = 1..=48;
/// How many stand beside each other.
pub const COLUMNS: std::ops::RangeInclusive<u32> = 1..=4;
/// What of both whoever does not say gets: labels as large as a hand is wide.
pub const USUAL: (u32, u32) = (8, 2);

/// The content security policy of the sheet.
#[must_use]
pub fn policy() -> HeaderValue {
    POLICY.clone()
}

/// The sheet.
#[must_use]
pub fn sheet(language: Locale, journey: &Journey, count: u32, columns: u32) -> String {
    let title = message(language, "trace-page-label-title", [("code", journey.code.as_str())]);
    let body = html! {
        header {
            h1 { (title) }
            p { (say(language, "trace-page-label-how")) }
            @if journey.is_void || !journey.recalls.is_empty() {
                p class="notice" { (say(language, "trace-page-label-not")) }
            }
        }
        svg class="symbols" aria-hidden="true" { (qr::symbol("qr", &journey.url)) }
        main class={ "columns-" (columns) } { @for _ in 0..count { (label(language, journey)) } }
    };
    document(language.code(), &title, &[STYLE], &body)
}

fn label(language: Locale, journey: &Journey) -> Markup {
    let made = day(language, journey.made_at);
    html! {
        article {
            svg role="img" aria-label=(journey.url) { use href="#qr" {} }
            div {
                h2 { (best(&journey.product, language)) }
                p { (party(language, journey.maker.as_ref())) }
                p { (message(language, "trace-page-label-made", [("day", made.as_str())])) }
                p { (kilograms(language, journey.grams)) }
                p class="code" { (journey.code) }
            }
        }
    }
}
