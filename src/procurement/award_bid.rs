//! A buyer gives lots to the bid that ranks first.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Award, AwardId, AwardStatus, Bid, BidId, BidStatus, Change, Procurement, ReleaseTag, RequestAction, RequestLot,
    RequestLotId, RequestLotStatus, StatusOf,
    freeze::freeze,
    journal::record,
    judge::{lock_bid, refused, rules},
    model::{evaluation::Ranked, judging::Judging},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        ErrorCode, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const RATIONALE: TextRule = TextRule { length_min: 3, length_max: 5_000, multiline: true };

/// Which lots a bid is awarded.
#[derive(Debug, Clone, Serialize)]
pub struct AwardBid {
    /// The bid.
    pub bid: BidId,
    /// The lots; none for all those in which it ranks first.
    pub lots: Option<Vec<RequestLotId>>,
    /// Why, in words.
    pub rationale: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Awards lots to a valid bid that ranks first for each. How the bids compared is kept with the award as it was, and so is
    /// what the bidders are under each definition of women's ownership on that day. The award takes force after its standstill.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`], [`ErrorCode::InvalidTransition`]
    /// where the request, the bid or a lot does not allow it, [`ErrorCode::EvaluationIncomplete`],
    /// [`ErrorCode::AlreadyAwarded`], [`ErrorCode::NotFirstRanked`].
    pub async fn award_bid(&self, actor: &Actor, command: AwardBid) -> Outcome<Vec<Award>> {
        let now = self.services().now();
        let db = &self.services().db;
        let request = self.bid_to_judge(actor, command.bid, Action::AwardBids).await?;
        // Who bids does not change once a bid is opened; so it may be asked before the transaction.
        let partners = store::bids::partners(db.read(), &[command.bid]).await?.remove(&command.bid).unwrap_or_default();
        let partners: Vec<OrganizationId> = partners.iter().map(|partner| partner.organization).collect();
        let statuses = self.statuses(&partners, now.date_naive()).await?;

        let tx = db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "awardBid", &command, now).await?;
        let (request, bid) = lock_bid(&tx, actor, (request, command.bid)).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(first) => {
                let awards = store::awards::of_requests(&*tx, &[request.id]).await?.remove(&request.id);
                return Ok(made_with(awards.unwrap_or_default(), AwardId::from_uuid(first)));
            }
        };
        let status = request.after(RequestAction::Award, now).map_err(|refused| refused.at("bidId"))?;
        if bid.status != BidStatus::Valid {
            return Err(refused(&["input", "bidId"], bid.status.as_str(), "awardBid").into());
        }
        let rationale = command.rationale.as_deref().map(|text| RATIONALE.check(text, ["input", "rationale"]));
        let rationale = rationale.transpose()?;
        let judging = store::judging::read(&*tx, request.clone()).await?;
        // A bid that somebody has to look at first could be the one that ranks first.
        let missing = judging.missing_scores() + judging.undecided();
        if missing > 0 {
            let error = UserError::new(ErrorCode::EvaluationIncomplete, ["input", "bidId"]);
            return Err(error.with("missing", missing).into());
        }
        let won = won(&judging, &bid, command.lots.as_deref())?;
        let standstill_until = rules(now)?.after(now, request.standstill_days);

        let mut awards = Vec::with_capacity(won.len());
        for (lot, ranking) in &won {
            let award = self.award_of((&judging, &bid), lot, ranking, (standstill_until, now))?;
            let award = Award { rationale: rationale.clone(), awarded_by: actor.user_id(), ..award };
            if !store::awards::insert(&tx, &award).await? {
                return Err(already(&["input", "requestLotIds"]).into());
            }
            freeze(&tx, StatusOf::Award, award.id.uuid(), statuses.values().flatten()).await?;
            awards.push(award);
        }
        if status != request.status {
            store::progress::set_request(&tx, request.id, status, now).await?;
        }
        for (award, (lot, ranking)) in awards.iter().zip(&won) {
            self.tell_award(&tx, (&judging, lot), (award, ranking)).await?;
        }
        // What is published tells of all of them; so one event does.
        let last = awards.last().map(|award| award.id);
        for award in &awards {
            let change = Change {
                process: request.id.uuid(),
                on_behalf_of: Some(request.buyer),
                names_actor: true,
                action: "award.make",
                subject: (AwardId::PREFIX, award.id.uuid()),
                before: None,
                after: told(award),
                tag: (Some(award.id) == last).then_some(ReleaseTag::Award),
            };
            record(&tx, actor, now, change).await?;
        }
        let first = awards.first().map(|award| award.id.uuid());
        claim.finish(&tx, first.ok_or_else(|| Fault::Internal("an award of nothing".to_owned()))?).await?;
        tx.commit().await?;
        Ok(awards)
    }

    fn award_of(
        &self,
        (judging, bid): (&Judging, &Bid),
        lot: &RequestLot,
        ranking: &[Ranked],
        (standstill_until, now): (Timestamp, Timestamp),
    ) -> Result<Award, Fault> {
        let gone = || Fault::corrupt("bid", "it offers nothing for a lot in which it ranks");
        let offer = judging.offer(bid.id, lot.id).ok_or_else(gone)?;
        let first = ranking.iter().find(|ranked| ranked.bid == bid.id).ok_or_else(gone)?;
        let comparison = serde_json::to_value(ranking).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(Award {
            id: AwardId::from_uuid(self.services().ids.next_uuid()),
            request: judging.whole.request.id,
            lot: lot.id,
            bid: bid.id,
            status: AwardStatus::Pending,
            amount_minor: offer.amount_minor,
            currency: judging.whole.request.currency,
            rank: first.rank,
            points: first.points,
            comparison,
            rationale: None,
            standstill_until,
            awarded_by: None,
            awarded_at: now,
            activated_at: None,
            ended_at: None,
            ended_reason: None,
            version: 1,
        })
    }
}

/// The lots that the bid is awarded, each with its ranking: those that were named, or else all in which it ranks first.
fn won<'j>(
    judging: &'j Judging,
    bid: &Bid,
    named: Option<&[RequestLotId]>,
) -> Outcome<Vec<(&'j RequestLot, Vec<Ranked>)>> {
    let rank_of = |ranking: &[Ranked]| ranking.iter().find(|ranked| ranked.bid == bid.id).map(|ranked| ranked.rank);
    let Some(named) = named else {
        let is_open = |lot: &&RequestLot| lot.status == RequestLotStatus::Active && judging.standing(lot.id).is_none();
        let offered = judging.whole.lots.iter().filter(|lot| judging.offer(bid.id, lot.id).is_some());
        let open = offered.filter(is_open).map(|lot| (lot, judging.ranking(lot)));
        let ranked: Vec<_> = open.filter_map(|(lot, ranking)| Some((rank_of(&ranking)?, (lot, ranking)))).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).min();
        return match best {
            Some(1) => Ok(ranked.into_iter().filter(|(rank, _)| *rank == 1).map(|(_, won)| won).collect()),
            Some(rank) => Err(not_first(&["input", "bidId"], rank).into()),
            None => Err(already(&["input", "bidId"]).into()),
        };
    };
    if named.is_empty() {
        return Err(UserError::new(ErrorCode::Required, ["input", "requestLotIds"]).into());
    }
    let (mut wrong, mut won) = (Rejections::default(), Vec::<(&RequestLot, Vec<Ranked>)>::with_capacity(named.len()));
    for (index, id) in named.iter().enumerate() {
        let index = index.to_string();
        let path = ["input", "requestLotIds", index.as_str()];
        let lot = judging.whole.lots.iter().find(|lot| lot.id == *id);
        let Some(lot) = lot.filter(|lot| judging.offer(bid.id, lot.id).is_some()) else {
            wrong.push(UserError::new(ErrorCode::NotFound, path));
            continue;
        };
        if won.iter().any(|(other, _)| other.id == lot.id) {
            continue;
        }
        if judging.standing(lot.id).is_some() {
            wrong.push(already(&path));
            continue;
        }
        if lot.status != RequestLotStatus::Active {
            wrong.push(refused(&path, lot.status.as_str(), "awardBid"));
            continue;
        }
        let ranking = judging.ranking(lot);
        match rank_of(&ranking) {
            Some(1) => won.push((lot, ranking)),
            Some(rank) => wrong.push(not_first(&path, rank)),
            // Its award of the lot was declined or taken back.
            None => wrong.push(refused(&path, out_state(judging, bid, lot), "awardBid")),
        }
    }
    wrong.finish()?;
    Ok(won)
}

/// What became of the bid's last award of the lot.
fn out_state(judging: &Judging, bid: &Bid, lot: &RequestLot) -> &'static str {
    let mut of_it = judging.awards.iter().rev().filter(|award| award.bid == bid.id && award.lot == lot.id);
    of_it.next().map_or(bid.status.as_str(), |award| award.status.as_str())
}

fn already(path: &[&str]) -> UserError {
    UserError::new(ErrorCode::AlreadyAwarded, path)
}

fn not_first(path: &[&str], rank: i64) -> UserError {
    UserError::new(ErrorCode::NotFirstRanked, path).with("rank", rank)
}

/// The awards that were made together with one.
fn made_with(awards: Vec<Award>, first: AwardId) -> Vec<Award> {
    let of = awards.iter().find(|award| award.id == first).map(|award| (award.bid, award.awarded_at));
    awards.into_iter().filter(|award| Some((award.bid, award.awarded_at)) == of).collect()
}

/// An award as the chain tells it.
pub(super) fn told(award: &Award) -> Value {
    json!({
        "lot": award.lot,
        "bid": award.bid,
        "status": award.status,
        "amount_minor": award.amount_minor,
        "currency": award.currency.code(),
        "rank": award.rank,
        "points": award.points,
        "comparison": award.comparison,
        "rationale": award.rationale,
        "standstill_until": award.standstill_until,
        "version": award.version,
    })
}
