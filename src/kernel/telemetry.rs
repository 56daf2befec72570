//! What an operator sees: logs, as JSON or for people, metrics for Prometheus, and traces.

pub mod traces;

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, OnceLock},
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
pub use traces::{TraceError, TraceSettings};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt as _, ParseError, Targets, filter_fn},
    fmt::{MakeWriter, format::FmtSpan},
    layer::SubscriberExt as _,
    reload,
    util::SubscriberInitExt as _,
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
fn filter(directives: &str) -> Result<Targets, InvalidDirectives> {
    format!("sea_orm_migration=warn,{directives}")
        .parse()
        .map_err(|error: ParseError| InvalidDirectives(error.to_string()))
}

/// The database's library keeps the address of the database, password and all, with what it traces. No directive brings
/// that out. Spans that are sent stand in no line.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    metadata.target() != traces::TARGET
        && (!metadata.target().starts_with("sea_orm::driver") || *metadata.level() <= Level::INFO)
}

/// Puts other directives in force.
type Redirect = Box<dyn Fn(Targets) -> Result<(), reload::Error> + Send + Sync>;

static REDIRECT: OnceLock<Redirect> = OnceLock::new();

/// Logs by other directives from now on.
///
/// # Errors
/// When they cannot be read, or nothing is logged; then those before stay in force.
pub fn set_directives(directives: &str) -> Result<(), InvalidDirectives> {
    let filter = filter(directives)?;
    let redirect = REDIRECT.get().ok_or_else(|| InvalidDirectives("nothing is logged".to_owned()))?;
    redirect(filter).map_err(|error| InvalidDirectives(error.to_string()))
}

/// Why a process cannot tell how it is.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The log directives cannot be read.
    #[error("{0}")]
    Directives(#[from] InvalidDirectives),
    /// Traces cannot be sent.
    #[error("{0}")]
    Traces(#[from] TraceError),
}

/// Starts logging to standard error, which leaves standard output to the commands' own results, and sends traces where settings
/// for that are given. A second call does nothing: the first one's choice stands.
///
/// # Errors
/// When the directives cannot be read, or the collector's settings cannot be used.
pub fn start(format: LogFormat, directives: &str, traces: Option<&TraceSettings>) -> Result<(), TelemetryError> {
    let (filter, redirect) = reload::Layer::new(filter(directives)?);
    let colours = format == LogFormat::Human && io::IsTerminal::is_terminal(&io::stderr());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(OneLine { to: io::stderr, colours })
        .with_span_events(FmtSpan::NONE)
        .with_target(true);
    let traces = traces.map(traces::layer).transpose()?;
    let traces = traces.map(|layer| layer.with_filter(filter_fn(|metadata| metadata.target() == traces::TARGET)));
    let logged = filter.and(filter_fn(may_be_logged));
    let lines = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_filter(logged).boxed(),
        LogFormat::Human => lines.with_ansi(colours).with_filter(logged).boxed(),
    };
    // An error here says that logging was started before.
    match tracing_subscriber::registry().with(traces).with(lines).try_init() {
        Ok(()) => {
            log_panics();
            let redirect: Redirect = Box::new(move |filter| redirect.reload(filter));
            drop(REDIRECT.set(redirect));
        }
        Err(_) => tracing::debug!("logging was started before"),
    }
    Ok(())
}

/// Keeps each event on one line, whatever text of others it tells of: what somebody typed must not read as a line of ours, nor
/// move about on the operator's terminal. A cause that a library words may hold anything, and the form for people writes it as
/// it is.
#[derive(Debug, Clone, Copy)]
struct OneLine<M> {
    to: M,
    /// Whether lines have colours, which are escape sequences, too; no other sequence passes.
    colours: bool,
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { to: self.to.make_writer(), colours: self.colours }
    }
}

/// Writes an event, which comes in one piece with the end of its line.
struct Line<W> {
    to: W,
    colours: bool,
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event);
        // A tab parts nothing that anybody counts lines by.
        let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        if !text.iter().any(is_control) {
            self.to.write_all(event)?;
            return Ok(event.len());
        }
        let mut line = Vec::with_capacity(event.len() + 16);
        for (at, byte) in text.iter().enumerate() {
            if is_control(byte) && !(self.colours && is_colour(&text[at..])) {
                line.extend(byte.escape_ascii());
            } else {
                line.push(*byte);
            }
        }
        line.extend_from_slice(&event[text.len()..]);
        self.to.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Whether a sequence that sets a colour begins here: `ESC [ digits and semicolons m`.
fn is_colour(text: &[u8]) -> bool {
    let Some(parameters) = text.strip_prefix(b"\x1b[") else { return false };
    parameters.iter().find(|byte| !byte.is_ascii_digit() && **byte != b';') == Some(&b'm')
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

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(say: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(OneLine { to: move || writer.clone(), colours: false });
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), say);
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_event_is_one_line_whatever_it_tells_of() {
        let typed = "Karité\n2026-11-02T08:00:00Z ERROR bfw: made up\r\u{1b}[31m\0\u{7f}\tend";
        let log = logged(|| {
            tracing::warn!(error = %typed, "it {typed}");
            tracing::warn!("another");
        });
        assert_eq!(log.lines().count(), 2, "{log}");
        assert!(log.ends_with("another\n"), "{log}");
        let in_colours = |text: &[u8]| {
            let mut kept = Kept::default();
            Line { to: &mut kept, colours: true }.write_all(text).unwrap();
            String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
        };
        assert_eq!(in_colours(b"\x1b[2;31mred\x1b[0m\n"), "\u{1b}[2;31mred\u{1b}[0m\n");
        assert_eq!(in_colours(b"\x1b[2J\x1b]0;title\x07\x1b[\n"), "\\x1b[2J\\x1b]0;title\\x07\\x1b[\n");
        let made_up = log.bytes().any(|byte| byte < 32 && !matches!(byte, b'\n' | b'\t') || byte == 127);
        assert!(!made_up, "{log:?}");
        assert!(log.contains("Karit\u{e9}\\n2026"), "what was said is still there: {log}");
    }
}
