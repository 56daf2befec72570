//! The lots of a request.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{CheckedLot, Checking, LotsAsked, at};
use crate::{
    catalog::model::{
        draft::{DAY_MAX, DAY_MIN, QUANTITY_THOUSANDTHS_MAX},
        product::Product,
        unit::grams,
    },
    directory::model::profile::check_place,
    kernel::{
        ErrorCode, UserError,
        error::excerpt,
        locale::Locale,
        quantity::{Quantity, UnitCode},
        text::TextRule,
    },
    procurement::model::{
        draft::{RawBound, RawLot},
        ids::RequestLotId,
        request::QualityBound,
    },
};

/// Lots of one request at most.
pub(super) const LOTS_MAX: usize = 100;
/// Schemes, and quality attributes, that one lot asks for at most.
const DEMANDS_MAX: usize = 20;
const SUGGESTIONS: usize = 5;

impl Checking<'_> {
    pub(super) fn lots(&mut self, raw: LotsAsked<'_>, known: &[RequestLotId]) -> Vec<CheckedLot> {
        if raw.lots.is_empty() {
            self.push(UserError::new(ErrorCode::Required, ["input", "lots"]));
        }
        if raw.lots.len() > LOTS_MAX {
            self.push(UserError::new(ErrorCode::TooLong, ["input", "lots"]).with("maximum", LOTS_MAX));
            return Vec::new();
        }
        let mut named = HashSet::new();
        let mut lots = Vec::with_capacity(raw.lots.len());
        for (index, lot) in raw.lots.iter().enumerate() {
            let index = index.to_string();
            if let Some(id) = lot.id {
                if !known.contains(&id) {
                    self.push(UserError::new(ErrorCode::NotFound, at(&["lots", &index, "id"])));
                } else if !named.insert(id) {
                    let error = UserError::new(ErrorCode::Inconsistent, at(&["lots", &index, "id"]));
                    self.push(error.with("reason", id));
                }
            }
            lots.extend(self.lot(lot, &index, raw));
        }
        lots
    }

    fn lot(&mut self, raw: &RawLot, index: &str, request: LotsAsked<'_>) -> Option<CheckedLot> {
        let product = self.product(&raw.product_code, index);
        let title = match &raw.title {
            Some(title) => self.take(TextRule::NAME.check(title, at(&["lots", index, "title"]))),
            None => product.map(|product| name(product, request.language)),
        };
        let quantity = self.number(&raw.quantity, (1, QUANTITY_THOUSANDTHS_MAX), &["lots", index, "quantity", "value"]);
        let unit = product.and_then(|product| self.unit(&raw.unit, product, index));
        let place = self.place(raw.place_code.as_deref(), index);
        self.delivery((raw.delivery_from, raw.delivery_until), request.closes, index);
        let required_schemes = self.schemes(&raw.required_schemes, index);
        let quality = product.map(|product| self.quality(&raw.quality, product, index));
        let estimated_minor = self.money(raw.estimated.as_ref(), &["lots", index, "estimatedAmount"]);
        let (product, unit) = (product?, unit?);
        let quantity = Quantity { thousandths: quantity?, unit };
        Some(CheckedLot {
            id: raw.id,
            title: title?,
            product: product.code.clone(),
            grams: self.weight(&quantity, product, place.as_deref()),
            quantity,
            place,
            delivery_from: raw.delivery_from,
            delivery_until: raw.delivery_until,
            required_schemes,
            quality: quality?,
            estimated_minor,
        })
    }

    fn weight(&self, quantity: &Quantity, product: &Product, place: Option<&str>) -> Option<i64> {
        let (gazetteer, today) = (self.reference.gazetteer, self.reference.today());
        let around = place.map(|code| gazetteer.ancestors(code, today)).unwrap_or_default();
        let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
        let conversion = self.reference.taxonomy.conversion(quantity.unit.as_str(), &product.code, &places, today)?;
        // What weighs less than a gram weighs nothing that could be counted.
        grams(quantity.thousandths, conversion.grams).filter(|grams| *grams > 0)
    }

    fn place(&mut self, typed: Option<&str>, index: &str) -> Option<String> {
        let (gazetteer, today) = (self.reference.gazetteer, self.reference.today());
        let found = check_place(gazetteer, typed?, today, at(&["lots", index, "placeCode"]));
        self.take(found.map(|place| place.code.clone()))
    }

    fn delivery(&mut self, (from, until): (Option<NaiveDate>, Option<NaiveDate>), closes: NaiveDate, index: &str) {
        for (day, field) in [(from, "deliveryFrom"), (until, "deliveryUntil")] {
            if day.is_some_and(|day| !(DAY_MIN..=DAY_MAX).contains(&day)) {
                let error = UserError::new(ErrorCode::OutOfRange, at(&["lots", index, field]));
                self.push(error.with("minimum", DAY_MIN).with("maximum", DAY_MAX));
            }
        }
        let path = || at(&["lots", index, "deliveryUntil"]);
        match (from, until) {
            (Some(from), Some(until)) if until < from => self.push(UserError::new(ErrorCode::InvalidPeriod, path())),
            // Nobody can deliver before she was chosen.
            (_, Some(until)) if until < closes => {
                self.push(
                    UserError::new(ErrorCode::OutOfRange, path()).with("minimum", closes).with("maximum", DAY_MAX),
                );
            }
            (_, Some(_) | None) => {}
        }
    }

    fn schemes(&mut self, raw: &[String], index: &str) -> Vec<String> {
        if raw.len() > DEMANDS_MAX {
            let error = UserError::new(ErrorCode::TooLong, at(&["lots", index, "requiredSchemes"]));
            self.push(error.with("maximum", DEMANDS_MAX));
            return Vec::new();
        }
        let mut codes: Vec<String> = Vec::with_capacity(raw.len());
        for (position, code) in raw.iter().enumerate() {
            let path = at(&["lots", index, "requiredSchemes", &position.to_string()]);
            match self.reference.schemes.scheme(code.trim()) {
                // Named twice, it is asked for once.
                Some(scheme) if codes.contains(&scheme.code) => {}
                Some(scheme) => codes.push(scheme.code.clone()),
                None => self.push(UserError::new(ErrorCode::UnknownScheme, path).with("value", excerpt(code))),
            }
        }
        codes
    }

    fn quality(&mut self, raw: &[RawBound], product: &Product, index: &str) -> Vec<QualityBound> {
        if raw.len() > DEMANDS_MAX {
            let error = UserError::new(ErrorCode::TooLong, at(&["lots", index, "quality"]));
            self.push(error.with("maximum", DEMANDS_MAX));
            return Vec::new();
        }
        let mut bounds: Vec<QualityBound> = Vec::with_capacity(raw.len());
        for (position, bound) in raw.iter().enumerate() {
            let position = position.to_string();
            let Some(bound) = self.bound(bound, product, &["lots", index, "quality", &position]) else { continue };
            if bounds.iter().any(|earlier| earlier.attribute == bound.attribute) {
                let error =
                    UserError::new(ErrorCode::Inconsistent, at(&["lots", index, "quality", &position, "attribute"]));
                self.push(error.with("reason", &bound.attribute));
            }
            bounds.push(bound);
        }
        bounds
    }

    fn bound(&mut self, raw: &RawBound, product: &Product, fields: &[&str]) -> Option<QualityBound> {
        let field = |name| [fields, &[name]].concat();
        let taxonomy = self.reference.taxonomy;
        let code = raw.attribute.trim();
        let Some(attribute) = taxonomy.attributes_of(product).find(|attribute| attribute.code == code) else {
            let known: Vec<&str> = taxonomy.attributes_of(product).map(|known| known.code.as_str()).collect();
            let error = UserError::new(ErrorCode::UnknownAttribute, at(&field("attribute")));
            self.push(error.with("value", excerpt(code)).with("allowed", or_dash(&known)));
            return None;
        };
        let within = (attribute.min, attribute.max);
        let minimum = raw.minimum.as_deref().map(|text| self.number(text, within, &field("minimum")));
        let maximum = raw.maximum.as_deref().map(|text| self.number(text, within, &field("maximum")));
        match (minimum, maximum) {
            (None, None) => {
                self.push(UserError::new(ErrorCode::Required, at(&field("minimum"))));
                None
            }
            // What is wrong with a number was noted.
            (Some(None), _) | (_, Some(None)) => None,
            (Some(Some(least)), Some(Some(most))) if least > most => {
                self.push(UserError::new(ErrorCode::InvalidPeriod, at(&field("maximum"))));
                None
            }
            (minimum, maximum) => Some(QualityBound {
                attribute: attribute.code.clone(),
                minimum: minimum.flatten(),
                maximum: maximum.flatten(),
            }),
        }
    }
}

impl<'c> Checking<'c> {
    fn product(&mut self, text: &str, index: &str) -> Option<&'c Product> {
        let taxonomy = self.reference.taxonomy;
        let path = at(&["lots", index, "productCode"]);
        if text.trim().is_empty() {
            self.push(UserError::new(ErrorCode::Required, path));
            return None;
        }
        // A text that long is no product's name, and looking for one would cost.
        let short = text.len() <= 200;
        let found = short.then(|| taxonomy.locate(text)).flatten();
        if let Some(product) = found.filter(|product| product.is_tradable()) {
            return Some(product);
        }
        let near: Vec<&Product> = match found {
            Some(branch) => taxonomy.with_descendants(&branch.code),
            None if short => taxonomy.find(text, SUGGESTIONS),
            None => Vec::new(),
        };
        let near = near.into_iter().filter(|product| product.is_tradable()).take(SUGGESTIONS);
        let near: Vec<&str> = near.map(|product| product.code.as_str()).collect();
        let error = UserError::new(ErrorCode::UnknownProduct, path);
        self.push(error.with("value", excerpt(text)).with("suggestions", or_dash(&near)));
        None
    }

    fn unit(&mut self, text: &str, product: &Product, index: &str) -> Option<UnitCode> {
        let taxonomy = self.reference.taxonomy;
        let found = (text.len() <= 60).then(|| taxonomy.locate_unit(text)).flatten();
        if let Some(unit) = found.filter(|unit| product.may_be_sold_in(&unit.code)) {
            return Some(UnitCode::new(&unit.code));
        }
        let allowed: Vec<&str> = taxonomy.units_of(product).iter().map(|unit| unit.code.as_str()).collect();
        let error = UserError::new(ErrorCode::UnknownUnit, at(&["lots", index, "quantity", "unit"]));
        self.push(error.with("value", excerpt(text)).with("allowed", or_dash(&allowed)));
        None
    }
}

/// What a lot is called that nobody named.
fn name(product: &Product, language: Locale) -> String {
    product.names.best(language).unwrap_or(&product.code).to_owned()
}

fn or_dash(codes: &[&str]) -> String {
    if codes.is_empty() { "—".to_owned() } else { codes.join(", ") }
}
