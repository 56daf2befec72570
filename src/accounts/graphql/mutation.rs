//! Writing: each mutation is one use case.

use async_graphql::{Context, ID, Object};

use super::{
    AcceptInvitationInput, ChangeMemberRoleInput, Invitation, InviteMemberInput, Membership, RefreshSessionInput,
    RemoveMemberInput, RevokeInvitationInput, Session, SignInInput, SignOutInput, SignUpInput, User, actor, room,
};
use crate::{
    accounts::{
        ChangeMemberRole, InvitationCode, InviteMember, Invited, RemoveMember, RevokeInvitation, SignIn, SignUp,
        SignedIn,
    },
    kernel::{
        Outcome,
        graphql::{UserError, user_errors},
    },
    payload,
};

payload! {
    /// What `signUp` gives back.
    SignUpPayload {
        /// The session that begins; null when the sign-up was refused.
        session: Session,
        /// The new account; null when the sign-up was refused.
        user: User,
    }
}

payload! {
    /// What `signIn` gives back.
    SignInPayload {
        /// The session that begins; null when the sign-in was refused.
        session: Session,
        /// Who signed in; null when the sign-in was refused.
        user: User,
    }
}

payload! {
    /// What `refreshSession` gives back.
    RefreshSessionPayload {
        /// The next tokens; null when the refresh was refused, and then the person signs in again.
        session: Session,
    }
}

payload! {
    /// What `signOut` gives back.
    SignOutPayload {
        /// True when the session was ended.
        signed_out: bool,
    }
}

/// What `inviteMember` gives back.
#[derive(async_graphql::SimpleObject)]
pub struct InviteMemberPayload {
    /// The invitation; null when it was refused.
    pub invitation: Option<Invitation>,
    /// The code that opens it, to be passed on to the person who is invited, such as `K3PF-9QXN-0B7T-M2CD`. It is shown this
    /// once: null when the invitation was refused, or was made before under the same idempotency key. A lost code is mended by
    /// revoking the invitation and inviting again.
    pub code: Option<String>,
    /// What the caller has to mend; empty when the mutation was carried out.
    #[graphql(complexity = "crate::kernel::graphql::list_complexity(10, child_complexity)")]
    pub user_errors: Vec<UserError>,
}

payload! {
    /// What `acceptInvitation` gives back.
    AcceptInvitationPayload {
        /// The membership that begins; null when the code was refused.
        membership: Membership,
    }
}

payload! {
    /// What `revokeInvitation` gives back.
    RevokeInvitationPayload {
        /// The invitation as it stands now; null when it was not taken back.
        invitation: Invitation,
    }
}

payload! {
    /// What `changeMemberRole` gives back.
    ChangeMemberRolePayload {
        /// The membership as it stands now; null when it was not changed.
        membership: Membership,
    }
}

payload! {
    /// What `removeMember` gives back.
    RemoveMemberPayload {
        /// The membership that ended; null when none did.
        removed_membership_id: ID,
    }
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct AccountsMutation;

#[Object]
impl AccountsMutation {
    /// Make an account and sign in. Attempts of an address are counted.
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs up.")] input: SignUpInput,
    ) -> async_graphql::Result<SignUpPayload> {
        let outcome = room(ctx)?.sign_up(actor(ctx), SignUp::from(input)).await;
        SignUpPayload::from_outcome(ctx, outcome.map(parts))
    }

    /// Sign in with a phone number or e-mail address and a password. Attempts are counted for the identifier and for the
    /// address; whether an identifier has an account is not told.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SignInInput,
    ) -> async_graphql::Result<SignInPayload> {
        let outcome = room(ctx)?.sign_in(actor(ctx), SignIn::from(input)).await;
        SignInPayload::from_outcome(ctx, outcome.map(parts))
    }

    /// Exchange a refresh token for the next tokens. Each can be used once; a second use ends the session everywhere, unless it
    /// repeats the first within a minute under the same idempotency key.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What carries the session on.")] input: RefreshSessionInput,
    ) -> async_graphql::Result<RefreshSessionPayload> {
        let outcome = room(ctx)?.refresh_session(actor(ctx), input.into()).await;
        RefreshSessionPayload::from_outcome(ctx, outcome.map(Session))
    }

    /// End the session that the request comes with, or all of them.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be ended; this session where nothing is said.")] input: Option<SignOutInput>,
    ) -> async_graphql::Result<SignOutPayload> {
        let outcome = room(ctx)?.sign_out(actor(ctx), input.unwrap_or_default().into()).await;
        SignOutPayload::from_outcome(ctx, outcome.map(|()| true))
    }

    /// Invite a person to an organization. The answer holds the code to be passed on to her and does not tell whether she has
    /// an account. Owners and managers invite; only owners invite owners.
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is invited.")] input: InviteMemberInput,
    ) -> async_graphql::Result<InviteMemberPayload> {
        let outcome: Outcome<Invited> = match InviteMember::try_from(input) {
            Ok(command) => room(ctx)?.invite_member(actor(ctx), command).await,
            Err(error) => Err(error.into()),
        };
        InviteMemberPayload::from_outcome(ctx, outcome)
    }

    /// Become a member of the organization that invited. The invited phone number or e-mail address must be one of the
    /// signed-in person's.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation's code.")] input: AcceptInvitationInput,
    ) -> async_graphql::Result<AcceptInvitationPayload> {
        let outcome = room(ctx)?.accept_invitation(actor(ctx), input.into()).await;
        AcceptInvitationPayload::from_outcome(ctx, outcome.map(Membership))
    }

    /// Take an open invitation back.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation.")] input: RevokeInvitationInput,
    ) -> async_graphql::Result<RevokeInvitationPayload> {
        let outcome = match RevokeInvitation::try_from(input) {
            Ok(command) => room(ctx)?.revoke_invitation(actor(ctx), command).await,
            Err(error) => Err(error.into()),
        };
        RevokeInvitationPayload::from_outcome(ctx, outcome.map(Invitation))
    }

    /// Give a member another role. An organization keeps at least one owner.
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose role, and which one.")] input: ChangeMemberRoleInput,
    ) -> async_graphql::Result<ChangeMemberRolePayload> {
        let outcome = match ChangeMemberRole::try_from(input) {
            Ok(command) => room(ctx)?.change_member_role(actor(ctx), command).await,
            Err(error) => Err(error.into()),
        };
        ChangeMemberRolePayload::from_outcome(ctx, outcome.map(Membership))
    }

    /// End a membership, one's own included. An organization keeps at least one owner.
    async fn remove_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose membership.")] input: RemoveMemberInput,
    ) -> async_graphql::Result<RemoveMemberPayload> {
        let outcome = match RemoveMember::try_from(input) {
            Ok(command) => room(ctx)?.remove_member(actor(ctx), command).await,
            Err(error) => Err(error.into()),
        };
        RemoveMemberPayload::from_outcome(ctx, outcome.map(|id| id.to_string().into()))
    }
}

impl InviteMemberPayload {
    fn from_outcome(ctx: &Context<'_>, outcome: Outcome<Invited>) -> async_graphql::Result<Self> {
        Ok(match outcome {
            Ok(invited) => Self {
                invitation: Some(Invitation(invited.invitation)),
                code: invited.code.as_ref().map(InvitationCode::reveal),
                user_errors: Vec::new(),
            },
            Err(failure) => Self { invitation: None, code: None, user_errors: user_errors(ctx, failure)? },
        })
    }
}

fn parts(signed_in: SignedIn) -> (Session, User) {
    (Session(signed_in.session), User(signed_in.account))
}
