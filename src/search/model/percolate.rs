//! Searching the other way round: one document, held against searches that were kept.
//!
//! [`Readable::fulfils`] says what an engine says of whole words: each word of the search stands in the document, folded
//! or in the same spelling-blind form, each phrase stands in one of its texts, and every condition holds. It is stricter
//! than a search that somebody looks through: nothing is completed, no slip is forgiven, no word is reduced to its stem or
//! joined with its neighbour, and no word may be missing. What it says yes to, an engine finds with the same words and
//! conditions; an alert is worth a message only if it is meant.
//!
//! Searches are filed under terms ([`filed_under`]), so that a document is held only against those that share one with it
//! ([`Readable::terms`]).

use std::collections::{BTreeSet, HashSet};

use super::{
    Condition, GeoPoint, NumberField, ParsedQuery, SearchDocument, TextField,
    fields::KeywordField,
    words::{Word, is_stop_word, words},
};

/// Words of a document that count; as many as an engine indexes.
const DOCUMENT_WORDS_MAX: usize = 2_000;

/// The term of every document: for searches that ask for nothing a document could be looked up by, such as a price.
pub const ANY: &str = "*";

/// A document, taken apart once to be held against many searches.
#[derive(Debug)]
pub struct Readable<'d> {
    document: &'d SearchDocument,
    forms: HashSet<String>,
    texts: Vec<Vec<Word>>,
}

impl<'d> Readable<'d> {
    /// Takes a document apart. Where it is too long, its prose is cut and not its names, as in an engine.
    #[must_use]
    pub fn of(document: &'d SearchDocument) -> Self {
        let (mut forms, mut texts) = (HashSet::new(), Vec::new());
        let mut kept = 0_usize;
        for field in TextField::ALL {
            for (_, text) in document.texts.iter().filter(|(of, _)| *of == field) {
                let budget = DOCUMENT_WORDS_MAX.saturating_sub(kept);
                let found: Vec<Word> = words(&text.text).take(budget).collect();
                for word in &found {
                    kept += 1 + usize::from(word.key.is_some());
                    forms.extend([Some(&word.folded), word.key.as_ref()].into_iter().flatten().cloned());
                }
                texts.push(found);
            }
        }
        Self { document, forms, texts }
    }

    /// Everything that searches for it may be filed under.
    #[must_use]
    pub fn terms(&self) -> BTreeSet<String> {
        let words = self.forms.iter().map(|form| word_term(form));
        let keywords = self.document.keywords.iter().map(|(field, value)| keyword_term(*field, value));
        words.chain(keywords).chain([ANY.to_owned()]).collect()
    }

    /// Whether the document is what a search asks for.
    #[must_use]
    pub fn fulfils(&self, query: &ParsedQuery, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| self.holds(condition))
            && query.words.iter().all(|word| self.has(word))
            && query.phrases.iter().all(|phrase| self.has_phrase(phrase))
    }

    fn has(&self, wanted: &Word) -> bool {
        self.forms.contains(&wanted.folded) || wanted.key.as_ref().is_some_and(|key| self.forms.contains(key))
    }

    /// Side by side in one text, each as it was typed or as the spelling-blind form of what stands there.
    fn has_phrase(&self, phrase: &[Word]) -> bool {
        let is = |(wanted, found): (&Word, &Word)| {
            wanted.folded == found.folded || found.key.as_ref() == Some(&wanted.folded)
        };
        let mut runs = self.texts.iter().flat_map(|text| text.windows(phrase.len().max(1)));
        phrase.is_empty() || runs.any(|run| phrase.iter().zip(run).all(is))
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::AnyOf(field, values) => {
                self.document.keywords.iter().any(|(of, value)| of == field && values.contains(value))
            }
            Condition::Between { field, min, max, or_absent } => self.number(*field).map_or(*or_absent, |number| {
                min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
            }),
            Condition::Within(near) => {
                let within = |at: GeoPoint| at.kilometres_to(near.center) <= near.radius_kilometres;
                self.document.location.is_some_and(within)
            }
        }
    }

    fn number(&self, field: NumberField) -> Option<i64> {
        self.document.numbers.iter().find(|(of, _)| *of == field).map(|(_, number)| *number)
    }
}

/// Whether the document is what a search asks for; see [`Readable::fulfils`].
#[must_use]
pub fn matches(document: &SearchDocument, query: &ParsedQuery, conditions: &[Condition]) -> bool {
    Readable::of(document).fulfils(query, conditions)
}

/// The terms that a search is filed under: those of the one thing it asks for that the fewest listings are expected to
/// have, a term for each alternative. A document that has none of them cannot fulfil the search.
#[must_use]
pub fn filed_under(query: &ParsedQuery, conditions: &[Condition]) -> Vec<String> {
    let words = query.words.iter().map(|word| {
        let forms = [Some(&word.folded), word.key.as_ref()];
        (word_share(&word.folded), forms.into_iter().flatten().map(|form| word_term(form)).collect())
    });
    // In a phrase only the word as typed will do.
    let quoted = query.phrases.iter().flatten();
    let quoted = quoted.map(|word| (word_share(&word.folded), vec![word_term(&word.folded)]));
    let conditions = conditions.iter().filter_map(|condition| match condition {
        Condition::AnyOf(field, values) => {
            let share = keyword_share(*field).saturating_mul(values.len());
            Some((share, values.iter().map(|value| keyword_term(*field, value)).collect()))
        }
        Condition::Between { .. } | Condition::Within(_) => None,
    });
    let choices = words.chain(quoted).chain(conditions);
    let best: Option<(usize, Vec<String>)> = choices.min_by_key(|(share, _)| *share);
    let mut terms = best.map_or_else(|| vec![ANY.to_owned()], |(_, terms)| terms);
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn word_term(form: &str) -> String {
    format!("w:{form}")
}

fn keyword_term(field: KeywordField, value: &str) -> String {
    format!("{}:{value}", field.name())
}

/// Listings in a thousand that are expected to have a word. Long words are rare ones; a guess that is wrong costs time and
/// changes no outcome.
fn word_share(folded: &str) -> usize {
    if is_stop_word(folded) {
        return 900;
    }
    if is_said_of_many(folded) {
        return 300;
    }
    match folded.chars().count() {
        0..=3 => 80,
        4..=5 => 50,
        6..=7 => 30,
        _ => 20,
    }
}

/// Listings in a thousand that are expected to have one value of a field.
const fn keyword_share(field: KeywordField) -> usize {
    match field {
        KeywordField::Organization => 1,
        KeywordField::Product => 35,
        KeywordField::Scheme => 60,
        KeywordField::Place | KeywordField::Region => 100,
        KeywordField::Grade => 150,
        KeywordField::Season => 250,
        KeywordField::WomenOwned | KeywordField::Kind => 400,
    }
}

/// Words that composing adds to nearly every listing, and that sellers like.
fn is_said_of_many(folded: &str) -> bool {
    matches!(
        folded,
        "femmes"
            | "women"
            | "musow"
            | "cooperative"
            | "jekulu"
            | "certifie"
            | "certified"
            | "entreprise"
            | "business"
            | "small"
            | "marche"
            | "market"
            | "vendeuse"
            | "seller"
            | "societe"
            | "company"
            | "qualite"
            | "quality"
            | "mali"
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::search::model::{Collection, Language, Text};

    fn document(texts: &[(TextField, &str)]) -> SearchDocument {
        SearchDocument {
            collection: Collection::Listings,
            id: Uuid::nil(),
            texts: texts.iter().map(|(field, text)| (*field, Text::new(Language::Fr, *text))).collect(),
            keywords: vec![(KeywordField::Product, "shea-butter".into()), (KeywordField::Place, "segou".into())],
            numbers: vec![(NumberField::PricePerKilogram, 1_250_000)],
            location: None,
            suggestions: Vec::new(),
        }
    }

    fn fulfils(typed: &str) -> bool {
        let document = document(&[
            (TextField::Title, "Beurre de karité, échalotes"),
            (TextField::Place, "Ségou"),
            (TextField::Label, "bio"),
        ]);
        matches(&document, &ParsedQuery::parse(typed).unwrap(), &[])
    }

    #[test]
    fn every_word_has_to_be_there_however_it_is_spelt() {
        for typed in ["karite", "KARITÉ ségou", "segu", "échalotte", "beurre de karité", ""] {
            assert!(fulfils(typed), "{typed}");
        }
        for typed in ["karite bamako", "kari", "karitte2", "beurres2"] {
            assert!(!fulfils(typed), "{typed}");
        }
    }

    #[test]
    fn a_phrase_stands_in_one_text() {
        assert!(fulfils("\"beurre de karité\""));
        assert!(fulfils("\"bio\" karité"));
        assert!(!fulfils("\"karité beurre\""));
        assert!(!fulfils("\"ségou bio\""), "they stand in two texts");
    }

    #[test]
    fn a_search_is_filed_under_what_the_fewest_have() {
        let filed =
            |typed: &str, conditions: &[Condition]| filed_under(&ParsedQuery::parse(typed).unwrap(), conditions);
        let any_of = |field, values: &[&str]| Condition::AnyOf(field, values.iter().map(ToString::to_string).collect());
        assert_eq!(filed("beurre karite femmes", &[]), ["w:beure", "w:beurre"]);
        assert_eq!(
            filed("femmes", &[any_of(KeywordField::Place, &["segou", "san"])]),
            ["placeCodes:san", "placeCodes:segou"]
        );
        assert_eq!(filed("\"de karité\"", &[]), ["w:karite"]);
        let price =
            Condition::Between { field: NumberField::PricePerKilogram, min: None, max: Some(1), or_absent: false };
        assert_eq!(filed("", &[price]), [ANY]);
    }
}
