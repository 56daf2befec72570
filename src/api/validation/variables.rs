//! Values sent for an operation's variables, held against their declared types (GraphQL, section 6.1.2).
//!
//! Only checked, never changed: defaults, and the difference between left out and `null`, are the library's to apply. Custom
//! scalars are left to their own parsers.

use async_graphql::{
    Pos, Positioned, Value, Variables,
    parser::types::{BaseType, Type, VariableDefinition},
};

use super::{
    Problem,
    types::{Input, Types},
};

/// Checks every variable of an operation.
///
/// # Errors
/// Every problem found, at most `max`.
pub fn check(
    types: &Types,
    definitions: &[Positioned<VariableDefinition>],
    sent: &Variables,
    max: usize,
) -> Result<(), Vec<Problem>> {
    let mut problems = Problems { found: Vec::new(), max };
    for definition in definitions {
        let Positioned { pos, node } = definition;
        let name = node.name.node.as_str();
        let mut check = Check { types, problems: &mut problems, variable: Some(name), at: *pos };
        match sent.get(name) {
            Some(value) => check.value(value, &node.var_type.node, &Path::Start),
            None if node.var_type.node.nullable || node.default_value.is_some() => {}
            None => check.report(&Path::Start, &format!("a value of type {} is required", node.var_type.node)),
        }
    }
    if problems.found.is_empty() { Ok(()) } else { Err(problems.found) }
}

/// What is wrong with a literal of the document, by the same rules.
pub(super) fn literal(types: &Types, value: &Value, of: &Type, at: Pos) -> Vec<Problem> {
    let mut problems = Problems { found: Vec::new(), max: 1 };
    Check { types, problems: &mut problems, variable: None, at }.value(value, of, &Path::Start);
    problems.found
}

struct Problems {
    found: Vec<Problem>,
    max: usize,
}

/// The way from a variable to a value inside it, kept on the stack and only written out for a problem.
enum Path<'a> {
    Start,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn write(&self, to: &mut String) {
        match self {
            Self::Start => {}
            Self::Field(parent, name) => {
                parent.write(to);
                to.push('.');
                to.push_str(name);
            }
            Self::Item(parent, index) => {
                parent.write(to);
                to.push('.');
                to.push_str(&index.to_string());
            }
        }
    }
}

struct Check<'a> {
    types: &'a Types,
    problems: &'a mut Problems,
    /// `None` for a literal.
    variable: Option<&'a str>,
    at: Pos,
}

impl Check<'_> {
    fn report(&mut self, path: &Path<'_>, what: &str) {
        if self.problems.found.len() < self.problems.max {
            let message = self.variable.map_or_else(
                || what.to_owned(),
                |name| {
                    let mut place = format!("${name}");
                    path.write(&mut place);
                    format!("variable \"{place}\": {what}")
                },
            );
            self.problems.found.push(Problem { message, at: self.at });
        }
    }

    fn value(&mut self, value: &Value, of: &Type, path: &Path<'_>) {
        match (value, &of.base) {
            (Value::Null, _) if of.nullable => {}
            (Value::Null, _) => self.report(path, &format!("expected {of}, found null")),
            (Value::List(items), BaseType::List(of)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, of, &Path::Item(path, index));
                }
            }
            // A single value stands for a list of one.
            (single, BaseType::List(of)) => self.value(single, of, path),
            (value, BaseType::Named(name)) => self.named(value, name.as_str(), path),
        }
    }

    fn named(&mut self, value: &Value, name: &str, path: &Path<'_>) {
        match self.types.input(name) {
            Some(Input::Scalar) if fits_scalar(value, name) => {}
            Some(Input::Scalar) => self.report(path, &format!("expected {name}, found {}", describe(value))),
            Some(Input::Enum(values)) => match value {
                Value::String(given) if values.contains(given) => {}
                Value::Enum(given) if values.iter().any(|value| value == given.as_str()) => {}
                Value::Null
                | Value::Number(_)
                | Value::String(_)
                | Value::Boolean(_)
                | Value::Binary(_)
                | Value::Enum(_)
                | Value::List(_)
                | Value::Object(_) => {
                    let listed = if self.types.is_discreet() {
                        String::new()
                    } else {
                        format!(" (one of {})", shortened(values))
                    };
                    self.report(path, &format!("expected {name}{listed}, found {}", describe(value)));
                }
            },
            Some(Input::Object { fields, one_of }) => {
                let Value::Object(given) = value else {
                    self.report(path, &format!("expected {name}, found {}", describe(value)));
                    return;
                };
                for (field, value) in given {
                    match fields.get(field.as_str()) {
                        Some(place) => self.value(value, &place.of, &Path::Field(path, field.as_str())),
                        None => self.report(path, &format!("{name} has no field \"{}\"", clipped(field.as_str()))),
                    }
                }
                for (field, place) in fields {
                    if place.is_required() && !given.contains_key(field.as_str()) {
                        self.report(&Path::Field(path, field), &format!("a value of type {} is required", place.of));
                    }
                }
                if *one_of && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
                    self.report(path, &format!("{name} takes exactly one field, and not null"));
                }
            }
            // Validation has named the unknown type already, or is about to.
            None => {}
        }
    }
}

fn fits_scalar(value: &Value, name: &str) -> bool {
    match (name, value) {
        ("Int", Value::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => true,
        ("ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        _ => true,
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("\"{}\"", clipped(text)),
        Value::Boolean(value) => value.to_string(),
        Value::Binary(_) => "bytes".to_owned(),
        Value::Enum(name) => clipped(name.as_str()),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Enough of a text to recognize it by; an answer must not grow with what was sent.
fn clipped(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    let mut clipped: String = text.chars().take(CHARACTERS_MAX).collect();
    if clipped.len() < text.len() {
        clipped.push('…');
    }
    clipped
}

fn shortened(values: &[String]) -> String {
    const VALUES_MAX: usize = 12;
    let more = if values.len() > VALUES_MAX { ", …" } else { "" };
    format!("{}{more}", values.iter().take(VALUES_MAX).map(String::as_str).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str = "
        type Query { a: Int }
        scalar Decimal
        enum Unit { KGM SAC50 }
        input Price { amount: Decimal! currency: String! = \"XOF\" }
        input Listing { title: String! price: Price units: [Unit!] count: Int }
        input Target @oneOf { listing: ID organization: ID }
        directive @oneOf on INPUT_OBJECT
    ";

    fn problems(declared: &str, sent: serde_json::Value) -> Vec<String> {
        let types = Types::from_sdl(SDL).unwrap();
        let document = parse_query(format!("query({declared}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        match check(&types, &operation.node.variable_definitions, &Variables::from_json(sent), 10) {
            Ok(()) => Vec::new(),
            Err(problems) => problems.into_iter().map(|problem| problem.message).collect(),
        }
    }

    #[test]
    fn accepts_what_the_specification_accepts() {
        for (declared, sent) in [
            ("$a: Int", serde_json::json!({})),
            ("$a: Int", serde_json::json!({ "a": null, "unknown": [] })),
            ("$a: Int! = 5", serde_json::json!({})),
            ("$a: Float!", serde_json::json!({ "a": 1 })),
            ("$a: ID!", serde_json::json!({ "a": 12 })),
            ("$a: [Int!]!", serde_json::json!({ "a": 3 })),
            ("$a: [[Int]]", serde_json::json!({ "a": [[1, null], null] })),
            ("$a: Decimal!", serde_json::json!({ "a": "12.5" })),
            (
                "$a: Listing!",
                serde_json::json!({ "a": { "title": "karité", "price": { "amount": "1" }, "units": "KGM" } }),
            ),
            ("$a: Target!", serde_json::json!({ "a": { "listing": "x" } })),
        ] {
            assert_eq!(problems(declared, sent), Vec::<String>::new(), "{declared}");
        }
    }

    #[test]
    fn says_which_value_is_wrong_and_what_is_allowed() {
        for (declared, sent, expected) in [
            ("$a: Int!", serde_json::json!({}), "variable \"$a\": a value of type Int! is required"),
            ("$a: Int!", serde_json::json!({ "a": null }), "variable \"$a\": expected Int!, found null"),
            ("$a: Int", serde_json::json!({ "a": "5" }), "variable \"$a\": expected Int, found \"5\""),
            (
                "$a: Int",
                serde_json::json!({ "a": 2_147_483_648_i64 }),
                "variable \"$a\": expected Int, found 2147483648",
            ),
            ("$a: Int", serde_json::json!({ "a": 1.5 }), "variable \"$a\": expected Int, found 1.5"),
            ("$a: String", serde_json::json!({ "a": 5 }), "variable \"$a\": expected String, found 5"),
            ("$a: Boolean", serde_json::json!({ "a": "true" }), "variable \"$a\": expected Boolean, found \"true\""),
            ("$a: [Int!]", serde_json::json!({ "a": [1, null] }), "variable \"$a.1\": expected Int!, found null"),
            (
                "$a: Unit",
                serde_json::json!({ "a": "TONNE" }),
                "variable \"$a\": expected Unit (one of KGM, SAC50), found \"TONNE\"",
            ),
            ("$a: Listing", serde_json::json!({ "a": [] }), "variable \"$a\": expected Listing, found a list"),
            (
                "$a: Listing",
                serde_json::json!({ "a": { "title": "x", "colour": 1 } }),
                "variable \"$a\": Listing has no field \"colour\"",
            ),
            (
                "$a: Listing",
                serde_json::json!({ "a": { "title": "x", "price": {} } }),
                "variable \"$a.price.amount\": a value of type Decimal! is required",
            ),
            (
                "$a: Target",
                serde_json::json!({ "a": { "listing": "x", "organization": "y" } }),
                "variable \"$a\": Target takes exactly one field, and not null",
            ),
        ] {
            assert_eq!(problems(declared, sent), [expected]);
        }
    }

    #[test]
    fn values_are_not_listed_for_whoever_must_not_learn_them() {
        let types = Types::from_sdl(SDL).unwrap().discreet(true);
        let document = parse_query("query($a: Unit) { a }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let sent = Variables::from_json(serde_json::json!({ "a": "TONNE" }));
        let problems = check(&types, &operation.node.variable_definitions, &sent, 10).unwrap_err();
        assert_eq!(problems[0].message, "variable \"$a\": expected Unit, found \"TONNE\"");
    }

    #[test]
    fn answers_stay_small_whatever_is_sent() {
        let many = problems("$a: [Int]", serde_json::json!({ "a": vec!["x".repeat(1_000); 1_000] }));
        assert_eq!(many.len(), 10);
        assert!(many.iter().all(|message| message.len() < 200));
    }
}
