//! A Meilisearch server of the benchmark's own.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{
    load::Connection,
    process::{OTHER_CORE, pinned},
};

/// What the server asks of its clients.
pub(crate) const KEY: &str = "a-key-of-the-benchmark";

/// The server, stopped when it is dropped.
pub(crate) struct Meilisearch {
    child: Child,
    folder: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Meilisearch {
    /// Starts it on its data; on every core while an index is built, and on the other one than the product's while it is
    /// asked.
    pub(crate) async fn start(program: &Path, folder: &Path, on_one_core: bool) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its number");
        drop(free);
        let mut command = if on_one_core { pinned(OTHER_CORE, program) } else { Command::new(program) };
        command
            .args(["--no-analytics", "--env", "production", "--master-key", KEY, "--log-level", "WARN"])
            // As the README says.
            .args(["--max-indexing-memory", "1GiB"])
            .args(["--http-addr", &address.to_string()])
            .arg("--db-path")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = command.spawn().expect("the program of Meilisearch (--meilisearch)");
        while tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { child, folder: folder.to_owned(), address }
    }

    /// The settings under which the product searches with it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BFW_SEARCH", "meilisearch".into()),
            ("BFW_MEILISEARCH_URL", format!("http://{}", self.address)),
            ("BFW_MEILISEARCH_KEY", KEY.into()),
        ]
    }

    /// The index of listings in use.
    pub(crate) async fn listings(&self) -> String {
        let request =
            format!("GET /indexes?limit=100 HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {KEY}\r\n\r\n", self.address);
        let mut connection = Connection::open(self.address).await;
        let answer: serde_json::Value = serde_json::from_slice(connection.ask(request.as_bytes()).await).expect("JSON");
        let uids =
            answer["results"].as_array().expect("indexes").iter().map(|index| index["uid"].as_str().expect("a name"));
        let mut live = uids.filter(|uid| uid.starts_with("bfw-listings-") && !uid.contains("-build-"));
        live.next().expect("an index of listings").to_owned()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Meilisearch {
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            drop(self.child.wait());
        }
    }
}
