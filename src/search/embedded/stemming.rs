//! Word stems of French and English.

use tantivy::tokenizer::{Language as Algorithm, RawTokenizer, Stemmer, TextAnalyzer, TokenStream as _};

use crate::search::model::Language;
use crate::search::model::fold::fold;
use crate::search::model::words::Word;

/// Letters a stem needs. Shorter ones bring unlike words together: `fini`, which is fonio, has the stem of `fin`.
const STEM_CHARS_MIN: usize = 4;

/// Stems words by the rules of their language.
pub(super) struct Stems {
    french: TextAnalyzer,
    english: TextAnalyzer,
}

impl Stems {
    pub(super) fn new() -> Stems {
        let analyzer =
            |algorithm| TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(algorithm)).build();
        Stems { french: analyzer(Algorithm::French), english: analyzer(Algorithm::English) }
    }

    /// The folded stems of a word, of its accented form and of its bare one: people leave accents out, and the rules
    /// of French lean on them.
    pub(super) fn of(&mut self, word: &Word, language: Language, stems: &mut Vec<String>) {
        let analyzers: &mut [&mut TextAnalyzer] = match language {
            Language::Fr => &mut [&mut self.french],
            Language::En => &mut [&mut self.english],
            Language::Bm => &mut [],
            Language::Other => &mut [&mut self.french, &mut self.english],
        };
        let forms = [Some(&word.folded), word.accented.as_ref()];
        for analyzer in analyzers {
            for form in forms.into_iter().flatten() {
                let mut stream = analyzer.token_stream(form);
                stream.process(&mut |token| {
                    let stem = fold(&token.text);
                    let plural_of = word.folded.strip_suffix(['s', 'x']) == Some(&stem);
                    if (plural_of || stem.chars().count() >= STEM_CHARS_MIN) && !stems.contains(&stem) {
                        stems.push(stem);
                    }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::model::words::words;

    fn stems(word: &str, language: Language) -> Vec<String> {
        let mut found = Vec::new();
        for word in words(word) {
            Stems::new().of(&word, language, &mut found);
        }
        found
    }

    #[test]
    fn forms_of_a_word_share_a_stem_with_and_without_accents() {
        for (one, other) in [("séchée", "sechees"), ("séchées", "séchés"), ("oignons", "oignon"), ("sacs", "sac")]
        {
            let (one, other) = (stems(one, Language::Fr), stems(other, Language::Fr));
            let other_or_itself = |stem: &String| other.contains(stem) || other.is_empty();
            assert!(one.iter().any(other_or_itself), "{one:?} {other:?}");
        }
    }

    #[test]
    fn short_words_keep_their_form() {
        assert_eq!(stems("fini", Language::Fr), Vec::<String>::new());
        assert_eq!(stems("finie", Language::Fr), Vec::<String>::new());
    }

    #[test]
    fn bambara_words_keep_their_form() {
        assert_eq!(stems("sìtulu", Language::Bm), Vec::<String>::new());
    }
}
