//! A delivery arrives, and the buyer accepts it, some of it, or nothing: at once, or once she has looked at it.

use serde::Serialize;
use serde_json::json;

use super::{
    ContractDeliveryId, Contracts, Delivery,
    access::{REASON, beyond, expect_version, out_of_range, path},
    dispatch_delivery::ids,
    journal::Step,
    model::{
        contract::WholeContract,
        delivery::decision,
        states::{ContractAction, DeliveryAction},
    },
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    documents::DocumentId,
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::{DECIMALS, Quantity},
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
};

/// What arrived, and what of it is accepted.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiveDelivery {
    /// The delivery.
    pub delivery: ContractDeliveryId,
    /// How much arrived: no more than left.
    pub received: Quantity,
    /// How much of that is accepted; said later where it is left out.
    pub accepted: Option<Quantity>,
    /// Why not all of it is accepted; needed where it is not.
    pub reason: Option<String>,
    /// Documents that show it, of the buyer.
    pub documents: Vec<DocumentId>,
    /// Refuses if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What of a delivery that arrived is accepted.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptDelivery {
    /// The delivery.
    pub delivery: ContractDeliveryId,
    /// How much is accepted.
    pub accepted: Quantity,
    /// Why not all of it; needed where it is not.
    pub reason: Option<String>,
    /// Documents that show it, of the buyer.
    pub documents: Vec<DocumentId>,
    /// Refuses if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Records that a delivery arrived, and with it its lots; and what of it is accepted, if that is known.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], [`ErrorCode::OutOfRange`] where more
    /// arrived than left or more is accepted than arrived, [`ErrorCode::Required`] without a reason, [`ErrorCode::OverDelivery`].
    pub async fn receive_delivery(&self, actor: &Actor, command: ReceiveDelivery) -> Outcome<Delivery> {
        let parties = self.parties_of(command.delivery).await?;
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "receiveDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivery_again(ContractDeliveryId::from_uuid(id)).await;
            }
        };
        let (whole, before) = self.receiving(&tx, actor, command.delivery, command.expected_version).await?;
        let status = before.status.transition(DeliveryAction::Receive)?;
        let line = whole.line(before.line).ok_or_else(|| Fault::corrupt("delivery", "its line is gone"))?;
        let sent = before.dispatched.unwrap_or(before.quantity);
        let received = self.of_unit(line, &command.received, &path(&["receivedQuantity"]))?;
        if received > sent {
            return Err(out_of_range(path(&["receivedQuantity", "value"]), 0, sent).into());
        }
        let mut after = Delivery {
            status,
            received: Some(received),
            received_at: Some(now),
            version: before.version + 1,
            ..before.clone()
        };
        if let Some(accepted) = &command.accepted {
            let accepted = self.of_unit(line, accepted, &path(&["acceptedQuantity"]))?;
            self.decide(&tx, &whole, &mut after, (accepted, command.reason.as_deref()), now).await?;
        }
        let buyer = whole.contract.buyer;
        let receiver = parties.get(&buyer).ok_or_else(|| Fault::corrupt("contract", "its buyer is gone"))?;
        let lots = store::deliveries::lots(&*tx, &[after.id]).await?.remove(&after.id).unwrap_or_default();
        let arrival = (&**receiver, now);
        self.knows.traceability.arrived(&tx, actor, arrival, &ids(&lots), (received, sent)).await?;
        let documents = command.documents.as_slice();
        self.received(&tx, actor, &whole, (&before, &after), ("delivery.receive", documents)).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Says what of a delivery that arrived is accepted.
    ///
    /// # Errors
    /// As [`Self::receive_delivery`].
    pub async fn accept_delivery(&self, actor: &Actor, command: AcceptDelivery) -> Outcome<Delivery> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "acceptDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivery_again(ContractDeliveryId::from_uuid(id)).await;
            }
        };
        let (whole, before) = self.receiving(&tx, actor, command.delivery, command.expected_version).await?;
        let line = whole.line(before.line).ok_or_else(|| Fault::corrupt("delivery", "its line is gone"))?;
        let accepted = self.of_unit(line, &command.accepted, &path(&["acceptedQuantity"]))?;
        let mut after = Delivery { version: before.version + 1, ..before.clone() };
        self.decide(&tx, &whole, &mut after, (accepted, command.reason.as_deref()), now).await?;
        let documents = command.documents.as_slice();
        self.received(&tx, actor, &whole, (&before, &after), ("delivery.accept", documents)).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// The delivery, locked, if the actor may receive it for the buyer.
    async fn receiving(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: ContractDeliveryId,
        expected_version: Option<i64>,
    ) -> Outcome<(WholeContract, Delivery)> {
        let (whole, delivery) = self.locked_delivery(tx, actor, id).await?;
        policy::require(actor, Action::ManageDeliveries, &Facts::of(whole.contract.buyer))?;
        expect_version(expected_version, delivery.version)?;
        whole.contract.status.transition(ContractAction::Receive, ["input", "deliveryId"])?;
        Ok((whole, delivery))
    }

    /// Decides about a delivery that arrived.
    async fn decide(
        &self,
        tx: &WriteTx,
        whole: &WholeContract,
        delivery: &mut Delivery,
        (accepted, reason): (i64, Option<&str>),
        now: Timestamp,
    ) -> Outcome<()> {
        let line = whole.line(delivery.line).ok_or_else(|| Fault::corrupt("delivery", "its line is gone"))?;
        let received = delivery.received.unwrap_or(0);
        delivery.status = delivery.status.transition(decision(received, accepted))?;
        if accepted > received {
            return Err(out_of_range(path(&["acceptedQuantity", "value"]), 0, received).into());
        }
        delivery.reason = match reason {
            Some(reason) => Some(REASON.check(reason, ["input", "reason"])?),
            None if accepted < received => {
                return Err(UserError::new(ErrorCode::Required, ["input", "reason"]).into());
            }
            None => None,
        };
        let most = whole.contract.terms.deliverable(line.quantity.thousandths);
        if accepted > 0 && !store::lines::accept(tx, line.id, accepted, most).await? {
            let left = most - line.accepted;
            return Err(beyond(ErrorCode::OverDelivery, path(&["acceptedQuantity", "value"]), left, line).into());
        }
        delivery.accepted = Some(accepted);
        delivery.accepted_at = Some(now);
        Ok(())
    }

    /// Writes what became of a delivery that arrived.
    async fn received(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        whole: &WholeContract,
        (before, after): (&Delivery, &Delivery),
        (action, documents): (&'static str, &[DocumentId]),
    ) -> Outcome<()> {
        store::deliveries::update(tx, after).await?;
        let subject = (ContractDeliveryId::PREFIX, after.id.uuid());
        self.attach(tx, whole.contract.buyer, documents, subject).await?;
        if after.accepted.is_some() {
            let suppliers: Vec<_> = whole.suppliers.iter().map(|supplier| supplier.organization).collect();
            let became = [("became", after.status.as_str().to_owned())];
            self.tell(tx, &suppliers, (NoticeKind::DeliveryDecided, &whole.contract), &became).await?;
        }
        let written = |thousandths: Option<i64>| thousandths.map(|value| format_scaled(value, DECIMALS));
        let step = Step {
            action,
            subject,
            on_behalf_of: Some(whole.contract.buyer),
            before: Some(json!({ "status": before.status })),
            after: json!({
                "status": after.status,
                "received": written(after.received),
                "accepted": written(after.accepted),
                "reason": after.reason,
            }),
            tag: Some(ReleaseTag::ImplementationUpdate),
        };
        Ok(self.record(tx, actor, &whole.contract, step).await?)
    }
}
