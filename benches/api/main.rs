//! What the API costs, beside what the same answers cost with nothing in between.
//!
//! ```text
//! cargo bench --bench api -- [--databases postgres,sqlite] [--clients 1,32] [--seconds 5] [--only NAME,…]
//!                            [--organizations 2000] [--listings 100000] [--rounds 2] [--fresh] [--hold NAME]
//! ```
//!
//! The release build of `bfw serve`, with everything on, runs on one core; PostgreSQL and the load generator run on the
//! other; SQLite runs inside the server. The floor (see [`floor`]) takes the server's place in turns, so that both meet the
//! same machine. Its answers are compared with the product's before anything is measured. Everything is loopback.
//!
//! `--overload` measures what happens when more comes than can be done (see [`overload`]).
//!
//! `--engines embedded,meilisearch` measures the search engines instead (see [`engines`]); `--meilisearch` is the server's program.
//!
//! The seeded marketplaces are kept under the system's folder for temporary files and used again; `--fresh` makes them anew.
//! `--hold listing` puts the product under that load with 32 clients until it is interrupted: for a profiler.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

mod engines;
mod floor;
mod load;
mod meilisearch;
mod overload;
mod process;
mod scenario;
mod world;

use std::time::Duration;

use clap::Parser;
use serde_json::Value;

use self::{
    load::{Connection, Measured, Round, Script, post},
    process::Server,
    scenario::{READS, Scenario, body},
    world::World,
};

/// Measures the API.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// Which databases: postgres, sqlite.
    #[arg(long, value_delimiter = ',', default_value = "postgres,sqlite")]
    databases: Vec<String>,
    /// How many clients at once.
    #[arg(long, value_delimiter = ',', default_value = "1,32")]
    clients: Vec<usize>,
    /// How long each measurement runs.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often the product and the floor take turns; the better of each is reported.
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// Only these scenarios, by name: listing, page, page_total, nested, search, write.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How many organizations the marketplace has.
    #[arg(long, default_value_t = 2_000)]
    organizations: u32,
    /// How many listings it has.
    #[arg(long, default_value_t = 100_000)]
    listings: u32,
    /// Make the marketplaces anew.
    #[arg(long)]
    fresh: bool,
    /// Measure these search engines instead: embedded, meilisearch.
    #[arg(long, value_delimiter = ',')]
    engines: Vec<String>,
    /// The program of the Meilisearch server.
    #[arg(long, default_value = "meilisearch")]
    meilisearch: std::path::PathBuf,
    /// Commits a second while it is measured how soon a commit is found.
    #[arg(long, default_value_t = 200)]
    writes: u32,
    /// Measure instead what happens when four times as many requests come as can be answered.
    #[arg(long)]
    overload: bool,
    /// Keep the product under this load until interrupted.
    #[arg(long)]
    hold: Option<String>,
    /// Be the floor on this database; the benchmark starts itself so.
    #[arg(long, hide = true)]
    floor: Option<String>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if let Some(database_url) = &options.floor {
        runtime.block_on(floor::serve(database_url));
        return;
    }
    drop(runtime);
    process::pin_this_process();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for database in &options.databases {
            let world = World::prepare(database, &options).await;
            if options.overload {
                overload::measure(&options, &world).await;
            } else if options.engines.is_empty() {
                measure(&options, &world).await;
            } else {
                engines::measure(&options, &world).await;
            }
        }
    });
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}

async fn measure(options: &Options, world: &World) {
    let product = world.serve();
    let floor = world.serve_floor();
    let started = product.first_answer;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = product.resident_megabytes();

    for scenario in READS.iter().filter(|scenario| scenario.has_floor && options.wants(scenario.name)) {
        compare(scenario, &world.variables(scenario.name), &product, &floor).await;
    }
    if let Some(name) = &options.hold {
        hold(world, &product, name).await;
    }

    println!("\n## {} — {} organizations, {} listings\n", world.database, options.organizations, options.listings);
    println!(
        "| what | clients | requests/s | p50 ms | p99 ms | CPU µs | floor requests/s | floor p99 ms | floor CPU µs | of the floor | CPU of the floor's |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for scenario in READS.iter().filter(|scenario| options.wants(scenario.name)) {
        let variables = world.variables(scenario.name);
        let requests = |path: &str| -> std::sync::Arc<[Vec<u8>]> {
            variables.iter().map(|variables| post(path, None, &body(scenario.query, variables))).collect()
        };
        let of_product = requests("/graphql");
        let of_floor = requests(&format!("/floor/{}", scenario.name));
        for &clients in &options.clients {
            let round = |requests: &std::sync::Arc<[Vec<u8>]>| {
                let requests = requests.clone();
                move |client| Box::new(Round::new(requests.clone(), client)) as Box<dyn Script>
            };
            let (scripts, floor_scripts) = (round(&of_product), round(&of_floor));
            let sides = [
                (&product, Some(&scripts as Scripts<'_>)),
                (&floor, scenario.has_floor.then_some(&floor_scripts as _)),
            ];
            row(scenario.title, clients, options, sides).await;
        }
    }
    if options.wants("write") {
        let writers = world.writers(product.address, 2 * options.clients.iter().max().copied().unwrap_or(1)).await;
        let (ours, floors) = writers.split_at(writers.len() / 2);
        for &clients in &options.clients {
            let scripts = |client: usize| Box::new(ours[client].script("/graphql", "/graphql")) as Box<dyn Script>;
            let floor_scripts =
                |client: usize| Box::new(floors[client].script("/floor/create", "/floor/publish")) as Box<dyn Script>;
            let sides = [(&product, Some(&scripts as Scripts<'_>)), (&floor, Some(&floor_scripts as _))];
            row("create a listing, publish it (each a request)", clients, options, sides).await;
        }
    }
    println!(
        "\nfirst answer after {:.2} s; resident memory {idle:.0} MB idle, {:.0} MB after the load",
        started.as_secs_f64(),
        product.resident_megabytes()
    );
}

type Scripts<'a> = &'a dyn Fn(usize) -> Box<dyn Script>;

/// The best of a side's rounds.
struct Best {
    measured: Measured,
    /// Processor time a request, in microseconds.
    cpu: f64,
}

async fn row(title: &str, clients: usize, options: &Options, sides: [(&Server, Option<Scripts<'_>>); 2]) {
    let mut best: [Option<Best>; 2] = [None, None];
    for _ in 0..options.rounds {
        for (best, (server, scripts)) in best.iter_mut().zip(&sides) {
            let Some(scripts) = scripts else { continue };
            // A second to warm caches and plans, then the measurement.
            for seconds in [1, options.seconds] {
                let before = server.cpu_time();
                let scripts = (0..clients).map(scripts).collect();
                let measured = load::run(server.address, scripts, Duration::from_secs(seconds)).await;
                let cpu = (server.cpu_time() - before).as_secs_f64() * 1e6 / measured.requests as f64;
                let better = best.as_ref().is_none_or(|best| measured.per_second() > best.measured.per_second());
                if seconds == options.seconds && better {
                    *best = Some(Best { measured, cpu });
                }
            }
        }
    }
    let [product, floor] = best;
    let product = product.expect("the product is always measured");
    let ours = &product.measured;
    let beside = floor.map_or_else(
        || "– | – | – | – | –".to_owned(),
        |floor| {
            format!(
                "{:.0} | {:.2} | {:.0} | {:.2} | {:.2}",
                floor.measured.per_second(),
                floor.measured.milliseconds(0.99),
                floor.cpu,
                ours.per_second() / floor.measured.per_second(),
                product.cpu / floor.cpu
            )
        },
    );
    println!(
        "| {title} | {clients} | {:.0} | {:.2} | {:.2} | {:.0} | {beside} |",
        ours.per_second(),
        ours.milliseconds(0.5),
        ours.milliseconds(0.99),
        product.cpu
    );
}

/// Stops if the floor answers anything else than the product: then it is no floor.
async fn compare(scenario: &Scenario, variables: &[Value], product: &Server, floor: &Server) {
    let mut product = Connection::open(product.address).await;
    let mut floor = Connection::open(floor.address).await;
    for variables in variables.iter().take(20) {
        let body = body(scenario.query, variables);
        let mut ours: Value = serde_json::from_slice(product.ask(&post("/graphql", None, &body)).await).expect("JSON");
        // What it cost, which only the product counts.
        ours.as_object_mut().expect("an answer").remove("extensions");
        let path = format!("/floor/{}", scenario.name);
        let theirs: Value = serde_json::from_slice(floor.ask(&post(&path, None, &body)).await).expect("JSON");
        assert!(ours == theirs, "{}: {variables}\nproduct: {ours}\nfloor:   {theirs}", scenario.name);
    }
}

async fn hold(world: &World, product: &Server, name: &str) {
    let scenario = READS.iter().find(|scenario| scenario.name == name).expect("a scenario that reads");
    let requests: std::sync::Arc<[Vec<u8>]> = world
        .variables(name)
        .iter()
        .map(|variables| post("/graphql", None, &body(scenario.query, variables)))
        .collect();
    println!("process {} is under load; interrupt to end", product.id());
    loop {
        let scripts = (0..32).map(|client| Box::new(Round::new(requests.clone(), client)) as Box<dyn Script>).collect();
        let measured = load::run(product.address, scripts, Duration::from_secs(10)).await;
        println!("{:.0} requests/s", measured.per_second());
    }
}
