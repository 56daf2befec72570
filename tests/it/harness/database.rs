//! A fresh database for each test: a template is migrated once a run, and copied.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::{Backend, postgres::Server, scratch::Scratch};

/// The migrated database that the others are copied from.
pub(crate) enum Template {
    Sqlite(PathBuf),
    Postgres { server: Server, name: String },
}

/// The template of this run, made at the first call; none if there is no PostgreSQL.
pub(crate) fn template(backend: Backend) -> Option<Template> {
    let scratch = Scratch::of_this_run();
    let template = match backend {
        Backend::Sqlite => Template::Sqlite(scratch.folder.join("template.sqlite")),
        Backend::Postgres => Template::Postgres { server: Server::of_this_run()?, name: unique("template") },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    scratch.make_once(&format!("{backend:?}-template"), || runtime.block_on(template.make()));
    Some(template)
}

/// A name that no other run on the same server uses.
fn unique(name: &str) -> String {
    let scratch = Scratch::of_this_run();
    let run = scratch.folder.file_name().unwrap().to_string_lossy().replace('-', "_");
    format!("{run}_{name}")
}

impl Template {
    async fn make(&self) {
        if let Self::Postgres { server, name } = self {
            // A run of the same number may have left one behind on a server that was given.
            administer(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
            administer(server, &format!("CREATE DATABASE {name}")).await;
        }
        let connection = connect(&self.url()).await;
        Migrator::up(&connection, None).await.unwrap();
        // PostgreSQL copies a database only while nobody is connected to it.
        connection.close().await.unwrap();
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite://{}?mode=rwc", file.display()),
            Self::Postgres { server, name } => server.url_of(name),
        }
    }

    /// A database for one test.
    pub(crate) async fn copy(self) -> TestDatabase {
        static COPIES: AtomicU32 = AtomicU32::new(0);
        let copy = unique(&format!("{}_{}", std::process::id(), COPIES.fetch_add(1, Ordering::Relaxed)));
        let folder = Scratch::of_this_run().folder.join(&copy);
        std::fs::create_dir(&folder).unwrap();
        let (url, server) = match self {
            Self::Sqlite(template) => {
                let file = folder.join("bfw.sqlite");
                std::fs::copy(template, &file).unwrap();
                (format!("sqlite://{}", file.display()), None)
            }
            Self::Postgres { server, name } => {
                administer(&server, &format!("CREATE DATABASE {copy} TEMPLATE {name}")).await;
                (server.url_of(&copy), Some(server))
            }
        };
        TestDatabase { url, folder, name: copy, server: server.map(std::sync::Arc::new) }
    }
}

/// A migrated database that only one test knows of.
#[derive(Clone)]
pub(crate) struct TestDatabase {
    /// How to connect to it.
    pub(crate) url: String,
    /// A folder of the test's own.
    pub(crate) folder: PathBuf,
    name: String,
    server: Option<std::sync::Arc<Server>>,
}

impl TestDatabase {
    /// Which kind it is.
    pub(crate) fn backend(&self) -> Backend {
        if self.server.is_some() { Backend::Postgres } else { Backend::Sqlite }
    }

    /// A connection beside the application's, for looking and for breaking things.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    /// Takes away everything that the migrations have made.
    pub(crate) async fn empty(&self, connection: &DatabaseConnection) {
        if self.backend() == Backend::Postgres {
            connection.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
            return;
        }
        connection.execute_unprepared("PRAGMA foreign_keys = OFF").await.unwrap();
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let tables = Statement::from_string(connection.get_database_backend(), tables);
        for table in connection.query_all_raw(tables).await.unwrap() {
            let table: String = table.try_get("", "name").unwrap();
            connection.execute_unprepared(&format!("DROP TABLE {table}")).await.unwrap();
        }
    }

    /// Another one in which nothing is, not even a table, as on a machine that was never used. To be removed by whoever asked for it.
    pub(crate) async fn blank(&self) -> Self {
        let backend = self.backend();
        let template = tokio::task::spawn_blocking(move || template(backend)).await.unwrap();
        let other = template.unwrap().copy().await;
        match backend {
            Backend::Sqlite => std::fs::remove_file(other.folder.join("bfw.sqlite")).unwrap(),
            Backend::Postgres => {
                let connection = other.connect().await;
                other.empty(&connection).await;
                connection.close().await.unwrap();
            }
        }
        other
    }

    /// A connection to one in which nothing is; none on SQLite, where connecting would make it.
    pub(crate) async fn connect_blank(&self) -> Option<DatabaseConnection> {
        match self.backend() {
            Backend::Sqlite => None,
            Backend::Postgres => Some(self.connect().await),
        }
    }

    /// What changes a setting of it on PostgreSQL, for those who connect from then on.
    pub(crate) fn altered(&self, change: &str) -> String {
        format!("ALTER DATABASE {} {change}", self.name)
    }

    /// What removes it.
    pub(super) fn handle(&self) -> Self {
        self.clone()
    }

    /// Removes it with whatever is still connected.
    pub(crate) async fn remove(self) {
        if let Some(server) = &self.server {
            administer(server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }
        // An index that is still merging in the background may make a file meanwhile: what then stays is removed with the
        // folder of the whole run.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn administer(server: &Server, statement: &str) {
    let connection = connect(server.url()).await;
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}
