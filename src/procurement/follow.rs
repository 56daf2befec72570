//! Which requests are told of to whom as they change.

use super::{
    Procurement, Request, RequestId,
    model::query::{RequestFilter, RequestOrder, RequestQuery},
    requests::scope,
};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        page::{Page, PageArgs},
    },
};

impl Procurement {
    /// Goes on if the actor sees a request that she wants to follow.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] at `requestId`.
    pub async fn request_to_follow(&self, actor: &Actor, id: RequestId) -> Outcome<Request> {
        let found = self.request(actor, id).await?;
        found.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["requestId"]).into())
    }

    /// Goes on if the actor may have requests listed by this filter.
    ///
    /// # Errors
    /// As of [`Procurement::requests`].
    pub fn may_list(&self, actor: &Actor, filter: &RequestFilter) -> Outcome<()> {
        scope(actor, filter).map(|_| ())
    }

    /// A request that the actor sees and that the filter lets through.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn followed_request(
        &self,
        actor: &Actor,
        id: RequestId,
        filter: Option<RequestFilter>,
    ) -> Outcome<Option<Request>> {
        let Some(filter) = filter else { return Ok(self.request(actor, id).await?) };
        let order = RequestOrder::default();
        let page = Page::new(order.list_name(), &PageArgs::default(), |sort| order.gives(sort));
        let page = page.map_err(|error| Fault::Internal(format!("a page of one request: {:?}", error.code)))?;
        let query = RequestQuery { filter: RequestFilter { only: Some(id), ..filter }, order, page };
        Ok(self.requests(actor, &query).await?.rows.into_iter().next())
    }
}
