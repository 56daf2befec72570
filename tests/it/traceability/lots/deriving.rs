//! What follows from the way of a lot: who grew it, who confirmed it, and what may be claimed of it.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

const CLAIMS: &str = "claims { scheme { code } share custodyModel status statusWhenMade certificate { number } }";

impl Yard {
    /// A certificate of shea, found genuine.
    async fn certified(&self, verifier: &str, changes: Value) -> String {
        let submit = "mutation($input: SubmitCertificateInput!) { submitCertificate(input: $input) { certificate { id }
            userErrors { code message path } } }";
        let mut input = json!({
            "organizationId": self.house, "schemeCode": "FAIRTRADE", "number": "FT-1", "issuerName": "FLOCERT",
            "validFrom": "2026-01-01", "validUntil": "2026-12-31", "productCodes": ["shea"],
        });
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        let payload = self.app.expect_payload(Some(&self.owner), submit, input).await;
        let certificate = id(&payload["certificate"]);
        let verify = "mutation($input: VerifyCertificateInput!) { verifyCertificate(input: $input) { certificate { id }
            userErrors { code message path } } }";
        self.app.expect_payload(Some(verifier), verify, json!({ "certificateId": certificate })).await;
        certificate
    }
}

#[db_test]
async fn shares_are_weighed_by_mass_and_what_is_not_known_is_told(yard: Yard) {
    let unknown = yard.producer("UNDISCLOSED").await;
    let (hers, his) = (yard.delivered(&yard.woman, "50").await, yard.delivered(&yard.man, "30").await);
    let somebodys = yard.delivered(&unknown, "20").await;
    let portions = [Yard::portion(&hers, "50"), Yard::portion(&his, "30"), Yard::portion(&somebodys, "20")];
    let all = yard.together(&portions).await;
    let lot = yard.lot(&all).await;
    assert_eq!(lot["growers"], json!({ "women": "0.5", "others": "0.3", "unknown": "0.2", "confirmed": "0" }));
    assert_eq!(lot["womenGrownShare"], "0.5");
}

#[db_test]
async fn what_producers_confirm_counts_everywhere_it_went(yard: Yard) {
    let delivery = yard.done("recordDelivery", yard.delivery(&yard.woman, "25")).await;
    yard.later(1);
    let his = yard.delivered(&yard.man, "75").await;
    let both = yard.together(&[Yard::portion(&id(&delivery["lot"]), "25"), Yard::portion(&his, "75")]).await;
    let confirm = "mutation($input: ConfirmDeliveryInput!) { confirmDelivery(input: $input) { confirmed { kind }
        userErrors { code message path } } }";
    let code = delivery["slips"]["deliveryCode"].as_str().unwrap().to_lowercase();
    yard.app.expect_payload(None, confirm, json!({ "code": code })).await;
    assert_eq!(yard.lot(&both).await["producerConfirmedShare"], "0.25");
    let replayed = yard.app.user_errors(None, confirm, json!({ "code": code })).await;
    assert_eq!(replayed[0].0, "INVALID_CONFIRMATION_CODE");
}

#[db_test]
async fn a_claim_covers_what_was_certified_all_the_way_and_falls_with_its_certificate(yard: Yard) {
    let verifier = yard.app.verifier("verifier@exemple.ml").await;
    let before = yard.delivered(&yard.woman, "10").await;
    assert_eq!(yard.lot_as(None, &before, CLAIMS).await["claims"], json!([]));
    let certificate = yard.certified(&verifier, json!({})).await;
    // Derived as of the day: what was delivered that day is covered, whenever the certificate was recorded.
    let claims = yard.lot_as(None, &before, CLAIMS).await["claims"].take();
    assert_eq!(claims[0]["scheme"]["code"], "FAIRTRADE");
    assert_eq!((&claims[0]["share"], &claims[0]["custodyModel"]), (&json!("1"), &json!("IDENTITY_PRESERVED")));

    // Bought from a neighbour who holds nothing, and blended: the claim covers the part, and says so.
    let (neighbour, theirs) = yard.neighbour("COOPERATIVE").await;
    let add = "mutation($input: AddProducerInput!) { addProducer(input: $input) { producer { id } userErrors { code message path } } }";
    let input = json!({ "organizationId": theirs, "name": "Bakary Keïta", "gender": "MALE" });
    let bakary = id(&yard.app.expect_payload(Some(&neighbour), add, input).await["producer"]);
    let mut delivery = yard.delivery(&bakary, "30");
    delivery["organizationId"] = json!(theirs);
    let foreign = id(&yard.done_by(&neighbour, "recordDelivery", delivery).await["lot"]);
    let sent = json!({ "organizationId": theirs, "lotId": foreign, "toOrganizationId": yard.house, "occurredAt": yard.ago(20) });
    yard.done_by(&neighbour, "recordShipment", sent).await;
    let arrived = json!({ "organizationId": yard.house, "lotId": foreign, "occurredAt": yard.ago(15) });
    yard.done("recordReceipt", arrived).await;
    let both = yard.together(&[Yard::portion(&before, "10"), Yard::portion(&foreign, "30")]).await;
    let claims = yard.lot_as(None, &both, CLAIMS).await["claims"].take();
    assert_eq!((&claims[0]["share"], &claims[0]["custodyModel"]), (&json!("0.25"), &json!("CONTROLLED_BLENDING")));
    assert_eq!(yard.lot_as(None, &foreign, CLAIMS).await["claims"], json!([]));

    // A revocation that reaches back takes the claim away.
    let revoke = "mutation($input: RevokeCertificateInput!) { revokeCertificate(input: $input) { certificate { id }
        userErrors { code message path } } }";
    let input = json!({ "certificateId": certificate, "effectiveFrom": "2026-06-01", "retroactive": true, "reason": "Fraude constatée." });
    yard.app.expect_payload(Some(&verifier), revoke, input).await;
    assert_eq!(yard.lot_as(None, &both, CLAIMS).await["claims"], json!([]));
}

#[db_test]
async fn a_group_certificate_speaks_of_what_its_members_delivered(yard: Yard) {
    let verifier = yard.app.verifier("verifier@exemple.ml").await;
    let member = "mutation($input: AddProducerInput!) { addProducer(input: $input) { producer { id } userErrors { code message path } } }";
    let input =
        json!({ "organizationId": yard.house, "name": "Sira Diallo", "gender": "FEMALE", "phone": "+22376000001" });
    let sira = id(&yard.app.expect_payload(Some(&yard.owner), member, input).await["producer"]);
    let enrol = "mutation($input: EnrolProducerInput!) { enrolProducer(input: $input) { membership { id } userErrors { code message path } } }";
    let input = json!({ "producerId": sira, "schemeCode": "ORGANIC_EU", "validFrom": "2026-01-01" });
    yard.app.expect_payload(Some(&yard.owner), enrol, input).await;
    let group = json!([{ "memberCode": "P-3", "identifier": "+22376000001", "hectares": "2" }]);
    let organic =
        json!({ "schemeCode": "ORGANIC_EU", "number": "ML-BIO-1", "issuerName": "Ecocert", "groupMembers": group });
    yard.certified(&verifier, organic).await;

    let (hers, others) = (yard.delivered(&sira, "10").await, yard.delivered(&yard.woman, "10").await);
    assert_eq!(yard.lot_as(None, &hers, CLAIMS).await["claims"][0]["share"], "1");
    assert_eq!(yard.lot_as(None, &others, CLAIMS).await["claims"], json!([]), "she is not of the group");
    let both = yard.together(&[Yard::portion(&hers, "10"), Yard::portion(&others, "10")]).await;
    assert_eq!(yard.lot_as(None, &both, CLAIMS).await["claims"][0]["share"], "0.5");
}
