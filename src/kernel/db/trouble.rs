//! What a database error means for whoever asked: come back in a moment, or tell the operator.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// The kinds of trouble a database can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Locked, out of connections, or starting: the same request may succeed in a moment.
    Busy,
    /// Its disk is full: reads still work, writes do not, nothing was half-written.
    Full,
    /// It cannot be reached.
    Away,
    /// Anything else: a statement of ours is wrong, or the data is.
    Broken,
}

/// Tells which kind of trouble an error shows.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and open-ended")]
pub fn trouble(error: &DbErr) -> Trouble {
    match error {
        DbErr::ConnectionAcquire(_) => Trouble::Busy,
        DbErr::Conn(_) => Trouble::Away,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => of_sqlx(error),
        _ => Trouble::Broken,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and open-ended")]
fn of_sqlx(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::PoolTimedOut => Trouble::Busy,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => Trouble::Away,
        sqlx::Error::Database(error) => of_code(error.code().as_deref().unwrap_or_default()),
        _ => Trouble::Broken,
    }
}

fn of_code(code: &str) -> Trouble {
    match code.parse::<u32>() {
        // SQLite's result codes; the low byte is the primary one (https://sqlite.org/rescode.html).
        Ok(number) if code.len() < 5 => match number & 0xff {
            5 | 6 => Trouble::Busy,
            13 => Trouble::Full,
            10 | 14 => Trouble::Away,
            _ => Trouble::Broken,
        },
        // PostgreSQL's SQLSTATE (appendix A of its manual).
        Ok(_) | Err(_) => match code {
            "53100" => Trouble::Full,
            "40001" | "40P01" | "53000" | "53200" | "53300" | "55P03" | "57014" => Trouble::Busy,
            // Class 08: the connection broke. 25006: what was the primary is a standby now.
            "57P01" | "57P02" | "57P03" | "57P05" | "25006" => Trouble::Away,
            _ if code.starts_with("08") => Trouble::Away,
            _ => Trouble::Broken,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_both_databases_is_told_apart() {
        for (code, meaning, expected) in [
            ("5", "SQLITE_BUSY", Trouble::Busy),
            ("6", "SQLITE_LOCKED", Trouble::Busy),
            ("261", "SQLITE_BUSY_RECOVERY", Trouble::Busy),
            ("517", "SQLITE_BUSY_SNAPSHOT", Trouble::Busy),
            ("13", "SQLITE_FULL", Trouble::Full),
            ("10", "SQLITE_IOERR", Trouble::Away),
            ("4874", "SQLITE_IOERR_SHMSIZE", Trouble::Away),
            ("14", "SQLITE_CANTOPEN", Trouble::Away),
            ("1", "SQLITE_ERROR", Trouble::Broken),
            ("11", "SQLITE_CORRUPT", Trouble::Broken),
            ("2067", "SQLITE_CONSTRAINT_UNIQUE", Trouble::Broken),
            ("53100", "disk_full", Trouble::Full),
            ("53300", "too_many_connections", Trouble::Busy),
            ("53200", "out_of_memory", Trouble::Busy),
            ("53000", "insufficient_resources", Trouble::Busy),
            ("40001", "serialization_failure", Trouble::Busy),
            ("40P01", "deadlock_detected", Trouble::Busy),
            ("55P03", "lock_not_available", Trouble::Busy),
            ("57014", "query_canceled", Trouble::Busy),
            ("57P01", "admin_shutdown", Trouble::Away),
            ("57P02", "crash_shutdown", Trouble::Away),
            ("57P03", "cannot_connect_now", Trouble::Away),
            ("57P05", "idle_session_timeout", Trouble::Away),
            ("08006", "connection_failure", Trouble::Away),
            ("08P01", "protocol_violation", Trouble::Away),
            ("25006", "read_only_sql_transaction", Trouble::Away),
            ("23505", "unique_violation", Trouble::Broken),
            ("42601", "syntax_error", Trouble::Broken),
            ("00005", "no SQLite code, for all that it counts as 5", Trouble::Broken),
            ("", "none at all", Trouble::Broken),
        ] {
            assert_eq!(of_code(code), expected, "{code} {meaning}");
        }
    }

    #[test]
    fn what_happens_on_the_way_to_the_database_is_told_apart() {
        let query = |error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error)));
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        assert_eq!(trouble(&query(sqlx::Error::PoolTimedOut)), Trouble::Busy);
        assert_eq!(trouble(&query(sqlx::Error::PoolClosed)), Trouble::Away);
        assert_eq!(trouble(&query(sqlx::Error::Io(reset))), Trouble::Away);
        assert_eq!(trouble(&query(sqlx::Error::RowNotFound)), Trouble::Broken);
        assert_eq!(trouble(&DbErr::Conn(RuntimeErr::Internal("refused".into()))), Trouble::Away);
        assert_eq!(trouble(&DbErr::Custom("ours".into())), Trouble::Broken);
    }
}
