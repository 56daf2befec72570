//! What every recording of an event has in common: who may, when it happened, how much it was, which lots it takes from, and
//! what is given back.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    EventId, LotId, Traceability,
    model::{
        code::LotCode,
        epcis::{Names, ours},
        event::{EpcRole, Event, EventKind, NewEvent},
        graph::Edge,
        lot::{CustodyModel, Lot, LotStatus},
    },
    store::{self, events::Appended},
    weighing::Reading,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    directory::{
        Organization,
        model::{gazetteer::Gazetteer, profile::check_place},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        clock::{Timestamp, rfc3339, truncated},
        db::WriteTx,
        decimal::format_scaled,
        entropy,
        quantity::{DECIMALS, Quantity},
    },
};

/// How far a clock that tells when something happened may be ahead of ours.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);
/// How far back anything may have happened: longer than any produce keeps.
const BACK_MAX: TimeDelta = TimeDelta::days(366 * 5);

/// What was recorded: the event, and the lots that it made, or that it is about where it made none.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// The lots, in the order in which they were given.
    pub lots: Vec<Lot>,
}

/// Some of a lot that an event takes.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Portion {
    /// The lot.
    pub lot: LotId,
    /// How much of it.
    pub quantity: Quantity,
}

/// The same, weighed and looked up.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) lot: Lot,
    pub(super) grams: i64,
}

/// A lot that an event makes.
#[derive(Debug, Clone)]
pub(super) struct Made<'m> {
    pub(super) product: &'m str,
    pub(super) grade: Option<String>,
    pub(super) grams: i64,
    pub(super) custody: CustodyModel,
    pub(super) waived: bool,
}

/// What is known when an event is recorded.
pub(super) struct Scene<'s> {
    pub(super) tx: &'s WriteTx,
    pub(super) actor: &'s Actor,
    pub(super) organization: &'s Organization,
    /// When it happened.
    pub(super) at: Timestamp,
    /// Where, by the place's code.
    pub(super) place: String,
    pub(super) now: Timestamp,
}

impl Traceability {
    /// The organization that the input names, if the actor sees it and may do this for it.
    pub(super) async fn acting_for(&self, actor: &Actor, id: OrganizationId, action: Action) -> Outcome<Organization> {
        self.require_of(actor, action, id, &["input", "organizationId"]).await
    }

    /// When it happened, if it can have.
    pub(super) fn happened_at(&self, at: Timestamp, steps: &[&str]) -> Result<Timestamp, UserError> {
        let now = self.services().now();
        if at > now + AHEAD_MAX || at < now - BACK_MAX {
            let error = UserError::new(ErrorCode::OutOfRange, path(steps));
            return Err(error.with("minimum", rfc3339(now - BACK_MAX)).with("maximum", rfc3339(now)));
        }
        Ok(truncated(at))
    }

    /// The place that was named, or the organization's own.
    pub(super) fn place_of(
        &self,
        gazetteer: &Gazetteer,
        typed: Option<&str>,
        organization: &Organization,
    ) -> Result<String, UserError> {
        let Some(typed) = typed else { return Ok(organization.place_code.clone()) };
        let today = self.services().clock.today();
        Ok(check_place(gazetteer, typed, today, ["input", "placeCode"])?.code.clone())
    }

    /// The lots of these portions, locked, weighed, and found to be with the organization, free to move, old enough and large
    /// enough; or everything that is wrong with them. They stand in the input's list of this name; or, where it has none, there
    /// is one, and it is the input itself.
    pub(super) async fn take(
        &self,
        scene: &Scene<'_>,
        reading: &Reading<'_>,
        portions: &[Portion],
        list: &[&str],
    ) -> Outcome<Vec<Taken>> {
        let ids: Vec<LotId> = portions.iter().map(|portion| portion.lot).collect();
        let lots = store::lots::lock(scene.tx, &ids).await?;
        let mut wrong = Vec::new();
        let mut taken: Vec<Taken> = Vec::with_capacity(portions.len());
        for (index, portion) in portions.iter().enumerate() {
            let index = index.to_string();
            let at = |field: &str| match list {
                [] => path(&[field]),
                [list, ..] => path(&[list, &index, field]),
            };
            let Some(lot) = lots.get(&portion.lot) else {
                wrong.push(UserError::new(ErrorCode::NotFound, at("lotId")));
                continue;
            };
            if taken.iter().any(|before| before.lot.id == lot.id) {
                wrong.push(UserError::new(ErrorCode::LotTwice, at("lotId")).with("lot", &lot.code));
                continue;
            }
            if let Err(error) = movable(lot, scene.organization.id, scene.at, at("lotId")) {
                wrong.push(error);
                continue;
            }
            match reading.mass(&portion.quantity, &lot.product, lot.place.as_deref(), at("quantity")) {
                Ok(grams) if grams > lot.left - lot.reserved => {
                    wrong.push(not_enough(lot, at("quantity")));
                }
                Ok(grams) => taken.push(Taken { lot: lot.clone(), grams }),
                Err(error) => wrong.push(error),
            }
        }
        if wrong.is_empty() { Ok(taken) } else { Err(Failure::Rejected(wrong)) }
    }

    /// One lot of which several parts are taken, and what each of them weighs.
    pub(super) async fn take_parts(
        &self,
        scene: &Scene<'_>,
        reading: &Reading<'_>,
        lot: LotId,
        quantities: &[Quantity],
    ) -> Outcome<(Taken, Vec<i64>)> {
        let found = store::lots::lock(scene.tx, &[lot]).await?.remove(&lot);
        let lot = found.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        movable(&lot, scene.organization.id, scene.at, path(&["lotId"]))?;
        let mut wrong = Rejections::default();
        let parts = quantities.iter().enumerate().filter_map(|(index, quantity)| {
            let at = path(&["quantities", &index.to_string()]);
            wrong.take(reading.mass(quantity, &lot.product, lot.place.as_deref(), at))
        });
        let parts: Vec<i64> = parts.collect();
        wrong.finish()?;
        let grams = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(*part));
        if grams > lot.left - lot.reserved {
            return Err(not_enough(&lot, path(&["quantities"])).into());
        }
        Ok((Taken { lot, grams }, parts))
    }

    /// Takes what was weighed out of its lots.
    pub(super) async fn withdraw(&self, scene: &Scene<'_>, taken: &[Taken]) -> Outcome<()> {
        let grams: Vec<(LotId, i64)> = taken.iter().map(|taken| (taken.lot.id, taken.grams)).collect();
        if store::lots::withdraw(scene.tx, scene.organization.id, &grams).await? {
            return Ok(());
        }
        // They were locked and looked at; that it failed all the same is ours.
        Err(Fault::Internal("a lot that was locked changed".to_owned()).into())
    }

    /// Lots with new codes, which an event makes.
    pub(super) fn make(&self, scene: &Scene<'_>, event: EventId, made: &[Made<'_>]) -> Outcome<Vec<Lot>> {
        let lot = |made: &Made<'_>| -> Outcome<Lot> {
            Ok(Lot {
                id: LotId::from_uuid(self.services().ids.next_uuid()),
                code: LotCode::from_entropy(entropy::bytes()?).to_string(),
                product: made.product.to_owned(),
                organization: scene.organization.id,
                maker: scene.organization.id,
                destination: None,
                place: Some(scene.place.clone()),
                grade: made.grade.clone(),
                grams: made.grams,
                left: made.grams,
                reserved: 0,
                custody: made.custody,
                status: LotStatus::Available,
                holds: 0,
                waived: made.waived,
                made_by: event,
                made_at: scene.at,
                touched_at: scene.at,
                created_at: scene.now,
            })
        };
        made.iter().map(lot).collect()
    }

    /// A new event's id.
    pub(super) fn new_event(&self) -> EventId {
        EventId::from_uuid(self.services().ids.next_uuid())
    }

    /// Appends an event about these lots.
    pub(super) async fn append(
        &self,
        scene: &Scene<'_>,
        id: EventId,
        (kind, body): (EventKind, serde_json::Value),
        about: impl IntoIterator<Item = (&Lot, EpcRole)>,
    ) -> Outcome<Event> {
        let new = NewEvent {
            id,
            organization: scene.organization.id,
            kind,
            event_time: scene.at,
            recorded_at: scene.now,
            recorded_by: scene.actor.user_id(),
            body,
            epcs: about.into_iter().map(|(lot, role)| (lot.code.clone(), role)).collect(),
            corrects: None,
        };
        match store::events::append(scene.tx, new).await? {
            Appended::New(event) => Ok(event),
            Appended::Before(before) => Err(duplicate(before).into()),
        }
    }

    /// What a write recorded that is repeated.
    pub(super) async fn recorded_again(&self, id: Uuid) -> Outcome<Recorded> {
        let id = EventId::from_uuid(id);
        let db = &self.services().db;
        let event = store::events::by_ids(db, &[id]).await?.remove(&id);
        let event = event.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
        let lots = store::events::lots_given(db, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Recorded { event, lots })
    }

    /// What every event tells.
    pub(super) fn told<'t>(&'t self, scene: &'t Scene<'_>) -> ours::Told<'t> {
        ours::Told {
            names: self.names(),
            at: scene.at,
            organization: scene.organization.id,
            place: Some(&scene.place),
            certificates: &[],
        }
    }

    /// How things of ours are called outside.
    pub(super) fn names(&self) -> Names<'_> {
        Names::under(&self.knows.public_url)
    }

    /// So much of a lot, as events tell it.
    pub(super) fn amount(&self, lot: &Lot, grams: i64) -> ours::Amount {
        ours::Amount { lot_uri: self.names().lot(&lot.code), grams }
    }

    /// A lot that came to be, as events tell it.
    pub(super) fn made(&self, lot: &Lot) -> ours::Made {
        ours::Made {
            amount: self.amount(lot, lot.grams),
            product: lot.product.clone(),
            grade: lot.grade.clone(),
            custody: lot.custody,
        }
    }
}

/// A path below `input`.
pub(super) fn path(steps: &[&str]) -> Vec<String> {
    std::iter::once("input").chain(steps.iter().copied()).map(str::to_owned).collect()
}

/// Whether a lot is with an organization, free to move, and was so when it is said to have moved.
pub(super) fn movable(
    lot: &Lot,
    organization: OrganizationId,
    at: Timestamp,
    path: Vec<String>,
) -> Result<(), UserError> {
    let refuse = |code| Err(UserError::new(code, path.clone()).with("lot", &lot.code));
    if lot.organization != organization {
        return refuse(ErrorCode::LotNotHeld);
    }
    match lot.status {
        LotStatus::Available => {}
        LotStatus::InTransit => return refuse(ErrorCode::LotInTransit),
        LotStatus::Void => return refuse(ErrorCode::LotVoid),
    }
    if lot.holds > 0 {
        return refuse(ErrorCode::LotOnHold);
    }
    if at < lot.touched_at {
        let error = UserError::new(ErrorCode::BeforeLot, path).with("lot", &lot.code);
        return Err(error.with("since", rfc3339(lot.touched_at)));
    }
    Ok(())
}

/// Less of a lot is free than was asked for.
pub(super) fn not_enough(lot: &Lot, path: Vec<String>) -> UserError {
    let error = UserError::new(ErrorCode::InsufficientStock, path);
    error.with("available", format_scaled(lot.left - lot.reserved, DECIMALS)).with("unit", "KGM")
}

/// The same was recorded before.
pub(super) fn duplicate(before: EventId) -> UserError {
    UserError::new(ErrorCode::DuplicateEvent, ["input"]).with("event", before)
}

/// What went from inputs into outputs: of each input every output got its part by weight, to the gram.
pub(super) fn edges_between(taken: &[Taken], made: &[Lot]) -> Vec<Edge> {
    let weights: Vec<i64> = made.iter().map(|lot| lot.grams).collect();
    let parts = |taken: &Taken| {
        let grams = super::model::balance::apportion(taken.grams, &weights);
        made.iter()
            .zip(grams)
            .map(|(lot, grams)| Edge { child: lot.id, parent: taken.lot.id, grams })
            .collect::<Vec<_>>()
    };
    taken.iter().flat_map(parts).collect()
}

/// The chain of custody of what several lots became: that of one source stays what it is; of several it is at most
/// [`CustodyModel::Segregated`], and never stronger than the weakest of them.
pub(super) fn custody_of(taken: &[Taken]) -> CustodyModel {
    let weakest = taken.iter().map(|taken| taken.lot.custody).max().unwrap_or(CustodyModel::IdentityPreserved);
    if taken.len() > 1 { weakest.max(CustodyModel::Segregated) } else { weakest }
}

/// The grade of lots that become one, where all have the same.
pub(super) fn grade_of(taken: &[Taken]) -> Option<String> {
    let first = taken.first()?.lot.grade.as_ref()?;
    taken.iter().all(|taken| taken.lot.grade.as_ref() == Some(first)).then(|| first.clone())
}
