//! What the market is like: what goods cost elsewhere and whether an offer is fair by that, and how much of what is bought goes to women.
//!
//! A **market price** is what some goods cost on a market in a month, as somebody outside observed and published it. Prices come in files
//! (`bfw import prices`), are kept per kilogram beside what was published, and are public. The same file again changes nothing; a later file
//! that says otherwise of the same goods, market and month corrects the earlier one.
//!
//! A price that lies too far from what the same goods cost on the same market around that time is an **outlier**: it is shown, and no
//! median counts it. **Fairness** holds an offer against the median of recent prices in the nearest area that has enough of them, and
//! says why it cannot tell where it cannot. Amounts in different currencies are never compared.
//!
//! A **report** tells 23 indicators over facts that were frozen as they happened: what they were does not change with what organizations
//! become. Each names its formula and the digest of the facts behind it, and whoever has the public export can compute it anew.

pub mod graphql;
pub mod model;
mod prices;
mod report;
mod store;

use std::sync::Arc;

pub use model::{
    price::{Observation, PriceType},
    price_report::PriceImportReport,
    price_trend::MarketSummary,
};
pub use prices::{
    fairness::{AskFairness, Fairness},
    import::{ImportPrices, PriceStep},
    market::{AskPrices, PRICES, Prices},
};
pub use report::{AskReport, NotVerified, ReportNames, TableError, Verified, csv, verify, xlsx};

use crate::{
    catalog::{Catalog, model::taxonomy::Taxonomy},
    directory::Directory,
    kernel::{Fault, Services},
};
use model::{price_reference::PriceReference, report::target::Targets};

/// The room's handle. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Insight {
    services: Services,
    directory: Directory,
    catalog: Catalog,
    price_reference: Arc<PriceReference>,
    targets: Arc<Targets>,
    making: Arc<report::Making>,
}

impl Insight {
    /// Opens the room: reads the embedded reference data.
    ///
    /// # Errors
    /// When the embedded data are not well-formed.
    pub fn new(services: Services, directory: Directory, catalog: Catalog) -> Result<Self, Fault> {
        let reference = PriceReference::embedded(catalog.taxonomy(), &directory.gazetteer());
        let price_reference = Arc::new(reference.map_err(|error| Fault::Internal(error.to_string()))?);
        let targets = Arc::new(Targets::embedded().map_err(Fault::Internal)?);
        Ok(Self { services, directory, catalog, price_reference, targets, making: Arc::default() })
    }

    /// Products, units and what those weigh.
    #[must_use]
    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        self.catalog.taxonomy()
    }

    /// The rules about market prices, and the names that files of them use.
    #[must_use]
    pub fn price_reference(&self) -> &PriceReference {
        &self.price_reference
    }
}
