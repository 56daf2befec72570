//! Anything by its id (the Relay specification's global object identification).

use async_graphql::{Context, ID, Interface, Object, Result};

use crate::{
    accounts::{
        self, InvitationId, MembershipId, OrganizationId, UserId,
        graphql::{Invitation, Membership, User},
    },
    alerts::{self, SavedSearchId, graphql::SavedSearch},
    catalog::{
        self,
        graphql::{Listing, StockReservation},
        model::{ListingId, ReservationId},
    },
    certification::{self, CertificateId, graphql::Certificate},
    contracts::{
        self, ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId,
        graphql::{Contract, ContractDelivery, ContractLine, Invoice, Payment},
    },
    credentials::{self, CredentialId, graphql::Credential},
    directory::{
        self, EvidenceId,
        graphql::{Organization, OwnershipEvidence},
    },
    documents::{self, DocumentId, graphql::Document},
    inquiries::{
        self, InquiryId, InquiryMessageId, InquiryReportId,
        graphql::{Inquiry, InquiryMessage, InquiryReport},
    },
    kernel::{ErrorCode, UserError, graphql::failure, id::decode},
    notifications::{self, NotificationId, graphql::Notification},
    procurement::{
        AwardId, BidId, ComplaintId, CriterionId, MeasureId, QuestionId, RequestId, RequestLotId,
        graphql::{
            Award, AwardLoaders, Bid, BidLoaders, Complaint, GenderMeasure, Loaders as RequestLoaders,
            ProcurementRequest, RequestCriterion, RequestLot, RequestQuestion,
        },
    },
    traceability::{
        self, EnrolmentId, EventId, LotId, PaymentId, PlotId, ProducerId, RecallId,
        graphql::{Lot, LotLoaders, Plot, Producer, ProducerMembership, ProducerPayment, Recall, TraceEvent},
    },
};

/// How many ids one call of `nodes` may give.
const NODES_MAX: usize = 100;

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifies the thing among everything in this service."))]
pub enum Node {
    /// A person.
    User(User),
    /// A person's place in an organization.
    Membership(Membership),
    /// An invitation into an organization.
    Invitation(Invitation),
    /// A cooperative, a firm, a market seller, a buyer, a certifier or a supporter.
    Organization(Organization),
    /// A piece of evidence for facts about who owns and leads an organization.
    OwnershipEvidence(OwnershipEvidence),
    /// A certificate.
    Certificate(Certificate),
    /// An offer of a product.
    Listing(Listing),
    /// Stock that is held for a buyer.
    StockReservation(StockReservation),
    /// A file that an organization handed in.
    Document(Document),
    /// A physical quantity of a product.
    Lot(Lot),
    /// Something that happened to lots.
    TraceEvent(TraceEvent),
    /// Lots that were called back.
    Recall(Recall),
    /// Something that the caller was told.
    Notification(Notification),
    /// A search that the caller keeps.
    SavedSearch(SavedSearch),
    /// A signed statement that anybody can check.
    Credential(Credential),
    /// Whoever delivers to an organization.
    Producer(Producer),
    /// When a producer belongs to something.
    ProducerMembership(ProducerMembership),
    /// Land that a producer farms.
    Plot(Plot),
    /// What a producer was paid for a delivery.
    ProducerPayment(ProducerPayment),
    /// A thread of messages between two organizations.
    Inquiry(Inquiry),
    /// A message of such a thread.
    InquiryMessage(InquiryMessage),
    /// What was reported of such a thread.
    InquiryReport(InquiryReport),
    /// A lot of a request that was given to a bid.
    Award(Award),
    /// An appeal against what a buyer decided.
    Complaint(Complaint),
    /// An offer for lots of a request.
    Bid(Bid),
    /// What a buyer asks for.
    ProcurementRequest(ProcurementRequest),
    /// What is asked for in one piece.
    RequestLot(RequestLot),
    /// What bids are judged by.
    RequestCriterion(RequestCriterion),
    /// What a request does for women.
    GenderMeasure(GenderMeasure),
    /// What somebody asked about a request.
    RequestQuestion(RequestQuestion),
    /// What a buyer and suppliers agreed on.
    Contract(Contract),
    /// What is to be delivered under a contract.
    ContractLine(ContractLine),
    /// A delivery under a contract.
    ContractDelivery(ContractDelivery),
    /// What suppliers ask to be paid.
    Invoice(Invoice),
    /// What was paid on an invoice.
    Payment(Payment),
}

/// Queries over every type that has an id.
#[derive(Debug, Default, Clone, Copy)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its id; null where there is no such thing that the caller may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id, as any object gives it.")] id: ID,
    ) -> Option<Result<Node>> {
        find(ctx, &id, &["id"]).await.transpose()
    }

    /// Many things by their ids, in the order of the ids; null in the place of each that there is not, or that the caller may
    /// not see.
    #[graphql(complexity = "1 + ids.len().min(NODES_MAX) * child_complexity")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > NODES_MAX {
            let error = UserError::new(ErrorCode::TooLong, ["ids"]).with("maximum", NODES_MAX);
            return Err(failure(ctx, error.into()));
        }
        let found = ids
            .iter()
            .enumerate()
            .map(|(index, id)| async move { find(ctx, id, &["ids", &index.to_string()]).await.transpose() });
        Ok(futures_util::future::join_all(found).await)
    }
}

/// Looks a thing up by the type that its id names. Every type's rules of sight are its room's.
async fn find(ctx: &Context<'_>, id: &ID, path: &[&str]) -> Result<Option<Node>> {
    let refused = || failure(ctx, UserError::new(ErrorCode::InvalidId, path).with("expected", "node").into());
    let (prefix, uuid) = decode(id).map_err(|_| refused())?;
    match prefix {
        UserId::PREFIX => {
            let found = accounts::graphql::Loaders::user(ctx, UserId::from_uuid(uuid)).await;
            Ok(found?.map(Node::User))
        }
        MembershipId::PREFIX => {
            let found = accounts::graphql::Loaders::membership(ctx, MembershipId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Membership))
        }
        InvitationId::PREFIX => {
            let found = accounts::graphql::Loaders::invitation(ctx, InvitationId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Invitation))
        }
        OrganizationId::PREFIX => {
            let found = directory::graphql::Loaders::organization(ctx, OrganizationId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Organization))
        }
        CertificateId::PREFIX => {
            let found = certification::graphql::Loaders::certificate(ctx, CertificateId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Certificate))
        }
        ListingId::PREFIX => {
            let found = catalog::graphql::Loaders::listing(ctx, ListingId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Listing))
        }
        ReservationId::PREFIX => {
            let found = catalog::graphql::Loaders::reservation(ctx, ReservationId::from_uuid(uuid)).await;
            Ok(found?.map(Node::StockReservation))
        }
        EvidenceId::PREFIX => {
            let found = directory::graphql::Loaders::evidence(ctx, EvidenceId::from_uuid(uuid)).await;
            Ok(found?.map(Node::OwnershipEvidence))
        }
        DocumentId::PREFIX => {
            let found = documents::graphql::Loaders::document(ctx, DocumentId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Document))
        }
        LotId::PREFIX => Ok(LotLoaders::lot(ctx, LotId::from_uuid(uuid)).await?.map(Node::Lot)),
        EventId::PREFIX => Ok(LotLoaders::event(ctx, EventId::from_uuid(uuid)).await?.map(Node::TraceEvent)),
        RecallId::PREFIX => Ok(LotLoaders::recall(ctx, RecallId::from_uuid(uuid)).await?.map(Node::Recall)),
        NotificationId::PREFIX => {
            let found = notifications::graphql::Loaders::notification(ctx, NotificationId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Notification))
        }
        SavedSearchId::PREFIX => {
            let found = alerts::graphql::Loaders::saved_search(ctx, SavedSearchId::from_uuid(uuid)).await;
            Ok(found?.map(Node::SavedSearch))
        }
        CredentialId::PREFIX => {
            let found = credentials::graphql::Loaders::credential(ctx, CredentialId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Credential))
        }
        ProducerId::PREFIX => {
            let found = traceability::graphql::Loaders::producer(ctx, ProducerId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Producer))
        }
        EnrolmentId::PREFIX => {
            let found = traceability::graphql::Loaders::enrolment(ctx, EnrolmentId::from_uuid(uuid)).await;
            Ok(found?.map(Node::ProducerMembership))
        }
        PlotId::PREFIX => {
            let found = traceability::graphql::Loaders::plot(ctx, PlotId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Plot))
        }
        PaymentId::PREFIX => {
            let found = traceability::graphql::Loaders::payment(ctx, PaymentId::from_uuid(uuid)).await;
            Ok(found?.map(Node::ProducerPayment))
        }
        InquiryId::PREFIX => {
            let found = inquiries::graphql::Loaders::inquiry(ctx, InquiryId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Inquiry))
        }
        InquiryMessageId::PREFIX => {
            let found = inquiries::graphql::Loaders::message(ctx, InquiryMessageId::from_uuid(uuid)).await;
            Ok(found?.map(Node::InquiryMessage))
        }
        InquiryReportId::PREFIX => {
            let found = inquiries::graphql::Loaders::report(ctx, InquiryReportId::from_uuid(uuid)).await;
            Ok(found?.map(Node::InquiryReport))
        }
        AwardId::PREFIX => Ok(AwardLoaders::award(ctx, AwardId::from_uuid(uuid)).await?.map(Node::Award)),
        ComplaintId::PREFIX => {
            Ok(AwardLoaders::complaint(ctx, ComplaintId::from_uuid(uuid)).await?.map(Node::Complaint))
        }
        BidId::PREFIX => Ok(BidLoaders::bid(ctx, BidId::from_uuid(uuid)).await?.map(Node::Bid)),
        RequestId::PREFIX => {
            let found = RequestLoaders::request(ctx, RequestId::from_uuid(uuid)).await;
            Ok(found?.map(Node::ProcurementRequest))
        }
        RequestLotId::PREFIX => {
            Ok(RequestLoaders::lot(ctx, RequestLotId::from_uuid(uuid)).await?.map(Node::RequestLot))
        }
        CriterionId::PREFIX => {
            let found = RequestLoaders::criterion(ctx, CriterionId::from_uuid(uuid)).await;
            Ok(found?.map(Node::RequestCriterion))
        }
        MeasureId::PREFIX => {
            Ok(RequestLoaders::measure(ctx, MeasureId::from_uuid(uuid)).await?.map(Node::GenderMeasure))
        }
        QuestionId::PREFIX => {
            Ok(RequestLoaders::question(ctx, QuestionId::from_uuid(uuid)).await?.map(Node::RequestQuestion))
        }
        ContractId::PREFIX => {
            let found = contracts::graphql::Loaders::contract(ctx, ContractId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Contract))
        }
        ContractLineId::PREFIX => {
            let found = contracts::graphql::Loaders::line(ctx, ContractLineId::from_uuid(uuid)).await;
            Ok(found?.map(Node::ContractLine))
        }
        ContractDeliveryId::PREFIX => {
            let found = contracts::graphql::Loaders::delivery(ctx, ContractDeliveryId::from_uuid(uuid)).await;
            Ok(found?.map(Node::ContractDelivery))
        }
        InvoiceId::PREFIX => {
            let found = contracts::graphql::Loaders::invoice(ctx, InvoiceId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Invoice))
        }
        PaymentMadeId::PREFIX => {
            let found = contracts::graphql::Loaders::payment(ctx, PaymentMadeId::from_uuid(uuid)).await;
            Ok(found?.map(Node::Payment))
        }
        _ => Err(refused()),
    }
}
