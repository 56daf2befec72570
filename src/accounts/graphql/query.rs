//! Reading: who I am, and what other rooms show of memberships.

use async_graphql::{Context, Object};

use super::{InvitationConnection, Loaders, MembershipConnection, Viewer, actor, room};
use crate::{
    accounts::OrganizationId,
    kernel::{
        graphql::{failure, fault, loaders, wants_total_count},
        page::PageArgs,
    },
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// The signed-in person; null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Viewer>> {
        let accounts = match room(ctx) {
            Ok(accounts) => accounts,
            Err(error) => return Some(Err(error)),
        };
        let account = accounts.viewer(actor(ctx)).await.map_err(|error| fault(ctx, &error)).transpose()?;
        Some(account.map(Viewer))
    }
}

/// The members of an organization that the request's actor sees, loaded together with those of its siblings.
///
/// # Errors
/// `FORBIDDEN` or `UNAUTHENTICATED` to whoever may not see them, `BAD_USER_INPUT` for a wrong page.
pub async fn members_of(
    ctx: &Context<'_>,
    organization: OrganizationId,
    args: PageArgs,
) -> async_graphql::Result<MembershipConnection> {
    let page = room(ctx)?.members_page(actor(ctx), organization, &args).map_err(|error| failure(ctx, error))?;
    let loaders = loaders::<Loaders>(ctx)?;
    Ok(loaders.members.get(ctx, organization, page, wants_total_count(ctx)).await?.into())
}

/// The invitations of an organization that the request's actor sees, loaded together with those of its siblings.
///
/// # Errors
/// As for [`members_of`].
pub async fn invitations_of(
    ctx: &Context<'_>,
    organization: OrganizationId,
    args: PageArgs,
) -> async_graphql::Result<InvitationConnection> {
    let page = room(ctx)?.invitations_page(actor(ctx), organization, &args).map_err(|error| failure(ctx, error))?;
    let loaders = loaders::<Loaders>(ctx)?;
    Ok(loaders.invitations.get(ctx, organization, page, wants_total_count(ctx)).await?.into())
}
