//! A season of steps drawn at random: whatever was tried, masses add up, nothing was used before it was there, nothing was made
//! of itself, and the chain is whole.

use bfw::traceability::verify_chains;
use db_test::db_test;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::Yard;
use crate::harness::seed;

/// Steps that are tried. Many are refused: they take more than there is, or of what is held.
const STEPS: usize = 120;

#[db_test]
async fn whatever_is_tried_masses_add_up_and_nothing_is_made_of_itself(yard: Yard) {
    let mut dice = StdRng::seed_from_u64(seed(2_026));
    let (mut lots, mut events) = (Vec::<String>::new(), Vec::<String>::new());
    let (mut done, mut refused) = (0, 0);
    for step in 0..STEPS {
        let grams = dice.random_range(1..60_000_i64);
        let kilograms = format!("{}.{:03}", grams / 1_000, grams % 1_000);
        let pick = |dice: &mut StdRng| lots.choose(dice).cloned().unwrap_or_default();
        let (one, other) = (pick(&mut dice), pick(&mut dice));
        let at = json!({ "organizationId": yard.house, "lotId": one, "occurredAt": yard.ago(0) });
        let with = |mut input: Value, field: &str, value: Value| {
            input[field] = value;
            input
        };
        let quantity = json!({ "value": kilograms, "unit": "KGM" });
        let (name, input) = match dice.random_range(0..10) {
            _ if lots.len() < 3 => ("recordDelivery", yard.delivery(&yard.woman, &kilograms)),
            0..=2 => {
                let producer = if dice.random_bool(0.6) { &yard.woman } else { &yard.man };
                ("recordDelivery", yard.delivery(producer, &kilograms))
            }
            3..=5 => {
                let inputs = [Yard::portion(&one, &kilograms), Yard::portion(&other, "1.234")];
                ("recordAggregation", with(yard.step(&inputs, json!({})), "occurredAt", json!(yard.ago(0))))
            }
            6 => ("recordSplit", with(at, "quantities", json!([quantity, { "value": "0.001", "unit": "KGM" }]))),
            7 => ("recordLoss", with(with(at, "quantity", quantity), "reason", json!("DRIED"))),
            8 if step % 3 == 0 => ("recordInspection", with(at, "result", json!("NON_CONFORMANT"))),
            _ => match events.choose(&mut dice) {
                Some(event) => ("correctEvent", json!({ "eventId": event, "reason": "DID_NOT_OCCUR" })),
                None => ("recordDelivery", yard.delivery(&yard.man, &kilograms)),
            },
        };
        let answer = yard.app.graphql(Some(&yard.owner), &Yard::mutation(name), json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{name}: {answer:#}");
        let payload = &answer["data"][name];
        if payload["userErrors"] != json!([]) {
            refused += 1;
            continue;
        }
        done += 1;
        yard.later(1);
        events.extend(payload["event"]["id"].as_str().filter(|_| name != "correctEvent").map(str::to_owned));
        let made = payload["lots"].as_array().cloned().unwrap_or_else(|| vec![payload["lot"].clone()]);
        let made = made.iter().filter_map(|lot| lot["id"].as_str()).map(str::to_owned);
        lots.extend(
            made.filter(|_| name.starts_with("recordD") || name.starts_with("recordA") || name == "recordSplit"),
        );
    }
    assert!(done > 30 && refused > 5, "{done} done, {refused} refused: this season tries too little");

    let verified = verify_chains(&yard.app.app.services.db, |_, _| {}).await.unwrap();
    assert_eq!((verified.broken.len(), verified.unbalanced), (0, 0), "{:?}", verified.unbalanced_told);
    assert!(verified.events >= done, "{} events of {done} steps", verified.events);
    let connection = yard.app.database.connect().await;
    let count = async |text: &str| -> i64 {
        let statement = Statement::from_string(connection.get_database_backend(), text);
        connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    };
    let below_zero =
        "SELECT COUNT(*) FROM lot WHERE left_grams < 0 OR left_grams > grams OR reserved_grams > left_grams";
    assert_eq!(count(below_zero).await, 0);
    let before_it_was =
        "SELECT COUNT(*) FROM lot_edge e JOIN lot c ON c.id = e.child_id JOIN lot p ON p.id = e.parent_id
                         WHERE c.made_at < p.made_at";
    assert_eq!(count(before_it_was).await, 0);
    let of_itself = "WITH RECURSIVE way(begin, id) AS (SELECT child_id, parent_id FROM lot_edge
                     UNION SELECT w.begin, e.parent_id FROM way w JOIN lot_edge e ON e.child_id = w.id)
                     SELECT COUNT(*) FROM way WHERE begin = id";
    assert_eq!(count(of_itself).await, 0);
    let more_than_went_in = "SELECT COUNT(*) FROM (SELECT c.grams AS made, SUM(e.grams) AS went FROM lot c
                             JOIN lot_edge e ON e.child_id = c.id GROUP BY c.id, c.grams) AS sums WHERE made > went";
    assert_eq!(count(more_than_went_in).await, 0, "nothing but kernels is made here");
}

#[db_test]
async fn what_is_asked_of_many_lots_costs_as_many_statements_as_of_few(yard: Yard) {
    let fields = "id womenGrownShare producerConfirmedShare claims { share } holds { cause } recalls { reason }
        organization { name } product { code } events(first: 2) { edges { node { kind lots { code } correctedBy { id } } } }";
    let query = format!(
        "query($id: ID!, $first: Int!) {{ lots(organizationId: $id, first: $first) {{ edges {{ node {{ {fields} }} }} }} }}"
    );
    for number in 1..=8 {
        yard.delivered(&yard.woman, &number.to_string()).await;
    }
    let asked = async |first: i32| {
        let variables = json!({ "id": yard.house, "first": first });
        let ask = yard.app.expect_data(Some(&yard.owner), &query, variables);
        let (answer, statements) = yard.app.statements_of(ask).await;
        assert_eq!(answer["lots"]["edges"].as_array().unwrap().len(), usize::try_from(first).unwrap());
        statements
    };
    asked(1).await;
    assert_eq!(asked(2).await, asked(8).await);
}
