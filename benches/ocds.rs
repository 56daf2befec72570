//! What it costs to publish procurement as open data: releases a second, how long after the event, and an export.
//!
//! ```text
//! cargo bench --bench ocds -- [--databases sqlite,postgres] [--processes 5000] [--events 500]
//! ```
//!
//! The processes are those of the tests: of every kind, the same for the same numbers, made anew under the system's folder for
//! temporary files. PostgreSQL is a server of the benchmark's own, with default durability; SQLite is a file.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

#[path = "api/process.rs"]
#[expect(dead_code, reason = "of what measures whole servers, only PostgreSQL is needed here")]
mod process;
#[path = "../tests/it/ocds/world/mod.rs"]
mod world;

use std::{
    io::Write,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bfw::{
    app::{self, App},
    config::Config,
    kernel::{clock::SystemClock, db::sql, worker},
    ocds::{Form, Wanted},
};
use clap::Parser;
use tokio_util::sync::CancellationToken;

use self::{process::Postgres, world::World};

/// Measures open contracting data.
#[derive(Debug, Parser)]
struct Options {
    /// Which databases: sqlite, postgres.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    databases: Vec<String>,
    /// How many processes there are.
    #[arg(long, default_value_t = 5_000)]
    processes: u64,
    /// How many events happen while a worker publishes.
    #[arg(long, default_value_t = 500)]
    events: u64,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    println!("| database | what | how many | seconds | a second |\n|---|---|--:|--:|--:|");
    for database in &options.databases {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let postgres = (database == "postgres").then(|| Postgres::start(&folder.path().join("postgres")));
        let url = match &postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite://{}", folder.path().join("bfw.sqlite").display()),
        };
        let app = start(folder.path(), &url).await;
        measure(database, &app, &options).await;
        app.close().await;
    }
}

async fn start(folder: &Path, url: &str) -> App {
    let data = folder.join("data");
    let pairs = [("data_dir", data.to_str().expect("a path")), ("database_url", url)];
    let config = Config::from_pairs(pairs).expect("the settings are right");
    let database = app::connect(&config).await.expect("a database");
    Box::pin(App::assemble(config, database, Arc::new(SystemClock))).await.expect("an application")
}

async fn measure(database: &str, app: &App, options: &Options) {
    let world = World::make(&app.services, 1, 50, 2_000).await;
    for seed in 0..options.processes {
        world.process(seed).walk_on(&world).await;
    }

    let began = Instant::now();
    worker::drain(&app.services, &app.follow_up(), "bench").await.expect("published");
    let releases = number(app, "SELECT COUNT(*) FROM ocds_release").await;
    row(database, "releases published", releases, began.elapsed());

    for (what, form) in
        [("processes exported, one package", Form::Package), ("processes exported, a line each", Form::Lines)]
    {
        let mut best = Duration::MAX;
        let (mut written, mut bytes) = (0, 0);
        for _ in 0..3 {
            let mut out = Counted(0);
            let began = Instant::now();
            written = app.ocds.export(&Wanted::default(), form, &mut out, |_, _| ()).await.expect("exported");
            best = best.min(began.elapsed());
            bytes = out.0;
        }
        row(database, &format!("{what}, {} MB", bytes / 1_000_000), i64::try_from(written).unwrap(), best);
    }
    lag(database, app, &world, options).await;
}

/// How long after an event its release is there, while one worker follows and events come one after the other.
async fn lag(database: &str, app: &App, world: &World, options: &Options) {
    let stop = CancellationToken::new();
    let work = tokio::spawn(app.clone().work("bench", stop.clone()));
    let last = number(app, "SELECT COUNT(*) FROM ocds_release").await;
    let mut seed = options.processes;
    let (mut events, mut process) = (0, world.process(seed));
    while events < options.events {
        process.at = Some(app.services.now());
        if process.walk(world).await.is_none() {
            seed += 1;
            process = world.process(seed);
        }
        events += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while number(app, "SELECT COUNT(*) FROM procurement_process WHERE released < events").await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    work.await.expect("a worker that ends");
    let select = "SELECT r.published_at, e.at FROM ocds_release r JOIN procurement_event e \
                  ON e.process_id = r.process_id AND e.sequence = r.sequence ORDER BY r.published_at DESC LIMIT $1";
    let published = number(app, "SELECT COUNT(*) FROM ocds_release").await - last;
    let rows = sql(select, [published.into()]).all(app.services.db.read()).await.expect("rows");
    let mut lags: Vec<i64> = rows
        .iter()
        .map(|row| {
            let mut next = bfw::kernel::db::Reader::new(row).expect("a row");
            let (at, of): (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>) =
                (next.get().expect("an instant"), next.get().expect("an instant"));
            (at - of).num_milliseconds()
        })
        .collect();
    lags.sort_unstable();
    let at = |hundredths: usize| lags[(lags.len() - 1) * hundredths / 100];
    println!(
        "| {database} | publication lag of {} events | p50 {} ms | p95 {} ms | p99 {} ms |",
        lags.len(),
        at(50),
        at(95),
        at(99)
    );
}

async fn number(app: &App, text: &str) -> i64 {
    let row = sql(text, []).one(app.services.db.read()).await.expect("an answer").expect("a row");
    bfw::kernel::db::Reader::new(&row).and_then(|mut next| next.get()).expect("a number")
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn row(database: &str, what: &str, count: i64, took: Duration) {
    let seconds = took.as_secs_f64();
    println!("| {database} | {what} | {count} | {seconds:.2} | {:.0} |", count as f64 / seconds);
}

/// Counts what is written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
