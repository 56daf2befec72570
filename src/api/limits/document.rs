//! The guard over the syntax tree: what a document expands to, computed without expanding it.
//!
//! Every fragment is summed up once, its spreads as references; totals are then added along the references, children first, with
//! saturating arithmetic. So the cost of the guard is linear in the document however large the document would become, and a
//! chain in which every fragment spreads the next one twice is refused after one look at each. Both walks use explicit stacks.

use std::collections::HashMap;

use async_graphql::{
    Pos, Positioned,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

use super::{Limits, Violation};

/// What a document comes to once every fragment is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measure {
    /// Fields, spreads and inline fragments over all definitions. Definitions that no operation uses count as well, since
    /// validation visits them.
    pub selections: u64,
    /// Aliases over all operations.
    pub aliases: u64,
    /// Directives over all operations.
    pub directives: u64,
    /// Fields at the root of the operation with most of them, and where that operation is.
    pub root_fields: (u64, Pos),
    /// Fields on the longest path of an operation.
    pub depth: u64,
    /// Fields below `__schema` or `__type` that each give a list of the schema's members, on the path with most of them, and
    /// the operation that the path is of.
    pub introspection: (u64, Pos),
    /// Selection sets open at once in the definition that nests deepest, as written.
    pub nesting: usize,
    /// Loop turns taken; tests hold the guard to a multiple of the document's size.
    pub steps: usize,
}

/// Measures the document and refuses it if it exceeds the limits.
///
/// # Errors
/// The first [`Violation`] met.
pub fn inspect(document: &ExecutableDocument, limits: &Limits) -> Result<Measure, Violation> {
    if document.operations.iter().len() > limits.operations_max {
        return Err(Violation::Operations { max: limits.operations_max });
    }
    let measure = measure(document)?;
    if measure.selections > limits.expanded_selections_max {
        return Err(Violation::ExpandedSelections { max: limits.expanded_selections_max });
    }
    if measure.aliases > limits.aliases_max {
        return Err(Violation::Aliases { max: limits.aliases_max });
    }
    if measure.root_fields.0 > limits.root_fields_max {
        return Err(Violation::RootFields { at: measure.root_fields.1, max: limits.root_fields_max });
    }
    if measure.directives > limits.directives_max {
        return Err(Violation::Directives { max: limits.directives_max });
    }
    if measure.introspection.0 > limits.introspection_lists_max {
        let (_, at) = measure.introspection;
        return Err(Violation::Introspection { at, max: limits.introspection_lists_max });
    }
    Ok(measure)
}

/// Measures the document. Spreads of fragments that do not exist count as one selection; validation names them.
///
/// # Errors
/// [`Violation::FragmentCycle`], since a cycle has no size.
pub fn measure(document: &ExecutableDocument) -> Result<Measure, Violation> {
    let mut measure = Measure::default();
    let mut fragments = Fragments::new(document, &mut measure);
    for index in 0..fragments.own.len() {
        fragments.resolve(index, &mut measure.steps)?;
        let total = fragments.total(index);
        measure.selections = measure.selections.saturating_add(total.selections);
    }
    for (_, operation) in document.operations.iter() {
        let own = sum_up(&operation.node.selection_set, operation_directives(operation), &mut measure);
        let total = fragments.with_spreads(&own, &mut measure.steps);
        measure.selections = measure.selections.saturating_add(total.selections);
        measure.aliases = measure.aliases.saturating_add(total.aliases);
        measure.directives = measure.directives.saturating_add(total.directives);
        measure.depth = measure.depth.max(total.depth);
        if total.root_fields > measure.root_fields.0 {
            measure.root_fields = (total.root_fields, operation.pos);
        }
        if total.introspected_lists > measure.introspection.0 {
            measure.introspection = (total.introspected_lists, operation.pos);
        }
    }
    Ok(measure)
}

fn operation_directives(operation: &Positioned<OperationDefinition>) -> u64 {
    let on_variables: usize =
        operation.node.variable_definitions.iter().map(|definition| definition.node.directives.len()).sum();
    count(operation.node.directives.len() + on_variables)
}

/// Sums over one definition, or over one definition and all it spreads.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    selections: u64,
    aliases: u64,
    directives: u64,
    root_fields: u64,
    depth: u64,
    /// On the path with most of them, wherever the definition is spread.
    lists: u64,
    /// On the path with most of them below a `__schema` or `__type` of the definition itself.
    introspected_lists: u64,
}

/// One definition by itself, with the fragments it spreads by name and where each spread stands.
struct Own<'a> {
    cost: Cost,
    spreads: Vec<(&'a str, Place)>,
}

/// Where a selection stands in its definition.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Fields above it.
    above: u64,
    /// Fields above it that are named as those that give a list of the schema's members.
    lists: u64,
    /// As many of them as are below a `__schema` or `__type`; none where no such field is above it.
    introspected: Option<u64>,
}

impl Place {
    /// The place of what a field at this place selects.
    fn below(self, field: &str) -> Self {
        // The fields of the introspection types that a query can go round in without end, each time by many members:
        // those that the rule of graphql-js on the depth of introspection counts.
        let lists = u64::from(matches!(field, "fields" | "interfaces" | "possibleTypes" | "inputFields"));
        let introspected = match self.introspected {
            Some(above) => Some(above + lists),
            None if matches!(field, "__schema" | "__type") => Some(0),
            None => None,
        };
        Self { above: self.above + 1, lists: self.lists + lists, introspected }
    }
}

/// Walks one selection set as written, without following spreads.
fn sum_up<'a>(set: &'a Positioned<SelectionSet>, directives: u64, measure: &mut Measure) -> Own<'a> {
    let mut own = Own { cost: Cost { directives, ..Cost::default() }, spreads: Vec::new() };
    let mut open = vec![(set.node.items.iter(), Place::default(), 1_usize)];
    while let Some((items, place, braces)) = open.last_mut() {
        let (place, braces) = (*place, *braces);
        measure.steps += 1;
        measure.nesting = measure.nesting.max(braces);
        let Some(selection) = items.next() else {
            open.pop();
            continue;
        };
        own.cost.selections += 1;
        own.cost.directives += count(selection.node.directives().len());
        let (inner, place) = match &selection.node {
            Selection::Field(field) => {
                let below = place.below(&field.node.name.node);
                own.cost.aliases += u64::from(field.node.alias.is_some());
                own.cost.root_fields += u64::from(place.above == 0);
                own.cost.depth = own.cost.depth.max(below.above);
                own.cost.lists = own.cost.lists.max(below.lists);
                own.cost.introspected_lists = own.cost.introspected_lists.max(below.introspected.unwrap_or(0));
                (&field.node.selection_set.node.items, below)
            }
            Selection::InlineFragment(fragment) => (&fragment.node.selection_set.node.items, place),
            Selection::FragmentSpread(spread) => {
                own.spreads.push((spread.node.fragment_name.node.as_str(), place));
                continue;
            }
        };
        if !inner.is_empty() {
            open.push((inner.iter(), place, braces + 1));
        }
    }
    own
}

enum State {
    New,
    Open,
    Done(Cost),
}

struct Fragments<'a> {
    index: HashMap<&'a str, usize>,
    names: Vec<(&'a str, Pos)>,
    own: Vec<Own<'a>>,
    state: Vec<State>,
}

impl<'a> Fragments<'a> {
    fn new(document: &'a ExecutableDocument, measure: &mut Measure) -> Self {
        let mut fragments = Self { index: HashMap::new(), names: Vec::new(), own: Vec::new(), state: Vec::new() };
        for (name, fragment) in &document.fragments {
            fragments.index.insert(name.as_str(), fragments.own.len());
            fragments.names.push((name.as_str(), fragment.pos));
            fragments.own.push(sum_up(&fragment.node.selection_set, count(fragment.node.directives.len()), measure));
            fragments.state.push(State::New);
        }
        fragments
    }

    /// Computes the total of a fragment and of everything it reaches, each once.
    fn resolve(&mut self, start: usize, steps: &mut usize) -> Result<(), Violation> {
        let mut path = vec![(start, 0_usize)];
        while let Some((fragment, next)) = path.last_mut() {
            *steps += 1;
            let fragment = *fragment;
            if matches!(self.state[fragment], State::Done(_)) {
                path.pop();
                continue;
            }
            self.state[fragment] = State::Open;
            let spread = self.own[fragment].spreads.get(*next).copied();
            *next += 1;
            let Some((name, _)) = spread else {
                let total = self.with_spreads(&self.own[fragment], steps);
                self.state[fragment] = State::Done(total);
                path.pop();
                continue;
            };
            let Some(&target) = self.index.get(name) else { continue };
            match self.state[target] {
                State::New => path.push((target, 0)),
                State::Open => {
                    let (name, at) = self.names[target];
                    return Err(Violation::FragmentCycle { name: name.to_owned(), at });
                }
                State::Done(_) => {}
            }
        }
        Ok(())
    }

    fn total(&self, index: usize) -> Cost {
        match self.state[index] {
            State::Done(cost) => cost,
            State::New | State::Open => Cost::default(),
        }
    }

    fn with_spreads(&self, own: &Own<'_>, steps: &mut usize) -> Cost {
        own.spreads.iter().fold(own.cost, |sum, (name, place)| {
            *steps += 1;
            let spread = self.index.get(name).map_or_else(Cost::default, |index| self.total(*index));
            let introspected = match place.introspected {
                Some(above) => above.saturating_add(spread.lists),
                None => spread.introspected_lists,
            };
            Cost {
                selections: sum.selections.saturating_add(spread.selections),
                aliases: sum.aliases.saturating_add(spread.aliases),
                directives: sum.directives.saturating_add(spread.directives),
                root_fields: if place.above == 0 {
                    sum.root_fields.saturating_add(spread.root_fields)
                } else {
                    sum.root_fields
                },
                depth: sum.depth.max(place.above.saturating_add(spread.depth)),
                lists: sum.lists.max(place.lists.saturating_add(spread.lists)),
                introspected_lists: sum.introspected_lists.max(introspected),
            }
        })
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    use super::*;

    fn measured(text: &str) -> Measure {
        measure(&parse_query(text).unwrap()).unwrap()
    }

    fn refused(text: &str, limits: &Limits) -> Violation {
        inspect(&parse_query(text).unwrap(), limits).unwrap_err()
    }

    /// Each fragment spreads the next one twice: 2^n selections in a few bytes a fragment.
    pub(crate) fn doubling_chain(length: usize) -> String {
        let mut text = "{...A0}".to_owned();
        for step in 0..length {
            text.push_str(&format!("fragment A{step} on Query{{...A{next} ...A{next}}}", next = step + 1));
        }
        text.push_str(&format!("fragment A{length} on Query{{__typename}}"));
        text
    }

    #[test]
    fn counts_what_fragments_expand_to() {
        let measure =
            measured("{ a { ...F ...F } x: b @skip(if: false) { c } } fragment F on T { y: d { ... on U { e } } }");
        // F is y, the inline fragment and e; the operation is a, two spreads, x, c and F twice; F counts once more by itself
        assert_eq!(measure.selections, 5 + 2 * 3 + 3);
        assert_eq!(measure.aliases, 3);
        assert_eq!(measure.directives, 1);
        assert_eq!(measure.root_fields.0, 2);
        assert_eq!(measure.depth, 3);
        assert_eq!(measure.nesting, 3);
    }

    #[test]
    fn counts_root_fields_through_fragments() {
        assert_eq!(measured("{ a ...F ... { b ...F } } fragment F on Query { c d { e } }").root_fields.0, 6);
    }

    #[test]
    fn counts_the_lists_of_an_introspection_through_fragments() {
        let lists = |text: &str| measured(text).introspection.0;
        assert_eq!(lists("{ fields { fields { interfaces } } ...F } fragment F on T { fields }"), 0);
        assert_eq!(lists("{ __type { fields { type { ofType { ofType { name } } } } } }"), 1);
        assert_eq!(
            lists(
                "{ __schema { types { ...T } } } fragment T on T { fields { type { ...U } } interfaces { name } } \
                          fragment U on T { ... on T { possibleTypes { inputFields } } }"
            ),
            3
        );
        assert_eq!(lists("{ a { ...F } } fragment F on T { __type { x: interfaces { possibleTypes { name } } } }"), 2);
    }

    #[test]
    fn refuses_a_chain_that_doubles_at_every_step() {
        let text = doubling_chain(20);
        assert!(text.len() < 1_000);
        assert_eq!(refused(&text, &Limits::default()), Violation::ExpandedSelections { max: 5_000 });
        assert_eq!(measured(&doubling_chain(100)).selections, u64::MAX);
    }

    #[test]
    fn refuses_cycles_of_any_length() {
        for text in [
            "{ ...A } fragment A on T { ...A }",
            "{ a } fragment A on T { b { ...B } } fragment B on T { ... on T { ...A } }",
            "{ a } fragment A on T { x ...B } fragment B on T { ...C ...C } fragment C on T { y ...A }",
        ] {
            assert!(matches!(refused(text, &Limits::default()), Violation::FragmentCycle { .. }), "{text}");
        }
    }

    #[test]
    fn leaves_unknown_fragments_to_validation() {
        assert_eq!(measured("{ ...Nowhere }").selections, 1);
    }

    #[test]
    fn holds_each_cap() {
        let limits = Limits {
            aliases_max: 1,
            root_fields_max: 2,
            directives_max: 1,
            operations_max: 2,
            expanded_selections_max: 6,
            ..Limits::default()
        };
        assert!(inspect(&parse_query("query A { x: a b @skip(if: true) } query B { c }").unwrap(), &limits).is_ok());
        assert_eq!(refused("{ x: a y: b }", &limits), Violation::Aliases { max: 1 });
        assert!(matches!(refused("{ a b c }", &limits), Violation::RootFields { max: 2, .. }));
        assert_eq!(refused("query @a @b { a }", &limits), Violation::Directives { max: 1 });
        assert_eq!(refused("query A { a } query B { a } query C { a }", &limits), Violation::Operations { max: 2 });
        assert_eq!(refused("{ a { b c d e f g } }", &limits), Violation::ExpandedSelections { max: 6 });
        let round = "{ __type { fields { type { interfaces { possibleTypes } } } } }";
        assert!(matches!(refused(round, &limits), Violation::Introspection { max: 2, .. }));
    }

    proptest! {
        /// Fragments over any graph: never a panic, and never more steps than a small multiple of the text.
        #[test]
        fn measures_any_fragment_graph_in_linear_steps(edges in proptest::collection::vec((0_usize..12, 0_usize..14), 0..80)) {
            let mut bodies = vec![String::from("a"); 12];
            for (from, to) in &edges {
                bodies[*from].push_str(&format!(" b {{ ...F{to} }}"));
            }
            let mut text = String::from("{ ...F0 ...F5 }");
            for (index, body) in bodies.iter().enumerate() {
                text.push_str(&format!(" fragment F{index} on T {{ {body} }}"));
            }
            let document = parse_query(&text).unwrap();
            match measure(&document) {
                Ok(measure) => prop_assert!(measure.steps <= text.len()),
                Err(violation) => {
                    let is_cycle = matches!(violation, Violation::FragmentCycle { .. });
                    prop_assert!(is_cycle);
                }
            }
        }

        /// Against the slow and obvious way, on graphs without cycles.
        #[test]
        fn agrees_with_writing_the_fragments_out(edges in proptest::collection::vec((0_usize..6, 1_usize..4), 0..12)) {
            let mut bodies = vec![String::from("a x: c"); 8];
            for (from, forward) in &edges {
                bodies[*from].push_str(&format!(" b {{ ...F{} }}", (from + forward).min(7)));
            }
            let mut text = String::from("{ ...F0 }");
            for (index, body) in bodies.iter().enumerate() {
                text.push_str(&format!(" fragment F{index} on T {{ {body} }}"));
            }
            let document = parse_query(&text).unwrap();
            fn written_out(document: &ExecutableDocument, set: &SelectionSet) -> (u64, u64, u64) {
                set.items.iter().fold((0, 0, 0), |(count, aliases, depth), selection| {
                    let (inner, own_alias, own_depth) = match &selection.node {
                        Selection::Field(field) => (written_out(document, &field.node.selection_set.node), u64::from(field.node.alias.is_some()), 1),
                        Selection::InlineFragment(inline) => (written_out(document, &inline.node.selection_set.node), 0, 0),
                        Selection::FragmentSpread(spread) => {
                            (written_out(document, &document.fragments[&spread.node.fragment_name.node].node.selection_set.node), 0, 0)
                        }
                    };
                    (count + 1 + inner.0, aliases + own_alias + inner.1, depth.max(own_depth + inner.2))
                })
            }
            let mut selections = 0;
            let mut operation = (0, 0, 0);
            for (_, definition) in document.operations.iter() {
                operation = written_out(&document, &definition.node.selection_set.node);
                selections += operation.0;
            }
            for fragment in document.fragments.values() {
                selections += written_out(&document, &fragment.node.selection_set.node).0;
            }
            let measure = measure(&document).unwrap();
            prop_assert_eq!((measure.selections, measure.aliases, measure.depth), (selections, operation.1, operation.2));
        }
    }
}
