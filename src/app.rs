//! The composition root: a configuration becomes an application. The command and the tests both start here.

mod follow_up;

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;

pub use self::follow_up::FollowUp;
use crate::{
    accounts::{self, Accounts},
    alerts::Alerts,
    catalog::Catalog,
    certification::Certification,
    config::{Config, SearchEngine},
    contracts::{AwardedContracts, Contracts},
    credentials::{self, Credentials},
    demo,
    directory::Directory,
    documents::{self, Documents},
    inquiries::{self, Inquiries},
    insight::Insight,
    kernel::{
        Failure, Fault, Services,
        blobs::{BlobError, Blobs},
        clock::{Clock, SystemClock},
        db::{Database, DatabaseOptions, DbErr, MigrateError, all_migrations},
        worker,
    },
    matching::Matching,
    notifications::{self, Notifications},
    ocds::Ocds,
    privacy::Privacy,
    procurement::{Procurement, Sealing},
    search::{self, Search, engine::Engine, index::SearchIndex, meilisearch::MeilisearchOptions},
    traceability::{self, ListingLots, Traceability},
};

/// Everything that runs, put together.
#[derive(Clone)]
pub struct App {
    /// What was set.
    pub config: Arc<Config>,
    /// Proxies that are believed about the client's address; with what else can be taken in while the service runs, see
    /// [`App::reload`].
    pub trusted_proxies: Arc<ArcSwap<Vec<IpAddr>>>,
    /// The database, the time, new ids.
    pub services: Services,
    /// Who is acting.
    pub accounts: Accounts,
    /// Files that organizations hand in.
    pub documents: Documents,
    /// Organizations, places, ownership.
    pub directory: Directory,
    /// Products, units, listings.
    pub catalog: Catalog,
    /// Schemes and certificates.
    pub certification: Certification,
    /// Producers, lots and what happened to them.
    pub traceability: Traceability,
    /// Requests, bids, awards and appeals.
    pub procurement: Procurement,
    /// Who can answer what is asked.
    pub matching: Matching,
    /// Contracts, from their signature to the last payment.
    pub contracts: Contracts,
    /// What the market is like.
    pub insight: Insight,
    /// What anybody may know of procurement.
    pub ocds: Ocds,
    /// The index over listings and organizations.
    pub search: Search,
    /// What people are told.
    pub notifications: Notifications,
    /// Signed statements that anybody can check.
    pub credentials: Credentials,
    /// Searches that people keep.
    pub alerts: Alerts,
    /// What buyers and sellers write to each other.
    pub inquiries: Inquiries,
    /// What is kept of persons.
    pub privacy: Privacy,
}

/// Why the application did not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder for local files cannot be used.
    #[error("cannot use the data folder {folder} (BFW_DATA_DIR): {error}")]
    DataFolder {
        /// Which.
        folder: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open the database (BFW_DATABASE_URL): {0}")]
    Database(#[from] DbErr),
    /// The schema cannot be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[from] MigrateError),
    /// The store of documents cannot be used.
    #[error("cannot use the store of documents (BFW_BLOBS): {0}")]
    Blobs(BlobError),
    /// A room cannot get ready.
    #[error("cannot get ready: {0}")]
    Room(#[from] Fault),
}

impl From<Failure> for StartError {
    fn from(failure: Failure) -> Self {
        Self::Room(match failure {
            Failure::Fault(fault) => fault,
            Failure::Rejected(_) => Fault::Internal(failure.to_string()),
        })
    }
}

impl App {
    /// Starts on the machine's own clock.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let database = connect(&config).await?;
        Self::assemble(config, database, Arc::new(SystemClock)).await
    }

    /// Starts on a given database and clock: migrates, brings the reference data up to date, opens the index.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn assemble(config: Config, db: Database, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Box::pin(Self::assemble_with(config, db, clock, |index| index)).await
    }

    /// The same with an index that `wrap` makes of the one that the configuration names: for tests of an index that fails.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn assemble_with(
        config: Config,
        db: Database,
        clock: Arc<dyn Clock>,
        wrap: impl FnOnce(Arc<dyn SearchIndex>) -> Arc<dyn SearchIndex> + Send,
    ) -> Result<Self, StartError> {
        let services = Services::of(db, clock);
        let lock = services.db.startup_lock().await?;
        for name in services.db.migrate(&lock).await? {
            tracing::info!(name, "migration applied");
        }
        // Under the lock, because processes that share the key file would each make the first key.
        let credentials = Credentials::start(services.clone(), &credentials::Settings::from(&config)).await?;
        let accounts = Accounts::new(services.clone(), accounts::Settings::from(&config));
        let notifications = Notifications::new(services.clone(), &notifications::Settings::from(&config))?;
        // Under the lock, for the same reason.
        let keys = documents::start_keys(&services, config.document_key_file.clone()).await?;
        let blobs = Blobs::open(&config.blobs, keys, Arc::clone(&services.clock)).map_err(StartError::Blobs)?;
        let sealing = Sealing::start(&services, config.sealing_key_file.clone()).await?;
        let documents = Documents::new(services.clone(), blobs, config.documents_quota_bytes, sealing.hold_key()?);
        let below = (notifications.clone(), documents.clone(), credentials.clone());
        let directory = Directory::start(services.clone(), below.clone(), config.evidence_reviewers).await?;
        let catalog =
            Catalog::start(services.clone(), directory.clone(), documents.clone(), Arc::new(ListingLots)).await?;
        let taxonomy = catalog.taxonomy();
        let certification = Certification::new(services.clone(), below, directory.clone(), Arc::clone(taxonomy))?;
        let traceability = Traceability::new(
            services.clone(),
            (notifications.clone(), credentials.clone()),
            (directory.clone(), catalog.clone(), certification.clone()),
            config.public_url.clone(),
        )?;
        let procurement = Procurement::new(
            services.clone(),
            (notifications.clone(), documents.clone()),
            (directory.clone(), catalog.clone(), certification.clone()),
            (Arc::new(AwardedContracts::new(notifications.clone())), sealing),
            config.ocds_prefix.clone(),
        )?;
        let matching = Matching::new(
            services.clone(),
            (directory.clone(), catalog.clone(), certification.clone()),
            procurement.clone(),
        );
        let contracts = Contracts::new(
            services.clone(),
            (notifications.clone(), documents.clone()),
            (directory.clone(), catalog.clone()),
            (traceability.clone(), procurement.clone()),
        )?;
        let insight = Insight::new(services.clone(), directory.clone(), catalog.clone())?;
        let ocds = Ocds::new(services.clone(), directory.clone(), catalog.clone(), config.public_url.clone());
        let schemes = certification.schemes();
        // Under the lock, because processes that share the data folder would each build the same missing index.
        let (index, rebuild) = Engine::from(&config).open(services.now()).await.map_err(Fault::from)?;
        let search = Search::over((wrap(index), rebuild), &services, &directory, schemes, taxonomy).await?;
        let search = search.within(config.request_timeout);
        lock.release().await?;
        let alerts = Alerts::new(services.clone(), search.clone(), notifications.clone());
        let inquiries = Inquiries::new(
            services.clone(),
            (notifications.clone(), documents.clone()),
            (directory.clone(), catalog.clone()),
            inquiries::Limits::from(&config),
        );
        let privacy = Privacy::new(
            services.clone(),
            (accounts.clone(), notifications.clone()),
            (documents.clone(), alerts.clone(), inquiries.clone()),
            (procurement.clone(), contracts.clone()),
        );
        Ok(Self {
            trusted_proxies: Arc::new(ArcSwap::from_pointee(config.trusted_proxies.clone())),
            config: Arc::new(config),
            services,
            accounts,
            documents,
            directory,
            catalog,
            certification,
            traceability,
            procurement,
            matching,
            contracts,
            insight,
            ocds,
            search,
            notifications,
            credentials,
            alerts,
            inquiries,
            privacy,
        })
    }

    /// Only migrates and brings the reference data up to date, and gives the names of the migrations that were applied.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn migrate(config: &Config) -> Result<Vec<String>, StartError> {
        let database = connect(config).await?;
        let lock = database.startup_lock().await?;
        let applied = database.migrate(&lock).await?;
        let services = Services::of(database.clone(), Arc::new(SystemClock));
        let notifications = Notifications::new(services.clone(), &notifications::Settings::from(config))?;
        let keys = documents::start_keys(&services, config.document_key_file.clone()).await?;
        let blobs = Blobs::open(&config.blobs, keys, Arc::clone(&services.clock)).map_err(StartError::Blobs)?;
        let sealing = Sealing::start(&services, config.sealing_key_file.clone()).await?;
        let documents = Documents::new(services.clone(), blobs, config.documents_quota_bytes, sealing.hold_key()?);
        let credentials = Credentials::start(services.clone(), &credentials::Settings::from(config)).await?;
        let below = (notifications, documents.clone(), credentials);
        let directory = Directory::start(services.clone(), below, config.evidence_reviewers).await?;
        Catalog::start(services, directory, documents, Arc::new(ListingLots)).await?;
        lock.release().await?;
        database.close().await?;
        Ok(applied)
    }

    /// The names of the migrations that the database lacks. Changes nothing.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn pending(config: &Config) -> Result<Vec<String>, StartError> {
        let Some(database) = look(config).await? else { return Ok(all_migrations()) };
        let pending = database.pending_migrations().await?;
        database.close().await?;
        Ok(pending)
    }

    /// What follows commits: hand it to [`worker::drain`], or let [`App::work`] do it.
    #[must_use]
    pub fn follow_up(&self) -> FollowUp {
        FollowUp(self.clone())
    }

    /// Does the background work until `stop`: carries the outbox, sends what is due, sweeps, and looks after the index.
    pub async fn work(self, name: &'static str, stop: CancellationToken) {
        let follow_up = self.follow_up();
        // Boxed: each of them holds what it does at the moment, and together that is much to move about.
        let carry = Box::pin(worker::run(self.services.clone(), &follow_up, name, stop.clone()));
        let send = Box::pin(notifications::run(self.notifications.clone(), stop.clone()));
        let assess = Box::pin(self.directory.watch_days(stop.clone()));
        let ask = Box::pin(traceability::send_messages(self.traceability.clone(), stop.clone()));
        tokio::join!(carry, send, ask, assess, Box::pin(self.watch(stop)));
    }

    /// Keeps up with what other processes do to the index and to the places, for a process that answers and leaves the work
    /// to others.
    pub async fn watch(&self, stop: CancellationToken) {
        tokio::join!(search::watch::run(self.search.clone(), stop.clone()), self.directory.watch_places(stop));
    }

    /// Takes in what can be taken in of other settings while the service runs: those that [`crate::config::SETTINGS`] marks.
    pub fn reload(&self, config: &Config) {
        self.accounts.allow_attempts(config.attempts_per_identifier, config.attempts_per_address);
        self.documents.allow_bytes(config.documents_quota_bytes);
        self.inquiries.allow(config.into());
        self.trusted_proxies.store(Arc::new(config.trusted_proxies.clone()));
    }

    /// Closes the index and the database in order.
    pub async fn close(self) {
        if let Err(error) = self.search.close().await {
            tracing::warn!(%error, "the search index did not close cleanly; it is checked at the next start");
        }
        if let Err(error) = self.services.db.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

impl<'a> From<&'a App> for demo::Rooms<'a> {
    fn from(app: &'a App) -> Self {
        Self {
            services: &app.services,
            accounts: &app.accounts,
            directory: &app.directory,
            catalog: &app.catalog,
            certification: &app.certification,
            traceability: &app.traceability,
            ocds_prefix: app.procurement.ocds_prefix(),
        }
    }
}

impl From<&Config> for Engine {
    fn from(config: &Config) -> Self {
        match &config.search {
            SearchEngine::Embedded => Self::Embedded { data_dir: config.data_dir.clone() },
            SearchEngine::Meilisearch { url, key, prefix } => {
                Self::Meilisearch(MeilisearchOptions { url: url.clone(), key: key.clone(), prefix: prefix.clone() })
            }
        }
    }
}

impl From<&Config> for notifications::Settings {
    fn from(config: &Config) -> Self {
        Self {
            public_url: config.public_url.clone(),
            smtp_url: config.smtp_url.clone(),
            mail_from: config.mail_from.clone(),
            sms_url: config.sms_url.clone(),
            sms_token: config.sms_token.clone(),
            kept: config.notifications_kept,
        }
    }
}

impl From<&Config> for inquiries::Limits {
    fn from(config: &Config) -> Self {
        Self { begun_a_day: config.inquiries_per_day, messages_an_hour: config.inquiry_messages_per_hour }
    }
}

impl From<&Config> for credentials::Settings {
    fn from(config: &Config) -> Self {
        Self { public_url: config.public_url.clone(), key_file: config.signing_key_file.clone() }
    }
}

impl From<&Config> for accounts::Settings {
    fn from(config: &Config) -> Self {
        Self {
            access_lifetime: config.access_lifetime,
            refresh_lifetime: config.refresh_lifetime,
            attempts_per_identifier: config.attempts_per_identifier,
            attempts_per_address: config.attempts_per_address,
            password_workers: config.password_workers,
        }
    }
}

/// Opens the database that the configuration names.
///
/// # Errors
/// When the data folder cannot be made or the database cannot be reached.
pub async fn connect(config: &Config) -> Result<Database, StartError> {
    std::fs::create_dir_all(&config.data_dir)
        .map_err(|error| StartError::DataFolder { folder: config.data_dir.display().to_string(), error })?;
    Ok(Database::connect(&DatabaseOptions::from(config)).await?)
}

/// Opens the database that the configuration names only to look at it; none where there is no file yet. Makes nothing.
///
/// # Errors
/// When the database cannot be reached.
pub async fn look(config: &Config) -> Result<Option<Database>, StartError> {
    Ok(Database::look(&DatabaseOptions::from(config)).await?)
}

impl From<&Config> for DatabaseOptions {
    fn from(config: &Config) -> Self {
        Self {
            url: config.database_url.clone(),
            connections_max: config.database_connections,
            acquire_timeout: config.database_wait,
        }
    }
}
