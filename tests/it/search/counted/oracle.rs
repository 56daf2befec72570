//! The database's own count.

use std::collections::{BTreeMap, HashMap};

use bfw::certification::model::scheme::SchemeCover;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::market::{EVIDENCE, run};
use crate::harness::TestApp;

/// Codes with everything above them, certificates with the products that they name, and what may be claimed.
const TABLES: [&str; 12] = [
    "CREATE TABLE t_above (code text, ancestor text)",
    "INSERT INTO t_above WITH RECURSIVE up(code, ancestor) AS (SELECT code, code FROM product
        UNION ALL SELECT up.code, p.parent_code FROM up JOIN product p ON p.code = up.ancestor WHERE p.parent_code IS NOT NULL)
     SELECT code, ancestor FROM up",
    "CREATE TABLE t_around (code text, ancestor text)",
    "INSERT INTO t_around WITH RECURSIVE up(code, ancestor) AS (SELECT code, code FROM place
        UNION ALL SELECT up.code, p.parent_code FROM up JOIN place p ON p.code = up.ancestor WHERE p.parent_code IS NOT NULL)
     SELECT code, ancestor FROM up",
    "CREATE TABLE t_scheme (code text, names_asked_for integer, about_all integer)",
    "CREATE TABLE t_scheme_product (scheme text, product text)",
    "CREATE TABLE t_named (certificate text, product text)",
    "CREATE TABLE t_certificate (certificate text, organization_id text, scheme text, names_none integer)",
    "CREATE TABLE t_claim (listing_id text, scheme text)",
    "CREATE TABLE t_listing (id text, organization_id text, product_code text, place_code text, kilometres double precision)",
    "CREATE TABLE t_organization (id text, place_code text, kilometres double precision)",
    "CREATE TABLE t_found (id text)",
];

const CLAIMS: &str = "INSERT INTO t_claim SELECT DISTINCT l.id, c.scheme FROM t_listing l
    JOIN t_certificate c ON c.organization_id = l.organization_id JOIN t_scheme s ON s.code = c.scheme
    WHERE (s.about_all = 1 OR EXISTS (SELECT 1 FROM t_scheme_product p JOIN t_above a ON a.ancestor = p.product
                                      WHERE p.scheme = s.code AND a.code = l.product_code))
      AND (c.names_none = 1 AND s.names_asked_for = 0
           OR EXISTS (SELECT 1 FROM t_named n JOIN t_above a ON a.ancestor = n.product
                      WHERE n.certificate = c.certificate AND a.code = l.product_code))";

/// The code of what a place lies in, its kind, and its point.
type PlaceRow = (Option<String>, String, Option<(f64, f64)>);

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Listings,
    Organizations,
}

/// A total, and counts by field and value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) total: i64,
    pub(super) facets: BTreeMap<String, BTreeMap<String, i64>>,
}

/// Counts over tables of its own, whose ids are texts on both databases.
pub(super) struct Oracle {
    connection: DatabaseConnection,
    today: String,
    points: HashMap<String, (f64, f64)>,
}

/// The id as SQL writes it.
fn text(column: &str, connection: &DatabaseConnection) -> String {
    if connection.get_database_backend() == sea_orm::DbBackend::Postgres {
        format!("REPLACE({column}::text, '-', '')")
    } else {
        format!("LOWER(HEX({column}))")
    }
}

fn quoted(values: &Value) -> String {
    let values = values.as_array().unwrap().iter().map(|value| value.as_str().unwrap());
    values.map(|value| format!("'{}'", value.replace('\'', "''"))).collect::<Vec<_>>().join(", ")
}

impl Oracle {
    pub(super) async fn open(app: &TestApp) -> Self {
        use bfw::kernel::clock::Clock as _;
        let connection = app.database.connect().await;
        let today = app.clock.today().to_string();
        for table in TABLES {
            run(&connection, table, []).await;
        }
        for scheme in app.app.certification.schemes().all() {
            let (asked, all) =
                (i32::from(scheme.covers == SchemeCover::Product), i32::from(scheme.products.is_empty()));
            let sql = "INSERT INTO t_scheme VALUES ($1, $2, $3)";
            run(&connection, sql, [scheme.code.as_str().into(), asked.into(), all.into()]).await;
            for product in &scheme.products {
                let sql = "INSERT INTO t_scheme_product VALUES ($1, $2)";
                run(&connection, sql, [scheme.code.as_str().into(), product.as_str().into()]).await;
            }
        }
        let mut oracle = Self { connection, today, points: HashMap::new() };
        oracle.read_places().await;
        oracle.copy().await;
        oracle
    }

    async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(self.connection.get_database_backend(), sql);
        self.connection.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The point of each place: its own, or that of the nearest place around it that is not the country.
    async fn read_places(&mut self) {
        let mut places: HashMap<String, PlaceRow> = HashMap::new();
        for row in self.rows("SELECT code, parent_code, kind, latitude, longitude FROM place").await {
            let get = |at| row.try_get_by_index::<Option<f64>>(at).unwrap();
            let (code, parent): (String, Option<String>) =
                (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
            places.insert(code, (parent, row.try_get_by_index(2).unwrap(), get(3).zip(get(4))));
        }
        for code in places.keys() {
            let mut at = Some(code.clone());
            while let Some(place) = at {
                let (parent, kind, point) = &places[&place];
                if let Some(point) = point.filter(|_| kind != "COUNTRY" || place == *code) {
                    self.points.insert(code.clone(), point);
                    break;
                }
                at = parent.clone();
            }
        }
    }

    /// Copies what everybody may find, and the certificates in force.
    async fn copy(&self) {
        let of = |column: &str| text(column, &self.connection);
        let certificates = format!(
            "SELECT {}, {}, scheme_code, product_codes FROM certificate
             WHERE status = 'VERIFIED' AND valid_from <= '{today}' AND valid_until >= '{today}'",
            of("id"),
            of("organization_id"),
            today = self.today
        );
        for row in self.rows(&certificates).await {
            let get = |at| row.try_get_by_index::<String>(at).unwrap();
            let products: Value = row.try_get_by_index(3).unwrap();
            let products = products.as_array().unwrap();
            let sql = "INSERT INTO t_certificate VALUES ($1, $2, $3, $4)";
            let none = i32::from(products.is_empty());
            run(&self.connection, sql, [get(0).into(), get(1).into(), get(2).into(), none.into()]).await;
            for product in products {
                let sql = "INSERT INTO t_named VALUES ($1, $2)";
                run(&self.connection, sql, [get(0).into(), product.as_str().unwrap().into()]).await;
            }
        }
        let listings = format!(
            "INSERT INTO t_listing SELECT {}, {}, l.product_code, l.place_code, NULL FROM listing l
             JOIN organization o ON o.id = l.organization_id
             WHERE l.status = 'PUBLISHED' AND (l.quantity IS NULL OR l.quantity > l.reserved) AND o.standing = 'GOOD'",
            of("l.id"),
            of("o.id")
        );
        run(&self.connection, &listings, []).await;
        let organizations = format!(
            "INSERT INTO t_organization SELECT {}, place_code, NULL FROM organization WHERE standing = 'GOOD'",
            of("id")
        );
        run(&self.connection, &organizations, []).await;
        run(&self.connection, CLAIMS, []).await;
    }

    /// Measures how far everything is from a point.
    async fn measure(&self, near: &Value) {
        let coordinate = |name: &str| near[name].as_f64().unwrap();
        let (latitude, longitude) = (coordinate("latitude"), coordinate("longitude"));
        let own = "o.place_code, o.latitude, o.longitude FROM organization o";
        let of_organizations = format!("SELECT o.id, o.place_code, {own}");
        let of_listings = format!("SELECT l.id, l.place_code, {own} JOIN listing l ON l.organization_id = o.id");
        for (table, sql) in [("t_organization", of_organizations), ("t_listing", of_listings)] {
            for row in self.rows(&sql).await {
                let id: Uuid = row.try_get_by_index(0).unwrap();
                let place: Option<String> = row.try_get_by_index(1).unwrap();
                let home: String = row.try_get_by_index(2).unwrap();
                let get = |at| row.try_get_by_index::<Option<f64>>(at).unwrap();
                let own = get(3).zip(get(4)).filter(|_| place.as_ref().is_none_or(|place| *place == home));
                let point = own.or_else(|| self.points.get(place.as_ref().unwrap_or(&home)).copied());
                let far = point.map(|point| kilometres((latitude, longitude), point));
                let sql = format!("UPDATE {table} SET kilometres = $1 WHERE id = $2");
                run(&self.connection, &sql, [far.into(), id.simple().to_string().into()]).await;
            }
        }
    }

    pub(super) async fn count(&self, of: Of, filter: &Map<String, Value>) -> Counted {
        if let Some(near) = filter.get("near") {
            self.measure(near).await;
        }
        run(&self.connection, "DELETE FROM t_found", []).await;
        let mut conditions = vec!["1 = 1".to_owned()];
        for (field, value) in filter {
            conditions.push(self.condition(of, field, value));
        }
        if of == Of::Listings && !filter.contains_key("availableOn") {
            conditions.push(format!("(x.available_until IS NULL OR x.available_until >= '{}')", self.today));
        }
        let from = self.from(of);
        let found = format!("INSERT INTO t_found SELECT t.id {from} WHERE {}", conditions.join(" AND "));
        run(&self.connection, &found, []).await;
        let total = self.rows("SELECT COUNT(*) FROM t_found").await[0].try_get_by_index(0).unwrap();
        let mut facets = BTreeMap::new();
        for (field, value, join) in fields(of) {
            let sql = format!(
                "SELECT {value}, COUNT(DISTINCT t.id) {from} JOIN t_found f ON f.id = t.id {join} GROUP BY {value}"
            );
            let rows = self.rows(&sql).await;
            let count = |row: &QueryResult| {
                let value: Option<String> = row.try_get_by_index(0).unwrap();
                value.map(|value| (value, row.try_get_by_index::<i64>(1).unwrap()))
            };
            facets.insert(field.to_owned(), rows.iter().filter_map(count).collect());
        }
        Counted { total, facets }
    }

    /// The findable as `t`, their row as `x`, and the organization as `o`.
    fn from(&self, of: Of) -> String {
        let id = |column: &str| text(column, &self.connection);
        match of {
            Of::Listings => format!(
                "FROM t_listing t JOIN listing x ON {} = t.id JOIN organization o ON o.id = x.organization_id",
                id("x.id")
            ),
            Of::Organizations => format!(
                "FROM t_organization t JOIN organization x ON {} = t.id JOIN organization o ON o.id = x.id",
                id("x.id")
            ),
        }
    }

    fn condition(&self, of: Of, field: &str, value: &Value) -> String {
        let listings = of == Of::Listings;
        match field {
            "productCodes" if listings => {
                format!("x.product_code IN (SELECT a.code FROM t_above a WHERE a.ancestor IN ({}))", quoted(value))
            }
            "productCodes" => format!(
                "EXISTS (SELECT 1 FROM t_listing s JOIN t_above a ON a.code = s.product_code
                         WHERE s.organization_id = t.id AND a.ancestor IN ({}))",
                quoted(value)
            ),
            "placeCodes" => {
                format!("t.place_code IN (SELECT a.code FROM t_around a WHERE a.ancestor IN ({}))", quoted(value))
            }
            "kinds" => format!("o.kind IN ({})", quoted(value)),
            "schemes" if listings => {
                format!(
                    "EXISTS (SELECT 1 FROM t_claim c WHERE c.listing_id = t.id AND c.scheme IN ({}))",
                    quoted(value)
                )
            }
            "schemes" => format!(
                "EXISTS (SELECT 1 FROM t_certificate c WHERE c.organization_id = t.id AND c.scheme IN ({}))",
                quoted(value)
            ),
            "womenOwned" => {
                let least = value["atLeastEvidence"].as_str().unwrap();
                let enough: Vec<_> = EVIDENCE.iter().skip_while(|level| **level != least).collect();
                format!(
                    "EXISTS (SELECT 1 FROM ownership_assessment a WHERE a.organization_id = o.id AND a.status = 'YES'
                             AND a.definition = '{}' AND a.evidence_level IN ({}))",
                    value["definition"].as_str().unwrap(),
                    quoted(&serde_json::json!(enough))
                )
            }
            "grades" => format!("x.grade IN ({})", quoted(value)),
            "seasons" => format!("x.season IN ({})", quoted(value)),
            "pricePerKilogram" => format!(
                "x.price_currency = 'XOF' AND x.price_per_kilogram BETWEEN {}000 AND {}000",
                value["min"].as_str().unwrap(),
                value["max"].as_str().unwrap()
            ),
            "availableOn" => format!(
                "(x.available_from IS NULL OR x.available_from <= '{day}')
                 AND (x.available_until IS NULL OR x.available_until >= '{day}')",
                day = value.as_str().unwrap()
            ),
            "near" => format!("t.kilometres <= {}", value["radiusKilometres"]),
            _ => panic!("no such filter: {field}"),
        }
    }
}

/// What is counted by which column of which further tables.
fn fields(of: Of) -> Vec<(&'static str, &'static str, &'static str)> {
    let region = "JOIN t_around w ON w.code = t.place_code
                  JOIN place p ON p.code = w.ancestor AND p.kind IN ('REGION', 'DISTRICT')";
    let owned = "JOIN ownership_assessment a ON a.organization_id = o.id AND a.status = 'YES'";
    let mut fields = vec![("REGION", "p.code", region), ("WOMEN_OWNED", "a.definition", owned), ("KIND", "o.kind", "")];
    match of {
        Of::Listings => fields.extend([
            ("PRODUCT", "a.ancestor", "JOIN t_above a ON a.code = x.product_code"),
            ("CERTIFICATE", "c.scheme", "JOIN t_claim c ON c.listing_id = t.id"),
            ("GRADE", "x.grade", ""),
            ("SEASON", "x.season", ""),
        ]),
        Of::Organizations => fields.extend([
            (
                "PRODUCT",
                "a.ancestor",
                "JOIN t_listing s ON s.organization_id = t.id JOIN t_above a ON a.code = s.product_code",
            ),
            ("CERTIFICATE", "c.scheme", "JOIN t_certificate c ON c.organization_id = t.id"),
        ]),
    }
    fields
}

/// The length of the great circle between two points, by the spherical law of cosines: another formula than the
/// application's.
fn kilometres(one: (f64, f64), other: (f64, f64)) -> f64 {
    let (up, across) = (one.0.to_radians(), other.0.to_radians());
    let turn = (other.1 - one.1).to_radians();
    let cosine = up.sin() * across.sin() + up.cos() * across.cos() * turn.cos();
    6_371.008_8 * cosine.clamp(-1.0, 1.0).acos()
}
