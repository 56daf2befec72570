//! A request whose bids were sealed and opened, with everybody who has to do with it.

use bfw::accounts::{Actor, PlatformRole};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value as SqlValue};
use serde_json::{Value, json};

use super::{lots, request};
use crate::harness::app::{PASSWORD, TestApp};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken }
    userErrors { code message path } } }";

pub(crate) const SUBMIT: &str = "mutation($input: SubmitBidInput!) { submitBid(input: $input) {
    bid { id } userErrors { code message path } } }";

const OPEN: &str = "mutation($input: OpenBidsInput!) { openBids(input: $input) {
    bids { id status } userErrors { code message path } } }";

pub(crate) const DECLARE: &str = "mutation($input: DeclareConflictInput!) { declareConflict(input: $input) {
    declaration { request { id } hasConflict statement declaredAt } userErrors { code message path } } }";

pub(crate) const SCORE: &str = "mutation($input: ScoreBidInput!) { scoreBid(input: $input) {
    scoredBid { bid { id } scores { criterion { id } points comment } } userErrors { code message path } } }";

pub(crate) const AWARD: &str = "mutation($input: AwardBidInput!) { awardBid(input: $input) {
    awards { id status requestLot { id } bid { id } rank points amount { amount } standstillUntil version }
    userErrors { code message path } } }";

pub(crate) const ACTIVATE: &str = "mutation($input: ActivateAwardInput!) { activateAward(input: $input) {
    award { id status activatedAt version } userErrors { code message path } } }";

/// Somebody with an account, and where she belongs.
pub(crate) struct Person {
    pub(crate) email: String,
    /// Her access token, until the clock moves.
    pub(crate) token: String,
    /// Her organization.
    pub(crate) organization: String,
}

/// A buyer and her bidders, once the bids are opened.
pub(crate) struct Scene {
    pub(crate) officer: Person,
    pub(crate) second: Person,
    pub(crate) sellers: Vec<Person>,
    pub(crate) request: String,
    pub(crate) lots: Vec<String>,
    /// The criteria's ids by their kind.
    pub(crate) criteria: Value,
}

/// What a bid says.
pub(crate) struct Offer<'a> {
    /// Who bids, with their shares in percent; the first one leads.
    pub(crate) partners: Vec<(&'a Person, i64)>,
    /// The price of a kilogram for each lot, by the lot's place.
    pub(crate) prices: Vec<(usize, i64)>,
    /// How many kilograms of each lot: all of them, where the test says nothing else.
    pub(crate) kilograms: [&'a str; 2],
}

impl<'a> Offer<'a> {
    /// A bid of one seller for both lots at the same price.
    pub(crate) fn of(seller: &'a Person, price: i64) -> Self {
        Self { partners: vec![(seller, 100)], prices: vec![(0, price), (1, price)], kilograms: ["500", "200"] }
    }

    /// A bid of one seller for one lot.
    pub(crate) fn for_lot(seller: &'a Person, lot: usize, price: i64) -> Self {
        Self { prices: vec![(lot, price)], ..Self::of(seller, price) }
    }
}

/// A request by a ministry, published, with `sellers` who could bid. `changes` replaces fields of its input.
pub(crate) async fn published(app: &TestApp, sellers: usize, changes: Value) -> Scene {
    let officer = person(app, "officier@exemple.ml", "PUBLIC_BODY", "Direction des achats").await;
    let second = member(app, &officer, "seconde@exemple.ml", "PROCUREMENT_OFFICER").await;
    let mut found = Vec::with_capacity(sellers);
    for number in 0..sellers {
        let email = format!("vendeuse{number}@exemple.ml");
        found.push(person(app, &email, "COOPERATIVE", &format!("Coopérative {number}")).await);
    }
    let id = request(app, &officer.token, &officer.organization, changes).await;
    let lots = lots(app, &officer.token, &id).await;
    let query = "query($id: ID!) { procurementRequest(id: $id) { criteria { id kind } } }";
    let data = app.expect_data(Some(&officer.token), query, json!({ "id": id })).await;
    let criteria = data["procurementRequest"]["criteria"].as_array().unwrap();
    let criteria: serde_json::Map<String, Value> = criteria
        .iter()
        .map(|criterion| (criterion["kind"].as_str().unwrap().to_owned(), criterion["id"].clone()))
        .collect();
    Scene { officer, second, sellers: found, request: id, lots, criteria: Value::Object(criteria) }
}

impl Scene {
    /// Lets days pass, and has everybody sign in anew.
    pub(crate) async fn later(&mut self, app: &TestApp, days: i64) {
        app.clock.advance(TimeDelta::days(days));
        for person in [&mut self.officer, &mut self.second].into_iter().chain(&mut self.sellers) {
            person.token = sign_in(app, &person.email).await;
        }
    }

    /// Seals these bids, and opens them after the deadline; gives their ids.
    pub(crate) async fn opened(
        &mut self,
        app: &TestApp,
        offers: impl FnOnce(&[Person]) -> Vec<Offer<'_>>,
    ) -> Vec<String> {
        let mut bids = Vec::new();
        for offer in offers(&self.sellers) {
            bids.push(self.seal(app, &offer).await);
        }
        self.open(app).await;
        bids
    }

    /// Seals a bid, and gives its id.
    pub(crate) async fn seal(&self, app: &TestApp, offer: &Offer<'_>) -> String {
        let lots = offer.prices.iter().map(|(place, price)| {
            json!({ "requestLotId": self.lots[*place], "unitPrice": { "amount": price.to_string() },
                "quantity": offer.kilograms[*place] })
        });
        let partners = offer.partners.iter().map(
            |(partner, share)| json!({ "organizationId": partner.organization, "sharePercent": share.to_string() }),
        );
        let (lead, _) = offer.partners[0];
        let input = json!({ "requestId": self.request, "bidderId": lead.organization,
            "partners": partners.collect::<Vec<_>>(), "lots": lots.collect::<Vec<_>>() });
        let payload = app.expect_payload(Some(&lead.token), SUBMIT, input).await;
        payload["bid"]["id"].as_str().unwrap().to_owned()
    }

    /// Opens what was sealed, after the deadline.
    pub(crate) async fn open(&mut self, app: &TestApp) {
        self.later(app, 31).await;
        app.expect_payload(Some(&self.officer.token), OPEN, json!({ "requestId": self.request })).await;
    }

    /// Declares for somebody that she has no conflict of interest.
    pub(crate) async fn declared(&self, app: &TestApp, person: &Person) {
        let input = json!({ "requestId": self.request, "hasConflict": false });
        app.expect_payload(Some(&person.token), DECLARE, input).await;
    }

    /// Has somebody, who declares that she may, give a bid so many points for its quality.
    pub(crate) async fn scored(&self, app: &TestApp, person: &Person, bid: &str, points: &str) {
        self.declared(app, person).await;
        app.expect_payload(Some(&person.token), SCORE, self.score(bid, points)).await;
    }

    /// What gives a bid so many points for its quality.
    pub(crate) fn score(&self, bid: &str, points: &str) -> Value {
        json!({ "bidId": bid, "scores": [{ "criterionId": self.criteria["QUALITY"], "points": points }] })
    }

    /// Awards a bid all lots in which it ranks first, for the officer, and gives the awards.
    pub(crate) async fn awarded(&self, app: &TestApp, bid: &str) -> Vec<String> {
        let payload = app.expect_payload(Some(&self.officer.token), AWARD, json!({ "bidId": bid })).await;
        let awards = payload["awards"].as_array().unwrap();
        awards.iter().map(|award| award["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The request's state.
    pub(crate) async fn status(&self, app: &TestApp) -> String {
        let query = "query($id: ID!) { procurementRequest(id: $id) { status } }";
        let data = app.expect_data(None, query, json!({ "id": self.request })).await;
        data["procurementRequest"]["status"].as_str().unwrap().to_owned()
    }
}

/// The criteria of a request that is judged by price alone.
pub(crate) fn by_price() -> Value {
    json!({ "criteria": [{ "name": "Prix", "kind": "PRICE", "weightPercent": "100" }] })
}

/// The changes of a request that is judged by price alone, and prefers women's cooperatives by ten percent.
pub(crate) fn preferring_womens_cooperatives() -> Value {
    let mut changes = by_price();
    changes["genderMeasures"] = json!([{ "kind": "MARGIN_OF_PREFERENCE", "definition": "WOMENS_COOPERATIVE",
        "atLeastEvidence": "SELF_DECLARED", "percent": "10", "source": "Décision 12" }]);
    changes
}

/// Declares for a cooperative that most of its members and leaders are women.
pub(crate) async fn declared_womens(app: &TestApp, seller: &Person) {
    let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) {
        ownershipProfile { version } userErrors { code message path } } }";
    let input = json!({ "organizationId": seller.organization, "totalMembers": 20, "womenMembers": 18,
        "womenManagementPercent": "100" });
    app.expect_payload(Some(&seller.token), declare, input).await;
}

/// Somebody with an organization of her own.
pub(crate) async fn person(app: &TestApp, email: &str, kind: &str, name: &str) -> Person {
    let token = app.sign_up(email).await;
    let organization = app.register(&token, kind, name).await;
    Person { email: email.to_owned(), token, organization }
}

/// Somebody who is made a member of another's organization.
pub(crate) async fn member(app: &TestApp, owner: &Person, email: &str, role: &str) -> Person {
    let token = app.sign_up(email).await;
    join(app, owner, (email, &token), role).await;
    Person { email: email.to_owned(), token, organization: owner.organization.clone() }
}

/// Makes somebody a member of another's organization.
pub(crate) async fn join(app: &TestApp, owner: &Person, (email, token): (&str, &str), role: &str) {
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code
        userErrors { code message path } } }";
    let input = json!({ "organizationId": owner.organization, "identifier": email, "role": role });
    let code = app.expect_payload(Some(&owner.token), invite, input).await["code"].take();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(token), accept, json!({ "code": code })).await;
}

/// Somebody with a role on the platform.
pub(crate) async fn overseer(app: &TestApp, email: &str, role: PlatformRole) -> String {
    let token = app.sign_up(email).await;
    app.app.accounts.grant_platform_role(&Actor::system("test"), email, role).await.unwrap();
    token
}

pub(crate) async fn sign_in(app: &TestApp, email: &str) -> String {
    let payload = app.expect_payload(None, SIGN_IN, json!({ "identifier": email, "password": PASSWORD })).await;
    payload["session"]["accessToken"].as_str().unwrap().to_owned()
}

/// Runs a statement past the application.
pub(crate) async fn execute(connection: &DatabaseConnection, text: &str, values: Vec<SqlValue>) -> u64 {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
    connection.execute_raw(statement).await.unwrap().rows_affected()
}
