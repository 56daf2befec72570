//! A schema that does on purpose what the marketplace's never should: panic, fail, dawdle, count.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Data, EmptySubscription, Enum, Error, ErrorExtensions, InputObject, MaybeUndefined, Object, Result, Schema,
};
use async_trait::async_trait;
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header, request::Parts},
};
use bfw::{
    api::{
        engine::{Engine, Options},
        error::Code,
        http::{Context, Endpoint, Opened, Refusal},
        limits::Limits,
        router::{Routes, Surface, router},
    },
    config::CorsOrigins,
    kernel::{clock::SystemClock, id::UuidV7Source, telemetry::RequestId},
};
use tokio_util::sync::CancellationToken;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Colour {
    Red,
    Green,
}

#[derive(InputObject)]
pub(super) struct Patch {
    name: MaybeUndefined<String>,
    #[graphql(default = 3)]
    count: i32,
}

pub(super) struct Item(i32);

#[Object]
impl Item {
    async fn number(&self) -> i32 {
        self.0
    }

    /// Waits longer the smaller its number is, so that items complete in the wrong order.
    async fn late(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(u64::try_from(5 - self.0.min(5)).unwrap())).await;
        self.0
    }

    /// Non-null, and fails on item 1.
    async fn fragile(&self) -> Result<i32> {
        if self.0 == 1 { Err(Error::new("connection to 10.0.0.7 refused")) } else { Ok(self.0) }
    }

    async fn itself(&self) -> Item {
        Item(self.0)
    }
}

#[derive(Default)]
pub(super) struct Query;

#[Object]
impl Query {
    async fn hello(&self, #[graphql(default = "world")] name: String) -> String {
        format!("hello {name}")
    }

    async fn optional(&self, name: MaybeUndefined<String>) -> String {
        describe(&name)
    }

    async fn paint(&self, colour: Colour) -> bool {
        colour == Colour::Red
    }

    async fn add(&self, left: i32, right: i32) -> i32 {
        left.saturating_add(right)
    }

    #[graphql(complexity = "usize::try_from(first).unwrap_or(0) * (child_complexity + 1)")]
    async fn items(&self, #[graphql(default = 3)] first: i32) -> Vec<Item> {
        (0..first).map(Item).collect()
    }

    /// Nullable, and its children are not.
    async fn item(&self, number: i32) -> Option<Item> {
        Some(Item(number))
    }

    async fn marked(&self) -> Option<Result<String>> {
        Some(Err(Error::new("not yours").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN"))))
    }

    async fn broken(&self) -> Option<Result<String>> {
        Some(Err(Error::new("password of the database is hunter2")))
    }

    async fn panics(&self) -> Option<String> {
        let none: Vec<String> = Vec::new();
        Some(none[none.len()].clone())
    }

    async fn doze(&self) -> bool {
        tokio::time::sleep(Duration::from_millis(400)).await;
        true
    }

    async fn slow(&self) -> bool {
        tokio::time::sleep(Duration::from_secs(60)).await;
        true
    }
}

fn describe(name: &MaybeUndefined<String>) -> String {
    match name {
        MaybeUndefined::Undefined => "left out".to_owned(),
        MaybeUndefined::Null => "null".to_owned(),
        MaybeUndefined::Value(name) => format!("value {name}"),
    }
}

#[derive(Default)]
pub(super) struct Mutation(Arc<AtomicU32>);

#[Object]
impl Mutation {
    async fn patch(&self, input: Patch) -> String {
        format!("{} {}", describe(&input.name), input.count)
    }

    /// How often this was called before.
    async fn count(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A caller whose token is `expired` is refused; there are no others.
struct Anyone;

#[async_trait]
impl Context for Anyone {
    async fn open(&self, parts: &Parts, request_id: &RequestId) -> Result<Opened, Refusal> {
        if parts.headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer expired") {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, "the token is not good")
                .with_header(header::WWW_AUTHENTICATE, challenge));
        }
        let mut data = Data::default();
        data.insert(request_id.clone());
        Ok(Opened { user: None, data })
    }
}

/// The whole HTTP surface over this schema.
pub(super) fn app(options: Options) -> Routes {
    let counter = Arc::new(AtomicU32::new(0));
    let build = || Schema::build(Query, Mutation(Arc::clone(&counter)), EmptySubscription);
    let engine = Engine::new(build, options).unwrap();
    router(Surface {
        endpoint: Endpoint::new(Arc::new(engine), Arc::new(Anyone)),
        parts: Vec::new(),
        ids: Arc::new(UuidV7Source::new(Arc::new(SystemClock))),
        cors_origins: CorsOrigins::Listed(vec!["https://shop.example".to_owned()]),
        pages: Router::new(),
        https: true,
        leaving: CancellationToken::new(),
    })
}

/// Options with limits changed.
pub(super) fn limited(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = Options::default();
    change(&mut options.limits);
    options
}
