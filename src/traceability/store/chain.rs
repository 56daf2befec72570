//! Chains as wholes: heads, tiles, checkpoints.

use uuid::Uuid;

use super::events;
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
        digest::Digest,
        page::{CursorKey, Direction, Page, Slice, SortValue},
    },
    traceability::model::{
        checkpoint::{Checkpoint, Head},
        event::{Event, FIRST_LINK},
        ids::EventId,
    },
};

const CHECKPOINT: &str = "k.organization_id, k.sequence, k.root, k.signed_at, k.token";

/// The chains that have grown since their last checkpoint, those that have waited longest first.
pub(in crate::traceability) async fn grown(db: &Database, limit: i64) -> Result<Vec<Head>, Fault> {
    let last = |column: &str| {
        format!(
            "(SELECT k.{column} FROM trace_checkpoint k WHERE k.organization_id = c.organization_id
              ORDER BY k.sequence DESC LIMIT 1)"
        )
    };
    let text = format!(
        "SELECT c.organization_id, c.head_sequence, c.head_hash FROM trace_chain c
         WHERE c.head_sequence > COALESCE({}, 0) ORDER BY {} NULLS FIRST, c.organization_id LIMIT $1",
        last("sequence"),
        last("signed_at")
    );
    let rows = sql(&text, [limit.into()]).rows(db).await?;
    rows.iter().map(head_of).collect()
}

/// The last link of a chain; none where it has none.
pub(in crate::traceability) async fn head(db: &Database, organization: OrganizationId) -> Result<Option<Head>, Fault> {
    let text = "SELECT c.organization_id, c.head_sequence, c.head_hash FROM trace_chain c
        WHERE c.organization_id = $1 AND c.head_sequence > 0";
    let rows = sql(text, [organization.uuid().into()]).rows(db).await?;
    rows.first().map(head_of).transpose()
}

fn head_of(row: &Row) -> Result<Head, Fault> {
    let mut next = Reader::new(row)?;
    let (organization, sequence): (Uuid, i64) = (next.get()?, next.get()?);
    Ok(Head { organization: OrganizationId::from_uuid(organization), sequence, seal: digest(next.get()?)? })
}

/// The last checkpoint of a chain.
pub(in crate::traceability) async fn last_checkpoint(
    db: &Database,
    organization: OrganizationId,
) -> Result<Option<Checkpoint>, Fault> {
    let text = format!(
        "SELECT {CHECKPOINT} FROM trace_checkpoint k WHERE k.organization_id = $1 ORDER BY k.sequence DESC LIMIT 1"
    );
    let rows = sql(&text, [organization.uuid().into()]).rows(db).await?;
    rows.first().map(checkpoint).transpose()
}

/// The first checkpoint that covers an event.
pub(in crate::traceability) async fn checkpoint_over(
    db: &Database,
    organization: OrganizationId,
    sequence: i64,
) -> Result<Option<Checkpoint>, Fault> {
    let text = format!(
        "SELECT {CHECKPOINT} FROM trace_checkpoint k WHERE k.organization_id = $1 AND k.sequence >= $2
         ORDER BY k.sequence LIMIT 1"
    );
    let rows = sql(&text, [organization.uuid().into(), sequence.into()]).rows(db).await?;
    rows.first().map(checkpoint).transpose()
}

/// A page of a chain's checkpoints, the last signed first.
pub(in crate::traceability) async fn checkpoints(
    db: &Database,
    organization: OrganizationId,
    page: &Page,
) -> Result<Slice<Checkpoint>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(CHECKPOINT).push(" FROM trace_checkpoint k WHERE k.organization_id = ").bind(organization.uuid());
    for (key, comparison) in [(&page.after, " < "), (&page.before, " > ")] {
        if let Some(CursorKey { sort: SortValue::Integer(sequence), .. }) = key {
            query.push(" AND k.sequence").push(comparison).bind(*sequence);
        }
    }
    query.push(match page.direction {
        Direction::Forward => " ORDER BY k.sequence DESC LIMIT ",
        Direction::Backward => " ORDER BY k.sequence LIMIT ",
    });
    query.bind(i64::try_from(page.limit()).unwrap_or(i64::MAX));
    let rows = query.rows(db).await?;
    Ok(page.slice(rows.iter().map(checkpoint).collect::<Result<_, _>>()?))
}

/// How many checkpoints a chain has.
pub(in crate::traceability) async fn count_checkpoints(
    db: &Database,
    organization: OrganizationId,
) -> Result<i64, Fault> {
    let text = "SELECT COUNT(*) FROM trace_checkpoint WHERE organization_id = $1";
    let rows = sql(text, [organization.uuid().into()]).rows(db).await?;
    let row = rows.first().ok_or_else(|| Fault::Internal("a count gives a row".to_owned()))?;
    Ok(Reader::new(row)?.get()?)
}

pub(super) fn checkpoint(row: &Row) -> Result<Checkpoint, Fault> {
    let mut next = Reader::new(row)?;
    let (organization, sequence): (Uuid, i64) = (next.get()?, next.get()?);
    Ok(Checkpoint {
        organization: OrganizationId::from_uuid(organization),
        sequence,
        root: digest(next.get()?)?,
        signed_at: next.get()?,
        token: next.get()?,
    })
}

/// The roots of a chain's tiles, from the first on, `most` of them.
pub(in crate::traceability) async fn tiles(
    db: &Database,
    organization: OrganizationId,
    most: u64,
) -> Result<Vec<Digest>, Fault> {
    let text = "SELECT tile, root FROM trace_tile WHERE organization_id = $1 AND tile < $2 ORDER BY tile";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = sql(text, [organization.uuid().into(), most.into()]).rows(db).await?;
    let root = |(place, row)| {
        let mut next = Reader::new(row)?;
        if next.get::<i64>()? != place {
            return Err(Fault::corrupt("chain of events", format!("tile {place} of {organization} is missing")));
        }
        digest(next.get()?)
    };
    (0..).zip(&rows).map(root).collect()
}

/// The seals of the events after the first `after` up to the one with the sequence `until`.
pub(in crate::traceability) async fn seals(
    db: &Database,
    organization: OrganizationId,
    after: u64,
    until: u64,
) -> Result<Vec<Digest>, Fault> {
    let text = "SELECT sequence, hash FROM trace_event WHERE organization_id = $1 AND sequence > $2 AND sequence <= $3
                ORDER BY sequence";
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let rows = sql(text, [organization.uuid().into(), number(after).into(), number(until).into()]).rows(db).await?;
    let missing =
        |sequence| Fault::corrupt("chain of events", format!("event {sequence} of {organization} is missing"));
    if (rows.len() as u64) < until - after {
        return Err(missing(number(after) + 1 + rows.len() as i64));
    }
    let seal = |(sequence, row)| {
        let mut next = Reader::new(row)?;
        if next.get::<i64>()? != sequence {
            return Err(missing(sequence));
        }
        digest(next.get()?)
    };
    (number(after) + 1..).zip(&rows).map(seal).collect()
}

/// An event, and the seal of the one before it in its chain.
pub(in crate::traceability) async fn event_and_seal_before(
    db: &Database,
    id: EventId,
) -> Result<Option<(Event, Digest)>, Fault> {
    let text = format!(
        "SELECT {}, p.hash FROM trace_event e
         LEFT JOIN trace_event p ON p.organization_id = e.organization_id AND p.sequence = e.sequence - 1
         WHERE e.id = $1",
        events::COLUMNS
    );
    let rows = sql(&text, [id.uuid().into()]).rows(db).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let event = events::event(row)?;
    let before: Option<Vec<u8>> = row.after(events::COLUMNS)?;
    let before = match before {
        None if event.sequence > 1 => return Err(Fault::corrupt("chain of events", format!("no event before {id}"))),
        None => FIRST_LINK.to_vec(),
        Some(before) => before,
    };
    Ok(Some((event, digest(before)?)))
}

/// Keeps the roots of tiles, from the one with the number `first` on. What another process kept meanwhile stays.
pub(in crate::traceability) async fn insert_tiles(
    tx: &WriteTx,
    organization: OrganizationId,
    first: u64,
    roots: &[Digest],
) -> Result<(), DbErr> {
    /// Rows of one statement.
    const ROWS: usize = 500;
    let mut tile = i64::try_from(first).unwrap_or(i64::MAX);
    for roots in roots.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO trace_tile (organization_id, tile, root) VALUES ");
        for (position, root) in roots.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(organization.uuid()).push(", ");
            insert.bind(tile).push(", ").bind(root.to_vec()).push(")");
            tile += 1;
        }
        insert.push(" ON CONFLICT DO NOTHING");
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Keeps a checkpoint, unless another process signed the same meanwhile; whether it was kept.
pub(in crate::traceability) async fn insert_checkpoint(tx: &WriteTx, signed: &Checkpoint) -> Result<bool, DbErr> {
    let text = "INSERT INTO trace_checkpoint (organization_id, sequence, root, signed_at, token)
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let values = [
        signed.organization.uuid().into(),
        signed.sequence.into(),
        signed.root.to_vec().into(),
        signed.signed_at.into(),
        signed.token.as_str().into(),
    ];
    Ok(sql(text, values).run(&**tx).await? > 0)
}

pub(super) fn digest(bytes: Vec<u8>) -> Result<Digest, Fault> {
    Digest::try_from(bytes.as_slice()).map_err(|error| Fault::corrupt("chain of events", error))
}
