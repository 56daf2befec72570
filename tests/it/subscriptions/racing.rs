//! Much happens at once, while listeners come and go: none of those who listened before it happened misses any of it.

use std::{collections::BTreeSet, sync::Arc};

use db_test::db_test;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Client, LISTINGS, quick};
use crate::harness::{TestApp, served::Served};

const WRITERS: usize = 4;
const EACH: usize = 12;

#[db_test]
async fn nobody_who_listened_before_misses_anything_or_hears_it_twice(app: TestApp) {
    let other = app.another_process().await;
    let (here, there) = (Served::with(&app.app, quick()).await, Served::with(&other, quick()).await);
    let mut sellers = Vec::new();
    for writer in 0..WRITERS {
        let token = app.sign_up(&format!("vendeuse{writer}@example.org")).await;
        let cooperative = app.register(&token, "COOPERATIVE", &format!("Coopérative {writer}")).await;
        sellers.push((token, cooperative));
    }
    let mut listeners = Vec::new();
    for served in [&here, &there] {
        for _ in 0..2 {
            let mut client = Client::connected(served, None).await;
            client.subscribe("1", LISTINGS, json!({})).await;
            listeners.push(client);
        }
    }

    let app = Arc::new(app);
    let mut writing = JoinSet::new();
    for (token, cooperative) in sellers {
        let app = Arc::clone(&app);
        writing.spawn_local(async move {
            let mut made = Vec::new();
            for _ in 0..EACH {
                made.push(app.published(&token, &cooperative, json!({})).await);
            }
            made
        });
    }
    let coming_and_going = async {
        for turn in 0..20 {
            let mut passing = Client::connected(if turn % 2 == 0 { &here } else { &there }, None).await;
            passing.subscribe("1", LISTINGS, json!({})).await;
            if turn % 3 == 0 {
                passing.say(json!({ "id": "1", "type": "complete" })).await;
            }
            passing.leave().await;
        }
    };
    let (made, ()) = tokio::join!(writing.join_all(), coming_and_going);
    let made: BTreeSet<String> = made.into_iter().flatten().collect();
    assert_eq!(made.len(), WRITERS * EACH);

    for client in &mut listeners {
        let mut heard = BTreeSet::new();
        for _ in 0..made.len() {
            let id = client.next("1").await["listingPublished"]["listing"]["id"].as_str().unwrap().to_owned();
            assert!(heard.insert(id), "told twice");
        }
        assert_eq!(heard, made);
    }
    drop(listeners);
    there.stopped().await;
    other.close().await;
}
