//! What this room keeps of a person.

use serde_json::Value;

use super::{Contracts, store};
use crate::{accounts::UserId, kernel::Fault};

impl Contracts {
    /// What a person signed, billed, decided and paid for her organizations, for her to take along. Signatures are those for
    /// organizations that she still belongs to: they are kept by organization, not by person.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        Ok(Box::pin(store::personal::deeds(&self.services().db, user)).await?)
    }
}
