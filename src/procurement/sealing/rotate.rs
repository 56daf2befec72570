//! Another key seals bids from now on.

use serde_json::json;

use super::Sealing;
use crate::kernel::{Fault, Services, db::operations};

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
    pub async fn rotate(&self, services: &Services) -> Result<RotatedSealing, Fault> {
        // Of two that rotate at once, the second would leave out what the first one added, and what was sealed with that.
        let lock = services.db.startup_lock().await.map_err(|error| Fault::Internal(error.to_string()))?;
        let before = self.file.read()?;
        let after = before.with_another()?;
        let (former, current) = (before.current().name(), after.current().name());
        let tx = services.db.begin().await?;
        let told = json!({ "former": former, "current": current });
        operations::record(&tx, "platform.rotate_sealing_key", (None, "bfw sealing"), services.now(), told).await?;
        // Undone with the entry if it cannot be written; the other way round, a rotation that is not told of opens what it sealed.
        self.file.replace(&after)?;
        tx.commit().await?;
        lock.release().await?;
        Ok(RotatedSealing { former, current, keys: after.count() })
    }
}
