//! Requests with all that belongs to their wording, and who is invited to them: for the room that finds who can answer them.

use std::collections::{HashMap, HashSet};

use super::{
    Procurement, RequestId, WholeRequest,
    model::{
        check::{CheckedLot, check_lots},
        draft::RawLot,
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{Fault, Outcome, clock::Timestamp},
};

impl Procurement {
    /// A request with its wording, if it exists and the actor may see it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn whole_request(&self, actor: &Actor, id: RequestId) -> Result<Option<WholeRequest>, Fault> {
        Ok(self.whole_requests(actor, &[id]).await?.remove(&id))
    }

    /// Those of these requests that exist and that the actor may see, with their wordings.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn whole_requests(
        &self,
        actor: &Actor,
        ids: &[RequestId],
    ) -> Result<HashMap<RequestId, WholeRequest>, Fault> {
        let requests = self.requests_by_ids(actor, ids).await?;
        let seen: Vec<RequestId> = requests.keys().copied().collect();
        let db = self.services().db.read();
        let mut lots = store::requests::lots(db, &seen).await?;
        let mut criteria = store::requests::criteria(db, &seen).await?;
        let mut measures = store::requests::measures(db, &seen).await?;
        let whole = requests.into_iter().map(|(id, request)| {
            let lots = lots.remove(&id).unwrap_or_default();
            let criteria = criteria.remove(&id).unwrap_or_default();
            let measures = measures.remove(&id).unwrap_or_default();
            (id, WholeRequest { request, lots, criteria, measures })
        });
        Ok(whole.collect())
    }

    /// Who is invited to a request that the actor was shown.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invited(&self, id: RequestId) -> Result<Vec<OrganizationId>, Fault> {
        let found = store::invitations::of_requests(&self.services().db, &[id]).await?.remove(&id);
        Ok(found.unwrap_or_default().into_iter().map(|(organization, _)| organization).collect())
    }

    /// To which of these requests an organization is invited.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invitations_of(
        &self,
        ids: &[RequestId],
        organization: OrganizationId,
    ) -> Result<HashSet<RequestId>, Fault> {
        store::invitations::of_organization(&self.services().db, ids, organization).await
    }

    /// Lots as a request that takes bids until `deadline` could have them.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once.
    pub fn lots_as_checked(&self, lots: &[RawLot], currency: &str, deadline: Timestamp) -> Outcome<Vec<CheckedLot>> {
        let gazetteer = self.knows.directory.gazetteer();
        check_lots(lots, currency, deadline, self.reference(&gazetteer, self.services().now()))
    }
}
