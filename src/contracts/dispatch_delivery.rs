//! A delivery leaves, with the lots that it is of.

use std::{collections::HashMap, sync::Arc};

use serde::Serialize;
use serde_json::json;

use super::{
    ContractDeliveryId, Contracts, DeliveredLot, Delivery, Line,
    access::{acting_supplier, acting_suppliers, expect_version, path, positive},
    journal::Step,
    model::states::{ContractAction, DeliveryAction},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    catalog::model::unit::{UnitKind, grams},
    directory::Organization,
    documents::DocumentId,
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::{DECIMALS, Quantity},
    },
    notifications::NoticeKind,
    procurement::ReleaseTag,
    traceability::{Consigned, Consignment, LotId},
};

/// Lots of one delivery at most.
const LOTS_MAX: usize = 50;

/// What leaves.
#[derive(Debug, Clone, Serialize)]
pub struct DispatchDelivery {
    /// The delivery.
    pub delivery: ContractDeliveryId,
    /// How much leaves; what was planned where nothing is said.
    pub quantity: Option<Quantity>,
    /// The lots that it is of. None where the supplier keeps no lots.
    pub lots: Vec<Consigned>,
    /// Documents that go with it, of the supplier.
    pub documents: Vec<DocumentId>,
    /// Refuses if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Contracts {
    /// Sends a planned delivery. Each lot has to be with a supplier for whom the actor may deliver, be of the line's product, not be
    /// held, and have so much left; its shipment to the buyer is recorded in the same transaction.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], [`ErrorCode::OverDelivery`],
    /// [`ErrorCode::InvalidValue`] where the lots weigh something else than what leaves, and what keeps a lot from being sent.
    pub async fn dispatch_delivery(&self, actor: &Actor, command: DispatchDelivery) -> Outcome<Delivery> {
        let parties = self.parties_of(command.delivery).await?;
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "dispatchDelivery", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.delivery_again(ContractDeliveryId::from_uuid(id)).await;
            }
        };
        let (whole, before) = self.locked_delivery(&tx, actor, command.delivery).await?;
        let supplier = acting_supplier(actor, &whole, Action::ManageDeliveries)?;
        expect_version(command.expected_version, before.version)?;
        whole.contract.status.transition(ContractAction::Deliver, ["input", "deliveryId"])?;
        let status = before.status.transition(DeliveryAction::Dispatch)?;
        let line = whole.line(before.line).ok_or_else(|| Fault::corrupt("delivery", "its line is gone"))?;
        let quantity = match &command.quantity {
            Some(quantity) => {
                let at = path(&["quantity"]);
                positive(self.of_unit(line, quantity, &at)?, &at)?
            }
            None => before.quantity,
        };
        self.fits(&tx, &whole, line, (Some(before.id), quantity)).await?;
        let after = Delivery {
            status,
            dispatched: Some(quantity),
            dispatched_at: Some(now),
            version: before.version + 1,
            ..before.clone()
        };
        if command.lots.len() > LOTS_MAX {
            return Err(UserError::new(ErrorCode::TooLong, ["input", "lots"]).with("maximum", LOTS_MAX).into());
        }
        let buyer = whole.contract.buyer;
        let receiver = parties.get(&buyer).ok_or_else(|| Fault::corrupt("contract", "its buyer is gone"))?;
        let acting = acting_suppliers(actor, &whole, Action::ManageDeliveries);
        let senders: HashMap<OrganizationId, Arc<Organization>> =
            parties.iter().filter(|(id, _)| acting.contains(id)).map(|(id, found)| (*id, found.clone())).collect();
        let consignment = Consignment { senders: &senders, receiver, product: &line.product, at: now };
        let sent = self.knows.traceability.consign(&tx, actor, &consignment, &command.lots).await?;
        let lots: Vec<DeliveredLot> = sent
            .iter()
            .flat_map(|sent| &sent.lots)
            .map(|lot| DeliveredLot { delivery: after.id, lot: lot.id, grams: lot.left })
            .collect();
        self.check_mass(line, quantity, &lots)?;
        store::deliveries::update(&tx, &after).await?;
        store::deliveries::insert_lots(&tx, &lots).await?;
        let subject = (ContractDeliveryId::PREFIX, after.id.uuid());
        self.attach(&tx, supplier, &command.documents, subject).await?;
        let written = format!("{} {}", format_scaled(quantity, DECIMALS), line.quantity.unit);
        let arguments = [("quantity", written), ("day", after.due_on.format("%d/%m/%Y").to_string())];
        self.tell(&tx, &[buyer], (NoticeKind::DeliveryDispatched, &whole.contract), &arguments).await?;
        let contract = whole.contract.id;
        let deliveries = store::deliveries::of_contracts(&*tx, &[contract]).await?.remove(&contract);
        let is_first = deliveries.into_iter().flatten().filter(|one| one.dispatched_at.is_some()).count() == 1;
        let codes: Vec<&str> = sent.iter().flat_map(|sent| &sent.lots).map(|lot| lot.code.as_str()).collect();
        let step = Step {
            action: "delivery.dispatch",
            subject,
            on_behalf_of: Some(supplier),
            before: Some(json!({ "status": before.status })),
            after: json!({
                "status": after.status,
                "dispatched": format_scaled(quantity, DECIMALS),
                "lots": codes,
                "events": sent.iter().map(|sent| sent.event.id).collect::<Vec<_>>(),
            }),
            tag: Some(if is_first { ReleaseTag::Implementation } else { ReleaseTag::ImplementationUpdate }),
        };
        self.record(&tx, actor, &whole.contract, step).await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Buyer and suppliers of a delivery's contract, whoever may see them. Read before the transaction: they change with nobody.
    pub(super) async fn parties_of(
        &self,
        delivery: ContractDeliveryId,
    ) -> Outcome<HashMap<OrganizationId, Arc<Organization>>> {
        let db = &self.services().db;
        let Some(found) = store::deliveries::by_ids(db.read(), &[delivery]).await?.remove(&delivery) else {
            return Ok(HashMap::new());
        };
        let id = found.contract;
        let suppliers = store::contracts::suppliers(db.read(), &[id]).await?.remove(&id).unwrap_or_default();
        let buyer = store::contracts::by_ids(db, &[id]).await?.remove(&id).map(|contract| contract.buyer);
        let ids: Vec<OrganizationId> = suppliers.iter().map(|supplier| supplier.organization).chain(buyer).collect();
        Ok(self.knows.directory.organizations_by_ids(&Actor::system("parties of a contract"), &ids).await?)
    }

    /// Whether lots weigh what leaves, where it is counted in a measure of mass: what a sack or a tin holds is nobody's law.
    fn check_mass(&self, line: &Line, quantity: i64, lots: &[DeliveredLot]) -> Outcome<()> {
        let (unit, taxonomy) = (line.quantity.unit.as_str(), self.knows.catalog.taxonomy());
        let is_mass = taxonomy.unit(unit).is_some_and(|unit| unit.kind == UnitKind::Mass);
        let conversion = taxonomy.conversion(unit, &line.product, &[], self.today());
        let (true, Some(conversion), false) = (is_mass, conversion, lots.is_empty()) else { return Ok(()) };
        let weight = grams(quantity, conversion.grams).unwrap_or(i64::MAX);
        let lots: i64 = lots.iter().map(|lot| lot.grams).sum();
        if weight == lots {
            return Ok(());
        }
        let error = UserError::new(ErrorCode::InvalidValue, ["input", "quantity", "value"]);
        let kilograms = format!("{} KGM", format_scaled(lots, DECIMALS));
        Err(error.with("value", format_scaled(quantity, DECIMALS)).with("allowed", kilograms).into())
    }
}

/// The lots of a delivery.
pub(super) fn ids(lots: &[DeliveredLot]) -> Vec<LotId> {
    lots.iter().map(|lot| lot.lot).collect()
}
