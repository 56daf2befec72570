//! The room in GraphQL. Types wrap the room's values; nothing here decides.

use async_graphql::{Context, Error};

use super::Contracts;

fn contracts<'c>(ctx: &Context<'c>) -> Result<&'c Contracts, Error> {
    ctx.data()
}
