//! A whole application, as `bfw serve` puts it together, on a clock that stands still.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, Response, header},
};
use bfw::{
    api::router::Routes,
    app::{self, App},
    config::Config,
    credentials::Credentials,
    documents::Documents,
    kernel::{
        clock::{Clock, ManualClock, Timestamp},
        worker,
    },
    notifications::Notifications,
    search::index::SearchIndex,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Fixture, TestDatabase};

/// When every test begins: a morning after the rains.
const BEGIN: &str = "2026-11-02T08:00:00Z";

/// The password of everyone whom a test signs up.
pub(crate) const PASSWORD: &str = "trois pirogues au port";

/// An application that only one test knows of.
pub(crate) struct TestApp {
    /// The application itself.
    pub(crate) app: App,
    /// Its clock; it moves when the test moves it.
    pub(crate) clock: Arc<ManualClock>,
    /// Its database, for looking past the application.
    pub(crate) database: TestDatabase,
    routes: Routes,
    statements: Arc<AtomicU64>,
}

impl Fixture for TestApp {
    async fn build(database: TestDatabase) -> Self {
        Self::with_settings(database, &[]).await
    }
}

/// The settings of a test's application: few connections, for many tests share one server, and generous limits.
pub(super) fn config(database: &TestDatabase, settings: &[(&str, &str)]) -> Config {
    let folder = database.folder.join("data");
    let mut pairs = vec![
        ("data_dir", folder.to_str().unwrap()),
        ("database_url", database.url.as_str()),
        ("database_connections", "4"),
        ("attempts_per_address", "100000"),
        // On a clock that stands still nothing comes back.
        ("cost_per_user_minute", "4000000000"),
        ("cost_per_token_minute", "4000000000"),
        ("cost_per_address_minute", "4000000000"),
    ];
    pairs.retain(|(name, _)| settings.iter().all(|(given, _)| given != name));
    pairs.extend(settings);
    Config::from_pairs(pairs).unwrap()
}

impl TestApp {
    /// An application with some settings of its own.
    pub(crate) async fn with_settings(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        Self::with_index(database, settings, |index| index).await
    }

    /// An application with some settings of its own, over an index that is made of the one that they name.
    pub(crate) async fn with_index(
        database: TestDatabase,
        settings: &[(&str, &str)],
        wrap: impl FnOnce(Arc<dyn SearchIndex>) -> Arc<dyn SearchIndex> + Send,
    ) -> Self {
        let config = config(&database, settings);
        let clock = Arc::new(ManualClock::at(BEGIN.parse::<Timestamp>().unwrap()));
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        let connected = app::connect(&config).await.unwrap().on_statement(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let standing = Arc::clone(&clock) as Arc<dyn Clock>;
        // Boxed: whatever a test waits in holds it.
        let app = Box::pin(App::assemble_with(config, connected, standing, wrap)).await.unwrap();
        let routes = bfw::api::router(&app).unwrap();
        Self { app, clock, database, routes, statements }
    }

    /// The application that a second process on the same database and folder has.
    pub(crate) async fn another_process(&self) -> App {
        let config = config(&self.database, &[]);
        let connected = app::connect(&config).await.unwrap();
        let standing = Arc::clone(&self.clock) as Arc<dyn Clock>;
        // Boxed: whatever a test waits in holds it.
        Box::pin(App::assemble(config, connected, standing)).await.unwrap()
    }

    /// What the rooms from the directory on stand on.
    pub(crate) fn below(&self) -> (Notifications, Documents, Credentials) {
        (self.app.notifications.clone(), self.app.documents.clone(), self.app.credentials.clone())
    }

    /// Sends a GraphQL request through everything but the network, and gives the body of the answer.
    pub(crate) async fn graphql(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let response = self.send(graphql_request(token, query, &variables)).await;
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Sends any request through everything but the network.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Response<Body> {
        let client: SocketAddr = "127.0.0.1:40000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(client));
        self.routes.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request that must succeed, and gives its data.
    pub(crate) async fn expect_data(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut answer = self.graphql(token, query, variables).await;
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"].take()
    }

    /// Sends one mutation that must be accepted, and gives its payload.
    pub(crate) async fn expect_payload(&self, token: Option<&str>, mutation: &str, input: Value) -> Value {
        let payload = self.payload(token, mutation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload
    }

    /// Sends one mutation that must be refused, and gives the code and the path of each error.
    pub(crate) async fn user_errors(&self, token: Option<&str>, mutation: &str, input: Value) -> Vec<(String, String)> {
        let payload = self.payload(token, mutation, input).await;
        let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("no userErrors in {payload:#}"));
        assert!(!errors.is_empty(), "accepted: {payload:#}");
        let path = |error: &Value| -> Vec<String> {
            error["path"].as_array().unwrap().iter().map(|step| step.as_str().unwrap().to_owned()).collect()
        };
        errors.iter().map(|error| (error["code"].as_str().unwrap().to_owned(), path(error).join("."))).collect()
    }

    /// The payload of a mutation with one field, whose input is `$input`.
    async fn payload(&self, token: Option<&str>, mutation: &str, input: Value) -> Value {
        let mut data = self.expect_data(token, mutation, json!({ "input": input })).await;
        let fields = data.as_object_mut().unwrap();
        assert_eq!(fields.len(), 1, "{fields:?}");
        fields.values_mut().next().unwrap().take()
    }

    /// Carries out what the commits so far have left to be done, such as keeping the search index.
    pub(crate) async fn settle(&self) {
        worker::drain(&self.app.services, &self.app.follow_up(), "test").await.unwrap();
    }

    /// How many statements go to the database while `work` is done.
    pub(crate) async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.statements.load(Ordering::Relaxed);
        let result = work.await;
        (result, self.statements.load(Ordering::Relaxed) - before)
    }
}

/// A GraphQL request as a client sends it.
pub(crate) fn graphql_request(token: Option<&str>, query: &str, variables: &Value) -> Request<Body> {
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/graphql-response+json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(json!({ "query": query, "variables": variables }).to_string().into()).unwrap()
}
