//! The application's HTTP surface: its schema, its callers and its parts, put together.

use std::{future::Future, sync::Arc};

use async_graphql::{EmptySubscription, SchemaBuilder};
use axum::Router;
use tokio::net::TcpListener;

use super::{
    auth::Callers,
    blobs,
    connections::Connections,
    credentials, dashboard,
    engine::{Engine, Options},
    epcis,
    health::Part,
    http::Endpoint,
    limits::Limits,
    loaders::Loaders,
    ocds, opt_out,
    parts::{DatabaseAnswers, OutboxLag, SchemaIsCurrent, SearchIndex},
    reports,
    router::{self, Surface},
    schema::{self, Mutation, Query},
    trace,
};
use crate::{app::App, kernel::Fault};

/// The schema with the rooms' handles in it.
fn builder(app: &App) -> SchemaBuilder<Query, Mutation, EmptySubscription> {
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
pub fn router(app: &App) -> Result<Router, Fault> {
    let config = &app.config;
    let execution_ms_max = u64::try_from(config.request_timeout.as_millis()).unwrap_or(u64::MAX);
    let options = Options {
        limits: Limits { execution_ms_max, ..Limits::default() },
        introspection: config.introspection,
        suggestions: config.suggestions,
        ..Options::default()
    };
    let engine = Engine::new(|| builder(app), options).map_err(|error| Fault::Internal(error.to_string()))?;
    let callers = Arc::new(Callers::new(app.accounts.clone(), Arc::clone(&app.trusted_proxies), Loaders::of(app)));
    Ok(router::router(Surface {
        endpoint: Endpoint::new(engine, Arc::clone(&callers) as _),
        parts: parts(app),
        ids: Arc::clone(&app.services.ids),
        cors_origins: config.cors_origins.clone(),
        pages: pages(app, callers),
        https: config.public_url.starts_with("https://"),
    }))
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
        .merge(reports::routes(app.insight.clone(), Arc::clone(&callers)))
        .merge(dashboard::pages(app, callers))
        .merge(trace::pages(app.traceability.clone()))
        .merge(ocds::routes(app.ocds.clone()))
        .merge(blobs::routes(app.documents.blobs().clone()))
}

/// Answers requests until `stop` ends, then lets running ones end.
///
/// # Errors
/// When the schema cannot be built.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = router(app).map_err(std::io::Error::other)?;
    router::serve(router, listener, Connections::default(), stop).await;
    Ok(())
}

/// Tells how the process is until `stop` ends, and answers nothing else: for one that only works.
pub async fn serve_health(app: &App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
    router::serve(router::watched(parts(app)), listener, Connections::default(), stop).await;
}
