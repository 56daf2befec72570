//! What a database held at one moment: to see what changed since, and to go back to it while the service runs.

use std::{collections::BTreeMap, path::PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::harness::{Backend, TestApp};

/// The rows of a moment.
pub(crate) struct Moment {
    connection: DatabaseConnection,
    backend: Backend,
    tables: Vec<String>,
    /// What tells the content of each.
    telling: Vec<String>,
    /// SQLite's triggers, which would not let sealed rows go: name and text.
    triggers: Vec<(String, String)>,
    digests: BTreeMap<String, String>,
}

impl Moment {
    /// Takes what there is now.
    pub(crate) async fn of(app: &TestApp) -> Self {
        let connection = app.database.connect().await;
        let backend = app.database.backend();
        let tables = match backend {
            Backend::Postgres => {
                "SELECT tablename AS name, '' AS text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            }
            Backend::Sqlite => {
                "SELECT name, '' AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            }
        };
        let tables: Vec<String> = pairs(&connection, tables).await.into_iter().map(|(name, _)| name).collect();
        let mut triggers = Vec::new();
        match backend {
            Backend::Postgres => {
                run(&connection, "CREATE SCHEMA then_").await;
                for table in &tables {
                    run(&connection, &format!("CREATE TABLE then_.\"{table}\" AS TABLE public.\"{table}\"")).await;
                }
                // Neither foreign keys nor triggers stand in the way of going back; this connection alone.
                run(&connection, "SET session_replication_role = replica").await;
            }
            Backend::Sqlite => {
                let file: PathBuf = app.database.folder.join("then.sqlite");
                run(&connection, &format!("VACUUM INTO '{}'", file.display())).await;
                run(&connection, &format!("ATTACH '{}' AS then_", file.display())).await;
                run(&connection, "PRAGMA foreign_keys = OFF").await;
                triggers =
                    pairs(&connection, "SELECT name, sql AS text FROM main.sqlite_master WHERE type = 'trigger'").await;
            }
        }
        let mut telling = Vec::new();
        for table in &tables {
            telling.push(match backend {
                Backend::Postgres => format!(
                    "SELECT '{table}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS text \
                     FROM public.\"{table}\" t"
                ),
                Backend::Sqlite => {
                    let columns = format!("SELECT name, '' AS text FROM pragma_table_info('{table}')");
                    let columns = pairs(&connection, &columns).await;
                    let columns: Vec<_> =
                        columns.iter().map(|(name, _)| format!("coalesce(hex(\"{name}\"), '-')")).collect();
                    format!(
                        "SELECT '{table}' AS name, coalesce(group_concat(line, '|'), '') AS text FROM \
                         (SELECT {} AS line FROM main.\"{table}\" ORDER BY 1)",
                        columns.join(" || ' ' || ")
                    )
                }
            });
        }
        let mut moment = Self { connection, backend, tables, telling, triggers, digests: BTreeMap::new() };
        moment.digests = moment.digests_now().await;
        moment
    }

    /// The tables that hold something else than at that moment.
    pub(crate) async fn changed(&self) -> Vec<String> {
        let now = self.digests_now().await;
        now.into_iter().filter(|(table, digest)| self.digests[table] != *digest).map(|(table, _)| table).collect()
    }

    /// Goes back to it.
    pub(crate) async fn restore(&self) {
        let mut script = String::from(if self.backend == Backend::Sqlite { "BEGIN IMMEDIATE;" } else { "BEGIN;" });
        for (name, _) in &self.triggers {
            script.push_str(&format!("DROP TRIGGER \"{name}\";"));
        }
        let here = if self.backend == Backend::Sqlite { "main" } else { "public" };
        for table in &self.tables {
            script.push_str(&format!(
                "DELETE FROM {here}.\"{table}\"; INSERT INTO {here}.\"{table}\" SELECT * FROM then_.\"{table}\";"
            ));
        }
        for (_, text) in &self.triggers {
            script.push_str(&format!("{text};"));
        }
        script.push_str("COMMIT;");
        run(&self.connection, &script).await;
    }

    async fn digests_now(&self) -> BTreeMap<String, String> {
        let mut digests = BTreeMap::new();
        for text in &self.telling {
            digests.extend(pairs(&self.connection, text).await);
        }
        digests
    }
}

async fn run(connection: &DatabaseConnection, text: &str) {
    connection.execute_unprepared(text).await.unwrap_or_else(|error| panic!("{error}: {text}"));
}

async fn pairs(connection: &DatabaseConnection, text: &str) -> Vec<(String, String)> {
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), text)).await.unwrap();
    let cell = |row: &sea_orm::QueryResult, name: &str| row.try_get::<String>("", name).unwrap();
    rows.iter().map(|row| (cell(row, "name"), cell(row, "text"))).collect()
}
