//! Proofs of single events, and what was signed, as members and strangers see them; and checked by a program that is not ours.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use bfw::{
    kernel::digest::Digest,
    traceability::{EventId, model::merkle},
};
use db_test::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sealed::{Written, add, drop_guards, execute, uuid};
use crate::harness::{
    TestApp,
    verifiers::{Verdict, Verifier},
};

const PROOF: &str = "query($id: ID!) { inclusionProof(eventId: $id) { eventId sequence seal previousSeal canonicalEvent
    leafHash treeSize root path checkpoint } }";

const CHECKPOINTS: &str = "query($id: ID!, $first: Int, $after: String) {
    chainCheckpoints(organizationId: $id, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
        edges { node { sequence root signedAt token } } } }";

/// A cooperative with a chain that was signed at each of these sizes but the last.
struct Chained {
    app: TestApp,
    owner: String,
    organization: String,
    id: Uuid,
    events: Vec<Written>,
}

impl Chained {
    async fn of(app: TestApp, sizes: &[usize]) -> Self {
        let owner = app.sign_up("awa@exemple.ml").await;
        let organization = app.register(&owner, "COOPERATIVE", "Benkadi").await;
        let id = uuid(&organization);
        let mut events = Vec::new();
        for (place, size) in sizes.iter().enumerate() {
            events.extend(add(&app, id, &events, size - events.len()).await);
            if place + 1 < sizes.len() {
                assert_eq!(app.app.traceability.checkpoint_chains().await.unwrap(), 1);
            }
        }
        Self { app, owner, organization, id, events }
    }

    async fn proof(&self, token: Option<&str>, sequence: usize) -> Value {
        let id = EventId::from_uuid(self.events[sequence - 1].id).to_string();
        self.app.expect_data(token, PROOF, json!({ "id": id })).await["inclusionProof"].take()
    }

    async fn document(&self) -> Value {
        let request = Request::get("/.well-known/did.json").body(Body::empty()).unwrap();
        let body = to_bytes(self.app.send(request).await.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn verdicts(&self, proof: &Value, document: &Value) -> Vec<Verdict> {
        let all = Verifier::all();
        all.iter().filter_map(|one| one.verify_inclusion(&self.app.database.folder, proof, document)).collect()
    }
}

fn digest(value: &Value) -> Digest {
    value.as_str().unwrap().parse().unwrap()
}

#[db_test]
async fn every_event_is_proven_to_a_member_against_the_first_checkpoint_over_it(app: TestApp) {
    let chained = Box::pin(Chained::of(app, &[20, 700, 705])).await;

    for (sequence, size) in [(1, 20), (20, 20), (21, 700), (256, 700), (257, 700), (600, 700), (700, 700), (701, 705)] {
        let proof = chained.proof(Some(&chained.owner), sequence).await;
        let event = &chained.events[sequence - 1];

        assert_eq!(proof["sequence"], sequence);
        assert_eq!(proof["treeSize"], size, "event {sequence}");
        assert_eq!(proof["canonicalEvent"], event.body.as_str());
        assert_eq!(proof["seal"], hex::encode(&event.seal));
        let path: Vec<Digest> = proof["path"].as_array().unwrap().iter().map(digest).collect();
        let leaf = merkle::leaf(&digest(&proof["seal"]));
        assert_eq!(digest(&proof["leafHash"]), leaf);
        let root = digest(&proof["root"]);
        assert!(merkle::included(&leaf, sequence as u64 - 1, size, &path, &root), "event {sequence}");
    }
}

#[db_test]
async fn a_stock_program_accepts_good_proofs_and_refuses_what_was_tampered_with(app: TestApp) {
    let chained = Box::pin(Chained::of(app, &[300, 303])).await;
    let document = chained.document().await;

    // What was signed before, and what is signed on the spot; also when another key signs by now.
    let good = chained.proof(Some(&chained.owner), 258).await;
    chained.app.app.credentials.rotate_key().await.unwrap();
    let newest = chained.proof(Some(&chained.owner), 303).await;
    let later = chained.document().await;
    for (proof, sequence) in [(&good, 258), (&newest, 303)] {
        let expected = Verdict::Valid(format!("urn:uuid:{}", chained.events[sequence - 1].id));
        assert!(chained.verdicts(proof, &later).iter().all(|verdict| *verdict == expected), "event {sequence}");
    }

    let refused = |change: &dyn Fn(&mut Value), reason: &str| {
        let mut proof = good.clone();
        change(&mut proof);
        for verdict in chained.verdicts(&proof, &later) {
            assert!(matches!(&verdict, Verdict::Refused(told) if told.starts_with(reason)), "{verdict:?}: {reason}");
        }
    };
    let zeros = json!("0".repeat(64));
    refused(
        &|proof| proof["canonicalEvent"] = json!(good["canonicalEvent"].as_str().unwrap().replace("soleil", "lune")),
        "event",
    );
    refused(&|proof| proof["previousSeal"] = zeros.clone(), "event");
    refused(&|proof| proof["sequence"] = json!(259), "root");
    refused(&|proof| proof["path"][3] = zeros.clone(), "root");
    refused(&|proof| drop(proof["path"].as_array_mut().unwrap().pop()), "path");
    refused(&|proof| proof["root"] = zeros.clone(), "root");
    refused(&|proof| proof["treeSize"] = json!(301), "");
    refused(&|proof| proof["checkpoint"] = newest["checkpoint"].clone(), "root");
    let token = good["checkpoint"].as_str().unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (other, _) = newest["checkpoint"].as_str().unwrap().rsplit_once('.').unwrap();
    refused(&|proof| proof["checkpoint"] = json!(format!("{other}.{signature}")), "token");
    refused(&|proof| proof["checkpoint"] = json!(signed), "token");
    // A whole proof of something else, sealed and hashed by its rules, is not what was signed.
    refused(
        &|proof| {
            let body = good["canonicalEvent"].as_str().unwrap().replace("soleil", "lune");
            let seal = super::sealed::seal(&hex::decode(good["previousSeal"].as_str().unwrap()).unwrap(), &body);
            let leaf = merkle::leaf(&Digest::try_from(seal.as_slice()).unwrap());
            *proof = json!({ "canonicalEvent": body, "previousSeal": good["previousSeal"], "seal": hex::encode(&seal),
                "leafHash": leaf.to_string(), "sequence": 1, "treeSize": 1, "root": leaf.to_string(), "path": [],
                "checkpoint": token });
        },
        "root: not the one that was signed",
    );
    // What the newer key signed is not vouched for by the older document.
    for verdict in chained.verdicts(&newest, &document) {
        assert!(
            matches!(&verdict, Verdict::Refused(told) if told.contains("key that the issuer does not have")),
            "{verdict:?}"
        );
    }
}

#[db_test]
async fn a_stranger_sees_no_proof_but_what_was_signed(app: TestApp) {
    let chained = Box::pin(Chained::of(app, &[3, 5, 6])).await;
    let stranger = chained.app.sign_up("fatou@exemple.ml").await;

    assert_eq!(chained.proof(None, 1).await, Value::Null);
    assert_eq!(chained.proof(Some(&stranger), 1).await, Value::Null);
    let verifier = chained.app.verifier("verifier@exemple.ml").await;
    assert_eq!(chained.proof(Some(&verifier), 1).await["sequence"], 1, "who looks after the platform sees events");
    let missing = EventId::from_uuid(Uuid::from_u128(7)).to_string();
    let missing = chained.app.expect_data(Some(&chained.owner), PROOF, json!({ "id": missing })).await;
    assert_eq!(missing["inclusionProof"], Value::Null);
    let wrong = chained.app.graphql(None, PROOF, json!({ "id": chained.organization })).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{wrong:#}");

    let page = chained.app.expect_data(None, CHECKPOINTS, json!({ "id": chained.organization, "first": 1 })).await;
    let page = &page["chainCheckpoints"];
    assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(2), &json!(true)));
    assert_eq!(page["edges"][0]["node"]["sequence"], 5);
    assert_eq!(page["edges"][0]["node"]["signedAt"], "2026-11-02T08:00:00+00:00");
    let after = json!({ "id": chained.organization, "after": page["pageInfo"]["endCursor"] });
    let next = chained.app.expect_data(None, CHECKPOINTS, after).await;
    let edges = next["chainCheckpoints"]["edges"].as_array().unwrap();
    assert_eq!(edges.iter().map(|edge| edge["node"]["sequence"].as_i64().unwrap()).collect::<Vec<_>>(), [3]);
}

#[db_test]
async fn anybody_can_check_that_a_chain_was_only_added_to(app: TestApp) {
    let chained = Box::pin(Chained::of(app, &[200, 520, 521])).await;
    let query = "query($id: ID!, $earlier: Int!, $later: Int!) {
        consistencyProof(organizationId: $id, earlier: $earlier, later: $later) { path earlier { root } later { root } } }";
    let proof = async |earlier: i64, later: i64| {
        let variables = json!({ "id": chained.organization, "earlier": earlier, "later": later });
        chained.app.expect_data(None, query, variables).await["consistencyProof"].take()
    };

    let told = proof(200, 520).await;
    let path: Vec<Digest> = told["path"].as_array().unwrap().iter().map(digest).collect();
    let (earlier, later) = (digest(&told["earlier"]["root"]), digest(&told["later"]["root"]));
    assert!(merkle::consistent((200, &earlier), (520, &later), &path));
    assert!(!merkle::consistent((199, &earlier), (520, &later), &path));
    assert_eq!(proof(520, 520).await["path"], json!([]));
    for (earlier, later) in [(520, 200), (199, 520), (200, 521), (0, 520), (-1, 520)] {
        assert_eq!(proof(earlier, later).await, Value::Null, "{earlier} of {later}");
    }
}

#[db_test]
async fn what_was_changed_is_not_proven(app: TestApp) {
    let chained = Box::pin(Chained::of(app, &[20, 25])).await;
    let connection = drop_guards(&chained.app).await;
    let body = chained.events[4].body.replace("soleil", "lune");
    let alter = "UPDATE trace_event SET body = $1 WHERE organization_id = $2 AND sequence = 5";
    execute(&connection, alter, vec![body.clone().into(), chained.id.into()]).await;
    let ask = async |sequence: usize| {
        let id = EventId::from_uuid(chained.events[sequence - 1].id).to_string();
        chained.app.graphql(Some(&chained.owner), PROOF, json!({ "id": id })).await
    };
    let refused = |answer: &Value| answer["errors"][0]["extensions"]["code"] == "INTERNAL";

    let altered = ask(5).await;
    assert!(refused(&altered), "{altered:#}");

    // Sealed anew, neither it nor what comes after what was signed is proven, nor anything signed of it.
    let seal = super::sealed::seal(&chained.events[3].seal, &body);
    let alter = "UPDATE trace_event SET hash = $1 WHERE organization_id = $2 AND sequence = 5";
    execute(&connection, alter, vec![seal.into(), chained.id.into()]).await;
    for sequence in [5, 1, 25] {
        let answer = ask(sequence).await;
        assert!(refused(&answer), "event {sequence}: {answer:#}");
    }
}

#[db_test]
async fn a_proof_in_a_long_chain_reads_few_rows(app: TestApp) {
    let short = Box::pin(Chained::of(app, &[300, 301])).await;
    let (_, of_short) = short.app.statements_of(short.proof(Some(&short.owner), 10)).await;
    add(&short.app, short.id, &short.events, 2_000).await;
    assert_eq!(short.app.app.traceability.checkpoint_chains().await.unwrap(), 1);
    let (proof, of_long) = short.app.statements_of(short.proof(Some(&short.owner), 301)).await;

    assert_eq!(proof["treeSize"], 2_301);
    assert_eq!(of_short, of_long);
}
