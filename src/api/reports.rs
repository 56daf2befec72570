//! Reports as files for a spreadsheet.
//!
//! | request | answer |
//! |---|---|
//! | `GET /reports/gender.csv?from=&to=&definition=` | the report as CSV |
//! | `GET /reports/gender.xlsx?…` | the same as an Excel workbook |
//! | `GET /reports/gender.json?…` | the same as JSON, which `bfw report verify` reads |
//!
//! Beside these, `buyer`, `atLeastEvidence` and `groupBy` may be asked for, in the words of GraphQL. Whoever asks is signed in, and sees
//! what she would see there.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::get,
};

use super::{auth::Callers, problem::problem, router::id_of};
use crate::{
    directory::model::ownership::EvidenceLevel,
    insight::{self, AskReport, Insight, model::report::told::to_json},
    kernel::{ErrorCode, Failure, locale::Locale, telemetry::RequestId},
};

/// What answers need.
#[derive(Clone)]
struct Desk {
    insight: Insight,
    callers: Arc<Callers>,
}

/// The routes.
pub fn routes(insight: Insight, callers: Arc<Callers>) -> Router {
    Router::new().route("/reports/{file}", get(report)).with_state(Desk { insight, callers })
}

/// What a report is written as.
#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Csv,
    Xlsx,
}

impl Form {
    fn of(file: &str) -> Option<Self> {
        match file {
            "gender.json" => Some(Self::Json),
            "gender.csv" => Some(Self::Csv),
            "gender.xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

async fn report(
    State(desk): State<Desk>,
    Path(file): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let id = id_of(&request);
    let Some(form) = Form::of(&file) else {
        return problem(StatusCode::NOT_FOUND, "reports are gender.csv, gender.xlsx and gender.json", &id);
    };
    let ask = match read(&asked) {
        Ok(ask) => ask,
        Err(detail) => return problem(StatusCode::BAD_REQUEST, &detail, &id),
    };
    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
    let actor = match desk.callers.caller(&headers, &extensions, &id).await {
        Ok(actor) => actor,
        Err(refusal) => return refusal.into_problem(&id),
    };
    let found = Box::pin(desk.insight.gender_report(&actor, ask, true)).await;
    let report = match found {
        Ok(report) => report,
        Err(failure) => return refused(&failure, &id),
    };
    let names = match desk.insight.report_names(&actor, &report, actor.request.locale).await {
        Ok(names) => names,
        Err(fault) => return refused(&fault.into(), &id),
    };
    let written = match form {
        Form::Json => Ok(to_json(&report, &names).to_string().into_bytes()),
        Form::Csv => insight::csv(&report, &names),
        Form::Xlsx => insight::xlsx(&report, &names),
    };
    match written {
        Ok(bytes) => download(&file, form, bytes),
        Err(error) => {
            tracing::error!(request_id = %id, %error, "a report cannot be written");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "the report cannot be written", &id)
        }
    }
}

fn download(file: &str, form: Form, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization, accept-language"));
    if let Ok(named) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

/// Reads what is asked for, or says what is wrong with it.
fn read(asked: &BTreeMap<String, String>) -> Result<AskReport, String> {
    const KNOWN: [&str; 6] = ["from", "to", "definition", "atLeastEvidence", "groupBy", "buyer"];
    if let Some(other) = asked.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("{other} is none of {}", KNOWN.join(", ")));
    }
    fn value<T: FromStr>(asked: &BTreeMap<String, String>, name: &str) -> Result<Option<T>, String> {
        let text = asked.get(name).filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|_| format!("{name}: no such value"))).transpose()
    }
    fn needed<T: FromStr>(asked: &BTreeMap<String, String>, name: &str) -> Result<T, String> {
        value(asked, name)?.ok_or_else(|| format!("{name} is missing"))
    }
    Ok(AskReport {
        buyer: value(asked, "buyer")?,
        from: needed(asked, "from")?,
        to: needed(asked, "to")?,
        definition: needed(asked, "definition")?,
        at_least: value(asked, "atLeastEvidence")?.unwrap_or(EvidenceLevel::SelfDeclared),
        group_by: value(asked, "groupBy")?,
    })
}

fn refused(failure: &Failure, id: &RequestId) -> Response {
    match failure {
        Failure::Rejected(errors) => {
            let status = match errors.first().map(|error| error.code) {
                Some(ErrorCode::Unauthenticated) => StatusCode::UNAUTHORIZED,
                Some(ErrorCode::Forbidden) => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            };
            let said: Vec<String> = errors.iter().map(|error| error.message(Locale::En)).collect();
            let mut response = problem(status, &said.join("; "), id);
            if status == StatusCode::UNAUTHORIZED {
                let challenge = HeaderValue::from_static("Bearer realm=\"bfw\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
        Failure::Fault(fault) => {
            tracing::error!(request_id = %id, error = %fault, "a report failed");
            problem(StatusCode::SERVICE_UNAVAILABLE, "the report cannot be had at the moment; try again later", id)
        }
    }
}
