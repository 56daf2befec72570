//! Whom to tell what concerns an organization.

use std::collections::HashMap;

use super::{OrganizationId, Role, UserId, store};
use crate::kernel::{Fault, db::WriteTx};

/// The owners and managers of each of several organizations, for whoever tells them something in her transaction; an organization
/// without any is left out.
///
/// # Errors
/// When the database cannot answer.
pub async fn keepers_of(
    tx: &WriteTx,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<UserId>>, Fault> {
    let mut found: HashMap<OrganizationId, Vec<UserId>> = HashMap::new();
    for (organization, user) in store::memberships::keepers(&**tx, organizations).await? {
        found.entry(OrganizationId::from_uuid(organization)).or_default().push(UserId::from_uuid(user));
    }
    Ok(found)
}

/// The members of an organization who have one of these roles there, for whoever tells them something in her transaction.
///
/// # Errors
/// When the database cannot answer.
pub async fn members_with(tx: &WriteTx, organization: OrganizationId, roles: &[Role]) -> Result<Vec<UserId>, Fault> {
    Ok(store::memberships::with_roles(&**tx, organization, roles).await?)
}
