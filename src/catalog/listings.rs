//! Reading listings, as far as the reader may see them.

use std::{collections::HashMap, sync::Arc};

use super::{
    CardParts, Catalog, Listing, ListingCard, ListingId, Reservation, ReservationId, Version,
    model::query::{ListingFilter, ListingOrder, ListingQuery, Scope},
    store::{self, reservations::ReservationScope, row::OnPage, rows::Shared},
    visibility::visible,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{
        Fault, Outcome, UserError,
        page::{Counted, Page, PageArgs, Slice, SortValue},
    },
};

/// What cursors of the versions of a listing are marked with.
pub(super) const VERSIONS_LIST: &str = "listing-versions";
/// What cursors of the reservations of a listing are marked with.
pub(super) const RESERVATIONS_LIST: &str = "reservations";

impl ListingQuery {
    /// Checks the arguments of a list of listings.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub fn new(filter: ListingFilter, order: ListingOrder, args: &PageArgs) -> Result<Self, UserError> {
        let page = Page::new(order.list_name(), args, |sort| order.gives(sort))?;
        Ok(Self { filter, order, page })
    }
}

impl Catalog {
    /// A listing, if it exists and the actor may see it.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listing(&self, actor: &Actor, id: ListingId) -> Outcome<Option<Listing>> {
        Ok(self.listings_by_ids(actor, &[id]).await?.remove(&id).map(|(listing, _)| Arc::unwrap_or_clone(listing)))
    }

    /// Those of these listings that exist and that the actor may see.
    ///
    /// # Errors
    /// Only faults.
    pub(super) async fn listings_by_ids(
        &self,
        actor: &Actor,
        ids: &[ListingId],
    ) -> Outcome<HashMap<ListingId, Shared>> {
        let mut found = self.knows.by_id.get(ids).await?;
        found.retain(|_, (listing, seller)| visible(actor, listing, seller.is_some()));
        Ok(found)
    }

    /// A page of listings that the actor may see; as `visibility` has it.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listings(&self, actor: &Actor, query: &ListingQuery) -> Outcome<Slice<Listing>> {
        let scope = Scope::of(actor, &query.filter);
        let rows =
            store::pages::page(&self.knows.services.db, query, &scope, self.knows.services.clock.today(), ()).await?;
        Ok(query.page.slice(rows))
    }

    /// The same page as cards, which are read faster, where it is one that everybody is shown.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listing_cards(
        &self,
        actor: &Actor,
        query: &ListingQuery,
        parts: CardParts,
    ) -> Outcome<Option<Slice<ListingCard>>> {
        let scope = Scope::of(actor, &query.filter);
        if scope != Scope::Public {
            return Ok(None);
        }
        let today = self.knows.services.clock.today();
        let rows = store::pages::page(&self.knows.services.db, query, &scope, today, parts).await?;
        Ok(Some(query.page.slice(rows)))
    }

    /// How many listings the actor may see under a filter.
    ///
    /// # Errors
    /// Only faults.
    pub async fn count_listings(&self, actor: &Actor, filter: &ListingFilter) -> Outcome<i64> {
        let scope = Scope::of(actor, filter);
        Ok(store::pages::count(&self.knows.services.db, filter, &scope, self.knows.services.clock.today()).await?)
    }

    /// The same page for each of several organizations, in a number of statements that depends on neither. The query's
    /// filter names no organization of its own.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listings_of(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
        query: &ListingQuery,
    ) -> Outcome<HashMap<OrganizationId, Slice<Listing>>> {
        let mut pages = HashMap::new();
        for (scope, members) in scopes(actor, organizations) {
            pages.extend(self.pages_of(&members, query, &scope, ()).await?);
        }
        Ok(pages)
    }

    /// The same pages as cards, which are read faster, where they are such as everybody is shown.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listing_cards_of(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
        query: &ListingQuery,
        parts: CardParts,
    ) -> Outcome<Option<HashMap<OrganizationId, Slice<ListingCard>>>> {
        match scopes(actor, organizations).as_slice() {
            [(Scope::Public, members)] => Ok(Some(self.pages_of(members, query, &Scope::Public, parts).await?)),
            _ => Ok(None),
        }
    }

    async fn pages_of<T: OnPage>(
        &self,
        organizations: &[OrganizationId],
        query: &ListingQuery,
        scope: &Scope,
        parts: T::Parts,
    ) -> Result<HashMap<OrganizationId, Slice<T>>, Fault> {
        let (db, today) = (&self.knows.services.db, self.knows.services.clock.today());
        let mut rows = store::pages::pages_of(db, organizations, query, scope, today, parts).await?;
        let mut page = |id: &OrganizationId| (*id, query.page.slice(rows.remove(id).unwrap_or_default()));
        Ok(organizations.iter().map(&mut page).collect())
    }

    /// How many listings of each organization the actor may see under a filter, in a number of statements that does not
    /// depend on how many organizations there are.
    ///
    /// # Errors
    /// Only faults.
    pub async fn count_listings_of(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
        filter: &ListingFilter,
    ) -> Outcome<HashMap<OrganizationId, i64>> {
        let today = self.knows.services.clock.today();
        let mut counts = HashMap::new();
        for (scope, members) in scopes(actor, organizations) {
            counts.extend(store::pages::counts_of(&self.knows.services.db, &members, filter, &scope, today).await?);
        }
        Ok(counts)
    }

    /// Which page of the earlier versions of a listing the actor is shown; none if she is neither member nor auditor.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub fn versions_page(&self, actor: &Actor, listing: &Listing, args: &PageArgs) -> Result<Option<Page>, UserError> {
        if !allowed(actor, Action::ViewUnpublishedListings, &Facts::of(listing.organization)) {
            return Ok(None);
        }
        Page::new(VERSIONS_LIST, args, SortValue::is_integer).map(Some)
    }

    /// That page of the earlier versions of each of several listings, the newest first, and how many there are if `count`
    /// is asked for.
    ///
    /// # Errors
    /// Only faults.
    pub async fn versions(
        &self,
        listings: &[ListingId],
        page: &Page,
        count: bool,
    ) -> Result<HashMap<ListingId, Counted<Version>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::versions::pages(db, listings, page).await?;
        let counts = if count { Some(store::versions::counts(db, listings).await?) } else { None };
        Ok(page.counted(listings, slices, counts))
    }

    /// Which page of the reservations of a listing is asked for.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub fn reservations_page(&self, args: &PageArgs) -> Result<Page, UserError> {
        Page::new(RESERVATIONS_LIST, args, SortValue::is_missing)
    }

    /// The same page of the reservations of each of several listings, the newest first, and how many there are if `count`
    /// is asked for: all of them to members of the seller, to others those of their own organizations.
    ///
    /// # Errors
    /// Only faults.
    pub async fn reservations(
        &self,
        actor: &Actor,
        listings: &[(ListingId, OrganizationId)],
        page: &Page,
        count: bool,
    ) -> Result<HashMap<ListingId, Counted<Reservation>>, Fault> {
        let insider = |organization| allowed(actor, Action::ViewUnpublishedListings, &Facts::of(organization));
        let (inside, outside): (Vec<_>, Vec<_>) = listings.iter().partition(|(_, seller)| insider(*seller));
        let own = actor.user().map(|user| user.memberships.organizations()).unwrap_or_default();
        // Nothing is held for whoever belongs to no organization: nobody needs to be asked.
        let outside = if own.is_empty() { Vec::new() } else { outside };
        let db = &self.knows.services.db;
        let mut pages = HashMap::new();
        for (scope, listings) in [(ReservationScope::All, inside), (ReservationScope::Of(own), outside)] {
            if listings.is_empty() {
                continue;
            }
            let listings: Vec<ListingId> = listings.into_iter().map(|(listing, _)| listing).collect();
            let slices = store::reservations::pages(db, &listings, &scope, page).await?;
            let counts = if count { Some(store::reservations::counts(db, &listings, &scope).await?) } else { None };
            pages.extend(page.counted(&listings, slices, counts));
        }
        Ok(pages)
    }

    /// Those of these reservations whose buyer or seller the actor belongs to.
    ///
    /// # Errors
    /// Only faults.
    pub async fn reservations_by_ids(
        &self,
        actor: &Actor,
        ids: &[ReservationId],
    ) -> Result<HashMap<ReservationId, Reservation>, Fault> {
        let db = &self.knows.services.db;
        let found = store::reservations::by_ids(db, ids).await?;
        let listings: Vec<ListingId> = found.iter().map(|reservation| reservation.listing).collect();
        let listings = self.knows.by_id.get(&listings).await?;
        let may = |organization| allowed(actor, Action::ViewUnpublishedListings, &Facts::of(organization));
        let seen = |reservation: &Reservation| {
            let seller = listings.get(&reservation.listing).map(|(listing, _)| listing.organization);
            may(reservation.organization) || seller.is_some_and(may)
        };
        Ok(found.into_iter().filter(seen).map(|reservation| (reservation.id, reservation)).collect())
    }
}

/// The organizations by what the actor may see of them: at most two groups.
fn scopes(actor: &Actor, organizations: &[OrganizationId]) -> Vec<(Scope, Vec<OrganizationId>)> {
    let insider = |id: &OrganizationId| allowed(actor, Action::ViewUnpublishedListings, &Facts::of(*id));
    let (inside, outside): (Vec<_>, Vec<_>) = organizations.iter().copied().partition(insider);
    let groups = [(Scope::Everything, inside), (Scope::Public, outside)];
    groups.into_iter().filter(|(_, members)| !members.is_empty()).collect()
}
