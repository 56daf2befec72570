//! Who reads the officer's page: a session in a cookie, since a page without a script can send nothing else.
//!
//! The cookie reaches only addresses below `/dashboard`, which only read, so that no other page's request can do anything by
//! it: GraphQL never sees it. Forms are taken from the service's own pages alone.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    accounts::{Accounts, Actor, IssuedSession, Principal},
    kernel::{Fault, clock::Timestamp},
};

/// The cookie that holds the session's refresh token. It is never exchanged here, and ends when it runs out.
const SESSION: &str = "bfw_session";

/// Finds out who asks; none where nobody is signed in.
pub(super) async fn reader(accounts: &Accounts, stranger: Actor, headers: &HeaderMap) -> Result<Option<Actor>, Fault> {
    let Some(token) = cookie(headers, SESSION) else { return Ok(None) };
    let user = accounts.authenticate_by_refresh_token(token.expose_secret()).await?;
    Ok(user.map(|user| Actor { principal: Principal::User(user), ..stranger }))
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

/// Adds the cookie of a session to an answer.
pub(super) fn keep(response: &mut Response, session: &IssuedSession, now: Timestamp, https: bool) {
    let seconds = (session.refresh_expires_at - now).num_seconds().max(0);
    set(response, &session.refresh_token.reveal(), seconds, https);
}

/// Takes the cookie back.
pub(super) fn forget(response: &mut Response, https: bool) {
    set(response, "", 0, https);
}

fn set(response: &mut Response, value: &str, seconds: i64, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{SESSION}={value}; Path=/dashboard; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
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
        let headers = headers(&[("cookie", "a=1; bfw_session=token; b=2")]);
        assert_eq!(cookie(&headers, SESSION).unwrap().expose_secret(), "token");
        assert!(cookie(&headers, "c").is_none());
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
