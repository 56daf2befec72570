//! The same page of the children of each of several parents, in one statement, as [`crate::kernel::db::siblings`] has it
//! for whoever selects through entities.

use sea_orm::QueryResult;
use uuid::Uuid;

use crate::kernel::{
    Fault,
    db::{Database, Sql},
};

/// How many parents one statement serves: SQLite takes no more than 500 selects in one.
const PARENTS_MAX: usize = 128;

/// The rows of the select that `page_of` writes for each parent, parent by parent. The number of parents is filled up to
/// a power of two with one that has no children, so that few statements are prepared.
pub(super) async fn of_each(
    db: &Database,
    parents: &[Uuid],
    page_of: impl Fn(&mut Sql, Uuid),
) -> Result<Vec<QueryResult>, Fault> {
    let mut rows = Vec::new();
    for parents in parents.chunks(PARENTS_MAX) {
        let mut parents = parents.to_vec();
        parents.resize(parents.len().next_power_of_two(), Uuid::nil());
        let mut statement = Sql::new("SELECT * FROM (");
        for (position, parent) in parents.into_iter().enumerate() {
            if position > 0 {
                statement.push(") AS page UNION ALL SELECT * FROM (");
            }
            page_of(&mut statement, parent);
        }
        statement.push(") AS page");
        rows.extend(statement.rows(db).await?);
    }
    Ok(rows)
}
