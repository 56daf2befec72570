//! What an operator sees: logs, as JSON or for people, and metrics for Prometheus.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, fmt::format::FmtSpan, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Names a request in its answer, its log lines and its audit entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Takes a text that was checked to be harmless.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form of the log lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Lines for people.
    #[default]
    Human,
}

/// The log directives cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidDirectives(String);

/// Checks log directives such as `info,bfw=debug`.
///
/// # Errors
/// What is wrong with them.
pub fn check_directives(directives: &str) -> Result<(), InvalidDirectives> {
    filter(directives).map(|_| ())
}

/// What migrations say of themselves is kept low, unless the directives name them.
fn filter(directives: &str) -> Result<EnvFilter, InvalidDirectives> {
    EnvFilter::try_new(format!("sea_orm_migration=warn,{directives}"))
        .map_err(|error| InvalidDirectives(error.to_string()))
}

/// The database's library keeps the address of the database, password and all, with what it traces. No directive brings
/// that out.
fn holds_no_secret(metadata: &Metadata<'_>) -> bool {
    !metadata.target().starts_with("sea_orm::driver") || *metadata.level() <= Level::INFO
}

/// Starts logging to standard error, which leaves standard output to the commands' own results. A second call does
/// nothing: the first one's choice stands.
///
/// # Errors
/// When the directives cannot be read.
pub fn init_logs(format: LogFormat, directives: &str) -> Result<(), InvalidDirectives> {
    let filter = filter(directives)?;
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_span_events(FmtSpan::NONE).with_target(true);
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(holds_no_secret));
    // An error here says that logging was started before.
    let started = match format {
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
        LogFormat::Human => {
            registry.with(lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))).try_init()
        }
    };
    match started {
        Ok(()) => log_panics(),
        Err(_) => tracing::debug!("logging was started before"),
    }
    Ok(())
}

/// A panic is a line of the log like any other, with the request that it happened in, and not a text among JSON.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload().downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic = text.unwrap_or("no text"), place, "panicked");
    }));
}

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Buckets of every `…_seconds` histogram: from half a millisecond to ten seconds.
const SECONDS_BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The metrics of this process, started at the first call. `None` when another recorder was installed before.
#[must_use]
pub fn metrics() -> Option<&'static PrometheusHandle> {
    METRICS
        .get_or_init(|| {
            let builder =
                PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS_BUCKETS);
            match builder.and_then(PrometheusBuilder::install_recorder) {
                Ok(handle) => Some(handle),
                Err(error) => {
                    tracing::warn!(%error, "metrics are not recorded");
                    None
                }
            }
        })
        .as_ref()
}
