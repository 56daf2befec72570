//! The complete dossier of a contract, as one JSON document that verifies by itself.
//!
//! It holds every row that is kept of the contract and its process, from the request to the last payment, and the whole audit
//! chain of the process. How the chain is verified stands in it: `SHA-256(previousHash ‖ JCS(sealed))`, entry by entry, from 32
//! zero bytes on; nothing but the document is needed.

use serde_json::{Value, json};

use super::{ContractId, Contracts, store};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Outcome, UserError,
        audit::{self, ExportedChain},
        clock::rfc3339,
    },
};

/// What the document says that it is; its number is that of its form.
pub const FORMAT: &str = "bfw-contract-dossier/1";

/// How whoever has the document verifies it.
const ALGORITHM: &str = "Each entry's hash is SHA-256 of the 32 bytes of previousHash followed by the bytes of `sealed` in the form of \
    RFC 8785 (JCS); the first entry's previousHash is 32 zero bytes, each other's is the hash of the entry before; sequence counts \
    from 1 without a gap; the last entry's hash is `head`.";

impl Contracts {
    /// The dossier of a contract, for auditors and for those who keep the buyer.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for whoever does not see the contract, [`ErrorCode::Forbidden`] for others who do.
    pub async fn dossier(&self, actor: &Actor, id: ContractId) -> Outcome<Value> {
        let found = self.contracts_by_ids(actor, &[id]).await?.remove(&id);
        let Some(contract) = found else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["contractId"]).into());
        };
        policy::require(actor, Action::ViewAuditTrail, &Facts::of(contract.buyer))?;
        let db = &self.services().db;
        let mut dossier = store::dossier::rows(db, id.uuid(), contract.process).await?;
        let chain = audit::export_chain(db, contract.process).await?;
        dossier.insert("format".to_owned(), json!(FORMAT));
        dossier.insert("exportedAt".to_owned(), json!(rfc3339(self.services().now())));
        dossier.insert("contractId".to_owned(), json!(id));
        dossier.insert("ocid".to_owned(), json!(contract.ocid));
        dossier.insert(
            "auditChain".to_owned(),
            json!({ "algorithm": ALGORITHM, "head": chain.head, "entries": chain.entries }),
        );
        Ok(Value::Object(dossier))
    }
}

/// Verifies a dossier by itself: that it is one, and that its chain is whole. Gives how many entries the chain has.
///
/// # Errors
/// What is wrong with it.
pub fn verify(dossier: &Value) -> Result<usize, String> {
    if dossier["format"] != FORMAT {
        return Err(format!("it is no dossier of the form {FORMAT}"));
    }
    let chain: ExportedChain = serde_json::from_value(dossier["auditChain"].clone())
        .map_err(|error| format!("its audit chain cannot be read: {error}"))?;
    audit::verify_exported(&chain)?;
    // What the chain is of: a chain of another process would be whole, too.
    let process = dossier["process"][0]["id"].as_str().unwrap_or_default();
    if chain.entries.iter().any(|entry| entry.sealed["chain"] != process) {
        return Err("its audit chain is that of another process".to_owned());
    }
    Ok(chain.entries.len())
}
