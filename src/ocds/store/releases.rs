//! What was published, and what waits to be.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Of, about, of};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
    ocds::model::snapshot::Publication,
    procurement::ReleaseTag,
};

/// An event of a process.
#[derive(Debug, Clone, Copy)]
pub(in crate::ocds) struct Event {
    /// Its place among those of the process.
    pub(in crate::ocds) sequence: i64,
    /// As what it is published.
    pub(in crate::ocds) tag: ReleaseTag,
    /// When it happened.
    pub(in crate::ocds) at: Timestamp,
}

/// A process of which something waits to be published.
#[derive(Debug)]
pub(in crate::ocds) struct Waiting {
    /// The process.
    pub(in crate::ocds) process: Uuid,
    /// Its events so far, and those that were published.
    pub(in crate::ocds) counts: (i64, i64),
    /// Those that were not, in their order.
    pub(in crate::ocds) events: Vec<Event>,
}

/// Which processes an export is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Something of it happened at or after this instant.
    pub from: Option<Timestamp>,
    /// And before this one.
    pub until: Option<Timestamp>,
    /// Who buys.
    pub buyer: Option<OrganizationId>,
}

/// The events of these processes, with what was published of them but for what it says.
pub(super) async fn publications(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<Publication>, Fault> {
    let select = about(
        "SELECT e.process_id, e.sequence, e.tag, e.at, coalesce(r.dated_at, e.at), r.published_at FROM procurement_event e \
         LEFT JOIN ocds_release r ON r.process_id = e.process_id AND r.sequence = e.sequence WHERE e.process_id IN ",
        processes,
        " ORDER BY e.process_id, e.sequence",
    );
    of(db, select, publication).await
}

fn publication(next: &mut Reader<'_>) -> Result<Publication, Fault> {
    Ok(Publication {
        sequence: next.get()?,
        tag: next.get()?,
        happened_at: next.get()?,
        date: next.get()?,
        at: next.get()?,
    })
}

/// Those of these processes of which something waits to be published.
pub(in crate::ocds) async fn waiting(db: &Database, processes: &[Uuid]) -> Result<Vec<Waiting>, Fault> {
    let select = about(
        "SELECT e.process_id, p.events, p.released, e.sequence, e.tag, e.at FROM procurement_event e \
         JOIN procurement_process p ON p.id = e.process_id WHERE e.sequence > p.released AND p.id IN ",
        processes,
        " ORDER BY e.process_id, e.sequence",
    );
    let found = of(db.read(), select, |next| {
        let counts: (i64, i64) = (next.get()?, next.get()?);
        let event = Event { sequence: next.get()?, tag: next.word("tag of a release")?, at: next.get()? };
        Ok((counts, event))
    });
    let mut waiting: Vec<Waiting> = found
        .await?
        .into_iter()
        .filter_map(|(process, found)| {
            let counts = found.first()?.0;
            Some(Waiting { process, counts, events: found.into_iter().map(|(_, event)| event).collect() })
        })
        .collect();
    waiting.sort_by_key(|one| one.process);
    Ok(waiting)
}

/// Says that all events of a process are published, if nothing happened in it since its counts were read. Whoever does so at the
/// same time waits, and then finds that it is done.
pub(in crate::ocds) async fn advance(
    tx: &WriteTx,
    process: Uuid,
    (events, released): (i64, i64),
) -> Result<bool, DbErr> {
    let update = sql(
        "UPDATE procurement_process SET released = events WHERE id = $1 AND events = $2 AND released = $3",
        [process.into(), events.into(), released.into()],
    );
    Ok(update.run(&**tx).await? == 1)
}

/// Keeps a release.
pub(in crate::ocds) async fn insert(
    tx: &WriteTx,
    process: Uuid,
    publication: &Publication,
    body: String,
) -> Result<(), DbErr> {
    let Publication { sequence, tag, happened_at: _, date, at } = publication;
    let insert = sql(
        "INSERT INTO ocds_release (process_id, sequence, tag, dated_at, published_at, body) VALUES ($1, $2, $3, $4, $5, $6)",
        [process.into(), (*sequence).into(), tag.as_str().into(), (*date).into(), (*at).into(), body.into()],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// A release as it was published, of the process that is known as.
#[derive(Debug)]
pub(in crate::ocds) struct Kept {
    /// The process.
    pub(in crate::ocds) process: Uuid,
    /// As which it is known.
    pub(in crate::ocds) ocid: String,
    /// Its event's place among those of the process.
    pub(in crate::ocds) sequence: i64,
    /// When it was published.
    pub(in crate::ocds) at: Timestamp,
    /// What it says.
    pub(in crate::ocds) body: String,
}

const KEPT: &str = "SELECT r.process_id, p.ocid, r.sequence, r.published_at, r.body FROM ocds_release r \
                    JOIN procurement_process p ON p.id = r.process_id ";

async fn kept(db: &Database, select: Sql) -> Result<Vec<Kept>, Fault> {
    let rows = select.rows(db).await?;
    let read = |row| {
        let mut next = Reader::new(row)?;
        Ok(Kept { process: next.get()?, ocid: next.get()?, sequence: next.get()?, at: next.get()?, body: next.get()? })
    };
    rows.iter().map(read).collect()
}

/// All releases of a process, in their order.
pub(in crate::ocds) async fn of_process(db: &Database, ocid: &str) -> Result<Vec<Kept>, Fault> {
    let mut select = Sql::new(KEPT);
    select.push("WHERE p.ocid = ").bind(ocid).push(" ORDER BY r.sequence");
    kept(db, select).await
}

/// A release.
pub(in crate::ocds) async fn one(db: &Database, ocid: &str, sequence: i64) -> Result<Option<Kept>, Fault> {
    let mut select = Sql::new(KEPT);
    select.push("WHERE p.ocid = ").bind(ocid).push(" AND r.sequence = ").bind(sequence);
    Ok(kept(db, select).await?.pop())
}

/// Releases in the order in which they were published: those after one, published before an instant.
pub(in crate::ocds) async fn page(
    db: &Database,
    after: Option<&Kept>,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Kept>, Fault> {
    let mut select = Sql::new(KEPT);
    select.push("WHERE r.published_at < ").bind(before);
    if let Some(after) = after {
        select.push(" AND (r.published_at, r.process_id, r.sequence) > (").bind(after.at);
        select.push(", ").bind(after.process).push(", ").bind(after.sequence).push(")");
    }
    select.push(" ORDER BY r.published_at, r.process_id, r.sequence LIMIT ").bind(i64::from(limit));
    kept(db, select).await
}

/// Restricts a select of `procurement_process p` to what is wanted.
fn wanted(select: &mut Sql, wanted: &Wanted) {
    select.push(" p.events > 0");
    if let Some(buyer) = wanted.buyer {
        select.push(" AND p.buyer_id = ").bind(buyer.uuid());
    }
    if wanted.from.is_some() || wanted.until.is_some() {
        select.push(" AND EXISTS (SELECT 1 FROM procurement_event e WHERE e.process_id = p.id");
        if let Some(from) = wanted.from {
            select.push(" AND e.at >= ").bind(from);
        }
        if let Some(until) = wanted.until {
            select.push(" AND e.at < ").bind(until);
        }
        select.push(")");
    }
}

/// How many processes are wanted, and when the last of anything in them was to be published.
pub(in crate::ocds) async fn extent(db: &impl ConnectionTrait, of: &Wanted) -> Result<(i64, Option<Timestamp>), Fault> {
    let mut select = Sql::new(
        "SELECT COUNT(*), MAX((SELECT e.at FROM procurement_event e WHERE e.process_id = p.id ORDER BY e.sequence DESC LIMIT 1)) \
         FROM procurement_process p WHERE",
    );
    wanted(&mut select, of);
    let row = select.one(db).await?.ok_or_else(|| Fault::Internal("no count".to_owned()))?;
    let mut next = Reader::new(&row)?;
    Ok((next.get()?, next.get()?))
}

/// The next processes that are wanted, in the order of their ids.
pub(in crate::ocds) async fn next_wanted(
    db: &impl ConnectionTrait,
    of: &Wanted,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, Fault> {
    let mut select = Sql::new("SELECT p.id FROM procurement_process p WHERE");
    wanted(&mut select, of);
    select.push(" AND p.id > ").bind(after).push(" ORDER BY p.id LIMIT ").bind(limit);
    select.all(db).await?.iter().map(|row| Ok(Reader::new(row)?.get()?)).collect()
}
