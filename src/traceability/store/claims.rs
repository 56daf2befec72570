//! What the claims of a lot are derived from.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::trace::reached;
use crate::{
    accounts::OrganizationId,
    certification::Asked,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader},
    },
    traceability::model::{ids::LotId, trace::Direction},
};

/// How a lot came to be, as far as claims ask.
#[derive(Debug)]
pub(in crate::traceability) struct Step {
    /// Who made what, and on which day.
    pub(in crate::traceability) asked: Asked,
    /// What producers delivered for it, in grams; 0 for what was made of lots.
    pub(in crate::traceability) delivered: i64,
    /// The groups, by their schemes, that all who delivered belonged to on the day.
    pub(in crate::traceability) groups: HashSet<String>,
}

/// How each of these lots, and each that they were made of, came to be.
pub(in crate::traceability) async fn steps(
    db: &Database,
    lots: &[LotId],
    limit: i64,
) -> Result<HashMap<LotId, Step>, Fault> {
    let mut query = reached(Direction::Back, lots, limit);
    query.push("SELECT l.id, l.maker_id, l.product_code, l.made_at FROM reached r CROSS JOIN lot l WHERE l.id = r.id");
    let mut steps: HashMap<LotId, Step> = HashMap::new();
    for row in &query.rows(db).await? {
        let mut next = Reader::new(row)?;
        let (lot, maker): (Uuid, Uuid) = (next.get()?, next.get()?);
        let (product, made_at): (String, Timestamp) = (next.get()?, next.get()?);
        let asked = Asked { organization: OrganizationId::from_uuid(maker), product, day: made_at.date_naive() };
        steps.insert(LotId::from_uuid(lot), Step { asked, delivered: 0, groups: HashSet::new() });
    }
    let mut query = reached(Direction::Back, lots, limit);
    query.push(
        "SELECT d.lot_id, d.grams, m.scheme_code, m.valid_from, m.valid_until
         FROM reached r CROSS JOIN delivery d
         LEFT JOIN producer_membership m ON m.producer_id = d.producer_id AND m.scheme_code IS NOT NULL
         WHERE d.lot_id = r.id AND NOT EXISTS (SELECT 1 FROM trace_event t WHERE t.corrects = d.event_id)",
    );
    for row in &query.rows(db).await? {
        let mut next = Reader::new(row)?;
        let lot: Uuid = next.get()?;
        let (grams, scheme): (i64, Option<String>) = (next.get()?, next.get()?);
        let (from, until): (Option<NaiveDate>, Option<NaiveDate>) = (next.get()?, next.get()?);
        let Some(step) = steps.get_mut(&LotId::from_uuid(lot)) else { continue };
        // Of a lot there is one delivery that stands; its rows differ in the group alone.
        step.delivered = grams;
        let day = step.asked.day;
        if let (Some(scheme), Some(from)) = (scheme, from)
            && from <= day
            && until.is_none_or(|until| day <= until)
        {
            step.groups.insert(scheme);
        }
    }
    Ok(steps)
}
