//! What results may be narrowed to: typed for callers, neutral for engines.
//!
//! No string that a user wrote becomes part of an engine's filter language: engines receive [`Condition`]s and build
//! their own, value by value.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fields::{KeywordField, NumberField};
use super::geo::GeoPoint;

/// Narrows to sellers that are women-owned under a definition, on at least some evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WomenOwnedFilter {
    /// The definition's code.
    pub definition: String,
    /// The levels of evidence that are good enough.
    pub evidence: Vec<String>,
}

/// A circle on the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// Its middle.
    pub center: GeoPoint,
    /// Its radius.
    pub radius_kilometres: f64,
}

/// What listings may be narrowed to. Values of one field are alternatives; fields add up. Saved searches keep it as JSON: a
/// field may be added, and is then empty in those kept before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListingFilter {
    /// Products, or classes of products.
    pub product_codes: Vec<String>,
    /// Places, or regions and cercles around them.
    pub place_codes: Vec<String>,
    /// Kinds of seller.
    pub kinds: Vec<String>,
    /// Schemes, one of which must certify the listing.
    pub schemes: Vec<String>,
    /// Ownership of the seller.
    pub women_owned: Option<WomenOwnedFilter>,
    /// Grades.
    pub grades: Vec<String>,
    /// Seasons.
    pub seasons: Vec<String>,
    /// Least price, in thousandths of a minor unit a kilogram, itself included.
    pub price_per_kilogram_min: Option<i64>,
    /// Greatest price, in thousandths of a minor unit a kilogram, itself included.
    pub price_per_kilogram_max: Option<i64>,
    /// A day on which the goods must be available.
    pub available_on: Option<NaiveDate>,
    /// A circle the goods must be in.
    pub near: Option<Near>,
    /// Sellers.
    pub organizations: Vec<Uuid>,
}

/// What organizations may be narrowed to. Values of one field are alternatives; fields add up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrganizationFilter {
    /// Products, or classes of products, of which one is offered.
    pub product_codes: Vec<String>,
    /// Places, or regions and cercles around them.
    pub place_codes: Vec<String>,
    /// Kinds.
    pub kinds: Vec<String>,
    /// Schemes, one of which must certify the organization.
    pub schemes: Vec<String>,
    /// Ownership.
    pub women_owned: Option<WomenOwnedFilter>,
    /// A circle it must be in.
    pub near: Option<Near>,
}

/// One thing a result must fulfil.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The field holds one of the values.
    AnyOf(KeywordField, Vec<String>),
    /// The number lies between the bounds, themselves included.
    Between {
        /// The number.
        field: NumberField,
        /// Lower bound.
        min: Option<i64>,
        /// Upper bound.
        max: Option<i64>,
        /// Whether a document without the number passes.
        or_absent: bool,
    },
    /// The location lies in the circle. A document without one does not pass.
    Within(Near),
}

/// 1970-01-01, counted from the first day of our era.
const EPOCH_DAYS_FROM_CE: i32 = 719_163;

/// Days since 1970-01-01: the form in which days are filtered by.
#[must_use]
pub fn days_since_epoch(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce()) - i64::from(EPOCH_DAYS_FROM_CE)
}

/// The day that is so many days after 1970-01-01.
#[must_use]
pub fn day_of(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days.checked_add(i64::from(EPOCH_DAYS_FROM_CE))?).ok()?)
}

fn any_of(conditions: &mut Vec<Condition>, field: KeywordField, values: &[String]) {
    if !values.is_empty() {
        conditions.push(Condition::AnyOf(field, values.to_vec()));
    }
}

fn women_owned(conditions: &mut Vec<Condition>, filter: Option<&WomenOwnedFilter>) {
    if let Some(WomenOwnedFilter { definition, evidence }) = filter {
        let terms = evidence.iter().map(|level| format!("{definition}|YES|{level}")).collect();
        conditions.push(Condition::AnyOf(KeywordField::WomenOwned, terms));
    }
}

impl ListingFilter {
    /// The filter as conditions that all must hold.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        any_of(&mut conditions, KeywordField::Product, &self.product_codes);
        any_of(&mut conditions, KeywordField::Place, &self.place_codes);
        any_of(&mut conditions, KeywordField::Kind, &self.kinds);
        any_of(&mut conditions, KeywordField::Scheme, &self.schemes);
        women_owned(&mut conditions, self.women_owned.as_ref());
        any_of(&mut conditions, KeywordField::Grade, &self.grades);
        any_of(&mut conditions, KeywordField::Season, &self.seasons);
        let organizations: Vec<String> = self.organizations.iter().map(Uuid::to_string).collect();
        any_of(&mut conditions, KeywordField::Organization, &organizations);
        let (min, max) = (self.price_per_kilogram_min, self.price_per_kilogram_max);
        if min.is_some() || max.is_some() {
            let field = NumberField::PricePerKilogram;
            conditions.push(Condition::Between { field, min, max, or_absent: false });
        }
        if let Some(day) = self.available_on.map(days_since_epoch) {
            let (from, until) = (NumberField::AvailableFrom, NumberField::AvailableUntil);
            conditions.push(Condition::Between { field: from, min: None, max: Some(day), or_absent: true });
            conditions.push(Condition::Between { field: until, min: Some(day), max: None, or_absent: true });
        }
        conditions.extend(self.near.map(Condition::Within));
        conditions
    }
}

impl OrganizationFilter {
    /// The filter as conditions that all must hold.
    pub fn conditions(&self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        any_of(&mut conditions, KeywordField::Product, &self.product_codes);
        any_of(&mut conditions, KeywordField::Place, &self.place_codes);
        any_of(&mut conditions, KeywordField::Kind, &self.kinds);
        any_of(&mut conditions, KeywordField::Scheme, &self.schemes);
        women_owned(&mut conditions, self.women_owned.as_ref());
        conditions.extend(self.near.map(Condition::Within));
        conditions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_filter_asks_nothing() {
        assert_eq!(ListingFilter::default().conditions(), []);
        assert_eq!(OrganizationFilter::default().conditions(), []);
    }

    #[test]
    fn women_owned_asks_for_yes_on_each_good_enough_level() {
        let filter = ListingFilter {
            women_owned: Some(WomenOwnedFilter {
                definition: "UN_WOMEN_OWNED".into(),
                evidence: vec!["DOCUMENT_VERIFIED".into(), "THIRD_PARTY_CERTIFIED".into()],
            }),
            ..ListingFilter::default()
        };
        assert_eq!(
            filter.conditions(),
            [Condition::AnyOf(
                KeywordField::WomenOwned,
                vec!["UN_WOMEN_OWNED|YES|DOCUMENT_VERIFIED".into(), "UN_WOMEN_OWNED|YES|THIRD_PARTY_CERTIFIED".into(),]
            )]
        );
    }

    #[test]
    fn days_are_counted_from_the_epoch() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(days_since_epoch(day(1970, 1, 1)), 0);
        assert_eq!(days_since_epoch(day(2026, 1, 1)), 20_454);
        assert_eq!(days_since_epoch(day(1969, 12, 31)), -1);
        assert_eq!(day_of(20_454), Some(day(2026, 1, 1)));
        assert_eq!(day_of(i64::MAX), None);
    }
}
