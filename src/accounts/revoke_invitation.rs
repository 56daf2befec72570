//! An organization takes an invitation back.

use serde::Serialize;
use serde_json::json;

use super::{
    Accounts, Actor, Invitation, InvitationId, InvitationStatus,
    audit::{self, Deed},
    managing, store,
};
use crate::kernel::{
    ErrorCode, Failure, Outcome, UserError,
    idempotency::{self, Claimed},
};

/// Which one.
#[derive(Debug, Clone, Serialize)]
pub struct RevokeInvitation {
    /// The invitation.
    pub invitation: InvitationId,
    /// Makes a repetition harmless.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Takes an open invitation back; its code is worth nothing from here on.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], or [`ErrorCode::InvalidTransition`] for one that is over.
    pub async fn revoke_invitation(&self, actor: &Actor, command: RevokeInvitation) -> Outcome<Invitation> {
        actor.signed_in()?;
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let not_found = || UserError::new(ErrorCode::NotFound, ["input", "invitationId"]);

        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, scope, key, "revokeInvitation", &command, now).await?;
        let mut invitation = store::invitations::lock_by_id(&tx, command.invitation).await?.ok_or_else(not_found)?;
        // An invitation is seen by members alone.
        if actor.role_in(invitation.organization).is_none() {
            return Err(not_found().into());
        }
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(invitation),
        };
        super::policy::require(actor, managing(invitation.role), &super::policy::Facts::of(invitation.organization))?;
        match invitation.status(now) {
            InvitationStatus::Open => {}
            over @ (InvitationStatus::Accepted | InvitationStatus::Revoked | InvitationStatus::Expired) => {
                let error = UserError::new(ErrorCode::InvalidTransition, ["input", "invitationId"]);
                return Err(Failure::from(error.with("state", over.as_str()).with("action", "revoke")));
            }
        }
        store::invitations::mark_revoked(&tx, invitation.id, now).await?;
        invitation.revoked_at = Some(now);
        let deed = Deed {
            action: "invitation.revoke",
            subject_kind: InvitationId::PREFIX,
            subject: invitation.id.uuid(),
            before: Some(json!({ "status": InvitationStatus::Open.as_str() })),
            after: Some(json!({ "status": InvitationStatus::Revoked.as_str() })),
        };
        audit::of_organization(&tx, actor, invitation.organization, now, deed).await?;
        claim.finish(&tx, invitation.id.uuid()).await?;
        tx.commit().await?;
        Ok(invitation)
    }
}
