//! From the bag on a shelf back to the women who grew it.

mod page;
mod rows;
