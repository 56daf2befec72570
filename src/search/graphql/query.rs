//! Searching.

use async_graphql::{Context, Object, Result};
use futures_util::future::try_join_all;

use super::{
    ListingSearchConnection, ListingSearchEdge, ListingSearchFilter, ListingSearchSort, OrganizationSearchConnection,
    OrganizationSearchEdge, OrganizationSearchFilter, SearchHighlight, SearchSuggestion,
    result::{count, facets, page_info},
};
use crate::{
    accounts::OrganizationId,
    catalog::{ListingId, graphql as catalog},
    directory::graphql as directory,
    kernel::{
        Failure, Outcome, Rejections,
        graphql::{failure, locale, page_args, page_complexity},
    },
    search::{Found, Search, SortBy},
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Searches the published listings of organizations in good standing.
    ///
    /// Words are understood in French, Bambara and English: case, accents and tones do not matter (`karite`), nor do
    /// the usual spellings of Bambara (`soumbala`, `súnbala`); other names of a product find it (`situlu`); one slip is
    /// forgiven from four letters on and two from eight (`echalotte`); the last word may be unfinished. Words of the
    /// place, the seller and the certificate count too (`oignon Ségou`), and a part in quotation marks must stand as it
    /// is. A change can be found within a second.
    ///
    /// A cursor is a position among the results: what is published or taken out between two pages moves the others, so
    /// that one may come twice or be passed over. The first 10,000 results can be paged through. What is sold out is not
    /// found.
    ///
    /// While the search index is away the database answers: `degraded` is true then. Filters hold as ever, but words must
    /// stand in the title or the seller's name, or name the product or the place; the newest come first unless a price or a
    /// distance orders them; the first 2,000 results can be paged through, and facets and highlights are empty.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn search_listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to find, at most 200 signs; everything where it is left out.")] query: Option<String>,
        #[graphql(desc = "Narrows the results.")] filter: Option<ListingSearchFilter>,
        #[graphql(desc = "Their order; by relevance where it is left out.")] sort: Option<ListingSearchSort>,
        #[graphql(desc = "How many, at most 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor of the same search.")] after: Option<String>,
    ) -> Result<ListingSearchConnection> {
        let search = ctx.data::<Search>()?;
        let mut wrong = Rejections::default();
        let mut find = filter.unwrap_or_default().read(&mut wrong);
        find.query = query;
        find.sort = SortBy::from(sort.unwrap_or(ListingSearchSort::Relevance));
        find.page = page_args(first, after, None, None);
        (find.facets, find.highlights) = wants(ctx);
        let found = all_of(wrong, search.find_listings(find).await).map_err(|error| failure(ctx, error))?;
        listings(ctx, search, found).await
    }

    /// Searches organizations in good standing: by name, place, what they offer, kind and certificates. Words and cursors
    /// are understood as in `searchListings`.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn search_organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to find, at most 200 signs; everything where it is left out.")] query: Option<String>,
        #[graphql(desc = "Narrows the results.")] filter: Option<OrganizationSearchFilter>,
        #[graphql(desc = "How many, at most 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor of the same search.")] after: Option<String>,
    ) -> Result<OrganizationSearchConnection> {
        let search = ctx.data::<Search>()?;
        let mut find = filter.unwrap_or_default().read();
        find.query = query;
        find.page = page_args(first, after, None, None);
        (find.facets, find.highlights) = wants(ctx);
        let found = search.find_organizations(find).await.map_err(|error| failure(ctx, error))?;
        organizations(ctx, search, found).await
    }

    /// Completes what is being typed: products that are offered, then organizations, then titles of listings, each text
    /// once. A text is reached by the beginning of any of its words. While the search index is away, products and names of
    /// organizations are suggested, and nothing is counted.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn search_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What has been typed so far, at most 200 signs.")] query: String,
        #[graphql(desc = "How many, at most 100; 8 where it is left out.")] first: Option<i32>,
    ) -> Result<Vec<SearchSuggestion>> {
        let suggestions = ctx.data::<Search>()?.suggest(&query, first).await.map_err(|error| failure(ctx, error))?;
        Ok(suggestions.into_iter().map(SearchSuggestion::from).collect())
    }
}

/// Whether facets and highlights are asked for: both cost something.
fn wants(ctx: &Context<'_>) -> (bool, bool) {
    let asked = ctx.look_ahead();
    (asked.field("facets").exists(), asked.field("edges").field("highlights").exists())
}

/// What is wrong with the arguments, from reading them and from looking them up, in one answer.
fn all_of(read: Rejections, found: Outcome<Found>) -> Outcome<Found> {
    let mut wrong = Vec::new();
    for outcome in [read.finish(), found.as_ref().map(|_| ()).or_else(rejected)] {
        match outcome {
            Ok(()) => {}
            Err(Failure::Rejected(errors)) => wrong.extend(errors),
            Err(fault @ Failure::Fault(_)) => return Err(fault),
        }
    }
    if wrong.is_empty() { found } else { Err(Failure::Rejected(wrong)) }
}

/// The errors of a refused search; its faults stay where they are.
fn rejected(failure: &Failure) -> Outcome<()> {
    match failure {
        Failure::Rejected(errors) => Err(Failure::Rejected(errors.clone())),
        Failure::Fault(_) => Ok(()),
    }
}

async fn listings(ctx: &Context<'_>, search: &Search, found: Found) -> Result<ListingSearchConnection> {
    let page_info = page_info(&found);
    let load = |id| catalog::Loaders::listing(ctx, ListingId::from_uuid(id));
    let nodes = try_join_all(found.hits.iter().map(|(hit, _)| load(hit.id))).await?;
    let edges = found.hits.into_iter().zip(nodes).filter_map(|((hit, cursor), node)| {
        Some(ListingSearchEdge {
            node: node?,
            cursor,
            score: hit.score,
            highlights: hit.highlights.into_iter().map(SearchHighlight::from).collect(),
            distance_kilometres: hit.distance_kilometres,
        })
    });
    Ok(ListingSearchConnection {
        edges: edges.collect(),
        page_info,
        total_count: count(found.total),
        facets: facets(search, found.facets, locale(ctx)),
        degraded: found.degraded,
    })
}

async fn organizations(ctx: &Context<'_>, search: &Search, found: Found) -> Result<OrganizationSearchConnection> {
    let page_info = page_info(&found);
    let load = |id| directory::Loaders::organization(ctx, OrganizationId::from_uuid(id));
    let nodes = try_join_all(found.hits.iter().map(|(hit, _)| load(hit.id))).await?;
    let edges = found.hits.into_iter().zip(nodes).filter_map(|((hit, cursor), node)| {
        Some(OrganizationSearchEdge {
            node: node?,
            cursor,
            score: hit.score,
            highlights: hit.highlights.into_iter().map(SearchHighlight::from).collect(),
            distance_kilometres: hit.distance_kilometres,
        })
    });
    Ok(OrganizationSearchConnection {
        edges: edges.collect(),
        page_info,
        total_count: count(found.total),
        facets: facets(search, found.facets, locale(ctx)),
        degraded: found.degraded,
    })
}
