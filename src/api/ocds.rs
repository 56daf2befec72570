//! Open contracting data (OCDS 1.1.5) over HTTP.
//!
//! | request | answer |
//! |---|---|
//! | `GET /ocds/packages?limit=&after=` | what was published, in that order, a page a package; `links.next` names the next |
//! | `GET /ocds/releases/{ocid}` | all releases of a process |
//! | `GET /ocds/releases/{ocid}/{sequence}` | one of them |
//! | `GET /ocds/records/{ocid}` | what they come to, with the history of each value |
//! | `GET /ocds/extension/…` | our own extension |
//!
//! All of it is public, and for pages of any origin. A release never changes; what is asked of a process is kept for a minute.

use axum::{
    Router,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{
    http::accepted,
    problem::problem,
    public::{Kept, answer, unacceptable},
    router::id_of,
};
use crate::{
    kernel::Fault,
    ocds::{Ocds, PAGE_DEFAULT, PAGE_MAX, Page, model::package::OWN_EXTENSION},
};

const JSON: &str = "application/json";

/// How long what may change is kept by whoever fetched it.
const KEPT: Kept = Kept::Seconds(60);
/// How long what never changes is kept.
const KEPT_LONG: Kept = Kept::Seconds(86_400);

/// The routes.
pub fn routes(ocds: Ocds) -> Router {
    Router::new()
        .route("/ocds/packages", get(page))
        .route("/ocds/releases/{ocid}", get(releases))
        .route("/ocds/releases/{ocid}/{sequence}", get(release))
        .route("/ocds/records/{ocid}", get(record))
        .route("/ocds/extension/{*file}", get(extension))
        .with_state(ocds)
}

/// What may be asked beside an address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// How many releases.
    limit: Option<String>,
    /// The identifier of the release that they follow.
    after: Option<String>,
}

async fn page(State(ocds): State<Ocds>, Query(asked): Query<Asked>, request: Request) -> Response {
    let limit = match asked.limit.as_deref().map(str::parse) {
        None => Some(PAGE_DEFAULT),
        Some(limit) => limit.ok().filter(|limit| (1..=PAGE_MAX).contains(limit)),
    };
    let Some(limit) = limit else {
        let detail = format!("limit is a whole number from 1 to {PAGE_MAX}");
        return problem(StatusCode::BAD_REQUEST, &detail, &id_of(&request));
    };
    match ocds.page(asked.after.as_deref(), limit).await {
        Ok(Page::Package { json, is_full: true }) => json_answer(&request, KEPT_LONG, json),
        Ok(Page::Package { json, is_full: false }) => json_answer(&request, Kept::Asked, json),
        Ok(Page::UnknownRelease) => {
            problem(StatusCode::BAD_REQUEST, "after is the id of a release that was published here", &id_of(&request))
        }
        Ok(Page::Empty) => problem(StatusCode::NOT_FOUND, "nothing was published after that yet", &id_of(&request)),
        Err(fault) => unable(&request, &fault),
    }
}

async fn releases(State(ocds): State<Ocds>, Path(ocid): Path<String>, request: Request) -> Response {
    let asked = ocds.releases(&ocid).await;
    found(&request, KEPT, asked)
}

async fn release(
    State(ocds): State<Ocds>,
    Path((ocid, sequence)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Ok(sequence) = sequence.parse() else { return nothing(&request) };
    let asked = ocds.release(&ocid, sequence).await;
    found(&request, KEPT_LONG, asked)
}

async fn record(State(ocds): State<Ocds>, Path(ocid): Path<String>, request: Request) -> Response {
    let asked = ocds.record(&ocid).await;
    found(&request, KEPT, asked.map(|record| record.map(|record| record.to_string())))
}

async fn extension(Path(file): Path<String>, request: Request) -> Response {
    let Some((name, content)) = OWN_EXTENSION.into_iter().find(|(name, _)| *name == file) else {
        return problem(StatusCode::NOT_FOUND, "the extension has no such file", &id_of(&request));
    };
    let media = if name.ends_with(".csv") { "text/csv; charset=utf-8" } else { JSON };
    answer(&request, media, KEPT, content)
}

fn found(request: &Request, kept: Kept, asked: Result<Option<String>, Fault>) -> Response {
    match asked {
        Ok(Some(json)) => json_answer(request, kept, json),
        Ok(None) => nothing(request),
        Err(fault) => unable(request, &fault),
    }
}

fn json_answer(request: &Request, kept: Kept, json: String) -> Response {
    match accepted(request.headers(), &[(("application", "json"), ())]) {
        Some(()) => answer(request, JSON, kept, json),
        None => unacceptable(request),
    }
}

fn nothing(request: &Request) -> Response {
    problem(StatusCode::NOT_FOUND, "nothing was published under this identifier", &id_of(request))
}

fn unable(request: &Request, fault: &Fault) -> Response {
    let id = id_of(request);
    tracing::error!(request_id = %id, error = %fault, "open contracting data could not be given");
    problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be had at the moment; try again later", &id)
}
