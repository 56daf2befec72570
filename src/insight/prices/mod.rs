//! Prices on markets: bringing them in, looking at them, holding an offer against them.

pub(super) mod fairness;
pub(super) mod import;
pub(super) mod market;

use super::{Insight, model::price::Month};
use crate::{
    catalog::model::product::Product,
    directory::model::gazetteer::Gazetteer,
    kernel::{ErrorCode, UserError, error::excerpt},
};

/// Products that are suggested in place of an unknown one.
const SUGGESTIONS_MAX: usize = 5;

impl Insight {
    fn product(&self, code: &str) -> Result<&Product, UserError> {
        let taxonomy = self.catalog.taxonomy();
        taxonomy.product(code).ok_or_else(|| {
            let near = taxonomy.find(&excerpt(code), SUGGESTIONS_MAX);
            let near: Vec<&str> = near.iter().map(|product| product.code.as_str()).collect();
            let error = UserError::new(ErrorCode::UnknownProduct, ["productCode"]);
            error.with("value", excerpt(code)).with("suggestions", near.join(", "))
        })
    }

    fn this_month(&self) -> Month {
        Month::of(self.services.clock.today())
    }

    /// The codes of a place and of everything that lies in it today.
    fn within(&self, gazetteer: &Gazetteer, place: &str) -> Vec<String> {
        let today = self.services.clock.today();
        let places = gazetteer.places().iter().filter(|other| gazetteer.lies_within(&other.code, place, today));
        places.map(|other| other.code.clone()).collect()
    }
}
