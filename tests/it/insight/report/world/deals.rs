//! What is agreed on, delivered, billed and paid.

use uuid::Uuid;

use super::{Agreed, Contract, Party, Writer, at, on};

impl Writer<'_> {
    pub(in crate::insight::report) async fn contract(&self, made: &Contract<'_>) -> Agreed {
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
    pub(in crate::insight::report) async fn invoice(
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

    pub(in crate::insight::report) async fn payment(
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
}
