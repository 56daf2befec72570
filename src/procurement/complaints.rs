//! Reading appeals: whoever filed one sees it, whoever it is made to, and those who oversee the platform.

use std::collections::HashMap;

use super::{
    ComplaintId, Procurement, RequestId,
    model::complaint::{Complaint, ComplaintFilter, Onlooker},
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of appeals belong to.
pub const COMPLAINTS: &str = "complaints:newest";

impl Procurement {
    /// Those of these appeals that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn complaints_by_ids(
        &self,
        actor: &Actor,
        ids: &[ComplaintId],
    ) -> Result<HashMap<ComplaintId, Complaint>, Fault> {
        let db = &self.services().db;
        let mut found = store::complaints::by_ids(db, ids).await?;
        let Onlooker::Of(organizations) = onlooker(actor) else { return Ok(found) };
        let requests: Vec<RequestId> = found.values().map(|complaint| complaint.request).collect();
        let requests = store::requests::by_ids(db, &requests).await?;
        found.retain(|_, complaint| {
            let buyer = requests.get(&complaint.request).map(|request| request.buyer);
            organizations.contains(&complaint.organization) || buyer.is_some_and(|buyer| organizations.contains(&buyer))
        });
        Ok(found)
    }

    /// A page of the appeals that the actor may see, the last filed first.
    ///
    /// # Errors
    /// `Unauthenticated`, or what is wrong with the page.
    pub async fn complaints(
        &self,
        actor: &Actor,
        filter: &ComplaintFilter,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Complaint>> {
        let onlooker = onlooker(actor);
        if onlooker != Onlooker::Everything {
            actor.signed_in()?;
        }
        let page = Page::new(COMPLAINTS, args, SortValue::is_time)?;
        let (db, what) = (&self.services().db, (filter, &onlooker));
        let slice = store::complaints::page(db, what, &page).await?;
        let total = if total { Some(store::complaints::count(db, what).await?) } else { None };
        Ok((slice, total.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
    }
}

/// Which appeals an actor sees.
fn onlooker(actor: &Actor) -> Onlooker {
    // About nobody in particular: whoever may see how any request is judged.
    if policy::allowed(actor, Action::ViewEvaluation, &Facts::none()) {
        return Onlooker::Everything;
    }
    Onlooker::Of(actor.user().map(|user| user.memberships.organizations()).unwrap_or_default())
}

/// Where an appeal stands in its lists.
#[must_use]
pub fn complaint_key(complaint: &Complaint) -> CursorKey {
    CursorKey { sort: SortValue::Time(complaint.filed_at), id: complaint.id.uuid() }
}
