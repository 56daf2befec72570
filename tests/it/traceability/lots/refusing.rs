//! What cannot have happened is refused, with a code that names the field; and nothing is half-written.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

#[db_test]
async fn a_delivery_has_rules(yard: Yard) {
    let attempt = async |changes: Value| {
        let mut input = yard.delivery(&yard.woman, "10");
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        yard.refused("recordDelivery", input).await
    };
    let quantity = |value: &str, unit: &str| json!({ "quantity": { "value": value, "unit": unit } });
    assert_eq!(attempt(quantity("-1", "KGM")).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(attempt(quantity("0", "KGM")).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(attempt(quantity("999999999999", "TNE")).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(attempt(quantity("dix", "KGM")).await, ["MALFORMED_NUMBER input.quantity.value"]);
    assert_eq!(attempt(quantity("10", "MTR")).await, ["UNKNOWN_UNIT input.quantity.unit"]);
    assert_eq!(attempt(json!({ "productCode": "karité magique" })).await, ["UNKNOWN_PRODUCT input.productCode"]);
    assert_eq!(
        attempt(json!({ "productCode": "shea" })).await,
        ["UNKNOWN_PRODUCT input.productCode"],
        "a branch is no product"
    );
    assert_eq!(attempt(json!({ "deliveredAt": yard.ago(-30) })).await, ["OUT_OF_RANGE input.deliveredAt"]);
    assert_eq!(attempt(json!({ "deliveredAt": "2001-01-01T00:00:00Z" })).await, ["OUT_OF_RANGE input.deliveredAt"]);
    assert_eq!(attempt(json!({ "placeCode": "nulle-part" })).await, ["UNKNOWN_PLACE input.placeCode"]);
    assert_eq!(attempt(json!({ "pricePaid": { "amount": "-5" } })).await, ["OUT_OF_RANGE input.pricePaid.amount"]);
    assert_eq!(attempt(json!({ "producerId": yard.house })).await, ["INVALID_ID input.producerId"]);
    let day_before = attempt(json!({ "deliveredAt": yard.ago(60 * 24) })).await;
    assert_eq!(day_before, ["PRODUCER_NOT_MEMBER input.producerId"]);
    let everything =
        json!({ "productCode": "x", "deliveredAt": yard.ago(-30), "grade": "", "placeCode": "nulle-part" });
    assert_eq!(attempt(everything).await.len(), 4, "all that is wrong is told at once");

    // Somebody else's producer is nobody, and a stranger records nothing.
    let (stranger, theirs) = yard.neighbour("COOPERATIVE").await;
    let mut input = yard.delivery(&yard.woman, "10");
    assert_eq!(yard.refused_to(&stranger, "recordDelivery", input.clone()).await, ["FORBIDDEN "]);
    input["organizationId"] = json!(theirs);
    assert_eq!(yard.refused_to(&stranger, "recordDelivery", input).await, ["NOT_FOUND input.producerId"]);
    let none =
        "query($id: ID!) { lots(organizationId: $id) { totalCount } traceEvents(organizationId: $id) { totalCount } }";
    let none = yard.app.expect_data(Some(&yard.owner), none, json!({ "id": yard.house })).await;
    assert_eq!((&none["lots"]["totalCount"], &none["traceEvents"]["totalCount"]), (&json!(0), &json!(0)));
}

#[db_test]
async fn the_same_delivery_twice_is_told_and_another_one_a_minute_later_is_another(yard: Yard) {
    let input = yard.delivery(&yard.woman, "10");
    yard.done("recordDelivery", input.clone()).await;
    assert_eq!(yard.refused("recordDelivery", input.clone()).await, ["DUPLICATE_EVENT input"]);
    let mut other = input;
    other["deliveredAt"] = json!(yard.ago(29));
    yard.done("recordDelivery", other).await;
}

#[db_test]
async fn a_step_takes_what_is_there_of_what_is_hers_and_not_before_it_was(yard: Yard) {
    let (_, theirs) = yard.neighbour("COOPERATIVE").await;
    let lot = yard.delivered(&yard.woman, "10").await;
    let attempt =
        async |inputs: &[Value], further: Value| yard.refused("recordAggregation", yard.step(inputs, further)).await;
    let portion = |value: &str| Yard::portion(&lot, value);
    assert_eq!(attempt(&[portion("10.001")], json!({})).await, ["INSUFFICIENT_STOCK input.inputs.0.quantity"]);
    assert_eq!(attempt(&[portion("5"), portion("5")], json!({})).await, ["LOT_TWICE input.inputs.1.lotId"]);
    assert_eq!(attempt(&[], json!({})).await, ["REQUIRED input.inputs"]);
    assert_eq!(attempt(&[Yard::portion(&yard.house, "1")], json!({})).await, ["INVALID_ID input.inputs.0.lotId"]);
    let nowhere = "lot_7zzzzzzzzzzzzzzzzzzzzzzzzz";
    assert_eq!(attempt(&[Yard::portion(nowhere, "1")], json!({})).await, ["NOT_FOUND input.inputs.0.lotId"]);
    assert_eq!(
        attempt(&[portion("1")], json!({ "occurredAt": yard.ago(45) })).await,
        ["BEFORE_LOT input.inputs.0.lotId"]
    );
    assert_eq!(
        attempt(&[portion("1")], json!({ "occurredAt": yard.ago(-45) })).await,
        ["OUT_OF_RANGE input.occurredAt"]
    );
    let mut pieces = portion("1");
    pieces["quantity"]["unit"] = json!("H87");
    assert_eq!(attempt(&[pieces], json!({})).await, ["UNKNOWN_UNIT input.inputs.0.quantity.unit"]);
    let mut butter = yard.delivery(&yard.woman, "5");
    butter["productCode"] = json!("shea-butter");
    let butter = id(&yard.done("recordDelivery", butter).await["lot"]);
    let mixed = attempt(&[portion("1"), Yard::portion(&butter, "1")], json!({})).await;
    assert_eq!(mixed, ["MIXED_PRODUCTS input.inputs.1.lotId"]);
    let stronger = attempt(
        &[portion("1"), Yard::portion(&yard.delivered(&yard.man, "4").await, "1")],
        json!({ "custodyModel": "IDENTITY_PRESERVED" }),
    )
    .await;
    assert_eq!(stronger, ["INVALID_VALUE input.custodyModel"]);
    // A lot that another has.
    let sent =
        json!({ "organizationId": yard.house, "lotId": butter, "toOrganizationId": theirs, "occurredAt": yard.ago(1) });
    yard.done("recordShipment", sent.clone()).await;
    let mut to_herself = sent.clone();
    to_herself["toOrganizationId"] = json!(yard.house);
    assert_eq!(yard.refused("recordShipment", to_herself).await, ["INVALID_VALUE input.toOrganizationId"]);
    let foreign = json!({ "organizationId": yard.house, "lotId": butter, "occurredAt": yard.ago(0) });
    assert_eq!(yard.refused("recordReceipt", foreign).await, ["LOT_NOT_HELD input.lotId"]);
    assert_eq!(yard.left(&lot).await, "10", "nothing of it was taken");
}

#[db_test]
async fn no_more_comes_out_than_the_rule_of_yield_allows_unless_an_owner_signs(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let step = |butter: &str, waiver: Value| {
        let outputs = json!([{ "productCode": "shea-butter", "quantity": { "value": butter, "unit": "KGM" } }]);
        yard.step(&[Yard::portion(&lot, "50")], json!({ "outputs": outputs, "waiver": waiver }))
    };
    assert_eq!(
        yard.refused("recordTransformation", step("24.001", Value::Null)).await,
        ["YIELD_EXCEEDED input.outputs"]
    );
    assert_eq!(yard.refused("recordTransformation", step("30", json!("court"))).await, ["TOO_SHORT input.waiver"]);
    let reason = json!("Amandes très grasses, pesées deux fois.");
    let agent = yard.app.sign_up("agent@exemple.ml").await;
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code userErrors { code message path } } }";
    let invited = json!({ "organizationId": yard.house, "identifier": "agent@exemple.ml", "role": "AGENT" });
    let code = yard.app.expect_payload(Some(&yard.owner), invite, invited).await["code"].clone();
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { role } userErrors { code message path } } }";
    yard.app.expect_payload(Some(&agent), accept, json!({ "code": code })).await;
    let unsigned = yard.refused_to(&agent, "recordTransformation", step("30", reason.clone())).await;
    assert_eq!(unsigned, ["FORBIDDEN input.waiver"]);

    let exact = yard.done("recordTransformation", step("24", Value::Null)).await;
    assert_eq!(exact["lots"][0]["yieldWaived"], false);
    let waived = yard.done("recordTransformation", step("30", reason.clone())).await;
    assert_eq!(waived["lots"][0]["yieldWaived"], true);
    let epcis = "events(first: 1) { edges { node { epcis } } }";
    let told = yard.lot_as(Some(&yard.owner), &id(&waived["lots"][0]), epcis).await;
    let waiver = &told["events"]["edges"][0]["node"]["epcis"]["bfw:waiver"];
    assert_eq!((&waiver["bfw:reason"], &waiver["bfw:signedBy"]), (&reason, &json!("OWNER")));
}
