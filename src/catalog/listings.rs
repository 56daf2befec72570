//! Reading listings, as far as the reader may see them.

use std::collections::HashMap;

use super::{
    Catalog, Listing, ListingId, Reservation, ReservationId, Version,
    model::query::{ListingFilter, ListingOrder, ListingQuery, Scope},
    store::{self, reservations::ReservationScope},
    visibility::visible,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{
        ErrorCode, Outcome, UserError,
        page::{CursorKey, Page, PageArgs, Slice, SortValue},
    },
};

/// What cursors of the versions of a listing are marked with.
pub(super) const VERSIONS_LIST: &str = "listing-versions";
/// What cursors of the reservations of a listing are marked with.
pub(super) const RESERVATIONS_LIST: &str = "reservations";

/// A page of versions, and how many there are in all where that was asked.
pub struct ListingVersions {
    /// The versions, newest first.
    pub slice: Slice<Version>,
    /// All of them.
    pub total: Option<i64>,
}

impl ListingQuery {
    /// Checks the arguments of a list of listings.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub fn new(filter: ListingFilter, order: ListingOrder, args: &PageArgs) -> Result<Self, UserError> {
        let page = Page::new(order.list_name(), args)?;
        for (argument, key) in [("after", &page.after), ("before", &page.before)] {
            if key.as_ref().is_some_and(|key| !order.gives(&key.sort)) {
                return Err(UserError::new(ErrorCode::InvalidCursor, [argument]));
            }
        }
        Ok(Self { filter, order, page })
    }
}

impl Catalog {
    /// A listing, if it exists and the actor may see it.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listing(&self, actor: &Actor, id: ListingId) -> Outcome<Option<Listing>> {
        Ok(self.listings_by_ids(actor, &[id]).await?.remove(&id))
    }

    /// Those of these listings that exist and that the actor may see.
    ///
    /// # Errors
    /// Only faults.
    pub async fn listings_by_ids(&self, actor: &Actor, ids: &[ListingId]) -> Outcome<HashMap<ListingId, Listing>> {
        let found = store::rows::by_ids(&self.services.db, ids).await?;
        let seen = found.into_iter().filter(|(_, found)| visible(actor, &found.listing, found.good_standing));
        Ok(seen.map(|(id, found)| (id, found.listing)).collect())
    }

    /// A page of listings that the actor may see; see [`Scope::of`].
    ///
    /// # Errors
    /// Only faults.
    pub async fn listings(&self, actor: &Actor, query: &ListingQuery) -> Outcome<Slice<Listing>> {
        let scope = Scope::of(actor, &query.filter);
        let rows = store::pages::page(&self.services.db, query, &scope, self.services.clock.today()).await?;
        Ok(query.page.slice(rows))
    }

    /// How many listings the actor may see under a filter.
    ///
    /// # Errors
    /// Only faults.
    pub async fn count_listings(&self, actor: &Actor, filter: &ListingFilter) -> Outcome<i64> {
        let scope = Scope::of(actor, filter);
        Ok(store::pages::count(&self.services.db, filter, &scope, self.services.clock.today()).await?)
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
        let today = self.services.clock.today();
        let mut pages = HashMap::new();
        for (scope, members) in scopes(actor, organizations) {
            let mut rows = store::pages::pages_of(&self.services.db, &members, query, &scope, today).await?;
            for organization in members {
                pages.insert(organization, query.page.slice(rows.remove(&organization).unwrap_or_default()));
            }
        }
        Ok(pages)
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
        let today = self.services.clock.today();
        let mut counts = HashMap::new();
        for (scope, members) in scopes(actor, organizations) {
            counts.extend(store::pages::counts_of(&self.services.db, &members, filter, &scope, today).await?);
        }
        Ok(counts)
    }

    /// A page of the earlier versions of a listing, the newest first; none to whoever is neither member nor auditor.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub async fn listing_versions(
        &self,
        actor: &Actor,
        listing: &Listing,
        args: &PageArgs,
        count: bool,
    ) -> Outcome<Option<ListingVersions>> {
        if !allowed(actor, Action::ViewUnpublishedListings, &Facts::of(listing.organization)) {
            return Ok(None);
        }
        let page = Page::new(VERSIONS_LIST, args)?;
        let bounds = (version_bound(&page.after, "after")?, version_bound(&page.before, "before")?);
        let db = &self.services.db;
        let rows = store::versions::page(db, listing.id, bounds, &page).await?;
        let total = if count { Some(store::versions::count(db, listing.id).await?) } else { None };
        Ok(Some(ListingVersions { slice: page.slice(rows), total }))
    }

    /// A page of the reservations of a listing, the newest first: all of them to members of the seller, to others those of
    /// their own organizations.
    ///
    /// # Errors
    /// `InvalidPageSize`, `InvalidCursor`.
    pub async fn reservations(
        &self,
        actor: &Actor,
        listing: &Listing,
        args: &PageArgs,
        count: bool,
    ) -> Outcome<(Slice<Reservation>, Option<i64>)> {
        let page = Page::new(RESERVATIONS_LIST, args)?;
        let scope = if allowed(actor, Action::ViewUnpublishedListings, &Facts::of(listing.organization)) {
            ReservationScope::All
        } else {
            let own = actor.user().map(|user| user.memberships.organizations());
            ReservationScope::Of(own.unwrap_or_default())
        };
        let db = &self.services.db;
        let rows = store::reservations::page(db, listing.id, &scope, &page).await?;
        let total = if count { Some(store::reservations::count(db, listing.id, &scope).await?) } else { None };
        Ok((page.slice(rows), total))
    }

    /// A reservation with its listing, if the actor belongs to the buyer or the seller.
    ///
    /// # Errors
    /// Only faults.
    pub async fn reservation(&self, actor: &Actor, id: ReservationId) -> Outcome<Option<(Reservation, Listing)>> {
        let db = &self.services.db;
        let Some(reservation) = store::reservations::by_id(db, id).await? else { return Ok(None) };
        let Some(found) = store::rows::by_ids(db, &[reservation.listing]).await?.remove(&reservation.listing) else {
            return Ok(None);
        };
        let may = |organization| allowed(actor, Action::ViewUnpublishedListings, &Facts::of(organization));
        let seen = may(reservation.organization) || may(found.listing.organization);
        Ok(seen.then_some((reservation, found.listing)))
    }
}

/// The organizations by what the actor may see of them: at most two groups.
fn scopes(actor: &Actor, organizations: &[OrganizationId]) -> Vec<(Scope, Vec<OrganizationId>)> {
    let insider = |id: &OrganizationId| allowed(actor, Action::ViewUnpublishedListings, &Facts::of(*id));
    let (inside, outside): (Vec<_>, Vec<_>) = organizations.iter().copied().partition(insider);
    let groups = [(Scope::Everything, inside), (Scope::Public, outside)];
    groups.into_iter().filter(|(_, members)| !members.is_empty()).collect()
}

fn version_bound(key: &Option<CursorKey>, argument: &'static str) -> Result<Option<i64>, UserError> {
    match key.as_ref().map(|key| &key.sort) {
        None => Ok(None),
        Some(SortValue::Integer(version)) => Ok(Some(*version)),
        Some(SortValue::Text(_) | SortValue::Time(_) | SortValue::Missing) => {
            Err(UserError::new(ErrorCode::InvalidCursor, [argument]))
        }
    }
}
