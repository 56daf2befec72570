//! What documents serve for.

use uuid::Uuid;

use crate::{
    documents::model::DocumentId,
    kernel::{
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Notes uses, in this order.
pub(in crate::documents) async fn insert(
    tx: &WriteTx,
    documents: &[DocumentId],
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<(), DbErr> {
    if documents.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new("INSERT INTO document_use (document_id, subject_kind, subject_id, position) VALUES ");
    for (position, document) in (0_i32..).zip(documents) {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(document.uuid());
        insert.push(", ").bind(subject_kind).push(", ").bind(subject_id);
        insert.push(", ").bind(position).push(")");
    }
    insert.push(" ON CONFLICT (document_id, subject_kind, subject_id)");
    insert.push(" DO UPDATE SET position = excluded.position, ended_at = NULL");
    insert.run(&**tx).await.map(drop)
}

/// Rows of one statement.
const ROWS: usize = 2_000;

/// Notes what each of several things uses, in its order.
pub(in crate::documents) async fn insert_each(
    tx: &WriteTx,
    subject_kind: &str,
    used: &[(Uuid, &[DocumentId])],
) -> Result<(), DbErr> {
    let rows = used.iter().flat_map(|(subject, documents)| (0_i32..).zip(*documents).map(|row| (*subject, row)));
    let rows: Vec<(Uuid, (i32, &DocumentId))> = rows.collect();
    for rows in rows.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO document_use (document_id, subject_kind, subject_id, position) VALUES ");
        for (at, (subject, (position, document))) in rows.iter().enumerate() {
            insert.push(if at == 0 { "(" } else { ", (" }).bind(document.uuid()).push(", ").bind(subject_kind);
            insert.push(", ").bind(*subject).push(", ").bind(*position).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Ends every use by a thing. The documents' own rows stay as they are: things that share some could wait for each other.
pub(in crate::documents) async fn end(
    tx: &WriteTx,
    subject_kind: &str,
    subject_id: Uuid,
    now: Timestamp,
) -> Result<(), DbErr> {
    let end = "UPDATE document_use SET ended_at = $1
               WHERE subject_kind = $2 AND subject_id = $3 AND ended_at IS NULL";
    sql(end, [now.into(), subject_kind.into(), subject_id.into()]).run(&**tx).await.map(drop)
}

/// The documents that each of some things uses, in their order.
pub(in crate::documents) async fn of_subjects(
    db: &Database,
    subject_kind: &str,
    subjects: &[Uuid],
) -> Result<Vec<(Uuid, DocumentId)>, DbErr> {
    let mut select = Sql::new("SELECT subject_id, document_id FROM document_use WHERE subject_kind = ");
    select.bind(subject_kind).push(" AND subject_id IN ").bind_list(subjects.iter().copied());
    select.push(" AND ended_at IS NULL ORDER BY subject_id, position, document_id");
    let rows = select.rows(db).await?;
    let read = |row| {
        let mut next = Reader::new(row)?;
        Ok((next.get()?, DocumentId::from_uuid(next.get()?)))
    };
    rows.iter().map(read).collect()
}

/// Which of these documents are used. Ask once they are held: a statement of its own sees what was committed until then.
pub(in crate::documents) async fn used(tx: &WriteTx, documents: &[DocumentId]) -> Result<Vec<DocumentId>, DbErr> {
    let mut select = Sql::new("SELECT DISTINCT document_id FROM document_use WHERE document_id IN ");
    select.bind_list(documents.iter().map(|id| id.uuid())).push(" AND ended_at IS NULL");
    let rows = select.all(&**tx).await?;
    rows.iter().map(|row| Ok(DocumentId::from_uuid(row.get(0)?))).collect()
}

/// The documents that a thing uses, in their order.
pub(in crate::documents) async fn of_subject(
    tx: &WriteTx,
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<Vec<DocumentId>, DbErr> {
    let select = "SELECT document_id FROM document_use WHERE subject_kind = $1 AND subject_id = $2 AND ended_at IS NULL
                  ORDER BY position, document_id";
    let rows = sql(select, [subject_kind.into(), subject_id.into()]).all(&**tx).await?;
    rows.iter().map(|row| Ok(DocumentId::from_uuid(row.get(0)?))).collect()
}
