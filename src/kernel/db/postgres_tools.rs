//! PostgreSQL's own programs for backups, which know every kind of thing that a database may hold.
//!
//! How to reach the database is told them by the environment, and so is the password: what stands in a command line can be read by
//! everybody on the machine.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The longest part of what a program says that is passed on.
const SAID_MAX: usize = 2_000;
/// How long a dump waits for a table that is being changed, in milliseconds.
const LOCK_WAIT_MS: &str = "--lock-wait-timeout=60000";

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("{0} is not there; install PostgreSQL's client programs (Debian: apt-get install postgresql-client)")]
    Missing(&'static str),
    /// It cannot be run.
    #[error("{tool} cannot be run: {error}")]
    Run {
        /// Which.
        tool: String,
        /// What the system says.
        error: io::Error,
    },
    /// It did not end well.
    #[error("{tool} failed: {said}")]
    Failed {
        /// Which.
        tool: String,
        /// What it said.
        said: String,
    },
}

/// PostgreSQL's programs, set up to reach one database.
#[derive(Debug)]
pub struct PostgresTools {
    environment: Vec<(&'static str, SecretString)>,
    database: String,
}

impl PostgresTools {
    /// For the database of this address, which was checked to be one.
    #[must_use]
    pub fn reaching(url: &SecretString) -> Self {
        let mut tools = Self { environment: Vec::new(), database: String::new() };
        let Ok(url) = Url::parse(url.expose_secret()) else { return tools };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if !url.username().is_empty() {
            tools.set("PGUSER", decoded(url.username()));
        }
        if let Some(password) = url.password() {
            tools.set("PGPASSWORD", decoded(password));
        }
        if let Some(host) = url.host_str().filter(|host| !host.is_empty()) {
            // An address of version 6 stands in brackets.
            tools.set("PGHOST", decoded(host.trim_start_matches('[').trim_end_matches(']')));
        }
        if let Some(port) = url.port() {
            tools.set("PGPORT", port.to_string());
        }
        tools.database = decoded(url.path().trim_start_matches('/'));
        for (name, value) in url.query_pairs() {
            // Named as the service's own library names them.
            let variable = match &*name {
                "host" => "PGHOST",
                "hostaddr" => "PGHOSTADDR",
                "port" => "PGPORT",
                "user" => "PGUSER",
                "password" => "PGPASSWORD",
                "sslmode" | "ssl-mode" => "PGSSLMODE",
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
                "sslcert" | "ssl-cert" => "PGSSLCERT",
                "sslkey" | "ssl-key" => "PGSSLKEY",
                "dbname" => {
                    tools.database = value.into_owned();
                    continue;
                }
                _ => continue,
            };
            tools.set(variable, value.into_owned());
        }
        if tools.database.is_empty() {
            let user = tools.environment.iter().rev().find(|(name, _)| *name == "PGUSER");
            tools.database = user.map(|(_, user)| user.expose_secret().to_owned()).unwrap_or_default();
        }
        tools
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.environment.push((name, value.into()));
    }

    /// Writes the whole database into a file, as it was at the instant of a snapshot.
    ///
    /// # Errors
    /// See [`ToolError`].
    pub async fn dump(&self, file: &Path, snapshot: &str) -> Result<(), ToolError> {
        let arguments = [
            "--format=custom".into(),
            "--no-password".into(),
            "--no-owner".into(),
            "--no-privileges".into(),
            LOCK_WAIT_MS.into(),
            argument("--snapshot=", snapshot.as_ref()),
            argument("--file=", file.as_os_str()),
            argument("--dbname=", self.named_database().as_ref()),
        ];
        self.run("pg_dump", arguments.into()).await
    }

    /// Brings what a dump holds into the database, which is to be empty: all of it, or nothing.
    ///
    /// # Errors
    /// See [`ToolError`].
    pub async fn restore(&self, file: &Path) -> Result<(), ToolError> {
        let arguments = [
            "--no-password".into(),
            "--no-owner".into(),
            "--no-privileges".into(),
            "--no-comments".into(),
            "--exit-on-error".into(),
            "--single-transaction".into(),
            argument("--dbname=", self.named_database().as_ref()),
            file.as_os_str().to_owned(),
        ];
        self.run("pg_restore", arguments.into()).await
    }

    /// The database in a form that no name of one is misread in.
    fn named_database(&self) -> String {
        format!("dbname='{}'", self.database.replace('\\', "\\\\").replace('\'', "\\'"))
    }

    async fn run(&self, tool: &'static str, arguments: Vec<OsString>) -> Result<(), ToolError> {
        let environment = self.environment.clone();
        let done = tokio::task::spawn_blocking(move || {
            let program = find(tool).ok_or(ToolError::Missing(tool))?;
            let mut command = Command::new(&program);
            command.args(arguments).stdin(Stdio::null());
            for (name, value) in &environment {
                command.env(name, value.expose_secret());
            }
            let shown = program.display().to_string();
            let output = command.output().map_err(|error| ToolError::Run { tool: shown.clone(), error })?;
            Ok((shown, output))
        });
        let done =
            done.await.map_err(|error| ToolError::Run { tool: tool.to_owned(), error: io::Error::other(error) })?;
        let (shown, Output { status, stderr, .. }) = done?;
        if status.success() {
            return Ok(());
        }
        let said: String = String::from_utf8_lossy(&stderr).trim().chars().take(SAID_MAX).collect();
        Err(ToolError::Failed { tool: shown, said: said.replace('\n', "; ") })
    }
}

fn argument(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut argument = OsString::from(name);
    argument.push(value);
    argument
}

/// The program on the path, where `pg_config` says, or where Debian keeps each version apart, the newest first.
fn find(tool: &'static str) -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<PathBuf>>());
    let mut folders = on_path.unwrap_or_default();
    let asked = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).output();
    if let Ok(told) = asked.as_ref().map(|output| String::from_utf8_lossy(&output.stdout)) {
        folders.push(PathBuf::from(told.trim()));
    }
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .collect();
    versions.sort_unstable_by_key(|version| std::cmp::Reverse(version.0));
    folders.extend(versions.into_iter().map(|(_, folder)| folder));
    folders.into_iter().map(|folder| folder.join(tool)).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str) -> (Vec<(&'static str, String)>, String) {
        let tools = PostgresTools::reaching(&SecretString::from(url));
        let environment = tools.environment.iter().map(|(name, value)| (*name, value.expose_secret().to_owned()));
        (environment.collect(), tools.named_database())
    }

    #[test]
    fn the_address_is_told_by_the_environment_as_it_is_meant() {
        let (environment, database) =
            told("postgres://bfw:p%40s%2Fs@db.example.ml:5433/mar%27ch%C3%A9?sslmode=require");
        let expected = [
            ("PGUSER", "bfw"),
            ("PGPASSWORD", "p@s/s"),
            ("PGHOST", "db.example.ml"),
            ("PGPORT", "5433"),
            ("PGSSLMODE", "require"),
        ];
        assert_eq!(environment, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(database, "dbname='mar\\'ché'");
        let (environment, database) = told("postgres://postgres@localhost/one?host=/run/postgresql");
        assert!(environment.ends_with(&[("PGHOST", "/run/postgresql".to_owned())]), "the later one counts");
        assert_eq!(database, "dbname='one'");
        assert_eq!(told("postgres://bfw@[::1]").0[1].1, "::1");
        assert_eq!(told("postgres://bfw@[::1]").1, "dbname='bfw'");
    }

    #[test]
    fn no_password_stands_where_it_can_be_read() {
        let tools = PostgresTools::reaching(&SecretString::from("postgres://bfw:hunter2@localhost/bfw"));
        assert!(!format!("{tools:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn what_a_program_says_is_passed_on_and_nothing_of_the_password() {
        if find("pg_dump").is_none() {
            return;
        }
        let tools = PostgresTools::reaching(&SecretString::from("postgres://bfw:hunter2@127.0.0.1:1/bfw"));
        let folder = tempfile::tempdir().unwrap();
        let said = tools.dump(&folder.path().join("dump"), "00000003-1").await.unwrap_err().to_string();
        assert!(said.contains("pg_dump failed: ") && !said.contains("hunter2"), "{said}");
    }
}
