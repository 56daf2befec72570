//! The actor: who is behind a request, and what is known of the request itself.

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use super::{MembershipId, OrganizationId, PlatformRole, Role, SessionId, UserId};
use crate::kernel::{ErrorCode, Failure, Outcome, locale::Locale, telemetry::RequestId};

/// Who is behind a request.
#[derive(Debug, Clone)]
pub enum Principal {
    /// Nobody signed in.
    Anonymous,
    /// A signed-in person with what she is to organizations and to the platform, as of this request.
    User(User),
    /// The service itself or its operator at the machine: the demo, an import, the first grant.
    System,
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct User {
    /// Her account.
    pub id: UserId,
    /// The session that the request came with: what signing out ends.
    pub session: SessionId,
    /// What she is to organizations.
    pub memberships: Memberships,
    /// What she is to the platform.
    pub platform_roles: Vec<PlatformRole>,
}

/// A person's place in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The membership's own id.
    pub id: MembershipId,
    /// The organization.
    pub organization: OrganizationId,
    /// What she may do there.
    pub role: Role,
}

/// What a person is to organizations: as of the request's beginning, and what the request itself has given her since, so
/// that whoever registers an organization is answered as its owner. Clones share what is gained.
#[derive(Debug, Clone, Default)]
pub struct Memberships(Arc<RwLock<Vec<Membership>>>);

impl Memberships {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Membership> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one in an organization, if there is one.
    #[must_use]
    pub fn of(&self, organization: OrganizationId) -> Option<Membership> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|membership| membership.organization == organization).copied()
    }

    /// The organizations.
    #[must_use]
    pub fn organizations(&self) -> Vec<OrganizationId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().map(|membership| membership.organization).collect()
    }

    fn gain(&self, membership: Membership) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(membership);
    }
}

impl FromIterator<Membership> for Memberships {
    fn from_iter<I: IntoIterator<Item = Membership>>(memberships: I) -> Self {
        Self(Arc::new(RwLock::new(memberships.into_iter().collect())))
    }
}

/// What is known of a request apart from who makes it.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Its id, in answers, logs and audit entries.
    pub id: RequestId,
    /// The client's address, as far as the configured proxies can be believed.
    pub address: IpAddr,
    /// The language to answer in.
    pub locale: Locale,
}

/// Who does something, and in which request.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub principal: Principal,
    /// In which request.
    pub request: RequestInfo,
}

impl Actor {
    /// The service itself, doing `what`; that is the request id of its log lines and audit entries.
    #[must_use]
    pub fn system(what: &str) -> Self {
        let request = RequestInfo {
            id: RequestId::new(what),
            address: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
            locale: Locale::default(),
        };
        Self { principal: Principal::System, request }
    }

    /// The signed-in person, if any.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match &self.principal {
            Principal::User(user) => Some(user),
            Principal::Anonymous | Principal::System => None,
        }
    }

    /// The signed-in person's id, if any: what audit entries and rows keep.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.user().map(|user| user.id)
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`] when nobody is.
    pub fn signed_in(&self) -> Outcome<&User> {
        self.user().ok_or_else(|| Failure::code(ErrorCode::Unauthenticated))
    }

    /// What she is to an organization, if anything.
    #[must_use]
    pub fn role_in(&self, organization: OrganizationId) -> Option<Role> {
        self.user()?.memberships.of(organization).map(|membership| membership.role)
    }

    /// The rest of the request is answered to her as a member, too. Call it when the membership is committed.
    pub fn joined(&self, membership: Membership) {
        if let Some(user) = self.user() {
            user.memberships.gain(membership);
        }
    }

    /// Whether she holds a platform role.
    #[must_use]
    pub fn has_platform_role(&self, role: PlatformRole) -> bool {
        self.user().is_some_and(|user| user.platform_roles.contains(&role))
    }

    /// Whose idempotency keys these are: each person has her own, and the service has its own.
    #[must_use]
    pub fn idempotency_scope(&self) -> String {
        match &self.principal {
            Principal::Anonymous => "anonymous".to_owned(),
            Principal::User(user) => user.id.to_string(),
            Principal::System => "system".to_owned(),
        }
    }
}
