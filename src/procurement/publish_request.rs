//! Showing a request to everybody.

use serde::Serialize;
use serde_json::json;

use super::{
    Change, Procurement, ReleaseTag, Request, RequestAction, RequestId, RequestLotId,
    model::{
        check::Stage,
        draft::RawRequest,
        wording::{kept, terms},
    },
    record,
    revise_request::locked,
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    documents,
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
    notifications::NoticeKind,
};

/// Which request.
#[derive(Debug, Clone, Serialize)]
pub struct PublishProcurementRequest {
    /// The request.
    pub request: RequestId,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Shows a draft to everybody, and takes bids from now on. It is checked again by the rules of the day.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition` for one that is no draft, and everything that is wrong
    /// with it by now, such as a deadline that has become too near.
    pub async fn publish_request(&self, actor: &Actor, command: PublishProcurementRequest) -> Outcome<Request> {
        let (id, now) = (command.request, self.services().now());
        let seen = self.request_for(actor, (id, "requestId"), Action::ManageRequests).await?;
        let notice = self.notice_of(actor, &seen).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "publishProcurementRequest", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.request_again(id).await;
            }
        };
        let before = locked(&tx, id).await?;
        let status = before.after(RequestAction::Publish, now).map_err(|refused| refused.at("requestId"))?;
        before.expect_version(command.expected_version)?;
        let mut whole = store::requests::whole(&tx, before).await?;
        let invited = store::drafts::invited(&tx, id).await?;
        let documents = documents::used_by(&tx, RequestId::PREFIX, id.uuid()).await?;
        let known: Vec<RequestLotId> = whole.lots.iter().map(|lot| lot.id).collect();
        let raw = RawRequest::of(&whole, invited.clone(), documents.clone());
        self.checked(&raw, Stage::Draft(&known), now, Vec::new())?;
        whole.request.status = status;
        whole.request.published_at = Some(now);
        let request = whole.request.clone();
        store::drafts::publish(&tx, &request, now).await?;
        let terms = terms(&whole, &invited, &documents);
        let by = (actor.user_id(), now);
        store::versions::keep(&tx, (id, request.version), kept(&terms, &[]), None, by).await?;
        self.tell_invited(&tx, &notice, &request, NoticeKind::RequestInvitation).await?;
        let change = Change {
            process: id.uuid(),
            on_behalf_of: Some(request.buyer),
            names_actor: true,
            action: "request.publish",
            subject: (RequestId::PREFIX, id.uuid()),
            before: Some(json!({ "status": "DRAFT" })),
            after: json!({ "status": status, "version": request.version, "bid_deadline": request.bid_deadline }),
            tag: Some(ReleaseTag::Tender),
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(request)
    }
}
