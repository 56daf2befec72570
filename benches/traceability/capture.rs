//! Deliveries recorded a second, through the room's use case: with every rule, the seal, the row of the delivery and the code
//! that confirms it. The floor writes the same rows and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use bfw::{
    accounts::{Actor, OrganizationId},
    kernel::{
        clock::Timestamp,
        quantity::{Quantity, UnitCode},
    },
    traceability::{ProducerId, RecordDelivery, verify_chains},
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
use uuid::Uuid;

use super::{Options, line, load, world::World};

/// How many at once.
const CLIENTS: [usize; 3] = [1, 8, 16];

/// Measures recording, and verifies every chain afterwards.
pub(super) async fn measure(options: &Options, world: &World) {
    let producers: Arc<[(OrganizationId, ProducerId)]> = producers(world).await.into();
    make_floor(world).await;
    let second = Arc::new(AtomicI64::new(0));
    println!("\n| recording deliveries | clients | a second | p50 ms | p95 ms | p99 ms |");
    println!("|---|--:|--:|--:|--:|--:|");
    for clients in CLIENTS {
        let floor = load(clients, options.seconds, {
            let (app, producers, second) = (world.app.clone(), Arc::clone(&producers), Arc::clone(&second));
            move |number: usize| {
                let (app, (organization, producer)) = (app.clone(), producers[number % producers.len()]);
                let at = moment(&app, &second);
                async move { rows_alone(&app, organization, producer, at).await }
            }
        })
        .await;
        line("rows alone, four statements in a transaction", clients, &floor);
        let measured = load(clients, options.seconds, {
            let (app, producers, second) = (world.app.clone(), Arc::clone(&producers), Arc::clone(&second));
            move |number: usize| {
                let (app, (organization, producer)) = (app.clone(), producers[number % producers.len()]);
                let delivered_at = moment(&app, &second);
                async move {
                    let command = RecordDelivery {
                        organization,
                        producer,
                        product: "shea-kernel".to_owned(),
                        quantity: Quantity { thousandths: 50_000, unit: UnitCode::new("KGM") },
                        delivered_at,
                        price_paid: None,
                        grade: None,
                        plot: None,
                        place: None,
                        idempotency_key: None,
                    };
                    app.traceability.record_delivery(&Actor::system("bench"), command).await.expect("recorded");
                }
            }
        })
        .await;
        line(
            &format!("through the room ({:.2} of it)", measured.per_second() / floor.per_second()),
            clients,
            &measured,
        );
    }
    let verification = verify_chains(&world.app.services.db, |_, _| {}).await.expect("walked");
    assert!(verification.broken.is_empty(), "{:?}", verification.broken.first());
}

/// A moment of the past that no other delivery has.
fn moment(app: &bfw::app::App, second: &AtomicI64) -> Timestamp {
    let milliseconds = second.fetch_add(1, Ordering::Relaxed);
    app.services.now() - chrono::TimeDelta::hours(1) + chrono::TimeDelta::microseconds(milliseconds)
}

/// A producer of each organization; made where there is none.
async fn producers(world: &World) -> Vec<(OrganizationId, ProducerId)> {
    let (db, now) = (&world.app.services.db, world.app.services.now());
    let text = "SELECT id FROM organization ORDER BY id";
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), text)).await.expect("read");
    let tx = db.begin().await.expect("begun");
    let mut producers = Vec::with_capacity(rows.len());
    for row in &rows {
        let organization: Uuid = row.try_get_by_index(0).expect("an id");
        // The same for the same organization, so that a second run finds it.
        let producer = Uuid::from_u128(organization.as_u128() ^ 0x9e37_79b9_7f4a_7c15);
        let text = "INSERT INTO producer (id, organization_id, code, name, name_folded, gender, pseudonym, created_at,
                    updated_at, version) VALUES ($1, $2, 'P-0001', 'Awa', 'awa', 'FEMALE', $3, $4, $4, 1)
                    ON CONFLICT DO NOTHING";
        let values: [Value; 4] =
            [producer.into(), organization.into(), producer.simple().to_string().into(), now.into()];
        tx.execute_raw(Statement::from_sql_and_values(db.backend(), text, values)).await.expect("written");
        producers.push((OrganizationId::from_uuid(organization), ProducerId::from_uuid(producer)));
    }
    tx.commit().await.expect("committed");
    producers
}

/// What any way of recording has to write: a lot, an event, the head of its chain; in a table of the benchmark's own, so that
/// chains stay whole.
async fn rows_alone(app: &bfw::app::App, organization: OrganizationId, producer: ProducerId, at: Timestamp) {
    let db = &app.services.db;
    let tx = db.begin().await.expect("begun");
    let id = app.services.ids.next_uuid();
    let run = async |text: &str, values: Vec<Value>| {
        tx.execute_raw(Statement::from_sql_and_values(db.backend(), text, values)).await.expect("written");
    };
    let body = format!("{{\"eventTime\":\"{at}\",\"bfw:producer\":\"{producer}\",\"padding\":\"{:0>700}\"}}", 0);
    run(
        "INSERT INTO bench_lot (id, organization_id, grams, at) VALUES ($1, $2, 50000, $3)",
        vec![id.into(), organization.uuid().into(), at.into()],
    )
    .await;
    run(
        "INSERT INTO bench_event (id, organization_id, at, body) VALUES ($1, $2, $3, $4)",
        vec![id.into(), organization.uuid().into(), at.into(), body.into()],
    )
    .await;
    run(
        "INSERT INTO bench_delivery (event_id, producer_id, grams) VALUES ($1, $2, 50000)",
        vec![id.into(), producer.uuid().into()],
    )
    .await;
    run(
        "INSERT INTO bench_chain (organization_id, head) VALUES ($1, 1)
         ON CONFLICT (organization_id) DO UPDATE SET head = bench_chain.head + 1",
        vec![organization.uuid().into()],
    )
    .await;
    tx.commit().await.expect("committed");
}

/// Makes the tables of the floor.
async fn make_floor(world: &World) {
    let db = &world.app.services.db;
    let is_postgres = db.backend() == DbBackend::Postgres;
    let (uuid, instant) = if is_postgres { ("uuid", "timestamptz") } else { ("uuid_blob", "timestamptz_text") };
    let tx = db.begin().await.expect("begun");
    for table in FLOOR_TABLES {
        let text = table.replace("{uuid}", uuid).replace("{timestamptz}", instant);
        tx.execute_unprepared(&text).await.expect("made");
    }
    tx.commit().await.expect("committed");
}

/// The tables of the floor.
const FLOOR_TABLES: [&str; 5] = [
    "CREATE TABLE IF NOT EXISTS bench_lot (id {uuid} PRIMARY KEY, organization_id {uuid} NOT NULL, grams BIGINT NOT NULL,
     at {timestamptz} NOT NULL)",
    "CREATE INDEX IF NOT EXISTS bench_lot_idx ON bench_lot (organization_id, at)",
    "CREATE TABLE IF NOT EXISTS bench_event (id {uuid} PRIMARY KEY, organization_id {uuid} NOT NULL, at {timestamptz} NOT NULL,
     body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bench_delivery (event_id {uuid} PRIMARY KEY, producer_id {uuid} NOT NULL, grams BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bench_chain (organization_id {uuid} PRIMARY KEY, head BIGINT NOT NULL)",
];
