//! The bids on a request with everything by which they are judged, and what follows for each lot.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    award::Award,
    bid::{Bid, BidLot, BidPartner, BidStatus},
    evaluation::{Basis, Contender, Ranked, Score, rank},
    ids::{BidId, RequestLotId},
    request::{RequestLot, WholeRequest},
    score::GivenScore,
    status::FrozenStatus,
};

/// The bids on a request with everything by which they are judged.
#[derive(Debug, Clone)]
pub struct Judging {
    /// The request with its lots, criteria and measures.
    pub whole: WholeRequest,
    /// Its bids, as far as they were opened.
    pub bids: Vec<Bid>,
    /// What each offers.
    pub offers: HashMap<BidId, Vec<BidLot>>,
    /// Who each is from.
    pub partners: HashMap<BidId, Vec<BidPartner>>,
    /// What these were when the bid was sealed, by bid.
    pub statuses: HashMap<Uuid, Vec<FrozenStatus>>,
    /// What evaluators gave each bid, as far as it counts.
    pub scores: HashMap<BidId, Vec<GivenScore>>,
    /// Every award of the request, whatever became of it.
    pub awards: Vec<Award>,
}

impl Judging {
    /// The bids for a lot that can be awarded it, ranked: valid ones, without those whose award of the lot was declined or taken
    /// back. Nobody is measured against a price that nobody can be awarded.
    #[must_use]
    pub fn ranking(&self, lot: &RequestLot) -> Vec<Ranked> {
        let is_out = |bid: BidId| {
            let mut of_it = self.awards.iter().filter(|award| award.lot == lot.id && award.bid == bid);
            of_it.any(|award| !award.status.stands())
        };
        let contenders: Vec<Contender> =
            self.valid().filter(|bid| !is_out(bid.id)).filter_map(|bid| self.contender(bid, lot.id)).collect();
        let basis = Basis {
            lot: lot.id,
            quantity: lot.quantity.thousandths,
            criteria: &self.whole.criteria,
            measures: &self.whole.measures,
            minimum_evaluators: self.whole.request.minimum_evaluators,
        };
        rank(&basis, &contenders)
    }

    /// How many scores are missing of all valid bids, until each has as many by each scored criterion as it needs.
    #[must_use]
    pub fn missing_scores(&self) -> i64 {
        let scored: Vec<_> = self.whole.criteria.iter().filter(|criterion| criterion.kind.is_scored()).collect();
        let missing = self.valid().flat_map(|bid| {
            scored.iter().map(|criterion| {
                let by_it = |given: &&GivenScore| given.score.criterion == criterion.id;
                let given = i64::try_from(self.scores_of(bid.id).iter().filter(by_it).count()).unwrap_or(i64::MAX);
                self.whole.request.minimum_evaluators.saturating_sub(given).max(0)
            })
        });
        missing.sum()
    }

    /// How many bids nobody has found to answer the request yet, or excluded.
    #[must_use]
    pub fn undecided(&self) -> i64 {
        let undecided = self.bids.iter().filter(|bid| bid.status == BidStatus::Opened).count();
        i64::try_from(undecided).unwrap_or(i64::MAX)
    }

    /// The award that a lot has, if one stands.
    #[must_use]
    pub fn standing(&self, lot: RequestLotId) -> Option<&Award> {
        self.awards.iter().find(|award| award.lot == lot && award.status.stands())
    }

    /// What a bid offers for a lot, if anything.
    #[must_use]
    pub fn offer(&self, bid: BidId, lot: RequestLotId) -> Option<BidLot> {
        self.offers.get(&bid)?.iter().find(|offer| offer.lot == lot).copied()
    }

    /// Who a bid is from, whoever leads first.
    #[must_use]
    pub fn partners_of(&self, bid: BidId) -> &[BidPartner] {
        self.partners.get(&bid).map(Vec::as_slice).unwrap_or_default()
    }

    /// What evaluators gave a bid, as far as it counts.
    #[must_use]
    pub fn scores_of(&self, bid: BidId) -> &[GivenScore] {
        self.scores.get(&bid).map(Vec::as_slice).unwrap_or_default()
    }

    fn valid(&self) -> impl Iterator<Item = &Bid> {
        self.bids.iter().filter(|bid| bid.status == BidStatus::Valid)
    }

    fn contender(&self, bid: &Bid, lot: RequestLotId) -> Option<Contender> {
        let offer = self.offer(bid.id, lot)?;
        let frozen = self.statuses.get(&bid.id.uuid()).map(Vec::as_slice).unwrap_or_default();
        let of = |partner: &BidPartner| -> Vec<FrozenStatus> {
            frozen.iter().filter(|status| status.organization == partner.organization).copied().collect()
        };
        let scores: Vec<Score> = self.scores_of(bid.id).iter().map(|given| given.score).collect();
        Some(Contender {
            bid: bid.id,
            unit_price_minor: offer.unit_price_minor,
            amount_minor: offer.amount_minor,
            sealed_at: bid.sealed_at,
            partners: self.partners_of(bid.id).iter().map(|partner| (partner.share, of(partner))).collect(),
            scores,
        })
    }
}
