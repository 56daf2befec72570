//! The room in GraphQL: `DirectoryQuery` and `DirectoryMutation` are merged into the schema's roots. Types wrap the
//! room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] by each request.

mod evidence;
mod input;
mod loader;
mod mutation;
pub mod organization;
mod ownership;
mod place;
mod query;
mod words;

pub use evidence::{
    ClaimOwnershipEvidenceInput, EvidenceMutation, EvidenceQuery, OwnershipEvidence, OwnershipEvidenceConnection,
    OwnershipEvidencePayload, OwnershipReview, ReleaseOwnershipEvidenceInput, ReviewOwnershipEvidenceInput,
    SubmitOwnershipEvidenceInput,
};
pub use input::{
    DeclareOwnershipInput, GeoPointInput, RegisterOrganizationInput, RegistrationInput, UpdateOrganizationInput,
};
pub use loader::Loaders;
pub use mutation::{
    DeclareOwnershipPayload, DirectoryMutation, RegisterOrganizationPayload, UpdateOrganizationPayload,
};
pub use organization::{GeoPoint, Organization, OrganizationConnection, OrganizationEdge, Registration};
pub use ownership::{
    FailingCriterion, OwnershipAssessment, OwnershipDeclaration, OwnershipDeclarationConnection, OwnershipProfile,
    OwnershipRules, OwnershipRulesConnection,
};
pub use place::{Place, PlaceCode, PlaceConnection, PlaceEdge};
pub use query::{DirectoryQuery, OrganizationFilter, OrganizationOrderBy, WomenOwnedFilter};
pub use words::{
    Certainty, CodeScheme, EvidenceLevel, EvidenceVerdict, LegalForm, OrganizationKind, OrganizationOrderField,
    OrganizationStanding, OwnershipCriterion, OwnershipDefinition, OwnershipFact, OwnershipStatus, Percent, PlaceKind,
    RegistrationScheme,
};

use async_graphql::{Context, Error};

use super::Directory;

fn directory<'c>(ctx: &Context<'c>) -> Result<&'c Directory, Error> {
    ctx.data()
}
