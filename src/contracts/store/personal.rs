//! What is kept of a person: what she signed, billed, decided and paid.

use serde_json::{Value, json};

use crate::{
    accounts::{OrganizationId, UserId},
    contracts::model::ids::{ContractId, InvoiceId, PaymentMadeId},
    kernel::db::{
        Database, DbErr,
        listed::{at, listed, text},
    },
};

/// What she did under contracts, list by list, the last first.
pub(in crate::contracts) async fn deeds(db: &Database, user: UserId) -> Result<Value, DbErr> {
    let signatures = listed(
        db,
        user.uuid(),
        "SELECT s.contract_id, s.version, s.organization_id, s.signed_at FROM membership m
           JOIN contract_signature s ON s.organization_id = m.organization_id AND s.signed_by = m.user_id
         WHERE m.user_id = $1 ORDER BY s.signed_at DESC, s.contract_id DESC, s.version DESC",
        |next| {
            let contract = ContractId::from_uuid(next.get()?);
            let version: i64 = next.get()?;
            Ok(json!({ "contract": contract, "version": version, "for": OrganizationId::from_uuid(next.get()?),
                "signedAt": at(next)? }))
        },
    );
    let invoices = listed(
        db,
        user.uuid(),
        "SELECT id, contract_id, supplier_id, number, submitted_at FROM invoice WHERE submitted_by = $1
         ORDER BY submitted_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": InvoiceId::from_uuid(next.get()?), "contract": ContractId::from_uuid(next.get()?),
                "for": OrganizationId::from_uuid(next.get()?), "number": text(next)?, "submittedAt": at(next)? }))
        },
    );
    let decisions = listed(
        db,
        user.uuid(),
        "SELECT id, status, reason, decided_at FROM invoice WHERE decided_by = $1 ORDER BY decided_at DESC, id DESC",
        |next| {
            Ok(json!({ "invoice": InvoiceId::from_uuid(next.get()?), "status": text(next)?, "reason": text(next)?,
                "decidedAt": at(next)? }))
        },
    );
    let payments = listed(
        db,
        user.uuid(),
        "SELECT id, invoice_id, recorded_at FROM payment WHERE recorded_by = $1 ORDER BY recorded_at DESC, id DESC",
        |next| {
            Ok(json!({ "id": PaymentMadeId::from_uuid(next.get()?), "invoice": InvoiceId::from_uuid(next.get()?),
                "recordedAt": at(next)? }))
        },
    );
    let answers = listed(
        db,
        user.uuid(),
        "SELECT id, status, note, answered_at FROM payment WHERE answered_by = $1 ORDER BY answered_at DESC, id DESC",
        |next| {
            Ok(json!({ "payment": PaymentMadeId::from_uuid(next.get()?), "status": text(next)?, "note": text(next)?,
                "answeredAt": at(next)? }))
        },
    );
    Ok(json!({
        "signatures": signatures.await?,
        "invoices": invoices.await?,
        "invoiceDecisions": decisions.await?,
        "payments": payments.await?,
        "paymentAnswers": answers.await?,
    }))
}
