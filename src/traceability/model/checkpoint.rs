//! What the service signs of a chain, and what follows of it for one event.

use serde_json::{Value, json};

use super::event::Event;
use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::{Timestamp, rfc3339},
        digest::Digest,
    },
};

/// The kind of the signed statement (`typ` of its header).
pub const CHECKPOINT_TYPE: &str = "chain-checkpoint+jwt";

/// What was signed of a chain: the Merkle tree over its first events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose chain.
    pub organization: OrganizationId,
    /// How many events the tree covers: the sequence of the last of them.
    pub sequence: i64,
    /// The tree's root.
    pub root: Digest,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The statement, a compact JWS of [`claims`].
    pub token: String,
}

/// What a checkpoint states. `seal` is that of the last event.
#[must_use]
pub fn claims(
    issuer: &str,
    organization: OrganizationId,
    (sequence, seal): (i64, Digest),
    root: Digest,
    signed_at: Timestamp,
) -> Value {
    json!({
        "iss": issuer,
        "organization": organization.to_string(),
        "sequence": sequence,
        "root": root.to_string(),
        "seal": seal.to_string(),
        "signedAt": rfc3339(signed_at),
    })
}

/// The last link of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whose chain.
    pub organization: OrganizationId,
    /// How many events it has.
    pub sequence: i64,
    /// The seal of the last of them.
    pub seal: Digest,
}

/// All that is needed to check, without asking anybody, that an event is in a chain of which a root was signed.
#[derive(Debug, Clone)]
pub struct InclusionProof {
    /// The event. Its seal is [`super::event::seal`] of the one before and its body.
    pub event: Event,
    /// The seal of the event before it.
    pub previous_seal: Digest,
    /// The leaf of the tree: [`super::merkle::leaf`] of the seal.
    pub leaf: Digest,
    /// How many events the tree covers.
    pub size: i64,
    /// The tree's root.
    pub root: Digest,
    /// The hashes from the leaf to the root ([`super::merkle::included`]).
    pub path: Vec<Digest>,
    /// The signed statement of the root, a compact JWS.
    pub token: String,
}

/// What shows that the events that were signed first are the beginning of those that were signed later.
#[derive(Debug, Clone)]
pub struct ConsistencyProof {
    /// What was signed first.
    pub earlier: Checkpoint,
    /// What was signed later.
    pub later: Checkpoint,
    /// The hashes that lead from the one root to the other ([`super::merkle::consistent`]).
    pub path: Vec<Digest>,
}
