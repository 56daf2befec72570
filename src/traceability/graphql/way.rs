//! The way of a lot, as a graph.

use async_graphql::{Context, Object, SimpleObject};

use super::{Lot, LotLoaders, lot::kilograms, room};
use crate::{
    kernel::{
        ErrorCode, UserError,
        graphql::{Quantity, failure, list_complexity},
        page::{CursorKey, Page, PageArgs, SortValue, encode_cursor},
    },
    traceability::{
        LotId, Way,
        model::{
            graph::Edge,
            trace::{Direction, Node},
        },
    },
};

/// Lots of one part where nothing is said.
const PART_DEFAULT: i32 = 200;
/// Lots of one part at most.
const PART_MAX: i32 = 1_000;

const BACK: &str = "trace:back";
const FORWARD: &str = "trace:forward";

/// What is asked of a way.
pub(super) struct WayArgs {
    pub(super) max_depth: Option<i32>,
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
}

/// A lot on the way.
#[derive(Debug, Clone, SimpleObject)]
pub struct TraceNode {
    /// The lot.
    pub lot: Lot,
    /// How many steps it is away at least; 0 for the lot that was asked about.
    pub depth: i32,
}

/// So much of one lot went into another.
#[derive(Debug, Clone)]
pub struct TraceLink {
    from: Lot,
    to: Lot,
    grams: i64,
}

/// So much of one lot went into another.
#[Object]
impl TraceLink {
    /// What it was taken from.
    async fn from(&self) -> &Lot {
        &self.from
    }

    /// What was made of it.
    async fn to(&self) -> &Lot {
        &self.to
    }

    /// How much.
    async fn quantity(&self) -> Quantity {
        kilograms(self.grams)
    }
}

/// A part of the way of a lot.
#[derive(Debug, Clone)]
pub struct TraceGraph {
    nodes: Vec<TraceNode>,
    edges: Vec<TraceLink>,
    end_cursor: Option<String>,
    way: Way,
}

/// A part of the way of a lot: lots, the nearest first, and what went from one into another. The parts together are all of it.
#[Object]
impl TraceGraph {
    /// The lots, the nearest first; among them, in the first part, the lot that was asked about.
    #[graphql(complexity = "list_complexity(1, child_complexity)")]
    async fn nodes(&self) -> &[TraceNode] {
        &self.nodes
    }

    /// What went from one lot into another. Each comes with the later of its two lots, so that both are known by then.
    #[graphql(complexity = "list_complexity(1, child_complexity)")]
    async fn edges(&self) -> &[TraceLink] {
        &self.edges
    }

    /// How many lots there are in all, as far as `maxDepth` reaches.
    async fn total_lots(&self) -> i64 {
        i64::try_from(self.way.trace.total).unwrap_or(i64::MAX)
    }

    /// Whether lots follow that are not in this part.
    async fn has_more(&self) -> bool {
        self.way.trace.has_more
    }

    /// To be given as `after` for what follows; null where nothing does.
    async fn end_cursor(&self) -> Option<&str> {
        self.end_cursor.as_deref()
    }

    /// Whether the way has more lots than are looked at for one question, which are 50,000: ask then from the farthest ones.
    async fn truncated(&self) -> bool {
        self.way.truncated
    }
}

/// Where a part ends: the number of lots before it, on the way of this lot and no other.
fn cursor(list: &str, lot: LotId, position: usize) -> String {
    let sort = SortValue::Integer(i64::try_from(position).unwrap_or(i64::MAX));
    encode_cursor(list, &CursorKey { sort, id: lot.uuid() })
}

fn position(list: &str, lot: LotId, cursor: &str) -> Result<usize, UserError> {
    let args = PageArgs { after: Some(cursor.to_owned()), ..PageArgs::default() };
    match Page::new(list, &args, SortValue::is_integer)?.after {
        Some(CursorKey { sort: SortValue::Integer(position), id }) if id == lot.uuid() => {
            usize::try_from(position).map_err(|_| UserError::new(ErrorCode::InvalidCursor, ["after"]))
        }
        Some(_) | None => Err(UserError::new(ErrorCode::InvalidCursor, ["after"])),
    }
}

/// A part of a lot's way.
pub(super) async fn way(
    ctx: &Context<'_>,
    lot: LotId,
    direction: Direction,
    args: WayArgs,
) -> async_graphql::Result<TraceGraph> {
    let list = match direction {
        Direction::Back => BACK,
        Direction::Forward => FORWARD,
    };
    let refuse = |error: UserError| failure(ctx, error.into());
    let count = args.first.unwrap_or(PART_DEFAULT);
    if !(1..=PART_MAX).contains(&count) {
        return Err(refuse(UserError::new(ErrorCode::InvalidPageSize, ["first"]).with("maximum", PART_MAX)));
    }
    if args.max_depth.is_some_and(|depth| depth < 0) {
        let error = UserError::new(ErrorCode::OutOfRange, ["maxDepth"]).with("minimum", 0);
        return Err(refuse(error.with("maximum", i32::MAX)));
    }
    let depth_max = args.max_depth.map_or(u32::MAX, i32::unsigned_abs);
    let from = match &args.after {
        Some(cursor) => position(list, lot, cursor).map_err(refuse)?,
        None => 0,
    };
    let count = usize::try_from(count).unwrap_or(1);
    let way = Box::pin(room(ctx)?.trace(lot, direction, depth_max, (from, count))).await;
    let way = way.map_err(|fault| failure(ctx, fault.into()))?;
    let end = from + way.trace.nodes.len();
    let named = way.trace.edges.iter().flat_map(|edge| [edge.child, edge.parent]);
    let lots: Vec<LotId> = way.trace.nodes.iter().map(|node| node.lot).chain(named).collect();
    let lots = LotLoaders::many(ctx, &lots).await?;
    let node = |node: &Node| {
        let lot = lots.get(&node.lot)?.clone();
        Some(TraceNode { lot, depth: i32::try_from(node.depth).unwrap_or(i32::MAX) })
    };
    let edge = |edge: &Edge| {
        let (from, to) = (lots.get(&edge.parent)?.clone(), lots.get(&edge.child)?.clone());
        Some(TraceLink { from, to, grams: edge.grams })
    };
    Ok(TraceGraph {
        nodes: way.trace.nodes.iter().filter_map(node).collect(),
        edges: way.trace.edges.iter().filter_map(edge).collect(),
        end_cursor: way.trace.has_more.then(|| cursor(list, lot, end)),
        way,
    })
}
