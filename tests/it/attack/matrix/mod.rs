//! Everybody tries everything: each query, each way from a thing to another, and each mutation, with the ids of things that
//! belong to one organization.
//!
//! The calls are made from the schema, so that a new field is tried without anybody thinking of it; what the generator cannot know
//! is in [`tables`]. What came of each call is a snapshot to be read. What must hold whatever the snapshot says is asserted: whoever
//! has nothing to do with an organization sees no private thing of it and changes nothing, and cannot tell what she may not see
//! from what there never was.

pub(super) mod tables;
pub(super) mod world;

use std::collections::BTreeMap;

use db_test::db_test;
use serde_json::{Value, json};

use self::{
    tables::{Aim, OPEN_TO_STRANGERS, is_public, private},
    world::{Role, World},
};
use super::{
    rewind::Moment,
    surface::{Call, Place, Surface, is_needed, named},
};

/// What came of a call, in a word.
fn outcome(answer: &Value, value: &Value) -> String {
    if let Some(error) = answer["errors"].get(0) {
        // What a query's argument is refused for is told beside its code.
        let because = rejection(&error["extensions"]["userErrors"]);
        let code = error["extensions"]["code"].as_str().unwrap_or("an error without a code");
        return because.unwrap_or_else(|| code.to_owned());
    }
    match value {
        Value::Null => "NOT_FOUND".to_owned(),
        Value::Array(all) if all.iter().all(Value::is_null) => "EMPTY".to_owned(),
        Value::Object(fields) => match (fields.get("userErrors"), fields.get("edges")) {
            (Some(errors), _) => rejection(errors).unwrap_or_else(|| "DONE".to_owned()),
            (None, Some(edges)) if edges == &json!([]) => "EMPTY".to_owned(),
            (None, _) => "SEEN".to_owned(),
        },
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => "SEEN".to_owned(),
    }
}

/// Why a mutation was refused: for who asks, or for what.
fn rejection(errors: &Value) -> Option<String> {
    let mut codes: Vec<&str> = errors.as_array()?.iter().map(|error| error["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes.dedup();
    let refused = ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"].into_iter().find(|code| codes.contains(code));
    match refused {
        Some(code) => Some(code.to_owned()),
        None if codes.is_empty() => None,
        None => Some(format!("REJECTED({})", codes.join(" "))),
    }
}

/// What each role came to, those with the same outcome together.
fn row(name: &str, outcomes: &[(&str, String)]) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (role, outcome) in outcomes {
        match groups.iter_mut().find(|(of, _)| of == outcome) {
            Some((_, roles)) => roles.push(role),
            None => groups.push((outcome, vec![role])),
        }
    }
    let groups: Vec<_> = groups.iter().map(|(outcome, roles)| format!("{outcome}: {}", roles.join(" "))).collect();
    format!("{name}\n    {}\n", groups.join(" | "))
}

/// What went wrong, all of it, so that one run tells everything.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn say(&mut self, text: String) {
        self.0.push(text);
    }

    fn finish(self) {
        assert!(self.0.is_empty(), "{} wrong:\n{}", self.0.len(), self.0.join("\n"));
    }
}

impl World {
    /// Names of what an answer shows that its reader may not see.
    fn shown<'a>(&'a self, answer: &Value) -> Vec<&'a str> {
        let text = answer["data"].to_string();
        private(self).filter(|(_, thing)| text.contains(&format!("\"{}\"", thing.id))).map(|(name, _)| name).collect()
    }

    /// An answer without what differs from request to request: its id, and the ids that were asked with.
    fn plain(&self, mut answer: Value) -> String {
        // What is left of an allowance is less each time.
        answer["extensions"]["cost"]["available"].take();
        for error in answer["errors"].as_array_mut().into_iter().flatten() {
            if let Some(extensions) = error["extensions"].as_object_mut() {
                extensions.remove("requestId");
            }
        }
        let mut text = answer.to_string();
        for thing in self.things.values() {
            text = text.replace(&World::never(&thing.id), "…").replace(&thing.id, "…");
        }
        text
    }
}

#[db_test]
async fn what_is_asked_for_by_each_query_is_seen_by(world: World) {
    let surface = Surface::read();
    let (mut table, mut wrong) = (String::new(), Wrong::default());
    for field in surface.fields("Query") {
        let name = field.name.node.as_str();
        let call = format!("Query.{name}");
        let result = named(&field.ty.node);
        let by_id = field.arguments.iter().any(|argument| matches!(argument.node.name.node.as_str(), "id" | "ids"));
        let targets: Vec<Option<&str>> = if by_id {
            let of = |thing: &world::Thing| result == "Node" || result == thing.of;
            world.things.iter().filter(|(_, thing)| of(thing)).map(|(name, _)| Some(*name)).collect()
        } else {
            vec![None]
        };
        assert!(!targets.is_empty(), "{call}: the world has no {result}. Add one in tests/it/attack/matrix/world.rs.");
        let selection = match result {
            of if of.ends_with("Payload") => "{ userErrors { code message path } }".to_owned(),
            of if surface.is_composite(of) => surface.selection(of, 2),
            _ => String::new(),
        };
        for target in targets {
            let mut outcomes = Vec::new();
            let ask = async |role: Role, missing: bool| {
                let aim = Aim { at: target, missing, own: false };
                let Call { declared, passed, variables } =
                    surface.call(&call, field, &|place: Place<'_>| aim.value(&world, place));
                let query = format!("query{declared} {{ {name}{passed} {selection} }}");
                let answer = world.app.graphql(world.token(role), &query, Value::Object(variables)).await;
                let came = outcome(&answer, &answer["data"][name]);
                (answer, came)
            };
            let label = target.map_or(name.to_owned(), |target| format!("{name} [{target}]"));
            for (role, who) in Role::ALL {
                let (answer, came) = ask(role, false).await;
                outcomes.push((who, came.clone()));
                if !role.is_outside() {
                    continue;
                }
                for shown in world.shown(&answer) {
                    wrong.say(format!("{label}: {who} is shown {shown}"));
                }
                if target.is_some_and(|target| !is_public(target)) && matches!(came.as_str(), "SEEN") {
                    wrong.say(format!("{label}: {who} sees it"));
                }
                let (missing, _) = ask(role, true).await;
                let (answer, missing) = (world.plain(answer), world.plain(missing));
                if answer != missing {
                    wrong
                        .say(format!("{label}: {who} can tell it from what there never was:\n  {answer}\n  {missing}"));
                }
            }
            table.push_str(&row(&label, &outcomes));
        }
    }
    wrong.finish();
    insta::assert_snapshot!("queries", table);
}

#[db_test]
async fn from_each_thing_others_are_reached_by(world: World) {
    let surface = Surface::read();
    let (mut table, mut wrong) = (String::new(), Wrong::default());
    for of in surface.nodes() {
        let things: Vec<_> = world.things.iter().filter(|(_, thing)| thing.of == of).collect();
        assert!(!things.is_empty(), "the world has no {of}. Add one in tests/it/attack/matrix/world.rs.");
        for (name, thing) in things {
            table.push_str(&leaves(&world, &surface, of, name, &thing.id).await);
            for field in surface.fields(of) {
                let (field_name, result) = (field.name.node.as_str(), named(&field.ty.node));
                if !surface.is_composite(result) {
                    continue;
                }
                let call = format!("{of}.{field_name}");
                let label = format!("{name}.{field_name}");
                let aim = Aim { at: None, missing: false, own: false };
                let Call { declared, passed, mut variables } =
                    surface.call(&call, field, &|place: Place<'_>| aim.value(&world, place));
                variables.insert("thing".to_owned(), json!(thing.id));
                let declared = declared.trim_start_matches('(').trim_end_matches(')');
                let query = format!(
                    "query($thing: ID! {declared}) {{ node(id: $thing) {{ ... on {of} {{ {field_name}{passed} {} }} }} }}",
                    surface.selection(result, 2)
                );
                let mut outcomes = Vec::new();
                for (role, who) in Role::ALL {
                    let answer = world.app.graphql(world.token(role), &query, Value::Object(variables.clone())).await;
                    let node = &answer["data"]["node"];
                    let came = match (answer["errors"].is_null(), node.is_null()) {
                        (true, true) => "NOT_FOUND".to_owned(),
                        (true, false) if node[field_name].is_null() => "NULL".to_owned(),
                        _ => outcome(&answer, &node[field_name]),
                    };
                    if role.is_outside() {
                        for shown in world.shown(&answer) {
                            wrong.say(format!("{label}: {who} is shown {shown}"));
                        }
                    }
                    outcomes.push((who, came));
                }
                table.push_str(&row(&label, &outcomes));
            }
        }
    }
    wrong.finish();
    insta::assert_snapshot!("edges", table);
}

/// Which plain values of a thing are kept from whom, beside what its owner is shown.
async fn leaves(world: &World, surface: &Surface, of: &str, name: &str, id: &str) -> String {
    let fields = surface.fields(of).into_iter().filter(|field| {
        let needs = field.arguments.iter().any(|argument| is_needed(&argument.node));
        !surface.is_composite(named(&field.ty.node)) && !needs
    });
    let fields: Vec<&str> = fields.map(|field| field.name.node.as_str()).collect();
    let query = format!("query($thing: ID!) {{ node(id: $thing) {{ ... on {of} {{ {} }} }} }}", fields.join(" "));
    let mut answers: BTreeMap<&str, Value> = BTreeMap::new();
    for (role, who) in Role::ALL {
        answers.insert(who, world.app.graphql(world.token(role), &query, json!({ "thing": id })).await);
    }
    let is_told = |who: &str, field: &str| !answers[who]["data"]["node"][field].is_null();
    let mut outcomes = Vec::new();
    for (_, who) in Role::ALL {
        let withheld = fields
            .iter()
            .filter(|field| !is_told(who, field) && Role::ALL.iter().any(|(_, other)| is_told(other, field)));
        let withheld: Vec<&str> = withheld.copied().collect();
        let came = match (answers[who]["data"]["node"].is_null(), withheld.is_empty()) {
            (true, _) => "NOT_FOUND".to_owned(),
            (false, true) => "ALL".to_owned(),
            (false, false) => format!("ALL BUT {}", withheld.join(" ")),
        };
        outcomes.push((who, came));
    }
    row(name, &outcomes)
}

#[db_test]
async fn each_mutation_is_done_by(world: World) {
    let surface = Surface::read();
    let moment = Moment::of(&world.app).await;
    let (mut table, mut wrong) = (String::new(), Wrong::default());
    for field in surface.fields("Mutation") {
        let name = field.name.node.as_str();
        let call = format!("Mutation.{name}");
        let ask = async |role: Role, missing: bool, own: bool| {
            let aim = Aim { at: None, missing, own };
            let Call { declared, passed, variables } =
                surface.call(&call, field, &|place: Place<'_>| aim.value(&world, place));
            let query = format!("mutation{declared} {{ {name}{passed} {} }}", surface.payload(field));
            let answer = world.app.graphql(world.token(role), &query, Value::Object(variables.clone())).await;
            let came = outcome(&answer, &answer["data"][name]);
            (answer, came, Value::Object(variables))
        };
        let open = OPEN_TO_STRANGERS.iter().any(|(open, _)| *open == name);
        let mut outcomes = Vec::new();
        let mut tries = Role::ALL.map(|(role, who)| (role, who, false)).to_vec();
        tries.insert(2, (Role::Stranger, "stranger-for-her-own", true));
        for (role, who, own) in tries {
            let (answer, came, input) = ask(role, false, own).await;
            outcomes.push((who, came.clone()));
            if matches!(came.as_str(), "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED" | "INTERNAL") {
                wrong.say(format!(
                    "{name}: {who} sends no good call. Say in tests/it/attack/matrix/tables.rs what it needs: {answer}"
                ));
            }
            let is_done = came == "DONE";
            if is_done {
                moment.restore().await;
            }
            if !role.is_outside() {
                continue;
            }
            for shown in world.shown(&answer) {
                wrong.say(format!("{name}: {who} is shown {shown}"));
            }
            let held = |(_, thing): &(&str, &world::Thing)| input.to_string().contains(&thing.id);
            if is_done && (!open && !own || private(&world).any(|private| held(&private))) {
                wrong.say(format!("{name}: {who} did it with {input}"));
            }
            let (missing, came, _) = ask(role, true, own).await;
            if is_done && came == "DONE" {
                moment.restore().await;
                continue;
            }
            let (answer, missing) = (world.plain(answer), world.plain(missing));
            if answer != missing {
                wrong.say(format!("{name}: {who} can tell it from what there never was:\n  {answer}\n  {missing}"));
            }
        }
        // Who was refused has changed nothing, and whatever was done was taken back.
        let mut changed = moment.changed().await;
        // That somebody tried is counted, whatever came of it.
        changed.retain(|table| table != "attempt");
        if !changed.is_empty() {
            wrong.say(format!("{name}: whoever was refused changed {changed:?}"));
            moment.restore().await;
        }
        table.push_str(&row(name, &outcomes));
    }
    assert_eq!(moment.changed().await, [""; 0]);
    wrong.finish();
    insta::assert_snapshot!("mutations", table);
}
