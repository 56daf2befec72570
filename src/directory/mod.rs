//! Who trades, where, and what is known of who owns and leads them.
//!
//! An **organization** is a cooperative, a firm, a market seller, a buyer, a certifier or a supporter; registered or
//! informal, both first-class. Its kind never changes; its legal form fits its kind and its number of members.
//!
//! A **place** is a commune, cercle, region or district in the division of the country as of a day. Places come with the
//! program, communes can be imported, and all are served from memory.
//!
//! **Ownership** is kept as declared facts and submitted evidence, both appended and never edited. An *assessment*, the
//! answer of one *definition* for a day, is always derived: `YES`, `NO` or `UNKNOWN`, and `UNKNOWN` is never shown as
//! `NO`. What lists and search filter by is a read model of today's assessments, written in the transaction of the facts.
//!
//! What holds at any time: a registration number belongs to one organization; a version counts every change; every
//! change leaves an audit entry and an outbox message in its own transaction.
//!
//! **Evidence** attests facts with the values that were declared when it was handed in. It counts as submitted until verifiers,
//! who belong to nobody whom it is about, have settled the matter, and as verified from then on; what was accepted may be
//! overturned, and past days are still assessed by what was known on them.

mod assess_ownership;
mod audit;
mod declare_ownership;
mod evidence;
pub mod graphql;
mod import_places;
pub mod model;
mod organizations;
mod ownership;
mod register_organization;
mod review_ownership_evidence;
mod store;
mod submit_ownership_evidence;
mod sync_places;
mod tell;
mod update_organization;
mod verified;
mod visibility;

use std::sync::Arc;

use arc_swap::{ArcSwap, ArcSwapOption};

pub use declare_ownership::DeclareOwnership;
pub use import_places::ImportPlaces;
pub use model::declaration::{Declaration, DeclarationId, EvidenceId, EvidenceRecord, FactChanges};
pub use model::organization::{Organization, OrganizationKind, Standing};
pub use ownership::Known;
pub use register_organization::RegisterOrganization;
pub use review_ownership_evidence::{CLAIM_LASTS, ReviewOwnershipEvidence, claimed_by_another};
pub use submit_ownership_evidence::SubmitOwnershipEvidence;
pub use update_organization::UpdateOrganization;
pub use visibility::is_insider;

use crate::{
    credentials::Credentials,
    documents::Documents,
    kernel::{Fault, Outcome, Services, together::Together},
    notifications::Notifications,
};
use model::{gazetteer::Gazetteer, ownership::RuleBook};

/// The room's handle. Cheap to clone; all clones see places as soon as they are imported.
#[derive(Clone)]
pub struct Directory {
    knows: Arc<Ground>,
}

/// What the room stands on.
struct Ground {
    services: Services,
    notifications: Notifications,
    documents: Documents,
    credentials: Credentials,
    reviewers_needed: usize,
    gazetteer: ArcSwap<Gazetteer>,
    /// The edition of the imported places that the gazetteer holds.
    imported: ArcSwapOption<String>,
    /// What comes with the program, which imports do not change.
    embedded: Arc<Gazetteer>,
    rules: RuleBook,
    by_id: Together<store::organizations::ById>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("places", &self.knows.gazetteer.load().places().len()).finish_non_exhaustive()
    }
}

impl Directory {
    /// Opens the room: reads the embedded places and definitions, and brings the tables up to date with them. So many verifiers
    /// have to accept a piece of evidence. Call with the startup lock held.
    ///
    /// # Errors
    /// When the embedded data are not well-formed or the database refuses.
    pub async fn start(
        services: Services,
        (notifications, documents, credentials): (Notifications, Documents, Credentials),
        reviewers_needed: usize,
    ) -> Outcome<Self> {
        let embedded = Arc::new(Gazetteer::embedded().map_err(|error| Fault::Internal(error.to_string()))?);
        let rules = RuleBook::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
        let (gazetteer, imported) = (ArcSwap::from(Arc::clone(&embedded)), ArcSwapOption::default());
        let by_id = Together::over(&services.db, store::organizations::ById(services.db.clone()));
        let knows = Ground {
            services,
            notifications,
            documents,
            credentials,
            reviewers_needed,
            gazetteer,
            imported,
            embedded,
            rules,
            by_id,
        };
        let directory = Self { knows: Arc::new(knows) };
        directory.sync_places().await?;
        directory.follow_the_day().await?;
        Ok(directory)
    }

    /// All places as they are known now. Hold it for one request, not longer: an import puts another in its place.
    #[must_use]
    pub fn gazetteer(&self) -> Arc<Gazetteer> {
        self.knows.gazetteer.load_full()
    }

    /// The present day in Mali.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.knows.services.clock.today()
    }

    /// The present instant.
    pub(crate) fn now(&self) -> crate::kernel::clock::Timestamp {
        self.knows.services.now()
    }

    /// The definitions of women's ownership.
    #[must_use]
    pub fn rules(&self) -> &RuleBook {
        &self.knows.rules
    }
}
