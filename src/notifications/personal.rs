//! What this room keeps of a person, and forgetting it.

use serde_json::{Value, json};

use super::{Notifications, store};
use crate::{
    accounts::UserId,
    kernel::{Fault, db::WriteTx},
};

impl Notifications {
    /// What is kept of a person here, for her to take along.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let db = &self.services.db;
        let wishes = store::wishes::preferences(db, user).await?;
        let told = store::personal::told(db, user).await?;
        Ok(json!({
            "preferences": {
                "email": wishes.email,
                "sms": wishes.sms,
                "emailDailyMax": wishes.email_daily_max,
                "smsDailyMax": wishes.sms_daily_max,
                "quietMinutes": wishes.quiet.map(|quiet| [quiet.from, quiet.until]),
            },
            "told": told,
        }))
    }

    /// Forgets what a person was told, by which ways, and what she wished.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forget(&self, tx: &WriteTx, user: UserId) -> Result<(), Fault> {
        Ok(store::personal::erase(tx, user).await?)
    }
}
