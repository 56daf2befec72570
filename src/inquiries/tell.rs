//! The people of the other party are told that somebody has written.

use super::{Inquiries, Inquiry, Side};
use crate::{
    accounts::{Actor, UserId, members_with, policy::INQUIRY_WRITERS},
    kernel::{Fault, Outcome, db::WriteTx},
    notifications::{Channel, Notice, NoticeKind},
};

/// Stands in a notice for the title of a listing where a thread is about none.
const NO_TITLE: &str = "none";

impl Inquiries {
    /// Tells those who may answer for the other party, but for whoever has not read yet that the thread goes on, and for the
    /// actor herself, who may belong to both.
    pub(super) async fn tell(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (inquiry, side): (&Inquiry, Side),
        (sender, title): (&str, Option<&str>),
    ) -> Result<(), Fault> {
        let people = members_with(tx, inquiry.party(side.other()), INQUIRY_WRITERS).await?;
        let notice = |recipient: UserId| {
            let arguments = [("organization", sender), ("title", title.unwrap_or(NO_TITLE))];
            Notice {
                recipient,
                kind: NoticeKind::InquiryMessage,
                subject: inquiry.id.to_string(),
                cause: None,
                arguments: arguments.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                channels: Channel::ALL.to_vec(),
            }
        };
        let others = people.into_iter().filter(|person| actor.user_id() != Some(*person));
        self.knows.notifications.tell_unless_unread(tx, others.map(notice).collect()).await
    }

    /// The actor has looked at the thread: what she was told of it is read, so that she is told of what comes next.
    pub(super) async fn looked_at(&self, tx: &WriteTx, actor: &Actor, inquiry: &Inquiry) -> Outcome<()> {
        let Some(user) = actor.user_id() else { return Ok(()) };
        let subject = inquiry.id.to_string();
        Ok(self.knows.notifications.looked_at(tx, user, NoticeKind::InquiryMessage, &subject).await?)
    }
}
