//! A light load generator: HTTP/1.1 on kept-alive loopback connections, prebuilt requests, one buffer a client.
//!
//! It shares its core with the database, so what it costs is taken from what is measured; nothing here allocates once it
//! runs, except where an answer decides the next request.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Answers longer than this are not in any scenario.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// What one client sends, request after request.
pub(crate) trait Script {
    /// The next request, given the body of the last answer (empty at first).
    fn next(&mut self, answer: &[u8]) -> &[u8];
}

/// The same requests over and over, each client starting elsewhere.
pub(crate) struct Round {
    requests: Arc<[Vec<u8>]>,
    at: usize,
}

impl Round {
    pub(crate) fn new(requests: Arc<[Vec<u8>]>, client: usize) -> Self {
        // A prime stride keeps the clients apart.
        let at = client * 37 % requests.len();
        Self { requests, at }
    }
}

impl Script for Round {
    fn next(&mut self, _answer: &[u8]) -> &[u8] {
        self.at = (self.at + 1) % self.requests.len();
        &self.requests[self.at]
    }
}

/// What came of it.
pub(crate) struct Measured {
    pub(crate) requests: u64,
    pub(crate) elapsed: Duration,
    latencies: Histogram<u64>,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed, in milliseconds.
    pub(crate) fn milliseconds(&self, quantile: f64) -> f64 {
        self.latencies.value_at_quantile(quantile) as f64 / 1e6
    }
}

/// Runs every script against `address` for `duration`.
pub(crate) async fn run(address: SocketAddr, scripts: Vec<Box<dyn Script>>, duration: Duration) -> Measured {
    let started = Instant::now();
    let until = started + duration;
    let local = tokio::task::LocalSet::new();
    let clients: Vec<_> = scripts.into_iter().map(|script| local.spawn_local(client(address, script, until))).collect();
    local
        .run_until(async {
            let mut latencies = histogram();
            for client in clients {
                latencies.add(client.await.expect("a client that ends")).expect("histograms of one shape");
            }
            Measured { requests: latencies.len(), elapsed: started.elapsed(), latencies }
        })
        .await
}

pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1_000, 60_000_000_000, 3).expect("bounds in order")
}

async fn client(address: SocketAddr, mut script: Box<dyn Script>, until: Instant) -> Histogram<u64> {
    let mut latencies = histogram();
    let mut connection = Connection::open(address).await;
    let mut answer = 0..0;
    while Instant::now() < until {
        let request = script.next(&connection.buffer[answer]);
        let sent = Instant::now();
        answer = connection.exchange(request).await;
        latencies.saturating_record(sent.elapsed().as_nanos() as u64);
        let body = &connection.buffer[answer.clone()];
        // What the product and the floor begin with, and what the engine does that is asked directly.
        let is_answer = body.starts_with(b"{\"data\":{") || body.starts_with(b"{\"hits\":[");
        assert!(is_answer, "{}", String::from_utf8_lossy(body));
    }
    latencies
}

/// One kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a server that listens");
        stream.set_nodelay(true).expect("a TCP socket");
        Self { stream, buffer: vec![0; ANSWER_BYTES_MAX] }
    }

    /// Sends a request and gives the body of the answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> &[u8] {
        let body = self.exchange(request).await;
        &self.buffer[body]
    }

    /// Sends a request and gives where in the buffer the body of its answer lies.
    async fn exchange(&mut self, request: &[u8]) -> std::ops::Range<usize> {
        self.stream.write_all(request).await.expect("a connection that holds");
        let mut filled = 0;
        let mut whole = None;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.expect("a connection that holds");
            assert!(read > 0, "the server closed the connection, or the answer is too long");
            filled += read;
            if whole.is_none() {
                whole = body_range(&self.buffer[..filled]);
            }
            if let Some(body) = whole.clone().filter(|body| body.end <= filled) {
                return body;
            }
        }
    }
}

/// Where the body of the answer in `bytes` begins and ends, once its head is complete.
fn body_range(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).expect("a head of ASCII");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.unwrap_or_else(|| panic!("an answer without a length: {text}"));
    Some(head + 4..head + 4 + length)
}

/// A POST of JSON.
pub(crate) fn post(path: &str, token: Option<&str>, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let authorization = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         accept: application/graphql-response+json\r\n{authorization}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
