//! Who is acting: people, their sessions, their memberships in organizations, and what they may do.

pub mod model;
pub mod policy;

pub use model::{
    Actor, InvitationId, Membership, MembershipId, OrganizationId, PlatformRole, Principal, RequestInfo, Role,
    SessionId, User, UserId,
};
