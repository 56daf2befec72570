//! The room as clients call it.

use async_graphql::{EmptySubscription, Request, Schema, Variables};
use bfw::{
    accounts::{
        Actor,
        graphql::{self, AccountsMutation, AccountsQuery},
    },
    kernel::locale::Locale,
};
use db_test::db_test;
use serde_json::{Value, json};

use super::room::{ATTEMPTS_PER_IDENTIFIER, PASSWORD, Room, nobody};

async fn run(room: &Room, actor: &Actor, query: &str, variables: Value) -> Value {
    let schema = Schema::build(AccountsQuery, AccountsMutation, EmptySubscription).data(room.accounts.clone()).finish();
    let request = Request::new(query)
        .variables(Variables::from_json(variables))
        .data(actor.clone())
        .data(Locale::En)
        .data(graphql::Loaders::new(&room.accounts, actor));
    let response = schema.execute(request).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().unwrap()
}

const SIGN_UP: &str = "mutation($input: SignUpInput!) {
    signUp(input: $input) {
        session { accessToken refreshToken expiresAt }
        user { id name phone email language }
        userErrors { code message path }
    }
}";

const VIEWER: &str =
    "{ viewer { user { id name phone email language } memberships { role version user { name } } platformRoles } }";

#[db_test]
async fn a_person_signs_up_is_the_viewer_and_signs_out(room: Room) {
    // given
    let input = json!({ "phone": "76 12 34 56", "password": PASSWORD, "name": "Awa Traoré", "language": "BM" });

    // when
    let answer = run(&room, &nobody(), SIGN_UP, json!({ "input": input })).await;

    // then
    let (session, user) = (&answer["signUp"]["session"], &answer["signUp"]["user"]);
    assert_eq!(answer["signUp"]["userErrors"], json!([]));
    assert_eq!(session["expiresAt"], "2026-11-23T08:15:00+00:00");
    assert_eq!(
        (&user["phone"], &user["email"], &user["language"]),
        (&Value::Null, &Value::Null, &json!("BM")),
        "nobody is signed in in this request yet"
    );
    let actor = room.holder(session["accessToken"].as_str().unwrap()).await;
    let viewer = run(&room, &actor, VIEWER, json!({})).await;
    let expected =
        json!({ "id": user["id"], "name": "Awa Traoré", "phone": "+22376123456", "email": null, "language": "BM" });
    assert_eq!(viewer["viewer"], json!({ "user": expected, "memberships": [], "platformRoles": [] }));

    let out = run(&room, &actor, "mutation { signOut { signedOut userErrors { code } } }", json!({})).await;
    assert_eq!(out["signOut"], json!({ "signedOut": true, "userErrors": [] }));
    let gone = room.holder(session["accessToken"].as_str().unwrap()).await;
    assert_eq!(run(&room, &gone, VIEWER, json!({})).await, json!({ "viewer": null }));
}

#[db_test]
async fn a_refusal_is_data_with_the_field_and_the_mend(room: Room) {
    let input = json!({ "phone": "12", "password": "1234567890", "name": "Awa" });
    let answer = run(&room, &nobody(), SIGN_UP, json!({ "input": input })).await;
    let refused = &answer["signUp"];
    assert_eq!((&refused["session"], &refused["user"]), (&Value::Null, &Value::Null));
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_PHONE");
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "phone"]));
    assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains("8 digits"), "{refused}");
    assert_eq!(refused["userErrors"][1]["code"], "WEAK_PASSWORD");
}

#[db_test]
async fn aliased_sign_ins_of_one_request_are_counted_each(room: Room) {
    // given
    room.signed_up("76123456").await;
    let tries = ATTEMPTS_PER_IDENTIFIER + 2;
    let fields: String = (0..tries)
        .map(|number| {
            format!("a{number}: signIn(input: {{identifier: \"76123456\", password: \"guess number {number}\"}}) {{ userErrors {{ code }} }} ")
        })
        .collect();

    // when
    let before = room.accounts.passwords().verifications();
    let answer = run(&room, &nobody(), &format!("mutation {{ {fields} }}"), json!({})).await;

    // then
    let codes: Vec<&str> =
        (0..tries).map(|number| answer[format!("a{number}")]["userErrors"][0]["code"].as_str().unwrap()).collect();
    let (counted, refused) = codes.split_at(ATTEMPTS_PER_IDENTIFIER as usize);
    assert!(counted.iter().all(|code| *code == "INVALID_CREDENTIALS"), "{codes:?}");
    assert_eq!(refused, ["TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]);
    assert_eq!(room.accounts.passwords().verifications() - before, u64::from(ATTEMPTS_PER_IDENTIFIER));
}

#[db_test]
async fn an_organization_invites_and_a_person_accepts(room: Room) {
    // given
    let (organization, owner) = room.organization("76000001").await;
    let agent = room.person("76000002").await;

    // when
    let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) {
        code invitation { id identifier role status invitedBy { name phone } } userErrors { code path } } }";
    let input = json!({ "organizationId": organization.to_string(), "identifier": "76000002", "role": "AGENT" });
    let invited = run(&room, &owner, invite, json!({ "input": input })).await;
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
        membership { id role version user { name phone } } userErrors { code } } }";
    let input = json!({ "code": invited["inviteMember"]["code"] });
    let accepted = run(&room, &agent, accept, json!({ "input": input })).await;

    // then
    let invitation = &invited["inviteMember"]["invitation"];
    assert_eq!((&invitation["identifier"], &invitation["status"]), (&json!("+22376000002"), &json!("OPEN")));
    let membership = &accepted["acceptInvitation"]["membership"];
    assert_eq!((&membership["role"], &membership["version"]), (&json!("AGENT"), &json!(1)));
    assert_eq!(membership["user"]["phone"], "+22376000002");

    let remove = "mutation($input: RemoveMemberInput!) { removeMember(input: $input) { removedMembershipId userErrors { code path } } }";
    let wrong = json!({ "membershipId": organization.to_string() });
    let refused = run(&room, &owner, remove, json!({ "input": wrong })).await;
    assert_eq!(
        refused["removeMember"]["userErrors"],
        json!([{ "code": "INVALID_ID", "path": ["input", "membershipId"] }])
    );
    let input = json!({ "membershipId": membership["id"] });
    let removed = run(&room, &owner, remove, json!({ "input": input })).await;
    assert_eq!(removed["removeMember"], json!({ "removedMembershipId": membership["id"], "userErrors": [] }));
}
