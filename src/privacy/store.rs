//! What people agreed to.

use entity::consent::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::{Expr, LockType, OnConflict},
};

use super::model::{Consent, ConsentId, Purpose};
use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
};

/// Keeps a consent; false if one for its purpose stands.
pub(super) async fn insert(tx: &WriteTx, consent: &Consent) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(consent.id.uuid()),
        user_id: Set(consent.user.uuid()),
        purpose: Set(consent.purpose.as_str().to_owned()),
        wording: Set(consent.wording.clone()),
        given_at: Set(consent.given_at),
        withdrawn_at: Set(consent.withdrawn_at),
    };
    let or_nothing = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 1)
}

/// The consent of a person for a purpose that stands, locked.
pub(super) async fn standing(tx: &WriteTx, user: UserId, purpose: Purpose) -> Result<Option<Consent>, Fault> {
    let stands = Entity::find()
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::Purpose.eq(purpose.as_str()))
        .filter(Column::WithdrawnAt.is_null());
    stands.lock(LockType::Update).one(&**tx).await?.map(consent).transpose()
}

/// The consent.
pub(super) async fn by_id(tx: &WriteTx, id: ConsentId) -> Result<Option<Consent>, Fault> {
    Entity::find_by_id(id.uuid()).one(&**tx).await?.map(consent).transpose()
}

/// Ends consents: this one, or all of a person's.
pub(super) async fn withdraw(tx: &WriteTx, user: UserId, one: Option<ConsentId>, now: Timestamp) -> Result<(), DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(now))
        .filter(Column::UserId.eq(user.uuid()))
        .filter(Column::WithdrawnAt.is_null());
    if let Some(one) = one {
        update = update.filter(Column::Id.eq(one.uuid()));
    }
    update.exec(&**tx).await?;
    Ok(())
}

/// Everything that a person agreed to, the newest first.
pub(super) async fn of(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<Consent>, Fault> {
    let hers = Entity::find().filter(Column::UserId.eq(user.uuid()));
    let rows = hers.order_by_desc(Column::GivenAt).order_by_desc(Column::Id).limit(LISTED_MAX).all(db).await?;
    rows.into_iter().map(consent).collect()
}

/// Consents of a person that are listed.
const LISTED_MAX: u64 = 1_000;

fn consent(row: Model) -> Result<Consent, Fault> {
    Ok(Consent {
        id: ConsentId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        purpose: row.purpose.parse().map_err(|error| Fault::corrupt("consent", error))?,
        wording: row.wording,
        given_at: row.given_at,
        withdrawn_at: row.withdrawn_at,
    })
}
