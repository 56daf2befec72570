//! A search from beginning to end over one collection.

use std::collections::HashMap;

use tantivy::schema::Value as _;
use tantivy::{DocAddress, DocId, Searcher, SegmentOrdinal, TantivyDocument};

use super::counting::FacetCounter;
use super::filtering::{Locations, SegmentFilter};
use super::matching::{Candidate, candidates};
use super::plan::Plan;
use super::ranking::{Place, Ranking, WORD_RANK};
use super::schema::Fields;
use super::stemming::Stems;
use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::highlight::{Found, Shown, highlight, highlights};
use crate::search::model::query::RESULTS_ENOUGH;
use crate::search::model::words::Word;
use crate::search::model::{Highlight, Hit, SearchRequest, SearchResult, Text};

/// Searches one collection.
pub(super) fn search(
    searcher: &Searcher,
    fields: &Fields,
    request: &SearchRequest,
) -> Result<SearchResult, IndexError> {
    let plan = Plan::new(&request.query, searcher, fields)?;
    let mut by_segment = Vec::with_capacity(searcher.segment_readers().len());
    for segment in searcher.segment_readers() {
        let filter = SegmentFilter::new(segment, fields, &request.conditions)?;
        by_segment.push(candidates(segment, searcher, fields, &plan, |doc| filter.allows(doc))?);
    }
    let words_min = words_needed(&by_segment, plan.wanted.len());
    let mut ranking = Ranking::new(request.window.offset() + request.window.limit());
    let mut counters: Vec<FacetCounter> = request.facets.iter().copied().map(FacetCounter::new).collect();
    let mut total = 0;
    for (at, (segment, mut results)) in searcher.segment_readers().iter().zip(by_segment).enumerate() {
        results.retain(|candidate| usize::from(candidate.words) >= words_min);
        total += results.len() as u64;
        ranking.add(segment, at, &results, request.sort, plan.is_empty())?;
        if !counters.is_empty() {
            let docs: Vec<DocId> = results.iter().map(|candidate| candidate.doc).collect();
            for counter in &mut counters {
                counter.add(segment, &docs)?;
            }
        }
    }
    let places = ranking.finish(request.window.offset());
    let hits = Shower::new(searcher, fields, request, &plan).show(places)?;
    let facets = counters.into_iter().map(FacetCounter::finish).collect();
    Ok(SearchResult { hits, total, facets })
}

/// How many words of the query a result has to match.
///
/// All of them while that leaves enough to look at; else fewer, down to half; and below that only so as not to come
/// back with nothing. It depends on what is found and not on the page asked for, so pages and counts agree.
fn words_needed(by_segment: &[Vec<Candidate>], words: usize) -> usize {
    let mut matching = vec![0_u64; words + 1];
    for candidate in by_segment.iter().flatten() {
        if let Some(count) = matching.get_mut(usize::from(candidate.words)) {
            *count += 1;
        }
    }
    let half = words.div_ceil(2);
    let mut results = 0;
    for needed in (1..=words).rev() {
        results += matching.get(needed).copied().unwrap_or_default();
        if results >= RESULTS_ENOUGH || (needed <= half && results > 0) {
            return needed;
        }
    }
    0
}

/// Makes hits of the places found.
struct Shower<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    request: &'a SearchRequest,
    found: Found,
    locations: HashMap<usize, Locations>,
    stems: Stems,
}

impl<'a> Shower<'a> {
    fn new(searcher: &'a Searcher, fields: &'a Fields, request: &'a SearchRequest, plan: &Plan) -> Shower<'a> {
        Shower { searcher, fields, request, found: plan.found(), locations: HashMap::new(), stems: Stems::new() }
    }

    fn show(mut self, places: Vec<Place>) -> Result<Vec<Hit>, IndexError> {
        places.into_iter().map(|place| self.hit(place)).collect()
    }

    fn hit(&mut self, place: Place) -> Result<Hit, IndexError> {
        let highlights =
            if self.request.highlight && !self.found.forms.is_empty() { self.highlights(place)? } else { Vec::new() };
        Ok(Hit {
            id: place.id,
            score: place.score as f64 / WORD_RANK as f64,
            highlights,
            distance_kilometres: self.distance(place)?,
        })
    }

    fn distance(&mut self, place: Place) -> Result<Option<f64>, IndexError> {
        let Some(origin) = self.request.origin else { return Ok(None) };
        let locations = match self.locations.entry(place.segment) {
            std::collections::hash_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::hash_map::Entry::Vacant(closed) => {
                let Some(segment) = self.searcher.segment_readers().get(place.segment) else { return Ok(None) };
                closed.insert(Locations::open(segment)?)
            }
        };
        Ok(locations.of(place.doc).map(|location| location.kilometres_to(origin)))
    }

    fn highlights(&mut self, place: Place) -> Result<Vec<Highlight>, IndexError> {
        let segment = SegmentOrdinal::try_from(place.segment).map_err(unavailable)?;
        let document: TantivyDocument = self.searcher.doc(DocAddress::new(segment, place.doc)).map_err(unavailable)?;
        let source = document.get_first(self.fields.source).and_then(|value| value.as_bytes());
        let source: Vec<Shown> = serde_json::from_slice(source.unwrap_or(b"[]")).map_err(unavailable)?;
        Ok(highlights(&source, |text| self.mark(text)))
    }

    fn mark(&mut self, text: &Text) -> Option<String> {
        let stems = std::cell::RefCell::new(&mut self.stems);
        highlight(&text.text, &self.found, |word: &Word| {
            let mut forms = Vec::new();
            stems.borrow_mut().of(word, text.language, &mut forms);
            forms
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(words: &[u8]) -> Vec<Vec<Candidate>> {
        vec![words.iter().map(|words| Candidate { doc: 0, words: *words, points: 0 }).collect()]
    }

    #[test]
    fn all_words_are_needed_while_enough_results_have_them() {
        assert_eq!(words_needed(&results(&[2; 20]), 2), 2);
        assert_eq!(words_needed(&results(&[3; 40]), 3), 3);
    }

    #[test]
    fn half_of_the_words_is_enough_where_few_results_have_all() {
        let mut words = vec![3; 5];
        words.extend([2; 5]);
        words.extend([1; 90]);
        assert_eq!(words_needed(&results(&words), 3), 2);
        assert_eq!(words_needed(&results(&[2, 1, 1]), 2), 1);
    }

    #[test]
    fn fewer_than_half_are_enough_where_nothing_else_is_found() {
        assert_eq!(words_needed(&results(&[1, 1]), 5), 1);
        assert_eq!(words_needed(&results(&[]), 5), 0);
        assert_eq!(words_needed(&results(&[0, 0]), 0), 0);
    }
}
