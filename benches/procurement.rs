//! How many bids a minute are sealed on one request, and how long it takes to open them at once, beside what the machine needs for
//! the same without a product: the encryption alone, and rows of the same length written and committed one by one.
//!
//! ```text
//! cargo bench --bench procurement [-- BIDS [DATABASE_URL]]
//! ```
//!
//! 1,000 bids of as many bidders on a SQLite of its own, unless others are given; the database has to be empty. Bidders seal
//! eight at a time, each for all of one lot, through the room's own use case.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

use std::{sync::Arc, time::Instant};

use bfw::{
    accounts::{Actor, OrganizationId},
    app::{self, App},
    config::Config,
    demo::{self, SeedPlan},
    kernel::{
        clock::{ManualClock, Timestamp},
        money::Money,
    },
    procurement::{LotDraft, OfferDraft, OpenBids, RequestId, RequestLotId, SubmitBid},
};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce, aead::Aead as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

/// Bidders at a time.
const AT_ONCE: usize = 8;
const REQUEST: u128 = 0x0192_0000_0000_7000_8000_0000_0000_0001;
const LOT: u128 = 0x0192_0000_0000_7000_8000_0000_0000_0002;
const BEGIN: &str = "2026-11-02T08:00:00Z";

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let bids: u32 = given.first().map_or(1_000, |number| number.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a path");
    let sqlite = format!("sqlite://{data}/bench.sqlite");
    let url = given.get(1).map_or(sqlite.as_str(), String::as_str);
    let config = Config::from_pairs([("data_dir", data), ("database_url", url)]).expect("the settings are right");
    let database = app::connect(&config).await.expect("a database");
    let clock = Arc::new(ManualClock::at(BEGIN.parse::<Timestamp>().expect("an instant")));
    let app = App::assemble(config, database, Arc::clone(&clock) as _).await.expect("an application");
    let plan = SeedPlan { organizations: bids + 1, listings: 0, contracts: 0, seed: 1 };
    demo::seed(&app, &plan, |_| {}).await.expect("seeded");
    let bidders = request(&app).await;
    let actor = Actor::system("bench");

    let began = Instant::now();
    let sealed = stream::iter(bidders.iter().take(bids as usize))
        .map(|bidder| app.procurement.submit_bid(&actor, offer(*bidder)))
        .buffer_unordered(AT_ONCE);
    let sealed: Vec<_> = sealed.try_collect().await.expect("sealed");
    let sealing = began.elapsed().as_secs_f64();
    assert_eq!(sealed.len(), bids as usize, "otherwise this measures something else");

    clock.advance(chrono::TimeDelta::days(31));
    let command = OpenBids { request: RequestId::from_uuid(Uuid::from_u128(REQUEST)), idempotency_key: None };
    let began = Instant::now();
    let (_, opened) = app.procurement.open_bids(&actor, command).await.expect("opened");
    let opening = began.elapsed().as_secs_f64();
    assert_eq!(opened.opened.len(), bids as usize, "otherwise this measures something else");

    let cipher = XChaCha20Poly1305::new(chacha20poly1305::Key::from_slice(&[7; 32]));
    let content = [0_u8; 1024];
    let began = Instant::now();
    for _ in 0..bids {
        std::hint::black_box(cipher.encrypt(XNonce::from_slice(&[7; 24]), content.as_slice()).expect("encrypted"));
    }
    let encryption = began.elapsed().as_secs_f64();
    let rows = bare_rows(&app, bids).await;
    let per_minute = |seconds: f64| 60.0 * f64::from(bids) / seconds;
    println!("{bids} bids, {AT_ONCE} at a time");
    println!("sealed: {sealing:.2} s, {:.0} a minute", per_minute(sealing));
    println!("  encryption alone: {:.0} a minute", per_minute(encryption));
    println!(
        "  a row of that length, committed alone: {:.0} a minute; {:.1} times that",
        per_minute(rows),
        sealing / rows
    );
    println!("opened at once: {opening:.2} s");
    app.close().await;
}

/// Publishes a request past the product, by the first organization, and gives all others.
async fn request(app: &App) -> Vec<OrganizationId> {
    let db = &app.services.db;
    let backend = db.backend();
    let select = Statement::from_string(backend, "SELECT id FROM organization ORDER BY id");
    let found = db.read().query_all_raw(select).await.expect("read");
    let mut organizations = found.iter().map(|row| row.try_get_by_index::<Uuid>(0).expect("an id"));
    let (buyer, request, lot) =
        (organizations.next().expect("a buyer"), Uuid::from_u128(REQUEST), Uuid::from_u128(LOT));
    let begin: Timestamp = BEGIN.parse().expect("an instant");
    let deadline = begin + chrono::TimeDelta::days(30);
    let tx = db.begin().await.expect("a transaction");
    let run = async |text: &str, values: Vec<sea_orm::Value>| {
        tx.execute_raw(Statement::from_sql_and_values(backend, text, values)).await.expect("written");
    };
    run(
        "INSERT INTO procurement_process (id, kind, buyer_id, ocid, events, released, created_at)
         VALUES ($1, 'REQUEST', $2, 'ocds-bench', 0, 0, $3)",
        vec![request.into(), buyer.into(), begin.into()],
    )
    .await;
    run(
        "INSERT INTO procurement_request (id, buyer_id, title, title_folded, language, method, status, currency, bid_deadline,
         standstill_days, minimum_evaluators, penalty_permille_a_day, penalty_permille_max, payment_days, over_delivery_limit,
         published_at, created_at, updated_at, version)
         VALUES ($1, $2, 'Karité', 'karite', 'fr', 'OPEN', 'PUBLISHED', 'XOF', $3, 10, 1, 1, 100, 60, 0, $4, $4, $4, 1)",
        vec![request.into(), buyer.into(), deadline.into(), begin.into()],
    )
    .await;
    run(
        "INSERT INTO request_lot (id, request_id, position, title, status, product_code, quantity, unit, required_schemes, quality)
         VALUES ($1, $2, 0, 'Beurre', 'ACTIVE', 'shea-butter', 500000, 'KGM', $3, $3)",
        vec![lot.into(), request.into(), serde_json::json!([]).into()],
    )
    .await;
    tx.commit().await.expect("committed");
    organizations.map(OrganizationId::from_uuid).collect()
}

fn offer(bidder: OrganizationId) -> SubmitBid {
    let lot = LotDraft {
        lot: RequestLotId::from_uuid(Uuid::from_u128(LOT)),
        unit_price: Money::xof(1_250),
        quantity: 500_000,
    };
    let draft = OfferDraft {
        request: RequestId::from_uuid(Uuid::from_u128(REQUEST)),
        bidder,
        partners: Vec::new(),
        lots: vec![lot],
        answers: Vec::new(),
        documents: Vec::new(),
    };
    SubmitBid { draft, replace: false, idempotency_key: None }
}

/// Seconds to write as many rows of a sealed bid's length, each in a transaction of its own.
async fn bare_rows(app: &App, count: u32) -> f64 {
    let db = &app.services.db;
    let bytes = if db.sqlite_file().is_some() { "blob" } else { "bytea" };
    let tx = db.begin().await.expect("a transaction");
    tx.execute_unprepared(&format!("CREATE TABLE bench_row (number bigint PRIMARY KEY, content {bytes})"))
        .await
        .expect("made");
    tx.commit().await.expect("committed");
    let began = Instant::now();
    for number in 0..i64::from(count) {
        let tx = db.begin().await.expect("a transaction");
        let values = [number.into(), vec![7_u8; 1_500].into()];
        let text = "INSERT INTO bench_row (number, content) VALUES ($1, $2)";
        tx.execute_raw(Statement::from_sql_and_values(db.backend(), text, values)).await.expect("written");
        tx.commit().await.expect("committed");
    }
    began.elapsed().as_secs_f64()
}
