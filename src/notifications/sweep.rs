//! Old notifications, and tokens that nobody will use any more, are forgotten.

use chrono::TimeDelta;

use super::{Notifications, store};
use crate::kernel::Outcome;

/// Rows removed in one transaction, so that no other write waits long.
const BATCH: u64 = 500;

/// How long the way out in a message leads anywhere: whoever finds an old one in her mailbox can still use it.
const TOKEN_KEPT: TimeDelta = TimeDelta::days(400);

impl Notifications {
    /// Forgets what is older than is kept, and tells how many notifications that were.
    ///
    /// # Errors
    /// When the database refuses; what was swept before stays swept.
    pub async fn sweep(&self) -> Outcome<u64> {
        let now = self.services.now();
        let kept = TimeDelta::from_std(self.kept).ok().and_then(|kept| now.checked_sub_signed(kept));
        // What is kept for longer than there have been days is kept for ever.
        let Some(before) = kept else { return Ok(0) };
        let mut swept = 0;
        loop {
            let tx = self.services.db.begin().await?;
            let count = store::notices::sweep(&tx, before, BATCH).await?;
            let last = count < BATCH;
            if last {
                store::wishes::sweep_tokens(&tx, now - TOKEN_KEPT).await?;
            }
            tx.commit().await?;
            swept += count;
            if last {
                return Ok(swept);
            }
        }
    }
}
