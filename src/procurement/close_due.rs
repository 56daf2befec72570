//! A deadline that has passed is written down, so that no clock can take it back.

use serde_json::json;

use super::{Change, Procurement, ReleaseTag, Request, RequestId, RequestStatus, record, store};
use crate::{
    accounts::Actor,
    kernel::{Fault, Outcome, clock::Timestamp, db::WriteTx},
};

/// Who closes: nobody, the day does.
const CLOSER: &str = "close requests";
/// Requests looked at in one round.
const BATCH: i64 = 200;

impl Procurement {
    /// Writes down of every published request whose deadline has passed that it is closed, each in a transaction of its own,
    /// and tells how many. Two workers may do this at once: one of them closes a request.
    ///
    /// # Errors
    /// When the database refuses; what was closed until then stays closed.
    pub async fn close_due_requests(&self) -> Outcome<u64> {
        let (actor, mut closed) = (Actor::system(CLOSER), 0);
        loop {
            let due = store::closing::due(&self.services().db, self.services().now(), BATCH).await?;
            for id in &due {
                closed += u64::from(self.close_as(&actor, *id).await?);
            }
            // Where another worker closed some of them, the next round asks again.
            if (due.len() as i64) < BATCH {
                return Ok(closed);
            }
        }
    }
}

impl Procurement {
    /// Writes down that a request is closed, if its deadline has passed: for whoever was refused for that.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn close_now(&self, id: RequestId) -> Result<(), Fault> {
        self.close_as(&Actor::system(CLOSER), id).await?;
        Ok(())
    }

    async fn close_as(&self, actor: &Actor, id: RequestId) -> Result<bool, Fault> {
        let tx = self.services().db.begin().await?;
        let Some(request) = store::requests::lock(&tx, id).await? else { return Ok(false) };
        let (_, first) = close(&tx, actor, request, self.services().now()).await?;
        tx.commit().await?;
        Ok(first)
    }
}

/// Writes down that a locked request is closed, if its deadline has passed and nobody has written it down; gives the request as
/// it stands then, and whether this did it. Whoever opens bids calls it first.
///
/// # Errors
/// When the database refuses.
pub(super) async fn close(
    tx: &WriteTx,
    actor: &Actor,
    request: Request,
    now: Timestamp,
) -> Result<(Request, bool), Fault> {
    let open = request.status == RequestStatus::Published && request.closed_at.is_none();
    if !open || now < request.bid_deadline {
        return Ok((request, false));
    }
    store::closing::close(tx, request.id, now).await?;
    let change = Change {
        process: request.id.uuid(),
        on_behalf_of: None,
        names_actor: false,
        action: "request.close",
        subject: (RequestId::PREFIX, request.id.uuid()),
        before: Some(json!({ "closed_at": null })),
        after: json!({ "closed_at": now, "bid_deadline": request.bid_deadline, "version": request.version }),
        tag: Some(ReleaseTag::TenderUpdate),
    };
    record(tx, actor, now, change).await?;
    Ok((Request { closed_at: Some(now), ..request }, true))
}
