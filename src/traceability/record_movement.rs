//! A lot goes from one organization to another: sent by the one, received by the other.

use serde::Serialize;

use super::{
    LotId, Portion, Recorded, Traceability,
    model::{
        epcis::ours,
        event::{EpcRole, EventKind},
        loss::LossReason,
        lot::{Lot, LotStatus},
    },
    record_loss::Lost,
    record_transformation::Kind,
    recording::{Made, Scene, Taken, movable, path},
    store,
    weighing::Reading,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    directory::Organization,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        clock::{Timestamp, rfc3339},
        decimal::format_scaled,
        idempotency::{self, Claimed},
        quantity::{DECIMALS, Quantity},
    },
};

/// A lot that is sent.
#[derive(Debug, Clone, Serialize)]
pub struct RecordShipment {
    /// Who sends it.
    pub organization: OrganizationId,
    /// The lot.
    pub lot: LotId,
    /// How much of it; the rest of it where nothing is said.
    pub quantity: Option<Quantity>,
    /// Who is to receive it.
    pub to: OrganizationId,
    /// When it left.
    pub occurred_at: Timestamp,
    /// From where; the organization's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// A lot that arrived.
#[derive(Debug, Clone, Serialize)]
pub struct RecordReceipt {
    /// Who received it.
    pub organization: OrganizationId,
    /// The lot.
    pub lot: LotId,
    /// How much arrived; what was sent where nothing is said. What is missing is recorded as lost on the way.
    pub quantity: Option<Quantity>,
    /// When it arrived.
    pub occurred_at: Timestamp,
    /// Where; the organization's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records that a lot was sent. A part of a lot becomes a lot of its own first. Until it is received nobody can use it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for an organization or the lot, [`ErrorCode::Forbidden`], what keeps the lot from being used, and
    /// everything that is wrong with the input.
    pub async fn record_shipment(&self, actor: &Actor, command: RecordShipment) -> Outcome<Recorded> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let receiver = self.receiver(actor, command.to, command.organization).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let (at, place) =
            self.when_and_where(&gazetteer, command.occurred_at, command.place.as_deref(), &organization)?;
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordShipment", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recorded_again(id).await;
            }
        };
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let taken = match command.quantity {
            Some(quantity) => {
                let portion = Portion { lot: command.lot, quantity };
                self.take(&scene, &reading, &[portion], &[]).await?.pop()
            }
            None => self.take_rest(&scene, command.lot).await?,
        };
        let taken = taken.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        let recorded = self.send(&scene, taken, &receiver).await?;
        claim.finish(&tx, recorded.event.id.uuid()).await?;
        tx.commit().await?;
        Ok(recorded)
    }

    /// Sends what was taken of a lot, which must be free: the lot itself where that is all of it, else a part that becomes a lot
    /// of its own.
    pub(super) async fn send(&self, scene: &Scene<'_>, taken: Taken, receiver: &Organization) -> Outcome<Recorded> {
        let is_whole = taken.grams == taken.lot.left;
        let mut lot = if is_whole { taken.lot } else { self.part(scene, taken).await? };
        lot.status = LotStatus::InTransit;
        lot.destination = Some(receiver.id);
        lot.touched_at = scene.at;
        store::lots::update(scene.tx, &lot).await?;
        let id = self.new_event();
        let lots = [self.amount(&lot, lot.left)];
        let moved = ours::Moved { lots: &lots, from: scene.organization.id, to: receiver.id };
        let body = ours::shipment(&self.told(scene), &moved);
        let event = self.append(scene, id, (EventKind::Shipment, body), [(&lot, EpcRole::Object)]).await?;
        Ok(Recorded { event, lots: vec![lot] })
    }

    async fn part(&self, scene: &Scene<'_>, taken: Taken) -> Outcome<Lot> {
        let taken = [taken];
        let made = Made {
            product: &taken[0].lot.product,
            grade: taken[0].lot.grade.clone(),
            grams: taken[0].grams,
            custody: taken[0].lot.custody,
            waived: taken[0].lot.waived,
        };
        let recorded = self.transform(scene, Kind::Split, &taken, &[made], None).await?;
        let part = recorded.lots.into_iter().next();
        part.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])).into())
    }

    /// All that is left of a lot, which must be free.
    async fn take_rest(&self, scene: &Scene<'_>, id: LotId) -> Outcome<Option<Taken>> {
        let Some(lot) = store::lots::lock(scene.tx, &[id]).await?.remove(&id) else { return Ok(None) };
        movable(&lot, scene.organization.id, scene.at, path(&["lotId"]))?;
        if lot.left - lot.reserved <= 0 {
            return Err(super::recording::not_enough(&lot, path(&["lotId"])).into());
        }
        let grams = lot.left - lot.reserved;
        Ok(Some(Taken { lot, grams }))
    }

    /// Records that a lot arrived: from then on it is the receiver's. What was sent and did not arrive is lost.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization or the lot, [`ErrorCode::Forbidden`], [`ErrorCode::LotNotHeld`] where the lot
    /// is not on its way to the organization, [`ErrorCode::InsufficientStock`] where more arrived than was sent, and everything
    /// that is wrong with the input.
    pub async fn record_receipt(&self, actor: &Actor, command: RecordReceipt) -> Outcome<Recorded> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let (at, place) =
            self.when_and_where(&gazetteer, command.occurred_at, command.place.as_deref(), &organization)?;
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordReceipt", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recorded_again(id).await;
            }
        };
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let lot = store::lots::lock(&tx, &[command.lot]).await?.remove(&command.lot);
        let lot = lot.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        arriving(&lot, &scene)?;
        let sent = lot.left;
        let arrived = match &command.quantity {
            Some(quantity) => reading.mass(quantity, &lot.product, lot.place.as_deref(), path(&["quantity"]))?,
            None => sent,
        };
        if arrived > sent {
            let error = UserError::new(ErrorCode::InsufficientStock, path(&["quantity"]));
            return Err(error.with("available", format_scaled(sent, DECIMALS)).with("unit", "KGM").into());
        }
        let recorded = self.arrive(&scene, lot, arrived).await?;
        claim.finish(&tx, recorded.event.id.uuid()).await?;
        tx.commit().await?;
        Ok(recorded)
    }

    /// So much of a lot, which is on its way to the scene's organization, arrived; the rest of it is lost.
    pub(super) async fn arrive(&self, scene: &Scene<'_>, lot: Lot, arrived: i64) -> Outcome<Recorded> {
        let (sender, sent) = (lot.organization, lot.left);
        let mut lot = Lot {
            organization: scene.organization.id,
            destination: None,
            status: LotStatus::Available,
            touched_at: scene.at,
            ..lot
        };
        store::lots::update(scene.tx, &lot).await?;
        let lots = [self.amount(&lot, arrived)];
        let moved = ours::Moved { lots: &lots, from: sender, to: scene.organization.id };
        let body = ours::receipt(&self.told(scene), &moved);
        let about = [(&lot, EpcRole::Object)];
        let event = self.append(scene, self.new_event(), (EventKind::Receipt, body), about).await?;
        if arrived < sent {
            let lost = Lost { grams: sent - arrived, reason: LossReason::InTransit };
            lot = self.lose(scene, lot, lost).await?.1;
        }
        Ok(Recorded { event, lots: vec![lot] })
    }

    /// Who receives, if she is somebody whom the actor sees, and another than who sends.
    pub(super) async fn receiver(
        &self,
        actor: &Actor,
        to: OrganizationId,
        from: OrganizationId,
    ) -> Outcome<Organization> {
        let at = ["input", "toOrganizationId"];
        if to == from {
            let error = UserError::new(ErrorCode::InvalidValue, at).with("value", to);
            return Err(error.with("allowed", "–").into());
        }
        let found = self.knows.directory.organization(actor, to).await?;
        found.ok_or_else(|| UserError::new(ErrorCode::NotFound, at).into())
    }

    /// When and where it happened, or what is wrong with either.
    pub(super) fn when_and_where(
        &self,
        gazetteer: &crate::directory::model::gazetteer::Gazetteer,
        at: Timestamp,
        place: Option<&str>,
        organization: &Organization,
    ) -> Outcome<(Timestamp, String)> {
        let mut wrong = Rejections::default();
        let at = wrong.take(self.happened_at(at, &["occurredAt"]));
        let place = wrong.take(self.place_of(gazetteer, place, organization));
        wrong.finish()?;
        match (at, place) {
            (Some(at), Some(place)) => Ok((at, place)),
            (None, _) | (_, None) => Err(UserError::new(ErrorCode::Required, ["input"]).into()),
        }
    }
}

/// Whether a lot is on its way to whoever receives it, and was sent before it arrived. A lot that is held may arrive: it has to
/// be somewhere.
fn arriving(lot: &Lot, scene: &Scene<'_>) -> Result<(), UserError> {
    if lot.destination != Some(scene.organization.id) {
        return Err(UserError::new(ErrorCode::LotNotHeld, path(&["lotId"])).with("lot", &lot.code));
    }
    if scene.at < lot.touched_at {
        let error = UserError::new(ErrorCode::BeforeLot, path(&["occurredAt"])).with("lot", &lot.code);
        return Err(error.with("since", rfc3339(lot.touched_at)));
    }
    Ok(())
}
