//! Who is at the other end of a connection, as long as it lives.
//!
//! She says so once, in `connection_init`. What she is is read anew before each operation and each answer, and every few seconds
//! while nothing happens: when her session is over, or what she may do has become less or something else, the connection is
//! closed with 4403. What she gains meanwhile, such as a membership, counts from then on.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Data;
use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{close::Close, closing::Closing};
use crate::{
    accounts::{Actor, Membership, Principal, RequestInfo, User, UserId, graphql::Listens},
    api::{
        auth::{Callers, bearer},
        limits::rate::Payer,
    },
    kernel::{Fault, locale::Locale, seats::Seat, telemetry::RequestId},
};

/// What is known of a client by her handshake.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) address: IpAddr,
    pub(super) locale: Locale,
    /// What stands in the header `Authorization`, which browsers cannot send.
    pub(super) authorization: Option<String>,
}

/// What she wants to be taken for.
#[derive(PartialEq, Eq)]
pub(super) enum Claim {
    Nobody,
    HolderOf(String),
    /// Something that is no bearer token.
    Nonsense,
}

impl Visitor {
    /// What she says by `connection_init`, else by the handshake.
    pub(super) fn claim(&self, payload: &Map<String, Value>) -> Claim {
        let said = payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value);
        let said = match said {
            None | Some(Value::Null) => self.authorization.as_deref(),
            Some(Value::String(said)) => Some(said.as_str()),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => return Claim::Nonsense,
        };
        match said.map(bearer) {
            None => Claim::Nobody,
            Some(Some(token)) => Claim::HolderOf(token.to_owned()),
            Some(None) => Claim::Nonsense,
        }
    }
}

/// Who she was found to be.
pub(super) struct Identity {
    callers: Arc<Callers>,
    visitor: Visitor,
    closing: Closing,
    known: Option<Known>,
}

struct Known {
    token: String,
    user: Mutex<User>,
    _seat: Seat<UserId>,
}

impl Identity {
    pub(super) fn anonymous(callers: Arc<Callers>, visitor: Visitor, closing: Closing) -> Self {
        Self { callers, visitor, closing, known: None }
    }

    pub(super) fn of(
        callers: Arc<Callers>,
        visitor: Visitor,
        closing: Closing,
        (token, user, seat): (String, User, Seat<UserId>),
    ) -> Self {
        Self { callers, visitor, closing, known: Some(Known { token, user: Mutex::new(user), _seat: seat }) }
    }

    pub(super) fn address(&self) -> IpAddr {
        self.visitor.address
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.known.is_some()
    }

    /// Who she is now; none once she is no longer who she was, and then the connection is closed.
    pub(super) async fn now(&self) -> Result<Option<Principal>, Fault> {
        let Some(known) = &self.known else { return Ok(Some(Principal::Anonymous)) };
        let found = self.callers.holder(&known.token).await?;
        let mut user = known.user.lock().unwrap_or_else(PoisonError::into_inner);
        match found.filter(|found| is_at_least(found, &user)) {
            Some(found) => {
                *user = found.clone();
                Ok(Some(Principal::User(found)))
            }
            None => {
                self.closing.ask(Close::Forbidden);
                Ok(None)
            }
        }
    }

    fn actor(&self, principal: Principal, id: RequestId) -> Actor {
        let (address, locale) = (self.visitor.address, self.visitor.locale);
        Actor { principal, request: RequestInfo { id, address, locale } }
    }
}

/// Whether somebody still is all that she was.
fn is_at_least(now: &User, was: &User) -> bool {
    let is_member = |now: &[Membership], was: &Membership| {
        now.iter().any(|one| one.organization == was.organization && one.role == was.role)
    };
    let (now_in, was_in) = (now.memberships.all(), was.memberships.all());
    now.id == was.id
        && was_in.iter().all(|was| is_member(&now_in, was))
        && was.platform_roles.iter().all(|role| now.platform_roles.contains(role))
}

/// One operation of hers.
pub(super) struct Operator {
    identity: Arc<Identity>,
    request_id: RequestId,
    last: Mutex<Actor>,
}

impl Operator {
    /// None, and the connection is closed, where she is no longer who she was.
    pub(super) async fn begin(identity: Arc<Identity>, request_id: RequestId) -> Result<Option<Self>, Fault> {
        let Some(principal) = identity.now().await? else { return Ok(None) };
        let last = Mutex::new(identity.actor(principal, request_id.clone()));
        Ok(Some(Self { identity, request_id, last }))
    }

    /// Who pays for what she asks.
    pub(super) fn payer(&self) -> Payer<'_> {
        let identity = &self.identity;
        let signed_in = identity.known.as_ref().map(|known| {
            let user = known.user.lock().unwrap_or_else(PoisonError::into_inner).id.uuid();
            (user, known.token.as_bytes())
        });
        Payer { address: identity.visitor.address, signed_in }
    }

    /// What answers are read with: as whom she was last found to be, and loaders that have loaded nothing.
    pub(super) fn data(&self) -> Data {
        let actor = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.identity.callers.data(actor)
    }
}

#[async_trait]
impl Listens for Operator {
    async fn actor(&self) -> Result<Option<Actor>, Fault> {
        let Some(principal) = self.identity.now().await? else { return Ok(None) };
        let actor = self.identity.actor(principal, self.request_id.clone());
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = actor.clone();
        Ok(Some(actor))
    }

    fn lost(&self) {
        self.identity.closing.ask(Close::TryAgainLater("too much happened to be told of all of it"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::accounts::{MembershipId, OrganizationId, PlatformRole, Role, SessionId};

    fn claim(header: Option<&str>, payload: Value) -> String {
        let visitor = Visitor {
            address: "203.0.113.9".parse().unwrap(),
            locale: Locale::Fr,
            authorization: header.map(str::to_owned),
        };
        match visitor.claim(payload.as_object().unwrap()) {
            Claim::Nobody => "nobody".to_owned(),
            Claim::HolderOf(token) => token,
            Claim::Nonsense => "nonsense".to_owned(),
        }
    }

    #[test]
    fn what_she_says_counts_before_her_header_does() {
        assert_eq!(claim(None, json!({})), "nobody");
        assert_eq!(claim(None, json!({ "authorization": "Bearer a" })), "a");
        assert_eq!(claim(None, json!({ "Authorization": "bearer a" })), "a");
        assert_eq!(claim(Some("Bearer b"), json!({ "authorization": "Bearer a" })), "a");
        assert_eq!(claim(Some("Bearer b"), json!({ "authorization": null })), "b");
        for payload in [json!({ "authorization": 1 }), json!({ "authorization": "a" }), json!({ "authorization": "" })]
        {
            assert_eq!(claim(Some("Bearer b"), payload), "nonsense");
        }
        assert_eq!(claim(Some("Basic b"), json!({})), "nonsense");
    }

    fn user(memberships: &[(u128, Role)], platform_roles: &[PlatformRole]) -> User {
        let membership = |(organization, role): &(u128, Role)| Membership {
            id: MembershipId::from_uuid(Uuid::from_u128(*organization)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(*organization)),
            role: *role,
        };
        User {
            id: UserId::from_uuid(Uuid::nil()),
            session: SessionId::from_uuid(Uuid::nil()),
            memberships: memberships.iter().map(membership).collect(),
            platform_roles: platform_roles.to_vec(),
        }
    }

    #[test]
    fn whoever_gains_something_goes_on_and_whoever_loses_something_does_not() {
        let was = user(&[(1, Role::Owner), (2, Role::Viewer)], &[PlatformRole::Verifier]);
        let all = [PlatformRole::Verifier, PlatformRole::Auditor];
        for now in [
            user(&[(2, Role::Viewer), (1, Role::Owner)], &all[..1]),
            user(&[(1, Role::Owner), (2, Role::Viewer), (3, Role::Agent)], &all),
        ] {
            assert!(is_at_least(&now, &was));
        }
        for now in [
            user(&[(1, Role::Owner)], &all),
            user(&[(1, Role::Owner), (2, Role::Manager)], &all),
            user(&[(1, Role::Owner), (2, Role::Viewer)], &[]),
        ] {
            assert!(!is_at_least(&now, &was));
        }
    }
}
