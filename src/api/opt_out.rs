//! The page behind the link in every message: whoever opens it stops further ones, without signing in.
//!
//! Opening it changes nothing, since mail programs and virus scanners open links too; its button does, and so does the
//! button that mail programs offer beside a message (RFC 8058), which sends the same `POST`.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::Deserialize;

use super::{auth::Callers, problem::problem, router::id_of};
use crate::{
    accounts::Actor,
    kernel::{
        Failure,
        locale::{Locale, message},
    },
    notifications::{Channel, Notifications, StopNotifications},
};

/// What the link says. Not to be printed: it holds a secret.
#[derive(Deserialize)]
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

/// What the page needs.
#[derive(Clone)]
struct Desk {
    notifications: Notifications,
    callers: Arc<Callers>,
}

impl Desk {
    fn caller(&self, request: &Request) -> Actor {
        self.callers.stranger(request.headers(), request.extensions(), &id_of(request))
    }
}

/// The page's route.
pub(super) fn pages(notifications: Notifications, callers: Arc<Callers>) -> Router {
    Router::new().route("/notifications/stop", get(ask).post(stop)).with_state(Desk { notifications, callers })
}

async fn ask(State(desk): State<Desk>, Query(link): Query<Link>, request: Request) -> Response {
    let key = match link.channel() {
        Some(Channel::Email) => "stop-page-ask-email",
        Some(Channel::Sms) => "stop-page-ask-sms",
        None => "stop-page-ask",
    };
    let language = desk.caller(&request).request.locale;
    let button = message(language, "stop-page-button", []);
    // Without an address of its own, the form is sent to the address that it came from, token included.
    page(language, StatusCode::OK, key, &format!("<form method=\"post\"><button>{button}</button></form>"))
}

async fn stop(State(desk): State<Desk>, Query(link): Query<Link>, request: Request) -> Response {
    let actor = desk.caller(&request);
    let (id, language) = (&actor.request.id, actor.request.locale);
    let command = StopNotifications { channel: link.channel(), token: link.token.into() };
    match desk.notifications.stop(&actor, command).await {
        Ok(()) => page(language, StatusCode::OK, "stop-page-done", ""),
        Err(Failure::Rejected(_)) => page(language, StatusCode::NOT_FOUND, "stop-page-unknown", ""),
        Err(Failure::Fault(fault)) => {
            tracing::error!(request_id = %id, error = %fault, "messages could not be stopped");
            problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be done at the moment; try again later", id)
        }
    }
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
