//! Whether a document selects something twice that holds more than one value: `a { b } a { c }` is one member, put together of two.
//!
//! A fragment counts wherever it stands, whatever type it is about: nothing is lost by seeing a repetition where there is none.

use std::collections::HashSet;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// Whether any selection of the document has two fields of the same response key of which something is selected.
#[must_use]
pub fn selects(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut open: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = open.pop() {
        let mut level = Level { document, keys: HashSet::new(), spread: HashSet::new(), within: Vec::new() };
        if level.repeats(set) {
            return true;
        }
        open.append(&mut level.within);
    }
    false
}

/// The fields of one object, with those of its fragments.
struct Level<'d> {
    document: &'d ExecutableDocument,
    keys: HashSet<&'d Name>,
    spread: HashSet<&'d Name>,
    /// What is selected of its fields.
    within: Vec<&'d SelectionSet>,
}

impl<'d> Level<'d> {
    fn repeats(&mut self, set: &'d SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) if field.node.selection_set.node.items.is_empty() => false,
            Selection::Field(field) => {
                self.within.push(&field.node.selection_set.node);
                !self.keys.insert(&field.node.response_key().node)
            }
            Selection::InlineFragment(fragment) => self.repeats(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = self.document.fragments.get(name) else { return false };
                // One that is spread a second time repeats all of its fields, and one that holds itself is refused elsewhere.
                !self.spread.insert(name) || self.repeats(&fragment.node.selection_set.node)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::selects;

    #[test]
    fn what_is_put_together_of_two_is_seen_wherever_it_stands() {
        for (query, expected) in [
            ("{ a { b } c { b } }", false),
            ("{ a a: b a { b } }", false),
            ("{ a { b } a { c } }", true),
            ("{ a { b } x: a { c } }", false),
            ("{ x: a { b } x: a { c } }", true),
            ("{ a { b { c } ... { b { d } } } }", true),
            ("{ a { ...F b { d } } } fragment F on T { b { c } }", true),
            ("{ a { ...F e { d } } } fragment F on T { b { c } }", false),
            ("{ a { ...F } b { ...F } } fragment F on T { b { c } }", false),
            ("{ a { ...F ...F } } fragment F on T { b { c } }", true),
            ("{ a { ...F } } fragment F on T { b { c } b { d } }", true),
            ("{ ...F } fragment F on T { ...F }", true),
            ("{ ...Unknown }", false),
        ] {
            assert_eq!(selects(&parse_query(query).unwrap()), expected, "{query}");
        }
    }
}
