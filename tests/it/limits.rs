//! The limits held against the marketplace's own schema: tools fit through, and no list escapes them.

use std::collections::{BTreeMap, VecDeque};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};
use bfw::{
    api::{
        engine::{Engine, Operation, Options, Reply, Stage},
        error::{Code, code},
        limits::Limits,
        schema,
    },
    kernel::telemetry::RequestId,
};

/// What GraphiQL, Relay and most code generators ask a server for first.
pub(crate) const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
    subscriptionType { name kind } types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef }
        isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

async fn run(limits: Limits, query: String) -> Reply {
    let engine = Engine::new(schema::builder, Options { limits, ..Options::default() }).unwrap();
    let operation = Operation { query, ..Operation::default() };
    engine.execute(operation, &RequestId::new("-"), |_| Ok(None), |request| request).await
}

#[tokio::test]
async fn the_introspection_of_common_tools_fits_through() {
    let reply = run(Limits::default(), INTROSPECTION.to_owned()).await;
    assert_eq!((reply.stage, reply.errors), (Stage::Executed, vec![]));
}

/// The fields that give a page: the type they are of, their name, and whether they need arguments besides its size.
fn pages() -> Vec<(String, String, bool)> {
    let mut pages = Vec::new();
    for definition in parse_schema(schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        for field in object.fields {
            let field = field.node;
            let BaseType::Named(of) = &field.ty.node.base else { continue };
            if of.ends_with("Connection") {
                let needs = field
                    .arguments
                    .iter()
                    .any(|argument| !argument.node.ty.node.nullable && argument.node.default_value.is_none());
                assert!(
                    field.arguments.iter().any(|argument| argument.node.name.node == "first"),
                    "{} takes no size",
                    field.name.node
                );
                pages.push((definition.node.name.node.to_string(), field.name.node.to_string(), needs));
            }
        }
    }
    pages
}

#[tokio::test]
async fn every_page_costs_its_size_times_what_is_asked_of_each_item() {
    let limits = Limits { complexity_max: 100, ..Limits::default() };
    let mut tried = 0;
    for (parent, field, needs_more) in pages() {
        if needs_more {
            continue;
        }
        let page = format!("{field}(first: 100) {{ edges {{ cursor }} }}");
        let query = match parent.as_str() {
            "Query" => format!("{{ {page} }}"),
            _ => format!("{{ node(id: \"x\") {{ ... on {parent} {{ {page} }} }} }}"),
        };
        let reply = run(limits.clone(), query).await;
        let codes: Vec<_> = reply.errors.iter().filter_map(code).collect();
        if codes == [Code::GraphqlValidationFailed] {
            continue; // a type that cannot be reached by its id; it is reached through one that can
        }
        assert_eq!(codes, [Code::QueryLimitExceeded], "{parent}.{field} has no cost: {:?}", reply.errors);
        tried += 1;
    }
    assert!(tried >= 3, "only {tried} pages were tried");
}

#[tokio::test]
async fn an_empty_page_and_the_count_of_a_list_have_a_cost() {
    let limits = Limits { complexity_max: 15, ..Limits::default() };
    for query in [
        "{ listings(first: 0) { edges { node { id title description language grade season reference version priceUnit \
         deliveryTerms createdAt updatedAt publishedAt minimumOrder } } } }",
        "{ listings(first: 0) { totalCount } }",
    ] {
        let reply = run(limits.clone(), query.to_owned()).await;
        let codes: Vec<_> = reply.errors.iter().filter_map(code).collect();
        assert_eq!(codes, [Code::QueryLimitExceeded], "{query}");
    }
}

#[tokio::test]
async fn going_round_in_the_tree_of_products_is_refused() {
    let mut query = "{ code }".to_owned();
    for _ in 0..5 {
        query = format!("{{ children {{ parent {query} }} }}");
    }
    let reply = run(Limits::default(), format!("{{ product(code: \"fresh-vegetables\") {query} }}")).await;
    let codes: Vec<_> = reply.errors.iter().filter_map(code).collect();
    assert_eq!(codes, [Code::QueryLimitExceeded]);
}

/// The types of the schema by name, as far as a query is written with them.
struct Types(BTreeMap<String, TypeKind>);

impl Types {
    fn read() -> Self {
        let types =
            parse_schema(schema::sdl()).unwrap().definitions.into_iter().filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => {
                    Some((definition.node.name.node.to_string(), definition.node.kind))
                }
                TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
            });
        Self(types.collect())
    }

    fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        match self.0.get(of) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            Some(TypeKind::Interface(interface)) => interface.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// The objects that implement an interface.
    fn implementations(&self, interface: &str) -> Vec<&str> {
        let implements = |kind: &TypeKind| matches!(kind, TypeKind::Object(object) if object.implements.iter().any(|name| name.node == interface));
        self.0.iter().filter(|(_, kind)| implements(kind)).map(|(name, _)| name.as_str()).collect()
    }

    /// The object or interface that a field gives, and whether it gives a list of them.
    fn gives(&self, field: &FieldDefinition) -> Option<(String, bool)> {
        let (mut of, mut list) = (&field.ty.node, false);
        loop {
            match &of.base {
                BaseType::Named(name) => {
                    let composite = matches!(self.0.get(name.as_str())?, TypeKind::Object(_) | TypeKind::Interface(_));
                    return composite.then(|| (name.to_string(), list));
                }
                BaseType::List(inner) => (of, list) = (inner, true),
            }
        }
    }

    /// A value that passes validation.
    fn value(&self, of: &Type) -> String {
        let name = match &of.base {
            BaseType::List(inner) => return format!("[{}]", self.value(inner)),
            BaseType::Named(name) => name.as_str(),
        };
        match self.0.get(name) {
            Some(TypeKind::Enum(values)) => values.values[0].node.value.node.to_string(),
            Some(TypeKind::InputObject(object)) => {
                format!("{{ {} }}", self.arguments(object.fields.iter().map(|field| &field.node)))
            }
            _ => match name {
                "Int" => "1".to_owned(),
                "Boolean" => "true".to_owned(),
                "Date" => "\"2026-01-01\"".to_owned(),
                _ => "\"1\"".to_owned(),
            },
        }
    }

    /// The arguments that must be given.
    fn arguments<'a>(&self, all: impl Iterator<Item = &'a InputValueDefinition>) -> String {
        let needed = all.filter(|argument| !argument.ty.node.nullable && argument.default_value.is_none());
        needed.map(|argument| format!("{}: {} ", argument.name.node, self.value(&argument.ty.node))).collect()
    }

    /// A field as it stands before its selection.
    fn call(&self, field: &FieldDefinition) -> String {
        match self.arguments(field.arguments.iter().map(|argument| &argument.node)).as_str() {
            "" => field.name.node.to_string(),
            arguments => format!("{}({arguments})", field.name.node),
        }
    }

    /// What leads from the root of an operation to each type: all that stands before a selection of its fields.
    fn paths(&self) -> BTreeMap<String, Vec<String>> {
        let mut paths = BTreeMap::from([
            ("Query".to_owned(), vec!["query".to_owned()]),
            ("Mutation".to_owned(), vec!["mutation".to_owned()]),
        ]);
        let mut open: VecDeque<String> = ["Query".to_owned(), "Mutation".to_owned()].into();
        while let Some(from) = open.pop_front() {
            let path = paths[&from].clone();
            let through_fields =
                self.fields(&from).into_iter().filter_map(|field| Some((self.call(field), self.gives(field)?.0)));
            let through_kinds =
                self.implementations(&from).into_iter().map(|name| (format!("... on {name}"), name.to_owned()));
            for (step, to) in through_fields.chain(through_kinds) {
                if !paths.contains_key(&to) {
                    paths.insert(to.clone(), path.iter().cloned().chain([step]).collect());
                    open.push_back(to);
                }
            }
        }
        paths
    }
}

fn written(path: &[String], selection: &str) -> String {
    format!("{} {{ {selection} {}", path.join(" { "), "}".repeat(path.len()))
}

#[tokio::test]
async fn every_list_of_objects_costs_more_than_one_of_them() {
    let types = Types::read();
    let paths = types.paths();
    let limits = Limits { complexity_max: usize::MAX, depth_max: 100, ..Limits::default() };
    let engine = Engine::new(schema::builder, Options { limits, ..Options::default() }).unwrap();
    let cost = async |path: &[String], selection: &str| {
        let query = written(path, selection);
        let operation = Operation { query: query.clone(), ..Operation::default() };
        let mut requested = None;
        let charge = |cost| {
            requested = Some(cost);
            Ok(None)
        };
        let reply = engine.execute(operation, &RequestId::new("-"), charge, |request| request).await;
        requested.unwrap_or_else(|| panic!("{query}: {:?}", reply.errors))
    };
    // What one more field costs at the end of a path.
    let more = async |path: &[String]| cost(path, "__typename more: __typename").await - cost(path, "__typename").await;
    let mut tried = 0;
    for of in types.0.keys() {
        for field in types.fields(of) {
            let Some((_, true)) = types.gives(field) else { continue };
            let Some(path) = paths.get(of) else { panic!("{of} cannot be reached") };
            // The page that the edges are of was charged for already.
            if field.name.node == "edges" {
                continue;
            }
            let inside: Vec<String> = path.iter().cloned().chain([types.call(field)]).collect();
            let (one, many) = (more(path).await, more(&inside).await);
            assert!(
                many >= 2 * one,
                "{of}.{} costs as much as one item: {many} where one costs {one}",
                field.name.node
            );
            tried += 1;
        }
    }
    assert!(tried >= 40, "only {tried} lists were tried");
}
