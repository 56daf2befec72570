//! Questions about the database itself, for the health page and the doctor.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::Database;

/// Asks the database for an answer that needs no table.
///
/// # Errors
/// When it cannot be reached in time.
pub async fn ping(db: &Database) -> Result<(), DbErr> {
    db.read().query_one_raw(Statement::from_string(db.backend(), "SELECT 1")).await.map(|_| ())
}

/// Which database answers, with its version.
///
/// # Errors
/// When it cannot be reached.
pub async fn version(db: &Database) -> Result<String, DbErr> {
    let (name, sql) = match db.sqlite_file() {
        Some(_) => ("SQLite", "SELECT sqlite_version() AS version"),
        None => ("PostgreSQL", "SELECT current_setting('server_version') AS version"),
    };
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the version".into()))?;
    let version: String = row.try_get("", "version")?;
    Ok(format!("{name} {version}"))
}

/// What SQLite finds wrong in its file, if anything. PostgreSQL checks its own pages and is not asked.
///
/// # Errors
/// When the file cannot be read at all.
pub async fn damage(db: &Database) -> Result<Vec<String>, DbErr> {
    if db.backend() != DbBackend::Sqlite {
        return Ok(Vec::new());
    }
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(20)");
    let mut findings = Vec::new();
    for row in db.read().query_all_raw(check).await? {
        let finding: String = row.try_get_by_index(0)?;
        if finding != "ok" {
            findings.push(finding);
        }
    }
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check");
    let orphans = db.read().query_all_raw(check).await?.len();
    if orphans > 0 {
        findings.push(format!("{orphans} rows refer to rows that do not exist"));
    }
    Ok(findings)
}
