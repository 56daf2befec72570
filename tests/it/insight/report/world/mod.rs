//! Purchases written as rows past the use cases, so few that everything about them can be worked out by hand.

mod deals;
mod producers;
mod tenders;

use bfw::kernel::{clock::Timestamp, db::WriteTx};
use chrono::NaiveDate;
use sea_orm::Value;
use uuid::Uuid;

use crate::{harness::TestApp, ocds::world::write};

/// The morning of a day of 2026: `"07-12"`.
pub(super) fn at(day: &str) -> Timestamp {
    format!("2026-{day}T09:00:00Z").parse().unwrap()
}

pub(super) fn on(day: &str) -> NaiveDate {
    format!("2026-{day}").parse().unwrap()
}

/// What an organization is: the definition that reports are asked by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Is {
    /// Women's, with a verified proof until a day.
    Verified(&'static str),
    /// Women's, as she says.
    Women,
    /// Not, as it says.
    Not,
    /// Nothing was frozen.
    Unknown,
}

/// Somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Party {
    pub(super) id: Uuid,
    pub(super) is: Is,
}

/// A bid: who with which shares, whether it is valid, and the price of all of the lot.
pub(super) struct Bid<'a> {
    pub(super) partners: &'a [(Party, i64)],
    pub(super) disqualified: Option<&'static str>,
    pub(super) minor: i64,
}

/// A request with one lot.
pub(super) struct Request<'a> {
    pub(super) buyer: Uuid,
    pub(super) method: &'static str,
    pub(super) currency: &'static str,
    pub(super) product: &'static str,
    pub(super) place: &'static str,
    pub(super) grams: i64,
    pub(super) estimated: i64,
    pub(super) target: Option<i64>,
    pub(super) published: &'static str,
    pub(super) deadline: &'static str,
    pub(super) opened: &'static str,
    pub(super) invited: &'a [Party],
    pub(super) bids: &'a [Bid<'a>],
}

/// A request that was written.
pub(super) struct Written {
    pub(super) request: Uuid,
    pub(super) lot: Uuid,
    pub(super) bids: Vec<Uuid>,
}

/// What was agreed on.
pub(super) struct Contract<'a> {
    pub(super) process: Uuid,
    pub(super) buyer: Uuid,
    pub(super) award: Option<Uuid>,
    pub(super) listing: Option<Uuid>,
    pub(super) suppliers: &'a [(Party, i64)],
    pub(super) currency: &'static str,
    pub(super) signed_minor: i64,
    pub(super) minor: i64,
    pub(super) product: &'static str,
    pub(super) place: &'static str,
    pub(super) grams: i64,
    pub(super) signed: &'static str,
    pub(super) deliver_until: Option<&'static str>,
    /// When it arrived, and how much of a hundred was accepted two days later.
    pub(super) arrived: Option<(&'static str, i64)>,
}

/// A contract that was written, with its line and delivery.
#[derive(Debug, Clone, Copy)]
pub(super) struct Agreed {
    pub(super) contract: Uuid,
    pub(super) delivery: Option<Uuid>,
    pub(super) line: Uuid,
}

/// Writes rows.
pub(super) struct Writer<'a> {
    pub(super) app: &'a TestApp,
    pub(super) tx: WriteTx,
}

impl<'a> Writer<'a> {
    pub(super) async fn begin(app: &'a TestApp) -> Self {
        Self { app, tx: app.app.services.db.begin().await.unwrap() }
    }

    pub(super) fn id(&self) -> Uuid {
        self.app.app.services.ids.next_uuid()
    }

    pub(super) async fn row<const N: usize>(&self, table: &str, row: [(&str, Value); N]) {
        write(&self.tx, table, row).await;
    }

    async fn process(&self, id: Uuid, kind: &str, buyer: Uuid, events: i64, at: Timestamp) {
        self.row(
            "procurement_process",
            [
                ("id", id.into()),
                ("kind", kind.into()),
                ("buyer_id", buyer.into()),
                ("ocid", format!("ocds-bfw000-{}", id.simple()).into()),
                ("events", events.into()),
                ("released", 0_i64.into()),
                ("created_at", at.into()),
            ],
        )
        .await;
    }

    /// An event of a process, and after how many minutes it was published, if it was.
    pub(super) async fn event(&self, process: Uuid, sequence: i64, tag: &str, at: Timestamp, published: Option<i64>) {
        self.row(
            "procurement_event",
            [("process_id", process.into()), ("sequence", sequence.into()), ("tag", tag.into()), ("at", at.into())],
        )
        .await;
        if let Some(minutes) = published {
            let published = at + chrono::TimeDelta::minutes(minutes);
            self.row(
                "ocds_release",
                [
                    ("process_id", process.into()),
                    ("sequence", sequence.into()),
                    ("tag", tag.into()),
                    ("dated_at", at.into()),
                    ("published_at", published.into()),
                    ("body", "{}".into()),
                ],
            )
            .await;
        }
    }

    async fn freeze(&self, of: &str, subject: Uuid, party: Party, at: &str) {
        let (status, level, until) = match party.is {
            Is::Verified(until) => ("YES", Some("DOCUMENT_VERIFIED"), Some(on(until))),
            Is::Women => ("YES", Some("SELF_DECLARED"), None),
            Is::Not => ("NO", Some("SELF_DECLARED"), None),
            Is::Unknown => return,
        };
        self.row(
            "frozen_status",
            [
                ("subject_kind", of.into()),
                ("subject_id", subject.into()),
                ("organization_id", party.id.into()),
                ("definition", "IWA34_WOMEN_OWNED".into()),
                ("status", status.into()),
                ("evidence_level", level.into()),
                ("evidence_until", until.into()),
                ("assessed_on", on(at).into()),
            ],
        )
        .await;
    }
}
