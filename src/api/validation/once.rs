//! A mutation's field runs once, however often the document names it.
//!
//! By the specification (section 6.3.2, CollectFields) selections with the same response key are one field. The library
//! merges their results but calls the resolver for each, so a mutation written twice would be carried out twice. Repeated
//! fields that stand beside each other are merged here; a repetition through a fragment, which no client writes on purpose,
//! is refused rather than carried out twice.

use std::collections::HashSet;

use async_graphql::{
    Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection},
};

use super::Problem;

/// Merges repeated fields at the root of every mutation.
///
/// # Errors
/// The repetition that cannot be merged.
pub fn enforce(document: &mut ExecutableDocument) -> Result<(), Problem> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => merge(operation),
        DocumentOperations::Multiple(operations) => operations.values_mut().for_each(merge),
    }
    document.operations.iter().try_for_each(|(_, operation)| check(document, &operation.node))
}

fn merge(operation: &mut Positioned<OperationDefinition>) {
    if operation.node.ty != OperationType::Mutation {
        return;
    }
    let items = &mut operation.node.selection_set.node.items;
    let mut merged: Vec<Positioned<Selection>> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let same = |kept: &&mut Positioned<Selection>| matches!((&kept.node, &item.node), (Selection::Field(kept), Selection::Field(field)) if is_same(&kept.node, &field.node));
        match (merged.iter_mut().find(same), item) {
            (
                Some(Positioned { node: Selection::Field(kept), .. }),
                Positioned { node: Selection::Field(field), .. },
            ) => {
                kept.node.selection_set.node.items.extend(field.node.selection_set.node.items);
            }
            (_, item) => merged.push(item),
        }
    }
    *items = merged;
}

/// Fields that conflict are left apart, for validation to report.
fn is_same(one: &Field, other: &Field) -> bool {
    one.response_key() == other.response_key()
        && one.name == other.name
        && one.arguments == other.arguments
        && one.directives.is_empty()
        && other.directives.is_empty()
}

fn check(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), Problem> {
    if operation.ty != OperationType::Mutation {
        return Ok(());
    }
    let mut seen = HashSet::new();
    // The document guard has refused cycles and bounded what fragments come to.
    let mut open = vec![&operation.selection_set];
    while let Some(set) = open.pop() {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    if !seen.insert(key) {
                        let message = format!(
                            "the mutation field \"{key}\" is named more than once; write it once or give aliases"
                        );
                        return Err(Problem { message, at: field.pos });
                    }
                }
                Selection::InlineFragment(fragment) => open.push(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => {
                    open.extend(
                        document
                            .fragments
                            .get(&spread.node.fragment_name.node)
                            .map(|fragment| &fragment.node.selection_set),
                    );
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn root_keys(text: &str) -> Result<Vec<String>, Problem> {
        let mut document = parse_query(text).unwrap();
        enforce(&mut document)?;
        let (_, operation) = document.operations.iter().next().unwrap();
        let keys = operation.node.selection_set.node.items.iter().map(|item| match &item.node {
            Selection::Field(field) => {
                format!("{} {}", field.node.response_key().node, field.node.selection_set.node.items.len())
            }
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => "fragment".to_owned(),
        });
        Ok(keys.collect())
    }

    #[test]
    fn repeated_fields_become_one_with_both_selections() {
        assert_eq!(root_keys("mutation { a(x: 1) { b } c: a(x: 1) a(x: 1) { d e } }").unwrap(), ["a 3", "c 0"]);
    }

    #[test]
    fn queries_are_left_alone() {
        assert_eq!(root_keys("{ a a ...F } fragment F on Query { a }").unwrap(), ["a 0", "a 0", "fragment"]);
    }

    #[test]
    fn repetitions_that_cannot_be_merged_are_refused() {
        for text in [
            "mutation { a(x: 1) a(x: 2) }",
            "mutation { a @include(if: true) a }",
            "mutation { a ...F } fragment F on Mutation { a }",
            "mutation { ...F ...F } fragment F on Mutation { a }",
            "mutation { a ... on Mutation { a } }",
        ] {
            assert!(root_keys(text).is_err(), "{text}");
        }
        assert!(root_keys("mutation { ...F b } fragment F on Mutation { a }").is_ok());
    }
}
