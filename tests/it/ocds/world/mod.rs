//! Processes in every state, written as rows past the use cases: the same for the same seed.
//!
//! A process walks through a story, step by step; a step that is to be published appends its event, as the rooms do. What the
//! steps write is what the rooms would write, so that what is published of it is what would be.

mod deals;
mod tenders;

use std::collections::VecDeque;

use bfw::kernel::{
    Services,
    clock::Timestamp,
    db::{Sql, WriteTx, sql},
    outbox::{self, Topic},
};
use chrono::{NaiveDate, TimeDelta};
use sea_orm::Value;
use serde_json::json;
use uuid::Uuid;

/// A step of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Draft,
    Publish,
    Answer,
    Seal,
    Amend,
    Close,
    Open,
    Judge,
    Award,
    Complain,
    Reject,
    Uphold,
    Activate,
    Sign,
    Change,
    Deliver,
    Accept,
    Bill,
    Pay,
    Confirm,
    Finish,
    Terminate,
    Cancel,
    Fail,
    Order,
}

/// Draws, always the same.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D1CE_4E5B)
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    fn of<T: Copy>(&mut self, among: &[T]) -> T {
        among[usize::try_from(self.below(among.len() as u64)).unwrap()]
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least + 1).unwrap())).unwrap()
    }
}

/// Everybody who buys and sells.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) services: Services,
    pub(crate) buyers: Vec<Uuid>,
    pub(crate) sellers: Vec<Uuid>,
    listing: Uuid,
    /// Begins ids, so that several worlds stand beside each other.
    pub(crate) number: u64,
}

#[derive(Debug, Clone)]
struct Lot {
    id: Uuid,
    product: &'static str,
    quantity: i64,
    unit: &'static str,
    stands: bool,
}

#[derive(Debug, Clone)]
struct Bid {
    id: Uuid,
    sealed_at: Timestamp,
    /// With thousandths of a percent; the first leads.
    partners: Vec<(Uuid, i64)>,
    /// Lot, price of a unit, quantity, amount.
    offers: Vec<(usize, i64, i64, i64)>,
    valid: bool,
}

#[derive(Debug, Clone)]
struct Award {
    id: Uuid,
    lot: usize,
    bid: usize,
    ended: bool,
}

#[derive(Debug, Clone)]
struct Line {
    id: Uuid,
    quantity: i64,
    price: i64,
    amount: i64,
}

#[derive(Debug, Clone)]
struct Contract {
    id: Uuid,
    suppliers: Vec<(Uuid, i64)>,
    line: Line,
    version: i64,
    delivery: Option<Uuid>,
    accepted: i64,
    invoice: Option<(Uuid, i64)>,
    payment: Option<Uuid>,
}

/// A process on its way.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) id: Uuid,
    pub(crate) buyer: Uuid,
    pub(crate) ocid: String,
    pub(crate) now: Timestamp,
    /// When everything happens, where it is not a time of the story's own.
    pub(crate) at: Option<Timestamp>,
    story: VecDeque<Step>,
    dice: Dice,
    ids: (u64, u64),
    currency: &'static str,
    method: &'static str,
    lots: Vec<Lot>,
    bids: Vec<Bid>,
    awards: Vec<Award>,
    contracts: Vec<Contract>,
    questions: Vec<Uuid>,
    complaint: Option<(Uuid, usize)>,
    version: i64,
}

/// Writes a row.
pub(crate) async fn write<const N: usize>(tx: &WriteTx, table: &str, row: [(&str, Value); N]) {
    let mut insert = Sql::new(&format!("INSERT INTO {table} ("));
    insert.push(&row.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")).push(") VALUES (");
    for (position, (_, value)) in row.into_iter().enumerate() {
        insert.push(if position == 0 { "" } else { ", " }).bind(value);
    }
    insert.push(")");
    assert_eq!(insert.run(&**tx).await.unwrap(), 1, "{table}");
}

/// Changes rows.
async fn change<const N: usize>(tx: &WriteTx, text: &str, values: [Value; N]) {
    assert!(sql(text, values).run(&**tx).await.unwrap() > 0, "{text}");
}

fn day(at: Timestamp) -> NaiveDate {
    at.date_naive()
}

const DEFINITIONS: [&str; 5] =
    ["IWA34_WOMEN_OWNED", "IWA34_WOMEN_LED", "UN_WOMEN_OWNED", "IFC_WOMEN_OWNED", "WOMENS_COOPERATIVE"];

impl World {
    /// Buyers and sellers, and a listing to order from.
    pub(crate) async fn make(services: &Services, number: u64, buyers: u64, sellers: u64) -> Self {
        let mut world =
            Self { services: services.clone(), buyers: vec![], sellers: vec![], listing: Uuid::nil(), number };
        let now = services.now();
        let tx = services.db.begin().await.unwrap();
        for count in 0..buyers + sellers {
            let id = world.id(0, count + 1);
            let sells = count >= buyers;
            let (kind, name) = match (sells, count % 3) {
                (false, _) => ("PUBLIC_BODY", format!("Cantine scolaire {number}.{count}")),
                (true, 0) => ("COOPERATIVE", format!("Coopérative Benkadi {number}.{count}")),
                (true, 1) => ("SME", format!("Ets Faso Djigui {number}.{count}")),
                (true, _) => ("MARKET_SELLER", format!("Awa {number}.{count}")),
            };
            let place = if count % 2 == 0 { "segou" } else { "sikasso" };
            let row = [
                ("id", id.into()),
                ("kind", kind.into()),
                ("name", name.as_str().into()),
                ("name_folded", name.to_lowercase().into()),
                ("descriptions", json!({}).into()),
                ("language", "fr".into()),
                ("place_code", place.into()),
                ("region_code", place.into()),
                ("languages", json!(["fr"]).into()),
                ("standing", "GOOD".into()),
                ("version", 1_i64.into()),
                ("created_at", now.into()),
                ("updated_at", now.into()),
            ];
            write(&tx, "organization", row).await;
            for (place, (scheme, raw)) in [("NIF", "081234567A"), ("NINA", "12345678901234A")].into_iter().enumerate() {
                let registered = format!("{raw}{number}{count}");
                let row = [
                    ("id", world.id(1 + place as u64, count + 1).into()),
                    ("organization_id", id.into()),
                    ("scheme", scheme.into()),
                    ("raw", registered.as_str().into()),
                    ("normalized", registered.as_str().into()),
                ];
                write(&tx, "organization_registration", row).await;
            }
            if sells { world.sellers.push(id) } else { world.buyers.push(id) }
        }
        world.listing = world.id(3, 1);
        let row = [
            ("id", world.listing.into()),
            ("organization_id", world.sellers[0].into()),
            ("product_code", "millet".into()),
            ("title", "Mil de la saison".into()),
            ("title_folded", "mil de la saison".into()),
            ("language", "fr".into()),
            ("measurements", json!([]).into()),
            ("status", "DRAFT".into()),
            ("version", 1_i64.into()),
            ("created_at", now.into()),
            ("updated_at", now.into()),
        ];
        write(&tx, "listing", row).await;
        tx.commit().await.unwrap();
        world
    }

    fn id(&self, kind: u64, count: u64) -> Uuid {
        Uuid::from_u64_pair((self.number << 32) | 0xFF, (kind << 48) | count)
    }

    /// A process that will walk through a story of its own.
    pub(crate) fn process(&self, seed: u64) -> Process {
        let mut dice = Dice::new(seed ^ (self.number << 40));
        let story = story(&mut dice);
        self.with_story(seed, &story)
    }

    /// A process that will walk through this story.
    pub(crate) fn with_story(&self, seed: u64, story: &[Step]) -> Process {
        let mut dice = Dice::new(seed.wrapping_add(77) ^ (self.number << 40));
        let id = Uuid::from_u64_pair((self.number << 32) | (seed << 8) | 1, 1);
        let begins: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
        Process {
            id,
            buyer: dice.of(&self.buyers),
            ocid: bfw::kernel::id::encode("ocds-bfw000", id).replace('_', "-"),
            now: begins + TimeDelta::minutes(dice.between(0, 400_000)),
            at: None,
            story: story.iter().copied().collect(),
            currency: dice.of(&["XOF", "XOF", "EUR"]),
            method: dice.of(&["OPEN", "OPEN", "SELECTIVE", "LIMITED"]),
            dice,
            ids: ((self.number << 32) | (seed << 8) | 2, 0),
            lots: vec![],
            bids: vec![],
            awards: vec![],
            contracts: vec![],
            questions: vec![],
            complaint: None,
            version: 1,
        }
    }
}

/// A story, as long as the dice have it.
fn story(dice: &mut Dice) -> Vec<Step> {
    use Step::{
        Accept, Activate, Amend, Answer, Award, Bill, Cancel, Change, Close, Complain, Confirm, Deliver, Draft, Fail,
        Finish, Judge, Open, Order, Pay, Publish, Reject, Seal, Sign, Terminate, Uphold,
    };
    if dice.one_in(8) {
        let whole = [Order, Sign, Deliver, Accept, Bill, Pay, Confirm, Finish];
        return whole[..usize::try_from(1 + dice.below(whole.len() as u64)).unwrap()].to_vec();
    }
    let mut story = vec![Draft, Publish];
    if dice.one_in(2) {
        story.push(Answer);
    }
    story.push(Seal);
    if dice.one_in(3) {
        story.extend([Amend, Seal]);
    }
    if dice.one_in(10) {
        story.push(Cancel);
        return story;
    }
    story.extend([Close, Open, Judge]);
    if dice.one_in(10) {
        story.push(Fail);
        return story;
    }
    story.push(Award);
    if dice.one_in(3) {
        story.push(Complain);
        story.extend(if dice.one_in(2) { vec![Reject] } else { vec![Uphold, Award] });
    }
    story.extend([Activate, Sign]);
    if dice.one_in(3) {
        story.push(Change);
    }
    story.extend([Deliver, Accept, Bill, Pay]);
    if !dice.one_in(3) {
        story.push(Confirm);
    }
    story.push(if dice.one_in(4) { Terminate } else { Finish });
    if dice.one_in(2) {
        story.truncate(usize::try_from(1 + dice.below(story.len() as u64)).unwrap());
    }
    story
}

impl Process {
    /// Walks one step on, and tells which it was; none at the end.
    pub(crate) async fn walk(&mut self, world: &World) -> Option<Step> {
        let tx = world.services.db.begin().await.unwrap();
        let step = self.step(&tx, world).await;
        tx.commit().await.unwrap();
        step
    }

    /// Walks to the end, all at once.
    pub(crate) async fn walk_on(&mut self, world: &World) {
        let tx = world.services.db.begin().await.unwrap();
        while self.step(&tx, world).await.is_some() {}
        tx.commit().await.unwrap();
    }

    async fn step(&mut self, tx: &WriteTx, world: &World) -> Option<Step> {
        let step = self.story.pop_front()?;
        let passed =
            TimeDelta::hours(self.dice.between(1, 90)) + TimeDelta::microseconds(self.dice.between(0, 999_999));
        self.now = self.at.unwrap_or(self.now + passed);
        match step {
            Step::Draft => self.draft(tx).await,
            Step::Publish => self.publish(tx, world).await,
            Step::Answer => self.answer(tx, world).await,
            Step::Seal => self.seal(tx, world).await,
            Step::Amend => self.amend(tx).await,
            Step::Close => self.close(tx).await,
            Step::Open => self.open(tx).await,
            Step::Judge => self.judge(tx).await,
            Step::Award => self.award(tx).await,
            Step::Complain => self.complain(tx, world).await,
            Step::Reject => self.decide(tx, false).await,
            Step::Uphold => self.decide(tx, true).await,
            Step::Activate => self.activate(tx).await,
            Step::Cancel => self.end(tx, "CANCELLED").await,
            Step::Fail => self.end(tx, "UNSUCCESSFUL").await,
            Step::Order => self.order(tx, world.sellers[0], world.listing).await,
            Step::Sign => self.sign(tx).await,
            Step::Change => self.amend_contracts(tx).await,
            Step::Deliver => self.deliver(tx).await,
            Step::Accept => self.accept(tx).await,
            Step::Bill => self.bill(tx).await,
            Step::Pay => self.pay(tx).await,
            Step::Confirm => self.confirm(tx).await,
            Step::Finish => self.finish(tx, "COMPLETE").await,
            Step::Terminate => self.finish(tx, "TERMINATED").await,
        }
        Some(step)
    }

    fn id(&mut self) -> Uuid {
        self.ids.1 += 1;
        Uuid::from_u64_pair(self.ids.0, self.ids.1)
    }

    /// Begins the process.
    async fn begin(&self, tx: &WriteTx, kind: &str) {
        let row = [
            ("id", self.id.into()),
            ("kind", kind.into()),
            ("buyer_id", self.buyer.into()),
            ("ocid", self.ocid.as_str().into()),
            ("events", 0_i64.into()),
            ("released", 0_i64.into()),
            ("created_at", self.now.into()),
        ];
        write(tx, "procurement_process", row).await;
    }

    /// Appends an event that is to be published.
    async fn event(&self, tx: &WriteTx, tag: &str) {
        change(tx, "UPDATE procurement_process SET events = events + 1 WHERE id = $1", [self.id.into()]).await;
        let insert = sql(
            "INSERT INTO procurement_event (process_id, sequence, tag, at) \
             SELECT id, events, $2, $3 FROM procurement_process WHERE id = $1",
            [self.id.into(), tag.into(), self.now.into()],
        );
        assert_eq!(insert.run(&**tx).await.unwrap(), 1);
        outbox::append(tx, Topic::Process, self.id, self.now);
    }

    /// Freezes what organizations are: of some it is known with a document, of some only as they say, of some not at all.
    async fn freeze(&self, tx: &WriteTx, (kind, subject): (&str, Uuid), organizations: &[Uuid], at: Timestamp) {
        for organization in organizations {
            for (number, definition) in DEFINITIONS.into_iter().enumerate() {
                let (status, level, until) = match (organization.as_u128() + number as u128) % 4 {
                    0 => ("YES", Some("DOCUMENT_VERIFIED"), NaiveDate::from_ymd_opt(2027, 3, 31)),
                    1 => ("YES", Some("SELF_DECLARED"), None),
                    2 => ("NO", Some("SELF_DECLARED"), None),
                    _ => ("UNKNOWN", None, None),
                };
                let row = [
                    ("subject_kind", kind.into()),
                    ("subject_id", subject.into()),
                    ("organization_id", (*organization).into()),
                    ("definition", definition.into()),
                    ("status", status.into()),
                    ("evidence_level", level.into()),
                    ("evidence_until", until.into()),
                    ("assessed_on", day(at).into()),
                ];
                write(tx, "frozen_status", row).await;
            }
        }
    }
}
