//! The server's settings, derived from the one list of fields ([`fields`]).
//!
//! [`fields`]: crate::search::model::fields

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meilisearch_sdk::settings::{
    FacetSortValue, FacetingSettings, FilterFeatureModes, FilterFeatures, FilterableAttribute,
    FilterableAttributesSettings, LocalizedAttributes, MinWordSizeForTypos, PaginationSetting, Settings,
    TypoToleranceSettings,
};
use sha2::{Digest as _, Sha256};

use super::{
    document::{PRODUCT, TITLE, searchable},
    spots::SPOT,
};
use crate::search::model::{
    KeywordField, NumberField, TextField,
    fields::definition_digest,
    query::{ONE_SLIP_CHARS_MIN, TWO_SLIPS_CHARS_MIN},
    synonyms,
};

/// Raise when documents are sent in another form under the same fields and settings.
const FORM_VERSION: u32 = 3;

/// Results that are counted: more than there will be, since totals are exact.
const TOTAL_HITS_MAX: usize = 1_000_000_000;

/// Values of a field that are counted: more than there will be. Grades and seasons are as sellers write them, and locations
/// that are not counted would not be found.
const FACET_VALUES_MAX: usize = 1_000_000;

/// Within this time the server would answer with what it has: so late that the request has ended before, because a part of
/// the results would look like the whole.
const CUTOFF_MS: u64 = 30_000;

/// What decides the order of results, the first that tells two apart. `sort` is only there when a search asks for an order.
const RANKING_RULES: [&str; 8] =
    ["sort", "words", "typo", "attributeRank", "exactness", "proximity", "wordPosition", "publishedAt:desc"];

/// The settings of every index.
pub(super) fn settings() -> Settings {
    let keywords = KeywordField::ALL.map(KeywordField::name);
    let numbers = NumberField::ALL.map(NumberField::name);
    let filterable = [filterable(keywords.into_iter().chain([PRODUCT, TITLE, SPOT]), false), filterable(numbers, true)];
    let sortable = NumberField::ALL.into_iter().filter(|field| field.is_sortable()).map(NumberField::name);
    Settings::new()
        .with_searchable_attributes(TextField::ALL.map(TextField::name))
        .with_filterable_attributes_advanced(filterable)
        .with_sortable_attributes(sortable)
        .with_ranking_rules(RANKING_RULES)
        .with_synonyms(of_one_meaning())
        // Words without meaning are taken out of queries before they are sent, and have to stand in quoted phrases.
        .with_stop_words(Vec::<String>::new())
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(true),
            disable_on_attributes: None,
            disable_on_words: None,
            min_word_size_for_typos: Some(MinWordSizeForTypos {
                one_typo: u8::try_from(ONE_SLIP_CHARS_MIN).ok(),
                two_typos: u8::try_from(TWO_SLIPS_CHARS_MIN).ok(),
            }),
            disable_on_numbers: Some(true),
        })
        .with_localized_attributes([LocalizedAttributes {
            // One language, whatever it is: of several the server guesses which each text is in, again and again, while texts
            // of letters and digits alone are parted into the same words in every one.
            locales: vec!["fra".into()],
            attribute_patterns: vec!["*".into()],
        }])
        .with_faceting(FacetingSettings {
            max_values_per_facet: FACET_VALUES_MAX,
            // By count, though we put them in order ourselves: in the order of letters the server reads the values of each of
            // up to 3,000 results one by one, which takes twice to four times as long.
            sort_facet_values_by: Some(BTreeMap::from([("*".into(), FacetSortValue::Count)])),
        })
        .with_pagination(PaginationSetting { max_total_hits: TOTAL_HITS_MAX })
        .with_search_cutoff(CUTOFF_MS)
}

/// Fields whose values are compared for being the same, and where it is said also for which is greater. Nobody searches among
/// the values of a field: for that the server would go through every value of every field after each body of documents,
/// and there are as many titles as listings.
fn filterable<'n>(names: impl IntoIterator<Item = &'n str>, comparison: bool) -> FilterableAttribute {
    FilterableAttribute::Settings(FilterableAttributesSettings {
        attribute_patterns: names.into_iter().map(str::to_owned).collect(),
        features: FilterFeatures { facet_search: false, filter: FilterFeatureModes { equality: true, comparison } },
    })
}

/// Words of one meaning, in the form that is compared.
fn of_one_meaning() -> HashMap<String, Vec<String>> {
    let mut meanings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for word in synonyms::all() {
        let compared = searchable(word);
        let others = synonyms::synonyms(word).map(searchable).filter(|other| *other != compared);
        meanings.entry(compared.clone()).or_default().extend(others);
    }
    meanings.into_iter().map(|(word, others)| (word, others.into_iter().collect())).collect()
}

/// Names the fields, the settings and the form of documents: an index of another name cannot be searched by this program.
pub(super) fn digest() -> String {
    // A value of settings that cannot be written would be a slip of ours in this file, which its test would find. As a
    // value, so that the maps in it are in order.
    let settings = serde_json::to_value(settings()).map(|settings| settings.to_string()).unwrap_or_default();
    let definition = format!("{}\nform {FORM_VERSION}\n{settings}", definition_digest());
    hex::encode(Sha256::digest(definition.as_bytes()).get(..6).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_is_asked_for_can_be_searched_filtered_and_sorted() {
        let written = serde_json::to_value(settings()).unwrap();
        let names = |setting: &str| -> Vec<String> { serde_json::from_value(written[setting].clone()).unwrap() };
        let (searched, sorted) = (names("searchableAttributes"), names("sortableAttributes"));
        let rules = written["filterableAttributes"].as_array().unwrap();
        let filtered: Vec<&str> = rules
            .iter()
            .flat_map(|rule| rule["attributePatterns"].as_array().unwrap_or(rules))
            .filter_map(|name| name.as_str())
            .collect();
        assert_eq!(searched, TextField::ALL.map(TextField::name));
        for name in KeywordField::ALL.map(KeywordField::name).into_iter().chain(NumberField::ALL.map(NumberField::name))
        {
            assert!(filtered.contains(&name), "{name}");
        }
        assert!(sorted.contains(&"publishedAt".to_owned()) && filtered.contains(&SPOT));
        assert_eq!(written["typoTolerance"]["minWordSizeForTypos"], json!({ "oneTypo": 4, "twoTypos": 8 }));
        assert_eq!(written["synonyms"]["organic"], json!(["bio", "biologique"]));
        assert!(written["pagination"]["maxTotalHits"].as_u64() > Some(10_000_000));
    }

    #[test]
    fn the_digest_is_the_same_each_time() {
        assert_eq!(digest(), digest());
        assert_eq!(digest().len(), 12);
    }
}
