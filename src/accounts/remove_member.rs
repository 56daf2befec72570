//! A membership ends.

use serde::Serialize;
use serde_json::json;

use super::{
    Accounts, Actor, MembershipId, MembershipRecord, Role,
    audit::{self, Deed},
    change_member_role::check_version,
    managing,
    model::owner_remains,
    policy::{self, Facts},
    revoke_above_rank::revoke_above_rank,
    store,
};
use crate::kernel::{
    ErrorCode, Failure, Outcome, UserError,
    db::WriteTx,
    idempotency::{self, Claimed},
};

/// Whose membership ends.
#[derive(Debug, Clone, Serialize)]
pub struct RemoveMember {
    /// The membership.
    pub membership: MembershipId,
    /// The version that the decision was made on.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Accounts {
    /// Ends a membership. Anybody may leave; only owners remove owners, and the last one stays.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`], [`ErrorCode::LastOwner`].
    pub async fn remove_member(&self, actor: &Actor, command: RemoveMember) -> Outcome<MembershipId> {
        let acting = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();

        let tx = self.knows.services.db.begin().await?;
        let claim = match idempotency::claim(&tx, scope, key, "removeMember", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return Ok(MembershipId::from_uuid(id)),
        };
        let (members, member) = self.lock_member(&tx, actor, command.membership).await?;
        if member.user != acting {
            Self::require_rank(actor, &members, &member, member.role)?;
        }
        check_version(command.expected_version, member.version)?;
        if member.role == Role::Owner && !owner_remains(&members, member.id) {
            return Err(UserError::new(ErrorCode::LastOwner, ["input", "membershipId"]).into());
        }
        store::memberships::delete(&tx, member.id).await?;
        let deed = Deed {
            action: "membership.end",
            subject_kind: MembershipId::PREFIX,
            subject: member.id.uuid(),
            before: Some(json!({ "user": member.user, "role": member.role, "version": member.version })),
            after: None,
        };
        audit::of_organization(&tx, actor, member.organization, now, deed).await?;
        revoke_above_rank(&tx, actor, &member, None, now).await?;
        claim.finish(&tx, member.id.uuid()).await?;
        tx.commit().await?;
        Ok(member.id)
    }

    /// The membership among all of its organization's, locked against other changes. A membership is seen by whoever may see
    /// the organization's members; for everybody else it is not there.
    pub(super) async fn lock_member(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: MembershipId,
    ) -> Outcome<(Vec<MembershipRecord>, MembershipRecord)> {
        let not_found = || UserError::new(ErrorCode::NotFound, ["input", "membershipId"]);
        let found = store::memberships::by_id(&**tx, id).await?.ok_or_else(not_found)?;
        if !policy::allowed(actor, policy::Action::ViewMembers, &Facts::of(found.organization)) {
            return Err(not_found().into());
        }
        let members = store::memberships::lock_all(tx, found.organization).await?;
        let member = members.iter().find(|member| member.id == id).cloned().ok_or_else(not_found)?;
        Ok((members, member))
    }

    /// Goes on if the actor may give or take the rank `role` in the organization of `member`, by what she is there now that
    /// it is locked: she may have lost her own rank since the request began.
    pub(super) fn require_rank(
        actor: &Actor,
        members: &[MembershipRecord],
        member: &MembershipRecord,
        role: Role,
    ) -> Outcome<()> {
        policy::require(actor, managing(role), &Facts::of(member.organization))?;
        let own = members.iter().find(|own| Some(own.user) == actor.user_id()).map(|own| own.role);
        if own == actor.role_in(member.organization) { Ok(()) } else { Err(Failure::code(ErrorCode::Forbidden)) }
    }
}
