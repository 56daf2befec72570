//! Traces: what a request was, how long it and its operation took, and what the work behind it did, sent to a collector as
//! binary OTLP over HTTP.
//!
//! A trace that a client began is gone on with (W3C `traceparent`). Of a request go out method, route, status and its id, of an operation
//! its kind and the name that its author gave it, of background work its topic and how much it was: never variables, never a text of the log,
//! never who asked. Spans of this module are the only ones that are sent, and they stand in no line of the log.
//!
//! Nothing waits for the collector: spans go into a queue of bounded length, which a thread of its own empties; what finds it full is lost.
//! Where no collector is named there is no layer, and the spans are none.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry::{
    Context, KeyValue,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TracerProvider as _,
};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::kernel::tls;

/// What the spans are told by from all others.
pub(super) const TARGET: &str = "bfw::trace";

/// Spans that wait to be sent, at most.
const WAITING_MAX: usize = 2_048;
/// Spans that are sent at once, at most.
const SENT_AT_ONCE: usize = 512;
/// How long spans wait for others to be sent with.
const SEND_EVERY: Duration = Duration::from_secs(2);
/// How long the collector may take to answer.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long the end of the process waits for what is left to be sent.
const END_WAIT_MAX: Duration = Duration::from_secs(3);
/// The longest answer of a collector that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest name of an operation that is told.
const NAME_MAX: usize = 100;

/// Methods that are told; another is told as `_OTHER`, since anybody can think one up.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"];

static SENT: AtomicBool = AtomicBool::new(false);
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Where traces go.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// The collector, without a slash at the end.
    pub url: String,
    /// Headers that it asks for.
    pub headers: Vec<(String, SecretString)>,
    /// How many of a hundred traces are sent that nobody else began.
    pub percent: u32,
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent (BFW_OTLP_URL): {0}")]
pub struct TraceError(String);

/// The layer that has spans sent. To be made within the runtime that will send them, once a process.
pub(super) fn layer<S>(settings: &TraceSettings) -> Result<OpenTelemetryLayer<S, SdkTracer>, TraceError>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    tls::install_provider();
    let refused = |error: &dyn fmt::Display| TraceError(error.to_string());
    // Elsewhere than asked, the headers are nobody's business.
    let client = reqwest::Client::builder().timeout(ANSWER_WAIT_MAX).redirect(reqwest::redirect::Policy::none());
    let client = client.build().map_err(|error| refused(&error))?;
    let sender = Sender { client, runtime: Handle::current(), failing: Arc::default() };
    let headers: HashMap<String, String> =
        settings.headers.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", settings.url))
        .with_timeout(ANSWER_WAIT_MAX)
        .with_headers(headers)
        .with_http_client(sender)
        .build()
        .map_err(|error| refused(&error))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING_MAX)
        .with_max_export_batch_size(SENT_AT_ONCE)
        .with_scheduled_delay(SEND_EVERY)
        .build();
    let part = f64::from(settings.percent) / 100.0;
    let provider = SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(part))))
        .with_resource(
            Resource::builder_empty()
                .with_service_name("bfw")
                .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                .build(),
        )
        .build();
    let tracer = provider.tracer("bfw");
    PROVIDER.set(provider).map_err(|_| TraceError("they were begun before".to_owned()))?;
    SENT.store(true, Ordering::Relaxed);
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    Ok(layer
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_level(false))
}

/// Sends what is left, and waits for that, but not for long.
pub async fn finish() {
    let Some(provider) = PROVIDER.get() else { return };
    SENT.store(false, Ordering::Relaxed);
    let ended = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(END_WAIT_MAX)).await;
    if !matches!(ended, Ok(Ok(()))) {
        tracing::warn!("the last traces were not sent");
    }
}

/// Whether anybody wants to hear of traces.
#[must_use]
pub fn are_sent() -> bool {
    SENT.load(Ordering::Relaxed)
}

/// The span of a request, which goes on with the trace that its headers name.
pub fn request<'h>(method: &str, route: &str, id: &str, header: impl Fn(&str) -> Option<&'h str>) -> Span {
    if !are_sent() {
        return Span::none();
    }
    let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("_OTHER");
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        bfw.request_id = id,
    );
    let told = Told { parent: header("traceparent"), state: header("tracestate") };
    if told.parent.is_some() {
        let begun = TraceContextPropagator::new().extract_with_context(&Context::new(), &told);
        if let Err(error) = span.set_parent(begun) {
            tracing::debug!(%error, "a trace is not gone on with");
        }
    }
    span
}

/// What a request came to.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "error");
    }
}

/// The span of an operation of GraphQL: `query` or `mutation`, and what its author calls it.
pub fn operation<'n>(describe: impl FnOnce() -> (&'static str, Option<&'n str>)) -> Span {
    if !are_sent() {
        return Span::none();
    }
    let (kind, name) = describe();
    let name: String = name.unwrap_or_default().chars().take(NAME_MAX).collect();
    tracing::info_span!(
        target: TARGET,
        "operation",
        otel.name = kind,
        graphql.operation.type = kind,
        graphql.operation.name = name,
    )
}

/// The span of background work: what the messages are about, and how many there are.
pub fn work(topic: &str, messages: usize) -> Span {
    if !are_sent() {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET,
        "work",
        otel.name = format_args!("outbox {topic}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        messaging.destination.name = topic,
        messaging.batch.message_count = messages,
    )
}

/// What background work came to.
pub fn worked(span: &Span, well: bool) {
    if !well {
        span.record("otel.status_code", "error");
    }
}

/// What a request tells of the trace that it belongs to.
struct Told<'h> {
    parent: Option<&'h str>,
    state: Option<&'h str>,
}

impl Extractor for Told<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.parent,
            "tracestate" => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// Sends by the client that the service has, on its runtime: the thread that asks for it belongs to none.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
    failing: Arc<AtomicBool>,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), reqwest::Request::try_from(request)?);
        let sending = self.runtime.spawn(async move {
            let mut answer = client.execute(request).await?;
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            std::mem::swap(response.headers_mut(), answer.headers_mut());
            let mut body = Vec::new();
            while let Some(piece) = answer.chunk().await? {
                if body.len() + piece.len() > ANSWER_BYTES_MAX {
                    break;
                }
                body.extend_from_slice(&piece);
            }
            *response.body_mut() = body.into();
            Ok::<_, reqwest::Error>(response)
        });
        let sent: Result<Response<Bytes>, HttpError> = match sending.await {
            Ok(sent) => sent.map_err(|error| error.without_url().into()),
            Err(error) => Err(error.into()),
        };
        let trouble = match &sent {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        // Told once, and not each time.
        match trouble {
            Some(error) if !self.failing.swap(true, Ordering::Relaxed) => {
                tracing::warn!(error, "the collector does not take traces; those that find the queue full are lost");
            }
            None if self.failing.swap(false, Ordering::Relaxed) => tracing::info!("the collector takes traces again"),
            Some(_) | None => {}
        }
        sent
    }
}
