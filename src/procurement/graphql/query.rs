//! Reading requests.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Loaders, ProcurementMethod, ProcurementRequest, ProcurementRequestConnection, ProcurementRequestOrderField,
    ProcurementRequestStatus, procurement,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        error::excerpt,
        graphql::{OrderDirection, failure, page_args, page_complexity, read_id, wants_total_count},
        page::{Page, PageArgs, encode_cursor},
        text::fold,
    },
    procurement::{
        Procurement, Request, RequestId,
        model::query::{RequestFilter, RequestOrder, RequestQuery},
    },
};

/// Signs of a text that is looked for at most.
const TEXT_MAX: usize = 200;

/// Narrows a list of requests. What is not given does not narrow; what is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProcurementRequestFilter {
    /// Only of this buyer. Its members then see its drafts too.
    pub buyer_id: Option<ID>,
    /// Only in this state. `DRAFT` gives only drafts of one's own organizations.
    pub status: Option<ProcurementRequestStatus>,
    /// Only with a lot of this product, by code; a class stands for everything below it.
    pub product_code: Option<String>,
    /// Only with a lot for this place, by code, official number or name; a place stands for everything in it.
    pub place_code: Option<String>,
    /// Only by this method.
    pub method: Option<ProcurementMethod>,
    /// Only with this in the title; accents and case do not matter.
    pub text: Option<String>,
    /// Only whose deadline is at this instant or later.
    pub deadline_after: Option<DateTime<Utc>>,
    /// Only whose deadline is before this instant.
    pub deadline_before: Option<DateTime<Utc>>,
    /// Only to which this organization is invited; for its members, and for the buyer.
    pub invited_organization_id: Option<ID>,
}

/// The order of a list of requests.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ProcurementRequestOrderBy {
    /// What it is sorted by.
    pub field: ProcurementRequestOrderField,
    /// Which end comes first.
    pub direction: OrderDirection,
}

impl ProcurementRequestFilter {
    pub(super) fn read(self, room: &Procurement) -> Outcome<RequestFilter> {
        let mut wrong = Rejections::default();
        let mut organization = |given: Option<ID>, field: &str| {
            let path = ["filter", field];
            given.and_then(|given| wrong.take(read_id::<OrganizationId, _>(&given, OrganizationId::PREFIX, path)))
        };
        let buyer = organization(self.buyer_id, "buyerId");
        let invited = organization(self.invited_organization_id, "invitedOrganizationId");
        let products = match self.product_code {
            Some(code) => wrong.take(products(room, &code)).unwrap_or_default(),
            None => Vec::new(),
        };
        let places = match self.place_code {
            Some(code) => wrong.take(room.places_within(&code, &["filter", "placeCode"])).unwrap_or_default(),
            None => Vec::new(),
        };
        if self.text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MAX) {
            wrong.push(UserError::new(ErrorCode::TooLong, ["filter", "text"]).with("maximum", TEXT_MAX));
        }
        wrong.finish()?;
        Ok(RequestFilter {
            only: None,
            buyer,
            status: self.status.map(Into::into),
            products,
            places,
            method: self.method.map(Into::into),
            // No text that is kept holds a zero, and PostgreSQL takes none.
            text: self.text.map(|text| fold(&text.replace('\0', ""))).filter(|text| !text.is_empty()),
            deadline_from: self.deadline_after,
            deadline_until: self.deadline_before,
            invited,
        })
    }
}

/// The codes of a product and of everything below it.
fn products(room: &Procurement, code: &str) -> Result<Vec<String>, UserError> {
    let taxonomy = room.taxonomy();
    let found = taxonomy.with_descendants(code.trim());
    if found.is_empty() {
        let near = taxonomy.find(&excerpt(code), 5);
        let near: Vec<&str> = near.iter().map(|product| product.code.as_str()).collect();
        let error = UserError::new(ErrorCode::UnknownProduct, ["filter", "productCode"]);
        return Err(error.with("value", excerpt(code)).with("suggestions", near.join(", ")));
    }
    Ok(found.into_iter().map(|product| product.code.clone()).collect())
}

/// The queries of requests.
#[derive(Debug, Default, Clone, Copy)]
pub struct RequestsQuery;

#[Object]
impl RequestsQuery {
    /// A request by its id; null where there is none that the caller may see.
    async fn procurement_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The request's id.")] request_id: ID,
    ) -> Option<Result<ProcurementRequest>> {
        match read_id(&request_id, RequestId::PREFIX, ["id"]) {
            Ok(id) => Loaders::request(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Requests. Everybody sees what was published by buyers in good standing; members of a buyer see its drafts too when they ask
    /// for it by `buyerId`, or for drafts.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn procurement_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ProcurementRequestFilter>,
        #[graphql(desc = "The order; the newest first where none is given.")] order_by: Option<
            ProcurementRequestOrderBy,
        >,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProcurementRequestConnection> {
        let args = page_args(first, after, last, before);
        let (filter, order) = (filter.unwrap_or_default(), order_by);
        Box::pin(requests(ctx, filter, order, &args)).await.map_err(|error| failure(ctx, error))
    }
}

async fn requests(
    ctx: &Context<'_>,
    filter: ProcurementRequestFilter,
    order_by: Option<ProcurementRequestOrderBy>,
    args: &PageArgs,
) -> Outcome<ProcurementRequestConnection> {
    let room = present(procurement(ctx))?;
    let order = order_by.map_or_else(RequestOrder::default, |order| RequestOrder {
        field: order.field.into(),
        descending: order.direction == OrderDirection::Desc,
    });
    let page = Page::new(order.list_name(), args, |sort| order.gives(sort))?;
    let query = RequestQuery { filter: filter.read(room)?, order, page };
    let slice = room.requests(actor(ctx), &query).await?;
    let total = match wants_total_count(ctx) {
        true => Some(room.count_requests(actor(ctx), &query.filter).await?),
        false => None,
    };
    let turn = |request: Request| (encode_cursor(order.list_name(), &order.key(&request)), ProcurementRequest(request));
    Ok(ProcurementRequestConnection::new(slice, turn, total))
}

/// A room's handle, which the schema always holds.
fn present<T>(handle: Result<T>) -> Outcome<T> {
    handle.map_err(|error| crate::kernel::Fault::Internal(error.message).into())
}

/// Whose audit log the chain of a process is: the buyer's. None where the chain is no process's.
///
/// # Errors
/// The masked form of a fault.
pub async fn audit_chain_buyer(ctx: &Context<'_>, chain: Uuid) -> Result<Option<OrganizationId>> {
    procurement(ctx)?.buyer_of_process(chain).await.map_err(|fault| failure(ctx, fault.into()))
}
