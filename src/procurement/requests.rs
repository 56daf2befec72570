//! Reading requests, as far as the reader may see them.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{
    Criterion, GenderMeasure, Procurement, Request, RequestId, RequestLot, ShownRequestStatus,
    model::{
        ids::Part,
        query::{RequestFilter, RequestQuery, Scope},
        wording::RequestVersion,
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId, PlatformRole, Principal,
        policy::{self, Action, Facts},
    },
    directory::{is_insider, model::profile::check_place},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::Timestamp,
        page::{Counted, Page, Slice},
    },
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

    /// A request that the actor sees; `field` names it in the input. Call it before a transaction.
    ///
    /// # Errors
    /// `NotFound` where there is none that she sees.
    pub(super) async fn request_for_anybody(&self, actor: &Actor, (id, field): (RequestId, &str)) -> Outcome<Request> {
        match self.request(actor, id).await? {
            Some(request) => Ok(request),
            None => {
                // Before a stranger is told that nothing is there, she is asked who she is.
                actor.signed_in()?;
                Err(UserError::new(ErrorCode::NotFound, ["input", field]).into())
            }
        }
    }

    /// A request that the actor sees and whose buyer she may do this for; `field` names it in the input. Call it before a
    /// transaction, and lock the request in it: its state may have changed.
    ///
    /// # Errors
    /// `NotFound` where there is none that she sees, else what [`policy::require`] says.
    pub(super) async fn request_for(
        &self,
        actor: &Actor,
        named: (RequestId, &str),
        action: Action,
    ) -> Outcome<Request> {
        let request = self.request_for_anybody(actor, named).await?;
        policy::require(actor, action, &Facts::of(request.buyer))?;
        Ok(request)
    }

    /// A page of the requests that the actor may see.
    ///
    /// # Errors
    /// `Forbidden` for whoever asks to which requests another organization is invited.
    pub async fn requests(&self, actor: &Actor, query: &RequestQuery) -> Outcome<Slice<Request>> {
        let scope = scope(actor, &query.filter)?;
        let rows = store::lists::page(&self.services().db, query, &scope, self.services().now()).await?;
        Ok(query.page.slice(rows))
    }

    /// How many requests the actor may see under a filter.
    ///
    /// # Errors
    /// As of [`Procurement::requests`].
    pub async fn count_requests(&self, actor: &Actor, filter: &RequestFilter) -> Outcome<i64> {
        let scope = scope(actor, filter)?;
        Ok(store::lists::count(&self.services().db, filter, &scope, self.services().now()).await?)
    }

    /// The lots of requests in their order, whatever became of them.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn lots_of(&self, requests: &[RequestId]) -> Result<HashMap<RequestId, Vec<RequestLot>>, Fault> {
        store::requests::lots(self.services().db.read(), requests).await
    }

    /// The criteria of requests in their order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn criteria_of(&self, requests: &[RequestId]) -> Result<HashMap<RequestId, Vec<Criterion>>, Fault> {
        store::requests::criteria(self.services().db.read(), requests).await
    }

    /// What requests do for women.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn measures_of(&self, requests: &[RequestId]) -> Result<HashMap<RequestId, Vec<GenderMeasure>>, Fault> {
        store::requests::measures(self.services().db.read(), requests).await
    }

    /// Who buys in a process; none where there is no such process.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn buyer_of_process(&self, process: Uuid) -> Result<Option<OrganizationId>, Fault> {
        store::processes::buyer(&self.services().db, process).await
    }

    /// The codes of the place that a code, an official number or a name means, and of everything in it.
    ///
    /// # Errors
    /// `UnknownPlace` at `path`, with places that were perhaps meant.
    pub fn places_within(&self, typed: &str, path: &[&str]) -> Result<Vec<String>, UserError> {
        let (gazetteer, today) = (self.knows.directory.gazetteer(), self.services().clock.today());
        let place = check_place(&gazetteer, typed, today, path)?;
        let mut codes = vec![place.code.clone()];
        let mut next = 0;
        while let Some(code) = codes.get(next).cloned() {
            codes.extend(gazetteer.children(&code, today).into_iter().map(|child| child.code.clone()));
            next += 1;
        }
        Ok(codes)
    }

    /// By which identifiers processes are known in open contracting data.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn ocids(&self, processes: &[Uuid]) -> Result<HashMap<Uuid, String>, Fault> {
        store::processes::ocids(&self.services().db, processes).await
    }

    /// Which request each of these parts of requests belongs to.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn requests_of_parts(&self, part: Part, ids: &[Uuid]) -> Result<HashMap<Uuid, RequestId>, Fault> {
        store::requests::of_parts(&self.services().db, part, ids).await
    }

    /// Who is invited to each of these requests since when, to whoever may know it: see [`Procurement::shows_invited`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn invited_to(
        &self,
        requests: &[RequestId],
    ) -> Result<HashMap<RequestId, Vec<(OrganizationId, Timestamp)>>, Fault> {
        store::invitations::of_requests(&self.services().db, requests).await
    }

    /// Whether the actor may know who is invited to a request: everybody once it has closed, before that those inside the buyer.
    #[must_use]
    pub fn shows_invited(&self, actor: &Actor, request: &Request) -> bool {
        request.has_closed(self.services().now())
            || policy::allowed(actor, Action::ViewDraftRequests, &Facts::of(request.buyer))
    }

    /// The same page of the wordings of each of several requests, the newest first, and how many there are if `count` is asked for.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn versions(
        &self,
        requests: &[RequestId],
        page: &Page,
        count: bool,
    ) -> Result<HashMap<RequestId, Counted<RequestVersion>>, Fault> {
        let db = &self.services().db;
        let slices = store::versions::pages(db, requests, page).await?;
        let counts = if count { Some(store::versions::counts(db, requests).await?) } else { None };
        Ok(page.counted(requests, slices, counts))
    }
}

/// What of lists the actor is shown. They show the public what was published; whoever may see more of a buyer sees it when she
/// asks for that buyer, or for drafts; so that a market's list never mixes with one's own drafts.
pub(super) fn scope(actor: &Actor, filter: &RequestFilter) -> Outcome<Scope> {
    let sees_drafts = |buyer| policy::allowed(actor, Action::ViewDraftRequests, &Facts::of(buyer));
    let inside_buyer = filter.buyer.is_some_and(sees_drafts);
    if let Some(invited) = filter.invited
        && !inside_buyer
        && !is_insider(actor, invited)
    {
        // Whom a buyer asks is nobody else's to know while bids are taken.
        actor.signed_in()?;
        return Err(UserError::new(ErrorCode::Forbidden, ["filter", "invitedOrganizationId"]).into());
    }
    Ok(match (filter.buyer, filter.status) {
        (Some(buyer), _) if inside_buyer => Scope::Of(vec![buyer]),
        (None, Some(ShownRequestStatus::Draft)) => match &actor.principal {
            Principal::Anonymous => Scope::Public,
            Principal::System => Scope::Everything,
            Principal::User(user) => {
                let reads_all = [PlatformRole::Admin, PlatformRole::Auditor];
                if reads_all.into_iter().any(|role| actor.has_platform_role(role)) {
                    Scope::Everything
                } else {
                    Scope::Of(user.memberships.organizations())
                }
            }
        },
        (Some(_) | None, Some(_) | None) => Scope::Public,
    })
}

/// Whether an actor who sees the buyer sees the request.
pub(super) fn sees(actor: &Actor, request: &Request) -> bool {
    request.published_at.is_some() || policy::allowed(actor, Action::ViewDraftRequests, &Facts::of(request.buyer))
}
