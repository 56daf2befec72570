//! The dossier of a contract, and whether what is kept adds up.

use bfw::{accounts::PlatformRole, contracts::verify_dossier};
use db_test::db_test;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{Market, text};
use crate::operations::process::{run, stderr, stdout};

const DOSSIER: &str = "query($id: ID!) { contractDossier(contractId: $id) }";

/// A contract that was carried out.
async fn carried_out(market: &Market) -> String {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "125000", "OM-1")).await;
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": paid["id"], "received": true })).await;
    of.0
}

#[db_test]
async fn an_auditor_takes_all_of_a_contract_with_her_and_verifies_it_alone(market: Market) {
    let contract = carried_out(&market).await;
    let auditor = market.overseer("moussa@exemple.ml", PlatformRole::Auditor).await;

    let data = market.app.expect_data(Some(&auditor), DOSSIER, json!({ "id": contract })).await;

    let dossier = &data["contractDossier"];
    for (part, rows) in [
        ("contract", 1),
        ("lines", 1),
        ("suppliers", 1),
        ("versions", 1),
        ("signatures", 2),
        ("deliveries", 1),
        ("invoices", 1),
        ("invoiceLines", 1),
        ("payments", 1),
        ("frozenStatuses", 5),
        ("bids", 0),
        ("request", 0),
        ("organizations", 2),
    ] {
        assert_eq!(dossier[part].as_array().map(Vec::len), Some(rows), "{part}: {}", dossier[part]);
    }
    assert_eq!(
        (&dossier["contract"][0]["status"], &dossier["payments"][0]["status"]),
        (&json!("COMPLETE"), &json!("CONFIRMED"))
    );
    let entries = dossier["auditChain"]["entries"].as_array().unwrap();
    let actions: Vec<&Value> = entries.iter().map(|entry| &entry["sealed"]["action"]).collect();
    let expected = [
        "contract.order",
        "contract.sign",
        "delivery.schedule",
        "delivery.dispatch",
        "delivery.receive",
        "invoice.submit",
        "invoice.approve",
        "payment.record",
        "payment.confirm",
        "contract.complete",
    ];
    assert_eq!(actions, expected);
    assert_eq!(verify_dossier(dossier), Ok(expected.len()));
}

#[db_test]
async fn a_dossier_that_was_altered_does_not_verify(market: Market) {
    let contract = carried_out(&market).await;
    let data = market.app.expect_data(Some(&market.buyer), DOSSIER, json!({ "id": contract })).await;
    let dossier = data["contractDossier"].clone();
    let altered = |change: fn(&mut Value)| {
        let mut dossier = dossier.clone();
        change(&mut dossier);
        verify_dossier(&dossier).unwrap_err()
    };
    let content = |dossier: &mut Value| dossier["auditChain"]["entries"][7]["sealed"]["after"]["minor"] = json!(1);
    assert_eq!(altered(content), "entry 8: its content was altered");
    let cut = |dossier: &mut Value| drop(dossier["auditChain"]["entries"].as_array_mut().unwrap().pop());
    assert_eq!(altered(cut), "the end of the chain is missing");
    let gap = |dossier: &mut Value| drop(dossier["auditChain"]["entries"].as_array_mut().unwrap().remove(3));
    assert_eq!(altered(gap), "entry 4: entries before it are missing");
    let other = |dossier: &mut Value| dossier["process"][0]["id"] = json!("00000000-0000-0000-0000-000000000000");
    assert_eq!(altered(other), "its audit chain is that of another process");
    let form = |dossier: &mut Value| dossier["format"] = json!("x");
    assert!(altered(form).starts_with("it is no dossier"));
}

#[db_test]
async fn only_auditors_and_those_who_keep_the_buyer_take_a_dossier(market: Market) {
    let contract = text(&market.ordered("10").await["id"]);
    let code = async |token: Option<&str>| {
        let answer = market.app.graphql(token, DOSSIER, json!({ "id": contract })).await;
        answer["errors"][0]["extensions"]["code"].clone()
    };
    assert_eq!(code(Some(&market.buyer)).await, Value::Null);
    assert_eq!(code(Some(&market.seller)).await, "FORBIDDEN");
    assert_eq!(code(None).await, "UNAUTHENTICATED");
    let stranger = market.app.sign_up("koro@exemple.ml").await;
    assert_eq!(code(Some(&stranger)).await, "BAD_USER_INPUT");
}

#[db_test]
async fn whoever_changes_an_amount_past_the_product_is_found_out(market: Market) {
    carried_out(&market).await;
    assert_eq!(market.contradictions().await, [""; 0]);
    let connection = market.app.database.connect().await;
    for (change, back, found) in [
        ("UPDATE contract SET amount_minor = 1", "UPDATE contract SET amount_minor = 125000", "the sum of its lines"),
        ("UPDATE payment SET minor = 1", "UPDATE payment SET minor = 125000", "the sum of its payments"),
        (
            "UPDATE contract_line SET accepted = 200000",
            "UPDATE contract_line SET accepted = 100000",
            "what its deliveries say",
        ),
        ("UPDATE contract_line SET billed = 1", "UPDATE contract_line SET billed = 100000", "what its invoices say"),
        ("UPDATE procurement_process SET events = 99", "UPDATE procurement_process SET events = 9", "is not complete"),
    ] {
        connection.execute_unprepared(change).await.unwrap();
        let contradictions = market.contradictions().await;
        assert!(contradictions.iter().any(|one| one.contains(found)), "{change}: {contradictions:?}");
        connection.execute_unprepared(back).await.unwrap();
    }
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn the_operator_writes_a_dossier_and_anybody_verifies_it_without_a_database(market: Market) {
    let contract = carried_out(&market).await;
    let folder = market.app.database.folder.clone();
    let file = folder.join("dossier.json");
    let path = file.to_str().unwrap();
    let database = &market.app.database;

    let exported = run(database, &["export", "dossier", &contract, "--out", path]);
    assert!(exported.status.success(), "{}", stderr(&exported));
    assert!(stdout(&exported).contains("10 entries"), "{}", stdout(&exported));

    let verified = run(database, &["doctor", "--audit", path]);
    assert!(
        verified.status.success() && stdout(&verified).contains("10 entries of contract_"),
        "{}",
        stdout(&verified)
    );
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, whole.replace("\"paid_minor\": 125000", "\"paid_minor\": 125001")).unwrap();
    let altered = run(database, &["doctor", "--audit", path]);
    assert_eq!(altered.status.code(), Some(1));
    assert!(stdout(&altered).contains("its content was altered"), "{}", stdout(&altered));

    let unknown = run(database, &["export", "dossier", "contract_01h455vb4pex5vsknk084sn02q", "--out", path]);
    assert_eq!(unknown.status.code(), Some(1));
    let examined = run(database, &["doctor", "--audit"]);
    assert!(stdout(&examined).contains("1 contracts, 1 invoices and 1 processes add up"), "{}", stdout(&examined));
}
