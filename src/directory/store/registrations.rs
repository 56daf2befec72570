//! Registration numbers.

use std::collections::HashMap;

use entity::organization_registration::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set, sea_query::OnConflict,
};
use uuid::Uuid;

use super::word;
use crate::{
    accounts::OrganizationId,
    directory::model::registration::Registration,
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx},
    },
};

/// What became of an attempt to keep numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::directory) enum Kept {
    /// They are kept.
    All,
    /// Another organization took one of them in the meantime; the transaction must not be committed.
    Taken,
}

/// The registrations of each organization, in the order in which they were given.
pub(in crate::directory) async fn of(
    db: &Database,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<Registration>>, Fault> {
    let ids = organizations.iter().map(|id| id.uuid());
    let rows = Entity::find().filter(Column::OrganizationId.is_in(ids)).order_by_asc(Column::Id).all(db.read()).await?;
    collect(rows)
}

/// The registrations of one organization, within a transaction.
pub(in crate::directory) async fn of_one(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<Vec<Registration>, Fault> {
    let found = Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).order_by_asc(Column::Id);
    Ok(collect(found.all(&**tx).await?)?.remove(&organization).unwrap_or_default())
}

/// Those of the numbers that another organization than `own` holds.
pub(in crate::directory) async fn held_by_others(
    tx: &WriteTx,
    numbers: &[Registration],
    own: OrganizationId,
) -> Result<Vec<Registration>, Fault> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let any = numbers.iter().fold(Condition::any(), |any, number| {
        any.add(
            Condition::all()
                .add(Column::Scheme.eq(number.scheme.as_str()))
                .add(Column::Normalized.eq(number.normalized.as_str())),
        )
    });
    let others = Entity::find().filter(any).filter(Column::OrganizationId.ne(own.uuid())).all(&**tx).await?;
    others.into_iter().map(registration).collect()
}

/// Puts these numbers, under these ids, in place of those that the organization had.
pub(in crate::directory) async fn replace(
    tx: &WriteTx,
    organization: OrganizationId,
    numbers: &[(Uuid, Registration)],
) -> Result<Kept, DbErr> {
    Entity::delete_many().filter(Column::OrganizationId.eq(organization.uuid())).exec(&**tx).await?;
    if numbers.is_empty() {
        return Ok(Kept::All);
    }
    let rows = numbers.iter().map(|(id, number)| ActiveModel {
        id: Set(*id),
        organization_id: Set(organization.uuid()),
        scheme: Set(number.scheme.as_str().to_owned()),
        raw: Set(number.raw.clone()),
        normalized: Set(number.normalized.clone()),
    });
    // A collision is no error of the statement, which on PostgreSQL would end the transaction: it is asked about afterwards.
    let nothing = OnConflict::new().do_nothing().to_owned();
    let kept = Entity::insert_many(rows).on_conflict(nothing).exec_without_returning(&**tx).await?;
    Ok(if kept == numbers.len() as u64 { Kept::All } else { Kept::Taken })
}

fn collect(rows: Vec<Model>) -> Result<HashMap<OrganizationId, Vec<Registration>>, Fault> {
    let mut found: HashMap<OrganizationId, Vec<Registration>> = HashMap::new();
    for row in rows {
        let organization = OrganizationId::from_uuid(row.organization_id);
        found.entry(organization).or_default().push(registration(row)?);
    }
    Ok(found)
}

fn registration(row: Model) -> Result<Registration, Fault> {
    Ok(Registration { scheme: word("registration scheme", &row.scheme)?, raw: row.raw, normalized: row.normalized })
}
