//! Writing a draft of a request.

use serde::Serialize;
use uuid::Uuid;

use super::{
    Change, ProcessKind, Procurement, Request, RequestId, begin,
    model::{check::Stage, draft::RawRequest, wording::terms},
    record, store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        idempotency::{self, Claimed},
    },
};

/// What is asked for, and by whom.
#[derive(Debug, Clone, Serialize)]
pub struct CreateProcurementRequest {
    /// Who buys.
    pub buyer: OrganizationId,
    /// What, as somebody typed it.
    pub request: RawRequest,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Writes a draft. Only those inside the buyer see it until it is published.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], and everything that is wrong with the input, at its own field below
    /// `input`.
    pub async fn create_request(&self, actor: &Actor, command: CreateProcurementRequest) -> Outcome<Request> {
        let buyer = command.buyer;
        if self.knows.directory.organization(actor, buyer).await?.is_none() {
            // Before a stranger is told that nothing is there, she is asked who she is.
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "buyerId"]).into());
        }
        policy::require(actor, Action::ManageRequests, &Facts::of(buyer))?;
        let now = self.services().now();
        let others = self.not_invitable(actor, buyer, &command.request.invited).await?;
        let checked = self.checked(&command.request, Stage::Draft(&[]), now, others)?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "createProcurementRequest", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.request_again(id).await;
            }
        };
        let whole = self.new_draft(buyer, &checked, now);
        let request = whole.request.clone();
        let id = request.id;
        begin(&tx, self.ocds_prefix(), (ProcessKind::Request, id.uuid()), buyer, now).await?;
        store::drafts::insert(&tx, &whole, actor.user_id()).await?;
        store::drafts::invite(&tx, id, &checked.invited, now).await?;
        self.tie_documents(&tx, (id, buyer), &checked.documents, now).await?;
        let change = Change {
            process: id.uuid(),
            on_behalf_of: Some(buyer),
            names_actor: true,
            action: "request.create",
            subject: (RequestId::PREFIX, id.uuid()),
            before: None,
            after: terms(&whole, &checked.invited, &checked.documents),
            tag: None,
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// The request that a write which is repeated was about, as it stands now.
    pub(super) async fn request_again(&self, id: Uuid) -> Outcome<Request> {
        let id = RequestId::from_uuid(id);
        let found = store::requests::by_ids(&self.services().db, &[id]).await?.remove(&id);
        Ok(found.ok_or_else(|| Fault::corrupt("idempotency record", "its request does not exist"))?)
    }
}
