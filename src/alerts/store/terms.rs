//! The inverted index over saved searches.

use std::collections::BTreeSet;

use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::searches::saved_search;
use crate::{
    alerts::{SavedSearch, SavedSearchId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Files a search under terms.
pub(in crate::alerts) async fn file(tx: &WriteTx, id: SavedSearchId, terms: &[String]) -> Result<(), DbErr> {
    let row = |term: &String| entity::saved_search_term::ActiveModel {
        term: sea_orm::Set(term.clone()),
        saved_search_id: sea_orm::Set(id.uuid()),
    };
    entity::saved_search_term::Entity::insert_many(terms.iter().map(row)).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Takes a search out.
pub(in crate::alerts) async fn unfile(tx: &WriteTx, id: SavedSearchId) -> Result<(), DbErr> {
    sql("DELETE FROM saved_search_term WHERE saved_search_id = $1", [id.uuid().into()]).run(&**tx).await?;
    Ok(())
}

/// Whether any search is going.
pub(in crate::alerts) async fn any(db: &Database) -> Result<bool, DbErr> {
    Ok(sql("SELECT 1 FROM saved_search_term LIMIT 1", []).one(db.read()).await?.is_some())
}

/// The searches that are filed under one of these terms, each once. Nothing but the index is read, and it is read whole: an
/// order or a bound would tempt a database to walk another index.
pub(in crate::alerts) async fn filed(db: &Database, terms: &BTreeSet<String>) -> Result<BTreeSet<Uuid>, DbErr> {
    let mut select = Sql::new("SELECT saved_search_id FROM saved_search_term WHERE term IN ");
    select.bind_list(terms.iter().map(String::as_str));
    let rows = select.all(db.read()).await?;
    rows.iter().map(|row| Reader::new(row)?.get()).collect()
}

/// Those of these searches that are going, that listen for what changed at `newest`, and whose owner's account is in use.
pub(in crate::alerts) async fn candidates(
    db: &Database,
    ids: &[Uuid],
    newest: Timestamp,
) -> Result<Vec<SavedSearch>, Fault> {
    let mut select = Sql::new(
        "SELECT s.id, s.user_id, s.name, s.query, s.filter, s.channels, s.active, s.listens_since, s.version,
                s.created_at, s.updated_at
         FROM saved_search s JOIN user_account u ON u.id = s.user_id AND u.status = 'ACTIVE'
         WHERE s.active AND s.listens_since <= ",
    );
    select.bind(newest).push(" AND s.id IN ").bind_list(ids.iter().copied());
    let rows = select.all(db.read()).await?;
    let read = |row| {
        let mut next = Reader::new(row)?;
        saved_search(entity::saved_search::Model {
            id: next.get()?,
            user_id: next.get()?,
            name: next.get()?,
            query: next.get()?,
            filter: next.get()?,
            channels: next.get()?,
            active: next.get()?,
            listens_since: next.get()?,
            version: next.get()?,
            created_at: next.get()?,
            updated_at: next.get()?,
        })
    };
    rows.iter().map(read).collect()
}
