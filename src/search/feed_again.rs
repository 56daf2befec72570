//! What the index may lack is fed again: by messages of the outbox, so that a subject is in one worker's hands at a time
//! and nothing is forgotten when a process ends.

use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{Search, store};
use crate::kernel::{
    Outcome,
    clock::Timestamp,
    outbox::{self, Topic},
};

/// Messages of one transaction: others want to write too.
const MESSAGES_A_TRANSACTION: usize = 2_000;

/// Days back for which certificates are looked at after a start: whoever was down longer has rebuilt or is rebuilt.
const CATCH_UP_DAYS: u64 = 31;

/// How often a rebuild says that it is still at it.
const ALIVE_EVERY: Duration = Duration::from_secs(20);

/// How long after that it counts as broken off.
const BROKEN_OFF_AFTER: TimeDelta = TimeDelta::minutes(2);

impl Search {
    /// Has these subjects fed again.
    pub(super) async fn feed_again(&self, organizations: &[Uuid], listings: &[Uuid]) -> Outcome<u64> {
        let mut written = 0;
        for (topic, subjects) in [(Topic::Organization, organizations), (Topic::Listing, listings)] {
            for subjects in subjects.chunks(MESSAGES_A_TRANSACTION) {
                let tx = self.services.db.begin().await?;
                written += outbox::append_missing(&tx, topic, subjects, self.services.now()).await?;
                tx.commit().await?;
            }
        }
        Ok(written)
    }

    /// Has everything fed again that changed at or after an instant. With the last of it the rebuild is forgotten that it
    /// was for.
    pub(super) async fn feed_changes_since(&self, since: Timestamp, rebuild: Option<Uuid>) -> Outcome<u64> {
        let db = self.services.db.read();
        let organizations: Vec<Uuid> = store::organizations_changed(db, since).await?.into_iter().collect();
        let listings: Vec<Uuid> = store::listings_changed(db, since).await?.into_iter().collect();
        let written = self.feed_again(&organizations, &listings).await?;
        if let Some(rebuild) = rebuild {
            let tx = self.services.db.begin().await?;
            store::forget_rebuild(&tx, rebuild).await?;
            tx.commit().await?;
        }
        Ok(written)
    }

    /// Has those fed again whose certificates began or ceased to hold since a day; since long ago, where it is not known.
    pub(super) async fn follow_days(&self, since: Option<NaiveDate>, today: NaiveDate) -> Outcome<()> {
        let since = since.or_else(|| today.checked_sub_days(Days::new(CATCH_UP_DAYS))).unwrap_or(today);
        let holders = store::certificates_turned(self.services.db.read(), since, today).await?;
        self.feed_again(&holders.into_iter().collect::<Vec<_>>(), &[]).await?;
        Ok(())
    }

    /// Notes that a rebuild begins. Until it is forgotten, somebody will feed again what changed since: this process, or
    /// another after this one was killed.
    pub(super) async fn note_rebuild(&self, id: Uuid, changes_since: Timestamp) -> Outcome<()> {
        let tx = self.services.db.begin().await?;
        store::note_rebuild(&tx, store::BegunRebuild { id, changes_since, alive_at: self.services.now() }).await?;
        Ok(tx.commit().await?)
    }

    /// Says from time to time that a rebuild is under way, for as long as this is waited for.
    pub(super) async fn keep_noted(&self, id: Uuid, changes_since: Timestamp) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(ALIVE_EVERY).await;
            if let Err(error) = self.note_rebuild(id, changes_since).await {
                tracing::warn!(%error, "a rebuild under way could not be noted; trying again");
            }
        }
    }

    /// Feeds again what changed since rebuilds began that were broken off: they may have put their index in place before.
    /// One that may still be under way is let be, except at a process's start, which may be what follows its end.
    pub async fn finish_broken_off(&self, at_start: bool) -> Outcome<()> {
        for begun in store::begun_rebuilds(self.services.db.read()).await? {
            let broken_off = begun.alive_at + BROKEN_OFF_AFTER < self.services.now();
            if broken_off || at_start {
                let messages = self.feed_changes_since(begun.changes_since, broken_off.then_some(begun.id)).await?;
                tracing::info!(since = %begun.changes_since, messages, "changes since the beginning of a rebuild that did not end are fed again");
            }
        }
        Ok(())
    }
}
