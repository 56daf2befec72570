//! How much may come out of how much.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    catalog::model::taxonomy::Taxonomy,
    kernel::reference::{Certainty, ReferenceError, Validity},
};

const YIELDS_TOML: &str = include_str!("../data/yields.toml");
const YIELDS_FILE: &str = "traceability/data/yields.toml";
/// A yield of one: what goes in comes out.
const WHOLE: i64 = 1_000;

/// How much of a product comes out of another at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YieldRule {
    /// What goes in, with everything below it in the tree.
    pub from: String,
    /// What comes out, with everything below it in the tree.
    pub to: String,
    /// Grams that come out of a kilogram at most.
    pub thousandths: i64,
    /// When it holds.
    #[serde(flatten)]
    pub validity: Validity,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// Every rule of yield.
#[derive(Debug, Clone)]
pub struct YieldRules {
    rules: Vec<YieldRule>,
}

/// Some of a product, by its mass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mass<'p> {
    /// The product's code.
    pub product: &'p str,
    /// Grams.
    pub grams: i64,
}

/// More came out than may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// Of which product; none where all that came out together is more than all that went in can give.
    pub product: Option<String>,
    /// Grams that came out.
    pub grams: i64,
    /// Grams that may have come out at most.
    pub grams_max: i64,
    /// The source of the rule that bounds it; none where it is that nothing is made of nothing.
    pub source: Option<String>,
}

impl YieldRules {
    /// The embedded rules.
    ///
    /// # Errors
    /// When the embedded data are not well-formed, which a test keeps from happening.
    pub fn embedded(taxonomy: &Taxonomy) -> Result<Self, ReferenceError> {
        #[derive(Deserialize)]
        struct File {
            rule: Vec<YieldRule>,
        }
        let file: File =
            toml::from_str(YIELDS_TOML).map_err(|error| ReferenceError::new(YIELDS_FILE, "file", error.to_string()))?;
        Self::new(file.rule, taxonomy)
    }

    /// These rules.
    ///
    /// # Errors
    /// When one names a product that there is not, or gives nothing.
    pub fn new(rules: Vec<YieldRule>, taxonomy: &Taxonomy) -> Result<Self, ReferenceError> {
        for rule in &rules {
            let row = format!("{} to {}", rule.from, rule.to);
            if let Some(unknown) = [&rule.from, &rule.to].into_iter().find(|code| taxonomy.product(code).is_none()) {
                return Err(ReferenceError::new(YIELDS_FILE, &row, format!("there is no product {unknown}")));
            }
            if rule.thousandths <= 0 {
                return Err(ReferenceError::new(YIELDS_FILE, &row, "a rule gives more than nothing"));
            }
        }
        Ok(Self { rules })
    }

    /// The rule for a pair of products on a day: the one that stands nearest to both in the tree, the last to begin of equals.
    fn rule(&self, from: &str, to: &str, taxonomy: &Taxonomy, day: NaiveDate) -> Option<&YieldRule> {
        // How far above a product a branch stands; none where it does not.
        let above = |branch: &str, product: &str| {
            if branch == product {
                return Some(0);
            }
            let ancestors = taxonomy.ancestors(product);
            ancestors.iter().position(|ancestor| ancestor.code == branch).map(|position| position + 1)
        };
        self.rules
            .iter()
            .filter(|rule| rule.validity.contains(day))
            .filter_map(|rule| Some((above(&rule.from, from)? + above(&rule.to, to)?, rule)))
            .min_by_key(|(distance, rule)| (*distance, std::cmp::Reverse(rule.validity.from)))
            .map(|(_, rule)| rule)
    }

    /// Whether so much may come out of so much: of each product no more than all inputs together can give of it, and of all
    /// outputs together no more than each input can give where it gives the most, so that nothing is counted twice.
    ///
    /// # Errors
    /// The first excess.
    pub fn check(
        &self,
        inputs: &[Mass<'_>],
        outputs: &[Mass<'_>],
        taxonomy: &Taxonomy,
        day: NaiveDate,
    ) -> Result<(), Excess> {
        let yielded = |from: &str, to: &str| self.rule(from, to, taxonomy, day).map_or(WHOLE, |rule| rule.thousandths);
        let give = |input: &Mass<'_>, thousandths: i64| i128::from(input.grams) * i128::from(thousandths);
        let grams = |thousandth_grams: i128| i64::try_from(thousandth_grams / i128::from(WHOLE)).unwrap_or(i64::MAX);
        let mut products: Vec<&str> = outputs.iter().map(|output| output.product).collect();
        products.sort_unstable();
        products.dedup();
        for product in &products {
            let came: i64 = outputs.iter().filter(|output| output.product == *product).map(|output| output.grams).sum();
            let may = grams(inputs.iter().map(|input| give(input, yielded(input.product, product))).sum());
            if came > may {
                let rule = inputs.iter().find_map(|input| self.rule(input.product, product, taxonomy, day));
                let source = rule.map(|rule| rule.source.clone());
                return Err(Excess { product: Some((*product).to_owned()), grams: came, grams_max: may, source });
            }
        }
        let came: i64 = outputs.iter().map(|output| output.grams).sum();
        let most = |input: &Mass<'_>| {
            let given = products.iter().map(|product| yielded(input.product, product)).max().unwrap_or(WHOLE);
            give(input, given.max(WHOLE))
        };
        let may = grams(inputs.iter().map(most).sum());
        if came > may {
            return Err(Excess { product: None, grams: came, grams_max: may, source: None });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taxonomy() -> Taxonomy {
        Taxonomy::embedded().expect("well-formed")
    }

    fn mass(product: &str, grams: i64) -> Mass<'_> {
        Mass { product, grams }
    }

    fn day() -> NaiveDate {
        "2026-11-02".parse().expect("a day")
    }

    #[test]
    fn butter_is_bounded_by_its_kernels_and_the_cake_by_what_is_left() {
        let (taxonomy, kernels) = (taxonomy(), [mass("shea-kernel", 100_000)]);
        let rules = YieldRules::embedded(&taxonomy).expect("well-formed");
        let check = |outputs: &[Mass<'_>]| rules.check(&kernels, outputs, &taxonomy, day());

        assert_eq!(check(&[mass("shea-butter", 48_000), mass("shea-cake", 52_000)]), Ok(()));
        let excess = check(&[mass("shea-butter", 48_001)]).unwrap_err();
        assert_eq!((excess.product.as_deref(), excess.grams, excess.grams_max), (Some("shea-butter"), 48_001, 48_000));
        assert!(excess.source.is_some());
        let together = check(&[mass("shea-butter", 40_000), mass("shea-cake", 60_001)]).unwrap_err();
        assert_eq!((together.product, together.grams_max), (None, 100_000));
    }

    #[test]
    fn what_no_rule_speaks_of_gives_its_own_mass_and_water_may_be_added_where_one_does() {
        let taxonomy = taxonomy();
        let rules = YieldRules::embedded(&taxonomy).expect("well-formed");
        let check = |from, to, grams| rules.check(&[mass(from, 1_000)], &[mass(to, grams)], &taxonomy, day());

        assert_eq!(check("millet", "millet-flour", 1_000), Ok(()));
        assert!(check("millet", "millet-flour", 1_001).is_err());
        assert_eq!(check("hibiscus", "hibiscus-juice", 25_000), Ok(()));
        assert!(check("hibiscus", "hibiscus-juice", 25_001).is_err());
        // A rule for a branch holds below it.
        assert_eq!(check("fresh-tilapia", "smoked-catfish", 450), Ok(()));
        assert!(check("fresh-tilapia", "smoked-catfish", 451).is_err());
    }

    proptest! {
        #[test]
        fn less_out_or_more_in_is_never_worse(inputs in 1_i64..1_000_000, outputs in 1_i64..1_000_000, less in 0_i64..1_000) {
            let taxonomy = taxonomy();
            let rules = YieldRules::embedded(&taxonomy).expect("well-formed");
            let check = |kernels, butter| {
                rules.check(&[mass("shea-kernel", kernels)], &[mass("shea-butter", butter)], &taxonomy, day()).is_ok()
            };
            if check(inputs, outputs) {
                prop_assert!(check(inputs + less, outputs) && check(inputs, (outputs - less).max(0)));
            }
        }
    }
}
