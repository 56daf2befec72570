//! From a query to the terms that are looked up for it.
//!
//! A word stands for several terms: itself, its spelling key, its stems, what it may be the beginning of, and what it
//! may be a slip of. The vocabulary of the whole index decides which, so that every segment looks up the same.

use std::collections::HashMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::analysis::{pairs, whole};
use super::schema::Fields;
use super::stemming::Stems;
use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::highlight::Found;
use crate::search::model::query::{ONE_SLIP_CHARS_MIN, RESULTS_ENOUGH, TWO_SLIPS_CHARS_MIN};
use crate::search::model::synonyms::synonyms;
use crate::search::model::words::{Word, is_stop_word};
use crate::search::model::{Language, ParsedQuery};

/// Terms that one word may stand for by its beginning or by its slips.
const TERMS_PER_GUESS_MAX: usize = 48;

/// Terms looked at for the most frequent of them.
const TERMS_SEEN_MAX: usize = 2_000;

/// Letters from which a beginning is completed.
const PREFIX_CHARS_MIN: usize = 2;

/// How far a term is from what was typed, as a percentage of the points of the word itself.
mod percent {
    pub(super) const TYPED: u32 = 100;
    pub(super) const SPELLING: u32 = 95;
    pub(super) const JOINED: u32 = 90;
    pub(super) const SYNONYM: u32 = 85;
    pub(super) const STEM: u32 = 80;
    pub(super) const BEGINNING: u32 = 75;
    pub(super) const ONE_SLIP: u32 = 55;
    pub(super) const TWO_SLIPS: u32 = 40;
    pub(super) const BEGINNING_WITH_SLIP: u32 = 35;
}

/// One word of the query: a document matches it by any of the terms, and scores by the best.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Terms of the weighted words, with their percentage.
    pub(super) words: HashMap<String, u32>,
    /// Terms of the stems, with their percentage.
    pub(super) stems: HashMap<String, u32>,
    /// Terms of the joined pairs, with their percentage.
    pub(super) pairs: HashMap<String, u32>,
}

/// What to look up for a query.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Words; documents that match more of them come first.
    pub(super) wanted: Vec<Wanted>,
    /// Phrases of two words or more; all must match.
    pub(super) phrases: Vec<Vec<String>>,
    /// Quoted single words; all must match as typed.
    pub(super) required: Vec<String>,
    /// Neighbours in the query that are neighbours in the best matches.
    pub(super) pairs: Vec<String>,
    /// The query as a whole name.
    pub(super) whole: Option<String>,
    /// Words typed with accents.
    pub(super) accented: Vec<String>,
}

impl Plan {
    pub(super) fn new(query: &ParsedQuery, searcher: &Searcher, fields: &Fields) -> Result<Plan, IndexError> {
        let vocabulary = Vocabulary { searcher, fields };
        let mut stems = Stems::new();
        let mut plan = Plan::default();
        let last = query.words.len().saturating_sub(1);
        for (at, word) in query.words.iter().enumerate() {
            let beginning = query.last_is_prefix && at == last;
            plan.wanted.push(vocabulary.expand(word, beginning, &mut stems)?);
        }
        for (at, neighbours) in query.words.windows(2).enumerate() {
            for joined in pairs(neighbours) {
                // "jɛgɛ jalan" finds "jɛgɛjalan": one term answers both words.
                if vocabulary.documents(fields.text, &joined)? > 0 {
                    for wanted in plan.wanted.iter_mut().skip(at).take(2) {
                        wanted.words.insert(joined.clone(), percent::JOINED);
                    }
                }
                plan.pairs.push(joined);
            }
        }
        for phrase in &query.phrases {
            plan.insist_on(phrase);
        }
        let all: Vec<Word> = query.words.iter().chain(query.phrases.iter().flatten()).cloned().collect();
        plan.whole = Some(whole(&all)).filter(|whole| !whole.is_empty());
        plan.accented = all.into_iter().filter_map(|word| word.accented).collect();
        Ok(plan)
    }

    /// A phrase has to match as it is; where it does, its words score as if they stood alone, so that a name that holds
    /// it comes before prose that does.
    fn insist_on(&mut self, phrase: &[Word]) {
        let meaningful = phrase.iter().filter(|word| !is_stop_word(&word.folded));
        self.wanted.extend(
            meaningful.map(|word| Wanted {
                words: HashMap::from([(word.folded.clone(), percent::TYPED)]),
                ..Wanted::default()
            }),
        );
        self.pairs.extend(pairs(phrase));
        match phrase {
            [word] => self.required.push(word.folded.clone()),
            several => self.phrases.push(several.iter().map(|word| word.folded.clone()).collect()),
        }
    }

    /// Whether every document matches.
    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.phrases.is_empty() && self.required.is_empty()
    }

    /// The forms that count as found where results are highlighted.
    pub(super) fn found(&self) -> Found {
        let mut found = Found::default();
        for wanted in &self.wanted {
            let forms = wanted.words.keys().chain(wanted.stems.keys());
            found.forms.extend(forms.cloned());
        }
        found.forms.extend(self.required.iter().cloned());
        found.forms.extend(self.phrases.iter().flatten().cloned());
        found
    }
}

/// All terms of an index.
struct Vocabulary<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
}

impl Vocabulary<'_> {
    fn expand(&self, word: &Word, beginning: bool, stems: &mut Stems) -> Result<Wanted, IndexError> {
        let mut wanted = Wanted::default();
        let typed = [(Some(&word.folded), percent::TYPED), (word.key.as_ref(), percent::SPELLING)];
        let typed: Vec<(&String, u32)> =
            typed.into_iter().filter_map(|(form, percent)| Some((form?, percent))).collect();
        let mut documents = 0;
        let mut names_a_product = false;
        for (form, percent) in &typed {
            wanted.words.insert((*form).clone(), *percent);
            wanted.pairs.insert((*form).clone(), (*percent).min(percent::JOINED));
            documents += self.documents(self.fields.text, form)? + self.documents(self.fields.pairs, form)?;
            names_a_product |= self.documents(self.fields.words[0], form)? > 0;
        }
        for synonym in synonyms(&word.folded) {
            wanted.words.entry(synonym.to_owned()).or_insert(percent::SYNONYM);
            documents += self.documents(self.fields.text, synonym)?;
        }
        let mut word_stems = Vec::new();
        stems.of(word, Language::Other, &mut word_stems);
        for stem in word_stems {
            documents += self.documents(self.fields.stems[0], &stem)?;
            documents += self.documents(self.fields.stems[1], &stem)?;
            wanted.stems.insert(stem, percent::STEM);
        }
        let letters = word.folded.chars().count();
        if beginning && letters >= PREFIX_CHARS_MIN {
            for (form, _) in &typed {
                let longer = self.most_frequent(self.beginning_with(form)?);
                documents += longer.iter().map(|(_, count)| count).sum::<u64>();
                add_guesses(&mut wanted.words, longer, percent::BEGINNING);
            }
        }
        // A name of a product is no slip of another word, however rare.
        if names_a_product || documents >= RESULTS_ENOUGH || letters < ONE_SLIP_CHARS_MIN {
            return Ok(wanted);
        }
        let slips_max = if letters < TWO_SLIPS_CHARS_MIN { 1 } else { 2 };
        for (slips, percent) in [(1, percent::ONE_SLIP), (2, percent::TWO_SLIPS)] {
            if slips > slips_max {
                continue;
            }
            for (form, _) in &typed {
                let mut similar = self.similar(form, slips, false)?;
                if slips_max == 1 {
                    similar.retain(|term, _| term.chars().next() == form.chars().next());
                }
                let similar = self.most_frequent(similar);
                documents += similar.iter().map(|(_, count)| count).sum::<u64>();
                add_guesses(&mut wanted.words, similar, percent);
            }
        }
        if beginning && documents == 0 {
            let similar = self.most_frequent(self.similar(&word.folded, 1, true)?);
            add_guesses(&mut wanted.words, similar, percent::BEGINNING_WITH_SLIP);
        }
        Ok(wanted)
    }

    /// Documents with a term, deleted ones that are not yet merged away included.
    fn documents(&self, field: Field, term: &str) -> Result<u64, IndexError> {
        self.searcher.doc_freq(&Term::from_field_text(field, term)).map_err(unavailable)
    }

    fn beginning_with(&self, prefix: &str) -> Result<HashMap<String, u64>, IndexError> {
        let mut longer = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.text).map_err(unavailable)?;
            let range = inverted.terms().range().ge(prefix.as_bytes());
            let mut terms = range.into_stream().map_err(unavailable)?;
            let mut seen = 0;
            while let Some((term, info)) = terms.next() {
                if !term.starts_with(prefix.as_bytes()) || seen == TERMS_SEEN_MAX {
                    break;
                }
                seen += 1;
                count_term(&mut longer, term, info.doc_freq);
            }
        }
        Ok(longer)
    }

    /// Terms within so many insertions, deletions, changes or swaps of letters; of their beginning, if asked.
    fn similar(&self, form: &str, slips: u8, beginning: bool) -> Result<HashMap<String, u64>, IndexError> {
        let term = Term::from_field_text(self.fields.text, form);
        let slip = if beginning { FuzzyTermQuery::new_prefix } else { FuzzyTermQuery::new };
        let automaton = slip(term, slips, true).automaton().map_err(unavailable)?;
        let mut similar = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.text).map_err(unavailable)?;
            let mut terms = inverted.terms().search(&automaton).into_stream().map_err(unavailable)?;
            while let Some((term, info)) = terms.next() {
                count_term(&mut similar, term, info.doc_freq);
                if similar.len() == TERMS_SEEN_MAX {
                    break;
                }
            }
        }
        Ok(similar)
    }

    fn most_frequent(&self, terms: HashMap<String, u64>) -> Vec<(String, u64)> {
        let mut terms: Vec<(String, u64)> = terms.into_iter().collect();
        terms.sort_by(|(one, one_count), (other, other_count)| (other_count, one).cmp(&(one_count, other)));
        terms.truncate(TERMS_PER_GUESS_MAX);
        terms
    }
}

fn count_term(terms: &mut HashMap<String, u64>, term: &[u8], documents: u32) {
    if let Ok(term) = std::str::from_utf8(term) {
        *terms.entry(term.to_owned()).or_default() += u64::from(documents);
    }
}

fn add_guesses(words: &mut HashMap<String, u32>, guesses: Vec<(String, u64)>, percent: u32) {
    for (term, _) in guesses {
        words.entry(term).or_insert(percent);
    }
}
