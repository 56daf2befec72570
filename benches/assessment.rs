//! How long it takes to hold every organization against every definition of women's ownership, as on the day that other rules
//! come into force, beside what the database alone needs to give all of it and write it once.
//!
//! ```text
//! cargo bench --bench assessment [-- ORGANIZATIONS [DATABASE_URL]]
//! ```
//!
//! 100,000 organizations on a SQLite of its own, unless others are given; the database has to be empty or seeded by this. Each
//! organization has what the seed declares of it and one accepted piece of evidence. The floor reads declarations,
//! evidence, verdicts and assessments whole and touches each assessment once, in one statement each.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for people at a terminal that says what is wrong by stopping"
)]

use std::{sync::Arc, time::Instant};

use bfw::{
    app::{self, App},
    config::Config,
    demo::{self, SeedPlan},
    directory::model::ownership::{Definition, OwnershipFacts, Percent, RuleBook, Subject, assess},
    kernel::clock::SystemClock,
};
use sea_orm::ConnectionTrait as _;

/// What the seed leaves out: a piece of evidence for each organization, under the organization's own id.
const EVIDENCE: [&str; 2] = [
    "INSERT INTO ownership_evidence (id, organization_id, facts, level, submitted_by, submitted_at, reviewer, verdict, reviewed_at)
     SELECT o.id, o.id, '{}', 'DOCUMENT_VERIFIED', u.id, o.created_at, u.id, 'ACCEPTED', o.created_at
     FROM organization o, user_account u WHERE NOT EXISTS (SELECT 1 FROM ownership_evidence e WHERE e.id = o.id)",
    "INSERT INTO ownership_review (evidence_id, sequence, reviewer, verdict, decides, reviewed_at)
     SELECT e.id, 1, e.reviewer, 'ACCEPTED', true, e.reviewed_at FROM ownership_evidence e
     WHERE NOT EXISTS (SELECT 1 FROM ownership_review r WHERE r.evidence_id = e.id)",
];

/// As if other rules were in force than those that the assessments were made by.
const OTHER_RULES: &str = "DELETE FROM reference_data WHERE name = 'ownership_rules'";

/// Everything that an assessment reads, and each assessment written once.
const READ: [&str; 4] = [
    "SELECT * FROM ownership_declaration",
    "SELECT * FROM ownership_evidence",
    "SELECT * FROM ownership_review",
    "SELECT * FROM ownership_assessment",
];
const WRITE: &str = "UPDATE ownership_assessment SET assessed_on = assessed_on";

/// Assessments of one organization, to tell what the rule alone costs.
const ALONE: u32 = 100_000;

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let organizations: u32 = given.first().map_or(100_000, |number| number.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_str().expect("a path");
    let sqlite = format!("sqlite://{data}/bench.sqlite");
    let url = given.get(1).map_or(sqlite.as_str(), String::as_str);
    let pairs = [("data_dir", data), ("database_url", url)];
    let config = Config::from_pairs(pairs).expect("the settings are right");
    let database = app::connect(&config).await.expect("a database");
    let app = App::assemble(config, database, Arc::new(SystemClock)).await.expect("an application");
    let plan = SeedPlan { organizations, listings: 0, contracts: 0, seed: 1 };
    demo::seed(&app, &plan, |_| {}).await.expect("seeded");
    let db = &app.services.db;
    let tx = db.begin().await.expect("a transaction");
    for statement in EVIDENCE.into_iter().chain([OTHER_RULES]) {
        tx.execute_unprepared(statement).await.expect("written");
    }
    tx.commit().await.expect("committed");

    let began = Instant::now();
    let assessed = app.directory.follow_the_day().await.expect("assessed");
    let whole = began.elapsed().as_secs_f64();
    assert_eq!(assessed, u64::from(organizations), "otherwise this measures something else");

    let began = Instant::now();
    let mut rows = 0;
    for statement in READ {
        let statement = sea_orm::Statement::from_string(db.backend(), statement);
        rows += db.read().query_all_raw(statement).await.expect("read").len();
    }
    let tx = db.begin().await.expect("a transaction");
    tx.execute_unprepared(WRITE).await.expect("written");
    tx.commit().await.expect("committed");
    let floor = began.elapsed().as_secs_f64();

    let rules = RuleBook::embedded().expect("the rules are well-formed");
    let facts = OwnershipFacts {
        women_owned_percent: Some(Percent::WHOLE),
        women_management_percent: Some(Percent::WHOLE),
        woman_signatory: Some(true),
        operated_independently: Some(true),
        ..OwnershipFacts::default()
    };
    let (subject, today) = (Subject { cooperative: false, boardless: true }, app.directory.today());
    let began = Instant::now();
    for _ in 0..ALONE {
        for definition in Definition::ALL {
            std::hint::black_box(assess(&rules, *definition, subject, &facts, &[], today));
        }
    }
    let alone = f64::from(ALONE) / began.elapsed().as_secs_f64();

    println!("{organizations} organizations, {} definitions, {rows} rows read", Definition::ALL.len());
    println!("assessed and kept: {whole:.1} s, {:.0} organizations a second", f64::from(organizations) / whole);
    println!("the database alone: {floor:.1} s; {:.1} times that", whole / floor);
    println!("the rules alone: {alone:.0} organizations a second");
    app.close().await;
}
