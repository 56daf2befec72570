//! What an operation costs: worked out once for a document and the lengths of pages that are asked for.
//!
//! The library works it out as part of validation, and tells nobody but its extensions. Validation is what a document that is known
//! is spared, so there is a schema beside the one that runs things that only measures.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    Name, Response, ServerError, ValidationResult, Value, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use async_trait::async_trait;
use serde::Serialize;

/// What an operation cost and what its caller may cost further, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// What it cost.
    pub requested: u32,
    /// What is left, at this moment, of the allowance of which least is.
    pub available: u32,
}

/// The lengths of a document's pages that are kept.
const LENGTHS_KEPT: usize = 32;

/// The lengths of pages that were asked for, in the order of their variables.
type Lengths = Box<[Option<i64>]>;

/// What a document's only operation costs, by the lengths of its pages.
pub(super) struct Costs {
    /// The variables that give a page its length. Nothing else about variables changes what an operation costs.
    lengths: Box<[Name]>,
    known: Mutex<Vec<(Lengths, u32)>>,
}

impl Costs {
    /// Nothing is known of a new document.
    pub(super) fn of_document(document: &ExecutableDocument) -> Self {
        let mut lengths = Vec::new();
        let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
        let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
        let mut open: Vec<&SelectionSet> = operations.chain(fragments).collect();
        while let Some(set) = open.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        let arguments = field.node.arguments.iter().filter(|(name, _)| is_length(&name.node));
                        for (_, value) in arguments {
                            if let async_graphql_value::Value::Variable(name) = &value.node {
                                lengths.push(name.clone());
                            }
                        }
                        open.push(&field.node.selection_set.node);
                    }
                    Selection::InlineFragment(fragment) => open.push(&fragment.node.selection_set.node),
                    Selection::FragmentSpread(_) => {}
                }
            }
        }
        lengths.sort_unstable();
        lengths.dedup();
        Self { lengths: lengths.into(), known: Mutex::default() }
    }

    fn given<'a>(&'a self, variables: &'a Variables) -> impl Iterator<Item = Option<i64>> + 'a {
        self.lengths.iter().map(|name| match variables.get(name) {
            // Left out, its default counts; null, none does.
            None => None,
            Some(Value::Number(number)) => Some(number.as_i64().unwrap_or(i64::MAX)),
            Some(_) => Some(i64::MIN),
        })
    }

    /// What the operation costs with these variables, if that is known.
    pub(super) fn of(&self, variables: &Variables) -> Option<u32> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |(lengths, _): &&(Lengths, u32)| lengths.iter().copied().eq(self.given(variables));
        known.iter().find(same).map(|(_, cost)| *cost)
    }

    /// Keeps what it costs with these variables, perhaps in place of the oldest that is known.
    pub(super) fn keep(&self, variables: &Variables, cost: u32) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == LENGTHS_KEPT {
            known.remove(0);
        }
        known.push((self.given(variables).collect(), cost));
    }
}

/// Whether an argument of that name says how long a page is.
fn is_length(name: &str) -> bool {
    matches!(name, "first" | "last")
}

/// Has a schema validate operations and tell what they cost, and run none.
pub(super) struct Measure;

/// What the answer of a schema that measures calls the cost.
const COST: &str = "cost";

impl Measure {
    /// The cost in such an answer; none where validation has failed.
    pub(super) fn found(response: &Response) -> Option<u32> {
        let Value::Number(cost) = response.extensions.get(COST)? else { return None };
        cost.as_u64().map(|cost| u32::try_from(cost).unwrap_or(u32::MAX))
    }
}

impl ExtensionFactory for Measure {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Measured::default())
    }
}

#[derive(Default)]
struct Measured(AtomicUsize);

#[async_trait]
impl Extension for Measured {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let valid = next.run(ctx).await?;
        self.0.store(valid.complexity, Ordering::Relaxed);
        Ok(valid)
    }

    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::new(Value::Null).extension(COST, self.0.load(Ordering::Relaxed).into())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cost_is_known_for_the_lengths_it_was_measured_with() {
        let document = parse_query(
            "query($n: Int, $m: Int, $text: String) { a(first: $n, text: $text) { ...F } }
             fragment F on A { ... on A { b(last: $m) { c(first: 3) } } }",
        )
        .unwrap();
        let costs = Costs::of_document(&document);
        let variables = |values| Variables::from_json(values);
        let asked = variables(json!({ "n": 20, "m": 5, "text": "karité" }));
        assert_eq!(costs.of(&asked), None);
        costs.keep(&asked, 121);
        assert_eq!(costs.of(&asked), Some(121));
        assert_eq!(costs.of(&variables(json!({ "m": 5, "n": 20, "text": "mil" }))), Some(121));
        for other in [json!({ "n": 21, "m": 5 }), json!({ "n": 20 }), json!({ "n": 20, "m": null }), json!({})] {
            assert_eq!(costs.of(&variables(other.clone())), None, "{other}");
        }
    }

    #[test]
    fn lengths_that_nobody_asked_for_lately_are_forgotten() {
        let costs = Costs::of_document(&parse_query("query($n: Int) { a(first: $n) { b } }").unwrap());
        let asked = |length: usize| Variables::from_json(json!({ "n": length }));
        for length in 0..=LENGTHS_KEPT {
            costs.keep(&asked(length), 7);
        }
        assert_eq!(costs.of(&asked(0)), None);
        assert_eq!(costs.of(&asked(LENGTHS_KEPT)), Some(7));
        assert_eq!(costs.known.lock().unwrap().len(), LENGTHS_KEPT);
    }
}
