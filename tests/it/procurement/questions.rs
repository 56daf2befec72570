//! Questions, invitations, and what people are told of requests.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{AMEND, CREATE, instant_in, office, request, shea_butter};
use crate::{harness::TestApp, notifications::stay_signed_in};

const ASK: &str = "mutation($input: AskQuestionInput!) { askQuestion(input: $input) {
    question { id question asker { id } answer } userErrors { code message path } } }";

const ANSWER: &str = "mutation($input: AnswerQuestionInput!) { answerQuestion(input: $input) {
    question { id answer answeredAt } userErrors { code message path } } }";

const ASKED: &str = "query($id: ID!) { procurementRequest(id: $id) {
    invited { totalCount edges { node { organization { id } } } }
    questions { totalCount edges { node { id question answer asker { id } } } } } }";

const TOLD: &str = "{ notifications(first: 50) { edges { node { kind text procurementRequest { id } } } } }";

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

/// A cooperative's token and id.
async fn cooperative(app: &TestApp, name: &str) -> (String, String) {
    let token = app.sign_up(&format!("{name}@coop.exemple.ml")).await;
    let organization = app.register(&token, "COOPERATIVE", &format!("Coopérative {name}")).await;
    (token, organization)
}

async fn asked(app: &TestApp, token: Option<&str>, id: &str) -> Value {
    app.expect_data(token, ASKED, json!({ "id": id })).await["procurementRequest"].take()
}

async fn told(app: &TestApp, token: &str) -> Vec<String> {
    let data = app.expect_data(Some(token), TOLD, json!({})).await;
    let edges = data["notifications"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["kind"].as_str().unwrap().to_owned()).collect()
}

#[db_test]
async fn a_question_is_answered_in_public_and_its_asker_hidden_until_the_close(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let (awa, benkadi) = cooperative(&app, "benkadi").await;
    let (fatou, _) = cooperative(&app, "jigiya").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let input = json!({ "requestId": id, "organizationId": benkadi, "question": "Les seaux sont-ils fournis ?" });

    let payload = app.expect_payload(Some(&awa), ASK, input).await;

    let question = payload["question"]["id"].as_str().unwrap().to_owned();
    assert_eq!(payload["question"]["asker"]["id"], json!(benkadi));
    let count = |shown: &Value| shown["questions"]["totalCount"].as_i64().unwrap();
    assert_eq!(count(&asked(&app, Some(&fatou), &id).await), 0, "it waits for its answer");
    let officers = asked(&app, Some(&officer), &id).await;
    assert_eq!((count(&officers), &officers["questions"]["edges"][0]["node"]["asker"]), (1, &Value::Null));
    assert_eq!(told(&app, &officer).await, ["QUESTION_ASKED"]);
    let answer = json!({ "questionId": question, "answer": "Oui, de 20 kg." });
    let refusal = app.user_errors(Some(&fatou), ANSWER, answer.clone()).await;
    assert_eq!(refusal, refused("NOT_FOUND", "input.questionId"));

    app.expect_payload(Some(&officer), ANSWER, answer.clone()).await;

    let public = asked(&app, None, &id).await;
    assert_eq!(
        public["questions"]["edges"][0]["node"],
        json!({ "id": question, "question": "Les seaux sont-ils fournis ?", "answer": "Oui, de 20 kg.", "asker": null })
    );
    assert_eq!(told(&app, &awa).await, ["QUESTION_ANSWERED"]);
    let again = app.user_errors(Some(&officer), ANSWER, answer).await;
    assert_eq!(again, refused("INVALID_TRANSITION", "input.questionId"));
    let node = "query($id: ID!) { node(id: $id) { id ... on RequestQuestion { asker { id } request { id } } } }";
    let found = app.expect_data(Some(&officer), node, json!({ "id": question })).await;
    assert_eq!(found["node"], json!({ "id": question, "asker": null, "request": { "id": id } }));

    stay_signed_in(&app).await;
    app.clock.set(instant_in(&app, 30));

    let public = asked(&app, None, &id).await;
    assert_eq!(public["questions"]["edges"][0]["node"]["asker"]["id"], json!(benkadi));
}

#[db_test]
async fn the_trail_of_a_question_names_nobody_and_is_the_buyers(app: TestApp) {
    const TRAIL: &str = "query($id: ID!) { auditTrail(subjectId: $id) { edges { node {
        action actor { id } onBehalfOf after requestId } } } }";
    let (officer, ministry) = office(&app, "sante").await;
    let (awa, benkadi) = cooperative(&app, "benkadi").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let input = json!({ "requestId": id, "organizationId": benkadi, "question": "Les seaux sont-ils fournis ?" });
    let payload = app.expect_payload(Some(&awa), ASK, input).await;
    let question = payload["question"]["id"].as_str().unwrap().to_owned();

    let trail = app.expect_data(Some(&officer), TRAIL, json!({ "id": question })).await;

    assert_eq!(
        trail["auditTrail"]["edges"][0]["node"],
        json!({ "action": "question.ask", "actor": null, "onBehalfOf": null, "requestId": "",
                "after": { "question": "Les seaux sont-ils fournis ?" } })
    );
    let trail = app.expect_data(Some(&officer), TRAIL, json!({ "id": id })).await;
    let entries = trail["auditTrail"]["edges"].as_array().unwrap();
    let actions: Vec<_> = entries.iter().map(|edge| edge["node"]["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["request.publish", "request.create"]);
    assert_eq!(entries[0]["node"]["onBehalfOf"], json!(ministry));
    for subject in [&id, &question] {
        let hidden = app.graphql(Some(&awa), TRAIL, json!({ "id": subject })).await;
        assert_eq!(hidden["errors"][0]["extensions"]["userErrors"][0]["code"], "NOT_FOUND", "{hidden}");
    }
}

#[db_test]
async fn questions_are_asked_in_their_time_by_whoever_may_bid(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let (awa, benkadi) = cooperative(&app, "benkadi").await;
    let (fatou, jigiya) = cooperative(&app, "jigiya").await;
    let enquiry = instant_in(&app, 10);
    let limited = json!({
        "method": "LIMITED", "methodRationale": "Trois coopératives seulement produisent ce beurre.",
        "invitedOrganizationIds": [benkadi], "enquiryDeadline": enquiry.to_rfc3339(),
    });
    let id = request(&app, &officer, &ministry, limited).await;
    let ask = |organization: &str| json!({ "requestId": id, "organizationId": organization, "question": "Les seaux sont-ils fournis ?" });

    assert_eq!(app.user_errors(Some(&awa), ASK, ask(&jigiya)).await, refused("FORBIDDEN", ""));
    assert_eq!(app.user_errors(Some(&fatou), ASK, ask(&jigiya)).await, refused("NOT_INVITED", "input.organizationId"));
    assert_eq!(
        app.user_errors(Some(&officer), ASK, ask(&ministry)).await,
        refused("CONFLICT_OF_INTEREST", "input.organizationId")
    );
    stay_signed_in(&app).await;
    app.clock.set(enquiry - TimeDelta::microseconds(1));
    app.expect_payload(Some(&awa), ASK, ask(&benkadi)).await;
    app.clock.set(enquiry);
    let late = refused("DEADLINE_PASSED", "input.requestId");
    assert_eq!(app.user_errors(Some(&awa), ASK, ask(&benkadi)).await, late);
}

#[db_test]
async fn who_is_invited_is_told_and_hidden_from_others_until_the_close(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let (awa, benkadi) = cooperative(&app, "benkadi").await;
    let (fatou, _) = cooperative(&app, "jigiya").await;
    let unknown = "organization_01h455vb4pex5vsknk084sn02q";
    let limited = |invited: Value| {
        json!({ "method": "LIMITED", "methodRationale": "Peu de coopératives produisent ce beurre.",
                "invitedOrganizationIds": invited })
    };
    let input = shea_butter(&app, &ministry, &limited(json!([unknown, ministry, benkadi])));
    let errors = app.user_errors(Some(&officer), CREATE, input).await;
    let expected =
        [("NOT_FOUND", "input.invitedOrganizationIds.0"), ("CONFLICT_OF_INTEREST", "input.invitedOrganizationIds.1")];
    assert_eq!(errors, expected.map(|(code, path)| (code.to_owned(), path.to_owned())));

    let id = request(&app, &officer, &ministry, limited(json!([benkadi]))).await;

    assert_eq!(told(&app, &awa).await, ["REQUEST_INVITATION"]);
    let one = json!({ "totalCount": 1, "edges": [{ "node": { "organization": { "id": benkadi } } }] });
    assert_eq!(asked(&app, Some(&officer), &id).await["invited"], one);
    assert_eq!(asked(&app, Some(&fatou), &id).await["invited"], Value::Null);
    let terms = "query($id: ID!) { procurementRequest(id: $id) { versions { edges { node { terms } } } } }";
    let shown = async |token: &str| {
        let data = app.expect_data(Some(token), terms, json!({ "id": id })).await;
        data["procurementRequest"]["versions"]["edges"][0]["node"]["terms"].get("invited").cloned()
    };
    assert_eq!((shown(&fatou).await, shown(&officer).await.map(|ids| ids.as_array().unwrap().len())), (None, Some(1)));
    let list =
        "query($id: ID!) { procurementRequests(filter: { invitedOrganizationId: $id }) { edges { node { id } } } }";
    let listed = app.expect_data(Some(&awa), list, json!({ "id": benkadi })).await;
    assert_eq!(listed["procurementRequests"]["edges"], json!([{ "node": { "id": id } }]));
    let hidden = app.graphql(Some(&fatou), list, json!({ "id": benkadi })).await;
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "FORBIDDEN", "{hidden}");

    let amend = json!({ "requestId": id, "rationale": "Précision.", "description": "En seaux de 20 kg." });
    app.expect_payload(Some(&officer), AMEND, amend).await;

    assert_eq!(told(&app, &awa).await, ["REQUEST_AMENDED", "REQUEST_INVITATION"]);
    stay_signed_in(&app).await;
    app.clock.set(instant_in(&app, 31));
    assert_eq!(asked(&app, Some(&fatou), &id).await["invited"], one);
}
