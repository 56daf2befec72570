//! Texts that mean something to somebody further in: to SQL, to a pattern, to the search server, to a file, to the next machine.
//!
//! They are put into every argument of the schema that takes a text or an id, one after the other. An argument that is new is tried
//! without anybody thinking of it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use db_test::db_test;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    matrix::{
        tables::Aim,
        world::{Role, World},
    },
    rewind::Moment,
    surface::{Call, Place, Planted, Surface, named},
};
use crate::harness::app::TestApp;

/// What is put everywhere.
fn hostile() -> Vec<(&'static str, String)> {
    vec![
        ("a condition that is always true", "' OR 1=1 --".to_owned()),
        ("a second statement", "x'; DROP TABLE listing; --".to_owned()),
        ("a zero", "Kari\0t\u{e9}".to_owned()),
        ("signs of patterns", "%_\\!*?[a-z]".to_owned()),
        ("an expression of the search server", "\" OR standing = \"GOOD\" OR x = \"".to_owned()),
        ("signs that are not seen", "\u{202e}\u{200b}\u{feff}\u{10ffff}\u{e000}".to_owned()),
        ("half of what a request may hold", "x".repeat(60_000)),
        ("nothing", String::new()),
        ("white space", " \t\r\n ".to_owned()),
    ]
}

/// Which of several values are put at a place.
#[derive(Clone, Copy)]
enum Each<'a> {
    /// All of them.
    All(&'a [(&'static str, String)]),
    /// One, and another at the next place.
    OneAfterTheOther(&'a [(&'static str, String)]),
}

impl<'a> Each<'a> {
    fn at(self, place: usize) -> &'a [(&'static str, String)] {
        match self {
            Self::All(values) => values,
            Self::OneAfterTheOther(values) => std::slice::from_ref(&values[place % values.len()]),
        }
    }
}

/// Goes through every place of every field of a root that takes a text or an id.
async fn everywhere(
    world: &World,
    root: &str,
    values: Each<'_>,
    mut judge: impl AsyncFnMut(&str, &str, Value),
) -> usize {
    let surface = Surface::read();
    let mut tried = 0;
    for field in surface.fields(root) {
        let name = field.name.node.as_str();
        let call = format!("{root}.{name}");
        let result = named(&field.ty.node);
        let selection = match result {
            of if of.ends_with("Payload") => surface.payload(field),
            of if surface.is_composite(of) => surface.selection(of, 1),
            _ => String::new(),
        };
        let kind = if root == "Query" { "query" } else { "mutation" };
        for path in surface.places(field, &["String", "ID"]) {
            for (what, value) in values.at(tried) {
                let value = json!(value);
                let aim = Aim { at: Some("Listing"), missing: false, own: false };
                let make = |place: Place<'_>| aim.value(world, place);
                let planted = Planted { path: &path, value: &value };
                let Call { declared, passed, variables } = surface.call_planting(&call, field, &make, Some(planted));
                let query = format!("{kind}{declared} {{ {name}{passed} {selection} }}");
                let answer = world.app.graphql(world.token(Role::Owner), &query, Value::Object(variables)).await;
                judge(&format!("{name}({})", path.join(".")), what, answer).await;
                tried += 1;
            }
        }
    }
    tried
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

#[db_test]
async fn no_text_breaks_any_query(world: World) {
    let mut wrong = Vec::new();
    let tried = everywhere(&world, "Query", Each::All(&hostile()), async |at, what, answer| {
        if matches!(code(&answer), "INTERNAL" | "TIMEOUT" | "UNAVAILABLE") {
            wrong.push(format!("{at} breaks by {what}: {answer}"));
        }
    })
    .await;
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let listings = world.app.expect_data(None, "{ listings { totalCount } }", json!({})).await;
    assert_eq!(listings["listings"]["totalCount"], 1, "and the tables are there");
}

#[db_test]
async fn no_text_breaks_any_mutation(world: World) {
    let moment = Moment::of(&world.app).await;
    let mut wrong = Vec::new();
    // All of them at every place would take minutes; what a database cannot keep is tried at each.
    let (worst, others): (Vec<_>, Vec<_>) = hostile().into_iter().partition(|(what, _)| *what == "a zero");
    let mut judge = async |at: &str, what: &str, answer: Value| {
        if matches!(code(&answer), "INTERNAL" | "TIMEOUT" | "UNAVAILABLE") {
            wrong.push(format!("{at} breaks by {what}: {answer}"));
        }
        let payload = answer["data"].as_object().and_then(|data| data.values().next());
        if payload.is_some_and(|payload| payload["userErrors"] == json!([])) {
            moment.restore().await;
        }
    };
    let tried = everywhere(&world, "Mutation", Each::All(&worst), &mut judge).await
        + everywhere(&world, "Mutation", Each::OneAfterTheOther(&others), &mut judge).await;
    assert!(tried > 500, "{tried}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    moment.restore().await;
    assert_eq!(moment.changed().await, [""; 0]);
}

/// Texts that are no addresses to us, and would be to a careless fetcher: loopback in its spellings, what leads there by a name,
/// and what an instance tells its machine.
fn addresses(port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("loopback", format!("http://127.0.0.1:{port}/planted")),
        ("a name of loopback", format!("http://localhost:{port}/planted")),
        ("loopback as one number", format!("http://2130706433:{port}/planted")),
        ("loopback inside IPv6", format!("http://[::ffff:127.0.0.1]:{port}/planted")),
        ("loopback with somebody's name before it", format!("http://example.org@127.0.0.1:{port}/planted")),
        ("an address without a scheme", format!("//127.0.0.1:{port}/planted")),
        ("a file", "file:///etc/passwd".to_owned()),
        ("another protocol", format!("gopher://127.0.0.1:{port}/_planted")),
        ("an e-mail address", format!("planted@[127.0.0.1]:{port}")),
    ]
}

/// Somebody who listens and must not be called.
struct Trap {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, calls) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { port, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[db_test]
async fn the_service_calls_no_address_that_anybody_gives_it(world: World) {
    let trap = Trap::set().await;
    tokio::net::TcpStream::connect(("127.0.0.1", trap.port)).await.unwrap();
    while trap.calls() == 0 {
        tokio::task::yield_now().await;
    }

    // when: in documents of events, in every argument, and all that follows from it is done
    let addresses = addresses(trap.port);
    let moment = Moment::of(&world.app).await;
    let mut captured = 0;
    for (_, address) in &addresses {
        captured += usize::from(captures(&world, address).await);
    }
    assert!(captured > 0, "no document of events was taken");
    world.app.settle().await;
    let mut taken = 0;
    for root in ["Query", "Mutation"] {
        everywhere(&world, root, Each::OneAfterTheOther(&addresses), async |at, _, answer| {
            let payload = answer["data"].as_object().and_then(|data| data.values().next());
            taken += usize::from(payload.is_some_and(|payload| payload["userErrors"] == json!([])));
            if at.starts_with("signOut(") {
                world.app.settle().await;
                // Signed in again.
                moment.restore().await;
            }
        })
        .await;
    }
    world.app.settle().await;
    assert!(taken > 10, "only {taken} of them were taken, so nothing could have followed");

    // then
    assert_eq!(trap.calls(), 1, "beside the one call that shows that the trap works");
}

/// Hands in events that name an address wherever the standard has one. Gives whether they were taken.
async fn captures(world: &World, address: &str) -> bool {
    let event = json!({
        "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-12-01T08:00:00Z", "eventTimeZoneOffset": "+00:00",
        "bizStep": "inspecting", "readPoint": { "id": address }, "bizLocation": { "id": address },
        "epcList": ["urn:epc:id:sgtin:4012345.012345.1"], "bizTransactionList": [{ "type": "po", "bizTransaction": address }],
        "planted:link": address, "certificationInfo": address,
    });
    let document = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "planted": "https://ns.example/" }, address],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-12-01T08:00:00Z",
        "epcisBody": { "eventList": [event] },
    });
    let request = axum::http::Request::post("/epcis/capture")
        .header("content-type", "application/ld+json")
        .header("authorization", format!("Bearer {}", world.token(Role::Owner).unwrap()));
    let answer = world.app.send(request.body(document.to_string().into()).unwrap()).await;
    assert!(answer.status().as_u16() < 500, "{}", answer.status());
    answer.status().is_success()
}

/// The names that a search finds, in their order.
async fn found(app: &TestApp, token: &str, query: &str, text: &str, variables: Value) -> Vec<String> {
    let mut variables = variables;
    variables["text"] = json!(text);
    let data = app.expect_data(Some(token), query, variables).await;
    let (_, found) = data.as_object().unwrap().iter().next().unwrap();
    let name = |edge: &Value| {
        let node = &edge["node"];
        node["name"].as_str().or(node["title"].as_str()).unwrap().to_owned()
    };
    let mut names: Vec<String> = found["edges"].as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[db_test]
async fn a_sign_of_patterns_finds_what_contains_it_and_nothing_else(app: TestApp) {
    // given: everything once for each sign, and once without
    let token = app.sign_up("awa@exemple.ml").await;
    let mut house = String::new();
    for name in ["Benkadi 100% pur", "Benkadi_nord", "Benkadi\\sud", "Benkadi! est", "Benkadi ouest"] {
        house = app.register(&token, "COOPERATIVE", name).await;
    }
    for name in ["Awa 100% Diarra", "Awa_Diarra", "Awa\\Diarra", "Awa! Diarra", "Awa Diarra"] {
        let mutation = "mutation($input: AddProducerInput!) { addProducer(input: $input) { producer { id }
            userErrors { code message path } } }";
        let input = json!({ "organizationId": house, "name": name, "gender": "FEMALE" });
        app.expect_payload(Some(&token), mutation, input).await;
    }
    for title in ["Beurre 100% pur", "Beurre_nord", "Beurre\\sud", "Beurre! est", "Beurre ouest"] {
        crate::procurement::request(&app, &token, &house, json!({ "title": title })).await;
    }
    let organizations =
        "query($text: String) { organizations(filter: { text: $text }, first: 50) { edges { node { name } } } }";
    let producers = "query($text: String, $of: ID!) { producers(organizationId: $of, text: $text, first: 50) {
        edges { node { name } } } }";
    let requests =
        "query($text: String) { procurementRequests(filter: { text: $text }, first: 50) { edges { node { title } } } }";
    for (what, query, all) in [
        (
            "organizations",
            organizations,
            ["Benkadi 100% pur", "Benkadi_nord", "Benkadi\\sud", "Benkadi! est", "Benkadi ouest"],
        ),
        ("producers", producers, ["Awa 100% Diarra", "Awa_Diarra", "Awa\\Diarra", "Awa! Diarra", "Awa Diarra"]),
        ("requests", requests, ["Beurre 100% pur", "Beurre_nord", "Beurre\\sud", "Beurre! est", "Beurre ouest"]),
    ] {
        let of = json!({ "of": house });
        let stem = &all[4][..3];
        assert_eq!(found(&app, &token, query, stem, of.clone()).await.len(), 5, "{what}");
        for (sign, place) in [("%", 0), ("_", 1), ("\\", 2), ("!", 3)] {
            let found = found(&app, &token, query, sign, of.clone()).await;
            assert_eq!(found, [all[place]], "{what} by {sign}");
        }
        // Joined with what stands before it, it is no wildcard either.
        for text in ["B_nkadi", "B%i", "A_a", "A%a", "Be_rre", "B%e", "' OR 1=1 --", "%%", "__"] {
            assert_eq!(found(&app, &token, query, text, of.clone()).await, [""; 0], "{what} by {text}");
        }
    }
    for (query, name) in [
        ("query($text: String) { places(text: $text) { totalCount } }", "places"),
        ("query($text: String) { products(text: $text) { totalCount } }", "products"),
    ] {
        // A slip of one letter is forgiven, so that `S%gou` is Ségou; what has no letters is nothing.
        for text in ["%", "_", "%%%%%", "\\", "' OR 1=1 --"] {
            let found = app.expect_data(None, query, json!({ "text": text })).await;
            assert_eq!(found[name]["totalCount"], 0, "{name} by {text}");
        }
    }
}
