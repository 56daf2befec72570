//! Another key seals bids from now on.

use super::Sealing;
use crate::kernel::{Fault, db::Database};

/// Which key took the place of which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedSealing {
    /// The key that sealed; it goes on opening what it sealed.
    pub former: String,
    /// The key that seals.
    pub current: String,
    /// Keys in the file.
    pub keys: usize,
}

impl Sealing {
    /// Puts a new key before those in the file. It seals from the next bid on, in every process that shares the file; the others
    /// stay, and open what was sealed with them. So does what bidders are told apart by: otherwise nobody would find her bid again.
    ///
    /// # Errors
    /// When the file cannot be read or written; then it is as it was.
    pub async fn rotate(&self, db: &Database) -> Result<RotatedSealing, Fault> {
        // Of two that rotate at once, the second would leave out what the first one added, and what was sealed with that.
        let lock = db.startup_lock().await.map_err(|error| Fault::Internal(error.to_string()))?;
        let before = self.file.read()?;
        let after = before.with_another()?;
        self.file.replace(&after)?;
        lock.release().await?;
        let (former, current) = (before.current().name(), after.current().name());
        Ok(RotatedSealing { former, current, keys: after.count() })
    }
}
