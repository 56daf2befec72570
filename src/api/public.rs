//! What anybody may have and keep: answers with a tag, so that what is known already is not sent again. They say so to browsers,
//! whatever origins may call the API.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use sha2::{Digest as _, Sha256};

use super::{problem::problem, router::id_of};

/// What an answer depends on beside its address.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("accept, accept-language");

/// How long an answer is kept by whoever fetched it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept {
    /// It is asked for again each time, and sent again only where it changed.
    Asked,
    /// So many seconds.
    Seconds(u32),
}

/// An answer that anybody may have, or 304 where it is known already.
pub(super) fn answer(request: &Request, media: &'static str, kept: Kept, body: impl Into<Bytes>) -> Response {
    let body = body.into();
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    });
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(body) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let asked = HeaderValue::from_static("no-cache");
    let kept = match kept {
        Kept::Asked => asked,
        Kept::Seconds(seconds) => HeaderValue::try_from(format!("public, max-age={seconds}")).unwrap_or(asked),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, kept);
    headers.insert(header::VARY, VARY);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let cross_origin = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(cross_origin, HeaderValue::from_static("cross-origin"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The refusal of a request that accepts none of the forms.
pub(super) fn unacceptable(request: &Request) -> Response {
    let mut response =
        problem(StatusCode::NOT_ACCEPTABLE, "it is not to be had in any form that Accept names", &id_of(request));
    response.headers_mut().insert(header::VARY, VARY);
    response
}
