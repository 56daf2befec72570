//! Rows that hold documents without naming them.

use sea_orm::ConnectionTrait;

use crate::kernel::db::{DbErr, Sql, WriteTx};

/// Tags of one statement.
const ROWS: usize = 2_000;

/// Those of these tags that are there.
pub(in crate::documents) async fn among(db: &impl ConnectionTrait, tags: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, DbErr> {
    let mut found = Vec::new();
    for tags in tags.chunks(ROWS) {
        let mut select = Sql::new("SELECT tag FROM document_hold WHERE tag IN ");
        select.bind_list(tags.iter().cloned());
        for row in select.all(db).await? {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Adds tags, and tells how many were not there before.
pub(in crate::documents) async fn insert(tx: &WriteTx, tags: Vec<Vec<u8>>) -> Result<u64, DbErr> {
    let mut insert = Sql::new("INSERT INTO document_hold (tag) VALUES ");
    for (position, tag) in tags.into_iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(tag).push(")");
    }
    insert.push(" ON CONFLICT (tag) DO NOTHING");
    insert.run(&**tx).await
}

/// Removes tags.
pub(in crate::documents) async fn delete(tx: &WriteTx, tags: Vec<Vec<u8>>) -> Result<(), DbErr> {
    for tags in tags.chunks(ROWS) {
        let mut delete = Sql::new("DELETE FROM document_hold WHERE tag IN ");
        delete.bind_list(tags.iter().cloned());
        delete.run(&**tx).await?;
    }
    Ok(())
}
