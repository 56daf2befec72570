//! Women's status where a bid or an award relied on it.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::EvidenceLevel,
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx},
    },
    procurement::model::status::{FrozenStatus, StatusOf},
};

/// Rows of one statement.
const ROWS: usize = 500;

/// Keeps statuses, each with what relied on it.
pub(in crate::procurement) async fn insert<'a>(
    tx: &WriteTx,
    of: StatusOf,
    statuses: impl IntoIterator<Item = (Uuid, &'a FrozenStatus)>,
) -> Result<(), Fault> {
    let statuses: Vec<(Uuid, &FrozenStatus)> = statuses.into_iter().collect();
    for rows in statuses.chunks(ROWS) {
        let mut insert = Sql::new(
            "INSERT INTO frozen_status (subject_kind, subject_id, organization_id, definition, status, evidence_level, \
             evidence_until, assessed_on) VALUES ",
        );
        for (position, (subject, status)) in rows.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(of.as_str()).push(", ").bind(*subject);
            insert.push(", ").bind(status.organization.uuid()).push(", ").bind(status.definition.as_str());
            insert.push(", ").bind(status.status.as_str()).push(", ").bind(status.level.map(EvidenceLevel::as_str));
            insert.push(", ").bind(status.evidence_until).push(", ").bind(status.assessed_on).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// What organizations were where each of these relied on it.
pub(in crate::procurement) async fn of_subjects(
    db: &Database,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
    read(&select(subjects).rows(db).await?)
}

/// The same over any connection, such as a transaction's.
pub(in crate::procurement) async fn over(
    db: &impl ConnectionTrait,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
    read(&select(subjects).all(db).await?)
}

fn select(subjects: &[Uuid]) -> Sql {
    let mut select = Sql::new(
        "SELECT subject_id, organization_id, definition, status, evidence_level, evidence_until, assessed_on \
         FROM frozen_status WHERE subject_id IN ",
    );
    select.bind_list(subjects.iter().copied()).push(" ORDER BY subject_id, organization_id, definition");
    select
}

fn read(rows: &[Row]) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
    let mut found: HashMap<Uuid, Vec<FrozenStatus>> = HashMap::new();
    for row in rows {
        let mut next = Reader::new(row)?;
        let subject = next.get()?;
        let status = FrozenStatus {
            organization: OrganizationId::from_uuid(next.get()?),
            definition: next.word("definition of ownership")?,
            status: next.word("ownership status")?,
            level: {
                let level: Option<&str> = next.get()?;
                level.map(str::parse).transpose().map_err(|error| Fault::corrupt("level of evidence", error))?
            },
            evidence_until: next.get()?,
            assessed_on: next.get()?,
        };
        found.entry(subject).or_default().push(status);
    }
    Ok(found)
}
