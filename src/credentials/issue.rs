//! Something is stated, and signed.

use super::{
    CredentialDraft, CredentialId, CredentialStatus, Credentials, StatusEvent,
    model::{jws, payload, revoked_from},
    store,
};
use crate::kernel::{Fault, Outcome, db::WriteTx};

/// A token at most: some hundred products and sites, and still an answer for a slow network.
const TOKEN_BYTES_MAX: usize = 64 * 1024;

/// What is said of a credential that another took the place of.
const SUPERSEDED: &str = "superseded by a newer credential";

impl Credentials {
    /// Signs what a draft says and keeps it, in the transaction in which it became true. A credential of the same kind about
    /// the same subject is revoked from this moment on: its successor takes its place.
    ///
    /// To be called before the transaction appends to an audit chain: whoever issues waits for
    /// whoever issued before, and two that wait for each other's locks would be told to come back.
    ///
    /// # Errors
    /// When the period ends before it begins, the token is longer than 64 KiB, the key file cannot be read, or the database refuses.
    pub async fn issue(&self, tx: &WriteTx, draft: CredentialDraft) -> Outcome<CredentialId> {
        if draft.valid_until.is_some_and(|until| until < draft.valid_from) {
            return Err(Fault::Internal("a credential's period ends before it begins".to_owned()).into());
        }
        let known = &*self.knows;
        let now = known.services.now();
        let keys = known.keys.read()?;
        // Locks the key's row: of two that issue at once, the second sees what the first has stated.
        store::keys::register(tx, &keys, now).await?;
        let replaced = store::credentials::standing(tx, draft.kind, draft.subject_kind, draft.subject_id).await?;
        let taken_back = StatusEvent {
            status: CredentialStatus::Revoked,
            effective_at: now,
            recorded_at: now,
            reason: SUPERSEDED.to_owned(),
        };
        for one in &replaced {
            store::credentials::supersede(tx, one.id, now).await?;
            // What was revoked before stays revoked for the reason it was.
            if revoked_from(&one.events).is_none_or(|from| from > now) {
                store::events::append(tx, one.id, one.place.list, &taken_back).await?;
            }
        }
        // After the older lists: everybody locks lists in the order of their numbers.
        let place = store::lists::take_place(tx, now).await?;
        let id = CredentialId::from_uuid(known.services.ids.next_uuid());
        let said = payload(&known.issuer, id, &draft, place);
        let token = jws::sign(&known.issuer, &keys.current, &said);
        let token = token.map_err(|error| Fault::Internal(error.to_string()))?;
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Fault::Internal(format!("a credential of {} bytes is too long", token.len())).into());
        }
        store::credentials::insert(tx, id, &draft, place, keys.current.kid(), now, token).await?;
        metrics::counter!("bfw_credentials_issued_total", "kind" => draft.kind.as_str()).increment(1);
        Ok(id)
    }
}
