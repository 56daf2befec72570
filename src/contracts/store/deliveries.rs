//! Deliveries, and the lots that went with them.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use super::measure;
use crate::{
    contracts::model::{
        delivery::{DeliveredLot, Delivery},
        ids::{ContractDeliveryId, ContractId, ContractLineId},
    },
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx},
    },
    traceability::LotId,
};

const SELECT: &str = "SELECT d.id, d.contract_id, d.contract_line_id, l.quantity, l.unit, l.grams, d.status, d.quantity, \
    d.dispatched, d.received, d.accepted, d.due_on, d.dispatched_at, d.received_at, d.accepted_at, d.reason, d.created_at, \
    d.version FROM contract_delivery d JOIN contract_line l ON l.id = d.contract_line_id ";

fn read(next: &mut Reader<'_>) -> Result<Delivery, Fault> {
    Ok(Delivery {
        id: ContractDeliveryId::from_uuid(next.get()?),
        contract: ContractId::from_uuid(next.get()?),
        line: ContractLineId::from_uuid(next.get()?),
        measure: measure(next)?,
        status: next.word("status of a delivery")?,
        quantity: next.get()?,
        dispatched: next.get()?,
        received: next.get()?,
        accepted: next.get()?,
        due_on: next.get()?,
        dispatched_at: next.get()?,
        received_at: next.get()?,
        accepted_at: next.get()?,
        reason: next.get()?,
        created_at: next.get()?,
        version: next.get()?,
    })
}

/// The deliveries among `ids`.
pub(in crate::contracts) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[ContractDeliveryId],
) -> Result<HashMap<ContractDeliveryId, Delivery>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE d.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.all(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|delivery| (delivery.id, delivery))).collect()
}

/// The deliveries under contracts, the first that is due first.
pub(in crate::contracts) async fn of_contracts(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Delivery>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE d.contract_id IN ").bind_list(contracts.iter().map(|id| id.uuid()));
    select.push(" ORDER BY d.contract_id, d.due_on, d.id");
    let mut found: HashMap<ContractId, Vec<Delivery>> = HashMap::new();
    for row in &select.all(db).await? {
        let delivery = read(&mut Reader::new(row)?)?;
        found.entry(delivery.contract).or_default().push(delivery);
    }
    Ok(found)
}

/// Adds a delivery that is planned.
pub(in crate::contracts) async fn insert(tx: &WriteTx, delivery: &Delivery) -> Result<(), DbErr> {
    let mut insert = Sql::new(
        "INSERT INTO contract_delivery (id, contract_id, contract_line_id, status, quantity, due_on, created_at, version) \
         VALUES (",
    );
    insert.bind(delivery.id.uuid()).push(", ").bind(delivery.contract.uuid()).push(", ");
    insert.bind(delivery.line.uuid()).push(", ").bind(delivery.status.as_str()).push(", ");
    insert.bind(delivery.quantity).push(", ").bind(delivery.due_on).push(", ");
    insert.bind(delivery.created_at).push(", ").bind(delivery.version).push(")");
    insert.run(&**tx).await?;
    Ok(())
}

/// Writes, under its contract's lock, what became of a delivery.
pub(in crate::contracts) async fn update(tx: &WriteTx, delivery: &Delivery) -> Result<(), DbErr> {
    let mut update = Sql::new("UPDATE contract_delivery SET status = ");
    update.bind(delivery.status.as_str()).push(", dispatched = ").bind(delivery.dispatched);
    update.push(", received = ").bind(delivery.received).push(", accepted = ").bind(delivery.accepted);
    update.push(", dispatched_at = ").bind(delivery.dispatched_at);
    update.push(", received_at = ").bind(delivery.received_at);
    update.push(", accepted_at = ").bind(delivery.accepted_at);
    update.push(", reason = ").bind(delivery.reason.clone()).push(", version = ").bind(delivery.version);
    update.push(" WHERE id = ").bind(delivery.id.uuid());
    update.run(&**tx).await?;
    Ok(())
}

/// Adds the lots that went with a delivery.
pub(in crate::contracts) async fn insert_lots(tx: &WriteTx, lots: &[DeliveredLot]) -> Result<(), DbErr> {
    if lots.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new("INSERT INTO contract_delivery_lot (delivery_id, lot_id, grams) VALUES ");
    for (position, lot) in lots.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(lot.delivery.uuid()).push(", ");
        insert.bind(lot.lot.uuid()).push(", ").bind(lot.grams).push(")");
    }
    insert.run(&**tx).await?;
    Ok(())
}

/// The lots that went with each delivery.
pub(in crate::contracts) async fn lots(
    db: &impl ConnectionTrait,
    deliveries: &[ContractDeliveryId],
) -> Result<HashMap<ContractDeliveryId, Vec<DeliveredLot>>, Fault> {
    let mut select = Sql::new("SELECT delivery_id, lot_id, grams FROM contract_delivery_lot WHERE delivery_id IN ");
    select.bind_list(deliveries.iter().map(|id| id.uuid())).push(" ORDER BY delivery_id, lot_id");
    let mut found: HashMap<ContractDeliveryId, Vec<DeliveredLot>> = HashMap::new();
    for row in &select.all(db).await? {
        let mut next = Reader::new(row)?;
        let lot = DeliveredLot {
            delivery: ContractDeliveryId::from_uuid(next.get()?),
            lot: LotId::from_uuid(next.get()?),
            grams: next.get()?,
        };
        found.entry(lot.delivery).or_default().push(lot);
    }
    Ok(found)
}
