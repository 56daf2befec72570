//! Settings that a running service takes in when it is told to, those that wait, and a file that is wrong.

use db_test::db_test;
use serde_json::{Value, json};

use super::process::{Serving, bfw};
use crate::harness::TestDatabase;

const SIGN_IN: &str =
    "mutation($email: String!) { signIn(input: { identifier: $email, password: \"never the right one\" }) {
    userErrors { code } } }";

/// What a try at an account comes to.
async fn tried(serving: &Serving) -> Value {
    let email = json!({ "email": "awa@example.org" });
    serving.graphql(None, SIGN_IN, email).await.unwrap()["data"]["signIn"]["userErrors"][0]["code"].take()
}

/// Waits until the log tells something so many times.
async fn told(serving: &Serving, what: &str, times: usize) {
    for _ in 0..150 {
        if serving.log_so_far().matches(what).count() >= times {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{what} was not told: {}", serving.log_so_far());
}

#[db_test]
async fn what_can_be_taken_in_is_and_a_wrong_file_changes_nothing(database: TestDatabase) {
    // given: two tries at an account
    let file = database.folder.join("bfw.toml");
    std::fs::write(&file, "attempts_per_identifier = 2\nlog = \"info\"\nsms_token = \"hunter2\"\n").unwrap();
    let serving = Serving::start(bfw(&database, &["--config", file.to_str().unwrap(), "serve"]));
    let mut tries = Vec::new();
    for _ in 0..3 {
        tries.push(tried(&serving).await);
    }
    assert_eq!(tries, ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "TOO_MANY_ATTEMPTS"]);
    assert!(!serving.log_so_far().contains("answered"), "info alone");

    // when: more are allowed, more is logged, and two settings are changed that wait
    let changed =
        "attempts_per_identifier = 50\nlog = \"info,bfw=debug\"\nsms_token = \"hunter3\"\ndatabase_connections = 9\n";
    std::fs::write(&file, changed).unwrap();
    serving.signal("HUP");
    told(&serving, "the settings were read anew", 1).await;

    // then
    assert_eq!(tried(&serving).await, "INVALID_CREDENTIALS");
    told(&serving, "answered", 1).await;

    // when: the file is wrong, though what it says of tries is right
    std::fs::write(&file, "attempts_per_identifier = 1\ncolour = \"blue\"\n").unwrap();
    serving.signal("HUP");
    told(&serving, "nothing has changed", 1).await;

    // then
    for _ in 0..3 {
        assert_eq!(tried(&serving).await, "INVALID_CREDENTIALS");
    }

    // when: all is put back but the tries
    std::fs::write(&file, "attempts_per_identifier = 60\nlog = \"info\"\nsms_token = \"hunter2\"\n").unwrap();
    serving.signal("HUP");
    told(&serving, "the settings were read anew", 2).await;
    let (code, log) = serving.terminate();

    // then: each time it is told what was taken in and what waits, and no secret
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("hunter"), "{log}");
    let said = |what: &str| log.lines().filter(|line| line.contains(what)).collect::<Vec<_>>();
    let taken = said("the settings were read anew");
    assert!(taken[0].contains("BFW_LOG, BFW_ATTEMPTS_PER_IDENTIFIER"), "{taken:?}");
    assert!(!taken[0].contains("BFW_DATABASE_CONNECTIONS"), "{taken:?}");
    let waiting = said("wait for a restart");
    assert_eq!(waiting.len(), 1, "what was put back waits no longer: {waiting:?}");
    assert!(waiting[0].contains("BFW_DATABASE_CONNECTIONS, BFW_SMS_TOKEN"), "{waiting:?}");
    let refused = said("nothing has changed");
    assert!(refused.len() == 1 && refused[0].contains("unknown setting colour"), "{refused:?}");
}
