//! Listings for many siblings at once.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, Error};

use super::{Listing, ListingConnection, ListingFilter, ListingOrderBy, StockReservation, listing::card_parts};
use crate::{
    accounts::{Actor, OrganizationId},
    catalog::{
        Catalog, Reservation, ReservationId, Version,
        model::{
            self, CardParts, ListingId,
            query::{ListingFilter as Filter, ListingOrder, ListingQuery},
        },
        store::rows::Shared,
    },
    kernel::{
        Failure, Fault, Outcome,
        graphql::{Asked, BatchLoad, Batcher, PageLoad, Pages, failure, loaders, wants_total_count},
        page::{Counted, Page, PageArgs, Slice},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    by_id: Batcher<ById>,
    by_organization: Batcher<ByOrganization>,
    pages: Asked<Arc<PageOf>>,
    reservations_by_id: Batcher<ReservationsById>,
    reservations: Pages<ReservationsOf>,
    versions: Pages<VersionsOf>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(catalog: &Catalog, actor: &Actor) -> Self {
        Self {
            by_id: Batcher::new(ById { catalog: catalog.clone(), actor: actor.clone() }),
            by_organization: Batcher::new(ByOrganization { catalog: catalog.clone(), actor: actor.clone() }),
            pages: Asked::default(),
            reservations_by_id: Batcher::new(ReservationsById { catalog: catalog.clone(), actor: actor.clone() }),
            reservations: Pages::new(ReservationsOf { catalog: catalog.clone(), actor: actor.clone() }),
            versions: Pages::new(VersionsOf(catalog.clone())),
        }
    }

    /// The listing, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn listing(ctx: &Context<'_>, id: ListingId) -> Result<Option<Listing>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(|(listing, seller)| Listing::Whole(listing, seller)))
    }

    /// The listing that a wire id names, if the request's actor may see it; none for the id of anything else.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn listing_named(ctx: &Context<'_>, id: &str) -> Result<Option<Listing>, Error> {
        match id.parse() {
            Ok(id) => Self::listing(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The reservation, if it exists and the request's actor belongs to its buyer or seller.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn reservation(ctx: &Context<'_>, id: ReservationId) -> Result<Option<StockReservation>, Error> {
        Ok(loaders::<Self>(ctx)?.reservations_by_id.get(ctx, id).await?.map(StockReservation))
    }

    /// A page of those reservations of a listing that the request's actor is shown.
    pub(super) async fn reservations(
        ctx: &Context<'_>,
        listing: &model::Listing,
        page: Page,
    ) -> Result<Counted<Reservation>, Error> {
        let parent = (listing.id, listing.organization);
        loaders::<Self>(ctx)?.reservations.get(ctx, parent, page, wants_total_count(ctx)).await
    }

    /// A page of the earlier versions of a listing whose versions the request's actor is shown.
    pub(super) async fn versions(ctx: &Context<'_>, id: ListingId, page: Page) -> Result<Counted<Version>, Error> {
        loaders::<Self>(ctx)?.versions.get(ctx, id, page, wants_total_count(ctx)).await
    }
}

struct ReservationsById {
    catalog: Catalog,
    actor: Actor,
}

impl BatchLoad for ReservationsById {
    type Key = ReservationId;
    type Value = Reservation;

    async fn load(&self, keys: Vec<ReservationId>) -> Result<HashMap<ReservationId, Reservation>, Fault> {
        self.catalog.reservations_by_ids(&self.actor, &keys).await
    }
}

struct ReservationsOf {
    catalog: Catalog,
    actor: Actor,
}

impl PageLoad for ReservationsOf {
    type Parent = (ListingId, OrganizationId);
    type Item = Reservation;

    async fn load(
        &self,
        listings: Vec<Self::Parent>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<Self::Parent, Counted<Reservation>>, Fault> {
        let mut found = self.catalog.reservations(&self.actor, &listings, page, count).await?;
        Ok(listings.into_iter().filter_map(|parent| Some((parent, found.remove(&parent.0)?))).collect())
    }
}

struct VersionsOf(Catalog);

impl PageLoad for VersionsOf {
    type Parent = ListingId;
    type Item = Version;

    async fn load(
        &self,
        listings: Vec<ListingId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<ListingId, Counted<Version>>, Fault> {
        self.0.versions(&listings, page, count).await
    }
}

struct ById {
    catalog: Catalog,
    actor: Actor,
}

impl BatchLoad for ById {
    type Key = ListingId;
    type Value = Shared;

    async fn load(&self, keys: Vec<ListingId>) -> Result<HashMap<ListingId, Shared>, Fault> {
        fault_only(self.catalog.listings_by_ids(&self.actor, &keys).await)
    }
}

/// A page of the listings of an organization. Organizations that are asked for the same page are answered together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PageKey {
    organization: OrganizationId,
    page: Arc<PageOf>,
}

impl Hash for PageKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Hardly ever are two pages of one organization asked for together.
        self.organization.hash(state);
    }
}

#[derive(Debug, PartialEq, Eq)]
struct PageOf {
    query: ListingQuery,
    /// Whose alone, if anybody's.
    only: Option<OrganizationId>,
    count: bool,
    /// Which parts of cards are enough, if cards are.
    cards: Option<CardParts>,
}

type LoadedPage = Arc<(Slice<Listing>, Option<i64>)>;

struct ByOrganization {
    catalog: Catalog,
    actor: Actor,
}

impl BatchLoad for ByOrganization {
    type Key = PageKey;
    type Value = LoadedPage;

    async fn load(&self, keys: Vec<PageKey>) -> Result<HashMap<PageKey, LoadedPage>, Fault> {
        let mut loaded = HashMap::with_capacity(keys.len());
        // Hardly ever more than one.
        let mut groups: Vec<(Arc<PageOf>, Vec<OrganizationId>)> = Vec::new();
        for PageKey { organization, page } in keys {
            match groups.iter_mut().find(|(other, _)| *other == page) {
                Some((_, organizations)) => organizations.push(organization),
                None => groups.push((page, vec![organization])),
            }
        }
        for (page, organizations) in groups {
            let query = &page.query;
            let cards = match page.cards {
                Some(parts) => {
                    fault_only(self.catalog.listing_cards_of(&self.actor, &organizations, query, parts).await)?
                }
                None => None,
            };
            let slices = match cards {
                Some(cards) => wired(cards),
                None => wired(fault_only(self.catalog.listings_of(&self.actor, &organizations, query).await)?),
            };
            let mut counts = HashMap::new();
            if page.count {
                let counting = self.catalog.count_listings_of(&self.actor, &organizations, &query.filter);
                counts = fault_only(counting.await)?;
            }
            for (organization, slice) in slices {
                let total = page.count.then(|| counts.get(&organization).copied().unwrap_or(0));
                loaded.insert(PageKey { organization, page: Arc::clone(&page) }, Arc::new((slice, total)));
            }
        }
        Ok(loaded)
    }
}

fn wired<L: Into<Listing>>(pages: HashMap<OrganizationId, Slice<L>>) -> HashMap<OrganizationId, Slice<Listing>> {
    pages.into_iter().map(|(organization, page)| (organization, page.map(Into::into))).collect()
}

/// What only a fault can keep from being loaded.
fn fault_only<T>(outcome: Outcome<T>) -> Result<T, Fault> {
    outcome.map_err(|error| match error {
        Failure::Fault(fault) => fault,
        Failure::Rejected(_) => Fault::Internal(error.to_string()),
    })
}

/// A room that the schema holds, or a fault of whoever put the schema together.
pub(super) fn present<T>(found: Result<T, Error>) -> Result<T, Fault> {
    found.map_err(|error| Fault::Internal(error.message))
}

/// What a list of listings is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListingsArgs {
    /// Which.
    pub filter: Option<ListingFilter>,
    /// In which order; the newest first where none is given.
    pub order_by: Option<ListingOrderBy>,
    /// From where to where.
    pub page: PageArgs,
}

impl ListingsArgs {
    /// The checked arguments.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(&self, ctx: &Context<'_>) -> Outcome<ListingQuery> {
        let filter = match &self.filter {
            Some(filter) => filter.read(ctx)?,
            None => Filter::default(),
        };
        let order = self.order_by.map(ListingOrder::from).unwrap_or_default();
        Ok(ListingQuery::new(filter, order, &self.page)?)
    }
}

/// A page of the listings of an organization that the request's actor may see, loaded together with those of its siblings.
///
/// # Errors
/// What is wrong with the arguments, or the masked form of a fault.
pub async fn organization_listings(
    ctx: &Context<'_>,
    organization: OrganizationId,
    args: ListingsArgs,
) -> Result<ListingConnection, Error> {
    let loaders = loaders::<Loaders>(ctx)?;
    let page = loaders.pages.of(ctx, || {
        let mut query = args.read(ctx).map_err(|error| failure(ctx, error))?;
        let only = query.filter.organization.take();
        let (count, cards) = (wants_total_count(ctx), card_parts(ctx, query.order));
        Ok::<_, Error>(Arc::new(PageOf { query, only, count, cards }))
    })?;
    let query = &page.query;
    let empty = || (query.page.slice(Vec::new()), page.count.then_some(0));
    if page.only.is_some_and(|other| other != organization) {
        let (slice, total) = empty();
        return Ok(connection(slice, query.order, total));
    }
    let key = PageKey { organization, page: Arc::clone(&page) };
    let loaded = loaders.by_organization.get(ctx, key).await?;
    let (slice, total) = loaded.map_or_else(empty, |loaded| (*loaded).clone());
    Ok(connection(slice, query.order, total))
}

/// A page of listings with the cursors of its order.
pub(super) fn connection(slice: Slice<Listing>, order: ListingOrder, total: Option<i64>) -> ListingConnection {
    ListingConnection::new(slice, |listing| (listing.cursor(order), listing), total)
}
