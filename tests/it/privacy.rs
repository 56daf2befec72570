//! What is kept of a person, what she agreed to, and what is left when she is forgotten.

use bfw::kernel::audit;
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::{
    Backend,
    app::{PASSWORD, TestApp},
};

const ERASE: &str = "mutation($input: EraseAccountInput!) { eraseAccount(input: $input) {
    erasedId userErrors { code message path } } }";

fn consent(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{ consent {{ purpose wording givenAt withdrawnAt }}
            userErrors {{ code message path }} }} }}"
    )
}

#[db_test]
async fn consent_is_kept_with_its_words_and_times_and_is_taken_back(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let (give, withdraw) = (consent("giveConsent"), consent("withdrawConsent"));
    let statistics = || json!({ "purpose": "STATISTICS" });
    let given = app.expect_payload(Some(&token), &give, statistics()).await;
    assert!(given["consent"]["wording"].as_str().unwrap().starts_with("J'accepte"), "{given}");
    app.clock.advance(TimeDelta::minutes(1));
    let again = app.expect_payload(Some(&token), &give, statistics()).await;
    assert_eq!(again["consent"], given["consent"], "it stands already");

    let keyed = json!({ "purpose": "STATISTICS", "idempotencyKey": "1" });
    let taken_back = app.expect_payload(Some(&token), &withdraw, keyed.clone()).await;
    assert_eq!(app.expect_payload(Some(&token), &withdraw, keyed).await, taken_back, "the network dropped");

    assert_eq!(taken_back["consent"]["withdrawnAt"], "2026-11-02T08:01:00+00:00");
    let none = app.user_errors(Some(&token), &withdraw, statistics()).await;
    assert_eq!(none, [("NOT_FOUND".to_owned(), String::new())]);
    app.expect_payload(Some(&token), &give, statistics()).await;
    let listed = app.expect_data(Some(&token), "{ consents { purpose withdrawnAt } }", json!({})).await;
    let listed = listed["consents"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["withdrawnAt"]), (2, &Value::Null));
    let nobody = app.user_errors(None, &give, statistics()).await;
    assert_eq!(nobody, [("UNAUTHENTICATED".to_owned(), String::new())]);
}

#[db_test]
async fn a_person_takes_everything_along_that_is_kept_of_her(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let house = app.register(&token, "COOPERATIVE", "Benkadi").await;
    app.expect_payload(Some(&token), &consent("giveConsent"), json!({ "purpose": "PUBLIC_NAME" })).await;
    let save = "mutation($input: SaveSearchInput!) { saveSearch(input: $input) { savedSearch { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&token), save, json!({ "name": "Karité", "query": "karite" })).await;

    let data = app.expect_data(Some(&token), "{ personalData }", json!({})).await;

    let data = &data["personalData"];
    assert_eq!(data["accounts"]["account"]["email"], "awa@exemple.ml");
    assert_eq!(data["accounts"]["memberships"][0]["organization"], house);
    assert_eq!(data["accounts"]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(data["accounts"]["actions"][2]["action"], "user.sign_up");
    assert_eq!(
        (&data["savedSearches"][0]["name"], &data["consents"][0]["purpose"]),
        (&json!("Karité"), &json!("PUBLIC_NAME"))
    );
    assert_eq!((&data["documents"], &data["notifications"]["told"]), (&json!([]), &json!([])));
    let nobody = app.graphql(None, "{ personalData }", json!({})).await;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{nobody}");
}

/// Every text of every row of every table, to look for something that must not be there.
async fn everything(app: &TestApp) -> String {
    let connection = app.database.connect().await;
    let backend = connection.get_database_backend();
    let tables = match app.database.backend() {
        Backend::Postgres => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
        Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let mut all = String::new();
    for row in connection.query_all_raw(Statement::from_string(backend, tables)).await.unwrap() {
        let table: String = row.try_get("", "name").unwrap();
        let columns = match app.database.backend() {
            Backend::Postgres => format!("SELECT row_to_json(t)::text AS line FROM \"{table}\" t"),
            Backend::Sqlite => {
                let columns = format!(
                    "SELECT group_concat('coalesce(hex(\"' || name || '\"), '''')', '||'' ''||') AS line FROM pragma_table_info('{table}')"
                );
                let columns =
                    connection.query_one_raw(Statement::from_string(backend, columns)).await.unwrap().unwrap();
                let columns: String = columns.try_get("", "line").unwrap();
                format!("SELECT {columns} AS line FROM \"{table}\"")
            }
        };
        for row in connection.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
            let line: String = row.try_get("", "line").unwrap();
            all.push_str(&line);
            all.push('\n');
        }
    }
    connection.close().await.unwrap();
    all
}

#[db_test]
async fn what_is_erased_is_nowhere_and_audit_chains_stay_whole(app: TestApp) {
    // given
    let owner = app.sign_up("fatou@exemple.ml").await;
    let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { code
        userErrors { code message path } } }";
    let invited = json!({ "organizationId": house, "identifier": "awa.keita@exemple.ml", "role": "MANAGER" });
    let code = app.expect_payload(Some(&owner), invite, invited).await["code"].as_str().unwrap().to_owned();
    let awa = app.sign_up("awa.keita@exemple.ml").await;
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { membership { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&awa), accept, json!({ "code": code })).await;
    app.expect_payload(Some(&awa), &consent("giveConsent"), json!({ "purpose": "PUBLIC_NAME" })).await;
    let traces = |all: &str| {
        let hex = hex::encode_upper("awa.keita");
        all.matches("awa.keita").count() + all.matches(&hex).count()
    };
    assert!(traces(&everything(&app).await) > 0, "otherwise the test looks at nothing");
    let wrong = app.user_errors(Some(&awa), ERASE, json!({ "password": "trois pirogues au pont" })).await;
    assert_eq!(wrong, [("INVALID_CREDENTIALS".to_owned(), "input.password".to_owned())]);
    let last = app.user_errors(Some(&owner), ERASE, json!({ "password": PASSWORD })).await;
    assert_eq!(last, [("LAST_OWNER".to_owned(), "input".to_owned())]);

    // when
    let erased = app.expect_payload(Some(&awa), ERASE, json!({ "password": PASSWORD })).await;

    // then
    assert!(erased["erasedId"].as_str().unwrap().starts_with("user_"), "{erased}");
    assert_eq!(traces(&everything(&app).await), 0);
    let signed_out = app.graphql(Some(&awa), "{ viewer { user { id } } }", json!({})).await;
    assert_eq!(signed_out["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let members = "query($id: ID!) { organization(id: $id) { members { totalCount } } }";
    let members = app.expect_data(Some(&owner), members, json!({ "id": house })).await;
    assert_eq!(members["organization"]["members"]["totalCount"], 1);
    let sign_in =
        "mutation($input: SignInInput!) { signIn(input: $input) { user { id } userErrors { code message path } } }";
    let gone =
        app.user_errors(None, sign_in, json!({ "identifier": "awa.keita@exemple.ml", "password": PASSWORD })).await;
    assert_eq!(gone[0].0, "INVALID_CREDENTIALS");
    let again = app.sign_up("awa.keita@exemple.ml").await;
    assert!(!again.is_empty(), "her address is free for another account");
    let broken = audit::verify(&app.app.services.db).await.unwrap();
    assert!(broken.broken.is_empty() && broken.entries > 0, "{broken:?}");
    let trail = "query($id: ID!) { auditTrail(subjectId: $id) { edges { node { action actor { name } } } } }";
    let trail = app.expect_data(Some(&owner), trail, json!({ "id": house })).await;
    assert!(trail["auditTrail"]["edges"].as_array().is_some_and(|edges| !edges.is_empty()), "{trail}");
}
