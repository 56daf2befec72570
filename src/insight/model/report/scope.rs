//! What a report is about, and how it is sliced.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Definition, EvidenceLevel},
};

crate::words! {
    /// By what figures are told apart.
    GroupBy {
        /// Who buys.
        Buyer = "BUYER",
        /// The region that is delivered to.
        Region = "REGION",
        /// The product.
        Product = "PRODUCT",
        /// Who may bid.
        Method = "METHOD",
        /// How much a lot weighs.
        LotSize = "LOT_SIZE",
        /// The month.
        Period = "PERIOD",
        /// The quarter.
        Quarter = "QUARTER",
        /// How well the supplier's status is supported.
        EvidenceLevel = "EVIDENCE_LEVEL",
    }
}

/// The key of what has none: no region, product or weight is known, or nobody's evidence is concerned.
pub const NONE: &str = "";

/// Bands of what a lot weighs: from how many grams on, and what the band is called.
pub const BANDS: [(i64, &str); 4] =
    [(0, "UNDER_1_T"), (1_000_000, "1_TO_5_T"), (5_000_000, "5_TO_20_T"), (20_000_000, "20_T_AND_MORE")];

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Whose purchases; none for all.
    pub buyer: Option<Uuid>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The day on which it was computed: what falls due later is not due yet.
    pub as_of: NaiveDate,
    /// By which definition of women's ownership.
    pub definition: Definition,
    /// With what evidence at least.
    pub at_least: EvidenceLevel,
    /// By what it is sliced.
    pub group_by: Option<GroupBy>,
}

impl Scope {
    /// The last day that counts.
    #[must_use]
    pub fn through(&self) -> NaiveDate {
        self.to.min(self.as_of)
    }

    /// Whether something of that buyer on that day belongs to it.
    #[must_use]
    pub fn holds(&self, slice: &Slice) -> bool {
        self.buyer.is_none_or(|buyer| buyer == slice.buyer) && self.from <= slice.on && slice.on <= self.through()
    }
}

/// By what a fact can be told apart from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slice {
    /// The day that decides whether it belongs to a period.
    pub on: NaiveDate,
    /// Who buys.
    pub buyer: Uuid,
    /// The code of the region that is delivered to.
    pub region: Option<String>,
    /// The product's code.
    pub product: Option<String>,
    /// Who may bid; an order from a listing is direct.
    pub method: String,
    /// What the lot weighs.
    pub grams: Option<i64>,
    /// How well the status of the organization concerned, or of the one that leads, is supported.
    pub level: Option<EvidenceLevel>,
}

impl Slice {
    /// The key of its group.
    #[must_use]
    pub fn key(&self, by: GroupBy) -> String {
        match by {
            GroupBy::Buyer => OrganizationId::from_uuid(self.buyer).to_string(),
            GroupBy::Region => self.region.clone().unwrap_or_default(),
            GroupBy::Product => self.product.clone().unwrap_or_default(),
            GroupBy::Method => self.method.clone(),
            GroupBy::LotSize => band(self.grams).to_owned(),
            GroupBy::Period => self.on.format("%Y-%m").to_string(),
            GroupBy::Quarter => format!("{:04}-Q{}", self.on.year(), self.on.month0() / 3 + 1),
            GroupBy::EvidenceLevel => self.level.map(EvidenceLevel::as_str).unwrap_or_default().to_owned(),
        }
    }
}

/// The band of a weight.
#[must_use]
pub fn band(grams: Option<i64>) -> &'static str {
    let Some(grams) = grams else { return NONE };
    BANDS.iter().rev().find(|(from, _)| grams >= *from).map_or(NONE, |(_, name)| name)
}
