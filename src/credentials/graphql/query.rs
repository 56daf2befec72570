//! Reading what was stated.

use async_graphql::{Context, ID, Object, Result};

use super::{Credential, Loaders};
use crate::{
    credentials::CredentialId,
    kernel::graphql::{failure, read_id},
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct CredentialsQuery;

#[Object]
impl CredentialsQuery {
    /// A credential by its id; null where there is none. Everybody may see it.
    async fn credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The credential's id.")] credential_id: ID,
    ) -> Option<Result<Credential>> {
        match read_id(&credential_id, CredentialId::PREFIX, ["id"]) {
            Ok(id) => Loaders::credential(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }
}
