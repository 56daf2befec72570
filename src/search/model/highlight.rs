//! Marking what was found, in text that may hold anything.

use std::collections::HashSet;

use super::{
    Highlight, Text, TextField,
    words::{Word, words},
};

/// A text of a document as an engine keeps it to be shown: the field's name, and the text.
pub type Shown = (String, Text);

/// Characters of a long text that are shown around what was found in it.
const EXCERPT_CHARS_MAX: usize = 200;

/// Characters shown before the first mark of an excerpt.
const LEAD_CHARS: usize = 40;

/// The forms of words that count as found.
#[derive(Debug, Default)]
pub struct Found {
    /// Folded forms and spelling keys.
    pub forms: HashSet<String>,
}

impl Found {
    /// Whether a word is one of those found, under any of the forms given with it.
    pub fn contains(&self, word: &Word, stems: &[String]) -> bool {
        self.forms.contains(&word.folded)
            || word.key.as_ref().is_some_and(|key| self.forms.contains(key))
            || stems.iter().any(|stem| self.forms.contains(stem))
    }
}

/// Of each field the text in which most was marked, best field first. `mark` gives a text as HTML, if anything of it was
/// found.
pub fn highlights(texts: &[Shown], mut mark: impl FnMut(&Text) -> Option<String>) -> Vec<Highlight> {
    let mut best = Vec::new();
    for field in TextField::ALL {
        let of_field = texts.iter().filter(|(name, _)| name == field.name());
        let marked = of_field.filter_map(|(_, text)| mark(text));
        let most = marked.max_by_key(|html| html.matches("<mark>").count());
        best.extend(most.map(|html| Highlight { field, html }));
    }
    best
}

/// The text as HTML with found words in `<mark>`, cut to an excerpt around the first of them; `None` if there is none.
///
/// `stems` names the stemmed forms of a word, which only an engine knows.
pub fn highlight(text: &str, found: &Found, stems: impl Fn(&Word) -> Vec<String>) -> Option<String> {
    let marks: Vec<Word> = words(text).filter(|word| found.contains(word, &stems(word))).collect();
    let first = marks.first()?.range.start;
    let (start, end) = excerpt(text, first);
    let mut html = String::with_capacity(end - start + 32);
    if start > 0 {
        html.push('…');
    }
    let mut at = start;
    for mark in marks.iter().take_while(|mark| mark.range.end <= end) {
        escape(text.get(at..mark.range.start).unwrap_or_default(), &mut html);
        html.push_str("<mark>");
        escape(text.get(mark.range.clone()).unwrap_or_default(), &mut html);
        html.push_str("</mark>");
        at = mark.range.end;
    }
    escape(text.get(at..end).unwrap_or_default(), &mut html);
    if end < text.len() {
        html.push('…');
    }
    Some(html)
}

/// The bytes to show of a text whose first find starts at `first`, cut between words where there are any.
fn excerpt(text: &str, first: usize) -> (usize, usize) {
    if text.chars().nth(EXCERPT_CHARS_MAX).is_none() {
        return (0, text.len());
    }
    let before = text.get(..first).unwrap_or_default();
    let start = match before.char_indices().rev().nth(LEAD_CHARS) {
        None => 0,
        Some((at, _)) => {
            before.get(at..).and_then(|lead| lead.find(char::is_whitespace)).map_or(first, |space| at + space + 1)
        }
    };
    // A space wider than one byte was cut through: begin at the find itself.
    let start = if text.is_char_boundary(start) { start } else { first };
    let rest = text.get(start..).unwrap_or_default();
    let end = match rest.char_indices().nth(EXCERPT_CHARS_MAX) {
        None => text.len(),
        Some((at, _)) => {
            rest.get(..at).and_then(|shown| shown.rfind(char::is_whitespace)).map_or(start + at, |space| start + space)
        }
    };
    (start, end)
}

/// Escapes what HTML gives meaning to; drops what no page may contain.
fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\t' => html.push(' '),
            control if control.is_control() => {}
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(forms: &[&str]) -> Found {
        Found { forms: forms.iter().map(|form| (*form).to_owned()).collect() }
    }

    fn marked(text: &str, forms: &[&str]) -> Option<String> {
        highlight(text, &found(forms), |_| Vec::new())
    }

    #[test]
    fn found_words_are_marked_as_they_were_written() {
        assert_eq!(
            marked("Beurre de Karité, qualité I", &["karite"]).as_deref(),
            Some("Beurre de <mark>Karité</mark>, qualité I")
        );
        assert_eq!(marked("Riz", &["karite"]), None);
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        assert_eq!(
            marked("<script>alert('riz')</script> & \"riz\"", &["riz"]).as_deref(),
            Some("&lt;script&gt;alert(&#39;<mark>riz</mark>&#39;)&lt;/script&gt; &amp; &quot;<mark>riz</mark>&quot;")
        );
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_the_first_find() {
        let text = format!("{}fonio {}", "avant ".repeat(60), "après ".repeat(60));
        let html = marked(&text, &["fonio"]).unwrap();
        assert!(html.starts_with('…') && html.ends_with('…'), "{html}");
        assert!(html.contains("avant <mark>fonio</mark> après"), "{html}");
        assert!(html.chars().count() < EXCERPT_CHARS_MAX + 40, "{html}");
    }

    proptest! {
        #[test]
        fn nothing_but_marks_is_markup(text in "\\PC{0,300}|([a-z<>&\"' é]|riz| ){0,300}") {
            if let Some(html) = marked(&text, &["riz", "e"]) {
                let bare = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!bare.contains(['<', '>', '"', '\'']), "{}", html);
                prop_assert_eq!(html.matches("<mark>").count(), html.matches("</mark>").count());
            }
        }
    }
}
