//! Requests held against a seller.

use std::collections::BTreeSet;

use super::{
    Matching,
    candidates::{definitions_of, need_of},
    model::check::{Checked, Need, check},
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{ErrorCode, Failure, Outcome},
    procurement::{Request, RequestId, RequestLot, WholeRequest},
};

/// Lots that are held against a seller, at most: those that close first.
pub const REQUESTS_MAX: usize = 500;

/// A lot of a request, held against a seller.
#[derive(Debug, Clone)]
pub struct RequestMatch {
    /// The request.
    pub request: Request,
    /// The lot.
    pub lot: RequestLot,
    /// The criteria.
    pub checked: Vec<Checked>,
}

impl Matching {
    /// The lots that can be bid on now and that ask for what an organization offers, with how it stands to their criteria:
    /// those first of which it fails least, and of those that close first. For those who bid for it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where there is no such organization, or the actor does not bid for it.
    pub async fn matching_requests(&self, actor: &Actor, organization: OrganizationId) -> Outcome<Vec<RequestMatch>> {
        if !allowed(actor, Action::ViewOwnBids, &Facts::of(organization)) {
            actor.signed_in()?;
            return Err(Failure::code(ErrorCode::NotFound));
        }
        let db = &self.services.db;
        let offered = store::products_of(db, organization).await?;
        // A lot of shea asks for whatever lies below it.
        let taxonomy = self.catalog.taxonomy();
        let above = offered.iter().flat_map(|code| taxonomy.ancestors(code));
        let mut asked_for: BTreeSet<String> = above.map(|product| product.code.clone()).collect();
        asked_for.extend(offered);
        let asked_for: Vec<String> = asked_for.into_iter().collect();
        let limit = i64::try_from(REQUESTS_MAX).unwrap_or(i64::MAX);
        let lots = store::open_lots(db, &asked_for, (self.services.now(), limit)).await?;
        let ids: BTreeSet<RequestId> = lots.iter().map(|(request, _)| *request).collect();
        let ids: Vec<RequestId> = ids.into_iter().collect();
        let whole = self.procurement.whole_requests(actor, &ids).await?;
        let invited = self.procurement.invitations_of(&ids, organization).await?;
        let today = self.services.clock.today();
        let mut asking: Vec<(&Request, &RequestLot, Need)> = Vec::with_capacity(lots.len());
        for (request, lot) in &lots {
            let Some(WholeRequest { request, lots, measures, .. }) = whole.get(request) else { continue };
            let Some(lot) = lots.iter().find(|of| of.id == *lot).filter(|_| request.buyer != organization) else {
                continue;
            };
            let invitation: &[OrganizationId] = if invited.contains(&request.id) { &[organization] } else { &[] };
            asking.push((request, lot, need_of(request, lot, measures, invitation)));
        }
        let definitions = definitions_of(asking.iter().map(|(_, _, need)| need));
        let needs = asking.iter().map(|(_, lot, need)| (lot.product.as_str(), need));
        let market = self.market(needs, &definitions, Some(organization)).await?;
        let mut found = Vec::with_capacity(asking.len());
        for (request, lot, need) in &asking {
            for seller in self.sellers(&market, &lot.product, need, Some(organization)) {
                let checked = check(need, &seller, today);
                found.push(RequestMatch { request: (*request).clone(), lot: (*lot).clone(), checked });
            }
        }
        let failing = |found: &RequestMatch| found.checked.iter().filter(|checked| !checked.passed()).count();
        found.sort_by_key(|found| {
            (failing(found), found.request.bid_deadline, found.request.id.uuid(), found.lot.position)
        });
        Ok(found)
    }
}
