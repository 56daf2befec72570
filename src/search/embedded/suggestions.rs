//! Completions, kept as terms `folded words␟kind␟text as shown` in one dictionary.
//!
//! A text has a term for each word it can be reached by (`karite` leads to "Beurre de karité"), and the dictionary
//! itself counts the documents behind each.

use std::collections::{HashMap, HashSet};

use tantivy::Searcher;

use super::schema::Fields;
use crate::search::index::IndexError;
use crate::search::model::words::{is_stop_word, words};
use crate::search::model::{Suggestible, Suggestion, SuggestionKind};

/// Parts a term's three fields; a control character, so no folded word contains it.
const SEPARATOR: char = '\u{1F}';

/// Words of a text that lead to it.
const ENTRIES_MAX: usize = 4;

/// Characters of a text worth suggesting.
const TEXT_CHARS_MAX: usize = 80;

/// Terms looked at for one answer, in each segment.
const TERMS_MAX: usize = 4_000;

fn kind_letter(kind: SuggestionKind) -> char {
    match kind {
        SuggestionKind::Product => 'p',
        SuggestionKind::Organization => 'o',
        SuggestionKind::Listing => 'l',
    }
}

fn kind_of(letter: &str) -> Option<SuggestionKind> {
    match letter {
        "p" => Some(SuggestionKind::Product),
        "o" => Some(SuggestionKind::Organization),
        "l" => Some(SuggestionKind::Listing),
        _ => None,
    }
}

/// The dictionary's terms for a text.
pub(super) fn suggestion_terms(suggestible: &Suggestible) -> Vec<String> {
    let shown: String = suggestible.text.chars().filter(|letter| !letter.is_control()).take(TEXT_CHARS_MAX).collect();
    let folded: Vec<String> = words(&shown).map(|word| word.folded).collect();
    let entry = |from: usize| {
        let typed = folded.get(from..).unwrap_or_default().join(" ");
        format!("{typed}{SEPARATOR}{}{SEPARATOR}{shown}", kind_letter(suggestible.kind))
    };
    let leads = |(at, word): &(usize, &String)| *at == 0 || !is_stop_word(word);
    folded.iter().enumerate().filter(leads).take(ENTRIES_MAX).map(|(at, _)| entry(at)).collect()
}

/// What is being typed, in the form that entries begin with.
fn typed_prefix(typed: &str) -> String {
    words(typed).map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// Adds the completions of `typed` found in one collection to `found`.
pub(super) fn collect(
    searcher: &Searcher,
    fields: &Fields,
    typed: &str,
    found: &mut HashMap<(SuggestionKind, String), u64>,
) -> Result<(), IndexError> {
    let prefix = typed_prefix(typed);
    if prefix.is_empty() {
        return Ok(());
    }
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.suggestions).map_err(super::unavailable)?;
        let range = inverted.terms().range().ge(prefix.as_bytes());
        let mut terms = range.into_stream().map_err(super::unavailable)?;
        let mut looked_at = 0;
        while let Some((term, info)) = terms.next() {
            if !term.starts_with(prefix.as_bytes()) || looked_at == TERMS_MAX {
                break;
            }
            looked_at += 1;
            let Ok(term) = std::str::from_utf8(term) else { continue };
            let mut parts = term.splitn(3, SEPARATOR).skip(1);
            if let (Some(kind), Some(text)) = (parts.next().and_then(kind_of), parts.next()) {
                *found.entry((kind, text.to_owned())).or_default() += u64::from(info.doc_freq);
            }
        }
    }
    Ok(())
}

/// The best of what was found: texts that begin with what is typed, products before organizations before listings,
/// then those with more behind them.
pub(super) fn best(found: HashMap<(SuggestionKind, String), u64>, typed: &str, count_max: usize) -> Vec<Suggestion> {
    let prefix = typed_prefix(typed);
    let mut suggestions: Vec<(bool, Suggestion)> = found
        .into_iter()
        .map(|((kind, text), count)| (!typed_prefix(&text).starts_with(&prefix), Suggestion { text, kind, count }))
        .collect();
    suggestions.sort_by(|(one_inner, one), (other_inner, other)| {
        (one.kind, one_inner, std::cmp::Reverse(one.count), &one.text).cmp(&(
            other.kind,
            other_inner,
            std::cmp::Reverse(other.count),
            &other.text,
        ))
    });
    // Many listings are titled like their product: what reads alike is offered once.
    let mut offered = HashSet::new();
    suggestions
        .into_iter()
        .map(|(_, suggestion)| suggestion)
        .filter(|suggestion| offered.insert(typed_prefix(&suggestion.text)))
        .take(count_max)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_reached_by_each_of_its_meaningful_words() {
        let terms = suggestion_terms(&Suggestible { kind: SuggestionKind::Product, text: "Beurre de karité".into() });
        assert_eq!(terms, ["beurre de karite\u{1f}p\u{1f}Beurre de karité", "karite\u{1f}p\u{1f}Beurre de karité"]);
    }

    #[test]
    fn a_text_without_words_is_not_suggested() {
        let terms = suggestion_terms(&Suggestible { kind: SuggestionKind::Listing, text: "🌾\u{1f}!".into() });
        assert_eq!(terms, Vec::<String>::new());
    }
}
