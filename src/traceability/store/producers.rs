//! Producers.

use std::collections::HashMap;

use entity::producer::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, Select, Set, SqlErr,
    sea_query::{LikeExpr, LockType, OnConflict},
};
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Sql, WriteTx, keyset, sql},
        page::{Page, Slice},
        text::fold,
    },
    traceability::model::{
        ids::ProducerId,
        producer::{Producer, made_code},
        query::ProducerFilter,
    },
};

/// Member numbers that are looked for at once.
const NUMBERS_A_STATEMENT: u64 = 64;

/// Adds a producer; false if another of the organization has her member number.
pub(in crate::traceability) async fn insert(tx: &WriteTx, producer: &Producer) -> Result<bool, DbErr> {
    let taken = OnConflict::columns([Column::OrganizationId, Column::Code]).do_nothing().to_owned();
    Ok(Entity::insert(row(producer)).on_conflict(taken).exec_without_returning(&**tx).await? > 0)
}

/// Writes a changed producer, under her lock; false if another of the organization has her member number.
pub(in crate::traceability) async fn update(tx: &WriteTx, producer: &Producer) -> Result<bool, DbErr> {
    match Entity::update(row(producer)).exec_without_returning(&**tx).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The producer, and with her the lock that makes other changes of her wait.
pub(in crate::traceability) async fn lock(tx: &WriteTx, id: ProducerId) -> Result<Option<Producer>, Fault> {
    let found = Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(&**tx).await?;
    found.map(producer).transpose()
}

/// The producers among `ids`.
pub(in crate::traceability) async fn by_ids(
    db: &Database,
    ids: &[ProducerId],
) -> Result<HashMap<ProducerId, Producer>, Fault> {
    let among = Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    let rows = Entity::find().filter(among).all(db.read()).await?;
    rows.into_iter().map(|row| Ok((ProducerId::from_uuid(row.id), producer(row)?))).collect()
}

/// A page of an organization's producers, by name.
pub(in crate::traceability) async fn page(
    db: &Database,
    organization: OrganizationId,
    filter: &ProducerFilter,
    page: &Page,
) -> Result<Slice<Producer>, Fault> {
    let mut query = matching(organization, filter);
    keyset::window(&mut query, Column::NameFolded, Column::Id, false, page);
    let rows = query.all(db.read()).await?;
    Ok(page.slice(rows.into_iter().map(producer).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::traceability) async fn count(
    db: &Database,
    organization: OrganizationId,
    filter: &ProducerFilter,
) -> Result<u64, DbErr> {
    matching(organization, filter).count(db.read()).await
}

fn matching(organization: OrganizationId, filter: &ProducerFilter) -> Select<Entity> {
    let mut condition = Condition::all().add(Column::OrganizationId.eq(organization.uuid()));
    for word in &filter.words {
        // A sign of LIKE's own must not act as one.
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        condition = condition.add(Column::NameFolded.like(LikeExpr::new(format!("%{escaped}%")).escape('\\')));
    }
    if let Some(villages) = &filter.villages {
        condition = condition.add(Column::VillageCode.is_in(villages.iter().map(String::as_str)));
    }
    if let Some(gender) = filter.gender {
        condition = condition.add(Column::Gender.eq(gender.as_str()));
    }
    Entity::find().filter(condition)
}

/// A member number that no producer of the organization has; whoever asks for one meanwhile waits until the transaction
/// ends.
pub(in crate::traceability) async fn free_code(tx: &WriteTx, organization: OrganizationId) -> Result<String, Fault> {
    let mut lock = Sql::new("SELECT id FROM organization WHERE id = ");
    lock.bind(organization.uuid());
    lock.lock(tx, " FOR NO KEY UPDATE");
    lock.one(&**tx).await?;
    let of_it = "SELECT COUNT(*) FROM producer WHERE organization_id = $1";
    let row = sql(of_it, [organization.uuid().into()]).one(&**tx).await?;
    let row = row.ok_or_else(|| Fault::corrupt("producer", "a count gives a row"))?;
    let count: i64 = Reader::new(&row)?.get()?;
    let mut number = u64::try_from(count).unwrap_or(0) + 1;
    // Others may have been given numbers by hand.
    loop {
        let numbers: Vec<String> = (number..number + NUMBERS_A_STATEMENT).map(made_code).collect();
        let mut select = Sql::new("SELECT code FROM producer WHERE organization_id = ");
        select.bind(organization.uuid()).push(" AND code IN ").bind_list(numbers.iter().map(String::as_str));
        let taken = select.all(&**tx).await?;
        let taken = taken.iter().map(|row| Reader::new(row)?.get()).collect::<Result<Vec<String>, DbErr>>()?;
        if let Some(free) = numbers.into_iter().find(|code| !taken.contains(code)) {
            return Ok(free);
        }
        number += NUMBERS_A_STATEMENT;
    }
}

/// Makes others wait that ask at the same time to which groups this person belongs: neither would see what the other
/// writes.
pub(in crate::traceability) async fn lock_person(tx: &WriteTx, person: &[u8]) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let mut key = [0; 8];
        for (to, from) in key.iter_mut().zip(person) {
            *to = *from;
        }
        sql("SELECT pg_advisory_xact_lock($1)", [i64::from_be_bytes(key).into()]).one(&**tx).await?;
    }
    Ok(())
}

/// What each of these producers delivered, in grams, without what was declared an error; none where that is nothing.
pub(in crate::traceability) async fn delivered(
    db: &Database,
    ids: &[ProducerId],
) -> Result<HashMap<ProducerId, i64>, Fault> {
    let mut select =
        Sql::new("SELECT d.producer_id, CAST(SUM(d.grams) AS BIGINT) FROM delivery d WHERE d.producer_id IN ");
    select.bind_list(ids.iter().map(|id| id.uuid()));
    select.push(" AND NOT EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = d.event_id) GROUP BY d.producer_id");
    let sum = |row| {
        let mut next = Reader::new(row)?;
        Ok((ProducerId::from_uuid(next.get()?), next.get()?))
    };
    select.rows(db).await?.iter().map(sum).collect()
}

fn row(producer: &Producer) -> ActiveModel {
    ActiveModel {
        id: Set(producer.id.uuid()),
        organization_id: Set(producer.organization.uuid()),
        code: Set(producer.code.clone()),
        name: Set(producer.name.clone()),
        name_folded: Set(producer.name.as_deref().map(fold).unwrap_or_default()),
        gender: Set(producer.gender.as_str().to_owned()),
        birth_year: Set(producer.birth_year),
        phone: Set(producer.phone.clone()),
        village_code: Set(producer.village.clone()),
        person_digest: Set(producer.person.clone()),
        pseudonym: Set(producer.pseudonym.clone()),
        name_public_since: Set(producer.name_public_since),
        erased_at: Set(producer.erased_at),
        created_at: Set(producer.created_at),
        updated_at: Set(producer.updated_at),
        version: Set(producer.version),
    }
}

fn producer(row: Model) -> Result<Producer, Fault> {
    let id: Uuid = row.id;
    Ok(Producer {
        id: ProducerId::from_uuid(id),
        organization: OrganizationId::from_uuid(row.organization_id),
        code: row.code,
        name: row.name,
        gender: row.gender.parse().map_err(|error| Fault::corrupt("gender of a producer", error))?,
        birth_year: row.birth_year,
        phone: row.phone,
        village: row.village_code,
        person: row.person_digest,
        pseudonym: row.pseudonym,
        name_public_since: row.name_public_since,
        erased_at: row.erased_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}
