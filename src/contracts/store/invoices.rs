//! Invoices, and what they bill.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::measure;
use crate::{
    accounts::{OrganizationId, UserId},
    contracts::model::{
        ids::{ContractId, ContractLineId, InvoiceId},
        invoice::{Invoice, InvoiceLine},
    },
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

const SELECT: &str = "SELECT id, contract_id, supplier_id, number, status, currency, gross_minor, penalty_minor, net_minor, \
    discount_minor, paid_minor, submitted_at, decided_at, reason, due_on, accepted_at, paid_on, version FROM invoice ";

fn read(next: &mut Reader<'_>) -> Result<Invoice, Fault> {
    Ok(Invoice {
        id: InvoiceId::from_uuid(next.get()?),
        contract: ContractId::from_uuid(next.get()?),
        supplier: OrganizationId::from_uuid(next.get()?),
        number: next.get()?,
        status: next.word("status of an invoice")?,
        currency: next.currency()?,
        gross_minor: next.get()?,
        penalty_minor: next.get()?,
        net_minor: next.get()?,
        discount_minor: next.get()?,
        paid_minor: next.get()?,
        submitted_at: next.get()?,
        decided_at: next.get()?,
        reason: next.get()?,
        due_on: next.get()?,
        accepted_at: next.get()?,
        paid_on: next.get()?,
        version: next.get()?,
    })
}

/// The invoices among `ids`.
pub(in crate::contracts) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Invoice>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.all(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|invoice| (invoice.id, invoice))).collect()
}

/// The invoices under contracts, the first that was handed in first.
pub(in crate::contracts) async fn of_contracts(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Invoice>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE contract_id IN ").bind_list(contracts.iter().map(|id| id.uuid()));
    select.push(" ORDER BY contract_id, submitted_at, id");
    let mut found: HashMap<ContractId, Vec<Invoice>> = HashMap::new();
    for row in &select.all(db).await? {
        let invoice = read(&mut Reader::new(row)?)?;
        found.entry(invoice.contract).or_default().push(invoice);
    }
    Ok(found)
}

/// Adds an invoice with its lines; false where its contract has one of this number.
pub(in crate::contracts) async fn insert(
    tx: &WriteTx,
    invoice: &Invoice,
    lines: &[InvoiceLine],
    by: Option<UserId>,
) -> Result<bool, DbErr> {
    let mut insert = Sql::new(
        "INSERT INTO invoice (id, contract_id, supplier_id, number, status, currency, gross_minor, penalty_minor, net_minor, \
         discount_minor, paid_minor, submitted_by, submitted_at, due_on, accepted_at, version) VALUES (",
    );
    insert.bind(invoice.id.uuid()).push(", ").bind(invoice.contract.uuid()).push(", ");
    insert.bind(invoice.supplier.uuid()).push(", ").bind(invoice.number.as_str()).push(", ");
    insert.bind(invoice.status.as_str()).push(", ").bind(invoice.currency.code()).push(", ");
    insert.bind(invoice.gross_minor).push(", ").bind(invoice.penalty_minor).push(", ").bind(invoice.net_minor);
    insert.push(", ").bind(invoice.discount_minor).push(", ").bind(invoice.paid_minor).push(", ");
    insert.bind(by.map(UserId::uuid)).push(", ").bind(invoice.submitted_at).push(", ").bind(invoice.due_on);
    insert.push(", ").bind(invoice.accepted_at).push(", ").bind(invoice.version);
    insert.push(") ON CONFLICT (contract_id, number) DO NOTHING");
    if insert.run(&**tx).await? == 0 {
        return Ok(false);
    }
    let mut insert = Sql::new(
        "INSERT INTO invoice_line (invoice_id, contract_line_id, quantity, amount_minor, penalty_minor) VALUES ",
    );
    for (position, line) in lines.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(line.invoice.uuid()).push(", ");
        insert.bind(line.line.uuid()).push(", ").bind(line.quantity).push(", ").bind(line.amount_minor).push(", ");
        insert.bind(line.penalty_minor).push(")");
    }
    insert.run(&**tx).await?;
    Ok(true)
}

/// Writes, under its contract's lock, what was decided about an invoice.
pub(in crate::contracts) async fn decide(tx: &WriteTx, invoice: &Invoice, by: Option<UserId>) -> Result<(), DbErr> {
    let update = "UPDATE invoice SET status = $1, decided_by = $2, decided_at = $3, reason = $4, paid_on = $5, version = $6 \
                  WHERE id = $7";
    let values = [
        invoice.status.as_str().into(),
        by.map(UserId::uuid).into(),
        invoice.decided_at.into(),
        invoice.reason.clone().into(),
        invoice.paid_on.into(),
        invoice.version.into(),
        invoice.id.uuid().into(),
    ];
    sql(update, values).run(&**tx).await?;
    Ok(())
}

/// Writes what was paid on an invoice, `by` more or less than before; false where it would then be more than is to be paid,
/// whoever pays at the same time.
pub(in crate::contracts) async fn pay(tx: &WriteTx, invoice: &Invoice, by: i64) -> Result<bool, DbErr> {
    let update = "UPDATE invoice SET paid_minor = paid_minor + $1, discount_minor = $2, status = $3, paid_on = $4, version = $5 \
                  WHERE id = $6 AND paid_minor + $1 BETWEEN 0 AND net_minor - $2";
    let values = [
        by.into(),
        invoice.discount_minor.into(),
        invoice.status.as_str().into(),
        invoice.paid_on.into(),
        invoice.version.into(),
        invoice.id.uuid().into(),
    ];
    Ok(sql(update, values).run(&**tx).await? > 0)
}

/// What each invoice bills.
pub(in crate::contracts) async fn lines(
    db: &impl ConnectionTrait,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Vec<InvoiceLine>>, Fault> {
    let mut select = Sql::new(
        "SELECT i.invoice_id, i.contract_line_id, l.quantity, l.unit, l.grams, i.quantity, i.amount_minor, i.penalty_minor FROM invoice_line i \
         JOIN contract_line l ON l.id = i.contract_line_id WHERE i.invoice_id IN ",
    );
    select.bind_list(invoices.iter().map(|id| id.uuid())).push(" ORDER BY i.invoice_id, l.position, l.id");
    let mut found: HashMap<InvoiceId, Vec<InvoiceLine>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let line = InvoiceLine {
            invoice: InvoiceId::from_uuid(next.get()?),
            line: ContractLineId::from_uuid(next.get()?),
            measure: measure(&mut next)?,
            quantity: next.get()?,
            amount_minor: next.get()?,
            penalty_minor: next.get()?,
        };
        found.entry(line.invoice).or_default().push(line);
    }
    Ok(found)
}

/// What lateness took off of each line of a contract, by the invoices that were not refused.
pub(in crate::contracts) async fn penalties(
    tx: &WriteTx,
    contract: ContractId,
) -> Result<HashMap<ContractLineId, i64>, Fault> {
    let select = "SELECT l.contract_line_id, CAST(SUM(l.penalty_minor) AS bigint) FROM invoice_line l \
                  JOIN invoice i ON i.id = l.invoice_id WHERE i.contract_id = $1 AND i.status <> 'REJECTED' \
                  GROUP BY l.contract_line_id";
    let rows = sql(select, [contract.uuid().into()]).all(&**tx).await?;
    let read = |row| {
        let mut next = Reader::new(row)?;
        Ok((ContractLineId::from_uuid(next.get()?), next.get()?))
    };
    rows.iter().map(read).collect()
}

/// Invoices of a buyer, or of all, that were due before a day and are not paid whole, the longest due first.
pub(in crate::contracts) async fn overdue(
    db: &Database,
    buyer: Option<OrganizationId>,
    (today, limit): (NaiveDate, i64),
) -> Result<Vec<Invoice>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE status IN ('SUBMITTED', 'APPROVED') AND paid_minor < net_minor - discount_minor AND due_on < ");
    select.bind(today);
    if let Some(buyer) = buyer {
        select
            .push(" AND contract_id IN (SELECT c.id FROM contract c WHERE c.buyer_id = ")
            .bind(buyer.uuid())
            .push(")");
    }
    select.push(" ORDER BY due_on, id LIMIT ").bind(limit);
    let found = select.rows(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?)).collect()
}
