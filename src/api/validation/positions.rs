//! Variables are used only where their type fits (GraphQL, section 5.8.5).
//!
//! Usages are collected once a definition and then checked once an operation, following each fragment once. On the way,
//! literals that have variables inside are checked around them (section 5.6.1): the library checks such a literal only in
//! requests that send every one of its variables.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned,
    indexmap::IndexMap,
    parser::types::{
        BaseType, Directive, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, Type,
        VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Value};

use super::{
    Problem,
    types::{Input, Place, Types},
    variables::literal,
};

/// A variable that may be left out, because it or its place has a default, but must not be sent as null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotNull {
    /// The operation, if it has a name.
    pub operation: Option<Name>,
    /// The variable.
    pub variable: Name,
    /// Where null would stand.
    pub at: Pos,
}

/// Checks every operation of a document, and gives what is left to check in each request.
///
/// # Errors
/// Every problem found, at most `max`.
pub fn check(types: &Types, document: &ExecutableDocument, max: usize) -> Result<Vec<NotNull>, Vec<Problem>> {
    let mut fragments = HashMap::with_capacity(document.fragments.len());
    for (name, fragment) in &document.fragments {
        let mut usages = Usages::default();
        usages.directives(types, &fragment.node.directives);
        usages.selections(
            types,
            Some(fragment.node.type_condition.node.on.node.as_str()),
            &fragment.node.selection_set,
        );
        fragments.insert(name.as_str(), usages);
    }
    let mut found = Found::default();
    for (name, operation) in document.operations.iter() {
        check_operation(types, name, operation, &fragments, &mut found);
    }
    found.problems.extend(fragments.into_values().flat_map(|usages| usages.problems));
    found.problems.truncate(max);
    if found.problems.is_empty() { Ok(found.not_null) } else { Err(found.problems) }
}

#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    not_null: Vec<NotNull>,
}

fn check_operation<'a>(
    types: &'a Types,
    name: Option<&Name>,
    operation: &'a Positioned<OperationDefinition>,
    fragments: &HashMap<&'a str, Usages<'a>>,
    found: &mut Found,
) {
    let declared: HashMap<&str, &VariableDefinition> = operation
        .node
        .variable_definitions
        .iter()
        .map(|definition| (definition.node.name.node.as_str(), &definition.node))
        .collect();
    if declared.is_empty() {
        return; // a use of a variable that is not declared is validation's to report
    }
    let root = match operation.node.ty {
        OperationType::Query => Some(types.query()),
        OperationType::Mutation => types.mutation(),
        OperationType::Subscription => types.subscription(),
    };
    let mut own = Usages::default();
    own.directives(types, &operation.node.directives);
    own.selections(types, root, &operation.node.selection_set);

    let mut seen = HashSet::new();
    let mut open: Vec<&Usages<'_>> = vec![&own];
    while let Some(usages) = open.pop() {
        for usage in &usages.variables {
            let Some(definition) = declared.get(usage.variable) else { continue };
            if !usage.place.nullable && definition.var_type.node.nullable {
                let variable = definition.name.node.clone();
                found.not_null.push(NotNull { operation: name.cloned(), variable, at: usage.at });
            }
            if !usage.allows(definition) {
                let (variable, of) = (usage.variable, &definition.var_type.node);
                // What is expected is a name that whoever must not learn of the schema may not have known.
                let message = if types.is_discreet() {
                    format!("variable \"${variable}\" of type {of} does not fit where it is used")
                } else {
                    format!("variable \"${variable}\" of type {of} is used where {} is expected", usage.place)
                };
                found.problems.push(Problem { message, at: usage.at });
            }
        }
        open.extend(usages.spreads.iter().filter(|name| seen.insert(**name)).filter_map(|name| fragments.get(name)));
    }
    found.problems.append(&mut own.problems);
}

/// One use of a variable, and the type of the place where it stands.
struct Usage<'a> {
    variable: &'a str,
    at: Pos,
    place: &'a Type,
    place_has_default: bool,
}

impl Usage<'_> {
    fn allows(&self, definition: &VariableDefinition) -> bool {
        let declared = &definition.var_type.node;
        if !self.place.nullable && declared.nullable {
            let has_default = definition.default_value.as_ref().is_some_and(|value| value.node != ConstValue::Null);
            return (has_default || self.place_has_default) && fits_base(&declared.base, &self.place.base);
        }
        fits(declared, self.place)
    }
}

fn fits(declared: &Type, place: &Type) -> bool {
    (place.nullable || !declared.nullable) && fits_base(&declared.base, &place.base)
}

fn fits_base(declared: &BaseType, place: &BaseType) -> bool {
    match (declared, place) {
        (BaseType::Named(declared), BaseType::Named(place)) => declared == place,
        (BaseType::List(declared), BaseType::List(place)) => fits(declared, place),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

/// The variables one definition uses, and the fragments it spreads.
#[derive(Default)]
struct Usages<'a> {
    variables: Vec<Usage<'a>>,
    spreads: Vec<&'a str>,
    /// What is wrong with literals around variables.
    problems: Vec<Problem>,
}

impl<'a> Usages<'a> {
    fn selections(&mut self, types: &'a Types, parent: Option<&'a str>, set: &'a Positioned<SelectionSet>) {
        let mut open = vec![(parent, set)];
        while let Some((parent, set)) = open.pop() {
            for selection in &set.node.items {
                self.directives(types, selection.node.directives());
                match &selection.node {
                    Selection::Field(field) => {
                        let known = parent.and_then(|parent| types.field(parent, field.node.name.node.as_str()));
                        if let Some(known) = known {
                            self.arguments(types, &field.node.arguments, &known.arguments);
                        }
                        open.push((known.map(|known| known.leads_to.as_str()), &field.node.selection_set));
                    }
                    Selection::InlineFragment(fragment) => {
                        let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                        open.push((on.or(parent), &fragment.node.selection_set));
                    }
                    Selection::FragmentSpread(spread) => self.spreads.push(spread.node.fragment_name.node.as_str()),
                }
            }
        }
    }

    /// `@skip` and `@include` are the only directives that take arguments, and `if: Boolean!` is theirs.
    fn directives(&mut self, types: &'a Types, directives: &'a [Positioned<Directive>]) {
        for directive in directives {
            if matches!(directive.node.name.node.as_str(), "skip" | "include") {
                self.arguments(types, &directive.node.arguments, condition());
            }
        }
    }

    fn arguments(
        &mut self,
        types: &'a Types,
        given: &'a [(Positioned<Name>, Positioned<Value>)],
        places: &'a HashMap<String, Place>,
    ) {
        for (name, value) in given {
            if let Some(place) = places.get(name.node.as_str())
                && has_variable(&value.node)
            {
                self.value(types, &value.node, value.pos, &place.of, place.has_default);
            }
        }
    }

    fn value(&mut self, types: &'a Types, value: &'a Value, at: Pos, place: &'a Type, place_has_default: bool) {
        match value {
            Value::Variable(name) => {
                self.variables.push(Usage { variable: name.as_str(), at, place, place_has_default })
            }
            Value::List(items) => match &place.base {
                BaseType::List(of) => {
                    for item in items {
                        self.value(types, item, at, of, false);
                    }
                }
                BaseType::Named(_) => self.problem(at, format!("expected {place}, found a list")),
            },
            Value::Object(given) => {
                let mut base = &place.base;
                while let BaseType::List(of) = base {
                    base = &of.base; // a single value stands for a list of one
                }
                let BaseType::Named(name) = base else { return };
                match types.input(name.as_str()) {
                    Some(Input::Object { fields, .. }) => self.object(types, name, given, fields, at),
                    Some(Input::Enum(_)) => self.problem(at, format!("expected {place}, found an object")),
                    Some(Input::Scalar) | None => {}
                }
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {
                if let Some(value) = value.clone().into_const() {
                    self.problems.extend(literal(types, &value, place, at));
                }
            }
        }
    }

    fn object(
        &mut self,
        types: &'a Types,
        name: &Name,
        given: &'a IndexMap<Name, Value>,
        fields: &'a HashMap<String, Place>,
        at: Pos,
    ) {
        for (field, value) in given {
            match fields.get(field.as_str()) {
                Some(place) => self.value(types, value, at, &place.of, place.has_default),
                None => self.problem(at, format!("{name} has no field \"{field}\"")),
            }
        }
        for (field, place) in fields {
            if place.is_required() && !given.contains_key(field.as_str()) {
                self.problem(at, format!("{name} needs the field \"{field}\" of type {}", place.of));
            }
        }
    }

    fn problem(&mut self, at: Pos, message: String) {
        self.problems.push(Problem { message, at });
    }
}

fn has_variable(value: &Value) -> bool {
    match value {
        Value::Variable(_) => true,
        Value::List(items) => items.iter().any(has_variable),
        Value::Object(fields) => fields.values().any(has_variable),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => {
            false
        }
    }
}

fn condition() -> &'static HashMap<String, Place> {
    static CONDITION: std::sync::LazyLock<HashMap<String, Place>> = std::sync::LazyLock::new(|| {
        let of = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
        HashMap::from([("if".to_owned(), Place { of, has_default: false })])
    });
    &CONDITION
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str = "
        type Query { listing(id: ID!): Listing listings(filter: Filter, first: Int! = 20, codes: [String!]): Listing }
        type Listing { id: ID! similar(first: Int): Listing }
        input Filter { code: String! page: Int! = 1 }
    ";

    fn problems(text: &str) -> Vec<String> {
        let types = Types::from_sdl(SDL).unwrap();
        match check(&types, &parse_query(text).unwrap(), 10) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.into_iter().map(|problem| problem.message).collect(),
        }
    }

    #[test]
    fn accepts_variables_where_they_fit() {
        for text in [
            "query($id: ID!) { listing(id: $id) { id } }",
            "query($id: ID = \"x\") { listing(id: $id) { id } }",
            "query($first: Int) { listings(first: $first) { id } }",
            "query($codes: [String!]!) { listings(codes: $codes) { id } }",
            "query($code: String!) { listings(codes: [$code], filter: { code: $code }) { id } }",
            "query($page: Int) { listings(filter: { code: \"x\", page: $page }) { id } }",
            "query($yes: Boolean!) { listing(id: 1) @include(if: $yes) { id } }",
            "query($name: String!) { __type(name: $name) { name } }",
        ] {
            assert_eq!(problems(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn says_which_variables_must_not_be_null() {
        let types = Types::from_sdl(SDL).unwrap();
        let text = "query A($id: ID = 1, $first: Int, $n: Int, $code: String!) {
            listing(id: $id) { similar(first: $n) { id } } listings(first: $first, filter: { code: $code }) { id } }";
        let not_null = check(&types, &parse_query(text).unwrap(), 10).unwrap();
        let names: Vec<_> = not_null.iter().map(|not_null| not_null.variable.as_str()).collect();
        assert_eq!(names, ["id", "first"]);
        assert!(not_null.iter().all(|not_null| not_null.operation.as_deref() == Some("A")));
    }

    #[test]
    fn refuses_literals_that_are_wrong_around_a_variable() {
        for (text, expected) in [
            (
                "query($c: String!) { listings(filter: { code: $c, colour: 1 }) { id } }",
                "Filter has no field \"colour\"",
            ),
            (
                "query($p: Int!) { listings(filter: { page: $p }) { id } }",
                "Filter needs the field \"code\" of type String!",
            ),
            ("query($p: Int!) { listings(filter: { page: $p, code: 5 }) { id } }", "expected String, found 5"),
            ("query($c: String!) { listings(codes: [$c, 7]) { id } }", "expected String, found 7"),
            ("query($c: String!) { listings(filter: [{ code: $c }]) { id } }", "expected Filter, found a list"),
        ] {
            assert_eq!(problems(text), [expected], "{text}");
        }
    }

    #[test]
    fn refuses_variables_where_they_do_not_fit() {
        for (text, expected) in [
            ("query($id: ID) { listing(id: $id) { id } }", "variable \"$id\" of type ID is used where ID! is expected"),
            (
                "query($id: ID = null) { listing(id: $id) { id } }",
                "variable \"$id\" of type ID is used where ID! is expected",
            ),
            (
                "query($id: String!) { listing(id: $id) { id } }",
                "variable \"$id\" of type String! is used where ID! is expected",
            ),
            (
                "query($codes: [String]) { listings(codes: $codes) { id } }",
                "variable \"$codes\" of type [String] is used where [String!] is expected",
            ),
            (
                "query($code: String!) { listings(codes: $code) { id } }",
                "variable \"$code\" of type String! is used where [String!] is expected",
            ),
            (
                "query($code: Int!) { listings(filter: { code: $code }) { id } }",
                "variable \"$code\" of type Int! is used where String! is expected",
            ),
            (
                "query($yes: Boolean) { listing(id: 1) @skip(if: $yes) { id } }",
                "variable \"$yes\" of type Boolean is used where Boolean! is expected",
            ),
            (
                "query($n: String) { listing(id: 1) { ...F } } fragment F on Listing { similar { ...G } } fragment G on Listing { similar(first: $n) { id } }",
                "variable \"$n\" of type String is used where Int is expected",
            ),
        ] {
            assert_eq!(problems(text), [expected]);
        }
    }
}
