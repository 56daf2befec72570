//! The page behind the code on a bag: what is in it, who grew it, where it came from, and what may be claimed of it.
//!
//! For somebody in a market with a cheap phone in the sun: what matters most first, pictures with the same said in words, and no
//! colour that alone says anything.

mod claims;
mod growers;
mod icons;
pub mod label;
mod map;
pub mod qr;
mod way;
mod words;

use std::sync::LazyLock;

use axum::http::HeaderValue;
use maud::{Markup, html};

use super::{STYLE, document, policy_of};
use crate::{
    kernel::locale::{Locale, message},
    traceability::model::{
        journey::{Journey, Maker, RecallShown},
        lot::CustodyModel,
    },
};
use words::{best, day, kilograms, say};

const OWN_STYLE: &str = include_str!("trace/trace.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy_of(&[STYLE, OWN_STYLE]));

/// The content security policy of the page.
#[must_use]
pub fn policy() -> HeaderValue {
    POLICY.clone()
}

/// The page of a lot.
#[must_use]
pub fn page(language: Locale, journey: &Journey) -> String {
    let product = best(&journey.product, language);
    let body = html! {
        (languages(language))
        main {
            @for recall in &journey.recalls { (recalled(language, recall)) }
            @if journey.is_void {
                p class="notice" { strong { (say(language, "trace-page-void")) } " " (say(language, "trace-page-void-why")) }
            }
            (what(language, journey, product))
            (growers::section(language, &journey.growers))
            (map::section(language, journey))
            (way::section(language, journey))
            (claims::section(language, journey))
            (makers(language, &journey.makers))
            section {
                h2 { (say(language, "trace-page-code")) }
                div class="share" {
                    (qr::picture(&journey.url))
                    p { (say(language, "trace-page-code-why")) br; a href=(journey.url) { (journey.url) } }
                }
            }
        }
    };
    let title = format!("{product} – {}", journey.code);
    document(language.code(), &title, &[STYLE, OWN_STYLE], &body)
}

/// The page of a code that no lot has.
#[must_use]
pub fn unknown(language: Locale, code: &str) -> String {
    let title = say(language, "trace-page-unknown");
    let body = html! {
        (languages(language))
        main {
            h1 { (title) }
            @if !code.is_empty() { p class="code" { (code) } }
            p { (say(language, "trace-page-unknown-why")) }
        }
    };
    document(language.code(), &title, &[STYLE, OWN_STYLE], &body)
}

/// The page while nothing can be read.
#[must_use]
pub fn unable(language: Locale) -> String {
    let title = say(language, "trace-page-unable");
    let body = html! { main { h1 { (title) } p { (say(language, "trace-page-unable-why")) } } };
    document(language.code(), &title, &[STYLE, OWN_STYLE], &body)
}

/// The same page in the other languages. Each names itself in itself.
fn languages(shown: Locale) -> Markup {
    let name = |language| match language {
        Locale::Fr => "Français",
        Locale::Bm => "Bamanankan",
        Locale::En => "English",
    };
    html! {
        nav aria-label=(say(shown, "trace-page-languages")) {
            @for language in [Locale::Fr, Locale::Bm, Locale::En] {
                @let code = language.code();
                @let current = (language == shown).then_some("page");
                a href={ "?lang=" (code) } lang=(code) hreflang=(code) aria-current=[current] { (name(language)) }
            }
        }
    }
}

fn recalled(language: Locale, recall: &RecallShown) -> Markup {
    html! {
        div class="recall" role="alert" {
            p { strong { (say(language, "trace-page-recall")) } }
            p { (recall.reason) }
            p {
                (message(language, "trace-page-recall-since", [
                    ("day", day(language, recall.opened_at).as_str()),
                    ("organization", words::party(language, recall.organization.as_ref()).as_str()),
                ]))
            }
            @if let Some(phone) = &recall.phone {
                p { a href={ "tel:" (phone) } { (message(language, "trace-page-recall-call", [("phone", phone.as_str())])) } }
            }
        }
    }
}

/// What it is: what one looks for first.
fn what(language: Locale, journey: &Journey, product: &str) -> Markup {
    let made = day(language, journey.made_at);
    let place = journey.place.as_ref().map(|place| best(&place.names, language));
    html! {
        header {
            p class="code" { (say(language, "trace-page-lot")) " " b { (journey.code) } }
            h1 { (product) }
            p class="maker" {
                (message(language, "trace-page-made-by", [
                    ("organization", words::party(language, journey.maker.as_ref()).as_str()),
                ]))
            }
            dl {
                div { dt { (say(language, "trace-page-made-on")) } dd { (made) } }
                @if let Some(place) = place { div { dt { (say(language, "trace-page-made-at")) } dd { (place) } } }
                div { dt { (say(language, "trace-page-weight")) } dd { (kilograms(language, journey.grams)) } }
                @if let Some(grade) = &journey.grade {
                    div { dt { (say(language, "trace-page-grade")) } dd { (grade) } }
                }
                div class="wide" { dt { (say(language, "trace-page-custody")) } dd { (say(language, custody_key(journey.custody))) } }
            }
        }
    }
}

const fn custody_key(custody: CustodyModel) -> &'static str {
    match custody {
        CustodyModel::IdentityPreserved => "trace-page-custody-identity-preserved",
        CustodyModel::Segregated => "trace-page-custody-segregated",
        CustodyModel::ControlledBlending => "trace-page-custody-controlled-blending",
        CustodyModel::MassBalance => "trace-page-custody-mass-balance",
    }
}

/// Whoever is named as having had it in her hands; the page of a long way stays short.
const MAKERS_MAX: usize = 12;

fn makers(language: Locale, makers: &[Maker]) -> Markup {
    let left_out = makers.len().saturating_sub(MAKERS_MAX);
    html! {
        @if !makers.is_empty() {
            section {
                h2 { (say(language, "trace-page-makers")) }
                ul class="makers" {
                    @for maker in makers.iter().take(MAKERS_MAX) { (self::maker(language, maker)) }
                }
                @if left_out > 0 {
                    p class="more" { (message(language, "trace-page-makers-more", [("count", left_out.to_string().as_str())])) }
                }
            }
        }
    }
}

fn maker(language: Locale, maker: &Maker) -> Markup {
    let did: Vec<String> = maker.did.iter().map(|kind| say(language, way::deed_key(*kind))).collect();
    html! {
        li {
            b { (words::party(language, maker.name.as_ref())) }
            @if let Some(place) = &maker.place { span { (best(&place.names, language)) } }
            span { (did.join(", ")) }
            @if let Some((definition, level)) = maker.women_owned {
                span class="owned" { (say(language, definition.name_key())) ", " (say(language, words::evidence_key(level))) }
            }
        }
    }
}
