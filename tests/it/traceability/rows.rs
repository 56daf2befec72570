//! Rows of the room, written past its use cases: for tests of what is read.

use std::sync::atomic::{AtomicI64, Ordering};

use bfw::{
    accounts::OrganizationId,
    kernel::{
        clock::Timestamp,
        db::{Sql, sql},
    },
};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::TestApp;

/// An instant of the season before the tests begin: `"10-03"` is the morning of 3 October 2026.
pub(super) fn on(day: &str) -> Timestamp {
    format!("2026-{day}T09:00:00Z").parse().unwrap()
}

/// A lot that is to be written.
#[derive(Debug, Clone)]
pub(super) struct LotRow<'a> {
    /// What stands on its label.
    pub(super) code: &'a str,
    /// The product, by its code.
    pub(super) product: &'a str,
    /// Who made it.
    pub(super) maker: Uuid,
    /// Where.
    pub(super) place: Option<&'a str>,
    /// What it weighed.
    pub(super) kilograms: i64,
    /// What made it.
    pub(super) kind: &'a str,
    /// When, as [`on`] has it.
    pub(super) made_on: &'a str,
    /// What it was made of, in kilograms.
    pub(super) of: &'a [(Made, i64)],
}

/// A lot that was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// The lot.
    pub(super) lot: Uuid,
    /// The event that made it.
    pub(super) event: Uuid,
}

/// Writes rows of an application.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a>(pub(super) &'a TestApp);

impl Rows<'_> {
    fn id(self) -> Uuid {
        self.0.app.services.ids.next_uuid()
    }

    async fn write(self, statement: Sql) {
        let tx = self.0.app.services.db.begin().await.unwrap();
        assert!(statement.run(&*tx).await.unwrap() > 0);
        tx.commit().await.unwrap();
    }

    /// A cooperative or a firm, through the API. Its owner has an address made of its name.
    pub(super) async fn organization(self, kind: &str, name: &str, place: &str) -> (String, Uuid) {
        let email = format!("{}@exemple.ml", name.to_lowercase().replace(' ', "-"));
        let token = self.0.sign_up(&email).await;
        let mutation = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) { \
                        organization { id } userErrors { code message path } } }";
        let input = serde_json::json!({ "kind": kind, "name": name, "placeCode": place, "phone": "76123456" });
        let payload = self.0.expect_payload(Some(&token), mutation, input).await;
        let id: OrganizationId = payload["organization"]["id"].as_str().unwrap().parse().unwrap();
        (token, id.uuid())
    }

    /// A producer. Her number is her name.
    pub(super) async fn producer(self, organization: Uuid, name: &str, gender: &str, is_named: bool) -> Uuid {
        let (id, now) = (self.id(), on("01-05"));
        let text = "INSERT INTO producer (id, organization_id, code, name, name_folded, gender, pseudonym, \
                    name_public_since, created_at, updated_at, version) \
                    VALUES ($1, $2, $3, $3, $3, $4, $5, $6, $7, $7, 1)";
        let values = [
            id.into(),
            organization.into(),
            name.into(),
            gender.into(),
            id.to_string().into(),
            is_named.then_some(now).into(),
            now.into(),
        ];
        self.write(sql(text, values)).await;
        id
    }

    /// An event about lots, by their codes.
    pub(super) async fn event(
        self,
        organization: Uuid,
        kind: &str,
        day: &str,
        codes: &[&str],
        body: &Value,
        corrects: Option<Uuid>,
    ) -> Uuid {
        static SEQUENCE: AtomicI64 = AtomicI64::new(1);
        let id = self.id();
        let text =
            "INSERT INTO trace_event (id, organization_id, sequence, kind, event_time, recorded_at, body, event_hash, \
                    corrects, hash, event_uri, event_type, declares_error)
                    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $7, '', '', $8 IS NOT NULL)";
        let values = [
            id.into(),
            organization.into(),
            SEQUENCE.fetch_add(1, Ordering::Relaxed).into(),
            kind.into(),
            on(day).into(),
            body.to_string().into(),
            vec![0_u8; 32].into(),
            corrects.into(),
        ];
        self.write(sql(text, values)).await;
        for code in codes {
            let text = "INSERT INTO trace_event_epc (epc, event_id, role) VALUES ($1, $2, 'OBJECT')";
            self.write(sql(text, [(*code).into(), id.into()])).await;
        }
        id
    }

    /// A lot with the event that made it, which is about its inputs, too.
    pub(super) async fn lot(self, row: LotRow<'_>) -> Made {
        let mut codes = vec![row.code.to_owned()];
        for (input, _) in row.of {
            let text = "SELECT code FROM lot WHERE id = $1";
            let found = sql(text, [input.lot.into()]).one(self.0.app.services.db.read()).await.unwrap().unwrap();
            codes.push(found.get(0).unwrap());
        }
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let event = self.event(row.maker, row.kind, row.made_on, &codes, &Value::Null, None).await;
        let made = Made { lot: self.id(), event };
        self.insert_lot(&row, made).await;
        for (input, kilograms) in row.of {
            let text = "INSERT INTO lot_edge (child_id, parent_id, grams) VALUES ($1, $2, $3)";
            self.write(sql(text, [made.lot.into(), input.lot.into(), (kilograms * 1_000).into()])).await;
        }
        made
    }

    async fn insert_lot(self, row: &LotRow<'_>, made: Made) {
        let text = "INSERT INTO lot (id, code, product_code, organization_id, maker_id, place_code, grams, left_grams, \
                    reserved_grams, custody, status, holds, waived, made_by, made_at, touched_at, created_at) \
                    VALUES ($1, $2, $3, $4, $4, $5, $6, $6, 0, 'SEGREGATED', 'AVAILABLE', 0, false, $7, $8, $8, $8)";
        let values = [
            made.lot.into(),
            row.code.into(),
            row.product.into(),
            row.maker.into(),
            row.place.into(),
            (row.kilograms * 1_000).into(),
            made.event.into(),
            on(row.made_on).into(),
        ];
        self.write(sql(text, values)).await;
    }

    /// A delivery that became a lot of its own.
    pub(super) async fn delivery(self, producer: Uuid, row: LotRow<'_>, is_confirmed: bool) -> Made {
        let grams = row.kilograms * 1_000;
        let made = self.lot(row).await;
        let text = "INSERT INTO delivery (event_id, lot_id, producer_id, grams, quantity, unit) \
                    VALUES ($1, $2, $3, $4, $4, 'KGM')";
        self.write(sql(text, [made.event.into(), made.lot.into(), producer.into(), grams.into()])).await;
        let text = "INSERT INTO producer_confirmation (id, producer_id, delivery_id, code_digest, channel, issued_at, \
                    expires_at, confirmed_at) VALUES ($1, $2, $3, $4, 'SMS', $5, $6, $7)";
        let (id, confirmed) = (self.id(), is_confirmed.then(|| on("10-30")));
        let digest = id.as_bytes().to_vec();
        let (issued, expires) = (on("09-01"), on("12-30"));
        let values = [
            id.into(),
            producer.into(),
            made.event.into(),
            digest.into(),
            issued.into(),
            expires.into(),
            confirmed.into(),
        ];
        self.write(sql(text, values)).await;
        made
    }

    /// Declares the event that made a lot an error.
    pub(super) async fn declare_error(self, organization: Uuid, made: Made) {
        self.event(organization, "CORRECTION", "11-01", &[], &Value::Null, Some(made.event)).await;
        self.write(sql("UPDATE lot SET status = 'VOID' WHERE id = $1", [made.lot.into()])).await;
    }

    /// Recalls a lot.
    pub(super) async fn recall(self, organization: Uuid, code: &str, made: Made, reason: &str) -> Uuid {
        let event = self.event(organization, "RECALL", "11-01", &[code], &Value::Null, None).await;
        let id = self.id();
        let text = "INSERT INTO recall (id, organization_id, event_id, reason, opened_at, version) \
                    VALUES ($1, $2, $3, $4, $5, 1)";
        let values = [id.into(), organization.into(), event.into(), reason.into(), on("11-01").into()];
        self.write(sql(text, values)).await;
        let text = "INSERT INTO recall_lot (recall_id, lot_id, is_root) VALUES ($1, $2, true)";
        self.write(sql(text, [id.into(), made.lot.into()])).await;
        id
    }

    /// Ends a recall.
    pub(super) async fn end_recall(self, recall: Uuid) {
        self.write(sql("UPDATE recall SET closed_at = $2 WHERE id = $1", [recall.into(), on("11-02").into()])).await;
    }
}
