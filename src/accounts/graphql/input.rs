//! Inputs, and how each becomes a command.

use async_graphql::{ID, InputObject};

use super::MemberRole;
use crate::{
    accounts::{
        AcceptInvitation, ChangeMemberRole, InvitationId, InviteMember, MembershipId, OrganizationId, RefreshSession,
        RemoveMember, RevokeInvitation, SignIn, SignOut, SignUp,
    },
    kernel::{
        UserError,
        graphql::{LanguageCode, read_id},
        locale::Locale,
    },
};

/// What a person says of herself to get an account. A phone number or an e-mail address is needed; both may be given.
#[derive(Clone, InputObject)]
pub struct SignUpInput {
    /// Her phone number: eight digits in Mali, in any spelling (`76 12 34 56`); with its country code elsewhere (`+33 …`).
    pub phone: Option<String>,
    /// Her e-mail address.
    pub email: Option<String>,
    /// The password she chooses: 10 to 128 signs, a short phrase for example, and not easily guessed.
    #[graphql(secret)]
    pub password: String,
    /// Her name as she writes it.
    pub name: String,
    /// The language she prefers.
    #[graphql(default_with = "LanguageCode::Fr")]
    pub language: LanguageCode,
    /// Makes a repetition harmless: the same key and input give the same account again, and a new session.
    pub idempotency_key: Option<String>,
}

impl From<SignUpInput> for SignUp {
    fn from(input: SignUpInput) -> Self {
        Self {
            phone: input.phone,
            email: input.email,
            password: input.password.into(),
            name: input.name,
            language: Locale::from(input.language),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What a person presents to sign in.
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// Her phone number or e-mail address, in any spelling that signing up takes.
    pub identifier: String,
    /// Her password.
    #[graphql(secret)]
    pub password: String,
    /// Makes a repetition harmless: the same key gives a session in place of the one whose answer was lost.
    pub idempotency_key: Option<String>,
}

impl From<SignInInput> for SignIn {
    fn from(input: SignInInput) -> Self {
        Self { identifier: input.identifier, password: input.password.into(), idempotency_key: input.idempotency_key }
    }
}

/// What carries a session on.
#[derive(Clone, InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token of the last answer. It can be used once.
    #[graphql(secret)]
    pub refresh_token: String,
    /// Makes a repetition harmless: within a minute, the same token and key give other tokens in place of those whose answer
    /// was lost, if those were not used.
    #[graphql(secret)]
    pub idempotency_key: Option<String>,
}

impl From<RefreshSessionInput> for RefreshSession {
    fn from(input: RefreshSessionInput) -> Self {
        Self { refresh_token: input.refresh_token.into(), idempotency_key: input.idempotency_key }
    }
}

/// What is to be ended.
#[derive(Clone, Default, InputObject)]
pub struct SignOutInput {
    /// Every session on every device, not only the one that the request came with.
    #[graphql(default)]
    pub everywhere: bool,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl From<SignOutInput> for SignOut {
    fn from(input: SignOutInput) -> Self {
        Self { everywhere: input.everywhere, idempotency_key: input.idempotency_key }
    }
}

/// Who is invited to an organization.
#[derive(Clone, InputObject)]
pub struct InviteMemberInput {
    /// The organization.
    pub organization_id: ID,
    /// The phone number or e-mail address of the person, whether or not she has an account.
    pub identifier: String,
    /// The role that she is offered. Only owners offer `OWNER`.
    pub role: MemberRole,
    /// Makes a repetition harmless: the same key and input give the same invitation again, without its code.
    pub idempotency_key: Option<String>,
}

impl TryFrom<InviteMemberInput> for InviteMember {
    type Error = UserError;

    fn try_from(input: InviteMemberInput) -> Result<Self, UserError> {
        let path = ["input", "organizationId"];
        let organization = read_id(&input.organization_id, OrganizationId::PREFIX, path)?;
        Ok(Self {
            organization,
            identifier: input.identifier,
            role: input.role.into(),
            idempotency_key: input.idempotency_key,
        })
    }
}

/// How an invitation is accepted.
#[derive(Clone, InputObject)]
pub struct AcceptInvitationInput {
    /// The code that the inviter passed on; case, blanks and dashes do not matter.
    #[graphql(secret)]
    pub code: String,
    /// Makes a repetition harmless: the same key and code give the same membership again.
    pub idempotency_key: Option<String>,
}

impl From<AcceptInvitationInput> for AcceptInvitation {
    fn from(input: AcceptInvitationInput) -> Self {
        Self { code: input.code.into(), idempotency_key: input.idempotency_key }
    }
}

/// Which invitation is taken back.
#[derive(Clone, InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation.
    pub invitation_id: ID,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl TryFrom<RevokeInvitationInput> for RevokeInvitation {
    type Error = UserError;

    fn try_from(input: RevokeInvitationInput) -> Result<Self, UserError> {
        let invitation = read_id(&input.invitation_id, InvitationId::PREFIX, ["input", "invitationId"])?;
        Ok(Self { invitation, idempotency_key: input.idempotency_key })
    }
}

/// Whose role changes, and to what.
#[derive(Clone, InputObject)]
pub struct ChangeMemberRoleInput {
    /// The membership.
    pub membership_id: ID,
    /// The role that she is to have. Only owners make and unmake owners.
    pub role: MemberRole,
    /// The version that was read; the change is refused if there is a later one.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl TryFrom<ChangeMemberRoleInput> for ChangeMemberRole {
    type Error = UserError;

    fn try_from(input: ChangeMemberRoleInput) -> Result<Self, UserError> {
        Ok(Self {
            membership: membership(&input.membership_id)?,
            role: input.role.into(),
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
        })
    }
}

/// Whose membership ends.
#[derive(Clone, InputObject)]
pub struct RemoveMemberInput {
    /// The membership. Anybody may end her own.
    pub membership_id: ID,
    /// The version that was read; the removal is refused if there is a later one.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl TryFrom<RemoveMemberInput> for RemoveMember {
    type Error = UserError;

    fn try_from(input: RemoveMemberInput) -> Result<Self, UserError> {
        Ok(Self {
            membership: membership(&input.membership_id)?,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
        })
    }
}

fn membership(id: &ID) -> Result<MembershipId, UserError> {
    read_id(id, MembershipId::PREFIX, ["input", "membershipId"])
}
