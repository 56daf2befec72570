//! Requests on the wire.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{
    BidConnection, BidLoaders, GenderMeasure, Loaders, ProcurementMethod, ProcurementRequestStatus, RequestCriterion,
    RequestLot, RequestQuestionConnection, procurement, question::questions,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    documents::graphql::{Document, Loaders as Documents},
    kernel::{
        clock::Timestamp,
        decimal::format_scaled,
        graphql::{Decimal, Json, LanguageCode, Money, failure, list_complexity, page_args, page_complexity},
        locale::Locale,
        money,
        page::{CursorKey, Page, PageArgs, SortValue, encode_cursor},
        quantity::DECIMALS,
    },
    procurement::{Request, RequestId, model::wording::RequestVersion},
};

const VERSIONS: &str = "request-versions";
const INVITED: &str = "request-invitations";

/// What a buyer asks for.
#[derive(Debug, Clone)]
pub struct ProcurementRequest(pub Request);

connection! {
    /// A page of requests.
    ProcurementRequestConnection, ProcurementRequestEdge, ProcurementRequest
}

/// Terms of payment and lateness that contracts take over.
#[derive(Debug, Clone, SimpleObject)]
pub struct ContractTerms {
    /// Thousandths of the price of what is late that a day of lateness takes off.
    pub penalty_permille_a_day: i64,
    /// Thousandths of it that lateness takes off at most.
    pub penalty_permille_max: i64,
    /// Days in which an invoice is to be paid.
    pub payment_days: i64,
    /// Percent that deliveries may exceed what was ordered by.
    pub over_delivery_percent: Decimal,
}

/// What a buyer asks for: lots that are bid on and awarded each by itself.
#[Object]
impl ProcurementRequest {
    /// Identifies the request, and the process that begins with it.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// By which it is known in open contracting data.
    async fn ocid(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Loaders::ocid(ctx, self.0.id.uuid()).await?.map(|ocid| ocid.to_string()))
    }

    /// Who buys.
    async fn buyer(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.buyer).await
    }

    /// What it is called.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it.
    fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The language of title and description.
    fn language(&self) -> LanguageCode {
        self.0.language.parse::<Locale>().unwrap_or_default().into()
    }

    /// Who may bid.
    fn method(&self) -> ProcurementMethod {
        self.0.method.into()
    }

    /// Why not everybody; null where everybody may.
    fn method_rationale(&self) -> Option<&str> {
        self.0.method_rationale.as_deref()
    }

    /// Where it stands now. That it is closed follows from its deadline.
    async fn status(&self, ctx: &Context<'_>) -> Result<ProcurementRequestStatus> {
        Ok(self.0.shown_status(procurement(ctx)?.services().now()).into())
    }

    /// The ISO 4217 code of the currency in which all its amounts, and all bids, stand.
    fn currency(&self) -> &'static str {
        self.0.currency.code()
    }

    /// What it may cost.
    fn budget(&self) -> Option<Money> {
        let currency = self.0.currency;
        self.0.budget_minor.map(|minor| Money(money::Money { minor, currency }))
    }

    /// Until when questions may be asked; until the deadline where it is null.
    fn enquiry_deadline(&self) -> Option<DateTime<Utc>> {
        self.0.enquiry_deadline
    }

    /// The first instant at which no bid is taken any more.
    fn bid_deadline(&self) -> DateTime<Utc> {
        self.0.bid_deadline
    }

    /// Days between an award and what it takes force by.
    fn standstill_days(&self) -> i64 {
        self.0.standstill_days
    }

    /// So many different people score each bid.
    fn minimum_evaluators(&self) -> i64 {
        self.0.minimum_evaluators
    }

    /// Its lots in their order, whatever became of them; 100 at most beside those that amendments took out.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> Result<Vec<RequestLot>> {
        Loaders::lots(ctx, &self.0).await
    }

    /// What bids are judged by, 100 % together.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn criteria(&self, ctx: &Context<'_>) -> Result<Vec<RequestCriterion>> {
        Loaders::criteria(ctx, self.0.id).await
    }

    /// What it does for women.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn gender_measures(&self, ctx: &Context<'_>) -> Result<Vec<GenderMeasure>> {
        Loaders::measures(ctx, &self.0).await
    }

    /// What its contracts will say.
    fn contract_terms(&self) -> ContractTerms {
        let terms = self.0.terms;
        ContractTerms {
            penalty_permille_a_day: terms.penalty_permille_a_day,
            penalty_permille_max: terms.penalty_permille_max,
            payment_days: terms.payment_days,
            over_delivery_percent: Decimal(format_scaled(terms.over_delivery_limit, DECIMALS)),
        }
    }

    /// What was asked about it, the first asked first: what was answered to everybody, the rest to the buyer and to whoever asked.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn questions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<RequestQuestionConnection> {
        let args = page_args(first, after, last, before);
        Box::pin(questions(ctx, &self.0, &args)).await
    }

    /// The bids on it, the last sealed first: those that were opened, and of the others the caller's own. Before they are opened nobody
    /// is told how many there are.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn bids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<BidConnection> {
        BidLoaders::of_request(ctx, self.0.id, &page_args(first, after, last, before)).await
    }

    /// Its wordings from its publication on, the newest first: each with what it changed.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProcurementRequestVersionConnection> {
        let args = page_args(first, after, last, before);
        Box::pin(versions(ctx, &self.0, &args)).await
    }

    /// Who is invited. Before the request has closed null to all but the buyer: bidders do not learn whom they bid against.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn invited(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Option<Result<RequestInvitationConnection>> {
        let args = page_args(first, after, last, before);
        Box::pin(invited(ctx, &self.0, &args)).await.transpose()
    }

    /// What belongs to it, for everybody to read; 20 at most.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Documents::documents_of(ctx, RequestId::PREFIX, self.0.id.uuid()).await
    }

    /// When it was published; null while it never was.
    fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// When it closed: its deadline, once that has passed.
    async fn closed_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.0.has_closed(procurement(ctx)?.services().now()).then_some(self.0.bid_deadline))
    }

    /// When its bids were opened.
    fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.0.opened_at
    }

    /// When it ended: complete, cancelled, or unsuccessful.
    fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Why it was cancelled, or led to nothing.
    fn ended_reason(&self) -> Option<&str> {
        self.0.ended_reason.as_deref()
    }

    /// Counts its wordings, from 1; to be given as `expectedVersion`. A bid answers one of them.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was first written.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// A wording of a request, as it was.
#[derive(Debug, Clone)]
pub struct ProcurementRequestVersion(RequestVersion);

connection! {
    /// A page of the wordings of a request.
    ProcurementRequestVersionConnection, ProcurementRequestVersionEdge, ProcurementRequestVersion
}

/// A wording of a request, as it was.
#[Object]
impl ProcurementRequestVersion {
    /// Which one.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Why the request was amended; null for its first wording.
    fn rationale(&self) -> Option<&str> {
        self.0.rationale.as_deref()
    }

    /// All its terms as they were, by their names.
    fn terms(&self) -> Json {
        Json(self.0.terms.clone())
    }

    /// The names of the terms in which it differs from the wording before; empty for the first.
    fn changed(&self) -> &[String] {
        &self.0.changed
    }

    /// Since when it stands.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

async fn versions(
    ctx: &Context<'_>,
    request: &Request,
    args: &PageArgs,
) -> Result<ProcurementRequestVersionConnection> {
    let page = Page::new(VERSIONS, args, SortValue::is_integer).map_err(|error| failure(ctx, error.into()))?;
    let shows_invited = procurement(ctx)?.shows_invited(actor(ctx), request);
    let (slice, total) = Loaders::versions(ctx, request.id, page).await?;
    let turn = |version: RequestVersion| {
        let key = CursorKey { sort: SortValue::Integer(version.version), id: version.request.uuid() };
        let shown = if shows_invited { version } else { version.without_invited() };
        (encode_cursor(VERSIONS, &key), ProcurementRequestVersion(shown))
    };
    Ok(ProcurementRequestVersionConnection::new(slice, turn, total))
}

/// An organization that is invited to bid.
#[derive(Debug, Clone)]
pub struct RequestInvitation(OrganizationId, Timestamp);

connection! {
    /// A page of those who are invited to bid.
    RequestInvitationConnection, RequestInvitationEdge, RequestInvitation
}

/// An organization that is invited to bid.
#[Object]
impl RequestInvitation {
    /// Who is invited.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0).await
    }

    /// Since when.
    fn invited_at(&self) -> DateTime<Utc> {
        self.1
    }
}

async fn invited(ctx: &Context<'_>, request: &Request, args: &PageArgs) -> Result<Option<RequestInvitationConnection>> {
    if !procurement(ctx)?.shows_invited(actor(ctx), request) {
        return Ok(None);
    }
    let page = Page::new(INVITED, args, SortValue::is_text).map_err(|error| failure(ctx, error.into()))?;
    let invited = Loaders::invited(ctx, request.id).await?;
    let total = i64::try_from(invited.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(invited.to_vec(), |(organization, _), name| organization.to_string() == name);
    let slice = slice.map_err(|error| failure(ctx, error.into()))?;
    let turn = |(organization, at): (OrganizationId, Timestamp)| {
        (Page::memory_cursor(INVITED, &organization.to_string()), RequestInvitation(organization, at))
    };
    Ok(Some(RequestInvitationConnection::new(slice, turn, Some(total))))
}
