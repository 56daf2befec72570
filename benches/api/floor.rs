//! The floor: what the same answers cost when nothing stands between the socket and the database. A bare axum handler for
//! each scenario, one hand-written statement, prepared once and cached, and serde on plain structs.
//!
//! It authenticates nobody, checks nothing, and knows one query. Its answers are held against the product's before
//! anything is measured.

use std::{str::FromStr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use bfw::kernel::{
    id::encode,
    money::{Currency, Money},
    page::{CursorKey, SortValue, encode_cursor},
    quantity::{Quantity, UnitCode},
};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{ConnectOptions, Row};
use uuid::Uuid;

/// The name that the product gives the list in its cursors.
const LISTINGS: &str = "listings:published_at:desc";

#[derive(Deserialize)]
struct Request<V> {
    variables: V,
}

#[derive(Serialize)]
struct Answer<D> {
    data: D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edges<N> {
    edges: Vec<Edge<N>>,
}

#[derive(Serialize)]
struct Edge<N> {
    node: N,
}

fn edges<N>(nodes: impl IntoIterator<Item = N>) -> Edges<N> {
    Edges { edges: nodes.into_iter().map(|node| Edge { node }).collect() }
}

#[derive(Serialize)]
struct Price {
    amount: String,
    currency: String,
}

fn price(minor: i64, currency: &str) -> Price {
    let money = Money { minor, currency: currency.parse::<Currency>().expect("a currency") };
    Price { amount: money.amount(), currency: currency.to_owned() }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[derive(Deserialize)]
struct ById {
    id: String,
}

#[derive(Serialize)]
struct ListingData {
    listing: Option<WholeListing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeListing {
    id: String,
    title: String,
    status: &'static str,
    price: Price,
    quantity_available: Available,
    product: Product,
    created_at: String,
    organization: Holder,
}

#[derive(Serialize)]
struct Available {
    value: String,
    unit: String,
}

#[derive(Serialize)]
struct Product {
    code: String,
}

#[derive(Serialize)]
struct Holder {
    id: String,
    name: String,
    kind: String,
    certificates: Edges<Certificate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Certificate {
    id: String,
    number: String,
    valid_until: NaiveDate,
}

#[derive(Deserialize)]
struct ByProductAndPlace {
    product: String,
    place: String,
}

#[derive(Serialize)]
struct PageData {
    listings: Page,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<i64>,
    edges: Vec<Edge<PageListing>>,
    page_info: PageInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageListing {
    id: String,
    title: String,
    price: Price,
    published_at: String,
    organization: Seller,
}

#[derive(Serialize)]
struct Seller {
    id: String,
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct ByPlace {
    place: String,
}

#[derive(Serialize)]
struct OrganizationsData {
    organizations: Edges<Organization>,
}

#[derive(Serialize)]
struct Organization {
    id: String,
    name: String,
    listings: Edges<OrganizationListing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationListing {
    id: String,
    title: String,
    price: Price,
    published_at: String,
}

/// The listing is public, and so is its organization.
const PUBLIC: &str = "l.status = 'PUBLISHED' AND o.standing = 'GOOD'";

fn listing_sql() -> String {
    format!(
        "SELECT l.id, l.title, l.price_minor, l.price_currency, l.quantity - l.reserved, l.quantity_unit,
                l.product_code, l.created_at, l.available_until, o.id, o.name, o.kind, c.id, c.number, c.valid_until
         FROM listing l JOIN organization o ON o.id = l.organization_id
         LEFT JOIN certificate c ON c.organization_id = o.id AND c.status IN ('VERIFIED', 'SUSPENDED', 'REVOKED')
         WHERE l.id = $1 AND {PUBLIC} ORDER BY c.valid_until DESC, c.id DESC LIMIT 5"
    )
}

fn page_sql() -> String {
    format!(
        "SELECT l.id, l.title, l.price_minor, l.price_currency, l.published_at, o.id, o.name, o.kind
         FROM listing l JOIN organization o ON o.id = l.organization_id
         WHERE l.product_code = $1 AND l.region_code = $2 AND {PUBLIC}
         ORDER BY l.published_at DESC, l.id DESC LIMIT 21"
    )
}

const COUNT: &str = "
    SELECT COUNT(*) FROM listing l
    WHERE l.product_code = $1 AND l.region_code = $2 AND l.status = 'PUBLISHED'
      AND l.organization_id NOT IN (SELECT id FROM organization WHERE standing = 'SUSPENDED')";

/// The newest five of each of the first twenty organizations of a region.
const NESTED_POSTGRES: &str = "
    SELECT o.id, o.name, l.id, l.title, l.price_minor, l.price_currency, l.published_at
    FROM (SELECT id, name, name_folded FROM organization WHERE region_code = $1 AND standing = 'GOOD'
          ORDER BY name_folded, id LIMIT 20) o
    LEFT JOIN LATERAL (SELECT id, title, price_minor, price_currency, published_at FROM listing
                       WHERE organization_id = o.id AND status = 'PUBLISHED'
                       ORDER BY published_at DESC, id DESC LIMIT 5) l ON TRUE
    ORDER BY o.name_folded, o.id, l.published_at DESC, l.id DESC";

const NESTED_SQLITE: &str = "
    SELECT o.id, o.name, l.id, l.title, l.price_minor, l.price_currency, l.published_at
    FROM (SELECT id, name, name_folded FROM organization WHERE region_code = $1 AND standing = 'GOOD'
          ORDER BY name_folded, id LIMIT 20) o
    LEFT JOIN listing l ON l.id IN (SELECT id FROM listing WHERE organization_id = o.id AND status = 'PUBLISHED'
                                    ORDER BY published_at DESC, id DESC LIMIT 5)
    ORDER BY o.name_folded, o.id, l.published_at DESC, l.id DESC";

/// The handlers, the same on both databases but for the type of the pool.
macro_rules! floor {
    ($module:ident, $pool:ty, $nested:expr) => {
        mod $module {
            use super::*;

            pub(super) struct Floor {
                pub(super) pool: $pool,
                listing: String,
                page: String,
            }

            impl Floor {
                pub(super) fn new(pool: $pool) -> Self {
                    Self { pool, listing: listing_sql(), page: page_sql() }
                }
            }

            pub(super) fn router(floor: Floor) -> Router {
                Router::new()
                    .route("/health/live", get(async || "live"))
                    .route("/floor/listing", post(listing))
                    .route("/floor/page", post(page))
                    .route("/floor/page_total", post(page_total))
                    .route("/floor/nested", post(nested))
                    .route("/floor/create", post(create))
                    .route("/floor/publish", post(publish))
                    .with_state(Arc::new(floor))
            }

            async fn listing(
                State(floor): State<Arc<Floor>>,
                Json(request): Json<Request<ById>>,
            ) -> Json<Answer<ListingData>> {
                let (_, id) = bfw::kernel::id::decode(&request.variables.id).expect("an id");
                let sql = sqlx::AssertSqlSafe(floor.listing.as_str());
                let rows = sqlx::query(sql).bind(id).fetch_all(&floor.pool).await.expect("rows");
                let listing = rows.first().map(|row| {
                    let until: Option<NaiveDate> = row.get(8);
                    let left: i64 = row.get(4);
                    let status = if until.is_some_and(|until| until < today()) {
                        "EXPIRED"
                    } else if left <= 0 {
                        "SOLD_OUT"
                    } else {
                        "PUBLISHED"
                    };
                    let available = Quantity { thousandths: left, unit: UnitCode::new(row.get::<&str, _>(5)) };
                    let certificates = rows.iter().filter_map(|row| {
                        let id: Uuid = row.get::<Option<Uuid>, _>(12)?;
                        let id = encode("certificate", id);
                        Some(Certificate { id, number: row.get(13), valid_until: row.get(14) })
                    });
                    WholeListing {
                        id: encode("listing", row.get(0)),
                        title: row.get(1),
                        status,
                        price: price(row.get(2), row.get(3)),
                        quantity_available: Available { value: available.value(), unit: row.get(5) },
                        product: Product { code: row.get(6) },
                        created_at: instant(row.get(7)),
                        organization: Holder {
                            id: encode("organization", row.get(9)),
                            name: row.get(10),
                            kind: row.get(11),
                            certificates: edges(certificates),
                        },
                    }
                });
                Json(Answer { data: ListingData { listing } })
            }

            async fn page(
                State(floor): State<Arc<Floor>>,
                Json(request): Json<Request<ByProductAndPlace>>,
            ) -> Json<Answer<PageData>> {
                let listings = read_page(&floor, &request.variables, None).await;
                Json(Answer { data: PageData { listings } })
            }

            async fn page_total(
                State(floor): State<Arc<Floor>>,
                Json(request): Json<Request<ByProductAndPlace>>,
            ) -> Json<Answer<PageData>> {
                let by = &request.variables;
                let count = sqlx::query(COUNT).bind(&by.product).bind(&by.place).fetch_one(&floor.pool);
                let total = count.await.expect("a count").get(0);
                let listings = read_page(&floor, by, Some(total)).await;
                Json(Answer { data: PageData { listings } })
            }

            async fn read_page(floor: &Floor, by: &ByProductAndPlace, total_count: Option<i64>) -> Page {
                let sql = sqlx::AssertSqlSafe(floor.page.as_str());
                let page = sqlx::query(sql).bind(&by.product).bind(&by.place).fetch_all(&floor.pool);
                let rows = page.await.expect("rows");
                let shown = &rows[..rows.len().min(20)];
                let node = |row: &_| {
                    let row: &<$pool as PoolOf>::Row = row;
                    PageListing {
                        id: encode("listing", row.get(0)),
                        title: row.get(1),
                        price: price(row.get(2), row.get(3)),
                        published_at: instant(row.get(4)),
                        organization: Seller {
                            id: encode("organization", row.get(5)),
                            name: row.get(6),
                            kind: row.get(7),
                        },
                    }
                };
                let end_cursor = shown.last().map(|row| {
                    let key = CursorKey { sort: SortValue::Time(row.get(4)), id: row.get(0) };
                    encode_cursor(LISTINGS, &key)
                });
                let page_info = PageInfo { has_next_page: rows.len() > 20, end_cursor };
                Page { total_count, edges: shown.iter().map(|row| Edge { node: node(row) }).collect(), page_info }
            }

            async fn nested(
                State(floor): State<Arc<Floor>>,
                Json(request): Json<Request<ByPlace>>,
            ) -> Json<Answer<OrganizationsData>> {
                let rows = sqlx::query($nested).bind(&request.variables.place).fetch_all(&floor.pool).await.expect("rows");
                let mut organizations: Vec<(Uuid, Organization)> = Vec::with_capacity(20);
                for row in &rows {
                    let id: Uuid = row.get(0);
                    if organizations.last().is_none_or(|(last, _)| *last != id) {
                        let listings = edges(Vec::with_capacity(5));
                        let organization = Organization { id: encode("organization", id), name: row.get(1), listings };
                        organizations.push((id, organization));
                    }
                    let Some(listing) = row.get::<Option<Uuid>, _>(2) else { continue };
                    let node = OrganizationListing {
                        id: encode("listing", listing),
                        title: row.get(3),
                        price: price(row.get(4), row.get(5)),
                        published_at: instant(row.get(6)),
                    };
                    if let Some((_, organization)) = organizations.last_mut() {
                        organization.listings.edges.push(Edge { node });
                    }
                }
                let organizations = edges(organizations.into_iter().map(|(_, organization)| organization));
                Json(Answer { data: OrganizationsData { organizations } })
            }

            async fn create(
                    State(floor): State<Arc<Floor>>,
                    Json(request): Json<Request<Write<Create>>>,
                ) -> Json<Answer<Created>> {
                    let input = request.variables.input;
                    let (_, organization) = bfw::kernel::id::decode(&input.organization_id).expect("an id");
                    let (id, now) = (next_id(), now());
                    let money = Money::parse(&input.price.amount, "XOF").expect("money");
                    let quantity = Quantity::parse(&input.quantity.value, UnitCode::new("KGM")).expect("a quantity");
                    let mut tx = floor.pool.begin_with(BEGIN.into_sql(&floor.pool)).await.expect("a transaction");
                    sqlx::query(INSERT_LISTING)
                        .bind(id)
                        .bind(organization)
                        .bind(&input.product_code)
                        .bind(&input.title)
                        .bind(input.title.to_lowercase())
                        .bind(money.minor)
                        .bind(quantity.thousandths)
                        .bind(&input.place_code)
                        .bind(now)
                        .execute(&mut *tx)
                        .await
                        .expect("a row");
                    follow(&mut tx, id, organization, 1, now).await;
                    tx.commit().await.expect("a commit");
                    Json(created(id, "DRAFT", 1))
                }

                async fn publish(
                    State(floor): State<Arc<Floor>>,
                    Json(request): Json<Request<Write<Publish>>>,
                ) -> Json<Answer<Published>> {
                    let (_, id) = bfw::kernel::id::decode(&request.variables.input.listing_id).expect("an id");
                    let now = now();
                    let mut tx = floor.pool.begin_with(BEGIN.into_sql(&floor.pool)).await.expect("a transaction");
                    let row = sqlx::query(PUBLISH_LISTING).bind(id).bind(now).fetch_one(&mut *tx).await.expect("a row");
                    follow(&mut tx, id, row.get(0), 2, now).await;
                    tx.commit().await.expect("a commit");
                    Json(published(id))
                }

                /// What a change leaves behind besides itself.
                async fn follow(
                    tx: &mut sqlx::Transaction<'_, <$pool as PoolOf>::Database>,
                    id: Uuid,
                    organization: Uuid,
                    version: i64,
                    now: DateTime<Utc>,
                ) {
                    let snapshot = serde_json::json!({ "id": id, "version": version });
                    sqlx::query(INSERT_VERSION)
                        .bind(id)
                        .bind(version)
                        .bind(&snapshot)
                        .bind(now)
                        .execute(&mut **tx)
                        .await
                        .expect("a row");
                    sqlx::query(INSERT_OUTBOX).bind(id).bind(now).execute(&mut **tx).await.expect("a row");
                    let head = sqlx::query(ADVANCE_CHAIN).bind(organization).bind(vec![0_u8; 32]).fetch_one(&mut **tx);
                    let sequence: i64 = head.await.expect("a row").get(0);
                    sqlx::query(INSERT_AUDIT)
                        .bind(organization)
                        .bind(sequence)
                        .bind(now)
                        .bind(id)
                        .bind(&snapshot)
                        .bind(vec![0_u8; 32])
                        .execute(&mut **tx)
                        .await
                        .expect("a row");
                }
        }
    };
}

/// The types that belong to a pool.
trait PoolOf {
    type Database: sqlx::Database;
    type Row: Row;
}

impl PoolOf for sqlx::PgPool {
    type Database = sqlx::Postgres;
    type Row = sqlx::postgres::PgRow;
}

impl PoolOf for sqlx::SqlitePool {
    type Database = sqlx::Sqlite;
    type Row = sqlx::sqlite::SqliteRow;
}

floor!(postgres, sqlx::PgPool, NESTED_POSTGRES);
floor!(sqlite, sqlx::SqlitePool, NESTED_SQLITE);

/// How a transaction that writes begins.
struct Begin;

const BEGIN: Begin = Begin;

trait BeginOf {
    const SQL: &'static str;
}

impl BeginOf for sqlx::PgPool {
    const SQL: &'static str = "BEGIN";
}

impl BeginOf for sqlx::SqlitePool {
    const SQL: &'static str = "BEGIN IMMEDIATE";
}

impl Begin {
    fn into_sql<P: BeginOf>(self, _pool: &P) -> &'static str {
        P::SQL
    }
}

#[derive(Deserialize)]
struct Write<I> {
    input: I,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    organization_id: String,
    product_code: String,
    title: String,
    price: AmountInput,
    quantity: ValueInput,
    place_code: String,
}

#[derive(Deserialize)]
struct AmountInput {
    amount: String,
}

#[derive(Deserialize)]
struct ValueInput {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Publish {
    listing_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    create_listing: Payload,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    publish_listing: Payload,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    listing: Written,
    user_errors: [(); 0],
}

#[derive(Serialize)]
struct Written {
    id: String,
    status: &'static str,
    version: i64,
}

fn created(id: Uuid, status: &'static str, version: i64) -> Answer<Created> {
    let listing = Written { id: encode("listing", id), status, version };
    Answer { data: Created { create_listing: Payload { listing, user_errors: [] } } }
}

fn published(id: Uuid) -> Answer<Published> {
    let listing = Written { id: encode("listing", id), status: "PUBLISHED", version: 2 };
    Answer { data: Published { publish_listing: Payload { listing, user_errors: [] } } }
}

const INSERT_LISTING: &str = "
    INSERT INTO listing (id, organization_id, product_code, title, title_folded, language, price_minor, price_currency,
                         price_unit, quantity, quantity_unit, measurements, place_code, status, version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, 'fr', $6, 'XOF', 'KGM', $7, 'KGM', '[]', $8, 'DRAFT', 1, $9, $9)";

const PUBLISH_LISTING: &str = "
    UPDATE listing SET status = 'PUBLISHED', version = version + 1, updated_at = $2, published_at = $2
    WHERE id = $1 AND status = 'DRAFT' RETURNING organization_id";

const INSERT_VERSION: &str =
    "INSERT INTO listing_version (listing_id, version, snapshot, changed_at) VALUES ($1, $2, $3, $4)";

/// Parked at once: nobody is to carry it out.
const INSERT_OUTBOX: &str =
    "INSERT INTO outbox (topic, subject_id, created_at, available_at, parked_at) VALUES ('floor', $1, $2, $2, $2)";

/// What it left behind when it was last run would be in the product's way.
const FORGET_OUTBOX: &str = "DELETE FROM outbox WHERE topic = 'floor'";

const ADVANCE_CHAIN: &str = "
    INSERT INTO audit_chain (chain_id, head_sequence, head_hash) VALUES ($1, 1, $2)
    ON CONFLICT (chain_id) DO UPDATE SET head_sequence = audit_chain.head_sequence + 1, head_hash = $2
    RETURNING head_sequence";

const INSERT_AUDIT: &str = "
    INSERT INTO audit_entry (chain_id, sequence, at, action, subject_kind, subject_id, after, request_id, previous_hash, hash)
    VALUES ($1, $2, $3, 'floor', 'listing', $4, $5, '-', $6, $6)";

#[expect(clippy::disallowed_methods, reason = "the floor has no kernel to ask")]
fn now() -> DateTime<Utc> {
    bfw::kernel::clock::truncated(Utc::now())
}

#[expect(clippy::disallowed_methods, reason = "the floor has no kernel to ask")]
fn next_id() -> Uuid {
    Uuid::now_v7()
}

fn today() -> NaiveDate {
    now().date_naive()
}

/// Serves the floor on a free port, and says where.
pub(crate) async fn serve(database_url: &str) {
    let router = if database_url.starts_with("sqlite:") {
        let options = sqlx::sqlite::SqliteConnectOptions::from_str(database_url).expect("a URL");
        // The same settings as the product's, or the files would be compared.
        let options = options
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .pragma("cache_size", "-16384")
            .pragma("mmap_size", "268435456")
            .pragma("temp_store", "memory")
            .disable_statement_logging();
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(16).test_before_acquire(false);
        let pool = pool.connect_with(options).await.expect("a database");
        sqlx::query(FORGET_OUTBOX).execute(&pool).await.expect("a table");
        sqlite::router(sqlite::Floor::new(pool))
    } else {
        let options = sqlx::postgres::PgConnectOptions::from_str(database_url).expect("a URL");
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(16).test_before_acquire(false);
        let pool = pool.connect_with(options.disable_statement_logging()).await.expect("a database");
        sqlx::query(FORGET_OUTBOX).execute(&pool).await.expect("a table");
        postgres::router(postgres::Floor::new(pool))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("floor http://{}/", listener.local_addr().expect("an address"));
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        stream.set_nodelay(true).expect("a TCP socket");
    });
    axum::serve(listener, router).await.expect("serving");
}
