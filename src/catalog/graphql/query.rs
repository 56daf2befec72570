//! Reading the catalogue.

use async_graphql::{Context, ID, Object};

use super::{
    Listing, ListingConnection, ListingFilter, ListingOrderBy, ListingsArgs, Loaders, Product, ProductConnection,
    actor, catalog,
    listing::card_parts,
    loader::{connection, present},
};
use crate::{
    catalog::{Catalog, model},
    kernel::{
        ErrorCode, Outcome, UserError,
        error::excerpt,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
        page::{Page, PageArgs, SortValue},
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
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
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
        match read_id(&listing_id, "listing", ["id"]) {
            Ok(id) => Loaders::listing(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Listings. Everyone sees what is published by organizations in good standing; members see all listings of an
    /// organization when they ask for it by `organizationId`, or for a state that is not public.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
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
    let (catalog, actor) = (present(catalog(ctx))?, actor(ctx));
    let query = args.read(ctx)?;
    let cards = match card_parts(ctx, query.order) {
        Some(parts) => catalog.listing_cards(actor, &query, parts).await?,
        None => None,
    };
    let slice = match cards {
        Some(cards) => cards.map(Listing::from),
        None => catalog.listings(actor, &query).await?.map(Listing::from),
    };
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
    let page = Page::new(PRODUCTS_LIST, args, SortValue::is_text)?;
    if let Some(code) = parent.filter(|code| taxonomy.product(code).is_none()) {
        let near: Vec<&str> = taxonomy.find(&excerpt(code), 5).iter().map(|product| product.code.as_str()).collect();
        let error = UserError::new(ErrorCode::UnknownProduct, ["parentCode"]);
        return Err(error.with("value", excerpt(code)).with("suggestions", near.join(", ")).into());
    }
    let found: Vec<&model::product::Product> = match text {
        Some(text) => taxonomy.find(&excerpt(text), FOUND_MAX),
        None => taxonomy.products().iter().collect(),
    };
    let products: Vec<Product> = found
        .into_iter()
        .filter(|product| parent.is_none() || product.parent.as_deref() == parent)
        .filter_map(|product| Product::find(taxonomy, &product.code))
        .collect();
    let total = i64::try_from(products.len()).unwrap_or(i64::MAX);
    let slice = page.of_memory(products, |product, code| product.product().code == code)?;
    let turn = |product: Product| (Page::memory_cursor(PRODUCTS_LIST, &product.product().code), product);
    Ok(ProductConnection::new(slice, turn, Some(total)))
}
