//! Bringing the table of places up to date with the embedded ones, and memory up to date with the table.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    Directory,
    model::{
        gazetteer::{PLACE_HISTORY_CSV, PLACES_CSV},
        place::Place,
    },
    store,
};
use crate::kernel::{
    Fault, Outcome,
    clock::Timestamp,
    db::WriteTx,
    outbox::{self, Topic},
};

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
        let db = &self.knows.services.db;
        let mut hasher = Sha256::new();
        for file in [PLACES_CSV, PLACE_HISTORY_CSV] {
            hasher.update((file.len() as u64).to_be_bytes());
            hasher.update(file);
        }
        let digest = hex::encode(hasher.finalize());
        if store::places::digest(db, PLACES).await?.as_ref() != Some(&digest) {
            let now = self.knows.services.now();
            let tx = db.begin().await?;
            store::places::write(&tx, self.knows.embedded.places(), &self.knows.embedded, now).await?;
            tx.commit().await?;
            self.reload_places().await?;
            // Noted last, so that a start that was cut short is made up for by the next.
            let tx = db.begin().await?;
            let moved = self.place_organizations(&tx, now).await?;
            store::places::note_digest(&tx, PLACES, &digest, now).await?;
            tx.commit().await?;
            tracing::info!(places = self.knows.embedded.places().len(), moved, "places brought up to date");
            return Ok(());
        }
        self.reload_places().await
    }

    /// Writes anew in which region and cercle organizations lie where this edition of the places says otherwise than the one
    /// they were written under, and tells search. Gives how many there were.
    async fn place_organizations(&self, tx: &WriteTx, now: Timestamp) -> Outcome<u64> {
        let gazetteer = self.gazetteer();
        let today = now.date_naive();
        let code_of = |found: Option<&Place>| found.map(|found| found.code.clone());
        let mut moved = 0;
        for lie in store::organizations::where_they_lie(tx).await? {
            let region = code_of(gazetteer.region_of(&lie.place, today));
            let cercle = code_of(gazetteer.cercle_of(&lie.place, today));
            if (&region, &cercle) == (&lie.region, &lie.cercle) {
                continue;
            }
            for id in store::organizations::move_all(tx, &lie, region.as_deref(), cercle.as_deref()).await? {
                outbox::append(tx, Topic::Organization, id.uuid(), now);
                moved += 1;
            }
        }
        Ok(moved)
    }

    /// Takes into memory what was imported here or by another process.
    ///
    /// # Errors
    /// When the database refuses, or holds places that do not fit together.
    pub async fn reload_places(&self) -> Outcome<()> {
        // Read before the places: what is imported meanwhile is then taken in at the next look.
        let edition = store::places::digest(&self.knows.services.db, IMPORTED).await?;
        let mut imported = store::places::all(&self.knows.services.db).await?;
        imported.retain(|place| self.knows.embedded.place(&place.code).is_none());
        let gazetteer = self.knows.embedded.extended(imported).map_err(|error| Fault::corrupt("place", error))?;
        self.knows.gazetteer.store(Arc::new(gazetteer));
        self.knows.imported.store(edition.map(Arc::new));
        Ok(())
    }

    /// Tells other processes, when the transaction commits, that the table holds something new.
    pub(super) async fn note_import(&self, tx: &WriteTx) -> Outcome<()> {
        let edition = self.knows.services.ids.next_uuid().to_string();
        Ok(store::places::note_digest(tx, IMPORTED, &edition, self.knows.services.now()).await?)
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
        if store::places::digest(&self.knows.services.db, IMPORTED).await?
            == self.knows.imported.load().as_deref().cloned()
        {
            return Ok(());
        }
        self.reload_places().await?;
        tracing::info!(places = self.gazetteer().places().len(), "places imported by another process taken in");
        Ok(())
    }
}
