//! What producers brought, what they were paid, and where it went.

use uuid::Uuid;

use super::{Agreed, Writer, at};

impl Writer<'_> {
    /// A lot that a producer brought, what she was paid for it, and whether she confirmed that.
    pub(in crate::insight::report) async fn brought(
        &self,
        to: Uuid,
        gender: &str,
        minor: i64,
        confirmed: bool,
    ) -> Uuid {
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
    pub(in crate::insight::report) async fn blended(&self, of: Uuid, parents: &[Uuid]) -> Uuid {
        let lot = self.id();
        self.lot(lot, self.id(), of).await;
        for parent in parents {
            let row = [("child_id", lot.into()), ("parent_id", (*parent).into()), ("grams", 500_i64.into())];
            self.row("lot_edge", row).await;
        }
        lot
    }

    /// Lots that were delivered under a contract.
    pub(in crate::insight::report) async fn handed_over(&self, agreed: Agreed, lots: &[Uuid]) {
        for lot in lots {
            let delivery = agreed.delivery.unwrap();
            let row = [("delivery_id", delivery.into()), ("lot_id", (*lot).into()), ("grams", 500_i64.into())];
            self.row("contract_delivery_lot", row).await;
        }
    }
}
