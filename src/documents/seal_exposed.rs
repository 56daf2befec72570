//! What earlier versions kept as it is, though not everybody may see it, is sealed in the background.
//!
//! The sealed copy is written first, then the document is told where it lies, then the sweep removes what nobody refers to any more. Broken
//! off anywhere, it is begun again; a public document that has the same content keeps its own.

use futures_util::TryStreamExt as _;

use super::{
    Documents,
    model::Address,
    places::{Place, key_of},
    store::{self, documents::Lock, exposed::Kept},
};
use crate::kernel::{Fault, Outcome, blobs::SealedName, digest::Digest};

/// How many contents one sweep seals: each is read and written as a whole.
const BATCH: i64 = 50;

impl Documents {
    /// Seals the next contents that are not public and lie as they are nevertheless; tells how many. What cannot be read is logged
    /// and tried again later.
    pub(super) async fn seal_exposed(&self) -> Outcome<u64> {
        let after = *self.knows.exposed_after.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let exposed = store::exposed::exposed(&self.knows.services.db, after, BATCH).await?;
        let next = exposed.last().map(|kept| (kept.document, kept.name));
        let next = next.filter(|_| i64::try_from(exposed.len()).is_ok_and(|length| length >= BATCH));
        let mut sealed = 0;
        for kept in &exposed {
            match self.seal(kept).await? {
                Ok(()) => sealed += 1,
                Err(reason) => tracing::error!(document = %kept.document, reason, "a document is not sealed yet"),
            }
        }
        *self.knows.exposed_after.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = next;
        Ok(sealed)
    }

    /// Seals one, or tells why it cannot be. A store or a database that is away ends the whole sweep.
    async fn seal(&self, kept: &Kept) -> Outcome<Result<(), &'static str>> {
        let (services, blobs) = (&self.knows.services, &self.knows.blobs);
        let Some(blob) = blobs.store.get(&key_of(&kept.address), None).await.map_err(Fault::from)? else {
            return Ok(Err("its bytes are gone"));
        };
        let content = blob.body.try_collect::<bytes::BytesMut>().await.map_err(Fault::from)?.freeze();
        if Digest::of(&content) != kept.sha256 {
            return Ok(Err("its bytes are not what they were"));
        }
        let SealedName { name, key } = blobs.sealed_name(&kept.sha256).map_err(Fault::from)?;
        let place = Place { address: Address::Sealed(name), key: Some(key) };
        if !store::blobs::claim(&services.db, (&place.address, place.key), services.now()).await? {
            return Ok(Err("the same contents are being removed"));
        }
        blobs.store.put(&key_of(&place.address), content, "").await.map_err(Fault::from)?;
        let now = services.now();
        let tx = services.db.begin().await?;
        store::documents::lock(&tx, &[kept.document], Lock::Alone).await?;
        if !store::blobs::hold(&tx, &place.address, now).await? {
            return Ok(Err("the sealed contents were removed before they were used"));
        }
        // Links that were given out to what lies as it is may still be followed.
        if store::exposed::move_to(&tx, kept, &place.address).await? {
            store::exposed::touch(&tx, &kept.address, now).await?;
        }
        tx.commit().await?;
        Ok(Ok(()))
    }
}
