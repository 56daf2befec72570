//! Pages that the server writes whole, for whoever has a phone and a slow network: no script, nothing loaded from anywhere,
//! readable at 360 pixels.
//!
//! A page is a function of what it shows; which requests get it is the API's affair.

pub mod credential;

use std::sync::LazyLock;

use axum::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Datelike as _;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::kernel::{
    clock::Timestamp,
    locale::{Locale, message},
};

const STYLE: &str = include_str!("page.css");

/// What a page may do: have its own style, by its hash, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The content security policy of every page.
#[must_use]
pub fn policy() -> HeaderValue {
    // Letters, digits and punctuation are always a header value; less than nothing may be done without one.
    HeaderValue::from_str(&POLICY).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// A page around its content.
fn page(language: Locale, title: &str, content: &Markup) -> String {
    // What has no translation yet is shown in French, and says so to whoever reads it aloud.
    let code = match language {
        Locale::Fr | Locale::Bm => "fr",
        Locale::En => "en",
    };
    let document = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    };
    document.into_string()
}

/// A sentence without arguments.
fn say(language: Locale, key: &str) -> String {
    message(language, key, [])
}

/// An instant's day, as people write it: `2 novembre 2026`. Mali keeps UTC all year.
fn day(language: Locale, at: Timestamp) -> String {
    let (day, month, year) = (at.day().to_string(), at.month().to_string(), at.year().to_string());
    message(language, "page-day", [("day", day.as_str()), ("month", month.as_str()), ("year", year.as_str())])
}
