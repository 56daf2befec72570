//! Reports of how much of what is bought goes to women.

mod agreeing;
mod asking;
mod audited;
mod by_hand;
mod files;
mod withheld;
mod world;

use bfw::{
    directory::model::ownership::{Definition, EvidenceLevel},
    insight::model::report::scope::{GroupBy, Scope},
    ocds::{Form, Wanted},
};
use chrono::NaiveDate;

use crate::harness::TestApp;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Everything from 2025 to the day of the tests.
fn scope(app: &TestApp, group_by: Option<GroupBy>) -> Scope {
    Scope {
        buyer: None,
        from: day("2025-01-01"),
        to: day("2027-12-31"),
        as_of: app.app.services.clock.today(),
        definition: Definition::Iwa34WomenOwned,
        at_least: EvidenceLevel::SelfDeclared,
        group_by,
    }
}

/// What anybody may know of procurement.
async fn export(app: &TestApp) -> Vec<u8> {
    let mut out = Vec::new();
    app.app.ocds.export(&Wanted::default(), Form::Package, &mut out, |_, _| ()).await.unwrap();
    out
}

/// The same, with what producers were paid.
async fn export_for_auditors(app: &TestApp) -> Vec<u8> {
    let mut out = Vec::new();
    app.app.ocds.export_for_auditors(&Wanted::default(), Form::Package, &mut out, |_, _| ()).await.unwrap();
    out
}
