//! Two thousand cooperatives with their lots, made the same way for the same numbers.
//!
//! Ten to sixty deliveries become a lot of a cooperative; one to four of these, and now and then what was left of an
//! earlier step, become one to three others; each of those is parted into fifteen to forty, of which some are used once more.
//! About three lots of five are deliveries. Beside them stands a chain of remnants: each lot is made of what was left of the
//! one before and of a delivery.

use std::{path::PathBuf, sync::Arc};

use bfw::{
    app::{self, App},
    config::Config,
    demo::{self, SeedPlan},
    kernel::clock::{SystemClock, Timestamp},
    traceability::{
        EventId,
        model::event::{FIRST_LINK, event_urn, seal},
    },
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Options,
    bulk::{Bulk, Cell, Rows},
    forms::Direction,
    process::Postgres,
};

/// Lots that a measurement asks for.
const SAMPLE: usize = 4_000;
const LOT: &str = "lot (id, code, product_code, organization_id, maker_id, grams, left_grams, reserved_grams, custody, status, \
                   holds, waived, made_by, made_at, touched_at, created_at)";
const EDGE: &str = "lot_edge (child_id, parent_id, grams)";
const EVENT: &str = "trace_event (id, organization_id, sequence, kind, event_time, recorded_at, body, event_hash, hash, event_uri, \
     event_type, action, biz_step, disposition, declares_error)";
const EPC: &str = "trace_event_epc (epc, event_id, role)";
const HEAD: &str = "trace_chain (organization_id, head_sequence, head_hash)";

/// The world on one database.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) lots: i64,
    pub(crate) edges: i64,
    pub(crate) events: i64,
    /// The end of the chain of remnants.
    pub(crate) remnant: Uuid,
    back: Vec<Uuid>,
    forward: Vec<Uuid>,
    /// Dropped last: the connections end before the server.
    _postgres: Option<Postgres>,
}

impl World {
    /// Makes it, or takes the one that an earlier run has made.
    pub(crate) async fn prepare(database: &str, options: &Options) -> Self {
        let name = format!(
            "bfw-bench-trace-{database}-{}-{}-{}-{}",
            options.organizations, options.lots, options.events, options.remnants
        );
        let folder = std::env::temp_dir().join(name);
        if options.fresh && folder.exists() {
            std::fs::remove_dir_all(&folder).expect("a folder of ours");
        }
        std::fs::create_dir_all(&folder).expect("a folder for temporary files");
        let postgres = (database == "postgres").then(|| Postgres::start(&folder.join("postgres")));
        let url = match &postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite://{}", folder.join("bfw.sqlite").display()),
        };
        let app = start(&folder, &url).await;
        let made = folder.join("made");
        if !made.exists() {
            let plan = SeedPlan { organizations: options.organizations, listings: 0, contracts: 0, seed: 1 };
            demo::seed(&app, &plan, |_| {}).await.expect("seeded");
            let organizations = ids(&app, "SELECT id FROM organization ORDER BY id").await;
            let bulk = Bulk::connect(&url).await;
            Maker::new(bulk, organizations).make(options).await;
            if let Some(postgres) = &postgres {
                postgres.vacuum();
            }
            std::fs::File::create(made).expect("a file in a folder of ours");
        }
        let number = async |text| number(&app, text).await;
        let (lots, edges) = (number("SELECT COUNT(*) FROM lot").await, number("SELECT COUNT(*) FROM lot_edge").await);
        let events = number("SELECT COUNT(*) FROM trace_event").await;
        // Drawn by their last bytes, which are scattered.
        let drawn = |near: &str, far: &str| {
            format!(
                "SELECT l.id FROM lot l WHERE EXISTS (SELECT 1 FROM lot_edge e WHERE e.{near} = l.id)
                 AND l.code NOT LIKE 'R%' ORDER BY {far} LIMIT {SAMPLE}"
            )
        };
        // A fixed order that has nothing to do with that in which they were made.
        let scattered = "(l.grams * 7919 + length(l.code)) % 104729, l.id";
        let back = ids(&app, &drawn("child_id", scattered)).await;
        let forward = ids(&app, &drawn("parent_id", scattered)).await;
        let remnant = ids(&app, "SELECT id FROM lot WHERE code = 'REND'").await[0];
        Self { app, lots, edges, events, remnant, back, forward, _postgres: postgres }
    }

    /// Lots that came of others, or that others came of.
    pub(crate) fn sample(&self, direction: Direction) -> Vec<Uuid> {
        match direction {
            Direction::Back => self.back.clone(),
            Direction::Forward => self.forward.clone(),
        }
    }

    /// Some events of many chains.
    pub(crate) async fn sample_events(&self) -> Vec<EventId> {
        let text = format!("SELECT id FROM trace_event ORDER BY event_hash LIMIT {SAMPLE}");
        ids(&self.app, &text).await.into_iter().map(EventId::from_uuid).collect()
    }

    pub(crate) async fn close(self) {
        self.app.close().await;
    }
}

async fn start(folder: &std::path::Path, url: &str) -> App {
    let data: PathBuf = folder.join("data");
    let pairs = [("data_dir", data.to_str().expect("a path")), ("database_url", url)];
    let config = Config::from_pairs(pairs).expect("the settings are right");
    let database = app::connect(&config).await.expect("a database");
    Box::pin(App::assemble(config, database, Arc::new(SystemClock))).await.expect("an application")
}

async fn ids(app: &App, text: &str) -> Vec<Uuid> {
    let db = &app.services.db;
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), text)).await.expect("read");
    rows.iter().map(|row| row.try_get_by_index(0).expect("an id")).collect()
}

async fn number(app: &App, text: &str) -> i64 {
    let db = &app.services.db;
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), text)).await.expect("read");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

/// A lot that may still be used.
#[derive(Debug, Clone, Copy)]
struct Kept {
    id: Uuid,
    organization: Uuid,
    grams: i64,
}

/// Makes the world.
struct Maker {
    bulk: Bulk,
    organizations: Vec<Uuid>,
    lots: Rows,
    /// Written last: they point to lots.
    edges: Vec<(Uuid, Uuid, i64)>,
    dice: u64,
    made: usize,
    begin: Timestamp,
}

impl Maker {
    fn new(bulk: Bulk, organizations: Vec<Uuid>) -> Self {
        let (lots, edges) = (bulk.rows(LOT), Vec::new());
        let begin = "2026-01-05T06:00:00Z".parse().expect("an instant");
        Self { bulk, organizations, lots, edges, dice: 1, made: 0, begin }
    }

    async fn make(mut self, options: &Options) {
        self.remnants(options.remnants).await;
        let mut remnant: Option<Kept> = None;
        while self.made < options.lots {
            let organization = self.anybody();
            let mut inputs = Vec::new();
            for _ in 0..=self.roll(4) {
                inputs.push(self.aggregation(organization));
            }
            if self.roll(5) == 0 {
                inputs.extend(remnant.take());
            }
            let outputs = self.roll(3) + 1;
            for (place, output) in self.transformation(&inputs, outputs).into_iter().enumerate() {
                if place == 0 && remnant.is_none() && self.roll(2) == 0 {
                    remnant = Some(output);
                    continue;
                }
                let parts = self.roll(26) + 15;
                let mut parts = self.split(output, parts);
                // Some are used once more: butter that becomes soap.
                if self.roll(2) == 0 {
                    let again: Vec<Kept> = parts.split_off(parts.len() - 3);
                    for soap in self.transformation(&again, 2) {
                        parts.extend(self.split(soap, 6));
                    }
                }
                for part in parts {
                    self.keep(part, "L");
                }
            }
            self.bulk.send(&mut self.lots, false).await;
        }
        if let Some(remnant) = remnant {
            self.keep(remnant, "L");
        }
        self.bulk.send(&mut self.lots, true).await;
        let mut edges = self.bulk.rows(EDGE);
        for (child, parent, grams) in std::mem::take(&mut self.edges) {
            edges.push(&[Cell::Id(child), Cell::Id(parent), Cell::Number(grams)]);
            self.bulk.send(&mut edges, false).await;
        }
        self.bulk.send(&mut edges, true).await;
        self.events(options.events).await;
        self.bulk.finish().await;
    }

    /// The same numbers for every run (SplitMix64).
    fn roll(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn anybody(&mut self) -> Uuid {
        let place = self.roll(self.organizations.len() as u64);
        self.organizations[usize::try_from(place).unwrap_or(0)]
    }

    /// Ids that increase, as those of the product do.
    fn next_id(&mut self) -> Uuid {
        self.made += 1;
        let random = u128::from(self.roll(1 << 48));
        let milliseconds = 0x019b_8f00_0000_u128 + self.made as u128;
        Uuid::from_u128(milliseconds << 80 | 0x7000 << 64 | 0x8000 << 48 | random)
    }

    fn lot(&mut self, id: Uuid, organization: Uuid, grams: i64, left: i64, code: &str) {
        let at = self.begin + TimeDelta::seconds(i64::try_from(self.made).unwrap_or(0));
        let no = Cell::Text("false");
        let no = if matches!(self.bulk, Bulk::Sqlite(_)) { Cell::Number(0) } else { no };
        self.lots.push(&[
            Cell::Id(id),
            Cell::Text(code),
            Cell::Text("shea-butter"),
            Cell::Id(organization),
            Cell::Id(organization),
            Cell::Number(grams),
            Cell::Number(left),
            Cell::Number(0),
            Cell::Text("SEGREGATED"),
            Cell::Text("AVAILABLE"),
            Cell::Number(0),
            no,
            Cell::Id(id),
            Cell::Time(at),
            Cell::Time(at),
            Cell::Time(at),
        ]);
    }

    /// A lot of which all is left.
    fn keep(&mut self, lot: Kept, prefix: &str) {
        self.lot(lot.id, lot.organization, lot.grams, lot.grams, &format!("{prefix}{}", code(lot.id)));
    }

    /// A lot that is used up by what is made of it.
    fn use_up(&mut self, lot: Kept, prefix: &str) {
        self.lot(lot.id, lot.organization, lot.grams, 0, &format!("{prefix}{}", code(lot.id)));
    }

    fn edge(&mut self, child: Uuid, parent: Uuid, grams: i64) {
        self.edges.push((child, parent, grams));
    }

    fn delivery(&mut self, organization: Uuid) -> Kept {
        let grams = i64::try_from(self.roll(60_000) + 5_000).unwrap_or(0);
        Kept { id: self.next_id(), organization, grams }
    }

    fn aggregation(&mut self, organization: Uuid) -> Kept {
        let deliveries: Vec<Kept> = (0..self.roll(51) + 10).map(|_| self.delivery(organization)).collect();
        let lot = Kept { id: self.next_id(), organization, grams: deliveries.iter().map(|one| one.grams).sum() };
        for one in deliveries {
            self.use_up(one, "D");
            self.edge(lot.id, one.id, one.grams);
        }
        lot
    }

    /// Uses up all of the inputs, each for equal parts of the outputs.
    fn transformation(&mut self, inputs: &[Kept], outputs: u64) -> Vec<Kept> {
        let outputs: Vec<Uuid> = (0..outputs).map(|_| self.next_id()).collect();
        let mut grams = vec![0; outputs.len()];
        for input in inputs {
            self.use_up(*input, "T");
            for (place, output) in outputs.iter().enumerate() {
                let part = part(input.grams, outputs.len(), place);
                self.edge(*output, input.id, part);
                grams[place] += part;
            }
        }
        let organization = inputs[0].organization;
        outputs.into_iter().zip(grams).map(|(id, grams)| Kept { id, organization, grams }).collect()
    }

    fn split(&mut self, lot: Kept, parts: u64) -> Vec<Kept> {
        let buyer = self.anybody();
        let split = self.transformation(&[lot], parts);
        split.into_iter().map(|part| Kept { organization: buyer, ..part }).collect()
    }

    async fn remnants(&mut self, length: usize) {
        let organization = self.organizations[0];
        let mut last = self.delivery(organization);
        for place in 0..length {
            let fresh = self.delivery(organization);
            let lot = Kept { id: self.next_id(), organization, grams: last.grams / 2 + fresh.grams };
            self.use_up(fresh, "RD");
            self.edge(lot.id, fresh.id, fresh.grams);
            let half = last.grams / 2;
            self.lot(last.id, organization, last.grams, last.grams - half, &format!("R{}", code(last.id)));
            self.edge(lot.id, last.id, half);
            last = lot;
            if place % 1_000 == 0 {
                self.bulk.send(&mut self.lots, false).await;
            }
        }
        self.lot(last.id, organization, last.grams, last.grams, "REND");
    }

    /// Chains of deliveries of all organizations.
    async fn events(&mut self, count: usize) {
        let (mut events, mut epcs, mut heads) = (self.bulk.rows(EVENT), self.bulk.rows(EPC), self.bulk.rows(HEAD));
        let organizations = self.organizations.clone();
        let each = count.div_ceil(organizations.len());
        let mut left = count;
        for organization in organizations {
            let (mut previous, length) = (bfw::kernel::digest::Digest::from(FIRST_LINK), each.min(left));
            for sequence in 1..=length {
                let id = self.next_id();
                let at = self.begin + TimeDelta::seconds(i64::try_from(sequence).unwrap_or(0) * 600);
                let (lot, kilograms) = (format!("http://127.0.0.1:8080/trace/{}", code(id)), self.roll(60) + 5);
                let time = bfw::kernel::clock::rfc3339(at);
                let place = json!({ "id": "http://127.0.0.1:8080/places/segou" });
                // Every number is whole and every name plain, so that this is the canonical form.
                let body = json!({
                    "action": "ADD", "bizLocation": place, "bizStep": "commissioning", "disposition": "active",
                    "eventID": event_urn(id), "eventTime": time, "eventTimeZoneOffset": "+00:00",
                    "ilmd": { "bfw:custody": "IDENTITY_PRESERVED", "bfw:product": "shea-butter",
                        "bfw:measured": { "bfw:quantity": kilograms, "bfw:unit": "KGM" } },
                    "bfw:kind": "DELIVERY", "bfw:producer": format!("{:024x}", self.roll(1 << 60)),
                    "quantityList": [{ "epcClass": lot, "quantity": kilograms, "uom": "KGM" }],
                    "readPoint": place, "recordTime": time, "type": "ObjectEvent",
                });
                let body = body.to_string();
                let (sealed, number) = (seal(previous.as_bytes(), &body), i64::try_from(sequence).unwrap_or(0));
                let hash = bfw::kernel::digest::Digest::of(body.as_bytes());
                events.push(&[
                    Cell::Id(id),
                    Cell::Id(organization),
                    Cell::Number(number),
                    Cell::Text("DELIVERY"),
                    Cell::Time(at),
                    Cell::Time(at),
                    Cell::Text(&body),
                    Cell::Bytes(hash.as_bytes()),
                    Cell::Bytes(sealed.as_bytes()),
                    Cell::Text(&event_urn(id)),
                    Cell::Text("ObjectEvent"),
                    Cell::Text("ADD"),
                    Cell::Text("commissioning"),
                    Cell::Text("active"),
                    Cell::Number(0),
                ]);
                epcs.push(&[Cell::Text(&code(id)), Cell::Id(id), Cell::Text("OBJECT")]);
                previous = sealed;
                self.bulk.send(&mut events, false).await;
            }
            left -= length;
            if length > 0 {
                let length = i64::try_from(length).unwrap_or(0);
                heads.push(&[Cell::Id(organization), Cell::Number(length), Cell::Bytes(previous.as_bytes())]);
            }
        }
        for rows in [&mut events, &mut epcs, &mut heads] {
            self.bulk.send(rows, true).await;
        }
    }
}

/// What stands on a label.
fn code(id: Uuid) -> String {
    let id = id.simple().to_string();
    id[6..12].to_owned() + &id[20..]
}

/// One of equal parts of a mass; the last has what is left over.
fn part(grams: i64, parts: usize, place: usize) -> i64 {
    let parts = i64::try_from(parts).unwrap_or(1);
    let each = grams / parts;
    if place as i64 + 1 == parts { grams - each * (parts - 1) } else { each }
}
