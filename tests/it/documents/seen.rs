//! Who sees which document.

use std::net::{IpAddr, Ipv4Addr};

use bfw::{
    accounts::{
        Actor, Membership, MembershipId, OrganizationId, PlatformRole, Principal, RequestInfo, Role, SessionId, User,
        UserId,
    },
    documents::{Document, DocumentId, DocumentState, MediaType, Visibility, is_visible, model::NewDocument},
    kernel::{clock::Timestamp, digest::Digest, locale::Locale, telemetry::RequestId},
};
use db_test::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMPLETE, DELETE, Desk, pdf};

const HERE: u128 = 1;
const ELSEWHERE: u128 = 2;
const UPLOADER: u128 = 7;

/// Her id, what she is to an organization, and what she is to the platform.
type Person<'a> = (u128, Option<(u128, Role)>, &'a [PlatformRole]);

fn actor(user: Option<Person<'_>>) -> Actor {
    let principal = user.map_or(Principal::Anonymous, |(id, membership, platform_roles)| {
        let memberships = membership.map(|(organization, role)| Membership {
            id: MembershipId::from_uuid(Uuid::from_u128(3)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(organization)),
            role,
        });
        Principal::User(User {
            id: UserId::from_uuid(Uuid::from_u128(id)),
            session: SessionId::from_uuid(Uuid::from_u128(5)),
            memberships: memberships.into_iter().collect(),
            platform_roles: platform_roles.to_vec(),
        })
    });
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Actor { principal, request: RequestInfo { id: RequestId::new("test"), address, locale: Locale::Fr } }
}

fn document(visibility: Visibility, state: DocumentState) -> Document {
    let at: Timestamp = "2026-11-26T08:00:00Z".parse().unwrap();
    let announced = NewDocument {
        id: DocumentId::from_uuid(Uuid::from_u128(9)),
        organization: OrganizationId::from_uuid(Uuid::from_u128(HERE)),
        uploader: Some(UserId::from_uuid(Uuid::from_u128(UPLOADER))),
        file_name: "a.pdf".into(),
        media_type: MediaType::Pdf,
        visibility,
        uploaded_sha256: Digest::of(b"a"),
        uploaded_size: 1,
        upload_expires_at: at,
        created_at: at,
    };
    Document { announced, state, refusal: None, renditions: Vec::new() }
}

#[test]
fn who_sees_what_is_this_table() {
    let member = |role| actor(Some((4, Some((HERE, role)), &[])));
    let overseer = |role: &'static [PlatformRole]| actor(Some((4, None, role)));
    // Whether what is for everybody, for the parties, for reviewers is seen; and what is for everybody but not ready.
    let table = [
        ("nobody", actor(None), [true, false, false, false]),
        ("signed in", actor(Some((4, None, &[]))), [true, false, false, false]),
        ("owner", member(Role::Owner), [true, true, true, true]),
        ("manager", member(Role::Manager), [true, true, true, true]),
        ("agent", member(Role::Agent), [true, true, false, true]),
        ("procurement officer", member(Role::ProcurementOfficer), [true, true, false, true]),
        ("evaluator", member(Role::Evaluator), [true, true, false, true]),
        ("viewer", member(Role::Viewer), [true, true, false, true]),
        ("agent who uploaded it", actor(Some((UPLOADER, Some((HERE, Role::Agent)), &[]))), [true, true, true, true]),
        ("uploader who has left", actor(Some((UPLOADER, None, &[]))), [true, false, false, false]),
        ("owner elsewhere", actor(Some((4, Some((ELSEWHERE, Role::Owner)), &[]))), [true, false, false, false]),
        ("admin", overseer(&[PlatformRole::Admin]), [true, true, true, true]),
        ("verifier", overseer(&[PlatformRole::Verifier]), [true, true, true, true]),
        ("auditor", overseer(&[PlatformRole::Auditor]), [true, true, true, true]),
        ("system", Actor::system("test"), [true, true, true, true]),
    ];
    for (who, actor, expected) in table {
        let sees = [
            (Visibility::Public, DocumentState::Ready),
            (Visibility::Party, DocumentState::Ready),
            (Visibility::Reviewers, DocumentState::Ready),
            (Visibility::Public, DocumentState::Pending),
        ]
        .map(|(visibility, state)| is_visible(&actor, &document(visibility, state)));
        assert_eq!(sees, expected, "{who}");
    }
}

#[db_test]
async fn what_one_may_not_see_does_not_exist(desk: Desk) {
    let content = pdf(100);
    let party = desk.hand_in(&content, "application/pdf", json!({})).await;
    let public = desk.hand_in(&content, "application/pdf", json!({ "visibility": "PUBLIC" })).await;
    let reviewed = desk.hand_in(&content, "application/pdf", json!({ "visibility": "REVIEWERS" })).await;
    let stranger = desk.app.sign_up("fanta@example.org").await;
    desk.app.register(&stranger, "COMPANY", "Sahel Agro").await;
    for token in [None, Some(&*stranger)] {
        for hidden in [&party, &reviewed] {
            assert_eq!(desk.seen(token, &hidden["id"]).await, Value::Null);
        }
        let seen = desk.seen(token, &public["id"]).await;
        assert_eq!(desk.fetch(&seen["downloadUrl"]).await, content);
    }
    let query = "query($id: ID!) { documents(organizationId: $id, first: 2) { totalCount edges { node { id } } \
                 pageInfo { hasNextPage } } }";
    let listed = async |token: Option<&str>| {
        let data = desk.app.expect_data(token, query, json!({ "id": desk.organization })).await;
        let edges = data["documents"]["edges"].as_array().unwrap();
        let ids: Vec<Value> = edges.iter().map(|edge| edge["node"]["id"].clone()).collect();
        (data["documents"]["totalCount"].as_i64().unwrap(), ids)
    };
    assert_eq!(listed(None).await, (1, vec![public["id"].clone()]));
    assert_eq!(listed(Some(&stranger)).await, (1, vec![public["id"].clone()]));
    assert_eq!(listed(Some(&desk.token)).await, (3, vec![reviewed["id"].clone(), public["id"].clone()]));
    for mutation in [COMPLETE, DELETE] {
        let code = async |document: &Value| {
            let input = json!({ "documentId": document["id"] });
            desk.app.user_errors(Some(&stranger), mutation, input).await[0].0.clone()
        };
        assert_eq!((code(&party).await, code(&public).await), ("NOT_FOUND".to_owned(), "FORBIDDEN".to_owned()));
    }
    assert!(desk.seen(Some(&desk.token), &reviewed["id"]).await["downloadUrl"].is_string());
}

#[db_test]
async fn what_is_fetched_is_saved_and_cannot_run_anything(desk: Desk) {
    let content = pdf(5_000);
    let document = desk.hand_in(&content, "application/pdf", json!({ "fileName": "<b>.pdf" })).await;
    let url = document["downloadUrl"].as_str().unwrap();
    let answer = desk.http.get(url).header("accept-encoding", "gzip").send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert!(header("content-disposition").starts_with("attachment; "));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("content-length"), "5000", "as it is, not packed");
    let tag = header("etag");
    assert_eq!(tag, format!("\"{}\"", document["sha256"].as_str().unwrap()));

    let status = async |name: &'static str, value: &str| {
        let answer = desk.http.get(url).header(name, value).send().await.unwrap();
        let range = answer.headers().get("content-range").map(|range| range.to_str().unwrap().to_owned());
        (answer.status().as_u16(), range, answer.bytes().await.unwrap().len())
    };
    assert_eq!(status("if-none-match", &tag).await, (304, None, 0));
    assert_eq!(status("range", "bytes=10-19").await, (206, Some("bytes 10-19/5000".into()), 10));
    assert_eq!(status("range", "bytes=5000-").await, (416, Some("bytes */5000".into()), 0));
    desk.app.clock.advance(chrono::TimeDelta::minutes(5));
    assert_eq!(status("range", "bytes=10-19").await.0, 403, "its time is over");
    let forged = desk.http.get(url.replace("/blobs/", "/blobs/x")).send().await.unwrap();
    assert_eq!(forged.status().as_u16(), 403);
}
