//! The real program in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::TestDatabase;

/// The program, set up to work on a test's own database and folder, and to hear of nothing else.
pub(crate) fn bfw(database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bfw"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BFW_") {
            command.env_remove(name);
        }
    }
    command
        .env("BFW_DATABASE_URL", &database.url)
        .env("BFW_DATA_DIR", database.folder.join("data"))
        .env("BFW_LISTEN", "127.0.0.1:0")
        .env("BFW_DATABASE_WAIT_SECONDS", "1");
    command
}

/// Runs a command to its end.
pub(crate) fn run(database: &TestDatabase, arguments: &[&str]) -> Output {
    bfw(database, arguments).output().unwrap()
}

/// What a command said on standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a command said on standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server that answers. Killed when dropped.
pub(crate) struct Serving {
    child: Child,
    client: reqwest::Client,
    /// `http://127.0.0.1:…`
    pub(crate) url: String,
    /// What it had printed when it began to listen.
    pub(crate) said: Vec<String>,
    log: Arc<Mutex<String>>,
    logging: Option<std::thread::JoinHandle<()>>,
}

impl Serving {
    /// Starts `bfw serve` and waits until it says where it listens.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        // Read all the while: a full pipe would stop the server.
        let kept = Arc::clone(&log);
        let logging = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                *kept.lock().unwrap() += &format!("{line}\n");
            }
        });
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let url = line.split_whitespace().find_map(|word| word.strip_suffix("/graphql").map(str::to_owned));
            said.push(line);
            url
        });
        let Some(url) = url else {
            child.wait().unwrap();
            logging.join().unwrap();
            panic!("the server did not start: {}", log.lock().unwrap());
        };
        // The last line it prints; after it nothing more is said on standard output.
        lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("metrics")).unwrap();
        bfw::kernel::tls::install_provider();
        Self { child, client: reqwest::Client::new(), url, said, log, logging: Some(logging) }
    }

    /// Sends a GraphQL request and gives the body of the answer; an error when the connection breaks.
    pub(crate) async fn graphql(&self, token: Option<&str>, query: &str, variables: Value) -> reqwest::Result<Value> {
        self.answer(token, query, variables).await?.json().await
    }

    /// The same, as it came.
    pub(crate) async fn answer(
        &self,
        token: Option<&str>,
        query: &str,
        variables: Value,
    ) -> reqwest::Result<reqwest::Response> {
        let request = self
            .client
            .post(format!("{}/graphql", self.url))
            .timeout(Duration::from_secs(30))
            .json(&json!({ "query": query, "variables": variables }));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await
    }

    /// What `/health/ready` answers: its status, and what each part says.
    pub(crate) async fn ready(&self) -> (u16, Value) {
        let answer = self.client.get(format!("{}/health/ready", self.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and does not wait until it has.
    pub(crate) fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Waits until it has ended, and gives its exit code and its log.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        self.logging.take().unwrap().join().unwrap();
        (code, self.log_so_far())
    }

    /// Ends it without any warning, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and gives its exit code and its log.
    pub(crate) fn terminate(self) -> (Option<i32>, String) {
        self.ask_to_stop();
        self.ended()
    }

    /// What it has logged so far.
    pub(crate) fn log_so_far(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends it a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already; there is nobody left to tell.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What one part said of itself when `/health/ready` was asked: whether it is well, and what it adds.
pub(crate) fn part(ready: &Value, name: &str) -> (bool, String) {
    let parts = ready["checks"].as_array().unwrap_or_else(|| panic!("{ready:#}"));
    let part = parts.iter().find(|part| part["name"] == name).unwrap_or_else(|| panic!("{name}: {ready:#}"));
    (part["ok"].as_bool().unwrap(), part["detail"].as_str().unwrap_or_default().to_owned())
}

/// Asks again until it is so; a minute at most, for machines that do much else.
pub(crate) async fn eventually(what: &str, ask: impl AsyncFn() -> bool) {
    for _ in 0..300 {
        if ask().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("never: {what}");
}
