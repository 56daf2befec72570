//! The loaders of one request. Each room makes its own; here they are put into the request's context.

use async_graphql::Data;

use crate::accounts::{self, Accounts, Actor};

/// What the rooms' loaders are made from.
#[derive(Clone)]
pub struct Loaders {
    /// People by id.
    pub accounts: Accounts,
}

impl Loaders {
    /// Gives a request fresh loaders, which load what `actor` may see.
    pub(super) fn add(&self, data: &mut Data, _actor: &Actor) {
        data.insert(accounts::graphql::loader(self.accounts.clone()));
    }
}
