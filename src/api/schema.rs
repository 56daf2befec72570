//! The schema: the rooms' queries, mutations and subscriptions under one root each.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, Schema, SchemaBuilder};

use super::node::NodeQuery;
use crate::{
    accounts::graphql::{AccountsMutation, AccountsQuery, AuditQuery},
    alerts::graphql::{AlertsMutation, AlertsQuery, AlertsSubscription},
    catalog::graphql::{CatalogMutation, CatalogQuery},
    certification::graphql::{CertificationMutation, CertificationQuery},
    contracts::graphql::{BillingMutation, ContractsMutation, ContractsQuery},
    credentials::graphql::CredentialsQuery,
    directory::graphql::{DirectoryMutation, DirectoryQuery, EvidenceMutation, EvidenceQuery},
    documents::graphql::{DocumentsMutation, DocumentsQuery},
    inquiries::graphql::{InquiriesMutation, InquiriesQuery, InquiriesSubscription},
    insight::graphql::{PriceQuery, ReportQuery},
    matching::graphql::MatchingQuery,
    notifications::graphql::{NotificationsMutation, NotificationsQuery},
    privacy::graphql::{PrivacyMutation, PrivacyQuery},
    procurement::graphql::{
        AwardsMutation, AwardsQuery, BidsMutation, BidsQuery, ProcurementSubscription, RequestsMutation, RequestsQuery,
    },
    search::graphql::SearchQuery,
    traceability::graphql::{ChainQuery, LotsMutation, LotsQuery, ProducersMutation, ProducersQuery},
};

/// Reading. Nothing here changes anything; all of it may be sent with GET.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(
    NodeQuery,
    AccountsQuery,
    AuditQuery,
    DirectoryQuery,
    EvidenceQuery,
    CatalogQuery,
    CertificationQuery,
    LotsQuery,
    SearchQuery,
    NotificationsQuery,
    DocumentsQuery,
    AlertsQuery,
    CredentialsQuery,
    PrivacyQuery,
    ProducersQuery,
    ChainQuery,
    InquiriesQuery,
    PriceQuery,
    MatchingQuery,
    AwardsQuery,
    BidsQuery,
    RequestsQuery,
    ContractsQuery,
    ReportQuery,
);

/// Changing things. Each takes one `input` and gives a payload: the object, or null beside `userErrors`, which say what to mend.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    AccountsMutation,
    DirectoryMutation,
    EvidenceMutation,
    CatalogMutation,
    CertificationMutation,
    LotsMutation,
    NotificationsMutation,
    DocumentsMutation,
    AlertsMutation,
    PrivacyMutation,
    ProducersMutation,
    InquiriesMutation,
    AwardsMutation,
    BidsMutation,
    RequestsMutation,
    ContractsMutation,
    BillingMutation,
);

/// Being told of what happens, as it happens, over a WebSocket that speaks `graphql-transport-ws`. An event tells what happened and
/// when; what it is about is read at that moment, as far as the listener may see it then, and what she may not see is not told. Each
/// event comes at most once. Whoever was away looks with a query for what she missed.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct Subscription(AlertsSubscription, InquiriesSubscription, ProcurementSubscription);

/// The schema without data, limits or switches.
#[must_use]
pub fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
}

/// The schema's definition, in an order that only changes when the schema does.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident();
    builder().finish().sdl_with_options(options)
}
