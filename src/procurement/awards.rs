//! Reading awards. An award is public from the moment it is made.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Award, AwardFilter, AwardId, BidId, BidPartner, FrozenStatus, Procurement, RequestId, judge::rules, store,
};
use crate::{
    accounts::Actor,
    kernel::{
        Fault, Outcome,
        clock::Timestamp,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of awards belong to.
pub const AWARDS: &str = "awards:newest";

impl Procurement {
    /// Those of these awards that exist, of requests that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn awards_by_ids(&self, actor: &Actor, ids: &[AwardId]) -> Result<HashMap<AwardId, Award>, Fault> {
        let mut found = store::awards::by_ids(&self.services().db, ids).await?;
        let requests: Vec<RequestId> = found.values().map(|award| award.request).collect();
        let seen = self.requests_by_ids(actor, &requests).await?;
        found.retain(|_, award| seen.contains_key(&award.request));
        Ok(found)
    }

    /// Every award of each of these requests, which the actor was shown, in the order in which they were made.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn awards_of(&self, requests: &[RequestId]) -> Result<HashMap<RequestId, Vec<Award>>, Fault> {
        store::awards::of_requests(self.services().db.read(), requests).await
    }

    /// Who each of these opened bids is from, whoever leads first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn suppliers_of(&self, bids: &[BidId]) -> Result<HashMap<BidId, Vec<BidPartner>>, Fault> {
        store::bids::partners(self.services().db.read(), bids).await
    }

    /// What organizations were under definitions of women's ownership where each of these bids or awards relied on it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn frozen(&self, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
        store::statuses::of_subjects(&self.services().db, subjects).await
    }

    /// A page of awards, the last made first.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn awards(&self, filter: &AwardFilter, args: &PageArgs, total: bool) -> Outcome<Counted<Award>> {
        let page = Page::new(AWARDS, args, SortValue::is_time)?;
        let db = &self.services().db;
        let slice = store::awards::page(db, filter, &page).await?;
        let total = if total { Some(store::awards::count(db, filter).await?) } else { None };
        Ok((slice, total.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
    }

    /// The first instant at which an award can no longer be appealed against with its buyer.
    ///
    /// # Errors
    /// When no rules were in force when it was made.
    pub fn appeals_until(&self, award: &Award) -> Result<Timestamp, Fault> {
        Ok(rules(award.awarded_at)?.gracious_until(award))
    }
}

/// Where an award stands in its lists.
#[must_use]
pub fn award_key(award: &Award) -> CursorKey {
    CursorKey { sort: SortValue::Time(award.awarded_at), id: award.id.uuid() }
}
