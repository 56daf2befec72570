//! The page behind the link in every message: whoever opens it stops further ones, without signing in.
//!
//! Opening it changes nothing, since mail programs and virus scanners open links too; its button does, and so does the
//! button that mail programs offer beside a message (RFC 8058), which sends the same `POST`.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    Extension, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;

use super::problem::problem;
use crate::{
    accounts::{Actor, Principal, RequestInfo},
    kernel::{
        Failure,
        locale::{Locale, message},
        telemetry::RequestId,
    },
    notifications::{Channel, Notifications, StopNotifications},
};

/// What the link says.
#[derive(Debug, Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
    channel: Option<String>,
}

impl Link {
    /// A link that was cut short or mended by hand stops every way rather than none.
    fn channel(&self) -> Option<Channel> {
        self.channel.as_deref().and_then(|channel| channel.parse().ok())
    }
}

/// The page's route.
pub fn pages(notifications: Notifications) -> Router {
    Router::new().route("/notifications/stop", get(ask).post(stop)).with_state(notifications)
}

async fn ask(Query(link): Query<Link>, headers: HeaderMap) -> Response {
    let key = match link.channel() {
        Some(Channel::Email) => "stop-page-ask-email",
        Some(Channel::Sms) => "stop-page-ask-sms",
        None => "stop-page-ask",
    };
    let language = language(&headers);
    let button = message(language, "stop-page-button", []);
    // Without an address of its own, the form is sent to the address that it came from, token included.
    page(language, StatusCode::OK, key, &format!("<form method=\"post\"><button>{button}</button></form>"))
}

async fn stop(
    State(notifications): State<Notifications>,
    Extension(id): Extension<RequestId>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let language = language(&headers);
    let address = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let request = RequestInfo { id: id.clone(), address, locale: language };
    let actor = Actor { principal: Principal::Anonymous, request };
    let command = StopNotifications { channel: link.channel(), token: link.token };
    match notifications.stop(&actor, command).await {
        Ok(()) => page(language, StatusCode::OK, "stop-page-done", ""),
        Err(Failure::Rejected(_)) => page(language, StatusCode::NOT_FOUND, "stop-page-unknown", ""),
        Err(Failure::Fault(fault)) => {
            tracing::error!(request_id = %id, error = %fault, "messages could not be stopped");
            problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be done at the moment; try again later", &id)
        }
    }
}

fn language(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Locale::negotiate(wanted.unwrap_or_default())
}

/// A page of one sentence. Nothing that anybody sent stands in it.
fn page(language: Locale, status: StatusCode, key: &str, more: &str) -> Response {
    let (code, text) = (language.code(), message(language, key, []));
    let html = format!(
        "<!doctype html><html lang=\"{code}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>Buy From Women</title><p>{text}</p>{more}</html>"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}
