//! From what somebody typed to a checked [`Offer`]: every error at once, each at its own field.
//!
//! The mutations and the file import come through here, so a listing is held to the same rules whichever way it came.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    grade::{GradeOutcome, GradeRule},
    listing::{Derived, Measurements, Offer, Price},
    product::Product,
    taxonomy::Taxonomy,
    unit::{grams, price_per_kilogram},
};
use crate::{
    directory::model::gazetteer::Gazetteer,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        decimal::{format_scaled, parse_scaled},
        error::excerpt,
        locale::Locale,
        money::{Currency, Money},
        quantity::{DECIMALS, Quantity, UnitCode},
        text::TextRule,
    },
};

/// The greatest price of one unit, in minor units: nothing that is sold by the sack comes near.
pub const PRICE_MINOR_MAX: i64 = 1_000_000_000_000;
/// The greatest quantity, in thousandths of a unit.
pub const QUANTITY_THOUSANDTHS_MAX: i64 = 1_000_000_000_000;
/// Measurements of one listing at most.
pub const MEASUREMENTS_MAX: usize = 50;
/// The first day that a listing may name.
pub const DAY_MIN: NaiveDate = day(2000, 1, 1);
/// The last day that a listing may name.
pub const DAY_MAX: NaiveDate = day(2100, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MAX,
    }
}

const SUGGESTIONS: usize = 5;
const DELIVERY_TERMS: TextRule = TextRule { length_min: 1, length_max: 1_000, multiline: true };
const SHORT: TextRule = TextRule { length_min: 1, length_max: 60, multiline: false };

/// An offer as somebody typed it: numbers are still texts, codes may be names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawOffer {
    /// The product's code, or its name.
    pub product_code: String,
    /// The title.
    pub title: String,
    /// The description.
    pub description: Option<String>,
    /// The language of both.
    pub language: Locale,
    /// The price.
    pub price: Option<RawPrice>,
    /// The unit of the price; the quantity's, or the product's usual one, where it is not said.
    pub price_unit: Option<String>,
    /// The quantity.
    pub quantity: Option<RawQuantity>,
    /// The least that can be ordered, in the quantity's unit.
    pub minimum_order: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// What was measured.
    pub measurements: Vec<RawMeasurement>,
    /// The season.
    pub season: Option<String>,
    /// First day it can be had.
    pub available_from: Option<NaiveDate>,
    /// Last day it can be had.
    pub available_until: Option<NaiveDate>,
    /// The place's code, official number or name.
    pub place_code: Option<String>,
    /// Who brings it where.
    pub delivery_terms: Option<String>,
}

/// A price as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawPrice {
    /// A decimal number in the currency's major unit.
    pub amount: String,
    /// An ISO 4217 code.
    pub currency: String,
}

/// A quantity as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawQuantity {
    /// A decimal number.
    pub value: String,
    /// A unit's code, name or symbol.
    pub unit: String,
}

/// A measurement as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawMeasurement {
    /// The attribute's code.
    pub attribute: String,
    /// A decimal number in the attribute's unit.
    pub value: String,
}

impl From<&Offer> for RawOffer {
    /// What would have to be typed to get this offer again.
    fn from(offer: &Offer) -> Self {
        let money =
            |price: &Price| RawPrice { amount: price.money.amount(), currency: price.money.currency.code().to_owned() };
        let quantity =
            |quantity: &Quantity| RawQuantity { value: quantity.value(), unit: quantity.unit.as_str().to_owned() };
        let measurement = |(attribute, value): (&String, &i64)| RawMeasurement {
            attribute: attribute.clone(),
            value: format_scaled(*value, DECIMALS),
        };
        Self {
            product_code: offer.product.clone(),
            title: offer.title.clone(),
            description: offer.description.clone(),
            language: offer.language,
            price: offer.price.as_ref().map(money),
            price_unit: offer.price.as_ref().map(|price| price.unit.as_str().to_owned()),
            quantity: offer.quantity.as_ref().map(quantity),
            minimum_order: offer.minimum_order.map(|value| format_scaled(value, DECIMALS)),
            grade: offer.grade.clone(),
            measurements: offer.measurements.0.iter().map(measurement).collect(),
            season: offer.season.clone(),
            available_from: offer.available_from,
            available_until: offer.available_until,
            place_code: offer.place.clone(),
            delivery_terms: offer.delivery_terms.clone(),
        }
    }
}

/// What an offer is checked against.
#[derive(Clone, Copy)]
pub struct Reference<'r> {
    /// Products, units, conversions, grades.
    pub taxonomy: &'r Taxonomy,
    /// Places.
    pub gazetteer: &'r Gazetteer,
    /// The present day: conversions and places are those of today.
    pub today: NaiveDate,
}

/// An offer with what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedOffer {
    /// The offer.
    pub offer: Offer,
    /// What follows.
    pub derived: Derived,
}

/// Checks an offer. `path` leads to the input that holds it; `quantity_min` is the least quantity in thousandths: one
/// for a new offer, none left for one that sold.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn check(raw: &RawOffer, reference: Reference<'_>, path: &[&str], quantity_min: i64) -> Outcome<CheckedOffer> {
    let mut checking = Checking { reference, path, rejections: Rejections::default() };
    let product = checking.product(&raw.product_code);
    let title = checking.text(&TextRule::NAME, Some(&raw.title), "title");
    let description = checking.text(&TextRule::DESCRIPTION, raw.description.as_deref(), "description");
    let quantity = checking.quantity(raw.quantity.as_ref(), product, quantity_min);
    let price = checking.price(raw, product);
    let minimum_order = checking.minimum_order(raw.minimum_order.as_deref(), quantity.as_ref());
    let measurements = checking.measurements(&raw.measurements, product);
    let grade = checking.grade(raw.grade.as_deref(), product, &measurements);
    let season = checking.text(&SHORT, raw.season.as_deref(), "season");
    checking.period(raw.available_from, raw.available_until);
    let place = checking.place(raw.place_code.as_deref());
    let delivery_terms = checking.text(&DELIVERY_TERMS, raw.delivery_terms.as_deref(), "deliveryTerms");
    checking.rejections.finish()?;
    let (Some(product), Some(title)) = (product, title) else {
        // Both are needed, and their absence was noted above.
        return Err(UserError::new(ErrorCode::Required, path).into());
    };
    let offer = Offer {
        product: product.code.clone(),
        title,
        description,
        language: raw.language,
        price,
        quantity,
        minimum_order,
        grade,
        measurements,
        season,
        available_from: raw.available_from,
        available_until: raw.available_until,
        place,
        delivery_terms,
    };
    let derived = derive(&offer, reference);
    Ok(CheckedOffer { offer, derived })
}

/// What follows from an offer by the conversions and places of today.
#[must_use]
pub fn derive(offer: &Offer, reference: Reference<'_>) -> Derived {
    let Reference { taxonomy, gazetteer, today } = reference;
    let place = offer.place.as_deref();
    let around = place.map(|code| gazetteer.ancestors(code, today)).unwrap_or_default();
    let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
    let unit_grams = |unit: &UnitCode| {
        taxonomy.conversion(unit.as_str(), &offer.product, &places, today).map(|conversion| conversion.grams)
    };
    let in_francs = offer.price.as_ref().filter(|price| price.money.currency == Currency::XOF);
    Derived {
        price_per_kilogram: in_francs.and_then(|price| price_per_kilogram(price.money.minor, unit_grams(&price.unit)?)),
        quantity_grams: offer
            .quantity
            .as_ref()
            .and_then(|quantity| grams(quantity.thousandths, unit_grams(&quantity.unit)?)),
        region: place.and_then(|code| gazetteer.region_of(code, today)).map(|region| region.code.clone()),
        cercle: place.and_then(|code| gazetteer.cercle_of(code, today)).map(|cercle| cercle.code.clone()),
    }
}

/// The seller's own number of a listing, checked.
///
/// # Errors
/// As of any short text.
pub fn reference(text: &str, path: &[&str]) -> Result<String, UserError> {
    const REFERENCE: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };
    REFERENCE.check(text, path)
}

struct Checking<'c> {
    reference: Reference<'c>,
    path: &'c [&'c str],
    rejections: Rejections,
}

impl<'c> Checking<'c> {
    fn at(&self, fields: &[&str]) -> Vec<String> {
        self.path.iter().chain(fields).map(|name| (*name).to_owned()).collect()
    }

    fn text(&mut self, rule: &TextRule, text: Option<&str>, field: &str) -> Option<String> {
        let path = self.at(&[field]);
        text.and_then(|text| self.rejections.take(rule.check(text, path)))
    }

    fn product(&mut self, text: &str) -> Option<&'c Product> {
        let taxonomy = self.reference.taxonomy;
        let found = taxonomy.locate(text);
        if let Some(product) = found.filter(|product| product.is_tradable()) {
            return Some(product);
        }
        if text.trim().is_empty() {
            self.rejections.push(UserError::new(ErrorCode::Required, self.at(&["productCode"])));
            return None;
        }
        // A branch was meant: the products below it can be offered.
        let near: Vec<&Product> = match found {
            Some(branch) => taxonomy.with_descendants(&branch.code),
            // A text that long is no product's name, and looking for one would cost.
            None if text.len() > 200 => Vec::new(),
            None => taxonomy.find(text, SUGGESTIONS),
        };
        let near = near.into_iter().filter(|product| product.is_tradable()).take(SUGGESTIONS);
        let error = UserError::new(ErrorCode::UnknownProduct, self.at(&["productCode"]))
            .with("value", excerpt(text))
            .with("suggestions", or_dash(near.map(|product| product.code.as_str())));
        self.rejections.push(error);
        None
    }

    /// The unit, if the product is sold in it. Without a known product nothing can be said of it.
    fn unit(&mut self, text: &str, product: &Product, fields: &[&str]) -> Option<UnitCode> {
        let taxonomy = self.reference.taxonomy;
        let found = (text.len() <= 60).then(|| taxonomy.locate_unit(text)).flatten();
        if let Some(unit) = found.filter(|unit| product.may_be_sold_in(&unit.code)) {
            return Some(UnitCode::new(&unit.code));
        }
        let allowed = taxonomy.units_of(product);
        let error = UserError::new(ErrorCode::UnknownUnit, self.at(fields))
            .with("value", excerpt(text))
            .with("allowed", or_dash(allowed.iter().map(|unit| unit.code.as_str())));
        self.rejections.push(error);
        None
    }

    /// A decimal number within bounds, both in thousandths.
    fn number(&mut self, text: &str, (minimum, maximum): (i64, i64), fields: &[&str]) -> Option<i64> {
        let path = self.at(fields);
        let parsed = parse_scaled(text.trim(), DECIMALS);
        let value = self.rejections.take(parsed.map_err(|error| UserError::from_decimal(error, text, path.clone())))?;
        if (minimum..=maximum).contains(&value) {
            return Some(value);
        }
        let bound = |value| format_scaled(value, DECIMALS);
        let error = UserError::new(ErrorCode::OutOfRange, path);
        self.rejections.push(error.with("minimum", bound(minimum)).with("maximum", bound(maximum)));
        None
    }

    fn quantity(&mut self, raw: Option<&RawQuantity>, product: Option<&Product>, minimum: i64) -> Option<Quantity> {
        let raw = raw?;
        let thousandths = self.number(&raw.value, (minimum, QUANTITY_THOUSANDTHS_MAX), &["quantity", "value"]);
        let unit = product.and_then(|product| self.unit(&raw.unit, product, &["quantity", "unit"]));
        Some(Quantity { thousandths: thousandths?, unit: unit? })
    }

    fn price(&mut self, raw: &RawOffer, product: Option<&Product>) -> Option<Price> {
        let Some(price) = &raw.price else {
            if raw.price_unit.is_some() {
                self.rejections.push(UserError::new(ErrorCode::Required, self.at(&["price"])));
            }
            return None;
        };
        let path = self.at(&["price"]);
        let money = Money::parse(price.amount.trim(), price.currency.trim());
        let money = self.rejections.take(money.map_err(|error| UserError::from_money(&error, &price.amount, path)));
        let money = money.and_then(|money| self.positive(money));
        let unit = product.and_then(|product| match (&raw.price_unit, &raw.quantity) {
            (Some(unit), _) => self.unit(unit, product, &["priceUnit"]),
            // Wrong or not, the quantity's unit is judged at its own field.
            (None, Some(quantity)) => {
                self.reference.taxonomy.locate_unit(&excerpt(&quantity.unit)).map(|unit| UnitCode::new(&unit.code))
            }
            (None, None) => product.unit.as_ref().map(UnitCode::new),
        });
        Some(Price { money: money?, unit: unit? })
    }

    fn positive(&mut self, money: Money) -> Option<Money> {
        if (1..=PRICE_MINOR_MAX).contains(&money.minor) {
            return Some(money);
        }
        let bound = |minor| Money { minor, currency: money.currency }.amount();
        let error = UserError::new(ErrorCode::OutOfRange, self.at(&["price", "amount"]));
        self.rejections.push(error.with("minimum", bound(1)).with("maximum", bound(PRICE_MINOR_MAX)));
        None
    }

    fn minimum_order(&mut self, text: Option<&str>, quantity: Option<&Quantity>) -> Option<i64> {
        let text = text?;
        // Of an offer that sold out, the least order is still the one of the next filling.
        let most = quantity.map(|quantity| quantity.thousandths).filter(|most| *most > 0);
        self.number(text, (1, most.unwrap_or(QUANTITY_THOUSANDTHS_MAX)), &["minimumOrder"])
    }

    fn measurements(&mut self, raw: &[RawMeasurement], product: Option<&Product>) -> Measurements {
        let mut measured = BTreeMap::new();
        if raw.len() > MEASUREMENTS_MAX {
            let error = UserError::new(ErrorCode::TooLong, self.at(&["measurements"]));
            self.rejections.push(error.with("maximum", MEASUREMENTS_MAX));
            return Measurements(measured);
        }
        let Some(product) = product else { return Measurements(measured) };
        for (index, measurement) in raw.iter().enumerate() {
            let index = index.to_string();
            if let Some((code, value)) = self.measurement(measurement, product, &index)
                && measured.insert(code, value).is_some()
            {
                let path = self.at(&["measurements", &index, "attribute"]);
                let error = UserError::new(ErrorCode::Inconsistent, path);
                self.rejections.push(error.with("reason", excerpt(&measurement.attribute)));
            }
        }
        Measurements(measured)
    }

    fn measurement(&mut self, raw: &RawMeasurement, product: &Product, index: &str) -> Option<(String, i64)> {
        let taxonomy = self.reference.taxonomy;
        let code = raw.attribute.trim();
        let Some(attribute) = taxonomy.attributes_of(product).find(|attribute| attribute.code == code) else {
            let known = taxonomy.attributes_of(product).map(|attribute| attribute.code.as_str());
            let error = UserError::new(ErrorCode::UnknownAttribute, self.at(&["measurements", index, "attribute"]))
                .with("value", excerpt(code))
                .with("allowed", or_dash(known));
            self.rejections.push(error);
            return None;
        };
        let fields = ["measurements", index, "value"];
        Some((attribute.code.clone(), self.number(&raw.value, (attribute.min, attribute.max), &fields)?))
    }

    /// Where a standard gives the grade, the measurements decide and a claim may only agree with them; elsewhere the
    /// seller's word stands.
    fn grade(&mut self, claimed: Option<&str>, product: Option<&Product>, measured: &Measurements) -> Option<String> {
        let claimed = self.text(&SHORT, claimed, "grade");
        match product.and_then(|product| self.reference.taxonomy.grade_rule(&product.code)) {
            None => claimed,
            Some(rule) => self.derived_grade(rule, claimed, measured),
        }
    }

    fn derived_grade(&mut self, rule: &GradeRule, claimed: Option<String>, measured: &Measurements) -> Option<String> {
        let derived = match rule.derive(&measured.0) {
            GradeOutcome::Graded(grade) => Some(grade.code.clone()),
            GradeOutcome::BelowStandard { .. } => None,
            GradeOutcome::Undetermined { missing } => {
                if claimed.is_some() {
                    let error = UserError::new(ErrorCode::GradeNeedsMeasurements, self.at(&["grade"]));
                    let error = error.with("standard", &rule.standard);
                    self.rejections.push(error.with("missing", or_dash(missing.iter().copied())));
                }
                return None;
            }
        };
        if let Some(claimed) = claimed
            && derived.as_deref().is_none_or(|derived| !derived.eq_ignore_ascii_case(&claimed))
        {
            let error = UserError::new(ErrorCode::GradeMismatch, self.at(&["grade"]));
            let derived = derived.as_deref().unwrap_or("—");
            self.rejections.push(error.with("claimed", excerpt(&claimed)).with("derived", derived));
        }
        derived
    }

    fn period(&mut self, from: Option<NaiveDate>, until: Option<NaiveDate>) {
        for (day, field) in [(from, "availableFrom"), (until, "availableUntil")] {
            if day.is_some_and(|day| !(DAY_MIN..=DAY_MAX).contains(&day)) {
                let error = UserError::new(ErrorCode::OutOfRange, self.at(&[field]));
                self.rejections.push(error.with("minimum", DAY_MIN).with("maximum", DAY_MAX));
            }
        }
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            self.rejections.push(UserError::new(ErrorCode::InvalidPeriod, self.at(&["availableUntil"])));
        }
    }

    fn place(&mut self, text: Option<&str>) -> Option<String> {
        let text = text?;
        let Reference { gazetteer, today, .. } = self.reference;
        let short = text.len() <= 200;
        if let Some(place) = short.then(|| gazetteer.locate(text, today)).flatten() {
            return Some(place.code.clone());
        }
        let near = if short { gazetteer.find(text, today, SUGGESTIONS) } else { Vec::new() };
        let error = UserError::new(ErrorCode::UnknownPlace, self.at(&["placeCode"]))
            .with("value", excerpt(text))
            .with("suggestions", or_dash(near.iter().map(|near| near.place.code.as_str())));
        self.rejections.push(error);
        None
    }
}

/// Codes as a message lists them.
fn or_dash<'t>(codes: impl Iterator<Item = &'t str>) -> String {
    let list = codes.collect::<Vec<_>>().join(", ");
    if list.is_empty() { "—".to_owned() } else { list }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
