//! The application's HTTP surface: its schema, its callers and its parts, put together.

use std::{future::Future, sync::Arc, time::Duration};

use async_graphql::SchemaBuilder;
use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    auth::Callers,
    blobs,
    connections::Connections,
    credentials, dashboard,
    engine::{Engine, Options},
    epcis,
    gate::{self, Gate},
    health::Part,
    http::Endpoint,
    limits::{
        Limits,
        rate::{Budgets, Rates},
    },
    loaders::Loaders,
    ocds, opt_out,
    parts::{DatabaseAnswers, OutboxLag, Room, SchemaIsCurrent, SearchIndex, Staying},
    problem::problem,
    reports,
    router::{self, Routes, Surface},
    schema::{self, Mutation, Query, Subscription},
    subscriptions::{self, Door, Origins},
    trace,
};
use crate::{
    app::App,
    kernel::{Fault, admission::Admission, db::events::DatabaseEvents, feed::Feed},
};

/// The schema with the rooms' handles in it.
fn builder(app: &App) -> SchemaBuilder<Query, Mutation, Subscription> {
    schema::builder()
        .data(app.accounts.clone())
        .data(app.documents.clone())
        .data(app.directory.clone())
        .data(app.catalog.clone())
        .data(app.certification.clone())
        .data(app.traceability.clone())
        .data(app.procurement.clone())
        .data(app.contracts.clone())
        .data(app.insight.clone())
        .data(app.matching.clone())
        .data(app.search.clone())
        .data(app.notifications.clone())
        .data(app.alerts.clone())
        .data(app.inquiries.clone())
        .data(app.privacy.clone())
        .data(app.credentials.clone())
}

/// Every route of the application.
///
/// # Errors
/// When the schema cannot read its own definition back.
pub fn router(app: &App) -> Result<Routes, Fault> {
    routes(app, subscription_options(app), CancellationToken::new()).map(|(router, _)| router)
}

fn subscription_options(app: &App) -> subscriptions::Options {
    subscriptions::Options {
        connections_max: app.config.subscription_connections,
        per_address_max: app.config.subscription_connections_per_address,
        ..subscriptions::Options::default()
    }
}

/// The routes of a process that is asked to leave by `leaving`, and the door for subscriptions among them.
fn routes(
    app: &App,
    subscribing: subscriptions::Options,
    leaving: CancellationToken,
) -> Result<(Routes, Arc<Door>), Fault> {
    let config = &app.config;
    let execution_ms_max = u64::try_from(config.request_timeout.as_millis()).unwrap_or(u64::MAX);
    let options = Options {
        limits: Limits { execution_ms_max, ..Limits::default() },
        introspection: config.introspection,
        suggestions: config.suggestions,
        ..Options::default()
    };
    let engine = Engine::new(|| builder(app), options).map_err(|error| Fault::Internal(error.to_string()))?;
    let engine = Arc::new(engine);
    let callers = Callers::new(app.accounts.clone(), Arc::clone(&app.trusted_proxies), Loaders::of(app));
    let callers = Arc::new(callers.within(config.request_timeout));
    let budgets = Budgets {
        user: config.cost_per_user_minute,
        token: config.cost_per_token_minute,
        address: config.cost_per_address_minute,
    };
    let rates = Rates::new(&app.services.clock, budgets);
    let admission = Admission::new(config.operations_at_once);
    let gate = Arc::new(Gate::new(admission.clone(), rates, Arc::clone(&app.trusted_proxies)));
    let mut parts = parts(app);
    parts.insert(0, Arc::new(Staying(leaving.clone())));
    parts.push(Arc::new(Room(admission)));
    let door = Arc::new(Door::new(
        (Arc::clone(&engine), Arc::clone(&callers), Arc::clone(&gate)),
        Feed::new(Arc::new(DatabaseEvents(app.services.db.clone())), subscribing.pace),
        Arc::clone(&app.services.ids),
        Origins { own: config.public_url.clone(), others: config.cors_origins.clone() },
        subscribing,
    ));
    let router = router::router(Surface {
        endpoint: Endpoint::new(engine, Arc::clone(&callers) as _)
            .behind(Arc::clone(&gate))
            .with_subscriptions(Arc::clone(&door)),
        parts,
        ids: Arc::clone(&app.services.ids),
        cors_origins: config.cors_origins.clone(),
        pages: pages(app, callers).layer(from_fn_with_state(gate, gate::pass)),
        https: config.public_url.starts_with("https://"),
        leaving,
    });
    Ok((router, door))
}

/// What requests need, and what the work behind them does.
fn parts(app: &App) -> Vec<Arc<dyn Part>> {
    let db = &app.services.db;
    vec![
        Arc::new(DatabaseAnswers(db.clone())),
        Arc::new(SchemaIsCurrent::new(db.clone())),
        Arc::new(OutboxLag(app.services.clone())),
        Arc::new(SearchIndex(app.search.clone())),
    ]
}

/// Every route that is not GraphQL's.
fn pages(app: &App, callers: Arc<Callers>) -> Router {
    opt_out::pages(app.notifications.clone(), Arc::clone(&callers))
        .merge(credentials::pages(app.credentials.clone()))
        .merge(epcis::routes(app.traceability.clone(), Arc::clone(&callers)))
        .merge(dashboard::pages(app, Arc::clone(&callers)))
        .merge(trace::pages(app.traceability.clone()))
        .merge(ocds::routes(app.ocds.clone()))
        .layer(from_fn_with_state(app.config.request_timeout, in_time))
        // Bytes take as long as the line is slow, and a report over everything may take longer than any page.
        .merge(reports::routes(app.insight.clone(), callers))
        .merge(blobs::routes(app.documents.blobs().clone()))
}

/// Gives up a page whose answer does not begin in time, as where the database hangs. What is sent to us has limits of its own.
async fn in_time(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let id = router::id_of(&request);
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(request_id = %id, "a page took too long and was given up");
            problem(StatusCode::SERVICE_UNAVAILABLE, "the service cannot answer at the moment; try again later", &id)
        }
    }
}

/// Answers requests until `stop` ends, then lets running ones end. Before it closes the port it goes on for as long as the
/// configuration says (`BFW_DRAIN_SECONDS`), tells by `/health/ready` that it is leaving, and asks clients to close their
/// connections: a balancer that looks now and then would otherwise send requests to a port that is shut.
///
/// # Errors
/// When the schema cannot be built.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_with(app, listener, subscription_options(app), stop).await
}

/// The same, asking something else of connections for subscriptions.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with(
    app: &App,
    listener: TcpListener,
    subscribing: subscriptions::Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let leaving = CancellationToken::new();
    let (router, door) = routes(app, subscribing, leaving.clone()).map_err(std::io::Error::other)?;
    let (closing, drain) = (Arc::clone(&door), app.config.drain);
    let stop = async move {
        stop.await;
        leaving.cancel();
        if !drain.is_zero() {
            tracing::info!(seconds = drain.as_secs(), "asked to stop; no longer ready, and serving on for a while");
            tokio::time::sleep(drain).await;
        }
        closing.stop();
    };
    let connections = Connections {
        max: app.config.connections,
        per_address_max: app.config.connections_per_address,
        proxies: Arc::clone(&app.trusted_proxies),
        ..Connections::default()
    };
    router::serve(router, listener, connections, stop).await;
    door.stopped().await;
    Ok(())
}

/// Tells how the process is until `stop` ends, and answers nothing else: for one that only works.
pub async fn serve_health(app: &App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
    router::serve(router::watched(parts(app)), listener, Connections::default(), stop).await;
}
