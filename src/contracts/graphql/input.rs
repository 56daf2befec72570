//! What the mutations take.

use async_graphql::{ID, InputObject};

use crate::{
    accounts::OrganizationId,
    catalog::{ListingId, model::draft::RawQuantity},
    contracts::{
        AcceptDelivery, CancelDelivery, ChangeContract, ChangedLine, ContractDeliveryId, ContractId, ContractLineId,
        CreateDirectOrder, DispatchDelivery, EarlyPayment, ReceiveDelivery, ScheduleDelivery, SignContract,
        TerminateContract,
    },
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        decimal::parse_scaled,
        graphql::{Date, Decimal, MoneyInput, QuantityInput, read_id},
    },
    traceability::{Consigned, LotId},
};

/// Everything was read, or something is wrong.
pub(super) fn all<T>(wrong: Rejections, read: Option<T>) -> Outcome<T> {
    wrong.finish()?;
    read.ok_or_else(|| Failure::code(ErrorCode::Required))
}

/// What is ordered from a listing.
#[derive(Debug, Clone, InputObject)]
pub struct CreateDirectOrderInput {
    /// Who buys; the caller orders for it.
    pub buyer_id: ID,
    /// From which listing.
    pub listing_id: ID,
    /// How much, in the unit that the listing counts its stock in; at least its minimum order.
    pub quantity: QuantityInput,
    /// Where it is to be delivered, by the place's code or name; the buyer's own place where it is left out.
    pub place_code: Option<String>,
    /// The last day on which it may be delivered; lateness is counted from then.
    pub deliver_by: Option<Date>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CreateDirectOrderInput {
    pub(super) fn read(self) -> Outcome<CreateDirectOrder> {
        let mut wrong = Rejections::default();
        let buyer = wrong.take(read_id(&self.buyer_id, OrganizationId::PREFIX, ["input", "buyerId"]));
        let listing = wrong.take(read_id(&self.listing_id, ListingId::PREFIX, ["input", "listingId"]));
        let documents = document_ids(self.document_ids, &mut wrong);
        let (buyer, listing) = all(wrong, buyer.zip(listing))?;
        Ok(CreateDirectOrder {
            buyer,
            listing,
            quantity: RawQuantity { value: self.quantity.value.0, unit: self.quantity.unit },
            place: self.place_code,
            deliver_by: self.deliver_by.map(|day| day.0),
            documents,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Who signs what.
#[derive(Debug, Clone, InputObject)]
pub struct SignContractInput {
    /// The contract.
    pub contract_id: ID,
    /// The party that signs; the caller signs for it.
    pub organization_id: ID,
    /// The wording that was read, as the contract's `version`: refuses to sign another.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SignContractInput {
    pub(super) fn read(self) -> Outcome<SignContract> {
        let mut wrong = Rejections::default();
        let contract = wrong.take(read_id(&self.contract_id, ContractId::PREFIX, ["input", "contractId"]));
        let path = ["input", "organizationId"];
        let organization = wrong.take(read_id(&self.organization_id, OrganizationId::PREFIX, path));
        let (contract, organization) = all(wrong, contract.zip(organization))?;
        let (expected_version, idempotency_key) = (self.expected_version, self.idempotency_key);
        Ok(SignContract { contract, organization, expected_version, idempotency_key })
    }
}

/// What is changed of a line; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct ChangedLineInput {
    /// The line.
    pub contract_line_id: ID,
    /// How much of it from now on: what was accepted already is among it, and it can be no less.
    pub quantity: Option<QuantityInput>,
    /// What one of the unit costs. Once something of the line was billed, its price stays.
    pub unit_price: Option<MoneyInput>,
    /// The last day on which it is in time.
    pub deliver_until: Option<Date>,
}

/// What paying all of an invoice early takes off.
#[derive(Debug, Clone, InputObject)]
pub struct EarlyPaymentInput {
    /// In percent, with at most one decimal; at most 20, and 0 for nothing.
    pub percent: Decimal,
    /// Until so many days after approval.
    pub days: i64,
}

/// Another wording of a contract.
#[derive(Debug, Clone, InputObject)]
pub struct ChangeContractInput {
    /// The contract.
    pub contract_id: ID,
    /// The party that proposes it; the caller acts for it.
    pub organization_id: ID,
    /// Why, at most 1,000 signs.
    pub rationale: String,
    /// What is changed of its lines; the others stay.
    pub lines: Option<Vec<ChangedLineInput>>,
    /// Days in which invoices are to be paid, from 1 to 180.
    pub payment_days: Option<i64>,
    /// What paying early takes off.
    pub early_payment: Option<EarlyPaymentInput>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// The last wording that was read, as the contract's `version`: refuses if another was proposed since.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ChangeContractInput {
    pub(super) fn read(self) -> Outcome<ChangeContract> {
        let mut wrong = Rejections::default();
        let contract = wrong.take(read_id(&self.contract_id, ContractId::PREFIX, ["input", "contractId"]));
        let path = ["input", "organizationId"];
        let organization = wrong.take(read_id(&self.organization_id, OrganizationId::PREFIX, path));
        let lines = self.lines.unwrap_or_default().into_iter().enumerate().filter_map(|(index, line)| {
            let index = index.to_string();
            let at = |field: &'static str| ["input", "lines", index.as_str(), field];
            let id = wrong.take(read_id(&line.contract_line_id, ContractLineId::PREFIX, at("contractLineId")));
            let quantity = wrong.take(line.quantity.map(|one| one.read(&at("quantity"))).transpose());
            let unit_price = wrong.take(line.unit_price.map(|one| one.read(&at("unitPrice"))).transpose());
            let deliver_until = line.deliver_until.map(|day| day.0);
            Some(ChangedLine { line: id?, quantity: quantity?, unit_price: unit_price?, deliver_until })
        });
        let lines: Vec<ChangedLine> = lines.collect();
        let early_payment = self.early_payment.and_then(|early| {
            let path = ["input", "earlyPayment", "percent"];
            let permille = parse_scaled(&early.percent.0, 1)
                .map_err(|error| UserError::from_decimal(error, &early.percent.0, path));
            Some(EarlyPayment { permille: wrong.take(permille)?, days: early.days })
        });
        let documents = document_ids(self.document_ids, &mut wrong);
        let (contract, organization) = all(wrong, contract.zip(organization))?;
        Ok(ChangeContract {
            contract,
            organization,
            rationale: self.rationale,
            lines,
            payment_days: self.payment_days,
            early_payment,
            documents,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Who ends a contract, and why.
#[derive(Debug, Clone, InputObject)]
pub struct TerminateContractInput {
    /// The contract.
    pub contract_id: ID,
    /// The party that ends it; the caller acts for it.
    pub organization_id: ID,
    /// Why, at most 1,000 signs; its other parties read it.
    pub reason: String,
    /// The last wording that was read, as the contract's `version`: refuses if another was proposed since.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl TerminateContractInput {
    pub(super) fn read(self) -> Outcome<TerminateContract> {
        let mut wrong = Rejections::default();
        let contract = wrong.take(read_id(&self.contract_id, ContractId::PREFIX, ["input", "contractId"]));
        let path = ["input", "organizationId"];
        let organization = wrong.take(read_id(&self.organization_id, OrganizationId::PREFIX, path));
        let (contract, organization) = all(wrong, contract.zip(organization))?;
        Ok(TerminateContract {
            contract,
            organization,
            reason: self.reason,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// A delivery that is planned.
#[derive(Debug, Clone, InputObject)]
pub struct ScheduleDeliveryInput {
    /// Under which contract.
    pub contract_id: ID,
    /// Of which of its lines.
    pub contract_line_id: ID,
    /// How much, in the line's unit.
    pub quantity: QuantityInput,
    /// The day on which it is to arrive: today or later.
    pub due_on: Date,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ScheduleDeliveryInput {
    pub(super) fn read(self) -> Outcome<ScheduleDelivery> {
        let mut wrong = Rejections::default();
        let contract = wrong.take(read_id(&self.contract_id, ContractId::PREFIX, ["input", "contractId"]));
        let path = ["input", "contractLineId"];
        let line = wrong.take(read_id(&self.contract_line_id, ContractLineId::PREFIX, path));
        let quantity = wrong.take(self.quantity.read(&["input", "quantity"]));
        let documents = document_ids(self.document_ids, &mut wrong);
        let ((contract, line), quantity) = all(wrong, contract.zip(line).zip(quantity))?;
        let (due_on, idempotency_key) = (self.due_on.0, self.idempotency_key);
        Ok(ScheduleDelivery { contract, line, quantity, due_on, documents, idempotency_key })
    }
}

/// Some of a lot that is delivered.
#[derive(Debug, Clone, InputObject)]
pub struct DeliveredLotInput {
    /// The lot; a supplier of the contract has it.
    pub lot_id: ID,
    /// How much of it, in any unit whose weight is known for its product; all that is free of it where nothing is said.
    pub quantity: Option<QuantityInput>,
}

/// A delivery that leaves.
#[derive(Debug, Clone, InputObject)]
pub struct DispatchDeliveryInput {
    /// The delivery.
    pub delivery_id: ID,
    /// How much leaves, in the line's unit; what was planned where nothing is said.
    pub quantity: Option<QuantityInput>,
    /// The lots that it is of, at most 50. Left out where the supplier keeps no lots.
    pub lots: Option<Vec<DeliveredLotInput>>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Refuses the mutation if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl DispatchDeliveryInput {
    pub(super) fn read(self) -> Outcome<DispatchDelivery> {
        let mut wrong = Rejections::default();
        let path = ["input", "deliveryId"];
        let delivery = wrong.take(read_id(&self.delivery_id, ContractDeliveryId::PREFIX, path));
        let quantity = wrong.take(self.quantity.map(|one| one.read(&["input", "quantity"])).transpose());
        let lots = self.lots.unwrap_or_default().into_iter().enumerate().filter_map(|(index, lot)| {
            let index = index.to_string();
            let at = |field: &'static str| ["input", "lots", index.as_str(), field];
            let id = wrong.take(read_id(&lot.lot_id, LotId::PREFIX, at("lotId")));
            let quantity = wrong.take(lot.quantity.map(|one| one.read(&at("quantity"))).transpose());
            Some(Consigned { lot: id?, quantity: quantity? })
        });
        let lots: Vec<Consigned> = lots.collect();
        let documents = document_ids(self.document_ids, &mut wrong);
        let (delivery, quantity) = all(wrong, delivery.zip(quantity))?;
        let (expected_version, idempotency_key) = (self.expected_version, self.idempotency_key);
        Ok(DispatchDelivery { delivery, quantity, lots, documents, expected_version, idempotency_key })
    }
}

/// A delivery that arrived.
#[derive(Debug, Clone, InputObject)]
pub struct ReceiveDeliveryInput {
    /// The delivery.
    pub delivery_id: ID,
    /// How much arrived, in the line's unit: no more than left. What is missing of its lots is recorded as lost on the way.
    pub received_quantity: QuantityInput,
    /// How much of that is accepted. Where it is left out, `acceptDelivery` says it later.
    pub accepted_quantity: Option<QuantityInput>,
    /// Why not all of it is accepted, at most 1,000 signs; needed where it is not.
    pub reason: Option<String>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Refuses the mutation if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReceiveDeliveryInput {
    pub(super) fn read(self) -> Outcome<ReceiveDelivery> {
        let mut wrong = Rejections::default();
        let path = ["input", "deliveryId"];
        let delivery = wrong.take(read_id(&self.delivery_id, ContractDeliveryId::PREFIX, path));
        let received = wrong.take(self.received_quantity.read(&["input", "receivedQuantity"]));
        let accepted = self.accepted_quantity.map(|one| one.read(&["input", "acceptedQuantity"])).transpose();
        let accepted = wrong.take(accepted);
        let documents = document_ids(self.document_ids, &mut wrong);
        let ((delivery, received), accepted) = all(wrong, delivery.zip(received).zip(accepted))?;
        Ok(ReceiveDelivery {
            delivery,
            received,
            accepted,
            reason: self.reason,
            documents,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What of a delivery that arrived is accepted.
#[derive(Debug, Clone, InputObject)]
pub struct AcceptDeliveryInput {
    /// The delivery.
    pub delivery_id: ID,
    /// How much is accepted, in the line's unit; 0 for nothing.
    pub accepted_quantity: QuantityInput,
    /// Why not all of it is accepted, at most 1,000 signs; needed where it is not.
    pub reason: Option<String>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Refuses the mutation if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl AcceptDeliveryInput {
    pub(super) fn read(self) -> Outcome<AcceptDelivery> {
        let mut wrong = Rejections::default();
        let path = ["input", "deliveryId"];
        let delivery = wrong.take(read_id(&self.delivery_id, ContractDeliveryId::PREFIX, path));
        let accepted = wrong.take(self.accepted_quantity.read(&["input", "acceptedQuantity"]));
        let documents = document_ids(self.document_ids, &mut wrong);
        let (delivery, accepted) = all(wrong, delivery.zip(accepted))?;
        Ok(AcceptDelivery {
            delivery,
            accepted,
            reason: self.reason,
            documents,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// A planned delivery that does not take place.
#[derive(Debug, Clone, InputObject)]
pub struct CancelDeliveryInput {
    /// The delivery.
    pub delivery_id: ID,
    /// Why, at most 1,000 signs.
    pub reason: String,
    /// Refuses the mutation if the delivery is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CancelDeliveryInput {
    pub(super) fn read(self) -> Outcome<CancelDelivery> {
        let delivery = read_id(&self.delivery_id, ContractDeliveryId::PREFIX, ["input", "deliveryId"])?;
        let (expected_version, idempotency_key) = (self.expected_version, self.idempotency_key);
        Ok(CancelDelivery { delivery, reason: self.reason, expected_version, idempotency_key })
    }
}
