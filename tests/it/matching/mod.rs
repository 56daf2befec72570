//! Who can answer what is asked, before and after it is published.

mod preview;
mod requests;
mod sellers;

use serde_json::{Value, json};

use crate::harness::app::TestApp;

/// A buyer with her officer, and three cooperatives that offer 1,200, 600 and 300 kg of shea butter.
pub(super) struct Market {
    pub(super) officer: String,
    pub(super) buyer: String,
    /// Tokens and ids of the sellers, those who have most first.
    pub(super) sellers: Vec<(String, String)>,
}

pub(super) async fn market(app: &TestApp) -> Market {
    let officer = app.sign_up("acheteuse@exemple.ml").await;
    let buyer = app.register(&officer, "PUBLIC_BODY", "Mairie de Ségou").await;
    let mut sellers = Vec::new();
    for (number, kilograms) in ["1200", "600", "300"].into_iter().enumerate() {
        let token = app.sign_up(&format!("vendeuse-{number}@exemple.ml")).await;
        let seller = app.register(&token, "COOPERATIVE", &format!("Coopérative {number}")).await;
        let quantity = json!({ "quantity": { "value": kilograms, "unit": "KGM" } });
        app.published(&token, &seller, quantity).await;
        sellers.push((token, seller));
    }
    Market { officer, buyer, sellers }
}

/// A lot of so many kilograms of shea butter. `changes` replaces fields.
pub(super) fn lot(kilograms: &str, changes: Value) -> Value {
    let mut lot = json!({
        "title": "Beurre de karité", "productCode": "shea-butter",
        "quantity": { "value": kilograms, "unit": "KGM" }, "placeCode": "segou",
    });
    for (field, value) in changes.as_object().unwrap() {
        lot[field] = value.clone();
    }
    lot
}
