//! An administrator decides about what was reported.

use serde::Serialize;
use serde_json::json;

use super::{
    Block, Inquiries, InquiryId, InquiryReportId, Report, ReportOutcome, audit, block_organization,
    report_inquiry::SAID, store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
    },
};

/// What is decided about which report.
#[derive(Debug, Clone, Serialize)]
pub struct DecideInquiryReport {
    /// Which.
    pub report: InquiryReportId,
    /// What was found.
    pub outcome: ReportOutcome,
    /// More of it.
    pub note: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Inquiries {
    /// Decides about a report. What is upheld blocks the reported organization in the name of the one that reported, which may
    /// take it back. Whoever belongs to one of the two decides nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`], [`ErrorCode::NotFound`], [`ErrorCode::ConflictOfInterest`], [`ErrorCode::InvalidTransition`]
    /// where it is decided, and what is wrong with the note.
    pub async fn decide_inquiry_report(&self, actor: &Actor, command: DecideInquiryReport) -> Outcome<Report> {
        policy::require(actor, Action::ReviewInquiryReports, &Facts::none())?;
        let mut wrong = Rejections::default();
        let note = command.note.as_ref().map(|text| SAID.check(text, ["input", "note"]));
        let note = wrong.take(note.transpose()).flatten();
        wrong.finish()?;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "decideInquiryReport", &command, now).await?;
        let path = ["input", "reportId"];
        let report = store::reports::lock(&tx, command.report).await?;
        let report = report.ok_or_else(|| UserError::new(ErrorCode::NotFound, path))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(report),
        };
        if [report.organization, report.reported].iter().any(|party| actor.role_in(*party).is_some()) {
            return Err(Failure::code(ErrorCode::ConflictOfInterest));
        }
        let decided = report.decided(command.outcome, note, actor.user_id(), now);
        let decided = decided.ok_or_else(|| {
            let error = UserError::new(ErrorCode::InvalidTransition, path);
            error.with("state", report.status.as_str()).with("action", "decide")
        })?;
        store::reports::decide(&tx, &decided).await?;
        let entry = audit::Entry {
            chain: decided.organization,
            by_her: false,
            action: "inquiry.decide_report",
            subject: (InquiryId::PREFIX, decided.inquiry.uuid()),
            before: Some(json!({ "report": report.id, "status": report.status })),
            after: Some(json!({ "report": decided.id, "status": decided.status })),
        };
        audit::append(&tx, actor, entry, now).await?;
        if command.outcome == ReportOutcome::Upheld {
            let (organization, blocked) = (decided.organization, decided.reported);
            let block = Block { organization, blocked, reason: None, by: None, at: now };
            if store::blocks::insert(&tx, &block).await? {
                let entry = block_organization::entry("organization.block", organization, blocked);
                audit::append(&tx, actor, audit::Entry { by_her: false, ..entry }, now).await?;
            }
        }
        claim.finish(&tx, decided.id.uuid()).await?;
        tx.commit().await?;
        Ok(decided)
    }
}
