//! People are told what concerns their lots.

use super::{Traceability, model::recall::Recall};
use crate::{
    accounts::{self, OrganizationId},
    kernel::{Outcome, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind},
};

impl Traceability {
    /// Tells the owners and managers of these organizations that something they have is called back.
    pub(super) async fn tell_keepers(
        &self,
        tx: &WriteTx,
        recall: &Recall,
        organizations: &[OrganizationId],
    ) -> Outcome<()> {
        let keepers = accounts::keepers_of(tx, organizations).await?;
        let notices = organizations.iter().flat_map(|organization| {
            let recipients = keepers.get(organization).map(Vec::as_slice).unwrap_or_default();
            recipients.iter().map(|recipient| Notice {
                recipient: *recipient,
                kind: NoticeKind::LotsRecalled,
                subject: recall.id.to_string(),
                cause: None,
                arguments: [("reason".to_owned(), recall.reason.clone())].into(),
                channels: Channel::ALL.to_vec(),
            })
        });
        Ok(self.knows.notifications.tell(tx, notices.collect()).await?)
    }
}
