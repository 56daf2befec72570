//! What anybody may check: credentials, their status lists, the issuer's keys, and the words of its own.
//!
//! A credential has one address. People find a page there, programs the signed form; which of them is asked for tells
//! `Accept`. All of it is public and says so to browsers, whatever origins may call the API.

use axum::{
    Router,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
    routing::get,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    auth,
    http::accepted,
    problem::problem,
    public::{Kept, answer, unacceptable},
    router::id_of,
};
use crate::{
    credentials::{
        Credential, CredentialId, Credentials,
        model::{Purpose, envelope, ownership, said},
    },
    kernel::{
        Fault,
        clock::{Timestamp, truncated},
        locale::Locale,
        telemetry::RequestId,
    },
    web,
};

/// What a credential can be had as. The first is for whoever does not say.
const CREDENTIAL_FORMS: [((&str, &str), Form); 6] = [
    (("application", "vc+jwt"), Form::Token("application/vc+jwt")),
    (("application", "jwt"), Form::Token("application/jwt")),
    (("application", "vc"), Form::Envelope),
    (("application", "json"), Form::Decoded("application/json")),
    (("application", "ld+json"), Form::Decoded("application/ld+json")),
    (("text", "html"), Form::Page),
];

/// What a status list can be had as.
const LIST_FORMS: [((&str, &str), Form); 3] = [
    (("application", "vc+jwt"), Form::Token("application/vc+jwt")),
    (("application", "jwt"), Form::Token("application/jwt")),
    (("application", "json"), Form::Decoded("application/json")),
];

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Signed, as a media type.
    Token(&'static str),
    /// Signed, in an envelope for programs that know only credentials with a proof inside.
    Envelope,
    /// What it says, as a media type.
    Decoded(&'static str),
    /// For people.
    Page,
}

/// How long what may change is kept by whoever fetched it: as long as a status list says of itself.
const KEPT: Kept = Kept::Seconds(300);
/// How long what never changes is kept.
const KEPT_LONG: Kept = Kept::Seconds(86_400);

/// The routes.
pub fn pages(credentials: Credentials) -> Router {
    Router::new()
        .route("/.well-known/did.json", get(document))
        // Where a did:web with a path is looked for (did:web, section 3.2).
        .route("/did.json", get(document))
        .route("/credentials/context/v1", get(context))
        .route("/credentials/status/{list}/{purpose}", get(list))
        .route("/credentials/{id}", get(credential))
        .route("/credentials/{id}/bundle", get(bundle))
        .with_state(credentials)
}

/// What may be asked beside an address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The language of a page.
    lang: Option<String>,
    /// The instant that a status is to tell of.
    at: Option<String>,
}

impl Asked {
    /// The instant, if one is given: not after `now`.
    fn at(&self, now: Timestamp) -> Result<Option<Timestamp>, &'static str> {
        let Some(text) = &self.at else { return Ok(None) };
        let at = text.parse::<Timestamp>().map_err(|_| "at is an instant such as 2026-11-02T08:00:00Z")?;
        if at > now { Err("at lies in the future") } else { Ok(Some(truncated(at))) }
    }

    fn language(&self, headers: &HeaderMap) -> Locale {
        let asked = self.lang.as_deref().and_then(|code| code.parse().ok());
        asked.unwrap_or_else(|| auth::locale(headers))
    }
}

async fn credential(
    State(credentials): State<Credentials>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let found = match find(&credentials, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(&request),
        Err(fault) => return unable(&request, &fault),
    };
    let Some(form) = accepted(request.headers(), &CREDENTIAL_FORMS) else { return unacceptable(&request) };
    let said = said(&found);
    match form {
        Form::Token(media) => answer(&request, media, KEPT_LONG, found.token),
        Form::Envelope => answer(&request, "application/vc", KEPT_LONG, envelope(&found).to_string()),
        Form::Decoded(media) => answer(&request, media, KEPT_LONG, said.to_string()),
        Form::Page => {
            let language = asked.language(request.headers());
            let html = web::credential::page(language, credentials.issuer(), &found, &said, credentials.now());
            let mut response = answer(&request, "text/html; charset=utf-8", Kept::Asked, html);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, web::policy());
            response
        }
    }
}

async fn bundle(
    State(credentials): State<Credentials>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let at = match asked.at(credentials.now()) {
        Ok(at) => at,
        Err(wrong) => return problem(StatusCode::BAD_REQUEST, wrong, &id_of(&request)),
    };
    let found = match find(&credentials, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing(&request),
        Err(fault) => return unable(&request, &fault),
    };
    let bundle = match credentials.bundle(&found, at).await {
        Ok(bundle) => serde_json::to_string_pretty(&bundle).map_err(|error| Fault::Internal(error.to_string())),
        Err(fault) => Err(fault),
    };
    match bundle {
        Ok(bundle) => {
            let mut response = answer(&request, "application/json", Kept::Asked, bundle);
            // An id of ours is letters, digits and an underscore.
            let name = format!("attachment; filename=\"{}.bundle.json\"", found.id);
            if let Ok(name) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            }
            response
        }
        Err(fault) => unable(&request, &fault),
    }
}

async fn list(
    State(credentials): State<Credentials>,
    Path((list, purpose)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let at = match asked.at(credentials.now()) {
        Ok(at) => at,
        Err(wrong) => return problem(StatusCode::BAD_REQUEST, wrong, &id_of(&request)),
    };
    let (Ok(list), Ok(purpose)) = (list.parse::<i64>(), purpose.parse::<Purpose>()) else { return nothing(&request) };
    let signed = match credentials.status_list(list, purpose, at).await {
        Ok(Some(signed)) => signed,
        Ok(None) => return nothing(&request),
        Err(fault) => return unable(&request, &fault),
    };
    match accepted(request.headers(), &LIST_FORMS) {
        Some(Form::Token(media)) => answer(&request, media, KEPT, signed.token.clone()),
        Some(Form::Decoded(media)) => answer(&request, media, KEPT, signed.credential.to_string()),
        Some(Form::Envelope | Form::Page) | None => unacceptable(&request),
    }
}

async fn document(State(credentials): State<Credentials>, request: Request) -> Response {
    match credentials.did_document().await {
        Ok(document) => json(&request, "application/did+json", KEPT, &document),
        Err(fault) => unable(&request, &fault),
    }
}

async fn context(State(credentials): State<Credentials>, request: Request) -> Response {
    json(&request, "application/ld+json", KEPT_LONG, &ownership::context(credentials.issuer()))
}

async fn find(credentials: &Credentials, id: &str) -> Result<Option<Credential>, Fault> {
    let Ok(id) = id.parse::<CredentialId>() else { return Ok(None) };
    Ok(credentials.credentials_by_ids(&[id]).await?.remove(&id))
}

/// JSON, as the named type where it is asked for by name, else as plain JSON, which everything reads.
fn json(request: &Request, named: &'static str, kept: Kept, body: &Value) -> Response {
    let (kind, subkind) = named.split_once('/').unwrap_or(("application", "json"));
    let offered = [(("application", "json"), "application/json"), ((kind, subkind), named)];
    match accepted(request.headers(), &offered) {
        Some(media) => answer(request, media, kept, body.to_string()),
        None => unacceptable(request),
    }
}

fn nothing(request: &Request) -> Response {
    problem(StatusCode::NOT_FOUND, "there is no such credential or list", &id_of(request))
}

fn unable(request: &Request, fault: &Fault) -> Response {
    let id: RequestId = id_of(request);
    tracing::error!(request_id = %id, error = %fault, "a credential could not be shown");
    problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be had at the moment; try again later", &id)
}
