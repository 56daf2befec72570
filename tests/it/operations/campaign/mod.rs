//! The real program, killed at any moment while people do all that a market does: whatever was acknowledged is there to the
//! letter, whatever was not is done by asking again under the same key, and nothing is there by half.

mod ledger;
mod trader;

use std::{collections::BTreeSet, time::Duration};

use db_test::db_test;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use sea_orm::DatabaseConnection;

use self::{
    ledger::{Ledger, Step},
    trader::Trader,
};
use super::{
    killed::{settled, time_passes},
    process::{Serving, bfw, run, stderr, stdout},
};
use crate::harness::{TestDatabase, seed, setting};

/// Kills of a usual run; `BFW_TEST_KILLS` says another number.
const KILLS: usize = 12;
/// People who trade at the same time.
const TRADERS: usize = 3;
/// Writes that are repeated at the end. Each costs what it cost the first time, and there are thousands after many kills.
const REPEATED_MAX: usize = 400;

fn serve(database: &TestDatabase) -> Serving {
    let mut command = bfw(database, &["serve"]);
    // Nobody waits between what she does, so nobody may be slowed down for it.
    command.env("BFW_LOG", "warn").env("BFW_ACCESS_MINUTES", "1440").env("BFW_ATTEMPTS_PER_ADDRESS", "100000");
    command.env("BFW_INQUIRIES_PER_DAY", "10000").env("BFW_INQUIRY_MESSAGES_PER_HOUR", "10000");
    Serving::start(command)
}

#[db_test]
async fn killed_at_any_moment_of_a_market_everything_acknowledged_is_there_exactly(database: TestDatabase) {
    let kills: usize = setting("BFW_TEST_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let seed = seed(20_261_127);
    let mut random = StdRng::seed_from_u64(seed);
    let serving = serve(&database);
    let mut traders = Vec::with_capacity(TRADERS);
    for number in 0..TRADERS {
        traders.push(Trader::arrive(&serving, number).await);
    }
    serving.kill();

    for _ in 0..kills {
        let serving = serve(&database);
        let life = Duration::from_millis(random.random_range(200..2_500));
        let trading = futures_util::future::join_all(traders.iter_mut().map(|trader| trader.trade(&serving)));
        let ended = tokio::time::timeout(life, trading).await;
        assert!(ended.is_err(), "the server was gone before it was killed");
        serving.kill();
    }

    let connection = database.connect().await;
    time_passes(&connection).await;
    let serving = serve(&database);
    for trader in &mut traders {
        trader.finish(&serving).await;
    }
    let settled = settled(&connection).await;
    let acknowledged: usize = traders.iter().map(|trader| trader.ledger.acknowledged.len()).sum();
    let in_flight: usize = traders.iter().map(|trader| trader.resumed).sum();
    report(kills, seed, acknowledged, in_flight);
    assert!(acknowledged > 10 * TRADERS, "{acknowledged} writes are too few to say anything");
    for trader in &traders {
        trader.ledger.compare(&serving, &trader.seller, &trader.buyer).await;
    }
    repeat(&serving, &traders).await;
    let (_, log) = serving.terminate();
    assert!(settled, "{log}");
    count(&connection, &traders).await;

    for arguments in [&["doctor", "--chain", "--documents"][..], &["doctor", "--audit"], &["search", "verify"]] {
        let examined = run(&database, arguments);
        assert_eq!(examined.status.code(), Some(0), "{arguments:?}: {}{}", stdout(&examined), stderr(&examined));
    }
}

#[expect(clippy::print_stdout, reason = "whoever runs many kills wants the figures")]
fn report(kills: usize, seed: u64, acknowledged: usize, in_flight: usize) {
    println!(
        "{kills} kills, seed {seed}: {acknowledged} writes acknowledged, {in_flight} under way when the server was killed"
    );
}

/// What was acknowledged, asked for again under its key, is what it was; and nothing comes of it.
async fn repeat(serving: &Serving, traders: &[Trader]) {
    for trader in traders {
        let keyed: Vec<&(Step, String)> =
            trader.ledger.acknowledged.iter().filter(|(step, _)| step.has_key()).collect();
        let every = (keyed.len() * TRADERS).div_ceil(REPEATED_MAX).max(1);
        for (step, first) in keyed.into_iter().step_by(every) {
            let again = step.send(serving, trader).await.unwrap_or_else(|why| panic!("{step:?} again: {why:?}"));
            assert_eq!(&step.result(&again), first, "{step:?} again gave {again:#}");
        }
        trader.ledger.compare(serving, &trader.seller, &trader.buyer).await;
    }
}

/// There is no row that nobody asked for.
async fn count(connection: &DatabaseConnection, traders: &[Trader]) {
    let sum = |of: fn(&Ledger) -> usize| -> usize { traders.iter().map(|trader| of(&trader.ledger)).sum() };
    for (table, expected) in [
        // Each came with an account and an organization for selling, and with others for buying.
        ("user_account", 2 * TRADERS + sum(|ledger| ledger.accounts.len())),
        ("organization", 2 * TRADERS + sum(|ledger| ledger.organizations.len())),
        ("listing", sum(|ledger| ledger.listings.len())),
        ("contract", sum(|ledger| ledger.contracts.len())),
        ("stock_reservation", sum(|ledger| ledger.contracts.len())),
        ("inquiry", sum(|ledger| ledger.inquiries.len())),
        ("inquiry_message", sum(|ledger| ledger.inquiries.values().map(Vec::len).sum())),
        ("document", sum(|ledger| ledger.documents.len())),
        ("procurement_request", sum(|ledger| ledger.requests.len())),
        ("bid", sum(|ledger| ledger.bids.len())),
    ] {
        assert_eq!(super::killed::count(connection, table).await, i64::try_from(expected).unwrap(), "{table}");
    }
    let keys: BTreeSet<&str> = traders.iter().flat_map(|trader| trader.ledger.keys()).collect();
    let kept = super::killed::count(connection, "idempotency_record").await;
    assert_eq!(kept, i64::try_from(keys.len()).unwrap(), "keys");
}
