//! Which contents there are. A row is written before the bytes are, and goes after them, so that nothing that a document
//! refers to is ever removed: whoever is about to store contents claims them, whoever removes them marks them first, and
//! neither can while the other does.

use sea_orm::DbErr;

use crate::{
    documents::model::Address,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
        digest::Digest,
        secret_ring::ID_BYTES,
    },
};

/// Says that these contents are about to be stored, sealed with this key if with any. False while they are being removed: try again.
pub(in crate::documents) async fn claim(
    db: &Database,
    (address, key): (&Address, Option<[u8; ID_BYTES]>),
    now: Timestamp,
) -> Result<bool, DbErr> {
    let claim = "INSERT INTO document_blob (address, touched_at, removing, sealed_with) VALUES ($1, $2, FALSE, $3)
                 ON CONFLICT (address) DO UPDATE SET touched_at = excluded.touched_at
                 WHERE NOT document_blob.removing";
    let tx = db.begin().await?;
    let values = [address.name().to_vec().into(), now.into(), key.map(|key| key.to_vec()).into()];
    let claimed = sql(claim, values).run(&*tx).await?;
    tx.commit().await?;
    Ok(claimed == 1)
}

/// Holds claimed contents until the transaction ends, for a document that comes to refer to them. False if they were removed
/// in the meantime.
pub(in crate::documents) async fn hold(tx: &WriteTx, address: &Address, now: Timestamp) -> Result<bool, DbErr> {
    let hold = "UPDATE document_blob SET touched_at = $1 WHERE address = $2 AND NOT removing";
    Ok(sql(hold, [now.into(), address.name().to_vec().into()]).run(&**tx).await? == 1)
}

/// Contents that no document refers to and nobody claimed since an instant, and those whose removal was broken off.
pub(in crate::documents) async fn unused(db: &Database, before: Timestamp, limit: i64) -> Result<Vec<Address>, Fault> {
    let mut select = Sql::new(
        "SELECT b.address, b.sealed_with IS NOT NULL FROM document_blob b WHERE (b.removing OR b.touched_at < ",
    );
    select
        .bind(before)
        .push(") AND NOT EXISTS (SELECT 1 FROM document_rendition r WHERE r.address = b.address) LIMIT ");
    select.bind(limit);
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let name = name(&next.get::<Vec<u8>>()?)?;
        Ok(if next.get()? { Address::Sealed(name) } else { Address::Open(name) })
    };
    select.rows(db).await?.iter().map(read).collect()
}

/// Which of these names have a row.
pub(in crate::documents) async fn known(db: &Database, names: &[Digest]) -> Result<Vec<Digest>, Fault> {
    let mut select = Sql::new("SELECT address FROM document_blob WHERE address IN ");
    select.bind_list(names.iter().map(|name| name.to_vec()));
    let rows = select.rows(db).await?;
    rows.iter().map(|row| name(&row.get::<Vec<u8>>(0)?)).collect()
}

/// Marks contents as being removed, with a row if they have none; false if somebody came to need them. That row says of sealed ones
/// only that they are.
pub(in crate::documents) async fn mark_removing(
    db: &Database,
    address: &Address,
    before: Timestamp,
) -> Result<bool, DbErr> {
    let mark = "INSERT INTO document_blob (address, touched_at, removing, sealed_with) VALUES ($1, $2, TRUE, $3)
                ON CONFLICT (address) DO UPDATE SET removing = TRUE
                WHERE (document_blob.removing OR document_blob.touched_at < excluded.touched_at)
                AND NOT EXISTS (SELECT 1 FROM document_rendition r WHERE r.address = document_blob.address)";
    let key: Option<Vec<u8>> = match address {
        Address::Open(_) => None,
        Address::Sealed(_) => Some(Vec::new()),
    };
    let tx = db.begin().await?;
    let marked = sql(mark, [address.name().to_vec().into(), before.into(), key.into()]).run(&*tx).await?;
    tx.commit().await?;
    Ok(marked == 1)
}

/// Forgets contents whose bytes are gone.
pub(in crate::documents) async fn forget(db: &Database, address: &Address) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    sql("DELETE FROM document_blob WHERE address = $1 AND removing", [address.name().to_vec().into()])
        .run(&*tx)
        .await?;
    tx.commit().await
}

/// The names of the keys that contents are sealed with, and how many contents each sealed.
pub(in crate::documents) async fn keys(db: &Database) -> Result<Vec<(Vec<u8>, i64)>, DbErr> {
    let select = "SELECT sealed_with, COUNT(*) FROM document_blob
                  WHERE sealed_with IS NOT NULL AND NOT removing GROUP BY sealed_with ORDER BY sealed_with";
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        Ok((next.get()?, next.get()?))
    };
    Sql::new(select).rows(db).await?.iter().map(read).collect()
}

fn name(bytes: &[u8]) -> Result<Digest, Fault> {
    Digest::try_from(bytes).map_err(|error| Fault::corrupt("document blob", error))
}
