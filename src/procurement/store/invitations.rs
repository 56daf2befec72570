//! Who is invited to requests, for whoever reads them.

use std::collections::HashMap;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql},
    },
    procurement::model::ids::RequestId,
};

/// Who is invited to each request since when, in the order of their ids.
pub(in crate::procurement) async fn of_requests(
    db: &Database,
    requests: &[RequestId],
) -> Result<HashMap<RequestId, Vec<(OrganizationId, Timestamp)>>, Fault> {
    let mut select =
        Sql::new("SELECT request_id, organization_id, invited_at FROM request_invitation WHERE request_id IN ");
    select.bind_list(requests.iter().map(|id| id.uuid())).push(" ORDER BY request_id, organization_id");
    let mut found: HashMap<RequestId, Vec<(OrganizationId, Timestamp)>> = HashMap::new();
    for row in &select.rows(db).await? {
        let mut next = Reader::new(row)?;
        let request = RequestId::from_uuid(next.get()?);
        let invited = (OrganizationId::from_uuid(next.get()?), next.get()?);
        found.entry(request).or_default().push(invited);
    }
    Ok(found)
}
