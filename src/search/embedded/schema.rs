//! The fields of the tantivy index.
//!
//! Words are not indexed by the field they come from but by its [`Weight`], and each word of a document only at the
//! best weight it has there, as PostgreSQL's `tsvector` does with its four letters. A word then has one posting a
//! document, whatever the number of fields, and one list of documents a weight.

use tantivy::schema::{FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions};

use crate::search::model::{KeywordField, NumberField, Weight};

/// Handles of all fields.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The id as a term, to find the document to replace.
    pub(super) id: Field,
    /// Upper and lower half of the id, to name and order results.
    pub(super) id_high: Field,
    pub(super) id_low: Field,
    /// What the document says, in short.
    pub(super) digest: Field,
    /// Words at their weights.
    pub(super) words: [Field; Weight::ALL.len()],
    /// Stems of words above prose, and of prose.
    pub(super) stems: [Field; 2],
    /// All words in order, for phrases; its dictionary is the vocabulary.
    pub(super) text: Field,
    /// Neighbouring words of names and titles written as one.
    pub(super) pairs: Field,
    /// Whole names and titles written as one.
    pub(super) whole: Field,
    /// Words with accents or tones, as they are written.
    pub(super) accented: Field,
    /// Completions.
    pub(super) suggestions: Field,
    pub(super) keywords: [Field; KeywordField::ALL.len()],
    pub(super) numbers: [Field; NumberField::ALL.len()],
    pub(super) latitude: Field,
    pub(super) longitude: Field,
    /// Texts to highlight.
    pub(super) source: Field,
}

/// The tokenizer of text that [`super::analysis`] has already parted.
const ANALYSED: &str = "raw";

impl Fields {
    pub(super) fn new() -> Fields {
        let mut schema = Schema::builder();
        let set = words_option(IndexRecordOption::Basic);
        let number = NumericOptions::default() | FAST;
        let keyword = set.clone().set_fast(ANALYSED);
        let fields = Fields {
            id: schema.add_bytes_field("id", tantivy::schema::INDEXED),
            id_high: schema.add_u64_field("id_high", number.clone()),
            id_low: schema.add_u64_field("id_low", number.clone()),
            digest: schema.add_u64_field("digest", number.clone()),
            words: Weight::ALL.map(|weight| schema.add_text_field(words_name(weight), set.clone())),
            stems: ["stems", "stems_prose"].map(|name| schema.add_text_field(name, set.clone())),
            text: schema.add_text_field("text", words_option(IndexRecordOption::WithFreqsAndPositions)),
            pairs: schema.add_text_field("pairs", set.clone()),
            whole: schema.add_text_field("whole", set.clone()),
            accented: schema.add_text_field("accented", set.clone()),
            suggestions: schema.add_text_field("suggestions", set),
            keywords: KeywordField::ALL.map(|field| schema.add_text_field(field.name(), keyword.clone())),
            numbers: NumberField::ALL.map(|field| schema.add_i64_field(field.name(), number.clone())),
            latitude: schema.add_f64_field("latitude", number.clone()),
            longitude: schema.add_f64_field("longitude", number),
            source: schema.add_bytes_field("source", STORED),
            schema: Schema::builder().build(),
        };
        Fields { schema: schema.build(), ..fields }
    }
}

fn words_name(weight: Weight) -> &'static str {
    match weight {
        Weight::Identity => "words_identity",
        Weight::Title => "words_title",
        Weight::Context => "words_context",
        Weight::Prose => "words_prose",
    }
}

/// Options of a field whose terms are given ready-made: no lengths are kept, as no score asks for them.
fn words_option(record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(ANALYSED).set_fieldnorms(false).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_definition_has_a_place() {
        let fields = Fields::new();
        for keyword in KeywordField::ALL {
            assert_eq!(fields.schema.get_field_name(fields.keywords[keyword.index()]), keyword.name());
        }
        for number in NumberField::ALL {
            assert_eq!(fields.schema.get_field_name(fields.numbers[number.index()]), number.name());
        }
    }
}
