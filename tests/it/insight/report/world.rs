//! Purchases written as rows past the use cases, so few that everything about them can be worked out by hand.

use bfw::kernel::{clock::Timestamp, db::WriteTx};
use chrono::NaiveDate;
use sea_orm::Value;
use serde_json::json;
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

    pub(super) async fn request(&self, asked: &Request<'_>) -> Written {
        let (request, lot) = (self.id(), self.id());
        self.process(request, "REQUEST", asked.buyer, 1, at(asked.published)).await;
        self.row(
            "procurement_request",
            [
                ("id", request.into()),
                ("buyer_id", asked.buyer.into()),
                ("title", "Achat".into()),
                ("title_folded", "achat".into()),
                ("language", "fr".into()),
                ("method", asked.method.into()),
                ("status", "AWARDING".into()),
                ("currency", asked.currency.into()),
                ("bid_deadline", at(asked.deadline).into()),
                ("standstill_days", 10_i64.into()),
                ("minimum_evaluators", 1_i64.into()),
                ("penalty_permille_a_day", 0_i64.into()),
                ("penalty_permille_max", 0_i64.into()),
                ("payment_days", 30_i64.into()),
                ("over_delivery_limit", 0_i64.into()),
                ("published_at", at(asked.published).into()),
                ("closed_at", at(asked.deadline).into()),
                ("opened_at", at(asked.opened).into()),
                ("created_at", at(asked.published).into()),
                ("updated_at", at(asked.opened).into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
        self.row(
            "request_lot",
            [
                ("id", lot.into()),
                ("request_id", request.into()),
                ("position", 0_i64.into()),
                ("title", "Lot 1".into()),
                ("status", "ACTIVE".into()),
                ("product_code", asked.product.into()),
                ("quantity", asked.grams.into()),
                ("unit", "KGM".into()),
                ("grams", asked.grams.into()),
                ("place_code", asked.place.into()),
                ("required_schemes", json!([]).into()),
                ("quality", json!([]).into()),
                ("estimated_minor", asked.estimated.into()),
            ],
        )
        .await;
        if let Some(percent) = asked.target {
            self.row(
                "gender_measure",
                [
                    ("id", self.id().into()),
                    ("request_id", request.into()),
                    ("kind", "TARGET".into()),
                    ("definition", "IWA34_WOMEN_OWNED".into()),
                    ("at_least_evidence", "SELF_DECLARED".into()),
                    ("percent", percent.into()),
                ],
            )
            .await;
        }
        for party in asked.invited {
            let row = [
                ("request_id", request.into()),
                ("organization_id", party.id.into()),
                ("invited_at", at(asked.published).into()),
            ];
            self.row("request_invitation", row).await;
        }
        let mut bids = Vec::new();
        for bid in asked.bids {
            bids.push(self.bid((request, lot), asked, bid).await);
        }
        Written { request, lot, bids }
    }

    async fn bid(&self, (request, lot): (Uuid, Uuid), asked: &Request<'_>, bid: &Bid<'_>) -> Uuid {
        let id = self.id();
        self.row(
            "bid",
            [
                ("id", id.into()),
                ("request_id", request.into()),
                ("bidder_tag", id.as_bytes().to_vec().into()),
                ("status", if bid.disqualified.is_some() { "DISQUALIFIED" } else { "VALID" }.into()),
                ("request_version", 1_i64.into()),
                ("receipt", vec![0_u8; 32].into()),
                ("sealed_at", at(asked.published).into()),
                ("opened_at", at(asked.opened).into()),
                ("bidder_id", bid.partners[0].0.id.into()),
                ("content", "{}".into()),
                ("amount_minor", bid.minor.into()),
                ("disqualified_reason", bid.disqualified.into()),
                ("version", 2_i64.into()),
            ],
        )
        .await;
        self.row(
            "bid_lot",
            [
                ("bid_id", id.into()),
                ("request_lot_id", lot.into()),
                ("unit_price_minor", 1_i64.into()),
                ("quantity", asked.grams.into()),
                ("amount_minor", bid.minor.into()),
            ],
        )
        .await;
        for (position, (party, share)) in bid.partners.iter().enumerate() {
            self.row(
                "bid_partner",
                [
                    ("bid_id", id.into()),
                    ("organization_id", party.id.into()),
                    ("share", (*share).into()),
                    ("is_lead", (position == 0).into()),
                ],
            )
            .await;
            self.freeze("BID", id, *party, asked.published).await;
        }
        id
    }

    /// Awards the lot to one of the bids.
    pub(super) async fn award(
        &self,
        (written, asked): (&Written, &Request<'_>),
        bid: usize,
        (awarded, in_force): (&str, &str),
    ) -> Uuid {
        let id = self.id();
        self.row(
            "award",
            [
                ("id", id.into()),
                ("request_id", written.request.into()),
                ("request_lot_id", written.lot.into()),
                ("bid_id", written.bids[bid].into()),
                ("status", "ACTIVE".into()),
                ("amount_minor", asked.bids[bid].minor.into()),
                ("currency", asked.currency.into()),
                ("rank", 1_i64.into()),
                ("points", 100_000_i64.into()),
                ("comparison", json!([]).into()),
                ("standstill_until", at(awarded).into()),
                ("awarded_at", at(awarded).into()),
                ("activated_at", at(in_force).into()),
                ("version", 2_i64.into()),
            ],
        )
        .await;
        for (party, _) in asked.bids[bid].partners {
            self.freeze("AWARD", id, *party, awarded).await;
        }
        id
    }

    pub(super) async fn contract(&self, made: &Contract<'_>) -> Agreed {
        let contract = if made.award.is_some() { self.id() } else { made.process };
        if made.award.is_none() {
            self.process(contract, "DIRECT_ORDER", made.buyer, 0, at(made.signed)).await;
            for (party, _) in made.suppliers {
                self.freeze("AWARD", contract, *party, made.signed).await;
            }
        }
        let version = if made.minor == made.signed_minor { 1_i64 } else { 2 };
        self.row(
            "contract",
            [
                ("id", contract.into()),
                ("process_id", made.process.into()),
                ("award_id", made.award.into()),
                ("listing_id", made.listing.into()),
                ("buyer_id", made.buyer.into()),
                ("supplier_id", made.suppliers[0].0.id.into()),
                ("title", "Achat".into()),
                ("status", "ACTIVE".into()),
                ("currency", made.currency.into()),
                ("amount_minor", made.minor.into()),
                ("signed_amount_minor", made.signed_minor.into()),
                ("penalty_permille_a_day", 0_i64.into()),
                ("penalty_permille_max", 0_i64.into()),
                ("payment_days", 30_i64.into()),
                ("over_delivery_limit", 0_i64.into()),
                ("early_payment_permille", 0_i64.into()),
                ("early_payment_days", 0_i64.into()),
                ("version_in_force", version.into()),
                ("version", version.into()),
                ("signed_at", at(made.signed).into()),
                ("created_at", at(made.signed).into()),
                ("updated_at", at(made.signed).into()),
            ],
        )
        .await;
        for (party, share) in made.suppliers {
            let row =
                [("contract_id", contract.into()), ("organization_id", party.id.into()), ("share", (*share).into())];
            self.row("contract_supplier", row).await;
        }
        let line = self.line(contract, made).await;
        let delivery = match made.arrived {
            Some((day, percent)) => Some(self.delivery((contract, line), made.grams, day, percent).await),
            None => None,
        };
        Agreed { contract, delivery, line }
    }

    async fn line(&self, contract: Uuid, made: &Contract<'_>) -> Uuid {
        let line = self.id();
        let until = made.deliver_until.map(on);
        self.row(
            "contract_line",
            [
                ("id", line.into()),
                ("contract_id", contract.into()),
                ("position", 0_i64.into()),
                ("title", "Achat".into()),
                ("product_code", made.product.into()),
                ("quantity", made.grams.into()),
                ("unit", "KGM".into()),
                ("grams", made.grams.into()),
                ("unit_price_minor", 1_i64.into()),
                ("amount_minor", made.minor.into()),
                ("place_code", made.place.into()),
                ("deliver_until", until.into()),
                ("accepted", 0_i64.into()),
                ("billed", 0_i64.into()),
            ],
        )
        .await;
        line
    }

    async fn delivery(&self, (contract, line): (Uuid, Uuid), quantity: i64, day: &str, percent: i64) -> Uuid {
        let id = self.id();
        let accepted = at(day) + chrono::TimeDelta::days(2);
        self.row(
            "contract_delivery",
            [
                ("id", id.into()),
                ("contract_id", contract.into()),
                ("contract_line_id", line.into()),
                ("status", if percent == 100 { "ACCEPTED" } else { "PARTIALLY_ACCEPTED" }.into()),
                ("quantity", quantity.into()),
                ("received", quantity.into()),
                ("accepted", (quantity * percent / 100).into()),
                ("due_on", on(day).into()),
                ("received_at", at(day).into()),
                ("accepted_at", accepted.into()),
                ("created_at", at(day).into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
        id
    }

    /// An invoice: submitted, accepted, due; paid in full on a day or not.
    pub(super) async fn invoice(
        &self,
        agreed: Agreed,
        supplier: Party,
        (minor, currency): (i64, &str),
        [submitted, accepted, due]: [&str; 3],
        paid: Option<&str>,
    ) -> Uuid {
        let id = self.id();
        self.row(
            "invoice",
            [
                ("id", id.into()),
                ("contract_id", agreed.contract.into()),
                ("supplier_id", supplier.id.into()),
                ("number", id.to_string().into()),
                ("status", if paid.is_some() { "PAID" } else { "APPROVED" }.into()),
                ("currency", currency.into()),
                ("gross_minor", minor.into()),
                ("penalty_minor", 0_i64.into()),
                ("net_minor", minor.into()),
                ("discount_minor", 0_i64.into()),
                ("paid_minor", 0_i64.into()),
                ("submitted_at", at(submitted).into()),
                ("due_on", on(due).into()),
                ("accepted_at", at(accepted).into()),
                ("paid_on", paid.map(on).into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
        id
    }

    pub(super) async fn payment(
        &self,
        invoice: Uuid,
        payee: Party,
        (minor, currency): (i64, &str),
        day: &str,
        status: &str,
    ) {
        let id = self.id();
        self.row(
            "payment",
            [
                ("id", id.into()),
                ("invoice_id", invoice.into()),
                ("payee_id", payee.id.into()),
                ("status", status.into()),
                ("minor", minor.into()),
                ("currency", currency.into()),
                ("paid_on", on(day).into()),
                ("reference", id.to_string().into()),
                ("recorded_at", at(day).into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
    }

    pub(super) async fn complaint(
        &self,
        (request, award): (Uuid, Uuid),
        by: Party,
        status: &str,
        filed: &str,
        decided: Option<&str>,
    ) {
        self.row(
            "complaint",
            [
                ("id", self.id().into()),
                ("request_id", request.into()),
                ("award_id", award.into()),
                ("organization_id", by.id.into()),
                ("level", "GRACIOUS".into()),
                ("status", status.into()),
                ("grounds", "Prix".into()),
                ("filed_at", at(filed).into()),
                ("decided_at", decided.map(at).into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
    }

    /// A lot that a producer brought, what she was paid for it, and whether she confirmed that.
    pub(super) async fn brought(&self, to: Uuid, gender: &str, minor: i64, confirmed: bool) -> Uuid {
        let (producer, event, lot, payment) = (self.id(), self.id(), self.id(), self.id());
        let now = at("08-01");
        self.row(
            "producer",
            [
                ("id", producer.into()),
                ("organization_id", to.into()),
                ("code", producer.to_string().into()),
                ("name_folded", "x".into()),
                ("gender", gender.into()),
                ("pseudonym", producer.to_string().into()),
                ("created_at", now.into()),
                ("updated_at", now.into()),
                ("version", 1_i64.into()),
            ],
        )
        .await;
        let sequence = i64::from(u32::try_from(event.as_u128() & 0x7fff_ffff).unwrap()) + 1;
        self.row(
            "trace_event",
            [
                ("id", event.into()),
                ("organization_id", to.into()),
                ("sequence", sequence.into()),
                ("kind", "DELIVERY".into()),
                ("event_time", now.into()),
                ("recorded_at", now.into()),
                ("body", "{}".into()),
                ("event_hash", event.as_bytes().repeat(2).into()),
                ("hash", event.as_bytes().repeat(2).into()),
                ("event_uri", "".into()),
                ("event_type", "".into()),
                ("declares_error", false.into()),
            ],
        )
        .await;
        self.lot(lot, event, to).await;
        self.row(
            "delivery",
            [
                ("event_id", event.into()),
                ("lot_id", lot.into()),
                ("producer_id", producer.into()),
                ("grams", 1_000_i64.into()),
                ("quantity", 1_000_i64.into()),
                ("unit", "KGM".into()),
            ],
        )
        .await;
        self.row(
            "producer_payment",
            [
                ("id", payment.into()),
                ("delivery_id", event.into()),
                ("minor", minor.into()),
                ("currency", "XOF".into()),
                ("paid_at", now.into()),
                ("created_at", now.into()),
            ],
        )
        .await;
        self.row(
            "producer_confirmation",
            [
                ("id", self.id().into()),
                ("producer_id", producer.into()),
                ("delivery_id", event.into()),
                ("payment_id", payment.into()),
                ("code_digest", payment.as_bytes().to_vec().into()),
                ("channel", "SLIP".into()),
                ("issued_at", now.into()),
                ("expires_at", at("12-01").into()),
                ("confirmed_at", confirmed.then_some(now).into()),
            ],
        )
        .await;
        lot
    }

    async fn lot(&self, lot: Uuid, event: Uuid, of: Uuid) {
        let now = at("08-01");
        self.row(
            "lot",
            [
                ("id", lot.into()),
                ("code", lot.to_string().into()),
                ("product_code", "millet".into()),
                ("organization_id", of.into()),
                ("maker_id", of.into()),
                ("grams", 1_000_i64.into()),
                ("left_grams", 1_000_i64.into()),
                ("reserved_grams", 0_i64.into()),
                ("custody", "SEGREGATED".into()),
                ("status", "AVAILABLE".into()),
                ("holds", 0_i64.into()),
                ("waived", false.into()),
                ("made_by", event.into()),
                ("made_at", now.into()),
                ("touched_at", now.into()),
                ("created_at", now.into()),
            ],
        )
        .await;
    }

    /// A lot that others were put together to.
    pub(super) async fn blended(&self, of: Uuid, parents: &[Uuid]) -> Uuid {
        let lot = self.id();
        self.lot(lot, self.id(), of).await;
        for parent in parents {
            let row = [("child_id", lot.into()), ("parent_id", (*parent).into()), ("grams", 500_i64.into())];
            self.row("lot_edge", row).await;
        }
        lot
    }

    /// Lots that were delivered under a contract.
    pub(super) async fn handed_over(&self, agreed: Agreed, lots: &[Uuid]) {
        for lot in lots {
            let delivery = agreed.delivery.unwrap();
            let row = [("delivery_id", delivery.into()), ("lot_id", (*lot).into()), ("grams", 500_i64.into())];
            self.row("contract_delivery_lot", row).await;
        }
    }
}
