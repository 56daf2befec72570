//! People, memberships and invitations for many siblings at once.

use std::collections::HashMap;

use async_graphql::{Context, Error};

use super::{Invitation, Membership, User};
use crate::{
    accounts::{self, Account, Accounts, Actor, InvitationId, MembershipId, MembershipRecord, OrganizationId, UserId},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders},
        page::{Counted, Page},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    /// The people that visible things name.
    pub(super) people: Batcher<People>,
    users: Batcher<Users>,
    memberships: Batcher<Memberships>,
    invitations_by_id: Batcher<Invitations>,
    /// The members of organizations whose members the actor is shown.
    pub(super) members: Pages<MembersOf>,
    /// The invitations of organizations whose invitations the actor is shown.
    pub(super) invitations: Pages<InvitationsOf>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(accounts: &Accounts, actor: &Actor) -> Self {
        let seen = || Seen { accounts: accounts.clone(), actor: actor.clone() };
        Self {
            people: Batcher::new(People(accounts.clone())),
            users: Batcher::new(Users(seen())),
            memberships: Batcher::new(Memberships(seen())),
            invitations_by_id: Batcher::new(Invitations(seen())),
            members: Pages::new(MembersOf(accounts.clone())),
            invitations: Pages::new(InvitationsOf(accounts.clone())),
        }
    }

    /// The person, if she exists and the request's actor may see her.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn user(ctx: &Context<'_>, id: UserId) -> Result<Option<User>, Error> {
        Ok(loaders::<Self>(ctx)?.users.get(ctx, id).await?.map(User))
    }

    /// The membership, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn membership(ctx: &Context<'_>, id: MembershipId) -> Result<Option<Membership>, Error> {
        Ok(loaders::<Self>(ctx)?.memberships.get(ctx, id).await?.map(Membership))
    }

    /// The invitation, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn invitation(ctx: &Context<'_>, id: InvitationId) -> Result<Option<Invitation>, Error> {
        Ok(loaders::<Self>(ctx)?.invitations_by_id.get(ctx, id).await?.map(Invitation))
    }
}

struct Seen {
    accounts: Accounts,
    actor: Actor,
}

/// Loads the people that visible things name.
pub(super) struct People(Accounts);

impl BatchLoad for People {
    type Key = UserId;
    type Value = Account;

    async fn load(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, Account>, Fault> {
        self.0.accounts_named(&ids).await
    }
}

struct Users(Seen);

impl BatchLoad for Users {
    type Key = UserId;
    type Value = Account;

    async fn load(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, Account>, Fault> {
        self.0.accounts.find_users(&self.0.actor, &ids).await
    }
}

struct Memberships(Seen);

impl BatchLoad for Memberships {
    type Key = MembershipId;
    type Value = MembershipRecord;

    async fn load(&self, ids: Vec<MembershipId>) -> Result<HashMap<MembershipId, MembershipRecord>, Fault> {
        self.0.accounts.find_memberships(&self.0.actor, &ids).await
    }
}

struct Invitations(Seen);

impl BatchLoad for Invitations {
    type Key = InvitationId;
    type Value = accounts::Invitation;

    async fn load(&self, ids: Vec<InvitationId>) -> Result<HashMap<InvitationId, accounts::Invitation>, Fault> {
        self.0.accounts.find_invitations(&self.0.actor, &ids).await
    }
}

/// Loads pages of the members of organizations.
pub(super) struct MembersOf(Accounts);

impl PageLoad for MembersOf {
    type Parent = OrganizationId;
    type Item = MembershipRecord;

    async fn load(
        &self,
        organizations: Vec<OrganizationId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<OrganizationId, Counted<MembershipRecord>>, Fault> {
        self.0.members(&organizations, page, count).await
    }
}

/// Loads pages of the invitations of organizations.
pub(super) struct InvitationsOf(Accounts);

impl PageLoad for InvitationsOf {
    type Parent = OrganizationId;
    type Item = accounts::Invitation;

    async fn load(
        &self,
        organizations: Vec<OrganizationId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<OrganizationId, Counted<accounts::Invitation>>, Fault> {
        self.0.invitations(&organizations, page, count).await
    }
}
