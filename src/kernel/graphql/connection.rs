//! Relay connections: `edges { node cursor }`, `pageInfo`, and `totalCount` when it is asked for.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, Enum, OutputType, Positioned, SelectionField, ServerResult, SimpleObject, Value,
    VisitorContext,
    parser::types::{Field, VariableDefinition},
    registry::Registry,
};

use uuid::Uuid;

use crate::kernel::{
    page::{CursorKey, PageArgs, SIZE_DEFAULT, SIZE_MAX, SortValue, encode_cursor},
    text::fold,
};

/// Where a row stands in its list; written out only for who asks for it.
#[derive(Debug, Clone)]
pub enum Cursor {
    /// As it is read back.
    Written(String),
    /// The list, and where in it.
    Key(&'static str, CursorKey),
    /// The list, which is in the order of folded names; the name, not folded yet, and the id of what has it.
    Name(&'static str, String, Uuid),
}

impl From<String> for Cursor {
    fn from(written: String) -> Self {
        Self::Written(written)
    }
}

impl OutputType for Cursor {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.text().into_owned()))
    }
}

impl Cursor {
    /// As it is read back.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Written(written) => Cow::Borrowed(written),
            Self::Key(list, key) => Cow::Owned(encode_cursor(list, key)),
            Self::Name(list, name, id) => {
                Cow::Owned(encode_cursor(list, &CursorKey { sort: SortValue::Text(fold(name)), id: *id }))
            }
        }
    }
}

/// Where a page stands in its list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct PageInfo {
    /// Whether the list goes on after this page.
    pub has_next_page: bool,
    /// Whether the list has items before this page.
    pub has_previous_page: bool,
    /// The first item's cursor; null on an empty page.
    pub start_cursor: Option<Cursor>,
    /// The last item's cursor, to be given as `after`; null on an empty page.
    pub end_cursor: Option<Cursor>,
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The least, earliest or alphabetically first.
    Asc,
    /// The greatest, latest or alphabetically last.
    Desc,
}

/// What a page costs: each of its items costs what is asked of one. Every connection field names it as its complexity:
/// `page_complexity(__ctx, __variables_definition, __field, child_complexity)`, in the words of the library's macro.
///
/// Naming the arguments there would be shorter, but the library then refuses a query whose client left out a variable that
/// one of them is given by, although that is the same as leaving out the argument.
#[must_use]
pub fn page_complexity(
    ctx: &VisitorContext<'_>,
    variables: &[Positioned<VariableDefinition>],
    field: &Field,
    child: usize,
) -> usize {
    // What is no number is refused when the field is run.
    let argument = |name| ctx.param_value::<Option<i32>>(variables, field, name, None).ok().flatten();
    let asked = argument("first").or_else(|| argument("last"));
    let size = asked.and_then(|size| u32::try_from(size).ok()).unwrap_or(SIZE_DEFAULT).min(SIZE_MAX);
    // A page of no items still costs what is asked of the list as a whole.
    list_complexity((size as usize).max(1), child)
}

/// What a list without arguments costs that has about `usual` items: each costs what is asked of one. Every list of objects
/// names it as its complexity.
#[must_use]
pub fn list_complexity(usual: usize, child: usize) -> usize {
    // Lists within lists may multiply beyond what a number holds; far below that they are refused anyway.
    const MUCH: usize = u32::MAX as usize;
    usual.saturating_mul(child).saturating_add(1).min(MUCH)
}

/// Gathers the arguments of a connection field.
#[must_use]
pub fn page_args(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> PageArgs {
    PageArgs { first, after, last, before }
}

/// Whether nothing but these fields is asked of this field's object.
#[must_use]
pub fn asks_only(ctx: &Context<'_>, fields: &[&str]) -> bool {
    ctx.field().selection_set().all(|field| fields.contains(&field.name()))
}

/// What is asked of the nodes of this connection field, of whichever type: the names of their fields, each as often as it is asked.
#[must_use]
pub fn asked_of_nodes<'c>(ctx: &'c Context<'_>) -> Vec<&'c str> {
    let nodes = ctx.look_ahead().field("edges").field("node").selection_fields();
    nodes.iter().flat_map(SelectionField::selection_set).map(|field| field.name()).collect()
}

/// Whether the query asks this connection field for `totalCount`, which costs a count of its own.
#[must_use]
pub fn wants_total_count(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// Declares the connection and edge types of one node type.
///
/// ```ignore
/// connection! {
///     /// A page of listings.
///     ListingConnection, ListingEdge, Listing
/// }
/// ListingConnection::new(slice, |row| (cursor, Listing::from(row)), total)
/// ```
///
/// `…, Listing, written` has pages written at once where they can be ([`written!`](crate::written)).
#[macro_export]
macro_rules! connection {
    ($(#[$doc:meta])* $connection:ident, $edge:ident, $node:ty) => {
        $crate::connection!(@ Vec<$edge>, $(#[$doc])* $connection, $edge, $node);
    };
    ($(#[$doc:meta])* $connection:ident, $edge:ident, $node:ty, written) => {
        $crate::connection!(@ $crate::kernel::graphql::Edges<$edge>, $(#[$doc])* $connection, $edge, $node);

        $crate::written! {
            $edge: edge {
                "node" => &edge.node,
                "cursor" => &edge.cursor,
            } resolved within "node" => &edge.node
        }
    };
    (@ $edges:ty, $(#[$doc:meta])* $connection:ident, $edge:ident, $node:ty) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        #[graphql(crate = "crate::kernel::graphql::fields")]
        pub struct $connection {
            /// The items with their cursors.
            pub edges: $edges,
            /// Where this page stands in the list.
            pub page_info: $crate::kernel::graphql::PageInfo,
            /// How many items the whole list has. Counted only when asked for.
            // Counting looks at every item of the list: as much as reading a page of it.
            #[graphql(complexity = 20)]
            pub total_count: Option<i64>,
        }

        /// An item of the list and where it stands.
        #[derive(async_graphql::SimpleObject)]
        #[graphql(crate = "crate::kernel::graphql::fields")]
        pub struct $edge {
            /// The item.
            pub node: $node,
            /// Where it stands, to be given as `after` or `before`.
            pub cursor: $crate::kernel::graphql::Cursor,
        }

        impl $connection {
            /// A page of rows, each turned into its cursor and its node.
            pub fn new<T, C: Into<$crate::kernel::graphql::Cursor>>(
                slice: $crate::kernel::page::Slice<T>,
                mut turn: impl FnMut(T) -> (C, $node),
                total_count: Option<i64>,
            ) -> Self {
                let (has_next, has_previous) = (slice.has_next, slice.has_previous);
                let edges: Vec<$edge> = slice
                    .rows
                    .into_iter()
                    .map(|row| {
                        let (cursor, node) = turn(row);
                        $edge { node, cursor: cursor.into() }
                    })
                    .collect();
                let page_info = $crate::kernel::graphql::PageInfo {
                    has_next_page: has_next,
                    has_previous_page: has_previous,
                    start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                    end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                };
                Self { edges: edges.into(), page_info, total_count }
            }
        }
    };
}
