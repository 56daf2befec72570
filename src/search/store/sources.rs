//! What documents are made of: a few statements a batch, whatever its size.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::{certificate, certificate_organization, listing, organization, ownership_assessment};
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseConnection, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{
    certification::model::certificate::{Certificate, CertificateRecord},
    kernel::{
        Fault,
        locale::{Locale, Texts},
        money::Currency,
    },
    search::model::{
        GeoPoint, OwnershipFact,
        compose::{ListingSource, OrganizationSource},
    },
};

/// The state of a listing that everyone may find.
const PUBLISHED: &str = "PUBLISHED";
/// The standing of an organization that everyone may find.
const GOOD: &str = "GOOD";

/// Listings that everyone may find: published, and not sold out. Where no quantity is given, there is always some.
fn for_all_to_find() -> Condition {
    let left = Condition::any()
        .add(listing::Column::Quantity.is_null())
        .add(Expr::col(listing::Column::Quantity).gt(Expr::col(listing::Column::Reserved)));
    Condition::all().add(listing::Column::Status.eq(PUBLISHED)).add(left)
}

/// Those of these listings that everyone may find.
pub(in crate::search) async fn findable(db: &DatabaseConnection, ids: &[Uuid]) -> Result<Vec<ListingSource>, Fault> {
    let rows = listing::Entity::find()
        .filter(listing::Column::Id.is_in(ids.iter().copied()))
        .filter(for_all_to_find())
        .all(db)
        .await?;
    rows.into_iter().map(listing_source).collect()
}

/// The organizations that these listings belong to, in whatever state the listings are.
pub(in crate::search) async fn sellers(db: &DatabaseConnection, ids: &[Uuid]) -> Result<BTreeSet<Uuid>, Fault> {
    let sellers: Vec<Uuid> = listing::Entity::find()
        .select_only()
        .column(listing::Column::OrganizationId)
        .distinct()
        .filter(listing::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(sellers.into_iter().collect())
}

/// The organizations that these listings belong to, by listing.
pub(in crate::search) async fn sellers_of(db: &DatabaseConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let sellers: Vec<(Uuid, Uuid)> = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .column(listing::Column::OrganizationId)
        .filter(listing::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(sellers.into_iter().collect())
}

/// The next listings after an id that everyone may find.
pub(in crate::search) async fn findable_after(
    db: &DatabaseConnection,
    after: Option<Uuid>,
    count: u64,
) -> Result<Vec<ListingSource>, Fault> {
    let mut query = listing::Entity::find().filter(for_all_to_find());
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(listing::Column::Id).limit(count).all(db).await?;
    rows.into_iter().map(listing_source).collect()
}

/// The next organizations in good standing after an id.
pub(in crate::search) async fn organizations_after(
    db: &DatabaseConnection,
    after: Option<Uuid>,
    count: u64,
) -> Result<Vec<OrganizationSource>, Fault> {
    let mut query = organization::Entity::find().filter(organization::Column::Standing.eq(GOOD));
    if let Some(after) = after {
        query = query.filter(organization::Column::Id.gt(after));
    }
    sources(db, query.order_by_asc(organization::Column::Id).limit(count).all(db).await?).await
}

/// Those of these organizations that are in good standing, by id.
pub(in crate::search) async fn organizations(
    db: &DatabaseConnection,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, OrganizationSource>, Fault> {
    let rows = organization::Entity::find()
        .filter(organization::Column::Id.is_in(ids.iter().copied()))
        .filter(organization::Column::Standing.eq(GOOD))
        .all(db)
        .await?;
    Ok(sources(db, rows).await?.into_iter().map(|source| (source.id, source)).collect())
}

/// The listings of an organization after an id, in whatever state: what is no longer published has to be taken out.
pub(in crate::search) async fn listings_of(
    db: &DatabaseConnection,
    organization: Uuid,
    after: Option<Uuid>,
    count: u64,
) -> Result<Vec<Uuid>, Fault> {
    let mut query = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::OrganizationId.eq(organization));
    if let Some(after) = after {
        query = query.filter(listing::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(listing::Column::Id).limit(count).into_tuple().all(db).await?)
}

/// How many listings and organizations everyone may find.
pub(in crate::search) async fn counts(db: &DatabaseConnection) -> Result<(u64, u64), Fault> {
    let good = organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(organization::Column::Standing.eq(GOOD))
        .into_query();
    let sold_by_them = listing::Column::OrganizationId.in_subquery(good);
    let listings = listing::Entity::find().filter(for_all_to_find()).filter(sold_by_them).count(db).await?;
    let organizations = organization::Entity::find().filter(organization::Column::Standing.eq(GOOD)).count(db).await?;
    Ok((listings, organizations))
}

fn listing_source(row: listing::Model) -> Result<ListingSource, Fault> {
    let language: Locale = row.language.parse().map_err(|error| Fault::corrupt("listing", error))?;
    // A price in another currency cannot be compared with those around it.
    let comparable = row.price_currency.as_deref() == Some(Currency::XOF.code());
    Ok(ListingSource {
        id: row.id,
        organization_id: row.organization_id,
        product_code: row.product_code,
        title: row.title,
        description: row.description,
        language,
        price_per_kilogram: row.price_per_kilogram.filter(|_| comparable),
        unit: row.quantity_unit,
        grade: row.grade,
        season: row.season,
        available_from: row.available_from,
        available_until: row.available_until,
        place_code: row.place_code,
        published_at: row.published_at.unwrap_or(row.created_at),
        updated_at: row.updated_at,
    })
}

/// The rows with what other tables say of them.
async fn sources(db: &DatabaseConnection, rows: Vec<organization::Model>) -> Result<Vec<OrganizationSource>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut ownership = ownership_of(db, &ids).await?;
    let mut certificates = certificates_of(db, &ids).await?;
    let mut offered = offered_by(db, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let descriptions: Texts =
                serde_json::from_value(row.descriptions).map_err(|error| Fault::corrupt("organization", error))?;
            let location = row.latitude.zip(row.longitude);
            Ok(OrganizationSource {
                kind: row.kind,
                name: row.name,
                descriptions,
                place_code: row.place_code,
                location: location.and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude)),
                certificates: certificates.remove(&row.id).unwrap_or_default(),
                ownership: ownership.remove(&row.id).unwrap_or_default(),
                offered: offered.remove(&row.id).unwrap_or_default(),
                registered_at: row.created_at,
                id: row.id,
            })
        })
        .collect()
}

async fn ownership_of(db: &DatabaseConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<OwnershipFact>>, Fault> {
    let rows = ownership_assessment::Entity::find()
        .filter(ownership_assessment::Column::OrganizationId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut facts: HashMap<Uuid, Vec<OwnershipFact>> = HashMap::new();
    for row in rows {
        facts.entry(row.organization_id).or_default().push(OwnershipFact {
            definition: row.definition,
            status: row.status,
            evidence: row.evidence_level,
        });
    }
    Ok(facts)
}

/// The certificates that cover each of these organizations and that are in force on some day to come, or were in the past.
pub(in crate::search) async fn certificates_of(
    db: &DatabaseConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Certificate>>, Fault> {
    // Of what is revoked only what is revoked from a day to come is in force; the composer knows the day.
    let rows = certificate_organization::Entity::find()
        .filter(certificate_organization::Column::OrganizationId.is_in(ids.iter().copied()))
        .find_also_related(certificate::Entity)
        .filter(certificate::Column::Status.is_in(IN_FORCE.map(CertificateRecord::as_str)))
        .all(db)
        .await?;
    let mut held: HashMap<Uuid, Vec<Certificate>> = HashMap::new();
    for (covered, row) in rows {
        let Some(row) = row else { continue };
        held.entry(covered.organization_id).or_default().push(certificate(row)?);
    }
    Ok(held)
}

fn certificate(row: certificate::Model) -> Result<Certificate, Fault> {
    let corrupt = |error: &dyn std::fmt::Display| Fault::corrupt("certificate", error);
    Ok(Certificate {
        id: row.id,
        scheme: row.scheme_code,
        number: row.number,
        issuer_name: row.issuer_name,
        holder: row.organization_id,
        record: row.status.parse().map_err(|error| corrupt(&error))?,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        void_from: row.void_from,
        products: serde_json::from_value(row.product_codes).map_err(|error| corrupt(&error))?,
        sites: serde_json::from_value(row.site_names).map_err(|error| corrupt(&error))?,
        volume_limit_grams: row.volume_limit_grams,
        submitted_at: row.created_at,
        version: row.version,
    })
}

/// What may be recorded of a certificate that is in force.
pub(super) const IN_FORCE: [CertificateRecord; 2] = [CertificateRecord::Verified, CertificateRecord::Revoked];

async fn offered_by(db: &DatabaseConnection, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<String>>, Fault> {
    let rows: Vec<(Uuid, String)> = listing::Entity::find()
        .select_only()
        .column(listing::Column::OrganizationId)
        .column(listing::Column::ProductCode)
        .distinct()
        .filter(listing::Column::OrganizationId.is_in(ids.iter().copied()))
        .filter(for_all_to_find())
        .into_tuple()
        .all(db)
        .await?;
    let mut offered: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (organization, product) in rows {
        offered.entry(organization).or_default().push(product);
    }
    Ok(offered)
}
