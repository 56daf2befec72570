//! From a document to the terms it is found by.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyDocument;
use tantivy::schema::Field;
use tantivy::tokenizer::{PreTokenizedString, Token};

use super::schema::Fields;
use super::stemming::Stems;
use super::suggestions::suggestion_terms;
use crate::search::index::IndexError;
use crate::search::model::highlight::Shown;
use crate::search::model::words::{Word, is_stop_word, words};
use crate::search::model::{SearchDocument, Text, TextField, Weight};

/// Words left free between two texts of a document, so that no phrase matches across them.
const TEXT_GAP: usize = 16;

/// Words of a document that are indexed; a longer description is found by its beginning.
const DOCUMENT_WORDS_MAX: usize = 2_000;

/// Letters of a whole name that is indexed as one.
const WHOLE_CHARS_MAX: usize = 80;

/// The terms of one document, gathered field by field.
#[derive(Default)]
struct Terms {
    /// Best weight of each word.
    weights: BTreeMap<String, Weight>,
    stems: BTreeSet<String>,
    stems_prose: BTreeSet<String>,
    text: Vec<Token>,
    position: usize,
    pairs: BTreeSet<String>,
    whole: BTreeSet<String>,
    accented: BTreeSet<String>,
}

impl Terms {
    fn weigh(&mut self, form: &str, weight: Weight) {
        let best = self.weights.entry(form.to_owned()).or_insert(weight);
        *best = weight.min(*best);
    }

    fn add_text(&mut self, field: TextField, text: &Text, stems: &mut Stems) {
        let weight = field.weight();
        let budget = DOCUMENT_WORDS_MAX.saturating_sub(self.text.len());
        let found: Vec<Word> = words(&text.text).take(budget).collect();
        for word in &found {
            for form in [Some(&word.folded), word.key.as_ref()].into_iter().flatten() {
                self.weigh(form, weight);
                self.text.push(token(form, self.position));
            }
            self.position += 1;
            self.accented.extend(word.accented.clone());
            let mut word_stems = Vec::new();
            stems.of(word, text.language, &mut word_stems);
            match weight {
                Weight::Prose => self.stems_prose.extend(word_stems),
                Weight::Identity | Weight::Title | Weight::Context => self.stems.extend(word_stems),
            }
        }
        self.position += TEXT_GAP;
        if weight != Weight::Prose {
            self.pairs.extend(pairs(&found));
        }
        if matches!(weight, Weight::Identity | Weight::Title) {
            self.whole.insert(whole(&found));
        }
    }
}

/// Neighbouring words written as one, each pair in its bare and in its spelling-blind form.
pub(super) fn pairs(words: &[Word]) -> Vec<String> {
    let meaningful: Vec<&Word> = words.iter().filter(|word| !is_stop_word(&word.folded)).collect();
    let mut joined = Vec::new();
    for pair in meaningful.windows(2) {
        if let [first, second] = pair {
            joined.push(format!("{}{}", first.folded, second.folded));
            if first.key.is_some() || second.key.is_some() {
                joined.push(format!("{}{}", key(first), key(second)));
            }
        }
    }
    joined
}

/// All meaningful words written as one, in spelling-blind form.
pub(super) fn whole(words: &[Word]) -> String {
    let mut joined: String =
        words.iter().filter(|word| !is_stop_word(&word.folded)).map(key).collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = joined.char_indices().nth(WHOLE_CHARS_MAX) {
        joined.truncate(cut);
    }
    joined
}

fn key(word: &Word) -> &str {
    word.key.as_ref().unwrap_or(&word.folded)
}

fn token(form: &str, position: usize) -> Token {
    Token { offset_from: 0, offset_to: 0, position, text: form.to_owned(), position_length: 1 }
}

/// The tantivy document of a document.
pub(super) fn analyse(
    document: &SearchDocument,
    fields: &Fields,
    stems: &mut Stems,
) -> Result<TantivyDocument, IndexError> {
    let mut terms = Terms::default();
    // Best fields first: should the document be too long, it is its prose that is cut.
    for field in TextField::ALL {
        for (_, text) in document.texts.iter().filter(|(of, _)| *of == field) {
            terms.add_text(field, text, stems);
        }
    }
    let mut indexed = TantivyDocument::new();
    indexed.add_bytes(fields.id, document.id.as_bytes());
    let (high, low) = document.id.as_u64_pair();
    indexed.add_u64(fields.id_high, high);
    indexed.add_u64(fields.id_low, low);
    indexed.add_u64(fields.digest, document.digest().0);
    for (form, weight) in terms.weights {
        indexed.add_text(fields.words[weight.index()], form);
    }
    let sets: [(Field, BTreeSet<String>); 5] = [
        (fields.stems[0], terms.stems),
        (fields.stems[1], terms.stems_prose),
        (fields.pairs, terms.pairs),
        (fields.whole, terms.whole),
        (fields.accented, terms.accented),
    ];
    for (field, set) in sets {
        for term in set {
            indexed.add_text(field, term);
        }
    }
    let text = PreTokenizedString { text: String::new(), tokens: terms.text };
    indexed.add_pre_tokenized_text(fields.text, text);
    for suggestion in &document.suggestions {
        for term in suggestion_terms(suggestion) {
            indexed.add_text(fields.suggestions, term);
        }
    }
    for (field, value) in &document.keywords {
        indexed.add_text(fields.keywords[field.index()], value);
    }
    for (field, value) in &document.numbers {
        indexed.add_i64(fields.numbers[field.index()], *value);
    }
    if let Some(location) = document.location {
        indexed.add_f64(fields.latitude, location.latitude);
        indexed.add_f64(fields.longitude, location.longitude);
    }
    let source: Vec<Shown> =
        document.texts.iter().map(|(field, text)| (field.name().to_owned(), text.clone())).collect();
    let source = serde_json::to_vec(&source).map_err(|error| IndexError::Unavailable(error.into()))?;
    indexed.add_bytes(fields.source, &source);
    Ok(indexed)
}
