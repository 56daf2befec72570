//! The loaders of one request. Each room makes its own; here they are put into the request's context.

use std::{
    any::{Any, TypeId},
    sync::{Arc, OnceLock},
};

use async_graphql::Data;

use crate::{
    accounts::{self, Actor},
    alerts,
    app::App,
    catalog, certification, contracts, credentials, directory, documents, inquiries,
    kernel::graphql::AtNeed,
    notifications, procurement, traceability,
};

/// What the rooms' loaders are made from.
#[derive(Clone)]
pub struct Loaders(Arc<App>);

impl Loaders {
    /// Loaders over the application's rooms.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self(Arc::new(app.clone()))
    }

    /// Gives a request fresh loaders, which load what `actor` may see.
    pub(super) fn add(&self, data: &mut Data, actor: &Actor) {
        let fresh: Box<dyn AtNeed> = Box::new(Fresh::new(Arc::clone(&self.0), actor.clone()));
        data.insert(fresh);
    }
}

/// Declares the loaders, each with its name and how it is made.
macro_rules! fresh {
    (|$app:ident, $actor:ident| $($name:ident: $ty:ty = $make:expr;)+) => {
        /// Loaders that have loaded nothing.
        struct Fresh {
            app: Arc<App>,
            actor: Actor,
            $($name: OnceLock<Box<$ty>>,)+
        }

        impl Fresh {
            fn new(app: Arc<App>, actor: Actor) -> Self {
                Self { app, actor, $($name: OnceLock::new(),)+ }
            }
        }

        impl AtNeed for Fresh {
            fn of_type(&self, ty: TypeId) -> Option<&(dyn Any + Send + Sync)> {
                let ($app, $actor) = (&*self.app, &self.actor);
                $(if ty == TypeId::of::<$ty>() {
                    return Some(&**self.$name.get_or_init(|| Box::new($make)));
                })+
                None
            }
        }
    };
}

fresh! {
    |app, actor|
    catalog: catalog::graphql::Loaders = catalog::graphql::Loaders::new(&app.catalog, actor);
    directory: directory::graphql::Loaders = directory::graphql::Loaders::new(&app.directory, actor);
    certification: certification::graphql::Loaders = certification::graphql::Loaders::new(&app.certification, actor);
    accounts: accounts::graphql::Loaders = accounts::graphql::Loaders::new(&app.accounts, actor);
    documents: documents::graphql::Loaders = documents::graphql::Loaders::new(&app.documents, actor);
    lots: traceability::graphql::LotLoaders = traceability::graphql::LotLoaders::new(&app.traceability, actor);
    traceability: traceability::graphql::Loaders = traceability::graphql::Loaders::new(&app.traceability, actor);
    awards: procurement::graphql::AwardLoaders = procurement::graphql::AwardLoaders::new(&app.procurement, actor);
    bids: procurement::graphql::BidLoaders = procurement::graphql::BidLoaders::new(&app.procurement, actor);
    procurement: procurement::graphql::Loaders = procurement::graphql::Loaders::new(&app.procurement, actor);
    notifications: notifications::graphql::Loaders = notifications::graphql::Loaders::new(&app.notifications, actor);
    credentials: credentials::graphql::Loaders = credentials::graphql::Loaders::new(&app.credentials);
    inquiries: inquiries::graphql::Loaders = inquiries::graphql::Loaders::new(&app.inquiries, actor);
    contracts: contracts::graphql::Loaders = contracts::graphql::Loaders::new(&app.contracts, actor);
    alerts: alerts::graphql::Loaders = alerts::graphql::Loaders::new(&app.alerts, actor);
}
