//! A party of a thread goes on writing.

use serde::Serialize;

use super::{
    Inquiries, Inquiry, InquiryId, InquiryStatus, Message,
    access::{no_inquiry, side_to_write},
    store,
    write::check,
};
use crate::{
    accounts::{Actor, OrganizationId},
    directory::Standing,
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
    },
};

/// What is written in which thread.
#[derive(Debug, Clone, Serialize)]
pub struct ReplyToInquiry {
    /// In which thread.
    pub inquiry: InquiryId,
    /// For which of its parties; may be left out by whoever may write for one of them only.
    pub from: Option<OrganizationId>,
    /// What it says.
    pub text: String,
    /// What goes with it: documents of the organization that writes.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Inquiries {
    /// Adds a message to an open thread.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the thread or a document, [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] in a
    /// closed thread, [`ErrorCode::Blocked`], [`ErrorCode::SentTooMuch`], and everything that is wrong with the input.
    pub async fn reply_to_inquiry(&self, actor: &Actor, command: ReplyToInquiry) -> Outcome<(Inquiry, Message)> {
        let seen = self.inquiry_to_change(actor, command.inquiry).await?;
        let side = side_to_write(actor, &seen, command.from, "fromOrganizationId")?;
        let mut wrong = Rejections::default();
        let text = check(&command.text, &command.documents, &mut wrong);
        wrong.finish()?;
        let text = text.ok_or_else(|| Failure::code(ErrorCode::Required))?;
        let (from, to) = (seen.party(side), seen.party(side.other()));
        let parties = self.knows.directory.organizations_by_ids(actor, &[from, to]).await?;
        // Whoever is suspended neither writes nor is written to.
        if ![from, to].iter().all(|id| parties.get(id).is_some_and(|party| party.standing == Standing::Good)) {
            return Err(UserError::new(ErrorCode::Forbidden, ["input", "inquiryId"]).into());
        }
        let listing = match seen.listing {
            Some(id) => self.knows.catalog.listing(actor, id).await?,
            None => None,
        };
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "replyToInquiry", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.written_before(id).await;
            }
        };
        self.may_send(&tx, from, to).await?;
        let mut inquiry = store::inquiries::lock(&tx, seen.id).await?.ok_or_else(no_inquiry)?;
        if inquiry.status == InquiryStatus::Closed {
            return Err(closed(&inquiry, "reply").into());
        }
        let content = (text, command.documents.as_slice());
        let message = self.append(&tx, actor, (&mut inquiry, side), content).await?;
        let sender = parties.get(&from).map_or("", |party| party.name.as_str());
        let title = listing.as_ref().map(|listing| listing.offer.title.as_str());
        self.tell(&tx, actor, (&inquiry, side), (sender, title)).await?;
        self.looked_at(&tx, actor, &inquiry).await?;
        claim.finish(&tx, message.id.uuid()).await?;
        tx.commit().await?;
        Ok((inquiry, message))
    }
}

/// The thread is closed.
pub(super) fn closed(inquiry: &Inquiry, action: &'static str) -> UserError {
    let error = UserError::new(ErrorCode::InvalidTransition, ["input", "inquiryId"]);
    error.with("state", inquiry.status.as_str()).with("action", action)
}
