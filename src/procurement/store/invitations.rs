//! Who is invited to bid.

use std::collections::HashSet;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, Reader, Sql, sql},
    },
    procurement::model::ids::RequestId,
};

/// Who is invited to a request, in the order of their ids.
pub(in crate::procurement) async fn of_request(
    db: &Database,
    request: RequestId,
) -> Result<Vec<OrganizationId>, Fault> {
    let text = "SELECT organization_id FROM request_invitation WHERE request_id = $1 ORDER BY organization_id";
    let rows = sql(text, [request.uuid().into()]).rows(db).await?;
    rows.iter().map(|row| Ok(OrganizationId::from_uuid(Reader::new(row)?.get()?))).collect()
}

/// To which of these requests an organization is invited.
pub(in crate::procurement) async fn of_organization(
    db: &Database,
    requests: &[RequestId],
    organization: OrganizationId,
) -> Result<HashSet<RequestId>, Fault> {
    let mut select = Sql::new("SELECT request_id FROM request_invitation WHERE organization_id = ");
    select.bind(organization.uuid()).push(" AND request_id IN ").bind_list(requests.iter().map(|id| id.uuid()));
    let rows = select.rows(db).await?;
    rows.iter().map(|row| Ok(RequestId::from_uuid(Reader::new(row)?.get()?))).collect()
}
