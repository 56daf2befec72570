//! Many at once: never more is sold, billed or paid than there is.

use db_test::db_test;
use futures_util::future::join_all;
use serde_json::json;

use super::{Market, with};

fn count(outcomes: &[Vec<String>], code: &str) -> usize {
    outcomes.iter().filter(|codes| codes.iter().any(|one| one == code)).count()
}

fn accepted(outcomes: &[Vec<String>]) -> usize {
    outcomes.iter().filter(|codes| codes.is_empty()).count()
}

#[db_test]
async fn twelve_orders_at_once_get_exactly_what_there_is(market: Market) {
    let races = (0..12).map(|_| market.tried(&market.buyer, "createDirectOrder", market.order("100", json!({}))));
    let outcomes = join_all(races).await;
    assert_eq!((accepted(&outcomes), count(&outcomes, "INSUFFICIENT_STOCK")), (5, 7), "{outcomes:?}");
    assert_eq!(market.number("SELECT reserved FROM listing").await, 500_000);
    assert_eq!(market.number("SELECT COUNT(*) FROM contract").await, 5);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn invoices_at_once_bill_no_more_than_was_accepted(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let races = (0..10)
        .map(|number| market.tried(&market.seller, "submitInvoice", Market::bill(&of, "30", &format!("F-{number}"))));
    let outcomes = join_all(races).await;
    assert_eq!((accepted(&outcomes), count(&outcomes, "OVER_BILLING")), (3, 7), "{outcomes:?}");
    assert_eq!(market.number("SELECT billed FROM contract_line").await, 90_000);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn payments_at_once_pay_no_more_than_is_due_and_a_reference_once(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let races = (0..10).map(|number| {
        market.tried(&market.buyer, "recordPayment", market.pay(&invoice, "50000", &format!("OM-{number}")))
    });
    let outcomes = join_all(races).await;
    assert_eq!((accepted(&outcomes), count(&outcomes, "OVER_PAYMENT")), (2, 8), "{outcomes:?}");
    let same = (0..6).map(|_| market.tried(&market.buyer, "recordPayment", market.pay(&invoice, "10000", "OM-20")));
    let outcomes = join_all(same).await;
    assert_eq!((accepted(&outcomes), count(&outcomes, "DUPLICATE_NUMBER")), (1, 5), "{outcomes:?}");
    assert_eq!(market.number("SELECT paid_minor FROM invoice").await, 110_000);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn signing_and_declining_at_once_ends_in_one_of_them(market: Market) {
    for _ in 0..4 {
        let ordered = market.ordered("100").await;
        let sign = json!({ "contractId": ordered["id"], "organizationId": market.house });
        let decline = with(sign.clone(), json!({ "organizationId": market.company, "reason": "Trop tard." }));
        let (signed, declined) = tokio::join!(
            market.tried(&market.seller, "signContract", sign),
            market.tried(&market.buyer, "terminateContract", decline)
        );
        let status = market.contract(&market.buyer, ordered["id"].as_str().unwrap()).await["status"].take();
        // A contract that was signed first is ended and no longer given up; one that was given up is not signed any more.
        match status.as_str().unwrap() {
            "TERMINATED" => assert_eq!((signed.len(), declined.len()), (0, 0)),
            "CANCELLED" => assert_eq!((signed.len(), declined.len()), (1, 0)),
            other => panic!("{other}"),
        }
    }
    assert_eq!(market.number("SELECT reserved FROM listing").await, 0);
    assert_eq!(market.contradictions().await, [""; 0]);
}
