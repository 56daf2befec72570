//! Something of a lot is no more.

use serde::Serialize;

use super::{
    LotId, Portion, Recorded, Traceability,
    model::{
        epcis::ours,
        event::{EpcRole, Event, EventKind},
        loss::LossReason,
        lot::Lot,
    },
    recording::{Scene, path},
    store,
    weighing::Reading,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        ErrorCode, Outcome, UserError,
        clock::Timestamp,
        idempotency::{self, Claimed},
        quantity::Quantity,
    },
};

/// What was lost, and why.
#[derive(Debug, Clone, Serialize)]
pub struct RecordLoss {
    /// Who had it.
    pub organization: OrganizationId,
    /// Of which lot.
    pub lot: LotId,
    /// How much.
    pub quantity: Quantity,
    /// Why.
    pub reason: LossReason,
    /// When.
    pub occurred_at: Timestamp,
    /// Where; the organization's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// How much was lost, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lost {
    pub(super) grams: i64,
    pub(super) reason: LossReason,
}

impl Traceability {
    /// Records that something of a lot is no more.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization or the lot, [`ErrorCode::Forbidden`], what keeps the lot from being used, and
    /// everything that is wrong with the input.
    pub async fn record_loss(&self, actor: &Actor, command: RecordLoss) -> Outcome<Recorded> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let (at, place) =
            self.when_and_where(&gazetteer, command.occurred_at, command.place.as_deref(), &organization)?;
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordLoss", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recorded_again(id).await;
            }
        };
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let portion = Portion { lot: command.lot, quantity: command.quantity };
        let taken = self.take(&scene, &reading, &[portion], &[]).await?.pop();
        let taken = taken.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        let (event, lot) = self.lose(&scene, taken.lot, Lost { grams: taken.grams, reason: command.reason }).await?;
        claim.finish(&tx, event.id.uuid()).await?;
        tx.commit().await?;
        Ok(Recorded { event, lots: vec![lot] })
    }

    /// Takes what was lost out of a locked lot, and tells so.
    pub(super) async fn lose(&self, scene: &Scene<'_>, lot: Lot, lost: Lost) -> Outcome<(Event, Lot)> {
        let lot = Lot { left: lot.left - lost.grams, ..lot };
        store::lots::update(scene.tx, &lot).await?;
        let id = self.new_event();
        let amount = self.amount(&lot, lost.grams);
        let told = ours::Lost { lot: &amount, cause: Some(lost.reason.as_str()) };
        let body = ours::loss(&self.told(scene), &told);
        let event = self.append(scene, id, (EventKind::Loss, body), [(&lot, EpcRole::Object)]).await?;
        Ok((event, lot))
    }
}
