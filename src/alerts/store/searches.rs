//! Saved searches.

use std::collections::HashMap;

use entity::saved_search::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    Set, sea_query::LockType,
};
use serde_json::json;

use crate::{
    accounts::UserId,
    alerts::{SavedSearch, SavedSearchId},
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx, keyset, sql},
        page::{Page, Slice},
    },
    notifications::Channel,
};

/// Keeps a search.
pub(in crate::alerts) async fn insert(tx: &WriteTx, search: &SavedSearch) -> Result<(), DbErr> {
    Entity::insert(row(search)).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Keeps what a search has become, under its lock.
pub(in crate::alerts) async fn update(tx: &WriteTx, search: &SavedSearch) -> Result<(), DbErr> {
    let changed = ActiveModel {
        id: sea_orm::Unchanged(search.id.uuid()),
        user_id: sea_orm::NotSet,
        created_at: sea_orm::NotSet,
        ..row(search)
    };
    Entity::update(changed.into_active_model()).exec(&**tx).await?;
    Ok(())
}

/// Removes a search, under its lock, with what it has found. What it is filed under is removed before.
pub(in crate::alerts) async fn delete(tx: &WriteTx, id: SavedSearchId) -> Result<(), DbErr> {
    let of_it = entity::saved_search_match::Column::SavedSearchId.eq(id.uuid());
    entity::saved_search_match::Entity::delete_many().filter(of_it).exec(&**tx).await?;
    Entity::delete_by_id(id.uuid()).exec(&**tx).await?;
    Ok(())
}

/// Removes all of hers, with what they are filed under and what they found.
pub(in crate::alerts) async fn delete_all_of(tx: &WriteTx, owner: UserId) -> Result<(), DbErr> {
    const HERS: &str = "(SELECT id FROM saved_search WHERE user_id = $1)";
    for table in ["saved_search_term", "saved_search_match"] {
        let forget = format!("DELETE FROM {table} WHERE saved_search_id IN {HERS}");
        sql(&forget, [owner.uuid().into()]).run(&**tx).await?;
    }
    Entity::delete_many().filter(Column::UserId.eq(owner.uuid())).exec(&**tx).await?;
    Ok(())
}

/// All of hers, of which there are a few.
pub(in crate::alerts) async fn all_of(db: &Database, owner: UserId) -> Result<Vec<SavedSearch>, Fault> {
    let rows = Entity::find().filter(Column::UserId.eq(owner.uuid())).all(db.read()).await?;
    rows.into_iter().map(saved_search).collect()
}

/// Hers, and with it the lock that makes other changes of it wait.
pub(in crate::alerts) async fn lock(
    tx: &WriteTx,
    owner: UserId,
    id: SavedSearchId,
) -> Result<Option<SavedSearch>, Fault> {
    let hers = Entity::find_by_id(id.uuid()).filter(Column::UserId.eq(owner.uuid()));
    hers.lock_exclusive().one(&**tx).await?.map(saved_search).transpose()
}

/// Makes other searches wait that she saves at the same time.
pub(in crate::alerts) async fn lock_owner(tx: &WriteTx, owner: UserId) -> Result<(), DbErr> {
    use entity::user_account;
    let hers = user_account::Entity::find_by_id(owner.uuid()).select_only().column(user_account::Column::Id);
    hers.lock(LockType::NoKeyUpdate).into_tuple::<uuid::Uuid>().one(&**tx).await?;
    Ok(())
}

/// How many she keeps.
pub(in crate::alerts) async fn count(tx: &WriteTx, owner: UserId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::UserId.eq(owner.uuid())).count(&**tx).await
}

/// How many she keeps.
pub(in crate::alerts) async fn count_of(db: &Database, owner: UserId) -> Result<i64, DbErr> {
    let count = Entity::find().filter(Column::UserId.eq(owner.uuid())).count(db.read()).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A page of hers, the newest first.
pub(in crate::alerts) async fn page(db: &Database, owner: UserId, page: &Page) -> Result<Slice<SavedSearch>, Fault> {
    let mut query = Entity::find().filter(Column::UserId.eq(owner.uuid()));
    keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(saved_search).collect::<Result<_, _>>()?))
}

/// Those of these searches that are hers.
pub(in crate::alerts) async fn by_ids(
    db: &Database,
    owner: UserId,
    ids: &[SavedSearchId],
) -> Result<HashMap<SavedSearchId, SavedSearch>, Fault> {
    let rows = Entity::find()
        .filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .filter(Column::UserId.eq(owner.uuid()))
        .all(db.read())
        .await?;
    rows.into_iter().map(|row| saved_search(row).map(|search| (search.id, search))).collect()
}

fn row(search: &SavedSearch) -> ActiveModel {
    let channels: Vec<&str> = search.channels.iter().copied().map(Channel::as_str).collect();
    ActiveModel {
        id: Set(search.id.uuid()),
        user_id: Set(search.owner.uuid()),
        name: Set(search.name.clone()),
        query: Set(search.query.clone()),
        filter: Set(json!(search.filter)),
        channels: Set(json!(channels)),
        active: Set(search.active),
        listens_since: Set(search.listens_since),
        version: Set(search.version),
        created_at: Set(search.created_at),
        updated_at: Set(search.updated_at),
    }
}

/// A row as a saved search.
pub(super) fn saved_search(row: Model) -> Result<SavedSearch, Fault> {
    let corrupt = |error: &dyn std::fmt::Display| Fault::corrupt("saved search", error);
    let words: Vec<String> = serde_json::from_value(row.channels).map_err(|error| corrupt(&error))?;
    let channels: Result<Vec<Channel>, _> = words.iter().map(|word| word.parse()).collect();
    Ok(SavedSearch {
        id: SavedSearchId::from_uuid(row.id),
        owner: UserId::from_uuid(row.user_id),
        name: row.name,
        query: row.query,
        filter: serde_json::from_value(row.filter).map_err(|error| corrupt(&error))?,
        channels: channels.map_err(|error| corrupt(&error))?,
        active: row.active,
        listens_since: row.listens_since,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
