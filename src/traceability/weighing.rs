//! What was given is looked up and weighed: products by their codes or names, quantities by their mass.

use chrono::NaiveDate;

use crate::{
    catalog::model::{draft::QUANTITY_THOUSANDTHS_MAX, taxonomy::Taxonomy, unit::grams},
    directory::model::gazetteer::Gazetteer,
    kernel::{
        ErrorCode, UserError,
        decimal::format_scaled,
        error::excerpt,
        quantity::{DECIMALS, Quantity},
    },
};

/// Products that are proposed where none was found.
const SUGGESTIONS: usize = 3;

/// Products, units and places, for reading what was given.
pub(super) struct Reading<'r> {
    pub(super) taxonomy: &'r Taxonomy,
    pub(super) gazetteer: &'r Gazetteer,
    pub(super) day: NaiveDate,
}

impl Reading<'_> {
    /// The product that a code or a name means.
    pub(super) fn product(&self, typed: &str, path: Vec<String>) -> Result<&str, UserError> {
        if typed.trim().is_empty() {
            return Err(UserError::new(ErrorCode::Required, path));
        }
        let found = (typed.len() <= 200).then(|| self.taxonomy.locate(typed)).flatten();
        if let Some(product) = found.filter(|product| product.is_tradable()) {
            return Ok(&product.code);
        }
        let near = match found {
            Some(branch) => self.taxonomy.with_descendants(&branch.code),
            None => self.taxonomy.find(&excerpt(typed), SUGGESTIONS),
        };
        let near: Vec<&str> = near
            .into_iter()
            .filter(|product| product.is_tradable())
            .take(SUGGESTIONS)
            .map(|product| product.code.as_str())
            .collect();
        let near = if near.is_empty() { "–".to_owned() } else { near.join(", ") };
        Err(UserError::new(ErrorCode::UnknownProduct, path).with("value", excerpt(typed)).with("suggestions", near))
    }

    /// What a quantity of a product weighs, in grams: by the conversion that holds at the place on the day. A unit that nobody
    /// has weighed cannot be counted.
    pub(super) fn mass(
        &self,
        quantity: &Quantity,
        product: &str,
        place: Option<&str>,
        path: Vec<String>,
    ) -> Result<i64, UserError> {
        let field = |name: &str| path.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        let around = place.map(|code| self.gazetteer.ancestors(code, self.day)).unwrap_or_default();
        let places: Vec<&str> = place.into_iter().chain(around.iter().map(|place| place.code.as_str())).collect();
        let weighs = |unit: &str| self.taxonomy.conversion(unit, product, &places, self.day);
        let typed = quantity.unit.as_str();
        let unit = (typed.len() <= 60).then(|| self.taxonomy.locate_unit(typed)).flatten();
        let Some(conversion) = unit.and_then(|unit| weighs(&unit.code)) else {
            let units = self.taxonomy.product(product).map(|product| self.taxonomy.units_of(product));
            let allowed: Vec<&str> = units
                .into_iter()
                .flatten()
                .map(|unit| unit.code.as_str())
                .filter(|unit| weighs(unit).is_some())
                .collect();
            let error = UserError::new(ErrorCode::UnknownUnit, field("unit")).with("value", excerpt(typed));
            return Err(error.with("allowed", allowed.join(", ")));
        };
        match grams(quantity.thousandths, conversion.grams) {
            Some(grams) if grams > 0 && grams <= QUANTITY_THOUSANDTHS_MAX => Ok(grams),
            Some(_) | None => {
                let bound = |grams: i64| format_scaled(grams.saturating_mul(1_000) / conversion.grams.max(1), DECIMALS);
                let error = UserError::new(ErrorCode::OutOfRange, field("value"));
                let least = format_scaled(1.max(1_000 / conversion.grams.max(1)), DECIMALS);
                Err(error.with("minimum", least).with("maximum", bound(QUANTITY_THOUSANDTHS_MAX)))
            }
        }
    }
}
