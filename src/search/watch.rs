//! What the index needs done from time to time.

use std::{
    sync::{MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::Search;
use crate::kernel::{Outcome, clock::Timestamp};

/// How often another process's changes are looked for.
const EVERY: Duration = Duration::from_millis(500);

/// How often rebuilds are looked for that were broken off.
const BROKEN_OFF_EVERY: Duration = Duration::from_secs(30);

/// Runs until `stop`: takes over indexes that another process built, sees what another process wrote, follows the
/// certificates that begin or cease to hold as days pass, and ends what broken off rebuilds left. Every process that
/// answers searches or follows the database runs it.
pub async fn run(search: Search, stop: CancellationToken) {
    let mut day = None;
    let mut looked: Option<Instant> = None;
    loop {
        let today = search.services.clock.today();
        if day != Some(today) {
            match search.follow_days(day, today).await {
                Ok(()) => day = Some(today),
                Err(error) => tracing::warn!(%error, "certificates of the day not followed; trying again"),
            }
        }
        if looked.is_none_or(|looked| looked.elapsed() >= BROKEN_OFF_EVERY) {
            match search.finish_broken_off(looked.is_none()).await {
                Ok(()) => looked = Some(Instant::now()),
                Err(error) => tracing::warn!(%error, "broken off rebuilds could not be ended; trying again"),
            }
        }
        if let Err(error) = search.refresh().await {
            tracing::warn!(%error, "the search index could not be looked at; trying again");
        }
        search.build_if_needed().await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Search {
    /// Looks once for what another process did to the index. Where it was built anew, what changed meanwhile is fed again.
    ///
    /// # Errors
    /// When the index cannot be read, or the database refuses.
    pub async fn refresh(&self) -> Outcome<()> {
        // The index tells of a rebuild once, so what has to be fed again is kept until it was. Should this process end
        // before, the rebuild's own process feeds the same, or whoever finds its note.
        let replaced = self.index.refresh().await?.map(|replaced| replaced.rebuild_began_at);
        let since = {
            let mut behind = self.behind_since();
            *behind = behind.into_iter().chain(replaced).min();
            *behind
        };
        let Some(since) = since else { return Ok(()) };
        self.feed_changes_since(since, None).await?;
        self.behind_since().take_if(|behind| *behind >= since);
        Ok(())
    }

    /// Builds the index where it turned out, after the start, that there is none.
    async fn build_if_needed(&self) {
        let reason = match self.index.needs_rebuild().await {
            Ok(Some(reason)) => reason,
            // A server that is away is told of where it is asked something.
            Ok(None) | Err(_) => return,
        };
        tracing::warn!(%reason, "the search index must be built");
        match self.build().await {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the search index is not built yet; trying again"),
        }
    }

    /// A time is whole after a panic too, so a poisoned lock is no reason to stop.
    fn behind_since(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.behind_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
