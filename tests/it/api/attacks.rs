//! Texts made to hurt, sent to a real server over a real connection.

use std::time::Duration;

use bfw::api::{connections::Connections, engine::Options, router::serve};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::schema::app;

struct Server {
    url: String,
    stop: tokio::sync::oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        Self::with(Connections::default()).await
    }

    async fn with(connections: Connections) -> Self {
        bfw::kernel::tls::install_provider();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(serve(app(Options::default()), listener, connections, async move {
            stopped.await.unwrap_or_default();
        }));
        Self { url, stop, serving }
    }

    /// A connection on which this was said and nothing more.
    async fn say(&self, beginning: &str) -> TcpStream {
        let address = self.url.trim_start_matches("http://").trim_end_matches("/graphql");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        stream
    }

    async fn post(&self, query: &str) -> (u16, Value) {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let request = client
            .post(&self.url)
            .header("accept", "application/graphql-response+json")
            .json(&json!({ "query": query }));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn is_alive(&self) -> bool {
        self.post("{ hello }").await.1["data"]["hello"] == "hello world"
    }
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

/// Every fragment spreads the next one `width` times.
fn fragment_chain(length: usize, width: usize) -> String {
    let mut text = "{...A0}".to_owned();
    for step in 0..length {
        text.push_str(&format!("fragment A{step} on Query{{{}}}", format!("...A{}", step + 1).repeat(width)));
    }
    text + &format!("fragment A{length} on Query{{hello}}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_ends_the_process_or_holds_it_up() {
    let server = Server::start().await;
    let deep_lists = format!("{{ hello(name: {}1{}) }}", "[".repeat(2_000), "]".repeat(2_000));
    let deep_objects = format!("{{ hello(name: {}1{}) }}", "{a:".repeat(2_000), "}".repeat(2_000));
    let deep_types = format!("query($a: {}Int{}) {{ hello }}", "[".repeat(3_000), "]".repeat(3_000));
    let aliases: String = (0..300).map(|index| format!("a{index}: hello ")).collect();
    let directives = "@skip(if: false) ".repeat(300);
    let long_name = format!("{{ {} }}", "x".repeat(100_000));
    let attacks = [
        ("nested 3,000 deep in 6 KB", "{a".repeat(3_000), "QUERY_LIMIT_EXCEEDED"),
        ("nested 3,000 deep and closed", "{a".repeat(3_000) + &"}".repeat(3_000), "QUERY_LIMIT_EXCEEDED"),
        ("nested inline fragments", "{...on Query".repeat(3_000), "QUERY_LIMIT_EXCEEDED"),
        ("a chain of fragments in 900 bytes", fragment_chain(24, 2), "QUERY_LIMIT_EXCEEDED"),
        ("a wide chain of fragments", fragment_chain(10, 30), "QUERY_LIMIT_EXCEEDED"),
        (
            "a fragment that contains itself",
            "{...A} fragment A on Query{...B} fragment B on Query{...A}".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("nested lists", deep_lists, "QUERY_LIMIT_EXCEEDED"),
        ("nested objects", deep_objects, "QUERY_LIMIT_EXCEEDED"),
        ("nested types", deep_types, "QUERY_LIMIT_EXCEEDED"),
        ("many aliases", format!("{{ {aliases} }}"), "QUERY_LIMIT_EXCEEDED"),
        ("many fields", format!("{{ {} }}", "hello ".repeat(300)), "QUERY_LIMIT_EXCEEDED"),
        ("many directives", format!("{{ hello {directives} }}"), "QUERY_LIMIT_EXCEEDED"),
        ("many tokens", format!("{{ {} }}", "hello ".repeat(15_000)), "QUERY_LIMIT_EXCEEDED"),
        (
            "many operations",
            (0..300).map(|index| format!("query A{index} {{ hello }} ")).collect(),
            "QUERY_LIMIT_EXCEEDED",
        ),
        ("one long name", long_name, "QUERY_LIMIT_EXCEEDED"),
        (
            "a bracket hidden behind an open string",
            format!("{{ hello(name: \"\"\"{}", "{".repeat(5_000)),
            "GRAPHQL_PARSE_FAILED",
        ),
        ("costly pages", "{ items(first: 1000000) { number } }".to_owned(), "QUERY_LIMIT_EXCEEDED"),
        (
            "going round in the schema by its interfaces",
            "{ __type(name: \"Node\") { possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } } } }"
                .to_owned(),
            "QUERY_LIMIT_EXCEEDED",
        ),
        (
            "going round in the schema by its fields, in fragments",
            "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } \
             fragment B on __Type { fields { type { fields { name } } } }"
                .to_owned(),
            "QUERY_LIMIT_EXCEEDED",
        ),
        ("comments only", "#".repeat(100_000), "GRAPHQL_PARSE_FAILED"),
        ("brackets in comments", format!("#{}\n{{ helo }}", "{".repeat(50_000)), "GRAPHQL_VALIDATION_FAILED"),
    ];
    for (name, text, expected) in attacks {
        let started = std::time::Instant::now();
        let (status, answer) = server.post(&text).await;
        assert_eq!((status, code(&answer)), (400, expected), "{name}: {answer}");
        assert!(answer.to_string().len() < 20_000, "{name}: the answer grew with the text");
        // The guards are held to counted steps in their own tests; this only catches seconds.
        assert!(started.elapsed() < Duration::from_secs(3), "{name} took {:?}", started.elapsed());
        assert!(server.is_alive().await, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_ten_megabytes_is_refused_in_words() {
    let server = Server::start().await;
    let (status, answer) = server.post(&"x".repeat(10 * 1024 * 1024)).await;
    assert_eq!((status, code(&answer)), (413, "PAYLOAD_TOO_LARGE"));
    assert!(server.is_alive().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_asked_to_stop_answers_what_it_has_begun() {
    let server = Server::start().await;
    assert!(server.is_alive().await);
    let url = server.url.clone();
    let dozing = tokio::spawn(async move {
        let body = json!({ "query": "{ doze }" });
        reqwest::Client::new().post(url).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
    });
    tokio::time::sleep(Duration::from_millis(150)).await;
    server.stop.send(()).unwrap();
    assert_eq!(dozing.await.unwrap()["data"]["doze"], true);
    server.serving.await.unwrap();
    assert!(reqwest::get(&server.url).await.is_err(), "the port is closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_come_out_with_a_question_is_cut_off_while_others_are_served() {
    let server = Server::with(Connections { head_timeout: Duration::from_millis(300), ..Connections::default() }).await;
    let beginnings = ["", "PRI * HT", "POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: ", "GET"];
    let mut slow = Vec::new();
    for beginning in beginnings {
        slow.push((beginning, server.say(beginning).await));
    }
    assert!(server.is_alive().await);
    for (beginning, mut stream) in slow {
        // Answered with an error or not: it ends, where it would otherwise wait for ever.
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{beginning:?} is still listened to");
    }
    assert!(server.is_alive().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_bound_wait_until_another_ends() {
    let server = Server::with(Connections { max: 2, ..Connections::default() }).await;
    let idle = [server.say("").await, server.say("").await];
    let asking = {
        let url = server.url.clone();
        tokio::spawn(async move {
            let body = json!({ "query": "{ hello }" });
            reqwest::Client::new().post(url).json(&body).send().await.unwrap().json::<Value>().await.unwrap()
        })
    };
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(!asking.is_finished(), "a third connection was accepted");

    drop(idle);

    assert_eq!(asking.await.unwrap()["data"]["hello"], "hello world");
}
