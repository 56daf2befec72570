//! Handing events in, and what became of them.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Asked, Border, CAPTURE_ERROR_BEHAVIOUR, DOCUMENT_BYTES_MAX, answer, failed, json as answered, next_link, unable,
};
use crate::{
    accounts::OrganizationId,
    api::{http::read_body, problem::problem},
    kernel::{
        clock::rfc3339,
        id::IdError,
        page::{CursorKey, Page, PageArgs, SortValue, encode_cursor},
        telemetry::RequestId,
    },
    traceability::{
        CaptureId, NotCaptured,
        model::{
            capture::{Capture, CaptureError, ErrorBehaviour},
            epcis::{
                foreign::Wrong,
                query::{PER_PAGE, PER_PAGE_MAX},
            },
        },
    },
};

/// What lists of captures are told apart by.
const LIST: &str = "epcis captures";

pub(super) async fn take(State(border): State<Border>, request: Request) -> Response {
    let (asked, headers, said) = match read(&border, request).await {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    let behaviour = headers.get(CAPTURE_ERROR_BEHAVIOUR).map(|value| value.to_str().unwrap_or_default().parse());
    let Ok(behaviour) = behaviour.unwrap_or(Ok(ErrorBehaviour::Rollback)) else {
        return problem(StatusCode::BAD_REQUEST, "GS1-Capture-Error-Behaviour: rollback or proceed", &asked.id);
    };
    match border.traceability.capture_events(&asked.actor, asked.organization, said, behaviour).await {
        Ok(id) => {
            let mut response = answer(StatusCode::ACCEPTED, "application/json", json!({ "captureID": id }).to_string());
            place(&mut response, &format!("/epcis/capture/{id}"));
            response.headers_mut().insert(CAPTURE_ERROR_BEHAVIOUR, HeaderValue::from_static(behaviour.as_str()));
            response
        }
        Err(error) => not_captured(&error, &asked),
    }
}

pub(super) async fn take_one(State(border): State<Border>, request: Request) -> Response {
    let (asked, _, said) = match read(&border, request).await {
        Ok(read) => read,
        Err(refused) => return *refused,
    };
    match border.traceability.capture_event(&asked.actor, asked.organization, said).await {
        Ok(uri) => {
            let mut response = answer(StatusCode::CREATED, "application/json", json!({ "eventID": uri }).to_string());
            place(&mut response, &super::query::address(&uri));
            response
        }
        Err(error) => not_captured(&error, &asked),
    }
}

pub(super) async fn show(State(border): State<Border>, Path(id): Path<String>, request: Parts) -> Response {
    let asked = match border.open(&request).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let id: Result<CaptureId, IdError> = id.parse();
    let found = match id {
        Ok(id) => border.traceability.capture(&asked.actor, id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(capture)) => answered(&request.headers, StatusCode::OK, &job(&capture), &asked.id),
        Ok(None) => problem(StatusCode::NOT_FOUND, "there is no such capture", &asked.id),
        Err(fault) => unable(&fault, &asked.id),
    }
}

pub(super) async fn list(State(border): State<Border>, request: Parts) -> Response {
    let asked = match border.open(&request).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let page = match page(&asked.parameters) {
        Ok(page) => page,
        Err(wrong) => return wrong_in(&[wrong], StatusCode::BAD_REQUEST, &asked.id),
    };
    let slice = match border.traceability.captures(&asked.actor, asked.organization, &page).await {
        Ok(slice) => slice,
        Err(failure) => return failed(&failure, &asked),
    };
    let jobs: Value = slice.rows.iter().map(job).collect();
    let mut response = answered(&request.headers, StatusCode::OK, &jobs, &asked.id);
    if let Some(last) = slice.rows.last().filter(|_| slice.has_next) {
        let key = CursorKey { sort: SortValue::Time(last.created_at), id: last.id.uuid() };
        let parameters = with_organization(&asked);
        if let Some(link) = next_link("/epcis/capture", &parameters, &encode_cursor(LIST, &key)) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

/// The parameters with the organization among them again.
pub(super) fn with_organization(asked: &Asked) -> Vec<(String, String)> {
    let organization: Option<OrganizationId> = asked.organization;
    let named = organization.map(|id| ("organization".to_owned(), id.to_string()));
    asked.parameters.iter().cloned().chain(named).collect()
}

fn page(parameters: &[(String, String)]) -> Result<Page, Wrong> {
    let mut args = PageArgs { first: i32::try_from(PER_PAGE).ok(), ..PageArgs::default() };
    for (name, value) in parameters {
        match name.as_str() {
            "perPage" => {
                let count = value.parse::<u32>().ok().filter(|count| *count > 0);
                let count = count.ok_or_else(|| Wrong::new(name.as_str(), "a whole number from 1"))?;
                args.first = i32::try_from(count.min(PER_PAGE_MAX)).ok();
            }
            "nextPageToken" => args.after = Some(value.clone()),
            _ => return Err(Wrong::new(name.as_str(), "this parameter is not understood here")),
        }
    }
    Page::new(LIST, &args, SortValue::is_time).map_err(|_| Wrong::new("nextPageToken", "no token of this list"))
}

/// A capture as the standard tells of it.
fn job(capture: &Capture) -> Value {
    json!({
        "captureID": capture.id,
        "createdAt": rfc3339(capture.created_at),
        "finishedAt": capture.finished_at.map(rfc3339),
        "running": capture.finished_at.is_none(),
        // Until it is known to have failed, it has not.
        "success": capture.success.unwrap_or(true),
        "captureErrorBehaviour": capture.behaviour,
        "errors": capture.errors.iter().map(error).collect::<Vec<_>>(),
        "events": capture.events,
        "captured": capture.captured,
    })
}

fn error(error: &CaptureError) -> Value {
    let place = format!("eventList[{}]", error.event);
    let place = if error.path.is_empty() { place } else { format!("{place}.{}", error.path) };
    json!({
        "type": "epcisException:ValidationException",
        "title": "An event was not captured",
        "status": 400,
        "detail": format!("{place}: {}", error.message),
        "event": error.event,
        "path": error.path,
    })
}

/// The JSON of a body.
async fn read(border: &Border, request: Request) -> Result<(Asked, HeaderMap, Value), Box<Response>> {
    let (parts, body): (Parts, Body) = request.into_parts();
    let asked = border.open(&parts).await?;
    if let Some((name, _)) = asked.parameters.first() {
        let wrong = Wrong::new(name.as_str(), "this parameter is not understood here");
        return Err(Box::new(wrong_in(&[wrong], StatusCode::BAD_REQUEST, &asked.id)));
    }
    let refused = |status, detail: &str| Box::new(problem(status, detail, &asked.id));
    let unsupported = |detail| Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(media.as_str(), "application/json" | "application/ld+json") {
        return unsupported("events are application/json or application/ld+json");
    }
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return unsupported("the body must not be compressed");
    }
    let body = read_body(&parts.headers, body, DOCUMENT_BYTES_MAX).await;
    let body = body.map_err(|refusal| Box::new(refusal.into_problem(&asked.id)))?;
    let said = serde_json::from_slice(&body)
        .map_err(|error| refused(StatusCode::BAD_REQUEST, &format!("the body is not JSON: {error}")))?;
    Ok((asked, parts.headers, said))
}

fn place(response: &mut Response, address: &str) {
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
}

fn not_captured(error: &NotCaptured, asked: &Asked) -> Response {
    match error {
        NotCaptured::Failure(failure) => failed(failure, asked),
        NotCaptured::Wrong(wrong) => wrong_in(wrong, StatusCode::BAD_REQUEST, &asked.id),
        NotCaptured::Conflict(wrong) => wrong_in(std::slice::from_ref(wrong), StatusCode::CONFLICT, &asked.id),
    }
}

/// A problem that says each thing that is wrong by where it stands.
pub(super) fn wrong_in(wrong: &[Wrong], status: StatusCode, id: &RequestId) -> Response {
    let told = wrong.iter().map(|wrong| match wrong.path.as_str() {
        "" => wrong.message.clone(),
        path => format!("{path}: {}", wrong.message),
    });
    problem(status, &told.collect::<Vec<_>>().join("; "), id)
}
