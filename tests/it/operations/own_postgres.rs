//! A PostgreSQL server of one test alone, which may be stopped and started, and a line to a server that may be cut.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UnixStream},
};

use crate::harness::{TestDatabase, postgres};

/// The server. Stopped when dropped.
pub(super) struct OwnPostgres {
    folder: PathBuf,
    binaries: PathBuf,
}

impl OwnPostgres {
    /// Makes and starts one in a folder; none where the tests are given a server, whose programs are elsewhere.
    pub(super) fn start_in(folder: PathBuf) -> Option<Self> {
        let server = Self { folder, binaries: postgres::binaries()? };
        std::fs::create_dir(&server.folder).unwrap();
        if is_root() {
            let given = Command::new("chown").arg("postgres:postgres").arg(&server.folder).status().unwrap();
            assert!(given.success());
        }
        let data = server.data();
        server
            .run("initdb", &["--pgdata", &data, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        server.start();
        server.run("createdb", &["--host", server.folder.to_str().unwrap(), "--username=postgres", "bfw"]);
        Some(server)
    }

    fn data(&self) -> String {
        self.folder.join("data").to_str().unwrap().to_owned()
    }

    /// Runs one of its programs as whom it wants to be run: PostgreSQL refuses to be root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(self.binaries.join(program));
            command
        } else {
            Command::new(self.binaries.join(program))
        };
        let log = std::fs::File::create(self.folder.with_extension("log")).unwrap();
        // A file, not a pipe: the server keeps what its starter was given.
        let status = command.args(arguments).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        let status = status.stderr(log).status().unwrap();
        let said = std::fs::read_to_string(self.folder.with_extension("log")).unwrap();
        assert!(status.success(), "{program} {arguments:?}: {said}");
    }

    /// Starts it, and waits until it answers. What was committed is written before it is acknowledged, as where it matters; that
    /// it reaches the disk matters only to a machine that loses power.
    pub(super) fn start(&self) {
        let options = format!(
            "-k {} -c listen_addresses='' -c max_connections=50 -c shared_buffers=32MB -c fsync=off -c timezone=UTC",
            self.folder.display()
        );
        let (data, log) = (self.data(), self.folder.join("server.log"));
        self.run(
            "pg_ctl",
            &["--pgdata", &data, "--log", log.to_str().unwrap(), "--wait", "--silent", "-o", &options, "start"],
        );
    }

    /// Ends it as a crash does.
    pub(super) fn crash(&self) {
        self.run("pg_ctl", &["--pgdata", &self.data(), "--mode=immediate", "--silent", "stop"]);
    }

    /// The URL of its database.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@localhost/bfw?host={}", self.folder.display())
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        if std::fs::exists(self.folder.join("data/postmaster.pid")).is_ok_and(|there| there) {
            self.crash();
        }
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A line to the server that the tests share. It can be stopped up, and opened again; and it can be cut, whereupon whoever has
/// a connection hears nothing any more, not even that it ended, while new ones get through.
#[derive(Clone)]
pub(super) struct Line {
    /// The URL of the test's database, over this line.
    pub(super) url: String,
    stopped: Arc<AtomicBool>,
    cuts: Arc<AtomicUsize>,
}

impl Line {
    /// A line to a test's database; none where it is on a server that was given, which need not have a socket.
    pub(super) async fn to(database: &TestDatabase) -> Option<Self> {
        let (_, folder) = database.url.split_once("host=")?;
        let socket = Path::new(folder).join(".s.PGSQL.5432");
        if !socket.exists() {
            return None;
        }
        let (address, _) = database.url.split_once('?')?;
        let (_, name) = address.rsplit_once('/')?;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable");
        let line = Self { url, stopped: Arc::default(), cuts: Arc::default() };
        let carries = line.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = UnixStream::connect(&socket).await.unwrap();
                let (line, cuts) = (carries.clone(), carries.cuts.load(Ordering::Relaxed));
                tokio::spawn(async move {
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    tokio::select! {
                        () = line.carry(from_client, to_server, cuts) => {}
                        () = line.carry(from_server, to_client, cuts) => {}
                    }
                });
            }
        });
        Some(line)
    }

    async fn carry(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, cuts: usize) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if self.cuts.load(Ordering::Relaxed) > cuts {
                std::future::pending::<()>().await;
            }
            while self.stopped.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
        if self.cuts.load(Ordering::Relaxed) > cuts {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn stop_up(&self, stopped: bool) {
        self.stopped.store(stopped, Ordering::Relaxed);
    }

    pub(super) fn cut(&self) {
        self.cuts.fetch_add(1, Ordering::Relaxed);
    }
}
