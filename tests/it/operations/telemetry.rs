//! What an operator's machines read: the log as JSON, and the metrics.

use db_test::db_test;
use serde_json::{Value, json};

use super::process::{Serving, bfw};
use crate::harness::TestDatabase;

const UNKNOWN: &str =
    "mutation { refreshSession(input: { refreshToken: \"AAAA\" }) { session { expiresAt } userErrors { code } } }";

#[db_test]
async fn every_line_of_the_log_is_json_and_those_of_a_request_carry_its_id(database: TestDatabase) {
    // given
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_LOG_FORMAT", "json").env("BFW_LOG", "debug");
    let serving = Serving::start(command);

    // when
    let answer = serving.answer(None, UNKNOWN, json!({})).await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap();
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let metrics = metrics.text().await.unwrap();
    let (code, log) = serving.terminate();

    // then
    assert_eq!(code, Some(0), "{log}");
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(lines.len() > 3, "{log}");
    for line in &lines {
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["target"].is_string(), "{line}");
    }
    let answered = lines.iter().find(|line| line["message"] == "answered" && line["request_id"] == id.as_str());
    assert_eq!(answered.unwrap_or_else(|| panic!("no line of {id} in {log}"))["status"], 200);
    for metric in ["bfw_http_requests_total{route=\"/graphql\",status=\"2xx\"} 1", "bfw_http_request_seconds_count"] {
        assert!(metrics.contains(metric), "{metric} is missing in {metrics}");
    }
}

#[db_test]
async fn however_little_is_logged_a_line_of_a_request_carries_its_id(database: TestDatabase) {
    // given: warnings alone, and a session whose refresh token is stolen
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_LOG_FORMAT", "json").env("BFW_LOG", "warn");
    let serving = Serving::start(command);
    let sign_up =
        "mutation { signUp(input: { phone: \"76123456\", password: \"trois pirogues au port\", name: \"Awa\" })
        { session { refreshToken } } }";
    let signed_up = serving.graphql(None, sign_up, json!({})).await.unwrap();
    let token = &signed_up["data"]["signUp"]["session"]["refreshToken"];
    let refresh =
        "mutation($token: String!) { refreshSession(input: { refreshToken: $token }) { userErrors { code } } }";
    serving.graphql(None, refresh, json!({ "token": token })).await.unwrap();

    // when
    let reused = serving.answer(None, refresh, json!({ "token": token })).await.unwrap();
    let id = reused.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (_, log) = serving.terminate();

    // then
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let warned = lines.iter().find(|line| line["message"].as_str().is_some_and(|text| text.contains("used twice")));
    let warned = warned.unwrap_or_else(|| panic!("{log}"));
    assert_eq!(warned["span"]["id"], id.as_str(), "{warned}");
    assert!(!log.contains(token.as_str().unwrap()), "no token is logged");
}
