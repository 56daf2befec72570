//! A made-up market in which everything occurs that can be filtered by, and questions to it.

use bfw::{
    demo::{self, SeedPlan},
    kernel::clock::Clock as _,
};
use chrono::{Days, NaiveDate};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::harness::TestApp;

pub(super) const GRADES: [&str; 3] = ["I", "II", "A"];
pub(super) const SEASONS: [&str; 2] = ["2025/2026", "2026/2027"];
pub(super) const KINDS: [&str; 4] = ["COOPERATIVE", "SME", "MARKET_SELLER", "COMPANY"];
pub(super) const EVIDENCE: [&str; 4] =
    ["SELF_DECLARED", "DOCUMENT_SUBMITTED", "DOCUMENT_VERIFIED", "THIRD_PARTY_CERTIFIED"];
const DEFINITIONS: [&str; 5] =
    ["IWA34_WOMEN_OWNED", "IWA34_WOMEN_LED", "UN_WOMEN_OWNED", "IFC_WOMEN_OWNED", "WOMENS_COOPERATIVE"];

pub(super) async fn run(connection: &DatabaseConnection, sql: &str, values: impl IntoIterator<Item = Value>) {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

async fn ids(connection: &DatabaseConnection, table: &str) -> Vec<Uuid> {
    let sql = format!("SELECT id FROM {table} ORDER BY id");
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// What there is to be asked for.
pub(super) struct Market {
    pub(super) products: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) schemes: Vec<String>,
    pub(super) today: NaiveDate,
}

impl Market {
    /// Seeds organizations and listings, gives them attributes at random past the application, and builds the index.
    pub(super) async fn open(app: &TestApp, random: &mut StdRng, organizations: u32, listings: u32) -> Self {
        let plan = SeedPlan { organizations, listings, contracts: 0, seed: random.random() };
        demo::seed(&app.app, &plan, |_| {}).await.unwrap();
        let products = app.app.catalog.taxonomy().products().iter().map(|product| product.code.clone()).collect();
        let places = app.app.directory.gazetteer().places().iter().map(|place| place.code.clone()).collect();
        let schemes = app.app.certification.schemes().all().iter().map(|scheme| scheme.code.clone()).collect();
        let market = Self { products, places, schemes, today: app.clock.today() };
        let connection = app.database.connect().await;
        market.change_organizations(&connection, random).await;
        market.change_listings(app, &connection, random).await;
        market.certify(app, &connection, random).await;
        connection.close().await.unwrap();
        app.app.search.rebuild(|_, _| {}).await.unwrap();
        app.settle().await;
        market
    }

    async fn change_organizations(&self, connection: &DatabaseConnection, random: &mut StdRng) {
        for id in ids(connection, "organization").await {
            let standing = if random.random_bool(0.1) { "SUSPENDED" } else { "GOOD" };
            let kind = *KINDS.choose(random).unwrap();
            let sql = "UPDATE organization SET standing = $1, kind = $2 WHERE id = $3";
            run(connection, sql, [standing.into(), kind.into(), id.into()]).await;
            if random.random_bool(0.3) {
                let sql = "UPDATE organization SET latitude = NULL, longitude = NULL WHERE id = $1";
                run(connection, sql, [id.into()]).await;
            }
            for definition in DEFINITIONS {
                let sql = "UPDATE ownership_assessment SET evidence_level = $1, status = $2
                           WHERE organization_id = $3 AND definition = $4";
                let status = *["YES", "YES", "NO", "UNKNOWN"].choose(random).unwrap();
                let evidence = *EVIDENCE.choose(random).unwrap();
                run(connection, sql, [evidence.into(), status.into(), id.into(), definition.into()]).await;
            }
        }
    }

    async fn change_listings(&self, app: &TestApp, connection: &DatabaseConnection, random: &mut StdRng) {
        let gazetteer = app.app.directory.gazetteer();
        for id in ids(connection, "listing").await {
            let status = *["PUBLISHED", "PUBLISHED", "PUBLISHED", "PUBLISHED", "PAUSED"].choose(random).unwrap();
            let currency = if random.random_bool(0.1) { "EUR" } else { "XOF" };
            let grade = GRADES.choose(random).filter(|_| random.random_bool(0.6)).copied();
            let season = SEASONS.choose(random).filter(|_| random.random_bool(0.6)).copied();
            let from = random.random_bool(0.5).then(|| self.day(random, -60, 30));
            let until =
                random.random_bool(0.6).then(|| from.unwrap_or(self.today) + Days::new(random.random_range(0..90)));
            let until = until.map(|day| if from.is_none() { day - Days::new(20) } else { day });
            // What is a draft, or has no price, stays so.
            let sql = "UPDATE listing SET status = CASE status WHEN 'PUBLISHED' THEN $1 ELSE status END,
                       price_currency = CASE WHEN price_minor IS NULL THEN NULL ELSE $2 END, grade = $3, season = $4,
                       available_from = $5, available_until = $6 WHERE id = $7";
            let values: [Value; 7] =
                [status.into(), currency.into(), grade.into(), season.into(), from.into(), until.into(), id.into()];
            run(connection, sql, values).await;
            if random.random_bool(0.1) {
                run(connection, "UPDATE listing SET reserved = quantity WHERE id = $1", [id.into()]).await;
            }
            if random.random_bool(0.4) {
                let place = self.places.choose(random).unwrap();
                let region = gazetteer.region_of(place, self.today).map(|region| region.code.clone());
                let sql = "UPDATE listing SET place_code = $1, region_code = $2 WHERE id = $3";
                run(connection, sql, [place.as_str().into(), region.into(), id.into()]).await;
            }
        }
    }

    async fn certify(&self, app: &TestApp, connection: &DatabaseConnection, random: &mut StdRng) {
        for (number, holder) in ids(connection, "organization").await.into_iter().enumerate() {
            for again in 0..random.random_range(0..3) {
                let from = self.day(random, -200, 20);
                let until = from + Days::new(random.random_range(0..300));
                let status = *["VERIFIED", "VERIFIED", "VERIFIED", "SUBMITTED", "REVOKED"].choose(random).unwrap();
                let named = random.random_range(0..3);
                let products: Vec<&String> = self.products.choose_multiple(random, named).collect();
                let sql = "INSERT INTO certificate (id, scheme_code, number, issuer_name, organization_id, status, valid_from,
                           valid_until, product_codes, site_names, created_at, updated_at, version, void_from)
                           VALUES ($1, $2, $3, 'Ecocert', $4, $5, $6, $7, $8, $9, $10, $10, 1, $11)";
                let id = app.app.services.ids.next_uuid();
                let values: [Value; 11] = [
                    id.into(),
                    self.schemes.choose(random).unwrap().as_str().into(),
                    format!("T-{number}-{again}").into(),
                    holder.into(),
                    status.into(),
                    from.into(),
                    until.into(),
                    json!(products).into(),
                    json!([]).into(),
                    app.clock.now().into(),
                    (status == "REVOKED").then_some(from).into(),
                ];
                run(connection, sql, values).await;
                let covered = "INSERT INTO certificate_organization (organization_id, certificate_id) VALUES ($1, $2)";
                run(connection, covered, [holder.into(), id.into()]).await;
            }
        }
    }

    fn day(&self, random: &mut StdRng, from: i64, until: i64) -> NaiveDate {
        self.today + chrono::TimeDelta::days(random.random_range(from..until))
    }

    /// A filter of any of the fields that a search for organizations has too.
    pub(super) fn any_filter(&self, random: &mut StdRng) -> Map<String, serde_json::Value> {
        let mut filter = Map::new();
        let few = |all: &[String], random: &mut StdRng| {
            let count = random.random_range(1..3);
            json!(all.choose_multiple(random, count).collect::<Vec<_>>())
        };
        if random.random_bool(0.35) {
            filter.insert("productCodes".into(), few(&self.products, random));
        }
        if random.random_bool(0.3) {
            filter.insert("placeCodes".into(), few(&self.places, random));
        }
        if random.random_bool(0.25) {
            let kinds: Vec<&str> = KINDS.choose_multiple(random, 2).copied().collect();
            filter.insert("kinds".into(), json!(kinds));
        }
        if random.random_bool(0.3) {
            filter.insert("schemes".into(), few(&self.schemes, random));
        }
        if random.random_bool(0.3) {
            let (definition, evidence) = (DEFINITIONS.choose(random).unwrap(), EVIDENCE.choose(random).unwrap());
            filter.insert("womenOwned".into(), json!({ "definition": definition, "atLeastEvidence": evidence }));
        }
        if random.random_bool(0.3) {
            let near = json!({ "latitude": random.random_range(11.0..17.0), "longitude": random.random_range(-11.0..1.0),
                               "radiusKilometres": random.random_range(20.0..600.0) });
            filter.insert("near".into(), near);
        }
        filter
    }

    /// A filter of any of the fields that a search for listings has.
    pub(super) fn any_listing_filter(&self, random: &mut StdRng) -> Map<String, serde_json::Value> {
        let mut filter = self.any_filter(random);
        if random.random_bool(0.2) {
            filter.insert("grades".into(), json!(GRADES.choose_multiple(random, 2).collect::<Vec<_>>()));
        }
        if random.random_bool(0.2) {
            filter.insert("seasons".into(), json!([SEASONS.choose(random).unwrap()]));
        }
        if random.random_bool(0.25) {
            let min = random.random_range(50..1_500);
            let range = json!({ "min": min.to_string(), "max": (min + random.random_range(0..2_000)).to_string() });
            filter.insert("pricePerKilogram".into(), range);
        }
        if random.random_bool(0.3) {
            filter.insert("availableOn".into(), json!(self.day(random, -30, 60)));
        }
        filter
    }
}
