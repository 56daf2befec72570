//! The masses of lots, with what was taken of each.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    kernel::{
        Fault,
        db::{Database, Reader, Sql, sql},
    },
    traceability::model::event::EventKind,
};

/// A lot's masses, in grams.
#[derive(Debug, Clone)]
pub(in crate::traceability) struct Masses {
    pub(in crate::traceability) id: Uuid,
    pub(in crate::traceability) code: String,
    /// What it weighed when it was made.
    pub(in crate::traceability) made: i64,
    pub(in crate::traceability) left: i64,
    /// What went into other lots.
    pub(in crate::traceability) taken: i64,
    /// Whether the event that made it was declared an error.
    pub(in crate::traceability) is_void: bool,
}

/// The masses of lots after `after`, in the order of their ids.
pub(in crate::traceability) async fn after(db: &Database, after: Uuid, limit: i64) -> Result<Vec<Masses>, Fault> {
    let text = "SELECT l.id, l.code, l.grams, l.left_grams,
            (SELECT CAST(COALESCE(SUM(e.grams), 0) AS bigint) FROM lot_edge e WHERE e.parent_id = l.id), l.status = 'VOID'
        FROM lot l WHERE l.id > $1 ORDER BY l.id LIMIT $2";
    let rows = sql(text, [after.into(), limit.into()]).all(db.read()).await?;
    let masses = |row| {
        let mut next = Reader::new(row)?;
        Ok(Masses {
            id: next.get()?,
            code: next.get()?,
            made: next.get()?,
            left: next.get()?,
            taken: next.get()?,
            is_void: next.get()?,
        })
    };
    rows.iter().map(masses).collect()
}

/// The losses that were told of lots and not declared errors, as they were told, by the lots' codes.
pub(in crate::traceability) async fn losses(
    db: &Database,
    codes: impl IntoIterator<Item = &str>,
) -> Result<HashMap<String, Vec<String>>, Fault> {
    let mut query = Sql::new("SELECT x.epc, e.body FROM trace_event_epc x JOIN trace_event e ON e.id = x.event_id");
    query.push(" WHERE e.kind = ").bind(EventKind::Loss.as_str()).push(" AND x.epc IN ").bind_list(codes);
    query.push(" AND NOT EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id)");
    let mut losses: HashMap<String, Vec<String>> = HashMap::new();
    for row in &query.all(db.read()).await? {
        let mut next = Reader::new(row)?;
        losses.entry(next.get()?).or_default().push(next.get()?);
    }
    Ok(losses)
}
