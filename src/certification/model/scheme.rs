//! Schemes: what can be certified, and by whom.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::group::GroupRule;
use crate::credentials::model::conformity::ConformityTopic;
use crate::kernel::{
    locale::{Locale, Texts},
    reference::{Certainty, ReferenceError},
};

/// The embedded schemes.
pub const SCHEMES_TOML: &str = include_str!("../data/schemes.toml");

const SCHEMES_FILE: &str = "certification/data/schemes.toml";

/// What a certificate of a scheme speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SchemeCover {
    /// Products of the holder that the certificate names.
    Product,
    /// How the holder's sites work, whatever they make.
    Process,
    /// The holder itself.
    Organization,
}

/// A scheme of certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The code that certificates name it by.
    pub code: String,
    /// Its full names.
    pub names: Texts,
    /// Short names, for tags and facets.
    pub labels: Texts,
    /// What its certificates speak of.
    pub covers: SchemeCover,
    /// The products, with everything below them in the tree, that it is about; empty for all.
    #[serde(default)]
    pub products: Vec<String>,
    /// What it is about, in the words of the UN Transparency Protocol: our own reading.
    pub topic: String,
    /// Bodies known to issue it: to recognise a usual issuer, not to refuse others.
    pub issuers: Vec<String>,
    /// Whether nobody may hold certificates of two certifiers for the same products on the same days.
    #[serde(default)]
    pub one_certifier: bool,
    /// The last first day of its certificates; none while they are issued. What was issued until then runs out in its own
    /// time.
    #[serde(default)]
    pub issued_until: Option<NaiveDate>,
    /// Under what conditions a group may hold a certificate.
    #[serde(default)]
    pub group_rule: Option<GroupRule>,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// Every scheme, in memory.
#[derive(Debug, Clone)]
pub struct Schemes {
    schemes: Vec<Scheme>,
}

impl Schemes {
    /// The embedded schemes.
    ///
    /// # Errors
    /// When the embedded data are not well-formed, which a test keeps from happening.
    pub fn embedded() -> Result<Self, ReferenceError> {
        #[derive(Deserialize)]
        struct File {
            scheme: Vec<Scheme>,
        }
        let file: File = toml::from_str(SCHEMES_TOML)
            .map_err(|error| ReferenceError::new(SCHEMES_FILE, "file", error.to_string()))?;
        Self::new(file.scheme)
    }

    /// These schemes.
    ///
    /// # Errors
    /// When a code is doubled, a French name missing, a number none, or a topic unknown.
    pub fn new(schemes: Vec<Scheme>) -> Result<Self, ReferenceError> {
        for (index, scheme) in schemes.iter().enumerate() {
            if schemes[..index].iter().any(|earlier| earlier.code == scheme.code) {
                return Err(ReferenceError::new(SCHEMES_FILE, &scheme.code, "the code is used twice"));
            }
            if scheme.group_rule.as_ref().is_some_and(|rule| rule.hectares_max().is_err()) {
                return Err(ReferenceError::new(SCHEMES_FILE, &scheme.code, "the hectares of a group are no number"));
            }
            if scheme.topic.parse::<ConformityTopic>().is_err() {
                return Err(ReferenceError::new(SCHEMES_FILE, &scheme.code, "the topic is none of the protocol's"));
            }
            for texts in [&scheme.names, &scheme.labels] {
                if texts.exact(Locale::Fr).is_none_or(|name| name.trim().is_empty()) {
                    return Err(ReferenceError::new(SCHEMES_FILE, &scheme.code, "the french name is missing"));
                }
            }
        }
        Ok(Self { schemes })
    }

    /// Every scheme, in the order in which they are shown.
    #[must_use]
    pub fn all(&self) -> &[Scheme] {
        &self.schemes
    }

    /// The scheme with this code.
    #[must_use]
    pub fn scheme(&self, code: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::taxonomy::Taxonomy;

    #[test]
    fn every_scheme_is_named_sourced_and_about_products_that_exist() {
        let schemes = Schemes::embedded().expect("well-formed");
        let taxonomy = Taxonomy::embedded().expect("well-formed");

        assert!(schemes.all().len() >= 10);
        for scheme in schemes.all() {
            assert!(!scheme.issuers.is_empty() && !scheme.source.is_empty(), "{}", scheme.code);
            for product in &scheme.products {
                assert!(taxonomy.product(product).is_some(), "{product} of {}", scheme.code);
            }
        }
    }

    #[test]
    fn a_code_given_twice_is_refused() {
        let scheme = Schemes::embedded().expect("well-formed").all()[0].clone();
        let refused = Schemes::new(vec![scheme.clone(), scheme]).expect_err("refused");
        assert_eq!(refused.problem, "the code is used twice");
    }
}
