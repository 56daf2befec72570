//! The officer's page: signing in, the page, and its tables as files.

mod figures;
mod session;

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{FromRequest as _, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use secrecy::SecretString;
use serde::Deserialize;

use self::{
    figures::{Asking, Rooms},
    session::{forget, is_own, keep, lead_to, reader},
};
use super::{auth::Callers, problem::problem, router::id_of};
use crate::{
    accounts::{Accounts, Actor, SignIn, SignOut},
    app::App,
    kernel::{ErrorCode, Failure, Fault, Services, locale::Locale, telemetry::RequestId},
    web::dashboard::{self, Dashboard, Refused},
};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// What the pages stand on.
struct Desk {
    services: Services,
    accounts: Accounts,
    callers: Arc<Callers>,
    rooms: Rooms,
    public_url: String,
}

impl Desk {
    fn https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Whoever sends a request, before it is known who she is.
    fn stranger(&self, request: &Request) -> Actor {
        self.callers.stranger(request.headers(), request.extensions(), &id_of(request))
    }

    /// Whoever asks, or the answer that leads her to the form.
    async fn reader(&self, stranger: Actor, headers: &HeaderMap) -> Result<Actor, Response> {
        let id = stranger.request.id.clone();
        match reader(&self.accounts, stranger, headers).await {
            Ok(Some(actor)) => Ok(actor),
            Ok(None) => Err(lead_to("/dashboard/sign-in")),
            Err(fault) => Err(unable(&fault, &id)),
        }
    }
}

/// The routes.
pub fn pages(app: &App, callers: Arc<Callers>) -> Router {
    let desk = Desk {
        services: app.services.clone(),
        accounts: app.accounts.clone(),
        callers,
        rooms: Rooms::of(app),
        public_url: app.config.public_url.clone(),
    };
    Router::new()
        .route("/dashboard", get(page))
        .route("/dashboard/{file}", get(file))
        .route("/dashboard/sign-in", get(ask).post(sign_in))
        .route("/dashboard/sign-out", post(sign_out))
        .with_state(Arc::new(desk))
}

async fn page(State(desk): State<Arc<Desk>>, Query(asking): Query<Asking>, request: Request) -> Response {
    // The request's body is nobody's business here, and could not be waited with.
    let (stranger, headers) = (desk.stranger(&request), request.headers().clone());
    let actor = match desk.reader(stranger, &headers).await {
        Ok(actor) => actor,
        Err(response) => return response,
    };
    let language = actor.request.locale;
    match Box::pin(desk.rooms.dashboard(&actor, &asking)).await {
        Ok(dashboard) => html(StatusCode::OK, dashboard::page(language, &dashboard)),
        Err(failure) => refused(failure, language, &actor.request.id),
    }
}

/// A table of the page as a file.
async fn file(
    State(desk): State<Arc<Desk>>,
    Path(file): Path<String>,
    Query(asking): Query<Asking>,
    request: Request,
) -> Response {
    // The request's body is nobody's business here, and could not be waited with.
    let (stranger, headers) = (desk.stranger(&request), request.headers().clone());
    let actor = match desk.reader(stranger, &headers).await {
        Ok(actor) => actor,
        Err(response) => return response,
    };
    let (language, id) = (actor.request.locale, actor.request.id.clone());
    match Box::pin(desk.rooms.dashboard(&actor, &asking)).await {
        Ok(dashboard) => csv(&dashboard, &file, language, &id),
        Err(failure) => refused(failure, language, &id),
    }
}

fn csv(dashboard: &Dashboard, file: &str, language: Locale, id: &RequestId) -> Response {
    let name = file.strip_suffix(".csv");
    let Some(section) = dashboard.sections.iter().find(|section| Some(section.name) == name) else {
        return problem(StatusCode::NOT_FOUND, "the page has no such table", id);
    };
    let body = match section.table.csv(language) {
        Ok(body) => body,
        Err(error) => return unable(&Fault::Internal(format!("table of the dashboard: {error}")), id),
    };
    let disposition =
        format!("attachment; filename=\"{}-{}-{}.csv\"", section.name, dashboard.asked.from, dashboard.asked.to);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

async fn ask(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let language = desk.stranger(&request).request.locale;
    html(StatusCode::OK, dashboard::sign_in(language, None))
}

/// What the form sends. Not to be printed: it holds a password.
#[derive(Deserialize)]
struct Presented {
    identifier: String,
    password: SecretString,
}

async fn sign_in(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let actor = desk.stranger(&request);
    let language = actor.request.locale;
    if !is_own(request.headers(), &desk.public_url) {
        return html(StatusCode::FORBIDDEN, dashboard::sign_in(language, Some(Refused::Elsewhere)));
    }
    let id = id_of(&request);
    let presented = match Form::<Presented>::from_request(request, &()).await {
        Ok(Form(presented)) => presented,
        Err(_) => return problem(StatusCode::BAD_REQUEST, "the form needs identifier and password", &id),
    };
    let command = SignIn { identifier: presented.identifier, password: presented.password, idempotency_key: None };
    match desk.accounts.sign_in(&actor, command).await {
        Ok(signed_in) => {
            let mut response = lead_to("/dashboard");
            keep(&mut response, &signed_in.session, desk.services.now(), desk.https());
            response
        }
        Err(Failure::Fault(fault)) => unable(&fault, &id),
        Err(Failure::Rejected(errors)) => {
            let too_often = errors.iter().any(|error| error.code == ErrorCode::TooManyAttempts);
            let (status, why) = if too_often {
                (StatusCode::TOO_MANY_REQUESTS, Refused::Attempts)
            } else {
                (StatusCode::UNAUTHORIZED, Refused::Credentials)
            };
            html(status, dashboard::sign_in(language, Some(why)))
        }
    }
}

async fn sign_out(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let id = id_of(&request);
    if !is_own(request.headers(), &desk.public_url) {
        return problem(StatusCode::FORBIDDEN, "the form was sent from elsewhere", &id);
    }
    let (stranger, headers) = (desk.stranger(&request), request.headers().clone());
    drop(request);
    match reader(&desk.accounts, stranger, &headers).await {
        Ok(Some(actor)) => {
            if let Err(Failure::Fault(fault)) = desk.accounts.sign_out(&actor, SignOut::default()).await {
                return unable(&fault, &id);
            }
        }
        Ok(None) => {}
        Err(fault) => return unable(&fault, &id),
    }
    let mut response = lead_to("/dashboard/sign-in");
    forget(&mut response, desk.https());
    response
}

fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HTML),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, dashboard::policy()),
    ];
    (status, headers, page).into_response()
}

/// The answer to what cannot be shown to this reader, or was asked wrongly.
fn refused(failure: Failure, language: Locale, id: &RequestId) -> Response {
    match failure {
        Failure::Fault(fault) => unable(&fault, id),
        Failure::Rejected(errors) => {
            let hidden = errors.iter().any(|error| matches!(error.code, ErrorCode::NotFound | ErrorCode::Forbidden));
            let status = if hidden { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            let texts: Vec<String> = errors.iter().map(|error| error.message(language)).collect();
            problem(status, &texts.join(" "), id)
        }
    }
}

fn unable(fault: &Fault, id: &RequestId) -> Response {
    tracing::error!(request_id = %id, error = %fault, "the dashboard could not be shown");
    problem(StatusCode::SERVICE_UNAVAILABLE, "this page cannot be shown at the moment; try again later", id)
}
