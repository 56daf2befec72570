//! Completing what is being typed.
//!
//! The server knows results, not completions: so one result is asked for of each product, of each title and of each
//! organization that begins so, and then how many documents are behind each text that is offered.

use std::collections::BTreeSet;

use meilisearch_sdk::search::{MatchingStrategies, SearchQuery, SearchResults, Selectors};

use super::{
    document::{ID, PRODUCT, TEXTS, TITLE, searchable},
    http::Http,
    keyword::encoded,
    searching::Read,
    server::{Server, meant},
};
use crate::search::{
    index::IndexError,
    model::{
        Suggestion, SuggestionKind, TextField,
        suggestion::{Completions, best, reached, typed_prefix},
    },
};

/// Results that are looked through for each kind: enough for the texts that begin so to be among them.
const RESULTS_MAX: usize = 100;

/// The uids of the indexes that are asked.
pub(super) struct Uids<'a> {
    pub(super) listings: &'a str,
    pub(super) organizations: &'a str,
}

/// The best completions of what is typed.
pub(super) async fn suggest(
    server: &Server,
    uids: &Uids<'_>,
    typed: &str,
    count_max: usize,
) -> Result<Vec<Suggestion>, IndexError> {
    let prefix = typed_prefix(typed);
    if prefix.is_empty() || count_max == 0 {
        return Ok(Vec::new());
    }
    let mut found = Completions::new();
    let results = candidates(server, uids, &searchable(typed)).await?;
    for (kind, results) in SuggestionKind::ALL.into_iter().zip(&results) {
        let texts = results.hits.iter().flat_map(|hit| &hit.result.texts);
        for (_, text) in texts.filter(|(of, _)| of == field(kind).name()) {
            if let Some(reached) = reached(&text.text, &prefix) {
                found.insert((kind, text.text.clone()), (reached, 1));
            }
        }
    }
    count(server, uids, &results, &mut found).await?;
    Ok(best(found, count_max))
}

/// The field whose texts are offered.
const fn field(kind: SuggestionKind) -> TextField {
    match kind {
        SuggestionKind::Product | SuggestionKind::Organization => TextField::Name,
        SuggestionKind::Listing => TextField::Title,
    }
}

/// One result of each product, organization and title that match what is typed, in this order.
async fn candidates(server: &Server, uids: &Uids<'_>, typed: &str) -> Result<Vec<SearchResults<Read>>, IndexError> {
    let (listings, organizations) = (server.index(uids.listings), server.index(uids.organizations));
    let mut several = server.client.multi_search();
    for kind in SuggestionKind::ALL {
        let (index, distinct) = match kind {
            SuggestionKind::Product => (&listings, Some(PRODUCT)),
            SuggestionKind::Organization => (&organizations, None),
            SuggestionKind::Listing => (&listings, Some(TITLE)),
        };
        let within: &[&str] = match kind {
            SuggestionKind::Product | SuggestionKind::Organization => const { &[TextField::Name.name()] },
            SuggestionKind::Listing => const { &[TextField::Title.name()] },
        };
        let mut query = SearchQuery::<Http>::new(index);
        query
            .with_query(typed)
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_attributes_to_search_on(within)
            .with_attributes_to_retrieve(Selectors::Some(&[ID, TEXTS, PRODUCT]))
            .with_limit(RESULTS_MAX);
        if let Some(attribute) = distinct {
            query.with_distinct(attribute);
        }
        several.with_search_query(query);
    }
    Ok(several.execute::<Read>().await.map_err(meant)?.results)
}

/// Counts the listings behind each product and each title; an organization stands for itself.
async fn count(
    server: &Server,
    uids: &Uids<'_>,
    results: &[SearchResults<Read>],
    found: &mut Completions,
) -> Result<(), IndexError> {
    let index = server.index(uids.listings);
    // Several products may share a name: `jaba` is the onion and the shallot.
    let products_of = |name: &str| {
        let hits = results.first().map(|results| results.hits.as_slice()).unwrap_or_default();
        let bears =
            |read: &&Read| read.texts.iter().any(|(of, text)| of == TextField::Name.name() && text.text == name);
        let bearers = hits.iter().map(|hit| &hit.result).filter(bears);
        let codes: BTreeSet<&str> = bearers.filter_map(|read| read.product.as_deref()).collect();
        codes.into_iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ")
    };
    let mut counted: Vec<((SuggestionKind, String), String)> = found
        .keys()
        .filter_map(|(kind, text)| {
            let filter = match kind {
                SuggestionKind::Product => format!("{PRODUCT} IN [{}]", products_of(text)),
                SuggestionKind::Listing => format!("{TITLE} = \"{}\"", encoded(&searchable(text))),
                SuggestionKind::Organization => return None,
            };
            Some(((*kind, text.clone()), filter))
        })
        .collect();
    if counted.is_empty() {
        return Ok(());
    }
    counted.sort_unstable();
    let mut several = server.client.multi_search();
    for (_, filter) in &counted {
        let mut query = SearchQuery::<Http>::new(&index);
        query
            .with_filter(filter)
            .with_page(1)
            .with_hits_per_page(0)
            .with_attributes_to_retrieve(Selectors::Some(&[ID]));
        several.with_search_query(query);
    }
    let answers = several.execute::<Read>().await.map_err(meant)?.results;
    for ((key, _), answer) in counted.into_iter().zip(answers) {
        if let Some((_, count)) = found.get_mut(&key) {
            *count = answer.total_hits.unwrap_or_default() as u64;
        }
    }
    found.retain(|_, (_, count)| *count > 0);
    Ok(())
}
