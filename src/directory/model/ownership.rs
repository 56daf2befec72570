//! Who owns and leads an organization: declared facts, the evidence for them, and what follows under each definition.
//!
//! Facts are stored as declared and evidence as submitted; an [`Assessment`] is always derived, for a day. Nothing in
//! here reads a clock or a database.

mod assess;
mod evidence;
mod facts;
mod fix;
mod history;
mod percent;
mod rules;

pub use assess::{
    Actual, Assessment, Criterion, FailingCriterion, OwnershipStatus, Required, StoredAssessment, Subject, assess,
};
pub use evidence::{Evidence, EvidenceLevel, Support, Verdict};
pub use facts::{Fact, FactProblem, FactValue, OwnershipFacts};
pub use fix::{Fix, Gap};
pub use history::{history, verified_until};
pub use percent::{Percent, PercentError};
pub use rules::{Certainty, Definition, Rule, RuleBook, RuleBookError, RuleSet, Threshold};
