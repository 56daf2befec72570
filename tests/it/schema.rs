//! The schema as clients see it: checked in, described everywhere, in step with the examples that the explorer offers.

use std::path::Path;

use async_graphql::{
    Positioned, Request,
    parser::{
        parse_schema,
        types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
    },
};
use bfw::{
    api::{
        engine::{Engine, Operation, Options, Stage},
        explorer, schema,
    },
    kernel::telemetry::RequestId,
};

use crate::harness::setting;

#[test]
fn the_definition_is_the_one_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema.graphql");
    let current = schema::sdl();
    if setting("BFW_TEST_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = current.lines().zip(checked_in.lines()).position(|(one, other)| one != other);
    assert!(
        current == checked_in,
        "the schema has changed from line {}; look at the change and, if it is meant, run this test with BFW_TEST_UPDATE_SCHEMA=1",
        differs.map_or(current.lines().count().min(checked_in.lines().count()), |line| line) + 1
    );
}

/// A client that declares a variable and does not give it leaves the argument out: what must not be null could not be.
#[test]
fn what_may_be_left_out_may_be_null() {
    let mut insisting = Vec::new();
    for definition in parse_schema(schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        for field in object.fields.iter().map(|field| &field.node) {
            let arguments = field.arguments.iter().map(|argument| &argument.node);
            let insists = arguments.filter(|argument| argument.default_value.is_some() && !argument.ty.node.nullable);
            insisting.extend(insists.map(|argument| format!("{}.{}", field.name.node, argument.name.node)));
        }
    }
    assert!(insisting.is_empty(), "a default, and yet not nullable: {insisting:?}");
}

#[test]
fn everything_says_what_it_is() {
    let mut silent = Vec::new();
    let mut check = |name: String, description: Option<&Positioned<String>>| {
        if description.is_none_or(|text| text.node.trim().len() < 8) {
            silent.push(name);
        }
    };
    for definition in parse_schema(schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let definition = definition.node;
        let name = definition.name.node.to_string();
        check(name.clone(), definition.description.as_ref());
        let mut check_arguments = |place: &str, arguments: &[Positioned<InputValueDefinition>]| {
            for argument in arguments {
                check(format!("{place}.{}", argument.node.name.node), argument.node.description.as_ref());
            }
        };
        let (fields, inputs, values): (Vec<Positioned<FieldDefinition>>, _, _) = match definition.kind {
            TypeKind::Object(object) => (object.fields, vec![], vec![]),
            TypeKind::Interface(interface) => (interface.fields, vec![], vec![]),
            TypeKind::InputObject(input) => (vec![], input.fields, vec![]),
            TypeKind::Enum(values) => (vec![], vec![], values.values),
            TypeKind::Scalar | TypeKind::Union(_) => (vec![], vec![], vec![]),
        };
        for field in &fields {
            check_arguments(&format!("{name}.{}", field.node.name.node), &field.node.arguments);
        }
        check_arguments(&name, &inputs);
        for field in fields {
            check(format!("{name}.{}", field.node.name.node), field.node.description.as_ref());
        }
        for value in values {
            check(format!("{name}.{}", value.node.value.node), value.node.description.as_ref());
        }
    }
    assert!(silent.is_empty(), "{} things without a description: {}", silent.len(), silent.join(", "));
}

#[test]
fn every_scalar_of_ours_says_where_it_is_specified() {
    let silent: Vec<String> = parse_schema(schema::sdl())
        .unwrap()
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        })
        .filter(|definition| matches!(definition.kind, TypeKind::Scalar))
        .filter(|definition| !definition.directives.iter().any(|directive| directive.node.name.node == "specifiedBy"))
        .map(|definition| definition.name.node.to_string())
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn everything_with_an_id_is_found_by_it() {
    let mut lost = Vec::new();
    let mut found = 0;
    for definition in parse_schema(schema::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        let has_id =
            object.fields.iter().any(|field| field.node.name.node == "id" && field.node.ty.node.to_string() == "ID!");
        let is_node = object.implements.iter().any(|interface| interface.node == "Node");
        match (has_id, is_node) {
            (true, true) => found += 1,
            (true, false) => lost.push(definition.node.name.node),
            (false, _) => {}
        }
    }
    assert!(lost.is_empty(), "not served by `node`: {lost:?}");
    assert!(found >= 8, "only {found} types have an id");
}

/// Title, document and variables of each example.
pub(crate) fn examples() -> Vec<(String, String, serde_json::Value)> {
    explorer::EXAMPLES
        .split("#> ")
        .skip(1)
        .map(|text| {
            let (title, text) = text.split_once('\n').unwrap();
            let variables = text.lines().find_map(|line| line.strip_prefix("#$ ")).unwrap_or("{}");
            (title.to_owned(), text.to_owned(), serde_json::from_str(variables).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_explorers_examples_fit_the_schema() {
    let engine = Engine::new(schema::builder, Options::default()).unwrap();
    let examples = examples();
    assert!(examples.len() >= 5);
    for (title, query, variables) in examples {
        let first = query.split("query ").nth(1).or_else(|| query.split("mutation ").nth(1)).unwrap();
        let name = first.split(|sign: char| !sign.is_alphanumeric()).next().unwrap().to_owned();
        let variables = async_graphql::Variables::from_json(variables);
        let operation = Operation { query, operation_name: Some(name), variables, read_only: false };
        let prepare = |request: Request| request;
        let reply = engine.execute(operation, &RequestId::new("-"), |_| Ok(None), prepare).await;
        // Without the rooms' data its fields fail; what counts is that it got as far as running.
        assert_eq!(reply.stage, Stage::Executed, "{title}: {:?}", reply.errors);
    }
}
