//! A delivery that was planned does not take place.

use serde::Serialize;
use serde_json::json;

use super::{
    ContractDeliveryId, Contracts, Delivery,
    access::{REASON, expect_version},
    journal::Step,
    model::states::DeliveryAction,
    schedule_delivery::planner,
    store,
};
use crate::{
    accounts::Actor,
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// Which delivery, and why not.
#[derive(Debug, Clone, Serialize)]
pub struct CancelDelivery {
    /// The delivery.
    pub delivery: ContractDeliveryId,
    /// Why.
    pub reason: String,
    /// Refuses if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Takes a planned delivery back: buyer or supplier.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `InvalidTransition` where it left already, what is wrong with the reason.
    pub async fn cancel_delivery(&self, actor: &Actor, command: CancelDelivery) -> Outcome<Delivery> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "cancelDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivery_again(ContractDeliveryId::from_uuid(id)).await;
            }
        };
        let (whole, before) = self.locked_delivery(&tx, actor, command.delivery).await?;
        let party = planner(actor, &whole)?;
        expect_version(command.expected_version, before.version)?;
        let status = before.status.transition(DeliveryAction::Cancel)?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let after = Delivery { status, reason: Some(reason.clone()), version: before.version + 1, ..before.clone() };
        store::deliveries::update(&tx, &after).await?;
        let step = Step {
            action: "delivery.cancel",
            subject: (ContractDeliveryId::PREFIX, after.id.uuid()),
            on_behalf_of: Some(party),
            before: Some(json!({ "status": before.status })),
            after: json!({ "status": after.status, "reason": reason }),
            tag: None,
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
