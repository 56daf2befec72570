//! To what producers belong, and when.

use std::collections::HashMap;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
    },
    traceability::model::{
        ids::{EnrolmentId, ProducerId},
        membership::Enrolment,
        period::Period,
    },
};

const SELECT: &str =
    "SELECT m.id, m.producer_id, p.organization_id, m.scheme_code, m.valid_from, m.valid_until, m.created_at
                      FROM producer_membership m JOIN producer p ON p.id = m.producer_id";

/// Adds a time in which a producer belongs to something.
pub(in crate::traceability) async fn insert(tx: &WriteTx, enrolment: &Enrolment) -> Result<(), DbErr> {
    let text = "INSERT INTO producer_membership (id, producer_id, scheme_code, valid_from, valid_until, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)";
    let values = [
        enrolment.id.uuid().into(),
        enrolment.producer.uuid().into(),
        enrolment.scheme.clone().into(),
        enrolment.period.from.into(),
        enrolment.period.until.into(),
        enrolment.created_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Writes when one ends, under its producer's lock.
pub(in crate::traceability) async fn end(tx: &WriteTx, enrolment: &Enrolment) -> Result<(), DbErr> {
    let text = "UPDATE producer_membership SET valid_until = $1 WHERE id = $2";
    sql(text, [enrolment.period.until.into(), enrolment.id.uuid().into()]).run(&**tx).await?;
    Ok(())
}

/// One of them, within a transaction.
pub(in crate::traceability) async fn find(tx: &WriteTx, id: EnrolmentId) -> Result<Option<Enrolment>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE m.id = ").bind(id.uuid());
    select.one(&**tx).await?.as_ref().map(enrolment).transpose()
}

/// All of a producer's, under her lock, the first one first.
pub(in crate::traceability) async fn of_locked(tx: &WriteTx, producer: ProducerId) -> Result<Vec<Enrolment>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE m.producer_id = ").bind(producer.uuid()).push(" ORDER BY m.valid_from, m.id");
    select.all(&**tx).await?.iter().map(enrolment).collect()
}

/// Those among `ids`.
pub(in crate::traceability) async fn by_ids(
    db: &Database,
    ids: &[EnrolmentId],
) -> Result<HashMap<EnrolmentId, Enrolment>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE m.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.rows(db).await?;
    found.iter().map(|row| enrolment(row).map(|enrolment| (enrolment.id, enrolment))).collect()
}

/// All of each producer's, the first one first.
pub(in crate::traceability) async fn of(
    db: &Database,
    producers: &[ProducerId],
) -> Result<HashMap<ProducerId, Vec<Enrolment>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE m.producer_id IN ").bind_list(producers.iter().map(|id| id.uuid()));
    select.push(" ORDER BY m.producer_id, m.valid_from, m.id");
    let mut found: HashMap<ProducerId, Vec<Enrolment>> = HashMap::new();
    for row in &select.rows(db).await? {
        let enrolment = enrolment(row)?;
        found.entry(enrolment.producer).or_default().push(enrolment);
    }
    Ok(found)
}

/// Whether a person belongs to another organization's group of a scheme on one of these days. Under the person's lock.
pub(in crate::traceability) async fn is_elsewhere(
    tx: &WriteTx,
    (scheme, person): (&str, &[u8]),
    organization: OrganizationId,
    period: Period,
) -> Result<bool, DbErr> {
    let mut select = Sql::new(
        "SELECT 1 FROM producer p JOIN producer_membership m ON m.producer_id = p.id WHERE p.person_digest = ",
    );
    select.bind(person.to_vec()).push(" AND p.organization_id <> ").bind(organization.uuid());
    select.push(" AND m.scheme_code = ").bind(scheme);
    select.push(" AND (m.valid_until IS NULL OR m.valid_until >= ").bind(period.from).push(")");
    if let Some(until) = period.until {
        select.push(" AND m.valid_from <= ").bind(until);
    }
    select.push(" LIMIT 1");
    Ok(select.one(&**tx).await?.is_some())
}

fn enrolment(row: &Row) -> Result<Enrolment, Fault> {
    let mut next = Reader::new(row)?;
    Ok(Enrolment {
        id: EnrolmentId::from_uuid(next.get()?),
        producer: ProducerId::from_uuid(next.get()?),
        organization: OrganizationId::from_uuid(next.get()?),
        scheme: next.get()?,
        period: Period { from: next.get()?, until: next.get()? },
        created_at: next.get()?,
    })
}
