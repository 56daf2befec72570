//! Statements of other rooms that are no credentials: signed under the same key, and checked again.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Credentials,
    model::{KeySet, PublicKey, jws},
    store,
};
use crate::kernel::{Fault, db::Database};

impl Credentials {
    /// Signs what another room states as a compact JWS of the kind `typ`. The payload names the issuer as `iss`
    /// ([`super::model::Issuer::did`]). Not to be called within a transaction: it may need one.
    ///
    /// # Errors
    /// When the key file cannot be read, the payload is not writable, or the database cannot answer.
    pub async fn sign_statement(&self, typ: &str, payload: &Value) -> Result<String, Fault> {
        let keys = self.vouched().await?;
        let token = jws::sign_statement(&self.knows.issuer, &keys.current, typ, payload);
        token.map_err(|error| Fault::Internal(error.to_string()))
    }

    /// Signs a credential that is not kept and has no status: it says what was so when it was signed. Not to be called within a
    /// transaction: it may need one.
    ///
    /// # Errors
    /// As [`Credentials::sign_statement`].
    pub async fn sign_unkept(&self, credential: &Value) -> Result<String, Fault> {
        let keys = self.vouched().await?;
        let token = jws::sign(&self.knows.issuer, &keys.current, credential);
        token.map_err(|error| Fault::Internal(error.to_string()))
    }

    /// The keys, of which the current one is in the DID document.
    async fn vouched(&self) -> Result<Arc<KeySet>, Fault> {
        let known = &*self.knows;
        let keys = known.keys.read()?;
        // A key that was put in place by hand meanwhile: nothing leaves that the DID document does not vouch for.
        let db = &known.services.db;
        if !store::keys::has_signed(db, keys.current.kid()).await? {
            let tx = db.begin().await?;
            store::keys::register(&tx, &keys, known.services.now()).await?;
            tx.commit().await?;
        }
        Ok(keys)
    }
}

/// Every key that ever signed, to check statements with ([`jws::open_statement`]).
///
/// # Errors
/// When the database cannot answer.
pub async fn statement_keys(db: &Database) -> Result<Vec<PublicKey>, Fault> {
    store::keys::all(db).await
}
