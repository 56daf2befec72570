//! People are reminded once of each thing that runs out, a number of days before.

use uuid::Uuid;

use super::{Notifications, store};
use crate::kernel::{Fault, db::WriteTx};

impl Notifications {
    /// Notes, in the transaction that tells it, that people are reminded of these things so many days before they run out, and
    /// gives those of which nobody was reminded before: whoever looks at the same time as another reminds of none of hers.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn first_reminders(
        &self,
        tx: &WriteTx,
        subject_kind: &str,
        subjects: &[Uuid],
        days_before: i64,
    ) -> Result<Vec<Uuid>, Fault> {
        Ok(store::reminders::insert(tx, subject_kind, subjects, days_before, self.services.now()).await?)
    }
}
