//! Whom awards and appeals concern is told of them: the owners and managers of each organization.

use std::collections::BTreeMap;

use super::{
    Award, AwardStatus, ComplaintStatus, Procurement, Request, RequestLot,
    model::{complaint::Complaint, evaluation::Ranked, judging::Judging},
    store,
};
use crate::{
    accounts::{self, OrganizationId},
    kernel::{Outcome, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind},
};

/// What a bidder is told of a lot that went to her, or to another.
const WON: &str = "WON";
const LOST: &str = "LOST";

impl Procurement {
    /// Tells every bidder of a lot who was compared for it what became of it.
    pub(super) async fn tell_award(
        &self,
        tx: &WriteTx,
        (judging, lot): (&Judging, &RequestLot),
        (award, ranking): (&Award, &[Ranked]),
    ) -> Outcome<()> {
        let whom = |won: bool| -> Vec<OrganizationId> {
            let bids = ranking.iter().map(|ranked| ranked.bid).filter(|bid| (*bid == award.bid) == won);
            bids.flat_map(|bid| judging.partners_of(bid)).map(|partner| partner.organization).collect()
        };
        for (became, whom) in [(WON, whom(true)), (LOST, whom(false))] {
            let what = [("request", &judging.whole.request.title), ("lot", &lot.title)];
            self.tell(tx, &whom, (NoticeKind::LotAwarded, award.id.to_string()), (what, became)).await?;
        }
        Ok(())
    }

    /// Tells those to whom an award was made what it became.
    pub(super) async fn tell_change(&self, tx: &WriteTx, request: &Request, award: &Award) -> Outcome<()> {
        let became = match award.status {
            // Whoever declined knows it.
            AwardStatus::Declined | AwardStatus::Pending => return Ok(()),
            AwardStatus::Active | AwardStatus::Cancelled => award.status.as_str(),
        };
        let partners = store::bids::partners(&**tx, &[award.bid]).await?.remove(&award.bid).unwrap_or_default();
        let partners: Vec<OrganizationId> = partners.iter().map(|partner| partner.organization).collect();
        let lots = store::requests::lots(&**tx, &[request.id]).await?.remove(&request.id).unwrap_or_default();
        let lot = lots.into_iter().find(|lot| lot.id == award.lot).map(|lot| lot.title).unwrap_or_default();
        let what = [("request", &request.title), ("lot", &lot)];
        self.tell(tx, &partners, (NoticeKind::LotAwarded, award.id.to_string()), (what, became)).await
    }

    /// Tells a buyer that somebody appeals.
    pub(super) async fn tell_filed(&self, tx: &WriteTx, request: &Request, complaint: &Complaint) -> Outcome<()> {
        self.tell_of(tx, (request, complaint), &[request.buyer]).await
    }

    /// Tells whoever appealed, and the buyer, what was decided.
    pub(super) async fn tell_decided(&self, tx: &WriteTx, request: &Request, complaint: &Complaint) -> Outcome<()> {
        self.tell_of(tx, (request, complaint), &[complaint.organization, request.buyer]).await
    }

    async fn tell_of(
        &self,
        tx: &WriteTx,
        (request, complaint): (&Request, &Complaint),
        whom: &[OrganizationId],
    ) -> Outcome<()> {
        let kind = match complaint.status {
            ComplaintStatus::Open => NoticeKind::ComplaintFiled,
            ComplaintStatus::Upheld
            | ComplaintStatus::Rejected
            | ComplaintStatus::Inadmissible
            | ComplaintStatus::Withdrawn => NoticeKind::ComplaintDecided,
        };
        let what = [("request", &request.title), ("level", &complaint.level.as_str().to_owned())];
        self.tell(tx, whom, (kind, complaint.id.to_string()), (what, complaint.status.as_str())).await
    }

    async fn tell(
        &self,
        tx: &WriteTx,
        whom: &[OrganizationId],
        (kind, subject): (NoticeKind, String),
        (what, became): ([(&str, &String); 2], &str),
    ) -> Outcome<()> {
        let keepers = accounts::keepers_of(tx, whom).await?;
        let mut recipients: Vec<_> = keepers.into_values().flatten().collect();
        recipients.sort_unstable();
        recipients.dedup();
        let mut arguments: BTreeMap<String, String> =
            what.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        arguments.insert("became".to_owned(), became.to_owned());
        let notices = recipients.into_iter().map(|recipient| Notice {
            recipient,
            kind,
            subject: subject.clone(),
            cause: None,
            arguments: arguments.clone(),
            channels: Channel::ALL.to_vec(),
        });
        Ok(self.knows.notifications.tell(tx, notices.collect()).await?)
    }
}
