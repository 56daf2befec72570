//! Statements of other rooms that are no credentials: signed under the same key, and checked again.

use serde_json::Value;

use super::{
    Credentials,
    model::{PublicKey, jws},
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
        let known = &*self.knows;
        let keys = known.keys.read()?;
        // A key that was put in place by hand meanwhile: nothing leaves that the DID document does not vouch for.
        let db = &known.services.db;
        if !store::keys::has_signed(db, keys.current.kid()).await? {
            let tx = db.begin().await?;
            store::keys::register(&tx, &keys, known.services.now()).await?;
            tx.commit().await?;
        }
        let token = jws::sign_statement(&known.issuer, &keys.current, typ, payload);
        token.map_err(|error| Fault::Internal(error.to_string()))
    }
}

/// Every key that ever signed, to check statements with ([`jws::open_statement`]).
///
/// # Errors
/// When the database cannot answer.
pub async fn statement_keys(db: &Database) -> Result<Vec<PublicKey>, Fault> {
    store::keys::all(db).await
}
