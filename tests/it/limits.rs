//! The limits held against the marketplace's own schema: tools fit through, and no list escapes them.

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, TypeKind, TypeSystemDefinition},
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
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
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
    engine.execute(Operation { query, ..Operation::default() }, &RequestId::new("-"), |request| request).await
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
