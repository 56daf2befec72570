//! From the draft to the publication.

use db_test::db_test;
use serde_json::{Value, json};

use super::{CREATE, draft, office, publish, request, shea_butter};
use crate::harness::TestApp;

const SHOWN: &str =
    "query($id: ID!) { procurementRequest(id: $id) { id ocid status version title language method currency
    bidDeadline publishedAt closedAt standstillDays minimumEvaluators buyer { id }
    contractTerms { penaltyPermilleADay penaltyPermilleMax paymentDays overDeliveryPercent }
    lots { id title position status product { code } quantity { value unit kilograms } place { code } requiredSchemes
        quality { attribute minimum maximum } estimatedAmount { amount currency } }
    criteria { id name kind weightPercent }
    genderMeasures { id kind definition atLeastEvidence percent source lot { title } }
    versions { totalCount edges { node { version rationale changed terms } } } } }";

async fn shown(app: &TestApp, token: Option<&str>, id: &str) -> Value {
    app.expect_data(token, SHOWN, json!({ "id": id })).await["procurementRequest"].take()
}

#[db_test]
async fn a_draft_is_the_buyers_own_until_it_is_published(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;

    let id = draft(&app, &officer, &ministry, json!({})).await;

    assert_eq!(shown(&app, Some(&officer), &id).await["status"], "DRAFT");
    assert_eq!(shown(&app, Some(&stranger), &id).await, Value::Null);
    assert_eq!(shown(&app, None, &id).await, Value::Null);

    publish(&app, &officer, &id).await;

    let request = shown(&app, None, &id).await;
    assert_eq!((&request["status"], &request["version"]), (&json!("PUBLISHED"), &json!(1)));
    assert!(request["ocid"].as_str().unwrap().starts_with("ocds-bfw000-"), "{request}");
    assert_eq!(request["buyer"]["id"], json!(ministry));
    assert_eq!(request["lots"][0]["quantity"], json!({ "value": "500", "unit": "KGM", "kilograms": "500" }));
    assert_eq!(request["criteria"][1]["weightPercent"], "30");
    assert_eq!(request["standstillDays"], 15);
    assert_eq!(request["versions"]["totalCount"], 1);
    assert_eq!(request["versions"]["edges"][0]["node"]["terms"]["title"], request["title"]);
}

#[db_test]
async fn everything_that_is_wrong_is_told_at_once_at_its_field(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let at = |code: &str, path: &str| (code.to_owned(), format!("input.{path}"));
    let lot = |changes: Value| {
        let mut lot = json!({ "productCode": "shea-butter", "quantity": { "value": "5", "unit": "KGM" } });
        for (field, value) in changes.as_object().unwrap() {
            lot[field] = value.clone();
        }
        lot
    };
    let wrong = json!({
        "title": " ", "method": "LIMITED", "bidDeadline": "2026-11-03T00:00:00Z",
        "enquiryDeadline": "2026-11-04T00:00:00Z",
        "budget": { "amount": "-5", "currency": "XOF" },
        "lots": [
            lot(json!({ "estimatedAmount": { "amount": "10", "currency": "EUR" } })),
            lot(json!({ "productCode": "moon-butter" })),
            lot(json!({ "quantity": { "value": "0", "unit": "KGM" }, "placeCode": "atlantis",
                        "deliveryFrom": "2027-02-01", "deliveryUntil": "2027-01-01" })),
            lot(json!({ "quantity": { "value": "5", "unit": "BOTTE" }, "requiredSchemes": ["MOON"],
                        "quality": [{ "attribute": "moonlight", "minimum": "1" }] })),
        ],
        "criteria": [
            { "name": "Prix", "kind": "PRICE", "weightPercent": "69.9" },
            { "name": "Qualité", "kind": "QUALITY", "weightPercent": "30" },
        ],
        "genderMeasures": [
            { "kind": "MARGIN_OF_PREFERENCE", "definition": "UN_WOMEN_OWNED", "percent": "15.001" },
            { "kind": "TARGET", "definition": "UN_WOMEN_OWNED" },
            { "kind": "AWARD_CRITERION", "definition": "UN_WOMEN_OWNED" },
            { "kind": "RESERVED_PARTICIPATION", "definition": "UN_WOMEN_OWNED", "lotPosition": 4 },
        ],
        "standstillDays": 91, "minimumEvaluators": 0,
    });

    let refused = app.user_errors(Some(&officer), CREATE, shea_butter(&app, &ministry, &wrong)).await;

    let expected = [
        at("REQUIRED", "title"),
        at("REQUIRED", "methodRationale"),
        at("OUT_OF_RANGE", "budget.amount"),
        at("MIXED_CURRENCIES", "lots.0.estimatedAmount.currency"),
        at("UNKNOWN_PRODUCT", "lots.1.productCode"),
        at("OUT_OF_RANGE", "lots.2.quantity.value"),
        at("UNKNOWN_PLACE", "lots.2.placeCode"),
        at("INVALID_PERIOD", "lots.2.deliveryUntil"),
        at("UNKNOWN_UNIT", "lots.3.quantity.unit"),
        at("UNKNOWN_SCHEME", "lots.3.requiredSchemes.0"),
        at("UNKNOWN_ATTRIBUTE", "lots.3.quality.0.attribute"),
        at("WEIGHTS_NOT_WHOLE", "criteria"),
        at("INCONSISTENT", "criteria"),
        at("OUT_OF_RANGE", "genderMeasures.0.percent"),
        at("REQUIRED", "genderMeasures.1.percent"),
        at("OUT_OF_RANGE", "genderMeasures.3.lotPosition"),
        at("OUT_OF_RANGE", "bidDeadline"),
        at("INVALID_PERIOD", "enquiryDeadline"),
        at("OUT_OF_RANGE", "standstillDays"),
        at("OUT_OF_RANGE", "minimumEvaluators"),
        at("REQUIRED", "invitedOrganizationIds"),
    ];
    assert_eq!(refused, expected);
}

#[db_test]
async fn only_whoever_manages_the_buyers_requests_writes_them(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let input = shea_butter(&app, &ministry, &json!({}));

    let refused = app.user_errors(Some(&stranger), CREATE, input.clone()).await;
    assert_eq!(refused, [("FORBIDDEN".to_owned(), String::new())]);
    let refused = app.user_errors(None, CREATE, input).await;
    assert_eq!(refused, [("UNAUTHENTICATED".to_owned(), String::new())]);
    let published = request(&app, &officer, &ministry, json!({})).await;
    let refused =
        app.user_errors(Some(&stranger), super::AMEND, json!({ "requestId": published, "rationale": "Moins." }));
    assert_eq!(refused.await, [("FORBIDDEN".to_owned(), String::new())]);
}

#[db_test]
async fn a_repeated_write_is_done_once(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let keyed = json!({ "idempotencyKey": "1" });

    let first = draft(&app, &officer, &ministry, keyed.clone()).await;

    assert_eq!(draft(&app, &officer, &ministry, keyed).await, first);
    let publish = json!({ "requestId": first, "idempotencyKey": "2" });
    for _ in 0..2 {
        let payload = app.expect_payload(Some(&officer), super::PUBLISH, publish.clone()).await;
        assert_eq!(payload["procurementRequest"]["version"], 1);
    }
}
