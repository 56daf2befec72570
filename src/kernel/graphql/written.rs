//! Lists whose items are written as JSON where they stand.
//!
//! The library makes a tree of values of all that is selected, and then writes the tree. Of a page of twenty things whose fields
//! are at hand that is most of what the page costs. Here what is selected of such a thing is looked up once ([`Written::plan`]), and
//! each of the twenty is written by that plan, past the tree. Where there is no plan, because a field has to be loaded or takes
//! arguments, the list is resolved as ever.
//!
//! What was written stands in the tree as a [`Value::Binary`], which no scalar of ours is; [`write()`] puts it into the answer. Such a
//! part can't be put together with another: of a document that selects anything twice a tree is made ([`AsTree`]).

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    ContextSelectionSet, ID, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexSet,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::EnumType,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Cursor, Date, Decimal, fields::is_a};

/// What can be written as JSON at once. Implemented by [`written!`](crate::written) for objects.
pub trait Written {
    /// What was found out about a selection, for all who are written by it.
    type Plan: Send + Sync + 'static;

    /// How to write what is selected; none where that takes more than what is at hand.
    fn plan(selected: Selected<'_>) -> Option<Self::Plan>;

    /// Writes it; none, with half of it written, where something turns out not to be at hand.
    fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()>;
}

/// A field that is selected, with what is selected of it.
#[derive(Clone, Copy)]
pub struct Selected<'a> {
    name: &'a str,
    set: &'a SelectionSet,
    fragments: &'a std::collections::HashMap<async_graphql::Name, Positioned<FragmentDefinition>>,
    implements: &'a std::collections::HashMap<String, IndexSet<String>>,
}

impl<'a> Selected<'a> {
    /// Its name in the schema.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Fills `fields` with those of a selection; none where one of them is more than a name.
    fn gather(self, set: &'a SelectionSet, ty: &str, fields: &mut Vec<&'a Field>) -> Option<()> {
        for selection in &set.items {
            let (directives, condition, set) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let is_plain = field.arguments.is_empty() && field.directives.is_empty();
                    let is_new = fields.iter().all(|other| other.response_key() != field.response_key());
                    (is_plain && is_new).then(|| fields.push(field))?;
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

/// Writes one member of an object.
pub type Member<T> = Box<dyn Fn(&T, &mut Vec<u8>) -> Option<()> + Send + Sync>;

/// How to write an object: its members, each with what stands before its value.
pub struct Members<T>(Vec<(Vec<u8>, Member<T>)>);

impl<T: 'static> Members<T> {
    /// How to write what is selected of a type, of whose fields `member` knows some.
    pub fn plan(
        selected: Selected<'_>,
        ty: &'static str,
        member: impl Fn(Selected<'_>) -> Option<Member<T>>,
    ) -> Option<Self> {
        let mut fields = Vec::new();
        selected.gather(selected.set, ty, &mut fields)?;
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            let mut before = vec![if members.is_empty() { b'{' } else { b',' }];
            text(&field.response_key().node, &mut before);
            before.push(b':');
            let (name, set) = (field.name.node.as_str(), &field.selection_set.node);
            let written = match name {
                "__typename" => Box::new(move |_: &T, out: &mut Vec<u8>| {
                    text(ty, out);
                    Some(())
                }),
                _ => member(Selected { name, set, ..selected })?,
            };
            members.push((before, written));
        }
        (!members.is_empty()).then_some(Self(members))
    }

    /// Writes an object.
    pub fn write(&self, object: &T, out: &mut Vec<u8>) -> Option<()> {
        for (before, member) in &self.0 {
            out.extend_from_slice(before);
            member(object, out)?;
        }
        out.push(b'}');
        Some(())
    }
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
#[macro_export]
macro_rules! written {
    ($ty:ident: $object:ident { $($name:literal => $get:expr,)+ }) => {
        impl $crate::kernel::graphql::Written for $ty {
            type Plan = $crate::kernel::graphql::Members<Self>;

            fn plan(selected: $crate::kernel::graphql::Selected<'_>) -> Option<Self::Plan> {
                $crate::kernel::graphql::Members::plan(selected, stringify!($ty), |field| match field.name() {
                    $($name => {
                        let plan = $crate::kernel::graphql::plan_of(field, |$object: &Self| $get)?;
                        Some(Box::new(move |$object: &Self, out: &mut Vec<u8>| {
                            $crate::kernel::graphql::Written::write(&$get, &plan, out)
                        }))
                    })+
                    _ => None,
                })
            }

            fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()> {
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

    fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()> {
        T::write(self, plan, out)
    }
}

impl<T: Written> Written for Option<T> {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Some(value) => value.write(plan, out)?,
            None => out.extend_from_slice(b"null"),
        }
        Some(())
    }
}

impl<T: Written> Written for async_graphql::Result<T> {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()> {
        self.as_ref().ok()?.write(plan, out)
    }
}

impl<T: Written> Written for [T] {
    type Plan = T::Plan;

    fn plan(selected: Selected<'_>) -> Option<Self::Plan> {
        T::plan(selected)
    }

    fn write(&self, plan: &Self::Plan, out: &mut Vec<u8>) -> Option<()> {
        out.push(b'[');
        for (position, item) in self.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            item.write(plan, out)?;
        }
        out.push(b']');
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

            fn write(&self, _: &(), $out: &mut Vec<u8>) -> Option<()> {
                let $value = self;
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

    fn write(&self, (): &(), out: &mut Vec<u8>) -> Option<()> {
        text(T::items().iter().find(|item| item.value == self.0)?.name, out);
        Some(())
    }
}

/// The items of a page, written at once where they can be.
#[derive(Debug, Clone)]
pub struct Edges<E>(pub Vec<E>);

impl<E> From<Vec<E>> for Edges<E> {
    fn from(edges: Vec<E>) -> Self {
        Self(edges)
    }
}

impl<E: OutputType + Written> OutputType for Edges<E> {
    fn type_name() -> Cow<'static, str> {
        Vec::<E>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<E>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<E>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match at_once(ctx, self.0.as_slice()) {
            Some(written) => Ok(Value::Binary(written.into())),
            None => self.0.resolve(ctx, field).await,
        }
    }
}

/// Of this request trees are made, for the document selects something twice.
#[derive(Debug, Clone, Copy)]
pub struct AsTree;

/// How the lists of this request are written: siblings that the same is selected of are written by one plan.
#[derive(Default)]
pub struct Plans(Mutex<Vec<Planned>>);

/// A plan, if there can be one, and for whom it is: what is selected, by where it stands in the document, and of which type.
struct Planned {
    selected: usize,
    ty: TypeId,
    plan: Option<Arc<dyn Any + Send + Sync>>,
}

impl Plans {
    fn of<P: Any + Send + Sync>(&self, set: &SelectionSet, make: impl FnOnce() -> Option<P>) -> Option<Arc<P>> {
        let (selected, ty) = (std::ptr::from_ref(set).addr(), TypeId::of::<P>());
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = plans.iter().find(|planned| planned.selected == selected && planned.ty == ty);
        let plan = match known {
            Some(planned) => planned.plan.clone(),
            None => {
                let plan = make().map(|plan| Arc::new(plan) as Arc<dyn Any + Send + Sync>);
                plans.push(Planned { selected, ty, plan: plan.clone() });
                plan
            }
        };
        plan?.downcast().ok()
    }
}

fn at_once<T: Written + ?Sized>(ctx: &ContextSelectionSet<'_>, value: &T) -> Option<Vec<u8>> {
    const USUAL_BYTES: usize = 4 * 1024;
    if ctx.data_opt::<AsTree>().is_some() {
        return None;
    }
    let selected = Selected {
        name: "",
        set: &ctx.item.node,
        fragments: &ctx.query_env.fragments,
        implements: &ctx.schema_env.registry.implements,
    };
    let plan = match ctx.data_opt::<Plans>() {
        Some(plans) => plans.of(&ctx.item.node, || T::plan(selected))?,
        None => Arc::new(T::plan(selected)?),
    };
    let mut out = Vec::with_capacity(USUAL_BYTES);
    value.write(&plan, &mut out)?;
    Some(out)
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
