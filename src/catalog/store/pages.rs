//! Pages of listings, in one statement however many rows or organizations they are of (two where the order has listings
//! without a sort value, which come last in either direction).

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::DbBackend;

use super::row::OnPage;
use crate::{
    accounts::OrganizationId,
    catalog::model::{
        listing::ShownStatus,
        query::{CertifiedBy, ListingFilter, ListingQuery, OrderField, PlaceFilter, Scope},
    },
    kernel::{
        Fault,
        db::{Database, Reader, Sql},
        page::{CursorKey, Direction, SortValue},
    },
};

/// A page of the listings that pass a filter, at most one row more than asked for, in the order of the walk.
pub(in crate::catalog) async fn page<T: OnPage>(
    db: &Database,
    query: &ListingQuery,
    scope: &Scope,
    today: NaiveDate,
    parts: T::Parts,
) -> Result<Vec<T>, Fault> {
    let mut rows = Vec::new();
    for segment in walk(query, scope) {
        let missing = query.page.limit() - rows.len() as u64;
        if missing == 0 {
            break;
        }
        let mut select = Sql::new("SELECT ");
        T::columns(parts, &mut select);
        select.push(" FROM listing l ");
        // A cross join, since SQLite takes it for an order: the few listings of the page first, and then their organizations.
        select.push(if T::with_seller(parts) {
            "CROSS JOIN organization o WHERE o.id = l.organization_id AND "
        } else {
            "WHERE "
        });
        conditions(&mut select, &query.filter, scope, today, db.backend());
        segment.restrict(&mut select, query);
        segment.order(&mut select, query, missing);
        for row in select.rows(db).await? {
            rows.push(T::read(parts, &mut Reader::new(&row)?)?);
        }
    }
    Ok(rows)
}

/// How many listings pass a filter.
pub(in crate::catalog) async fn count(
    db: &Database,
    filter: &ListingFilter,
    scope: &Scope,
    today: NaiveDate,
) -> Result<i64, Fault> {
    let mut select = Sql::new("SELECT COUNT(*) FROM listing l WHERE ");
    conditions(&mut select, filter, scope, today, db.backend());
    let rows = select.rows(db).await?;
    let row = rows.first().ok_or_else(|| Fault::corrupt("listing", "a count gives a row"))?;
    Ok(row.get(0)?)
}

/// The same page for each of several organizations.
pub(in crate::catalog) async fn pages_of<T: OnPage>(
    db: &Database,
    organizations: &[OrganizationId],
    query: &ListingQuery,
    scope: &Scope,
    today: NaiveDate,
    parts: T::Parts,
) -> Result<HashMap<OrganizationId, Vec<T>>, Fault> {
    let mut pages: HashMap<OrganizationId, Vec<T>> = HashMap::new();
    let limit = query.page.limit();
    let mut short: Vec<OrganizationId> = organizations.to_vec();
    for segment in walk(query, scope) {
        if short.is_empty() {
            break;
        }
        let mut select = Sql::new("SELECT ");
        T::columns(parts, &mut select);
        of_each(&mut select, db.backend(), &short, query, scope, today, segment);
        for row in select.rows(db).await? {
            let listing = T::read(parts, &mut Reader::new(&row)?)?;
            let page = pages.entry(listing.organization()).or_default();
            // An organization that lacked two rows may have got three.
            if (page.len() as u64) < limit {
                page.push(listing);
            }
        }
        short.retain(|organization| pages.get(organization).is_none_or(|page| (page.len() as u64) < limit));
    }
    Ok(pages)
}

/// How many listings of each organization pass a filter.
pub(in crate::catalog) async fn counts_of(
    db: &Database,
    organizations: &[OrganizationId],
    filter: &ListingFilter,
    scope: &Scope,
    today: NaiveDate,
) -> Result<HashMap<OrganizationId, i64>, Fault> {
    let mut select = Sql::new("SELECT l.organization_id, COUNT(*) FROM listing l WHERE l.organization_id IN ");
    select.bind_list(organizations.iter().map(|id| id.uuid())).push(" AND ");
    conditions(&mut select, filter, scope, today, db.backend());
    select.push(" GROUP BY l.organization_id");
    let rows = select.rows(db).await?;
    rows.iter().map(|row| Ok((OrganizationId::from_uuid(row.get(0)?), row.get(1)?))).collect()
}

/// Goes on from the columns: one statement that walks the same index once for each organization and stops after a page, by a
/// lateral join where there is one, else by a correlated list of ids. A window function would read all listings of them all.
fn of_each(
    select: &mut Sql,
    backend: DbBackend,
    organizations: &[OrganizationId],
    query: &ListingQuery,
    scope: &Scope,
    today: NaiveDate,
    segment: Segment,
) {
    let limit = query.page.limit();
    if backend == DbBackend::Postgres {
        select.push(
            " FROM organization o CROSS JOIN LATERAL (SELECT l.* FROM listing l WHERE l.organization_id = o.id AND ",
        );
        conditions(select, &query.filter, scope, today, backend);
        segment.restrict(select, query);
        segment.order(select, query, limit);
        select.push(") l WHERE o.id IN ").bind_list(organizations.iter().map(|id| id.uuid()));
    } else {
        select.push(" FROM organization o JOIN listing l ON l.id IN (SELECT l.id FROM listing l WHERE l.organization_id = o.id AND ");
        conditions(select, &query.filter, scope, today, backend);
        segment.restrict(select, query);
        segment.order(select, query, limit);
        select.push(") WHERE o.id IN ").bind_list(organizations.iter().map(|id| id.uuid()));
    }
    segment.order_by(select, query);
}

/// A stretch of the list with one sort key: the listings that have a value, or those that have none and are sorted by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    /// The sort column, besides the id.
    column: Option<&'static str>,
    /// What makes a listing belong here, where that is not given by the rest.
    condition: &'static str,
}

/// The stretches of a list that a page may touch, in the order of the walk.
fn walk(query: &ListingQuery, scope: &Scope) -> Vec<Segment> {
    let stretch = |column, condition| Segment { column, condition };
    let column = |column| stretch(Some(column), "");
    let mut segments = match query.order.field {
        // What is published has a time of publication.
        OrderField::PublishedAt if *scope == Scope::Public => vec![column("l.published_at")],
        OrderField::PublishedAt => vec![
            stretch(Some("l.published_at"), " AND l.published_at IS NOT NULL"),
            stretch(None, " AND l.published_at IS NULL"),
        ],
        OrderField::CreatedAt => vec![stretch(None, "")],
        OrderField::UpdatedAt => vec![column("l.updated_at")],
        OrderField::PricePerKilogram => vec![
            stretch(Some("l.price_per_kilogram"), " AND l.price_per_kilogram IS NOT NULL"),
            stretch(None, " AND l.price_per_kilogram IS NULL"),
        ],
    };
    // A cursor in the second stretch ends or begins the walk there.
    let last = segments.len() - 1;
    let stands_in = |key: &CursorKey| if key.sort == SortValue::Missing { last } else { 0 };
    let from = query.page.after.as_ref().map_or(0, stands_in);
    let to = query.page.before.as_ref().map_or(last, stands_in);
    segments = if from <= to { segments.drain(from..=to).collect() } else { Vec::new() };
    if query.page.direction == Direction::Backward {
        segments.reverse();
    }
    segments
}

impl Segment {
    /// Whether a cursor stands in this stretch.
    fn holds(self, key: &CursorKey) -> bool {
        (key.sort == SortValue::Missing) == self.column.is_none()
    }

    fn restrict(self, select: &mut Sql, query: &ListingQuery) {
        select.push(self.condition);
        let beyond = if query.order.descending { " < " } else { " > " };
        let short_of = if query.order.descending { " > " } else { " < " };
        for (key, comparison) in [(&query.page.after, beyond), (&query.page.before, short_of)] {
            if let Some(key) = key.as_ref().filter(|key| self.holds(key)) {
                self.compare(select, comparison, key);
            }
        }
    }

    /// A comparison of row values, which both databases answer from one range of an index.
    fn compare(self, select: &mut Sql, comparison: &str, key: &CursorKey) {
        match (self.column, &key.sort) {
            (Some(column), SortValue::Integer(number)) => {
                select.push(" AND (").push(column).push(", l.id)").push(comparison).push("(").bind(*number);
                select.push(", ").bind(key.id).push(")");
            }
            (Some(column), SortValue::Time(time)) => {
                select.push(" AND (").push(column).push(", l.id)").push(comparison).push("(").bind(*time);
                select.push(", ").bind(key.id).push(")");
            }
            // Cursors with texts are refused before they come here, and these lists have no texts to sort by.
            (Some(_) | None, SortValue::Text(_) | SortValue::Missing)
            | (None, SortValue::Integer(_) | SortValue::Time(_)) => {
                select.push(" AND l.id").push(comparison).bind(key.id);
            }
        }
    }

    fn order_by(self, select: &mut Sql, query: &ListingQuery) {
        let down = query.order.descending == (query.page.direction == Direction::Forward);
        let direction = if down { " DESC" } else { " ASC" };
        select.push(" ORDER BY ");
        if let Some(column) = self.column {
            select.push(column).push(direction).push(", ");
        }
        select.push("l.id").push(direction);
    }

    fn order(self, select: &mut Sql, query: &ListingQuery, limit: u64) {
        self.order_by(select, query);
        select.push(" LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    }
}

/// Writes what a listing must be, beginning without and ending without `AND`.
fn conditions(select: &mut Sql, filter: &ListingFilter, scope: &Scope, today: NaiveDate, backend: DbBackend) {
    match scope {
        // The suspended are few and have an index of their own: asked once a statement, not once a row.
        Scope::Public => select.push(
            "l.status = 'PUBLISHED' AND l.organization_id NOT IN \
             (SELECT s.id FROM organization s WHERE s.standing = 'SUSPENDED')",
        ),
        Scope::Of(organizations) => {
            select.push("l.organization_id IN ").bind_list(organizations.iter().map(|id| id.uuid()))
        }
        Scope::Everything => select.push("1 = 1"),
    };
    if let Some(organization) = filter.organization {
        select.push(" AND l.organization_id = ").bind(organization.uuid());
    }
    match filter.products.as_slice() {
        [] => {}
        [product] => {
            select.push(" AND l.product_code = ").bind(product.as_str());
        }
        products => {
            select.push(" AND l.product_code IN ").bind_list(products.iter().map(String::as_str));
        }
    }
    if let Some(place) = &filter.place {
        let (column, code) = match place {
            PlaceFilter::Region(code) => ("l.region_code", code),
            PlaceFilter::Cercle(code) => ("l.cercle_code", code),
            PlaceFilter::Exactly(code) => ("l.place_code", code),
        };
        select.push(" AND ").push(column).push(" = ").bind(code.as_str());
    }
    if let Some(status) = filter.status {
        shown(select, status, today);
    }
    if let Some(by) = &filter.certified_by {
        certified(select, by, today, backend);
    }
}

/// The shown state in SQL, as [`Listing::shown_status`](crate::catalog::Listing::shown_status) has it.
fn shown(select: &mut Sql, status: ShownStatus, today: NaiveDate) {
    match status {
        ShownStatus::Draft => select.push(" AND l.status = 'DRAFT'"),
        ShownStatus::Paused => select.push(" AND l.status = 'PAUSED'"),
        ShownStatus::Archived => select.push(" AND l.status = 'ARCHIVED'"),
        ShownStatus::Expired => select.push(" AND l.status = 'PUBLISHED' AND l.available_until < ").bind(today),
        ShownStatus::SoldOut => select
            .push(" AND l.status = 'PUBLISHED' AND l.quantity <= l.reserved AND (l.available_until IS NULL OR l.available_until >= ")
            .bind(today)
            .push(")"),
        ShownStatus::Published => select
            .push(" AND l.status = 'PUBLISHED' AND l.quantity > l.reserved AND (l.available_until IS NULL OR l.available_until >= ")
            .bind(today)
            .push(")"),
    };
}

/// A certificate that covers the organization and the product and is in force today: it names it or a class above it, or
/// names none where its scheme allows that. The certification room's rule of claims, where only the database can apply it.
fn certified(select: &mut Sql, by: &CertifiedBy, today: NaiveDate, backend: DbBackend) {
    if !by.products.is_empty() {
        select.push(" AND l.product_code IN ").bind_list(by.products.iter().map(String::as_str));
    }
    select.push(
        " AND EXISTS (SELECT 1 FROM certificate_organization co JOIN certificate c ON c.id = co.certificate_id \
         WHERE co.organization_id = l.organization_id AND c.status IN ('VERIFIED', 'REVOKED') AND c.scheme_code = ",
    );
    select
        .bind(by.scheme.as_str())
        .push(" AND (c.void_from IS NULL OR c.void_from > ")
        .bind(today)
        .push(")")
        .push(" AND c.valid_from <= ")
        .bind(today)
        .push(" AND c.valid_until >= ")
        .bind(today);
    let (named, none_named) = if backend == DbBackend::Postgres {
        ("jsonb_array_elements_text(c.product_codes) AS named(value)", "c.product_codes = '[]'")
    } else {
        ("json_each(c.product_codes) AS named", "json_array_length(c.product_codes) = 0")
    };
    select.push(" AND (");
    if !by.names_products {
        select.push(none_named).push(" OR ");
    }
    // The tree is three classes deep, as a test of this module has it.
    select.push("EXISTS (SELECT 1 FROM ").push(named);
    select.push(
        " WHERE named.value = l.product_code \
         OR named.value = (SELECT p.parent_code FROM product p WHERE p.code = l.product_code) \
         OR named.value = (SELECT q.parent_code FROM product p JOIN product q ON q.code = p.parent_code \
                           WHERE p.code = l.product_code))))",
    );
}

#[cfg(test)]
mod tests {
    use crate::catalog::model::taxonomy::Taxonomy;

    #[test]
    fn no_product_stands_below_more_than_two_classes() {
        let taxonomy = Taxonomy::embedded().unwrap();
        let deepest = taxonomy.products().iter().map(|product| taxonomy.ancestors(&product.code).len()).max();
        assert!(deepest <= Some(2), "the statement of `certified` looks only two classes up");
    }
}
