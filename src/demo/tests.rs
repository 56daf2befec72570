//! Both marketplaces on a real database.

use std::{cell::Cell, future::Future, sync::Arc, time::Duration};

use entity::{certificate, contract, listing, organization, ownership_assessment, user_account};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;

use super::{PASSWORD, Rooms, SeedPlan, load, seed};
use crate::{
    accounts::{self, Accounts, Actor, SignIn},
    catalog::{Catalog, NoLots},
    certification::Certification,
    credentials::{self, Credentials},
    directory::{Directory, model::ownership::Definition},
    documents::{Documents, HoldKey},
    kernel::{
        Services,
        blobs::{BlobSettings, Blobs},
        clock::SystemClock,
        db::{Database, DatabaseOptions},
        id::UuidV7Source,
        key_file::KeyFile,
    },
    notifications::{Notifications, Settings},
    traceability::Traceability,
};

struct Stage {
    services: Services,
    accounts: Accounts,
    directory: Directory,
    catalog: Catalog,
    certification: Certification,
    traceability: Traceability,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = SecretString::from(format!("sqlite://{}/demo.sqlite", folder.path().display()));
        let options = DatabaseOptions { url, connections_max: 4, acquire_timeout: Duration::from_secs(10) };
        let db = Database::connect(&options).await.unwrap();
        let lock = db.startup_lock().await.unwrap();
        db.migrate(&lock).await.unwrap();
        let clock = Arc::new(SystemClock);
        let services = Services { db, clock: clock.clone(), ids: Arc::new(UuidV7Source::new(clock)) };
        let settings = accounts::Settings {
            access_lifetime: Duration::from_secs(3_600),
            refresh_lifetime: Duration::from_secs(36_000),
            attempts_per_identifier: 10,
            attempts_per_address: 1_000,
            password_workers: 2,
        };
        let accounts = Accounts::new(services.clone(), settings);
        let notifications = Notifications::new(services.clone(), &Settings::default()).unwrap();
        let settings = BlobSettings::Local { folder: folder.path().join("blobs"), public_url: String::new() };
        let keys = Arc::new(KeyFile::at(folder.path().join("document-key.json")));
        let blobs = Blobs::open(&settings, keys, Arc::clone(&services.clock)).unwrap();
        let documents = Documents::new(services.clone(), blobs, i64::MAX, HoldKey::new([0; 32]));
        let settings = credentials::Settings {
            public_url: "http://localhost:8080".to_owned(),
            key_file: folder.path().join("signing-key.json"),
        };
        let credentials = Credentials::start(services.clone(), &settings).await.unwrap();
        let below = (notifications.clone(), documents.clone(), credentials.clone());
        let directory = Directory::start(services.clone(), below.clone(), 1).await.unwrap();
        let catalog = Catalog::start(services.clone(), directory.clone(), documents, Arc::new(NoLots)).await.unwrap();
        let taxonomy = Arc::clone(catalog.taxonomy());
        let certification = Certification::new(services.clone(), below, directory.clone(), taxonomy).unwrap();
        let rooms = (directory.clone(), catalog.clone(), certification.clone());
        let url = "http://localhost:8080".to_owned();
        let traceability = Traceability::new(services.clone(), (notifications, credentials), rooms, url).unwrap();
        lock.release().await.unwrap();
        Self { services, accounts, directory, catalog, certification, traceability, _folder: folder }
    }

    fn rooms(&self) -> Rooms<'_> {
        Rooms {
            services: &self.services,
            accounts: &self.accounts,
            directory: &self.directory,
            catalog: &self.catalog,
            certification: &self.certification,
            traceability: &self.traceability,
            ocds_prefix: "ocds-bfw000",
        }
    }

    async fn count<E: EntityTrait>(&self) -> u64
    where
        E::Model: Send + Sync,
    {
        E::find().count(self.services.db.read()).await.unwrap()
    }
}

#[tokio::test]
async fn the_demo_is_loaded_once_and_everybody_can_sign_in() {
    let stage = Stage::set().await;
    let last = Cell::new((0, 0));

    let loaded = load(stage.rooms(), |done, total| last.set((done, total))).await.unwrap();
    let organizations = stage.count::<organization::Entity>().await;
    let listings = stage.count::<listing::Entity>().await;

    assert!(loaded.fresh);
    assert_eq!(last.get().0, last.get().1);
    assert!(organizations >= 45 && listings >= 320, "{organizations} organizations, {listings} listings");
    assert!(stage.count::<certificate::Entity>().await >= 30);
    let answers = async |status: &str| {
        let found = ownership_assessment::Entity::find().filter(ownership_assessment::Column::Status.eq(status));
        found.count(stage.services.db.read()).await.unwrap()
    };
    let (yes, no) = (answers("YES").await, answers("NO").await);
    let unknown = organizations * Definition::ALL.len() as u64 - yes - no;
    assert_eq!((yes, no, unknown), (167, 77, 96), "of each definition for each organization: YES, NO, UNKNOWN");
    let published = listing::Entity::find().filter(listing::Column::Status.eq("PUBLISHED"));
    assert!(published.count(stage.services.db.read()).await.unwrap() >= 320);
    let graded = listing::Entity::find()
        .filter(listing::Column::ProductCode.eq("shea-butter"))
        .filter(listing::Column::Grade.is_in(["I", "II"]));
    assert!(graded.count(stage.services.db.read()).await.unwrap() >= 5);

    let again = load(stage.rooms(), |_, _| panic!("nothing is done a second time")).await.unwrap();
    assert!(!again.fresh);
    assert_eq!(stage.count::<listing::Entity>().await, listings);
    for account in &again.accounts {
        let command = SignIn {
            identifier: account.identifier.clone(),
            password: SecretString::from(PASSWORD),
            idempotency_key: None,
        };
        let signed_in = stage.accounts.sign_in(&Actor::system("test"), command).await;
        assert!(signed_in.is_ok(), "{} cannot sign in: {signed_in:?}", account.identifier);
    }
    let mut roles: Vec<&str> = again.accounts.iter().map(|account| account.role.as_str()).collect();
    roles.sort_unstable();
    roles.dedup();
    assert_eq!(
        roles,
        ["ADMIN", "AGENT", "AUDITOR", "EVALUATOR", "MANAGER", "OWNER", "PROCUREMENT_OFFICER", "VERIFIER", "VIEWER"]
    );
}

#[tokio::test]
async fn a_load_that_was_cut_short_goes_on_where_it_stopped() {
    let stage = Stage::set().await;
    let stopped = Cell::new(false);
    {
        let load = load(stage.rooms(), |done, _| stopped.set(stopped.get() || done == 40));
        let mut load = std::pin::pin!(load);
        // Dropped half-way, as by a process that is stopped.
        std::future::poll_fn(|context| {
            let polled = load.as_mut().poll(context);
            if stopped.get() { std::task::Poll::Ready(()) } else { polled.map(|_| panic!("it was not cut short")) }
        })
        .await;
    }

    let loaded = load(stage.rooms(), |_, _| {}).await.unwrap();

    assert!(loaded.fresh);
    let fixture = super::fixture::Fixture::embedded().unwrap();
    assert_eq!(stage.count::<organization::Entity>().await, fixture.organizations.len() as u64);
    assert_eq!(stage.count::<listing::Entity>().await, fixture.listings.len() as u64);
    assert_eq!(stage.count::<user_account::Entity>().await, fixture.users.len() as u64);
}

#[tokio::test]
async fn a_seed_is_written_whole_and_a_second_time_changes_nothing() {
    let stage = Stage::set().await;
    let plan = SeedPlan { organizations: 60, listings: 1_200, contracts: 40, seed: 3 };
    let last = Cell::new(0);

    seed(stage.rooms(), &plan, |done| last.set(done)).await.unwrap();
    let first = listing::Entity::find().all(stage.services.db.read()).await.unwrap();
    seed(stage.rooms(), &plan, |_| {}).await.unwrap();
    let second = listing::Entity::find().all(stage.services.db.read()).await.unwrap();

    assert_eq!(last.get(), 1_300);
    assert_eq!(stage.count::<contract::Entity>().await, 40);
    assert_eq!(stage.count::<organization::Entity>().await, 60);
    assert_eq!(first.len(), 1_200);
    assert_eq!(first, second);
}
