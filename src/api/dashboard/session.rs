//! Who reads the officer's page: a session in cookies, since a page without a script can send nothing else.
//!
//! The cookies reach only addresses below `/dashboard`, which only read, so that no other page's request can do anything by
//! them: GraphQL never sees them. Forms are taken from the service's own pages alone.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    accounts::{Accounts, Actor, IssuedSession, Principal, RefreshSession},
    kernel::{Failure, Fault, clock::Timestamp, digest::Digest},
};

/// The cookie that holds the access token.
const ACCESS: &str = "bfw_access";
/// The cookie that holds the refresh token.
const REFRESH: &str = "bfw_refresh";

/// Whoever a request comes from.
pub(super) enum Reader {
    /// Somebody who is signed in; with a new session in place of one that had run out.
    Known(Actor, Option<Box<IssuedSession>>),
    /// Nobody.
    Unknown,
}

/// Finds out who asks.
pub(super) async fn reader(accounts: &Accounts, stranger: Actor, headers: &HeaderMap) -> Result<Reader, Fault> {
    if let Some(token) = cookie(headers, ACCESS)
        && let Some(user) = accounts.authenticate(token.expose_secret()).await?
    {
        return Ok(Reader::Known(Actor { principal: Principal::User(user), ..stranger }, None));
    }
    let Some(refresh_token) = cookie(headers, REFRESH) else { return Ok(Reader::Unknown) };
    // Of two pages that are opened at once the second would else look like a thief.
    let idempotency_key = Some(Digest::of(refresh_token.expose_secret().as_bytes()).to_string());
    let session = match accounts.refresh_session(&stranger, RefreshSession { refresh_token, idempotency_key }).await {
        Ok(session) => session,
        Err(Failure::Rejected(_)) => return Ok(Reader::Unknown),
        Err(Failure::Fault(fault)) => return Err(fault),
    };
    let user = accounts.authenticate(&session.access_token.reveal()).await?;
    let known = user.map(|user| Actor { principal: Principal::User(user), ..stranger });
    Ok(known.map_or(Reader::Unknown, |actor| Reader::Known(actor, Some(Box::new(session)))))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned().into())
}

/// Whether a form was sent from a page of this service. Browsers say where a form comes from; whoever says nothing is none, and
/// brings nobody's cookies.
pub(super) fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == public_url,
        (None, None) => true,
    }
}

/// Adds the cookies of a session to an answer.
pub(super) fn keep(response: &mut Response, session: &IssuedSession, now: Timestamp, https: bool) {
    let seconds = |until: Timestamp| (until - now).num_seconds().max(0);
    set(response, ACCESS, &session.access_token.reveal(), seconds(session.expires_at), https);
    set(response, REFRESH, &session.refresh_token.reveal(), seconds(session.refresh_expires_at), https);
}

/// Takes the cookies back.
pub(super) fn forget(response: &mut Response, https: bool) {
    set(response, ACCESS, "", 0, https);
    set(response, REFRESH, "", 0, https);
}

fn set(response: &mut Response, name: &str, value: &str, seconds: i64, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/dashboard; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    // Tokens are of letters, digits, - and _.
    if let Ok(mut value) = HeaderValue::try_from(text) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Leads elsewhere, by GET.
pub(super) fn lead_to(address: &'static str) -> Response {
    let headers = [
        (header::LOCATION, HeaderValue::from_static(address)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=1; bfw_access=token; b=2")]);
        assert_eq!(cookie(&headers, ACCESS).unwrap().expose_secret(), "token");
        assert!(cookie(&headers, REFRESH).is_none());
    }

    #[test]
    fn a_form_of_another_page_is_told_apart() {
        let own = "https://marche.example";
        assert!(is_own(&headers(&[("sec-fetch-site", "same-origin"), ("origin", own)]), own));
        assert!(is_own(&headers(&[("origin", own)]), own));
        for foreign in [
            &[("sec-fetch-site", "cross-site"), ("origin", own)][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://ailleurs.example")],
            &[("origin", "null")],
        ] {
            assert!(!is_own(&headers(foreign), own), "{foreign:?}");
        }
    }
}
