//! Resolving the fields of an object at less cost than the library does it.
//!
//! The library makes a future for each field on the heap, keeps them all until the last is done, and joins them. Of most objects
//! every field is at hand: here each is tried once, in the one place on the heap that all of them share, and only those that wait
//! for something keep a place of their own and are joined. What comes out is the same, to the order of the members.
//!
//! Object types name this module as their library: `#[Object(crate = "crate::kernel::graphql::fields")]`. Types of which an answer
//! holds many do; it makes no difference to the others. Nothing that listens to single fields (an extension of the library with a
//! `resolve` of its own, a directive) hears of fields that are resolved here, and the schema has none.

pub use async_graphql::*;

/// What the library's macros call.
pub mod resolver_utils {
    pub use async_graphql::resolver_utils::*;

    // By name, so that it stands before the library's.
    pub use super::resolve_container;
}

use std::{collections::HashMap, future::poll_fn, pin::Pin, task::Poll};

use async_graphql::{
    indexmap::{IndexMap, IndexSet, map::Entry},
    parser::types::{Field, Selection, SelectionSet},
};
use futures_util::{
    TryFutureExt as _,
    future::{BoxFuture, try_join_all},
};

/// Resolves what is selected of an object.
///
/// # Errors
/// The first failure of a field that must not be null.
pub fn resolve_container<'a, T: ContainerType + ?Sized>(
    ctx: &'a ContextSelectionSet<'a>,
    object: &'a T,
) -> BoxFuture<'a, ServerResult<Value>> {
    // Boxed, since objects hold objects of their own type.
    Box::pin(resolve(ctx, object))
}

async fn resolve<T: ContainerType + ?Sized>(ctx: &ContextSelectionSet<'_>, object: &T) -> ServerResult<Value> {
    let selected = &ctx.item.node;
    let mut fields = Vec::with_capacity(selected.items.len());
    gather(ctx, selected, object, &mut fields)?;

    let resolve = |field| async move {
        let field = ctx.with_field(field);
        object.resolve_field(&field).await.map(Option::unwrap_or_default)
    };
    let mut members = IndexMap::with_capacity(fields.len());
    let (mut waiting, mut repeated) = (Vec::new(), Vec::new());
    let mut free = None;
    for field in fields {
        let member = match members.entry(field.node.response_key().node.clone()) {
            Entry::Vacant(member) => member,
            Entry::Occupied(_) => {
                repeated.push(field);
                continue;
            }
        };
        if field.node.name.node == "__typename" {
            member.insert(Value::String(object.introspection_type_name().into_owned()));
            continue;
        }
        let mut resolving = placed(&mut free, resolve(field));
        match futures_util::poll!(resolving.as_mut()) {
            Poll::Ready(value) => {
                member.insert(value?);
                free = Some(resolving);
            }
            Poll::Pending => {
                let index = member.index();
                member.insert(Value::Null);
                waiting.push(resolving.map_ok(move |value| (index, value)));
            }
        }
    }
    if !waiting.is_empty() {
        // Each was tried just now, and wakes us. Another try before the siblings of this object had their first would begin to load
        // before all of them have asked ([`Batcher`](super::Batcher)).
        let mut tried = false;
        poll_fn(|_| if std::mem::replace(&mut tried, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
    for (index, value) in try_join_all(waiting).await? {
        members[index] = value;
    }
    // What is selected twice is one member, which has what was selected of it at either place.
    for field in repeated {
        let value = resolve(field).await?;
        if let Some(member) = members.get_mut(&field.node.response_key().node) {
            merge(member, value);
        }
    }
    Ok(Value::Object(members))
}

/// Puts a future into the place of one that is done.
fn placed<F>(free: &mut Option<Pin<Box<F>>>, future: F) -> Pin<Box<F>> {
    match free.take() {
        Some(mut place) => {
            place.set(future);
            place
        }
        None => Box::pin(future),
    }
}

/// The fields of a selection, those of its fragments among them where the fragment is about this object.
fn gather<'s, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'s>,
    selected: &'s SelectionSet,
    object: &T,
    fields: &mut Vec<&'s Positioned<Field>>,
) -> ServerResult<()> {
    for selection in &selected.items {
        let (condition, selected) = match &selection.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = ctx
                    .query_env
                    .fragments
                    .get(name)
                    .ok_or_else(|| ServerError::new(format!("Unknown fragment \"{name}\"."), Some(spread.pos)))?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
        };
        if condition.is_none_or(|condition| is(ctx, object, &condition.node.on.node)) {
            gather(ctx, &selected.node, object, fields)?;
        }
    }
    Ok(())
}

/// Whether an object is of a type: its own, or an interface or union that it belongs to.
fn is<T: ContainerType + ?Sized>(ctx: &ContextSelectionSet<'_>, object: &T, name: &str) -> bool {
    T::type_name() == name || is_a(&ctx.schema_env.registry.implements, &object.introspection_type_name(), name)
}

/// Whether a type of objects is the named one, or belongs to that interface or union.
pub(super) fn is_a(implements: &HashMap<String, IndexSet<String>>, own: &str, name: &str) -> bool {
    own == name || implements.get(own).is_some_and(|interfaces| interfaces.contains(name))
}

/// Adds to a value what was selected of the same thing elsewhere.
fn merge(value: &mut Value, more: Value) {
    match (value, more) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, more) in more {
                match members.entry(name) {
                    Entry::Vacant(member) => {
                        member.insert(more);
                    }
                    Entry::Occupied(mut member) => merge(member.get_mut(), more),
                }
            }
        }
        (Value::List(items), Value::List(more)) => {
            items.iter_mut().zip(more).for_each(|(item, more)| merge(item, more));
        }
        // A scalar is the same at either place.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// The same schema, resolved as here and as by the library.
    macro_rules! schema {
        ($name:ident, $library:literal) => {
            mod $name {
                use async_graphql::{EmptyMutation, EmptySubscription, Interface, Object, Schema};

                pub(super) struct Thing(pub u32);

                #[derive(Interface)]
                #[graphql(field(name = "number", ty = "u32"))]
                pub(super) enum Numbered {
                    Thing(Thing),
                }

                #[Object(crate = $library)]
                impl Thing {
                    async fn number(&self) -> u32 {
                        self.0
                    }
                    fn name(&self) -> String {
                        format!("thing {}", self.0)
                    }
                    async fn slow(&self) -> u32 {
                        tokio::task::yield_now().await;
                        self.0 * 2
                    }
                    async fn after(&self, by: Option<u32>) -> Option<Thing> {
                        tokio::task::yield_now().await;
                        (self.0 < 20).then(|| Thing(self.0 + by.unwrap_or(1)))
                    }
                    fn before(&self) -> Option<Thing> {
                        Some(Thing(self.0.checked_sub(1)?))
                    }
                    fn halves(&self) -> Vec<Thing> {
                        vec![Thing(self.0 / 2), Thing(self.0 - self.0 / 2)]
                    }
                    fn odd(&self) -> Option<Result<u32, async_graphql::Error>> {
                        Some(if self.0 % 2 == 1 { Ok(self.0) } else { Err("even".into()) })
                    }
                    async fn even(&self) -> Result<u32, async_graphql::Error> {
                        tokio::task::yield_now().await;
                        if self.0.is_multiple_of(2) { Ok(self.0) } else { Err("odd".into()) }
                    }
                }

                pub(super) struct Query;

                #[Object(crate = $library)]
                impl Query {
                    fn thing(&self, number: u32) -> Option<Thing> {
                        Some(Thing(number))
                    }
                    fn numbered(&self) -> Numbered {
                        Numbered::Thing(Thing(4))
                    }
                }

                pub(super) async fn ask(query: &str) -> async_graphql::Response {
                    Schema::new(Query, EmptyMutation, EmptySubscription).execute(query).await
                }
            }
        };
    }

    schema!(here, "crate::kernel::graphql::fields");
    schema!(library, "async_graphql");

    /// The answer as text, in which members have an order, and what failed, in any order.
    fn shown(response: async_graphql::Response) -> (String, Vec<String>) {
        let mut failed: Vec<String> =
            response.errors.iter().map(|error| format!("{:?} {}", error.path, error.message)).collect();
        failed.sort();
        (serde_json::to_string(&response.data).unwrap(), failed)
    }

    #[tokio::test]
    async fn members_come_in_the_order_of_the_query_whatever_waits() {
        let response = here::ask(
            "{ thing(number: 3) { slow name again: slow ... on Numbered { number } after { slow ...F } halves { name } } }
             fragment F on Thing { name __typename }",
        )
        .await;
        assert_eq!(response.errors, []);
        let expected = concat!(
            r#"{"thing":{"slow":6,"name":"thing 3","again":6,"number":3,"#,
            r#""after":{"slow":8,"name":"thing 4","__typename":"Thing"},"#,
            r#""halves":[{"name":"thing 1"},{"name":"thing 2"}]}}"#,
        );
        assert_eq!(serde_json::to_string(&response.data).unwrap(), expected);
    }

    #[tokio::test]
    async fn a_member_that_must_not_fail_takes_its_object_with_it() {
        let (answer, failed) =
            shown(here::ask("{ thing(number: 3) { name after { even } before { even after { even } odd } } }").await);
        assert_eq!(
            answer,
            r#"{"thing":{"name":"thing 3","after":{"even":4},"before":{"even":2,"after":null,"odd":null}}}"#
        );
        assert_eq!(failed.len(), 2, "{failed:?}");
    }

    fn selections() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "number",
            "name",
            "slow",
            "odd",
            "even",
            "a: name",
            "b: slow",
            "c: odd",
            "__typename",
            "d: __typename",
        ]);
        let leaves = prop::collection::vec(leaf, 1..5).prop_map(|fields| fields.join(" "));
        leaves.prop_recursive(3, 24, 4, |inner| {
            let within = |around: &'static [&'static str]| {
                (prop::sample::select(around), inner.clone())
                    .prop_map(|(around, inner)| format!("{around} {{ {inner} }}"))
            };
            let around = &["after", "before", "halves", "e: after(by: 2)", "...", "... on Thing", "f: halves"];
            prop::collection::vec(prop_oneof![within(around), inner.clone()], 1..4).prop_map(|parts| parts.join(" "))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn what_comes_out_is_what_the_library_makes_of_it(selected in selections(), number in 0_u32..5) {
            let query = format!(
                "{{ thing(number: {number}) {{ {selected} }} numbered {{ number ... on Thing {{ {selected} }} }} }}"
            );
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (ours, theirs) = runtime.block_on(async { (here::ask(&query).await, library::ask(&query).await) });
            let ((ours, our_failures), (theirs, their_failures)) = (shown(ours), shown(theirs));
            prop_assert_eq!(ours, theirs);
            // What else is tried after something has failed that takes everything with it is nobody's business.
            prop_assert_eq!(our_failures.is_empty(), their_failures.is_empty());
        }
    }
}
