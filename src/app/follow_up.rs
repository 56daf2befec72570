//! What follows commits: messages of the outbox are carried to the rooms that follow others, and what time has made superfluous or due
//! is swept.

use async_trait::async_trait;
use uuid::Uuid;

use super::App;
use crate::kernel::{
    Failure, Fault,
    db::{Trouble, events, idempotency, trouble},
    outbox::Topic,
    worker::{self, HandleError},
};

/// Whether it lies with the subjects or with the database or the index as a whole.
fn why(failure: &Failure) -> HandleError {
    let reason = failure.to_string();
    let Failure::Fault(fault) = failure else { return HandleError::Failed(reason) };
    match fault.cause() {
        Fault::Search(_) | Fault::Store(_) | Fault::Io(_) | Fault::Overloaded(_) => HandleError::Unable(reason),
        Fault::Database(error) => match trouble(error) {
            Trouble::Busy | Trouble::Full | Trouble::Away => HandleError::Unable(reason),
            Trouble::Broken => HandleError::Failed(reason),
        },
        Fault::Corrupt { .. } | Fault::Internal(_) | Fault::Shared(_) => HandleError::Failed(reason),
    }
}

/// Carries the outbox to the rooms that follow others.
pub struct FollowUp(pub(super) App);

#[async_trait]
impl worker::Handler for FollowUp {
    async fn handle(&self, topic: Topic, subjects: &[Uuid]) -> Result<(), HandleError> {
        let followed = match topic {
            Topic::Listing => self.0.search.follow_listings(subjects).await,
            Topic::Organization => self.0.search.follow_organizations(subjects).await,
            Topic::ListingAlert => self.0.alerts.percolate_listings(subjects).await,
            Topic::OrganizationAlert => self.0.alerts.percolate_organizations(subjects).await,
            Topic::Capture => self.0.traceability.follow_captures(subjects).await,
            Topic::Process => self.0.ocds.follow_processes(subjects).await,
        };
        followed.map_err(|failure| why(&failure))
    }

    async fn sweep(&self) {
        let now = self.0.services.now();
        let swept = [
            ("idempotency keys", idempotency::sweep(&self.0.services.db, now).await.map_err(Failure::from)),
            ("events that were told", events::sweep(&self.0.services.db, now).await.map_err(Failure::from)),
            ("sessions", self.0.accounts.sweep_sessions().await),
            ("attempts that no longer count", self.0.accounts.sweep_attempts().await),
            ("reservations", self.0.catalog.expire_reservations().await),
            ("orders that nobody signed", self.0.contracts.expire_orders().await),
            ("documents", self.0.documents.sweep().await),
            ("notifications", self.0.notifications.sweep().await),
            ("evidence that runs out soon", self.0.directory.remind_of_evidence().await),
            ("requests whose deadline has passed", self.0.procurement.close_due_requests().await),
            ("certificates that run out soon", self.0.certification.remind_of_expiry().await),
            ("chains of events that have grown", self.0.traceability.checkpoint_chains().await),
            ("ownership assessments of yesterday", self.0.directory.follow_the_day().await),
        ];
        for (what, outcome) in swept {
            match outcome {
                Ok(0) => {}
                Ok(count) => tracing::info!(what, count, "swept"),
                Err(error) => tracing::warn!(what, %error, "sweep failed; it comes round again"),
            }
        }
    }
}
