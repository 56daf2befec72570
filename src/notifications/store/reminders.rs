//! What people were reminded of.

use uuid::Uuid;

use crate::kernel::{
    clock::Timestamp,
    db::{DbErr, Reader, Sql, WriteTx},
};

/// Notes reminders, and gives those that were not noted before.
pub(in crate::notifications) async fn insert(
    tx: &WriteTx,
    subject_kind: &str,
    subjects: &[Uuid],
    days_before: i64,
    now: Timestamp,
) -> Result<Vec<Uuid>, DbErr> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let mut insert = Sql::new("INSERT INTO reminder (subject_kind, subject_id, days_before, told_at) VALUES ");
    for (position, subject) in subjects.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(subject_kind).push(", ").bind(*subject);
        insert.push(", ").bind(days_before).push(", ").bind(now).push(")");
    }
    insert.push(" ON CONFLICT DO NOTHING RETURNING subject_id");
    insert.all(&**tx).await?.iter().map(|row| Reader::new(row)?.get()).collect()
}
