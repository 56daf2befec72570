//! Counts as people read them: values with names, and ownership by definition.

use std::collections::BTreeMap;

use super::{
    Search,
    model::{FacetCounts, FacetValue, KeywordField},
};
use crate::kernel::locale::{self, Locale};

/// Ownership facts are kept with their status and evidence; people choose a definition and want to know how many satisfy
/// it. Every document has one fact a definition, so the counts add up exactly.
pub(super) fn by_definition(counts: FacetCounts) -> FacetCounts {
    let mut satisfied: BTreeMap<String, u64> = BTreeMap::new();
    for FacetValue { value, count } in counts.values {
        let mut parts = value.split('|');
        if let (Some(definition), Some("YES")) = (parts.next(), parts.next()) {
            *satisfied.entry(definition.to_owned()).or_default() += count;
        }
    }
    let mut values: Vec<FacetValue> = satisfied.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
    // Stable, so equals stay in the order of their codes.
    values.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    FacetCounts { field: counts.field, values }
}

impl Search {
    /// What a value of a facet is called. A value that has no name is its own.
    #[must_use]
    pub fn label(&self, field: KeywordField, value: &str, language: Locale) -> String {
        let named = match field {
            KeywordField::Product => {
                self.taxonomy.product(value).and_then(|product| product.names.best(language)).map(str::to_owned)
            }
            KeywordField::Place | KeywordField::Region => {
                let gazetteer = self.directory.gazetteer();
                gazetteer.place(value).and_then(|place| place.names.best(language)).map(str::to_owned)
            }
            KeywordField::Scheme => {
                self.schemes.scheme(value).and_then(|scheme| scheme.labels.best(language)).map(str::to_owned)
            }
            KeywordField::Kind => message(language, "search-kind", value),
            KeywordField::WomenOwned => message(language, "search-ownership", value),
            KeywordField::Grade | KeywordField::Season | KeywordField::Organization => None,
        };
        named.unwrap_or_else(|| value.to_owned())
    }
}

/// The message that names a value of an enum: `search-kind-market-seller`.
fn message(language: Locale, prefix: &str, value: &str) -> Option<String> {
    let key = format!("{prefix}-{}", value.to_ascii_lowercase().replace('_', "-"));
    locale::has_message(&key).then(|| locale::message(language, &key, []))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::model::{organization::OrganizationKind, ownership::Definition};

    #[test]
    fn ownership_is_counted_by_the_definitions_that_are_satisfied() {
        let value = |value: &str, count| FacetValue { value: value.to_owned(), count };
        let counts = FacetCounts {
            field: KeywordField::WomenOwned,
            values: vec![
                value("UN_WOMEN_OWNED|NO|SELF_DECLARED", 9),
                value("UN_WOMEN_OWNED|YES|SELF_DECLARED", 4),
                value("IWA34_WOMEN_OWNED|UNKNOWN|SELF_DECLARED", 7),
                value("UN_WOMEN_OWNED|YES|DOCUMENT_VERIFIED", 2),
                value("IWA34_WOMEN_LED|YES|DOCUMENT_VERIFIED", 8),
            ],
        };
        assert_eq!(by_definition(counts).values, [value("IWA34_WOMEN_LED", 8), value("UN_WOMEN_OWNED", 6)]);
    }

    #[test]
    fn every_kind_and_definition_has_a_name() {
        for language in Locale::ALL {
            for kind in OrganizationKind::ALL {
                assert!(message(language, "search-kind", kind.as_str()).is_some(), "{}", kind.as_str());
            }
            for definition in Definition::ALL {
                assert!(
                    message(language, "search-ownership", definition.as_str()).is_some(),
                    "{}",
                    definition.as_str()
                );
            }
        }
    }
}
