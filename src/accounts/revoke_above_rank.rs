//! What a member may no longer offer is taken back.

use serde_json::json;

use super::{
    Actor, InvitationId, InvitationStatus, MembershipRecord, Role,
    audit::{self, Deed},
    model::may_take_in,
    store,
};
use crate::kernel::{Outcome, clock::Timestamp, db::WriteTx};

/// Revokes the open invitations of a member that are above her new rank, when she leaves or is set lower: a code that she made
/// for herself under another number would bring the rank back.
pub(super) async fn revoke_above_rank(
    tx: &WriteTx,
    actor: &Actor,
    member: &MembershipRecord,
    rank: Option<Role>,
    now: Timestamp,
) -> Outcome<()> {
    for invitation in store::invitations::lock_open_of(tx, member.organization, member.user, now).await? {
        if may_take_in(rank, invitation.role) {
            continue;
        }
        store::invitations::mark_revoked(tx, invitation.id, now).await?;
        let deed = Deed {
            action: "invitation.revoke",
            subject_kind: InvitationId::PREFIX,
            subject: invitation.id.uuid(),
            before: Some(json!({ "status": InvitationStatus::Open.as_str() })),
            after: Some(json!({ "status": InvitationStatus::Revoked.as_str(), "membership": member.id })),
        };
        audit::of_organization(tx, actor, member.organization, now, deed).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{
        Membership, MembershipId, OrganizationId, Principal, SessionId, User, UserId, managing,
        policy::{self, Facts},
    };
    use super::*;

    #[test]
    fn a_rank_may_offer_what_the_policy_lets_it_offer() {
        let organization = OrganizationId::from_uuid(Uuid::from_u128(1));
        for own in Role::ALL {
            let membership = Membership { id: MembershipId::from_uuid(Uuid::from_u128(2)), organization, role: *own };
            let user = User {
                id: UserId::from_uuid(Uuid::from_u128(3)),
                session: SessionId::from_uuid(Uuid::from_u128(4)),
                memberships: std::iter::once(membership).collect(),
                platform_roles: Vec::new(),
            };
            let member = Actor { principal: Principal::User(user), request: Actor::system("test").request };
            for role in Role::ALL {
                let allowed = policy::allowed(&member, managing(*role), &Facts::of(organization));
                assert_eq!(may_take_in(Some(*own), *role), allowed, "{own} offers {role}");
                assert!(!may_take_in(None, *role), "nobody offers {role}");
            }
        }
    }
}
