//! Everything that is kept of a person, for her to take along.

use serde_json::{Value, json};

use super::{Privacy, store};
use crate::{accounts::Actor, kernel::Outcome};

impl Privacy {
    /// Everything that is kept of the signed-in person, room by room. Of long lists the newest ten thousand.
    ///
    /// # Errors
    /// `Unauthenticated`, or that the database cannot answer.
    pub async fn personal_data(&self, actor: &Actor) -> Outcome<Value> {
        let user = actor.signed_in()?.id;
        let knows = &self.knows;
        let consents = store::of(knows.services.db.read(), user).await?;
        let consents: Vec<Value> = consents
            .into_iter()
            .map(|consent| {
                json!({
                    "purpose": consent.purpose,
                    "wording": consent.wording,
                    "givenAt": consent.given_at,
                    "withdrawnAt": consent.withdrawn_at,
                })
            })
            .collect();
        Ok(json!({
            "asOf": knows.services.now(),
            "accounts": knows.accounts.personal_data(user).await?,
            "notifications": knows.notifications.personal_data(user).await?,
            "savedSearches": knows.alerts.personal_data(user).await?,
            "inquiries": knows.inquiries.personal_data(user).await?,
            "documents": knows.documents.personal_data(user).await?,
            "procurement": knows.procurement.personal_data(user).await?,
            "contracts": knows.contracts.personal_data(user).await?,
            "consents": consents,
        }))
    }
}
