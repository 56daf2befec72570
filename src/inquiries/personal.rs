//! What this room keeps of a person, and forgetting it.

use serde_json::Value;

use super::{Inquiries, store};
use crate::{
    accounts::UserId,
    kernel::{Fault, db::WriteTx},
};

impl Inquiries {
    /// What a person wrote for her organizations, for her to take along.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        Ok(store::personal::written(&self.knows.services.db, user).await?.into())
    }

    /// Forgets that it was she who wrote, read, blocked and reported; all of it stays with the organizations.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget(&self, tx: &WriteTx, user: UserId) -> Result<(), Fault> {
        Ok(store::personal::erase(tx, user).await?)
    }
}
