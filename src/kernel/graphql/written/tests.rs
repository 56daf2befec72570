use async_graphql::{EmptyMutation, EmptySubscription, Error, Interface, Object, Request, Response, Schema};
use proptest::prelude::*;

use super::*;
use crate::kernel::{graphql::Money, money};

/// The third thing has no price, nobody knows what the tenth thing costs, and the eleventh can't be loaded.
struct Thing(u32);

impl Thing {
    fn called(&self) -> String {
        format!("thing \"{}\" \u{e9}\n", self.0)
    }

    fn cost(&self) -> Result<Option<Money>, Error> {
        match self.0 {
            3 => Ok(None),
            10 => Err(Error::new("nobody knows")),
            number => Ok(Some(Money(money::Money::parse(&number.to_string(), "XOF").unwrap()))),
        }
    }
}

#[derive(Interface)]
#[graphql(field(name = "name", ty = "String"))]
enum Named {
    Thing(Thing),
}

#[Object(crate = "crate::kernel::graphql::fields")]
impl Thing {
    async fn id(&self) -> ID {
        ID::from(self.0)
    }
    async fn name(&self) -> String {
        self.called()
    }
    async fn price(&self) -> Result<Option<Money>, Error> {
        self.cost()
    }
    async fn slow(&self) -> u32 {
        tokio::task::yield_now().await;
        self.0
    }
    async fn loaded(&self, times: Option<u32>) -> Result<u32, Error> {
        tokio::task::yield_now().await;
        if self.0 == 11 { Err(Error::new("not to be loaded")) } else { Ok(self.0 * times.unwrap_or(1)) }
    }
    async fn parts(&self) -> Edges<Thing> {
        tokio::task::yield_now().await;
        Edges(vec![Thing(self.0 / 2), Thing(self.0 - self.0 / 2)])
    }
}

crate::written! {
    Thing: thing {
        "id" => ID::from(thing.0),
        "name" => thing.called(),
        "price" => thing.cost(),
    } resolved { "loaded", "parts" }
}

/// A thing in its place.
struct Placed(Thing);

#[Object(crate = "crate::kernel::graphql::fields")]
impl Placed {
    async fn node(&self) -> &Thing {
        &self.0
    }
    async fn at(&self) -> String {
        self.0.0.to_string()
    }
}

crate::written! {
    Placed: placed {
        "node" => &placed.0,
        "at" => placed.0.0.to_string(),
    } resolved within "node" => &placed.0
}

struct Query;

#[Object]
impl Query {
    async fn things(&self, from: u32) -> Edges<Thing> {
        Edges((from..from + 3).map(Thing).collect())
    }
    async fn placed(&self, from: u32) -> Edges<Placed> {
        Edges((from..from + 3).map(|number| Placed(Thing(number))).collect())
    }
    async fn named(&self) -> Named {
        Named::Thing(Thing(1))
    }
}

async fn ask(request: Request) -> Response {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish().execute(request).await
}

fn shown(response: &Response) -> String {
    let mut out = Vec::new();
    write(&response.data, &mut out);
    String::from_utf8(out).unwrap()
}

fn is_written(response: &Response) -> bool {
    let Value::Object(members) = &response.data else { return false };
    members.values().all(|member| matches!(member, Value::Binary(_)))
}

#[tokio::test]
async fn what_is_at_hand_is_written_at_once_and_only_that() {
    for (query, expected) in [
        ("{ things(from: 1) { id name again: name __typename price { currency amount } } }", true),
        ("{ things(from: 1) { ...F ... on Named { name } } } fragment F on Thing { id }", true),
        ("{ a: things(from: 1) { id } b: things(from: 2) { price { amount } } }", true),
        ("{ things(from: 1) { id loaded } }", true),
        ("{ things(from: 1) { loaded(times: 3) id ... { l: loaded } parts { id loaded parts { name } } } }", true),
        ("{ things(from: 1) { id slow loaded } }", false),
        ("{ things(from: 1) { id loaded loaded } }", false),
        ("{ things(from: 1) { id id } }", false),
        ("{ things(from: 1) { name @include(if: true) } }", true),
        ("{ things(from: 1) { price { formatted } } }", false),
        ("{ things(from: 8) { id price { amount } } }", false),
    ] {
        let response = ask(Request::new(query)).await;
        assert_eq!(is_written(&response), expected, "{query}");
        let tree = ask(Request::new(query).data(AsTree)).await;
        assert!(!is_written(&tree), "{query}");
        assert_eq!(shown(&response), shown(&tree), "{query}");
        assert_eq!(shown(&tree), serde_json::to_string(&tree.data).unwrap(), "{query}");
        assert_eq!(failures(&response), failures(&tree), "{query}");
    }
}

#[tokio::test]
async fn what_is_loaded_for_the_nodes_of_a_list_stands_in_what_is_written() {
    let query = "{ placed(from: 4) { at node { id loaded(times: 2) parts { id } } again: node { loaded name } } }";
    let response = ask(Request::new(query)).await;
    assert!(is_written(&response), "{response:?}");
    let first = concat!(
        r#"{"placed":[{"at":"4","node":{"id":"4","loaded":8,"parts":[{"id":"2"},{"id":"2"}]},"#,
        r#""again":{"loaded":4,"name":"thing \"4\" é\n"}},"#,
    );
    assert!(shown(&response).starts_with(first), "{}", shown(&response));
    assert_eq!(shown(&response), shown(&ask(Request::new(query).data(AsTree)).await));
}

#[tokio::test]
async fn what_cannot_be_loaded_fails_as_it_does_in_a_tree() {
    for failing in ["{ placed(from: 10) { node { loaded } } }", "{ things(from: 9) { id parts { loaded } loaded } }"] {
        let (written, tree) = (ask(Request::new(failing)).await, ask(Request::new(failing).data(AsTree)).await);
        assert!(failures(&written)[0].ends_with(": not to be loaded"), "{written:?}");
        assert_eq!((failures(&written), &written.data), (failures(&tree), &tree.data));
    }
}

/// What failed, and where.
fn failures(response: &Response) -> Vec<String> {
    let path = |path: &[async_graphql::PathSegment]| {
        let segment = |segment: &async_graphql::PathSegment| match segment {
            async_graphql::PathSegment::Field(name) => name.clone(),
            async_graphql::PathSegment::Index(index) => index.to_string(),
        };
        path.iter().map(segment).collect::<Vec<_>>().join(".")
    };
    let mut failures: Vec<String> =
        response.errors.iter().map(|error| format!("{}: {}", path(&error.path), error.message)).collect();
    failures.sort();
    failures
}

fn selections() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec![
        "id",
        "name",
        "a: name",
        "b: id",
        "__typename",
        "c: __typename",
        "price { amount }",
        "d: price { currency amount }",
        "e: price { __typename ... { f: amount } }",
        "loaded",
        "g: loaded(times: 2)",
        "parts { id loaded }",
        "slow",
    ]);
    let fields = prop::collection::vec(field, 1..5).prop_map(|fields| fields.join(" "));
    fields.prop_recursive(3, 12, 3, |inner| {
        let around = prop::sample::select(vec!["...", "... on Thing", "... on Named", "... @skip(if: false)"]);
        let within = (around, inner.clone()).prop_map(|(around, inner)| format!("{around} {{ {inner} }}"));
        prop::collection::vec(prop_oneof![within, inner], 1..3).prop_map(|parts| parts.join(" "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn what_is_written_is_what_the_tree_says(selected in selections(), from in 1_u32..12) {
        let query = format!("{{ things(from: {from}) {{ {selected} }} }}");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (written, tree) = runtime
            .block_on(async { (ask(Request::new(&query)).await, ask(Request::new(&query).data(AsTree)).await) });
        prop_assert_eq!(shown(&written), shown(&tree));
        // What else is tried after something has failed that takes everything with it is nobody's business.
        prop_assert_eq!(written.errors.is_empty(), tree.errors.is_empty());
    }
}
