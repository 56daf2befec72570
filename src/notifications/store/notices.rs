//! Notifications.

use std::collections::{HashMap, HashSet};

use entity::notification::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::ROWS_MAX;
use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, keyset},
        page::{Page, Slice},
    },
    notifications::model::{Notice, NoticeKind, Notification, NotificationId},
};

/// Keeps notifications.
pub(in crate::notifications) async fn insert(tx: &WriteTx, notifications: &[Notification]) -> Result<(), DbErr> {
    for some in notifications.chunks(ROWS_MAX) {
        let mut insert =
            Sql::new("INSERT INTO notification (id, user_id, kind, subject, cause, arguments, created_at) VALUES ");
        for (position, one) in some.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(one.id.uuid());
            insert.push(", ").bind(one.recipient.uuid());
            insert.push(", ").bind(one.kind.as_str());
            insert.push(", ").bind(one.subject.as_str());
            insert.push(", ").bind(one.cause.clone());
            insert.push(", ").bind(json!(one.arguments));
            insert.push(", ").bind(one.created_at).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Those of these notifications that are hers.
pub(in crate::notifications) async fn by_ids(
    db: &Database,
    owner: UserId,
    ids: &[NotificationId],
) -> Result<HashMap<NotificationId, Notification>, Fault> {
    let hers = Entity::find().filter(Column::UserId.eq(owner.uuid()));
    let rows = hers.filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| of_model(row).map(|one| (one.id, one))).collect()
}

/// A page of hers, the newest first.
pub(in crate::notifications) async fn page(
    db: &Database,
    owner: UserId,
    unread_only: bool,
    page: &Page,
) -> Result<Slice<Notification>, Fault> {
    let mut query = Entity::find().filter(Column::UserId.eq(owner.uuid()));
    if unread_only {
        query = query.filter(Column::ReadAt.is_null());
    }
    keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(of_model).collect::<Result<_, _>>()?))
}

/// How many she has.
pub(in crate::notifications) async fn count(db: &Database, owner: UserId, unread_only: bool) -> Result<i64, DbErr> {
    let mut query = Entity::find().filter(Column::UserId.eq(owner.uuid()));
    if unread_only {
        query = query.filter(Column::ReadAt.is_null());
    }
    Ok(i64::try_from(query.count(db.read()).await?).unwrap_or(i64::MAX))
}

/// Marks hers as read, of these or of all that there are; tells how many were not yet.
pub(in crate::notifications) async fn mark_read(
    tx: &WriteTx,
    owner: UserId,
    ids: Option<&[NotificationId]>,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Column::UserId.eq(owner.uuid()))
        .filter(Column::ReadAt.is_null());
    if let Some(ids) = ids {
        update = update.filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    }
    Ok(update.exec(&**tx).await?.rows_affected)
}

/// To whom of these notices' recipients something of the same kind and subject was told that she has not read.
pub(in crate::notifications) async fn unread_of(
    tx: &WriteTx,
    notices: &[Notice],
) -> Result<HashSet<(UserId, String)>, DbErr> {
    let mut unread = HashSet::new();
    let kinds: HashSet<&str> = notices.iter().map(|notice| notice.kind.as_str()).collect();
    for kind in kinds {
        let of_kind = || notices.iter().filter(|notice| notice.kind.as_str() == kind);
        let mut select =
            Sql::new("SELECT DISTINCT user_id, subject FROM notification WHERE read_at IS NULL AND user_id IN ");
        select.bind_list(of_kind().map(|notice| notice.recipient.uuid())).push(" AND kind = ").bind(kind);
        select.push(" AND subject IN ").bind_list(of_kind().map(|notice| notice.subject.as_str()));
        for row in &select.all(&**tx).await? {
            let mut next = Reader::new(row)?;
            unread.insert((UserId::from_uuid(next.get()?), next.get()?));
        }
    }
    Ok(unread)
}

/// Marks hers of a kind and subject as read.
pub(in crate::notifications) async fn mark_subject_read(
    tx: &WriteTx,
    owner: UserId,
    (kind, subject): (NoticeKind, &str),
    now: Timestamp,
) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Column::UserId.eq(owner.uuid()))
        .filter(Column::ReadAt.is_null())
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Subject.eq(subject));
    update.exec(&**tx).await?;
    Ok(())
}

/// Forgets notifications older than an instant with their deliveries, at most so many; tells how many.
pub(in crate::notifications) async fn sweep(tx: &WriteTx, before: Timestamp, count: u64) -> Result<u64, DbErr> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lt(before))
        .limit(count)
        .into_tuple()
        .all(&**tx)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let of_old = entity::notification_delivery::Column::NotificationId.is_in(old.iter().copied());
    entity::notification_delivery::Entity::delete_many().filter(of_old).exec(&**tx).await?;
    Ok(Entity::delete_many().filter(Column::Id.is_in(old)).exec(&**tx).await?.rows_affected)
}

/// The columns that [`read`] takes, in its order.
pub(super) const COLUMNS: &str = "n.id, n.user_id, n.kind, n.subject, n.cause, n.arguments, n.created_at, n.read_at";

/// The next columns as a notification.
pub(super) fn read(next: &mut Reader<'_>) -> Result<Notification, Fault> {
    Ok(Notification {
        id: NotificationId::from_uuid(next.get()?),
        recipient: UserId::from_uuid(next.get()?),
        kind: next.word("notification kind")?,
        subject: next.get()?,
        cause: next.get()?,
        arguments: next.json()?,
        created_at: next.get()?,
        read_at: next.get()?,
    })
}

fn of_model(row: Model) -> Result<Notification, Fault> {
    Ok(Notification {
        id: NotificationId::from_uuid(row.id),
        recipient: UserId::from_uuid(row.user_id),
        kind: row.kind.parse().map_err(|error| Fault::corrupt("notification kind", error))?,
        subject: row.subject,
        cause: row.cause,
        arguments: serde_json::from_value(row.arguments).map_err(|error| Fault::corrupt("notification", error))?,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}
