//! Words that people use for one another, whatever they are looking for.
//!
//! Names of products, places and schemes are no synonyms: they stand in the documents themselves, in every language. Here is
//! only what is said of many things: how they were grown, by whom, and how they are measured.

/// Words of one meaning, in folded form. Source: the French, English and Bambara that listings are written in; the Bambara
/// words are those of the units, kinds and labels of the reference data.
const GROUPS: &[&[&str]] = &[
    &["bio", "biologique", "organic"],
    &["equitable", "fairtrade"],
    &["femme", "femmes", "women", "woman", "muso", "musow"],
    &["cooperative", "coop", "groupement", "jekulu"],
    &["kilo", "kilos", "kg", "kilogramme", "kilogrammes", "kilogram"],
    &["litre", "litres", "liter", "l"],
    &["tonne", "tonnes", "toni"],
    &["sac", "sacs", "sack", "boro"],
];

/// The words that mean the same as a folded word, itself left out.
pub fn synonyms(folded: &str) -> impl Iterator<Item = &'static str> {
    let own = GROUPS.iter().find(|group| group.contains(&folded));
    own.into_iter().flat_map(|group| group.iter()).copied().filter(move |word| *word != folded)
}

/// Every word that has synonyms.
pub fn all() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.iter()).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::search::model::fold::fold;

    #[test]
    fn a_word_belongs_to_one_group_and_stands_there_in_folded_form() {
        let mut seen = HashSet::new();
        for word in all() {
            assert!(seen.insert(word), "{word} twice");
            assert_eq!(fold(word), word);
        }
    }

    #[test]
    fn synonyms_go_both_ways() {
        for word in all() {
            let others: Vec<&str> = synonyms(word).collect();
            assert!(!others.is_empty() && !others.contains(&word));
            assert!(others.iter().all(|other| synonyms(other).any(|back| back == word)), "{word}");
        }
        assert_eq!(synonyms("oignon").count(), 0);
    }
}
