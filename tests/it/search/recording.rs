//! A search server's answers, recorded once from a real one and given again.
//!
//! Replaying, every request must be one that was recorded, to the letter: what we send is checked, and what comes back is what
//! a real server said. Recording, requests go on to a real server and are written down.

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// The key that clients have to present to a replayed server.
pub(super) const KEY: &str = "the-recorded-key";

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Exchange {
    method: String,
    path: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    sent: Value,
    status: u16,
    got: Value,
}

/// What a request is known by.
type Asked = (String, String, String);

#[derive(Default)]
struct Replayed {
    answers: HashMap<Asked, VecDeque<Exchange>>,
    unknown: Vec<String>,
    /// The digest in the names of this program's indexes, which recordings leave out.
    digest: String,
}

struct Recorded {
    /// The case, without whose name an index is none of its own.
    case: String,
    client: reqwest::Client,
    url: String,
    key: Option<String>,
    exchanges: Vec<Exchange>,
}

enum Mode {
    Replaying(Replayed),
    Recording(Recorded),
}

/// A server on loopback for as long as this is kept.
pub(super) struct Recording {
    pub(super) url: String,
    file: PathBuf,
    mode: Arc<Mutex<Mode>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Recording {
    /// Gives the answers that were recorded for a case.
    pub(super) async fn replay(case: &str) -> Recording {
        let file = file(case);
        let again = "record it: see `tests/it/search/engines.rs`";
        let text =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}; {again}", file.display()));
        let mut replayed = Replayed::default();
        for line in text.lines() {
            let exchange: Exchange = serde_json::from_str(line).unwrap();
            replayed.answers.entry(exchange.asked()).or_default().push_back(exchange);
        }
        Recording::serve(file, Mode::Replaying(replayed)).await
    }

    /// Asks a real server, and writes down what it answers.
    pub(super) async fn record(case: &str, url: &str, key: Option<&str>) -> Recording {
        let (url, key) = (url.trim_end_matches('/').to_owned(), key.map(str::to_owned));
        bfw::kernel::tls::install_provider();
        let case_in_names = case.replace('_', "-");
        let recorded =
            Recorded { case: case_in_names, client: reqwest::Client::new(), url, key, exchanges: Vec::new() };
        Recording::serve(file(case), Mode::Recording(recorded)).await
    }

    async fn serve(file: PathBuf, mode: Mode) -> Recording {
        let mode = Arc::new(Mutex::new(mode));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&mode));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Recording { url, file, mode, serving }
    }

    /// Writes what was recorded, or fails where something was asked that was not.
    pub(super) fn finish(self) {
        self.serving.abort();
        match &*self.mode.lock().unwrap() {
            Mode::Replaying(replayed) => {
                assert_eq!(replayed.unknown, [] as [String; 0], "not recorded in {}", self.file.display());
            }
            Mode::Recording(recorded) => {
                let mut exchanges: Vec<Exchange> = Vec::new();
                for exchange in &recorded.exchanges {
                    // How often a task was looked at before it was done is chance.
                    let is_task = exchange.path.starts_with("/tasks/");
                    match exchanges.iter_mut().find(|known| is_task && known.path == exchange.path) {
                        Some(known) => *known = exchange.clone(),
                        None => exchanges.push(exchange.clone()),
                    }
                }
                let lines: Vec<String> =
                    exchanges.iter().map(|exchange| serde_json::to_string(exchange).unwrap()).collect();
                std::fs::create_dir_all(self.file.parent().unwrap()).unwrap();
                std::fs::write(&self.file, lines.join("\n") + "\n").unwrap();
            }
        }
    }
}

impl Exchange {
    fn asked(&self) -> Asked {
        (self.method.clone(), self.path.clone(), self.sent.to_string())
    }
}

fn file(case: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/search/recorded").join(format!("{case}.jsonl"))
}

async fn answer(State(mode): State<Arc<Mutex<Mode>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().to_string();
    let authorization = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let sent: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let asked = Exchange {
        method: parts.method.to_string(),
        path: general(&path),
        sent: brief(general_value(&sent)),
        status: 0,
        got: Value::Null,
    };
    let onward = match &mut *mode.lock().unwrap() {
        Mode::Replaying(replayed) => {
            if let Some(digest) = digest_in(&path) {
                replayed.digest = digest;
            }
            return replayed.answer(&asked, authorization.as_deref());
        }
        Mode::Recording(Recorded { client, url, key, .. }) => {
            let mut onward = client.request(parts.method, format!("{url}{path}"));
            if let Some(key) = key {
                onward = onward.bearer_auth(key);
            }
            if !body.is_empty() {
                onward = onward.header(header::CONTENT_TYPE, "application/json").body(body);
            }
            onward
        }
    };
    let answered = onward.send().await.unwrap();
    let status = answered.status();
    let text = answered.text().await.unwrap();
    let mut got: Value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    if let Mode::Recording(recorded) = &mut *mode.lock().unwrap() {
        if path.starts_with("/indexes?")
            && let Some(indexes) = got["results"].as_array_mut()
        {
            indexes.retain(|index| index["uid"].as_str().unwrap().contains(&recorded.case));
        }
        recorded.exchanges.push(Exchange { status: status.as_u16(), got: general_value(&got), ..asked });
    }
    respond(status, text)
}

impl Replayed {
    fn answer(&mut self, asked: &Exchange, authorization: Option<&str>) -> Response {
        if authorization != Some(&format!("Bearer {KEY}")) {
            self.unknown.push(format!("{} {} with the key {authorization:?}", asked.method, asked.path));
            return respond(StatusCode::FORBIDDEN, "null".into());
        }
        match self.answers.get_mut(&asked.asked()) {
            Some(answers) => {
                let exchange = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }.unwrap();
                respond(
                    StatusCode::from_u16(exchange.status).unwrap(),
                    special(&exchange.got.to_string(), &self.digest),
                )
            }
            None => {
                let sent: String = asked.sent.to_string().chars().take(2_000).collect();
                self.unknown.push(format!("{} {} {sent}", asked.method, asked.path));
                respond(StatusCode::IM_A_TEAPOT, "null".into())
            }
        }
    }
}

fn respond(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    response
}

const COLLECTIONS: [&str; 2] = ["-listings-", "-organizations-"];

/// What stands in a recording for the digest in the names of indexes: another version of the analysis asks the same things.
const VERSION: &str = "version";

/// The digest in the name of an index, if there is one.
fn digest_in(path: &str) -> Option<String> {
    let rest = COLLECTIONS.iter().find_map(|collection| path.split_once(collection))?.1;
    Some(rest.chars().take_while(char::is_ascii_hexdigit).collect())
}

/// A text without the digest in the names of indexes.
fn general(text: &str) -> String {
    match digest_in(text) {
        None => text.to_owned(),
        Some(digest) => {
            let replace = |text: String, collection: &&str| {
                text.replace(&format!("{collection}{digest}"), &format!("{collection}{VERSION}"))
            };
            COLLECTIONS.iter().fold(text.to_owned(), replace)
        }
    }
}

/// A text with the digest in the names of indexes.
fn special(text: &str, digest: &str) -> String {
    let replace = |text: String, collection: &&str| {
        text.replace(&format!("{collection}{VERSION}"), &format!("{collection}{digest}"))
    };
    COLLECTIONS.iter().fold(text.to_owned(), replace)
}

/// A long body by its digest: it is compared and not read.
fn brief(sent: Value) -> Value {
    const CHARS_MAX: usize = 2_000;
    let text = sent.to_string();
    if text.len() <= CHARS_MAX {
        return sent;
    }
    json!({ "bytes": text.len(), "sha256": hex::encode(Sha256::digest(text.as_bytes())) })
}

fn general_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(general(text)),
        Value::Array(items) => Value::Array(items.iter().map(general_value).collect()),
        Value::Object(fields) => {
            // The server's own clocks and numbers say nothing about us.
            let chance = |name: &str| matches!(name, "requestUid" | "metadata");
            let kept = fields.iter().filter(|(name, _)| !chance(name));
            Value::Object(kept.map(|(name, value)| (name.clone(), general_value(value))).collect())
        }
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => plain.clone(),
    }
}
