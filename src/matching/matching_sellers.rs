//! Sellers held against the lots of a request.

use super::{
    Matching,
    candidates::{definitions_of, need_of},
    model::check::{Checked, Need, capacity, check},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{ErrorCode, Failure, Outcome, money::Currency},
    procurement::{RequestId, RequestLot, RequestLotId, RequestLotStatus},
};

/// Which sellers are asked for.
#[derive(Debug, Clone)]
pub struct AskSellers {
    /// Of which request.
    pub request: RequestId,
    /// Of which lot; of all, where none is named.
    pub lot: Option<RequestLotId>,
    /// Whether only those who pass all criteria are asked for.
    pub only_passing: bool,
}

/// A seller held against a lot.
#[derive(Debug, Clone)]
pub struct SellerMatch {
    /// Who.
    pub organization: OrganizationId,
    /// The lot.
    pub lot: RequestLot,
    /// In which amounts of its request stand.
    pub currency: Currency,
    /// What she could deliver of it, in grams.
    pub capacity_grams: i64,
    /// The criteria.
    pub checked: Vec<Checked>,
}

/// Sellers held against lots: those first who fail least, and of those who can deliver most.
#[derive(Debug, Clone)]
pub struct SellerMatches {
    /// All of them.
    pub matches: Vec<SellerMatch>,
    /// Whether every listing was looked at.
    pub complete: bool,
}

impl Matching {
    /// Who sells what a request asks for, lot by lot, and how each stands to its criteria: for those who keep the buyer's
    /// requests.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where there is no such request or lot, or the actor does not keep the buyer's requests.
    pub async fn matching_sellers(&self, actor: &Actor, asked: AskSellers) -> Outcome<SellerMatches> {
        let hidden = || Failure::code(ErrorCode::NotFound);
        let whole = self.procurement.whole_request(actor, asked.request).await?.ok_or_else(hidden)?;
        if !allowed(actor, Action::ViewEvaluation, &Facts::of(whole.request.buyer)) {
            actor.signed_in()?;
            return Err(hidden());
        }
        let invited = self.procurement.invited(asked.request).await?;
        let today = self.services.clock.today();
        let lots = whole.lots.iter().filter(|lot| lot.status == RequestLotStatus::Active);
        let lots: Vec<&RequestLot> = lots.filter(|lot| asked.lot.is_none_or(|named| named == lot.id)).collect();
        if asked.lot.is_some() && lots.is_empty() {
            return Err(hidden());
        }
        let needs: Vec<(&RequestLot, Need)> =
            lots.into_iter().map(|lot| (lot, need_of(&whole.request, lot, &whole.measures, &invited))).collect();
        let definitions = definitions_of(needs.iter().map(|(_, need)| need));
        let asking = needs.iter().map(|(lot, need)| (lot.product.as_str(), need));
        let market = self.market(asking, &definitions, None).await?;
        let mut found = SellerMatches { matches: Vec::new(), complete: market.complete };
        for (lot, need) in &needs {
            let sellers = self.sellers(&market, &lot.product, need, None);
            let others = sellers.iter().filter(|seller| seller.organization != whole.request.buyer);
            found.matches.extend(others.map(|seller| SellerMatch {
                organization: seller.organization,
                lot: (*lot).clone(),
                currency: whole.request.currency,
                capacity_grams: capacity(need, seller),
                checked: check(need, seller, today),
            }));
        }
        let failing = |found: &SellerMatch| found.checked.iter().filter(|checked| !checked.passed()).count();
        found.matches.retain(|found| !asked.only_passing || failing(found) == 0);
        found.matches.sort_by_key(|found| {
            let position = (found.lot.position, found.organization.uuid());
            (failing(found), std::cmp::Reverse(found.capacity_grams), position)
        });
        Ok(found)
    }
}
