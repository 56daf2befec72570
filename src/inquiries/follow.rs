//! Who is told of messages as they are sent.

use super::{
    Inquiries, Inquiry, InquiryId, InquiryMessageId, Message,
    access::{reads, sides},
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{ErrorCode, Outcome, UserError},
};

impl Inquiries {
    /// Goes on if the actor may listen: for everything she reads, for one thread, or for one organization's threads.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] for a thread of which she is no party,
    /// [`ErrorCode::Forbidden`] for an organization whose threads she does not read.
    pub async fn may_follow(
        &self,
        actor: &Actor,
        inquiry: Option<InquiryId>,
        organization: Option<OrganizationId>,
    ) -> Outcome<()> {
        actor.signed_in()?;
        if let Some(organization) = organization {
            policy::require(actor, Action::ViewInquiries, &Facts::of(organization))?;
        }
        if let Some(id) = inquiry {
            let found = store::inquiries::by_ids(&self.knows.services.db, &[id]).await?.remove(&id);
            if found.is_none_or(|inquiry| !reads(actor, &inquiry)) {
                return Err(UserError::new(ErrorCode::NotFound, ["inquiryId"]).into());
            }
        }
        Ok(())
    }

    /// A message with its thread, for one of the parties' people; of one organization, where it is named. Whoever decides about
    /// reports is told of nothing: she reads what was reported, and does not listen.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn message_for_party(
        &self,
        actor: &Actor,
        id: InquiryMessageId,
        organization: Option<OrganizationId>,
    ) -> Outcome<Option<(Inquiry, Message)>> {
        let db = &self.knows.services.db;
        let Some(message) = store::messages::by_ids(db, &[id]).await?.remove(&id) else { return Ok(None) };
        let thread = message.inquiry;
        let Some(inquiry) = store::inquiries::by_ids(db, &[thread]).await?.remove(&thread) else { return Ok(None) };
        let of_asked = |party| organization.is_none_or(|organization| organization == party);
        let seen = sides(actor, Action::ViewInquiries, &inquiry).any(|side| of_asked(inquiry.party(side)));
        Ok(seen.then_some((inquiry, message)))
    }
}
