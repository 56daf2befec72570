//! Another wording of a request: `updateProcurementRequest` of a draft, `amendProcurementRequest` of a published one.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Change, Procurement, Refused, ReleaseTag, Request, RequestAction, RequestId, RequestLotId, WholeRequest,
    model::{
        check::{CheckedRequest, Stage},
        draft::{RawRequest, RequestPatch},
        wording::{changed, kept, terms},
    },
    record, store,
};
use crate::{
    accounts::{Actor, policy::Action},
    documents,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
        text::TextRule,
    },
    notifications::NoticeKind,
};

/// Why a published request is amended.
const RATIONALE: TextRule = TextRule { length_min: 3, length_max: 2_000, multiline: true };

/// Which request, and what about it.
#[derive(Debug, Clone, Serialize)]
pub struct ReviseRequest {
    /// The request.
    pub request: RequestId,
    /// The changes.
    pub patch: RequestPatch,
    /// Why. Needed for a published one, and for no other.
    pub rationale: Option<String>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Changes the named terms of a draft and checks it as a whole.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`],
    /// [`ErrorCode::InvalidTransition`] for one that is no draft, and everything that is wrong with the input.
    pub async fn update_request(&self, actor: &Actor, command: ReviseRequest) -> Outcome<Request> {
        self.revise(actor, command, RequestAction::Edit).await
    }

    /// Gives a published request another wording. Bids that were placed have to be confirmed for it, and a deadline that is near
    /// moves.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`],
    /// [`ErrorCode::InvalidTransition`] for one that is not published, [`ErrorCode::DeadlinePassed`],
    /// [`ErrorCode::Required`] where no rationale is given, and everything that is wrong with the input.
    pub async fn amend_request(&self, actor: &Actor, command: ReviseRequest) -> Outcome<Request> {
        self.revise(actor, command, RequestAction::Amend).await
    }

    async fn revise(&self, actor: &Actor, command: ReviseRequest, action: RequestAction) -> Outcome<Request> {
        let now = self.services().now();
        let id = command.request;
        let seen = self.request_for(actor, (id, "requestId"), Action::ManageRequests).await?;
        let mut others = match &command.patch.invited {
            Some(invited) => self.not_invitable(actor, seen.buyer, invited).await?,
            None => Vec::new(),
        };
        let amends = action == RequestAction::Amend;
        let rationale = match (&command.rationale, amends) {
            (Some(text), true) => RATIONALE.check(text, ["input", "rationale"]).map(Some),
            (None, true) => Err(UserError::new(ErrorCode::Required, ["input", "rationale"])),
            (Some(_) | None, false) => Ok(None),
        };
        let rationale = rationale.unwrap_or_else(|error| {
            others.push(error);
            None
        });
        let notice = self.notice_of(actor, &seen).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let operation = if amends { "amendProcurementRequest" } else { "updateProcurementRequest" };
        let claim = match idempotency::claim(&tx, scope, key, operation, &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.request_again(id).await;
            }
        };
        let before = locked(&tx, id).await?;
        if let Err(refused) = before.after(action, now) {
            drop(tx);
            return Err(self.refused(id, refused).await?);
        }
        before.expect_version(command.expected_version)?;
        let before = store::requests::whole(&tx, before).await?;
        let was_invited = store::drafts::invited(&tx, id).await?;
        let had = documents::used_by(&tx, RequestId::PREFIX, id.uuid()).await?;
        let raw = command.patch.clone().over(RawRequest::of(&before, was_invited.clone(), had.clone()));
        let known: Vec<RequestLotId> = before.lots.iter().filter(|lot| lot.is_active()).map(|lot| lot.id).collect();
        let stage = if amends { Stage::Published(&before.request, &known) } else { Stage::Draft(&known) };
        let checked = self.checked(&raw, stage, now, others)?;
        let after = self.reworded(&before, &checked, before.request.version + 1);
        let words = (terms(&before, &was_invited, &had), terms(&after, &checked.invited, &checked.documents));
        self.keep_wording(&tx, (&before, &after), &checked, now).await?;
        if amends {
            let kept = kept(&words.1, &changed(&words.0, &words.1));
            let by = (actor.user_id(), now);
            store::versions::keep(&tx, (id, after.request.version), kept, rationale.clone(), by).await?;
            self.tell_invited(&tx, &notice, &after.request, NoticeKind::RequestAmended).await?;
        }
        record(&tx, actor, now, change(action, &after, words, rationale)).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(after.request)
    }

    async fn keep_wording(
        &self,
        tx: &WriteTx,
        (before, after): (&WholeRequest, &WholeRequest),
        checked: &CheckedRequest,
        now: Timestamp,
    ) -> Outcome<()> {
        store::drafts::rewrite(tx, before, after, now).await?;
        store::drafts::invite(tx, after.request.id, &checked.invited, now).await?;
        self.tie_documents(tx, (after.request.id, after.request.buyer), &checked.documents, now).await
    }

    /// What is told of a refusal. That a deadline has passed is written down by whoever is refused for it, so that a clock which
    /// goes back changes nothing.
    pub(super) async fn refused(&self, id: RequestId, refused: Refused) -> Result<Failure, Fault> {
        if matches!(refused, Refused::DeadlinePassed(_)) {
            self.close_now(id).await?;
        }
        Ok(refused.at("requestId").into())
    }
}

fn change(action: RequestAction, after: &WholeRequest, (was, is): (Value, Value), rationale: Option<String>) -> Change {
    let amends = action == RequestAction::Amend;
    let names = changed(&was, &is);
    let only = |terms: &Value| names.iter().map(|name| (name.clone(), terms[name.as_str()].clone())).collect::<Value>();
    let mut became = only(&is);
    became["version"] = json!(after.request.version);
    if amends {
        became["rationale"] = json!(rationale);
    }
    Change {
        process: after.request.id.uuid(),
        on_behalf_of: Some(after.request.buyer),
        names_actor: true,
        action: if amends { "request.amend" } else { "request.update" },
        subject: (RequestId::PREFIX, after.request.id.uuid()),
        before: Some(only(&was)),
        after: became,
        tag: amends.then_some(ReleaseTag::TenderAmendment),
    }
}

/// A request that is known to exist, locked against whoever else would change it.
pub(super) async fn locked(tx: &WriteTx, id: RequestId) -> Result<Request, Fault> {
    store::requests::lock(tx, id).await?.ok_or_else(|| Fault::corrupt("request", "it is gone"))
}
