//! Bids: sealed, kept, confirmed, opened, and looked at.

mod keeping;
mod looking;
mod opening;
mod racing;
mod rotating;
mod sealed;
mod submitting;

use bfw::accounts::{Actor, PlatformRole};
use chrono::TimeDelta;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{lots, office, request};
use crate::{harness::app::TestApp, notifications::stay_signed_in};

pub(crate) const SUBMIT: &str = "mutation($input: SubmitBidInput!) { submitBid(input: $input) {
    bid { id status version requestVersion receipt { sha256 sealedAt } amount { amount currency }
        lots { requestLotId unitPrice { amount } quantity amount { amount } } partners { lead sharePercent organization { id } } }
    userErrors { code message path } } }";
pub(crate) const WITHDRAW: &str = "mutation($input: WithdrawBidInput!) { withdrawBid(input: $input) {
    bid { id status version withdrawnAt sealedContent } userErrors { code message path } } }";
pub(crate) const RECONFIRM: &str = "mutation($input: ReconfirmBidInput!) { reconfirmBid(input: $input) {
    bid { id status version requestVersion receipt { sha256 } } userErrors { code message path } } }";
pub(crate) const OPEN: &str = "mutation($input: OpenBidsInput!) { openBids(input: $input) {
    procurementRequest { id status } bids { id status bidder { id } amount { amount } findings { kind requestLotId schemeCode } }
    lapsedCount unreadableBidIds userErrors { code message path } } }";
pub(crate) const VALIDATE: &str = "mutation($input: ValidateBidInput!) { validateBid(input: $input) {
    bid { id status version } userErrors { code message path } } }";
pub(crate) const DISQUALIFY: &str = "mutation($input: DisqualifyBidInput!) { disqualifyBid(input: $input) {
    bid { id status version disqualified { reason note } } userErrors { code message path } } }";
/// All of a bid.
pub(crate) const BID: &str =
    "query($id: ID!) { bid(id: $id) { id status requestVersion version openedAt withdrawnAt sealedContent
    request { id } receipt { sha256 sealedAt } bidder { id name } submittedBy { id } amount { amount currency }
    partners { organization { id } sharePercent lead }
    lots { requestLotId lot { id } unitPrice { amount currency } quantity amount { amount } }
    answers { criterionId text } documents { id downloadUrl } disqualified { reason note }
    findings { kind requestLotId schemeCode organization { id } documentId }
    womenStatus { organization { id } definition status evidenceLevel assessedOn } } }";

/// A buyer with an open request.
pub(crate) struct Asked {
    pub(crate) officer: String,
    pub(crate) buyer: String,
    pub(crate) request: String,
    /// Of 500 kg and of 200 kg.
    pub(crate) lots: Vec<String>,
}

/// A buyer and her request, which closes in 30 days; `changes` as [`super::shea_butter`] has them.
pub(crate) async fn asked(app: &TestApp, changes: Value) -> Asked {
    let (officer, buyer) = office(app, "segou").await;
    let request = request(app, &officer, &buyer, changes).await;
    let lots = lots(app, &officer, &request).await;
    stay_signed_in(app).await;
    Asked { officer, buyer, request, lots }
}

/// Somebody with an organization that bids: her token, and the organization.
pub(crate) async fn bidder(app: &TestApp, name: &str) -> (String, String) {
    let token = app.sign_up(&format!("{name}@offre.exemple.ml")).await;
    let organization = app.register(&token, "COOPERATIVE", &format!("Coopérative {name}")).await;
    stay_signed_in(app).await;
    (token, organization)
}

/// A bid for all of the first lot at 1,250 francs a kilogram; `changes` replaces fields of it.
pub(crate) fn offer(asked: &Asked, bidder: &str, changes: Value) -> Value {
    let mut input = json!({
        "requestId": asked.request, "bidderId": bidder,
        "lots": [{ "requestLotId": asked.lots[0], "unitPrice": { "amount": "1250" }, "quantity": "500" }],
    });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// Seals a bid, and gives what the payload says of it.
pub(crate) async fn sealed(app: &TestApp, token: &str, input: Value) -> Value {
    app.expect_payload(Some(token), SUBMIT, input).await["bid"].take()
}

/// Moves the clock to the deadline of [`asked`].
pub(crate) fn close(app: &TestApp) {
    app.clock.advance(TimeDelta::days(30));
}

/// Opens all bids, which must be accepted.
pub(crate) async fn opened(app: &TestApp, asked: &Asked) -> Value {
    app.expect_payload(Some(&asked.officer), OPEN, json!({ "requestId": asked.request })).await
}

/// A bid as somebody sees it; null where she does not.
pub(crate) async fn seen(app: &TestApp, token: Option<&str>, bid: &Value) -> Value {
    app.expect_data(token, BID, json!({ "id": bid })).await["bid"].take()
}

/// Somebody with a role on the platform.
pub(crate) async fn overseer(app: &TestApp, name: &str, role: PlatformRole) -> String {
    let email = format!("{name}@plateforme.exemple.ml");
    let token = app.sign_up(&email).await;
    app.app.accounts.grant_platform_role(&Actor::system("test"), &email, role).await.unwrap();
    stay_signed_in(app).await;
    token
}

/// Somebody who becomes a member of an organization.
pub(crate) async fn member(app: &TestApp, owner: &str, organization: &str, name: &str, role: &str) -> String {
    let token = app.sign_up(&format!("{name}@membre.exemple.ml")).await;
    join(app, owner, organization, &token, role).await;
    token
}

/// Lets somebody who has an account join an organization.
pub(crate) async fn join(app: &TestApp, owner: &str, organization: &str, who: &str, role: &str) {
    let viewer = app.expect_data(Some(who), "{ viewer { user { email } } }", json!({})).await;
    let email = &viewer["viewer"]["user"]["email"];
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code userErrors { code message path } } }";
    let invited = json!({ "organizationId": organization, "identifier": email, "role": role });
    let code = app.expect_payload(Some(owner), invite, invited).await["code"].take();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(who), accept, json!({ "code": code })).await;
    stay_signed_in(app).await;
}

/// Runs a statement past the application.
pub(crate) async fn execute(app: &TestApp, statement: &str) {
    let connection = app.database.connect().await;
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}

/// One pair of code and path.
pub(crate) fn one(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}
