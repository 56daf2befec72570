//! Search: the engines by themselves, and through the API over the demo marketplace.

mod asking;
mod contract;
mod counts;
pub(crate) mod documents;
mod embedded;
mod engines;
mod following;
mod judged;
mod paging;
mod recording;
mod transcript;
