//! Lists whose items are written as JSON where they stand.
//!
//! The library makes a tree of values of all that is selected, and then writes the tree. Of a page of twenty things whose fields
//! are at hand that is most of what the page costs. Here what is selected of such a thing is looked up once ([`Written::plan`]), and
//! each of the twenty is written by that plan, past the tree. Fields of it that have to be loaded, as the page of listings that each of
//! twenty organizations has, are resolved by the library before that, those of all twenty together, and stand in what is written.
//! Where there is no plan, because of a field that is neither, the list is resolved as ever.
//!
//! What was written stands in the tree as a [`Value::Binary`], which no scalar of ours is; [`write()`] puts it into the answer. Such a
//! part can't be put together with another: of a document that selects anything twice a tree is made ([`AsTree`]).

mod list;

use std::{
    cell::Cell,
    future::{Future, ready},
};

use async_graphql::{
    ContextSelectionSet, ID, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexSet,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
    resolver_utils::{ContainerType, EnumType},
};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use serde::Serialize;

pub use self::list::{AsTree, Edges, Plans};
use super::{Cursor, Date, Decimal, fields::is_a};

/// What can be written as JSON at once. Implemented by [`written!`](crate::written) for objects.
pub trait Written {
    /// What was found out about a selection, for all who are written by it.
    type Plan: Send + Sync + 'static;

    /// How to write what is selected; none where that takes more than what is at hand.
    fn plan(selected: Selected<'_>) -> Option<Self::Plan>;

    /// Has the library resolve what is not at hand of what is selected, in its order.
    ///
    /// # Errors
    /// The first failure of a field that must not be null.
    fn resolve(&self, _: &ContextSelectionSet<'_>) -> impl Future<Output = ServerResult<Vec<Value>>> + Send {
        ready(Ok(Vec::new()))
    }

    /// Writes it; none, with half of it written, where something turns out not to be at hand.
    fn write(&self, plan: &Self::Plan, out: &mut Out) -> Option<()>;
}

/// An answer that is being written.
pub struct Out {
    json: Vec<u8>,
    /// What the library resolved, in the order in which it is wanted.
    resolved: std::vec::IntoIter<Value>,
}

/// A field that is selected, with what is selected of it.
#[derive(Clone, Copy)]
pub struct Selected<'a> {
    name: &'a str,
    set: &'a SelectionSet,
    known: Known<'a>,
    /// Counts the fields that are to be resolved by the library, where such may be.
    resolved: Option<&'a Cell<usize>>,
}

/// What is known of a request and its schema.
#[derive(Clone, Copy)]
struct Known<'a> {
    fragments: &'a std::collections::HashMap<async_graphql::Name, Positioned<FragmentDefinition>>,
    implements: &'a std::collections::HashMap<String, IndexSet<String>>,
}

impl<'a> Known<'a> {
    fn by(ctx: &ContextSelectionSet<'a>) -> Self {
        Self { fragments: &ctx.query_env.fragments, implements: &ctx.schema_env.registry.implements }
    }

    /// Fills `fields` with those of a selection; none where one of them is selected twice, or on a condition.
    fn gather(self, set: &'a SelectionSet, ty: &str, fields: &mut Vec<&'a Positioned<Field>>) -> Option<()> {
        for selection in &set.items {
            let (directives, condition, set) = match &selection.node {
                Selection::Field(field) => {
                    let is_new = fields.iter().all(|other| other.node.response_key() != field.node.response_key());
                    (field.node.directives.is_empty() && is_new).then(|| fields.push(field))?;
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    (&fragment.directives, fragment.type_condition.as_ref(), &fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.fragments.get(&spread.node.fragment_name.node)?.node;
                    (&spread.node.directives, Some(&fragment.type_condition), &fragment.selection_set)
                }
            };
            directives.is_empty().then_some(())?;
            if condition.is_none_or(|condition| is_a(self.implements, ty, &condition.node.on.node)) {
                self.gather(&set.node, ty, fields)?;
            }
        }
        Some(())
    }
}

impl<'a> Selected<'a> {
    /// Its name in the schema.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }
}

/// Writes one member of an object.
pub type Member<T> = Box<dyn Fn(&T, &mut Out) -> Option<()> + Send + Sync>;

/// How to write an object: its members, each with what stands before its value.
pub struct Members<T>(Vec<(Vec<u8>, Member<T>)>);

/// Which fields of an object are not at hand and may be resolved by the library in a list of such objects.
#[derive(Clone, Copy)]
pub enum Resolved {
    /// These.
    Fields(&'static [&'static str]),
    /// Such fields of what this field gives.
    Within(&'static str),
}

impl<T: 'static> Members<T> {
    /// How to write what is selected of a type, of whose fields `member` knows some.
    pub fn plan(
        selected: Selected<'_>,
        ty: &'static str,
        resolved: Resolved,
        member: impl Fn(Selected<'_>) -> Option<Member<T>>,
    ) -> Option<Self> {
        let mut fields = Vec::new();
        selected.known.gather(selected.set, ty, &mut fields)?;
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            let field = &field.node;
            let mut before = vec![if members.is_empty() { b'{' } else { b',' }];
            text(&field.response_key().node, &mut before);
            before.push(b':');
            let name = field.name.node.as_str();
            let written: Member<T> = match (name, resolved) {
                ("__typename", _) => Box::new(move |_, out| {
                    text(ty, &mut out.json);
                    Some(())
                }),
                (name, Resolved::Fields(names)) if names.contains(&name) => {
                    let count = selected.resolved?;
                    count.set(count.get() + 1);
                    Box::new(|_, out| {
                        write(&out.resolved.next()?, &mut out.json);
                        Some(())
                    })
                }
                (name, resolved) => {
                    field.arguments.is_empty().then_some(())?;
                    let within = matches!(resolved, Resolved::Within(other) if other == name);
                    let counted = selected.resolved.filter(|_| within);
                    member(Selected { name, set: &field.selection_set.node, resolved: counted, ..selected })?
                }
            };
            members.push((before, written));
        }
        (!members.is_empty()).then_some(Self(members))
    }

    /// Writes an object.
    pub fn write(&self, object: &T, out: &mut Out) -> Option<()> {
        for (before, member) in &self.0 {
            out.json.extend_from_slice(before);
            member(object, out)?;
        }
        out.json.push(b'}');
        Some(())
    }
}

/// Has the library resolve those of the selected fields of an object that are among `names`.
///
/// # Errors
/// The first failure of a field that must not be null.
pub async fn resolve_fields<T: ContainerType>(
    ctx: &ContextSelectionSet<'_>,
    object: &T,
    names: &[&str],
) -> ServerResult<Vec<Value>> {
    let resolve = |field| async move {
        let ctx = ctx.with_field(field);
        object.resolve_field(&ctx).await.map(Option::unwrap_or_default)
    };
    try_join_all(named(ctx, &T::type_name(), names).into_iter().map(resolve)).await
}

/// Has the library resolve what is to be resolved of what an object has in its field of this name.
///
/// # Errors
/// The first failure of a field that must not be null.
pub async fn resolve_within<T: OutputType, V: Written + Sync>(
    ctx: &ContextSelectionSet<'_>,
    name: &str,
    value: &V,
) -> ServerResult<Vec<Value>> {
    let mut resolved = Vec::new();
    for field in named(ctx, &T::type_name(), &[name]) {
        let within = ctx.with_field(field);
        resolved.extend(value.resolve(&within.with_selection_set(&field.node.selection_set)).await?);
    }
    Ok(resolved)
}

/// The fields of these names that are selected of a type of objects.
fn named<'a>(ctx: &ContextSelectionSet<'a>, ty: &str, names: &[&str]) -> Vec<&'a Positioned<Field>> {
    let mut fields = Vec::new();
    // What can't be gathered has no plan, and is not resolved here.
    let gathered = Known::by(ctx).gather(&ctx.item.node, ty, &mut fields);
    fields.retain(|field| gathered.is_some() && names.contains(&field.node.name.node.as_str()));
    fields
}

/// The plan of what `get` gives of an object.
pub fn plan_of<'t, T: 't, V: Written>(selected: Selected<'_>, get: impl FnOnce(&'t T) -> V) -> Option<V::Plan> {
    drop(get);
    V::plan(selected)
}

/// Declares which fields of an object are at hand, by their names in the schema, and how each is got at.
///
/// ```ignore
/// written! {
///     Money: money {
///         "amount" => Decimal(money.0.amount()),
///         "currency" => money.0.currency.code(),
///     }
/// }
/// ```
///
/// `resolved { "listings" }` behind it names fields that the library is to resolve where others of the object are written;
/// `resolved within "node" => &edge.node` has such fields of what one field gives resolved.
#[macro_export]
macro_rules! written {
    ($ty:ident: $object:ident { $($fields:tt)+ }) => {
        $crate::written! { $ty: $object { $($fields)+ } resolved {} }
    };
    ($ty:ident: $object:ident { $($fields:tt)+ } resolved { $($resolved:literal),* $(,)? }) => {
        $crate::written! {
            @ $ty: $object { $($fields)+ } $crate::kernel::graphql::Resolved::Fields(&[$($resolved),*]),
            |object, ctx| $crate::kernel::graphql::resolve_fields(ctx, object, &[$($resolved),*])
        }
    };
    ($ty:ident: $object:ident { $($fields:tt)+ } resolved within $name:literal => $get:expr) => {
        $crate::written! {
            @ $ty: $object { $($fields)+ } $crate::kernel::graphql::Resolved::Within($name),
            |$object, ctx| $crate::kernel::graphql::resolve_within::<Self, _>(ctx, $name, $get)
        }
    };
    (@ $ty:ident: $object:ident { $($name:literal => $get:expr,)+ } $may:expr, |$of:ident, $ctx:ident| $resolve:expr) => {
        impl $crate::kernel::graphql::Written for $ty {
            type Plan = $crate::kernel::graphql::Members<Self>;

            fn plan(selected: $crate::kernel::graphql::Selected<'_>) -> Option<Self::Plan> {
                $crate::kernel::graphql::Members::plan(selected, stringify!($ty), $may, |field| match field.name() {
                    $($name => {
                        let plan = $crate::kernel::graphql::plan_of(field, |$object: &Self| $get)?;
                        Some(Box::new(move |$object: &Self, out: &mut $crate::kernel::graphql::Out| {
                            $crate::kernel::graphql::Written::write(&$get, &plan, out)
                        }))
                    })+
                    _ => None,
                })
            }

            async fn resolve(
                &self,
                $ctx: &async_graphql::ContextSelectionSet<'_>,
            ) -> async_graphql::ServerResult<Vec<async_graphql::Value>> {
                let $of = self;
                $resolve.await
            }

            fn write(&self, plan: &Self::Plan, out: &mut $crate::kernel::graphql::Out) -> Option<()> {
                plan.write(self, out)
            }
        }
    };
}

impl<T: Written + ?Sized> Written for &T {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Out) -> Option<()> {
        T::write(self, plan, out)
    }
}

impl<T: Written> Written for Option<T> {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Out) -> Option<()> {
        match self {
            Some(value) => value.write(plan, out)?,
            None => out.json.extend_from_slice(b"null"),
        }
        Some(())
    }
}

impl<T: Written> Written for async_graphql::Result<T> {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Out) -> Option<()> {
        self.as_ref().ok()?.write(plan, out)
    }
}

impl<T: Written> Written for [T] {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Out) -> Option<()> {
        out.json.push(b'[');
        for (position, item) in self.iter().enumerate() {
            if position > 0 {
                out.json.push(b',');
            }
            item.write(plan, out)?;
        }
        out.json.push(b']');
        Some(())
    }
}

/// Declares what is written by itself.
macro_rules! leaves {
    ($($ty:ty: $value:ident, $out:ident => $write:expr;)+) => {$(
        impl Written for $ty {
            type Plan = ();

            fn plan(selected: Selected<'_>) -> Option<()> {
                selected.set.items.is_empty().then_some(())
            }

            fn write(&self, _: &(), out: &mut Out) -> Option<()> {
                let ($value, $out) = (self, &mut out.json);
                $write;
                Some(())
            }
        }
    )+};
}

leaves! {
    str: value, out => text(value, out);
    String: value, out => text(value, out);
    ID: value, out => text(value, out);
    Decimal: value, out => text(&value.0, out);
    Date: value, out => write(&async_graphql::ScalarType::to_value(value), out);
    DateTime<Utc>: value, out => write(&async_graphql::ScalarType::to_value(value), out);
    Cursor: value, out => text(&value.text(), out);
}

/// An enum, written as its name in the schema.
#[derive(Debug, Clone, Copy)]
pub struct Word<T>(pub T);

impl<T: EnumType> Written for Word<T> {
    type Plan = ();

    fn plan(selected: Selected<'_>) -> Option<()> {
        selected.set.items.is_empty().then_some(())
    }

    fn write(&self, (): &(), out: &mut Out) -> Option<()> {
        text(T::items().iter().find(|item| item.value == self.0)?.name, &mut out.json);
        Some(())
    }
}

/// Writes a value as JSON, with what of it is written already.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Value::Number(number) => leaf(number, out),
        Value::String(string) => text(string, out),
        Value::Enum(name) => text(name, out),
        Value::Binary(written) => out.extend_from_slice(written),
        Value::List(items) => {
            out.push(b'[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (position, (name, value)) in members.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                text(name, out);
                out.push(b':');
                write(value, out);
            }
            out.push(b'}');
        }
    }
}

fn text(value: &str, out: &mut Vec<u8>) {
    leaf(value, out);
}

/// Texts and numbers are always JSON, and a vector takes all that is written to it.
fn leaf(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests;
