//! What the room of contracts does to lots, within its own transactions: what a supplier delivers leaves, and arrives with the
//! buyer.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    LotId, Recorded, Traceability,
    model::{balance::apportion, lot::LotStatus},
    recording::{Scene, Taken, movable, not_enough, path},
    store,
    weighing::Reading,
};
use crate::{
    accounts::{Actor, OrganizationId},
    directory::Organization,
    kernel::{ErrorCode, Outcome, Rejections, UserError, clock::Timestamp, db::WriteTx, quantity::Quantity},
};

/// Some of a lot that is delivered.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Consigned {
    /// The lot.
    pub lot: LotId,
    /// How much of it; all that is free of it where nothing is said.
    pub quantity: Option<Quantity>,
}

/// Who delivers what to whom. Each sender is one for whom the actor was found to be allowed to.
#[derive(Debug)]
pub struct Consignment<'c> {
    /// Those who may have the lots.
    pub senders: &'c HashMap<OrganizationId, Arc<Organization>>,
    /// Who is to receive them.
    pub receiver: &'c Organization,
    /// The product that was agreed on, by its code: a lot may be of it or of what lies below it.
    pub product: &'c str,
    /// When they leave.
    pub at: Timestamp,
}

impl Traceability {
    /// Records that lots were sent, each by the sender who has it, and gives them as they are on their way: a part of a lot is a
    /// lot of its own.
    ///
    /// # Errors
    /// Everything that keeps a lot from being sent, at its place in the input's list `lots`.
    pub async fn consign(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        consignment: &Consignment<'_>,
        lots: &[Consigned],
    ) -> Outcome<Vec<Recorded>> {
        let gazetteer = self.knows.directory.gazetteer();
        let at = consignment.at;
        let reading = Reading { taxonomy: self.taxonomy(), gazetteer: &gazetteer, day: at.date_naive() };
        let ids: Vec<LotId> = lots.iter().map(|one| one.lot).collect();
        let found = store::lots::lock(tx, &ids).await?;
        let (mut wrong, mut seen, mut taken) = (Rejections::default(), HashSet::new(), Vec::new());
        for (index, one) in lots.iter().enumerate() {
            let index = index.to_string();
            let at_field = |field: &str| path(&["lots", &index, field]);
            let Some(lot) = found.get(&one.lot) else {
                wrong.push(UserError::new(ErrorCode::NotFound, at_field("lotId")));
                continue;
            };
            if !seen.insert(lot.id) {
                wrong.push(UserError::new(ErrorCode::LotTwice, at_field("lotId")).with("lot", &lot.code));
                continue;
            }
            let Some(sender) = consignment.senders.get(&lot.organization) else {
                wrong.push(UserError::new(ErrorCode::LotNotHeld, at_field("lotId")).with("lot", &lot.code));
                continue;
            };
            if wrong.take(movable(lot, sender.id, at, at_field("lotId"))).is_none() {
                continue;
            }
            if !self.taxonomy().lies_within(&lot.product, consignment.product) {
                let error = UserError::new(ErrorCode::MixedProducts, at_field("lotId"));
                wrong.push(error.with("product", &lot.product).with("first", consignment.product));
                continue;
            }
            let free = lot.left - lot.reserved;
            let grams = match &one.quantity {
                Some(quantity) => {
                    let mass = reading.mass(quantity, &lot.product, lot.place.as_deref(), at_field("quantity"));
                    let Some(grams) = wrong.take(mass) else { continue };
                    grams
                }
                None => free,
            };
            if grams <= 0 || grams > free {
                wrong.push(not_enough(lot, at_field("quantity")));
                continue;
            }
            taken.push((sender, Taken { lot: lot.clone(), grams }));
        }
        wrong.finish()?;
        let now = self.services().now();
        // One sender after the other, in the order of their ids: each has a chain that others may wait for.
        taken.sort_by_key(|(sender, _)| sender.id);
        let mut sent = Vec::with_capacity(taken.len());
        for (sender, taken) in taken {
            let place = sender.place_code.clone();
            let scene = Scene { tx, actor, organization: sender, at, place, now };
            sent.push(self.send(&scene, taken, consignment.receiver).await?);
        }
        Ok(sent)
    }

    /// Records that lots arrived, so many thousandths of what was sent for each thousand; the rest of each is lost. What is no
    /// longer on its way to the receiver was recorded as received before, and stays as it is.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn arrived(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (receiver, at): (&Organization, Timestamp),
        lots: &[LotId],
        (arrived, sent): (i64, i64),
    ) -> Outcome<()> {
        let mut found = store::lots::lock(tx, lots).await?;
        found.retain(|_, lot| lot.status == LotStatus::InTransit && lot.destination == Some(receiver.id));
        let mut coming: Vec<_> = found.into_values().collect();
        coming.sort_by_key(|lot| lot.id);
        let total: i64 = coming.iter().map(|lot| lot.left).sum();
        let weights: Vec<i64> = coming.iter().map(|lot| lot.left).collect();
        let came = i128::from(total) * i128::from(arrived.clamp(0, sent)) / i128::from(sent.max(1));
        let parts = apportion(i64::try_from(came).unwrap_or(total), &weights);
        let now = self.services().now();
        for (lot, grams) in coming.into_iter().zip(parts) {
            // A clock that went back does not keep what is there from being received.
            let at = at.max(lot.touched_at);
            let scene = Scene { tx, actor, organization: receiver, at, place: receiver.place_code.clone(), now };
            self.arrive(&scene, lot, grams).await?;
        }
        Ok(())
    }
}
