//! What buyers and sellers write to each other, by the API.

mod attachments;
mod blocking;
mod racing;
mod reading;
mod reporting;
mod talking;

use db_test::db_test;
use serde_json::{Value, json};

use crate::{
    harness::{Fixture, TestApp, TestDatabase},
    notifications::stay_signed_in,
};

pub(crate) const START: &str = "mutation($input: StartInquiryInput!) { startInquiry(input: $input) { \
    inquiry { id status unreadCount from { id } to { id } listing { id } } \
    message { id text sentAt author { organization { id } person { name } } } userErrors { code message path } } }";
pub(crate) const REPLY: &str = "mutation($input: ReplyToInquiryInput!) { replyToInquiry(input: $input) { \
    inquiry { id unreadCount readByOtherAt } message { id text author { organization { id } } } \
    userErrors { code message path } } }";
pub(crate) const READ: &str = "mutation($input: MarkInquiryReadInput!) { markInquiryRead(input: $input) { \
    inquiry { id unreadCount readAt readBy { name } } userErrors { code message path } } }";
pub(crate) const CLOSE: &str = "mutation($input: CloseInquiryInput!) { closeInquiry(input: $input) { \
    inquiry { id status closedAt } userErrors { code message path } } }";
pub(crate) const BLOCK: &str = "mutation($input: BlockOrganizationInput!) { blockOrganization(input: $input) { \
    blocked { organizationId reason organization { id } } userErrors { code message path } } }";
pub(crate) const UNBLOCK: &str = "mutation($input: UnblockOrganizationInput!) { unblockOrganization(input: $input) { \
    unblockedOrganizationId userErrors { code message path } } }";
pub(crate) const REPORT: &str = "mutation($input: ReportInquiryInput!) { reportInquiry(input: $input) { \
    report { id status reason reported { id } } userErrors { code message path } } }";
pub(crate) const DECIDE: &str = "mutation($input: DecideInquiryReportInput!) { decideInquiryReport(input: $input) { \
    report { id status note inquiry { id } } userErrors { code message path } } }";

/// A buyer, and a seller with a listing.
pub(crate) struct Market {
    pub(crate) app: TestApp,
    pub(crate) buyer: String,
    pub(crate) canteen: String,
    pub(crate) seller: String,
    pub(crate) cooperative: String,
    pub(crate) listing: String,
}

impl Fixture for Market {
    async fn build(database: TestDatabase) -> Self {
        Box::pin(Self::open(TestApp::build(database).await)).await
    }
}

impl Market {
    pub(crate) async fn open(app: TestApp) -> Self {
        let buyer = app.sign_up("moussa@example.org").await;
        let canteen = app.register(&buyer, "COMPANY", "Cantine de Ségou").await;
        let seller = app.sign_up("awa@example.org").await;
        let cooperative = app.register(&seller, "COOPERATIVE", "Benkadi").await;
        let listing = app.published(&seller, &cooperative, json!({})).await;
        stay_signed_in(&app).await;
        Self { app, buyer, canteen, seller, cooperative, listing }
    }

    /// What the buyer writes about the listing.
    pub(crate) fn asking(&self, text: &str) -> Value {
        json!({ "listingId": self.listing, "fromOrganizationId": self.canteen, "text": text })
    }

    /// The buyer writes about the listing; gives the payload.
    pub(crate) async fn asks(&self, text: &str) -> Value {
        self.app.expect_payload(Some(&self.buyer), START, self.asking(text)).await
    }

    /// Somebody answers; gives the payload.
    pub(crate) async fn answers(&self, token: &str, inquiry: &Value, text: &str) -> Value {
        self.app.expect_payload(Some(token), REPLY, json!({ "inquiryId": inquiry, "text": text })).await
    }

    /// How many somebody has not read, and the texts that she sees; none where she sees no inquiry.
    pub(crate) async fn seen(&self, token: &str, inquiry: &Value) -> Option<(Value, Vec<String>)> {
        let query =
            "query($id: ID!) { inquiry(id: $id) { unreadCount messages(last: 20) { edges { node { text } } } } }";
        let data = self.app.expect_data(Some(token), query, json!({ "id": inquiry })).await;
        let edges = data["inquiry"]["messages"]["edges"].as_array()?;
        let texts = edges.iter().map(|edge| edge["node"]["text"].as_str().unwrap().to_owned()).collect();
        Some((data["inquiry"]["unreadCount"].clone(), texts))
    }

    /// Takes somebody into an organization, and gives her token.
    pub(crate) async fn joins(&self, owner: &str, organization: &str, email: &str, role: &str) -> String {
        let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code \
                      userErrors { code message path } } }";
        let input = json!({ "organizationId": organization, "identifier": email, "role": role });
        let code = self.app.expect_payload(Some(owner), invite, input).await["code"].take();
        let token = self.app.sign_up(email).await;
        let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { id } \
                      userErrors { code message path } } }";
        self.app.expect_payload(Some(&token), accept, json!({ "code": code })).await;
        stay_signed_in(&self.app).await;
        token
    }

    /// The titles of the notices of inquiries that somebody has not read.
    pub(crate) async fn told(&self, token: &str) -> Vec<Value> {
        let query = "{ notifications(unreadOnly: true) { edges { node { kind title text inquiry { id } } } } }";
        let data = self.app.expect_data(Some(token), query, json!({})).await;
        data["notifications"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
    }
}

pub(crate) fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[db_test]
async fn nobody_is_asked_who_she_is_after_being_told_what_there_is(market: Market) {
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    for (mutation, input) in [
        (START, market.asking("Bonjour")),
        (REPLY, json!({ "inquiryId": id, "text": "Bonjour" })),
        (READ, json!({ "inquiryId": id })),
        (CLOSE, json!({ "inquiryId": id })),
        (REPORT, json!({ "inquiryId": id, "reason": "SPAM" })),
        (BLOCK, json!({ "organizationId": market.canteen, "blockedOrganizationId": market.cooperative })),
    ] {
        assert_eq!(market.app.user_errors(None, mutation, input).await, [at("UNAUTHENTICATED", "")], "{mutation}");
    }
    let list = market.app.graphql(None, "{ inquiries { edges { node { id } } } }", json!({})).await;
    assert_eq!(list["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{list}");
}
