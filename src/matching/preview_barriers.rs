//! What a request that is not published yet would keep out.

use std::collections::BTreeSet;

use super::{
    Matching,
    model::{
        check::{Checked, Need, Seller, check},
        preview::{Preview, preview},
    },
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus},
    kernel::{Outcome, clock::Timestamp},
    procurement::model::{check::CheckedLot, draft::RawLot},
};

/// A request as it might be published.
#[derive(Debug, Clone)]
pub struct PreviewBarriers {
    /// Who would buy.
    pub buyer: OrganizationId,
    /// Its lots, as they were typed.
    pub lots: Vec<RawLot>,
    /// The ISO 4217 code of its amounts.
    pub currency: String,
    /// The first instant at which no bid would be taken any more; now, where it is not known yet.
    pub deadline: Option<Timestamp>,
    /// Whom it is asked for: those who satisfy a definition,
    pub definition: Definition,
    /// with evidence at least so good.
    pub at_least: EvidenceLevel,
}

/// What a lot would keep out.
#[derive(Debug, Clone)]
pub struct LotBarriers {
    /// Its place among the lots, from 0.
    pub position: usize,
    /// The product's code.
    pub product: String,
    /// What stands before it.
    pub preview: Preview,
}

/// What a request would keep out.
#[derive(Debug, Clone)]
pub struct Barriers {
    /// How many there are of those who were asked for, over all lots.
    pub suppliers: i64,
    /// How many of them could answer one lot at least.
    pub qualifying: i64,
    /// Lot by lot.
    pub lots: Vec<LotBarriers>,
    /// Whether every listing was looked at.
    pub complete: bool,
}

impl Matching {
    /// How many of those who sell what a request would ask for, and who satisfy a definition of women's ownership, could
    /// answer it; what keeps the others out; and what splitting lots would change.
    ///
    /// # Errors
    /// [`crate::kernel::ErrorCode::Forbidden`] for whoever does not keep the buyer's requests, and everything that is wrong with the lots.
    pub async fn preview_barriers(&self, actor: &Actor, asked: &PreviewBarriers) -> Outcome<Barriers> {
        policy::require(actor, Action::ManageRequests, &Facts::of(asked.buyer))?;
        let needs = self.needs(asked)?;
        let definitions = BTreeSet::from([asked.definition]);
        let asking = needs.iter().map(|(product, need)| (product.as_str(), need));
        let market = self.market(asking, &definitions, None).await?;
        let today = self.services.clock.today();
        let meant = |seller: &Seller| {
            let status = seller.statuses.get(&asked.definition);
            seller.organization != asked.buyer
                && status.is_some_and(|known| {
                    known.status == OwnershipStatus::Yes && known.evidence_level >= Some(asked.at_least)
                })
        };
        let (mut suppliers, mut qualifying) = (BTreeSet::new(), BTreeSet::new());
        let mut lots = Vec::with_capacity(needs.len());
        for (position, (product, need)) in needs.into_iter().enumerate() {
            let mut sellers = self.sellers(&market, &product, &need, None);
            sellers.retain(meant);
            let preview = preview(&need, &sellers, today);
            for seller in &sellers {
                suppliers.insert(seller.organization);
                if check(&need, seller, today).iter().all(Checked::passed) {
                    qualifying.insert(seller.organization);
                }
            }
            lots.push(LotBarriers { position, product, preview });
        }
        let count = |set: &BTreeSet<OrganizationId>| i64::try_from(set.len()).unwrap_or(i64::MAX);
        Ok(Barriers { suppliers: count(&suppliers), qualifying: count(&qualifying), lots, complete: market.complete })
    }

    /// What each lot needs, with the code of its product.
    fn needs(&self, asked: &PreviewBarriers) -> Outcome<Vec<(String, Need)>> {
        let deadline = asked.deadline.unwrap_or_else(|| self.services.now());
        let lots = self.procurement.lots_as_checked(&asked.lots, &asked.currency, deadline)?;
        let need = |lot: CheckedLot| Need {
            grams: lot.grams,
            days: (lot.delivery_from, lot.delivery_until),
            certified_on: lot.delivery_until.unwrap_or_else(|| deadline.date_naive()),
            schemes: lot.required_schemes,
            quality: lot.quality,
            reserved: Vec::new(),
            invited: None,
        };
        Ok(lots.into_iter().map(|lot| (lot.product.clone(), need(lot))).collect())
    }
}
