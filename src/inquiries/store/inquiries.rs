//! Threads.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::inquiry::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set,
    sea_query::{LockType, OnConflict},
};

use crate::{
    accounts::{OrganizationId, UserId},
    catalog::ListingId,
    inquiries::model::{Inquiry, InquiryId, InquiryStatus, Reading, Sent},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Makes whatever else an organization writes at the same time wait: what it has sent is counted, and its threads are looked
/// for, one after the other.
pub(in crate::inquiries) async fn lock_sender(tx: &WriteTx, organization: OrganizationId) -> Result<(), DbErr> {
    let mut lock = Sql::new("SELECT 1 FROM organization WHERE id = ");
    lock.bind(organization.uuid());
    // SQLite has one writer at a time and needs no row locks.
    lock.lock(tx, " FOR NO KEY UPDATE");
    lock.one(&**tx).await?;
    Ok(())
}

/// The threads that an organization has begun within a span that ends now.
pub(in crate::inquiries) async fn begun(
    tx: &WriteTx,
    organization: OrganizationId,
    span: TimeDelta,
    now: Timestamp,
) -> Result<Sent, DbErr> {
    let select = "SELECT COUNT(*), MIN(created_at) FROM inquiry WHERE from_id = $1 AND created_at > $2";
    sent(sql(select, [organization.uuid().into(), (now - span).into()]), tx).await
}

/// A count and the first instant, as the statement selects them.
pub(super) async fn sent(select: Sql, tx: &WriteTx) -> Result<Sent, DbErr> {
    let Some(row) = select.one(&**tx).await? else { return Ok(Sent::default()) };
    let mut next = Reader::new(&row)?;
    Ok(Sent { count: next.get()?, first_at: next.get()? })
}

/// Keeps a new thread; false if there is an open one between the two about the same.
pub(in crate::inquiries) async fn insert(tx: &WriteTx, inquiry: &Inquiry) -> Result<bool, DbErr> {
    // Whichever of the partial keys it would break.
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(row(inquiry)).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 1)
}

/// Keeps what a thread has become, under its lock.
pub(in crate::inquiries) async fn update(tx: &WriteTx, inquiry: &Inquiry) -> Result<(), DbErr> {
    let changed = ActiveModel {
        id: sea_orm::Unchanged(inquiry.id.uuid()),
        from_id: sea_orm::NotSet,
        to_id: sea_orm::NotSet,
        listing_id: sea_orm::NotSet,
        created_at: sea_orm::NotSet,
        ..row(inquiry)
    };
    Entity::update(changed).exec(&**tx).await?;
    Ok(())
}

/// The open thread of an organization with another about the same, locked.
pub(in crate::inquiries) async fn lock_open(
    tx: &WriteTx,
    (from, to): (OrganizationId, OrganizationId),
    listing: Option<ListingId>,
) -> Result<Option<Inquiry>, Fault> {
    let open = Entity::find()
        .filter(Column::FromId.eq(from.uuid()))
        .filter(Column::ToId.eq(to.uuid()))
        .filter(Column::Status.eq(InquiryStatus::Open.as_str()))
        .filter(match listing {
            Some(listing) => Column::ListingId.eq(listing.uuid()),
            None => Column::ListingId.is_null(),
        });
    open.lock(LockType::NoKeyUpdate).one(&**tx).await?.map(inquiry).transpose()
}

/// The thread, and with it the lock that makes other writes to it wait.
pub(in crate::inquiries) async fn lock(tx: &WriteTx, id: InquiryId) -> Result<Option<Inquiry>, Fault> {
    Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?.map(inquiry).transpose()
}

/// Those of these threads that there are.
pub(in crate::inquiries) async fn by_ids(
    db: &Database,
    ids: &[InquiryId],
) -> Result<HashMap<InquiryId, Inquiry>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| inquiry(row).map(|one| (one.id, one))).collect()
}

fn row(inquiry: &Inquiry) -> ActiveModel {
    let (from, to) = (inquiry.from_reading, inquiry.to_reading);
    ActiveModel {
        id: Set(inquiry.id.uuid()),
        from_id: Set(inquiry.from.uuid()),
        to_id: Set(inquiry.to.uuid()),
        listing_id: Set(inquiry.listing.map(ListingId::uuid)),
        status: Set(inquiry.status.as_str().to_owned()),
        message_count: Set(inquiry.messages),
        last_message_at: Set(inquiry.last_message_at),
        from_read: Set(from.up_to),
        from_read_at: Set(from.at),
        from_read_by: Set(from.by.map(UserId::uuid)),
        from_unread: Set(from.unread),
        to_read: Set(to.up_to),
        to_read_at: Set(to.at),
        to_read_by: Set(to.by.map(UserId::uuid)),
        to_unread: Set(to.unread),
        created_at: Set(inquiry.created_at),
        closed_at: Set(inquiry.closed_at),
    }
}

/// A row as a thread.
pub(super) fn inquiry(row: Model) -> Result<Inquiry, Fault> {
    Ok(Inquiry {
        id: InquiryId::from_uuid(row.id),
        from: OrganizationId::from_uuid(row.from_id),
        to: OrganizationId::from_uuid(row.to_id),
        listing: row.listing_id.map(ListingId::from_uuid),
        status: row.status.parse().map_err(|error| Fault::corrupt("inquiry status", error))?,
        messages: row.message_count,
        last_message_at: row.last_message_at,
        from_reading: Reading {
            up_to: row.from_read,
            at: row.from_read_at,
            by: row.from_read_by.map(UserId::from_uuid),
            unread: row.from_unread,
        },
        to_reading: Reading {
            up_to: row.to_read,
            at: row.to_read_at,
            by: row.to_read_by.map(UserId::from_uuid),
            unread: row.to_unread,
        },
        created_at: row.created_at,
        closed_at: row.closed_at,
    })
}
