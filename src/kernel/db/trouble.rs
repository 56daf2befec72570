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
        sqlx::Error::Database(error) => {
            let code = error.code();
            let code = code.as_deref().unwrap_or_default();
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
                    "57P01" | "57P02" | "57P03" => Trouble::Away,
                    _ => Trouble::Broken,
                },
            }
        }
        _ => Trouble::Broken,
    }
}
