//! What is offered, and what is asked.

use chrono::NaiveDate;

use super::model::check::Offer;
use crate::{
    accounts::OrganizationId,
    catalog::model::listing::Measurements,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql},
    },
    procurement::{RequestId, RequestLotId},
};

/// What organizations in good standing offer of some products and what can be had today or later: at most `limit` listings,
/// those of one organization together.
pub(super) async fn offers(
    db: &Database,
    products: &[String],
    of: Option<OrganizationId>,
    (today, limit): (NaiveDate, i64),
) -> Result<Vec<(OrganizationId, String, Offer)>, Fault> {
    let mut select = Sql::new(
        "SELECT l.organization_id, l.product_code, l.quantity, l.reserved, l.quantity_grams, l.available_from, \
         l.available_until, l.measurements FROM listing l JOIN organization o ON o.id = l.organization_id \
         WHERE l.status = 'PUBLISHED' AND o.standing = 'GOOD' AND l.product_code IN ",
    );
    select.bind_list(products.iter().map(String::as_str));
    select.push(" AND (l.available_until IS NULL OR l.available_until >= ").bind(today).push(")");
    if let Some(organization) = of {
        select.push(" AND l.organization_id = ").bind(organization.uuid());
    }
    select.push(" ORDER BY l.organization_id, l.id LIMIT ").bind(limit);
    let rows = select.rows(db).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut next = Reader::new(row)?;
        let organization = OrganizationId::from_uuid(next.get()?);
        let product: String = next.get()?;
        let (quantity, reserved, grams): (Option<i64>, i64, Option<i64>) = (next.get()?, next.get()?, next.get()?);
        let days = (next.get()?, next.get()?);
        let Measurements(measurements) = next.json()?;
        found.push((organization, product, Offer { grams: free(quantity, reserved, grams), days, measurements }));
    }
    Ok(found)
}

/// What of a listing's mass is not held for others; nothing where it has no weight.
fn free(quantity: Option<i64>, reserved: i64, grams: Option<i64>) -> i64 {
    let (Some(quantity), Some(grams)) = (quantity.filter(|quantity| *quantity > 0), grams) else { return 0 };
    let free = i128::from(grams) * i128::from(quantity - reserved) / i128::from(quantity);
    i64::try_from(free).unwrap_or(i64::MAX)
}

/// The products that an organization offers to everybody.
pub(super) async fn products_of(db: &Database, organization: OrganizationId) -> Result<Vec<String>, Fault> {
    let mut select = Sql::new("SELECT DISTINCT product_code FROM listing WHERE organization_id = ");
    select.bind(organization.uuid()).push(" AND status = 'PUBLISHED' ORDER BY product_code");
    let rows = select.rows(db).await?;
    rows.iter().map(|row| Ok(Reader::new(row)?.get()?)).collect()
}

/// Lots of some products that can be bid on now, those first that close first: at most `limit`, each with its request.
pub(super) async fn open_lots(
    db: &Database,
    products: &[String],
    (now, limit): (Timestamp, i64),
) -> Result<Vec<(RequestId, RequestLotId)>, Fault> {
    let mut select = Sql::new(
        "SELECT r.id, t.id FROM request_lot t JOIN procurement_request r ON r.id = t.request_id \
         JOIN organization o ON o.id = r.buyer_id \
         WHERE r.status = 'PUBLISHED' AND r.closed_at IS NULL AND t.status = 'ACTIVE' AND o.standing = 'GOOD' \
         AND r.bid_deadline > ",
    );
    select.bind(now).push(" AND t.product_code IN ").bind_list(products.iter().map(String::as_str));
    select.push(" ORDER BY r.bid_deadline, r.id, t.position LIMIT ").bind(limit);
    let rows = select.rows(db).await?;
    let ids = |row| {
        let mut next = Reader::new(row)?;
        Ok((RequestId::from_uuid(next.get()?), RequestLotId::from_uuid(next.get()?)))
    };
    rows.iter().map(ids).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_for_others_is_not_free() {
        assert_eq!(free(Some(10_000), 2_500, Some(1_000_000)), 750_000);
        assert_eq!(free(Some(3), 1, Some(100)), 66);
        assert_eq!(free(Some(0), 0, Some(0)), 0);
        assert_eq!(free(Some(5), 0, None), 0);
        assert_eq!(free(None, 0, None), 0);
    }
}
