//! What was stated is read, by anybody.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::{Credential, CredentialId, CredentialKind, Credentials, store};
use crate::kernel::{Fault, clock::Timestamp, db::WriteTx};

impl Credentials {
    /// The credentials among `ids`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn credentials_by_ids(&self, ids: &[CredentialId]) -> Result<HashMap<CredentialId, Credential>, Fault> {
        store::credentials::by_ids(&self.knows.services.db, ids).await
    }

    /// Of each subject of a kind the credential that no other took the place of, by the subject.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn of_subjects(
        &self,
        subject_kind: &str,
        subject_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Credential>, Fault> {
        store::credentials::of_subjects(&self.knows.services.db, subject_kind, subject_ids).await
    }

    /// Until when the credential of a kind about a subject holds that no other took the place of and that nobody revoked, within a
    /// transaction; none where there is none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn stands_until(
        &self,
        tx: &WriteTx,
        kind: CredentialKind,
        subject_kind: &str,
        subject_id: Uuid,
    ) -> Result<Option<Timestamp>, Fault> {
        Ok(store::credentials::stands_until(tx, kind, subject_kind, subject_id).await?)
    }

    /// The issuer's DID document, with every key that ever signed.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn did_document(&self) -> Result<Value, Fault> {
        let keys = store::keys::all(&self.knows.services.db).await?;
        Ok(self.knows.issuer.document(&keys))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.knows.services.now()
    }
}
