//! Documents and what of them is served.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    documents::model::{Address, Document, DocumentId, NewDocument, Rendition},
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx},
        digest::Digest,
    },
};

/// How a row is held until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Lock {
    /// Nobody changes it; others may hold it so, too.
    Share,
    /// Nobody else holds it.
    Alone,
}

/// The columns that [`document`] reads, in its order.
const COLUMNS: &str = "d.id, d.organization_id, d.uploader_id, d.file_name, d.media_type, d.visibility, d.state, \
    d.refusal, d.uploaded_sha256, d.uploaded_size, d.upload_expires_at, d.created_at, \
    r.name, r.sha256, r.address, r.media_type, r.byte_size, r.width, r.height";

fn select() -> Sql {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM document d LEFT JOIN document_rendition r ON r.document_id = d.id WHERE ");
    select
}

/// The documents with these ids, as far as they exist.
pub(in crate::documents) async fn by_ids(
    db: &Database,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Document>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = select();
    query.push("d.id IN ").bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY r.name");
    gathered(&query.rows(db).await?)
}

/// The same, held until the transaction ends.
pub(in crate::documents) async fn lock(
    tx: &WriteTx,
    ids: &[DocumentId],
    lock: Lock,
) -> Result<HashMap<DocumentId, Document>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // SQLite has one writer at a time and needs no row locks.
    if tx.get_database_backend() == DbBackend::Postgres {
        let mut hold = Sql::new("SELECT 1 FROM document WHERE id IN ");
        hold.bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY id");
        hold.push(match lock {
            Lock::Share => " FOR SHARE",
            Lock::Alone => " FOR UPDATE",
        });
        hold.all(&**tx).await?;
    }
    let mut query = select();
    query.push("d.id IN ").bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY r.name");
    gathered(&query.all(&**tx).await?)
}

/// One document of all rows with the same id.
fn gathered(rows: &[Row]) -> Result<HashMap<DocumentId, Document>, Fault> {
    let mut found: HashMap<DocumentId, Document> = HashMap::new();
    for row in rows {
        let (document, rendition) = document(row)?;
        found.entry(document.id()).or_insert(document).renditions.extend(rendition);
    }
    Ok(found)
}

fn document(row: &Row) -> Result<(Document, Option<Rendition>), Fault> {
    let mut next = Reader::new(row)?;
    let id = DocumentId::from_uuid(next.get()?);
    let organization = OrganizationId::from_uuid(next.get()?);
    let uploader = next.get::<Option<Uuid>>()?.map(UserId::from_uuid);
    let file_name = next.get()?;
    let media_type = next.word("document media type")?;
    let visibility = next.word("document visibility")?;
    let state = next.word("document state")?;
    let refusal = next.get()?;
    let announced = NewDocument {
        id,
        organization,
        uploader,
        file_name,
        media_type,
        visibility,
        uploaded_sha256: digest(&next.get::<Vec<u8>>()?)?,
        uploaded_size: next.get()?,
        upload_expires_at: next.get()?,
        created_at: next.get()?,
    };
    let document = Document { announced, state, refusal, renditions: Vec::new() };
    let Some(name) = next.get::<Option<String>>()? else { return Ok((document, None)) };
    let name = name.parse().map_err(|error| Fault::corrupt("document rendition", error))?;
    let sha256 = digest(&next.get::<Vec<u8>>()?)?;
    let rendition = Rendition {
        name,
        sha256,
        address: Address::of(digest(&next.get::<Vec<u8>>()?)?, &sha256),
        media_type: next.word("document media type")?,
        byte_size: next.get()?,
        pixels: next.get::<Option<i32>>()?.zip(next.get()?),
    };
    Ok((document, Some(rendition)))
}

pub(super) fn digest(bytes: &[u8]) -> Result<Digest, Fault> {
    Digest::try_from(bytes).map_err(|error| Fault::corrupt("document digest", error))
}
