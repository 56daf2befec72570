//! A message comes to a thread: what starting and replying have in common.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    Inquiries, Inquiry, InquiryMessageId, Message, Side,
    model::{ATTACHMENTS_MAX, Sent, TEXT, minutes_to_wait},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    documents::{self, DocumentId, Visibility, shown_to_parties},
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        db::WriteTx,
        events::{self, NewEvent, Topic},
    },
};

/// The span in which threads that are begun are counted.
const DAY: TimeDelta = TimeDelta::hours(24);
/// The span in which messages are counted.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// What is told of a message.
const SENT: &str = "sent";
/// Where attachments stand in an input.
const ATTACHMENTS: [&str; 2] = ["input", "documentIds"];

/// Checks a message as it was typed; notes everything that is wrong.
pub(super) fn check(text: &str, documents: &[DocumentId], wrong: &mut Rejections) -> Option<String> {
    if documents.len() > ATTACHMENTS_MAX {
        wrong.push(UserError::new(ErrorCode::TooLong, ATTACHMENTS).with("maximum", ATTACHMENTS_MAX));
    }
    wrong.take(TEXT.check(text, ["input", "text"]))
}

impl Inquiries {
    /// Goes on if an organization may write to another now. Whatever else it writes waits until the transaction ends.
    ///
    /// # Errors
    /// [`ErrorCode::Blocked`], [`ErrorCode::SentTooMuch`].
    pub(super) async fn may_send(&self, tx: &WriteTx, from: OrganizationId, to: OrganizationId) -> Outcome<()> {
        store::inquiries::lock_sender(tx, from).await?;
        // Which of the two has blocked the other is told to neither.
        if store::blocks::stands_between(tx, from, to).await? {
            return Err(Failure::code(ErrorCode::Blocked));
        }
        let now = self.knows.services.now();
        let written = store::messages::written(tx, from, HOUR, now).await?;
        self.within(written, self.knows.limits.load().messages_an_hour, HOUR)
    }

    /// Goes on if an organization, whose writing waits for this, may begin a thread now.
    ///
    /// # Errors
    /// [`ErrorCode::SentTooMuch`].
    pub(super) async fn may_begin(&self, tx: &WriteTx, from: OrganizationId) -> Outcome<()> {
        let begun = store::inquiries::begun(tx, from, DAY, self.knows.services.now()).await?;
        self.within(begun, self.knows.limits.load().begun_a_day, DAY)
    }

    fn within(&self, sent: Sent, most: i64, span: TimeDelta) -> Outcome<()> {
        match minutes_to_wait(sent, most, span, self.knows.services.now()) {
            None => Ok(()),
            Some(minutes) => Err(UserError::new(ErrorCode::SentTooMuch, ["input"]).with("minutes", minutes).into()),
        }
    }

    /// Adds a message to a thread, under its lock, with its attachments, and keeps what the thread has become.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for a document that is not the sender's or not ready, [`ErrorCode::InvalidValue`] for one that
    /// is for reviewers only.
    pub(super) async fn append(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (inquiry, side): (&mut Inquiry, Side),
        (text, attachments): (String, &[DocumentId]),
    ) -> Outcome<Message> {
        let sender = inquiry.party(side);
        let documents = self.knows.documents.require_ready(tx, sender, attachments, &ATTACHMENTS).await?;
        let mut wrong = Rejections::default();
        for (position, document) in documents.iter().enumerate().filter(|(_, document)| !shown_to_parties(document)) {
            let path = [ATTACHMENTS[0], ATTACHMENTS[1], &position.to_string()];
            let error = UserError::new(ErrorCode::InvalidValue, path);
            let allowed = [Visibility::Public, Visibility::Party].map(Visibility::as_str).join(", ");
            wrong.push(error.with("value", document.announced.visibility.as_str()).with("allowed", allowed));
        }
        wrong.finish()?;
        let now = self.knows.services.now();
        let message = Message {
            id: InquiryMessageId::from_uuid(self.knows.services.ids.next_uuid()),
            inquiry: inquiry.id,
            sequence: inquiry.wrote(side, actor.user_id(), now),
            organization: sender,
            author: actor.user_id(),
            text,
            sent_at: now,
        };
        store::messages::insert(tx, &message).await?;
        let (subject, within) = (message.id.uuid(), inquiry.id.uuid());
        events::append(tx, &[NewEvent { topic: Topic::Message, what: SENT, subject, within }], now);
        store::inquiries::update(tx, inquiry).await?;
        documents::attach(tx, attachments, InquiryMessageId::PREFIX, message.id.uuid()).await?;
        Ok(message)
    }

    /// What a write made that is repeated.
    pub(super) async fn written_before(&self, id: Uuid) -> Outcome<(Inquiry, Message)> {
        let id = InquiryMessageId::from_uuid(id);
        let db = &self.knows.services.db;
        let gone = || Failure::code(ErrorCode::NotFound);
        let message = store::messages::by_ids(db, &[id]).await?.remove(&id).ok_or_else(gone)?;
        let thread = message.inquiry;
        let inquiry = store::inquiries::by_ids(db, &[thread]).await?.remove(&thread).ok_or_else(gone)?;
        Ok((inquiry, message))
    }
}
