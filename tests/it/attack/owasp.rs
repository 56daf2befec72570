//! What the [OWASP cheat sheet on GraphQL](https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html) lists, held
//! against the real program and its own schema, set up as for production. Each guard's own cases are in `tests/it/api/`; here it
//! is that nothing of the marketplace goes around them, and that the server answers the next one.

use db_test::db_test;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    harness::{TestDatabase, app::PASSWORD},
    operations::process::{Serving, bfw},
};

const RESPONSE_JSON: &str = "application/graphql-response+json";

/// The program as it is served to the public.
struct Target {
    serving: Serving,
    client: reqwest::Client,
}

impl Target {
    fn of(database: &TestDatabase) -> Self {
        let mut command = bfw(database, &["serve"]);
        command.env("BFW_INTROSPECTION", "false").env("BFW_SUGGESTIONS", "false");
        command.env("BFW_CORS_ORIGINS", "https://marche.example.ml");
        Self { serving: Serving::start(command), client: reqwest::Client::new() }
    }

    /// Sends a body as it is, and gives the status, the code of the first error and the whole answer.
    async fn send(&self, body: String) -> (u16, String, String) {
        let request = self.client.post(format!("{}/graphql", self.serving.url));
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, RESPONSE_JSON);
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (status, answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none").to_owned(), text)
    }

    async fn ask(&self, query: &str, variables: Value) -> (u16, String, String) {
        self.send(json!({ "query": query, "variables": variables }).to_string()).await
    }

    /// That it answers what is asked of it every day.
    async fn is_alive(&self, after: &str) {
        let (status, code, text) = self.ask("{ organizations(first: 1) { totalCount } }", json!({})).await;
        assert_eq!((status, code.as_str()), (200, "none"), "after {after}: {text}");
    }

    async fn signed_up(&self) -> String {
        let mutation = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }";
        let input = json!({ "email": "awa@exemple.ml", "password": PASSWORD, "name": "Awa Traoré" });
        let answer = self.serving.graphql(None, mutation, json!({ "input": input })).await.unwrap();
        answer["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned()
    }
}

fn repeated(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect()
}

#[db_test]
async fn what_grows_in_the_marketplaces_own_schema_is_refused_before_it_costs_anything(database: TestDatabase) {
    let target = Target::of(&database);
    let around = |depth: usize| {
        let way = "organization { listings(first: 1) { edges { node { ".repeat(depth);
        format!("{{ listings(first: 1) {{ edges {{ node {{ {way} id {} }} }} }} }}", "} } } }".repeat(depth))
    };
    let members = "organization { members(first: 100) { edges { node { user { name } } } } }";
    let pages = format!("{{ listings(first: 100) {{ edges {{ node {{ a: {members} b: {members} }} }} }} }}");
    let spread = "fragment F on Listing { organization { listings(first: 50) { edges { node { ...G } } } } } \
                  fragment G on Listing { organization { listings(first: 50) { edges { node { id } } } } }";
    for (name, query) in [
        (
            "the same field ten thousand times",
            format!("{{ {} }}", repeated(10_000, |n| format!("a{n}:viewer{{user{{id}}}} "))),
        ),
        (
            "the same field a thousand times",
            format!("{{ {} }}", repeated(1_000, |n| format!("a{n}:viewer{{user{{id}}}}"))),
        ),
        (
            "a hundred guesses in one request",
            format!(
                "mutation {{ {} }}",
                repeated(101, |n| format!(
                    "a{n}: signIn(input: {{identifier: \"76123456\", password: \"{n}\"}}) {{ userErrors {{ code }} }} "
                ))
            ),
        ),
        ("round and round by organizations and listings", around(12)),
        ("pages of pages", pages),
        (
            "pages of pages in fragments",
            format!("{{ listings(first: 100) {{ edges {{ node {{ ...F }} }} }} }} {spread}"),
        ),
        ("ten thousand type names", format!("{{ {} }}", "__typename ".repeat(10_000))),
        (
            "three thousand type names with names of their own",
            format!("{{ {} }}", repeated(3_000, |n| format!("t{n}: __typename "))),
        ),
        (
            "type names in every item",
            format!(
                "{{ listings(first: 100) {{ edges {{ node {{ {} }} }} }} }}",
                repeated(120, |n| format!("t{n}: __typename "))
            ),
        ),
        (
            "a hundred nodes, each with everything",
            format!(
                "{{ nodes(ids: [{}]) {{ ... on Listing {{ {members} }} }} }}",
                "\"listing_01h455vb4pex5vsknk084sn02q\" ".repeat(100)
            ),
        ),
        ("overloaded directives", format!("{{ viewer {} {{ user {{ id }} }} }}", "@include(if: true) ".repeat(200))),
        ("unknown directives", format!("{{ viewer {} {{ user {{ id }} }} }}", repeated(200, |n| format!("@d{n} ")))),
        (
            "declared and never used",
            format!("query({}) {{ viewer {{ user {{ id }} }} }}", repeated(1_000, |n| format!("$v{n}: ID "))),
        ),
    ] {
        let (status, code, text) = target.ask(&query, json!({})).await;
        assert!(matches!(status, 400 | 413), "{name}: {status} {text}");
        let refusals = ["QUERY_LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "PAYLOAD_TOO_LARGE"];
        assert!(refusals.contains(&code.as_str()), "{name}: {text}");
        assert!(text.len() < 20_000, "{name}: the answer grew with the text: {}", text.len());
        target.is_alive(name).await;
    }
}

#[db_test]
async fn variables_that_lie_about_themselves_are_refused_in_words(database: TestDatabase) {
    let target = Target::of(&database);
    let find = "query($n: Int, $q: String) { searchListings(first: $n, query: $q) { totalCount } }";
    let near = "query($lat: Float!) { searchListings(filter: { near: { latitude: $lat, longitude: 0, radiusKilometres: 1 } }) { totalCount } }";
    let fair = "query($a: Decimal!) { priceFairness(productCode: \"shea-butter\", placeCode: \"segou\", unit: \"KGM\", \
                price: { amount: $a }) { __typename } }";
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let body = |query: &str, variables: &str| format!("{{\"query\":{},\"variables\":{variables}}}", json!(query));
    let objects = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
    let ids = json!(vec!["listing_01h455vb4pex5vsknk084sn02q"; 3_000]).to_string();
    let sign_in = "mutation($i: SignInInput!) { signIn(input: $i) { userErrors { code } } }";
    let plot = "mutation($g: JSON!) { addPlot(input: { producerId: \"x\", name: \"x\", geometry: $g }) { userErrors { code } } }";
    for (name, sent) in [
        ("declared twice", body("query($a: Int, $a: String) { viewer { user { id } } }", "{\"a\":1}")),
        ("a number beyond every type", body(find, "{\"n\":99999999999999999999999999}")),
        ("a number beyond an Int", body(find, "{\"n\":2147483648}")),
        ("a negative page", body(find, "{\"n\":-2147483648}")),
        ("an infinite number", body(find, "{\"n\":1e999}")),
        ("a fraction", body(find, "{\"n\":1.5}")),
        ("a latitude out of this world", body(near, "{\"lat\":1e308}")),
        ("an amount of fifty thousand digits", body(fair, &format!("{{\"a\":\"{}\"}}", "9".repeat(50_000)))),
        ("an amount in exponents", body(fair, "{\"a\":\"1e999999999\"}")),
        ("a hundred kilobytes to look for", body(find, &format!("{{\"q\":\"{}\"}}", "karité ".repeat(12_000)))),
        ("a hundred kilobytes of one word", body(find, &format!("{{\"q\":\"{}\"}}", "x".repeat(100_000)))),
        ("three thousand ids", body(nodes, &format!("{{\"ids\":{ids}}}"))),
        ("lists in lists", body(nodes, &format!("{{\"ids\":{}}}", deep(100)))),
        ("lists in lists beyond what can be read", body(nodes, &format!("{{\"ids\":{}}}", deep(50_000)))),
        ("objects in objects", body(sign_in, &format!("{{\"i\":{objects}}}"))),
        ("objects in what may be anything", body(plot, &format!("{{\"g\":{objects}}}"))),
        ("lists in what may be anything", body(plot, &format!("{{\"g\":{}}}", deep(100)))),
        ("half a sign", body(find, r#"{"q":"\ud800"}"#)),
        ("a batch", format!("[{}]", vec![body(find, "{}"); 50].join(","))),
        ("a batch of batches", format!("[[{}]]", body(find, "{}"))),
        ("a member twice", r#"{"query":"{viewer{user{id}}}","query":"{viewer{user{name}}}"}"#.to_owned()),
    ] {
        let (status, code, text) = target.send(sent).await;
        assert!((200..500).contains(&status), "{name}: {status} {text}");
        assert!(!matches!(code.as_str(), "INTERNAL" | "TIMEOUT" | "UNAVAILABLE"), "{name}: {text}");
        let refused = code != "none" || text.contains("userErrors\":[{");
        assert!(refused, "{name} was taken: {text}");
        assert!(text.len() < 20_000, "{name}: the answer grew with the text: {}", text.len());
        target.is_alive(name).await;
    }
}

#[db_test]
async fn no_foreign_page_acts_for_who_visits_it(database: TestDatabase) {
    let target = Target::of(&database);
    let token = target.signed_up().await;
    let url = format!("{}/graphql", target.serving.url);
    let mutation = "mutation { saveSearch(input: { name: \"Karité\", query: \"karite\" }) { userErrors { code } } }";
    let body = json!({ "query": mutation }).to_string();
    let form = format!("query={}", url::form_urlencoded::byte_serialize(mutation.as_bytes()).collect::<String>());

    // What a page can send without asking: no preflight stands before any of these.
    for content_type in [
        Some("application/x-www-form-urlencoded"),
        Some("text/plain"),
        Some("text/plain; application/json"),
        Some("multipart/form-data; boundary=x"),
        None,
    ] {
        for sent in [&body, &form] {
            let mut request = target.client.post(&url).bearer_auth(&token).body(sent.clone());
            if let Some(content_type) = content_type {
                request = request.header(header::CONTENT_TYPE, content_type);
            }
            let answer = request.header(header::ORIGIN, "https://ailleurs.example").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type:?}");
            assert!(answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none(), "{content_type:?}");
        }
    }
    for method in [Method::GET, Method::HEAD] {
        let request = target.client.request(method.clone(), format!("{url}?{form}")).bearer_auth(&token);
        let answer = request.header(header::ACCEPT, RESPONSE_JSON).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = target.client.request(method.clone(), &url).bearer_auth(&token).body(body.clone());
        let answer = request.header(header::CONTENT_TYPE, "application/json").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    // What needs asking is not allowed to a page from elsewhere.
    for origin in
        ["https://ailleurs.example", "null", "https://marche.example.ml.ailleurs.example", "http://marche.example.ml"]
    {
        let preflight = target.client.request(Method::OPTIONS, &url).header(header::ORIGIN, origin);
        let preflight = preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
        let preflight = preflight.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization, content-type");
        let answer = preflight.send().await.unwrap();
        assert!(answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none(), "{origin}");
        assert!(answer.headers().get(header::ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none(), "{origin}");
    }
    // A cookie that a browser would send by itself is nobody's right.
    let cookie = target.client.post(&url).header(header::COOKIE, format!("bfw_session={token}; token={token}"));
    let cookie = cookie.header(header::CONTENT_TYPE, "application/json").body(body.clone());
    let answer: Value = cookie.send().await.unwrap().json().await.unwrap();
    let codes = answer["data"]["saveSearch"]["userErrors"].to_string();
    assert!(codes.contains("UNAUTHENTICATED"), "{answer}");

    let kept = "{ savedSearches { totalCount } }";
    let kept = target.serving.graphql(Some(&token), kept, json!({})).await.unwrap();
    assert_eq!(kept["data"]["savedSearches"]["totalCount"], 0, "one of them was done");
    target.is_alive("requests of foreign pages").await;
}

#[db_test]
async fn a_production_server_tells_nobody_what_there_is_beside_what_was_asked(database: TestDatabase) {
    let target = Target::of(&database);
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"User\") { fields { name } } }",
        "{ __typename ...F } fragment F on Query { s: __schema { queryType { name } } }",
        "query($s: Boolean = true) { __schema @include(if: $s) { queryType { name } } }",
    ] {
        let (status, code, text) = target.ask(query, json!({})).await;
        assert_eq!((status, code.as_str()), (400, "GRAPHQL_VALIDATION_FAILED"), "{query}: {text}");
        assert!(!text.contains("fields") && !text.contains("Mutation"), "{query}: {text}");
    }
    // Each is one letter off, and the answer must not say which.
    for (query, variables, meant) in [
        ("{ viewr { user { id } } }", json!({}), "viewer"),
        ("{ viewer { usr { id } } }", json!({}), "user"),
        ("{ viewer { user { phon } } }", json!({}), "phone"),
        ("{ listings(frst: 1) { totalCount } }", json!({}), "first"),
        ("{ listings(filter: { statu: DRAFT }) { totalCount } }", json!({}), "status"),
        ("{ listings(filter: { status: DRAF }) { totalCount } }", json!({}), "DRAFT"),
        (
            "query($s: ListingStatus) { listings(filter: { status: $s }) { totalCount } }",
            json!({ "s": "DRAF" }),
            "DRAFT",
        ),
        (
            "query($f: ListingFilter) { listings(filter: $f) { totalCount } }",
            json!({ "f": { "statu": "DRAFT" } }),
            "status",
        ),
        ("query($s: ListingStat) { listings(filter: { status: $s }) { totalCount } }", json!({}), "ListingStatus"),
        ("{ node(id: \"x\") { ... on Listng { id } } }", json!({}), "Listing"),
        ("{ viewer { user { id @skp(if: true) } } }", json!({}), "skip"),
        ("mutation { signn(input: {}) { userErrors { code } } }", json!({}), "signIn"),
        (
            "mutation { signIn(input: { identifier: \"a\", password: \"b\", idempotencyKe: \"c\" }) { userErrors { code } } }",
            json!({}),
            "idempotencyKey",
        ),
    ] {
        let (status, _, text) = target.ask(query, variables).await;
        assert_eq!(status, 400, "{query}: {text}");
        let known = text.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == meant);
        assert!(!known, "{query} is told of {meant}: {text}");
    }
    target.is_alive("questions about the schema").await;
}
