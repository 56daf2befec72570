//! Pages by key: a page begins where the last row of the one before it stood, so that inserts and deletes between two
//! requests neither repeat nor skip a row, and page 5,000 costs what page 1 does.

use sea_orm::{
    QueryTrait,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Order, SelectStatement, Value},
};

use crate::kernel::page::{CursorKey, Direction, Page, SortValue};

/// Restricts a select to a page and orders it. `sort` must not be null in any row; `id` breaks ties.
///
/// The comparison is a row value, `(sort, id) > ($1, $2)`, which both databases answer from one index range.
pub fn window<Q: QueryTrait<QueryStatement = SelectStatement>>(
    query: &mut Q,
    sort: impl IntoColumnRef + Clone,
    id: impl IntoColumnRef + Clone,
    descending: bool,
    page: &Page,
) {
    let row = || Expr::tuple([Expr::col(sort.clone()), Expr::col(id.clone())]);
    let bound = |key: &CursorKey| Expr::tuple([Expr::val(sort_value(&key.sort)), Expr::val(key.id)]);
    let statement = QueryTrait::query(query);
    if let Some(key) = &page.after {
        statement.and_where(if descending { row().lt(bound(key)) } else { row().gt(bound(key)) });
    }
    if let Some(key) = &page.before {
        statement.and_where(if descending { row().gt(bound(key)) } else { row().lt(bound(key)) });
    }
    let order = match (page.direction, descending) {
        (Direction::Forward, false) | (Direction::Backward, true) => Order::Asc,
        (Direction::Forward, true) | (Direction::Backward, false) => Order::Desc,
    };
    statement.order_by(sort.clone(), order.clone()).order_by(id.clone(), order).limit(page.limit());
}

fn sort_value(value: &SortValue) -> Value {
    match value {
        SortValue::Integer(number) => (*number).into(),
        SortValue::Text(text) => text.clone().into(),
        SortValue::Time(time) => (*time).into(),
        // A null compares with nothing: such a cursor ends the list instead of misreading it.
        SortValue::Missing => Value::BigInt(None),
    }
}
