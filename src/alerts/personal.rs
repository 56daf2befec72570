//! What this room keeps of a person, and forgetting it.

use serde_json::{Value, json};

use super::{Alerts, store};
use crate::{
    accounts::UserId,
    kernel::{Fault, db::WriteTx},
};

impl Alerts {
    /// The searches that a person keeps, for her to take along.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let searches = store::searches::all_of(&self.knows.services.db, user).await?;
        let told = |search: &super::SavedSearch| {
            json!({
                "name": search.name,
                "query": search.query,
                "filter": search.filter,
                "active": search.active,
                "createdAt": search.created_at,
            })
        };
        Ok(searches.iter().map(told).collect())
    }

    /// Forgets what a person searched for and found.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget(&self, tx: &WriteTx, user: UserId) -> Result<(), Fault> {
        Ok(store::searches::delete_all_of(tx, user).await?)
    }
}
