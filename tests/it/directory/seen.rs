//! Who sees what of an organization.

use bfw::accounts::OrganizationId;
use db_test::db_test;
use entity::organization;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::{Value, json};

use super::{DECLARE, UPDATE};
use crate::harness::app::TestApp;

const READ: &str = "query($id: ID!) { organization(id: $id) { id standing } }";

/// Suspends an organization, as the platform will.
async fn suspend(app: &TestApp, id: &str) {
    let id: OrganizationId = id.parse().unwrap();
    let connection = app.database.connect().await;
    organization::Entity::update_many()
        .col_expr(organization::Column::Standing, Expr::value("SUSPENDED"))
        .filter(organization::Column::Id.eq(id.uuid()))
        .exec(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[db_test]
async fn a_suspended_organization_is_seen_by_its_members_only(app: TestApp) {
    // given
    let owner = app.sign_up("awa@exemple.ml").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let id = app.register(&owner, "COOPERATIVE", "Benkadi").await;

    // when
    suspend(&app, &id).await;

    // then
    for token in [None, Some(stranger.as_str())] {
        let read = app.expect_data(token, READ, json!({ "id": id })).await;
        assert_eq!(read["organization"], Value::Null);
    }
    let read = app.expect_data(Some(&owner), READ, json!({ "id": id })).await;
    assert_eq!(read["organization"]["standing"], "SUSPENDED");
    let list = app.expect_data(Some(&owner), "{ organizations { totalCount } }", json!({})).await;
    assert_eq!(list["organizations"]["totalCount"], 0);
    let code = async |mutation: &str| {
        let input = json!({ "organizationId": id });
        app.user_errors(Some(&stranger), mutation, input).await.remove(0).0
    };
    assert_eq!((code(UPDATE).await, code(DECLARE).await), ("NOT_FOUND".to_owned(), "NOT_FOUND".to_owned()));
}

#[db_test]
async fn members_are_for_members(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let id = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let query = "query($id: ID!) { organization(id: $id) { name members(first: 5) { edges { node { role user { name } } } } } }";

    let inside = app.expect_data(Some(&owner), query, json!({ "id": id })).await;
    assert_eq!(inside["organization"]["members"]["edges"][0]["node"]["role"], "OWNER");

    let outside = app.graphql(Some(&stranger), query, json!({ "id": id })).await;
    assert_eq!(outside["data"]["organization"], json!({ "name": "Benkadi", "members": null }), "{outside}");
    assert_eq!(outside["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let nobody = app.graphql(None, query, json!({ "id": id })).await;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[db_test]
async fn an_id_of_something_else_is_told_apart_from_one_of_nothing(app: TestApp) {
    let nothing = OrganizationId::from_uuid(uuid::Uuid::max()).to_string();
    let read = app.expect_data(None, READ, json!({ "id": nothing })).await;
    assert_eq!(read["organization"], Value::Null);
    for wrong in ["listing_7zzzzzzzzzzzzzzzzzzzzzzzzz", "12", "", "organization_", "organization_ߖߌ"] {
        let answer = app.graphql(None, READ, json!({ "id": wrong })).await;
        let error = &answer["errors"][0]["extensions"]["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!("INVALID_ID"), &json!(["id"])), "{wrong:?}: {answer}");
    }
}
