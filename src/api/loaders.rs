//! The loaders of one request. Each room makes its own; here they are put into the request's context.

use async_graphql::Data;

use crate::{
    accounts::{self, Actor},
    alerts,
    app::App,
    catalog, certification, contracts, credentials, directory, documents, inquiries, notifications, procurement,
    traceability,
};

/// What the rooms' loaders are made from.
#[derive(Clone)]
pub struct Loaders(App);

impl Loaders {
    /// Loaders over the application's rooms.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self(app.clone())
    }

    /// Gives a request fresh loaders, which load what `actor` may see.
    pub(super) fn add(&self, data: &mut Data, actor: &Actor) {
        let app = &self.0;
        data.insert(accounts::graphql::Loaders::new(&app.accounts, actor));
        data.insert(documents::graphql::Loaders::new(&app.documents, actor));
        data.insert(directory::graphql::Loaders::new(&app.directory, actor));
        data.insert(catalog::graphql::Loaders::new(&app.catalog, actor));
        data.insert(certification::graphql::Loaders::new(&app.certification, actor));
        data.insert(traceability::graphql::LotLoaders::new(&app.traceability, actor));
        data.insert(traceability::graphql::Loaders::new(&app.traceability, actor));
        data.insert(procurement::graphql::AwardLoaders::new(&app.procurement, actor));
        data.insert(procurement::graphql::BidLoaders::new(&app.procurement, actor));
        data.insert(procurement::graphql::Loaders::new(&app.procurement, actor));
        data.insert(notifications::graphql::Loaders::new(&app.notifications, actor));
        data.insert(credentials::graphql::Loaders::new(&app.credentials));
        data.insert(inquiries::graphql::Loaders::new(&app.inquiries, actor));
        data.insert(contracts::graphql::Loaders::new(&app.contracts, actor));
        data.insert(alerts::graphql::Loaders::new(&app.alerts, actor));
    }
}
