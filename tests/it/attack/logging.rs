//! What is logged of a request is ours to word: nothing that a client sends becomes a line, a colour or a member of its own.

use db_test::db_test;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    harness::TestDatabase,
    operations::process::{Serving, bfw},
};

/// Reads as a line of the log if it stands at the beginning of one.
const MADE_UP: &str = "2026-11-02T08:00:00.000000Z ERROR bfw::planted: planted";

/// What a request with these bytes before its body is answered with.
async fn raw(serving: &Serving, head: &[u8], body: &str) -> String {
    let mut stream = TcpStream::connect(serving.url.trim_start_matches("http://")).await.unwrap();
    let rest = format!("Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let mut answer = Vec::new();
    // In one piece, for it may be refused, and the connection ended, after the first wrong sign.
    if stream.write_all(&[head, rest.as_bytes()].concat()).await.is_ok()
        && let Err(error) = stream.read_to_end(&mut answer).await
    {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends everything that is logged of a request, or might be, with what would break a log.
async fn plant(serving: &Serving) {
    let hostile = [
        MADE_UP.to_owned(),
        "x\" planted=\"1\"} {\"level\":\"ERROR\",\"message\":\"planted\"}".to_owned(),
        format!("x\\n{MADE_UP}\\u001b[31m"),
        "${jndi:ldap://planted} %n%s%x".to_owned(),
    ];
    let query = json!({ "query": "{ __typename }" }).to_string();
    for name in [
        "User-Agent",
        "Referer",
        "X-Request-Id",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "Forwarded",
        "Accept-Language",
        "Origin",
        "Traceparent",
        "Via",
        "X-Real-Ip",
        "From",
        "Authorization",
        "Cookie",
    ] {
        for text in &hostile {
            let head = format!(
                "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{name}: {text}\r\n"
            );
            let answer = raw(serving, head.as_bytes(), &query).await;
            assert!(answer.starts_with("HTTP/1.1 "), "{name}: {answer}");
            assert!(!answer.contains("planted"), "{name} comes back in the answer: {answer}");
        }
        // What a header cannot hold: the sign that turns colours on, and an end of line that is none.
        for text in [&b"\x1b[31mplanted"[..], b"x\rplanted: 1", b"x\nplanted: 1", b"x\0planted", b"x\r\n planted"] {
            let mut head =
                format!("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{name}: ")
                    .into_bytes();
            head.extend_from_slice(text);
            head.extend_from_slice(b"\r\n");
            let answer = raw(serving, &head, &query).await;
            assert!(!answer.contains("planted"), "{name}: {answer}");
        }
    }
    for host in ["planted.example", "planted\" x", "localhost:1\t"] {
        let head = format!("POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n");
        let answer = raw(serving, head.as_bytes(), &query).await;
        assert!(!answer.contains("planted"), "a host comes back in the answer: {answer}");
    }
    for path in [
        "/planted%0a%1b[31m",
        "/trace/planted%0A",
        "/graphql?query=%0a%1b",
        "/credentials/planted%0d%0a",
        "/%00planted",
    ] {
        raw(serving, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n").as_bytes(), "").await;
    }
    for method in ["PLANTED", "GET\t", "POST\u{1b}"] {
        raw(serving, format!("{method} /graphql HTTP/1.1\r\nHost: localhost\r\n").as_bytes(), "").await;
    }
    // Names, texts and codes that people give.
    let typed = format!("x\n{MADE_UP}\r\n\u{1b}[31mplanted\u{0}\u{85}\u{2028}");
    for (query, variables) in [
        ("query planted { __typename }".to_owned(), json!({})),
        (format!("{{ __typename }} # {MADE_UP}\n"), json!({})),
        ("query($t: String!) { searchListings(query: $t) { totalCount } }".to_owned(), json!({ "t": typed })),
        ("query($t: String) { organizations(filter: { text: $t }) { totalCount } }".to_owned(), json!({ "t": typed })),
        ("query($t: ID!) { node(id: $t) { id } }".to_owned(), json!({ "t": typed })),
        ("query($t: String!) { place(code: $t) { code } lotByCode(code: $t) { id } product(code: $t) { code } }".to_owned(), json!({ "t": typed })),
        ("query($t: String!) { listings(after: $t) { totalCount } }".to_owned(), json!({ "t": typed })),
        ("mutation($t: String!) { signIn(input: { identifier: $t, password: $t }) { userErrors { code } } }".to_owned(), json!({ "t": typed })),
        ("mutation($t: String!) { refreshSession(input: { refreshToken: $t, idempotencyKey: $t }) { userErrors { code } } }".to_owned(), json!({ "t": typed })),
        ("mutation($t: String!) { signUp(input: { email: $t, phone: $t, name: $t, password: $t }) { userErrors { code } } }".to_owned(), json!({ "t": typed })),
        ("mutation($t: String!) { stopNotifications(input: { token: $t }) { userErrors { code } } }".to_owned(), json!({ "t": typed })),
        ("{ planted(name: \"planted\\n\") }".to_owned(), json!({})),
    ] {
        let answer = serving.answer(None, &query, variables).await.unwrap();
        assert!(answer.status().as_u16() < 500, "{query}: {}", answer.status());
    }
}

/// A line of the form for people begins with when, and then how grave it is.
fn is_ours(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let time = words.next().is_some_and(|time| time.parse::<chrono::DateTime<chrono::Utc>>().is_ok());
    time && words.next().is_some_and(|level| matches!(level, "ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE"))
}

#[db_test]
async fn one_request_stays_one_line_for_people(database: TestDatabase) {
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_LOG", "debug,hyper=trace,sqlx=debug");
    let serving = Serving::start(command);
    plant(&serving).await;
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.lines().count() > 100, "{log}");
    for line in log.lines() {
        assert!(is_ours(line), "no line of ours: {line:?}");
        assert!(!line.contains(" ERROR bfw::planted") || !line.starts_with("2026-11-02T08:00"), "{line:?}");
        let signs = line.bytes().filter(|byte| *byte < 32 && *byte != b'\t' || *byte == 127).count();
        assert_eq!(signs, 0, "{line:?}");
    }
}

#[db_test]
async fn one_request_stays_one_object_for_machines(database: TestDatabase) {
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_LOG", "debug").env("BFW_LOG_FORMAT", "json");
    let serving = Serving::start(command);
    plant(&serving).await;
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
    let mut answered = 0;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(
            line["timestamp"].is_string() && line["target"].as_str().is_some_and(|target| !target.contains("planted")),
            "{line}"
        );
        assert!(line.get("planted").is_none(), "{line}");
        if line["message"] == "answered" {
            answered += 1;
            let id = line["request_id"].as_str().unwrap();
            assert!(uuid::Uuid::try_parse(id).is_ok(), "an id of somebody else's: {line}");
        }
    }
    assert!(answered > 50, "{answered}");
}
