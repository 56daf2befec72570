//! The names that files of prices use, what they mean here, and what the rules count with: embedded data, each row with source and
//! certainty.

use std::collections::HashMap;

use serde::Deserialize;

use super::{price_fairness::FairnessRule, price_outlier::OutlierRule};
use crate::{
    catalog::model::taxonomy::Taxonomy,
    directory::model::gazetteer::Gazetteer,
    kernel::{
        lookup::NameKey,
        reference::{Certainty, ReferenceError},
    },
};

const COMMODITIES_CSV: &str = include_str!("../data/price_commodities.csv");
const MARKETS_CSV: &str = include_str!("../data/price_markets.csv");
const RULES_TOML: &str = include_str!("../data/price_rules.toml");

const COMMODITIES_FILE: &str = "insight/data/price_commodities.csv";
const MARKETS_FILE: &str = "insight/data/price_markets.csv";
const RULES_FILE: &str = "insight/data/price_rules.toml";

/// Goods as files name them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Commodity {
    /// The name in files.
    pub name: String,
    /// The product that it is; none where it is none of the catalogue's.
    pub product: Option<String>,
    /// Why it is none.
    pub why: String,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A market whose name is not that of a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Market {
    /// The name in files.
    pub name: String,
    /// The region that files give it.
    pub region: String,
    /// The narrowest place that surely holds it today.
    pub place: String,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A unit as files name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitName {
    /// The name in files.
    pub name: String,
    /// The unit of the catalogue.
    pub code: String,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// All of it, in memory.
#[derive(Debug, Clone)]
pub struct PriceReference {
    commodities: HashMap<String, Commodity>,
    markets: HashMap<String, Vec<Market>>,
    units: Vec<UnitName>,
    /// When a price is an outlier.
    pub outlier: OutlierRule,
    /// When an offer is fair.
    pub fairness: FairnessRule,
}

/// The form in which names of goods, markets and regions are compared.
#[must_use]
pub fn name_key(name: &str) -> String {
    NameKey::new(name).joined().to_owned()
}

impl PriceReference {
    /// The embedded data.
    ///
    /// # Errors
    /// When they are not well-formed, or name a product, unit or place that does not exist; a test keeps that from happening.
    pub fn embedded(taxonomy: &Taxonomy, gazetteer: &Gazetteer) -> Result<Self, ReferenceError> {
        #[derive(Deserialize)]
        struct Rules {
            unit: Vec<UnitName>,
            outlier: OutlierRule,
            fairness: FairnessRule,
        }
        let rules: Rules =
            toml::from_str(RULES_TOML).map_err(|error| ReferenceError::new(RULES_FILE, "file", error.to_string()))?;
        for unit in &rules.unit {
            if taxonomy.unit(&unit.code).is_none() {
                return Err(ReferenceError::new(RULES_FILE, &unit.name, format!("{} does not exist", unit.code)));
            }
        }
        let mut commodities = HashMap::new();
        for commodity in rows::<Commodity>(COMMODITIES_FILE, COMMODITIES_CSV)? {
            let refuse = |problem: &str| Err(ReferenceError::new(COMMODITIES_FILE, &commodity.name, problem));
            match &commodity.product {
                Some(product) if taxonomy.product(product).is_none() => return refuse("the product does not exist"),
                None if commodity.why.is_empty() => return refuse("neither a product nor why there is none"),
                Some(_) | None => {}
            }
            if commodities.insert(name_key(&commodity.name), commodity.clone()).is_some() {
                return refuse("the name is used twice");
            }
        }
        let mut markets: HashMap<String, Vec<Market>> = HashMap::new();
        for market in rows::<Market>(MARKETS_FILE, MARKETS_CSV)? {
            if gazetteer.place(&market.place).is_none() {
                return Err(ReferenceError::new(MARKETS_FILE, &market.name, "the place does not exist"));
            }
            markets.entry(name_key(&market.name)).or_default().push(market);
        }
        Ok(Self { commodities, markets, units: rules.unit, outlier: rules.outlier, fairness: rules.fairness })
    }

    /// The goods of this name.
    #[must_use]
    pub fn commodity(&self, name: &str) -> Option<&Commodity> {
        self.commodities.get(&name_key(name))
    }

    /// The market of this name in a region, and the first entry of the same market, which tells it in every spelling.
    #[must_use]
    pub fn market(&self, name: &str, region: &str) -> Option<(&Market, &Market)> {
        let known = self.markets.get(&name_key(name))?;
        let region = name_key(region);
        let found = known.iter().find(|market| name_key(&market.region) == region)?;
        let first = known.iter().find(|market| market.place == found.place)?;
        Some((found, first))
    }

    /// The unit of this name.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<&UnitName> {
        self.units.iter().find(|unit| unit.name.eq_ignore_ascii_case(name))
    }
}

fn rows<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<Vec<T>, ReferenceError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .enumerate()
        // The first line holds the names of the columns.
        .map(|(index, row)| {
            row.map_err(|error: csv::Error| ReferenceError::new(file, format!("line {}", index + 2), error.to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference() -> PriceReference {
        PriceReference::embedded(&Taxonomy::embedded().unwrap(), &Gazetteer::embedded().unwrap()).unwrap()
    }

    #[test]
    fn the_embedded_data_are_well_formed_and_speak_of_what_there_is() {
        let reference = reference();
        assert_eq!(reference.commodity("millet").unwrap().product.as_deref(), Some("millet"));
        assert_eq!(reference.commodity("Rice (imported)").unwrap().product, None);
        assert!(reference.commodity("Wheat flour").is_none());
        assert_eq!(reference.unit("kg").unwrap().code, "KGM");
    }

    #[test]
    fn spellings_of_a_market_meet_and_namesakes_elsewhere_do_not() {
        let reference = reference();
        let place = |name, region| reference.market(name, region).map(|(market, _)| market.place.as_str());
        assert_eq!(place("SEGOU CENTRE", "Segou"), Some("cercle-segou"));
        assert_eq!(place("Ségou Centre", "Sikasso"), Some("cercle-segou"));
        assert_eq!(reference.market("Segou Centre", "Sikasso").unwrap().1.region, "Ségou");
        assert_eq!(place("Medine", "Bamako"), Some("commune-bamako-2"));
        assert_eq!(place("Medine", "Kayes"), None);
    }
}
