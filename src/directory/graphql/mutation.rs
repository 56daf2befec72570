//! Writing: each mutation is one use case.

use async_graphql::{Context, Object};

use super::{
    DeclareOwnershipInput, Organization, OwnershipProfile, RegisterOrganizationInput, UpdateOrganizationInput,
    directory,
};
use crate::{
    accounts::graphql::actor,
    directory::RegisterOrganization,
    kernel::graphql::{UserError, user_errors},
    payload,
};

payload! {
    /// What `registerOrganization` gives back.
    RegisterOrganizationPayload {
        /// The organization; null when it was refused.
        organization: Organization,
    }
}

payload! {
    /// What `updateOrganization` gives back.
    UpdateOrganizationPayload {
        /// The organization as it stands now; null when the change was refused.
        organization: Organization,
    }
}

/// What `declareOwnership` gives back.
#[derive(async_graphql::SimpleObject)]
pub struct DeclareOwnershipPayload {
    /// The organization's facts as they stand now; null when the declaration was refused.
    pub ownership_profile: Option<OwnershipProfile>,
    /// The organization, for asking what follows from them; null when the declaration was refused.
    pub organization: Option<Organization>,
    /// What the caller has to mend; empty when the mutation was carried out.
    #[graphql(complexity = "crate::kernel::graphql::list_complexity(10, child_complexity)")]
    pub user_errors: Vec<UserError>,
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct DirectoryMutation;

#[Object]
impl DirectoryMutation {
    /// Register an organization and become its owner. Informal groups need no registration number; a number that is given
    /// may belong to no other organization.
    async fn register_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new organization.")] input: RegisterOrganizationInput,
    ) -> async_graphql::Result<RegisterOrganizationPayload> {
        let outcome = directory(ctx)?.register_organization(actor(ctx), RegisterOrganization::from(input)).await;
        RegisterOrganizationPayload::from_outcome(ctx, outcome.map(Organization::from))
    }

    /// Change what an organization says about itself. Owners, managers and agents may.
    async fn update_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organization, and what about it.")] input: UpdateOrganizationInput,
    ) -> async_graphql::Result<UpdateOrganizationPayload> {
        let outcome = match input.read() {
            Ok(command) => directory(ctx)?.update_organization(actor(ctx), command).await,
            Err(failure) => Err(failure),
        };
        UpdateOrganizationPayload::from_outcome(ctx, outcome.map(Organization::from))
    }

    /// Declare who owns and leads an organization. Owners, managers and agents may. Every declaration is kept; what
    /// follows under each definition is derived at once and can be asked for any day.
    async fn declare_ownership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose facts, and which.")] input: DeclareOwnershipInput,
    ) -> async_graphql::Result<DeclareOwnershipPayload> {
        let outcome = match input.read() {
            Ok(command) => directory(ctx)?.declare_ownership(actor(ctx), command).await,
            Err(failure) => Err(failure),
        };
        Ok(match outcome {
            Ok(organization) => DeclareOwnershipPayload {
                ownership_profile: Some(OwnershipProfile::of(ctx, &organization).await?),
                organization: Some(organization.into()),
                user_errors: Vec::new(),
            },
            Err(failure) => DeclareOwnershipPayload {
                ownership_profile: None,
                organization: None,
                user_errors: user_errors(ctx, failure)?,
            },
        })
    }
}
