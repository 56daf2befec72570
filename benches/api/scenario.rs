//! What is asked, in GraphQL, and with which variables.

use serde_json::{Value, json};

/// A query, asked of `bfw` at `/graphql` and of the floor at `/floor/<name>`.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What a person reads in the table.
    pub(crate) title: &'static str,
    pub(crate) query: &'static str,
    /// Whether the floor has a handler for it.
    pub(crate) has_floor: bool,
}

/// The reading scenarios.
pub(crate) const READS: [Scenario; 5] = [
    Scenario {
        name: "listing",
        title: "listing by id, with organization and certificates",
        query: "query Listing($id: ID!) { listing(id: $id) { id title status price { amount currency } \
                quantityAvailable { value unit } product { code } createdAt \
                organization { id name kind certificates(first: 5) { edges { node { id number validUntil } } } } } }",
        has_floor: true,
    },
    Scenario {
        name: "page",
        title: "page of 20 by product and region, with organizations",
        query: "query Page($product: String!, $place: String!) { \
                listings(filter: { productCode: $product, placeCode: $place }, first: 20) { \
                edges { node { id title price { amount currency } publishedAt organization { id name kind } } } \
                pageInfo { hasNextPage endCursor } } }",
        has_floor: true,
    },
    Scenario {
        name: "page_total",
        title: "the same with totalCount",
        query: "query PageTotal($product: String!, $place: String!) { \
                listings(filter: { productCode: $product, placeCode: $place }, first: 20) { totalCount \
                edges { node { id title price { amount currency } publishedAt organization { id name kind } } } \
                pageInfo { hasNextPage endCursor } } }",
        has_floor: true,
    },
    Scenario {
        name: "nested",
        title: "20 organizations, 5 listings of each",
        query: "query Nested($place: String!) { organizations(filter: { placeCode: $place }, first: 20) { \
                edges { node { id name listings(first: 5) { edges { node { id title price { amount currency } \
                publishedAt } } } } } } }",
        has_floor: true,
    },
    Scenario {
        name: "search",
        title: "search with facets",
        query: "query Search($text: String!) { searchListings(query: $text, first: 20) { totalCount \
                edges { score node { id title price { amount currency } organization { id name } } } \
                facets { field values { value count } } } }",
        has_floor: false,
    },
];

/// Words that people type, right and wrong.
pub(crate) const SEARCHES: [&str; 16] = [
    "karité",
    "karite",
    "situlu",
    "beurre de karité",
    "echalotte",
    "échalote séchée",
    "mangue",
    "mangue séch",
    "riz",
    "fonio",
    "miel",
    "oignon",
    "poisson",
    "sesame",
    "gombo",
    "savon",
];

/// The body of a request.
pub(crate) fn body(query: &str, variables: &Value) -> Value {
    json!({ "query": query, "variables": variables })
}

pub(crate) const CREATE: &str = "mutation Create($input: CreateListingInput!) { createListing(input: $input) { \
    listing { id status version } userErrors { code message path } } }";

pub(crate) const PUBLISH: &str = "mutation Publish($input: PublishListingInput!) { publishListing(input: $input) { \
    listing { id status version } userErrors { code message path } } }";
