//! A new key signs from now on.

use serde_json::json;

use super::{
    Credentials,
    model::{Key, KeySet},
    store,
};
use crate::kernel::{Fault, Outcome, db::operations, entropy};

/// Which key took the place of which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key that signed.
    pub former: String,
    /// The key that signs.
    pub current: String,
}

impl Credentials {
    /// Puts a new key in place of the one that signs. The private half of the former is destroyed; its public half stays in
    /// the DID document, so that what it signed is verified as before. Keys that wait in the file go on waiting.
    ///
    /// # Errors
    /// When the key file cannot be read or written, or the database refuses.
    pub async fn rotate_key(&self) -> Outcome<Rotated> {
        let known = &*self.knows;
        let (db, now) = (&known.services.db, known.services.now());
        // Two that rotate at once would each destroy what the other made.
        let lock = db.startup_lock().await.map_err(|error| Fault::Internal(error.to_string()))?;
        let before = known.keys.read()?;
        let former = before.current.kid().to_owned();
        let after = KeySet { current: Key::from_entropy(&entropy::bytes()?), others: before.others.clone() };
        let tx = db.begin().await?;
        store::keys::register(&tx, &after, now).await?;
        store::keys::retire(&tx, &former, now).await?;
        let told = json!({ "former": former, "current": after.current.kid() });
        operations::record(&tx, "platform.rotate_signing_key", (None, "bfw credentials"), now, told).await?;
        // Known before it can sign, and undone with it: a process that reads the file registers its keys again in any case.
        known.keys.replace(&after)?;
        tx.commit().await?;
        lock.release().await?;
        Ok(Rotated { former, current: after.current.kid().to_owned() })
    }
}
