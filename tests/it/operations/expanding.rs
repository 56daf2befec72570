//! Migrations only widen the schema, so that processes of the version before go on working over it while versions are
//! exchanged. What narrows it waits for a release in which nobody uses any more what it takes away, and says which.

use std::path::Path;

/// Migrations up to this one were made before anything was in use.
const BASELINE: u32 = 18;

/// What stands before a statement that narrows the schema: since which version nobody uses what it takes away.
const MARK: &str = "-- narrows: unused since ";

/// The statements of a migration that a process of the version before may stumble over, with why.
fn narrowing(sql: &str) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for statement in sql.split(';') {
        let marked = statement.lines().any(|line| {
            line.trim()
                .strip_prefix(MARK)
                .is_some_and(|version| version.starts_with(|sign: char| sign.is_ascii_digit()))
        });
        let text: Vec<&str> = statement
            .lines()
            .map(|line| line.split("--").next().unwrap_or_default())
            .flat_map(str::split_whitespace)
            .collect();
        let text = text.join(" ").to_lowercase();
        let words: Vec<&str> = text.split(' ').collect();
        let named =
            |at: usize| words.get(at).map(|word| word.split('(').next().unwrap().to_owned()).unwrap_or_default();
        let ours = |table: &str, made: &[String]| made.iter().any(|one| one == table);
        let why = match words[..] {
            [""] => None,
            ["create", "table", ..] => {
                made.push(named(2));
                None
            }
            ["create", "index", ..] => None,
            ["create", "unique", "index", ..] => {
                let on = words.iter().position(|word| *word == "on").map(|at| named(at + 1)).unwrap_or_default();
                (!ours(&on, &made)).then_some("what is not unique may be written still")
            }
            ["alter", "table", table, "add", "column", ..] if !ours(table, &made) => {
                let (required, default) = (text.contains(" not null"), text.contains(" default "));
                if required && !default {
                    Some("it is written without the column still: give it a default or let it be null")
                } else if text.contains(" unique") || text.contains(" primary key") {
                    Some("what is not unique may be written still")
                } else {
                    None
                }
            }
            ["alter", "table", table, ..] if ours(table, &made) => None,
            ["drop", "table" | "index", table, ..] if ours(table, &made) => None,
            // Rows that a new table begins with, and a new column's, change nothing of what there was.
            ["insert", "into", table, ..] if ours(table.split('(').next().unwrap(), &made) => None,
            ["update", ..] => None,
            _ => Some("it takes away or changes what is used still"),
        };
        if let Some(why) = why.filter(|_| !marked) {
            found.push(format!("{text}: {why}"));
        }
    }
    found
}

/// The statements in a migration's file.
fn statements(source: &str) -> &str {
    let from = source.find("r#\"").map_or(0, |at| at + 3);
    source[from..].split("\"#").next().unwrap()
}

#[test]
fn migrations_only_widen_the_schema() {
    let mut read = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/src")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let number = name.strip_prefix('m').and_then(|name| name.split('_').nth(1)).and_then(|part| part.parse().ok());
        if number.is_none_or(|number: u32| number <= BASELINE) {
            continue;
        }
        read += 1;
        let found = narrowing(statements(&std::fs::read_to_string(&path).unwrap()));
        assert_eq!(found, [""; 0], "{name}: see \"Versions are exchanged\" in ARCHITECTURE.md");
    }
    assert!(read > 0);
}

#[test]
fn what_narrows_the_schema_is_found() {
    for planted in [
        "drop table listing",
        "alter table listing drop column title",
        "alter table listing rename column title to name",
        "alter table listing rename to offer",
        "alter table listing add column weight bigint not null",
        "alter table listing add column code text unique",
        "alter table listing alter column title type varchar(20)",
        "alter table listing alter column description set not null",
        "alter table listing add constraint priced check (price_minor > 0)",
        "create unique index listing_title_idx on listing (title)",
        "truncate listing",
        "delete from listing",
        "insert into product (code) values ('x')",
        "-- narrows: unused since soon\ndrop table listing",
    ] {
        assert_eq!(narrowing(planted).len(), 1, "{planted}");
    }
}

#[test]
fn what_widens_the_schema_or_says_why_it_may_narrow_it_passes() {
    for planted in [
        "-- One row a thing.\ncreate table thing (id uuid not null primary key, name text not null);\n",
        "create table thing (id uuid); create unique index thing_idx on thing (id); alter table thing rename to other",
        "create table thing_next (id uuid); insert into thing_next (id) select id from listing",
        "alter table listing add column weight bigint",
        "alter table listing add column weight bigint not null default 0",
        "alter table listing add column lot uuid references lot (id)",
        "create index listing_weight_idx on listing (weight)",
        "update listing set weight = 0 where weight is null",
        "-- narrows: unused since 0.9.0\nalter table listing drop column title",
    ] {
        assert_eq!(narrowing(planted), [""; 0], "{planted}");
    }
}
