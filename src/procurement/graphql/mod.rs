//! The room in GraphQL. Types wrap the room's values; nothing here decides.

use async_graphql::{Context, Error};

use super::Procurement;

fn procurement<'c>(ctx: &Context<'c>) -> Result<&'c Procurement, Error> {
    ctx.data()
}
