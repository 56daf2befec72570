//! Parties are told what the other side did, and what waits for them.

use super::{Contract, ContractId, Contracts};
use crate::{
    accounts::{self, OrganizationId},
    kernel::{Fault, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind, Notifications},
};

impl Contracts {
    /// Tells the owners and managers of these parties.
    pub(super) async fn tell(
        &self,
        tx: &WriteTx,
        to: &[OrganizationId],
        (kind, contract): (NoticeKind, &Contract),
        arguments: &[(&str, String)],
    ) -> Result<(), Fault> {
        tell(&self.knows.notifications, tx, to, (kind, contract), arguments).await
    }
}

/// The same, for whoever has no handle of the room.
pub(super) async fn tell(
    notifications: &Notifications,
    tx: &WriteTx,
    to: &[OrganizationId],
    (kind, contract): (NoticeKind, &Contract),
    arguments: &[(&str, String)],
) -> Result<(), Fault> {
    let keepers = accounts::keepers_of(tx, to).await?;
    let mut recipients: Vec<_> = keepers.into_values().flatten().collect();
    // Whoever keeps both sides is told once.
    recipients.sort_unstable();
    recipients.dedup();
    let title = ("title", contract.title.clone());
    let notice = |recipient| Notice {
        recipient,
        kind,
        subject: ContractId::to_string(&contract.id),
        cause: None,
        arguments: std::iter::once(&title)
            .chain(arguments)
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        channels: Channel::ALL.to_vec(),
    };
    notifications.tell(tx, recipients.into_iter().map(notice).collect()).await
}
