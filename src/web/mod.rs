//! Pages that the server writes whole, for whoever has a phone and a slow network: no script, nothing loaded from anywhere,
//! readable at 360 pixels.
//!
//! A page is a function of what it shows; which requests get it is the API's affair.

pub mod credential;
pub mod dashboard;
pub mod trace;

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

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy_of(&[STYLE]));

/// The content security policy of a page that has no policy of its own.
#[must_use]
pub fn policy() -> HeaderValue {
    POLICY.clone()
}

/// What a page may do: have these styles, by their hashes, and nothing else.
fn policy_of(styles: &[&str]) -> HeaderValue {
    policy_with(styles, "'none'")
}

/// What a page with forms may do: send them to where it comes from, besides.
fn policy_of_forms(styles: &[&str]) -> HeaderValue {
    policy_with(styles, "'self'")
}

fn policy_with(styles: &[&str], forms: &str) -> HeaderValue {
    let hash = |style: &&str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)));
    let styles: Vec<String> = styles.iter().map(hash).collect();
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'",
        styles.join(" ")
    );
    // Letters, digits and punctuation are always a header value; less than nothing may be done without one.
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// A page around its content.
fn page(language: Locale, title: &str, content: &Markup) -> String {
    // What has no translation yet is shown in French, and says so to whoever reads it aloud.
    let code = match language {
        Locale::Fr | Locale::Bm => "fr",
        Locale::En => "en",
    };
    document(code, title, &[STYLE], &html! { main { (content) } })
}

/// A document with these styles.
fn document(language_code: &str, title: &str, styles: &[&str], body: &Markup) -> String {
    let document = html! {
        (DOCTYPE)
        html lang=(language_code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                @for style in styles { style { (PreEscaped(style)) } }
            }
            body { (body) }
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
    day_by(language, "page-day", at)
}

/// The same by another message.
fn day_by(language: Locale, key: &str, at: Timestamp) -> String {
    let (day, month, year) = (at.day().to_string(), at.month().to_string(), at.year().to_string());
    message(language, key, [("day", day.as_str()), ("month", month.as_str()), ("year", year.as_str())])
}
