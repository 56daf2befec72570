//! Documents as they come, change and go.

use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    documents::model::{DocumentId, DocumentState, NewDocument, Rendition},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
    },
};

/// What an organization's documents take.
#[derive(Debug, Clone, Copy)]
pub(in crate::documents) struct Taken {
    /// Bytes of what is kept and of what is announced.
    pub(in crate::documents) bytes: i64,
    /// How many are announced and have not been looked at.
    pub(in crate::documents) pending: i64,
}

/// Whether there is such an organization, in good standing.
pub(in crate::documents) async fn organization_is_public(
    db: &Database,
    organization: OrganizationId,
) -> Result<bool, DbErr> {
    let select = "SELECT 1 FROM organization WHERE id = $1 AND standing = 'GOOD'";
    Ok(!sql(select, [organization.uuid().into()]).rows(db).await?.is_empty())
}

/// What an organization's documents take; nobody else announces one for it until the transaction ends. None if there is no
/// such organization.
pub(in crate::documents) async fn lock_taken(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<Option<Taken>, Fault> {
    let mut lock = Sql::new("SELECT 1 FROM organization WHERE id = ");
    lock.bind(organization.uuid());
    // SQLite has one writer at a time and needs no row locks.
    lock.lock(tx, " FOR NO KEY UPDATE");
    if lock.one(&**tx).await?.is_none() {
        return Ok(None);
    }
    let select = "SELECT
        (SELECT CAST(COALESCE(SUM(r.byte_size), 0) AS bigint) FROM document_rendition r
         JOIN document d ON d.id = r.document_id WHERE d.organization_id = $1),
        CAST(COALESCE(SUM(uploaded_size), 0) AS bigint), COUNT(*)
        FROM document WHERE organization_id = $1 AND state = 'PENDING'";
    let row = sql(select, [organization.uuid().into()]).one(&**tx).await?;
    let row = row.ok_or_else(|| Fault::corrupt("document", "no sum of sizes"))?;
    let mut next = Reader::new(&row)?;
    let (kept, announced): (i64, i64) = (next.get()?, next.get()?);
    Ok(Some(Taken { bytes: kept.saturating_add(announced), pending: next.get()? }))
}

/// Keeps an announced document.
pub(in crate::documents) async fn insert(tx: &WriteTx, document: &NewDocument) -> Result<(), DbErr> {
    let insert = "INSERT INTO document (id, organization_id, uploader_id, file_name, media_type, visibility, state,
                  uploaded_sha256, uploaded_size, upload_expires_at, created_at, updated_at)
                  VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $10, $10)";
    let values = [
        document.id.uuid().into(),
        document.organization.uuid().into(),
        document.uploader.map(UserId::uuid).into(),
        document.file_name.clone().into(),
        document.media_type.as_str().into(),
        document.visibility.as_str().into(),
        document.uploaded_sha256.to_vec().into(),
        document.uploaded_size.into(),
        document.upload_expires_at.into(),
        document.created_at.into(),
    ];
    sql(insert, values).run(&**tx).await.map(drop)
}

/// Gives an upload more time.
pub(in crate::documents) async fn prolong(tx: &WriteTx, id: DocumentId, until: Timestamp) -> Result<(), DbErr> {
    let update = "UPDATE document SET upload_expires_at = $1 WHERE id = $2 AND state = 'PENDING'";
    sql(update, [until.into(), id.uuid().into()]).run(&**tx).await.map(drop)
}

/// Settles a pending document.
pub(in crate::documents) async fn settle(
    tx: &WriteTx,
    id: DocumentId,
    (state, refusal): (DocumentState, Option<&str>),
    now: Timestamp,
) -> Result<(), DbErr> {
    let update = "UPDATE document SET state = $1, refusal = $2, updated_at = $3 WHERE id = $4 AND state = 'PENDING'";
    let values = [state.as_str().into(), refusal.into(), now.into(), id.uuid().into()];
    sql(update, values).run(&**tx).await.map(drop)
}

/// Keeps what of a document is served.
pub(in crate::documents) async fn insert_renditions(
    tx: &WriteTx,
    id: DocumentId,
    renditions: &[Rendition],
) -> Result<(), DbErr> {
    for one in renditions {
        let insert =
            "INSERT INTO document_rendition (document_id, name, sha256, address, exposed, media_type, byte_size,
                      width, height) VALUES ($1, $2, $3, $4, FALSE, $5, $6, $7, $8)";
        let values = [
            id.uuid().into(),
            one.name.as_str().into(),
            one.sha256.to_vec().into(),
            one.address.name().to_vec().into(),
            one.media_type.as_str().into(),
            one.byte_size.into(),
            one.pixels.map(|(width, _)| width).into(),
            one.pixels.map(|(_, height)| height).into(),
        ];
        sql(insert, values).run(&**tx).await?;
    }
    Ok(())
}

/// Removes documents that nothing uses, with what is known of them. Whoever calls holds them.
pub(in crate::documents) async fn delete(tx: &WriteTx, ids: &[DocumentId]) -> Result<(), DbErr> {
    for text in [
        "DELETE FROM document_use WHERE ended_at IS NOT NULL AND document_id IN ",
        "DELETE FROM document_rendition WHERE document_id IN ",
        "DELETE FROM document WHERE id IN ",
    ] {
        let mut delete = Sql::new(text);
        delete.bind_list(ids.iter().map(|id| id.uuid()));
        delete.run(&**tx).await?;
    }
    Ok(())
}

/// Announced documents whose time for bytes ended before an instant, and refused ones last changed before another.
pub(in crate::documents) async fn abandoned(
    db: &Database,
    (expired_before, refused_before): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<DocumentId>, Fault> {
    let select = "SELECT id FROM document WHERE (state = 'PENDING' AND upload_expires_at < $1)
                  OR (state = 'REFUSED' AND updated_at < $2) ORDER BY id LIMIT $3";
    ids(&sql(select, [expired_before.into(), refused_before.into(), limit.into()]).rows(db).await?)
}

/// Documents that were ready before an instant and that nothing has used since, after one of them.
pub(in crate::documents) async fn unused(
    db: &Database,
    before: Timestamp,
    after: Option<DocumentId>,
    limit: i64,
) -> Result<Vec<DocumentId>, Fault> {
    let select = "SELECT d.id FROM document d WHERE d.state = 'READY' AND d.updated_at < $1 AND d.id > $3
                  AND NOT EXISTS (SELECT 1 FROM document_use u
                                  WHERE u.document_id = d.id AND (u.ended_at IS NULL OR u.ended_at >= $1))
                  ORDER BY d.id LIMIT $2";
    let after = after.map_or_else(Uuid::nil, DocumentId::uuid);
    ids(&sql(select, [before.into(), limit.into(), after.into()]).rows(db).await?)
}

fn ids(rows: &[Row]) -> Result<Vec<DocumentId>, Fault> {
    rows.iter().map(|row| Ok(DocumentId::from_uuid(row.get::<Uuid>(0)?))).collect()
}
