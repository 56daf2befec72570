//! Lines of contracts, and how much of each was accepted and billed.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    contracts::model::{
        contract::Line,
        ids::{ContractId, ContractLineId},
    },
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx, sql},
        quantity::{Quantity, UnitCode},
    },
    procurement::RequestLotId,
};

const SELECT: &str = "SELECT id, contract_id, position, request_lot_id, title, product_code, quantity, unit, grams, \
    unit_price_minor, amount_minor, place_code, deliver_from, deliver_until, accepted, billed FROM contract_line ";

fn read(next: &mut Reader<'_>) -> Result<Line, Fault> {
    Ok(Line {
        id: ContractLineId::from_uuid(next.get()?),
        contract: ContractId::from_uuid(next.get()?),
        position: next.get()?,
        request_lot: next.get::<Option<Uuid>>()?.map(RequestLotId::from_uuid),
        title: next.get()?,
        product: next.get()?,
        quantity: Quantity { thousandths: next.get()?, unit: UnitCode::new(next.get::<String>()?) },
        grams: next.get()?,
        unit_price_minor: next.get()?,
        amount_minor: next.get()?,
        place: next.get()?,
        deliver_from: next.get()?,
        deliver_until: next.get()?,
        accepted: next.get()?,
        billed: next.get()?,
    })
}

/// The lines of contracts in their order.
pub(in crate::contracts) async fn of_contracts(
    db: &impl ConnectionTrait,
    contracts: &[ContractId],
) -> Result<HashMap<ContractId, Vec<Line>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE contract_id IN ").bind_list(contracts.iter().map(|id| id.uuid()));
    select.push(" ORDER BY contract_id, position, id");
    let mut found: HashMap<ContractId, Vec<Line>> = HashMap::new();
    for row in &select.all(db).await? {
        let line = read(&mut Reader::new(row)?)?;
        found.entry(line.contract).or_default().push(line);
    }
    Ok(found)
}

/// The lines among `ids`.
pub(in crate::contracts) async fn by_ids(
    db: &impl ConnectionTrait,
    ids: &[ContractLineId],
) -> Result<HashMap<ContractLineId, Line>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push("WHERE id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = select.all(db).await?;
    found.iter().map(|row| read(&mut Reader::new(row)?).map(|line| (line.id, line))).collect()
}

/// Adds lines of a new contract.
pub(in crate::contracts) async fn insert(tx: &WriteTx, lines: &[Line]) -> Result<(), DbErr> {
    for line in lines {
        let mut insert = Sql::new(
            "INSERT INTO contract_line (id, contract_id, position, request_lot_id, title, product_code, quantity, unit, grams, \
             unit_price_minor, amount_minor, place_code, deliver_from, deliver_until, accepted, billed) VALUES (",
        );
        insert.bind(line.id.uuid()).push(", ").bind(line.contract.uuid()).push(", ").bind(line.position).push(", ");
        insert.bind(line.request_lot.map(RequestLotId::uuid)).push(", ").bind(line.title.as_str()).push(", ");
        insert.bind(line.product.as_str()).push(", ").bind(line.quantity.thousandths).push(", ");
        insert.bind(line.quantity.unit.as_str()).push(", ").bind(line.grams).push(", ");
        insert.bind(line.unit_price_minor).push(", ").bind(line.amount_minor).push(", ");
        insert.bind(line.place.clone()).push(", ").bind(line.deliver_from).push(", ");
        insert.bind(line.deliver_until).push(", ").bind(line.accepted).push(", ").bind(line.billed).push(")");
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Writes what a wording says of a line that takes force.
pub(in crate::contracts) async fn reword(tx: &WriteTx, line: &Line) -> Result<(), DbErr> {
    let update = "UPDATE contract_line SET quantity = $1, grams = $2, unit_price_minor = $3, amount_minor = $4, \
                  deliver_until = $5 WHERE id = $6";
    let values = [
        line.quantity.thousandths.into(),
        line.grams.into(),
        line.unit_price_minor.into(),
        line.amount_minor.into(),
        line.deliver_until.into(),
        line.id.uuid().into(),
    ];
    sql(update, values).run(&**tx).await?;
    Ok(())
}

/// Adds to what was accepted of a line; false where that would be more than `most`.
pub(in crate::contracts) async fn accept(
    tx: &WriteTx,
    line: ContractLineId,
    quantity: i64,
    most: i64,
) -> Result<bool, DbErr> {
    let update = "UPDATE contract_line SET accepted = accepted + $1 WHERE id = $2 AND accepted + $1 <= $3";
    Ok(sql(update, [quantity.into(), line.uuid().into(), most.into()]).run(&**tx).await? > 0)
}

/// Adds to what was billed of a line; false where that would be more than was accepted, whoever bills at the same time.
pub(in crate::contracts) async fn bill(tx: &WriteTx, line: ContractLineId, quantity: i64) -> Result<bool, DbErr> {
    let update = "UPDATE contract_line SET billed = billed + $1 WHERE id = $2 AND billed + $1 <= accepted";
    Ok(sql(update, [quantity.into(), line.uuid().into()]).run(&**tx).await? > 0)
}

/// Takes back what a refused invoice had billed of a line.
pub(in crate::contracts) async fn take_back(tx: &WriteTx, line: ContractLineId, quantity: i64) -> Result<(), DbErr> {
    let update = "UPDATE contract_line SET billed = billed - $1 WHERE id = $2";
    sql(update, [quantity.into(), line.uuid().into()]).run(&**tx).await?;
    Ok(())
}
