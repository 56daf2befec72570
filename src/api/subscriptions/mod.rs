//! Subscriptions: GraphQL over a WebSocket, by the protocol `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>).
//!
//! - [`protocol`] says what a client may say when, and what follows: pure;
//! - `connection` holds a socket: reads, sends, watches the clocks; `operating` runs what was asked for beside it;
//! - `identity` knows who is at the other end, and whether she still is;
//! - [`close`] has the codes that a connection is closed with; `slots` counts.
//!
//! Queries and mutations are served over the socket as they are over HTTP, by the same engine with the same limits.
//!
//! What holds at any time: nothing is told to somebody whose session is over, or who may do less than when she came; what waits to
//! be sent to a client is bounded; an operation has one end, and an id belongs to one operation at a time; whoever is acknowledged
//! hears everything that commits after her `subscribe` was read, or is closed.

pub mod close;
mod closing;
mod connection;
mod identity;
mod operating;
pub mod protocol;
mod slots;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{FromRequestParts as _, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    identity::Visitor,
    slots::{Full, Slots},
};
use super::{
    auth::{self, Callers},
    engine::Engine,
    gate::Gate,
    problem::problem,
};
use crate::{
    config::CorsOrigins,
    kernel::{
        feed::{Feed, Pace},
        id::IdSource,
        telemetry::RequestId,
    },
};

/// The protocol that is spoken.
pub const SUBPROTOCOL: &str = "graphql-transport-ws";

/// What is asked of connections.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many may be open at once.
    pub connections_max: usize,
    /// How many of them from one address; of IPv6, from one network of 64 bits.
    pub per_address_max: usize,
    /// How many of them of one account.
    pub per_account_max: usize,
    /// Operations that may run at the same time over one of them.
    pub operations_max: usize,
    /// How long a client may take to say who she is.
    pub init_timeout: Duration,
    /// How often it is looked whether she still is who she was, besides before each answer.
    pub identity_every: Duration,
    /// How often a client is asked whether it is there.
    pub ping_every: Duration,
    /// How long it may say nothing at all.
    pub silence_max: Duration,
    /// How long it may take to take what is sent to it.
    pub send_timeout: Duration,
    /// How long a client that is closed is waited for.
    pub farewell_max: Duration,
    /// Messages that may wait to be sent to it.
    pub queue_messages: usize,
    /// Bytes of answers that may wait to be sent to it. One answer may be larger; it waits alone.
    pub queue_bytes: u32,
    /// How events are read.
    pub pace: Pace,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections_max: 1_000,
            per_address_max: 100,
            per_account_max: 20,
            operations_max: 50,
            init_timeout: Duration::from_secs(10),
            identity_every: Duration::from_secs(5),
            ping_every: Duration::from_secs(20),
            silence_max: Duration::from_secs(60),
            send_timeout: Duration::from_secs(10),
            farewell_max: Duration::from_secs(2),
            queue_messages: 64,
            queue_bytes: 1024 * 1024,
            pace: Pace::default(),
        }
    }
}

/// Which pages may open a connection. No cookie is ever looked at, so a foreign page could do nothing in a visitor's name; it is
/// refused nevertheless, as `BFW_CORS_ORIGINS` refuses it over HTTP.
#[derive(Debug, Clone)]
pub struct Origins {
    /// Where the service itself is reached.
    pub own: String,
    /// Others.
    pub others: CorsOrigins,
}

impl Origins {
    /// Programs send no origin; browsers always do.
    fn may_open(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let is = |allowed: &str| origin_of(allowed).eq_ignore_ascii_case(origin);
        match &self.others {
            CorsOrigins::Any => true,
            CorsOrigins::Listed(origins) => is(&self.own) || origins.iter().any(|origin| is(origin)),
        }
    }
}

/// The origin of an address, as browsers write it.
fn origin_of(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => address.to_owned(),
    }
}

/// Where connections come in.
pub struct Door {
    engine: Arc<Engine>,
    callers: Arc<Callers>,
    gate: Arc<Gate>,
    feed: Feed,
    ids: Arc<dyn IdSource>,
    origins: Origins,
    slots: Slots,
    options: Options,
    stop: CancellationToken,
    open: TaskTracker,
}

impl Door {
    /// A door to an engine, for callers who are fed by a feed; each operation passes the gate.
    #[must_use]
    pub fn new(
        (engine, callers, gate): (Arc<Engine>, Arc<Callers>, Arc<Gate>),
        feed: Feed,
        ids: Arc<dyn IdSource>,
        origins: Origins,
        options: Options,
    ) -> Self {
        let slots = Slots::new(options.connections_max, options.per_address_max, options.per_account_max);
        let (stop, open) = (CancellationToken::new(), TaskTracker::new());
        Self { engine, callers, gate, feed, ids, origins, slots, options, stop, open }
    }

    /// Closes every connection with 1001, and lets no other in.
    pub fn stop(&self) {
        self.stop.cancel();
        self.open.close();
    }

    /// Waits until all are gone: a little longer than a client that is closed is waited for.
    pub async fn stopped(&self) {
        if tokio::time::timeout(self.options.farewell_max * 3, self.open.wait()).await.is_err() {
            tracing::warn!(open = self.open.len(), "connections still open are cut off");
        }
    }
}

/// Whether a request wants to become a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    let wants = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    wants.is_some_and(|wants| wants.eq_ignore_ascii_case("websocket"))
}

/// Turns a request into a connection, or refuses it.
pub(super) async fn upgrade(door: &Arc<Door>, parts: &mut Parts) -> Response {
    let request_id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId::new("-"));
    let refused = |status: StatusCode, why: &str| problem(status, why, &request_id);
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(parts, &()).await else {
        return refused(StatusCode::BAD_REQUEST, "this is not the handshake of a WebSocket, version 13");
    };
    if !door.origins.may_open(&parts.headers) {
        return refused(StatusCode::FORBIDDEN, "pages of this origin may not call (BFW_CORS_ORIGINS)");
    }
    if door.stop.is_cancelled() {
        return later(refused(StatusCode::SERVICE_UNAVAILABLE, "the service stops"));
    }
    let address = door.callers.address(&parts.headers, &parts.extensions);
    let slot = match door.slots.connection(address) {
        Ok(slot) => slot,
        Err(Full::Everywhere) => {
            return later(refused(StatusCode::SERVICE_UNAVAILABLE, "too many connections are open; try again later"));
        }
        Err(Full::OfAddress) => {
            return later(refused(StatusCode::TOO_MANY_REQUESTS, "too many connections are open from this address"));
        }
    };
    let authorization = parts.headers.get(header::AUTHORIZATION);
    let visitor = Visitor {
        address,
        locale: auth::locale(&parts.headers),
        // What is no text is no token either, and is refused as such.
        authorization: authorization.map(|value| value.to_str().unwrap_or_default().to_owned()),
    };
    let bytes_max = door.engine.limits().body_bytes_max;
    let (door, open) = (Arc::clone(door), door.open.token());
    upgrade.protocols([SUBPROTOCOL]).max_message_size(bytes_max).max_frame_size(bytes_max).on_upgrade(
        move |socket| async move {
            connection::serve(socket, door, visitor).await;
            drop((slot, open));
        },
    )
}

fn later(mut response: Response) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let may = |origins: &Origins, origin: Option<&str>| {
            let headers = origin.map(|origin| (header::ORIGIN, origin.parse().unwrap()));
            origins.may_open(&headers.into_iter().collect())
        };
        let others = CorsOrigins::Listed(vec!["https://shop.example.ml".to_owned()]);
        let origins = Origins { own: "https://bfw.example.ml:443/marche".to_owned(), others };
        for origin in [None, Some("https://bfw.example.ml"), Some("https://shop.example.ml")] {
            assert!(may(&origins, origin), "{origin:?}");
        }
        for origin in
            ["https://evil.example", "http://bfw.example.ml", "https://bfw.example.ml.evil.example", "null", ""]
        {
            assert!(!may(&origins, Some(origin)), "{origin}");
        }
        let any = Origins { others: CorsOrigins::Any, ..origins };
        assert!(may(&any, Some("https://evil.example")));
    }
}
