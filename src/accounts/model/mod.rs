//! Who people are to the product: ids, roles, and the actor behind a request.

mod account;
mod actor;
mod allowance;
mod identifier;
mod membership;
pub mod password;
mod phone;
mod role;
mod session;
mod token;

pub use account::{Account, AccountStatus, UnknownStatus};
pub use actor::{Actor, Membership, Memberships, Principal, RequestInfo, User};
pub use allowance::{Allowance, Shared};
pub use identifier::{EmailAddress, Identifier, NoIdentifier};
pub use membership::{Invitation, InvitationStatus, MembershipRecord, may_take_in, owner_remains};
pub use phone::Phone;
pub use role::{PlatformRole, Role, UnknownRole};
pub use session::{IssuedSession, Refresh, SessionRecord};
pub use token::{InvitationCode, OpaqueToken, Retry, SecretDigest, Token};

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
