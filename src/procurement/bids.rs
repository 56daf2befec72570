//! Reading bids, as far as the reader may see them.
//!
//! A sealed bid exists for the members of the organization that sealed it and for nobody else: others are answered by the same
//! statements as where there is none. An opened bid is public as far as open contracting data are: who bids, for how much,
//! and what became of it; what was said beside it is for the buyer, those who bid, and whoever oversees the platform.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Bid, BidId, BidStatus, Finding, FrozenStatus, Procurement, Request, RequestId, WholeRequest,
    model::{bid_lifecycle::ShownStatus, offer::ReadOffer},
    sealing::{Place, Refused, Unreadable},
    store::{self, bid_lists::Matching, sealed::SealedRow},
};
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        policy::{self, Action, Facts},
    },
    documents::Document,
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of bids belong to.
pub const BIDS: &str = "bids:newest";
/// Requests that take bids and among which a bidder's own sealed ones are looked for.
const OPEN_REQUESTS_MAX: i64 = 5_000;

/// Which bids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BidFilter {
    /// Those on this request.
    pub request: Option<RequestId>,
    /// Those that this organization leads.
    pub bidder: Option<OrganizationId>,
    /// Those that stand so.
    pub status: Option<ShownStatus>,
}

/// What stands in a bid. It is never printed.
#[derive(Clone)]
pub struct BidContent {
    /// The canonical text that the receipt is the hash of.
    pub text: String,
    /// What it says.
    pub offer: ReadOffer,
    /// Who submitted it.
    pub submitted_by: Option<UserId>,
}

impl std::fmt::Debug for BidContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BidContent").finish_non_exhaustive()
    }
}

/// A bid as somebody sees it.
#[derive(Debug, Clone)]
pub struct SeenBid {
    /// The bid.
    pub bid: Bid,
    /// The request that it is on.
    pub request: Request,
    /// Where it stands as people are told.
    pub shown: ShownStatus,
    /// Its content; none of one that was withdrawn.
    pub content: Option<Arc<BidContent>>,
    /// Whether the reader belongs to whoever bids.
    pub is_own: bool,
    /// Whether she also sees what is for the buyer and those who bid.
    pub sees_all: bool,
}

impl Procurement {
    /// The organizations whose sealed bids an actor may read.
    pub(super) fn bidders_of(actor: &Actor) -> Vec<OrganizationId> {
        let organizations = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        let sees = |id: &OrganizationId| policy::allowed(actor, Action::ViewOwnBids, &Facts::of(*id));
        organizations.into_iter().filter(sees).collect()
    }

    /// A bid, if it exists and the actor may see it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn bid(&self, actor: &Actor, id: BidId) -> Result<Option<SeenBid>, Fault> {
        Ok(self.bids_by_ids(actor, &[id]).await?.remove(&id))
    }

    /// Those of these bids that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn bids_by_ids(&self, actor: &Actor, ids: &[BidId]) -> Result<HashMap<BidId, SeenBid>, Fault> {
        let found = store::bids::by_ids(&self.services().db, ids).await?;
        let requests: HashSet<RequestId> = found.values().map(|bid| bid.request).collect();
        let requests: Vec<RequestId> = requests.into_iter().collect();
        let requests = self.requests_by_ids(actor, &requests).await?;
        let own = self.own_among(actor, &found.values().cloned().collect::<Vec<_>>()).await?;
        let now = self.services().now();
        let mut seen = HashMap::with_capacity(found.len());
        for (id, bid) in found {
            let Some(request) = requests.get(&bid.request).cloned() else { continue };
            let shown = bid.shown(&request, now);
            let bid = match (&bid.opened, own.get(&id)) {
                (Some(opened), _) => {
                    let offer = ReadOffer::read(&opened.content).map_err(|error| Fault::corrupt("bid", error))?;
                    let is_own = offer.partners.iter().any(|(partner, _)| is_member(actor, *partner));
                    let sees_all = is_own || policy::allowed(actor, Action::ViewEvaluation, &Facts::of(request.buyer));
                    let (text, submitted_by) = (opened.content.clone(), opened.submitted_by);
                    let content = Some(Arc::new(BidContent { text, offer, submitted_by }));
                    SeenBid { bid, request, shown, content, is_own, sees_all }
                }
                (None, Some((bidder, row))) => {
                    let content = self.own_content(&bid, *bidder, row)?.map(Arc::new);
                    SeenBid { bid, request, shown, content, is_own: true, sees_all: true }
                }
                (None, None) => continue,
            };
            seen.insert(id, bid);
        }
        Ok(seen)
    }

    /// Those of these bids that one of the actor's organizations sealed and that were not opened, with the organization.
    pub(super) async fn own_among(
        &self,
        actor: &Actor,
        bids: &[Bid],
    ) -> Result<HashMap<BidId, (OrganizationId, SealedRow)>, Fault> {
        let sealed: Vec<(BidId, RequestId)> =
            bids.iter().filter(|bid| bid.opened.is_none()).map(|bid| (bid.id, bid.request)).collect();
        let requests: HashSet<RequestId> = sealed.iter().map(|(_, request)| *request).collect();
        let bidders = Self::bidders_of(actor);
        let pairs = requests.iter().flat_map(|request| bidders.iter().map(|bidder| (*request, *bidder)));
        let tags = self.knows.sealing.keys()?.tags_of(pairs)?;
        let ids: Vec<BidId> = sealed.iter().map(|(id, _)| *id).collect();
        let bytes: Vec<Vec<u8>> = tags.iter().map(|(tag, ..)| tag.to_vec()).collect();
        let rows = store::sealed::own(&self.services().db, &ids, &bytes).await?;
        let owned = rows.into_iter().filter_map(|(id, row)| {
            let (_, _, bidder) = tags.iter().find(|(tag, ..)| tag.as_slice() == row.tag.as_slice())?;
            Some((id, (*bidder, row)))
        });
        Ok(owned.collect())
    }

    /// The content of a bid for the organization that sealed it; none where it was withdrawn, or somebody damaged it.
    pub(super) fn own_content(
        &self,
        bid: &Bid,
        bidder: OrganizationId,
        row: &SealedRow,
    ) -> Result<Option<BidContent>, Fault> {
        let (Some(content), Some(for_bidder)) = (&row.content, &row.for_bidder) else { return Ok(None) };
        let place = Place { bid: bid.id, request: bid.request };
        let plain = match self.knows.sealing.keys()?.read_own(place, bidder, (content, for_bidder)) {
            Err(Refused::Unreadable(Unreadable::Damaged)) => {
                tracing::error!(bid = %bid.id, "a sealed bid is not what was sealed");
                return Ok(None);
            }
            read => read.map_err(unreadable)?,
        };
        let offer = ReadOffer::read(&plain.content).map_err(|error| Fault::corrupt("bid", error))?;
        let submitted_by = plain.submitted_by();
        Ok(Some(BidContent { text: plain.content, offer, submitted_by }))
    }

    /// A page of the bids that the actor may see, the last sealed first; and how many those are, if `count` is asked for.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn bids(
        &self,
        actor: &Actor,
        filter: BidFilter,
        args: &PageArgs,
        count: bool,
    ) -> Outcome<Counted<SeenBid>> {
        let page = Page::new(BIDS, args, SortValue::is_missing)?;
        let requests = match filter.request {
            Some(request) => vec![request],
            None => store::sealed::open_requests(&self.services().db, OPEN_REQUESTS_MAX).await?,
        };
        let which = self.matching(actor, &requests, filter).await?;
        let db = &self.services().db;
        let ids = store::bid_lists::page(db, filter.request, &which, &page).await?;
        let total = if count { Some(store::bid_lists::count(db, filter.request, &which).await?) } else { None };
        let mut seen = self.bids_by_ids(actor, &ids).await?;
        let slice = page.slice(ids);
        let mut rows = slice.rows.iter().filter_map(|id| seen.remove(id)).collect::<Vec<_>>();
        rows.shrink_to_fit();
        Ok((crate::kernel::page::Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous }, total))
    }

    /// The same page of the bids on each of these requests that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn bids_of(
        &self,
        actor: &Actor,
        requests: &[RequestId],
        page: &Page,
        count: bool,
    ) -> Result<HashMap<RequestId, Counted<SeenBid>>, Fault> {
        let which = self.matching(actor, requests, BidFilter::default()).await?;
        let db = &self.services().db;
        let found = store::bid_lists::pages(db, requests, &which, page).await?;
        let counts = if count { Some(store::bid_lists::counts(db, requests, &which).await?) } else { None };
        let ids: Vec<BidId> = found.iter().map(|(_, bid)| *bid).collect();
        let mut seen = self.bids_by_ids(actor, &ids).await?;
        let rows: Vec<SeenBid> = ids.iter().filter_map(|id| seen.remove(id)).collect();
        let slices = page.slices(rows, |bid| bid.request.id);
        Ok(page.counted(requests, slices, counts))
    }

    /// What of bids an actor may be shown; her own sealed ones are looked for on these requests.
    async fn matching(&self, actor: &Actor, requests: &[RequestId], filter: BidFilter) -> Result<Matching, Fault> {
        let mut bidders = Self::bidders_of(actor);
        bidders.retain(|id| filter.bidder.is_none_or(|bidder| bidder == *id));
        let pairs = requests.iter().flat_map(|request| bidders.iter().map(|bidder| (*request, *bidder)));
        let tags = self.knows.sealing.keys()?.tags_of(pairs)?;
        let tags: Vec<Vec<u8>> = tags.iter().map(|(tag, ..)| tag.to_vec()).collect();
        let own = store::sealed::under(&self.services().db, &tags).await?;
        let insider_of = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        let now = self.services().now();
        Ok(Matching { bidder: filter.bidder, status: filter.status, own, insider_of, now })
    }

    /// The documents of each of these opened bids, of which the reader was found to see everything.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn documents_of_bids(&self, bids: &[BidId]) -> Result<HashMap<BidId, Vec<Document>>, Fault> {
        let subjects: Vec<uuid::Uuid> = bids.iter().map(|id| id.uuid()).collect();
        let found = self.knows.documents.documents_of_seen(BidId::PREFIX, &subjects).await?;
        Ok(found.into_iter().map(|(bid, documents)| (BidId::from_uuid(bid), documents)).collect())
    }

    /// What an opening would find today of a sealed bid that its bidder sees.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn found_today(&self, bid: &SeenBid) -> Result<Vec<Finding>, Fault> {
        let Some(content) = bid.content.as_deref() else { return Ok(Vec::new()) };
        let (db, id) = (self.services().db.read(), bid.request.id);
        let whole = WholeRequest {
            lots: store::requests::lots(db, &[id]).await?.remove(&id).unwrap_or_default(),
            criteria: Vec::new(),
            measures: store::requests::measures(db, &[id]).await?.remove(&id).unwrap_or_default(),
            request: bid.request.clone(),
        };
        self.look_ahead(&whole, &content.offer).await
    }

    /// What organizations were where each of these opened bids was sealed.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn statuses_of_bids(&self, bids: &[BidId]) -> Result<HashMap<BidId, Vec<FrozenStatus>>, Fault> {
        let subjects: Vec<uuid::Uuid> = bids.iter().map(|id| id.uuid()).collect();
        let found = store::statuses::of_subjects(&self.services().db, &subjects).await?;
        Ok(found.into_iter().map(|(bid, statuses)| (BidId::from_uuid(bid), statuses)).collect())
    }
}

/// Whether the actor belongs to an organization, as one who sees its bids.
fn is_member(actor: &Actor, organization: OrganizationId) -> bool {
    policy::allowed(actor, Action::ViewOwnBids, &Facts::of(organization))
}

/// What cannot be read of one's own bid is ours to mend.
pub(super) fn unreadable(refused: Refused) -> Fault {
    match refused {
        Refused::Unreadable(reason) => Fault::corrupt("bid", reason),
        Refused::Fault(fault) => fault,
    }
}

impl BidStatus {
    /// Whether it was opened.
    #[must_use]
    pub const fn is_opened(self) -> bool {
        match self {
            Self::Opened | Self::Valid | Self::Disqualified => true,
            Self::Sealed | Self::Withdrawn | Self::Lapsed => false,
        }
    }
}

/// Where a bid stands in its list.
#[must_use]
pub fn bid_key(bid: &SeenBid) -> CursorKey {
    CursorKey { sort: SortValue::Missing, id: bid.bid.id.uuid() }
}
