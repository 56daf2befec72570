//! What this room keeps of a person.

use serde_json::Value;

use super::{Procurement, store};
use crate::{accounts::UserId, kernel::Fault};

impl Procurement {
    /// What a person did for her organizations in procurement, for her to take along: as far as it is written down under her name
    /// in the clear. Who submitted a bid stands there only from the opening on; before, no row tells it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        Ok(Box::pin(store::personal::deeds(&self.services().db, user)).await?)
    }
}
