//! A lot is looked at, and found as it should be or not.

use serde::Serialize;
use uuid::Uuid;

use super::{
    LotId, Recorded, Traceability,
    model::{
        epcis::ours,
        event::{EpcRole, EventKind},
        hold::HoldCause,
        lot::LotStatus,
    },
    recording::{Scene, path},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    kernel::{
        ErrorCode, Fault, Outcome, UserError,
        clock::{Timestamp, rfc3339},
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// What was looked at, and what was found.
#[derive(Debug, Clone, Serialize)]
pub struct RecordInspection {
    /// The organization that has the lot.
    pub organization: OrganizationId,
    /// The lot.
    pub lot: LotId,
    /// Whether it was as it should be.
    pub conformant: bool,
    /// When it was looked at.
    pub occurred_at: Timestamp,
    /// Where; the organization's own place where none is named.
    pub place: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Records an inspection. A lot that was found wanting is held, and so is all that was made of it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the organization or the lot, [`ErrorCode::Forbidden`], [`ErrorCode::LotNotHeld`],
    /// [`ErrorCode::BeforeLot`], and everything that is wrong with the input.
    pub async fn record_inspection(&self, actor: &Actor, command: RecordInspection) -> Outcome<Recorded> {
        let organization = self.acting_for(actor, command.organization, Action::RecordEvents).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let (at, place) =
            self.when_and_where(&gazetteer, command.occurred_at, command.place.as_deref(), &organization)?;

        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "recordInspection", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.recorded_again(id).await;
            }
        };
        let scene = Scene { tx: &tx, actor, organization: &organization, at, place, now };
        let lot = store::lots::lock(&tx, &[command.lot]).await?.remove(&command.lot);
        let mut lot = lot.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        // What is held may be looked at: to find out whether it can go.
        if lot.organization != organization.id || lot.status != LotStatus::Available {
            return Err(UserError::new(ErrorCode::LotNotHeld, path(&["lotId"])).with("lot", &lot.code).into());
        }
        if at < lot.touched_at {
            let error = UserError::new(ErrorCode::BeforeLot, path(&["occurredAt"])).with("lot", &lot.code);
            return Err(error.with("since", rfc3339(lot.touched_at)).into());
        }
        let id = self.new_event();
        if !command.conformant {
            self.hold_descendants(&tx, &[lot.id], (HoldCause::Inspection, id.uuid())).await?;
            lot.holds += 1;
        }
        let lots = [self.amount(&lot, lot.left)];
        let inspected = ours::Inspected { lots: &lots, conformant: command.conformant, grade: None, note: None };
        let body = ours::inspection(&self.told(&scene), &inspected);
        let event = self.append(&scene, id, (EventKind::Inspection, body), [(&lot, EpcRole::Object)]).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(Recorded { event, lots: vec![lot] })
    }

    /// Holds lots and everything that was made of them, and gives all of it. What is held cannot be used, so that nothing more
    /// is made of it; and what was made while this looked is found by looking again.
    pub(super) async fn hold_descendants(
        &self,
        tx: &WriteTx,
        lots: &[LotId],
        cause: (HoldCause, Uuid),
    ) -> Result<Vec<LotId>, Fault> {
        let now = self.services().now();
        let mut held: Vec<LotId> = Vec::new();
        loop {
            let mut reached = store::trace::descendants(tx, lots).await?;
            reached.sort_unstable();
            let new: Vec<LotId> = reached.into_iter().filter(|lot| held.binary_search(lot).is_err()).collect();
            if new.is_empty() {
                return Ok(held);
            }
            // Locked first, in the order in which everybody locks.
            store::lots::lock(tx, &new).await?;
            let rows: Vec<(Uuid, LotId)> = new.iter().map(|lot| (self.services().ids.next_uuid(), *lot)).collect();
            store::holds::place(tx, &rows, cause, now).await?;
            held.extend(new);
            held.sort_unstable();
        }
    }
}
