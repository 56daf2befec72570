//! What happens when more comes than can be done.
//!
//! Saturation is what 32 clients get who each ask again once they are answered. Then requests come by the clock, whether or
//! not earlier ones were answered, as they do from very many people: at half of that, at four times that, and at half again.
//! The floor meets the same; it turns nobody away.

use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    Options,
    load::{self, Connection, Round, Script, post},
    process::Server,
    scenario::{READS, body},
    world::World,
};

const SIGN_IN: &str = "mutation SignIn($identifier: String!) { signIn(input: { identifier: $identifier, \
    password: \"trois pirogues au port\" }) { session { accessToken } userErrors { code } } }";
/// Clients that try passwords for accounts that are not there, one after the other.
const GUESSERS: usize = 24;
/// Connections that requests come over.
const CONNECTIONS: usize = 400;
/// Clients that saturate a server.
const CLIENTS: usize = 32;

/// What came of requests that came by the clock.
struct Offered {
    per_second: f64,
    refused: u64,
    served: Histogram<u64>,
    elapsed: Duration,
}

impl Offered {
    fn p99(&self) -> f64 {
        self.served.value_at_quantile(0.99) as f64 / 1e6
    }

    fn served_per_second(&self) -> f64 {
        self.served.len() as f64 / self.elapsed.as_secs_f64()
    }
}

/// Prints a table for each reading scenario that is wanted and has a floor.
pub(crate) async fn measure(options: &Options, world: &World) {
    println!("\n## {}: overload\n", world.database);
    println!(
        "| what | server | saturation a second | offered | came a second | served a second | refused a second | p99 ms of those served | of the unloaded | resident MB |"
    );
    println!("|---|---|--:|---|--:|--:|--:|--:|--:|--:|");
    let (product, floor) = (world.serve(), world.serve_floor());
    for scenario in READS.iter().filter(|scenario| scenario.has_floor && options.wants(scenario.name)) {
        for (name, server, path) in
            [("bfw", &product, "/graphql".to_owned()), ("floor", &floor, format!("/floor/{}", scenario.name))]
        {
            let requests: Arc<[Vec<u8>]> = world
                .variables(scenario.name)
                .iter()
                .map(|variables| post(&path, None, &body(scenario.query, variables)))
                .collect();
            let scripts =
                (0..CLIENTS).map(|client| Box::new(Round::new(requests.clone(), client)) as Box<dyn Script>).collect();
            let saturation =
                load::run(server.address, scripts, Duration::from_secs(options.seconds)).await.per_second();
            let mut unloaded = None;
            for (share, offered, guessers) in [
                (0.5, "half", 0),
                (4.0, "4 times", 0),
                (0.5, "half, afterwards", 0),
                (0.5, "half, and a flood of sign-ins", GUESSERS),
            ] {
                // Passwords are the product's alone.
                if guessers > 0 && name == "floor" {
                    continue;
                }
                let came = offer(server, &requests, (saturation * share, guessers), options.seconds).await;
                let unloaded = *unloaded.get_or_insert(came.p99());
                println!(
                    "| {} | {name} | {saturation:.0} | {offered} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} |",
                    scenario.title,
                    came.per_second,
                    came.served_per_second(),
                    came.refused as f64 / came.elapsed.as_secs_f64(),
                    came.p99(),
                    came.p99() / unloaded,
                    server.resident_megabytes()
                );
            }
        }
    }
}

/// Sends requests at `rate` a second, whatever comes back, while so many guess passwords.
async fn offer(server: &Server, requests: &Arc<[Vec<u8>]>, (rate, guessers): (f64, usize), seconds: u64) -> Offered {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(server.address).await);
    }
    // The clock starts once all are open: what it takes to open so many at once is no part of any request.
    let begin = Instant::now();
    let until = begin + Duration::from_secs(seconds);
    let next = Rc::new(Cell::new(0_u64));
    let local = tokio::task::LocalSet::new();
    for number in 0..guessers {
        local.spawn_local(guess(server.address, number, until));
    }
    let clients: Vec<_> = (0..)
        .zip(connections)
        .map(|(number, connection)| {
            let clock = Clock { begin, until, rate, next: Rc::clone(&next) };
            local.spawn_local(client(connection, Round::new(requests.clone(), number), clock))
        })
        .collect();
    local
        .run_until(async {
            let mut served = load::histogram();
            let (mut refused, mut sent) = (0, 0);
            for client in clients {
                let (latencies, turned_away) = client.await.expect("a client that ends");
                sent += latencies.len() + turned_away;
                refused += turned_away;
                served.add(latencies).expect("histograms of one shape");
            }
            let elapsed = begin.elapsed();
            Offered { per_second: sent as f64 / elapsed.as_secs_f64(), refused, served, elapsed }
        })
        .await
}

/// When the next request is due, over all connections.
struct Clock {
    begin: Instant,
    until: Instant,
    rate: f64,
    next: Rc<Cell<u64>>,
}

impl Clock {
    /// The next instant at which a request is due; none after the end.
    fn next(&self) -> Option<Instant> {
        let number = self.next.get();
        self.next.set(number + 1);
        let due = self.begin + Duration::from_secs_f64(number as f64 / self.rate);
        (due < self.until).then_some(due)
    }
}

/// Sends whatever is due next on its connection, and counts from when it was due: waiting for a connection is waiting, too.
async fn client(mut connection: Connection, mut script: Round, clock: Clock) -> (Histogram<u64>, u64) {
    let mut latencies = load::histogram();
    let mut refused = 0;
    while let Some(due) = clock.next() {
        tokio::time::sleep_until(due.into()).await;
        let now = Instant::now();
        // The timer is late by a millisecond or two; later than that no connection was free.
        let counted = if now.saturating_duration_since(due) <= Duration::from_millis(2) { now } else { due };
        let answer = connection.ask(script.next(&[])).await;
        if answer.starts_with(b"{\"data\":{") {
            latencies.saturating_record(counted.elapsed().as_nanos() as u64);
        } else {
            let text = String::from_utf8_lossy(answer);
            assert!(text.contains("\"UNAVAILABLE\""), "{text}");
            refused += 1;
        }
    }
    (latencies, refused)
}

/// Tries passwords until the end.
async fn guess(address: SocketAddr, number: usize, until: Instant) {
    let mut connection = Connection::open(address).await;
    for round in 0_u64.. {
        if Instant::now() >= until {
            break;
        }
        let identifier = format!("nobody{number}.{round}@example.org");
        let request = post("/graphql", None, &body(SIGN_IN, &serde_json::json!({ "identifier": identifier })));
        let answer = connection.ask(&request).await;
        let text = String::from_utf8_lossy(answer);
        let expected = text.contains("INVALID_CREDENTIALS") || text.contains("UNAVAILABLE");
        assert!(expected, "{text}");
    }
}
