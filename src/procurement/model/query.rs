//! What a list of requests is asked for.

use super::{
    ids::RequestId,
    request::{Method, Request, ShownRequestStatus},
};
use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::Timestamp,
        page::{CursorKey, Page, SortValue},
    },
};

/// Which requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RequestFilter {
    /// Only this one.
    pub only: Option<RequestId>,
    /// Of this buyer.
    pub buyer: Option<OrganizationId>,
    /// In this state, as it is shown.
    pub status: Option<ShownRequestStatus>,
    /// With a lot of one of these products: a class with everything below it. Empty for all.
    pub products: Vec<String>,
    /// With a lot for one of these places: a place with everything in it. Empty for all.
    pub places: Vec<String>,
    /// By this method.
    pub method: Option<Method>,
    /// With these words, folded, in the title.
    pub text: Option<String>,
    /// Whose deadline is at this instant or later.
    pub deadline_from: Option<Timestamp>,
    /// Whose deadline is before this instant.
    pub deadline_until: Option<Timestamp>,
    /// To which this organization is invited.
    pub invited: Option<OrganizationId>,
}

/// What a list of requests is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RequestOrderField {
    /// When it was written.
    #[default]
    CreatedAt,
    /// When its bidding ends.
    BidDeadline,
}

/// The order of a list of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestOrder {
    /// By what.
    pub field: RequestOrderField,
    /// Whether the last comes first.
    pub descending: bool,
}

impl Default for RequestOrder {
    /// The newest first.
    fn default() -> Self {
        Self { field: RequestOrderField::CreatedAt, descending: true }
    }
}

impl RequestOrder {
    /// What cursors of a list in this order are marked with.
    #[must_use]
    pub const fn list_name(self) -> &'static str {
        match (self.field, self.descending) {
            (RequestOrderField::CreatedAt, true) => "requests:created_at:desc",
            (RequestOrderField::CreatedAt, false) => "requests:created_at:asc",
            (RequestOrderField::BidDeadline, true) => "requests:bid_deadline:desc",
            (RequestOrderField::BidDeadline, false) => "requests:bid_deadline:asc",
        }
    }

    /// Where a request stands in this order.
    #[must_use]
    pub fn key(self, request: &Request) -> CursorKey {
        let sort = match self.field {
            // Ids grow with time, so they sort by creation on their own.
            RequestOrderField::CreatedAt => SortValue::Missing,
            RequestOrderField::BidDeadline => SortValue::Time(request.bid_deadline),
        };
        CursorKey { sort, id: request.id.uuid() }
    }

    /// Whether a cursor's value is one that [`RequestOrder::key`] gives.
    #[must_use]
    pub const fn gives(self, value: &SortValue) -> bool {
        match self.field {
            RequestOrderField::CreatedAt => value.is_missing(),
            RequestOrderField::BidDeadline => value.is_time(),
        }
    }
}

/// A page of requests, asked for.
#[derive(Debug, Clone)]
pub struct RequestQuery {
    /// Which.
    pub filter: RequestFilter,
    /// In which order.
    pub order: RequestOrder,
    /// From where to where.
    pub page: Page,
}

/// Which requests a reader is shown in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What was published by buyers in good standing.
    Public,
    /// Everything of these buyers.
    Of(Vec<OrganizationId>),
    /// Everything.
    Everything,
}
