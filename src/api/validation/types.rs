//! What the schema says about arguments and input types, read once from its SDL.

use std::collections::HashMap;

use async_graphql::{
    Positioned,
    parser::{
        self, parse_schema,
        types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};

/// The schema's input types, and the arguments of its fields.
#[derive(Debug, Clone, Default)]
pub struct Types {
    query: String,
    mutation: Option<String>,
    subscription: Option<String>,
    inputs: HashMap<String, Input>,
    outputs: HashMap<String, HashMap<String, Field>>,
    is_discreet: bool,
}

/// A type that values can have.
#[derive(Debug, Clone)]
pub enum Input {
    /// A scalar; the five built-in ones are checked, others are left to their own parsers.
    Scalar,
    /// An enum and its values.
    Enum(Vec<String>),
    /// An input object.
    Object {
        /// Its fields.
        fields: HashMap<String, Place>,
        /// Whether exactly one of them must be given.
        one_of: bool,
    },
}

/// A place that takes a value: an argument or an input field.
#[derive(Debug, Clone)]
pub struct Place {
    /// The type of values it takes.
    pub of: Type,
    /// Whether it has a default.
    pub has_default: bool,
}

impl Place {
    /// Whether leaving it out is an error.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.of.nullable && !self.has_default
    }
}

/// A field of an object or interface.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name of the type it leads to, without list and non-null.
    pub leads_to: String,
    /// Its arguments.
    pub arguments: HashMap<String, Place>,
}

impl Types {
    /// The same table for whoever must not learn from an error what else there is: values of enums are not listed.
    #[must_use]
    pub fn discreet(self, is_discreet: bool) -> Self {
        Self { is_discreet, ..self }
    }

    /// Whether errors name nothing but what was sent.
    #[must_use]
    pub fn is_discreet(&self) -> bool {
        self.is_discreet
    }

    /// Reads the table from a schema's SDL.
    ///
    /// # Errors
    /// When the text is not SDL, which for the SDL of our own schema would be a bug.
    pub fn from_sdl(sdl: &str) -> Result<Self, parser::Error> {
        let mut types = Self { query: "Query".to_owned(), ..Self::default() };
        for scalar in ["Int", "Float", "String", "Boolean", "ID"] {
            types.inputs.insert(scalar.to_owned(), Input::Scalar);
        }
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    if let Some(query) = schema.node.query {
                        types.query = query.node.to_string();
                    }
                    types.mutation = schema.node.mutation.map(|name| name.node.to_string());
                    types.subscription = schema.node.subscription.map(|name| name.node.to_string());
                }
                TypeSystemDefinition::Type(definition) => {
                    types.add(definition.node.name.node.to_string(), definition.node)
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(types)
    }

    fn add(&mut self, name: String, definition: parser::types::TypeDefinition) {
        let one_of = definition.directives.iter().any(|directive| directive.node.name.node == "oneOf");
        match definition.kind {
            TypeKind::Scalar => {
                self.inputs.insert(name, Input::Scalar);
            }
            TypeKind::Enum(definition) => {
                let values = definition.values.into_iter().map(|value| value.node.value.node.to_string()).collect();
                self.inputs.insert(name, Input::Enum(values));
            }
            TypeKind::InputObject(definition) => {
                self.inputs.insert(name, Input::Object { fields: places(definition.fields), one_of });
            }
            TypeKind::Object(definition) => {
                self.outputs.insert(name, fields(definition.fields));
            }
            TypeKind::Interface(definition) => {
                self.outputs.insert(name, fields(definition.fields));
            }
            TypeKind::Union(_) => {}
        }
    }

    /// The name of the type at the root of queries.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The name of the type at the root of mutations.
    #[must_use]
    pub fn mutation(&self) -> Option<&str> {
        self.mutation.as_deref()
    }

    /// The name of the type at the root of subscriptions.
    #[must_use]
    pub fn subscription(&self) -> Option<&str> {
        self.subscription.as_deref()
    }

    /// An input type by name.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.get(name)
    }

    /// A field of an object or interface. `None` for what is not in SDL: introspection, and names that do not exist.
    #[must_use]
    pub fn field(&self, parent: &str, name: &str) -> Option<&Field> {
        self.outputs.get(parent)?.get(name)
    }
}

fn places(definitions: Vec<Positioned<InputValueDefinition>>) -> HashMap<String, Place> {
    let place = |definition: Positioned<InputValueDefinition>| {
        let definition = definition.node;
        (
            definition.name.node.to_string(),
            Place { of: definition.ty.node, has_default: definition.default_value.is_some() },
        )
    };
    definitions.into_iter().map(place).collect()
}

fn fields(definitions: Vec<Positioned<parser::types::FieldDefinition>>) -> HashMap<String, Field> {
    let field = |definition: Positioned<parser::types::FieldDefinition>| {
        let definition = definition.node;
        let field =
            Field { leads_to: innermost(&definition.ty.node).to_owned(), arguments: places(definition.arguments) };
        (definition.name.node.to_string(), field)
    };
    definitions.into_iter().map(field).collect()
}

fn innermost(of: &Type) -> &str {
    let mut base = &of.base;
    loop {
        match base {
            BaseType::Named(name) => return name.as_str(),
            BaseType::List(of) => base = &of.base,
        }
    }
}
