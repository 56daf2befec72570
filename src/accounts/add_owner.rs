//! A new organization gets its first owner.

use serde_json::json;

use super::{
    Actor, MembershipId, MembershipRecord, OrganizationId, Role, UserId,
    audit::{self, Deed},
    store,
};
use crate::kernel::{ErrorCode, Failure, Outcome, Services, db::WriteTx};

/// Makes a person an owner of an organization that is being registered, in the registration's own transaction.
///
/// # Errors
/// [`ErrorCode::AlreadyMember`] when she is a member.
pub async fn add_owner(
    tx: &WriteTx,
    services: &Services,
    actor: &Actor,
    organization: OrganizationId,
    user: UserId,
) -> Outcome<MembershipRecord> {
    let id = MembershipId::from_uuid(services.ids.next_uuid());
    let now = services.now();
    let membership = MembershipRecord::begin(id, organization, user, Role::Owner, now);
    if !store::memberships::insert(tx, &membership).await? {
        return Err(Failure::code(ErrorCode::AlreadyMember));
    }
    let after = json!({ "user": user, "role": membership.role });
    let deed = Deed {
        action: "membership.begin",
        subject_kind: MembershipId::PREFIX,
        subject: id.uuid(),
        before: None,
        after: Some(after),
    };
    audit::of_organization(tx, actor, organization, now, deed).await?;
    Ok(membership)
}
