//! Contracts that follow from an award: all of a consortium sign, and each is paid her share.

use bfw::{
    accounts::{Actor, OrganizationId},
    contracts::AwardedContracts,
    kernel::{
        clock::Clock as _,
        money::Currency,
        quantity::{Quantity, UnitCode},
    },
    procurement::{
        Award, AwardId, AwardStatus, Awarded, BidId, BidLot, BidPartner, ContractTerms, MakesContracts as _, Method,
        Request, RequestId, RequestLot, RequestLotId, RequestLotStatus, RequestStatus,
    },
};
use db_test::db_test;
use sea_orm::{ConnectionTrait as _, Statement, Value as SqlValue};
use serde_json::{Value, json};

use super::{Market, kilos, text, with};
use crate::notifications::stay_signed_in;

/// An award in force of 100 kg at 999 F to a consortium with these shares, the first of which leads. Its rows are written past the
/// application, as far as contracts rest on them.
fn awarded(market: &Market, partners: &[(&str, i64)]) -> Awarded {
    let ids = &market.app.app.services.ids;
    let now = market.app.clock.now();
    let (request, lot, bid) = (
        RequestId::from_uuid(ids.next_uuid()),
        RequestLotId::from_uuid(ids.next_uuid()),
        BidId::from_uuid(ids.next_uuid()),
    );
    let terms = ContractTerms {
        penalty_permille_a_day: 1,
        penalty_permille_max: 100,
        payment_days: 20,
        over_delivery_limit: 5_000,
    };
    let partner = |(position, (organization, share)): (usize, &(&str, i64))| BidPartner {
        bid,
        organization: organization.parse::<OrganizationId>().unwrap(),
        share: *share,
        is_lead: position == 0,
    };
    Awarded {
        request: Request {
            id: request,
            buyer: market.company.parse().unwrap(),
            title: "Karité pour la saison".to_owned(),
            description: None,
            language: "fr".to_owned(),
            method: Method::Open,
            method_rationale: None,
            status: RequestStatus::Awarding,
            currency: Currency::XOF,
            budget_minor: None,
            enquiry_deadline: None,
            bid_deadline: now,
            standstill_days: 0,
            minimum_evaluators: 1,
            terms,
            published_at: Some(now),
            closed_at: Some(now),
            opened_at: Some(now),
            ended_at: None,
            ended_reason: None,
            created_at: now,
            version: 1,
        },
        lot: RequestLot {
            id: lot,
            request,
            position: 0,
            title: "Beurre de karité".to_owned(),
            status: RequestLotStatus::Active,
            product: "shea-butter".to_owned(),
            quantity: Quantity { thousandths: 200_000, unit: UnitCode::new("KGM") },
            grams: Some(200_000),
            place: Some("segou".to_owned()),
            delivery_from: None,
            delivery_until: Some("2026-12-01".parse().unwrap()),
            required_schemes: Vec::new(),
            quality: Vec::new(),
            estimated_minor: None,
        },
        award: Award {
            id: AwardId::from_uuid(ids.next_uuid()),
            request,
            lot,
            bid,
            status: AwardStatus::Active,
            amount_minor: 99_900,
            currency: Currency::XOF,
            rank: 1,
            points: 100_000,
            comparison: json!([]),
            rationale: None,
            standstill_until: now,
            awarded_by: None,
            awarded_at: now,
            activated_at: Some(now),
            ended_at: None,
            ended_reason: None,
            version: 1,
        },
        offer: BidLot { bid, lot, unit_price_minor: 999, quantity: 100_000, amount_minor: 99_900 },
        partners: partners.iter().enumerate().map(partner).collect(),
    }
}

async fn written(market: &Market, awarded: &Awarded) {
    let connection = market.app.database.connect().await;
    let run = async |text: &str, values: Vec<SqlValue>| {
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, values);
        connection.execute_raw(statement).await.unwrap();
    };
    let now = market.app.clock.now();
    let (request, lot, award) = (awarded.request.id.uuid(), awarded.lot.id.uuid(), awarded.award.id.uuid());
    let (bid, buyer, lead) =
        (awarded.offer.bid.uuid(), awarded.request.buyer.uuid(), awarded.partners[0].organization.uuid());
    run(
        "INSERT INTO procurement_process (id, kind, buyer_id, ocid, events, released, created_at) VALUES ($1, 'REQUEST', $2, 'ocds-test-1', 0, 0, $3)",
        vec![request.into(), buyer.into(), now.into()],
    )
    .await;
    run(
        "INSERT INTO procurement_request (id, buyer_id, title, title_folded, language, method, status, currency, bid_deadline, standstill_days,
         minimum_evaluators, penalty_permille_a_day, penalty_permille_max, payment_days, over_delivery_limit, published_at, closed_at, opened_at,
         created_at, updated_at, version) VALUES ($1, $2, 'Karité', 'karite', 'fr', 'OPEN', 'AWARDING', 'XOF', $3, 0, 1, 1, 100, 20, 5000, $3, $3, $3, $3, $3, 1)",
        vec![request.into(), buyer.into(), now.into()],
    )
    .await;
    run(
        "INSERT INTO request_lot (id, request_id, position, title, status, product_code, quantity, unit, required_schemes, quality)
         VALUES ($1, $2, 0, 'Beurre', 'ACTIVE', 'shea-butter', 200000, 'KGM', $3, $3)",
        vec![lot.into(), request.into(), json!([]).into()],
    )
    .await;
    run(
        "INSERT INTO bid (id, request_id, bidder_tag, status, request_version, receipt, sealed_at, opened_at, bidder_id, content, amount_minor, version)
         VALUES ($1, $2, $3, 'VALID', 1, $3, $4, $4, $5, '{}', 99900, 1)",
        vec![bid.into(), request.into(), vec![7_u8; 32].into(), now.into(), lead.into()],
    )
    .await;
    run(
        "INSERT INTO award (id, request_id, request_lot_id, bid_id, status, amount_minor, currency, rank, points, comparison, standstill_until,
         awarded_at, activated_at, version) VALUES ($1, $2, $3, $4, 'ACTIVE', 99900, 'XOF', 1, 100000, $5, $6, $6, $6, 1)",
        vec![award.into(), request.into(), lot.into(), bid.into(), json!([]).into(), now.into()],
    )
    .await;
}

/// The contract that an award becomes, by its id and that of its line.
async fn contract_of(market: &Market, partners: &[(&str, i64)]) -> (String, String) {
    let awarded = awarded(market, partners);
    written(market, &awarded).await;
    let services = &market.app.app.services;
    let tx = services.db.begin().await.unwrap();
    let room = AwardedContracts::new(market.app.app.notifications.clone());
    room.award_in_force(services, &tx, &Actor::system("test"), &awarded).await.unwrap();
    tx.commit().await.unwrap();
    let list = "{ contracts(first: 1) { edges { node { id lines { id } } } } }";
    let data = market.app.expect_data(Some(&market.buyer), list, json!({})).await;
    let node = &data["contracts"]["edges"][0]["node"];
    (text(&node["id"]), text(&node["lines"][0]["id"]))
}

#[db_test]
async fn all_of_a_consortium_sign_and_each_is_paid_her_share(market: Market) {
    let other = market.app.sign_up("koro@exemple.ml").await;
    let partner = market.app.register(&other, "COOPERATIVE", "Jigiya").await;
    stay_signed_in(&market.app).await;
    let of = contract_of(&market, &[(&market.house, 66_667), (&partner, 33_333)]).await;

    let contract = market.contract(&other, &of.0).await;
    assert_eq!(
        (&contract["status"], &contract["supplier"]["id"], &contract["ocid"]),
        (&json!("PENDING"), &json!(market.house), &json!("ocds-test-1"))
    );
    assert_eq!(
        contract["suppliers"],
        json!([{ "organization": { "id": partner }, "sharePercent": "33.333" },
        { "organization": { "id": market.house }, "sharePercent": "66.667" }])
    );
    let sign = |organization: &str| json!({ "contractId": of.0, "organizationId": organization });
    for (token, organization, status) in [
        (&market.buyer, &market.company, "PENDING"),
        (&market.seller, &market.house, "PENDING"),
        (&other, &partner, "ACTIVE"),
    ] {
        assert_eq!(market.done(token, "signContract", sign(organization)).await["status"], status);
    }

    // Five percent more may come.
    market.accepted(&of, "90").await;
    let plan =
        json!({ "contractId": of.0, "contractLineId": of.1, "quantity": kilos("15.001"), "dueOn": market.day(1) });
    assert_eq!(market.refused(&other, "scheduleDelivery", plan).await, ["OVER_DELIVERY input.quantity.value"]);
    market.accepted(&of, "15").await;

    // 105 kg at 999 F are 104 895 F; a third of it, rounded down, is the partner's, and the rest hers who leads.
    let invoice = market.approved(&of, "105", "F-1").await;
    let pay = |payee: &str, francs: &str, reference: &str| {
        with(market.pay(&invoice, francs, reference), json!({ "payeeId": payee }))
    };
    let refused = market.refused(&market.buyer, "recordPayment", pay(&partner, "34965", "OM-1")).await;
    assert_eq!(refused, ["OVER_PAYMENT input.amount"]);
    let first = market.done(&market.buyer, "recordPayment", pay(&partner, "34964", "OM-1")).await;
    let refused = market.refused(&market.buyer, "recordPayment", pay(&market.house, "69932", "OM-2")).await;
    assert_eq!(refused, ["OVER_PAYMENT input.amount"]);
    let second = market.done(&market.buyer, "recordPayment", pay(&market.house, "69931", "OM-2")).await;
    assert_eq!(second["invoice"]["status"], "PAID");
    // Each says herself whether it arrived.
    let confirm = |payment: &Value| json!({ "paymentId": payment["id"], "received": true });
    assert_eq!(market.refused(&market.seller, "confirmPayment", confirm(&first)).await, ["FORBIDDEN "]);
    market.done(&other, "confirmPayment", confirm(&first)).await;
    market.done(&market.seller, "confirmPayment", confirm(&second)).await;
    assert_eq!(market.contract(&market.buyer, &of.0).await["status"], "COMPLETE");
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn the_dossier_of_an_awarded_contract_holds_the_request_and_the_opened_bid(market: Market) {
    let of = contract_of(&market, &[(&market.house, 100_000)]).await;
    let query = "query($id: ID!) { contractDossier(contractId: $id) }";
    let data = market.app.expect_data(Some(&market.buyer), query, json!({ "id": of.0 })).await;
    let dossier = &data["contractDossier"];
    for part in ["request", "requestLots", "bids", "awards", "contract", "lines", "versions"] {
        assert_eq!(dossier[part].as_array().map(Vec::len), Some(1), "{part}");
    }
    assert_eq!(dossier["bids"][0]["receipt"], "07".repeat(32));
    assert!(bfw::contracts::verify_dossier(dossier).is_ok());
}
