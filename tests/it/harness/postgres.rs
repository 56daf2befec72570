//! Where the tests' PostgreSQL comes from.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{scratch::Scratch, setting};

/// Said when there is none.
pub(crate) const MISSING: &str = "PostgreSQL is not installed (Debian: apt-get install postgresql), and \
                                  BFW_TEST_POSTGRES_URL names no server";

/// The folder with `initdb` and `pg_ctl`; none when PostgreSQL is not installed or a server is given.
pub(crate) fn binaries() -> Option<PathBuf> {
    if given().is_some() {
        return None;
    }
    let asked = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    let told = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    // Debian keeps every version apart; the newest comes last.
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    installed.sort_by_key(|folder| version(folder));
    told.into_iter().chain(installed.into_iter().rev()).find(|folder| folder.join("initdb").exists())
}

/// The number in `/usr/lib/postgresql/15/bin`.
fn version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}

/// A server that runs already, by the URL of a database on it where databases may be created.
fn given() -> Option<String> {
    setting("BFW_TEST_POSTGRES_URL")
}

/// A server to make databases on.
pub(crate) struct Server {
    url: String,
}

impl Server {
    /// The server of this run, or none if the machine has no PostgreSQL.
    pub(crate) fn of_this_run() -> Option<Self> {
        if let Some(url) = given() {
            return Some(Self { url });
        }
        let scratch = Scratch::of_this_run();
        let socket = scratch.folder.join("postgres");
        binaries().map(|_| Self { url: format!("postgres://postgres@localhost/postgres?host={}", socket.display()) })
    }

    /// The URL of the database from which others are created.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The URL of one of its databases.
    pub(crate) fn url_of(&self, database: &str) -> String {
        let (address, parameters) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (server, _) = address.rsplit_once('/').expect("a PostgreSQL URL that names a database");
        format!("{server}/{database}?{parameters}")
    }
}
