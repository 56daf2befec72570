//! The public halves of the keys.

use crate::{
    credentials::model::{KeySet, PublicKey},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Keeps the public halves of a set, and that its first one signs from now on, unless that is known already.
pub(in crate::credentials) async fn register(tx: &WriteTx, keys: &KeySet, now: Timestamp) -> Result<(), DbErr> {
    let text = "INSERT INTO signing_key (kid, public_key, created_at, first_used_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kid) DO UPDATE SET first_used_at = excluded.first_used_at
        WHERE signing_key.first_used_at IS NULL AND excluded.first_used_at IS NOT NULL";
    for (position, key) in keys.all().map(|key| key.public()).enumerate() {
        let first_used_at = (position == 0).then_some(now);
        let values = [key.kid.as_str().into(), key.bytes.to_vec().into(), now.into(), first_used_at.into()];
        sql(text, values).run(&**tx).await?;
    }
    Ok(())
}

/// Notes that another took a key's place for good.
pub(in crate::credentials) async fn retire(tx: &WriteTx, kid: &str, now: Timestamp) -> Result<(), DbErr> {
    let text = "UPDATE signing_key SET retired_at = $2 WHERE kid = $1 AND retired_at IS NULL";
    sql(text, [kid.into(), now.into()]).run(&**tx).await?;
    Ok(())
}

/// Whether a key is known as one that signs.
pub(in crate::credentials) async fn has_signed(db: &Database, kid: &str) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM signing_key WHERE kid = $1 AND first_used_at IS NOT NULL";
    Ok(!sql(text, [kid.into()]).rows(db).await?.is_empty())
}

/// A key as the database knows it.
pub(in crate::credentials) struct Kept {
    pub(in crate::credentials) public: PublicKey,
    pub(in crate::credentials) retired: bool,
}

/// Every key that there ever was, the oldest first.
pub(in crate::credentials) async fn all(db: &Database) -> Result<Vec<PublicKey>, Fault> {
    Ok(kept(db).await?.into_iter().map(|key| key.public).collect())
}

/// Every key that there ever was, the oldest first, with whether another took its place.
pub(in crate::credentials) async fn kept(db: &Database) -> Result<Vec<Kept>, Fault> {
    let select = Sql::new("SELECT kid, public_key, retired_at FROM signing_key ORDER BY created_at, kid");
    let rows = select.rows(db).await?;
    let read = rows.iter().map(|row| {
        let mut next = Reader::new(row)?;
        let (kid, bytes): (String, Vec<u8>) = (next.get()?, next.get()?);
        let retired_at: Option<Timestamp> = next.get()?;
        let bytes = bytes.try_into().map_err(|_| Fault::corrupt("public key", "its length"))?;
        Ok(Kept { public: PublicKey { kid, bytes }, retired: retired_at.is_some() })
    });
    read.collect()
}
