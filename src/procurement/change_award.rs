//! What becomes of an award: it takes force, is declined, or is taken back. What may follow what stands in
//! [`super::model::award::AwardAction::apply`].

use serde_json::json;

use super::{
    Award, AwardId, AwardStatus, Change, Procurement, ReleaseTag, Request,
    journal::record,
    judge::{lock_request, refused},
    model::award::AwardAction,
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{ErrorCode, Fault, Outcome, UserError, clock::Timestamp, db::WriteTx},
};

impl Procurement {
    /// An award, as it stood before a transaction.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] at `awardId`.
    pub(super) async fn award_seen(&self, actor: &Actor, id: AwardId) -> Outcome<Award> {
        match self.awards_by_ids(actor, &[id]).await?.remove(&id) {
            Some(award) => Ok(award),
            None => {
                // Before a stranger is told that nothing is there, she is asked who she is.
                actor.signed_in()?;
                Err(UserError::new(ErrorCode::NotFound, ["input", "awardId"]).into())
            }
        }
    }

    /// Brings an award to an end that gives nobody anything, and leaves its lot to the next rank.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] at `path`.
    pub(super) async fn end_award(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (request, before): (&Request, &Award),
        ending: Ending<'_>,
    ) -> Outcome<Award> {
        let status = becomes(before, ending.action, ending.path)?;
        let award = Award {
            status,
            ended_at: Some(ending.now),
            ended_reason: Some(ending.reason.to_owned()),
            version: before.version + 1,
            ..before.clone()
        };
        store::awards::update(tx, &award).await?;
        self.tell_change(tx, request, &award).await?;
        let change = change(request, before, &award, (ending.on_behalf_of, ending.action));
        record(tx, actor, ending.now, Change { tag: Some(ReleaseTag::AwardCancellation), ..change }).await?;
        Ok(award)
    }
}

/// How an award ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending<'a> {
    /// By what.
    pub(super) action: AwardAction,
    /// Why.
    pub(super) reason: &'a str,
    /// For whom it is done.
    pub(super) on_behalf_of: Option<OrganizationId>,
    /// Where the input names it.
    pub(super) path: &'a [&'a str],
    /// When.
    pub(super) now: Timestamp,
}

/// An award and its request, locked: the request first, as everywhere.
///
/// # Errors
/// When they are gone.
pub(super) async fn lock_award(tx: &WriteTx, seen: &Award) -> Result<(Request, Award), Fault> {
    let request = lock_request(tx, seen.request).await?;
    let award = store::awards::lock(tx, seen.id).await?.ok_or_else(|| Fault::corrupt("award", "it is gone"))?;
    Ok((request, award))
}

/// What an award becomes.
///
/// # Errors
/// [`ErrorCode::InvalidTransition`] at `path`.
pub(super) fn becomes(award: &Award, action: AwardAction, path: &[&str]) -> Result<AwardStatus, UserError> {
    action.apply(award.status).ok_or_else(|| refused(path, award.status.as_str(), action.as_str()))
}

/// An award's change as the chain tells it.
pub(super) fn change(
    request: &Request,
    before: &Award,
    after: &Award,
    (on_behalf_of, action): (Option<OrganizationId>, AwardAction),
) -> Change {
    Change {
        process: request.id.uuid(),
        on_behalf_of,
        names_actor: true,
        action: match action {
            AwardAction::Activate => "award.activate",
            AwardAction::Decline => "award.decline",
            AwardAction::Cancel => "award.cancel",
            AwardAction::Uphold => "award.overturn",
        },
        subject: (AwardId::PREFIX, after.id.uuid()),
        before: Some(json!({ "status": before.status, "version": before.version })),
        after: json!({ "status": after.status, "reason": after.ended_reason, "version": after.version }),
        tag: None,
    }
}
