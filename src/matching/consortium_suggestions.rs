//! Who could supply a lot together.

use super::{
    Matching,
    candidates::{definitions_of, need_of},
    model::{
        check::{MatchCriterion, Seller, capacity, check},
        consortium::{Part, fewest},
    },
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{Action, Facts, allowed},
    },
    kernel::{ErrorCode, Failure, Outcome},
    procurement::{RequestId, RequestLotId},
};

/// Partners of a suggestion at most: more sign nothing together.
const PARTNERS_MAX: usize = 20;

/// For which lot partners are sought.
#[derive(Debug, Clone, Copy)]
pub struct AskConsortium {
    /// Of which request.
    pub request: RequestId,
    /// Which lot.
    pub lot: RequestLotId,
    /// Who would lead them, if she asks.
    pub lead: Option<OrganizationId>,
}

/// Sellers who could supply a lot together.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The code of the region that all of them offer from; none where they do not.
    pub region: Option<String>,
    /// Their parts; whoever leads comes first.
    pub parts: Vec<Part>,
}

impl Matching {
    /// Who could supply a lot together, whose quantity none of them has alone: the fewest of all, and the fewest of the region
    /// that it is to be delivered to, where those are others. Only sellers who pass everything but the quantity are among
    /// them. For those who keep the buyer's requests, and for those who bid for whoever would lead.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where there is no such request or lot, or the actor is neither.
    pub async fn consortium_suggestions(&self, actor: &Actor, asked: AskConsortium) -> Outcome<Vec<Suggestion>> {
        let hidden = || Failure::code(ErrorCode::NotFound);
        let whole = self.procurement.whole_request(actor, asked.request).await?.ok_or_else(hidden)?;
        let bids = asked.lead.is_some_and(|lead| allowed(actor, Action::SubmitBids, &Facts::of(lead)));
        if !bids && !allowed(actor, Action::ViewEvaluation, &Facts::of(whole.request.buyer)) {
            actor.signed_in()?;
            return Err(hidden());
        }
        let lot = whole.lots.iter().find(|lot| lot.id == asked.lot).ok_or_else(hidden)?;
        let invited = self.procurement.invited(asked.request).await?;
        let need = need_of(&whole.request, lot, &whole.measures, &invited);
        let Some(grams) = need.grams else { return Ok(Vec::new()) };
        let definitions = definitions_of(std::iter::once(&need));
        let market = self.market(std::iter::once((lot.product.as_str(), &need)), &definitions, None).await?;
        let today = self.services.clock.today();
        let passes = |seller: &Seller| {
            let mut checked = check(&need, seller, today).into_iter();
            checked.all(|checked| checked.passed() || checked.criterion == MatchCriterion::Quantity)
        };
        let sellers = self.sellers(&market, &lot.product, &need, None);
        let able = sellers.iter().filter(|seller| seller.organization != whole.request.buyer && passes(seller));
        let able: Vec<(OrganizationId, i64)> =
            able.map(|seller| (seller.organization, capacity(&need, seller))).collect();
        let mut suggestions = Vec::new();
        if let Some(parts) = fewest(&able, grams, asked.lead, PARTNERS_MAX) {
            suggestions.push(Suggestion { region: None, parts });
        }
        let gazetteer = self.directory.gazetteer();
        let region = lot.place.as_deref().and_then(|place| gazetteer.region_of(place, today));
        if let Some(region) = region {
            let ids: Vec<OrganizationId> = able.iter().map(|(organization, _)| *organization).collect();
            let found = self.directory.organizations_by_ids(actor, &ids).await?;
            let near = |id: &OrganizationId| {
                let place = found.get(id).map(|organization| organization.place_code.as_str());
                place.is_some_and(|place| gazetteer.lies_within(place, &region.code, today))
            };
            let near: Vec<(OrganizationId, i64)> = able.iter().filter(|(id, _)| near(id)).copied().collect();
            let parts = fewest(&near, grams, asked.lead, PARTNERS_MAX);
            if let Some(parts) = parts.filter(|parts| suggestions.iter().all(|known| known.parts != *parts)) {
                suggestions.push(Suggestion { region: Some(region.code.clone()), parts });
            }
        }
        Ok(suggestions)
    }
}
