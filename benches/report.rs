//! How long a report of how much of what is bought goes to women takes, beside what the database alone needs to look at the awards.
//!
//! ```text
//! cargo bench --bench report [-- CONTRACTS [DATABASE_URL]]
//! ```
//!
//! 100,000 contracts with the requests, bids, deliveries, invoices and payments that go with them, on a SQLite of its own, unless others
//! are given; the database has to be empty or seeded by this. The floor reads each award in force with its suppliers and their
//! frozen status once, in one statement.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

use std::{sync::Arc, time::Instant};

use bfw::{
    accounts::Actor,
    app::{self, App},
    config::Config,
    demo::{self, SeedPlan},
    directory::model::ownership::{Definition, EvidenceLevel},
    insight::{AskReport, model::report::scope::GroupBy},
    kernel::clock::SystemClock,
};
use sea_orm::ConnectionTrait as _;

const FLOOR: &str = "SELECT a.id, a.amount_minor, a.currency, p.organization_id, p.share, f.status, f.evidence_level
    FROM award a JOIN bid_partner p ON p.bid_id = a.bid_id
    LEFT JOIN frozen_status f ON f.subject_id = a.id AND f.organization_id = p.organization_id AND f.definition = 'IWA34_WOMEN_OWNED'
    WHERE a.status = 'ACTIVE'";

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let contracts: u32 = given.first().map_or(100_000, |number| number.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a path");
    let sqlite = format!("sqlite://{data}/bench.sqlite");
    let url = given.get(1).map_or(sqlite.as_str(), String::as_str);
    let pairs = [("data_dir", data), ("database_url", url)];
    let config = Config::from_pairs(pairs).expect("the settings are right");
    let database = app::connect(&config).await.expect("a database");
    let app = Box::pin(App::assemble(config, database, Arc::new(SystemClock))).await.expect("an application");
    let plan = SeedPlan { organizations: 2_000, listings: 2_000, contracts, seed: 1 };
    let began = Instant::now();
    Box::pin(demo::seed(&app, &plan, |_| {})).await.expect("seeded");
    println!("{contracts} contracts, seeded in {:.0} s", began.elapsed().as_secs_f64());
    if let Some(analyze) = (app.services.db.backend() == sea_orm::DbBackend::Postgres).then_some("ANALYZE") {
        let tx = app.services.db.begin().await.expect("a transaction");
        tx.execute_unprepared(analyze).await.expect("analyzed");
        tx.commit().await.expect("committed");
    }

    let statement = sea_orm::Statement::from_string(app.services.db.backend(), FLOOR);
    let began = Instant::now();
    let rows = app.services.db.read().query_all_raw(statement).await.expect("read").len();
    let floor = began.elapsed().as_secs_f64();
    println!("the floor: {rows} awards by supplier read in {floor:.2} s");

    let actor = Actor::system("bench");
    let day = |text: &str| text.parse().expect("a day");
    for (what, group_by, digests) in [
        ("all of it", None, false),
        ("by region", Some(GroupBy::Region), false),
        ("by product", Some(GroupBy::Product), false),
        ("all of it, with digests", None, true),
        ("by product, with digests", Some(GroupBy::Product), true),
    ] {
        let ask = AskReport {
            buyer: None,
            from: day("2025-01-01"),
            to: day("2027-12-31"),
            definition: Definition::Iwa34WomenOwned,
            at_least: EvidenceLevel::SelfDeclared,
            group_by,
        };
        let began = Instant::now();
        let report = Box::pin(app.insight.gender_report(&actor, ask, digests)).await.expect("a report");
        let took = began.elapsed().as_secs_f64();
        let groups = report.indicators.iter().map(|told| told.groups.len()).max().unwrap_or(0);
        println!("{what}: {took:.2} s, {:.1} times the floor, {groups} groups", took / floor);
    }
    app.close().await;
}
