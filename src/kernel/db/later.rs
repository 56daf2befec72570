//! Rows that are written later: what a change leaves behind besides itself goes to the database with one statement, just before
//! the commit, instead of with one each.
//!
//! PostgreSQL takes many statements as one, all but the last as parts of its `WITH`; SQLite takes them one after the other in one
//! text. Nothing in the transaction may read such rows, or depend on whether they can be written.

use std::{borrow::Cow, collections::BTreeMap};

use sea_orm::{DbBackend, Value};
use uuid::Uuid;

use super::Sql;

/// Values of one statement: about a thousand rows of most tables, and less than either database takes.
const VALUES_MAX: usize = 8_000;

/// Where rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    /// The table and its columns: `event (topic, what)`.
    columns: Cow<'static, str>,
    /// What ends each row after its values.
    computed: &'static str,
}

impl Insert {
    /// A table and its columns, as `event (topic, what)`.
    pub fn into(columns: impl Into<Cow<'static, str>>) -> Self {
        Self { columns: columns.into(), computed: "" }
    }

    /// The same, with an expression that the database computes for the last column of each row.
    #[must_use]
    pub fn computing(self, computed: &'static str) -> Self {
        Self { computed, ..self }
    }

    /// The statement that writes one row by itself.
    #[must_use]
    pub fn at_once(self, row: Vec<Value>) -> Sql {
        let mut sql = Sql::default();
        Part::Rows(self, vec![row]).write(&mut sql);
        sql
    }
}

/// The end of an audit chain, as a transaction that holds it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The number of the last entry.
    pub(super) sequence: i64,
    /// Its hash.
    pub(super) hash: Vec<u8>,
}

/// What is still to be written in a transaction.
#[derive(Debug, Default)]
pub(super) struct Later {
    /// By table, in the order in which tables were first named: a row may refer to one that was named before.
    tables: Vec<(Insert, Vec<Vec<Value>>)>,
    /// The ends of the chains that are held, and whether each is to be written.
    heads: BTreeMap<Uuid, (Head, bool)>,
}

impl Later {
    pub(super) fn insert(&mut self, insert: Insert, row: Vec<Value>) {
        match self.tables.iter_mut().find(|(table, _)| *table == insert) {
            Some((_, rows)) => rows.push(row),
            None => self.tables.push((insert, vec![row])),
        }
    }

    pub(super) fn head(&self, chain: Uuid) -> Option<Head> {
        self.heads.get(&chain).map(|(head, _)| head.clone())
    }

    /// Notes where a chain ends, which the transaction holds.
    pub(super) fn hold(&mut self, chain: Uuid, head: Head) {
        self.heads.insert(chain, (head, false));
    }

    /// Has the end of a chain moved.
    pub(super) fn advance(&mut self, chain: Uuid, head: Head) {
        self.heads.insert(chain, (head, true));
    }

    /// The statements that write everything, in their order; nothing is left to be written.
    pub(super) fn statements(&mut self, backend: DbBackend) -> Vec<Sql> {
        let mut parts = Vec::new();
        for (insert, rows) in std::mem::take(&mut self.tables) {
            let chunk = (VALUES_MAX / rows.first().map_or(1, Vec::len).max(1)).max(1);
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                parts.push(Part::Rows(insert.clone(), rows.by_ref().take(chunk).collect()));
            }
        }
        for (chain, (head, moved)) in &mut self.heads {
            if std::mem::take(moved) {
                parts.push(Part::Head(*chain, head.clone()));
            }
        }
        let (mut statements, mut together, mut values) = (Vec::new(), Vec::new(), 0);
        for part in parts {
            if values + part.values() > VALUES_MAX && !together.is_empty() {
                statements.push(as_one(std::mem::take(&mut together), backend));
                values = 0;
            }
            values += part.values();
            together.push(part);
        }
        if !together.is_empty() {
            statements.push(as_one(together, backend));
        }
        statements
    }
}

/// What is a statement by itself.
enum Part {
    Rows(Insert, Vec<Vec<Value>>),
    Head(Uuid, Head),
}

impl Part {
    fn values(&self) -> usize {
        match self {
            Self::Rows(_, rows) => rows.iter().map(Vec::len).sum(),
            Self::Head(..) => 3,
        }
    }

    fn write(self, sql: &mut Sql) {
        match self {
            Self::Rows(insert, rows) => {
                sql.push("INSERT INTO ").push(&insert.columns).push(" VALUES ");
                for (position, row) in rows.into_iter().enumerate() {
                    sql.push(if position == 0 { "(" } else { ", (" });
                    for (position, value) in row.into_iter().enumerate() {
                        sql.push(if position == 0 { "" } else { ", " }).bind(value);
                    }
                    sql.push(if insert.computed.is_empty() { "" } else { ", " }).push(insert.computed).push(")");
                }
            }
            Self::Head(chain, Head { sequence, hash }) => {
                sql.push("UPDATE audit_chain SET head_sequence = ").bind(sequence).push(", head_hash = ").bind(hash);
                sql.push(" WHERE chain_id = ").bind(chain);
            }
        }
    }
}

/// One statement that does all of it.
fn as_one(parts: Vec<Part>, backend: DbBackend) -> Sql {
    let postgres = backend == DbBackend::Postgres;
    let mut sql = Sql::default();
    let last = parts.len() - 1;
    for (position, part) in parts.into_iter().enumerate() {
        if postgres && position < last {
            sql.push(if position == 0 { "WITH " } else { ", " }).push(&format!("w{position} AS ("));
            part.write(&mut sql);
            sql.push(")");
        } else {
            sql.push(match position {
                0 => "",
                _ if postgres => " ",
                _ => "; ",
            });
            part.write(&mut sql);
        }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(later: &mut Later, backend: DbBackend) -> Vec<String> {
        later.statements(backend).iter().map(|sql| sql.text().trim().to_owned()).collect()
    }

    fn some() -> Later {
        let mut later = Later::default();
        let events = || Insert::into("event (topic, writer)").computing("now()");
        later.insert(events(), vec!["a".into()]);
        later.insert(Insert::into("outbox (topic)"), vec!["b".into()]);
        later.insert(events(), vec!["c".into()]);
        later.hold(Uuid::from_u128(1), Head { sequence: 1, hash: vec![1] });
        later.advance(Uuid::from_u128(2), Head { sequence: 2, hash: vec![2] });
        later
    }

    #[test]
    fn rows_of_a_table_are_one_part_and_all_parts_one_statement() {
        assert_eq!(
            texts(&mut some(), DbBackend::Postgres),
            ["WITH w0 AS (INSERT INTO event (topic, writer) VALUES ($1, now()), ($2, now())), \
              w1 AS (INSERT INTO outbox (topic) VALUES ($3)) \
              UPDATE audit_chain SET head_sequence = $4, head_hash = $5 WHERE chain_id = $6"]
        );
        assert_eq!(
            texts(&mut some(), DbBackend::Sqlite),
            ["INSERT INTO event (topic, writer) VALUES ($1, now()), ($2, now()); \
              INSERT INTO outbox (topic) VALUES ($3); \
              UPDATE audit_chain SET head_sequence = $4, head_hash = $5 WHERE chain_id = $6"]
        );
    }

    #[test]
    fn what_was_written_is_not_written_again_and_what_is_held_is_still_known() {
        let mut later = some();
        assert_eq!(texts(&mut later, DbBackend::Sqlite).len(), 1);
        assert_eq!(texts(&mut later, DbBackend::Sqlite), [""; 0]);
        assert_eq!(later.head(Uuid::from_u128(2)), Some(Head { sequence: 2, hash: vec![2] }));
        assert_eq!(later.head(Uuid::from_u128(3)), None);
    }

    #[test]
    fn many_rows_are_many_statements_and_none_is_lost() {
        let mut later = Later::default();
        for number in 0..VALUES_MAX + 1 {
            later.insert(Insert::into("pair (a, b)"), vec![i64::try_from(number).unwrap().into(), 0_i64.into()]);
        }
        later.advance(Uuid::nil(), Head { sequence: 1, hash: Vec::new() });
        let statements = later.statements(DbBackend::Postgres);
        let values: Vec<usize> = statements.iter().map(|sql| sql.values().len()).collect();
        assert_eq!(values, [VALUES_MAX, VALUES_MAX, 2 + 3]);
    }
}
