//! The page behind the code on a bag, the same facts for programs, and the code itself as a picture and on labels.
//!
//! One address: people find a page there, programs JSON; which of them is asked for tells `Accept`. All of it is public.

mod facts;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    auth,
    http::accepted,
    problem::problem,
    public::{Kept, VARY, answer, unacceptable},
    router::id_of,
};
use crate::{
    kernel::{Fault, locale::Locale, telemetry::RequestId},
    traceability::{
        Traceability,
        model::{code::LotCode, journey::Journey},
    },
    web::trace::{self, label, qr},
};

/// What the facts can be had as. The first is for whoever does not say.
const FORMS: [((&str, &str), Form); 2] = [(("application", "json"), Form::Json), (("text", "html"), Form::Page)];

const HTML: &str = "text/html; charset=utf-8";

/// For whom the facts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For programs.
    Json,
    /// For people.
    Page,
}

/// How long a picture of an address is kept: it never changes. What tells of a lot is asked for again each time, as a recall must
/// be seen at once.
const KEPT_LONG: Kept = Kept::Seconds(86_400);

/// The routes.
pub fn pages(traceability: Traceability) -> Router {
    Router::new()
        .route("/trace/{code}", get(page))
        .route("/trace/{code}/qr.svg", get(qr_svg))
        .route("/trace/{code}/qr.png", get(qr_png))
        .route("/trace/{code}/label", get(labels))
        .with_state(traceability)
}

/// What may be asked beside an address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The language of a page.
    lang: Option<String>,
    /// The width of a picture in pixels.
    size: Option<String>,
    /// How many labels.
    count: Option<String>,
    /// How many labels beside each other.
    columns: Option<String>,
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Locale {
        let asked = self.lang.as_deref().and_then(|code| code.parse().ok());
        asked.unwrap_or_else(|| auth::locale(headers))
    }
}

/// A number within bounds, or what is wrong with it.
fn bounded(
    name: &str,
    typed: Option<&String>,
    usual: u32,
    bounds: &std::ops::RangeInclusive<u32>,
) -> Result<u32, String> {
    let Some(typed) = typed else { return Ok(usual) };
    let number = typed.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| format!("{name} is a whole number from {} to {}", bounds.start(), bounds.end()))
}

async fn page(
    State(traceability): State<Traceability>,
    Path(typed): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let Some(form) = accepted(request.headers(), &FORMS) else { return unacceptable(&request) };
    let language = asked.language(request.headers());
    let journey = match find(&traceability, &typed, "", query_of(&request)).await {
        Ok(journey) => journey,
        Err(Missing::Elsewhere(response)) => return *response,
        Err(Missing::Nothing) => return nothing(&request, form, language, &typed),
        Err(Missing::Unable(fault)) => return unable(&request, form, language, &fault),
    };
    match form {
        Form::Json => answer(&request, "application/json", Kept::Asked, facts::facts(&journey).to_string()),
        Form::Page => {
            let mut response = answer(&request, HTML, Kept::Asked, trace::page(language, &journey));
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, trace::policy());
            response
        }
    }
}

async fn qr_svg(
    State(traceability): State<Traceability>,
    Path(typed): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    picture(&traceability, &typed, &asked, request, ("/qr.svg", "image/svg+xml"), |url, size| {
        qr::svg(url, size).map(Bytes::from)
    })
    .await
}

async fn qr_png(
    State(traceability): State<Traceability>,
    Path(typed): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    picture(&traceability, &typed, &asked, request, ("/qr.png", "image/png"), |url, size| {
        qr::png(url, size).map(Bytes::from)
    })
    .await
}

async fn picture(
    traceability: &Traceability,
    typed: &str,
    asked: &Asked,
    request: Request,
    (below, media): (&str, &'static str),
    draw: impl FnOnce(&str, u32) -> Result<Bytes, qr::QrError>,
) -> Response {
    let size = match bounded("size", asked.size.as_ref(), qr::SIZE, &qr::SIZES) {
        Ok(size) => size,
        Err(wrong) => return problem(StatusCode::BAD_REQUEST, &wrong, &id_of(&request)),
    };
    let code = match canonical(traceability, typed, below, query_of(&request)).await {
        Ok(code) => code,
        Err(missing) => return not_shown(&request, missing),
    };
    match draw(&traceability.lot_url(&code), size) {
        Ok(picture) => answer(&request, media, KEPT_LONG, picture),
        Err(error) => not_shown(&request, Missing::Unable(Fault::Internal(error.to_string()))),
    }
}

async fn labels(
    State(traceability): State<Traceability>,
    Path(typed): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let (usual_count, usual_columns) = label::USUAL;
    let count = bounded("count", asked.count.as_ref(), usual_count, &label::COUNTS);
    let columns = bounded("columns", asked.columns.as_ref(), usual_columns, &label::COLUMNS);
    let (count, columns) = match (count, columns) {
        (Ok(count), Ok(columns)) => (count, columns),
        (Err(wrong), _) | (_, Err(wrong)) => return problem(StatusCode::BAD_REQUEST, &wrong, &id_of(&request)),
    };
    let language = asked.language(request.headers());
    let journey = match find(&traceability, &typed, "/label", query_of(&request)).await {
        Ok(journey) => journey,
        Err(Missing::Elsewhere(response)) => return *response,
        Err(Missing::Nothing) => return nothing(&request, Form::Page, language, &typed),
        Err(Missing::Unable(fault)) => return unable(&request, Form::Page, language, &fault),
    };
    let mut response = answer(&request, HTML, Kept::Asked, label::sheet(language, &journey, count, columns));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, label::policy());
    response
}

/// Why a lot is not shown.
enum Missing {
    /// It is at the address that the response names.
    Elsewhere(Box<Response>),
    /// There is none.
    Nothing,
    /// Nobody can say at the moment.
    Unable(Fault),
}

/// What is asked beside the address, with its question mark.
fn query_of(request: &Request) -> String {
    request.uri().query().map(|query| format!("?{query}")).unwrap_or_default()
}

/// The lot at the address that is asked for.
async fn find(traceability: &Traceability, typed: &str, below: &str, query: String) -> Result<Journey, Missing> {
    let code = canonical(traceability, typed, below, query).await?;
    Box::pin(traceability.journey(&code)).await.map_err(Missing::Unable)?.ok_or(Missing::Nothing)
}

/// The code that is asked for, where there is such a lot. Whoever typed it otherwise than labels have it is sent to the lot's own
/// address, so that each has one.
async fn canonical(traceability: &Traceability, typed: &str, below: &str, query: String) -> Result<String, Missing> {
    // What cannot be a code is not looked for.
    let code = LotCode::read(typed).ok_or(Missing::Nothing)?.to_string();
    if traceability.lot_by_code(&code).await.map_err(Missing::Unable)?.is_none() {
        return Err(Missing::Nothing);
    }
    if code == typed {
        return Ok(code);
    }
    // Relative to the directory of the address, so that it is right behind a proxy that serves a path.
    let up = if below.is_empty() { "" } else { "../" };
    let location = HeaderValue::try_from(format!("{up}{code}{below}{query}")).map_err(|_| Missing::Nothing)?;
    let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    Err(Missing::Elsewhere(Box::new(response)))
}

/// A page that tells of no lot.
fn telling(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, VARY);
    headers.insert(header::CONTENT_SECURITY_POLICY, trace::policy());
    response
}

fn nothing(request: &Request, form: Form, language: Locale, typed: &str) -> Response {
    match form {
        Form::Page => telling(StatusCode::NOT_FOUND, trace::unknown(language, &shown(typed))),
        Form::Json => not_shown(request, Missing::Nothing),
    }
}

/// What was typed, as far as it is told back: what is no code at all is not.
fn shown(typed: &str) -> String {
    LotCode::read(typed).map(|_| typed.to_owned()).unwrap_or_default()
}

fn unable(request: &Request, form: Form, language: Locale, fault: &Fault) -> Response {
    let id: RequestId = id_of(request);
    tracing::error!(request_id = %id, error = %fault, "a lot could not be shown");
    match form {
        Form::Page => telling(StatusCode::SERVICE_UNAVAILABLE, trace::unable(language)),
        Form::Json => later(&id),
    }
}

/// Why a program gets no answer.
fn not_shown(request: &Request, missing: Missing) -> Response {
    let id = id_of(request);
    match missing {
        Missing::Elsewhere(response) => *response,
        Missing::Nothing => problem(StatusCode::NOT_FOUND, "there is no lot with this code", &id),
        Missing::Unable(fault) => {
            tracing::error!(request_id = %id, error = %fault, "a lot could not be shown");
            later(&id)
        }
    }
}

fn later(id: &RequestId) -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be had at the moment; try again later", id)
}
