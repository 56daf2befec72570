//! An event is declared an error. It stays where it is; a later one says that it was wrong, and what it did is taken back as far
//! as that can be done. What can no longer be taken back, because others went on from there, is held until somebody has looked.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    EventId, LotId, ProducerId, Recorded, Traceability,
    model::{
        epcis::ours::{self, ErrorReason},
        event::{EpcRole, Event, EventKind, NewEvent},
        hold::HoldCause,
        lot::{Lot, LotStatus},
    },
    recording::{Scene, path},
    store::{self, deliveries::Deliverer, events::Appended},
    weighing::Reading,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::Timestamp,
        idempotency::{self, Claimed},
        quantity::Quantity,
    },
};

/// Which event was wrong, and what takes its place.
#[derive(Debug, Clone, Serialize)]
pub struct CorrectEvent {
    /// The event.
    pub event: EventId,
    /// In what way it was wrong.
    pub reason: ErrorReason,
    /// What should have been recorded, of a delivery; nothing where it did not happen.
    pub instead: Option<DeliveryInstead>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What should have been recorded of a delivery; what is left out was right.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DeliveryInstead {
    /// Who brought it.
    pub producer: Option<ProducerId>,
    /// How much.
    pub quantity: Option<Quantity>,
    /// When.
    pub delivered_at: Option<Timestamp>,
}

/// What a correction did.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The event that declares the error, and the lots that it is about, as they are now.
    pub recorded: Recorded,
    /// The event that takes the place of the wrong one.
    pub instead: Option<Event>,
    /// The lots that are held until somebody has looked.
    pub held: Vec<LotId>,
}

/// What taking an event back came to.
struct TakenBack {
    lots: Vec<Lot>,
    held: Vec<LotId>,
    instead: Option<Event>,
}

impl Traceability {
    /// Declares an event an error, and takes back what it did.
    ///
    /// | event | taken back | where that cannot be |
    /// |---|---|---|
    /// | delivery | the lot is void, or is what should have been recorded | it was used or sent, or more was taken of it than there is: it and all that was made of it is held |
    /// | aggregation, split, transformation | what was made is void, what went in is there again | what was made was used or sent: it and all that was made of it is held |
    /// | shipment | the lot is with its sender | it arrived: refused, it has to be sent back |
    /// | inspection | what it held is let go | |
    /// | loss | what was lost is there again | the lot is elsewhere: refused |
    /// | captured | nothing, for it did nothing | |
    /// | receipt, recall, its end, correction | refused | |
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`] for what cannot be taken back and for
    /// what was declared an error before, [`ErrorCode::StockReserved`] where what it gave is held for buyers, and what is wrong
    /// with what takes its place.
    pub async fn correct_event(&self, actor: &Actor, command: CorrectEvent) -> Outcome<Corrected> {
        let now = self.services().now();
        let found = store::events::by_ids(&self.services().db, &[command.event]).await?.remove(&command.event);
        let Some(found) = found.filter(|event| self.sees_event(actor, event)) else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, path(&["eventId"])).into());
        };
        let organization = self.acting_for(actor, found.organization, Action::RecordEvents).await?;

        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "correctEvent", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                let recorded = self.recorded_again(id).await?;
                return Ok(Corrected { recorded, instead: None, held: Vec::new() });
            }
        };
        let event = store::events::lock(&tx, command.event).await?;
        let event = event.ok_or_else(|| Fault::corrupt("event", "it vanished while it was read"))?;
        if store::events::is_corrected(&tx, event.id).await? {
            return Err(refused(&event, "CORRECTED").into());
        }
        if command.instead.is_some() && event.kind != EventKind::Delivery {
            let error = UserError::new(ErrorCode::InvalidValue, path(&["instead"])).with("value", event.kind.as_str());
            return Err(error.with("allowed", EventKind::Delivery.as_str()).into());
        }
        let place = organization.place_code.clone();
        let scene = Scene { tx: &tx, actor, organization: &organization, at: event.event_time, place, now };
        let id = self.new_event();
        let lots = store::events::lots_about(&tx, event.id).await?;
        let taken_back = self.take_back(&scene, &event, &command, (id, lots)).await?;
        let corrective: Vec<EventId> = taken_back.instead.iter().map(|event| event.id).collect();
        let body = self.declaration(&event, command.reason, &corrective, now)?;
        let epcs = store::events::epcs_of(&tx, event.id).await?;
        let new = NewEvent {
            id,
            organization: event.organization,
            kind: EventKind::Correction,
            event_time: event.event_time,
            recorded_at: now,
            recorded_by: actor.user_id(),
            body,
            epcs,
            corrects: Some(event.id),
        };
        let declared = match store::events::append(&tx, new).await? {
            Appended::New(declared) => declared,
            Appended::Before(_) => return Err(refused(&event, "CORRECTED").into()),
        };
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        let TakenBack { lots, held, instead } = taken_back;
        Ok(Corrected { recorded: Recorded { event: declared, lots }, instead, held })
    }

    /// The wrong event once more, with what is said of it (EPCIS 2.0, section 7.4.1.2).
    fn declaration(
        &self,
        event: &Event,
        reason: ErrorReason,
        corrective: &[EventId],
        now: Timestamp,
    ) -> Result<serde_json::Value, Fault> {
        let body = serde_json::from_str(&event.body).map_err(|error| Fault::corrupt("body of an event", error))?;
        let corrective: Vec<String> = corrective.iter().map(|id| super::model::event::event_urn(id.uuid())).collect();
        Ok(ours::error_declaration(&body, reason, now, &corrective))
    }

    async fn take_back(
        &self,
        scene: &Scene<'_>,
        event: &Event,
        command: &CorrectEvent,
        (correction, lots): (EventId, Vec<(LotId, EpcRole)>),
    ) -> Outcome<TakenBack> {
        let of = |role: EpcRole| lots.iter().filter(|(_, own)| *own == role).map(|(lot, _)| *lot).collect::<Vec<_>>();
        match event.kind {
            EventKind::Delivery => {
                let lot = self.only(scene, &of(EpcRole::Object)).await?;
                self.take_back_delivery(scene, event, command, (correction, lot)).await
            }
            EventKind::Aggregation | EventKind::Split | EventKind::Transformation => {
                self.take_back_transformation(scene, correction, &of(EpcRole::Output)).await
            }
            EventKind::Shipment => {
                let lot = self.only(scene, &of(EpcRole::Object)).await?;
                let is_its_way = lot.status == LotStatus::InTransit && lot.touched_at == event.event_time;
                if !is_its_way || lot.organization != event.organization {
                    return Err(refused(event, lot.status.as_str()).into());
                }
                let lot = Lot { status: LotStatus::Available, destination: None, touched_at: lot.made_at, ..lot };
                store::lots::update(scene.tx, &lot).await?;
                Ok(TakenBack { lots: vec![lot], held: Vec::new(), instead: None })
            }
            EventKind::Inspection => {
                store::holds::release_cause(scene.tx, event.id.uuid(), (scene.actor.user_id(), None), scene.now)
                    .await?;
                let lot = self.only(scene, &of(EpcRole::Object)).await?;
                Ok(TakenBack { lots: vec![lot], held: Vec::new(), instead: None })
            }
            EventKind::Loss => {
                let lot = self.only(scene, &of(EpcRole::Object)).await?;
                if lot.organization != event.organization || lot.status != LotStatus::Available {
                    return Err(refused(event, lot.status.as_str()).into());
                }
                let lost =
                    ours::grams_told(&event.body).ok_or_else(|| Fault::corrupt("loss", "it tells no quantity"))?;
                let lot = Lot { left: (lot.left + lost).min(lot.grams), ..lot };
                store::lots::update(scene.tx, &lot).await?;
                Ok(TakenBack { lots: vec![lot], held: Vec::new(), instead: None })
            }
            EventKind::Captured => Ok(TakenBack { lots: Vec::new(), held: Vec::new(), instead: None }),
            EventKind::Receipt | EventKind::Recall | EventKind::RecallEnd | EventKind::Correction => {
                Err(refused(event, event.kind.as_str()).into())
            }
        }
    }

    /// The lot that an event is about, locked.
    async fn only(&self, scene: &Scene<'_>, lots: &[LotId]) -> Outcome<Lot> {
        let found = store::lots::lock(scene.tx, lots).await?;
        found.into_values().next().ok_or_else(|| Fault::corrupt("event", "it is about no lot").into())
    }

    async fn take_back_delivery(
        &self,
        scene: &Scene<'_>,
        event: &Event,
        command: &CorrectEvent,
        (correction, lot): (EventId, Lot),
    ) -> Outcome<TakenBack> {
        let used = lot.grams - lot.left;
        let before = store::deliveries::by_event(scene.tx, event.id).await?;
        let before = before.ok_or_else(|| Fault::corrupt("delivery", "its row is gone"))?;
        let cause = (HoldCause::Correction, correction.uuid());
        // Whoever received it weighed it: what it is now is no longer the deliverer's to say.
        let was_sent = lot.organization != scene.organization.id || lot.status == LotStatus::InTransit;
        let Some(instead) = &command.instead else {
            if lot.reserved > 0 {
                return Err(reserved(&lot).into());
            }
            if was_sent {
                let held = self.hold_descendants(scene.tx, &[lot.id], cause).await?;
                let lot = Lot { holds: lot.holds + 1, ..lot };
                return Ok(TakenBack { lots: vec![lot], held, instead: None });
            }
            let held = if used > 0 { self.hold_descendants(scene.tx, &[lot.id], cause).await? } else { Vec::new() };
            store::lots::make_void(scene.tx, &[lot.id]).await?;
            let lot = Lot { left: 0, status: LotStatus::Void, ..lot };
            return Ok(TakenBack { lots: vec![lot], held, instead: None });
        };
        let gazetteer = self.knows.directory.gazetteer();
        let at = match instead.delivered_at {
            Some(at) => self.happened_at(at, &["instead", "deliveredAt"])?,
            None => event.event_time,
        };
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };
        let quantity = instead.quantity.clone().unwrap_or_else(|| before.quantity.clone());
        let grams = reading.mass(&quantity, &lot.product, lot.place.as_deref(), path(&["instead", "quantity"]))?;
        let producer = instead.producer.unwrap_or(before.producer);
        let deliverer = self.deliverer(scene, producer, at).await?;
        if !was_sent && lot.reserved > (grams - used).max(0) {
            return Err(reserved(&lot).into());
        }
        let is_doubtful = grams < used || (was_sent && grams != lot.grams);
        let held = if is_doubtful { self.hold_descendants(scene.tx, &[lot.id], cause).await? } else { Vec::new() };
        let holds = lot.holds + i64::from(is_doubtful);
        let lot = if was_sent {
            Lot { holds, ..lot }
        } else {
            // What was taken beyond what there was is told by the hold; of the lot itself nothing is left.
            Lot { grams: grams.max(used), left: (grams - used).max(0), holds, ..lot }
        };
        store::lots::update(scene.tx, &lot).await?;
        let right = Scene { at, place: lot.place.clone().unwrap_or_else(|| scene.place.clone()), ..*scene };
        let delivered = ours::Delivered {
            lot: ours::Made { amount: self.amount(&lot, grams), ..self.made(&lot) },
            producer: &deliverer.pseudonym,
            measured: quantity.thousandths,
            unit: quantity.unit.as_str(),
        };
        let body = ours::delivery(&self.told(&right), &delivered);
        let id = self.new_event();
        let event = self.append(&right, id, (EventKind::Delivery, body), [(&lot, EpcRole::Object)]).await?;
        let delivery = store::deliveries::New {
            event: id,
            lot: lot.id,
            producer,
            plot: before.plot.filter(|_| producer == before.producer),
            grams,
            quantity: &quantity,
        };
        store::deliveries::insert(scene.tx, &delivery).await?;
        Ok(TakenBack { lots: vec![lot], held, instead: Some(event) })
    }

    /// Who brought it, if she may have.
    async fn deliverer(&self, scene: &Scene<'_>, producer: ProducerId, at: Timestamp) -> Outcome<Deliverer> {
        let found = store::deliveries::lock_deliverer(scene.tx, producer, at.date_naive()).await?;
        let found = found.filter(|found| found.organization == scene.organization.id);
        let found = found.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["instead", "producerId"])))?;
        if !found.is_member {
            let error = UserError::new(ErrorCode::ProducerNotMember, path(&["instead", "producerId"]));
            return Err(error.with("day", at.date_naive()).into());
        }
        Ok(found)
    }

    /// Takes back what an event made, if none of it was used or sent; else holds all that followed from it.
    async fn take_back_transformation(
        &self,
        scene: &Scene<'_>,
        correction: EventId,
        made: &[LotId],
    ) -> Outcome<TakenBack> {
        let lots = store::lots::lock(scene.tx, made).await?;
        if let Some(lot) = lots.values().find(|lot| lot.reserved > 0) {
            return Err(reserved(lot).into());
        }
        let is_untouched = |lot: &Lot| {
            lot.left == lot.grams && lot.status == LotStatus::Available && lot.organization == scene.organization.id
        };
        if !lots.values().all(is_untouched) {
            let cause = (HoldCause::Correction, correction.uuid());
            let held = self.hold_descendants(scene.tx, made, cause).await?;
            let lots = lots.into_values().map(|lot| Lot { holds: lot.holds + 1, ..lot }).collect();
            return Ok(TakenBack { lots, held, instead: None });
        }
        let mut given: HashMap<LotId, i64> = HashMap::new();
        for edge in store::lots::edges_into(scene.tx, made).await? {
            *given.entry(edge.parent).or_default() += edge.grams;
        }
        let mut given: Vec<(LotId, i64)> = given.into_iter().collect();
        given.sort_unstable();
        // In the order of the ids, as everybody locks.
        store::lots::lock(scene.tx, &given.iter().map(|(lot, _)| *lot).collect::<Vec<_>>()).await?;
        store::lots::give_back(scene.tx, &given).await?;
        store::lots::remove_edges_into(scene.tx, made).await?;
        store::lots::make_void(scene.tx, made).await?;
        let lots = lots.into_values().map(|lot| Lot { left: 0, status: LotStatus::Void, ..lot }).collect();
        Ok(TakenBack { lots, held: Vec::new(), instead: None })
    }
}

fn refused(event: &Event, state: &str) -> UserError {
    let error = UserError::new(ErrorCode::InvalidTransition, path(&["eventId"]));
    error.with("state", format!("{} {state}", event.kind.as_str())).with("action", "correctEvent")
}

fn reserved(lot: &Lot) -> UserError {
    let error = UserError::new(ErrorCode::StockReserved, path(&["eventId"]));
    let kilograms = crate::kernel::decimal::format_scaled(lot.reserved, crate::kernel::quantity::DECIMALS);
    error.with("reserved", kilograms).with("unit", "KGM")
}
