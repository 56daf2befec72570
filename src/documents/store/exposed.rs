//! What is kept of documents, to be sealed or to be held against the store.

use uuid::Uuid;

use super::documents::digest;
use crate::{
    documents::model::{Address, DocumentId, RenditionName},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Snapshot, Sql, WriteTx, sql},
        digest::Digest,
    },
};

/// A rendition, and where its content lies.
#[derive(Debug, Clone)]
pub(in crate::documents) struct Kept {
    pub(in crate::documents) document: DocumentId,
    pub(in crate::documents) name: RenditionName,
    pub(in crate::documents) sha256: Digest,
    pub(in crate::documents) address: Address,
}

/// One after the other, in one order.
pub(in crate::documents) type After = Option<(DocumentId, RenditionName)>;

const COLUMNS: &str = "SELECT r.document_id, r.name, r.sha256, r.address FROM document_rendition r";

fn kept(row: &Row) -> Result<Kept, Fault> {
    let mut next = Reader::new(row)?;
    let document = DocumentId::from_uuid(next.get()?);
    let name: String = next.get()?;
    let name = name.parse().map_err(|error| Fault::corrupt("document rendition", error))?;
    let sha256 = digest(&next.get::<Vec<u8>>()?)?;
    let address = Address::of(digest(&next.get::<Vec<u8>>()?)?, &sha256);
    Ok(Kept { document, name, sha256, address })
}

fn next(which: &str, after: After, limit: i64) -> Sql {
    let mut select = Sql::new(COLUMNS);
    select.push(" WHERE ").push(which).push("(r.document_id, r.name) > (");
    let (document, name) = after.map_or((Uuid::nil(), ""), |(document, name)| (document.uuid(), name.as_str()));
    select.bind(document).push(", ").bind(name).push(") ORDER BY r.document_id, r.name LIMIT ").bind(limit);
    select
}

async fn page(db: &Database, which: &str, after: After, limit: i64) -> Result<Vec<Kept>, Fault> {
    next(which, after, limit).rows(db).await?.iter().map(kept).collect()
}

/// What is not public and lies as it is nevertheless, after one of it.
pub(in crate::documents) async fn exposed(db: &Database, after: After, limit: i64) -> Result<Vec<Kept>, Fault> {
    page(db, "r.exposed AND ", after, limit).await
}

/// All that is kept, after one of it.
pub(in crate::documents) async fn all(db: &Database, after: After, limit: i64) -> Result<Vec<Kept>, Fault> {
    page(db, "", after, limit).await
}

/// All that is kept at the instant of a snapshot, after one of it.
pub(in crate::documents) async fn all_then(snapshot: &Snapshot, after: After, limit: i64) -> Result<Vec<Kept>, Fault> {
    next("", after, limit).all(&**snapshot).await?.iter().map(kept).collect()
}

/// How much is not public and lies as it is nevertheless, as the documents themselves and their contents tell it.
pub(in crate::documents) async fn count(db: &Database) -> Result<i64, DbErr> {
    let select = "SELECT COUNT(*) FROM document_rendition r JOIN document d ON d.id = r.document_id
                  JOIN document_blob b ON b.address = r.address
                  WHERE d.visibility <> 'PUBLIC' AND b.sealed_with IS NULL";
    Sql::new(select).rows(db).await?.first().map_or(Ok(0), |row| row.get(0))
}

/// How much is kept.
pub(in crate::documents) async fn count_all(db: &Database) -> Result<i64, DbErr> {
    Sql::new("SELECT COUNT(*) FROM document_rendition").rows(db).await?.first().map_or(Ok(0), |row| row.get(0))
}

/// Something that is sealed with this key; none where nothing is.
pub(in crate::documents) async fn sealed_with(db: &Database, key: &[u8]) -> Result<Option<Kept>, Fault> {
    let mut select = Sql::new(COLUMNS);
    select.push(" JOIN document_blob b ON b.address = r.address WHERE b.sealed_with = ").bind(key.to_vec());
    select.push(" LIMIT 1");
    select.rows(db).await?.first().map(kept).transpose()
}

/// Lets what was exposed lie where it is sealed now; false where it is no longer there.
pub(in crate::documents) async fn move_to(tx: &WriteTx, kept: &Kept, address: &Address) -> Result<bool, DbErr> {
    let update = "UPDATE document_rendition SET address = $1, exposed = FALSE
                  WHERE document_id = $2 AND name = $3 AND exposed";
    let values = [address.name().to_vec().into(), kept.document.uuid().into(), kept.name.as_str().into()];
    Ok(sql(update, values).run(&**tx).await? == 1)
}

/// Contents that were left are looked at by the sweep from an instant on.
pub(in crate::documents) async fn touch(tx: &WriteTx, address: &Address, now: Timestamp) -> Result<(), DbErr> {
    let update = "UPDATE document_blob SET touched_at = $1 WHERE address = $2 AND NOT removing";
    sql(update, [now.into(), address.name().to_vec().into()]).run(&**tx).await.map(drop)
}
