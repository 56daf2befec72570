//! Who sees what of an organization.

use super::model::organization::{Organization, Standing};
use crate::accounts::{
    Actor, OrganizationId,
    policy::{self, Action, Facts},
};
use crate::kernel::{ErrorCode, Outcome, UserError};

/// Whether the actor is a member or oversees the platform: who may see the members sees the rest of the inside, such as
/// registrations that name a person.
#[must_use]
pub fn is_insider(actor: &Actor, organization: OrganizationId) -> bool {
    policy::allowed(actor, Action::ViewMembers, &Facts::of(organization))
}

/// Whether the actor sees the organization at all: everybody sees one in good standing, insiders a suspended one.
pub(super) fn sees(actor: &Actor, organization: &Organization) -> bool {
    match organization.standing {
        Standing::Good => true,
        Standing::Suspended => is_insider(actor, organization.id),
    }
}

/// Goes on with an organization that the actor sees and may do this to.
///
/// # Errors
/// [`ErrorCode::NotFound`] at `organizationId` where there is none that she sees, else what [`policy::require`] says.
pub(super) fn authorize(actor: &Actor, action: Action, found: Option<Organization>) -> Outcome<Organization> {
    let not_found = || UserError::new(ErrorCode::NotFound, ["input", "organizationId"]);
    match found.filter(|organization| sees(actor, organization)) {
        Some(organization) => {
            policy::require(actor, action, &Facts::of(organization.id))?;
            Ok(organization)
        }
        // Before a stranger is told that nothing is there, she is asked who she is.
        None if actor.user().is_none() => {
            policy::require(actor, action, &Facts::none())?;
            Err(not_found().into())
        }
        None => Err(not_found().into()),
    }
}
