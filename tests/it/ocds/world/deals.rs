//! Steps of contracts: from the signatures to the last payment.

use bfw::kernel::db::WriteTx;
use chrono::{Days, TimeDelta};
use serde_json::json;
use uuid::Uuid;

use super::{Award, Contract, Line, Process, change, day, write};

impl Process {
    /// A contract of an award, or of a listing that was ordered from.
    pub(super) async fn contract(
        &mut self,
        tx: &WriteTx,
        award: Option<&Award>,
        listing: Option<Uuid>,
        suppliers: Vec<(Uuid, i64)>,
        (price, quantity, amount): (i64, i64, i64),
    ) {
        // A process that begins with an order is the order's.
        let id = if listing.is_some() { self.id } else { self.id() };
        let row = [
            ("id", id.into()),
            ("process_id", self.id.into()),
            ("award_id", award.map(|award| award.id).into()),
            ("listing_id", listing.into()),
            ("buyer_id", self.buyer.into()),
            ("supplier_id", suppliers[0].0.into()),
            ("title", "Marché de mil".into()),
            ("status", "PENDING".into()),
            ("currency", self.currency.into()),
            ("amount_minor", amount.into()),
            ("signed_amount_minor", amount.into()),
            ("penalty_permille_a_day", 1_i64.into()),
            ("penalty_permille_max", 100_i64.into()),
            ("payment_days", 30_i64.into()),
            ("over_delivery_limit", 5_000_i64.into()),
            ("early_payment_permille", 0_i64.into()),
            ("early_payment_days", 0_i64.into()),
            ("version_in_force", 0_i64.into()),
            ("version", 1_i64.into()),
            ("created_at", self.now.into()),
            ("updated_at", self.now.into()),
        ];
        write(tx, "contract", row).await;
        for (supplier, share) in &suppliers {
            let row = [("contract_id", id.into()), ("organization_id", (*supplier).into()), ("share", (*share).into())];
            write(tx, "contract_supplier", row).await;
        }
        let line = Line { id: self.id(), quantity, price, amount };
        let (lot, product, unit) = self.goods(award.map(|award| award.lot));
        let row = [
            ("id", line.id.into()),
            ("contract_id", id.into()),
            ("position", 0_i64.into()),
            ("request_lot_id", lot.into()),
            ("title", "Mil".into()),
            ("product_code", product.into()),
            ("quantity", quantity.into()),
            ("unit", unit.into()),
            ("unit_price_minor", price.into()),
            ("amount_minor", amount.into()),
            ("place_code", Some("segou").into()),
            ("deliver_until", day(self.now).checked_add_days(Days::new(60)).into()),
            ("accepted", 0_i64.into()),
            ("billed", 0_i64.into()),
        ];
        write(tx, "contract_line", row).await;
        let contract =
            Contract { id, suppliers, line, version: 1, delivery: None, accepted: 0, invoice: None, payment: None };
        self.wording_of(tx, &contract, None).await;
        self.contracts.push(contract);
    }

    pub(super) async fn order(&mut self, tx: &WriteTx, seller: Uuid, listing: Uuid) {
        self.begin(tx, "DIRECT_ORDER").await;
        self.contract(tx, None, Some(listing), vec![(seller, 100_000)], (350, 120_500, 42_175)).await;
        self.freeze(tx, ("AWARD", self.id), &[seller], self.now).await;
        self.event(tx, "contractUpdate").await;
    }

    async fn wording_of(&self, tx: &WriteTx, contract: &Contract, rationale: Option<&str>) {
        let row = [
            ("contract_id", contract.id.into()),
            ("version", contract.version.into()),
            ("terms", json!({}).into()),
            ("rationale", rationale.into()),
            ("proposed_for", Some(self.buyer).into()),
            ("proposed_at", self.now.into()),
        ];
        write(tx, "contract_version", row).await;
    }

    async fn signatures(&self, tx: &WriteTx, contract: &Contract) {
        let suppliers = contract.suppliers.iter().map(|(supplier, _)| *supplier);
        for who in suppliers.chain([self.buyer]) {
            let row = [
                ("contract_id", contract.id.into()),
                ("version", contract.version.into()),
                ("organization_id", who.into()),
                ("signed_at", self.now.into()),
            ];
            write(tx, "contract_signature", row).await;
        }
        let text = "UPDATE contract SET status = 'ACTIVE', version_in_force = $2, signed_at = coalesce(signed_at, $3) WHERE id = $1";
        change(tx, text, [contract.id.into(), contract.version.into(), self.now.into()]).await;
    }

    pub(super) async fn sign(&mut self, tx: &WriteTx) {
        for contract in &self.contracts {
            self.signatures(tx, contract).await;
        }
        self.event(tx, "contract").await;
    }

    pub(super) async fn amend_contracts(&mut self, tx: &WriteTx) {
        for mut contract in std::mem::take(&mut self.contracts) {
            contract.version += 1;
            contract.line.amount += contract.line.price;
            contract.line.quantity += 1_000;
            self.wording_of(tx, &contract, Some("Davantage")).await;
            self.signatures(tx, &contract).await;
            let text = "UPDATE contract SET amount_minor = $2, version = $3 WHERE id = $1";
            change(tx, text, [contract.id.into(), contract.line.amount.into(), contract.version.into()]).await;
            let text = "UPDATE contract_line SET quantity = $2, amount_minor = $3 WHERE id = $1";
            change(tx, text, [contract.line.id.into(), contract.line.quantity.into(), contract.line.amount.into()])
                .await;
            self.contracts.push(contract);
        }
        self.event(tx, "contractAmendment").await;
    }

    pub(super) async fn deliver(&mut self, tx: &WriteTx) {
        for mut contract in std::mem::take(&mut self.contracts) {
            let id = self.id();
            let row = [
                ("id", id.into()),
                ("contract_id", contract.id.into()),
                ("contract_line_id", contract.line.id.into()),
                ("status", "DISPATCHED".into()),
                ("quantity", contract.line.quantity.into()),
                ("dispatched", Some(contract.line.quantity).into()),
                ("due_on", day(self.now).checked_add_days(Days::new(5)).into()),
                ("dispatched_at", Some(self.now).into()),
                ("created_at", self.now.into()),
                ("version", 1_i64.into()),
            ];
            write(tx, "contract_delivery", row).await;
            contract.delivery = Some(id);
            self.contracts.push(contract);
        }
        self.event(tx, "implementation").await;
    }

    /// All of it is accepted, some of it, or nothing.
    pub(super) async fn accept(&mut self, tx: &WriteTx) {
        for mut contract in std::mem::take(&mut self.contracts) {
            let quantity = contract.line.quantity;
            let (status, accepted) = match self.dice.below(6) {
                0 => ("REJECTED", 0),
                1 if quantity > 1 => ("PARTIALLY_ACCEPTED", quantity / 2),
                _ => ("ACCEPTED", quantity),
            };
            contract.accepted = accepted;
            let text = "UPDATE contract_delivery SET status = $2, received = quantity, accepted = $3, received_at = $4, \
                        accepted_at = $5 WHERE id = $1";
            let accepted_at = (accepted > 0).then_some(self.now);
            let received = self.now - TimeDelta::hours(1);
            change(
                tx,
                text,
                [contract.delivery.into(), status.into(), accepted.into(), received.into(), accepted_at.into()],
            )
            .await;
            let text = "UPDATE contract_line SET accepted = $2 WHERE id = $1";
            change(tx, text, [contract.line.id.into(), accepted.into()]).await;
            self.contracts.push(contract);
        }
        self.event(tx, "implementationUpdate").await;
    }

    pub(super) async fn bill(&mut self, tx: &WriteTx) {
        for mut contract in std::mem::take(&mut self.contracts) {
            if contract.accepted > 0 {
                let id = self.id();
                let gross = (contract.line.price * contract.accepted / 1_000).max(1);
                let penalty = if self.dice.one_in(3) { gross / 100 } else { 0 };
                let row = [
                    ("id", id.into()),
                    ("contract_id", contract.id.into()),
                    ("supplier_id", contract.suppliers[0].0.into()),
                    ("number", "F-1".into()),
                    ("status", "SUBMITTED".into()),
                    ("currency", self.currency.into()),
                    ("gross_minor", gross.into()),
                    ("penalty_minor", penalty.into()),
                    ("net_minor", (gross - penalty).into()),
                    ("discount_minor", 0_i64.into()),
                    ("paid_minor", 0_i64.into()),
                    ("submitted_at", self.now.into()),
                    ("due_on", day(self.now).checked_add_days(Days::new(30)).into()),
                    ("accepted_at", (self.now - TimeDelta::hours(2)).into()),
                    ("version", 1_i64.into()),
                ];
                write(tx, "invoice", row).await;
                let text = "UPDATE contract_line SET billed = accepted WHERE id = $1";
                change(tx, text, [contract.line.id.into()]).await;
                contract.invoice = Some((id, gross - penalty));
            }
            self.contracts.push(contract);
        }
        self.event(tx, "implementationUpdate").await;
    }

    pub(super) async fn pay(&mut self, tx: &WriteTx) {
        for mut contract in std::mem::take(&mut self.contracts) {
            if let Some((invoice, net)) = contract.invoice
                && net > 0
            {
                let id = self.id();
                let whole = self.dice.one_in(2) || net == 1;
                let minor = if whole { net } else { net / 2 };
                let row = [
                    ("id", id.into()),
                    ("invoice_id", invoice.into()),
                    ("payee_id", contract.suppliers[0].0.into()),
                    ("status", "RECORDED".into()),
                    ("minor", minor.into()),
                    ("currency", self.currency.into()),
                    ("paid_on", day(self.now).into()),
                    ("reference", "VIR-1".into()),
                    ("recorded_at", self.now.into()),
                    ("version", 1_i64.into()),
                ];
                write(tx, "payment", row).await;
                let text =
                    "UPDATE invoice SET status = $2, paid_minor = $3, paid_on = $4, decided_at = $5 WHERE id = $1";
                let status = if whole { "PAID" } else { "APPROVED" };
                let paid_on = whole.then_some(day(self.now));
                change(tx, text, [invoice.into(), status.into(), minor.into(), paid_on.into(), self.now.into()]).await;
                contract.payment = Some(id);
            }
            self.contracts.push(contract);
        }
        self.event(tx, "implementationUpdate").await;
    }

    pub(super) async fn confirm(&mut self, tx: &WriteTx) {
        let payments: Vec<Uuid> = self.contracts.iter().filter_map(|contract| contract.payment).collect();
        for payment in payments {
            let status = if self.dice.one_in(5) { "DISPUTED" } else { "CONFIRMED" };
            let text = "UPDATE payment SET status = $2, answered_at = $3 WHERE id = $1";
            change(tx, text, [payment.into(), status.into(), self.now.into()]).await;
        }
        self.event(tx, "implementationUpdate").await;
    }

    pub(super) async fn finish(&mut self, tx: &WriteTx, status: &str) {
        for contract in &self.contracts {
            let text = "UPDATE contract SET status = $2, ended_at = $3, ended_reason = 'Fini' WHERE id = $1";
            change(tx, text, [contract.id.into(), status.into(), self.now.into()]).await;
        }
        self.event(tx, "contractTermination").await;
    }
}
