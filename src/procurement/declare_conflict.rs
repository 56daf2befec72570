//! Somebody who evaluates says whether she has a conflict of interest.

use serde::Serialize;
use serde_json::json;

use super::{
    Change, Procurement, RequestId, RequestStatus,
    journal::record,
    judge::{lock_request, refused},
    model::score::ConflictDeclaration,
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const STATEMENT: TextRule = TextRule { length_min: 3, length_max: 2_000, multiline: true };

/// Whether somebody who evaluates has a conflict of interest.
#[derive(Debug, Clone, Serialize)]
pub struct DeclareConflict {
    /// About the bids on which request.
    pub request: RequestId,
    /// Whether she has one.
    pub has_conflict: bool,
    /// In her words; needed where she has one.
    pub statement: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Declares whether the actor has a conflict of interest about the bids on a request, once they are opened and she can know
    /// who bids. A later word replaces an earlier one; as long as it says that she has one, nothing counts that she scored.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], or what is wrong with the statement.
    pub async fn declare_conflict(&self, actor: &Actor, command: DeclareConflict) -> Outcome<ConflictDeclaration> {
        let now = self.services().now();
        let user = actor.signed_in()?.id;
        let seen = self.request_for(actor, (command.request, "requestId"), Action::EvaluateBids).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "declareConflict", &command, now).await?;
        let request = lock_request(&tx, seen.id).await?;
        let before = store::scores::declaration(&*tx, request.id, user).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => {
                return before.ok_or_else(|| Fault::corrupt("declaration of a conflict", "it is gone").into());
            }
        };
        match request.status {
            RequestStatus::Opened | RequestStatus::Evaluating | RequestStatus::Awarding => {}
            RequestStatus::Draft
            | RequestStatus::Published
            | RequestStatus::Complete
            | RequestStatus::Cancelled
            | RequestStatus::Unsuccessful => {
                return Err(refused(&["input", "requestId"], request.shown(now), "declareConflict").into());
            }
        }
        let statement = match command.statement.as_deref() {
            Some(statement) => Some(STATEMENT.check(statement, ["input", "statement"])?),
            None if command.has_conflict => {
                return Err(UserError::new(ErrorCode::Required, ["input", "statement"]).into());
            }
            None => None,
        };
        let declared = ConflictDeclaration {
            request: request.id,
            user,
            has_conflict: command.has_conflict,
            statement,
            declared_at: now,
        };
        store::scores::declare(&tx, &declared).await?;
        let change = Change {
            process: request.id.uuid(),
            on_behalf_of: Some(request.buyer),
            names_actor: true,
            action: "conflict.declare",
            subject: (RequestId::PREFIX, request.id.uuid()),
            before: before.map(|before| json!({ "has_conflict": before.has_conflict })),
            // Not the words: they are about a person.
            after: json!({ "has_conflict": declared.has_conflict }),
            tag: None,
        };
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, request.id.uuid()).await?;
        tx.commit().await?;
        Ok(declared)
    }
}
