//! Bids, and what belongs to them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::bid::{Bid, BidConnection, bid_connection};
use crate::{
    accounts::Actor,
    documents::{
        DocumentId,
        graphql::{Document, Loaders as Documents},
    },
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, failure, fault, loaders, wants_total_count},
        page::{Counted, Page, PageArgs, SortValue},
    },
    procurement::{BIDS, BidId, Finding, FrozenStatus, Procurement, RequestId, SeenBid},
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct BidLoaders {
    procurement: Procurement,
    by_id: Batcher<ById>,
    of_requests: Pages<OfRequests>,
    statuses: Batcher<StatusesOf>,
    documents: Batcher<DocumentsOf>,
}

impl BidLoaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(procurement: &Procurement, actor: &Actor) -> Self {
        Self {
            procurement: procurement.clone(),
            by_id: Batcher::new(ById(procurement.clone(), actor.clone())),
            of_requests: Pages::new(OfRequests(procurement.clone(), actor.clone())),
            statuses: Batcher::new(StatusesOf(procurement.clone())),
            documents: Batcher::new(DocumentsOf(procurement.clone())),
        }
    }

    /// The bid, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn bid(ctx: &Context<'_>, id: BidId) -> Result<Option<Bid>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(|bid| Bid((*bid).clone())))
    }

    /// A page of the bids on a request that the request's actor may see, loaded together with those of its siblings.
    ///
    /// # Errors
    /// What is wrong with the arguments, or the masked form of a fault.
    pub async fn of_request(ctx: &Context<'_>, request: RequestId, args: &PageArgs) -> Result<BidConnection, Error> {
        let page = Page::new(BIDS, args, SortValue::is_missing).map_err(|error| failure(ctx, error.into()))?;
        let pages = &loaders::<Self>(ctx)?.of_requests;
        Ok(bid_connection(pages.get(ctx, request, page, wants_total_count(ctx)).await?))
    }

    /// What organizations were where a bid was sealed.
    pub(super) async fn statuses(ctx: &Context<'_>, bid: BidId) -> Result<Arc<Vec<FrozenStatus>>, Error> {
        Ok(loaders::<Self>(ctx)?.statuses.get(ctx, bid).await?.unwrap_or_default())
    }

    /// The documents of an opened bid of which the request's actor sees everything.
    pub(super) async fn documents(ctx: &Context<'_>, bid: BidId) -> Result<Vec<Document>, Error> {
        let found = loaders::<Self>(ctx)?.documents.get(ctx, bid).await?;
        Ok(found.unwrap_or_default().iter().cloned().map(Document::from).collect())
    }

    /// Documents of the actor's own organization.
    pub(super) async fn own_documents(ctx: &Context<'_>, ids: &[DocumentId]) -> Result<Vec<Document>, Error> {
        let found = ids.iter().map(|id| Documents::document(ctx, *id));
        Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
    }

    /// What would be found today of a sealed bid that its bidder sees.
    pub(super) async fn found_today(ctx: &Context<'_>, bid: &SeenBid) -> Result<Vec<Finding>, Error> {
        let found = Box::pin(loaders::<Self>(ctx)?.procurement.found_today(bid));
        found.await.map_err(|error| fault(ctx, &error))
    }
}

struct ById(Procurement, Actor);

impl BatchLoad for ById {
    type Key = BidId;
    type Value = Arc<SeenBid>;

    async fn load(&self, ids: Vec<BidId>) -> Result<HashMap<BidId, Arc<SeenBid>>, Fault> {
        let found = self.0.bids_by_ids(&self.1, &ids).await?;
        Ok(found.into_iter().map(|(id, bid)| (id, Arc::new(bid))).collect())
    }
}

struct OfRequests(Procurement, Actor);

impl PageLoad for OfRequests {
    type Parent = RequestId;
    type Item = SeenBid;

    async fn load(
        &self,
        requests: Vec<RequestId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<RequestId, Counted<SeenBid>>, Fault> {
        self.0.bids_of(&self.1, &requests, page, count).await
    }
}

struct StatusesOf(Procurement);

impl BatchLoad for StatusesOf {
    type Key = BidId;
    type Value = Arc<Vec<FrozenStatus>>;

    async fn load(&self, bids: Vec<BidId>) -> Result<HashMap<BidId, Self::Value>, Fault> {
        let found = self.0.statuses_of_bids(&bids).await?;
        Ok(found.into_iter().map(|(bid, statuses)| (bid, Arc::new(statuses))).collect())
    }
}

struct DocumentsOf(Procurement);

impl BatchLoad for DocumentsOf {
    type Key = BidId;
    type Value = Arc<Vec<crate::documents::Document>>;

    async fn load(&self, bids: Vec<BidId>) -> Result<HashMap<BidId, Self::Value>, Fault> {
        let found = self.0.documents_of_bids(&bids).await?;
        Ok(found.into_iter().map(|(bid, documents)| (bid, Arc::new(documents))).collect())
    }
}
