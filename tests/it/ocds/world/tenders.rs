//! Steps of a request: from the draft to the award that takes force.

use bfw::kernel::db::WriteTx;
use chrono::{Days, TimeDelta};
use sea_orm::Value;
use serde_json::json;
use uuid::Uuid;

use super::{Award, Bid, Lot, Process, World, change, day, write};

const PRODUCTS: [(&str, &str); 4] = [("millet", "KGM"), ("shea-butter", "KGM"), ("fonio", "SAC50"), ("maize", "TNE")];

impl Process {
    pub(super) async fn draft(&mut self, tx: &WriteTx) {
        self.begin(tx, "REQUEST").await;
        let rationale = (self.method != "OPEN").then_some("Peu de fournisseurs");
        let enquiries = (!self.dice.one_in(3)).then_some(self.now + TimeDelta::days(10));
        let row: [(&str, Value); 21] = [
            ("id", self.id.into()),
            ("buyer_id", self.buyer.into()),
            ("title", "Mil, fonio et beurre de karité".into()),
            ("title_folded", "mil, fonio et beurre de karite".into()),
            ("description", self.dice.one_in(2).then_some("Pour les cantines de l'année").into()),
            ("language", "fr".into()),
            ("method", self.method.into()),
            ("method_rationale", rationale.into()),
            ("status", "DRAFT".into()),
            ("currency", self.currency.into()),
            ("budget_minor", self.dice.one_in(2).then(|| self.dice.between(1, 9_000_001)).into()),
            ("enquiry_deadline", enquiries.into()),
            ("bid_deadline", (self.now + TimeDelta::days(20)).into()),
            ("standstill_days", 10_i64.into()),
            ("minimum_evaluators", 1_i64.into()),
            ("penalty_permille_a_day", 1_i64.into()),
            ("penalty_permille_max", 100_i64.into()),
            ("payment_days", 30_i64.into()),
            ("over_delivery_limit", 5_000_i64.into()),
            ("created_at", self.now.into()),
            ("updated_at", self.now.into()),
        ];
        let mut columns = row.to_vec();
        columns.push(("version", 1_i64.into()));
        let columns: [(&str, Value); 22] = columns.try_into().unwrap();
        write(tx, "procurement_request", columns).await;
        for position in 0..self.dice.between(1, 3) {
            let (product, unit) = self.dice.of(&PRODUCTS);
            let lot = Lot { id: self.id(), product, quantity: self.dice.between(1, 500_000), unit, stands: true };
            let until = day(self.now).checked_add_days(Days::new(90)).unwrap();
            let schemes = if self.dice.one_in(3) { json!(["ORGANIC_EU"]) } else { json!([]) };
            let quality = if self.dice.one_in(3) {
                json!([{ "attribute": "moisture", "minimum": null, "maximum": 12_500 }])
            } else {
                json!([])
            };
            let row = [
                ("id", lot.id.into()),
                ("request_id", self.id.into()),
                ("position", position.into()),
                ("title", format!("Lot {}", position + 1).into()),
                ("status", "ACTIVE".into()),
                ("product_code", product.into()),
                ("quantity", lot.quantity.into()),
                ("unit", unit.into()),
                ("grams", self.dice.one_in(2).then_some(lot.quantity).into()),
                ("place_code", (!self.dice.one_in(4)).then_some("segou").into()),
                ("delivery_from", self.dice.one_in(2).then_some(day(self.now)).into()),
                ("delivery_until", Some(until).into()),
                ("required_schemes", schemes.into()),
                ("quality", quality.into()),
                ("estimated_minor", self.dice.one_in(2).then(|| self.dice.between(1, 5_000_003)).into()),
            ];
            write(tx, "request_lot", row).await;
            self.lots.push(lot);
        }
        let criteria: &[(&str, i64)] = if self.dice.one_in(3) {
            &[("PRICE", 100_000)]
        } else {
            &[("PRICE", 59_900), ("QUALITY", 30_100), ("WOMEN_STATUS", 10_000)]
        };
        for (position, (kind, weight)) in criteria.iter().enumerate() {
            let row = [
                ("id", self.id().into()),
                ("request_id", self.id.into()),
                ("position", i64::try_from(position).unwrap().into()),
                ("name", format!("Critère {kind}").into()),
                ("kind", (*kind).into()),
                ("weight", (*weight).into()),
            ];
            write(tx, "request_criterion", row).await;
        }
        for kind in ["RESERVED_PARTICIPATION", "MARGIN_OF_PREFERENCE", "AWARD_CRITERION", "LOT_SIZING", "TARGET"] {
            if !self.dice.one_in(4) {
                continue;
            }
            let lot = self.dice.one_in(2).then(|| self.lots[0].id);
            let row = [
                ("id", self.id().into()),
                ("request_id", self.id.into()),
                ("request_lot_id", lot.into()),
                ("kind", kind.into()),
                ("definition", "IWA34_WOMEN_OWNED".into()),
                ("at_least_evidence", "DOCUMENT_VERIFIED".into()),
                ("percent", (kind == "MARGIN_OF_PREFERENCE" || kind == "TARGET").then_some(7_500_i64).into()),
                ("source", Some("Décision 2025-118").into()),
            ];
            write(tx, "gender_measure", row).await;
        }
    }

    pub(super) async fn publish(&mut self, tx: &WriteTx, world: &World) {
        self.wording(tx, None).await;
        let text = "UPDATE procurement_request SET status = 'PUBLISHED', published_at = $2 WHERE id = $1";
        change(tx, text, [self.id.into(), self.now.into()]).await;
        if self.method != "OPEN" {
            for seller in &world.sellers[..2] {
                let row = [
                    ("request_id", self.id.into()),
                    ("organization_id", (*seller).into()),
                    ("invited_at", self.now.into()),
                ];
                write(tx, "request_invitation", row).await;
            }
        }
        self.event(tx, "tender").await;
    }

    async fn wording(&self, tx: &WriteTx, rationale: Option<&str>) {
        let row = [
            ("request_id", self.id.into()),
            ("version", self.version.into()),
            ("terms", json!({}).into()),
            ("rationale", rationale.into()),
            ("created_at", self.now.into()),
        ];
        write(tx, "request_version", row).await;
    }

    /// Two questions, of which one is answered.
    pub(super) async fn answer(&mut self, tx: &WriteTx, world: &World) {
        for answered in [true, false] {
            let id = self.id();
            let asking = self.dice.of(&world.sellers);
            let row = [
                ("id", id.into()),
                ("request_id", self.id.into()),
                ("organization_id", asking.into()),
                ("question", "Les sacs sont-ils repris ?".into()),
                ("asked_at", (self.now - TimeDelta::minutes(30)).into()),
                ("answer", answered.then_some("Oui.").into()),
                ("answered_at", answered.then_some(self.now).into()),
            ];
            write(tx, "request_question", row).await;
            self.questions.push(id);
        }
        self.event(tx, "tenderUpdate").await;
    }

    /// Bids are sealed: one alone, or several together. Nothing of them can be read.
    pub(super) async fn seal(&mut self, tx: &WriteTx, world: &World) {
        for _ in 0..self.dice.between(1, 4) {
            let id = self.id();
            let first = self.dice.below(world.sellers.len() as u64);
            let count = if self.dice.one_in(3) { 3 } else { 1 };
            let seller =
                |offset: u64| world.sellers[usize::try_from((first + offset) % world.sellers.len() as u64).unwrap()];
            let partners = match count {
                1 => vec![(seller(0), 100_000)],
                _ => vec![(seller(0), 33_334), (seller(1), 33_333), (seller(2), 33_333)],
            };
            let mut offers = Vec::new();
            for lot in 0..self.lots.len() {
                if self.lots[lot].stands && (lot == 0 || self.dice.one_in(2)) {
                    let (price, quantity) = (self.dice.between(1, 4_000), self.lots[lot].quantity);
                    offers.push((lot, price, quantity, (price * quantity / 1_000).max(1)));
                }
            }
            let row = [
                ("id", id.into()),
                ("request_id", self.id.into()),
                ("bidder_tag", id.as_bytes().to_vec().into()),
                ("status", "SEALED".into()),
                ("request_version", self.version.into()),
                ("sealed", b"hidden".to_vec().into()),
                ("receipt", vec![7_u8; 32].into()),
                ("sealed_at", self.now.into()),
                ("version", 1_i64.into()),
            ];
            write(tx, "bid", row).await;
            self.bids.push(Bid { id, sealed_at: self.now, partners, offers, valid: false });
        }
    }

    /// Another wording: more time, other words, and a lot less where there are several. What was bid lapses.
    pub(super) async fn amend(&mut self, tx: &WriteTx) {
        self.version += 1;
        self.wording(tx, Some("Plus de temps")).await;
        let text = "UPDATE procurement_request SET version = $2, bid_deadline = $3, description = NULL, budget_minor = NULL, \
                    enquiry_deadline = NULL WHERE id = $1";
        let later = self.now + TimeDelta::days(40);
        change(tx, text, [self.id.into(), self.version.into(), later.into()]).await;
        let text =
            "UPDATE request_lot SET estimated_minor = NULL, delivery_from = NULL, place_code = NULL WHERE id = $1";
        change(tx, text, [self.lots[0].id.into()]).await;
        if self.lots.len() > 1 {
            let last = self.lots.last_mut().unwrap();
            last.stands = false;
            change(tx, "UPDATE request_lot SET status = 'CANCELLED' WHERE id = $1", [last.id.into()]).await;
        }
        change(tx, "UPDATE bid SET status = 'LAPSED' WHERE request_id = $1", [self.id.into()]).await;
        self.bids.clear();
        self.event(tx, "tenderAmendment").await;
    }

    pub(super) async fn close(&mut self, tx: &WriteTx) {
        let text = "UPDATE procurement_request SET closed_at = $2 WHERE id = $1";
        change(tx, text, [self.id.into(), self.now.into()]).await;
        self.event(tx, "tenderUpdate").await;
    }

    pub(super) async fn open(&mut self, tx: &WriteTx) {
        let text = "UPDATE procurement_request SET status = 'OPENED', opened_at = $2 WHERE id = $1";
        change(tx, text, [self.id.into(), self.now.into()]).await;
        for bid in &self.bids {
            let amount: i64 = bid.offers.iter().map(|offer| offer.3).sum();
            let text = "UPDATE bid SET status = 'OPENED', opened_at = $2, bidder_id = $3, content = '{}', amount_minor = $4, \
                        sealed = NULL WHERE id = $1";
            change(tx, text, [bid.id.into(), self.now.into(), bid.partners[0].0.into(), amount.into()]).await;
            for (lot, price, quantity, amount) in &bid.offers {
                let row = [
                    ("bid_id", bid.id.into()),
                    ("request_lot_id", self.lots[*lot].id.into()),
                    ("unit_price_minor", (*price).into()),
                    ("quantity", (*quantity).into()),
                    ("amount_minor", (*amount).into()),
                ];
                write(tx, "bid_lot", row).await;
            }
            for (position, (partner, share)) in bid.partners.iter().enumerate() {
                let row = [
                    ("bid_id", bid.id.into()),
                    ("organization_id", (*partner).into()),
                    ("share", (*share).into()),
                    ("is_lead", (position == 0).into()),
                ];
                write(tx, "bid_partner", row).await;
            }
            let who: Vec<Uuid> = bid.partners.iter().map(|(partner, _)| *partner).collect();
            self.freeze(tx, ("BID", bid.id), &who, bid.sealed_at).await;
        }
        self.event(tx, "tenderUpdate").await;
    }

    /// All bids but now and then one answer the request.
    pub(super) async fn judge(&mut self, tx: &WriteTx) {
        change(tx, "UPDATE procurement_request SET status = 'EVALUATING' WHERE id = $1", [self.id.into()]).await;
        for position in 0..self.bids.len() {
            let valid = position == 0 || !self.dice.one_in(3);
            self.bids[position].valid = valid;
            let text = if valid {
                "UPDATE bid SET status = 'VALID' WHERE id = $1"
            } else {
                "UPDATE bid SET status = 'DISQUALIFIED', disqualified_reason = 'ABNORMALLY_LOW' WHERE id = $1"
            };
            change(tx, text, [self.bids[position].id.into()]).await;
        }
    }

    /// Each lot that waits for an award gets one.
    pub(super) async fn award(&mut self, tx: &WriteTx) {
        change(tx, "UPDATE procurement_request SET status = 'AWARDING' WHERE id = $1", [self.id.into()]).await;
        for lot in 0..self.lots.len() {
            if !self.lots[lot].stands || self.awards.iter().any(|award| award.lot == lot && !award.ended) {
                continue;
            }
            let taken: Vec<usize> =
                self.awards.iter().filter(|award| award.lot == lot).map(|award| award.bid).collect();
            let offers = |bid: &Bid| bid.valid && bid.offers.iter().any(|offer| offer.0 == lot);
            let Some(bid) = (0..self.bids.len()).find(|bid| offers(&self.bids[*bid]) && !taken.contains(bid)) else {
                continue;
            };
            let amount = self.bids[bid].offers.iter().find(|offer| offer.0 == lot).unwrap().3;
            let id = self.id();
            let row = [
                ("id", id.into()),
                ("request_id", self.id.into()),
                ("request_lot_id", self.lots[lot].id.into()),
                ("bid_id", self.bids[bid].id.into()),
                ("status", "PENDING".into()),
                ("amount_minor", amount.into()),
                ("currency", self.currency.into()),
                ("rank", 1_i64.into()),
                ("points", 87_125_i64.into()),
                ("comparison", json!([]).into()),
                ("rationale", self.dice.one_in(2).then_some("La meilleure offre").into()),
                ("standstill_until", (self.now + TimeDelta::days(10)).into()),
                ("awarded_at", self.now.into()),
                ("version", 1_i64.into()),
            ];
            write(tx, "award", row).await;
            let who: Vec<Uuid> = self.bids[bid].partners.iter().map(|(partner, _)| *partner).collect();
            self.freeze(tx, ("AWARD", id), &who, self.now).await;
            self.awards.push(Award { id, lot, bid, ended: false });
        }
        self.event(tx, "award").await;
    }

    pub(super) async fn complain(&mut self, tx: &WriteTx, world: &World) {
        let (id, complainant) = (self.id(), self.dice.of(&world.sellers));
        let award = self.awards.iter().position(|award| !award.ended);
        let row = [
            ("id", id.into()),
            ("request_id", self.id.into()),
            ("award_id", award.map(|award| self.awards[award].id).into()),
            ("organization_id", complainant.into()),
            ("level", "GRACIOUS".into()),
            ("status", "OPEN".into()),
            ("grounds", "Le prix".into()),
            ("filed_at", self.now.into()),
            ("version", 1_i64.into()),
        ];
        write(tx, "complaint", row).await;
        self.complaint = Some((id, award.unwrap_or_default()));
        self.event(tx, "awardUpdate").await;
    }

    pub(super) async fn decide(&mut self, tx: &WriteTx, upheld: bool) {
        let (complaint, award) = self.complaint.take().unwrap();
        let text = "UPDATE complaint SET status = $2, decision = 'Vu', decided_at = $3 WHERE id = $1";
        let status = if upheld { "UPHELD" } else { "REJECTED" };
        change(tx, text, [complaint.into(), status.into(), self.now.into()]).await;
        if upheld && let Some(award) = self.awards.get_mut(award) {
            award.ended = true;
            let text = "UPDATE award SET status = 'CANCELLED', ended_at = $2, ended_reason = 'Recours' WHERE id = $1";
            change(tx, text, [award.id.into(), self.now.into()]).await;
            self.event(tx, "awardCancellation").await;
        } else {
            self.event(tx, "awardUpdate").await;
        }
    }

    /// Awards take force, and a contract is made of each.
    pub(super) async fn activate(&mut self, tx: &WriteTx) {
        let awards: Vec<Award> = self.awards.iter().filter(|award| !award.ended).cloned().collect();
        for award in &awards {
            let text = "UPDATE award SET status = 'ACTIVE', activated_at = $2 WHERE id = $1";
            change(tx, text, [award.id.into(), self.now.into()]).await;
            let text = "UPDATE request_lot SET status = 'COMPLETE' WHERE id = $1";
            change(tx, text, [self.lots[award.lot].id.into()]).await;
            let suppliers = self.bids[award.bid].partners.clone();
            let offer = *self.bids[award.bid].offers.iter().find(|offer| offer.0 == award.lot).unwrap();
            self.contract(tx, Some(award), None, suppliers, (offer.1, offer.2, offer.3)).await;
        }
        let text = "UPDATE request_lot SET status = 'UNSUCCESSFUL' WHERE request_id = $1 AND status = 'ACTIVE'";
        bfw::kernel::db::sql(text, [self.id.into()]).run(&**tx).await.unwrap();
        let text = "UPDATE procurement_request SET status = 'COMPLETE', ended_at = $2 WHERE id = $1";
        change(tx, text, [self.id.into(), self.now.into()]).await;
        self.event(tx, "awardUpdate").await;
    }

    pub(super) async fn end(&mut self, tx: &WriteTx, status: &str) {
        let text =
            "UPDATE procurement_request SET status = $2, ended_at = $3, ended_reason = 'Plus de fonds' WHERE id = $1";
        change(tx, text, [self.id.into(), status.into(), self.now.into()]).await;
        self.event(tx, "tenderCancellation").await;
    }

    /// The product of a lot, and its unit.
    pub(super) fn goods(&self, lot: Option<usize>) -> (Option<Uuid>, &'static str, &'static str) {
        lot.map_or((None, "millet", "KGM"), |lot| {
            let lot = &self.lots[lot];
            (Some(lot.id), lot.product, lot.unit)
        })
    }
}
