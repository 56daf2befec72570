//! Who is acting: people, their sessions, their memberships in organizations, and what they may do.
//!
//! A person signs up by phone or e-mail and signs in with a password; each sign-in begins a family of token pairs, of
//! which the refresh token is used once. Organizations take her in by invitation. Everything she may do follows from her
//! memberships and platform roles through one pure function, [`policy::allowed`].
//!
//! What holds at any time: an identifier belongs to one account at most; an organization that had an owner keeps one; no
//! token, code or password is stored or logged, only hashes; how an attempt to sign in fails tells nothing about whether the
//! account exists.
//!
//! Deliberately absent: a way to make the first administrator over the network. `bfw admin grant` does it on the machine.

mod accept_invitation;
mod add_owner;
pub mod attempts;
mod audit;
mod audit_trail;
mod authenticate;
mod change_member_role;
mod count_attempt;
pub mod graphql;
mod invite_member;
mod issue_session;
mod keepers_of;
mod lookups;
pub mod model;
pub mod passwords;
mod personal;
mod platform_roles;
pub mod policy;
mod refresh_session;
mod remove_member;
mod revoke_above_rank;
mod revoke_invitation;
mod sign_in;
mod sign_out;
mod sign_up;
mod store;
mod sweep_sessions;

use std::{sync::Arc, time::Duration};

pub use accept_invitation::AcceptInvitation;
pub use add_owner::add_owner;
pub use audit_trail::Keepers;
pub use change_member_role::ChangeMemberRole;
pub use invite_member::{InviteMember, Invited};
pub use keepers_of::{keepers_of, members_with};
pub use lookups::{INVITATIONS, MEMBERS, invitation_key, member_key};
pub use model::{
    Account, AccountStatus, Actor, EmailAddress, Identifier, Invitation, InvitationCode, InvitationId,
    InvitationStatus, IssuedSession, Membership, MembershipId, MembershipRecord, Memberships, OpaqueToken,
    OrganizationId, Phone, PlatformRole, Principal, RequestInfo, Retry, Role, SecretDigest, SessionId, SessionRecord,
    Token, User, UserId,
};
pub use refresh_session::RefreshSession;
pub use remove_member::RemoveMember;
pub use revoke_invitation::RevokeInvitation;
pub use sign_in::{SignIn, SignedIn};
pub use sign_out::SignOut;
pub use sign_up::SignUp;

use self::{
    attempts::Attempts,
    count_attempt::Counting,
    passwords::Passwords,
    policy::{Action, Facts},
};
use crate::kernel::{ErrorCode, Failure, Outcome, Services, together::Together};

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long an access token lives.
    pub access_lifetime: Duration,
    /// How long an unused refresh token lives.
    pub refresh_lifetime: Duration,
    /// Sign-ins that one identifier may try in 15 minutes.
    pub attempts_per_identifier: u32,
    /// Sign-ins, sign-ups and invitation codes that one address may try in 15 minutes.
    pub attempts_per_address: u32,
    /// Passwords hashed at the same time.
    pub password_workers: usize,
}

/// The room's handle. Cheap to clone; all clones count attempts together and share the password workers.
#[derive(Debug, Clone)]
pub struct Accounts {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    passwords: Passwords,
    attempts: Attempts,
    counting: Counting,
    access_lifetime: Duration,
    refresh_lifetime: Duration,
    holders: Together<store::sessions::Holders>,
}

impl Accounts {
    /// The room, on these services.
    #[must_use]
    pub fn new(services: Services, settings: Settings) -> Self {
        let attempts = Attempts::new(&services.clock, settings.attempts_per_identifier, settings.attempts_per_address);
        let knows = Known {
            attempts,
            counting: Counting::default(),
            passwords: Passwords::new(passwords::OWASP, settings.password_workers),
            access_lifetime: settings.access_lifetime,
            refresh_lifetime: settings.refresh_lifetime,
            holders: Together::over(&services.db, store::sessions::Holders(services.clone())),
            services,
        };
        Self { knows: Arc::new(knows) }
    }

    /// Allows so many attempts from now on, in 15 minutes.
    pub fn allow_attempts(&self, per_identifier: u32, per_address: u32) {
        self.knows.attempts.allow(per_identifier, per_address);
    }

    /// The password workers, for whoever watches them.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.knows.passwords
    }

    /// Goes on if the actor may do this to the organization.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for an organization that she cannot see, else what [`policy::require`] says.
    async fn require(&self, actor: &Actor, action: Action, organization: OrganizationId) -> Outcome<()> {
        let Err(refusal) = policy::require(actor, action, &Facts::of(organization)) else { return Ok(()) };
        let sees = actor.user().is_none()
            || actor.role_in(organization).is_some()
            || store::memberships::organization_is_public(&self.knows.services.db, organization).await?;
        Err(if sees { refusal } else { Failure::code(ErrorCode::NotFound) })
    }
}

/// What it takes to give, change or take a role.
const fn managing(role: Role) -> Action {
    match role {
        Role::Owner => Action::ManageOwners,
        Role::Manager | Role::Agent | Role::ProcurementOfficer | Role::Evaluator | Role::Viewer => {
            Action::ManageMembers
        }
    }
}
