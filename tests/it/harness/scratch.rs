//! One folder for all that a run of tests leaves on the disk, removed when the run ends, however it ends.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::setting;

/// What watches the run: a shell that outlives it by a moment, stops the server and removes the folder.
const WATCHER: &str = include_str!("watcher.sh");

/// How long a server may take to start before the tests give up on it.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The folder of this run.
pub(crate) struct Scratch {
    /// Its path; short, because the server's socket lies in it and the system allows such a path about 100 bytes.
    pub(crate) folder: PathBuf,
}

impl Scratch {
    /// The folder of this run, made and watched at the first call.
    ///
    /// `cargo test` runs all tests in one process, `cargo nextest` each in its own; there the runner is what the
    /// folder belongs to, and the first of its tests makes it for all.
    pub(crate) fn of_this_run() -> &'static Self {
        static SCRATCH: OnceLock<Scratch> = OnceLock::new();
        SCRATCH.get_or_init(|| {
            let owner =
                if setting("NEXTEST").is_some() { std::os::unix::process::parent_id() } else { std::process::id() };
            let scratch = Self { folder: std::env::temp_dir().join(format!("bfw-test-{owner}")) };
            scratch.make_once("watched", || scratch.watch(owner));
            scratch
        })
    }

    /// Calls `make` if no process of this run has called it under this name; the others wait until it is done.
    pub(crate) fn make_once(&self, name: &str, make: impl FnOnce()) {
        std::fs::create_dir_all(&self.folder).unwrap();
        let lock = File::create(self.folder.join(format!("{name}.lock"))).unwrap();
        lock.lock().unwrap();
        let done = self.folder.join(format!("{name}.done"));
        if !done.exists() {
            make();
            File::create(done).unwrap();
        }
    }

    /// Starts the watcher, and waits until it has the server running, if there is one to run.
    #[expect(clippy::zombie_processes, reason = "the watcher outlives this process, to clean up after it")]
    fn watch(&self, owner: u32) {
        let binaries = super::postgres::binaries().unwrap_or_default();
        let mut watcher = Command::new("sh")
            .args(["-c", WATCHER, "watcher"])
            .arg(&self.folder)
            .arg(owner.to_string())
            .arg(&binaries)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(self.folder.join("watcher.log")).unwrap())
            .spawn()
            .unwrap();
        let ready = self.folder.join("ready");
        let started = Instant::now();
        while !ready.exists() {
            let ended = watcher.try_wait().unwrap();
            if ended.is_some() || started.elapsed() > START_TIMEOUT {
                panic!("PostgreSQL of {} does not start: {}", binaries.display(), read(&self.folder, "watcher.log"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}
