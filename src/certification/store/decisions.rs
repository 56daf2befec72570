//! Decisions about certificates: appended, never edited.

use std::collections::HashMap;

use entity::certificate_decision::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};

use crate::{
    accounts::UserId,
    certification::model::{certificate::CertificateId, decision::Decided},
    kernel::{
        Fault,
        db::{DbErr, WriteTx},
    },
};

/// Appends a decision, under the certificate's lock.
pub(in crate::certification) async fn append(
    tx: &WriteTx,
    certificate: CertificateId,
    decided: &Decided,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        certificate_id: Set(certificate.uuid()),
        sequence: Set(decided.sequence),
        status: Set(decided.record.as_str().to_owned()),
        effective_from: Set(decided.effective_from),
        reason: Set(decided.reason.clone()),
        decided_by: Set(decided.decided_by.map(UserId::uuid)),
        decided_at: Set(decided.decided_at),
    };
    Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// The number of the last decision about a certificate, under its lock; 0 where there is none.
pub(in crate::certification) async fn last(tx: &WriteTx, certificate: CertificateId) -> Result<i64, DbErr> {
    let of_it = Entity::find().filter(Column::CertificateId.eq(certificate.uuid()));
    let last: Option<Option<i64>> =
        of_it.select_only().column_as(Column::Sequence.max(), "last").into_tuple().one(&**tx).await?;
    Ok(last.flatten().unwrap_or(0))
}

/// Every decision about each certificate, the first one first.
pub(in crate::certification) async fn of(
    db: &impl ConnectionTrait,
    certificates: &[CertificateId],
) -> Result<HashMap<CertificateId, Vec<Decided>>, Fault> {
    let among = Column::CertificateId.is_in(certificates.iter().map(|id| id.uuid()));
    let rows =
        Entity::find().filter(among).order_by_asc(Column::CertificateId).order_by_asc(Column::Sequence).all(db).await?;
    let mut found: HashMap<CertificateId, Vec<Decided>> = HashMap::new();
    for row in rows {
        found.entry(CertificateId::from_uuid(row.certificate_id)).or_default().push(decided(row)?);
    }
    Ok(found)
}

fn decided(row: Model) -> Result<Decided, Fault> {
    Ok(Decided {
        sequence: row.sequence,
        record: row.status.parse().map_err(|error| Fault::corrupt("certificate decision", error))?,
        effective_from: row.effective_from,
        reason: row.reason,
        decided_by: row.decided_by.map(UserId::from_uuid),
        decided_at: row.decided_at,
    })
}
