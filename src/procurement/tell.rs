//! People are told what concerns them of a request.

use super::{Procurement, Request, RequestId, store};
use crate::{
    accounts::{self, Actor, OrganizationId, UserId},
    kernel::{Fault, clock::Timestamp, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind},
};

/// What notices about a request say of it.
pub(super) struct About {
    request: RequestId,
    buyer: String,
}

impl Procurement {
    /// What notices about a request say of it. Call it before a transaction.
    pub(super) async fn notice_of(&self, actor: &Actor, request: &Request) -> Result<About, Fault> {
        let buyer = self.knows.directory.organization(actor, request.buyer).await?;
        Ok(About { request: request.id, buyer: buyer.map(|buyer| buyer.name).unwrap_or_default() })
    }

    /// Tells the owners and managers of all who are invited.
    pub(super) async fn tell_invited(
        &self,
        tx: &WriteTx,
        about: &About,
        request: &Request,
        kind: NoticeKind,
    ) -> Result<(), Fault> {
        let invited = store::drafts::invited(tx, about.request).await?;
        self.tell_keepers(tx, about, request, kind, &invited).await
    }

    /// Tells the owners and managers of organizations.
    pub(super) async fn tell_keepers(
        &self,
        tx: &WriteTx,
        about: &About,
        request: &Request,
        kind: NoticeKind,
        organizations: &[OrganizationId],
    ) -> Result<(), Fault> {
        if organizations.is_empty() {
            return Ok(());
        }
        let keepers = accounts::keepers_of(tx, organizations).await?;
        let mut people: Vec<UserId> = keepers.into_values().flatten().collect();
        // Whoever keeps two of them is told once.
        people.sort_unstable();
        people.dedup();
        let notices = people.into_iter().map(|recipient| Notice {
            recipient,
            kind,
            subject: about.request.to_string(),
            cause: None,
            arguments: [
                ("title", request.title.clone()),
                ("buyer", about.buyer.clone()),
                ("deadline", minute(request.bid_deadline)),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
            channels: Channel::ALL.to_vec(),
        });
        self.knows.notifications.tell(tx, notices.collect()).await
    }
}

/// An instant as a notice says it; Mali keeps UTC.
fn minute(instant: Timestamp) -> String {
    instant.format("%d/%m/%Y %H:%M").to_string()
}
