//! What this room keeps of a person, and forgetting it.

use serde_json::Value;

use super::{Documents, store};
use crate::{
    accounts::UserId,
    kernel::{Fault, db::WriteTx},
};

impl Documents {
    /// The documents that a person handed in, without their contents: those are her organization's.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        Ok(store::personal::handed_in(&self.knows.services.db, user).await?.into())
    }

    /// Forgets who handed documents in; they stay with the organization.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget(&self, tx: &WriteTx, user: UserId) -> Result<(), Fault> {
        Ok(store::personal::erase(tx, user).await?)
    }
}
