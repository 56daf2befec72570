//! Memberships and the invitations that lead to them.

use super::{Account, Identifier, InvitationId, Membership, MembershipId, OrganizationId, Role, UserId};
use crate::kernel::clock::Timestamp;

/// A membership as it is kept.
#[derive(Debug, Clone)]
pub struct MembershipRecord {
    /// The membership.
    pub id: MembershipId,
    /// Where.
    pub organization: OrganizationId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Counts changes from 1.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl MembershipRecord {
    /// A membership that begins now.
    #[must_use]
    pub fn begin(id: MembershipId, organization: OrganizationId, user: UserId, role: Role, now: Timestamp) -> Self {
        Self { id, organization, user, role, version: 1, created_at: now, updated_at: now }
    }
}

impl From<&MembershipRecord> for Membership {
    fn from(record: &MembershipRecord) -> Self {
        Self { id: record.id, organization: record.organization, role: record.role }
    }
}

/// Whether an organization with these members would still have an owner if that membership ended or lost its rank.
#[must_use]
pub fn owner_remains(members: &[MembershipRecord], without: MembershipId) -> bool {
    members.iter().any(|member| member.role == Role::Owner && member.id != without)
}

/// Whether a member of this rank, or somebody who is none, may offer a role. The policy says the same of whoever acts; this is
/// asked of the rank that she will have.
#[must_use]
pub const fn may_take_in(rank: Option<Role>, role: Role) -> bool {
    match rank {
        Some(Role::Owner) => true,
        Some(Role::Manager) => !matches!(role, Role::Owner),
        Some(Role::Agent | Role::ProcurementOfficer | Role::Evaluator | Role::Viewer) | None => false,
    }
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It can be accepted.
    Open,
    /// It was.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Nobody accepted it in time.
    Expired,
}

impl InvitationStatus {
    /// The status as it is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Accepted => "ACCEPTED",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// An offer of membership.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Where.
    pub organization: OrganizationId,
    /// Who is invited, whether or not she has an account.
    pub identifier: Identifier,
    /// As what.
    pub role: Role,
    /// Who invites.
    pub invited_by: UserId,
    /// It is over from here on.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Invitation {
    /// Where it stands; `EXPIRED` is derived, never stored.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        if self.accepted_at.is_some() {
            InvitationStatus::Accepted
        } else if self.revoked_at.is_some() {
            InvitationStatus::Revoked
        } else if self.expires_at <= now {
            InvitationStatus::Expired
        } else {
            InvitationStatus::Open
        }
    }

    /// Whether that account may accept it now. The code alone is not enough: it may have been overheard.
    #[must_use]
    pub fn can_be_accepted_by(&self, account: &Account, now: Timestamp) -> bool {
        self.status(now) == InvitationStatus::Open && account.answers_to(&self.identifier)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn member(number: u128, role: Role) -> MembershipRecord {
        MembershipRecord {
            id: MembershipId::from_uuid(Uuid::from_u128(number)),
            organization: OrganizationId::from_uuid(Uuid::nil()),
            user: UserId::from_uuid(Uuid::from_u128(number)),
            role,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_last_owner_is_not_replaced_by_managers() {
        let members = [member(1, Role::Owner), member(2, Role::Manager)];
        assert!(!owner_remains(&members, members[0].id));
        assert!(owner_remains(&members, members[1].id));
    }

    proptest! {
        #[test]
        fn an_owner_remains_exactly_when_another_one_is_there(roles in prop::collection::vec(0..Role::ALL.len(), 1..8)) {
            let members: Vec<_> =
                roles.iter().enumerate().map(|(number, role)| member(number as u128, Role::ALL[*role])).collect();
            let owners = members.iter().filter(|member| member.role == Role::Owner).count();
            for leaving in &members {
                let expected = owners > usize::from(leaving.role == Role::Owner);
                prop_assert_eq!(owner_remains(&members, leaving.id), expected);
            }
        }
    }

    #[test]
    fn an_invitation_is_open_until_something_ends_it() {
        let open = Invitation {
            id: InvitationId::from_uuid(Uuid::nil()),
            organization: OrganizationId::from_uuid(Uuid::nil()),
            identifier: "76123456".parse().unwrap(),
            role: Role::Agent,
            invited_by: UserId::from_uuid(Uuid::nil()),
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(7),
            accepted_at: None,
            revoked_at: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let at = Some(DateTime::UNIX_EPOCH);
        assert_eq!(open.status(DateTime::UNIX_EPOCH), InvitationStatus::Open);
        assert_eq!(open.status(open.expires_at), InvitationStatus::Expired);
        assert_eq!(Invitation { accepted_at: at, ..open.clone() }.status(open.expires_at), InvitationStatus::Accepted);
        assert_eq!(Invitation { revoked_at: at, ..open.clone() }.status(open.expires_at), InvitationStatus::Revoked);
    }
}
