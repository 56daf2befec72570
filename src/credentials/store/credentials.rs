//! Credentials as they were issued.

use std::collections::HashMap;

use uuid::Uuid;

use super::events;
use crate::{
    accounts::OrganizationId,
    credentials::model::{Credential, CredentialDraft, CredentialId, CredentialKind, Place, StatusEvent},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
    },
};

/// A credential as far as its status goes.
#[derive(Debug, Clone)]
pub(in crate::credentials) struct Issued {
    pub(in crate::credentials) id: CredentialId,
    pub(in crate::credentials) place: Place,
    /// What became of it, in the order of writing.
    pub(in crate::credentials) events: Vec<StatusEvent>,
}

/// Keeps a new credential.
pub(in crate::credentials) async fn insert(
    tx: &WriteTx,
    id: CredentialId,
    draft: &CredentialDraft,
    place: Place,
    kid: &str,
    now: Timestamp,
    token: String,
) -> Result<(), Fault> {
    let text = "INSERT INTO credential (id, kind, subject_kind, subject_id, organization_id, list_id, list_index, kid,
        valid_from, valid_until, issued_at, token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let index = i32::try_from(place.index).map_err(|error| Fault::Internal(error.to_string()))?;
    let values = [
        id.uuid().into(),
        draft.kind.as_str().into(),
        draft.subject_kind.into(),
        draft.subject_id.into(),
        draft.organization.uuid().into(),
        place.list.into(),
        index.into(),
        kid.into(),
        draft.valid_from.into(),
        draft.valid_until.into(),
        now.into(),
        token.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// The credentials of a kind about a subject that no other took the place of: one at most.
pub(in crate::credentials) async fn standing(
    tx: &WriteTx,
    kind: CredentialKind,
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<Vec<Issued>, Fault> {
    let mut select = Sql::new(ISSUED);
    select.push(" WHERE c.subject_kind = ").bind(subject_kind);
    select.push(" AND c.subject_id = ").bind(subject_id);
    select.push(" AND c.kind = ").bind(kind.as_str());
    select.push(" AND c.superseded_at IS NULL ORDER BY c.id, e.id");
    all(tx, select).await
}

/// Until when the credential of a kind about a subject holds that no other took the place of and that nobody revoked.
pub(in crate::credentials) async fn stands_until(
    tx: &WriteTx,
    kind: CredentialKind,
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<Option<Timestamp>, DbErr> {
    let text = "SELECT c.valid_until FROM credential c WHERE c.subject_kind = $1 AND c.subject_id = $2 AND c.kind = $3
        AND c.superseded_at IS NULL AND c.valid_until IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM credential_status_event e WHERE e.credential_id = c.id AND e.status = 'REVOKED')";
    let found = sql(text, [subject_kind.into(), subject_id.into(), kind.as_str().into()]).one(&**tx).await?;
    found.map(|row| Reader::new(&row)?.get()).transpose()
}

/// Every credential that was ever issued about a subject, in the order of their lists.
pub(in crate::credentials) async fn of_subject(
    tx: &WriteTx,
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<Vec<Issued>, Fault> {
    let mut select = Sql::new(ISSUED);
    select.push(" WHERE c.subject_kind = ").bind(subject_kind);
    select.push(" AND c.subject_id = ").bind(subject_id);
    // Lists are locked in this order by everybody.
    select.push(" ORDER BY c.list_id, c.id, e.id");
    all(tx, select).await
}

/// Notes that another took a credential's place.
pub(in crate::credentials) async fn supersede(tx: &WriteTx, id: CredentialId, now: Timestamp) -> Result<(), DbErr> {
    let text = "UPDATE credential SET superseded_at = $2 WHERE id = $1";
    sql(text, [id.uuid().into(), now.into()]).run(&**tx).await?;
    Ok(())
}

/// The credentials among `ids`.
pub(in crate::credentials) async fn by_ids(
    db: &Database,
    ids: &[CredentialId],
) -> Result<HashMap<CredentialId, Credential>, Fault> {
    let mut select = Sql::new(WHOLE);
    select.push(" WHERE c.id IN ").bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY c.id, e.id");
    let found = whole(&select.rows(db).await?)?;
    Ok(found.into_iter().map(|credential| (credential.id, credential)).collect())
}

/// Of each of these subjects the credential that no other took the place of; of several kinds, the one issued last.
pub(in crate::credentials) async fn of_subjects(
    db: &Database,
    subject_kind: &str,
    subject_ids: &[Uuid],
) -> Result<HashMap<Uuid, Credential>, Fault> {
    let mut select = Sql::new(WHOLE);
    select.push(" WHERE c.subject_kind = ").bind(subject_kind);
    select.push(" AND c.subject_id IN ").bind_list(subject_ids.iter().copied());
    select.push(" AND c.superseded_at IS NULL ORDER BY c.id, e.id");
    let found = whole(&select.rows(db).await?)?;
    Ok(found.into_iter().map(|credential| (credential.subject_id, credential)).collect())
}

const WHOLE: &str = "SELECT c.id, c.kind, c.subject_id, c.organization_id, c.list_id, c.list_index, c.valid_from,
    c.valid_until, c.issued_at, c.superseded_at, c.token, e.status, e.effective_at, e.recorded_at, e.reason
    FROM credential c LEFT JOIN credential_status_event e ON e.credential_id = c.id";

/// Credentials with their events, from rows that are ordered by them.
fn whole(rows: &[Row]) -> Result<Vec<Credential>, Fault> {
    let mut found: Vec<Credential> = Vec::new();
    for row in rows {
        let mut next = Reader::new(row)?;
        let read = Credential {
            id: CredentialId::from_uuid(next.get()?),
            kind: next.word("credential kind")?,
            subject_id: next.get()?,
            organization: OrganizationId::from_uuid(next.get()?),
            place: place(&mut next)?,
            valid_from: next.get()?,
            valid_until: next.get()?,
            issued_at: next.get()?,
            superseded_at: next.get()?,
            token: next.get()?,
            events: Vec::new(),
        };
        let event = events::event(&mut next)?;
        if found.last().is_none_or(|last| last.id != read.id) {
            found.push(read);
        }
        if let Some(last) = found.last_mut() {
            last.events.extend(event);
        }
    }
    Ok(found)
}

/// The next two columns as a place.
fn place(next: &mut Reader<'_>) -> Result<Place, Fault> {
    let (list, index): (i64, i32) = (next.get()?, next.get()?);
    let index = u32::try_from(index).map_err(|error| Fault::corrupt("place in a status list", error))?;
    Ok(Place { list, index })
}

const ISSUED: &str = "SELECT c.id, c.list_id, c.list_index, e.status, e.effective_at, e.recorded_at, e.reason
    FROM credential c LEFT JOIN credential_status_event e ON e.credential_id = c.id";

async fn all(tx: &WriteTx, select: Sql) -> Result<Vec<Issued>, Fault> {
    let mut found: Vec<Issued> = Vec::new();
    for row in &select.all(&**tx).await? {
        let mut next = Reader::new(row)?;
        let id = CredentialId::from_uuid(next.get()?);
        let place = place(&mut next)?;
        if found.last().is_none_or(|last| last.id != id) {
            found.push(Issued { id, place, events: Vec::new() });
        }
        if let Some(last) = found.last_mut() {
            last.events.extend(events::event(&mut next)?);
        }
    }
    Ok(found)
}
