//! Who people are to the product: ids, roles, and the actor behind a request.

mod actor;
mod role;

pub use actor::{Actor, Membership, Principal, RequestInfo, User};
pub use role::{PlatformRole, Role, UnknownRole};

use crate::define_id;

define_id!(
    /// Identifies a person's account.
    pub UserId = "user"
);
define_id!(
    /// Identifies an organization. Declared here because memberships name it; the directory says what one is.
    pub OrganizationId = "organization"
);
define_id!(
    /// Identifies a membership.
    pub MembershipId = "membership"
);
define_id!(
    /// Identifies an invitation.
    pub InvitationId = "invitation"
);
define_id!(
    /// Identifies a session.
    pub SessionId = "session"
);
