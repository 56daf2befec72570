//! Who belongs to an organization, as clients change it.

use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::TestApp;

const INVITE: &str = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) {
    invitation { id status } code userErrors { code message path } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    membership { id role version } userErrors { code message path } } }";
const REVOKE: &str = "mutation($input: RevokeInvitationInput!) { revokeInvitation(input: $input) {
    invitation { id status } userErrors { code message path } } }";
const CHANGE: &str = "mutation($input: ChangeMemberRoleInput!) { changeMemberRole(input: $input) {
    membership { id role version user { name } } userErrors { code message path } } }";

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

/// An invitation of somebody, and the code that opens it.
async fn invited(app: &TestApp, owner: &str, house: &str, email: &str, role: &str) -> (Value, Value) {
    let input = json!({ "organizationId": house, "identifier": email, "role": role });
    let mut payload = app.expect_payload(Some(owner), INVITE, input).await;
    (payload["invitation"]["id"].take(), payload["code"].take())
}

/// Somebody who became a member, as her token and her membership.
async fn joined(app: &TestApp, owner: &str, house: &str, email: &str, role: &str) -> (String, Value) {
    let token = app.sign_up(email).await;
    let (_, code) = invited(app, owner, house, email, role).await;
    let mut payload = app.expect_payload(Some(&token), ACCEPT, json!({ "code": code })).await;
    (token, payload["membership"]["id"].take())
}

#[db_test]
async fn an_invitation_is_taken_back_by_those_who_may_and_its_code_opens_nothing(app: TestApp) {
    let owner = app.sign_up("fatou@exemple.ml").await;
    let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let (agent, _) = joined(&app, &owner, &house, "agente@exemple.ml", "AGENT").await;
    let guest = app.sign_up("invitee@exemple.ml").await;
    let (invitation, code) = invited(&app, &owner, &house, "invitee@exemple.ml", "MANAGER").await;
    let input = || json!({ "invitationId": invitation });

    assert_eq!(app.user_errors(None, REVOKE, input()).await, refused("UNAUTHENTICATED", ""));
    assert_eq!(app.user_errors(Some(&agent), REVOKE, input()).await, refused("FORBIDDEN", ""));
    // Whoever does not belong to the house does not learn that there is one.
    assert_eq!(app.user_errors(Some(&guest), REVOKE, input()).await, refused("NOT_FOUND", "input.invitationId"));

    let keyed = json!({ "invitationId": invitation, "idempotencyKey": "1" });
    let taken_back = app.expect_payload(Some(&owner), REVOKE, keyed.clone()).await;
    assert_eq!(taken_back["invitation"], json!({ "id": invitation, "status": "REVOKED" }));
    assert_eq!(app.expect_payload(Some(&owner), REVOKE, keyed).await, taken_back, "the network dropped");

    assert_eq!(
        app.user_errors(Some(&owner), REVOKE, input()).await,
        refused("INVALID_TRANSITION", "input.invitationId")
    );
    let shut = app.user_errors(Some(&guest), ACCEPT, json!({ "code": code })).await;
    assert!(shut.len() == 1 && shut[0].1 == "input.code", "{shut:?}");
    let wrong = json!({ "invitationId": house });
    assert_eq!(app.user_errors(Some(&owner), REVOKE, wrong).await, refused("INVALID_ID", "input.invitationId"));
}

#[db_test]
async fn a_member_gets_another_role_and_the_last_owner_keeps_hers(app: TestApp) {
    let owner = app.sign_up("fatou@exemple.ml").await;
    let house = app.register(&owner, "COOPERATIVE", "Benkadi").await;
    let (agent, membership) = joined(&app, &owner, &house, "agente@exemple.ml", "AGENT").await;
    let stranger = app.sign_up("passante@exemple.ml").await;
    let to = |role: &str| json!({ "membershipId": membership, "role": role });

    assert_eq!(app.user_errors(Some(&agent), CHANGE, to("MANAGER")).await, refused("FORBIDDEN", ""));
    assert_eq!(
        app.user_errors(Some(&stranger), CHANGE, to("MANAGER")).await,
        refused("NOT_FOUND", "input.membershipId")
    );

    let changed = app.expect_payload(Some(&owner), CHANGE, to("MANAGER")).await;
    assert_eq!((&changed["membership"]["role"], &changed["membership"]["version"]), (&json!("MANAGER"), &json!(2)));
    // A manager gives roles, but neither makes owners nor decides on what has changed since.
    assert_eq!(app.user_errors(Some(&agent), CHANGE, to("OWNER")).await, refused("FORBIDDEN", ""));
    let stale = json!({ "membershipId": membership, "role": "VIEWER", "expectedVersion": 1 });
    assert_eq!(
        app.user_errors(Some(&owner), CHANGE, stale).await,
        refused("VERSION_CONFLICT", "input.expectedVersion")
    );

    let hers = "{ viewer { memberships { id role } } }";
    let hers = app.expect_data(Some(&owner), hers, json!({})).await["viewer"]["memberships"][0].clone();
    let demoted = json!({ "membershipId": hers["id"], "role": "VIEWER" });
    assert_eq!(app.user_errors(Some(&owner), CHANGE, demoted).await, refused("LAST_OWNER", "input.membershipId"));
}
