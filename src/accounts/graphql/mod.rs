//! The room in GraphQL: `AccountsQuery`, `AuditQuery` and `AccountsMutation` are merged into the schema's roots.
//!
//! Who asks is put into the context by the HTTP layer as an [`Actor`], the room's handle by the schema, and fresh
//! [`Loaders`] by each request.

mod audit;
mod following;
mod input;
mod loader;
mod mutation;
mod object;
mod query;

use std::{net::IpAddr, sync::LazyLock};

use async_graphql::Context;

pub use self::{
    audit::{AuditEntry, AuditEntryConnection, AuditEntryEdge, AuditQuery},
    following::{Following, Listens, follow},
    input::{
        AcceptInvitationInput, ChangeMemberRoleInput, InviteMemberInput, RefreshSessionInput, RemoveMemberInput,
        RevokeInvitationInput, SignInInput, SignOutInput, SignUpInput,
    },
    loader::Loaders,
    mutation::{
        AcceptInvitationPayload, AccountsMutation, ChangeMemberRolePayload, InviteMemberPayload, RefreshSessionPayload,
        RemoveMemberPayload, RevokeInvitationPayload, SignInPayload, SignOutPayload, SignUpPayload,
    },
    object::{
        Invitation, InvitationConnection, InvitationEdge, InvitationStatus, MemberRole, Membership,
        MembershipConnection, MembershipEdge, PlatformRole, Session, User, Viewer,
    },
    query::{AccountsQuery, invitations_of, members_of},
};
use super::{Accounts, Actor, Principal, RequestInfo};
use crate::kernel::{locale::Locale, telemetry::RequestId};

/// Who asks. Where nobody was put into the context, nobody is signed in.
#[must_use]
pub fn actor<'a>(ctx: &Context<'a>) -> &'a Actor {
    static NOBODY: LazyLock<Actor> = LazyLock::new(|| Actor {
        principal: Principal::Anonymous,
        request: RequestInfo {
            id: RequestId::new("-"),
            address: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
            locale: Locale::default(),
        },
    });
    ctx.data_opt::<Actor>().unwrap_or_else(|| &NOBODY)
}

/// The room's handle.
fn room<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Accounts> {
    ctx.data::<Accounts>()
}
