//! Threads, messages and what goes with them for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::{Inquiry, InquiryMessage, InquiryReport};
use crate::{
    accounts::Actor,
    documents::{self, graphql::Document},
    inquiries::{self, Inquiries, InquiryId, InquiryMessageId, InquiryReportId, Message, Report},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders, wants_total_count},
        page::{Counted, Page},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    inquiries: Batcher<Threads>,
    messages: Batcher<Messages>,
    reports: Batcher<Reports>,
    messages_of: Pages<MessagesOf>,
    attachments: Batcher<Attachments>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(inquiries: &Inquiries, actor: &Actor) -> Self {
        let seen = || Seen { inquiries: inquiries.clone(), actor: actor.clone() };
        Self {
            inquiries: Batcher::new(Threads(seen())),
            messages: Batcher::new(Messages(seen())),
            reports: Batcher::new(Reports(seen())),
            messages_of: Pages::new(MessagesOf(inquiries.clone())),
            attachments: Batcher::new(Attachments(inquiries.clone())),
        }
    }

    /// The thread, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn inquiry(ctx: &Context<'_>, id: InquiryId) -> Result<Option<Inquiry>, Error> {
        Ok(loaders::<Self>(ctx)?.inquiries.get(ctx, id).await?.map(Inquiry))
    }

    /// The thread that a wire id names, if the request's actor may see it; none for the id of anything else.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn inquiry_named(ctx: &Context<'_>, id: &str) -> Result<Option<Inquiry>, Error> {
        match id.parse() {
            Ok(id) => Self::inquiry(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// The message, if it exists and the request's actor may see its thread.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn message(ctx: &Context<'_>, id: InquiryMessageId) -> Result<Option<InquiryMessage>, Error> {
        Ok(loaders::<Self>(ctx)?.messages.get(ctx, id).await?.map(InquiryMessage))
    }

    /// The report, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn report(ctx: &Context<'_>, id: InquiryReportId) -> Result<Option<InquiryReport>, Error> {
        Ok(loaders::<Self>(ctx)?.reports.get(ctx, id).await?.map(InquiryReport))
    }

    /// A page of the messages of a thread that the actor was shown.
    pub(super) async fn messages_of(
        ctx: &Context<'_>,
        id: InquiryId,
        page: Page,
    ) -> Result<Counted<Arc<Message>>, Error> {
        loaders::<Self>(ctx)?.messages_of.get(ctx, id, page, wants_total_count(ctx)).await
    }

    /// What goes with a message that the actor was shown.
    pub(super) async fn attachments(ctx: &Context<'_>, id: InquiryMessageId) -> Result<Vec<Document>, Error> {
        let found = loaders::<Self>(ctx)?.attachments.get(ctx, id).await?;
        Ok(found.unwrap_or_default().iter().cloned().map(Document).collect())
    }
}

struct Seen {
    inquiries: Inquiries,
    actor: Actor,
}

struct Threads(Seen);

impl BatchLoad for Threads {
    type Key = InquiryId;
    type Value = Arc<inquiries::Inquiry>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.inquiries.inquiries_by_ids(&self.0.actor, &ids).await?;
        Ok(found.into_iter().map(|(id, inquiry)| (id, Arc::new(inquiry))).collect())
    }
}

struct Messages(Seen);

impl BatchLoad for Messages {
    type Key = InquiryMessageId;
    type Value = Arc<Message>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.inquiries.messages_by_ids(&self.0.actor, &ids).await?;
        Ok(found.into_iter().map(|(id, message)| (id, Arc::new(message))).collect())
    }
}

struct Reports(Seen);

impl BatchLoad for Reports {
    type Key = InquiryReportId;
    type Value = Arc<Report>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.inquiries.reports_by_ids(&self.0.actor, &ids).await?;
        Ok(found.into_iter().map(|(id, report)| (id, Arc::new(report))).collect())
    }
}

struct MessagesOf(Inquiries);

impl PageLoad for MessagesOf {
    type Parent = InquiryId;
    type Item = Arc<Message>;

    async fn load(
        &self,
        threads: Vec<InquiryId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<InquiryId, Counted<Arc<Message>>>, Fault> {
        let pages = self.0.messages(&threads, page, count).await?;
        Ok(pages.into_iter().map(|(id, (slice, total))| (id, (slice.map(Arc::new), total))).collect())
    }
}

struct Attachments(Inquiries);

impl BatchLoad for Attachments {
    type Key = InquiryMessageId;
    type Value = Arc<[Arc<documents::Document>]>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.attachments(&ids).await?;
        Ok(found.into_iter().map(|(id, documents)| (id, documents.into_iter().map(Arc::new).collect())).collect())
    }
}
