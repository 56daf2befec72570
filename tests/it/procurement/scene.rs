//! A request whose bids are opened, with everybody who has to do with it: written past sealing and opening, so that a test of what
//! follows says itself what was bid and by whom.

use bfw::{
    accounts::{Actor, OrganizationId, PlatformRole},
    kernel::clock::{Clock as _, Timestamp},
    procurement::{BidId, RequestId, RequestLotId},
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value as SqlValue};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{lots, request};
use crate::harness::app::{PASSWORD, TestApp};

const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken }
    userErrors { code message path } } }";

pub(super) const DECLARE: &str = "mutation($input: DeclareConflictInput!) { declareConflict(input: $input) {
    declaration { request { id } hasConflict statement declaredAt } userErrors { code message path } } }";

pub(super) const SCORE: &str = "mutation($input: ScoreBidInput!) { scoreBid(input: $input) {
    scoredBid { bidId scores { criterion { id } points comment } } userErrors { code message path } } }";

pub(super) const AWARD: &str = "mutation($input: AwardBidInput!) { awardBid(input: $input) {
    awards { id status requestLot { id } bidId rank points amount { amount } standstillUntil version }
    userErrors { code message path } } }";

pub(super) const ACTIVATE: &str = "mutation($input: ActivateAwardInput!) { activateAward(input: $input) {
    award { id status activatedAt version } userErrors { code message path } } }";

/// Somebody with an account, and where she belongs.
pub(super) struct Person {
    pub(super) email: String,
    /// Her access token, until the clock moves.
    pub(super) token: String,
    /// Her organization.
    pub(super) organization: String,
}

/// A buyer and her bidders, once the bids are opened.
pub(super) struct Scene {
    pub(super) officer: Person,
    pub(super) second: Person,
    pub(super) sellers: Vec<Person>,
    pub(super) request: String,
    pub(super) lots: Vec<String>,
    /// The criteria's ids by their kind.
    pub(super) criteria: Value,
}

/// What a bid says.
pub(super) struct Offer<'a> {
    /// Who bids, with their shares in thousandths of a percent; the first one leads.
    pub(super) partners: Vec<(&'a Person, i64)>,
    /// The price of a kilogram for each lot, by the lot's place.
    pub(super) prices: Vec<(usize, i64)>,
    /// Minutes after the others that it was sealed.
    pub(super) later: i64,
}

impl<'a> Offer<'a> {
    /// A bid of one seller for both lots at the same price.
    pub(super) fn of(seller: &'a Person, price: i64) -> Self {
        Self { partners: vec![(seller, 100_000)], prices: vec![(0, price), (1, price)], later: 0 }
    }

    /// A bid of one seller for one lot.
    pub(super) fn for_lot(seller: &'a Person, lot: usize, price: i64) -> Self {
        Self { prices: vec![(lot, price)], ..Self::of(seller, price) }
    }
}

/// A request by a ministry, published, with `sellers` who could bid. `changes` replaces fields of its input.
pub(super) async fn published(app: &TestApp, sellers: usize, changes: Value) -> Scene {
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
    pub(super) async fn later(&mut self, app: &TestApp, days: i64) {
        app.clock.advance(TimeDelta::days(days));
        for person in [&mut self.officer, &mut self.second].into_iter().chain(&mut self.sellers) {
            person.token = sign_in(app, &person.email).await;
        }
    }

    /// Opens these bids, found valid, after the deadline; gives their ids.
    pub(super) async fn opened(
        &mut self,
        app: &TestApp,
        offers: impl FnOnce(&[Person]) -> Vec<Offer<'_>>,
    ) -> Vec<String> {
        self.later(app, 31).await;
        let connection = app.database.connect().await;
        let request = self.request.parse::<RequestId>().unwrap().uuid();
        let now = app.clock.now();
        let update = "UPDATE procurement_request SET status = 'OPENED', closed_at = $2, opened_at = $2 WHERE id = $1";
        execute(&connection, update, vec![request.into(), now.into()]).await;
        let mut bids = Vec::new();
        for offer in offers(&self.sellers) {
            bids.push(self.open(app, &connection, &offer).await);
        }
        bids
    }

    async fn open(&self, app: &TestApp, connection: &DatabaseConnection, offer: &Offer<'_>) -> String {
        let id = app.app.services.ids.next_uuid();
        let request = self.request.parse::<RequestId>().unwrap().uuid();
        let now = app.clock.now();
        let sealed_at: Timestamp = now - TimeDelta::days(2) + TimeDelta::minutes(offer.later);
        // The lots are of 500 and of 200 kg.
        let lot = |place: usize| self.lots[place].parse::<RequestLotId>().unwrap().uuid();
        let quantity = |place: usize| [500_000_i64, 200_000][place];
        let amount = |place: usize, price: i64| price * quantity(place) / 1_000;
        let total: i64 = offer.prices.iter().map(|(place, price)| amount(*place, *price)).sum();
        let insert = "INSERT INTO bid (id, request_id, bidder_tag, status, request_version, receipt, sealed_at, opened_at, \
            bidder_id, content, amount_minor, version) VALUES ($1, $2, $3, 'VALID', 1, $4, $5, $6, $7, '{}', $8, 2)";
        let values: Vec<SqlValue> = vec![
            id.into(),
            request.into(),
            id.as_bytes().to_vec().into(),
            vec![7_u8; 32].into(),
            sealed_at.into(),
            now.into(),
            uuid(offer.partners[0].0).into(),
            total.into(),
        ];
        execute(connection, insert, values).await;
        for (place, price) in &offer.prices {
            let insert = "INSERT INTO bid_lot (bid_id, request_lot_id, unit_price_minor, quantity, amount_minor) \
                VALUES ($1, $2, $3, $4, $5)";
            let amount = amount(*place, *price);
            let values = vec![id.into(), lot(*place).into(), (*price).into(), quantity(*place).into(), amount.into()];
            execute(connection, insert, values).await;
        }
        for (position, (partner, share)) in offer.partners.iter().enumerate() {
            let insert = "INSERT INTO bid_partner (bid_id, organization_id, share, is_lead) VALUES ($1, $2, $3, $4)";
            let values = vec![id.into(), uuid(partner).into(), (*share).into(), (position == 0).into()];
            execute(connection, insert, values).await;
        }
        BidId::from_uuid(id).to_string()
    }

    /// Declares for somebody that she has no conflict of interest.
    pub(super) async fn declared(&self, app: &TestApp, person: &Person) {
        let input = json!({ "requestId": self.request, "hasConflict": false });
        app.expect_payload(Some(&person.token), DECLARE, input).await;
    }

    /// Has somebody, who declares that she may, give a bid so many points for its quality.
    pub(super) async fn scored(&self, app: &TestApp, person: &Person, bid: &str, points: &str) {
        self.declared(app, person).await;
        app.expect_payload(Some(&person.token), SCORE, self.score(bid, points)).await;
    }

    /// What gives a bid so many points for its quality.
    pub(super) fn score(&self, bid: &str, points: &str) -> Value {
        json!({ "bidId": bid, "scores": [{ "criterionId": self.criteria["QUALITY"], "points": points }] })
    }

    /// Awards a bid all lots in which it ranks first, for the officer, and gives the awards.
    pub(super) async fn awarded(&self, app: &TestApp, bid: &str) -> Vec<String> {
        let payload = app.expect_payload(Some(&self.officer.token), AWARD, json!({ "bidId": bid })).await;
        let awards = payload["awards"].as_array().unwrap();
        awards.iter().map(|award| award["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The request's state.
    pub(super) async fn status(&self, app: &TestApp) -> String {
        let query = "query($id: ID!) { procurementRequest(id: $id) { status } }";
        let data = app.expect_data(None, query, json!({ "id": self.request })).await;
        data["procurementRequest"]["status"].as_str().unwrap().to_owned()
    }
}

/// The criteria of a request that is judged by price alone.
pub(super) fn by_price() -> Value {
    json!({ "criteria": [{ "name": "Prix", "kind": "PRICE", "weightPercent": "100" }] })
}

/// Writes what an organization was under a definition when its bid was sealed.
pub(super) async fn frozen(app: &TestApp, bid: &str, person: &Person, status: &str, level: Option<&str>) {
    let connection = app.database.connect().await;
    let insert = "INSERT INTO frozen_status (subject_kind, subject_id, organization_id, definition, status, evidence_level, \
        assessed_on) VALUES ('BID', $1, $2, 'WOMENS_COOPERATIVE', $3, $4, $5)";
    let bid = bid.parse::<BidId>().unwrap().uuid();
    let day = app.clock.today();
    let level = level.map(str::to_owned);
    let values: Vec<SqlValue> = vec![bid.into(), uuid(person).into(), status.into(), level.into(), day.into()];
    execute(&connection, insert, values).await;
}

/// Somebody with an organization of her own.
pub(super) async fn person(app: &TestApp, email: &str, kind: &str, name: &str) -> Person {
    let token = app.sign_up(email).await;
    let organization = app.register(&token, kind, name).await;
    Person { email: email.to_owned(), token, organization }
}

/// Somebody who is made a member of another's organization.
pub(super) async fn member(app: &TestApp, owner: &Person, email: &str, role: &str) -> Person {
    let token = app.sign_up(email).await;
    join(app, owner, (email, &token), role).await;
    Person { email: email.to_owned(), token, organization: owner.organization.clone() }
}

/// Makes somebody a member of another's organization.
pub(super) async fn join(app: &TestApp, owner: &Person, (email, token): (&str, &str), role: &str) {
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code
        userErrors { code message path } } }";
    let input = json!({ "organizationId": owner.organization, "identifier": email, "role": role });
    let code = app.expect_payload(Some(&owner.token), invite, input).await["code"].take();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(token), accept, json!({ "code": code })).await;
}

/// Somebody with a role on the platform.
pub(super) async fn overseer(app: &TestApp, email: &str, role: PlatformRole) -> String {
    let token = app.sign_up(email).await;
    app.app.accounts.grant_platform_role(&Actor::system("test"), email, role).await.unwrap();
    token
}

pub(super) async fn sign_in(app: &TestApp, email: &str) -> String {
    let payload = app.expect_payload(None, SIGN_IN, json!({ "identifier": email, "password": PASSWORD })).await;
    payload["session"]["accessToken"].as_str().unwrap().to_owned()
}

/// Runs a statement past the application.
pub(super) async fn execute(connection: &DatabaseConnection, text: &str, values: Vec<SqlValue>) -> u64 {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
    connection.execute_raw(statement).await.unwrap().rows_affected()
}

fn uuid(person: &Person) -> Uuid {
    person.organization.parse::<OrganizationId>().unwrap().uuid()
}
