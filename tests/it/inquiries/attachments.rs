//! What goes with messages, and who sees it.

use db_test::db_test;
use serde_json::{Value, json};

use super::{REPLY, START, at};
use crate::documents::{DELETE, Desk, pdf};

#[db_test]
async fn the_other_party_reads_what_was_attached_there_and_nowhere_else(desk: Desk) {
    // given
    let app = &desk.app;
    let buyer = app.sign_up("moussa@example.org").await;
    let canteen = app.register(&buyer, "COMPANY", "Cantine de Ségou").await;
    crate::notifications::stay_signed_in(app).await;
    let content = pdf(100);
    let party = desk.hand_in(&content, "application/pdf", json!({})).await["id"].take();
    let public = desk.hand_in(&content, "application/pdf", json!({ "visibility": "PUBLIC" })).await["id"].take();
    let reviewed = desk.hand_in(&content, "application/pdf", json!({ "visibility": "REVIEWERS" })).await["id"].take();
    let pending = desk.announce(&pdf(7), "application/pdf", json!({})).await["documentId"].take();
    let start = |documents: &[&Value]| {
        json!({
            "organizationId": canteen, "fromOrganizationId": desk.organization, "text": "Voici", "documentIds": documents,
        })
    };

    // when
    let refused = app.user_errors(Some(&desk.token), START, start(&[&party, &reviewed])).await;
    let unready = app.user_errors(Some(&desk.token), START, start(&[&pending])).await;
    let started = app.expect_payload(Some(&desk.token), START, start(&[&public, &party])).await;

    // then
    assert_eq!(refused, [at("INVALID_VALUE", "input.documentIds.1")], "what is for reviewers is for nobody else");
    assert_eq!(unready, [at("NOT_FOUND", "input.documentIds.0")]);
    let query =
        "query($id: ID!) { inquiry(id: $id) { messages { edges { node { attachments { id downloadUrl } } } } } }";
    let id = &started["inquiry"]["id"];
    for token in [&desk.token, &buyer] {
        let data = app.expect_data(Some(token), query, json!({ "id": id })).await;
        let attachments = &data["inquiry"]["messages"]["edges"][0]["node"]["attachments"];
        assert_eq!((&attachments[0]["id"], &attachments[1]["id"]), (&public, &party), "in their order");
        assert_eq!(desk.fetch(&attachments[1]["downloadUrl"]).await, content);
    }
    assert_eq!(desk.seen(Some(&buyer), &party).await, Value::Null, "it is hers to see where it was sent");
    let stranger = app.sign_up("fanta@example.org").await;
    let hidden = app.expect_data(Some(&stranger), query, json!({ "id": id })).await;
    assert_eq!(hidden["inquiry"], Value::Null);
    let foreign = json!({ "inquiryId": id, "text": "Merci", "documentIds": [party] });
    let refused = app.user_errors(Some(&buyer), REPLY, foreign).await;
    assert_eq!(refused, [at("NOT_FOUND", "input.documentIds.0")], "one attaches one's own");
    let used = app.user_errors(Some(&desk.token), DELETE, json!({ "documentId": party })).await;
    assert_eq!(used, [at("DOCUMENT_IN_USE", "input.documentId")], "what was sent stays");
}
