//! What lists are asked for.

use super::producer::Gender;

/// Narrows a list of producers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProducerFilter {
    /// Folded words that their names hold, all of them.
    pub words: Vec<String>,
    /// Only those who live in one of these places.
    pub villages: Option<Vec<String>>,
    /// Only those.
    pub gender: Option<Gender>,
}
