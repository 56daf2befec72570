//! What it costs to trace lots, to prove and to verify what happened, beside what the database alone needs.
//!
//! ```text
//! cargo bench --bench traceability -- [--databases sqlite,postgres] [--lots 1500000] [--events 300000] [--clients 1,8]
//!                                     [--seconds 5] [--only traces,ways,chains,capture] [--fresh]
//! ```
//!
//! The world (see [`world`]) is made by bulk statements, the same for the same numbers, and kept under the system's folder for
//! temporary files. PostgreSQL is a server of the benchmark's own, with default durability; SQLite is a file.
//!
//! Traces are measured in several forms of the statement (see [`forms`]), over lots drawn at random that came of others, or that
//! others came of; and over the end of a chain of ten thousand lots of which each was blended into the next.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

mod bulk;
mod capture;
mod forms;
#[path = "../api/process.rs"]
#[expect(dead_code, reason = "of what measures whole servers, only PostgreSQL is needed here")]
mod process;
mod world;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bfw::{
    accounts::Actor,
    app::App,
    kernel::digest::Digest,
    traceability::{EventId, LotId, model::event::seal, verify_chains},
};
use clap::Parser;
use hdrhistogram::Histogram;
use sea_orm::{ConnectionTrait as _, Statement};

use self::{
    forms::{Direction, FORMS, compare},
    world::World,
};

/// Measures traceability.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// Which databases: sqlite, postgres.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    databases: Vec<String>,
    /// How many lots there are.
    #[arg(long, default_value_t = 1_500_000)]
    lots: usize,
    /// How many events with true seals.
    #[arg(long, default_value_t = 300_000)]
    events: usize,
    /// How many lots the chain of remnants has.
    #[arg(long, default_value_t = 10_000)]
    remnants: usize,
    /// How many organizations.
    #[arg(long, default_value_t = 2_000)]
    organizations: u32,
    /// How many clients at once.
    #[arg(long, value_delimiter = ',', default_value = "1,8")]
    clients: Vec<usize>,
    /// How long each measurement runs.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// What is measured: traces, ways, chains, capture.
    #[arg(long, value_delimiter = ',', default_value = "traces,ways,chains,capture")]
    only: Vec<String>,
    /// Make the worlds anew.
    #[arg(long)]
    fresh: bool,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    for database in &options.databases {
        let world = World::prepare(database, &options).await;
        println!("\n## {database} — {} lots, {} edges, {} events\n", world.lots, world.edges, world.events);
        let is_asked = |part: &str| options.only.iter().any(|one| one == part);
        if is_asked("traces") {
            traces(&options, &world).await;
        }
        if is_asked("ways") {
            ways(&options, &world).await;
        }
        if is_asked("chains") {
            chains(&options, &world).await;
        }
        if is_asked("capture") {
            capture::measure(&options, &world).await;
        }
        Box::pin(world.close()).await;
    }
}

/// Each form of the statement, in both directions.
async fn traces(options: &Options, world: &World) {
    println!(
        "| trace | form | clients | a second | p50 ms | p95 ms | p99 ms | edges on average | of the first form's p95 |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for direction in [Direction::Back, Direction::Forward] {
        for lot in world.sample(direction).into_iter().take(20) {
            compare(&world.app.services.db, direction, lot).await;
        }
        for &clients in &options.clients {
            let mut first = None;
            for form in FORMS {
                let lots: Arc<[_]> = world.sample(direction).into();
                let rows = Arc::new(AtomicUsize::new(0));
                let measured = load(clients, options.seconds, {
                    let (app, rows) = (world.app.clone(), Arc::clone(&rows));
                    move |number: usize| {
                        let (app, lots, rows) = (app.clone(), Arc::clone(&lots), Arc::clone(&rows));
                        async move {
                            let edges = form.trace(&app.services.db, direction, lots[number % lots.len()]).await;
                            rows.fetch_add(edges.len(), Ordering::Relaxed);
                        }
                    }
                })
                .await;
                let p95 = measured.milliseconds(0.95);
                let beside = *first.get_or_insert(p95);
                println!(
                    "| {} | {} | {clients} | {:.0} | {:.2} | {p95:.2} | {:.2} | {} | {:.2} |",
                    direction.title(),
                    form.name,
                    measured.per_second(),
                    measured.milliseconds(0.5),
                    measured.milliseconds(0.99),
                    rows.load(Ordering::Relaxed) / measured.count.max(1),
                    p95 / beside
                );
            }
        }
    }
    println!("\n| the end of the chain of remnants | edges | ms |\n|---|--:|--:|");
    for form in FORMS {
        let mut best = Duration::MAX;
        let mut edges = 0;
        for _ in 0..3 {
            let began = Instant::now();
            edges = form.trace(&world.app.services.db, Direction::Back, world.remnant).await.len();
            best = best.min(began.elapsed());
        }
        println!("| {} | {edges} | {:.1} |", form.name, best.as_secs_f64() * 1_000.0);
    }
}

/// The room's own answers: a part of the way with its order, and who grew the lot.
async fn ways(options: &Options, world: &World) {
    println!("\n| the room | clients | a second | p50 ms | p95 ms | p99 ms |");
    println!("|---|--:|--:|--:|--:|--:|");
    for direction in [Direction::Back, Direction::Forward] {
        let of_room = match direction {
            Direction::Back => bfw::traceability::model::trace::Direction::Back,
            Direction::Forward => bfw::traceability::model::trace::Direction::Forward,
        };
        for &clients in &options.clients {
            let lots: Arc<[_]> = world.sample(direction).into();
            let measured = load(clients, options.seconds, {
                let app = world.app.clone();
                move |number: usize| {
                    let (app, lot) = (app.clone(), LotId::from_uuid(lots[number % lots.len()]));
                    async move {
                        let way = app.traceability.trace(lot, of_room, u32::MAX, (0, 200)).await.expect("traced");
                        assert!(way.trace.total > 1, "otherwise this measures something else");
                    }
                }
            })
            .await;
            line(&format!("way {}", direction.title()), clients, &measured);
        }
    }
    for &clients in &options.clients {
        let lots: Arc<[_]> = world.sample(Direction::Back).into();
        let measured = load(clients, options.seconds, {
            let app = world.app.clone();
            move |number: usize| {
                let (app, lot) = (app.clone(), LotId::from_uuid(lots[number % lots.len()]));
                async move {
                    app.traceability.shares_of(&[lot]).await.expect("derived");
                }
            }
        })
        .await;
        line("shares of who grew it", clients, &measured);
    }
    let began = Instant::now();
    let remnant = LotId::from_uuid(world.remnant);
    let way =
        world.app.traceability.trace(remnant, bfw::traceability::model::trace::Direction::Back, u32::MAX, (0, 200));
    let total = way.await.expect("traced").trace.total;
    let traced = began.elapsed().as_secs_f64() * 1_000.0;
    let began = Instant::now();
    world.app.traceability.shares_of(&[remnant]).await.expect("derived");
    let derived = began.elapsed().as_secs_f64() * 1_000.0;
    println!("\nthe end of the chain of remnants, {total} lots: way {traced:.1} ms, shares {derived:.1} ms");
}

/// A line of a table.
fn line(what: &str, clients: usize, measured: &Measured) {
    println!(
        "| {what} | {clients} | {:.0} | {:.2} | {:.2} | {:.2} |",
        measured.per_second(),
        measured.milliseconds(0.5),
        measured.milliseconds(0.95),
        measured.milliseconds(0.99)
    );
}

/// Signing, proving and verifying.
async fn chains(options: &Options, world: &World) {
    let (app, db) = (&world.app, &world.app.services.db);
    let began = Instant::now();
    let mut signed = 0;
    loop {
        match app.traceability.checkpoint_chains().await.expect("signed") {
            0 => break,
            more => signed += more,
        }
    }
    let signing = began.elapsed().as_secs_f64();
    if signed > 0 {
        println!("\n{signed} chains signed in {signing:.1} s");
    }

    let events: Arc<[EventId]> = world.sample_events().await.into();
    for &clients in &options.clients {
        let measured = load(clients, options.seconds, {
            let app = app.clone();
            let events = Arc::clone(&events);
            move |number: usize| {
                let (app, event) = (app.clone(), events[number % events.len()]);
                async move {
                    let proof = app.traceability.inclusion_proof(&Actor::system("bench"), event).await;
                    assert!(proof.expect("proven").is_some(), "otherwise this measures something else");
                }
            }
        })
        .await;
        println!(
            "proofs of events, {clients} clients: {:.0} a second, p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms",
            measured.per_second(),
            measured.milliseconds(0.5),
            measured.milliseconds(0.95),
            measured.milliseconds(0.99)
        );
    }

    let began = Instant::now();
    let verification = verify_chains(db, |_, _| {}).await.expect("walked");
    let whole = began.elapsed().as_secs_f64();
    assert!(verification.broken.is_empty(), "{:?}", verification.broken.first());
    assert_eq!(verification.unbalanced, 0, "{:?}", verification.unbalanced_told);
    let began = Instant::now();
    let (read, hashed) = floor(app).await;
    let alone = began.elapsed().as_secs_f64();
    println!(
        "verified: {} events in {} chains and the masses of {} lots in {whole:.1} s; reading the bodies and hashing them once, \
         {read} of them ({hashed}), takes {alone:.1} s",
        verification.events, verification.chains, verification.lots,
    );
}

/// Reads every body in the same steps, and hashes it.
async fn floor(app: &App) -> (usize, Digest) {
    let db = &app.services.db;
    let (mut after, mut count, mut hash) = ((uuid::Uuid::nil(), 0_i64), 0, Digest::of(b""));
    loop {
        let text =
            "SELECT organization_id, sequence, body FROM trace_event WHERE (organization_id, sequence) > ($1, $2)
                    ORDER BY organization_id, sequence LIMIT 4096";
        let statement = Statement::from_sql_and_values(db.backend(), text, [after.0.into(), after.1.into()]);
        let rows = db.read().query_all_raw(statement).await.expect("read");
        for row in &rows {
            let body: String = row.try_get_by_index(2).expect("a body");
            hash = seal(hash.as_bytes(), &body);
        }
        count += rows.len();
        let Some(last) = rows.last() else { return (count, hash) };
        after = (last.try_get_by_index(0).expect("an id"), last.try_get_by_index(1).expect("a number"));
    }
}

/// What came of a load.
struct Measured {
    count: usize,
    elapsed: Duration,
    latencies: Histogram<u64>,
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.count as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share did not exceed.
    fn milliseconds(&self, share: f64) -> f64 {
        self.latencies.value_at_quantile(share) as f64 / 1_000.0
    }
}

/// Keeps `clients` at work for some seconds, each with one thing at a time; a second before that is not counted.
async fn load<F>(clients: usize, seconds: u64, work: impl Fn(usize) -> F + Clone + Send + 'static) -> Measured
where
    F: Future<Output = ()> + Send,
{
    let numbers = Arc::new(AtomicUsize::new(0));
    let warm = Instant::now() + Duration::from_secs(1);
    let until = warm + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (work, numbers) = (work.clone(), Arc::clone(&numbers));
            tokio::spawn(async move {
                let mut latencies = Histogram::<u64>::new(3).expect("a histogram");
                while Instant::now() < until {
                    let began = Instant::now();
                    work(numbers.fetch_add(1, Ordering::Relaxed)).await;
                    if began >= warm {
                        latencies
                            .record(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX))
                            .expect("counted");
                    }
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Histogram::<u64>::new(3).expect("a histogram");
    for task in tasks {
        latencies.add(task.await.expect("a task that ends")).expect("counted");
    }
    let count = usize::try_from(latencies.len()).unwrap_or(usize::MAX);
    Measured { count, elapsed: Duration::from_secs(seconds), latencies }
}
