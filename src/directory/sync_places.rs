//! Bringing the table of places up to date with the embedded ones, and memory up to date with the table.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    Directory,
    model::gazetteer::{PLACE_HISTORY_CSV, PLACES_CSV},
    store,
};
use crate::kernel::{Fault, Outcome, db::WriteTx};

const PLACES: &str = "places";
/// Under which an import notes that the table holds something new.
const IMPORTED: &str = "places-imported";

/// How often it is asked whether another process imported places.
const EVERY: Duration = Duration::from_secs(2);

impl Directory {
    /// Writes the embedded places to their table where it does not hold this edition of them, and takes imported ones
    /// into memory. Call with the startup lock held.
    ///
    /// # Errors
    /// When the database refuses; then nothing is changed.
    pub(super) async fn sync_places(&self) -> Outcome<()> {
        let db = &self.services.db;
        let mut hasher = Sha256::new();
        for file in [PLACES_CSV, PLACE_HISTORY_CSV] {
            hasher.update((file.len() as u64).to_be_bytes());
            hasher.update(file);
        }
        let digest = hex::encode(hasher.finalize());
        if store::places::digest(db, PLACES).await?.as_ref() != Some(&digest) {
            let now = self.services.now();
            let tx = db.begin().await?;
            store::places::write(&tx, self.embedded.places(), &self.embedded, now).await?;
            store::places::note_digest(&tx, PLACES, &digest, now).await?;
            tx.commit().await?;
            tracing::info!(places = self.embedded.places().len(), "places brought up to date");
        }
        self.reload_places().await
    }

    /// Takes into memory what was imported here or by another process.
    ///
    /// # Errors
    /// When the database refuses, or holds places that do not fit together.
    pub async fn reload_places(&self) -> Outcome<()> {
        // Read before the places: what is imported meanwhile is then taken in at the next look.
        let edition = store::places::digest(&self.services.db, IMPORTED).await?;
        let mut imported = store::places::all(&self.services.db).await?;
        imported.retain(|place| self.embedded.place(&place.code).is_none());
        let gazetteer = self.embedded.extended(imported).map_err(|error| Fault::corrupt("place", error))?;
        self.gazetteer.store(Arc::new(gazetteer));
        self.imported.store(edition.map(Arc::new));
        Ok(())
    }

    /// Tells other processes, when the transaction commits, that the table holds something new.
    pub(super) async fn note_import(&self, tx: &WriteTx) -> Outcome<()> {
        let edition = self.services.ids.next_uuid().to_string();
        Ok(store::places::note_digest(tx, IMPORTED, &edition, self.services.now()).await?)
    }

    /// Takes in what another process imported, until `stop`.
    pub async fn watch_places(&self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.follow_places().await {
                tracing::warn!(%error, "imported places could not be looked for; trying again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn follow_places(&self) -> Outcome<()> {
        if store::places::digest(&self.services.db, IMPORTED).await? == self.imported.load().as_deref().cloned() {
            return Ok(());
        }
        self.reload_places().await?;
        tracing::info!(places = self.gazetteer().places().len(), "places imported by another process taken in");
        Ok(())
    }
}
