//! What became of all credentials of a list is told at once, so that nobody learns which of them was asked about.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Credentials,
    model::{Purpose, jws, status_list},
    store,
};
use crate::kernel::{Fault, clock::Timestamp};

/// Lists that are kept signed at most: 32 million credentials.
const KEPT_MAX: usize = 512;

/// A signed list.
#[derive(Debug)]
pub struct SignedList {
    /// The list, unsigned.
    pub credential: Value,
    /// The signed form, a compact JWS.
    pub token: String,
    /// What tells this form from others.
    pub tag: String,
}

/// Lists as they were signed last.
#[derive(Debug, Default)]
pub(super) struct SignedLists(Mutex<HashMap<(i64, Purpose), Kept>>);

#[derive(Debug)]
struct Kept {
    /// How much had been written of the list's credentials.
    changes: i64,
    /// The key that signed.
    kid: String,
    /// From when on something else holds.
    until: Timestamp,
    list: Arc<SignedList>,
}

impl SignedLists {
    fn get(&self, which: (i64, Purpose), changes: i64, kid: &str, now: Timestamp) -> Option<Arc<SignedList>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&which)?;
        let holds = found.changes == changes && found.kid == kid && now < found.until;
        holds.then(|| Arc::clone(&found.list))
    }

    fn keep(&self, which: (i64, Purpose), signed: Kept) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(which, signed);
    }
}

impl Credentials {
    /// A status list, signed: as it is now, or as of an earlier instant by what is known now. None where there is no such
    /// list.
    ///
    /// # Errors
    /// When the database cannot answer or the key file cannot be read.
    pub async fn status_list(
        &self,
        list: i64,
        purpose: Purpose,
        at: Option<Timestamp>,
    ) -> Result<Option<Arc<SignedList>>, Fault> {
        let known = &*self.knows;
        let (db, now) = (&known.services.db, known.services.now());
        // Counted before they are read: what is written between the two is signed at the next call at the latest.
        let Some(changes) = store::lists::changes(db, list).await? else { return Ok(None) };
        let keys = known.keys.read()?;
        let kid = keys.current.kid();
        if at.is_none()
            && let Some(signed) = known.lists.get((list, purpose), changes, kid, now)
        {
            return Ok(Some(signed));
        }
        let told = store::events::of_list(db, list).await?;
        let (since, until) = status_list::holds(&told, now);
        let as_of = at.unwrap_or(since);
        let bits = status_list::bits(&told, purpose, at.unwrap_or(now));
        let credential = status_list::status_list(&known.issuer, list, purpose, &bits, as_of)?;
        let token = jws::sign(&known.issuer, &keys.current, &credential);
        let token = token.map_err(|error| Fault::Internal(error.to_string()))?;
        let tag = hex::encode(&Sha256::digest(&token)[..16]);
        let signed = Arc::new(SignedList { credential, token, tag });
        if at.is_none() {
            let kept = Kept { changes, kid: kid.to_owned(), until, list: Arc::clone(&signed) };
            known.lists.keep((list, purpose), kept);
        }
        Ok(Some(signed))
    }
}
