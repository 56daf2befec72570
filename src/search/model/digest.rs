//! Short names of what documents say, by which an index is compared with the database.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// Names what a document says, so that two of a million documents share a name once in ten million such indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentDigest(pub u64);

impl fmt::Display for DocumentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for DocumentDigest {
    type Err = std::num::ParseIntError;

    /// Reads what [`fmt::Display`] wrote: an engine that keeps numbers as floats keeps the digest as this text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

/// Gathers what a digest names. Every part is preceded by its length, so that no two sequences of parts run together.
pub(super) struct Digester(Sha256);

impl Digester {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn add_bytes(&mut self, bytes: &[u8]) {
        self.add_count(bytes.len());
        self.0.update(bytes);
    }

    pub(super) fn add_name(&mut self, name: &str) {
        self.add_bytes(name.as_bytes());
    }

    /// Adds entries whose order means nothing.
    pub(super) fn add_set<T: AsRef<str> + Ord, const PARTS: usize>(
        &mut self,
        entries: impl IntoIterator<Item = [T; PARTS]>,
    ) {
        let mut entries: Vec<[T; PARTS]> = entries.into_iter().collect();
        entries.sort_unstable();
        self.add_count(entries.len());
        for part in entries.iter().flatten() {
            self.add_name(part.as_ref());
        }
    }

    fn add_count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    pub(super) fn finish(self) -> DocumentDigest {
        let hash: [u8; 32] = self.0.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        DocumentDigest(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::search::model::{
        Collection, GeoPoint, KeywordField, Language, NumberField, SearchDocument, Suggestible, SuggestionKind, Text,
        TextField,
    };

    fn document() -> SearchDocument {
        SearchDocument {
            collection: Collection::Listings,
            id: Uuid::from_u128(7),
            texts: vec![
                (TextField::Title, Text::new(Language::Fr, "Riz étuvé")),
                (TextField::Name, Text::new(Language::Bm, "malo")),
            ],
            keywords: vec![(KeywordField::Product, "RICE".into()), (KeywordField::Product, "CEREALS".into())],
            numbers: vec![(NumberField::PublishedAt, DateTime::UNIX_EPOCH.timestamp_micros())],
            location: GeoPoint::new(12.6, -8.0),
            suggestions: vec![Suggestible { kind: SuggestionKind::Product, text: "riz".into() }],
        }
    }

    #[test]
    fn the_order_of_values_says_nothing() {
        let mut turned = document();
        turned.texts.reverse();
        turned.keywords.reverse();
        assert_eq!(turned.digest(), document().digest());
    }

    #[test]
    fn every_part_counts() {
        let changes: [fn(&mut SearchDocument); 9] = [
            |document| document.collection = Collection::Organizations,
            |document| document.id = Uuid::from_u128(8),
            |document| document.texts[0].1.text.push('s'),
            |document| document.texts[0].1.language = Language::En,
            |document| document.texts[0].0 = TextField::Description,
            |document| document.keywords.truncate(1),
            |document| document.numbers[0].1 += 1,
            |document| document.location = None,
            |document| document.suggestions[0].kind = SuggestionKind::Listing,
        ];
        for change in changes {
            let mut changed = document();
            change(&mut changed);
            assert_ne!(changed.digest(), document().digest(), "{changed:?}");
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        let mut one = document();
        one.keywords = vec![(KeywordField::Kind, "AB".into()), (KeywordField::Kind, "C".into())];
        let mut other = document();
        other.keywords = vec![(KeywordField::Kind, "A".into()), (KeywordField::Kind, "BC".into())];
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn a_digest_is_read_as_it_was_written() {
        let digest = DocumentDigest(0x0000_00ff_0123_4567);
        assert_eq!(digest.to_string(), "000000ff01234567");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("riz".parse::<DocumentDigest>().is_err());
    }
}
