//! Asking for events.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Asked, Border, answer,
    capture::{with_organization, wrong_in},
    json, next_link, unable, unacceptable,
};
use crate::{
    api::{http::accepted, problem::problem},
    kernel::page::{Page, PageArgs, SortValue, encode_cursor},
    traceability::model::epcis::{document, foreign::Wrong, query::EventQuery},
};

/// What of a name is written otherwise in an address.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// What an event can be had as. The first is for whoever does not say.
const FORMS: [((&str, &str), Form); 4] = [
    (("application", "json"), Form::Plain("application/json")),
    (("application", "ld+json"), Form::Plain("application/ld+json")),
    (("application", "vc+jwt"), Form::Signed("application/vc+jwt")),
    (("application", "jwt"), Form::Signed("application/jwt")),
];

#[derive(Debug, Clone, Copy)]
enum Form {
    Plain(&'static str),
    Signed(&'static str),
}

/// Where an event is.
pub(super) fn address(uri: &str) -> String {
    format!("/epcis/events/{}", utf8_percent_encode(uri, SEGMENT))
}

pub(super) async fn list(State(border): State<Border>, request: Parts) -> Response {
    events(&border, &request, None).await
}

pub(super) async fn about(State(border): State<Border>, Path(epc): Path<String>, request: Parts) -> Response {
    events(&border, &request, Some(&epc)).await
}

async fn events(border: &Border, request: &Parts, epc: Option<&str>) -> Response {
    let asked = match border.open(request).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let query = match read(border, &asked, epc) {
        Ok(query) => query,
        Err(wrong) => return wrong_in(&wrong, StatusCode::BAD_REQUEST, &asked.id),
    };
    let page = match border.traceability.events_asked_for(&asked.actor, asked.organization, &query).await {
        Ok(page) => page,
        Err(fault) => return unable(&fault, &asked.id),
    };
    let count = page.events.len() as u64;
    let said = document::query_document(page.events, border.traceability.present());
    let mut response = json(&request.headers, StatusCode::OK, &said, &asked.id);
    if let Some(last) = page.next {
        let cursor = encode_cursor(&query.list(), &last);
        let token = match query.limit {
            Some(limit) => format!("{}.{cursor}", limit.saturating_sub(count)),
            None => cursor,
        };
        if let Some(link) = next_link(request.uri.path(), &with_organization(&asked), &token) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

/// What is asked for. A token of a page tells how many are left where their number is limited.
fn read(border: &Border, asked: &Asked, epc: Option<&str>) -> Result<EventQuery, Vec<Wrong>> {
    let names = border.traceability.outside_names();
    let (tokens, others): (Vec<_>, Vec<_>) =
        asked.parameters.iter().cloned().partition(|(name, _)| name == "nextPageToken");
    let mut query = EventQuery::read(names, &others)?;
    if let Some(epc) = epc {
        query = query.about(names, epc);
    }
    let no_token = || vec![Wrong::new("nextPageToken", "no token of this list")];
    match tokens.as_slice() {
        [] => return Ok(query),
        [(_, token)] => {
            let cursor = match (token.split_once('.'), query.limit) {
                (Some((left, cursor)), Some(limit)) => {
                    let left = left.parse().ok().filter(|left| *left > 0 && *left < limit);
                    query.limit = Some(left.ok_or_else(no_token)?);
                    cursor
                }
                (None, None) => token,
                (Some(_), None) | (None, Some(_)) => return Err(no_token()),
            };
            let args = PageArgs { after: Some(cursor.to_owned()), ..PageArgs::default() };
            query.after = Page::new(&query.list(), &args, SortValue::is_time).map_err(|_| no_token())?.after;
        }
        _ => return Err(no_token()),
    }
    Ok(query)
}

pub(super) async fn show(State(border): State<Border>, Path(uri): Path<String>, request: Parts) -> Response {
    let asked = match border.open(&request).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    if let Some((name, _)) = asked.parameters.first() {
        let wrong = Wrong::new(name.as_str(), "this parameter is not understood here");
        return wrong_in(&[wrong], StatusCode::BAD_REQUEST, &asked.id);
    }
    let event = match border.traceability.event_called(&asked.actor, asked.organization, &uri).await {
        Ok(Some(event)) => event,
        Ok(None) => return problem(StatusCode::NOT_FOUND, "there is no such event", &asked.id),
        Err(fault) => return unable(&fault, &asked.id),
    };
    match accepted(&request.headers, &FORMS) {
        Some(Form::Plain(media)) => answer(StatusCode::OK, media, event.to_string()),
        Some(Form::Signed(media)) => {
            let url = format!("{}{}", border.traceability.public_url(), address(&uri));
            match border.traceability.event_credential(&event, &url).await {
                Ok(token) => answer(StatusCode::OK, media, token),
                Err(fault) => unable(&fault, &asked.id),
            }
        }
        None => unacceptable(&asked.id),
    }
}
