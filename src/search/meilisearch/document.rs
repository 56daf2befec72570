//! A document as it is sent to the server.
//!
//! What is searched is not the text but the spelling-blind form of its words ([`spelling_key`]), because the server knows
//! nothing of Bambara; queries are brought into the same form. Behind it stand the words whose folded form is
//! another, for those of which only the beginning was typed: `oig` begins `oignon`, and not `oinyon`. The texts
//! themselves go along to be shown.
//!
//! [`spelling_key`]: crate::search::model::fold::spelling_key

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::{
    keyword::encoded,
    spots::{self, SPOT},
};
use crate::search::model::{
    KeywordField, SearchDocument, TextField,
    words::{Word, words},
};

/// The primary key.
pub(super) const ID: &str = "id";
/// What the document says, in short.
pub(super) const DIGEST: &str = "digest";
/// The texts as they were written.
pub(super) const TEXTS: &str = "texts";
/// The code of a listing's own product, without the classes above it.
pub(super) const PRODUCT: &str = "product";
/// The title of a listing in the form that is compared.
pub(super) const TITLE: &str = "wholeTitle";

/// Words of one text that are searched; a longer description is found by its beginning.
const TEXT_WORDS_MAX: usize = 2_000;

/// The form of a word that is compared.
pub(super) fn compared(word: &Word) -> &str {
    word.key.as_ref().unwrap_or(&word.folded)
}

/// The words of a text in the form that is compared, a space between each two.
pub(super) fn searchable(text: &str) -> String {
    joined(&words(text).take(TEXT_WORDS_MAX).collect::<Vec<_>>())
}

/// The texts of one field in every form in which they are searched: each form once, since the server goes through every
/// word that it is sent, and most texts of a marketplace are names that many listings share.
pub(super) fn searchables<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let (mut forms, mut beginnings) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    for text in texts {
        let words: Vec<Word> = words(text).take(TEXT_WORDS_MAX).collect();
        let form = joined(&words);
        if known.insert(form.clone()) {
            forms.push(form);
        }
        // One by one: nobody looks for them side by side, since whole words are looked for in the other form.
        for Word { key, folded, .. } in words {
            if key.is_some() && known.insert(folded.clone()) {
                beginnings.push(folded);
            }
        }
    }
    forms.append(&mut beginnings);
    forms
}

fn joined(words: &[Word]) -> String {
    words.iter().map(compared).collect::<Vec<_>>().join(" ")
}

/// The document in the server's form.
pub(super) fn sent(document: &SearchDocument) -> Value {
    let mut fields = Map::new();
    fields.insert(ID.into(), json!(document.id.to_string()));
    fields.insert(DIGEST.into(), json!(document.digest().to_string()));
    let mut texts: BTreeMap<TextField, Vec<&str>> = BTreeMap::new();
    let mut shown = Vec::with_capacity(document.texts.len());
    for (field, text) in &document.texts {
        texts.entry(*field).or_default().push(&text.text);
        shown.push((field.name(), text));
    }
    let mut keywords: BTreeMap<KeywordField, Vec<String>> = BTreeMap::new();
    for (field, value) in &document.keywords {
        keywords.entry(*field).or_default().push(encoded(value).into_owned());
    }
    // A listing names its own product before the classes above it.
    let product = keywords.get(&KeywordField::Product).and_then(|codes| codes.first());
    fields.extend(product.map(|code| (PRODUCT.into(), json!(code))));
    let title = texts.get(&TextField::Title).and_then(|titles| titles.first());
    fields.extend(title.map(|title| (TITLE.into(), json!(encoded(&searchable(title))))));
    fields.extend(texts.into_iter().map(|(field, texts)| (field.name().into(), json!(searchables(texts)))));
    fields.extend(keywords.into_iter().map(|(field, values)| (field.name().into(), json!(values))));
    fields.extend(document.numbers.iter().map(|(field, number)| (field.name().into(), json!(number))));
    if let Some(location) = document.location {
        fields.insert(SPOT.into(), json!(spots::written(location)));
    }
    fields.insert(TEXTS.into(), json!(shown));
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::search::model::{Collection, GeoPoint, Language, NumberField, Text};

    #[test]
    fn texts_are_searched_in_the_form_in_which_spellings_meet() {
        assert_eq!(searchable("Súnbala, soumbala (sac de 50kg)"), "sumbala sumbala sac de 50kg");
        assert_eq!(searchable("🌾 !"), "");
    }

    #[test]
    fn a_document_is_sent_with_what_is_searched_filtered_sorted_and_shown() {
        let mut document = SearchDocument::new(Collection::Listings, Uuid::from_u128(7));
        document.texts.push((TextField::Title, Text::new(Language::Fr, "Échalotes")));
        document.keywords.push((KeywordField::Product, "shallot".into()));
        document.keywords.push((KeywordField::Product, "vegetable".into()));
        document.keywords.push((KeywordField::Grade, "I".into()));
        document.numbers.push((NumberField::PricePerKilogram, 1_750_000));
        document.location = GeoPoint::new(12.5, -8.0);

        let sent = sent(&document);

        assert_eq!(sent["id"], "00000000-0000-0000-0000-000000000007");
        assert_eq!(sent["title"], json!(["eshalote", "echalotes"]));
        assert_eq!(sent["wholeTitle"], "eshalote");
        assert_eq!(sent["productCodes"], json!(["shallot", "vegetable"]));
        assert_eq!(sent["product"], "shallot");
        assert!(sent["grade"][0].as_str().unwrap().starts_with("I~"));
        assert_eq!(sent["pricePerKilogram"], 1_750_000);
        assert_eq!(sent["spot"], "12.5:-8");
        assert_eq!(sent["texts"], json!([["title", { "language": "fr", "text": "Échalotes" }]]));
        assert_eq!(sent["digest"], document.digest().to_string());
    }
}
