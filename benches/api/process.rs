//! The processes that are measured and those that serve them, each on its core.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The core of the server that is measured.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of the database and of the load generator.
pub(crate) const OTHER_CORE: &str = "1";

/// `program`, kept to one core.
pub(crate) fn pinned(core: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", core]).arg(program);
    command
}

/// Keeps this process, the load generator, to its core.
pub(crate) fn pin_this_process() {
    let pinned = Command::new("taskset")
        .args(["--all-tasks", "--pid", "--cpu-list", OTHER_CORE, &std::process::id().to_string()])
        .stdout(Stdio::null())
        .status();
    assert!(pinned.expect("taskset, of util-linux").success(), "this machine needs two cores");
}

/// A server that listens, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From its start to its first answer.
    pub(crate) first_answer: Duration,
}

impl Server {
    /// Starts a server that prints its address in a URL, and waits until it answers.
    pub(crate) fn start(mut command: Command) -> Self {
        let started = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a server that starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address =
            lines.find_map(|line| address_in(&line.expect("text"))).expect("a server that says where it listens");
        // Read on, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        while !answers(address) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Self { child, address, first_answer: started.elapsed() }
    }

    /// Time on the processor since it started, all threads, in the system's ticks of 10 ms.
    pub(crate) fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("a process that runs");
        // The name before it may hold anything, in brackets.
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        let ticks: u64 = fields[11..=12].iter().map(|ticks| ticks.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Resident memory in MB.
    pub(crate) fn resident_megabytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        let kilobytes: f64 = line.split_whitespace().next().expect("a number").parse().expect("a number");
        kilobytes / 1024.0
    }

    /// Its process, for a profiler.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM, so that what it holds is closed in order; it may have ended already.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            drop(self.child.wait());
        }
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("http://")?;
    let end = after.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ':');
    after[..end.unwrap_or(after.len())].parse().ok()
}

fn answers(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let mut answer = [0; 12];
    asked.is_ok() && stream.read_exact(&mut answer).is_ok() && &answer == b"HTTP/1.1 200"
}

/// A PostgreSQL server of the benchmark's own, with default durability, stopped when it is dropped.
pub(crate) struct Postgres {
    folder: PathBuf,
    binaries: PathBuf,
}

impl Postgres {
    /// Starts the server whose data lie in `folder`, making them if they are not there.
    pub(crate) fn start(folder: &Path) -> Self {
        let server = Self { folder: folder.to_owned(), binaries: binaries() };
        fs::create_dir_all(folder).expect("a folder that can be made");
        if running_as_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(folder));
        }
        if !folder.join("data").exists() {
            run(server
                .tool("initdb", None)
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
                .arg("--locale=C.UTF-8"));
            run(server.start_command());
            run(Command::new(server.binaries.join("createdb"))
                .args(["--host"])
                .arg(folder)
                .args(["--username=postgres", "bfw"]));
        } else {
            run(server.start_command());
        }
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/bfw?host={}", self.folder.display())
    }

    /// Gathers statistics and settles what a bulk load has left, so that every run finds the same.
    pub(crate) fn vacuum(&self) {
        let mut vacuum = Command::new(self.binaries.join("vacuumdb"));
        run(vacuum.arg("--host").arg(&self.folder).args(["--username=postgres", "--analyze", "--quiet", "bfw"]));
    }

    fn start_command(&self) -> Command {
        let mut start = self.tool("pg_ctl", Some(OTHER_CORE));
        let options = format!(
            "-k {} -c listen_addresses='' -c shared_buffers=512MB -c max_connections=100 -c jit=off",
            self.folder.display()
        );
        start
            .args(["--wait", "--silent", "--log"])
            .arg(self.folder.join("server.log"))
            .arg("start")
            .args(["-o", &options]);
        start
    }

    /// One of the server's programs on its data, as a user that it accepts.
    fn tool(&self, name: &str, core: Option<&str>) -> Command {
        let mut words: Vec<String> = Vec::new();
        if let Some(core) = core {
            words.extend(["taskset", "--cpu-list", core].map(str::to_owned));
        }
        if running_as_root() {
            words.extend(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"].map(str::to_owned));
        }
        words.push(self.binaries.join(name).display().to_string());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir("/").arg("--pgdata").arg(self.folder.join("data"));
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        run(self.tool("pg_ctl", None).args(["--silent", "--mode=fast", "stop"]));
    }
}

fn running_as_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

fn binaries() -> PathBuf {
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL (Debian: apt-get install postgresql)")
        .map(|version| version.expect("a folder").path().join("bin"))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    installed.sort();
    installed.pop().expect("PostgreSQL (Debian: apt-get install postgresql)")
}

/// Runs a command to its good end.
pub(crate) fn run(mut command: impl std::borrow::BorrowMut<Command>) {
    let command = command.borrow_mut();
    let output = command.output().expect("a program that is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
