//! Producers that are certified as a group.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::certificate_group_member::{ActiveModel, Column, Entity};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    certification::model::{certificate::CertificateId, group::GroupMember},
    kernel::db::{Database, DbErr, Reader, Sql, WriteTx, sql},
};

/// Members of one statement: two databases of any version take as many parameters.
const MEMBERS_A_STATEMENT: usize = 500;

/// Adds the members of a certificate's group.
pub(in crate::certification) async fn insert(
    tx: &WriteTx,
    certificate: CertificateId,
    members: &[GroupMember],
) -> Result<(), DbErr> {
    for members in members.chunks(MEMBERS_A_STATEMENT) {
        let rows = members.iter().map(|member| ActiveModel {
            certificate_id: Set(certificate.uuid()),
            member_code: Set(member.code.clone()),
            person_digest: Set(member.person.clone()),
            hectares: Set(member.hectares),
            turnover_xof: Set(member.turnover_xof),
        });
        Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Removes the members of a certificate's group: of one that was refused, nothing personal is kept.
pub(in crate::certification) async fn remove(tx: &WriteTx, certificate: CertificateId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::CertificateId.eq(certificate.uuid())).exec(&**tx).await?;
    Ok(())
}

/// What members of this group are called who are in another group of the scheme that may be in force on one of its days; at
/// most ten.
pub(in crate::certification) async fn in_other_groups(
    tx: &WriteTx,
    certificate: CertificateId,
) -> Result<Vec<String>, DbErr> {
    let select = sql(
        "SELECT DISTINCT mine.member_code FROM certificate_group_member mine
           JOIN certificate own ON own.id = mine.certificate_id
           JOIN certificate_group_member theirs ON theirs.person_digest = mine.person_digest
                AND theirs.certificate_id <> mine.certificate_id
           JOIN certificate c ON c.id = theirs.certificate_id
         WHERE mine.certificate_id = $1 AND c.scheme_code = own.scheme_code
           -- The group's own last certificate and its next one may hold on the same days.
           AND c.organization_id <> own.organization_id
           AND c.status IN ('VERIFIED', 'SUSPENDED', 'REVOKED')
           AND c.valid_from <= own.valid_until AND c.valid_until >= own.valid_from
           AND (c.status <> 'REVOKED' OR c.void_from > own.valid_from)
         ORDER BY mine.member_code LIMIT 10",
        [certificate.uuid().into()],
    );
    select.all(&**tx).await?.iter().map(|row| Reader::new(row)?.get()).collect()
}

/// Whether a person is in another organization's group of a scheme that may be in force on one of these days.
pub(in crate::certification) async fn is_elsewhere(
    tx: &WriteTx,
    (scheme, person): (&str, &[u8]),
    organization: OrganizationId,
    (from, until): (NaiveDate, Option<NaiveDate>),
) -> Result<bool, DbErr> {
    let mut select = Sql::new(
        "SELECT 1 FROM certificate_group_member theirs JOIN certificate c ON c.id = theirs.certificate_id
         WHERE theirs.person_digest = ",
    );
    select.bind(person.to_vec()).push(" AND c.scheme_code = ").bind(scheme);
    select.push(" AND c.organization_id <> ").bind(organization.uuid());
    select.push(" AND c.status IN ('VERIFIED', 'SUSPENDED', 'REVOKED') AND c.valid_until >= ").bind(from);
    if let Some(until) = until {
        select.push(" AND c.valid_from <= ").bind(until);
    }
    select.push(" AND (c.status <> 'REVOKED' OR c.void_from > ").bind(from).push(") LIMIT 1");
    Ok(select.one(&**tx).await?.is_some())
}

/// How many members each certificate's group has; none where it certifies no group.
pub(in crate::certification) async fn sizes(
    db: &Database,
    certificates: &[CertificateId],
) -> Result<HashMap<CertificateId, i64>, DbErr> {
    let counts: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::CertificateId)
        .column_as(Column::MemberCode.count(), "members")
        .filter(Column::CertificateId.is_in(certificates.iter().map(|id| id.uuid())))
        .group_by(Column::CertificateId)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(counts.into_iter().map(|(id, count)| (CertificateId::from_uuid(id), count)).collect())
}
