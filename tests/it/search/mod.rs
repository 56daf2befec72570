//! Search: the engine by itself, and through the API over the demo marketplace.

mod asking;
mod counts;
pub(crate) mod documents;
mod engine;
mod following;
mod judged;
mod paging;
