//! Places as tables: for foreign keys, for imported ones, and for whoever reads the database with other tools.

use std::collections::BTreeMap;

use entity::{place, place_alias, reference_data};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set, sea_query::OnConflict};

use super::{json, to_json};
use crate::{
    directory::model::{
        gazetteer::Gazetteer,
        place::{Place, PlaceKind, Point},
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx},
        reference::{Certainty, Validity},
        text::fold,
    },
};

/// Rows written by one statement: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 500;

/// The digest of the reference data that the tables hold under a name.
pub(in crate::directory) async fn digest(db: &Database, name: &str) -> Result<Option<String>, DbErr> {
    Ok(reference_data::Entity::find_by_id(name).one(db.read()).await?.map(|row| row.digest))
}

/// Notes the digest of what the tables hold now.
pub(in crate::directory) async fn note_digest(
    tx: &WriteTx,
    name: &str,
    digest: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    use reference_data::{ActiveModel, Column, Entity};
    let row = ActiveModel { name: Set(name.into()), digest: Set(digest.into()), applied_at: Set(now) };
    let replacing = OnConflict::column(Column::Name).update_columns([Column::Digest, Column::AppliedAt]).to_owned();
    Entity::insert(row).on_conflict(replacing).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Writes places with their aliases, in place of what was known of them. `gazetteer` holds them already and says what
/// they lie in. A place that left the data stays in the table: organizations may name it.
pub(in crate::directory) async fn write(
    tx: &WriteTx,
    places: &[Place],
    gazetteer: &Gazetteer,
    now: Timestamp,
) -> Result<(), Fault> {
    for chunk in places.chunks(ROWS_MAX) {
        let rows = chunk.iter().map(|place| row(place, gazetteer, now)).collect::<Result<Vec<_>, _>>()?;
        use place::Column;
        let replacing = OnConflict::column(Column::Code)
            .update_columns([
                Column::Kind,
                Column::Name,
                Column::Names,
                Column::ParentCode,
                Column::RegionCode,
                Column::CercleCode,
                Column::Codes,
                Column::Latitude,
                Column::Longitude,
                Column::ValidFrom,
                Column::ValidTo,
                Column::Source,
                Column::Certainty,
            ])
            .to_owned();
        place::Entity::insert_many(rows).on_conflict(replacing).exec_without_returning(&**tx).await?;
        let codes = chunk.iter().map(|place| place.code.as_str());
        place_alias::Entity::delete_many().filter(place_alias::Column::PlaceCode.is_in(codes)).exec(&**tx).await?;
    }
    let aliases: Vec<place_alias::ActiveModel> = places.iter().flat_map(aliases).collect();
    for chunk in aliases.chunks(ROWS_MAX) {
        place_alias::Entity::insert_many(chunk.to_vec()).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

/// All places in the tables with their aliases, but not those of former times. Parents may follow their children.
pub(in crate::directory) async fn all(db: &Database) -> Result<Vec<Place>, Fault> {
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let rows = place_alias::Entity::find().order_by_asc(place_alias::Column::Folded).all(db.read()).await?;
    for row in rows {
        aliases.entry(row.place_code).or_default().push(row.alias);
    }
    let rows = place::Entity::find().order_by_asc(place::Column::Code).all(db.read()).await?;
    rows.into_iter()
        .map(|row| {
            let aliases = aliases.remove(&row.code).unwrap_or_default();
            read(row, aliases)
        })
        .collect()
}

fn row(place: &Place, gazetteer: &Gazetteer, now: Timestamp) -> Result<place::ActiveModel, Fault> {
    let today = now.date_naive();
    let code_of = |found: Option<&Place>| found.map(|found| found.code.clone());
    Ok(place::ActiveModel {
        code: Set(place.code.clone()),
        kind: Set(place.kind.as_str().to_owned()),
        name: Set(place.name().to_owned()),
        names: Set(to_json("place names", &place.names)?),
        parent_code: Set(place.parent.clone()),
        region_code: Set(code_of(gazetteer.region_of(&place.code, today))),
        cercle_code: Set(code_of(gazetteer.cercle_of(&place.code, today))),
        codes: Set(to_json("place codes", &place.codes)?),
        latitude: Set(place.point.map(|point| point.latitude)),
        longitude: Set(place.point.map(|point| point.longitude)),
        valid_from: Set(place.validity.from),
        valid_to: Set(place.validity.to),
        source: Set(place.source.clone()),
        certainty: Set(place.certainty.letter().to_owned()),
    })
}

/// Each alias once, by its folded form.
fn aliases(place: &Place) -> Vec<place_alias::ActiveModel> {
    let mut folded: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for alias in &place.aliases {
        let form = fold(alias);
        if folded.contains(&form) {
            continue;
        }
        rows.push(place_alias::ActiveModel {
            place_code: Set(place.code.clone()),
            folded: Set(form.clone()),
            alias: Set(alias.clone()),
            source: Set(place.source.clone()),
        });
        folded.push(form);
    }
    rows
}

fn read(row: place::Model, aliases: Vec<String>) -> Result<Place, Fault> {
    let kind = PlaceKind::parse(&row.kind).ok_or_else(|| Fault::corrupt("place kind", &row.kind))?;
    let certainty =
        Certainty::from_letter(&row.certainty).ok_or_else(|| Fault::corrupt("place certainty", &row.certainty))?;
    Ok(Place {
        kind,
        names: json("place names", row.names)?,
        parent: row.parent_code,
        former_parents: Vec::new(),
        codes: json("place codes", row.codes)?,
        aliases,
        point: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Point { latitude, longitude }),
        validity: Validity { from: row.valid_from, to: row.valid_to },
        source: row.source,
        certainty,
        code: row.code,
    })
}
