//! The same page of the children of each of several parents, in one statement.

use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Alias, Asterisk, Query, UnionType},
};
use uuid::Uuid;

use super::{Database, Row, Sql};

/// How many parents one statement serves: SQLite takes no more than 500 selects in one, and plans each by itself.
const PARENTS_MAX: usize = 128;

/// The rows of every parent's page, parent by parent in no order, each parent's in the order of its page.
///
/// `page_of` is the select of one parent's page, with its limit. The statement holds it once for each parent, so that each
/// walks its own index and stops after a page; a window function would read all children of them all. The number of
/// parents is filled up to a power of two with one that has no children, so that few statements are prepared.
///
/// # Errors
/// What the database says.
pub async fn pages<E: EntityTrait>(
    db: &Database,
    parents: &[Uuid],
    page_of: impl Fn(Uuid) -> Select<E>,
) -> Result<Vec<E::Model>, DbErr> {
    let mut rows = Vec::new();
    for parents in parents.chunks(PARENTS_MAX) {
        let mut parents = parents.to_vec();
        parents.resize(parents.len().next_power_of_two(), Uuid::nil());
        let mut selects = parents.into_iter().map(|parent| {
            let mut page = Query::select();
            page.column(Asterisk).from_subquery(page_of(parent).into_query(), Alias::new("page"));
            page
        });
        let Some(mut statement) = selects.next() else { continue };
        for select in selects {
            statement.union(UnionType::All, select);
        }
        let statement = db.backend().build(&statement);
        rows.extend(E::find().from_raw_sql(statement).all(db.read()).await?);
    }
    Ok(rows)
}

/// How many children each parent has; a parent without any is left out.
///
/// # Errors
/// What the database says.
pub async fn counts<E: EntityTrait>(
    db: &Database,
    parents: &[Uuid],
    parent: impl ColumnTrait,
) -> Result<Vec<(Uuid, i64)>, DbErr> {
    let counts = E::find().select_only().column(parent).column_as(parent.count(), "children");
    let among = parent.is_in(parents.iter().copied());
    counts.filter(among).group_by(parent).into_tuple().all(db.read()).await
}

/// The rows of the select that `page_of` writes for each parent, parent by parent. The number of parents is filled up to
/// a power of two with one that has no children, so that few statements are prepared. As [`pages`], for whoever writes SQL.
///
/// # Errors
/// What the database says.
pub async fn of_each(db: &Database, parents: &[Uuid], page_of: impl Fn(&mut Sql, Uuid)) -> Result<Vec<Row>, DbErr> {
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
