//! Who sees which documents: pure functions of the actor and the document.

use super::{Document, DocumentState, model::Sight};
use crate::accounts::{
    Actor, OrganizationId,
    policy::{Action, Facts, allowed},
};

/// What the actor sees of an organization's documents.
///
/// Those whom it deals with are no members: they see its documents where these serve for what the two have together, and
/// nowhere else; see [`shown_to_parties`].
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

/// Whether a document is for those whom its organization deals with, who are shown it where it serves for what the two have
/// together: an inquiry.
#[must_use]
pub fn shown_to_parties(document: &Document) -> bool {
    Sight { party: true, reviewed: false, uploader: None }.shows(document) && document.state == DocumentState::Ready
}
