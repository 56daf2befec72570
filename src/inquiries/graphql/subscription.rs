//! Being told of messages as they come.

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use futures_util::Stream;

use super::{Inquiry, InquiryMessage, room};
use crate::{
    accounts::{
        OrganizationId,
        graphql::{actor, follow},
    },
    inquiries::{InquiryId, InquiryMessageId},
    kernel::{
        Outcome, Rejections,
        events::{Event, Topic},
        graphql::{failure, read_id},
    },
};

/// A message that was just sent.
#[derive(Debug, Clone, SimpleObject)]
pub struct InquiryMessageEvent {
    /// The message.
    pub message: InquiryMessage,
    /// The thread that it stands in, as it is now.
    pub inquiry: Inquiry,
}

/// Which messages.
#[derive(Debug, Clone, Copy)]
struct Narrowed {
    inquiry: Option<InquiryId>,
    organization: Option<OrganizationId>,
}

impl Narrowed {
    fn read(inquiry: Option<ID>, organization: Option<ID>) -> Outcome<Self> {
        let mut wrong = Rejections::default();
        let inquiry = inquiry.map(|id| read_id(&id, InquiryId::PREFIX, ["inquiryId"]));
        let organization = organization.map(|id| read_id(&id, OrganizationId::PREFIX, ["organizationId"]));
        let inquiry = wrong.take(inquiry.transpose()).flatten();
        let organization = wrong.take(organization.transpose()).flatten();
        wrong.finish()?;
        Ok(Self { inquiry, organization })
    }
}

/// The room's subscriptions.
#[derive(Debug, Default, Clone, Copy)]
pub struct InquiriesSubscription;

#[Subscription]
impl InquiriesSubscription {
    /// Messages of the inquiries of the organizations that the caller belongs to, as they are sent, by either side: what the
    /// caller or her colleagues write comes too, for other windows. Only for who reads them: see `inquiries`.
    async fn inquiry_message_sent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this inquiry.")] inquiry_id: Option<ID>,
        #[graphql(desc = "Only those of this organization's inquiries, which the caller belongs to.")]
        organization_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<InquiryMessageEvent>>> {
        let room = room(ctx)?;
        let narrowed = Narrowed::read(inquiry_id, organization_id).map_err(|error| failure(ctx, error))?;
        let listens = room.may_follow(actor(ctx), narrowed.inquiry, narrowed.organization).await;
        listens.map_err(|error| failure(ctx, error))?;
        let wanted = move |event: &Event| {
            let is_asked_for = narrowed.inquiry.is_none_or(|inquiry| inquiry.uuid() == event.within);
            (event.topic == Topic::Message && is_asked_for).then(|| InquiryMessageId::from_uuid(event.subject))
        };
        follow(ctx, wanted, move |actor, _, message| async move {
            let told = room.message_for_party(&actor, message, narrowed.organization).await?;
            Ok(told.map(|(inquiry, message)| InquiryMessageEvent { message: message.into(), inquiry: inquiry.into() }))
        })
    }
}
