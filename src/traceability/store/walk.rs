//! Reading all chains, in steps.

use uuid::Uuid;

use crate::{
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Row, Sql, sql},
    },
    traceability::model::chain::{BrokenChain, Link, Mark, Told},
};

/// A place: a chain and a link of it.
pub(in crate::traceability) type At = (Uuid, i64);

/// The links after a place, in the order of chains and sequences.
pub(in crate::traceability) async fn links(db: &Database, after: At, limit: i64) -> Result<Vec<Link>, DbErr> {
    let text = "SELECT organization_id, sequence, id, kind, event_time, recorded_at, body, hash FROM trace_event
                WHERE (organization_id, sequence) > ($1, $2) ORDER BY organization_id, sequence LIMIT $3";
    let rows = sql(text, [after.0.into(), after.1.into(), limit.into()]).all(db.read()).await?;
    let link = |row| {
        let mut next = Reader::new(row)?;
        Ok(Link {
            organization: next.get()?,
            sequence: next.get()?,
            id: next.get()?,
            kind: next.get()?,
            event_time: next.get()?,
            recorded_at: next.get()?,
            body: next.get()?,
            hash: next.get()?,
        })
    };
    rows.iter().map(link).collect()
}

/// Everything that is told of chains up to places after `after` and up to `until`, or of all that follow; in the order of
/// the places.
pub(in crate::traceability) async fn marks(db: &Database, after: At, until: Option<At>) -> Result<Vec<Mark>, Fault> {
    let mut marks = Vec::new();
    let heads = "SELECT organization_id, head_sequence, head_hash FROM trace_chain WHERE head_sequence > 0 AND ";
    for row in between(heads, "head_sequence", after, until, db).await? {
        let mut next = Reader::new(&row)?;
        let (organization, sequence) = (next.get()?, next.get()?);
        marks.push(Mark { organization, sequence, told: Told::Head(next.get()?) });
    }
    let signed = "SELECT organization_id, sequence, root, signed_at, token FROM trace_checkpoint WHERE ";
    for row in between(signed, "sequence", after, until, db).await? {
        let mut next = Reader::new(&row)?;
        let (organization, sequence) = (next.get()?, next.get()?);
        let told = Told::Signed { root: next.get()?, at: next.get()?, token: next.get()? };
        marks.push(Mark { organization, sequence, told });
    }
    // A tile tells of the chain up to its last link.
    let tile = |(organization, sequence): At| (organization, sequence.div_euclid(TILE) - 1);
    let tiles = "SELECT organization_id, tile, root FROM trace_tile WHERE ";
    for row in between(tiles, "tile", tile(after), until.map(tile), db).await? {
        let mut next = Reader::new(&row)?;
        let (organization, tile) = (next.get()?, next.get::<i64>()?);
        marks.push(Mark { organization, sequence: (tile + 1) * TILE, told: Told::Tile(next.get()?) });
    }
    marks.sort_by_key(|mark| (mark.organization, mark.sequence));
    Ok(marks)
}

/// [`crate::traceability::model::merkle::TILE`] as a number of the database.
const TILE: i64 = crate::traceability::model::merkle::TILE as i64;

async fn between(select: &str, column: &str, after: At, until: Option<At>, db: &Database) -> Result<Vec<Row>, DbErr> {
    let mut query = Sql::new(select);
    for (comparison, bound) in [(") > (", Some(after)), (") <= (", until)] {
        let Some((organization, number)) = bound else { continue };
        query.push(if comparison == ") > (" { "" } else { " AND " });
        query.push("(organization_id, ").push(column).push(comparison).bind(organization);
        query.push(", ").bind(number).push(")");
    }
    query.all(db.read()).await
}

/// Whether a link is there.
pub(in crate::traceability) async fn is_there(db: &Database, at: At) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM trace_event WHERE organization_id = $1 AND sequence = $2";
    Ok(sql(text, [at.0.into(), at.1.into()]).one(db.read()).await?.is_some())
}

/// How many links the heads tell of.
pub(in crate::traceability) async fn count(db: &Database) -> Result<u64, DbErr> {
    let text = "SELECT CAST(COALESCE(SUM(head_sequence), 0) AS bigint) FROM trace_chain";
    let row = sql(text, []).one(db.read()).await?.ok_or_else(|| DbErr::RecordNotFound("a sum gives a row".into()))?;
    Ok(Reader::new(&row)?.get::<i64>()?.unsigned_abs())
}

/// How many chains there are, and those whose last event is not the one that the head tells of, with what is wrong.
pub(in crate::traceability) async fn heads(db: &Database) -> Result<(u64, Vec<BrokenChain>), Fault> {
    let row = sql("SELECT COUNT(*) FROM trace_chain WHERE head_sequence > 0", []).one(db.read()).await?;
    let row = row.ok_or_else(|| Fault::Internal("a count gives a row".to_owned()))?;
    let chains = Reader::new(&row)?.get::<i64>()?.unsigned_abs();
    let text = "SELECT c.organization_id, c.head_sequence,
            CASE WHEN e.id IS NULL THEN 0 WHEN e.hash <> c.head_hash THEN 1 WHEN n.id IS NOT NULL THEN 2 ELSE 3 END
        FROM trace_chain c
        LEFT JOIN trace_event e ON e.organization_id = c.organization_id AND e.sequence = c.head_sequence
        LEFT JOIN trace_event n ON n.organization_id = c.organization_id AND n.sequence = c.head_sequence + 1
        LEFT JOIN trace_checkpoint k ON k.organization_id = c.organization_id
            AND k.sequence = (SELECT MAX(l.sequence) FROM trace_checkpoint l WHERE l.organization_id = c.organization_id)
        WHERE c.head_sequence > 0
            AND (e.id IS NULL OR e.hash <> c.head_hash OR n.id IS NOT NULL OR k.sequence > c.head_sequence)
        ORDER BY c.organization_id";
    let rows = sql(text, []).all(db.read()).await?;
    let broken = |row| {
        let mut next = Reader::new(row)?;
        let (organization, head, what): (Uuid, i64, i32) = (next.get()?, next.get()?, next.get()?);
        let (sequence, detail) = match what {
            0 => (head, "the end of the chain is missing".to_owned()),
            1 => (head, "the head of the chain has another seal".to_owned()),
            2 => (head + 1, format!("it stands behind the head of the chain, which is event {head}")),
            _ => (head + 1, "the end of the chain is missing: later events were signed".to_owned()),
        };
        let organization = crate::accounts::OrganizationId::from_uuid(organization);
        Ok(BrokenChain { organization, sequence, detail })
    };
    Ok((chains, rows.iter().map(broken).collect::<Result<_, Fault>>()?))
}
