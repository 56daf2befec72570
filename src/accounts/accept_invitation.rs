//! A person accepts an invitation.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    Accounts, Actor, InvitationCode, InvitationId, MembershipId, MembershipRecord,
    audit::{self, Deed},
    store,
};
use crate::kernel::{
    ErrorCode, Fault, Outcome, UserError,
    idempotency::{self, Claimed},
};

/// What she was given.
#[derive(Debug, Clone)]
pub struct AcceptInvitation {
    /// The code, as she wrote it down.
    pub code: SecretString,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Makes the signed-in person a member, if the invitation is open and was meant for her: the identifier that was invited
    /// must be one of her account's.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInvitation`], whatever is wrong with the code; [`ErrorCode::AlreadyMember`];
    /// [`ErrorCode::TooManyAttempts`].
    pub async fn accept_invitation(&self, actor: &Actor, command: AcceptInvitation) -> Outcome<MembershipRecord> {
        let user = actor.signed_in()?.id;
        self.count_attempt(actor).await?;
        let invalid = || UserError::new(ErrorCode::InvalidInvitation, ["input", "code"]);
        let code = InvitationCode::parse(command.code.expose_secret()).ok_or_else(invalid)?;
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let digest = code.digest();

        let tx = self.knows.services.db.begin().await?;
        // The record keeps a hash of this hash, so the code stays as secret as it is.
        let claim = match idempotency::claim(&tx, scope, key, "acceptInvitation", &digest.to_vec(), now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let membership = store::memberships::by_id(&*tx, MembershipId::from_uuid(id)).await?;
                return Ok(membership.ok_or_else(invalid)?);
            }
        };
        let account = store::users::by_id(&*tx, user).await?;
        let account = account.ok_or_else(|| Fault::corrupt("session", "its account is gone"))?;
        let invitation = store::invitations::lock_by_code(&tx, digest).await?;
        let invitation =
            invitation.filter(|invitation| invitation.can_be_accepted_by(&account, now)).ok_or_else(invalid)?;
        let id = MembershipId::from_uuid(self.knows.services.ids.next_uuid());
        let membership = MembershipRecord::begin(id, invitation.organization, user, invitation.role, now);
        if !store::memberships::insert(&tx, &membership).await? {
            return Err(UserError::new(ErrorCode::AlreadyMember, ["input", "code"]).into());
        }
        store::invitations::mark_accepted(&tx, invitation.id, user, now).await?;
        let after = json!({ "user": user, "role": membership.role, "invitation": invitation.id });
        let deed = Deed {
            action: "membership.begin",
            subject_kind: MembershipId::PREFIX,
            subject: id.uuid(),
            before: None,
            after: Some(after),
        };
        audit::of_organization(&tx, actor, membership.organization, now, deed).await?;
        let accepted = Deed {
            action: "invitation.accept",
            subject_kind: InvitationId::PREFIX,
            subject: invitation.id.uuid(),
            before: None,
            after: Some(json!({ "membership": id })),
        };
        audit::of_organization(&tx, actor, membership.organization, now, accepted).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        actor.joined((&membership).into());
        Ok(membership)
    }
}
