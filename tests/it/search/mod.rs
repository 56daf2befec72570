//! Search: the engines by themselves, and through the API over the demo marketplace.

mod asking;
mod away;
mod contract;
mod counted;
mod counts;
mod degraded;
pub(crate) mod documents;
mod embedded;
mod engines;
mod faulty;
mod following;
mod judged;
mod losing;
mod market;
mod paging;
mod recording;
mod transcript;
mod verifying;
