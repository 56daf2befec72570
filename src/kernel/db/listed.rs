//! What is kept of a person, in lists that are not paged.

use serde_json::Value;
use uuid::Uuid;

use super::{Database, DbErr, Reader, sql};
use crate::kernel::clock::Timestamp;

/// Rows of such a list at most.
pub const LISTED_MAX: i64 = 10_000;

/// The rows that a statement gives of a person (`$1`), each as it is read.
///
/// # Errors
/// What the database says, or `read`.
pub async fn listed(
    db: &Database,
    person: Uuid,
    text: &str,
    read: impl Fn(&mut Reader<'_>) -> Result<Value, DbErr>,
) -> Result<Value, DbErr> {
    let rows = sql(&format!("{text} LIMIT $2"), [person.into(), LISTED_MAX.into()]).rows(db).await?;
    rows.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}

/// The next column, an instant if there is one.
///
/// # Errors
/// When it is something else.
pub fn at(next: &mut Reader<'_>) -> Result<Option<Timestamp>, DbErr> {
    next.get()
}

/// The next column, a text if there is one.
///
/// # Errors
/// When it is something else.
pub fn text(next: &mut Reader<'_>) -> Result<Option<String>, DbErr> {
    next.get()
}
