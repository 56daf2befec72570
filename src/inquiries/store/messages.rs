//! Messages of threads.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::inquiry_message::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

use super::inquiries::sent;
use crate::{
    accounts::{OrganizationId, UserId},
    inquiries::model::{InquiryId, InquiryMessageId, Message, Sent},
    kernel::{
        clock::Timestamp,
        db::{Database, DbErr, WriteTx, keyset, siblings, sql},
        page::{Page, Slice},
    },
};

/// Keeps a message.
pub(in crate::inquiries) async fn insert(tx: &WriteTx, message: &Message) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(message.id.uuid()),
        inquiry_id: Set(message.inquiry.uuid()),
        sequence: Set(message.sequence),
        organization_id: Set(message.organization.uuid()),
        author_id: Set(message.author.map(UserId::uuid)),
        text: Set(message.text.clone()),
        sent_at: Set(message.sent_at),
    };
    Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// What an organization has written within a span that ends now.
pub(in crate::inquiries) async fn written(
    tx: &WriteTx,
    organization: OrganizationId,
    span: TimeDelta,
    now: Timestamp,
) -> Result<Sent, DbErr> {
    let select = "SELECT COUNT(*), MIN(sent_at) FROM inquiry_message WHERE organization_id = $1 AND sent_at > $2";
    sent(sql(select, [organization.uuid().into(), (now - span).into()]), tx).await
}

/// How many messages of an organization a thread has after a place.
pub(in crate::inquiries) async fn after(
    tx: &WriteTx,
    inquiry: InquiryId,
    place: i64,
    by: OrganizationId,
) -> Result<i64, DbErr> {
    let later = Entity::find()
        .filter(Column::InquiryId.eq(inquiry.uuid()))
        .filter(Column::Sequence.gt(place))
        .filter(Column::OrganizationId.eq(by.uuid()));
    Ok(i64::try_from(later.count(&**tx).await?).unwrap_or(i64::MAX))
}

/// A message of a thread.
pub(in crate::inquiries) async fn of_thread(
    tx: &WriteTx,
    inquiry: InquiryId,
    id: InquiryMessageId,
) -> Result<Option<Message>, DbErr> {
    let found = Entity::find_by_id(id.uuid()).filter(Column::InquiryId.eq(inquiry.uuid()));
    Ok(found.one(&**tx).await?.map(message))
}

/// Those of these messages that there are.
pub(in crate::inquiries) async fn by_ids(
    db: &Database,
    ids: &[InquiryMessageId],
) -> Result<HashMap<InquiryMessageId, Message>, DbErr> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    Ok(rows.into_iter().map(message).map(|one| (one.id, one)).collect())
}

/// The same page of each thread's messages, the first first.
pub(in crate::inquiries) async fn pages(
    db: &Database,
    threads: &[InquiryId],
    page: &Page,
) -> Result<HashMap<InquiryId, Slice<Message>>, DbErr> {
    let ids: Vec<Uuid> = threads.iter().map(|id| id.uuid()).collect();
    let page_of = |thread: Uuid| {
        let mut query = Entity::find().filter(Column::InquiryId.eq(thread));
        keyset::window(&mut query, Column::Sequence, Column::Id, false, page);
        query
    };
    let rows = siblings::pages(db, &ids, page_of).await?;
    Ok(page.slices(rows.into_iter().map(message).collect(), |row| row.inquiry))
}

/// How many messages each thread has.
pub(in crate::inquiries) async fn counts(
    db: &Database,
    threads: &[InquiryId],
) -> Result<HashMap<InquiryId, i64>, DbErr> {
    let ids: Vec<Uuid> = threads.iter().map(|id| id.uuid()).collect();
    let counts = siblings::counts::<Entity>(db, &ids, Column::InquiryId).await?;
    Ok(counts.into_iter().map(|(id, count)| (InquiryId::from_uuid(id), count)).collect())
}

fn message(row: Model) -> Message {
    Message {
        id: InquiryMessageId::from_uuid(row.id),
        inquiry: InquiryId::from_uuid(row.inquiry_id),
        sequence: row.sequence,
        organization: OrganizationId::from_uuid(row.organization_id),
        author: row.author_id.map(UserId::from_uuid),
        text: row.text,
        sent_at: row.sent_at,
    }
}
