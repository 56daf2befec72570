//! What was paid on invoices.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::{
    accounts::{OrganizationId, UserId},
    contracts::model::{
        ids::{ContractId, InvoiceId, PaymentMadeId},
        invoice::Payment,
    },
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx, sql},
    },
};

const COLUMNS: &str = "p.id, p.invoice_id, p.payee_id, p.status, p.minor, p.currency, p.paid_on, p.reference, p.recorded_at, \
    p.answered_at, p.note, p.version";

fn read(next: &mut Reader<'_>) -> Result<Payment, Fault> {
    Ok(Payment {
        id: PaymentMadeId::from_uuid(next.get()?),
        invoice: InvoiceId::from_uuid(next.get()?),
        payee: OrganizationId::from_uuid(next.get()?),
        status: next.word("status of a payment")?,
        minor: next.get()?,
        currency: next.currency()?,
        paid_on: next.get()?,
        reference: next.get()?,
        recorded_at: next.get()?,
        answered_at: next.get()?,
        note: next.get()?,
        version: next.get()?,
    })
}

/// The payments among `ids`.
pub(in crate::contracts) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[PaymentMadeId],
) -> Result<HashMap<PaymentMadeId, Payment>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM payment p WHERE p.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.all(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|payment| (payment.id, payment))).collect()
}

/// What was paid on each invoice, the first day first.
pub(in crate::contracts) async fn of_invoices(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<Payment>>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(" FROM payment p WHERE p.invoice_id IN ");
    select.bind_list(invoices.iter().map(|id| id.uuid())).push(" ORDER BY p.invoice_id, p.paid_on, p.id");
    let mut found: HashMap<InvoiceId, Vec<Payment>> = HashMap::new();
    for row in &select.all(db).await? {
        let payment = read(&mut Reader::new(row)?)?;
        found.entry(payment.invoice).or_default().push(payment);
    }
    Ok(found)
}

/// All that was paid under each contract, the first day first.
pub(in crate::contracts) async fn of_contracts(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Payment>>, Fault> {
    let mut select = Sql::new("SELECT i.contract_id, ");
    select.push(COLUMNS).push(" FROM payment p JOIN invoice i ON i.id = p.invoice_id WHERE i.contract_id IN ");
    select.bind_list(contracts.iter().map(|id| id.uuid())).push(" ORDER BY i.contract_id, p.paid_on, p.id");
    let mut found: HashMap<ContractId, Vec<Payment>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let contract = ContractId::from_uuid(next.get()?);
        found.entry(contract).or_default().push(read(&mut next)?);
    }
    Ok(found)
}

/// Adds a payment; false where its invoice has one with this reference.
pub(in crate::contracts) async fn insert(tx: &WriteTx, payment: &Payment, by: Option<UserId>) -> Result<bool, DbErr> {
    let insert = "INSERT INTO payment (id, invoice_id, payee_id, status, minor, currency, paid_on, reference, recorded_by, \
                  recorded_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                  ON CONFLICT (invoice_id, reference) DO NOTHING";
    let values = [
        payment.id.uuid().into(),
        payment.invoice.uuid().into(),
        payment.payee.uuid().into(),
        payment.status.as_str().into(),
        payment.minor.into(),
        payment.currency.code().into(),
        payment.paid_on.into(),
        payment.reference.clone().into(),
        by.map(UserId::uuid).into(),
        payment.recorded_at.into(),
        payment.version.into(),
    ];
    Ok(sql(insert, values).run(&**tx).await? > 0)
}

/// Writes, under its contract's lock, what the payee answered.
pub(in crate::contracts) async fn answer(tx: &WriteTx, payment: &Payment, by: Option<UserId>) -> Result<(), DbErr> {
    let update =
        "UPDATE payment SET status = $1, answered_by = $2, answered_at = $3, note = $4, version = $5 WHERE id = $6";
    let values = [
        payment.status.as_str().into(),
        by.map(UserId::uuid).into(),
        payment.answered_at.into(),
        payment.note.clone().into(),
        payment.version.into(),
        payment.id.uuid().into(),
    ];
    sql(update, values).run(&**tx).await?;
    Ok(())
}
