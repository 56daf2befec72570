//! The page of a credential: what is attested, of whom, by whom, and whether it still holds.

use fast_qr::{convert::svg::SvgBuilder, qr::QRBuilder};
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::{day, say};
use crate::{
    credentials::{
        Credential, CredentialStatus, Standing, StatusEvent,
        model::{Issuer, Shown, revoked_from},
    },
    kernel::{
        clock::Timestamp,
        locale::{Locale, message},
    },
};

/// The page of a credential as of now. `said` is what its token says.
#[must_use]
pub fn page(language: Locale, issuer: &Issuer, credential: &Credential, said: &Value, now: Timestamp) -> String {
    let shown = Shown::of(said);
    let url = issuer.credential_url(credential.id);
    let content = html! {
        h1 { (shown.name) }
        (status(language, credential, now))
        @if let Some(sentence) = sentence(language, &shown) { p { (sentence) } }
        (facts(language, credential, &shown, issuer))
        h2 { (say(language, "credential-page-history")) }
        (history(language, credential, now))
        h2 { (say(language, "credential-page-check")) }
        p { (say(language, "credential-page-check-how")) }
        ul {
            li { a href=(issuer.bundle_url(credential.id)) { (say(language, "credential-page-bundle")) } }
            li { a href=(issuer.document_url()) { (say(language, "credential-page-keys")) } }
        }
        (qr(&url))
        p { a href=(url) { (url) } }
        footer { (message(language, "credential-page-footer", [("issuer", issuer.did())])) }
    };
    super::page(language, &shown.name, &content)
}

/// What is attested, in the reader's own language: the token's own description is written for everybody.
fn sentence(language: Locale, shown: &Shown) -> Option<String> {
    let holder = shown.holder.as_deref()?;
    match (&shown.definition, &shown.certifier) {
        (Some((definition, source)), _) => {
            let args = [("holder", holder), ("definition", definition.as_str()), ("source", source.as_str())];
            Some(message(language, "credential-page-says-ownership", args))
        }
        (None, Some(certifier)) => {
            let args = [("holder", holder), ("certifier", certifier.as_str())];
            Some(message(language, "credential-page-says-certified", args))
        }
        (None, None) => None,
    }
}

/// Whether it holds, first and in large letters, and in words: a colour alone tells some people nothing.
fn status(language: Locale, credential: &Credential, now: Timestamp) -> Markup {
    let (class, key) = match credential.standing(now) {
        Standing::Valid => ("valid", "credential-page-valid"),
        Standing::NotYetValid => ("waiting", "credential-page-not-yet-valid"),
        Standing::Expired => ("ended", "credential-page-expired"),
        Standing::Suspended => ("suspended", "credential-page-suspended"),
        Standing::Revoked if credential.superseded_at == revoked_from(&credential.events) => {
            ("ended", "credential-page-superseded")
        }
        Standing::Revoked => ("ended", "credential-page-revoked"),
    };
    let since = match credential.standing(now) {
        Standing::Revoked => revoked_from(&credential.events),
        Standing::Suspended => last_effective(&credential.events, now).map(|event| event.effective_at),
        Standing::Valid | Standing::NotYetValid | Standing::Expired => None,
    };
    html! {
        p class={ "status " (class) } {
            (say(language, key))
            @if let Some(since) = since {
                span { (message(language, "credential-page-since", [("day", day(language, since).as_str())])) }
            }
            span { (message(language, "credential-page-looked", [("day", day(language, now).as_str())])) }
        }
    }
}

fn last_effective(events: &[StatusEvent], now: Timestamp) -> Option<&StatusEvent> {
    events.iter().filter(|event| event.effective_at <= now).max_by_key(|event| event.effective_at)
}

fn facts(language: Locale, credential: &Credential, shown: &Shown, issuer: &Issuer) -> Markup {
    html! {
        dl {
            @if let Some(holder) = &shown.holder {
                dt { (say(language, "credential-page-holder")) }
                dd {
                    (holder)
                    @if let Some((register, number)) = &shown.registration { " (" (register) " " (number) ")" }
                }
            }
            @if let Some(certifier) = &shown.certifier {
                dt { (say(language, "credential-page-certifier")) }
                dd { (certifier) }
            }
            dt { (say(language, "credential-page-issuer")) }
            dd { (shown.issuer) " (" (issuer.did()) ")" }
            dt { (say(language, "credential-page-from")) }
            dd { (day(language, credential.valid_from)) }
            @if let Some(until) = credential.valid_until {
                dt { (say(language, "credential-page-until")) }
                dd { (day(language, until)) }
            }
            @if !shown.products.is_empty() {
                dt { (say(language, "credential-page-products")) }
                dd { (shown.products.join(", ")) }
            }
            @if !shown.sites.is_empty() {
                dt { (say(language, "credential-page-sites")) }
                dd { (shown.sites.join(", ")) }
            }
        }
    }
}

/// What became of it, as it was written. What takes effect later is told too: whoever relies on it should know.
fn history(language: Locale, credential: &Credential, now: Timestamp) -> Markup {
    let issued = day(language, credential.issued_at);
    html! {
        ol {
            li { (message(language, "credential-page-issued", [("day", issued.as_str())])) }
            @for event in &credential.events {
                li {
                    (message(language, event_key(event.status, event.effective_at > now), [
                        ("day", day(language, event.effective_at).as_str()),
                        ("reason", event.reason.as_str()),
                    ]))
                }
            }
        }
    }
}

const fn event_key(status: CredentialStatus, is_ahead: bool) -> &'static str {
    match (status, is_ahead) {
        (CredentialStatus::Active, false) => "credential-page-was-reinstated",
        (CredentialStatus::Suspended, false) => "credential-page-was-suspended",
        (CredentialStatus::Revoked, false) => "credential-page-was-revoked",
        (CredentialStatus::Active, true) => "credential-page-will-be-reinstated",
        (CredentialStatus::Suspended, true) => "credential-page-will-be-suspended",
        (CredentialStatus::Revoked, true) => "credential-page-will-be-revoked",
    }
}

/// The page's own address for a camera. An address too long for a picture is left to the link below.
fn qr(url: &str) -> Markup {
    html! {
        @if let Ok(code) = QRBuilder::new(url).build() {
            div class="qr" role="img" aria-label=(url) { (PreEscaped(SvgBuilder::default().to_str(&code))) }
        }
    }
}
