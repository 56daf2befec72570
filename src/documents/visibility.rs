//! Who sees which documents: pure functions of the actor and the document.

use super::{Document, model::Sight};
use crate::accounts::{
    Actor, OrganizationId,
    policy::{Action, Facts, allowed},
};

/// What the actor sees of an organization's documents.
///
/// Those whom it deals with become visible parties by contracts, which are not there yet: they will come in as a fact beside
/// the actor, known to whoever loads the documents.
#[must_use]
pub(super) fn sight(actor: &Actor, organization: OrganizationId) -> Sight {
    let facts = Facts::of(organization);
    Sight {
        party: allowed(actor, Action::ViewPartyDocuments, &facts),
        reviewed: allowed(actor, Action::ViewReviewedDocuments, &facts),
        uploader: actor.user_id().filter(|_| actor.role_in(organization).is_some()),
    }
}

/// Whether the actor may see the document.
#[must_use]
pub fn is_visible(actor: &Actor, document: &Document) -> bool {
    sight(actor, document.organization()).shows(document)
}
