//! Sessions that nothing can revive are forgotten.

use super::{Accounts, store};
use crate::kernel::Outcome;

/// Rows removed in one transaction, so that no other write waits long.
const BATCH: u32 = 1_000;

impl Accounts {
    /// Forgets sessions whose refresh token has expired, and tells how many.
    ///
    /// # Errors
    /// When the database refuses; what was swept before stays swept.
    pub async fn sweep_sessions(&self) -> Outcome<u64> {
        let now = self.knows.services.now();
        let mut swept = 0;
        loop {
            let tx = self.knows.services.db.begin().await?;
            let count = store::sessions::sweep(&tx, now, BATCH).await?;
            tx.commit().await?;
            swept += count;
            if count < u64::from(BATCH) {
                return Ok(swept);
            }
        }
    }
}
