//! A party ends a thread.

use serde::Serialize;
use serde_json::json;

use super::{
    Inquiries, Inquiry, InquiryId, InquiryStatus,
    access::{no_inquiry, side_to_write},
    audit,
    reply_to_inquiry::closed,
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// Which thread is to be closed.
#[derive(Debug, Clone, Serialize)]
pub struct CloseInquiry {
    /// Which.
    pub inquiry: InquiryId,
    /// By which of its parties; may be left out by whoever may write for one of them only.
    pub organization: Option<OrganizationId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Inquiries {
    /// Ends a thread: it can be read, and nobody writes in it any more. Whoever writes again about the same begins another.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `InvalidTransition` where it is closed already.
    pub async fn close_inquiry(&self, actor: &Actor, command: CloseInquiry) -> Outcome<Inquiry> {
        let seen = self.inquiry_to_change(actor, command.inquiry).await?;
        let side = side_to_write(actor, &seen, command.organization, "organizationId")?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "closeInquiry", &command, now).await?;
        let mut inquiry = store::inquiries::lock(&tx, seen.id).await?.ok_or_else(no_inquiry)?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(inquiry),
        };
        if inquiry.status == InquiryStatus::Closed {
            return Err(closed(&inquiry, "close").into());
        }
        (inquiry.status, inquiry.closed_at) = (InquiryStatus::Closed, Some(now));
        store::inquiries::update(&tx, &inquiry).await?;
        let entry = audit::Entry {
            chain: inquiry.party(side),
            by_her: true,
            action: "inquiry.close",
            subject: (InquiryId::PREFIX, inquiry.id.uuid()),
            before: Some(json!({ "status": InquiryStatus::Open })),
            after: Some(json!({ "status": InquiryStatus::Closed })),
        };
        audit::append(&tx, actor, entry, now).await?;
        claim.finish(&tx, inquiry.id.uuid()).await?;
        tx.commit().await?;
        Ok(inquiry)
    }
}
