//! The room in GraphQL: `CredentialsQuery` is merged into the schema's root. Credentials are issued by what leads to them,
//! so there is nothing to write here.

mod loader;
mod object;
mod query;

use async_graphql::Context;

pub use self::{
    loader::Loaders,
    object::{Credential, CredentialChange, CredentialKind, CredentialStatus, CredentialStatusEvent},
    query::CredentialsQuery,
};
use super::Credentials;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Credentials> {
    ctx.data()
}
