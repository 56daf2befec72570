//! What became of a file of prices.

use std::collections::BTreeMap;

use super::{
    price::Price,
    price_check::{Problem, Refusal},
    price_layout::Layout,
    price_market::Note,
};

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceImportReport {
    /// Its form.
    pub layout: Layout,
    /// Its rows, without header and tags: those added, changed, unchanged and refused together.
    pub rows: u64,
    /// Rows that were new.
    pub added: u64,
    /// Rows that say otherwise than an earlier file.
    pub changed: u64,
    /// Rows that were known.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub refused: u64,
    /// Of those, rows where the file is damaged.
    pub damaged: u64,
    /// Outliers among rows added and changed.
    pub outliers: u64,
    /// How often each reason to refuse a row came with which value. A row may have several reasons.
    pub refusals: BTreeMap<Refusal, BTreeMap<String, u64>>,
    /// How many rows of which market are odd in which way.
    pub notes: BTreeMap<Note, BTreeMap<String, u64>>,
}

impl PriceImportReport {
    pub(in crate::insight) const fn new(layout: Layout) -> Self {
        Self {
            layout,
            rows: 0,
            added: 0,
            changed: 0,
            unchanged: 0,
            refused: 0,
            damaged: 0,
            outliers: 0,
            refusals: BTreeMap::new(),
            notes: BTreeMap::new(),
        }
    }

    pub(in crate::insight) fn refuse(&mut self, problems: &[Problem]) {
        self.refused += 1;
        self.damaged += u64::from(problems.iter().any(|problem| problem.refusal.is_damage()));
        for problem in problems {
            // Which line another row stands on is told with the row; here it would make a list of lines.
            let value = match problem.refusal.is_damage() || problem.refusal == Refusal::Repeated {
                true => "",
                false => problem.value.as_str(),
            };
            *self.refusals.entry(problem.refusal).or_default().entry(value.to_owned()).or_default() += 1;
        }
    }

    pub(in crate::insight) fn note(&mut self, notes: &[Note], price: &Price) {
        for note in notes {
            *self.notes.entry(*note).or_default().entry(price.market.clone()).or_default() += 1;
        }
    }
}
