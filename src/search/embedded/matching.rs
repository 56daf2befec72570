//! Which documents of a segment match, and how well.
//!
//! Scores are made of what matched and nothing else: no word frequencies, no lengths. A listing's place does not then
//! depend on what other listings say or on how segments were merged, and two results with equal claims are equal.

use std::collections::HashMap;

use tantivy::query::{EnableScoring, PhraseQuery, Query as _};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, Searcher, SegmentReader, Term};

use super::plan::{Plan, Wanted};
use super::schema::Fields;
use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::Weight;

/// Points of a stem of a word above prose, and in prose.
const STEM_POINTS: [u32; 2] = [75, 28];

/// Points on top of what words score.
const NEIGHBOURS_POINTS: u32 = 25;
const WHOLE_NAME_POINTS: u32 = 40;
const ACCENTS_POINTS: u32 = 15;

/// A document that matches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) doc: DocId,
    /// Words of the query it matches.
    pub(super) words: u8,
    /// How well it matches them.
    pub(super) points: u32,
}

/// Scores of a segment's documents while the words of a query are looked up.
struct Tally<'a> {
    segment: &'a SegmentReader,
    fields: &'a Fields,
    /// Best points of the word at hand.
    word_points: Vec<u16>,
    word_docs: Vec<DocId>,
    points: Vec<u32>,
    words: Vec<u8>,
    docs: Vec<DocId>,
}

impl<'a> Tally<'a> {
    fn new(segment: &'a SegmentReader, fields: &'a Fields) -> Tally<'a> {
        let documents = segment.max_doc() as usize;
        Tally {
            segment,
            fields,
            word_points: vec![0; documents],
            word_docs: Vec::new(),
            points: vec![0; documents],
            words: vec![0; documents],
            docs: Vec::new(),
        }
    }

    fn add_word(&mut self, wanted: &Wanted) -> Result<(), IndexError> {
        for weight in Weight::ALL {
            self.score_terms(self.fields.words[weight.index()], &wanted.words, weight.points())?;
        }
        for (field, points) in self.fields.stems.into_iter().zip(STEM_POINTS) {
            self.score_terms(field, &wanted.stems, points)?;
        }
        self.score_terms(self.fields.pairs, &wanted.pairs, Weight::Title.points())?;
        for doc in self.word_docs.drain(..) {
            let at = doc as usize;
            if self.words[at] == 0 {
                self.docs.push(doc);
            }
            self.words[at] += 1;
            self.points[at] += u32::from(std::mem::take(&mut self.word_points[at]));
        }
        Ok(())
    }

    fn score_terms(&mut self, field: Field, terms: &HashMap<String, u32>, points: u32) -> Result<(), IndexError> {
        if terms.is_empty() {
            return Ok(());
        }
        let inverted = self.segment.inverted_index(field).map_err(unavailable)?;
        for (term, percent) in terms {
            let Some(info) = inverted.terms().get(term).map_err(unavailable)? else { continue };
            // Percentages of at most 100 points fit well into 16 bits.
            let points = u16::try_from(points * percent / 100).unwrap_or(u16::MAX).max(1);
            let mut postings =
                inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic).map_err(unavailable)?;
            while !postings.docs().is_empty() {
                for &doc in postings.docs() {
                    let best = &mut self.word_points[doc as usize];
                    if *best == 0 {
                        self.word_docs.push(doc);
                    }
                    *best = points.max(*best);
                }
                postings.advance();
            }
        }
        Ok(())
    }

    /// Adds points to documents that already match and have the term.
    fn add_bonus(&mut self, field: Field, term: &str, points: u32) -> Result<(), IndexError> {
        for_each_doc(self.segment, field, term, |doc| {
            let at = doc as usize;
            if self.words[at] > 0 {
                self.points[at] += points;
            }
        })
    }

    /// The documents that match, in order.
    fn into_candidates(mut self) -> Vec<Candidate> {
        self.docs.sort_unstable();
        let candidate =
            |&doc: &DocId| Candidate { doc, words: self.words[doc as usize], points: self.points[doc as usize] };
        self.docs.iter().map(candidate).collect()
    }
}

/// The documents of a segment that match the plan and stand in `allowed`, in order; deleted ones are left out.
pub(super) fn candidates(
    segment: &SegmentReader,
    searcher: &Searcher,
    fields: &Fields,
    plan: &Plan,
    allowed: impl Fn(DocId) -> bool,
) -> Result<Vec<Candidate>, IndexError> {
    let alive = segment.alive_bitset();
    let allowed = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc)) && allowed(doc);
    if plan.wanted.is_empty() && plan.is_empty() {
        let all = (0..segment.max_doc()).filter(|doc| allowed(*doc));
        return Ok(all.map(|doc| Candidate { doc, words: 0, points: 0 }).collect());
    }
    let required = required(segment, searcher, fields, plan)?;
    let allowed = |doc: DocId| required.iter().all(|docs| docs.contains(doc)) && allowed(doc);
    if plan.wanted.is_empty() {
        let all = (0..segment.max_doc()).filter(|doc| allowed(*doc));
        return Ok(all.map(|doc| Candidate { doc, words: 0, points: Weight::Identity.points() }).collect());
    }
    let mut tally = Tally::new(segment, fields);
    for wanted in &plan.wanted {
        tally.add_word(wanted)?;
    }
    for pair in &plan.pairs {
        tally.add_bonus(fields.pairs, pair, NEIGHBOURS_POINTS)?;
    }
    for accented in &plan.accented {
        tally.add_bonus(fields.accented, accented, ACCENTS_POINTS)?;
    }
    if let Some(whole) = &plan.whole {
        tally.add_bonus(fields.whole, whole, WHOLE_NAME_POINTS)?;
    }
    let mut candidates = tally.into_candidates();
    candidates.retain(|candidate| allowed(candidate.doc));
    Ok(candidates)
}

/// For each quoted word and phrase, the documents that have it.
fn required(
    segment: &SegmentReader,
    searcher: &Searcher,
    fields: &Fields,
    plan: &Plan,
) -> Result<Vec<BitSet>, IndexError> {
    let mut required = Vec::new();
    for word in &plan.required {
        let mut docs = BitSet::with_max_value(segment.max_doc());
        for_each_doc(segment, fields.text, word, |doc| {
            docs.insert(doc);
        })?;
        required.push(docs);
    }
    for phrase in &plan.phrases {
        let terms = phrase.iter().map(|word| Term::from_field_text(fields.text, word)).collect();
        let mut docs = BitSet::with_max_value(segment.max_doc());
        let weight =
            PhraseQuery::new(terms).weight(EnableScoring::disabled_from_searcher(searcher)).map_err(unavailable)?;
        let mut insert = |found: &[DocId]| {
            for doc in found {
                docs.insert(*doc);
            }
        };
        weight.for_each_no_score(segment, &mut insert).map_err(unavailable)?;
        required.push(docs);
    }
    Ok(required)
}

/// Calls `found` with each document of a segment that has the term.
pub(super) fn for_each_doc(
    segment: &SegmentReader,
    field: Field,
    term: &str,
    mut found: impl FnMut(DocId),
) -> Result<(), IndexError> {
    let inverted = segment.inverted_index(field).map_err(unavailable)?;
    let Some(info) = inverted.terms().get(term).map_err(unavailable)? else { return Ok(()) };
    let mut postings =
        inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic).map_err(unavailable)?;
    while !postings.docs().is_empty() {
        postings.docs().iter().copied().for_each(&mut found);
        postings.advance();
    }
    Ok(())
}
