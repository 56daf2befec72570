//! People, sessions, memberships and invitations as clients see them.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};

use super::{Loaders, actor, room};
use crate::{
    accounts::{
        self, Account, IssuedSession, MembershipRecord, UserId,
        policy::{self, Action, Facts},
    },
    connection,
    directory::graphql::{Loaders as OrganizationLoaders, Organization},
    kernel::{
        graphql::{LanguageCode, fault, list_complexity, loaders},
        page::{Counted, encode_cursor},
    },
};

/// What a person may do in an organization that she is a member of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "accounts::Role")]
pub enum MemberRole {
    /// Everything, including who else is a member.
    Owner,
    /// Everything but owners.
    Manager,
    /// Acts for the organization in the field: lists produce, keeps stock.
    Agent,
    /// Publishes requests and follows contracts of a buyer.
    ProcurementOfficer,
    /// Scores bids of a buyer.
    Evaluator,
    /// Sees what members see, changes nothing.
    Viewer,
}

/// What a person may do on the platform as a whole, apart from any organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "accounts::PlatformRole")]
pub enum PlatformRole {
    /// Runs the platform: standing of organizations, reference data.
    Admin,
    /// Reviews ownership evidence and certificates.
    Verifier,
    /// Reads everything that may be audited, changes nothing.
    Auditor,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "accounts::InvitationStatus")]
pub enum InvitationStatus {
    /// It can be accepted.
    Open,
    /// It was accepted.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Nobody accepted it in time.
    Expired,
}

/// The tokens of a session. They are shown this once and kept nowhere: store them as you would a password.
#[derive(Debug)]
pub struct Session(pub IssuedSession);

/// The tokens of a session. They are shown this once and kept nowhere: store them as you would a password.
#[Object]
impl Session {
    /// Proves who asks, in the header `Authorization: Bearer …`.
    fn access_token(&self) -> String {
        self.0.access_token.reveal()
    }

    /// Is exchanged by `refreshSession` for the next tokens, once. A second use ends the session everywhere.
    fn refresh_token(&self) -> String {
        self.0.refresh_token.reveal()
    }

    /// The access token is refused from this instant on.
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// The refresh token is refused from this instant on; then the person signs in again.
    fn refresh_expires_at(&self) -> DateTime<Utc> {
        self.0.refresh_expires_at
    }
}

/// A person with an account.
#[derive(Debug, Clone)]
pub struct User(pub Account);

/// A person with an account.
#[Object]
impl User {
    /// Identifies the account.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Her name as she writes it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Her phone number in E.164 form (`+22376123456`). Null if she gave none, and for everybody but herself and the platform's
    /// administrators and auditors.
    async fn phone(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.phone.as_ref().filter(|_| self.shows_contacts(ctx)).map(accounts::Phone::as_str)
    }

    /// Her e-mail address in lower case. Null if she gave none, and for everybody but herself and the platform's administrators
    /// and auditors.
    async fn email(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.email.as_ref().filter(|_| self.shows_contacts(ctx)).map(accounts::EmailAddress::as_str)
    }

    /// The language she prefers.
    fn language(&self) -> LanguageCode {
        self.0.language.into()
    }

    /// When she signed up.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

impl User {
    fn shows_contacts(&self, ctx: &Context<'_>) -> bool {
        let actor = actor(ctx);
        actor.user_id() == Some(self.0.id) || policy::allowed(actor, Action::ViewPeople, &Facts::none())
    }
}

/// A person's place in an organization.
#[derive(Debug, Clone)]
pub struct Membership(pub MembershipRecord);

/// A person's place in an organization.
#[Object]
impl Membership {
    /// Identifies the membership.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What she may do there.
    fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// Where. Null only to whoever cannot see the organization, such as one that was suspended.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        OrganizationLoaders::organization(ctx, self.0.organization).await.transpose()
    }

    /// Who she is.
    async fn user(&self, ctx: &Context<'_>) -> async_graphql::Result<User> {
        user(ctx, self.0.user).await
    }

    /// Counts changes from 1; give it as `expectedVersion` to change nothing that somebody else changed meanwhile.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Since when she is a member.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When her role last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// An offer of membership to the holder of a phone number or e-mail address.
#[derive(Debug, Clone)]
pub struct Invitation(pub accounts::Invitation);

/// An offer of membership to the holder of a phone number or e-mail address.
#[Object]
impl Invitation {
    /// Identifies the invitation.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who invites. Null only to whoever cannot see the organization, such as one that was suspended.
    async fn organization(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organization>> {
        OrganizationLoaders::organization(ctx, self.0.organization).await.transpose()
    }

    /// The phone number in E.164 form or the e-mail address that was invited. Whether it has an account is not told.
    fn identifier(&self) -> &str {
        self.0.identifier.as_str()
    }

    /// The role that is offered.
    fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// Where it stands.
    async fn status(&self, ctx: &Context<'_>) -> async_graphql::Result<InvitationStatus> {
        Ok(self.0.status(room(ctx)?.knows.services.now()).into())
    }

    /// The member who invited.
    async fn invited_by(&self, ctx: &Context<'_>) -> async_graphql::Result<User> {
        user(ctx, self.0.invited_by).await
    }

    /// It cannot be accepted from this instant on.
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was made.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

connection! {
    /// A page of an organization's members.
    MembershipConnection, MembershipEdge, Membership
}

connection! {
    /// A page of an organization's invitations.
    InvitationConnection, InvitationEdge, Invitation
}

impl From<Counted<MembershipRecord>> for MembershipConnection {
    fn from((slice, total): Counted<MembershipRecord>) -> Self {
        let turn =
            |row: MembershipRecord| (encode_cursor(accounts::MEMBERS, &accounts::member_key(&row)), Membership(row));
        Self::new(slice, turn, total)
    }
}

impl From<Counted<accounts::Invitation>> for InvitationConnection {
    fn from((slice, total): Counted<accounts::Invitation>) -> Self {
        let turn = |row: accounts::Invitation| {
            (encode_cursor(accounts::INVITATIONS, &accounts::invitation_key(&row)), Invitation(row))
        };
        Self::new(slice, turn, total)
    }
}

/// The signed-in person, and what she is.
#[derive(Debug)]
pub struct Viewer(pub Account);

/// The signed-in person, and what she is.
#[Object]
impl Viewer {
    /// Her account.
    fn user(&self) -> User {
        User(self.0.clone())
    }

    /// What she is to organizations, the first joined first.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    async fn memberships(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Membership>> {
        let memberships = room(ctx)?.own_memberships(actor(ctx)).await;
        Ok(memberships.map_err(|error| fault(ctx, &error))?.into_iter().map(Membership).collect())
    }

    /// What she is to the platform; empty for nearly everybody.
    async fn platform_roles(&self, ctx: &Context<'_>) -> Vec<PlatformRole> {
        actor(ctx).user().map_or_else(Vec::new, |user| user.platform_roles.iter().map(|role| (*role).into()).collect())
    }
}

/// The person that something visible names.
async fn user(ctx: &Context<'_>, id: UserId) -> async_graphql::Result<User> {
    let account = loaders::<Loaders>(ctx)?.people.get(ctx, id).await?;
    let missing = || fault(ctx, &crate::kernel::Fault::corrupt("user reference", id));
    account.map(User).ok_or_else(missing)
}
