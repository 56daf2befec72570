//! Contracts with what was signed, delivered, billed and paid.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{Of, about, of, take};
use crate::{
    accounts::OrganizationId,
    contracts::{ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId},
    kernel::{Fault, clock::Timestamp, db::Reader},
    ocds::model::snapshot::{
        AmendmentPart, ContractPart, DeliveryPart, InvoicePart, LinePart, PaymentPart, SignaturePart,
    },
    procurement::{AwardId, RequestLotId},
};

/// The contracts of these processes.
pub(super) async fn load(db: &impl ConnectionTrait, processes: &[Uuid]) -> Result<Of<ContractPart>, Fault> {
    let select = about(
        "SELECT process_id, id, award_id, supplier_id, title, status, currency, amount_minor, signed_amount_minor, \
         payment_days, version_in_force, signed_at, ended_at, ended_reason, created_at FROM contract WHERE process_id IN ",
        processes,
        " ORDER BY process_id, created_at, id",
    );
    let mut contracts = of(db, select, contract).await?;
    let belonging = |columns: &str, table: &str, order: &str| {
        let text = format!(
            "SELECT x.contract_id, {columns} FROM {table} x JOIN contract c ON c.id = x.contract_id WHERE c.process_id IN "
        );
        about(&text, processes, &format!(" ORDER BY x.contract_id, {order}"))
    };
    let select = belonging("x.organization_id, x.share", "contract_supplier", "x.share DESC, x.organization_id");
    let shared = |next: &mut Reader<'_>| Ok((OrganizationId::from_uuid(next.get()?), next.get()?));
    let mut suppliers = of(db, select, shared).await?;
    let select = belonging("x.version, x.rationale, x.proposed_at", "contract_version", "x.version");
    let mut versions = of(db, select, version).await?;
    let select =
        belonging("x.organization_id, x.version, x.signed_at", "contract_signature", "x.version, x.organization_id");
    let mut signatures = of(db, select, signature).await?;
    let select = belonging(
        "x.id, x.request_lot_id, x.title, x.product_code, x.quantity, x.unit, x.unit_price_minor, x.amount_minor, \
         x.grams, x.place_code, x.deliver_from, x.deliver_until, x.accepted, x.billed",
        "contract_line",
        "x.position, x.id",
    );
    let mut lines = of(db, select, line).await?;
    let select = belonging(
        "x.id, x.contract_line_id, x.status, x.quantity, x.received, x.accepted, x.due_on, x.dispatched_at, x.received_at, \
         x.accepted_at",
        "contract_delivery",
        "x.due_on, x.id",
    );
    let mut deliveries = of(db, select, delivery).await?;
    let select = belonging(
        "x.id, x.supplier_id, x.status, x.gross_minor, x.penalty_minor, x.net_minor, x.discount_minor, x.paid_minor, \
         x.submitted_at, x.accepted_at, x.decided_at, x.due_on, x.paid_on",
        "invoice",
        "x.submitted_at, x.id",
    );
    let mut invoices = of(db, select, invoice).await?;
    let select = about(
        "SELECT i.contract_id, p.id, p.invoice_id, p.payee_id, p.status, p.minor, p.currency, p.paid_on, p.recorded_at, \
         p.answered_at FROM payment p JOIN invoice i ON i.id = p.invoice_id JOIN contract c ON c.id = i.contract_id \
         WHERE c.process_id IN ",
        processes,
        " ORDER BY i.contract_id, p.paid_on, p.id",
    );
    let mut payments = of(db, select, payment).await?;
    for contract in contracts.values_mut().flatten() {
        let id = contract.id.uuid();
        contract.suppliers = take(&mut suppliers, id);
        // Who leads comes first, whatever her share.
        contract.suppliers.sort_by_key(|(supplier, _)| *supplier != contract.supplier);
        contract.signatures = take(&mut signatures, id);
        contract.amendments = in_force(contract, take(&mut versions, id));
        contract.lines = take(&mut lines, id);
        contract.deliveries = take(&mut deliveries, id);
        contract.invoices = take(&mut invoices, id);
        contract.payments = take(&mut payments, id);
    }
    Ok(contracts)
}

/// The wordings after the first that took force: all suppliers and the buyer signed them. Each since the last of its signatures.
fn in_force(contract: &ContractPart, versions: Vec<AmendmentPart>) -> Vec<AmendmentPart> {
    let all = contract.suppliers.len() + 1;
    let later = versions.into_iter().filter(|one| one.version > 1 && one.version <= contract.version_in_force);
    later
        .filter_map(|version| {
            let signed: Vec<Timestamp> =
                contract.signatures.iter().filter(|one| one.version == version.version).map(|one| one.at).collect();
            let last = signed.iter().max().copied()?;
            // The one in force was found to be signed by all when it took force, whoever may have joined since.
            (signed.len() >= all || version.version == contract.version_in_force)
                .then_some(AmendmentPart { at: last, ..version })
        })
        .collect()
}

fn contract(next: &mut Reader<'_>) -> Result<ContractPart, Fault> {
    Ok(ContractPart {
        id: ContractId::from_uuid(next.get()?),
        award: next.get::<Option<Uuid>>()?.map(AwardId::from_uuid),
        supplier: OrganizationId::from_uuid(next.get()?),
        title: next.get()?,
        state: next.word("status of a contract")?,
        currency: next.currency()?,
        amount_minor: next.get()?,
        signed_amount_minor: next.get()?,
        payment_days: next.get()?,
        version_in_force: next.get()?,
        signed_at: next.get()?,
        ended_at: next.get()?,
        ended_reason: next.get()?,
        created_at: next.get()?,
        suppliers: Vec::new(),
        amendments: Vec::new(),
        signatures: Vec::new(),
        lines: Vec::new(),
        deliveries: Vec::new(),
        invoices: Vec::new(),
        payments: Vec::new(),
    })
}

fn version(next: &mut Reader<'_>) -> Result<AmendmentPart, Fault> {
    Ok(AmendmentPart { version: next.get()?, rationale: next.get()?, at: next.get()? })
}

fn signature(next: &mut Reader<'_>) -> Result<SignaturePart, Fault> {
    Ok(SignaturePart { organization: OrganizationId::from_uuid(next.get()?), version: next.get()?, at: next.get()? })
}

fn line(next: &mut Reader<'_>) -> Result<LinePart, Fault> {
    Ok(LinePart {
        id: ContractLineId::from_uuid(next.get()?),
        lot: next.get::<Option<Uuid>>()?.map(RequestLotId::from_uuid),
        title: next.get()?,
        product: next.get()?,
        quantity: next.get()?,
        unit: next.get()?,
        unit_price_minor: next.get()?,
        amount_minor: next.get()?,
        grams: next.get()?,
        place: next.get()?,
        deliver_from: next.get()?,
        deliver_until: next.get()?,
        accepted: next.get()?,
        billed: next.get()?,
    })
}

fn delivery(next: &mut Reader<'_>) -> Result<DeliveryPart, Fault> {
    Ok(DeliveryPart {
        id: ContractDeliveryId::from_uuid(next.get()?),
        line: ContractLineId::from_uuid(next.get()?),
        state: next.word("status of a delivery")?,
        quantity: next.get()?,
        received: next.get()?,
        accepted: next.get()?,
        due_on: next.get()?,
        dispatched_at: next.get()?,
        received_at: next.get()?,
        accepted_at: next.get()?,
    })
}

fn invoice(next: &mut Reader<'_>) -> Result<InvoicePart, Fault> {
    Ok(InvoicePart {
        id: InvoiceId::from_uuid(next.get()?),
        supplier: OrganizationId::from_uuid(next.get()?),
        state: next.word("status of an invoice")?,
        gross_minor: next.get()?,
        penalty_minor: next.get()?,
        net_minor: next.get()?,
        discount_minor: next.get()?,
        paid_minor: next.get()?,
        submitted_at: next.get()?,
        accepted_at: next.get()?,
        decided_at: next.get()?,
        due_on: next.get()?,
        paid_on: next.get()?,
    })
}

fn payment(next: &mut Reader<'_>) -> Result<PaymentPart, Fault> {
    Ok(PaymentPart {
        id: PaymentMadeId::from_uuid(next.get()?),
        invoice: InvoiceId::from_uuid(next.get()?),
        payee: OrganizationId::from_uuid(next.get()?),
        state: next.word("status of a payment")?,
        minor: next.get()?,
        currency: next.currency()?,
        paid_on: next.get()?,
        recorded_at: next.get()?,
        answered_at: next.get()?,
    })
}
