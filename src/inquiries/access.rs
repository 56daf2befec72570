//! Who reads and writes which threads.

use super::{Inquiries, Inquiry, InquiryId, Side};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts, allowed},
    },
    kernel::{ErrorCode, Failure, Outcome, UserError},
};

/// Whether the actor reads a thread as one of its parties' people.
pub(super) fn reads(actor: &Actor, inquiry: &Inquiry) -> bool {
    sides(actor, Action::ViewInquiries, inquiry).next().is_some()
}

/// For which sides of a thread the actor may do this.
pub(super) fn sides(actor: &Actor, action: Action, inquiry: &Inquiry) -> impl Iterator<Item = Side> {
    Side::BOTH.into_iter().filter(move |side| allowed(actor, action, &Facts::of(inquiry.party(*side))))
}

/// For which side the actor writes: that of the organization which she names, else the only one that she may write for.
///
/// # Errors
/// [`ErrorCode::NotFound`] at `field` for an organization that is no party, [`ErrorCode::Required`] there for whoever may
/// write for both, [`ErrorCode::Forbidden`].
pub(super) fn side_to_write(
    actor: &Actor,
    inquiry: &Inquiry,
    named: Option<OrganizationId>,
    field: &str,
) -> Outcome<Side> {
    if let Some(organization) = named {
        let side = inquiry.side_of(organization);
        let side = side.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["input", field]))?;
        policy::require(actor, Action::WriteInquiries, &Facts::of(organization))?;
        return Ok(side);
    }
    let mut sides = sides(actor, Action::WriteInquiries, inquiry);
    match (sides.next(), sides.next()) {
        (Some(side), None) => Ok(side),
        (Some(_), Some(_)) => Err(UserError::new(ErrorCode::Required, ["input", field]).into()),
        (None, _) => Err(Failure::code(ErrorCode::Forbidden)),
    }
}

impl Inquiries {
    /// The thread, if the actor may see it.
    pub(super) async fn inquiry_to_change(&self, actor: &Actor, id: InquiryId) -> Outcome<Inquiry> {
        let found = self.inquiries_by_ids(actor, &[id]).await?.remove(&id);
        match found {
            Some(inquiry) => Ok(inquiry),
            None => {
                // Before a stranger is told that nothing is there, she is asked who she is.
                actor.signed_in()?;
                Err(no_inquiry())
            }
        }
    }
}

/// There is no such thread that the actor may see.
pub(super) fn no_inquiry() -> Failure {
    UserError::new(ErrorCode::NotFound, ["input", "inquiryId"]).into()
}
