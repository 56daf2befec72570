//! The links of the service to documents, for all of them where the store is a folder, and everywhere for those that are not
//! public: clients send and fetch bytes here, past GraphQL.
//!
//! What may be done stands in the link, sealed; nobody is asked who she is. Bytes are written as they come, never gathered in
//! memory, and no more of them than the link is for. What is fetched is to be saved or looked at and cannot run anything,
//! whatever it is.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{problem::problem, router::id_of};
use crate::kernel::{
    blobs::{BlobError, BlobKey, Blobs, Grant, LinkError, ReceiveError},
    telemetry::RequestId,
};

/// How long a client may be silent while she sends.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What a browser may do with a document: nothing but show it.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// The links' route.
pub fn routes(blobs: Blobs) -> Router {
    Router::new().route("/blobs/{link}", get(fetch).put(receive)).with_state(blobs)
}

/// What a link allows, and what is said of one that allows nothing.
fn opened(blobs: &Blobs, link: &str, id: &RequestId) -> Result<(BlobKey, Grant), Box<Response>> {
    let refused = |error: LinkError| {
        let status = match error {
            LinkError::Forged | LinkError::Expired => StatusCode::FORBIDDEN,
            LinkError::NoKey => StatusCode::SERVICE_UNAVAILABLE,
        };
        Box::new(problem(status, &error.to_string(), id))
    };
    let claims = blobs.claims(link).map_err(refused)?;
    let key = BlobKey::parse(&claims.key).ok_or_else(|| refused(LinkError::Forged))?;
    Ok((key, claims.grant))
}

async fn receive(State(blobs): State<Blobs>, Path(link): Path<String>, request: Request) -> Response {
    let id = id_of(&request);
    let (key, grant) = match opened(&blobs, &link, &id) {
        Ok(opened) => opened,
        Err(refused) => return *refused,
    };
    let Grant::Upload { media_type, length, sha256 } = grant else {
        return problem(StatusCode::FORBIDDEN, "this link is for fetching", &id);
    };
    if request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(media_type.as_bytes()) {
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, &format!("this link is for {media_type}"), &id);
    }
    if let Some(announced) = announced(request.headers()) {
        if announced > length {
            return not_kept(&ReceiveError::TooLong(length), &id);
        }
        if announced < length {
            return not_kept(&ReceiveError::TooShort(length), &id);
        }
    }
    let body = request.into_body().into_data_stream();
    // Whoever falls silent is cut off; whoever is slow is not.
    let body = Box::pin(body.then(|bytes| async { bytes }));
    let body = futures_util::stream::unfold(body, |mut body| async move {
        match tokio::time::timeout(SILENCE_MAX, body.next()).await {
            Ok(Some(bytes)) => Some((bytes.map_err(drop), body)),
            Ok(None) => None,
            Err(_) => Some((Err(()), body)),
        }
    });
    match blobs.receive(&key, (length, &sha256, &media_type), Box::pin(body)).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => not_kept(&error, &id),
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn not_kept(error: &ReceiveError, id: &RequestId) -> Response {
    let status = match error {
        ReceiveError::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
        ReceiveError::TooShort(_) | ReceiveError::BrokeOff => StatusCode::BAD_REQUEST,
        ReceiveError::OtherDigest => StatusCode::UNPROCESSABLE_ENTITY,
        ReceiveError::Store(error) => return away(error, id),
    };
    problem(status, &format!("{error}; nothing was kept"), id)
}

fn away(error: &BlobError, id: &RequestId) -> Response {
    tracing::error!(request_id = %id, %error, "the store of documents failed");
    let (status, detail) = match error {
        BlobError::Unavailable(_) | BlobError::Refused(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "documents cannot be stored or read at the moment; try again later")
        }
        BlobError::Unreadable(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "the document cannot be read or kept; the operator finds the reason under the request id",
        ),
    };
    problem(status, detail, id)
}

async fn fetch(State(blobs): State<Blobs>, Path(link): Path<String>, request: Request) -> Response {
    let id = id_of(&request);
    let (key, grant) = match opened(&blobs, &link, &id) {
        Ok(opened) => opened,
        Err(refused) => return *refused,
    };
    let Grant::Download { media_type, disposition, sha256 } = grant else {
        return problem(StatusCode::FORBIDDEN, "this link is for sending", &id);
    };
    let length = match blobs.store.length(&key).await {
        Ok(Some(length)) => length,
        Ok(None) => return problem(StatusCode::NOT_FOUND, "the document is no more", &id),
        Err(error) => return away(&error, &id),
    };
    // Contents never change.
    let tag = format!("\"{sha256}\"");
    let headers = request.headers();
    let same = |name| headers.get(name).and_then(|value| value.to_str().ok()) == Some(&*tag);
    let range = match headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
        // A part of something else is of no use.
        Some(range) if !headers.contains_key(header::IF_RANGE) || same(header::IF_RANGE) => range_of(range, length),
        Some(_) | None => Range::All,
    };
    let (status, part) = match range {
        _ if same(header::IF_NONE_MATCH) => (StatusCode::NOT_MODIFIED, None),
        Range::All => (StatusCode::OK, Some((0, length))),
        Range::Part(from, to) => (StatusCode::PARTIAL_CONTENT, Some((from, to))),
        Range::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, None),
    };
    let body = match part {
        None => Body::empty(),
        Some(part) => match blobs.store.get(&key, (part != (0, length)).then_some(part)).await {
            Ok(Some(blob)) => {
                let id = id.clone();
                let told = move |error: &BlobError| {
                    tracing::error!(request_id = %id, %error, "a document broke off while it was given");
                };
                Body::from_stream(blob.body.inspect_err(told))
            }
            Ok(None) => return problem(StatusCode::NOT_FOUND, "the document is no more", &id),
            Err(error) => return away(&error, &id),
        },
    };
    let mut answer = (status, body).into_response();
    let answered = answer.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answered.insert(name, value);
        }
    };
    set(header::ACCEPT_RANGES, "bytes");
    set(header::ETAG, &tag);
    if let Some((from, to)) = part {
        set(header::CONTENT_TYPE, &media_type);
        set(header::CONTENT_DISPOSITION, &disposition);
        set(header::CONTENT_LENGTH, &(to - from).to_string());
    }
    match range {
        Range::Part(from, to) => set(header::CONTENT_RANGE, &format!("bytes {from}-{}/{length}", to - 1)),
        Range::Outside => set(header::CONTENT_RANGE, &format!("bytes */{length}")),
        Range::All => {}
    }
    set(header::CACHE_CONTROL, "private, max-age=300");
    answered.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // Pages of other hosts show pictures: the link is the permission.
    answered.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    answer
}

/// Which bytes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// All. Also where it is asked for in a way that is not understood (RFC 9110, section 14.2).
    All,
    /// From the first number to before the second.
    Part(u64, u64),
    /// None that there are.
    Outside,
}

/// Reads `bytes=2-5`, `bytes=2-` or `bytes=-5`.
fn range_of(range: &str, length: u64) -> Range {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Range::All;
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    match (number(from), number(to)) {
        (Some(from), _) if from >= length => Range::Outside,
        (Some(from), Some(to)) if from <= to => Range::Part(from, length.min(to.saturating_add(1))),
        (Some(from), None) if to.is_empty() => Range::Part(from, length),
        (None, Some(0)) if from.is_empty() => Range::Outside,
        (None, Some(last)) if from.is_empty() => Range::Part(length.saturating_sub(last), length),
        _ => Range::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_the_specification_says() {
        for (text, expected) in [
            ("bytes=0-0", Range::Part(0, 1)),
            ("bytes=2-5", Range::Part(2, 6)),
            ("bytes=2-", Range::Part(2, 10)),
            ("bytes=-3", Range::Part(7, 10)),
            ("bytes=-30", Range::Part(0, 10)),
            ("bytes=9-99999999999999999999", Range::All),
            ("bytes=9-18446744073709551615", Range::Part(9, 10)),
            ("bytes=10-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=5-2", Range::All),
            ("bytes=0-1,4-5", Range::All),
            ("bytes=+1-2", Range::All),
            ("bytes=-", Range::All),
            ("lines=0-1", Range::All),
        ] {
            assert_eq!(range_of(text, 10), expected, "{text}");
        }
    }
}
