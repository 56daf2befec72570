//! A product: a class in the taxonomy, as listings and requests name it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kernel::{
    locale::{Locale, Texts},
    reference::Certainty,
};

/// A class of products, or a branch that holds such classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The slug that identifies it for ever.
    pub code: String,
    /// The class above it; none for a branch.
    #[serde(default)]
    pub parent: Option<String>,
    /// Its names: French always, Bambara only where known.
    pub names: Texts,
    /// Other words and market spellings, by language.
    #[serde(default)]
    pub synonyms: BTreeMap<Locale, Vec<String>>,
    /// The heading or subheading of the Harmonized System 2022 (`1515.90`).
    #[serde(default)]
    pub hs: Option<String>,
    /// The code of the United Nations Standard Products and Services Code, where known.
    #[serde(default)]
    pub unspsc: Option<String>,
    /// The months in which it is harvested or mostly offered, 1 to 12; empty for all the year.
    #[serde(default)]
    pub seasons: Vec<u8>,
    /// The unit it is usually offered in; none for a branch.
    #[serde(default)]
    pub unit: Option<String>,
    /// The units it may be offered in.
    #[serde(default)]
    pub units: Vec<String>,
    /// Whether it spoils within days or weeks.
    #[serde(default)]
    pub perishable: bool,
    /// Codes of the attributes that are measured of it.
    #[serde(default)]
    pub quality: Vec<String>,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Product {
    /// The French name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.exact(Locale::Fr).unwrap_or_default()
    }

    /// Whether listings can offer it: a branch only holds others together.
    #[must_use]
    pub fn is_tradable(&self) -> bool {
        self.unit.is_some()
    }

    /// Whether it may be offered in this unit.
    #[must_use]
    pub fn may_be_sold_in(&self, unit: &str) -> bool {
        self.units.iter().any(|allowed| allowed == unit)
    }

    /// Every synonym, whatever its language.
    pub fn all_synonyms(&self) -> impl Iterator<Item = &str> {
        self.synonyms.values().flatten().map(String::as_str)
    }
}

/// Something that is measured of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityAttribute {
    /// The slug that listings name it by.
    pub code: String,
    /// Its names.
    pub names: Texts,
    /// The unit of the measured value, as written beside it.
    pub unit: String,
    /// The least value that can be true, in thousandths.
    #[serde(with = "super::thousandths")]
    pub min: i64,
    /// The greatest value that can be true, in thousandths.
    #[serde(with = "super::thousandths")]
    pub max: i64,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

impl QualityAttribute {
    /// Whether a measured value, in thousandths, can be true at all.
    #[must_use]
    pub fn is_plausible(&self, thousandths: i64) -> bool {
        (self.min..=self.max).contains(&thousandths)
    }
}
