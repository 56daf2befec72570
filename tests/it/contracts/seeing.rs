//! Who sees contracts, their lists and their documents.

use bfw::accounts::PlatformRole;
use db_test::db_test;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{DELIVERY, INVOICE, Market, text};

const LIST: &str = "query($filter: ContractFilter, $first: Int, $after: String) {
    contracts(filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }";

async fn listed(market: &Market, token: &str, filter: Value) -> Vec<String> {
    let data = market.app.expect_data(Some(token), LIST, json!({ "filter": filter })).await;
    let edges = data["contracts"]["edges"].as_array().unwrap();
    assert_eq!(data["contracts"]["totalCount"], edges.len());
    edges.iter().map(|edge| text(&edge["node"]["id"])).collect()
}

#[db_test]
async fn parties_and_overseers_see_a_contract_and_nobody_else(market: Market) {
    let of = market.signed("100").await;
    let auditor = market.overseer("moussa@exemple.ml", PlatformRole::Auditor).await;
    let verifier = market.overseer("binta@exemple.ml", PlatformRole::Verifier).await;
    let stranger = market.app.sign_up("koro@exemple.ml").await;
    for token in [&market.seller, &market.buyer, &auditor] {
        assert_eq!(market.contract(token, &of.0).await["id"], of.0);
        assert_eq!(listed(&market, token, json!({})).await, [of.0.as_str()]);
    }
    for token in [&verifier, &stranger] {
        assert_eq!(market.contract(token, &of.0).await, Value::Null);
        assert_eq!(listed(&market, token, json!({})).await, [""; 0]);
    }
    let refused = market.app.graphql(None, LIST, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    // Of another's contracts she sees none, whatever she asks for.
    assert_eq!(listed(&market, &stranger, json!({ "organizationId": market.company })).await, [""; 0]);
}

#[db_test]
async fn a_list_is_narrowed_and_paged(market: Market) {
    let (first, second) = (market.signed("10").await.0, text(&market.ordered("10").await["id"]));
    let both = [second.clone(), first.clone()];
    let by = async |filter: Value| listed(&market, &market.buyer, filter).await;
    assert_eq!(by(json!({ "buyerId": market.company })).await, both);
    assert_eq!(by(json!({ "organizationId": market.house })).await, both);
    assert_eq!(by(json!({ "supplierId": market.company })).await, [""; 0]);
    assert_eq!(by(json!({ "status": "ACTIVE" })).await, [first.as_str()]);
    assert_eq!(by(json!({ "productCode": "shea-butter", "status": "PENDING" })).await, [second.as_str()]);
    assert_eq!(by(json!({ "productCode": "onion" })).await, [""; 0]);
    let page = market.app.expect_data(Some(&market.buyer), LIST, json!({ "first": 1 })).await;
    assert_eq!(page["contracts"]["pageInfo"]["hasNextPage"], true);
    let after = json!({ "first": 1, "after": page["contracts"]["pageInfo"]["endCursor"] });
    let page = market.app.expect_data(Some(&market.buyer), LIST, after).await;
    assert_eq!(page["contracts"]["edges"][0]["node"]["id"], first);
    let wrong = json!({ "filter": { "productCode": "moon-butter", "buyerId": "x" } });
    let refused = market.app.graphql(Some(&market.buyer), LIST, wrong).await;
    let codes: Vec<&Value> =
        refused["errors"][0]["extensions"]["userErrors"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["INVALID_ID", "UNKNOWN_PRODUCT"]);
}

#[db_test]
async fn a_list_costs_as_many_statements_however_long_it_is(market: Market) {
    // Whatever is asked of one is asked of all at once; nothing is asked for here in two places of the query.
    let query = format!(
        "{{ contracts(first: 20) {{ totalCount edges {{ node {{ id title status amount {{ amount }} arrears {{ amount }}
            penalties {{ amount }} buyer {{ id }} suppliers {{ sharePercent ownership {{ status }} }} signatures {{ version }}
            lines {{ id accepted {{ kilograms }} amount {{ amount }} }} versions {{ version }} pendingVersion {{ version }}
            deliveries {{ {DELIVERY} }} invoices {{ {INVOICE} lines {{ quantity {{ value }} }} documents {{ id }} }} }} }} }} }}"
    );
    let of = market.signed("40").await;
    market.accepted(&of, "40").await;
    market.approved(&of, "40", "F-1").await;
    let ask = async || {
        let (data, statements) =
            market.app.statements_of(market.app.expect_data(Some(&market.buyer), &query, json!({}))).await;
        (data["contracts"]["edges"].as_array().unwrap().len(), statements)
    };
    let (one, few) = ask().await;
    for _ in 0..6 {
        let of = market.signed("40").await;
        market.accepted(&of, "40").await;
        market.approved(&of, "40", "F-1").await;
    }
    let (seven, many) = ask().await;
    assert_eq!((one, seven), (1, 7));
    assert_eq!(few, many);
}

/// A document of an organization that is ready, by its id.
async fn document(market: &Market, token: &str, organization: &str, visibility: &str) -> String {
    let bytes = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
    let sha256 = hex::encode(Sha256::digest(bytes));
    let request = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) { upload { documentId url method headers { name value } }
        userErrors { code message path } } }";
    let input = json!({ "organizationId": organization, "fileName": "bordereau.pdf", "mediaType": "application/pdf",
        "byteSize": bytes.len(), "sha256": sha256, "visibility": visibility });
    let upload = market.app.expect_payload(Some(token), request, input).await["upload"].take();
    let url = upload["url"].as_str().unwrap();
    let path = &url[url.find("/blobs").unwrap_or_else(|| panic!("{url}"))..];
    let mut sent = axum::http::Request::builder().method(upload["method"].as_str().unwrap()).uri(path);
    for header in upload["headers"].as_array().unwrap() {
        sent = sent.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
    }
    let answer = market.app.send(sent.body(bytes.to_vec().into()).unwrap()).await;
    assert!(answer.status().is_success(), "{answer:?}");
    let complete = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) { document { id state } userErrors { code message path } } }";
    let input = json!({ "documentId": upload["documentId"] });
    text(&market.app.expect_payload(Some(token), complete, input).await["document"]["id"])
}

#[db_test]
async fn parties_see_each_others_documents_where_they_serve_and_nowhere_else(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let shared = document(&market, &market.seller, &market.house, "PARTY").await;
    let inner = document(&market, &market.seller, &market.house, "REVIEWERS").await;
    let mut bill = Market::bill(&of, "90", "F-1");
    bill["documentIds"] = json!([shared, inner]);
    let invoice = market.done(&market.seller, "submitInvoice", bill).await["id"].take();
    let seen = async |token: &str| {
        let query = "query($id: ID!) { invoice(id: $id) { documents { id downloadUrl } } }";
        let data = market.app.expect_data(Some(token), query, json!({ "id": invoice })).await;
        let documents = data["invoice"]["documents"].as_array().unwrap();
        documents.iter().map(|one| text(&one["id"])).collect::<Vec<_>>()
    };
    assert_eq!(seen(&market.buyer).await, [shared.as_str()]);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let alone = market.app.expect_data(Some(&market.buyer), node, json!({ "id": shared })).await;
    assert_eq!(alone["node"], Value::Null, "not by itself");
    // Another's document is not handed in.
    let mut bill = Market::bill(&of, "1", "F-2");
    bill["documentIds"] = json!([document(&market, &market.buyer, &market.company, "PARTY").await]);
    let refused = market.refused(&market.seller, "submitInvoice", bill).await;
    assert_eq!(refused, ["NOT_FOUND input.documentIds.0"]);
}

#[db_test]
async fn a_person_is_told_what_she_signed_billed_paid_and_confirmed(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "125000", "OM-1")).await;
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": paid["id"], "received": true })).await;
    let kept = async |token: &str| {
        let data = market.app.expect_data(Some(token), "{ personalData }", json!({})).await;
        data["personalData"]["contracts"].clone()
    };

    let (seller, buyer) = (kept(&market.seller).await, kept(&market.buyer).await);
    for (hers, organization) in [(&seller, &market.house), (&buyer, &market.company)] {
        assert_eq!(hers["signatures"].as_array().map(Vec::len), Some(1), "{hers}");
        let signature = &hers["signatures"][0];
        assert_eq!((&signature["contract"], &signature["for"]), (&json!(of.0), &json!(organization)));
    }
    assert_eq!((&seller["invoices"][0]["id"], &seller["invoices"][0]["number"]), (&json!(invoice), &json!("F-1")));
    assert_eq!((&seller["paymentAnswers"][0]["payment"], &seller["payments"]), (&paid["id"], &json!([])));
    assert_eq!((&buyer["payments"][0]["id"], &buyer["invoices"]), (&paid["id"], &json!([])));
    assert_eq!(buyer["invoiceDecisions"][0]["invoice"], invoice);
}
