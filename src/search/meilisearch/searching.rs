//! A search: from a request to the server's terms, and from its answer to ours.

use std::collections::{HashMap, HashSet};

use meilisearch_sdk::{
    indexes::Index,
    search::{MatchRange, MatchingStrategies, SearchQuery, SearchResult as SearchHit, SearchResults, Selectors},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    document::{ID, TEXTS, compared, searchables},
    filter::expressions,
    http::Http,
    keyword::decoded,
    server::{Server, meant},
    spots::{self, SPOT},
};
use crate::search::{
    index::IndexError,
    model::{
        FacetCounts, FacetValue, GeoPoint, Highlight, Hit, NumberField, ParsedQuery, SearchRequest, SearchResult, Sort,
        TextField,
        highlight::{Found, Shown, highlight, highlights},
        query::RESULTS_ENOUGH,
        words::Word,
    },
};

/// What is read of a result.
#[derive(Debug, Deserialize)]
pub(super) struct Read {
    pub(super) id: Uuid,
    #[serde(default)]
    pub(super) texts: Vec<Shown>,
    /// Where it is.
    #[serde(default)]
    spot: Option<String>,
    /// The code of a listing's own product.
    #[serde(default)]
    pub(super) product: Option<String>,
}

/// What the server says to a search.
struct Answer {
    total: usize,
    /// The window's.
    hits: Vec<SearchHit<Read>>,
    facets: HashMap<String, spots::Counts>,
}

/// What is asked, apart from which results of it.
struct Asked<'r> {
    request: &'r SearchRequest,
    text: String,
    strategy: MatchingStrategies,
    /// Conditions, all of which must hold.
    filters: Vec<String>,
}

/// Searches one index.
pub(super) async fn search(server: &Server, uid: &str, request: &SearchRequest) -> Result<SearchResult, IndexError> {
    let index = server.index(uid);
    let filters = filters(&index, request).await?;
    let text = written(&request.query);
    let mut asked = Asked { request, text, strategy: MatchingStrategies::ALL, filters };
    let answer = asked.ask(server, &index).await?;
    let few = answer.total < usize::try_from(RESULTS_ENOUGH).unwrap_or(usize::MAX);
    // It depends on what is found and not on the page asked for, so pages and counts agree.
    let answer = if few && request.query.words.len() > 1 {
        asked.text = written(&names_first(server, uid, &request.query).await?);
        asked.strategy = MatchingStrategies::LAST;
        asked.ask(server, &index).await?
    } else {
        answer
    };
    Ok(result(request, answer))
}

/// The conditions in the filter language. Circles become the locations within them that anything is at.
async fn filters(index: &Index<Http>, request: &SearchRequest) -> Result<Vec<String>, IndexError> {
    let (mut filters, circles) = expressions(&request.conditions);
    if !circles.is_empty() {
        let anything = Asked { request, text: String::new(), strategy: MatchingStrategies::ALL, filters };
        let mut query = anything.counting(index);
        query.with_facets(Selectors::Some(const { &[SPOT] }));
        let results = query.execute().await.map_err(meant)?;
        let counts = facets(&results).remove(SPOT).unwrap_or_default();
        filters = anything.filters;
        filters.push(spots::within(&counts, &circles));
    }
    Ok(filters)
}

/// The query with its last words the first to be given up: words that name something stand before words that only describe,
/// so that `unrefined shea butter` leaves shea butter.
async fn names_first(server: &Server, uid: &str, query: &ParsedQuery) -> Result<ParsedQuery, IndexError> {
    let index = server.index(uid);
    let asked: Vec<String> = query.words.iter().map(|word| format!("{} ", compared(word))).collect();
    let mut several = server.client.multi_search();
    for word in &asked {
        let mut alone = SearchQuery::<Http>::new(&index);
        alone
            .with_query(word)
            .with_attributes_to_search_on(const { &[TextField::Name.name()] })
            .with_attributes_to_retrieve(Selectors::Some(&[ID]))
            .with_page(1)
            .with_hits_per_page(0);
        several.with_search_query(alone);
    }
    let answers = several.execute::<Read>().await.map_err(meant)?.results;
    let is_name = |answer: Option<&SearchResults<Read>>| answer.and_then(|answer| answer.total_hits).unwrap_or(0) > 0;
    let (names, others): (Vec<_>, Vec<_>) =
        query.words.iter().cloned().enumerate().partition(|(at, _)| is_name(answers.get(*at)));
    let last = query.words.len().saturating_sub(1);
    let ordered: Vec<(usize, Word)> = names.into_iter().chain(others).collect();
    // Only the word that is still being typed is a beginning, and only at the end can that be said.
    let last_is_prefix = query.last_is_prefix && ordered.last().is_some_and(|(at, _)| *at == last);
    let words = ordered.into_iter().map(|(_, word)| word).collect();
    Ok(ParsedQuery { words, phrases: query.phrases.clone(), last_is_prefix })
}

impl Asked<'_> {
    async fn ask(&self, server: &Server, index: &Index<Http>) -> Result<Answer, IndexError> {
        match self.request.sort {
            Sort::Distance(origin) => self.ask_by_distance(server, index, origin).await,
            Sort::Relevance | Sort::PricePerKilogramAsc | Sort::PricePerKilogramDesc | Sort::Newest => {
                self.ask_in_order(index).await
            }
        }
    }

    async fn ask_in_order(&self, index: &Index<Http>) -> Result<Answer, IndexError> {
        let (offset, limit) = (self.request.window.offset(), self.request.window.limit());
        let page = Page::around(offset, limit);
        let counted: Vec<&str> = self.request.facets.iter().map(|field| field.name()).collect();
        let order = order(self.request.sort);
        let order: Vec<&str> = order.iter().map(String::as_str).collect();
        let mut query = self.showing(index);
        query.with_page(page.number).with_hits_per_page(page.size);
        if !counted.is_empty() {
            query.with_facets(Selectors::Some(&counted));
        }
        if !order.is_empty() {
            query.with_sort(&order);
        }
        let results = query.execute().await.map_err(meant)?;
        let (total, facets) = (total(&results)?, facets(&results));
        Ok(Answer { total, facets, hits: results.hits.into_iter().skip(page.lead(offset)).take(limit).collect() })
    }

    /// First counts how many results are where, and then takes those of the nearest locations.
    async fn ask_by_distance(
        &self,
        server: &Server,
        index: &Index<Http>,
        origin: GeoPoint,
    ) -> Result<Answer, IndexError> {
        let counted: Vec<&str> = self.request.facets.iter().map(|field| field.name()).chain([SPOT]).collect();
        let mut query = self.counting(index);
        query.with_facets(Selectors::Some(&counted));
        let results = query.execute().await.map_err(meant)?;
        let (total, mut facets) = (total(&results)?, facets(&results));
        let counts = facets.remove(SPOT).unwrap_or_default();
        let (offset, limit) = (self.request.window.offset(), self.request.window.limit());
        let stretches = match total > offset {
            true => spots::stretches(&counts, origin, offset, limit),
            false => Vec::new(),
        };
        if stretches.is_empty() {
            return Ok(Answer { total, facets, hits: Vec::new() });
        }
        let expressions: Vec<String> = stretches.iter().map(spots::Stretch::expression).collect();
        let mut several = server.client.multi_search();
        for (stretch, expression) in stretches.iter().zip(&expressions) {
            let mut query = self.showing(index);
            let filters = self.filters.iter().map(String::as_str).chain([expression.as_str()]).collect();
            query.with_array_filter(filters).with_offset(stretch.skipped).with_limit(stretch.taken);
            several.with_search_query(query);
        }
        let answers = several.execute::<Read>().await.map_err(meant)?.results;
        let mut hits = Vec::with_capacity(limit);
        for (stretch, answer) in stretches.iter().zip(answers) {
            let mut of_stretch = answer.hits;
            // Those at one location stay in the server's order.
            of_stretch.sort_by_key(|hit| stretch.rank(hit.result.spot.as_deref()));
            hits.append(&mut of_stretch);
        }
        Ok(Answer { total, facets, hits })
    }

    fn query<'q>(&'q self, index: &'q Index<Http>) -> SearchQuery<'q, Http> {
        let mut query = SearchQuery::<Http>::new(index);
        query.with_query(&self.text).with_matching_strategy(self.strategy.clone());
        if !self.filters.is_empty() {
            query.with_array_filter(self.filters.iter().map(String::as_str).collect());
        }
        query
    }

    /// For no results but their number.
    fn counting<'q>(&'q self, index: &'q Index<Http>) -> SearchQuery<'q, Http> {
        let mut query = self.query(index);
        query.with_page(1).with_hits_per_page(0).with_attributes_to_retrieve(Selectors::Some(const { &[ID] }));
        query
    }

    /// For results with what is shown of them.
    fn showing<'q>(&'q self, index: &'q Index<Http>) -> SearchQuery<'q, Http> {
        let read: &'static [&'static str] = match (self.request.highlight, self.request.origin, self.request.sort) {
            (true, ..) => &[ID, SPOT, TEXTS],
            (false, Some(_), _) | (false, None, Sort::Distance(_)) => &[ID, SPOT],
            (false, None, _) => &[ID],
        };
        let mut query = self.query(index);
        query.with_attributes_to_retrieve(Selectors::Some(read));
        if !self.request.query.is_empty() {
            query.with_show_ranking_score(true);
            if self.request.highlight {
                query.with_show_matches_position(true);
            }
        }
        query
    }
}

fn total(results: &SearchResults<Read>) -> Result<usize, IndexError> {
    results.total_hits.ok_or_else(|| IndexError::Unavailable("the search server gave no exact total".into()))
}

fn facets(results: &SearchResults<Read>) -> HashMap<String, spots::Counts> {
    results.facet_distribution.clone().unwrap_or_default()
}

/// The query in the form of the documents' words. It has no operators: everything but letters and digits is gone, and
/// quotation marks stand around phrases only.
fn written(query: &ParsedQuery) -> String {
    // A few letters fold to an apostrophe and another letter; there the server parts the words of the documents.
    let parted = |word: &Word| compared(word).replace('\'', " ").trim().to_owned();
    let join = |words: &[Word]| words.iter().map(parted).collect::<Vec<_>>().join(" ");
    let mut parts: Vec<String> = query.phrases.iter().map(|phrase| format!("\"{}\"", join(phrase))).collect();
    if !query.words.is_empty() {
        parts.push(join(&query.words));
    }
    // The last word is taken for a beginning unless something follows it.
    if !query.last_is_prefix {
        parts.push(String::new());
    }
    parts.join(" ")
}

fn order(sort: Sort) -> Vec<String> {
    let by = |field: NumberField, direction: &str| vec![format!("{}:{direction}", field.name())];
    match sort {
        // Distances are none of the server's.
        Sort::Relevance | Sort::Distance(_) => Vec::new(),
        Sort::PricePerKilogramAsc => by(NumberField::PricePerKilogram, "asc"),
        Sort::PricePerKilogramDesc => by(NumberField::PricePerKilogram, "desc"),
        Sort::Newest => by(NumberField::PublishedAt, "desc"),
    }
}

/// A numbered page of the server's, which alone comes with an exact total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Page {
    /// From 1.
    number: usize,
    size: usize,
}

impl Page {
    /// The smallest page that holds a window whole.
    fn around(offset: usize, limit: usize) -> Page {
        let last = (offset + limit).saturating_sub(1);
        let size = (limit..).find(|size| *size == 0 || offset / size == last / size).unwrap_or(limit);
        Page { number: offset.checked_div(size).unwrap_or_default() + 1, size }
    }

    /// Results of the page before the window.
    fn lead(self, offset: usize) -> usize {
        offset - (self.number - 1) * self.size
    }
}

fn result(request: &SearchRequest, answer: Answer) -> SearchResult {
    let hits = answer.hits.into_iter().map(|hit| {
        let read: Read = hit.result;
        let matches = hit.matches_position.unwrap_or_default();
        let location = read.spot.as_deref().and_then(spots::read);
        Hit {
            id: read.id,
            score: hit.ranking_score.unwrap_or_default(),
            highlights: matched(&read.texts, &matches),
            distance_kilometres: location.zip(request.origin).map(|(location, origin)| location.kilometres_to(origin)),
        }
    });
    let hits = hits.collect();
    let mut counted = answer.facets;
    let facets = request.facets.iter().map(|field| {
        let counts = counted.remove(field.name()).unwrap_or_default();
        let values =
            counts.into_iter().map(|(value, count)| FacetValue { value: decoded(&value), count: count as u64 });
        let mut values: Vec<FacetValue> = values.collect();
        values.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
        FacetCounts { field: *field, values }
    });
    SearchResult { total: answer.total as u64, facets: facets.collect(), hits }
}

/// The texts in which something was found, with the words marked that the server matched.
fn matched(texts: &[Shown], matches: &HashMap<String, Vec<MatchRange>>) -> Vec<Highlight> {
    let mut found = Found::default();
    for field in TextField::ALL {
        let of_field = texts.iter().filter(|(of, _)| of == field.name());
        let searched = searchables(of_field.map(|(_, text)| text.text.as_str()));
        for at in matches.get(field.name()).into_iter().flatten() {
            let number = at.indices.as_ref().and_then(|indices| indices.first().copied()).unwrap_or_default();
            let text = searched.get(number).map(String::as_str).unwrap_or_default();
            found.forms.extend(words_at(text, at.start, at.start + at.length));
        }
    }
    if found.forms.is_empty() {
        return Vec::new();
    }
    highlights(texts, |text| highlight(&text.text, &found, |_| Vec::new()))
}

/// The whole words of which a part lies between two bytes of a text.
fn words_at(text: &str, start: usize, end: usize) -> HashSet<String> {
    let mut at = 0;
    let mut touched = HashSet::new();
    for word in text.split(' ') {
        let ends = at + word.len();
        if at < end && start < ends {
            touched.insert(word.to_owned());
        }
        at = ends + 1;
    }
    touched
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::model::{Language, Text};

    fn written_of(typed: &str) -> String {
        written(&ParsedQuery::parse(typed).unwrap())
    }

    #[test]
    fn a_query_is_written_in_the_form_of_the_documents() {
        assert_eq!(written_of("Soumbala Ségou"), "sumbala segu");
        assert_eq!(written_of("riz \"étuvé à la main\" "), "\"etuve a la main\" riz ");
        assert_eq!(written_of("riz \"étuvé\" Ségou"), "\"etuve\" riz segu");
        assert_eq!(written_of("-riz NOT mil*"), "riz not mil ");
        assert_eq!(written_of("aŉe"), "a ne");
        assert_eq!(written_of(""), "");
    }

    #[test]
    fn the_words_that_were_matched_are_marked_in_the_text_as_written() {
        let text = Text::new(Language::Fr, "Gros lot d'échalotes, <b>séchées</b>");
        let texts = [("title".to_owned(), text)];
        // "gros lot d eshalote seshee"
        let at = MatchRange { start: 11, length: 8, indices: Some(vec![0]) };
        let marked = matched(&texts, &HashMap::from([("title".to_owned(), vec![at])]));
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].html, "Gros lot d&#39;<mark>échalotes</mark>, &lt;b&gt;séchées&lt;/b&gt;");
    }

    proptest! {
        #[test]
        fn a_page_holds_the_window_whole(offset in 0_usize..10_000, limit in 1_usize..101) {
            let page = Page::around(offset, limit);
            let first = (page.number - 1) * page.size;
            prop_assert!(first <= offset && offset + limit <= first + page.size);
            prop_assert_eq!(page.lead(offset), offset - first);
            if offset % limit == 0 {
                prop_assert_eq!(page.size, limit);
            }
        }

        #[test]
        fn nothing_that_is_typed_becomes_an_operator(typed in "\\PC{0,60}") {
            let written = written_of(&typed);
            prop_assert!(!written.contains(['-', '\\', '\'', ':', '(']), "{}", written);
            prop_assert_eq!(written.matches('"').count() % 2, 0);
        }
    }
}
