//! Contracts, and who supplies.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    catalog::{ListingId, ReservationId},
    contracts::model::{
        contract::{Contract, Supplier},
        ids::ContractId,
        terms::Terms,
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
    procurement::AwardId,
};

/// The columns that [`read`] reads, in its order: of the contract, and what its process is called.
pub(super) const COLUMNS: &str = "c.id, c.process_id, p.ocid, c.award_id, c.listing_id, c.reservation_id, c.buyer_id, \
    c.supplier_id, c.title, c.status, c.currency, c.amount_minor, c.signed_amount_minor, c.penalty_permille_a_day, \
    c.penalty_permille_max, c.payment_days, c.over_delivery_limit, c.early_payment_permille, c.early_payment_days, \
    c.version_in_force, c.version, c.signed_at, c.ended_at, c.ended_reason, c.created_at";

/// What they are read from.
pub(super) const FROM: &str = " FROM contract c JOIN procurement_process p ON p.id = c.process_id ";

/// A contract from the next columns.
pub(super) fn read(next: &mut Reader<'_>) -> Result<Contract, Fault> {
    Ok(Contract {
        id: ContractId::from_uuid(next.get()?),
        process: next.get()?,
        ocid: next.get()?,
        award: next.get::<Option<Uuid>>()?.map(AwardId::from_uuid),
        listing: next.get::<Option<Uuid>>()?.map(ListingId::from_uuid),
        reservation: next.get::<Option<Uuid>>()?.map(ReservationId::from_uuid),
        buyer: OrganizationId::from_uuid(next.get()?),
        supplier: OrganizationId::from_uuid(next.get()?),
        title: next.get()?,
        status: next.word("status of a contract")?,
        currency: next.currency()?,
        amount_minor: next.get()?,
        signed_amount_minor: next.get()?,
        terms: Terms {
            penalty_permille_a_day: next.get()?,
            penalty_permille_max: next.get()?,
            payment_days: next.get()?,
            over_delivery_limit: next.get()?,
            early_payment_permille: next.get()?,
            early_payment_days: next.get()?,
        },
        version_in_force: next.get()?,
        version: next.get()?,
        signed_at: next.get()?,
        ended_at: next.get()?,
        ended_reason: next.get()?,
        created_at: next.get()?,
    })
}

/// The contracts among `ids`, whoever may see them.
pub(in crate::contracts) async fn by_ids(
    db: &Database,
    ids: &[ContractId],
) -> Result<HashMap<ContractId, Contract>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(FROM).push("WHERE c.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.rows(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|contract| (contract.id, contract))).collect()
}

/// The suppliers of the contract that something belongs to: the contract, its award, a delivery, an invoice or a payment.
pub(in crate::contracts) async fn suppliers_concerned(
    db: &Database,
    subject: Uuid,
) -> Result<Vec<OrganizationId>, Fault> {
    let select = sql(
        "SELECT s.organization_id FROM contract_supplier s WHERE s.contract_id IN (
            SELECT c.id FROM contract c WHERE c.id = $1
            UNION SELECT c.id FROM contract c WHERE c.award_id = $1
            UNION SELECT v.contract_id FROM contract_delivery v WHERE v.id = $1
            UNION SELECT i.contract_id FROM invoice i WHERE i.id = $1
            UNION SELECT i.contract_id FROM payment p JOIN invoice i ON i.id = p.invoice_id WHERE p.id = $1)
         ORDER BY s.organization_id",
        [subject.into()],
    );
    let read = |row| Ok(OrganizationId::from_uuid(Reader::new(row)?.get()?));
    select.rows(db).await?.iter().map(read).collect()
}

/// A contract, and with it the lock that makes whoever changes it, or anything under it, wait.
pub(in crate::contracts) async fn lock(tx: &WriteTx, id: ContractId) -> Result<Option<Contract>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(FROM).push("WHERE c.id = ").bind(id.uuid());
    select.lock(tx, " FOR NO KEY UPDATE OF c");
    let row = select.one(&**tx).await?;
    row.as_ref().map(|row| read(&mut Reader::new(row)?)).transpose()
}

/// Adds a contract with its suppliers.
pub(in crate::contracts) async fn insert(
    tx: &WriteTx,
    contract: &Contract,
    suppliers: &[Supplier],
) -> Result<(), DbErr> {
    let mut insert = Sql::new(
        "INSERT INTO contract (id, process_id, award_id, listing_id, reservation_id, buyer_id, supplier_id, title, status, \
         currency, amount_minor, signed_amount_minor, penalty_permille_a_day, penalty_permille_max, payment_days, \
         over_delivery_limit, early_payment_permille, early_payment_days, version_in_force, version, signed_at, ended_at, \
         ended_reason, created_at, updated_at) VALUES (",
    );
    let terms = &contract.terms;
    insert.bind(contract.id.uuid()).push(", ").bind(contract.process).push(", ");
    insert.bind(contract.award.map(AwardId::uuid)).push(", ").bind(contract.listing.map(ListingId::uuid)).push(", ");
    insert.bind(contract.reservation.map(ReservationId::uuid)).push(", ").bind(contract.buyer.uuid()).push(", ");
    insert.bind(contract.supplier.uuid()).push(", ").bind(contract.title.as_str()).push(", ");
    insert.bind(contract.status.as_str()).push(", ").bind(contract.currency.code()).push(", ");
    insert.bind(contract.amount_minor).push(", ").bind(contract.signed_amount_minor).push(", ");
    insert.bind(terms.penalty_permille_a_day).push(", ").bind(terms.penalty_permille_max).push(", ");
    insert.bind(terms.payment_days).push(", ").bind(terms.over_delivery_limit).push(", ");
    insert.bind(terms.early_payment_permille).push(", ").bind(terms.early_payment_days).push(", ");
    insert.bind(contract.version_in_force).push(", ").bind(contract.version).push(", ");
    insert.bind(contract.signed_at).push(", ").bind(contract.ended_at).push(", ");
    insert.bind(contract.ended_reason.clone()).push(", ").bind(contract.created_at).push(", ");
    insert.bind(contract.created_at).push(")");
    insert.run(&**tx).await?;
    let mut insert = Sql::new("INSERT INTO contract_supplier (contract_id, organization_id, share) VALUES ");
    for (position, supplier) in suppliers.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(supplier.contract.uuid()).push(", ");
        insert.bind(supplier.organization.uuid()).push(", ").bind(supplier.share).push(")");
    }
    insert.run(&**tx).await?;
    Ok(())
}

/// Writes, under its lock, what of a contract changes in its life.
pub(in crate::contracts) async fn update(tx: &WriteTx, contract: &Contract, now: Timestamp) -> Result<(), DbErr> {
    let mut update = Sql::new("UPDATE contract SET status = ");
    let terms = &contract.terms;
    update.bind(contract.status.as_str()).push(", amount_minor = ").bind(contract.amount_minor);
    update.push(", signed_amount_minor = ").bind(contract.signed_amount_minor);
    update.push(", penalty_permille_a_day = ").bind(terms.penalty_permille_a_day);
    update.push(", penalty_permille_max = ").bind(terms.penalty_permille_max);
    update.push(", payment_days = ").bind(terms.payment_days);
    update.push(", over_delivery_limit = ").bind(terms.over_delivery_limit);
    update.push(", early_payment_permille = ").bind(terms.early_payment_permille);
    update.push(", early_payment_days = ").bind(terms.early_payment_days);
    update.push(", version_in_force = ").bind(contract.version_in_force);
    update.push(", version = ").bind(contract.version).push(", signed_at = ").bind(contract.signed_at);
    update.push(", ended_at = ").bind(contract.ended_at).push(", ended_reason = ").bind(contract.ended_reason.clone());
    update.push(", updated_at = ").bind(now).push(" WHERE id = ").bind(contract.id.uuid());
    update.run(&**tx).await?;
    Ok(())
}

/// The suppliers of contracts; who leads them comes last.
pub(in crate::contracts) async fn suppliers(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Supplier>>, Fault> {
    let mut select = Sql::new(
        "SELECT s.contract_id, s.organization_id, s.share FROM contract_supplier s JOIN contract c ON c.id = s.contract_id \
         WHERE s.contract_id IN ",
    );
    select.bind_list(contracts.iter().map(|id| id.uuid()));
    select.push(
        " ORDER BY s.contract_id, CASE WHEN s.organization_id = c.supplier_id THEN 1 ELSE 0 END, s.organization_id",
    );
    let mut found: HashMap<ContractId, Vec<Supplier>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let supplier = Supplier {
            contract: ContractId::from_uuid(next.get()?),
            organization: OrganizationId::from_uuid(next.get()?),
            share: next.get()?,
        };
        found.entry(supplier.contract).or_default().push(supplier);
    }
    Ok(found)
}

/// Orders that wait for signatures and whose stock is no longer held, or whose time is over: at most `limit`, after `last`.
pub(in crate::contracts) async fn overdue_orders(
    db: &Database,
    now: Timestamp,
    last: Option<ContractId>,
    limit: i64,
) -> Result<Vec<ContractId>, DbErr> {
    let select = "SELECT c.id FROM contract c JOIN stock_reservation r ON r.id = c.reservation_id \
                  WHERE c.status = 'PENDING' AND (r.status <> 'HELD' OR r.expires_at <= $1) AND c.id > $2 \
                  ORDER BY c.id LIMIT $3";
    let last = last.map_or_else(Uuid::nil, ContractId::uuid);
    let rows = sql(select, [now.into(), last.into(), limit.into()]).rows(db).await?;
    rows.iter().map(|row| Ok(ContractId::from_uuid(Reader::new(row)?.get()?))).collect()
}
