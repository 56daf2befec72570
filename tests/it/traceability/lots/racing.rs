//! Many at once: never more is taken than there is, and each chain stays whole.

use std::sync::Arc;

use bfw::traceability::verify_chains;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::json;

use super::{Yard, id};

#[db_test]
async fn sixty_four_who_take_from_one_lot_at_once_get_exactly_what_there_is(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let yard = Arc::new(yard);
    let input = yard.step(&[Yard::portion(&lot, "3")], json!({}));
    let races = (0..64).map(|_| {
        let (yard, input) = (Arc::clone(&yard), input.clone());
        Box::pin(async move {
            let mutation = Yard::mutation("recordAggregation");
            let answer = yard.app.graphql(Some(&yard.owner), &mutation, json!({ "input": input })).await;
            let errors = answer["data"]["recordAggregation"]["userErrors"].as_array().unwrap().clone();
            errors.first().map(|error| error["code"].as_str().unwrap().to_owned())
        })
    });
    let (mut taken, mut refused) = (0, 0);
    for race in join_all(races).await {
        match race.as_deref() {
            None => taken += 1,
            Some("INSUFFICIENT_STOCK") => refused += 1,
            Some(other) => panic!("{other}"),
        }
    }
    assert_eq!((taken, refused), (33, 31));
    assert_eq!(yard.left(&lot).await, "1");
    let count = "query($id: ID!) { traceEvents(organizationId: $id, kind: AGGREGATION) { totalCount
        edges { node { sequence } } } }";
    let events = yard.app.expect_data(Some(&yard.owner), count, json!({ "id": yard.house })).await;
    assert_eq!(events["traceEvents"]["totalCount"], 33);
    let whole = yard
        .lot_as(Some(&yard.owner), &lot, "traceForward(first: 100) { totalLots edges { quantity { value } } }")
        .await;
    assert_eq!(whole["traceForward"]["totalLots"], 34);
    let verified = verify_chains(&yard.app.app.services.db, |_, _| {}).await.unwrap();
    assert_eq!((verified.events, verified.broken.len(), verified.unbalanced), (34, 0, 0));
}

#[db_test]
async fn steps_over_the_same_lots_in_any_order_wait_for_nobody_in_a_circle(yard: Yard) {
    let (first, second) = (yard.delivered(&yard.woman, "100").await, yard.delivered(&yard.man, "100").await);
    let yard = Arc::new(yard);
    let there = yard.step(&[Yard::portion(&first, "1"), Yard::portion(&second, "1")], json!({}));
    let back = yard.step(&[Yard::portion(&second, "1"), Yard::portion(&first, "1")], json!({}));
    let races = (0..32).map(|turn| {
        let (yard, input) = (Arc::clone(&yard), if turn % 2 == 0 { there.clone() } else { back.clone() });
        Box::pin(async move { id(&yard.done("recordAggregation", input).await["lot"]) })
    });
    join_all(races).await;
    assert_eq!((yard.left(&first).await, yard.left(&second).await), ("68".to_owned(), "68".to_owned()));
}

#[db_test]
async fn what_is_made_while_its_lots_are_called_back_is_called_back_too(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let yard = Arc::new(yard);
    let step = yard.step(&[Yard::portion(&lot, "1")], json!({}));
    let races = (0..24).map(|turn| {
        let (yard, lot, step) = (Arc::clone(&yard), lot.clone(), step.clone());
        Box::pin(async move {
            if turn == 12 {
                let recall = json!({ "organizationId": yard.house, "lotIds": [lot], "reason": "Trace d'aflatoxine." });
                yard.done("openRecall", recall).await;
                return None;
            }
            let mutation = Yard::mutation("recordAggregation");
            let answer = yard.app.graphql(Some(&yard.owner), &mutation, json!({ "input": step })).await;
            answer["data"]["recordAggregation"]["lot"]["id"].as_str().map(str::to_owned)
        })
    });
    let mut made = Vec::new();
    for race in join_all(races).await {
        made.extend(race);
    }
    for lot in made.iter().chain([&lot]) {
        assert_eq!(yard.lot(lot).await["onHold"], true, "{lot}");
    }
}

#[db_test]
async fn one_delivery_that_is_sent_by_many_at_once_is_recorded_once(yard: Yard) {
    let yard = Arc::new(yard);
    let input = yard.delivery(&yard.woman, "10");
    let races = (0..16).map(|_| {
        let (yard, input) = (Arc::clone(&yard), input.clone());
        Box::pin(async move {
            let mutation = Yard::mutation("recordDelivery");
            let answer = yard.app.graphql(Some(&yard.owner), &mutation, json!({ "input": input })).await;
            answer["data"]["recordDelivery"]["userErrors"].as_array().unwrap().len()
        })
    });
    let refused: usize = join_all(races).await.into_iter().sum();
    assert_eq!(refused, 15);
}
