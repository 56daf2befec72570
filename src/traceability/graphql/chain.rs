//! Chains of events, what was signed of them, and proofs.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::room;
use crate::{
    accounts::{OrganizationId, graphql::actor},
    connection,
    kernel::{
        digest::Digest,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
        page::encode_cursor,
    },
    traceability::{self, CHECKPOINTS, EventId, checkpoint_key},
};

/// What the service signed of an organization's chain of events.
#[derive(Debug, Clone)]
pub struct ChainCheckpoint(traceability::Checkpoint);

connection! {
    /// A page of checkpoints.
    ChainCheckpointConnection, ChainCheckpointEdge, ChainCheckpoint
}

/// What the service signed of an organization's chain of events: the root of a Merkle tree over the first of them (RFC 9162,
/// section 2.1). Whoever keeps one can tell later whether one of these events was altered or removed.
#[Object]
impl ChainCheckpoint {
    /// How many events it covers: the first ones, up to this sequence.
    async fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// The tree's root, in hexadecimal digits.
    async fn root(&self) -> String {
        self.0.root.to_string()
    }

    /// When it was signed.
    async fn signed_at(&self) -> DateTime<Utc> {
        self.0.signed_at
    }

    /// The signed statement: a compact JWS (EdDSA, by a key of the service's DID document) of the kind `chain-checkpoint+jwt` with
    /// `iss`, `organization`, `sequence`, `root`, the `seal` of the last event that it covers, and `signedAt`.
    async fn token(&self) -> &str {
        &self.0.token
    }
}

/// All that is needed to check, without asking this service, that an event is in a chain that was signed.
#[derive(Debug, Clone)]
pub struct InclusionProof(traceability::InclusionProof);

/// All that is needed to check, without asking this service, that an event is in a chain that was signed: its seal is SHA-256 of
/// `previousSeal` and `canonicalEvent`; `leafHash` is SHA-256 of a zero byte and the seal; `path` leads from there to `root` (RFC
/// 9162, section 2.1.3.2), which stands in the signed statement. Hashes are written in hexadecimal digits.
#[Object]
impl InclusionProof {
    /// The event.
    async fn event_id(&self) -> ID {
        ID(self.0.event.id.to_string())
    }

    /// Counts the organization's events, from 1. The tree counts its leaves from 0.
    async fn sequence(&self) -> i64 {
        self.0.event.sequence
    }

    /// The event's seal.
    async fn seal(&self) -> String {
        self.0.event.hash.to_string()
    }

    /// The seal of the event before it; zeros before the first.
    async fn previous_seal(&self) -> String {
        self.0.previous_seal.to_string()
    }

    /// The event in the form that is sealed: EPCIS 2.0 in canonical JSON (RFC 8785), to be hashed as it stands, in UTF-8.
    async fn canonical_event(&self) -> &str {
        &self.0.event.body
    }

    /// The leaf of the tree.
    async fn leaf_hash(&self) -> String {
        self.0.leaf.to_string()
    }

    /// How many events the tree covers.
    async fn tree_size(&self) -> i64 {
        self.0.size
    }

    /// The tree's root.
    async fn root(&self) -> String {
        self.0.root.to_string()
    }

    /// The hashes from the leaf to the root, the one nearest to the leaf first.
    async fn path(&self) -> Vec<String> {
        written(&self.0.path)
    }

    /// The signed statement of the root, as in `ChainCheckpoint.token`.
    async fn checkpoint(&self) -> &str {
        &self.0.token
    }
}

/// What shows that a chain was only added to between two checkpoints.
#[derive(Debug, Clone)]
pub struct ConsistencyProof(traceability::ConsistencyProof);

/// What shows that a chain was only added to between two checkpoints: `path` leads from the one root to the other (RFC 9162,
/// section 2.1.4.2).
#[Object]
impl ConsistencyProof {
    /// What was signed first.
    async fn earlier(&self) -> ChainCheckpoint {
        ChainCheckpoint(self.0.earlier.clone())
    }

    /// What was signed later.
    async fn later(&self) -> ChainCheckpoint {
        ChainCheckpoint(self.0.later.clone())
    }

    /// The hashes, in hexadecimal digits.
    async fn path(&self) -> Vec<String> {
        written(&self.0.path)
    }
}

fn written(hashes: &[Digest]) -> Vec<String> {
    hashes.iter().map(ToString::to_string).collect()
}

/// The room's queries about chains.
#[derive(Debug, Default, Clone, Copy)]
pub struct ChainQuery;

#[Object]
impl ChainQuery {
    /// The proof that an event is in its organization's chain and that the chain was signed; null where there is no such event
    /// that the caller may see.
    #[graphql(complexity = "50 + child_complexity")]
    async fn inclusion_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event's id.")] event_id: ID,
    ) -> Result<Option<InclusionProof>> {
        let id = read_id(&event_id, EventId::PREFIX, ["eventId"]).map_err(|error| failure(ctx, error.into()))?;
        let proof = Box::pin(room(ctx)?.inclusion_proof(actor(ctx), id)).await;
        Ok(proof.map_err(|error| failure(ctx, error))?.map(InclusionProof))
    }

    /// What was signed of an organization's chain of events, the last first. Everybody may see it.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn chain_checkpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization's id.")] organization_id: ID,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ChainCheckpointConnection> {
        let organization = organization(ctx, &organization_id)?;
        let args = page_args(first, after, last, before);
        let page = room(ctx)?.checkpoints(organization, &args, wants_total_count(ctx));
        let (slice, total) = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        let turn = |checkpoint| (encode_cursor(CHECKPOINTS, &checkpoint_key(&checkpoint)), ChainCheckpoint(checkpoint));
        Ok(ChainCheckpointConnection::new(slice, turn, total))
    }

    /// The proof that an organization's chain was only added to between two of its checkpoints; null where there are no such
    /// checkpoints. Everybody may see it.
    #[graphql(complexity = "50 + child_complexity")]
    async fn consistency_proof(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization's id.")] organization_id: ID,
        #[graphql(desc = "The sequence of the earlier checkpoint.")] earlier: i32,
        #[graphql(desc = "The sequence of the later checkpoint.")] later: i32,
    ) -> Result<Option<ConsistencyProof>> {
        let organization = organization(ctx, &organization_id)?;
        let proof = room(ctx)?.consistency_proof(organization, earlier.into(), later.into());
        let proof = Box::pin(proof).await.map_err(|error| failure(ctx, error))?;
        Ok(proof.map(ConsistencyProof))
    }
}

fn organization(ctx: &Context<'_>, given: &ID) -> Result<OrganizationId> {
    read_id(given, OrganizationId::PREFIX, ["organizationId"]).map_err(|error| failure(ctx, error.into()))
}
