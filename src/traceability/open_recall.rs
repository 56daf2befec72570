//! Lots are called back: they and all that was made of them, whoever has it, until the recall is ended.

use serde::Serialize;
use serde_json::json;

use super::{
    LotId, RecallId, Traceability, audit,
    model::{
        epcis::ours,
        event::{EpcRole, EventKind},
        hold::HoldCause,
        lot::Lot,
        recall::{Recall, RecalledLot},
    },
    recording::{Scene, path},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    catalog::Listing,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

/// Lots that one recall begins with at most.
const ROOTS_MAX: usize = 100;

const REASON: TextRule = TextRule { length_min: 10, length_max: 500, multiline: false };

/// Which lots are called back, and why.
#[derive(Debug, Clone, Serialize)]
pub struct OpenRecall {
    /// Who recalls: whoever made the lots, or has them.
    pub organization: OrganizationId,
    /// The lots to begin with.
    pub lots: Vec<LotId>,
    /// Why, for everybody to read.
    pub reason: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// How a recall ended.
#[derive(Debug, Clone, Serialize)]
pub struct CloseRecall {
    /// The recall.
    pub recall: RecallId,
    /// What was done, for everybody to read.
    pub resolution: String,
    /// Refuses if the recall is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Calls lots back. They and everything that was made of them is held from this moment, wherever it is; listings that offer
    /// any of it are paused; and everybody who has some of it is told.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization or a lot, [`ErrorCode::Forbidden`], [`ErrorCode::LotNotHeld`] for a lot that
    /// the organization neither made nor has, and what is wrong with the reason.
    pub async fn open_recall(&self, actor: &Actor, command: OpenRecall) -> Outcome<Recall> {
        let organization = self.acting_for(actor, command.organization, Action::RecallLots).await?;
        let mut wrong = Rejections::default();
        let reason = wrong.take(REASON.check(&command.reason, ["input", "reason"]));
        match command.lots.len() {
            0 => wrong.push(UserError::new(ErrorCode::Required, ["input", "lotIds"])),
            count if count > ROOTS_MAX => {
                wrong.push(UserError::new(ErrorCode::TooLong, ["input", "lotIds"]).with("maximum", ROOTS_MAX));
            }
            _ => {}
        }
        wrong.finish()?;
        let Some(reason) = reason else { return Err(UserError::new(ErrorCode::Required, ["input", "reason"]).into()) };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "openRecall", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recall_again(RecallId::from_uuid(id)).await;
            }
        };
        let roots = self.roots(&tx, &command).await?;
        let id = RecallId::from_uuid(self.services().ids.next_uuid());
        let ids: Vec<LotId> = roots.iter().map(|lot| lot.id).collect();
        let held = self.hold_descendants(&tx, &ids, (HoldCause::Recall, id.uuid())).await?;
        let place = organization.place_code.clone();
        let scene = Scene { tx: &tx, actor, organization: &organization, at: now, place, now };
        let wire = id.to_string();
        let amounts: Vec<ours::Amount> = roots.iter().map(|lot| self.amount(lot, lot.left)).collect();
        // Why stands with the recall and not in what is sealed: words of a person may name another.
        let told = ours::Recalled { recall: &wire, lots: &amounts };
        let body = ours::recall(&self.told(&scene), &told);
        let about: Vec<_> = roots.iter().map(|lot| (lot, EpcRole::Object)).collect();
        let event = self.append(&scene, self.new_event(), (EventKind::Recall, body), about).await?;
        let recall = Recall {
            id,
            organization: organization.id,
            event: event.id,
            reason,
            opened_at: now,
            opened_by: actor.user_id(),
            closed_at: None,
            closed_by: None,
            resolution: None,
            version: 1,
        };
        store::recalls::insert(&tx, &recall).await?;
        let concerned: Vec<RecalledLot> =
            held.iter().map(|lot| RecalledLot { lot: *lot, is_root: ids.contains(lot) }).collect();
        store::recalls::insert_lots(&tx, id, &concerned).await?;
        let listings = store::recalls::listings_with(&tx, &held).await?;
        let paused = self.knows.catalog.pause_for_recall(&tx, actor, &listings).await?;
        let change = audit::Change {
            chain: organization.id,
            on_behalf_of: Some(organization.id),
            action: "recall.open",
            subject: (RecallId::PREFIX, id.uuid()),
            before: None,
            after: json!({ "roots": ids, "lots": held.len(), "pausedListings": paused.len() }),
        };
        audit::append(&tx, actor, now, change).await?;
        self.tell_recall(&tx, &recall, &held, &paused).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(recall)
    }

    /// The lots that a recall begins with, locked, if the organization may call them back.
    async fn roots(&self, tx: &WriteTx, command: &OpenRecall) -> Outcome<Vec<Lot>> {
        let mut found = store::lots::lock(tx, &command.lots).await?;
        let mut wrong = Rejections::default();
        let mut roots = Vec::with_capacity(command.lots.len());
        for (index, id) in command.lots.iter().enumerate() {
            let at = path(&["lotIds", &index.to_string()]);
            match found.remove(id) {
                None if command.lots[..index].contains(id) => {}
                None => wrong.push(UserError::new(ErrorCode::NotFound, at)),
                Some(lot) if lot.maker == command.organization || lot.organization == command.organization => {
                    roots.push(lot);
                }
                Some(lot) => wrong.push(UserError::new(ErrorCode::LotNotHeld, at).with("lot", &lot.code)),
            }
        }
        wrong.finish()?;
        Ok(roots)
    }

    /// Ends a recall: what it held may move again, if nothing else holds it. Listings stay paused until their sellers publish
    /// them.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`], [`ErrorCode::InvalidTransition`] where it
    /// was ended before, and what is wrong with the resolution.
    pub async fn close_recall(&self, actor: &Actor, command: CloseRecall) -> Outcome<Recall> {
        let found = store::recalls::by_ids(&self.services().db, &[command.recall]).await?.remove(&command.recall);
        let Some(found) = found else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "recallId"]).into());
        };
        let organization = self.acting_for(actor, found.organization, Action::RecallLots).await?;
        let resolution = REASON.check(&command.resolution, ["input", "resolution"])?;
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "closeRecall", &command, now).await?;
        let before = store::recalls::lock(&tx, command.recall).await?;
        let before = before.ok_or_else(|| Fault::corrupt("recall", "it vanished while it was read"))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        if command.expected_version.is_some_and(|expected| expected != before.version) {
            let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
            return Err(error.with("current", before.version).into());
        }
        if before.closed_at.is_some() {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "recallId"]);
            return Err(error.with("state", "CLOSED").with("action", "closeRecall").into());
        }
        let cause = (actor.user_id(), Some(resolution.as_str()));
        let released = store::holds::release_cause(&tx, before.id.uuid(), cause, now).await?;
        let place = organization.place_code.clone();
        let scene = Scene { tx: &tx, actor, organization: &organization, at: now, place, now };
        let lots = self.roots_of(&tx, &before).await?;
        let wire = before.id.to_string();
        let amounts: Vec<ours::Amount> = lots.iter().map(|lot| self.amount(lot, lot.left)).collect();
        let body = ours::recall_end(&self.told(&scene), &ours::Recalled { recall: &wire, lots: &amounts });
        let about: Vec<_> = lots.iter().map(|lot| (lot, EpcRole::Object)).collect();
        self.append(&scene, self.new_event(), (EventKind::RecallEnd, body), about).await?;
        let recall = Recall {
            closed_at: Some(now),
            closed_by: actor.user_id(),
            resolution: Some(resolution),
            version: before.version + 1,
            ..before
        };
        store::recalls::close(&tx, &recall).await?;
        let change = audit::Change {
            chain: organization.id,
            on_behalf_of: Some(organization.id),
            action: "recall.close",
            subject: (RecallId::PREFIX, recall.id.uuid()),
            before: Some(json!({ "open": true })),
            after: json!({ "open": false, "released": released }),
        };
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, recall.id.uuid()).await?;
        tx.commit().await?;
        Ok(recall)
    }

    /// The lots that a recall began with, locked.
    async fn roots_of(&self, tx: &WriteTx, recall: &Recall) -> Outcome<Vec<Lot>> {
        let about = store::events::lots_about(tx, recall.event).await?;
        let ids: Vec<LotId> = about.into_iter().map(|(lot, _)| lot).collect();
        let mut lots: Vec<Lot> = store::lots::lock(tx, &ids).await?.into_values().collect();
        lots.sort_unstable_by_key(|lot| lot.id);
        Ok(lots)
    }

    async fn recall_again(&self, id: RecallId) -> Outcome<Recall> {
        let found = store::recalls::by_ids(&self.services().db, &[id]).await?.remove(&id);
        found.ok_or_else(|| Failure::code(ErrorCode::NotFound))
    }

    /// Tells everybody who has some of what is called back, is to receive it, or offers it.
    async fn tell_recall(&self, tx: &WriteTx, recall: &Recall, held: &[LotId], paused: &[Listing]) -> Outcome<()> {
        let lots = store::lots::lock(tx, held).await?;
        let having = lots.values().filter(|lot| lot.left > 0);
        let mut concerned: Vec<OrganizationId> =
            having.flat_map(|lot| std::iter::once(lot.organization).chain(lot.destination)).collect();
        concerned.extend(paused.iter().map(|listing| listing.organization));
        concerned.sort_unstable();
        concerned.dedup();
        self.tell_keepers(tx, recall, &concerned).await
    }
}
