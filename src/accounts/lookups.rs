//! What may be read of people and memberships, by whom.

use std::collections::HashMap;

use super::{
    Account, Accounts, Actor, Invitation, InvitationId, MembershipId, MembershipRecord, OrganizationId, UserId,
    policy::{self, Action, Facts},
    store,
};
use crate::kernel::{
    Fault, Outcome,
    page::{Counted, CursorKey, Page, PageArgs, SortValue},
};

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
            Some(id) => store::users::by_id(self.knows.services.db.read(), id).await,
            None => Ok(None),
        }
    }

    /// What the signed-in person is to organizations.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn own_memberships(&self, actor: &Actor) -> Result<Vec<MembershipRecord>, Fault> {
        match actor.user_id() {
            Some(id) => store::memberships::of_user(&self.knows.services.db, id).await,
            None => Ok(Vec::new()),
        }
    }

    /// The accounts among `ids`, for whoever holds something visible that names them: a membership, an audit entry.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub(super) async fn accounts_named(&self, ids: &[UserId]) -> Result<HashMap<UserId, Account>, Fault> {
        store::users::by_ids(&self.knows.services.db, ids).await
    }

    /// Those of the accounts that the actor may see: her own, those of fellow members, and all if she oversees the platform.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn find_users(&self, actor: &Actor, ids: &[UserId]) -> Result<HashMap<UserId, Account>, Fault> {
        if actor.user().is_none() {
            return Ok(HashMap::new());
        }
        let db = &self.knows.services.db;
        if policy::allowed(actor, Action::ViewPeople, &Facts::none()) {
            return store::users::by_ids(db, ids).await;
        }
        let memberships = store::memberships::of_users(db, ids).await?;
        let fellows = memberships.iter().filter(|membership| actor.role_in(membership.organization).is_some());
        let mut visible: Vec<UserId> = fellows.map(|membership| membership.user).collect();
        visible.extend(ids.iter().filter(|id| actor.user_id() == Some(**id)));
        if visible.is_empty() { Ok(HashMap::new()) } else { store::users::by_ids(db, &visible).await }
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
        let mut found = store::memberships::by_ids(&self.knows.services.db, ids).await?;
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
        let mut found = store::invitations::by_ids(&self.knows.services.db, ids).await?;
        found.retain(|_, invitation| sees_members(actor, invitation.organization));
        Ok(found)
    }

    /// Which page of an organization's members the actor is shown.
    ///
    /// # Errors
    /// What [`policy::require`] says to whoever may not see them, or what is wrong with the page.
    pub fn members_page(&self, actor: &Actor, organization: OrganizationId, args: &PageArgs) -> Outcome<Page> {
        policy::require(actor, Action::ViewMembers, &Facts::of(organization))?;
        Ok(Page::new(MEMBERS, args, SortValue::is_time)?)
    }

    /// That page of the members of each of several organizations, the longest standing first; how many there are, if
    /// `total` is asked for.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn members(
        &self,
        organizations: &[OrganizationId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<OrganizationId, Counted<MembershipRecord>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::memberships::pages(db, organizations, page).await?;
        let counts = if total { Some(store::memberships::counts(db, organizations).await?) } else { None };
        Ok(page.counted(organizations, slices, counts))
    }

    /// Which page of an organization's invitations the actor is shown.
    ///
    /// # Errors
    /// As for [`Accounts::members_page`].
    pub fn invitations_page(&self, actor: &Actor, organization: OrganizationId, args: &PageArgs) -> Outcome<Page> {
        policy::require(actor, Action::ViewMembers, &Facts::of(organization))?;
        Ok(Page::new(INVITATIONS, args, SortValue::is_time)?)
    }

    /// That page of the invitations of each of several organizations, the newest first; how many there are, if `total` is
    /// asked for.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invitations(
        &self,
        organizations: &[OrganizationId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<OrganizationId, Counted<Invitation>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::invitations::pages(db, organizations, page).await?;
        let counts = if total { Some(store::invitations::counts(db, organizations).await?) } else { None };
        Ok(page.counted(organizations, slices, counts))
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
