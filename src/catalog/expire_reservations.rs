//! Giving free what was held too long. Run by the worker, now and then.

use super::{
    Catalog,
    model::{ReservationId, ReservationStatus},
    store,
};
use crate::{
    accounts::Actor,
    kernel::{Failure, Fault, Outcome},
};

/// Reservations looked at in one round.
const BATCH: i64 = 500;

impl Catalog {
    /// Ends every reservation whose time ran out, each in a transaction of its own, and tells how many. One that cannot be
    /// ended because its rows are damaged is logged and passed over.
    ///
    /// Two workers may do this at once: a reservation is ended, and its stock given back, by one of them.
    ///
    /// # Errors
    /// When the database refuses; what was ended until then stays ended.
    pub async fn expire_reservations(&self) -> Outcome<u64> {
        let actor = Actor::system("expire-reservations");
        let (mut expired, mut last) = (0, None);
        loop {
            let overdue =
                store::reservations::overdue(&self.knows.services.db, self.knows.services.now(), last, BATCH).await?;
            for (_, id) in &overdue {
                match self.expire(&actor, *id).await {
                    Ok(ended) => expired += u64::from(ended),
                    // Its rows contradict each other. Somebody has to look at it; the stock of all others waits for nobody.
                    Err(Failure::Fault(fault)) if matches!(fault.cause(), Fault::Corrupt { .. }) => {
                        tracing::error!(reservation = %id, cause = %fault, "reservation cannot be ended");
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if (overdue.len() as i64) < BATCH {
                return Ok(expired);
            }
            last = overdue.last().copied();
        }
    }

    async fn expire(&self, actor: &Actor, id: ReservationId) -> Outcome<bool> {
        let tx = self.knows.services.db.begin().await?;
        let gone = || Fault::corrupt("reservation", "it or its listing is gone");
        let listing = store::reservations::listing_of(&tx, id).await?.ok_or_else(gone)?;
        let seller = store::rows::lock(&tx, listing).await?.ok_or_else(gone)?.listing.organization;
        let held = store::reservations::lock(&tx, id).await?.ok_or_else(gone)?;
        let ended = self.end(&tx, actor, (seller, &held), ReservationStatus::Expired).await?;
        tx.commit().await?;
        Ok(ended.is_some())
    }
}
