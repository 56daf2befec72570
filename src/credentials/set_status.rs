//! What was stated is suspended, holds again, or is taken back.

use uuid::Uuid;

use super::{CredentialStatus, Credentials, StatusEvent, model::revoked_from, store};
use crate::kernel::{Outcome, clock::Timestamp, db::WriteTx};

/// Signs of a reason that are kept.
const REASON_LENGTH_MAX: usize = 500;

impl Credentials {
    /// Says what became of the credentials about a subject, from an instant on that may lie before or after the present one,
    /// in the transaction in which it became so. Tells how many credentials it was said of; none, where none was issued.
    ///
    /// Suspending and reinstating concern the credential that stands. Revoking concerns every one that was ever issued about
    /// the subject: where it takes effect before a successor took their place, they did not hold from then on either. What is
    /// revoked stays so, and nothing more is said of it than an earlier beginning.
    ///
    /// `reason` is public, and kept to 500 signs. To be called before the transaction appends to an audit chain, see [`Credentials::issue`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_status(
        &self,
        tx: &WriteTx,
        subject_kind: &str,
        subject_id: Uuid,
        status: CredentialStatus,
        effective_at: Timestamp,
        reason: &str,
    ) -> Outcome<u64> {
        let reason = reason.chars().take(REASON_LENGTH_MAX).collect();
        let event = StatusEvent { status, effective_at, recorded_at: self.knows.services.now(), reason };
        let issued = store::credentials::of_subject(tx, subject_kind, subject_id).await?;
        let mut told = 0;
        for one in issued {
            let revoked = revoked_from(&one.events);
            let concerned = match status {
                CredentialStatus::Active | CredentialStatus::Suspended => revoked.is_none(),
                CredentialStatus::Revoked => revoked.is_none_or(|from| effective_at < from),
            };
            if concerned {
                store::events::append(tx, one.id, one.place.list, &event).await?;
                told += 1;
            }
        }
        Ok(told)
    }
}
