//! What stands beside the standard's fields: extensions, `ilmd`, and lists of values with a type.

use serde_json::{Map, Value};

use super::{
    super::Contexts,
    many,
    value::{plain, scalar},
    word,
};

/// Members that say nothing about the event.
const REMARKS: [&str; 3] = ["#text", "rdfs:comment", "comment"];

/// A name with a value, with others inside.
#[derive(Default)]
struct Node {
    name: String,
    /// In its one form.
    text: String,
    inside: Vec<Node>,
}

/// Each field with all that is in it, in no order.
pub(super) fn rest(fields: &Map<String, Value>, contexts: &Contexts) -> Vec<String> {
    let nodes = gathered(members(fields, contexts));
    nodes.into_iter().map(written).collect()
}

/// A list of values with their types. The value comes first (CBV 2.0, section 8.9.1, rule 13).
pub(super) fn pairs(list: &str, entry: &str, begin: &str, value: &Value, contexts: &Contexts) -> String {
    let pair = |item: &Value| {
        let mut text = format!("{entry}={}", item.get(entry).map(|value| scalar(value, contexts)).unwrap_or_default());
        if let Some(kind) = item.get("type") {
            text.push_str("type=");
            text.push_str(&word(begin, kind, contexts));
        }
        text
    };
    let mut pairs: Vec<String> = many(value).iter().map(pair).collect();
    pairs.sort_unstable();
    if pairs.is_empty() { String::new() } else { format!("{list}{}", pairs.concat()) }
}

fn members(fields: &Map<String, Value>, contexts: &Contexts) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (name, value) in fields {
        if REMARKS.contains(&name.as_str()) || name.starts_with('@') {
            continue;
        }
        let (name, found) = (contexts.field(name), node(value, contexts));
        if value.is_array() {
            nodes.extend(found.inside.into_iter().map(|item| Node { name: name.clone(), ..item }));
        } else {
            nodes.push(Node { name, ..found });
        }
    }
    nodes
}

fn node(value: &Value, contexts: &Contexts) -> Node {
    match value {
        Value::Array(items) => {
            Node { inside: items.iter().map(|item| node(item, contexts)).collect(), ..Node::default() }
        }
        Value::Object(fields) => {
            let text = fields.get("#text").map(|text| scalar(text, contexts)).unwrap_or_default();
            let name = fields.get("type").map(plain).unwrap_or_default();
            Node { name, text, inside: members(fields, contexts) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Node { text: scalar(value, contexts), ..Node::default() }
        }
    }
}

/// Entries of a field whose name ends with `List` are put under it, by the name without the ending: XML has both.
fn gathered(nodes: Vec<Node>) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::new();
    let mut lists: Vec<Node> = Vec::new();
    for node in nodes {
        let Some(single) = node.name.strip_suffix("List").map(str::to_owned) else {
            kept.push(node);
            continue;
        };
        let position = lists.iter().position(|list| list.name == node.name).unwrap_or_else(|| {
            lists.push(Node { name: node.name.clone(), ..Node::default() });
            lists.len() - 1
        });
        lists[position].inside.push(Node { name: single, ..node });
    }
    kept.append(&mut lists);
    kept.into_iter().map(|node| Node { inside: gathered(node.inside), ..node }).collect()
}

fn written(node: Node) -> String {
    let mut text = node.name;
    if !node.text.is_empty() {
        text.push('=');
        text.push_str(&node.text);
    }
    let mut inside: Vec<String> = node.inside.into_iter().map(written).collect();
    inside.sort_unstable();
    text.push_str(&inside.concat());
    text
}
