//! Completions, kept as terms of one dictionary: `kind, how, folded words ␟ text as shown`.
//!
//! A text has a term for each word it can be reached by (`karite` leads to "Beurre de karité"), marked by whether it is the
//! first of them. The dictionary is in order, so that a beginning is one range for each kind and way. It keeps terms of
//! documents that were taken out, so the documents behind a term are counted, and a text with none is not shown.

use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{InvertedIndexReader, Searcher, SegmentReader};

use super::schema::Fields;
use crate::search::index::IndexError;
use crate::search::model::suggestion::{Completions, ENTRIES_MAX, Reached, typed_prefix};
use crate::search::model::words::{is_stop_word, words};
use crate::search::model::{Suggestible, SuggestionKind};

/// Parts the words from the text as shown; a control character, so no folded word contains it.
const SEPARATOR: char = '\u{1F}';

/// Characters of a text worth suggesting.
const TEXT_CHARS_MAX: usize = 80;

/// Terms looked at for one kind and way, in each segment: enough for the most frequent of them to be among those.
const TERMS_MAX: usize = 300;

/// What terms of a kind, reached in a way, begin with.
fn lead(kind: SuggestionKind, reached: Reached) -> &'static str {
    match (kind, reached) {
        (SuggestionKind::Product, Reached::First) => "p0",
        (SuggestionKind::Product, Reached::Within) => "p1",
        (SuggestionKind::Organization, Reached::First) => "o0",
        (SuggestionKind::Organization, Reached::Within) => "o1",
        (SuggestionKind::Listing, Reached::First) => "l0",
        (SuggestionKind::Listing, Reached::Within) => "l1",
    }
}

/// The dictionary's terms for a text.
pub(super) fn suggestion_terms(suggestible: &Suggestible) -> Vec<String> {
    let shown: String = suggestible.text.chars().filter(|letter| !letter.is_control()).take(TEXT_CHARS_MAX).collect();
    let folded: Vec<String> = words(&shown).map(|word| word.folded).collect();
    let entry = |from: usize| {
        let typed = folded.get(from..).unwrap_or_default().join(" ");
        let reached = if from == 0 { Reached::First } else { Reached::Within };
        format!("{}{typed}{SEPARATOR}{shown}", lead(suggestible.kind, reached))
    };
    let leads = |(at, word): &(usize, &String)| *at == 0 || !is_stop_word(word);
    folded.iter().enumerate().filter(leads).take(ENTRIES_MAX).map(|(at, _)| entry(at)).collect()
}

/// Adds the completions of `typed` in one collection to those found.
pub(super) fn collect(
    searcher: &Searcher,
    fields: &Fields,
    typed: &str,
    found: &mut Completions,
) -> Result<(), IndexError> {
    let typed = typed_prefix(typed);
    if typed.is_empty() {
        return Ok(());
    }
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.suggestions).map_err(super::unavailable)?;
        for (kind, reached) in
            SuggestionKind::ALL.into_iter().flat_map(|kind| [(kind, Reached::First), (kind, Reached::Within)])
        {
            let prefix = format!("{}{typed}", lead(kind, reached));
            let range = inverted.terms().range().ge(prefix.as_bytes());
            let mut terms = range.into_stream().map_err(super::unavailable)?;
            for _ in 0..TERMS_MAX {
                let Some((term, info)) = terms.next().filter(|(term, _)| term.starts_with(prefix.as_bytes())) else {
                    break;
                };
                let Some((_, text)) = std::str::from_utf8(term).ok().and_then(|term| term.split_once(SEPARATOR)) else {
                    continue;
                };
                let count = live_documents(segment, &inverted, info)?;
                if count == 0 {
                    continue;
                }
                // A text that is reached in both ways is one text: the better way counts, once.
                found
                    .entry((kind, text.to_owned()))
                    .and_modify(|(best, behind)| {
                        if *best == reached {
                            *behind += count;
                        } else if reached < *best {
                            (*best, *behind) = (reached, count);
                        }
                    })
                    .or_insert((reached, count));
            }
        }
    }
    Ok(())
}

/// How many documents behind a term are still there.
fn live_documents(segment: &SegmentReader, inverted: &InvertedIndexReader, info: &TermInfo) -> Result<u64, IndexError> {
    let Some(alive) = segment.alive_bitset() else { return Ok(u64::from(info.doc_freq)) };
    let postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic).map_err(super::unavailable)?;
    Ok(u64::from(postings.doc_freq_given_deletes(alive)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_reached_by_each_of_its_meaningful_words() {
        let terms = suggestion_terms(&Suggestible { kind: SuggestionKind::Product, text: "Beurre de karité".into() });
        assert_eq!(terms, ["p0beurre de karite\u{1f}Beurre de karité", "p1karite\u{1f}Beurre de karité"]);
    }

    #[test]
    fn a_text_without_words_is_not_suggested() {
        let terms = suggestion_terms(&Suggestible { kind: SuggestionKind::Listing, text: "🌾\u{1f}!".into() });
        assert_eq!(terms, Vec::<String>::new());
    }
}
