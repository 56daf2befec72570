//! Plots.

use std::collections::HashMap;

use entity::plot::{ActiveModel, Entity};
use sea_orm::{EntityTrait as _, Set};

use crate::{
    accounts::OrganizationId,
    directory::model::place::Point,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, sql},
    },
    traceability::model::{
        ids::{PlotId, ProducerId},
        period::Period,
        plot::{FORGOTTEN_NAME, Plot},
    },
};

const SELECT: &str = "SELECT l.id, l.producer_id, p.organization_id, l.name, l.geometry, l.square_metres, l.latitude,
                             l.longitude, l.valid_from, l.valid_until, l.created_at, l.updated_at, l.version
                      FROM plot l JOIN producer p ON p.id = l.producer_id";

/// Adds plots, under their producer's lock.
pub(in crate::traceability) async fn insert(tx: &WriteTx, plots: &[Plot]) -> Result<(), DbErr> {
    if !plots.is_empty() {
        Entity::insert_many(plots.iter().map(row)).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// Writes a changed plot, under its producer's lock.
pub(in crate::traceability) async fn update(tx: &WriteTx, plot: &Plot) -> Result<(), DbErr> {
    Entity::update(row(plot)).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Empties what tells where a producer's plots lie, and what they are called; how large they are stays.
pub(in crate::traceability) async fn forget(tx: &WriteTx, producer: ProducerId, now: Timestamp) -> Result<(), DbErr> {
    let text = "UPDATE plot SET name = $1, geometry = NULL, latitude = NULL, longitude = NULL, updated_at = $2,
                version = version + 1 WHERE producer_id = $3";
    sql(text, [FORGOTTEN_NAME.into(), now.into(), producer.uuid().into()]).run(&**tx).await?;
    Ok(())
}

/// A plot, within a transaction.
pub(in crate::traceability) async fn find(tx: &WriteTx, id: PlotId) -> Result<Option<Plot>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE l.id = ").bind(id.uuid());
    select.one(&**tx).await?.as_ref().map(plot).transpose()
}

/// How many plots a producer has, under her lock.
pub(in crate::traceability) async fn count_of(tx: &WriteTx, producer: ProducerId) -> Result<usize, Fault> {
    let row = sql("SELECT COUNT(*) FROM plot WHERE producer_id = $1", [producer.uuid().into()]).one(&**tx).await?;
    let row = row.ok_or_else(|| Fault::corrupt("plot", "a count gives a row"))?;
    let count: i64 = Reader::new(&row)?.get()?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The plots among `ids`.
pub(in crate::traceability) async fn by_ids(db: &Database, ids: &[PlotId]) -> Result<HashMap<PlotId, Plot>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE l.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    select.rows(db).await?.iter().map(|row| plot(row).map(|plot| (plot.id, plot))).collect()
}

/// All plots of each producer, the first one first.
pub(in crate::traceability) async fn of(
    db: &Database,
    producers: &[ProducerId],
) -> Result<HashMap<ProducerId, Vec<Plot>>, Fault> {
    let mut select = Sql::new(SELECT);
    select.push(" WHERE l.producer_id IN ").bind_list(producers.iter().map(|id| id.uuid()));
    select.push(" ORDER BY l.producer_id, l.valid_from, l.id");
    let mut found: HashMap<ProducerId, Vec<Plot>> = HashMap::new();
    for row in &select.rows(db).await? {
        let plot = plot(row)?;
        found.entry(plot.producer).or_default().push(plot);
    }
    Ok(found)
}

fn row(plot: &Plot) -> ActiveModel {
    ActiveModel {
        id: Set(plot.id.uuid()),
        producer_id: Set(plot.producer.uuid()),
        name: Set(plot.name.clone()),
        geometry: Set(plot.geometry.clone()),
        square_metres: Set(plot.square_metres),
        latitude: Set(plot.centre.map(|point| point.latitude)),
        longitude: Set(plot.centre.map(|point| point.longitude)),
        valid_from: Set(plot.period.from),
        valid_until: Set(plot.period.until),
        created_at: Set(plot.created_at),
        updated_at: Set(plot.updated_at),
        version: Set(plot.version),
    }
}

fn plot(row: &Row) -> Result<Plot, Fault> {
    let mut next = Reader::new(row)?;
    let id = PlotId::from_uuid(next.get()?);
    let producer = ProducerId::from_uuid(next.get()?);
    let organization = OrganizationId::from_uuid(next.get()?);
    let name = next.get()?;
    let geometry = next.get::<Option<serde_json::Value>>()?;
    let square_metres = next.get()?;
    let (latitude, longitude): (Option<f64>, Option<f64>) = (next.get()?, next.get()?);
    Ok(Plot {
        id,
        producer,
        organization,
        name,
        geometry,
        square_metres,
        centre: latitude.zip(longitude).map(|(latitude, longitude)| Point { latitude, longitude }),
        period: Period { from: next.get()?, until: next.get()? },
        created_at: next.get()?,
        updated_at: next.get()?,
        version: next.get()?,
    })
}
