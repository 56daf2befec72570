//! A large made-up marketplace is read like everybody's.

use bfw::{
    accounts::PlatformRole,
    demo::{self, SeedPlan},
};
use db_test::db_test;
use serde_json::{Value, json};

use crate::{harness::TestApp, procurement::scene::overseer};

const REQUESTS: &str = "query($after: String) { procurementRequests(first: 10, after: $after) {
    edges { node { id title status ocid lots { title status quantity { value } } criteria { kind weightPercent }
        genderMeasures { kind definition } versions(first: 2) { edges { node { version terms } } }
        bids(first: 6) { edges { node { id status amount { amount } partners { organization { id } sharePercent }
            lots { unitPrice { amount } quantity amount { amount } } receipt { sha256 } } } } } }
    pageInfo { hasNextPage endCursor } } }";

const CONTRACTS: &str = "query($after: String) { contracts(first: 10, after: $after) {
    edges { node { id status amount { amount } versionInForce arrears { amount } penalties { amount }
        versions { version inForce amount { amount } lines { quantity { value } amount { amount } } terms { paymentDays } }
        lines { amount { amount } } signatures { version }
        deliveries { status } invoices { status net { amount } payments { status amount { amount } } } } }
    pageInfo { hasNextPage endCursor } } }";

/// All pages of a list.
async fn all(app: &TestApp, token: &str, query: &str, list: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut page = app.expect_data(Some(token), query, json!({ "after": after })).await[list].take();
        let edges = page["edges"].as_array().unwrap();
        found.extend(edges.iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = page["pageInfo"]["endCursor"].take();
    }
}

#[db_test]
async fn what_is_made_up_is_read_as_if_people_had_done_it(app: TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 60, contracts: 120, seed: 3 };
    let seeded = demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    assert_eq!(seeded.contracts, 120);
    let auditor = overseer(&app, "auditrice@exemple.ml", PlatformRole::Auditor).await;

    let requests = all(&app, &auditor, REQUESTS, "procurementRequests").await;
    assert!(requests.len() > 80, "{}", requests.len());
    for request in &requests {
        let terms = &request["versions"]["edges"][0]["node"]["terms"];
        assert_eq!(terms["title"], request["title"]);
        assert_eq!(terms["lots"].as_array().map(Vec::len), request["lots"].as_array().map(Vec::len), "{request}");
        let bids = request["bids"]["edges"].as_array().unwrap();
        assert!(!bids.is_empty(), "{request}");
        for bid in bids {
            assert!(bid["node"]["partners"].as_array().is_some_and(|partners| !partners.is_empty()), "{bid}");
            assert!(bid["node"]["lots"].as_array().is_some_and(|lots| !lots.is_empty()), "{bid}");
        }
    }

    let contracts = all(&app, &auditor, CONTRACTS, "contracts").await;
    assert_eq!(contracts.len(), 120);
    for contract in &contracts {
        let versions = contract["versions"].as_array().unwrap();
        let in_force = versions.iter().find(|version| version["inForce"] == true).unwrap();
        assert_eq!(in_force["version"], contract["versionInForce"]);
        assert_eq!((&in_force["amount"], &in_force["lines"][0]["amount"]), (&contract["amount"], &contract["amount"]));
    }
    assert!(contracts.iter().any(|contract| contract["versionInForce"] == 2), "some were changed");
    // Nobody did any of it, so the only thing that does not add up is that nobody is on record.
    let found = bfw::contracts::examine(&app.app.services.db).await.unwrap().found;
    assert!(found.len() == 1 && found[0].starts_with("the audit chain of a process is not complete"), "{found:?}");
}
