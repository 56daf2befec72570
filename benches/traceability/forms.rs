//! Forms of the statement that traces lots. All give the same edges.

use std::collections::HashSet;

use bfw::kernel::db::{Database, Row};
use uuid::Uuid;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To what lots were made of.
    Back,
    /// To what was made of lots.
    Forward,
}

impl Direction {
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Forward => "forward",
        }
    }

    const fn columns(self) -> (&'static str, &'static str) {
        match self {
            Self::Back => ("child_id", "parent_id"),
            Self::Forward => ("parent_id", "child_id"),
        }
    }
}

/// Stops if forms give different edges of a lot.
pub(crate) async fn compare(db: &Database, direction: Direction, lot: Uuid) {
    let mut first = None;
    for form in FORMS {
        let mut edges = form.trace(db, direction, lot).await;
        edges.sort_unstable();
        assert_eq!(first.get_or_insert_with(|| edges.clone()), &edges, "{} of {lot}", form.name);
    }
}

/// A way to trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub(crate) name: &'static str,
    how: How,
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// One statement, with the near and the far column in place of `NEAR` and `FAR`.
    Statement(&'static str),
    /// A statement a level.
    Levels,
}

pub(crate) const FORMS: [Form; 6] = [
    Form {
        name: "lots, then their edges",
        how: How::Statement(
            "WITH RECURSIVE reach(id) AS (SELECT $1 UNION SELECT e.FAR FROM lot_edge e JOIN reach r ON e.NEAR = r.id)
             SELECT e.child_id, e.parent_id, e.grams FROM lot_edge e JOIN reach r ON e.NEAR = r.id",
        ),
    },
    Form {
        name: "lots, from one that is there, then their edges",
        how: How::Statement(
            "WITH RECURSIVE reach(id) AS (SELECT l.id FROM lot l WHERE l.id = $1
                UNION SELECT e.FAR FROM reach r JOIN lot_edge e ON e.NEAR = r.id)
             SELECT e.child_id, e.parent_id, e.grams FROM reach r JOIN lot_edge e ON e.NEAR = r.id",
        ),
    },
    Form {
        name: "the same, a hundred thousand lots at most",
        how: How::Statement(
            "WITH RECURSIVE reach(id) AS (SELECT l.id FROM lot l WHERE l.id IN ($1)
                UNION SELECT e.FAR FROM reach r JOIN lot_edge e ON e.NEAR = r.id),
             reached(id) AS (SELECT id FROM reach LIMIT 100000)
             SELECT e.child_id, e.parent_id, e.grams FROM reached r JOIN lot_edge e ON e.NEAR = r.id",
        ),
    },
    // SQLite takes the tables of a cross join in the order in which they stand, whatever it has counted of them.
    Form {
        name: "lots, then their edges, in this order",
        how: How::Statement(
            "WITH RECURSIVE reach(id) AS (SELECT l.id FROM lot l WHERE l.id = $1
                UNION SELECT e.FAR FROM reach r CROSS JOIN lot_edge e WHERE e.NEAR = r.id)
             SELECT e.child_id, e.parent_id, e.grams FROM reach r CROSS JOIN lot_edge e WHERE e.NEAR = r.id",
        ),
    },
    Form {
        name: "edges themselves",
        how: How::Statement(
            "WITH RECURSIVE reach(child_id, parent_id, grams) AS (
                SELECT e.child_id, e.parent_id, e.grams FROM lot_edge e WHERE e.NEAR = $1
                UNION SELECT e.child_id, e.parent_id, e.grams FROM reach r JOIN lot_edge e ON e.NEAR = r.FAR)
             SELECT child_id, parent_id, grams FROM reach",
        ),
    },
    Form { name: "a statement a level", how: How::Levels },
];

/// Lots that one statement of a level asks for.
const LEVEL: usize = 1_024;

impl Form {
    /// Every edge on the way, once.
    pub(crate) async fn trace(self, db: &Database, direction: Direction, lot: Uuid) -> Vec<(Uuid, Uuid, i64)> {
        let (near, far) = direction.columns();
        match self.how {
            How::Statement(text) => {
                let mut text = text.replace("NEAR", near).replace("FAR", far);
                // A parameter that nothing else tells the type of.
                if db.backend() == sea_orm::DbBackend::Postgres {
                    text = text.replace("SELECT $1 UNION", "SELECT CAST($1 AS uuid) UNION");
                }
                db.rows(text, vec![lot.into()]).await.expect("traced").iter().map(edge).collect()
            }
            How::Levels => {
                let (mut seen, mut level, mut found) = (HashSet::from([lot]), vec![lot], Vec::new());
                while !level.is_empty() {
                    let mut next = Vec::new();
                    for lots in level.chunks(LEVEL) {
                        // As many parameters as the next power of two, so that few statements are prepared.
                        let size = lots.len().next_power_of_two();
                        let mut values: Vec<sea_orm::Value> = lots.iter().map(|lot| (*lot).into()).collect();
                        values.resize(size, lots[0].into());
                        let list: Vec<String> = (1..=size).map(|number| format!("${number}")).collect();
                        let text = format!(
                            "SELECT child_id, parent_id, grams FROM lot_edge WHERE {near} IN ({})",
                            list.join(", ")
                        );
                        for row in &db.rows(text, values).await.expect("traced") {
                            let edge = edge(row);
                            found.push(edge);
                            let reached = if direction == Direction::Back { edge.1 } else { edge.0 };
                            if seen.insert(reached) {
                                next.push(reached);
                            }
                        }
                    }
                    level = next;
                }
                found
            }
        }
    }
}

fn edge(row: &Row) -> (Uuid, Uuid, i64) {
    let get = |place| row.get(place).expect("an id");
    (get(0), get(1), row.get(2).expect("a mass"))
}
