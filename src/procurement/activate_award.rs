//! An award takes force.

use serde::Serialize;

use super::{
    Award, AwardId, Awarded, BidId, BidStatus, Change, ComplaintStatus, Procurement, ReleaseTag, RequestLotStatus,
    change_award::{becomes, change, lock_award},
    journal::record,
    judge::{end_if_done, expect, refuse_bidders, refused},
    model::award::AwardAction,
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    directory::model::organization::Standing,
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::rfc3339,
        idempotency::{self, Claimed},
    },
};

const PATH: [&str; 2] = ["input", "awardId"];

/// Which award takes force.
#[derive(Debug, Clone, Serialize)]
pub struct ActivateAward {
    /// The award.
    pub award: AwardId,
    /// Refuses if the award is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Brings an award into force once its standstill is over and no appeal is open, and has its contract made. The last lot's
    /// completes the request.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `ConflictOfInterest`, `VersionConflict`, [`ErrorCode::InvalidTransition`] where it does not wait
    /// any more or its bidder may no longer be given anything, [`ErrorCode::StandstillRunning`], [`ErrorCode::ComplaintOpen`].
    pub async fn activate_award(&self, actor: &Actor, command: ActivateAward) -> Outcome<Award> {
        let now = self.services().now();
        let seen = self.award_seen(actor, command.award).await?;
        let suspended = self.not_in_good_standing(seen.bid).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "activateAward", &command, now).await?;
        let (request, before) = lock_award(&tx, &seen).await?;
        policy::require(actor, Action::AwardBids, &Facts::of(request.buyer))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        refuse_bidders(&tx, actor, &request).await?;
        expect(command.expected_version, before.version)?;
        let status = becomes(&before, AwardAction::Activate, &PATH)?;
        if now < before.standstill_until {
            let error = UserError::new(ErrorCode::StandstillRunning, PATH);
            return Err(error.with("until", rfc3339(before.standstill_until)).into());
        }
        let complaints = store::complaints::of_request(&tx, request.id).await?;
        // One about the request holds all its awards.
        let holds = |award: Option<AwardId>| award.is_none_or(|award| award == before.id);
        if complaints.iter().any(|one| one.status == ComplaintStatus::Open && holds(one.award)) {
            return Err(UserError::new(ErrorCode::ComplaintOpen, PATH).into());
        }
        let judging = store::judging::read(&*tx, request.clone()).await?;
        let partners = judging.partners_of(before.bid).to_vec();
        let bid = judging.bids.iter().find(|bid| bid.id == before.bid);
        let bid = bid.ok_or_else(|| Fault::corrupt("award", "its bid is gone"))?;
        if bid.status != BidStatus::Valid {
            return Err(refused(&PATH, bid.status.as_str(), "activateAward").into());
        }
        if let Some(standing) = suspended {
            return Err(refused(&PATH, standing.as_str(), "activateAward").into());
        }

        let award = Award { status, activated_at: Some(now), version: before.version + 1, ..before.clone() };
        store::awards::update(&tx, &award).await?;
        store::progress::set_lots(&tx, &[award.lot], RequestLotStatus::Complete).await?;
        let mut lots = judging.whole.lots.clone();
        let lot = lots.iter_mut().find(|lot| lot.id == award.lot);
        let lot = lot.ok_or_else(|| Fault::corrupt("award", "its lot is gone"))?;
        lot.status = RequestLotStatus::Complete;
        let lot = lot.clone();
        end_if_done(&tx, &request, &lots, (None, now)).await?;
        self.tell_change(&tx, &request, &award).await?;
        let change = change(&request, &before, &award, (Some(request.buyer), AwardAction::Activate));
        record(&tx, actor, now, Change { tag: Some(ReleaseTag::AwardUpdate), ..change }).await?;

        let offer = judging.offer(award.bid, award.lot);
        let offer = offer.ok_or_else(|| Fault::corrupt("award", "its bid offers nothing for its lot"))?;
        let awarded = Awarded { request, lot, award: award.clone(), offer, partners };
        self.knows.contracts.award_in_force(self.services(), &tx, actor, &awarded).await?;
        claim.finish(&tx, award.id.uuid()).await?;
        tx.commit().await?;
        Ok(award)
    }

    /// The standing of one behind a bid who was suspended since; none where all are in good standing.
    async fn not_in_good_standing(&self, bid: BidId) -> Result<Option<Standing>, Fault> {
        let partners = self.suppliers_of(&[bid]).await?.remove(&bid).unwrap_or_default();
        let partners: Vec<OrganizationId> = partners.iter().map(|partner| partner.organization).collect();
        let found = self.knows.directory.organizations_by_ids(&Actor::system("activate award"), &partners).await?;
        Ok(found.values().map(|organization| organization.standing).find(|standing| *standing != Standing::Good))
    }
}
