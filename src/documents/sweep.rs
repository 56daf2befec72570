//! What nobody needs any more goes: announcements that came to nothing, documents that serve for nothing, bytes that no
//! document refers to.

use chrono::TimeDelta;

use super::{
    Document, DocumentId, DocumentState, Documents,
    access::{record, snapshot},
    model::Address,
    places::key_of,
    store::{self, documents::Lock},
};
use crate::{
    accounts::Actor,
    kernel::{Fault, Outcome, blobs::BlobKey, clock::Timestamp, digest::Digest},
};

/// How long an announced document is kept after its time for bytes ended: it can still be taken up again.
const PENDING_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long it can be seen that a document was refused.
const REFUSED_KEPT: TimeDelta = TimeDelta::days(7);
/// How long a document is kept that serves for nothing.
const UNUSED_KEPT: TimeDelta = TimeDelta::days(7);
/// How long bytes are kept that arrived and were not looked at.
const INCOMING_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long bytes are kept that no document refers to: longer than any document takes to be looked at.
const ORPHANS_KEPT: TimeDelta = TimeDelta::hours(1);
/// How many things of a kind one sweep looks at. The next goes on where it ended.
const BATCH: u16 = 500;

impl Documents {
    /// Removes what nobody needs any more; tells how much that was. A store that is away keeps its bytes until later.
    ///
    /// # Errors
    /// When the database or the store cannot do so now.
    pub async fn sweep(&self) -> Outcome<u64> {
        let now = self.knows.services.now();
        let db = &self.knows.services.db;
        let before = (now - PENDING_KEPT, now - REFUSED_KEPT);
        let abandoned = store::changes::abandoned(db, before, BATCH.into()).await?;
        // Looked at again once it is held: it may have been given more time, or have become ready.
        let is_abandoned = |document: &Document| match document.state {
            DocumentState::Pending => document.announced.upload_expires_at < before.0,
            DocumentState::Refused => true,
            DocumentState::Ready => false,
        };
        let mut swept = self.remove(&abandoned, is_abandoned, now).await?;
        let unused = self.unused(now - UNUSED_KEPT).await?;
        swept += self.remove(&unused, |document| document.state == DocumentState::Ready, now).await?;
        for folder in [BlobKey::INCOMING, BlobKey::SEALED_INCOMING] {
            swept += self.sweep_incoming(folder, now - INCOMING_KEPT).await?;
        }
        swept += self.seal_exposed().await?;
        swept += self.sweep_unused(now - ORPHANS_KEPT).await?;
        swept += self.sweep_orphans(now - ORPHANS_KEPT).await?;
        Ok(swept + self.knows.blobs.store.tidy(now - INCOMING_KEPT).await.map_err(Fault::from)?)
    }

    /// Documents that serve for nothing and are not held, of the next of those that seem to serve for nothing.
    async fn unused(&self, before: Timestamp) -> Outcome<Vec<DocumentId>> {
        let db = &self.knows.services.db;
        let after = *self.knows.unused_after.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut unused = store::changes::unused(db, before, after, BATCH.into()).await?;
        let next = unused.last().copied().filter(|_| unused.len() >= usize::from(BATCH));
        *self.knows.unused_after.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = next;
        let held = self.held(db, &unused).await?;
        unused.retain(|id| !held.contains(id));
        Ok(unused)
    }

    /// Removes those of these documents that still are what they were found as, and that nothing uses.
    async fn remove(
        &self,
        ids: &[DocumentId],
        still: impl Fn(&Document) -> bool + Send,
        now: Timestamp,
    ) -> Outcome<u64> {
        if ids.is_empty() {
            return Ok(0);
        }
        let tx = self.knows.services.db.begin().await?;
        let mut held = store::documents::lock(&tx, ids, Lock::Alone).await?;
        let used = store::uses::used(&tx, ids).await?;
        let kept = self.held_in(&tx, ids).await?;
        held.retain(|id, document| still(document) && !used.contains(id) && !kept.contains(id));
        let actor = Actor::system("sweep");
        let mut gone: Vec<DocumentId> = held.keys().copied().collect();
        gone.sort_unstable();
        store::changes::delete(&tx, &gone).await?;
        for document in held.values().filter(|document| document.state == DocumentState::Ready) {
            record(&tx, &actor, document, ("document.delete", Some(snapshot(document)), None), now).await?;
        }
        tx.commit().await?;
        Ok(gone.len() as u64)
    }

    /// Removes bytes that arrived and that nobody came to look at.
    async fn sweep_incoming(&self, folder: &str, before: Timestamp) -> Outcome<u64> {
        let store = &self.knows.blobs.store;
        let (mut removed, mut after) = (0, None);
        loop {
            let page = store.list(folder, after.as_ref(), BATCH).await.map_err(Fault::from)?;
            for blob in page.blobs.iter().filter(|blob| blob.modified < before) {
                store.delete(&blob.key).await.map_err(Fault::from)?;
                removed += 1;
            }
            after = page.blobs.last().map(|blob| blob.key.clone());
            if !page.has_more || after.is_none() {
                return Ok(removed);
            }
        }
    }

    /// Removes contents whose last document is gone.
    async fn sweep_unused(&self, before: Timestamp) -> Outcome<u64> {
        let unused = store::blobs::unused(&self.knows.services.db, before, BATCH.into()).await?;
        self.remove_contents(&unused, before).await
    }

    /// Removes contents that no row tells of, as a process leaves them that ends at a bad moment, or a database that was
    /// restored. One page of each folder a sweep: there may be millions.
    async fn sweep_orphans(&self, before: Timestamp) -> Outcome<u64> {
        let [open, sealed] = &self.knows.orphans_after;
        let mut removed = 0;
        let folders = [
            (BlobKey::CONTENT, Address::Open as fn(Digest) -> Address, open),
            (BlobKey::SEALED, Address::Sealed, sealed),
        ];
        for (folder, address, cursor) in folders {
            let after = cursor.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
            let store = &self.knows.blobs.store;
            let page = store.list(folder, after.as_ref(), BATCH).await.map_err(Fault::from)?;
            let old = page.blobs.iter().filter(|blob| blob.modified < before);
            let names: Vec<Digest> = old.filter_map(|blob| blob.key.name()).collect();
            let known = store::blobs::known(&self.knows.services.db, &names).await?;
            let orphans = names.into_iter().filter(|name| !known.contains(name)).map(address);
            removed += self.remove_contents(&orphans.collect::<Vec<Address>>(), before).await?;
            let next = page.blobs.last().filter(|_| page.has_more).map(|blob| blob.key.clone());
            *cursor.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = next;
        }
        Ok(removed)
    }

    async fn remove_contents(&self, addresses: &[Address], before: Timestamp) -> Outcome<u64> {
        let db = &self.knows.services.db;
        let mut removed = 0;
        for address in addresses {
            if store::blobs::mark_removing(db, address, before).await? {
                self.knows.blobs.store.delete(&key_of(address)).await.map_err(Fault::from)?;
                store::blobs::forget(db, address).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
