//! An organization invites a person.

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;

use super::{
    Accounts, Actor, Identifier, Invitation, InvitationCode, InvitationId, OrganizationId, Role,
    audit::{self, Deed},
    managing, store,
};
use crate::kernel::{
    Fault, Outcome, entropy,
    idempotency::{self, Claimed},
};

/// How long an invitation is open: long enough for a market day and a way back.
const OPEN_FOR: TimeDelta = TimeDelta::days(14);

/// Who is invited, and as what.
#[derive(Debug, Clone, Serialize)]
pub struct InviteMember {
    /// Where.
    pub organization: OrganizationId,
    /// Her phone number or e-mail address.
    pub identifier: String,
    /// As what.
    pub role: Role,
    /// Makes a repetition harmless.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// An invitation, and the code that the inviter passes on.
#[derive(Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// Its code, shown this once; none where the invitation was made before under the same idempotency key.
    pub code: Option<InvitationCode>,
}

impl Accounts {
    /// Makes an invitation. Whether the identifier belongs to an account, or even to a member, is not said: the answer is the
    /// same, and is settled when the code is presented.
    ///
    /// # Errors
    /// [`crate::kernel::ErrorCode::Forbidden`] for whoever may not take members in (owners are taken in by owners), or the error
    /// of the identifier.
    pub async fn invite_member(&self, actor: &Actor, command: InviteMember) -> Outcome<Invited> {
        let invited_by = actor.signed_in()?.id;
        self.require(actor, managing(command.role), command.organization).await?;
        let identifier = Identifier::parse(&command.identifier, ["input", "identifier"])?;
        let code = InvitationCode::from_entropy(entropy::bytes()?);
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();

        let tx = self.knows.services.db.begin().await?;
        let claim = match idempotency::claim(&tx, scope, key, "inviteMember", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let invitation = store::invitations::by_id(&*tx, InvitationId::from_uuid(id)).await?;
                let invitation =
                    invitation.ok_or_else(|| Fault::corrupt("idempotency record", "its invitation is gone"))?;
                return Ok(Invited { invitation, code: None });
            }
        };
        let invitation = Invitation {
            id: InvitationId::from_uuid(self.knows.services.ids.next_uuid()),
            organization: command.organization,
            identifier,
            role: command.role,
            invited_by,
            expires_at: now + OPEN_FOR,
            accepted_at: None,
            revoked_at: None,
            created_at: now,
        };
        store::invitations::insert(&tx, &invitation, code.digest()).await?;
        let deed = Deed {
            action: "invitation.make",
            subject_kind: InvitationId::PREFIX,
            subject: invitation.id.uuid(),
            before: None,
            after: Some(json!({ "role": invitation.role, "expiresAt": invitation.expires_at })),
        };
        audit::of_organization(&tx, actor, invitation.organization, now, deed).await?;
        claim.finish(&tx, invitation.id.uuid()).await?;
        tx.commit().await?;
        Ok(Invited { invitation, code: Some(code) })
    }
}
