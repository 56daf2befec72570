//! Everything by which the bids on a request are judged, in a number of statements that does not grow with the bids.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{awards, bids, requests, scores, statuses};
use crate::{
    kernel::Fault,
    procurement::model::{
        ids::BidId,
        judging::Judging,
        request::{Request, WholeRequest},
    },
};

/// What is known of a request's bids.
pub(in crate::procurement) async fn read(db: &impl ConnectionTrait, request: Request) -> Result<Judging, Fault> {
    let id = request.id;
    let lots = requests::lots(db, &[id]).await?.remove(&id).unwrap_or_default();
    let criteria = requests::criteria(db, &[id]).await?.remove(&id).unwrap_or_default();
    let measures = requests::measures(db, &[id]).await?.remove(&id).unwrap_or_default();
    let bids = bids::opened_of(db, id).await?;
    let ids: Vec<BidId> = bids.iter().map(|bid| bid.id).collect();
    let subjects: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    Ok(Judging {
        whole: WholeRequest { request, lots, criteria, measures },
        offers: bids::lots(db, &ids).await?,
        partners: bids::partners(db, &ids).await?,
        statuses: statuses::over(db, &subjects).await?,
        scores: scores::of_request(db, id).await?,
        awards: awards::of_requests(db, &[id]).await?.remove(&id).unwrap_or_default(),
        bids,
    })
}
