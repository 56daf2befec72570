//! Reading what was stated.

use async_graphql::{Context, ID, Object, Result};

use super::{Credential, Loaders};
use crate::{
    credentials::CredentialId,
    kernel::{UserError, graphql::failure},
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
        match credential_id.parse::<CredentialId>() {
            Ok(id) => Loaders::credential(ctx, id).await.transpose(),
            Err(error) => {
                let error = UserError::from_id(&error, CredentialId::PREFIX, ["id"]);
                Some(Err(failure(ctx, error.into())))
            }
        }
    }
}
