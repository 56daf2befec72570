//! Being told of what happens, over a WebSocket, as clients are.

mod bids;
mod client;
mod feed;
mod handshake;
mod identity;
mod listings;
mod messages;
mod operations;
mod protocol;
mod racing;
mod requests;
mod roles;
mod slow;
mod stopping;
mod two_processes;

use std::time::Duration;

use bfw::api::subscriptions::Options;

use self::client::Client;

/// The published listings of a product.
const LISTINGS: &str = "subscription($filter: ListingSearchFilter, $query: String) {
    listingPublished(filter: $filter, query: $query) { at listing { id title } } }";

const REQUESTS: &str = "subscription($id: ID, $filter: ProcurementRequestFilter) {
    procurementRequestChanged(requestId: $id, filter: $filter) { kind at request { id status } } }";

const BIDS: &str = "subscription($id: ID!) { bidChanged(requestId: $id) { kind bid { id status } request { id } } }";

const MESSAGES: &str = "subscription($inquiry: ID, $organization: ID) {
    inquiryMessageSent(inquiryId: $inquiry, organizationId: $organization) {
        message { text author { organization { name } } } inquiry { id unreadCount } } }";

/// As clients meet it, but for clocks that a test would wait for.
fn quick() -> Options {
    Options {
        identity_every: Duration::from_millis(50),
        farewell_max: Duration::from_millis(500),
        ..Options::default()
    }
}
