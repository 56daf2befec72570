//! Credentials in GraphQL.

use bfw::credentials::CredentialStatus;
use db_test::db_test;
use serde_json::json;

use super::Holding;
use crate::harness::TestApp;

const CREDENTIAL: &str = "query($id: ID!, $time: DateTime!) { credential(id: $id) { id kind jwt url bundleUrl status
    statusAt(time: $time) statusHistory { change effectiveAt recordedAt reason } issuedAt validFrom validUntil supersededAt }
    node(id: $id) { __typename id } }";

#[db_test]
async fn anybody_reads_a_credential_by_its_id(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let id = holding.issue(holding.draft()).await;
    holding.say(CredentialStatus::Suspended, "2026-11-02T07:00:00Z").await;

    // when
    let variables = json!({ "id": id, "time": "2026-11-02T06:59:59Z" });
    let data = holding.app.expect_data(None, CREDENTIAL, variables).await;

    // then
    let url = format!("http://127.0.0.1:8080/credentials/{id}");
    assert_eq!(
        data["credential"],
        json!({
            "id": id, "kind": "CONFORMITY_CERTIFICATE", "jwt": holding.credential(id).await.token, "url": url,
            "bundleUrl": format!("{url}/bundle"), "status": "SUSPENDED", "statusAt": "VALID",
            "statusHistory": [{ "change": "SUSPENDED", "effectiveAt": "2026-11-02T07:00:00+00:00",
                "recordedAt": "2026-11-02T08:00:00+00:00", "reason": "contrôle" }],
            "issuedAt": "2026-11-02T08:00:00+00:00", "validFrom": "2026-01-01T00:00:00+00:00",
            "validUntil": "2026-11-30T23:59:59+00:00", "supersededAt": null,
        })
    );
    assert_eq!(data["node"], json!({ "__typename": "Credential", "id": id }));
}

#[db_test]
async fn an_id_of_nothing_is_null_and_one_of_something_else_is_refused(app: TestApp) {
    // given
    let holding = Holding::of(app).await;
    let unknown = bfw::credentials::CredentialId::from_uuid(uuid::Uuid::from_u128(9));

    // when
    let nothing = json!({ "id": unknown, "time": "2026-11-02T06:59:59Z" });
    let none = holding.app.expect_data(None, CREDENTIAL, nothing).await;
    let other = json!({ "id": holding.organization, "time": "2026-11-02T06:59:59Z" });
    let refused = holding.app.graphql(None, CREDENTIAL, other).await;

    // then
    assert_eq!((&none["credential"], &none["node"]), (&json!(null), &json!(null)));
    assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{refused:#}");
}
