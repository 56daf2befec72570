//! Pages of children for many parents at once: the members of twenty organizations come in one statement, not in twenty.

use std::{collections::HashMap, future::Future, hash::Hash, sync::Arc};

use async_graphql::{Context, Error};

use super::batch::{BatchLoad, Batcher};
use crate::kernel::{
    Fault,
    page::{Counted, Page},
};

/// Loads the same page of the children of several parents.
pub trait PageLoad: Send + Sync {
    /// What has the children: its id, and what decides which of them are shown.
    type Parent: Eq + Hash + Clone + Send + Sync;
    /// A child.
    type Item: Clone + Send + Sync;

    /// Loads for these parents, each given once. A parent without a page has an empty one.
    fn load(
        &self,
        parents: Vec<Self::Parent>,
        page: &Page,
        count: bool,
    ) -> impl Future<Output = Result<HashMap<Self::Parent, Counted<Self::Item>>, Fault>> + Send;
}

/// Gathers what the siblings of one request ask for: those that ask for the same page are answered together.
pub struct Pages<L: PageLoad>(Batcher<EachPage<L>>);

impl<L: PageLoad> Pages<L> {
    /// A batcher for one request.
    pub const fn new(loader: L) -> Self {
        Self(Batcher::new(EachPage(loader)))
    }

    /// The page of a parent's children.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn get(
        &self,
        ctx: &Context<'_>,
        parent: L::Parent,
        page: Page,
        count: bool,
    ) -> Result<Counted<L::Item>, Error> {
        let empty = || (page.slice(Vec::new()), count.then_some(0));
        let loaded = self.0.get(ctx, (parent, Arc::new((page.clone(), count)))).await?;
        Ok(loaded.map_or_else(empty, |page| (*page).clone()))
    }
}

struct EachPage<L>(L);

impl<L: PageLoad> BatchLoad for EachPage<L> {
    type Key = (L::Parent, Arc<(Page, bool)>);
    type Value = Arc<Counted<L::Item>>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let mut parents_by_page: HashMap<Arc<(Page, bool)>, Vec<L::Parent>> = HashMap::new();
        for (parent, page) in keys {
            parents_by_page.entry(page).or_default().push(parent);
        }
        let mut loaded = HashMap::new();
        for (page, parents) in parents_by_page {
            let found = self.0.load(parents, &page.0, page.1).await?;
            loaded.extend(found.into_iter().map(|(parent, found)| ((parent, Arc::clone(&page)), Arc::new(found))));
        }
        Ok(loaded)
    }
}
