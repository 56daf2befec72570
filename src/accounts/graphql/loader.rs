//! Accounts by id, many in one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    dataloader::{self, DataLoader},
    runtime::{TokioSpawner, TokioTimer},
};

use crate::{
    accounts::{Account, Accounts, UserId},
    kernel::Fault,
};

/// Loads the people that visible things name. Made anew for each request.
#[derive(Debug)]
pub struct Loader(Accounts);

/// The loader of one request.
#[must_use]
pub fn loader(accounts: Accounts) -> DataLoader<Loader> {
    DataLoader::new(Loader(accounts), TokioSpawner::current(), TokioTimer::default())
}

impl dataloader::Loader<UserId> for Loader {
    type Value = Account;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[UserId]) -> Result<HashMap<UserId, Account>, Arc<Fault>> {
        self.0.accounts_named(ids).await.map_err(Arc::new)
    }
}
