//! What may be read of people and memberships, by whom.

use std::collections::HashMap;

use super::{
    Account, Accounts, Actor, Invitation, InvitationId, MembershipId, MembershipRecord, OrganizationId, UserId,
    policy::{self, Action, Facts},
    store,
};
use crate::kernel::{
    Fault, Outcome,
    page::{CursorKey, Page, PageArgs, Slice, SortValue},
};

/// A page of members, with the number of all of them where it was asked for.
pub type Members = (Slice<MembershipRecord>, Option<i64>);
/// A page of invitations, with the number of all of them where it was asked for.
pub type Invitations = (Slice<Invitation>, Option<i64>);

/// The list that cursors of members belong to.
pub const MEMBERS: &str = "members:joined";
/// The list that cursors of invitations belong to.
pub const INVITATIONS: &str = "invitations:newest";

impl Accounts {
    /// The signed-in person's account; none when nobody is signed in.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn viewer(&self, actor: &Actor) -> Result<Option<Account>, Fault> {
        match actor.user_id() {
            Some(id) => store::users::by_id(self.services.db.read(), id).await,
            None => Ok(None),
        }
    }

    /// What the signed-in person is to organizations.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn own_memberships(&self, actor: &Actor) -> Result<Vec<MembershipRecord>, Fault> {
        match actor.user_id() {
            Some(id) => store::memberships::of_user(&self.services.db, id).await,
            None => Ok(Vec::new()),
        }
    }

    /// The accounts among `ids`, for whoever holds something visible that names them: a membership, an audit entry.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub(super) async fn accounts_named(&self, ids: &[UserId]) -> Result<HashMap<UserId, Account>, Fault> {
        store::users::by_ids(&self.services.db, ids).await
    }

    /// The account, if the actor may see it: it is hers, or that of a fellow member, or she oversees the platform.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn find_user(&self, actor: &Actor, id: UserId) -> Result<Option<Account>, Fault> {
        if actor.user().is_none() {
            return Ok(None);
        }
        let visible = actor.user_id() == Some(id)
            || policy::allowed(actor, Action::ViewPeople, &Facts::none())
            || store::memberships::of_user(&self.services.db, id)
                .await?
                .iter()
                .any(|membership| actor.role_in(membership.organization).is_some());
        if visible { store::users::by_id(self.services.db.read(), id).await } else { Ok(None) }
    }

    /// Those of the memberships that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn find_memberships(
        &self,
        actor: &Actor,
        ids: &[MembershipId],
    ) -> Result<HashMap<MembershipId, MembershipRecord>, Fault> {
        let mut found = store::memberships::by_ids(&self.services.db, ids).await?;
        found.retain(|_, membership| sees_members(actor, membership.organization));
        Ok(found)
    }

    /// Those of the invitations that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn find_invitations(
        &self,
        actor: &Actor,
        ids: &[InvitationId],
    ) -> Result<HashMap<InvitationId, Invitation>, Fault> {
        let mut found = store::invitations::by_ids(&self.services.db, ids).await?;
        found.retain(|_, invitation| sees_members(actor, invitation.organization));
        Ok(found)
    }

    /// A page of an organization's members, the longest standing first; how many there are, if `total` is asked for.
    ///
    /// # Errors
    /// What [`policy::require`] says to whoever may not see them, or what is wrong with the page.
    pub async fn members(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Members> {
        self.require(actor, Action::ViewMembers, organization).await?;
        let page = Page::new(MEMBERS, args)?;
        let slice = store::memberships::page(&self.services.db, organization, &page).await?;
        let total = if total { Some(store::memberships::count(&self.services.db, organization).await?) } else { None };
        Ok((slice, total.map(as_count)))
    }

    /// A page of an organization's invitations, the newest first; how many there are, if `total` is asked for.
    ///
    /// # Errors
    /// As for [`Accounts::members`].
    pub async fn invitations(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Invitations> {
        self.require(actor, Action::ViewMembers, organization).await?;
        let page = Page::new(INVITATIONS, args)?;
        let slice = store::invitations::page(&self.services.db, organization, &page).await?;
        let total = if total { Some(store::invitations::count(&self.services.db, organization).await?) } else { None };
        Ok((slice, total.map(as_count)))
    }
}

/// Where a member stands in the list of members.
#[must_use]
pub fn member_key(member: &MembershipRecord) -> CursorKey {
    CursorKey { sort: SortValue::Time(member.created_at), id: member.id.uuid() }
}

/// Where an invitation stands in the list of invitations.
#[must_use]
pub fn invitation_key(invitation: &Invitation) -> CursorKey {
    CursorKey { sort: SortValue::Time(invitation.created_at), id: invitation.id.uuid() }
}

fn sees_members(actor: &Actor, organization: OrganizationId) -> bool {
    policy::allowed(actor, Action::ViewMembers, &Facts::of(organization))
}

fn as_count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
