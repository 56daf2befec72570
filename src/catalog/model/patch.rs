//! A change of a listing: what is not named stays, what is null goes.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    draft::{RawMeasurement, RawOffer, RawPrice, RawQuantity},
    listing::Offer,
    taxonomy::Taxonomy,
};
use crate::kernel::{change::Change, locale::Locale};

/// The changed fields of an offer, as somebody typed them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OfferPatch {
    /// Another product; only before the first publication.
    pub product_code: Option<String>,
    /// Another title.
    pub title: Option<String>,
    /// Another language of title and description.
    pub language: Option<Locale>,
    /// The description.
    pub description: Change<String>,
    /// The price.
    pub price: Change<RawPrice>,
    /// The unit of the price.
    pub price_unit: Change<String>,
    /// The quantity, including what is held for buyers.
    pub quantity: Change<RawQuantity>,
    /// The least order.
    pub minimum_order: Change<String>,
    /// The grade.
    pub grade: Change<String>,
    /// All measurements.
    pub measurements: Change<Vec<RawMeasurement>>,
    /// The season.
    pub season: Change<String>,
    /// First day.
    pub available_from: Change<NaiveDate>,
    /// Last day.
    pub available_until: Change<NaiveDate>,
    /// The place.
    pub place_code: Change<String>,
    /// Who brings it where.
    pub delivery_terms: Change<String>,
}

impl OfferPatch {
    /// The offer with the changes, to be checked as a whole.
    #[must_use]
    pub fn apply(self, offer: &Offer, taxonomy: &Taxonomy) -> RawOffer {
        let mut raw = RawOffer::from(offer);
        if let Some(product_code) = self.product_code {
            raw.product_code = product_code;
        }
        if let Some(title) = self.title {
            raw.title = title;
        }
        raw.language = self.language.unwrap_or(raw.language);
        // A unit belongs to its price: it goes with it, and a new price may do without naming one.
        if self.price == Change::Clear {
            raw.price_unit = None;
        }
        raw.description = self.description.over(raw.description);
        raw.price = self.price.over(raw.price);
        raw.price_unit = self.price_unit.over(raw.price_unit);
        // The least order is said in the quantity's unit, and goes with it.
        if self.quantity == Change::Clear {
            raw.minimum_order = None;
        }
        raw.quantity = self.quantity.over(raw.quantity);
        raw.minimum_order = self.minimum_order.over(raw.minimum_order);
        match self.measurements {
            Change::Keep => {}
            Change::Clear => raw.measurements = Vec::new(),
            Change::Set(measurements) => raw.measurements = measurements,
        }
        // A grade that was derived is derived again; only what the seller says now is a claim.
        let derived = taxonomy.locate(&raw.product_code).is_some_and(|to| taxonomy.grade_rule(&to.code).is_some());
        if derived {
            raw.grade = None;
        }
        raw.grade = self.grade.over(raw.grade);
        raw.season = self.season.over(raw.season);
        raw.available_from = self.available_from.over(raw.available_from);
        raw.available_until = self.available_until.over(raw.available_until);
        raw.place_code = self.place_code.over(raw.place_code);
        raw.delivery_terms = self.delivery_terms.over(raw.delivery_terms);
        raw
    }
}
