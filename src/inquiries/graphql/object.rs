//! What a client sees of threads and messages.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::Loaders;
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        graphql::{Loaders as People, User, actor},
        policy::{Action, Facts, allowed},
    },
    catalog::graphql::{Listing, Loaders as Listings},
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    documents::graphql::Document,
    inquiries::{self, INQUIRIES, MESSAGES, Message, Side, inquiry_key, message_key},
    kernel::{
        graphql::{failure, list_complexity, page_args, page_complexity},
        page::{Counted, Page, SortValue, encode_cursor},
    },
};

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inquiries::InquiryStatus")]
pub enum InquiryStatus {
    /// Both sides may write.
    Open,
    /// One side has ended it; it is there to be read.
    Closed,
}

/// A thread of messages between two organizations.
#[derive(Debug, Clone)]
pub struct Inquiry(pub Arc<inquiries::Inquiry>);

impl From<inquiries::Inquiry> for Inquiry {
    fn from(inquiry: inquiries::Inquiry) -> Self {
        Self(Arc::new(inquiry))
    }
}

impl Inquiry {
    /// The sides whose threads the actor reads.
    fn sides(&self, actor: &Actor) -> Vec<Side> {
        let reads = |side: &Side| allowed(actor, Action::ViewInquiries, &Facts::of(self.0.party(*side)));
        Side::BOTH.into_iter().filter(reads).collect()
    }
}

/// A thread of messages between two organizations. Nobody sees it but those of their people who may, and the platform's
/// administrators while a report about it waits.
#[Object]
impl Inquiry {
    /// Identifies the inquiry.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who began it; null where the caller can no longer see the organization.
    #[graphql(name = "from")]
    async fn beginner(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.0.from)).await
    }

    /// Whom it was sent to; null where the caller can no longer see the organization.
    #[graphql(name = "to")]
    async fn recipient(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.0.to)).await
    }

    /// The listing that it is about; null where it is about none, or about one that can no longer be seen.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        let listing = self.0.listing?;
        Box::pin(Listings::listing(ctx, listing)).await.transpose()
    }

    /// Where it stands.
    fn status(&self) -> InquiryStatus {
        self.0.status.into()
    }

    /// When it began.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the last message was sent.
    fn last_message_at(&self) -> DateTime<Utc> {
        self.0.last_message_at
    }

    /// When it was closed; null while it is open.
    fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// How many messages the caller's organization has not read. Null for whoever belongs to neither.
    async fn unread_count(&self, ctx: &Context<'_>) -> Option<i64> {
        let sides = self.sides(actor(ctx));
        (!sides.is_empty()).then(|| sides.iter().map(|side| self.0.reading(*side).unread).sum())
    }

    /// When the caller's organization last read it; null while it has not, and for whoever belongs to neither.
    async fn read_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        self.sides(actor(ctx)).iter().filter_map(|side| self.0.reading(*side).at).max()
    }

    /// Who of the caller's organization did; null where that is not known any more.
    async fn read_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let reading = self.sides(actor(ctx)).into_iter().map(|side| self.0.reading(side)).max_by_key(|one| one.at);
        match reading.and_then(|reading| reading.by) {
            Some(user) => Box::pin(People::user(ctx, user)).await,
            None => Ok(None),
        }
    }

    /// When the other party last read it; null while it has not read all that was written to it, and for whoever belongs to
    /// neither or to both.
    async fn read_by_other_at(&self, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
        let [side] = self.sides(actor(ctx))[..] else { return None };
        let other = self.0.reading(side.other());
        other.at.filter(|_| other.unread == 0)
    }

    /// The messages, the first first. `last: 20` gives the newest.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<InquiryMessageConnection> {
        let args = page_args(first, after, last, before);
        let page = Page::new(MESSAGES, &args, SortValue::is_integer).map_err(|error| failure(ctx, error.into()))?;
        Ok(Box::pin(Loaders::messages_of(ctx, self.0.id, page)).await?.into())
    }
}

/// A message of an inquiry.
#[derive(Debug, Clone)]
pub struct InquiryMessage(pub Arc<Message>);

impl From<Message> for InquiryMessage {
    fn from(message: Message) -> Self {
        Self(Arc::new(message))
    }
}

/// A message of an inquiry. It is never changed or removed.
#[Object]
impl InquiryMessage {
    /// Identifies the message.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The inquiry that it is part of.
    async fn inquiry(&self, ctx: &Context<'_>) -> Result<Option<Inquiry>> {
        Box::pin(Loaders::inquiry(ctx, self.0.inquiry)).await
    }

    /// Who wrote it.
    fn author(&self) -> InquiryAuthor {
        InquiryAuthor { organization: self.0.organization, person: self.0.author }
    }

    /// What it says.
    fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was sent.
    fn sent_at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    /// What goes with it: documents of the organization that wrote it. Whoever sees the message sees them here.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Box::pin(Loaders::attachments(ctx, self.0.id)).await
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy)]
pub struct InquiryAuthor {
    organization: OrganizationId,
    person: Option<UserId>,
}

/// Who wrote a message.
#[Object]
impl InquiryAuthor {
    /// For which organization; null where the caller can no longer see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Box::pin(Organizations::organization(ctx, self.organization)).await
    }

    /// Who of its people. Null for everybody outside the organization, once she has left it, and once she was forgotten.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.person.filter(|_| actor(ctx).role_in(self.organization).is_some()) {
            Some(person) => Box::pin(People::user(ctx, person)).await,
            None => Ok(None),
        }
    }
}

connection! {
    /// A page of inquiries.
    InquiryConnection, InquiryEdge, Inquiry
}

connection! {
    /// A page of the messages of an inquiry.
    InquiryMessageConnection, InquiryMessageEdge, InquiryMessage
}

impl From<Counted<inquiries::Inquiry>> for InquiryConnection {
    fn from((slice, total): Counted<inquiries::Inquiry>) -> Self {
        let turn = |row: inquiries::Inquiry| (encode_cursor(INQUIRIES, &inquiry_key(&row)), Inquiry::from(row));
        Self::new(slice, turn, total)
    }
}

impl From<Counted<Arc<Message>>> for InquiryMessageConnection {
    fn from((slice, total): Counted<Arc<Message>>) -> Self {
        let turn = |row: Arc<Message>| (encode_cursor(MESSAGES, &message_key(&row)), InquiryMessage(row));
        Self::new(slice, turn, total)
    }
}
