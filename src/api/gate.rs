//! The gate: whether a request is worked on at all, with the load as it is and with what its caller has had already.
//!
//! In this order: what coming costs is taken from the address, which is known at once; then there has to be room; and only then
//! is anything looked up. So whoever is turned away costs next to nothing. A GraphQL request passes when all of it has arrived, so
//! that nobody keeps others out by being slow.

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::{
    auth,
    engine::Cost,
    error::{self, Code},
    http::Refusal,
    limits::rate::{PAGE_COST, Payer, REQUEST_COST_MIN, Rates, UsedUp},
    router::id_of,
};
use crate::kernel::admission::{Admission, Full, Place};

/// What stands before GraphQL and every page.
#[derive(Debug)]
pub struct Gate {
    admission: Admission,
    rates: Rates,
    trusted_proxies: Arc<ArcSwap<Vec<IpAddr>>>,
}

impl Gate {
    /// A gate that lets in as many as there is room for and that can pay; `trusted_proxies` are believed about addresses.
    #[must_use]
    pub fn new(admission: Admission, rates: Rates, trusted_proxies: Arc<ArcSwap<Vec<IpAddr>>>) -> Self {
        Self { admission, rates, trusted_proxies }
    }

    /// The client's address.
    pub(super) fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
        auth::address(headers, extensions, &self.trusted_proxies.load())
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// 429 when its address has used up what it may cost, 503 when there is no room; both with `Retry-After`.
    pub(super) fn enter(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<Place, Refusal> {
        self.enter_from(self.address(headers, extensions))
    }

    /// Lets in what comes from an address over a connection that stays open.
    ///
    /// # Errors
    /// As [`Gate::enter`].
    pub(super) fn enter_from(&self, address: IpAddr) -> Result<Place, Refusal> {
        self.enter_for(REQUEST_COST_MIN, address)
    }

    fn enter_for(&self, cost: u32, address: IpAddr) -> Result<Place, Refusal> {
        self.rates.come(address, cost).map_err(rate_limited)?;
        self.admission.enter().map_err(full)
    }

    /// Takes what an operation costs from its caller.
    ///
    /// # Errors
    /// When she has used up what she may cost.
    pub(super) fn pay(&self, payer: &Payer<'_>, requested: u32) -> Result<Option<Cost>, UsedUp> {
        let requested = requested.max(REQUEST_COST_MIN);
        self.rates.pay(payer, requested).map(|available| Some(Cost { requested, available }))
    }
}

/// The answer's `Retry-After`.
pub(super) fn retry_after(seconds: u64) -> HeaderValue {
    HeaderValue::from(seconds)
}

fn rate_limited(used_up: UsedUp) -> Refusal {
    Refusal::of(StatusCode::TOO_MANY_REQUESTS, error::rate_limited(used_up))
        .with_header(header::RETRY_AFTER, retry_after(used_up.seconds()))
}

fn full(Full: Full) -> Refusal {
    Refusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Code::Unavailable,
        "the service is overloaded; nothing was done, try again in a moment",
    )
    .with_header(header::RETRY_AFTER, retry_after(1))
}

/// What every request passes that is not GraphQL.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match gate.enter_for(PAGE_COST, gate.address(request.headers(), request.extensions())) {
        Ok(place) if matches!(*request.method(), Method::GET | Method::HEAD) => place.hold(next.run(request)).await,
        // What has a body comes as slowly as its sender likes; whoever came in with one keeps nobody out by it.
        Ok(place) => {
            drop(place);
            next.run(request).await
        }
        Err(refusal) => refusal.into_problem(&id_of(&request)),
    }
}
