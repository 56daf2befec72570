//! What a search is made of, as plain values and pure rules.
//!
//! Nothing here reads a file, a clock or a database, and nothing here knows which engine answers. Both the
//! documents an engine is fed and the settings it is configured with derive from one list of fields
//! ([`fields`]), so that a field cannot be searchable in one engine and forgotten in the other.

pub mod compose;
pub mod digest;
pub mod document;
pub mod fields;
pub mod filter;
pub mod fold;
pub mod geo;
pub mod highlight;
pub mod percolate;
pub mod query;
pub mod request;
pub mod suggestion;
pub mod synonyms;
pub mod words;

pub use digest::DocumentDigest;
pub use document::{
    Language, ListingDocument, Named, OrganizationDocument, OwnershipFact, SearchDocument, Suggestible, SuggestionKind,
    Text,
};
pub use fields::{Collection, KeywordField, NumberField, TextField, Weight};
pub use filter::{Condition, ListingFilter, OrganizationFilter, WomenOwnedFilter};
pub use geo::GeoPoint;
pub use query::{ParsedQuery, QueryError};
pub use request::{
    FacetCounts, FacetValue, Highlight, Hit, SearchRequest, SearchResult, Sort, Suggestion, Window, WindowError,
};
