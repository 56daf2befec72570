//! What a client sees of credentials.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::room;
use crate::{
    credentials::{self, model},
    kernel::graphql::list_complexity,
};

/// Changes of status that a credential usually has at most.
const CHANGES_USUAL: usize = 5;

/// What a credential states. New kinds may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::CredentialKind")]
pub enum CredentialKind {
    /// That an organization, a site or a product conforms to a scheme: a Digital Conformity Credential of the UN Transparency
    /// Protocol, version 0.6.1.
    ConformityCertificate,
    /// That women own and lead an organization.
    OwnershipVerification,
}

/// Where a credential stands at a moment, its days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Standing")]
pub enum CredentialStatus {
    /// It holds.
    Valid,
    /// Its first day has not come.
    NotYetValid,
    /// Its last day is past.
    Expired,
    /// It does not hold for the time being.
    Suspended,
    /// It does not hold any more, for good.
    Revoked,
}

/// What is said of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::CredentialStatus")]
pub enum CredentialChange {
    /// It holds again.
    Active,
    /// It does not hold for the time being.
    Suspended,
    /// It does not hold any more, for good.
    Revoked,
}

/// Something that became of a credential. Appended, never changed.
#[derive(Debug, Clone, SimpleObject)]
pub struct CredentialStatusEvent {
    /// What is said of the credential since then.
    pub change: CredentialChange,
    /// From when on; may lie before or after the time when it was recorded.
    pub effective_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Why, in the words of whoever said it.
    pub reason: String,
}

impl From<&model::StatusEvent> for CredentialStatusEvent {
    fn from(event: &model::StatusEvent) -> Self {
        Self {
            change: event.status.into(),
            effective_at: event.effective_at,
            recorded_at: event.recorded_at,
            reason: event.reason.clone(),
        }
    }
}

/// A signed statement that anybody can check without asking this service: a W3C verifiable credential.
#[derive(Debug, Clone)]
pub struct Credential(pub credentials::Credential);

/// A signed statement that anybody can check without asking this service: a W3C verifiable credential. It is public, whatever
/// became of it or of its holder.
#[Object]
impl Credential {
    /// Identifies the credential.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it states.
    fn kind(&self) -> CredentialKind {
        self.0.kind.into()
    }

    /// The credential itself, signed: a compact JWS with EdDSA (`application/vc+jwt`).
    async fn jwt(&self) -> &str {
        &self.0.token
    }

    /// Where it is found: as a page for people, or signed for machines, whichever is asked for.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(room(ctx)?.issuer().credential_url(self.0.id))
    }

    /// Where it is found with the issuer's keys and its status: all that is needed to check it without a network.
    async fn bundle_url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(room(ctx)?.issuer().bundle_url(self.0.id))
    }

    /// Where it stands now.
    async fn status(&self, ctx: &Context<'_>) -> Result<CredentialStatus> {
        Ok(self.0.standing(room(ctx)?.now()).into())
    }

    /// Where it stood at an instant, by what is known today.
    async fn status_at(&self, #[graphql(desc = "The instant.")] time: DateTime<Utc>) -> CredentialStatus {
        self.0.standing(time).into()
    }

    /// What became of it, in the order in which it was recorded.
    #[graphql(complexity = "list_complexity(CHANGES_USUAL, child_complexity)")]
    async fn status_history(&self) -> Vec<CredentialStatusEvent> {
        self.0.events.iter().map(CredentialStatusEvent::from).collect()
    }

    /// When it was signed.
    fn issued_at(&self) -> DateTime<Utc> {
        self.0.issued_at
    }

    /// Since when it holds.
    fn valid_from(&self) -> DateTime<Utc> {
        self.0.valid_from
    }

    /// Until when it holds; null for ever.
    fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.0.valid_until
    }

    /// When another took its place; null for the one that stands.
    fn superseded_at(&self) -> Option<DateTime<Utc>> {
        self.0.superseded_at
    }
}
