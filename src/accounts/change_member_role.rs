//! A member gets another role.

use serde::Serialize;
use serde_json::json;

use super::{
    Accounts, Actor, MembershipId, MembershipRecord, Role,
    audit::{self, Deed},
    model::owner_remains,
    revoke_above_rank::revoke_above_rank,
    store,
};
use crate::kernel::{
    ErrorCode, Outcome, UserError,
    idempotency::{self, Claimed},
};

/// Whose role, and which one.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeMemberRole {
    /// The membership.
    pub membership: MembershipId,
    /// The role she is to have.
    pub role: Role,
    /// The version that the decision was made on.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Gives a member another role. Only owners make and unmake owners, and the last one stays.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`], [`ErrorCode::LastOwner`].
    pub async fn change_member_role(&self, actor: &Actor, command: ChangeMemberRole) -> Outcome<MembershipRecord> {
        actor.signed_in()?;
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();

        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, scope, key, "changeMemberRole", &command, now).await?;
        let (members, member) = self.lock_member(&tx, actor, command.membership).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(member),
        };
        let rank = if member.role == Role::Owner { Role::Owner } else { command.role };
        Self::require_rank(actor, &members, &member, rank)?;
        check_version(command.expected_version, member.version)?;
        if member.role == command.role {
            claim.finish(&tx, member.id.uuid()).await?;
            tx.commit().await?;
            return Ok(member);
        }
        if member.role == Role::Owner && !owner_remains(&members, member.id) {
            return Err(UserError::new(ErrorCode::LastOwner, ["input", "membershipId"]).into());
        }
        let changed =
            MembershipRecord { role: command.role, version: member.version + 1, updated_at: now, ..member.clone() };
        store::memberships::set_role(&tx, &changed).await?;
        let deed = Deed {
            action: "membership.change_role",
            subject_kind: MembershipId::PREFIX,
            subject: changed.id.uuid(),
            before: Some(json!({ "role": member.role, "version": member.version })),
            after: Some(json!({ "role": changed.role, "version": changed.version })),
        };
        audit::of_organization(&tx, actor, changed.organization, now, deed).await?;
        revoke_above_rank(&tx, actor, &changed, Some(changed.role), now).await?;
        claim.finish(&tx, changed.id.uuid()).await?;
        tx.commit().await?;
        Ok(changed)
    }
}

/// Refuses a change that was decided on an older version.
pub(super) fn check_version(expected: Option<i64>, current: i64) -> Result<(), UserError> {
    match expected {
        Some(expected) if expected != current => {
            Err(UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]).with("current", current))
        }
        Some(_) | None => Ok(()),
    }
}
