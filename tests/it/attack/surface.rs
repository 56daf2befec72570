//! The marketplace's schema as an attacker reads it: what there is to call, what each call needs, and what it gives.

use std::collections::BTreeMap;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value, json};

use super::matrix::tables;

/// Types that are told apart by what they are made of.
pub(crate) struct Surface(BTreeMap<String, TypeKind>);

/// Makes the value of an argument or of an input's member; none where it does not know what stands there.
pub(crate) type Maker<'a> = dyn Fn(Place<'_>) -> Option<Value> + 'a;

/// A value, and the names that lead to where it is put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planted<'a> {
    /// The names from the argument on.
    pub(crate) path: &'a [String],
    /// What is put there.
    pub(crate) value: &'a Value,
}

impl Planted<'_> {
    /// What is planted below an argument or member, if the way leads through it.
    fn below(self, name: &str) -> Option<Self> {
        let (first, rest) = self.path.split_first()?;
        (first == name).then_some(Self { path: rest, value: self.value })
    }
}

/// Where a value is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The field of the root or of a type, as `Query.bid`.
    pub(crate) call: &'a str,
    /// The argument's or member's own name.
    pub(crate) name: &'a str,
    /// Its named type.
    pub(crate) of: &'a str,
}

impl Surface {
    /// Reads the definition that the service gives out.
    pub(crate) fn read() -> Self {
        let types = parse_schema(bfw::api::schema::sdl()).unwrap().definitions;
        let types = types.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => {
                Some((definition.node.name.node.to_string(), definition.node.kind))
            }
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    /// The fields of an object or interface.
    pub(crate) fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        match self.0.get(of) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
            Some(TypeKind::Interface(interface)) => interface.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// The members of an input.
    fn members(&self, of: &str) -> Vec<&InputValueDefinition> {
        match self.0.get(of) {
            Some(TypeKind::InputObject(object)) => object.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    /// The ways to each place in the arguments of a field that takes one of these types.
    pub(crate) fn places(&self, field: &FieldDefinition, types: &[&str]) -> Vec<Vec<String>> {
        let mut places = Vec::new();
        let mut open: Vec<(Vec<String>, &InputValueDefinition)> =
            field.arguments.iter().map(|argument| (Vec::new(), &argument.node)).collect();
        while let Some((mut path, argument)) = open.pop() {
            let of = named(&argument.ty.node);
            path.push(argument.name.node.to_string());
            if types.contains(&of) {
                places.push(path);
            } else if path.len() < 5 {
                open.extend(self.members(of).into_iter().map(|member| (path.clone(), member)));
            }
        }
        places.sort();
        places
    }

    /// The types that have an id of their own.
    pub(crate) fn nodes(&self) -> Vec<&str> {
        let implements = |kind: &TypeKind| matches!(kind, TypeKind::Object(object) if object.implements.iter().any(|name| name.node == "Node"));
        self.0.iter().filter(|(_, kind)| implements(kind)).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether values of a type have fields.
    pub(crate) fn is_composite(&self, of: &str) -> bool {
        matches!(self.0.get(of), Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    fn has_id(&self, of: &str) -> bool {
        self.fields(of).iter().any(|field| field.name.node == "id")
    }

    /// What is asked of a value: its id, or what it is made of, so deep that ids come to light.
    pub(crate) fn selection(&self, of: &str, depth: u32) -> String {
        if self.has_id(of) {
            return "{ __typename id }".to_owned();
        }
        let mut parts = vec!["__typename".to_owned()];
        for field in self.fields(of) {
            let name = field.name.node.as_str();
            let of = named(&field.ty.node);
            let needs = field.arguments.iter().any(|argument| is_needed(&argument.node));
            if depth > 0 && self.is_composite(of) && !needs && !matches!(name, "pageInfo" | "place" | "product") {
                let size = if of.ends_with("Connection") { "(first: 5)" } else { "" };
                parts.push(format!("{name}{size} {}", self.selection(of, depth - 1)));
            }
        }
        format!("{{ {} }}", parts.join(" "))
    }

    /// The members that must be given, and the further ones that the table names.
    ///
    /// # Panics
    /// Where nobody knows what to give: with the words that say what to add.
    pub(crate) fn arguments<'a>(
        &self,
        call: &str,
        all: impl IntoIterator<Item = &'a InputValueDefinition>,
        make: &Maker<'_>,
        planted: Option<Planted<'_>>,
    ) -> Map<String, Value> {
        let further = tables::further(call);
        let mut given = Map::new();
        for argument in all {
            let name = argument.name.node.as_str();
            let below = planted.and_then(|planted| planted.below(name));
            if below.is_some() || is_needed(argument) || further.contains(&name) {
                given.insert(name.to_owned(), self.value(call, name, &argument.ty.node, make, below));
            }
        }
        given
    }

    fn value(&self, call: &str, name: &str, of: &Type, make: &Maker<'_>, planted: Option<Planted<'_>>) -> Value {
        let named = match &of.base {
            BaseType::List(inner) => return json!([self.value(call, name, inner, make, planted)]),
            BaseType::Named(named) => named.as_str(),
        };
        if let Some(Planted { path: [], value }) = planted {
            return value.clone();
        }
        if let Some(value) = make(Place { call, name, of: named }) {
            return value;
        }
        match self.0.get(named) {
            Some(TypeKind::Enum(values)) => json!(values.values[0].node.value.node.as_str()),
            Some(TypeKind::InputObject(object)) => {
                let members = object.fields.iter().map(|field| &field.node);
                Value::Object(self.arguments(call, members, make, planted))
            }
            _ => match named {
                "Int" => json!(1),
                "Float" => json!(1.5),
                "Boolean" => json!(true),
                "String" => json!("Karité"),
                "Decimal" | "Percent" => json!("1"),
                "Date" => json!("2026-11-03"),
                "DateTime" => json!("2026-11-03T08:00:00Z"),
                "JSON" => json!({ "type": "Point", "coordinates": [-6.27, 13.43] }),
                _ => panic!(
                    "{call}: nobody knows what `{name}: {named}` is to be. Add it to `THINGS_BY_ARGUMENT` or to `GIVEN` in \
                     tests/it/attack/matrix/tables.rs."
                ),
            },
        }
    }

    /// The arguments of a field as variables: what declares them, what uses them, and their values.
    pub(crate) fn call(&self, call: &str, field: &FieldDefinition, make: &Maker<'_>) -> Call {
        self.call_planting(call, field, make, None)
    }

    /// The same with a value put in at one place.
    pub(crate) fn call_planting(
        &self,
        call: &str,
        field: &FieldDefinition,
        make: &Maker<'_>,
        planted: Option<Planted<'_>>,
    ) -> Call {
        let arguments: Vec<_> = field.arguments.iter().map(|argument| &argument.node).collect();
        let values = self.arguments(call, arguments.iter().copied(), make, planted);
        let used: Vec<_> =
            arguments.into_iter().filter(|argument| values.contains_key(argument.name.node.as_str())).collect();
        let declared: Vec<_> =
            used.iter().map(|argument| format!("${0}: {1}", argument.name.node, argument.ty.node)).collect();
        let mut passed: Vec<_> = used.iter().map(|argument| format!("{0}: ${0}", argument.name.node)).collect();
        if named(&field.ty.node).ends_with("Connection") && !values.contains_key("first") {
            passed.push("first: 50".to_owned());
        }
        let around = |list: &[String]| if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) };
        Call { declared: around(&declared), passed: around(&passed), variables: values }
    }

    /// What is asked of a mutation's payload: the ids of what it gives.
    pub(crate) fn payload(&self, field: &FieldDefinition) -> String {
        let mut parts = vec!["userErrors { code message path }".to_owned()];
        for field in self.fields(named(&field.ty.node)) {
            let (name, of) = (&field.name.node, named(&field.ty.node));
            if name == "userErrors" {
                continue;
            }
            let selection = if self.is_composite(of) { self.selection(of, 1) } else { String::new() };
            parts.push(format!("{name} {selection}"));
        }
        format!("{{ {} }}", parts.join(" "))
    }
}

/// A field's arguments, for a query with variables.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `($id: ID!)`, or nothing.
    pub(crate) declared: String,
    /// `(id: $id)`, or nothing.
    pub(crate) passed: String,
    /// The variables.
    pub(crate) variables: Map<String, Value>,
}

/// The name of a type without its lists.
pub(crate) fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::List(inner) => named(inner),
        BaseType::Named(name) => name.as_str(),
    }
}

/// Whether an argument must be given.
pub(crate) fn is_needed(argument: &InputValueDefinition) -> bool {
    !argument.ty.node.nullable && argument.default_value.is_none()
}
