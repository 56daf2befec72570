//! Reading a GraphQL request from an HTTP request.

use std::{borrow::Cow, time::Duration};

use async_graphql::Variables;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, Uri, header},
};
use futures_util::StreamExt;
use serde::{Deserialize, de::IgnoredAny};

use super::{Operation, Refusal};
use crate::api::error::Code;

/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a body that is too large is read and thrown away, so that the client gets to read why it was refused.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The members of a request. Others are ignored, as the specification demands.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow, default)]
    query: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    operation_name: Option<Cow<'a, str>>,
    #[serde(default)]
    variables: Variables,
    /// Read only to refuse what is not an object: no extension is known here.
    #[serde(default)]
    #[expect(dead_code, reason = "its type is the check")]
    extensions: Option<std::collections::BTreeMap<Cow<'a, str>, IgnoredAny>>,
}

/// The parameters of a GET; `variables` and `extensions` are JSON inside.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// Reads the parameters of a GET.
pub(super) fn from_uri(uri: &Uri) -> Result<Operation, Refusal> {
    let malformed = |what: &str| Refusal::new(StatusCode::BAD_REQUEST, Code::BadRequest, what);
    let axum::extract::Query(parameters) = axum::extract::Query::<Parameters>::try_from_uri(uri)
        .map_err(|_| malformed("the parameters cannot be read; each may occur once"))?;
    let given = |parameter: Option<String>| parameter.filter(|text| !text.is_empty());
    let variables = match given(parameters.variables) {
        Some(text) => object("variables", &text)?,
        None => Variables::default(),
    };
    if let Some(text) = given(parameters.extensions) {
        object::<std::collections::BTreeMap<String, IgnoredAny>>("extensions", &text)?;
    }
    let query = given(parameters.query).ok_or_else(|| malformed("the parameter \"query\" is missing"))?;
    Ok(Operation { query, operation_name: given(parameters.operation_name), variables, read_only: true })
}

fn object<'a, T: Deserialize<'a>>(name: &str, text: &'a str) -> Result<T, Refusal> {
    let malformed = |what: String| Refusal::new(StatusCode::BAD_REQUEST, Code::BadRequest, what);
    if !text.trim_start().starts_with('{') && text.trim() != "null" {
        return Err(malformed(format!("the parameter \"{name}\" is not a JSON object")));
    }
    if text.trim() == "null" {
        return serde_json::from_str("{}").map_err(|failure| malformed(failure.to_string()));
    }
    serde_json::from_str(text)
        .map_err(|failure| malformed(format!("the parameter \"{name}\" is not a JSON object: {failure}")))
}

/// Refuses bodies in other media types, charsets or encodings than UTF-8 JSON.
///
/// That `application/json` is demanded also keeps foreign pages from posting with a visitor's browser: it takes a preflight,
/// which the allow-list of origins answers.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let unsupported = |what: &str| Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, what);
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut parts = content_type.split(';');
    if !parts.next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(unsupported("the body must be application/json"));
    }
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("charset")
            && !matches!(value.trim().trim_matches('"').to_ascii_lowercase().as_str(), "utf-8" | "utf8")
        {
            return Err(unsupported("the body must be in UTF-8"));
        }
    }
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        Some(false) => Err(unsupported("the body must not be compressed")),
        Some(true) | None => Ok(()),
    }
}

/// Reads a body of at most `max` bytes.
pub(in crate::api) async fn read_body(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, Refusal> {
    tokio::time::timeout(BODY_TIMEOUT, collect(headers, body, max)).await.unwrap_or_else(|_| {
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, Code::RequestTimeout, "the body did not arrive in time"))
    })
}

async fn collect(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, Refusal> {
    let too_large = || {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::PayloadTooLarge,
            format!("the body is larger than {max} bytes"),
        )
    };
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced
        .is_some_and(|length| length > DISCARDED_BYTES_MAX || (length > max && headers.contains_key(header::EXPECT)))
    {
        return Err(too_large());
    }
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut joined: Vec<u8> = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, Code::BadRequest, "the body broke off"))?;
        length = length.saturating_add(chunk.len());
        if length > DISCARDED_BYTES_MAX {
            break;
        }
        if length > max {
            joined.clear();
        } else if joined.is_empty() && first.is_empty() {
            first = chunk; // nearly every body comes in one piece, which is not copied
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&first);
            }
            joined.extend_from_slice(&chunk);
        }
    }
    if length > max {
        return Err(too_large());
    }
    Ok(if joined.is_empty() { first } else { Bytes::from(joined) })
}

/// Reads the JSON of a POST.
pub(super) fn from_body(body: &[u8]) -> Result<Operation, Refusal> {
    let malformed = |what: String| Refusal::new(StatusCode::BAD_REQUEST, Code::BadRequest, what);
    let text = std::str::from_utf8(body)
        .map_err(|failure| malformed(format!("the body is not UTF-8 from byte {} on", failure.valid_up_to())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    match text.as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => return Err(malformed("batches are not served; send one request at a time".to_owned())),
        Some(_) => return Err(malformed("the body is not a JSON object".to_owned())),
        None => return Err(malformed("the body is empty".to_owned())),
    }
    let members: Members<'_> = serde_json::from_str(text)
        .map_err(|failure| malformed(format!("the body is not a GraphQL request: {failure}")))?;
    let query = members.query.ok_or_else(|| malformed("the member \"query\" is missing".to_owned()))?;
    Ok(Operation {
        query: query.into_owned(),
        operation_name: members.operation_name.map(Cow::into_owned).filter(|name| !name.is_empty()),
        variables: members.variables,
        read_only: false,
    })
}
