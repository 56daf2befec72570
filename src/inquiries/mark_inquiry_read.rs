//! A party of a thread has read what the other wrote.

use super::{
    Inquiries, Inquiry, InquiryId, InquiryMessageId,
    access::{no_inquiry, side_to_write},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{ErrorCode, Outcome, UserError},
};

/// How far which thread was read.
#[derive(Debug, Clone)]
pub struct MarkInquiryRead {
    /// Which thread.
    pub inquiry: InquiryId,
    /// By which of its parties; may be left out by whoever may write for one of them only.
    pub organization: Option<OrganizationId>,
    /// Up to which message, itself included; up to the last where it is left out.
    pub up_to: Option<InquiryMessageId>,
}

impl Inquiries {
    /// Keeps that the organization has read a thread, and who of its people did when. May be done again with the same outcome;
    /// what was read stays read.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the thread or the message, [`ErrorCode::Forbidden`].
    pub async fn mark_inquiry_read(&self, actor: &Actor, command: MarkInquiryRead) -> Outcome<Inquiry> {
        let seen = self.inquiry_to_change(actor, command.inquiry).await?;
        let side = side_to_write(actor, &seen, command.organization, "organizationId")?;
        let tx = self.knows.services.db.begin().await?;
        let mut inquiry = store::inquiries::lock(&tx, seen.id).await?.ok_or_else(no_inquiry)?;
        let place = match command.up_to {
            None => inquiry.messages,
            Some(id) => {
                let message = store::messages::of_thread(&tx, inquiry.id, id).await?;
                message.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["input", "upTo"]))?.sequence
            }
        };
        let left = store::messages::after(&tx, inquiry.id, place, inquiry.party(side.other())).await?;
        if inquiry.read(side, (place, left), actor.user_id(), self.knows.services.now()) {
            store::inquiries::update(&tx, &inquiry).await?;
        }
        if inquiry.reading(side).unread == 0 {
            self.looked_at(&tx, actor, &inquiry).await?;
        }
        tx.commit().await?;
        Ok(inquiry)
    }
}
