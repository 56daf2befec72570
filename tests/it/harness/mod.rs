//! What a test stands on.
//!
//! ```ignore
//! #[db_test]
//! async fn a_published_listing_is_found_by_its_product(app: TestApp) {
//!     // given … when … then …
//! }
//! ```
//!
//! is run as `…::sqlite` and `…::postgres`, each with an application and a database of its own that are gone
//! afterwards. PostgreSQL is started once for the whole run from the machine's own binaries (see [`postgres`]), or
//! taken from `BFW_TEST_POSTGRES_URL`. On a machine without it those tests say so and pass; with `CI=true` they fail.

pub(crate) mod app;
pub(crate) mod browser;
pub(crate) mod database;
mod factories;
pub(crate) mod postgres;
pub(crate) mod scratch;
pub(crate) mod served;
pub(crate) mod verifiers;

use std::{collections::BTreeSet, future::Future, io::Write as _, sync::Mutex};

pub(crate) use app::TestApp;
pub(crate) use database::TestDatabase;

/// Where a test keeps its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A file in the scratch folder.
    Sqlite,
    /// A database of the run's own server.
    Postgres,
}

/// What a test can ask to be given.
pub(crate) trait Fixture: Sized + 'static {
    /// Makes it on a fresh, migrated database.
    fn build(database: TestDatabase) -> impl Future<Output = Self>;
}

impl Fixture for TestDatabase {
    async fn build(database: TestDatabase) -> Self {
        database
    }
}

/// Runs one test on one database; `#[db_test]` writes the calls.
pub(crate) fn run<F: Fixture, T: Future<Output = ()> + 'static>(backend: Backend, test: fn(F) -> T) {
    // For whoever asks a server over HTTP.
    bfw::kernel::tls::install_provider();
    let Some(template) = database::template(backend) else {
        assert!(setting("CI").as_deref() != Some("true"), "{}", postgres::MISSING);
        say_once(postgres::MISSING);
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let database = template.copy().await;
        let handle = database.handle();
        // A task of its own, so that the database is removed whether the test fails or not; one that stays on this thread,
        // so that a test need not prove that it could move.
        let outcome = tokio::task::spawn_local(async move { test(F::build(database).await).await }).await;
        handle.remove().await;
        if let Err(failure) = outcome {
            std::panic::resume_unwind(failure.into_panic());
        }
    });
}

/// Tells the person who runs the tests that some were left out: once a reason, and past the test runner, which shows what a
/// passing test prints to nobody.
pub(crate) fn say_once(reason: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(reason.to_owned()) {
        std::io::stderr().write_all(format!("\nskipped: {reason}\n").as_bytes()).unwrap();
    }
}

/// A file of the larger reference data that tests may read. Where the folder is missing, that is said; where `BFW_TEST_DATA`
/// names it, the file must be there.
pub(crate) fn foreign_file(path: &str) -> Option<Vec<u8>> {
    let named = setting("BFW_TEST_DATA");
    let folder = named.clone().unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data").into());
    let file = std::path::Path::new(&folder).join(path);
    match std::fs::read(&file) {
        Ok(content) => Some(content),
        Err(error) => {
            assert!(named.is_none(), "BFW_TEST_DATA: {}: {error}", file.display());
            say_once(&format!("what needs {path}; BFW_TEST_DATA names the folder it is in"));
            None
        }
    }
}

/// What a test draws at random by: `BFW_TEST_SEED`, or the test's own. A test that fails shows it.
#[expect(clippy::print_stdout, reason = "the runner shows what a failing test printed")]
pub(crate) fn seed(own: u64) -> u64 {
    let seed = setting("BFW_TEST_SEED").map_or(own, |seed| seed.parse().unwrap());
    println!("BFW_TEST_SEED={seed}");
    seed
}

/// A variable of the environment, if it is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness is configured by its environment, as `Config` is not yet there"
)]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
