//! Giving a request up.

use serde::Serialize;
use serde_json::json;

use super::{
    Change, Procurement, ReleaseTag, Request, RequestAction, RequestId, RequestLotStatus, record,
    revise_request::locked, store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
        text::TextRule,
    },
    notifications::NoticeKind,
};

const REASON: TextRule = TextRule { length_min: 3, length_max: 2_000, multiline: true };

/// Which request, and why.
#[derive(Debug, Clone, Serialize)]
pub struct CancelProcurementRequest {
    /// The request.
    pub request: RequestId,
    /// Why; shown to everybody.
    pub reason: String,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Gives a request up for good, with all its lots. Bids that are sealed stay sealed.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition` where it has ended or lots of it were awarded, and what is
    /// wrong with the reason.
    pub async fn cancel_request(&self, actor: &Actor, command: CancelProcurementRequest) -> Outcome<Request> {
        let (id, now) = (command.request, self.services().now());
        let seen = self.request_for(actor, (id, "requestId"), Action::ManageRequests).await?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let notice = self.notice_of(actor, &seen).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "cancelProcurementRequest", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.request_again(id).await;
            }
        };
        let before = locked(&tx, id).await?;
        let status = before.after(RequestAction::Cancel, now).map_err(|refused| refused.at("requestId"))?;
        before.expect_version(command.expected_version)?;
        let after = Request { status, ended_at: Some(now), ended_reason: Some(reason.clone()), ..before.clone() };
        store::drafts::end(&tx, &after, RequestLotStatus::Cancelled.as_str(), now).await?;
        let published = before.published_at.is_some();
        if published {
            self.tell_invited(&tx, &notice, &after, NoticeKind::RequestCancelled).await?;
        }
        let change = Change {
            process: id.uuid(),
            on_behalf_of: Some(before.buyer),
            names_actor: true,
            action: "request.cancel",
            subject: (RequestId::PREFIX, id.uuid()),
            before: Some(json!({ "status": before.status })),
            after: json!({ "status": status, "reason": reason }),
            tag: published.then_some(ReleaseTag::TenderCancellation),
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
