//! What is asked for, offered, awarded, and appealed against.

use serde_json::json;
use uuid::Uuid;

use super::{Bid, Party, Request, Writer, Written, at};

impl Writer<'_> {
    pub(in crate::insight::report) async fn request(&self, asked: &Request<'_>) -> Written {
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
    pub(in crate::insight::report) async fn award(
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

    pub(in crate::insight::report) async fn complaint(
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
}
