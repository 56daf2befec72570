//! Reading requests, as far as the reader may see them.

use std::collections::{HashMap, HashSet};

use super::{Procurement, Request, RequestId, store};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{ErrorCode, Fault, Outcome, UserError, db::WriteTx},
};

impl Procurement {
    /// A request, if it exists and the actor may see it: everybody sees what was published by a buyer in good standing, those
    /// inside the buyer their drafts.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn request(&self, actor: &Actor, id: RequestId) -> Result<Option<Request>, Fault> {
        Ok(self.requests_by_ids(actor, &[id]).await?.remove(&id))
    }

    /// Those of these requests that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn requests_by_ids(
        &self,
        actor: &Actor,
        ids: &[RequestId],
    ) -> Result<HashMap<RequestId, Request>, Fault> {
        let mut found = store::requests::by_ids(&self.services().db, ids).await?;
        let buyers: HashSet<OrganizationId> = found.values().map(|request| request.buyer).collect();
        let buyers: Vec<OrganizationId> = buyers.into_iter().collect();
        let seen = self.knows.directory.organizations_by_ids(actor, &buyers).await?;
        found.retain(|_, request| seen.contains_key(&request.buyer) && sees(actor, request));
        Ok(found)
    }

    /// A request that the actor sees and may do this to, locked against whoever else would change it. `field` names it in the
    /// input.
    ///
    /// # Errors
    /// `NotFound` where there is none that she sees, else what [`policy::require`] says.
    pub(super) async fn request_to_change(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (id, field): (RequestId, &str),
        action: Action,
    ) -> Outcome<Request> {
        let locked = store::requests::lock(tx, id).await?;
        let seen = match &locked {
            Some(request) if sees(actor, request) => {
                self.knows.directory.organization(actor, request.buyer).await?.is_some()
            }
            Some(_) | None => false,
        };
        let Some(request) = locked.filter(|_| seen) else {
            // Before a stranger is told that nothing is there, she is asked who she is.
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", field]).into());
        };
        policy::require(actor, action, &Facts::of(request.buyer))?;
        Ok(request)
    }
}

/// Whether an actor who sees the buyer sees the request.
pub(super) fn sees(actor: &Actor, request: &Request) -> bool {
    request.published_at.is_some() || policy::allowed(actor, Action::ViewDraftRequests, &Facts::of(request.buyer))
}
