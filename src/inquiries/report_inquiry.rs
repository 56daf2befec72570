//! A party of a thread tells the platform what is wrong with it.

use serde::Serialize;
use serde_json::json;

use super::{
    Inquiries, InquiryId, InquiryMessageId, InquiryReportId, Report, ReportReason, ReportStatus, access::side_to_write,
    audit, store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

/// What may be said of a thread.
pub(super) const SAID: TextRule = TextRule { length_min: 1, length_max: 2_000, multiline: true };

/// What is reported.
#[derive(Debug, Clone, Serialize)]
pub struct ReportInquiry {
    /// Of which thread.
    pub inquiry: InquiryId,
    /// By which of its parties; may be left out by whoever may write for one of them only.
    pub organization: Option<OrganizationId>,
    /// Of which message of the other party; of all of it where it is left out.
    pub message: Option<InquiryMessageId>,
    /// What is wrong.
    pub reason: ReportReason,
    /// More of it.
    pub text: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Inquiries {
    /// Reports a thread to the platform's administrators, who may read it until they have decided. The other party is not told.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the thread, or for a message that is not the other party's, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::AlreadyReported`] while a report of the same organization waits, and what is wrong with the text.
    pub async fn report_inquiry(&self, actor: &Actor, command: ReportInquiry) -> Outcome<Report> {
        let seen = self.inquiry_to_change(actor, command.inquiry).await?;
        let side = side_to_write(actor, &seen, command.organization, "organizationId")?;
        let mut wrong = Rejections::default();
        let text = command.text.as_ref().map(|text| SAID.check(text, ["input", "text"]));
        let text = wrong.take(text.transpose()).flatten();
        wrong.finish()?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "reportInquiry", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let found = store::reports::lock(&tx, InquiryReportId::from_uuid(id)).await?;
                return found.ok_or_else(|| Failure::code(ErrorCode::NotFound));
            }
        };
        let (organization, reported) = (seen.party(side), seen.party(side.other()));
        if let Some(id) = command.message {
            let message = store::messages::of_thread(&tx, seen.id, id).await?;
            if message.is_none_or(|message| message.organization != reported) {
                return Err(UserError::new(ErrorCode::NotFound, ["input", "messageId"]).into());
            }
        }
        let report = Report {
            id: InquiryReportId::from_uuid(self.knows.services.ids.next_uuid()),
            inquiry: seen.id,
            message: command.message,
            organization,
            reported,
            by: actor.user_id(),
            reason: command.reason,
            text,
            status: ReportStatus::Open,
            note: None,
            decided_by: None,
            decided_at: None,
            created_at: now,
        };
        if !store::reports::insert(&tx, &report).await? {
            return Err(UserError::new(ErrorCode::AlreadyReported, ["input", "inquiryId"]).into());
        }
        let entry = audit::Entry {
            chain: organization,
            by_her: true,
            action: "inquiry.report",
            subject: (InquiryId::PREFIX, seen.id.uuid()),
            before: None,
            after: Some(json!({ "report": report.id, "message": report.message, "reason": report.reason })),
        };
        audit::append(&tx, actor, entry, now).await?;
        claim.finish(&tx, report.id.uuid()).await?;
        tx.commit().await?;
        Ok(report)
    }
}
