//! A delivery is planned.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    ContractDeliveryId, ContractId, ContractLineId, Contracts, Delivery, Line,
    access::{acting_suppliers, beyond, path, positive},
    journal::Step,
    model::{
        contract::WholeContract,
        states::{ContractAction, DeliveryStatus},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::model::draft::DAY_MAX,
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        db::WriteTx,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::{DECIMALS, Quantity},
    },
};

/// What is to be delivered when.
#[derive(Debug, Clone, Serialize)]
pub struct ScheduleDelivery {
    /// Under which contract.
    pub contract: ContractId,
    /// Of which line.
    pub line: ContractLineId,
    /// How much.
    pub quantity: Quantity,
    /// On which day it is to arrive.
    pub due_on: NaiveDate,
    /// Documents that go with it, of the party that plans it.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Plans a delivery of a line: buyer or supplier, as they agreed.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the contract or the line, [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] where the
    /// contract is not in force, [`ErrorCode::OverDelivery`], and everything that is wrong with the input.
    pub async fn schedule_delivery(&self, actor: &Actor, command: ScheduleDelivery) -> Outcome<Delivery> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "scheduleDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivery_again(ContractDeliveryId::from_uuid(id)).await;
            }
        };
        let whole = self.locked(&tx, actor, command.contract, "contractId").await?;
        let party = planner(actor, &whole)?;
        whole.contract.status.transition(ContractAction::Deliver, ["input", "contractId"])?;
        let no_line = || UserError::new(ErrorCode::NotFound, ["input", "contractLineId"]);
        let line = whole.line(command.line).ok_or_else(no_line)?;
        let mut wrong = Rejections::default();
        let at = path(&["quantity"]);
        let quantity = self.of_unit(line, &command.quantity, &at).and_then(|thousandths| positive(thousandths, &at));
        let quantity = wrong.take(quantity);
        let today = self.today();
        if command.due_on < today || command.due_on > DAY_MAX {
            let error = UserError::new(ErrorCode::OutOfRange, ["input", "dueOn"]).with("value", command.due_on);
            wrong.push(error.with("minimum", today).with("maximum", DAY_MAX));
        }
        wrong.finish()?;
        let quantity = quantity.ok_or_else(|| Failure::code(ErrorCode::Required))?;
        self.fits(&tx, &whole, line, (None, quantity)).await?;
        let delivery = Delivery {
            id: ContractDeliveryId::from_uuid(self.services().ids.next_uuid()),
            contract: command.contract,
            line: line.id,
            measure: line.measure(),
            status: DeliveryStatus::Scheduled,
            quantity,
            dispatched: None,
            received: None,
            accepted: None,
            due_on: command.due_on,
            dispatched_at: None,
            received_at: None,
            accepted_at: None,
            reason: None,
            created_at: now,
            version: 1,
        };
        store::deliveries::insert(&tx, &delivery).await?;
        let subject = (ContractDeliveryId::PREFIX, delivery.id.uuid());
        self.attach(&tx, party, &command.documents, subject).await?;
        let step = Step {
            action: "delivery.schedule",
            subject,
            on_behalf_of: Some(party),
            before: None,
            after: json!({
                "status": delivery.status,
                "contract": delivery.contract,
                "line": delivery.line,
                "quantity": format_scaled(quantity, DECIMALS),
                "unit": line.quantity.unit,
                "due_on": delivery.due_on,
            }),
            tag: None,
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        claim.finish(&tx, delivery.id.uuid()).await?;
        tx.commit().await?;
        Ok(delivery)
    }

    /// Goes on if so much more of a line may be delivered, beside what its other deliveries take up.
    pub(super) async fn fits(
        &self,
        tx: &WriteTx,
        whole: &WholeContract,
        line: &Line,
        (delivery, quantity): (Option<ContractDeliveryId>, i64),
    ) -> Outcome<()> {
        let id = whole.contract.id;
        let others = store::deliveries::of_contracts(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        let taken: i64 = others
            .iter()
            .filter(|other| other.line == line.id && Some(other.id) != delivery)
            .map(Delivery::taken_up)
            .sum();
        let left = whole.contract.terms.deliverable(line.quantity.thousandths) - taken;
        if quantity > left {
            return Err(beyond(ErrorCode::OverDelivery, path(&["quantity", "value"]), left, line).into());
        }
        Ok(())
    }
}

/// The party for whom the actor plans: the buyer, or a supplier.
pub(super) fn planner(actor: &Actor, whole: &WholeContract) -> Outcome<OrganizationId> {
    let buyer = whole.contract.buyer;
    if policy::allowed(actor, Action::ManageDeliveries, &Facts::of(buyer)) {
        return Ok(buyer);
    }
    match acting_suppliers(actor, whole, Action::ManageDeliveries).last() {
        Some(supplier) => Ok(*supplier),
        None => {
            policy::require(actor, Action::ManageDeliveries, &Facts::of(buyer))?;
            Ok(buyer)
        }
    }
}
