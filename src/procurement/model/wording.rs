//! What a request says, as each wording of it is kept.

use serde_json::{Value, json};

use super::{
    ids::RequestId,
    request::{RequestLotStatus, WholeRequest},
};
use crate::{accounts::OrganizationId, documents::DocumentId, kernel::clock::Timestamp};

/// Terms as they are kept with a version: `{"terms": {…}, "changed": [...]}`.
const TERMS: &str = "terms";
const CHANGED: &str = "changed";
const INVITED: &str = "invited";

/// A wording of a request, as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestVersion {
    /// Of which request.
    pub request: RequestId,
    /// Which one.
    pub version: i64,
    /// Why it was amended; none for the first.
    pub rationale: Option<String>,
    /// All its terms.
    pub terms: Value,
    /// The names of the terms in which it differs from the one before, in order; none for the first.
    pub changed: Vec<String>,
    /// Since when it stands.
    pub created_at: Timestamp,
}

/// All terms of a request, each under its name: what is bid on, by which rules, judged by what. Lots that an amendment took out
/// are not among them.
#[must_use]
pub fn terms(whole: &WholeRequest, invited: &[OrganizationId], documents: &[DocumentId]) -> Value {
    let request = &whole.request;
    let lots: Vec<_> = whole.lots.iter().filter(|lot| lot.status == RequestLotStatus::Active).collect();
    json!({
        "title": request.title,
        "description": request.description,
        "language": request.language,
        "method": request.method,
        "method_rationale": request.method_rationale,
        "currency": request.currency.code(),
        "budget_minor": request.budget_minor,
        "enquiry_deadline": request.enquiry_deadline,
        "bid_deadline": request.bid_deadline,
        "standstill_days": request.standstill_days,
        "minimum_evaluators": request.minimum_evaluators,
        "contract_terms": request.terms,
        "lots": lots,
        "criteria": whole.criteria,
        "gender_measures": whole.measures,
        INVITED: invited,
        "documents": documents,
    })
}

impl RequestVersion {
    /// Leaves out who is invited: before the opening that would tell bidders whom they bid against.
    #[must_use]
    pub fn without_invited(mut self) -> Self {
        if let Some(terms) = self.terms.as_object_mut() {
            terms.remove(INVITED);
        }
        self.changed.retain(|name| name != INVITED);
        self
    }
}

/// The names of the terms in which two wordings differ, in order.
#[must_use]
pub fn changed(before: &Value, after: &Value) -> Vec<String> {
    let Some(after) = after.as_object() else { return Vec::new() };
    after.iter().filter(|(name, value)| before.get(name) != Some(*value)).map(|(name, _)| name.clone()).collect()
}

/// What is kept of a wording.
#[must_use]
pub fn kept(terms: &Value, changed: &[String]) -> Value {
    json!({ TERMS: terms, CHANGED: changed })
}

/// The terms, and what they changed, of what is kept.
#[must_use]
pub fn read(mut kept: Value) -> (Value, Vec<String>) {
    let changed = kept
        .get(CHANGED)
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect());
    let terms = kept.get_mut(TERMS).map(Value::take).unwrap_or_default();
    (terms, changed.unwrap_or_default())
}
