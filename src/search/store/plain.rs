//! Searches that the database answers by itself, while the index does not.
//!
//! Each looks at a bounded number of rows: of the products or regions that are asked for, else the newest of all. Indexes lead
//! to them; and on PostgreSQL a statement is cut off before the request's time is up.

use std::fmt::Write as _;

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait as _, DbBackend, TransactionTrait as _};
use uuid::Uuid;

use crate::kernel::{
    Fault,
    db::{Database, Reader, Row, Sql},
};

/// Rows that one search looks at.
const ROWS_MAX: i64 = 50_000;

/// Thousandths of a second that PostgreSQL may take over one search.
const STATEMENT_MS_MAX: u32 = 4_000;

/// One thing that a row must fulfil.
#[derive(Debug, Clone)]
pub(in crate::search) enum Plain {
    /// It is, or offers, one of these products: every one of them, not only the classes.
    Products(Vec<String>),
    /// It is in one of these places: every one of them, not only what surrounds them. The regions are those they lie in,
    /// where all lie in one.
    Places {
        /// The places.
        codes: Vec<String>,
        /// Their regions.
        regions: Option<Vec<String>>,
    },
    /// The seller is of one of these kinds.
    Kinds(Vec<String>),
    /// The seller is one of these.
    Sellers(Vec<Uuid>),
    /// One of these grades.
    Grades(Vec<String>),
    /// One of these seasons.
    Seasons(Vec<String>),
    /// The seller holds a certificate of one of these schemes that is in force on a day, whatever it covers.
    Certified {
        /// The schemes.
        schemes: Vec<String>,
        /// The day.
        day: NaiveDate,
    },
    /// One of these is known of the seller's ownership: definition, status and evidence.
    Owned(Vec<[String; 3]>),
    /// The price a kilogram lies between these, themselves included.
    Price {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// It can be had on this day or before.
    From(NaiveDate),
    /// It can be had on this day or after.
    Until(NaiveDate),
    /// It lies between these degrees, or, where it has no point of its own, in one of these places.
    Near {
        /// Degrees north, from and to.
        latitudes: [f64; 2],
        /// Degrees east, from and to.
        longitudes: [f64; 2],
        /// The places.
        places: Vec<String>,
    },
    /// A word of its name or title, or of the names of these products or places.
    Word {
        /// The word, folded.
        word: String,
        /// Products that it names, with all below them.
        products: Vec<String>,
        /// Places that it names, with all within them.
        places: Vec<String>,
    },
}

/// The order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) enum PlainOrder {
    /// Newest first.
    Newest,
    /// Cheapest first; those without a price last.
    Cheapest,
    /// Dearest first; those without a price last.
    Dearest,
}

/// A listing that was found.
#[derive(Debug, Clone)]
pub(in crate::search) struct PlainListing {
    pub(in crate::search) id: Uuid,
    pub(in crate::search) organization_id: Uuid,
    pub(in crate::search) product_code: String,
    pub(in crate::search) place_code: Option<String>,
    pub(in crate::search) seller: PlainPlace,
}

/// An organization that was found.
#[derive(Debug, Clone)]
pub(in crate::search) struct PlainOrganization {
    pub(in crate::search) id: Uuid,
    pub(in crate::search) at: PlainPlace,
}

/// Where an organization is.
#[derive(Debug, Clone)]
pub(in crate::search) struct PlainPlace {
    pub(in crate::search) place_code: String,
    pub(in crate::search) point: Option<(f64, f64)>,
}

/// Listings that everyone may find and that fulfil all conditions.
pub(in crate::search) async fn plain_listings(
    db: &Database,
    conditions: &[Plain],
    order: PlainOrder,
    limit: usize,
) -> Result<Vec<PlainListing>, Fault> {
    let mut query = Sql::new(
        "SELECT l.id, l.organization_id, l.product_code, l.place_code, o.place_code, o.latitude, o.longitude
         FROM (SELECT id, organization_id, product_code, title_folded, price_currency, price_per_kilogram, quantity, reserved,
                      grade, season, available_from, available_until, place_code, published_at
               FROM listing WHERE ",
    );
    let mut narrowed = Vec::new();
    for condition in conditions {
        if let Plain::Products(codes) = condition {
            narrowed.push((" AND product_code", codes));
        } else if let Plain::Places { regions: Some(regions), .. } = condition {
            narrowed.push((" AND region_code", regions));
        }
    }
    if narrowed.is_empty() {
        query.push("status = 'PUBLISHED' ORDER BY published_at DESC, id DESC");
    } else {
        // SQLite knows nothing of how often values occur, and would walk through all that is published, by date or by price,
        // to find what is of a product. An expression in place of the column leaves it the product's and the region's index.
        query.push("status || '' = 'PUBLISHED'");
        for (column, codes) in narrowed {
            any_of(&mut query, column, codes);
        }
    }
    query.push(" LIMIT ").bind(ROWS_MAX);
    query.push(
        ") l JOIN organization o ON o.id = l.organization_id
         WHERE o.standing = 'GOOD' AND (l.quantity IS NULL OR l.quantity > l.reserved)",
    );
    for condition in conditions {
        query.push(" AND ");
        on_listing(&mut query, condition);
    }
    query.push(match order {
        PlainOrder::Newest => " ORDER BY l.published_at DESC, l.id DESC",
        PlainOrder::Cheapest => {
            " ORDER BY CASE WHEN l.price_currency = 'XOF' AND l.price_per_kilogram IS NOT NULL THEN 0 \
                                 ELSE 1 END, l.price_per_kilogram, l.id DESC"
        }
        PlainOrder::Dearest => {
            " ORDER BY CASE WHEN l.price_currency = 'XOF' AND l.price_per_kilogram IS NOT NULL THEN 0 \
                                ELSE 1 END, l.price_per_kilogram DESC, l.id DESC"
        }
    });
    query.push(" LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = within_time(db, query).await?;
    rows.iter().map(|row| Ok(listing(&mut Reader::new(row)?)?)).collect()
}

/// Organizations in good standing that fulfil all conditions, newest first.
pub(in crate::search) async fn plain_organizations(
    db: &Database,
    conditions: &[Plain],
    limit: usize,
) -> Result<Vec<PlainOrganization>, Fault> {
    let mut query = Sql::new(
        "SELECT o.id, o.place_code, o.latitude, o.longitude
         FROM (SELECT id, kind, name_folded, place_code, latitude, longitude, standing, created_at
               FROM organization ORDER BY created_at DESC, id DESC LIMIT ",
    );
    query.bind(ROWS_MAX).push(") o WHERE o.standing = 'GOOD'");
    for condition in conditions {
        query.push(" AND ");
        on_organization(&mut query, condition);
    }
    query.push(" ORDER BY o.created_at DESC, o.id DESC LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = within_time(db, query).await?;
    rows.iter().map(|row| Ok(organization(&mut Reader::new(row)?)?)).collect()
}

/// Organizations in good standing whose folded name begins so, by name.
pub(in crate::search) async fn plain_names(db: &Database, typed: &str, limit: usize) -> Result<Vec<String>, Fault> {
    let mut query = Sql::new("SELECT name FROM organization WHERE name_folded >= ");
    // The last sign there is: whatever begins with the text comes before it.
    query.bind(typed).push(" AND name_folded < ").bind(format!("{typed}\u{10FFFF}"));
    query.push(" AND standing = 'GOOD' ORDER BY name_folded, id LIMIT ");
    query.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = within_time(db, query).await?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

fn on_listing(query: &mut Sql, condition: &Plain) {
    match condition {
        Plain::Products(codes) => any_of(query, "l.product_code", codes),
        Plain::Places { codes, .. } => any_of(query, "l.place_code", codes),
        Plain::Grades(grades) => any_of(query, "l.grade", grades),
        Plain::Seasons(seasons) => any_of(query, "l.season", seasons),
        Plain::Price { min, max } => {
            query.push("(l.price_currency = 'XOF' AND l.price_per_kilogram BETWEEN ").bind(*min);
            query.push(" AND ").bind(*max).push(")");
        }
        Plain::From(day) => _ = query.push("(l.available_from IS NULL OR l.available_from <= ").bind(*day).push(")"),
        Plain::Until(day) => _ = query.push("(l.available_until IS NULL OR l.available_until >= ").bind(*day).push(")"),
        Plain::Near { places, .. } => {
            query.push("(l.place_code = o.place_code AND o.latitude IS NOT NULL AND ");
            within_box(query, condition);
            query.push(" OR (l.place_code <> o.place_code OR o.latitude IS NULL) AND ");
            any_of(query, "l.place_code", places);
            query.push(")");
        }
        Plain::Word { word, products, places } => {
            query.push("(l.title_folded LIKE ").bind(format!("%{word}%"));
            query.push(" OR o.name_folded LIKE ").bind(format!("%{word}%"));
            for (column, codes) in [(" OR l.product_code", products), (" OR l.place_code", places)] {
                if !codes.is_empty() {
                    any_of(query, column, codes);
                }
            }
            query.push(")");
        }
        Plain::Kinds(_) | Plain::Sellers(_) | Plain::Certified { .. } | Plain::Owned(_) => on_seller(query, condition),
    }
}

fn on_organization(query: &mut Sql, condition: &Plain) {
    match condition {
        Plain::Products(codes) => offers(query, codes),
        Plain::Places { codes, .. } => any_of(query, "o.place_code", codes),
        Plain::Near { places, .. } => {
            query.push("(o.latitude IS NOT NULL AND ");
            within_box(query, condition);
            query.push(" OR o.latitude IS NULL AND ");
            any_of(query, "o.place_code", places);
            query.push(")");
        }
        Plain::Word { word, products, places } => {
            query.push("(o.name_folded LIKE ").bind(format!("%{word}%"));
            if !places.is_empty() {
                any_of(query, " OR o.place_code", places);
            }
            if !products.is_empty() {
                query.push(" OR ");
                offers(query, products);
            }
            query.push(")");
        }
        Plain::Kinds(_) | Plain::Sellers(_) | Plain::Certified { .. } | Plain::Owned(_) => on_seller(query, condition),
        // What only listings have.
        Plain::Grades(_) | Plain::Seasons(_) | Plain::Price { .. } | Plain::From(_) | Plain::Until(_) => {
            query.push("1 = 0");
        }
    }
}

/// What is asked of an organization, whether itself or what it sells is looked for.
fn on_seller(query: &mut Sql, condition: &Plain) {
    match condition {
        Plain::Kinds(kinds) => any_of(query, "o.kind", kinds),
        Plain::Sellers(sellers) => _ = query.push("o.id IN ").bind_list(sellers.iter().copied()),
        Plain::Certified { schemes, day } => {
            query.push(
                "EXISTS (SELECT 1 FROM certificate_organization co JOIN certificate c ON c.id = co.certificate_id
                         WHERE co.organization_id = o.id AND c.status IN ('VERIFIED', 'REVOKED')
                         AND (c.void_from IS NULL OR c.void_from > ",
            );
            query.bind(*day).push(") AND c.valid_from <= ");
            query.bind(*day).push(" AND c.valid_until >= ").bind(*day).push(" AND ");
            any_of(query, "c.scheme_code", schemes);
            query.push(")");
        }
        Plain::Owned(facts) => {
            query.push("EXISTS (SELECT 1 FROM ownership_assessment a WHERE a.organization_id = o.id AND (1 = 0");
            for [definition, status, evidence] in facts {
                query.push(" OR a.definition = ").bind(definition.as_str());
                query.push(" AND a.status = ").bind(status.as_str());
                query.push(" AND a.evidence_level = ").bind(evidence.as_str());
            }
            query.push("))");
        }
        Plain::Products(_)
        | Plain::Places { .. }
        | Plain::Grades(_)
        | Plain::Seasons(_)
        | Plain::Price { .. }
        | Plain::From(_)
        | Plain::Until(_)
        | Plain::Near { .. }
        | Plain::Word { .. } => _ = query.push("1 = 0"),
    }
}

fn offers(query: &mut Sql, products: &[String]) {
    query.push(
        "EXISTS (SELECT 1 FROM listing s WHERE s.organization_id = o.id AND s.status = 'PUBLISHED'
                 AND (s.quantity IS NULL OR s.quantity > s.reserved) AND ",
    );
    any_of(query, "s.product_code", products);
    query.push(")");
}

fn any_of(query: &mut Sql, column: &str, values: &[String]) {
    query.push(column).push(" IN ").bind_list(values.iter().cloned());
}

fn within_box(query: &mut Sql, condition: &Plain) {
    if let Plain::Near { latitudes: [south, north], longitudes: [west, east], .. } = condition {
        query.push("o.latitude BETWEEN ").bind(*south).push(" AND ").bind(*north);
        query.push(" AND o.longitude BETWEEN ").bind(*west).push(" AND ").bind(*east);
    }
}

async fn within_time(db: &Database, query: Sql) -> Result<Vec<Row>, Fault> {
    if db.backend() != DbBackend::Postgres {
        return Ok(query.all(db.read()).await?);
    }
    let tx = db.read().begin().await?;
    let mut limit = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(limit, "SET LOCAL statement_timeout = {STATEMENT_MS_MAX}");
    tx.execute_unprepared(&limit).await?;
    let rows = query.all(&tx).await?;
    tx.commit().await?;
    Ok(rows)
}

fn listing(next: &mut Reader<'_>) -> Result<PlainListing, sea_orm::DbErr> {
    Ok(PlainListing {
        id: next.get()?,
        organization_id: next.get()?,
        product_code: next.get()?,
        place_code: next.get()?,
        seller: place(next)?,
    })
}

fn organization(next: &mut Reader<'_>) -> Result<PlainOrganization, sea_orm::DbErr> {
    Ok(PlainOrganization { id: next.get()?, at: place(next)? })
}

fn place(next: &mut Reader<'_>) -> Result<PlainPlace, sea_orm::DbErr> {
    let place_code = next.get()?;
    let (latitude, longitude): (Option<f64>, Option<f64>) = (next.get()?, next.get()?);
    Ok(PlainPlace { place_code, point: latitude.zip(longitude) })
}
