//! Reading the catalogue.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::{
    Listing, ListingConnection, ListingFilter, ListingOrderBy, ListingsArgs, Loaders, Product, ProductConnection,
    actor, catalog, id, loader::connection,
};
use crate::{
    catalog::Catalog,
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        error::excerpt,
        graphql::{failure, page_args, page_complexity, wants_total_count},
        page::{CursorKey, Direction, Page, PageArgs, SortValue, encode_cursor},
    },
};

/// The catalogue's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct CatalogQuery;

const PRODUCTS_LIST: &str = "products";
/// Products that fit a text at most.
const FOUND_MAX: usize = 100;

#[Object]
impl CatalogQuery {
    /// The product taxonomy: all of it in the order of the tree, or part of it.
    #[graphql(complexity = "page_complexity(first, last, child_complexity)")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only products that people may mean by this text, best first: names and synonyms in French, \
                          Bambara and English, beginnings of words, one slip forgiven."
        )]
        text: Option<String>,
        #[graphql(desc = "Only the products directly below this one, by code.")] parent_code: Option<String>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ProductConnection> {
        let args = page_args(first, after, last, before);
        let page = products(catalog(ctx)?, text.as_deref(), parent_code.as_deref(), &args);
        page.map_err(|error| failure(ctx, error))
    }

    /// A product by its code.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's code, such as `shea-butter`.")] code: String,
    ) -> async_graphql::Result<Option<Product>> {
        Ok(Product::find(catalog(ctx)?.taxonomy(), &code))
    }

    /// A listing by its id; null where there is none that the caller may see.
    async fn listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The listing's id.")] listing_id: ID,
    ) -> Option<async_graphql::Result<Listing>> {
        match id(&listing_id, "listing", &["id"]) {
            Ok(id) => Loaders::listing(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Listings. Everyone sees what is published by organizations in good standing; members see all listings of an
    /// organization when they ask for it by `organizationId`, or for a state that is not public.
    #[graphql(complexity = "page_complexity(first, last, child_complexity)")]
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ListingFilter>,
        #[graphql(desc = "The order; the newest first where none is given.")] order_by: Option<ListingOrderBy>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ListingConnection> {
        let args = ListingsArgs { filter, order_by, page: page_args(first, after, last, before) };
        listings(ctx, &args).await.map_err(|error| failure(ctx, error))
    }
}

async fn listings(ctx: &Context<'_>, args: &ListingsArgs) -> Outcome<ListingConnection> {
    let missing = |error: async_graphql::Error| crate::kernel::Fault::Internal(error.message);
    let (catalog, actor) = (catalog(ctx).map_err(missing)?, actor(ctx));
    let query = args.read(catalog)?;
    let slice = catalog.listings(actor, &query).await?;
    let total = match wants_total_count(ctx) {
        true => Some(catalog.count_listings(actor, &query.filter).await?),
        false => None,
    };
    Ok(connection(slice, query.order, total))
}

fn products(
    catalog: &Catalog,
    text: Option<&str>,
    parent: Option<&str>,
    args: &PageArgs,
) -> Outcome<ProductConnection> {
    let taxonomy = catalog.taxonomy();
    let page = Page::new(PRODUCTS_LIST, args)?;
    if let Some(code) = parent.filter(|code| taxonomy.product(code).is_none()) {
        let near: Vec<&str> = taxonomy.find(&excerpt(code), 5).iter().map(|product| product.code.as_str()).collect();
        let error = UserError::new(ErrorCode::UnknownProduct, ["parentCode"]);
        return Err(error.with("value", excerpt(code)).with("suggestions", near.join(", ")).into());
    }
    let codes: Vec<&str> = match text {
        Some(text) => taxonomy.find(&excerpt(text), FOUND_MAX),
        None => taxonomy.products().iter().collect(),
    }
    .into_iter()
    .filter(|product| parent.is_none() || product.parent.as_deref() == parent)
    .map(|product| product.code.as_str())
    .collect();
    let bound = |key: &Option<CursorKey>, argument| match key.as_ref().map(|key| &key.sort) {
        None => Ok(None),
        Some(SortValue::Integer(position)) => Ok(usize::try_from(*position).ok()),
        Some(SortValue::Text(_) | SortValue::Time(_) | SortValue::Missing) => {
            Err(Failure::from(UserError::new(ErrorCode::InvalidCursor, [argument])))
        }
    };
    let from = bound(&page.after, "after")?.map_or(0, |position| position.saturating_add(1)).min(codes.len());
    let to = bound(&page.before, "before")?.unwrap_or(codes.len()).min(codes.len()).max(from);
    let limit = page.size as usize + 1;
    let window = codes[from..to].iter().enumerate().map(|(index, code)| (from + index, *code));
    let rows: Vec<(usize, &str)> = match page.direction {
        Direction::Forward => window.take(limit).collect(),
        Direction::Backward => window.rev().take(limit).collect(),
    };
    let rows = rows.into_iter().filter_map(|(index, code)| Some((index, Product::find(taxonomy, code)?))).collect();
    let turn = |(index, product): (usize, Product)| {
        let sort = SortValue::Integer(i64::try_from(index).unwrap_or(i64::MAX));
        (encode_cursor(PRODUCTS_LIST, &CursorKey { sort, id: Uuid::nil() }), product)
    };
    let total = i64::try_from(codes.len()).unwrap_or(i64::MAX);
    Ok(ProductConnection::new(page.slice(rows), turn, Some(total)))
}
