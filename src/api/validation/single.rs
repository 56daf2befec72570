//! A subscription has one field at its root.
//!
//! So demands the specification (section 5.2.4.1), and that the field is neither an introspection field nor under `@skip` or
//! `@include`. The library checks none of it, and would not run a field that stands in a fragment there: such a subscription would
//! end without a word. No client puts it into one on purpose, so that is refused, too. Repetitions beside each other are one field.

use async_graphql::{
    Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection},
};

use super::Problem;

/// Checks every subscription, and merges a field that is repeated at its root.
///
/// # Errors
/// What is wrong with the first that is wrong.
pub fn enforce(document: &mut ExecutableDocument) -> Result<(), Problem> {
    match &mut document.operations {
        DocumentOperations::Single(operation) => single(operation),
        DocumentOperations::Multiple(operations) => operations.values_mut().try_for_each(single),
    }
}

fn single(operation: &mut Positioned<OperationDefinition>) -> Result<(), Problem> {
    if operation.node.ty != OperationType::Subscription {
        return Ok(());
    }
    let items = &mut operation.node.selection_set.node.items;
    let mut all = std::mem::take(items).into_iter();
    let mut only = all.next();
    for item in all {
        match (only.as_mut().map(|only| &mut only.node), item) {
            (Some(Selection::Field(only)), Positioned { node: Selection::Field(field), .. })
                if only.node.response_key() == field.node.response_key()
                    && only.node.name == field.node.name
                    && only.node.arguments == field.node.arguments =>
            {
                only.node.directives.extend(field.node.directives);
                only.node.selection_set.node.items.extend(field.node.selection_set.node.items);
            }
            (_, Positioned { pos, .. }) => {
                return Err(Problem { message: "a subscription has one field at its root".to_owned(), at: pos });
            }
        }
    }
    let at = operation.pos;
    let refused = |message: &str| Err(Problem { message: message.to_owned(), at });
    match only.as_ref().map(|only| &only.node) {
        Some(Selection::Field(field)) => {
            if field.node.name.node.starts_with("__") {
                return refused("the root of a subscription is no place for introspection");
            }
            let is_conditional = |name: &str| matches!(name, "skip" | "include");
            if field.node.directives.iter().any(|directive| is_conditional(&directive.node.name.node)) {
                return refused("the root field of a subscription takes neither @skip nor @include");
            }
        }
        Some(Selection::FragmentSpread(_) | Selection::InlineFragment(_)) => {
            return refused("name the root field of a subscription itself, outside of fragments");
        }
        // The grammar knows no empty selection.
        None => {}
    }
    items.extend(only);
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn checked(text: &str) -> Result<usize, Problem> {
        let mut document = parse_query(text).unwrap();
        enforce(&mut document)?;
        Ok(document.operations.iter().map(|(_, operation)| operation.node.selection_set.node.items.len()).sum())
    }

    #[test]
    fn one_field_passes_however_often_it_is_written() {
        assert_eq!(checked("subscription { a { b } }"), Ok(1));
        assert_eq!(checked("subscription { a(x: 1) { b } a(x: 1) { c } }"), Ok(1));
        assert_eq!(checked("{ a b } "), Ok(2), "queries are none of its business");
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "subscription { a b }",
            "subscription { a c: a }",
            "subscription { a(x: 1) a(x: 2) }",
            "subscription { ...F } fragment F on Subscription { a }",
            "subscription { a ...F } fragment F on Subscription { b }",
            "subscription { ... on Subscription { a } }",
            "subscription { ... { a } }",
            "subscription { a @skip(if: false) }",
            "subscription($x: Boolean!) { a @include(if: $x) }",
            "subscription { a a @skip(if: true) }",
            "subscription { __typename }",
            "subscription A { a } subscription B { a b }",
        ] {
            assert!(checked(text).is_err(), "{text}");
        }
    }
}
