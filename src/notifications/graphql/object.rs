//! What a client sees of notifications.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::Loaders;
use crate::{
    alerts::graphql as alerts,
    catalog::graphql as catalog,
    certification::graphql as certification,
    contracts::graphql as contracts,
    directory::graphql as directory,
    inquiries::graphql as inquiries,
    kernel::graphql::{PageInfo, list_complexity, locale},
    notifications::{
        self, Preferences,
        model::{self, NoticeKind},
    },
    procurement::graphql as procurement,
};

/// What a notification tells of. New kinds may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "NoticeKind")]
pub enum NotificationKind {
    /// A saved search has found a listing.
    SearchMatch,
    /// Something was decided about a certificate of an organization that she keeps.
    CertificateDecided,
    /// A certificate of an organization that she keeps runs out soon.
    CertificateExpiring,
    /// Something that an organization has, or offers, is called back: it may not move.
    LotsRecalled,
    /// A verifier gave a verdict on evidence that an organization which she keeps handed in.
    EvidenceDecided,
    /// Evidence of an organization that she keeps runs out soon.
    EvidenceExpiring,
    /// An organization has written to one that she answers for. While she has not read this, further messages of the thread are
    /// not told.
    InquiryMessage,
    /// A lot that an organization of hers bid for was awarded, or an award to it changed.
    LotAwarded,
    /// Somebody appeals against what an organization of hers decided.
    ComplaintFiled,
    /// An appeal by or to an organization of hers was decided.
    ComplaintDecided,
    /// An organization that she keeps is invited to bid.
    RequestInvitation,
    /// A request that an organization which she keeps was invited to has another wording: bids have to be confirmed.
    RequestAmended,
    /// A request that an organization which she keeps was invited to was given up.
    RequestCancelled,
    /// Somebody asked about a request of an organization that she keeps.
    QuestionAsked,
    /// A question that an organization which she keeps has asked was answered.
    QuestionAnswered,
    /// Somebody ordered from a listing of an organization that she keeps; the order waits for its signature.
    OrderPlaced,
    /// A wording of a contract waits for the signature of an organization that she keeps.
    ContractToSign,
    /// A contract of an organization that she keeps was ended.
    ContractEnded,
    /// A delivery to an organization that she keeps left.
    DeliveryDispatched,
    /// The buyer accepted a delivery, some of it, or nothing.
    DeliveryDecided,
    /// An invoice was handed in that an organization which she keeps is to look at.
    InvoiceSubmitted,
    /// The buyer approved or refused an invoice.
    InvoiceDecided,
    /// The buyer says that she paid; the payee is asked whether it arrived.
    PaymentRecorded,
    /// The payee says that a payment did not arrive.
    PaymentDisputed,
}

/// A way to reach a person beside the product itself, in which everything stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Channel")]
pub enum NotificationChannel {
    /// To her mailbox.
    Email,
    /// To her phone.
    Sms,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::DeliveryState")]
pub enum DeliveryState {
    /// It waits for its time.
    Queued,
    /// It is being handed over.
    Sending,
    /// The mail server or the gateway has taken it.
    Sent,
    /// It was refused for good, or too often.
    Failed,
    /// It was not to be sent; `reason` says why.
    Suppressed,
    /// Whether it was taken is not known. It is not sent again, so that nothing comes twice.
    Unknown,
}

/// Why a delivery stands where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Reason")]
pub enum DeliveryReason {
    /// It waits for the end of her quiet hours.
    QuietHours,
    /// She does not want it by this channel.
    OptedOut,
    /// She gave no e-mail address, or no phone number.
    NoAddress,
    /// As many as she wants a day were sent that day.
    DailyLimit,
    /// Her account is not in use.
    RecipientGone,
    /// The server or the gateway could not be reached, or asked for patience.
    Unreachable,
    /// The server or the gateway did not take it.
    Refused,
    /// The server or the gateway broke off, or did not answer in time.
    NoAnswer,
    /// The service ended while it was handed over.
    Interrupted,
}

/// A notification on its way by one channel.
#[derive(Debug, Clone, SimpleObject)]
pub struct NotificationDelivery {
    /// By which way.
    pub channel: NotificationChannel,
    /// Where it stands.
    pub state: DeliveryState,
    /// Since when it stands there.
    pub at: DateTime<Utc>,
    /// It is not sent before; null once it is settled.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it stands there, where there is more to say.
    pub reason: Option<DeliveryReason>,
}

impl From<&model::Delivery> for NotificationDelivery {
    fn from(delivery: &model::Delivery) -> Self {
        let waits = delivery.state == model::DeliveryState::Queued;
        Self {
            channel: delivery.channel.into(),
            state: delivery.state.into(),
            at: delivery.updated_at,
            due_at: waits.then_some(delivery.due_at),
            reason: delivery.reason.map(DeliveryReason::from),
        }
    }
}

/// Something that a person was told.
#[derive(Debug, Clone)]
pub struct Notification(pub notifications::Notification);

/// Something that a person was told. Nobody sees what another was told.
#[Object]
impl Notification {
    /// Identifies the notification.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it tells of.
    fn kind(&self) -> NotificationKind {
        self.0.kind.into()
    }

    /// In a few words, in the language of the request.
    async fn title(&self, ctx: &Context<'_>) -> String {
        self.0.title(locale(ctx))
    }

    /// In a sentence, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> String {
        self.0.text(locale(ctx))
    }

    /// When it was told.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When she marked it as read; null while she has not.
    fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.read_at
    }

    /// How it is delivered beside standing here: one a channel that was asked for.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn deliveries(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<NotificationDelivery>> {
        let deliveries = Loaders::deliveries(ctx, self.0.id).await?;
        Ok(deliveries.iter().map(NotificationDelivery::from).collect())
    }

    /// The listing that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn listing(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<catalog::Listing>> {
        catalog::Loaders::listing_named(ctx, &self.0.subject).await.transpose()
    }

    /// The certificate that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn certificate(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<certification::Certificate>> {
        certification::Loaders::certificate_named(ctx, &self.0.subject).await.transpose()
    }

    /// The request that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn procurement_request(
        &self,
        ctx: &Context<'_>,
    ) -> Option<async_graphql::Result<procurement::ProcurementRequest>> {
        procurement::Loaders::request_named(ctx, &self.0.subject).await.transpose()
    }

    /// The evidence that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn ownership_evidence(
        &self,
        ctx: &Context<'_>,
    ) -> Option<async_graphql::Result<directory::OwnershipEvidence>> {
        directory::Loaders::evidence_named(ctx, &self.0.subject).await.transpose()
    }

    /// The inquiry that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn inquiry(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<inquiries::Inquiry>> {
        inquiries::Loaders::inquiry_named(ctx, &self.0.subject).await.transpose()
    }

    /// The award that it leads to; null where it leads to none.
    async fn award(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<procurement::Award>> {
        procurement::AwardLoaders::award_named(ctx, &self.0.subject).await.transpose()
    }

    /// The appeal that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn complaint(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<procurement::Complaint>> {
        procurement::AwardLoaders::complaint_named(ctx, &self.0.subject).await.transpose()
    }

    /// The contract that it leads to; null where it leads to none, or to one that can no longer be seen.
    async fn contract(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<contracts::Contract>> {
        contracts::Loaders::contract_named(ctx, &self.0.subject).await.transpose()
    }

    /// The saved search that found it; null where there is none, or it was deleted.
    async fn saved_search(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<alerts::SavedSearch>> {
        alerts::Loaders::saved_search_named(ctx, self.0.cause.as_ref()?).await.transpose()
    }
}

/// A page of notifications.
#[derive(SimpleObject)]
pub struct NotificationConnection {
    /// The notifications with their cursors, the newest first.
    pub edges: Vec<NotificationEdge>,
    /// Where this page stands in the list.
    pub page_info: PageInfo,
    /// How many notifications the whole list has. Counted only when asked for.
    // Counting looks at every item of the list: as much as reading a page of it.
    #[graphql(complexity = 20)]
    pub total_count: Option<i64>,
    /// How many of all her notifications she has not read, whatever the list shows. Counted only when asked for.
    #[graphql(complexity = 20)]
    pub unread_count: Option<i64>,
}

/// A notification and where it stands.
#[derive(SimpleObject)]
pub struct NotificationEdge {
    /// The notification.
    pub node: Notification,
    /// Where it stands, to be given as `after` or `before`.
    pub cursor: String,
}

/// The hours of a day in which a person is left alone. In Mali's own time, which is UTC all year.
#[derive(Debug, Clone, SimpleObject)]
pub struct QuietHours {
    /// From when, such as `21:00`.
    pub from: String,
    /// Until when, such as `07:00`; before `from` where they go over midnight.
    pub until: String,
}

/// What a person wants to be told beside what stands in the product, and when.
#[derive(Debug, Clone, SimpleObject)]
pub struct NotificationPreferences {
    /// Whether she wants e-mail.
    pub email: bool,
    /// Whether she wants SMS.
    pub sms: bool,
    /// When she is left alone: what is told then is sent when they end. Null for never.
    pub quiet_hours: Option<QuietHours>,
    /// E-mails a day (in UTC) at most. What is told beyond stands in the product only.
    pub email_daily_max: i32,
    /// SMS a day (in UTC) at most. What is told beyond stands in the product only.
    pub sms_daily_max: i32,
}

impl From<Preferences> for NotificationPreferences {
    fn from(wishes: Preferences) -> Self {
        let written = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self {
            email: wishes.email,
            sms: wishes.sms,
            quiet_hours: wishes
                .quiet
                .map(|quiet| QuietHours { from: written(quiet.from), until: written(quiet.until) }),
            email_daily_max: wishes.email_daily_max.into(),
            sms_daily_max: wishes.sms_daily_max.into(),
        }
    }
}
