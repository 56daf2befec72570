//! Which contents there are. A row is written before the bytes are, and goes after them, so that nothing that a document
//! refers to is ever removed: whoever is about to store contents claims them, whoever removes them marks them first, and
//! neither can while the other does.

use sea_orm::DbErr;

use crate::kernel::{
    Fault,
    clock::Timestamp,
    db::{Database, Sql, WriteTx, sql},
    digest::Digest,
};

/// Says that these contents are about to be stored. False while they are being removed: try again.
pub(in crate::documents) async fn claim(db: &Database, digest: &Digest, now: Timestamp) -> Result<bool, DbErr> {
    let claim = "INSERT INTO document_blob (sha256, touched_at, removing) VALUES ($1, $2, FALSE)
                 ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at
                 WHERE NOT document_blob.removing";
    let tx = db.begin().await?;
    let claimed = sql(claim, [digest.to_vec().into(), now.into()]).run(&*tx).await?;
    tx.commit().await?;
    Ok(claimed == 1)
}

/// Holds claimed contents until the transaction ends, for a document that comes to refer to them. False if they were removed
/// in the meantime.
pub(in crate::documents) async fn hold(tx: &WriteTx, digest: &Digest, now: Timestamp) -> Result<bool, DbErr> {
    let hold = "UPDATE document_blob SET touched_at = $1 WHERE sha256 = $2 AND NOT removing";
    Ok(sql(hold, [now.into(), digest.to_vec().into()]).run(&**tx).await? == 1)
}

/// Contents that no document refers to and nobody claimed since an instant, and those whose removal was broken off.
pub(in crate::documents) async fn unused(db: &Database, before: Timestamp, limit: i64) -> Result<Vec<Digest>, Fault> {
    let mut select = Sql::new("SELECT b.sha256 FROM document_blob b WHERE (b.removing OR b.touched_at < ");
    select.bind(before).push(") AND NOT EXISTS (SELECT 1 FROM document_rendition r WHERE r.sha256 = b.sha256) LIMIT ");
    select.bind(limit);
    let rows = select.rows(db).await?;
    let read = |row: &sea_orm::QueryResult| {
        let bytes: Vec<u8> = row.try_get_by_index(0)?;
        Digest::try_from(bytes.as_slice()).map_err(|error| Fault::corrupt("document blob", error))
    };
    rows.iter().map(read).collect()
}

/// Which of these contents have a row.
pub(in crate::documents) async fn known(db: &Database, digests: &[Digest]) -> Result<Vec<Digest>, Fault> {
    let mut select = Sql::new("SELECT sha256 FROM document_blob WHERE sha256 IN ");
    select.bind_list(digests.iter().map(|digest| digest.to_vec()));
    let rows = select.rows(db).await?;
    let read = |row: &sea_orm::QueryResult| {
        let bytes: Vec<u8> = row.try_get_by_index(0)?;
        Digest::try_from(bytes.as_slice()).map_err(|error| Fault::corrupt("document blob", error))
    };
    rows.iter().map(read).collect()
}

/// Marks contents as being removed, with a row if they have none; false if somebody came to need them.
pub(in crate::documents) async fn mark_removing(
    db: &Database,
    digest: &Digest,
    before: Timestamp,
) -> Result<bool, DbErr> {
    let mark = "INSERT INTO document_blob (sha256, touched_at, removing) VALUES ($1, $2, TRUE)
                ON CONFLICT (sha256) DO UPDATE SET removing = TRUE
                WHERE (document_blob.removing OR document_blob.touched_at < excluded.touched_at)
                AND NOT EXISTS (SELECT 1 FROM document_rendition r WHERE r.sha256 = document_blob.sha256)";
    let tx = db.begin().await?;
    let marked = sql(mark, [digest.to_vec().into(), before.into()]).run(&*tx).await?;
    tx.commit().await?;
    Ok(marked == 1)
}

/// Forgets contents whose bytes are gone.
pub(in crate::documents) async fn forget(db: &Database, digest: &Digest) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    sql("DELETE FROM document_blob WHERE sha256 = $1 AND removing", [digest.to_vec().into()]).run(&*tx).await?;
    tx.commit().await
}
