//! Who may know whom.

use std::fmt;

use super::source::Source;

/// The rooms, each knowing only those before it.
const ROOMS: [&str; 13] = [
    "kernel",
    "accounts",
    "notifications",
    "documents",
    "credentials",
    "directory",
    "catalog",
    "certification",
    "traceability",
    "procurement",
    "contracts",
    "ocds",
    "insight",
];

/// Rooms beside that order, and what each knows. Nobody else below `api` knows them.
const BESIDE: [(&str, &[&str]); 5] = [
    ("search", &["kernel", "accounts", "directory", "catalog", "certification"]),
    ("alerts", &["kernel", "accounts", "directory", "catalog", "certification", "search", "notifications"]),
    ("inquiries", &["kernel", "accounts", "notifications", "documents", "directory", "catalog"]),
    ("matching", &["kernel", "accounts", "directory", "catalog", "certification", "procurement"]),
    (
        "privacy",
        &["kernel", "accounts", "notifications", "documents", "alerts", "inquiries", "procurement", "contracts"],
    ),
];

/// What stands above all rooms.
const OUTER: [&str; 11] =
    ["alerts", "api", "app", "cli", "config", "demo", "inquiries", "matching", "privacy", "search", "web"];

/// The libraries that speak to the database, and the crates that speak of its tables.
const DATABASE: [&str; 6] = ["sea_orm", "sea_orm_migration", "sqlx", "rusqlite", "entity", "migration"];

/// The libraries that speak HTTP.
const HTTP: [&str; 5] = ["axum", "tower", "tower_http", "hyper", "http"];

/// Modules of the kernel that do things, where the others are values.
const KERNEL_DOES: [&str; 16] = [
    "admission",
    "allowance",
    "audit",
    "blobs",
    "db",
    "events",
    "feed",
    "graphql",
    "heavy",
    "idempotency",
    "outbox",
    "seats",
    "services",
    "Services",
    "telemetry",
    "together",
];

/// Values that live beside what the kernel does.
const KERNEL_VALUES: [&[&str]; 1] = [&["telemetry", "RequestId"]];

/// What of the clock a pure rule may name: an instant it was given, and how instants are kept.
const CLOCK_VALUES: [&str; 3] = ["Timestamp", "rfc3339", "truncated"];

/// Ways to reach outside the program.
const SIDE_EFFECTS: [&[&str]; 11] = [
    &["tokio"],
    &["reqwest"],
    &["rand"],
    &["tracing"],
    &["std", "fs"],
    &["std", "net", "TcpListener"],
    &["std", "net", "TcpStream"],
    &["std", "net", "UdpSocket"],
    &["std", "env"],
    &["std", "process"],
    &["std", "thread"],
];

/// Time, randomness and ids from nowhere.
const AMBIENT: [&[&str]; 8] = [
    &["SystemTime", "now"],
    &["Utc", "now"],
    &["Local", "now"],
    &["Uuid", "new_v4"],
    &["Uuid", "now_v7"],
    &["rand", "rng"],
    &["rand", "random"],
    &["rand", "thread_rng"],
];

/// A file over about 400 lines wants to be two; this is where about ends.
pub(super) const LINES_MAX: usize = 480;

/// A rule, by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A room knows the rooms before it; `graphql` modules know each other, for the graph is cyclic.
    RoomOrder,
    /// Nothing below `graphql` knows it.
    GraphqlOnTop,
    /// Only `store*` and `kernel::db` speak to the database.
    DatabaseInStores,
    /// Only `graphql*` and `api` speak GraphQL.
    GraphqlLibraryInGraphql,
    /// Only `api` and `web` speak HTTP.
    HttpInApi,
    /// A model knows models and the kernel's values, and does nothing.
    PureModels,
    /// A store knows models, other stores of its room, and the kernel.
    StoresBelowUseCases,
    /// Time, randomness and ids come from the kernel.
    AmbientInKernel,
    /// A file means one thing.
    OneMeaningAFile,
}

/// A file that breaks a rule.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) rule: Rule,
    path: String,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}: {} ({:?})", self.path, self.what, self.rule)
    }
}

/// Everything that breaks a rule, each once a file.
pub(super) fn violations(sources: &[Source]) -> Vec<Violation> {
    let mut found = Vec::new();
    for source in sources {
        let place = Place::of(source);
        let mut reported = Vec::new();
        for name in &source.names {
            let Some(rule) = broken(&place, name, sources) else { continue };
            if !reported.contains(&(rule, name)) {
                reported.push((rule, name));
                found.push(Violation { rule, path: source.path.clone(), what: format!("names {}", name.join("::")) });
            }
        }
        if place.kind == Kind::Model && source.is_async {
            let what = "has an async function".to_owned();
            found.push(Violation { rule: Rule::PureModels, path: source.path.clone(), what });
        }
        if source.lines > LINES_MAX {
            let what = format!("has {} lines", source.lines);
            found.push(Violation { rule: Rule::OneMeaningAFile, path: source.path.clone(), what });
        }
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Model,
    Store,
    Graphql,
    /// The front of a room: its `mod.rs`.
    Front,
    /// A use case, or what it needs.
    UseCase,
}

/// Where a file stands.
struct Place<'a> {
    /// Its room, if it is in one, else the module under the crate's root.
    room: &'a str,
    kind: Kind,
    /// Whether it is in `kernel::db`.
    is_kernel_db: bool,
}

impl<'a> Place<'a> {
    fn of(source: &'a Source) -> Self {
        let room = source.module.first().map_or("", String::as_str);
        let inside = source.module.get(1..).unwrap_or_default();
        let has = |prefix: &str| inside.iter().any(|segment| segment.starts_with(prefix));
        let kind = if has("graphql") {
            Kind::Graphql
        } else if has("store") {
            Kind::Store
        } else if inside.iter().any(|segment| segment == "model") {
            Kind::Model
        } else if inside.is_empty() {
            Kind::Front
        } else {
            Kind::UseCase
        };
        Self { room, kind, is_kernel_db: room == "kernel" && inside.first().is_some_and(|segment| segment == "db") }
    }

    fn is_room(&self) -> bool {
        is_room(self.room)
    }

    /// Whether this room may know `other`, a module under the crate's root.
    fn may_know(&self, other: &str) -> bool {
        if !self.is_room() || other == self.room {
            return true;
        }
        if let Some((_, known)) = BESIDE.iter().find(|(room, _)| *room == self.room) {
            return known.contains(&other);
        }
        let order = |room: &str| ROOMS.iter().position(|&known| known == room);
        order(other).is_some_and(|theirs| order(self.room).is_some_and(|ours| theirs < ours))
    }
}

fn is_room(module: &str) -> bool {
    ROOMS.contains(&module) || BESIDE.iter().any(|(room, _)| *room == module)
}

/// The first rule that a file at `place` breaks by naming `name`.
fn broken(place: &Place<'_>, name: &[String], sources: &[Source]) -> Option<Rule> {
    let name: Vec<&str> = name.iter().map(String::as_str).collect();
    let is_outermost = matches!(place.room, "api" | "web");
    if AMBIENT.iter().any(|ambient| name.ends_with(ambient)) && place.room != "kernel" {
        return Some(Rule::AmbientInKernel);
    }
    match *name.as_slice() {
        ["crate", other, ref rest @ ..] => broken_inside(place, other, rest, sources),
        ["migration" | "sea_orm_migration", ..] if !place.is_kernel_db => Some(Rule::DatabaseInStores),
        [library, ..] if DATABASE.contains(&library) => {
            let allowed = place.kind == Kind::Store || place.is_kernel_db;
            (!allowed).then_some(Rule::DatabaseInStores)
        }
        ["async_graphql", ..] => {
            let allowed = place.kind == Kind::Graphql || place.room == "api";
            (!allowed).then_some(Rule::GraphqlLibraryInGraphql)
        }
        [library, ..] if HTTP.contains(&library) => (!is_outermost).then_some(Rule::HttpInApi),
        _ if place.kind == Kind::Model && SIDE_EFFECTS.iter().any(|effect| name.starts_with(effect)) => {
            Some(Rule::PureModels)
        }
        _ => None,
    }
}

/// The same for a name inside the crate: `crate::other::rest`.
fn broken_inside(place: &Place<'_>, other: &str, rest: &[&str], sources: &[Source]) -> Option<Rule> {
    // Macros are exported at the crate's root and belong to no room.
    if !place.is_room() || !(ROOMS.contains(&other) || OUTER.contains(&other)) {
        return None;
    }
    let is_graphql = rest.first().is_some_and(|first| first.starts_with("graphql"));
    if is_graphql && !matches!(place.kind, Kind::Graphql | Kind::Front) && other != "kernel" {
        return Some(Rule::GraphqlOnTop);
    }
    if !place.may_know(other) {
        let rings = is_graphql && place.kind == Kind::Graphql && is_room(other);
        return (!rings).then_some(Rule::RoomOrder);
    }
    match place.kind {
        Kind::Model if other == "kernel" => {
            let value = KERNEL_VALUES.iter().any(|value| rest.starts_with(value));
            let does = !value && rest.first().is_some_and(|module| KERNEL_DOES.contains(module));
            let clock = matches!(rest, ["clock", value, ..] if !CLOCK_VALUES.contains(value));
            (does || clock).then_some(Rule::PureModels)
        }
        Kind::Model => (!is_model(other, rest, sources)).then_some(Rule::PureModels),
        Kind::Store if other == "kernel" => None,
        Kind::Store => {
            let own_store = other == place.room && rest.first().is_some_and(|module| module.starts_with("store"));
            (!own_store && !is_model(other, rest, sources)).then_some(Rule::StoresBelowUseCases)
        }
        Kind::Graphql | Kind::Front | Kind::UseCase => None,
    }
}

/// Whether `crate::room::rest` is in the room's model, by its path or because the room's front shows it.
fn is_model(room: &str, rest: &[&str], sources: &[Source]) -> bool {
    match *rest {
        // `use super::*` in the unit tests of a model that is one file.
        [] | ["model", ..] => true,
        [name, ..] => {
            let front = sources.iter().filter(|source| source.module == [room]);
            front.flat_map(|source| &source.exports).any(|export| {
                let export: Vec<&str> = export.iter().map(String::as_str).collect();
                matches!(*export, ["crate", of, "model", .., last] if of == room && (last == name || last == "*"))
            })
        }
    }
}
