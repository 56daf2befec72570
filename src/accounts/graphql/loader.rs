//! Accounts by id, those of one level of a query in one statement.

use std::collections::HashMap;

use crate::{
    accounts::{Account, Accounts, UserId},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher},
    },
};

/// Loads the people that visible things name.
#[derive(Debug)]
pub(super) struct People(Accounts);

impl BatchLoad for People {
    type Key = UserId;
    type Value = Account;

    async fn load(&self, ids: Vec<UserId>) -> Result<HashMap<UserId, Account>, Fault> {
        self.0.accounts_named(&ids).await
    }
}

/// What the room loads in batches, for one request.
pub struct Loaders {
    pub(super) people: Batcher<People>,
}

/// The loaders of one request, made anew for each and put into its context.
#[must_use]
pub fn loader(accounts: Accounts) -> Loaders {
    Loaders { people: Batcher::new(People(accounts)) }
}
