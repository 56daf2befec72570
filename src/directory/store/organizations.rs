//! Organizations.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use entity::{
    organization::{ActiveModel, Column, Entity},
    ownership_assessment,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IdenStatic, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _, Select, Set,
    sea_query::{Expr, LikeExpr, LockType},
};
use uuid::Uuid;

use super::{to_json, word};
use crate::{
    accounts::OrganizationId,
    directory::model::{
        organization::{Organization, OrganizationCard, OrganizationKind, Standing},
        ownership::{EvidenceLevel, OwnershipStatus},
        place::{PlaceKind, Point},
        query::{OrganizationFilter, OrganizationOrderField, OrganizationQuery, WithinPlace},
    },
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Row, Sql, WriteTx, keyset},
        text::fold,
        together::Read,
    },
};

/// Adds an organization.
pub(in crate::directory) async fn insert(tx: &WriteTx, organization: &Organization) -> Result<(), Fault> {
    Entity::insert(row(organization)?).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Writes a changed organization, under its lock.
pub(in crate::directory) async fn update(tx: &WriteTx, organization: &Organization) -> Result<(), Fault> {
    Entity::update(row(organization)?).exec_without_returning(&**tx).await?;
    Ok(())
}

/// The organization, and with it the lock that makes other changes of it wait.
pub(in crate::directory) async fn lock(tx: &WriteTx, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(all(&**tx, Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate)).await?.pop())
}

/// Several organizations, in the order of their ids, and with them the locks.
pub(in crate::directory) async fn lock_all(tx: &WriteTx, ids: &[OrganizationId]) -> Result<Vec<Organization>, Fault> {
    let among = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    all(&**tx, sea_orm::QueryOrder::order_by_asc(among, Column::Id).lock(LockType::NoKeyUpdate)).await
}

/// The organization, within a transaction.
pub(in crate::directory) async fn by_id(
    db: &impl ConnectionTrait,
    id: OrganizationId,
) -> Result<Option<Organization>, Fault> {
    Ok(all(db, Entity::find_by_id(id.uuid())).await?.pop())
}

/// Reads organizations by their ids.
pub(in crate::directory) struct ById(pub(in crate::directory) Database);

impl Read for ById {
    type Key = OrganizationId;
    type Value = Arc<Organization>;

    async fn read(&self, ids: Vec<OrganizationId>) -> Result<HashMap<OrganizationId, Arc<Organization>>, Fault> {
        let mut select = Sql::new(&SELECT);
        select.push(" WHERE id IN ").bind_list(ids.iter().map(|id| id.uuid()));
        let found = select.rows(&self.0).await?;
        found.iter().map(|row| organization(row).map(|found| (found.id, Arc::new(found)))).collect()
    }
}

/// The ids that follow `after`, smallest first: for walking over all organizations, whoever may see them.
pub(in crate::directory) async fn ids_after(
    db: &Database,
    after: Option<OrganizationId>,
    limit: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    let mut query = Entity::find();
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after.uuid()));
    }
    let ids = sea_orm::QueryOrder::order_by_asc(query, Column::Id).limit(limit).select_only().column(Column::Id);
    let ids: Vec<Uuid> = ids.into_tuple().all(db.read()).await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// A place that organizations are at, and what they are written down to lie in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::directory) struct Lie {
    pub(in crate::directory) place: String,
    pub(in crate::directory) region: Option<String>,
    pub(in crate::directory) cercle: Option<String>,
}

/// Where organizations lie, each way once.
pub(in crate::directory) async fn where_they_lie(tx: &WriteTx) -> Result<Vec<Lie>, DbErr> {
    let columns = Entity::find().select_only().columns([Column::PlaceCode, Column::RegionCode, Column::CercleCode]);
    let rows: Vec<(String, Option<String>, Option<String>)> = columns.distinct().into_tuple().all(&**tx).await?;
    Ok(rows.into_iter().map(|(place, region, cercle)| Lie { place, region, cercle }).collect())
}

/// Writes another region and cercle to all organizations that lie so, and gives their ids.
pub(in crate::directory) async fn move_all(
    tx: &WriteTx,
    lie: &Lie,
    region: Option<&str>,
    cercle: Option<&str>,
) -> Result<Vec<OrganizationId>, DbErr> {
    let is = |column: Column, code: &Option<String>| match code {
        Some(code) => column.eq(code.as_str()),
        None => column.is_null(),
    };
    let lying = Condition::all()
        .add(Column::PlaceCode.eq(lie.place.as_str()))
        .add(is(Column::RegionCode, &lie.region))
        .add(is(Column::CercleCode, &lie.cercle));
    let ids: Vec<Uuid> =
        Entity::find().filter(lying.clone()).select_only().column(Column::Id).into_tuple().all(&**tx).await?;
    Entity::update_many()
        .col_expr(Column::RegionCode, Expr::value(region))
        .col_expr(Column::CercleCode, Expr::value(cercle))
        .filter(lying)
        .exec(&**tx)
        .await?;
    Ok(ids.into_iter().map(OrganizationId::from_uuid).collect())
}

/// A page of organizations in good standing.
pub(in crate::directory) async fn page(db: &Database, query: &OrganizationQuery) -> Result<Vec<Organization>, Fault> {
    page_of(db, query, &COLUMNS, organization).await
}

/// The same as cards.
pub(in crate::directory) async fn page_of_cards(
    db: &Database,
    query: &OrganizationQuery,
) -> Result<Vec<OrganizationCard>, Fault> {
    page_of(db, query, &[Column::Id, Column::Kind, Column::Name], |row| {
        let mut next = Reader::new(row)?;
        let id = OrganizationId::from_uuid(next.get()?);
        Ok(OrganizationCard { id, kind: next.word("organization kind")?, name: next.get()? })
    })
    .await
}

async fn page_of<T>(
    db: &Database,
    query: &OrganizationQuery,
    columns: &[Column],
    read: impl Fn(&Row) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let sort = match query.order.field {
        OrganizationOrderField::Name => Column::NameFolded,
        OrganizationOrderField::CreatedAt => Column::CreatedAt,
        OrganizationOrderField::UpdatedAt => Column::UpdatedAt,
    };
    let mut select = matching(&query.filter);
    keyset::window(&mut select, sort, Column::Id, query.order.descending, &query.page);
    let statement = select.select_only().columns(columns.iter().copied()).build(db.backend());
    let rows = db.rows(statement.sql, statement.values.map(|values| values.0).unwrap_or_default()).await?;
    rows.iter().map(read).collect()
}

/// How many organizations in good standing there are under a filter.
pub(in crate::directory) async fn count(db: &Database, filter: &OrganizationFilter) -> Result<u64, DbErr> {
    matching(filter).count(db.read()).await
}

fn matching(filter: &OrganizationFilter) -> Select<Entity> {
    let mut condition = Condition::all().add(Column::Standing.eq(Standing::Good.as_str()));
    if let Some(kind) = filter.kind {
        condition = condition.add(Column::Kind.eq(kind.as_str()));
    }
    if let Some(within) = &filter.within {
        condition = condition.add_option(place_condition(within));
    }
    for word in &filter.words {
        // Folded words hold letters, digits and little else, but a sign of LIKE's own must not act as one.
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        condition = condition.add(Column::NameFolded.like(LikeExpr::new(format!("%{escaped}%")).escape('\\')));
    }
    if let Some(women_owned) = filter.women_owned {
        let levels = EvidenceLevel::ALL.iter().filter(|level| **level >= women_owned.at_least);
        let satisfying = ownership_assessment::Entity::find()
            .select_only()
            .column(ownership_assessment::Column::OrganizationId)
            .filter(ownership_assessment::Column::Definition.eq(women_owned.definition.as_str()))
            .filter(ownership_assessment::Column::Status.eq(OwnershipStatus::Yes.as_str()))
            .filter(ownership_assessment::Column::EvidenceLevel.is_in(levels.map(|level| level.as_str())));
        condition = condition.add(Column::Id.in_subquery(satisfying.into_query()));
    }
    Entity::find().filter(condition)
}

fn place_condition(within: &WithinPlace) -> Option<sea_orm::sea_query::Expr> {
    match within.kind {
        // Everything is in Mali.
        PlaceKind::Country => None,
        PlaceKind::Region | PlaceKind::District => Some(Column::RegionCode.eq(&within.code)),
        PlaceKind::Cercle => Some(Column::CercleCode.eq(&within.code)),
        PlaceKind::Commune => Some(Column::PlaceCode.eq(&within.code)),
    }
}

fn row(organization: &Organization) -> Result<ActiveModel, Fault> {
    Ok(ActiveModel {
        id: Set(organization.id.uuid()),
        kind: Set(organization.kind.as_str().to_owned()),
        legal_form: Set(organization.legal_form.map(|form| form.as_str().to_owned())),
        name: Set(organization.name.clone()),
        name_folded: Set(fold(&organization.name)),
        descriptions: Set(to_json("descriptions", &organization.descriptions)?),
        language: Set(organization.language.code().to_owned()),
        place_code: Set(organization.place_code.clone()),
        region_code: Set(organization.region_code.clone()),
        cercle_code: Set(organization.cercle_code.clone()),
        latitude: Set(organization.location.map(|point| point.latitude)),
        longitude: Set(organization.location.map(|point| point.longitude)),
        phone: Set(organization.phone.clone()),
        email: Set(organization.email.clone()),
        languages: Set(to_json("languages", &organization.languages)?),
        market_name: Set(organization.market_name.clone()),
        stall: Set(organization.stall.clone()),
        standing: Set(organization.standing.as_str().to_owned()),
        version: Set(organization.version),
        created_at: Set(organization.created_at),
        updated_at: Set(organization.updated_at),
    })
}

/// The columns that [`organization`] reads, in its order.
const COLUMNS: [Column; 20] = [
    Column::Id,
    Column::Kind,
    Column::LegalForm,
    Column::Name,
    Column::Descriptions,
    Column::Language,
    Column::PlaceCode,
    Column::RegionCode,
    Column::CercleCode,
    Column::Latitude,
    Column::Longitude,
    Column::Phone,
    Column::Email,
    Column::Languages,
    Column::MarketName,
    Column::Stall,
    Column::Standing,
    Column::Version,
    Column::CreatedAt,
    Column::UpdatedAt,
];

/// The same as a text, for what is asked so often that even putting the statement together counts.
static SELECT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = COLUMNS.iter().map(IdenStatic::as_str).collect();
    format!("SELECT {} FROM organization", columns.join(", "))
});

/// Every organization that a query selects, within a transaction.
async fn all(db: &impl ConnectionTrait, select: Select<Entity>) -> Result<Vec<Organization>, Fault> {
    let statement = select.select_only().columns(COLUMNS).build(db.get_database_backend());
    db.query_all_raw(statement).await?.into_iter().map(|row| organization(&row.into())).collect()
}

fn organization(row: &Row) -> Result<Organization, Fault> {
    let mut next = Reader::new(row)?;
    let id: Uuid = next.get()?;
    let kind = next.word::<OrganizationKind>("organization kind")?;
    let legal_form: Option<&str> = next.get()?;
    Ok(Organization {
        id: OrganizationId::from_uuid(id),
        kind,
        legal_form: legal_form.map(|form| word("legal form", form)).transpose()?,
        name: next.get()?,
        descriptions: next.json()?,
        language: next.word("organization language")?,
        place_code: next.get()?,
        region_code: next.get()?,
        cercle_code: next.get()?,
        location: location(next.get()?, next.get()?),
        phone: next.get()?,
        email: next.get()?,
        languages: next.json()?,
        market_name: next.get()?,
        stall: next.get()?,
        standing: next.word("organization standing")?,
        version: next.get()?,
        created_at: next.get()?,
        updated_at: next.get()?,
    })
}

fn location(latitude: Option<f64>, longitude: Option<f64>) -> Option<Point> {
    latitude.zip(longitude).map(|(latitude, longitude)| Point { latitude, longitude })
}
