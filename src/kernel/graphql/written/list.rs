//! A list: one plan for all its items, and what the library resolves of them loaded together.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    cell::Cell,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, SelectionSet},
    registry::Registry,
};
use futures_util::future::try_join_all;

use super::{Known, Out, Selected, Written};

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
        if let Some(plan) = planned::<E>(ctx) {
            let resolved = if plan.resolves { resolve_all(ctx, &self.0).await? } else { Vec::new() };
            if let Some(written) = written(&self.0, &plan, resolved) {
                return Ok(Value::Binary(written.into()));
            }
        }
        self.0.resolve(ctx, field).await
    }
}

/// How to write the items of a list.
struct ItemPlan<P> {
    plan: P,
    /// Whether something of them is resolved by the library.
    resolves: bool,
}

fn planned<E: Written>(ctx: &ContextSelectionSet<'_>) -> Option<Arc<ItemPlan<E::Plan>>> {
    if ctx.data_opt::<AsTree>().is_some() {
        return None;
    }
    let make = || {
        let count = Cell::new(0);
        let selected = Selected { name: "", set: &ctx.item.node, known: Known::by(ctx), resolved: Some(&count) };
        let plan = E::plan(selected)?;
        Some(ItemPlan { plan, resolves: count.get() > 0 })
    };
    match ctx.data_opt::<Plans>() {
        Some(plans) => plans.of(&ctx.item.node, make),
        None => make().map(Arc::new),
    }
}

/// What the library resolves of the items of a list: of all of them at once, so that they load together.
async fn resolve_all<E: Written>(ctx: &ContextSelectionSet<'_>, items: &[E]) -> ServerResult<Vec<Value>> {
    let resolving = items.iter().enumerate().map(|(position, item)| {
        let ctx = ctx.with_index(position);
        async move { item.resolve(&ctx).await.map_err(|error| ctx.set_error_path(error)) }
    });
    Ok(try_join_all(resolving).await?.into_iter().flatten().collect())
}

fn written<E: Written>(items: &[E], plan: &ItemPlan<E::Plan>, resolved: Vec<Value>) -> Option<Vec<u8>> {
    const USUAL_BYTES: usize = 4 * 1024;
    let mut out = Out { json: Vec::with_capacity(USUAL_BYTES), resolved: resolved.into_iter() };
    items.write(&plan.plan, &mut out)?;
    Some(out.json)
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
