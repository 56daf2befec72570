//! Lists of contracts.

use super::contracts::{COLUMNS, FROM, read};
use crate::{
    accounts::OrganizationId,
    contracts::model::{
        contract::Contract,
        query::{ContractFilter, Scope},
    },
    kernel::{
        Fault,
        db::{Database, Reader, Sql},
        page::{CursorKey, Direction, Page, Slice, SortValue},
    },
};

/// A page of contracts, the last made first.
pub(in crate::contracts) async fn page(
    db: &Database,
    filter: &ContractFilter,
    scope: &Scope,
    page: &Page,
) -> Result<Slice<Contract>, Fault> {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(FROM).push("WHERE ");
    narrow(&mut select, filter, scope);
    bound(&mut select, page.after.as_ref(), "<");
    bound(&mut select, page.before.as_ref(), ">");
    let order = match page.direction {
        Direction::Forward => "DESC",
        Direction::Backward => "ASC",
    };
    select.push(" ORDER BY c.created_at ").push(order).push(", c.id ").push(order);
    select.push(" LIMIT ").bind(i64::try_from(page.limit()).unwrap_or(i64::MAX));
    let rows = select.rows(db).await?;
    Ok(page.slice(rows.iter().map(|row| read(&mut Reader::new(row)?)).collect::<Result<_, _>>()?))
}

/// How many there are.
pub(in crate::contracts) async fn count(db: &Database, filter: &ContractFilter, scope: &Scope) -> Result<i64, Fault> {
    let mut select = Sql::new("SELECT COUNT(*) FROM contract c WHERE ");
    narrow(&mut select, filter, scope);
    let rows = select.rows(db).await?;
    let row = rows.first().ok_or_else(|| Fault::corrupt("count", "it gave no row"))?;
    Ok(Reader::new(row)?.get()?)
}

fn bound(select: &mut Sql, key: Option<&CursorKey>, comparison: &str) {
    let Some(CursorKey { sort: SortValue::Time(at), id }) = key else { return };
    select.push(" AND (c.created_at, c.id) ").push(comparison).push(" (").bind(*at).push(", ").bind(*id).push(")");
}

fn narrow(select: &mut Sql, filter: &ContractFilter, scope: &Scope) {
    match scope {
        Scope::Everything => {
            select.push("1 = 1");
        }
        Scope::Of(organizations) => of(select, organizations),
    }
    if let Some(organization) = filter.organization {
        select.push(" AND ");
        of(select, &[organization]);
    }
    if let Some(buyer) = filter.buyer {
        select.push(" AND c.buyer_id = ").bind(buyer.uuid());
    }
    if let Some(supplier) = filter.supplier {
        select.push(" AND c.id IN (SELECT s.contract_id FROM contract_supplier s WHERE s.organization_id = ");
        select.bind(supplier.uuid()).push(")");
    }
    if let Some(status) = filter.status {
        select.push(" AND c.status = ").bind(status.as_str());
    }
    if let Some(products) = &filter.products {
        select.push(" AND c.id IN (SELECT l.contract_id FROM contract_line l WHERE l.product_code IN ");
        select.bind_list(products.iter().map(String::as_str)).push(")");
    }
}

/// Those of which one of these organizations is a party.
fn of(select: &mut Sql, organizations: &[OrganizationId]) {
    let ids = || organizations.iter().map(|id| id.uuid());
    select.push("(c.buyer_id IN ").bind_list(ids());
    select.push(" OR c.id IN (SELECT s.contract_id FROM contract_supplier s WHERE s.organization_id IN ");
    select.bind_list(ids()).push("))");
}
