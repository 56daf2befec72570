//! GraphQL over HTTP, row by row of the specification.

use axum::{
    body::Body,
    http::{HeaderName, Method, Request, StatusCode, header},
};
use bfw::api::engine::Options;
use serde_json::json;

use super::{
    client::{RESPONSE_JSON, post, post_text, query, send},
    schema::app,
};

const JSON: &str = "application/json";

fn request(method: Method, uri: &str, headers: &[(HeaderName, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

/// `GET /graphql?query=…` with parameters encoded.
fn get(parameters: &[(&str, &str)], accept: &str) -> Request<Body> {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let query: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    request(Method::GET, &format!("/graphql?{}", query.join("&")), &[(header::ACCEPT, accept)], "")
}

#[tokio::test]
async fn the_answer_comes_in_the_media_type_that_was_asked_for() {
    let app = app(Options::default());
    for (accept, expected) in [
        (None, "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some(JSON), "application/json; charset=utf-8"),
        (Some(RESPONSE_JSON), "application/graphql-response+json; charset=utf-8"),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            "application/graphql-response+json; charset=utf-8",
        ),
    ] {
        let mut headers = vec![(header::CONTENT_TYPE, JSON)];
        headers.extend(accept.map(|accept| (header::ACCEPT, accept)));
        let answer = send(&app, request(Method::POST, "/graphql", &headers, r#"{"query":"{hello}"}"#)).await;
        assert_eq!((answer.status, answer.header(header::CONTENT_TYPE)), (StatusCode::OK, expected), "{accept:?}");
        assert_eq!(answer.text, r#"{"data":{"hello":"hello world"}}"#);
    }
}

#[tokio::test]
async fn a_request_that_is_refused_before_it_runs_is_400_or_200_by_media_type() {
    let app = app(Options::default());
    for (body, code) in [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "" }), "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "{ helo }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ ...A } fragment A on Query { ...A }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "query A { hello } query B { hello }" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!({ "query": "query A { hello }", "operationName": "B" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!({ "query": "{ hello }", "operationName": "B" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!({ "query": "subscription { hello }" }), "OPERATION_RESOLUTION_FAILURE"),
        (json!({ "query": "query($n: Int!) { add(left: 1, right: $n) }" }), "BAD_USER_INPUT"),
        (
            json!({ "query": "query($n: Int!) { add(left: 1, right: $n) }", "variables": { "n": "1" } }),
            "BAD_USER_INPUT",
        ),
        (
            json!({ "query": "query($n: String!) { add(left: 1, right: $n) }", "variables": { "n": "1" } }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({ "query": "query($n: Int) { add(left: 1, right: $n) }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ add(left: 1, right: \"2\") }" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ paint(colour: BLUE) }" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ paint }" }), "GRAPHQL_VALIDATION_FAILED"),
    ] {
        for (accept, status) in [(RESPONSE_JSON, StatusCode::BAD_REQUEST), (JSON, StatusCode::OK)] {
            let headers = [(header::CONTENT_TYPE, JSON), (header::ACCEPT, accept)];
            let answer = send(&app, request(Method::POST, "/graphql", &headers, &body.to_string())).await;
            assert_eq!(
                (answer.status, answer.codes()),
                (status, vec![code.to_owned()]),
                "{body} as {accept}: {}",
                answer.text
            );
            assert!(answer.json().get("data").is_none(), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_graphql_request_is_400_in_every_media_type() {
    let app = app(Options::default());
    for body in [
        "",
        "nonsense",
        "{\"query\":",
        "\"{hello}\"",
        "null",
        "[]",
        "[{\"query\":\"{hello}\"}]",
        "{}",
        "{\"qeury\":\"{hello}\"}",
        "{\"query\":null}",
        "{\"query\":1}",
        "{\"query\":{}}",
        "{\"query\":[\"{hello}\"]}",
        "{\"query\":\"{hello}\",\"operationName\":7}",
        "{\"query\":\"{hello}\",\"operationName\":{}}",
        "{\"query\":\"{hello}\",\"variables\":[7]}",
        "{\"query\":\"{hello}\",\"variables\":\"{}\"}",
        "{\"query\":\"{hello}\",\"variables\":1}",
        "{\"query\":\"{hello}\",\"extensions\":[]}",
        "{\"query\":\"{hello}\",\"extensions\":\"x\"}",
        "{\"query\":\"{hello}\",\"query\":\"{hello}\"}",
        "{\"query\":\"{hello}\",\"variables\":{\"n\":1e999}}",
        "{\"query\":\"{hello}\"} {}",
    ] {
        for accept in [RESPONSE_JSON, JSON] {
            let headers = [(header::CONTENT_TYPE, JSON), (header::ACCEPT, accept)];
            let answer = send(&app, request(Method::POST, "/graphql", &headers, body)).await;
            assert_eq!(
                (answer.status, answer.codes()),
                (StatusCode::BAD_REQUEST, vec!["BAD_REQUEST".to_owned()]),
                "{body}"
            );
        }
    }
    let deep = format!("{{\"query\":\"{{hello}}\",\"variables\":{{\"a\":{}}}}}", "[".repeat(50_000));
    assert_eq!(post_text(&app, deep).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post_text(&app, b"{\"query\":\"\xff\"}".to_vec()).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn optional_members_may_be_null_and_unknown_ones_are_ignored() {
    let app = app(Options::default());
    for body in [
        "{\"query\":\"{hello}\",\"operationName\":null,\"variables\":null,\"extensions\":null}",
        "{\"query\":\"{hello}\",\"operationName\":\"\",\"variables\":{},\"extensions\":{\"a\":[1]},\"more\":{\"b\":2}}",
        "\u{feff}  {\"query\":\"{hello}\"}\n",
        "{\"query\":\"\\u007bhello}\"}",
    ] {
        let answer = post_text(&app, body).await;
        assert_eq!(answer.text, r#"{"data":{"hello":"hello world"}}"#, "{body}");
    }
}

#[tokio::test]
async fn only_utf8_json_is_read() {
    let app = app(Options::default());
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON;charset=\"UTF-8\"", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=iso-8859-1", 415),
        ("application/graphql", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        ("", 415),
    ] {
        let headers = [(header::CONTENT_TYPE, content_type), (header::ACCEPT, RESPONSE_JSON)];
        let answer = send(&app, request(Method::POST, "/graphql", &headers, r#"{"query":"{hello}"}"#)).await;
        assert_eq!(answer.status.as_u16(), status, "{content_type:?}");
        if status == 415 {
            assert_eq!(answer.codes(), ["UNSUPPORTED_MEDIA_TYPE"]);
        }
    }
    let unnamed = send(&app, request(Method::POST, "/graphql", &[], r#"{"query":"{hello}"}"#)).await;
    assert_eq!(unnamed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let headers = [(header::CONTENT_TYPE, JSON), (header::CONTENT_ENCODING, "gzip")];
    let compressed = send(&app, request(Method::POST, "/graphql", &headers, "x")).await;
    assert_eq!(compressed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn an_answer_nobody_can_read_is_not_given() {
    let app = app(Options::default());
    for accept in ["text/plain", "image/png", "application/json;q=0", "application/xml, text/*"] {
        let headers = [(header::CONTENT_TYPE, JSON), (header::ACCEPT, accept)];
        let answer = send(&app, request(Method::POST, "/graphql", &headers, r#"{"query":"{hello}"}"#)).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::NOT_ACCEPTABLE, vec!["NOT_ACCEPTABLE".to_owned()]),
            "{accept}"
        );
    }
}

#[tokio::test]
async fn get_runs_queries_with_all_parameters() {
    let app = app(Options::default());
    let text = "query A($n: String!) { hello(name: $n) } query B { add(left: 1, right: 2) }";
    let parameters =
        [("query", text), ("operationName", "A"), ("variables", r#"{"n":"Fatoumata Traoré"}"#), ("extensions", "{}")];
    let answer = send(&app, get(&parameters, RESPONSE_JSON)).await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (StatusCode::OK, r#"{"data":{"hello":"hello Fatoumata Traoré"}}"#)
    );

    let empty = [("query", "{hello}"), ("operationName", ""), ("variables", ""), ("extensions", "")];
    assert_eq!(send(&app, get(&empty, JSON)).await.status, StatusCode::OK);
    let null = [("query", "{hello}"), ("variables", "null")];
    assert_eq!(send(&app, get(&null, JSON)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn get_refuses_what_is_malformed() {
    let app = app(Options::default());
    for parameters in [
        vec![],
        vec![("query", "")],
        vec![("query", "{hello}"), ("query", "{hello}")],
        vec![("query", "{hello}"), ("variables", "[1]")],
        vec![("query", "{hello}"), ("variables", "{")],
        vec![("query", "{hello}"), ("variables", "7")],
        vec![("query", "{hello}"), ("extensions", "\"x\"")],
    ] {
        let answer = send(&app, get(&parameters, RESPONSE_JSON)).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::BAD_REQUEST, vec!["BAD_REQUEST".to_owned()]),
            "{parameters:?}"
        );
    }
}

#[tokio::test]
async fn get_never_runs_a_mutation() {
    let app = app(Options::default());
    let both = "query Q { hello } mutation M { count }";
    for parameters in [vec![("query", "mutation { count }")], vec![("query", both), ("operationName", "M")]] {
        for accept in [RESPONSE_JSON, JSON] {
            let answer = send(&app, get(&parameters, accept)).await;
            assert_eq!((answer.status, answer.header(header::ALLOW)), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
            assert_eq!(answer.codes(), ["METHOD_NOT_ALLOWED"]);
        }
    }
    assert_eq!(send(&app, get(&[("query", both), ("operationName", "Q")], JSON)).await.status, StatusCode::OK);
    assert_eq!(query(&app, "mutation { count }").await.json()["data"]["count"], 0, "the mutation had run");
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let app = app(Options::default());
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let answer = send(&app, request(method.clone(), "/graphql", &[], "")).await;
        assert_eq!(
            (answer.status, answer.header(header::ALLOW)),
            (StatusCode::METHOD_NOT_ALLOWED, "GET, POST"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not() {
    let app = app(Options::default());
    let limit = 128 * 1024;
    let sized = |length: usize| format!("{{\"query\":\"{{hello}}\",\"more\":\"{}\"}}", "x".repeat(length - 30));
    assert_eq!(post_text(&app, sized(limit)).await.status, StatusCode::OK);
    assert_eq!(post_text(&app, sized(limit + 100)).await.codes(), ["PAYLOAD_TOO_LARGE"]);
    let huge = sized(10 * 1024 * 1024);
    assert_eq!(post_text(&app, huge.clone()).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let chunks =
        huge.into_bytes().chunks(8_192).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
    let streamed = Body::from_stream(futures_util::stream::iter(chunks));
    assert_eq!(post_text(&app, streamed).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let in_pieces =
        r#"{"query":"{hello}"}"#.bytes().map(|byte| Ok::<_, std::io::Error>(vec![byte])).collect::<Vec<_>>();
    let streamed = Body::from_stream(futures_util::stream::iter(in_pieces));
    assert_eq!(post_text(&app, streamed).await.text, r#"{"data":{"hello":"hello world"}}"#);
}

#[tokio::test]
async fn a_token_that_is_not_good_is_401_with_a_challenge() {
    let app = app(Options::default());
    let headers = [(header::CONTENT_TYPE, JSON), (header::AUTHORIZATION, "Bearer expired")];
    let answer = send(&app, request(Method::POST, "/graphql", &headers, r#"{"query":"{hello}"}"#)).await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::UNAUTHORIZED, vec!["UNAUTHENTICATED".to_owned()]));
    assert!(answer.header(header::WWW_AUTHENTICATE).starts_with("Bearer "));
}

#[tokio::test]
async fn a_browser_gets_the_explorer_and_nothing_from_elsewhere() {
    let app = app(Options::default());
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let answer = send(&app, request(Method::GET, "/graphql", &[(header::ACCEPT, accept)], "")).await;
    assert_eq!((answer.status, answer.header(header::CONTENT_TYPE)), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(answer.text.contains("GraphiQL"));
    assert!(answer.header(header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'; script-src 'sha256-"));
    let posted = [(header::CONTENT_TYPE, JSON), (header::ACCEPT, "text/html")];
    let answer = send(&app, request(Method::POST, "/graphql", &posted, r#"{"query":"{hello}"}"#)).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_security_headers() {
    let app = app(Options::default());
    let own = "018f3f64-2f5e-7cc0-8000-0123456789ab";
    for (given, echoed) in [
        (Some(own), true),
        (Some(&*own.to_uppercase()), true),
        (Some("1"), false),
        (Some("a\"b"), false),
        (None, false),
    ] {
        let mut headers = vec![(header::CONTENT_TYPE, JSON)];
        headers.extend(given.map(|id| (HeaderName::from_static("x-request-id"), id)));
        let answer = send(&app, request(Method::POST, "/graphql", &headers, r#"{"query":"{hello}"}"#)).await;
        let id = answer.header("x-request-id");
        assert_eq!(id == own, echoed, "{given:?}");
        assert!(uuid::Uuid::try_parse(id).is_ok_and(|id| id.get_version_num() == 7), "{id}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn only_listed_origins_may_call_from_a_browser() {
    let app = app(Options::default());
    for (origin, allowed) in [("https://shop.example", true), ("https://evil.example", false), ("null", false)] {
        let headers = [
            (header::ORIGIN, origin),
            (header::ACCESS_CONTROL_REQUEST_METHOD, "POST"),
            (header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type,authorization"),
        ];
        let preflight = send(&app, request(Method::OPTIONS, "/graphql", &headers, "")).await;
        assert_eq!(preflight.header(header::ACCESS_CONTROL_ALLOW_ORIGIN) == origin, allowed, "{origin}");
        assert!(preflight.headers.get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none());
    }
}

#[tokio::test]
async fn outside_graphql_problems_have_the_standard_form() {
    let app = app(Options::default());
    let missing = send(&app, request(Method::GET, "/nowhere", &[], "")).await;
    assert_eq!(
        (missing.status, missing.header(header::CONTENT_TYPE)),
        (StatusCode::NOT_FOUND, "application/problem+json")
    );
    assert_eq!(missing.json()["status"], 404);
    assert_eq!(missing.json()["requestId"], missing.header("x-request-id"));
    let wrong = send(&app, request(Method::POST, "/health/live", &[], "")).await;
    assert_eq!((wrong.status, wrong.header(header::ALLOW)), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
    assert_eq!(wrong.json()["title"], "Method Not Allowed");
    let live = send(&app, request(Method::GET, "/health/live", &[], "")).await;
    assert_eq!((live.status, live.text.as_str()), (StatusCode::OK, "live\n"));
    let ready = send(&app, request(Method::GET, "/health/ready", &[], "")).await;
    assert_eq!((ready.status, &ready.json()["status"]), (StatusCode::OK, &json!("ready")));
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_can_read_them() {
    let app = app(Options::default());
    let headers = |encoding| [(header::CONTENT_TYPE, JSON), (header::ACCEPT_ENCODING, encoding)];
    let long = json!({ "query": "{ items(first: 300) { number } }" }).to_string();
    let compressed = app.clone();
    let request_ = request(Method::POST, "/graphql", &headers("gzip"), &long);
    let response = tower::ServiceExt::oneshot(compressed, request_).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    let plain = send(&app, request(Method::POST, "/graphql", &headers("identity"), &long)).await;
    assert!(plain.headers.get(header::CONTENT_ENCODING).is_none());
    let short = send(&app, request(Method::POST, "/graphql", &headers("gzip"), r#"{"query":"{hello}"}"#)).await;
    assert!(short.headers.get(header::CONTENT_ENCODING).is_none());
}

#[tokio::test]
async fn text_of_every_script_comes_back_as_it_went() {
    let app = app(Options::default());
    for name in
        ["Fatoumata 🥜👩🏾‍🌾", "مالي", "dɔrɔmɛ ɲɛ", "a\u{0}b", "line\u{2028}break", "\u{202e}gnp.exe", "\\ \" \u{7f}"]
    {
        let answer =
            post(&app, json!({ "query": "query($n: String!) { hello(name: $n) }", "variables": { "n": name } })).await;
        assert_eq!(answer.json()["data"]["hello"], format!("hello {name}"));
    }
    let long = "é".repeat(40_000);
    let answer =
        post(&app, json!({ "query": "query($n: String!) { hello(name: $n) }", "variables": { "n": long } })).await;
    assert_eq!(answer.json()["data"]["hello"].as_str().unwrap().chars().count(), 40_006);
}
