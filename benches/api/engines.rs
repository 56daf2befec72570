//! The search engines beside each other, and each beside itself with nothing of ours in front.
//!
//! For each engine: how long a rebuild takes and what it leaves on disk; searches with facets through the API, and the same
//! searches asked of the engine directly; and how soon after its commit a listing is found while others are written.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bfw::{
    kernel::clock::{Clock as _, SystemClock},
    search::{
        embedded::EmbeddedIndex,
        index::SearchIndex as _,
        model::{
            Collection, Condition, KeywordField, NumberField, ParsedQuery, SearchRequest, Sort, Window,
            filter::days_since_epoch,
            fold::{fold, spelling_key},
        },
    },
};
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::{
    Options,
    load::{self, Connection, Round, Script, post},
    meilisearch::{KEY, Meilisearch},
    process::Server,
    scenario::{READS, SEARCHES, body},
    world::{World, ask},
};

/// Clients that write while it is measured how soon a commit is found.
const WRITERS: u32 = 8;

/// Listings whose way from commit to index is timed.
const PROBES: usize = 60;

/// How often it is looked whether a listing is found: seldom enough that looking is not what the engine is busy with.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// After this time a listing that is not found counts as such, and no further one is timed.
const FOUND_MAX: Duration = Duration::from_secs(60);

/// How long listings are timed one after the other, all together.
const PROBING_MAX: Duration = Duration::from_secs(120);

/// Searches of one kind, timed.
struct Timed {
    per_second: f64,
    p50: f64,
    p99: f64,
}

pub(crate) async fn measure(options: &Options, world: &World) {
    println!(
        "\n## search on {} — {} organizations, {} listings\n",
        world.database, options.organizations, options.listings
    );
    for engine in &options.engines {
        match engine.as_str() {
            "embedded" => embedded(options, world).await,
            "meilisearch" => meilisearch(options, world).await,
            other => panic!("no engine {other}: embedded or meilisearch"),
        }
    }
}

async fn embedded(options: &Options, world: &World) {
    let took = world.reindex(&[]);
    let folder = world.data_folder().join("search");
    built("embedded", options, took, megabytes(&folder));
    let product = world.serve();
    heading();
    for &clients in &options.clients {
        let ours = through_the_api(options, &product, clients).await;
        let directly = embedded_directly(options, &folder, clients).await;
        row(clients, &ours, &directly);
    }
    println!("\nresident memory of the service {:.0} MB", product.resident_megabytes());
    commit_to_found(options, world, &product).await;
}

async fn meilisearch(options: &Options, world: &World) {
    let folder = world.folder_of("meilisearch");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("a folder of ours");
    }
    let building = Meilisearch::start(&options.meilisearch, &folder, false).await;
    let took = world.reindex(&building.settings());
    let most = resident_megabytes(building.id(), "VmHWM");
    drop(building);
    let server = Meilisearch::start(&options.meilisearch, &folder, true).await;
    built("meilisearch", options, took, megabytes(server.folder()));
    println!("resident memory of the server while it was building: {most:.0} MB at most");
    let product = world.serve_with(&server.settings());
    let uid = server.listings().await;
    heading();
    for &clients in &options.clients {
        let ours = through_the_api(options, &product, clients).await;
        let directly = meilisearch_directly(options, &server, &uid, clients).await;
        row(clients, &ours, &directly);
    }
    println!(
        "\nresident memory of the service {:.0} MB, of the server {:.0} MB",
        product.resident_megabytes(),
        resident_megabytes(server.id(), "VmRSS")
    );
    commit_to_found(options, world, &product).await;
}

fn built(engine: &str, options: &Options, took: Duration, megabytes: f64) {
    let documents = f64::from(options.organizations + options.listings);
    let seconds = took.as_secs_f64();
    println!(
        "### {engine}\n\nbuilt in {seconds:.1} s, {:.0} documents a second, {megabytes:.0} MB on disk",
        documents / seconds
    );
}

fn heading() {
    println!(
        "\n| clients | requests/s | p50 ms | p99 ms | engine alone requests/s | p50 ms | p99 ms | of the engine |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|");
}

fn row(clients: usize, ours: &Timed, directly: &Timed) {
    println!(
        "| {clients} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} | {:.2} | {:.2} |",
        ours.per_second,
        ours.p50,
        ours.p99,
        directly.per_second,
        directly.p50,
        directly.p99,
        ours.per_second / directly.per_second
    );
}

async fn through_the_api(options: &Options, product: &Server, clients: usize) -> Timed {
    let scenario = READS.iter().find(|scenario| scenario.name == "search").expect("a search");
    let request = |text: &&str| post("/graphql", None, &body(scenario.query, &json!({ "text": text })));
    let requests: Arc<[Vec<u8>]> = SEARCHES.iter().map(request).collect();
    over_http(options, product.address, &requests, clients).await
}

/// The same searches as the product asks them, without highlights and nodes.
async fn meilisearch_directly(options: &Options, server: &Meilisearch, uid: &str, clients: usize) -> Timed {
    let facets: Vec<&str> = counted().iter().map(|field| field.name()).collect();
    let today = days_since_epoch(SystemClock.today());
    let request = |text: &&str| {
        let words: Vec<String> = text.split(' ').map(|word| spelling_key(&fold(word)).into_owned()).collect();
        let asked = json!({
            "q": words.join(" "), "matchingStrategy": "all", "page": 1, "hitsPerPage": 20, "facets": facets,
            "attributesToRetrieve": ["id"], "showRankingScore": true,
            "filter": [format!("(availableUntil >= {today} OR availableUntil NOT EXISTS)")] });
        post(&format!("/indexes/{uid}/search"), Some(KEY), &asked)
    };
    let requests: Arc<[Vec<u8>]> = SEARCHES.iter().map(request).collect();
    over_http(options, server.address, &requests, clients).await
}

async fn over_http(
    options: &Options,
    address: std::net::SocketAddr,
    requests: &Arc<[Vec<u8>]>,
    clients: usize,
) -> Timed {
    let mut best: Option<Timed> = None;
    for _ in 0..options.rounds {
        for seconds in [1, options.seconds] {
            let scripts = (0..clients).map(|client| Box::new(Round::new(requests.clone(), client)) as Box<dyn Script>);
            let measured = load::run(address, scripts.collect(), Duration::from_secs(seconds)).await;
            let timed = Timed {
                per_second: measured.per_second(),
                p50: measured.milliseconds(0.5),
                p99: measured.milliseconds(0.99),
            };
            if seconds == options.seconds && best.as_ref().is_none_or(|best| timed.per_second > best.per_second) {
                best = Some(timed);
            }
        }
    }
    best.expect("at least one round")
}

/// The same searches in this process: the engine with nothing around it.
async fn embedded_directly(options: &Options, folder: &Path, clients: usize) -> Timed {
    let (index, unusable) = EmbeddedIndex::open(folder, SystemClock.now()).await.expect("an index");
    assert!(unusable.is_none(), "{unusable:?}");
    let today = days_since_epoch(SystemClock.today());
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let began = Instant::now();
    let asking = (0..clients).map(|client| {
        let index = index.clone();
        tokio::spawn(async move {
            let mut times = Histogram::<u64>::new(3).expect("three digits");
            for text in SEARCHES.iter().cycle().skip(client) {
                let started = Instant::now();
                if started >= until {
                    break;
                }
                index.search(search(text, today)).await.expect("an answer");
                times.record(u64::try_from(started.elapsed().as_micros()).expect("short")).expect("within range");
            }
            times
        })
    });
    let mut all = Histogram::<u64>::new(3).expect("three digits");
    for asked in asking.collect::<Vec<_>>() {
        all.add(asked.await.expect("a client that ends")).expect("the same range");
    }
    let quantile = |quantile: f64| all.value_at_quantile(quantile) as f64 / 1_000.0;
    Timed { per_second: all.len() as f64 / began.elapsed().as_secs_f64(), p50: quantile(0.5), p99: quantile(0.99) }
}

fn search(text: &str, today: i64) -> SearchRequest {
    SearchRequest {
        collection: Collection::Listings,
        query: ParsedQuery::parse(text).expect("a short query"),
        conditions: vec![Condition::Between {
            field: NumberField::AvailableUntil,
            min: Some(today),
            max: None,
            or_absent: true,
        }],
        sort: Sort::Relevance,
        window: Window::new(0, 20).expect("the first page"),
        facets: counted(),
        highlight: false,
        origin: None,
    }
}

fn counted() -> Vec<KeywordField> {
    // What the product counts beside listings.
    KeywordField::ALL.into_iter().filter(|field| field.is_facet()).collect()
}

/// How soon after its commit is acknowledged a listing is found, while others write.
async fn commit_to_found(options: &Options, world: &World, product: &Server) {
    let address = product.address;
    let mut writers = world.writers(address, WRITERS as usize + 1).await;
    let prober = writers.pop().expect("one more than writes");
    let done = Arc::new(AtomicBool::new(false));
    // Creating and publishing are a commit each.
    let every = Duration::from_secs(1) * 2 * WRITERS / options.writes;
    let writing: Vec<_> = writers
        .into_iter()
        .map(|writer| {
            let done = done.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut beat = tokio::time::interval(every);
                let mut published = 0_u32;
                while !done.load(Ordering::Relaxed) {
                    beat.tick().await;
                    writer.publish(&mut connection, "Beurre de karité de la saison").await;
                    published += 1;
                }
                published
            })
        })
        .collect();
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut connection = Connection::open(address).await;
    let mut times = Histogram::<u64>::new(3).expect("three digits");
    let mut missed = 0;
    for number in 0..PROBES {
        if missed > 0 || began.elapsed() > PROBING_MAX {
            break;
        }
        let word = format!("sonde{}x{number}", std::process::id());
        let id = prober.publish(&mut connection, &format!("Lot {word}")).await;
        let committed = Instant::now();
        let found = loop {
            if is_found(&mut connection, &word, &id).await {
                break true;
            }
            if committed.elapsed() > FOUND_MAX {
                break false;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        if found {
            times.record(u64::try_from(committed.elapsed().as_millis()).expect("short")).expect("within range");
        } else {
            missed += 1;
        }
    }
    let elapsed = began.elapsed().as_secs_f64();
    done.store(true, Ordering::Relaxed);
    let mut commits = 2 * (times.len() + missed);
    for writer in writing {
        commits += 2 * u64::from(writer.await.expect("a writer that ends"));
    }
    println!(
        "\nfrom commit to found at {:.0} commits a second ({} listings, {missed} not within {FOUND_MAX:?}): p50 {} ms, p99 {} ms, at most {} ms",
        commits as f64 / elapsed,
        times.len(),
        times.value_at_quantile(0.5),
        times.value_at_quantile(0.99),
        times.max()
    );
}

async fn is_found(connection: &mut Connection, word: &str, id: &str) -> bool {
    let query = "query($text: String!) { searchListings(query: $text, first: 5) { edges { node { id } } } }";
    let answer = ask(connection, None, query, &json!({ "text": word })).await;
    let edges = answer.pointer("/data/searchListings/edges").and_then(Value::as_array).expect("edges");
    edges.iter().any(|edge| edge["node"]["id"] == id)
}

fn resident_megabytes(process: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process that runs");
    let line = status.lines().find(|line| line.starts_with(what)).expect("its memory");
    let kilobytes: f64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kilobytes / 1024.0
}

/// What the files of a folder take on disk.
fn megabytes(folder: &Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let about = entry.metadata().expect("about it");
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += std::os::unix::fs::MetadataExt::blocks(&about) * 512;
            }
        }
    }
    bytes as f64 / 1e6
}
