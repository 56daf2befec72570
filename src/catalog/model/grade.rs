//! Grades that follow from measurements: nobody types "grade I" of a product whose standard says what it takes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kernel::{locale::Texts, reference::Certainty};

/// How a product's grade follows from what was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRule {
    /// The product it is about.
    pub product: String,
    /// The standard that says so.
    pub standard: String,
    /// The grades, from the best down.
    #[serde(rename = "grade")]
    pub grades: Vec<Grade>,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A grade, and the limits within which a product has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Its code, as listings show it.
    pub code: String,
    /// Its names.
    pub names: Texts,
    /// What must hold, all of it.
    pub limits: Vec<Limit>,
}

/// The most that an attribute may measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The code of the attribute.
    pub attribute: String,
    /// The bound, itself admitted, in thousandths.
    #[serde(with = "super::thousandths")]
    pub at_most: i64,
}

/// What the measurements say of the grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GradeOutcome<'r> {
    /// The product has this grade.
    Graded(&'r Grade),
    /// Too little was measured to tell; these attributes are missing.
    Undetermined {
        /// Codes of the attributes that were not measured.
        missing: Vec<&'r str>,
    },
    /// The product has no grade of the standard; these limits of the lowest grade are exceeded.
    BelowStandard {
        /// The exceeded limits, each with the measured value in thousandths.
        exceeded: Vec<(&'r Limit, i64)>,
    },
}

impl GradeRule {
    /// The grade that follows from measurements, each in thousandths by attribute code.
    ///
    /// A value beyond the lowest grade settles the matter even where others are missing; a grade is given only when
    /// everything it asks for was measured.
    #[must_use]
    pub fn derive(&self, measurements: &BTreeMap<String, i64>) -> GradeOutcome<'_> {
        let exceeded = |grade: &'_ Grade| -> Vec<(usize, i64)> {
            let over = |(index, limit): (usize, &Limit)| {
                measurements.get(&limit.attribute).filter(|value| **value > limit.at_most).map(|value| (index, *value))
            };
            grade.limits.iter().enumerate().filter_map(over).collect()
        };
        if let Some(lowest) = self.grades.last() {
            let exceeded = exceeded(lowest);
            if !exceeded.is_empty() {
                let exceeded = exceeded.into_iter().map(|(index, value)| (&lowest.limits[index], value)).collect();
                return GradeOutcome::BelowStandard { exceeded };
            }
        }
        let mut missing = Vec::new();
        for limit in self.grades.iter().flat_map(|grade| &grade.limits) {
            if !measurements.contains_key(&limit.attribute) && !missing.contains(&limit.attribute.as_str()) {
                missing.push(limit.attribute.as_str());
            }
        }
        match self.grades.iter().find(|grade| exceeded(grade).is_empty()) {
            Some(grade) if missing.is_empty() => GradeOutcome::Graded(grade),
            Some(_) | None => GradeOutcome::Undetermined { missing },
        }
    }
}
