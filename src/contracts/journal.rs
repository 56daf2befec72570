//! What is kept of each change: an entry in the hash chain of the contract's process.

use serde_json::Value;
use uuid::Uuid;

use super::{Contract, Contracts};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{Fault, clock::Timestamp, db::WriteTx},
    procurement::{self, Change, ReleaseTag},
};

/// One change of something under a contract.
pub(super) struct Step {
    /// What was done, as `contract.sign`.
    pub(super) action: &'static str,
    /// To what: its id's prefix, and its id.
    pub(super) subject: (&'static str, Uuid),
    /// For whom.
    pub(super) on_behalf_of: Option<OrganizationId>,
    /// What it was.
    pub(super) before: Option<Value>,
    /// What it became.
    pub(super) after: Value,
    /// As what it is published, if it is.
    pub(super) tag: Option<ReleaseTag>,
}

/// Appends a change to the chain of the contract's process. Do it last: whoever changes the same process waits from here on.
pub(super) async fn record(
    tx: &WriteTx,
    actor: &Actor,
    now: Timestamp,
    contract: &Contract,
    step: Step,
) -> Result<(), Fault> {
    let change = Change {
        process: contract.process,
        on_behalf_of: step.on_behalf_of,
        names_actor: true,
        action: step.action,
        subject: step.subject,
        before: step.before,
        after: step.after,
        tag: step.tag,
    };
    procurement::record(tx, actor, now, change).await
}

impl Contracts {
    /// The same, now.
    pub(super) async fn record(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        contract: &Contract,
        step: Step,
    ) -> Result<(), Fault> {
        record(tx, actor, self.services().now(), contract, step).await
    }
}
