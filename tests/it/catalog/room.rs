//! The catalogue on a database of its own, with a few people around it, asked through GraphQL as clients ask it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{EmptySubscription, Request, Schema, SchemaBuilder, Variables};
use bfw::{
    accounts::{
        Actor, Membership, MembershipId, OrganizationId, PlatformRole, Principal, RequestInfo, Role, SessionId, User,
        UserId,
    },
    catalog::{
        self, Catalog, NoLots,
        graphql::{CatalogMutation, CatalogQuery},
    },
    certification::{self, Certification},
    credentials::Credentials,
    directory::{self, Directory},
    documents::{Documents, HoldKey},
    kernel::{
        Services,
        blobs::{BlobSettings, Blobs},
        clock::ManualClock,
        db::{Database, DatabaseOptions},
        id::{IdSource, UuidV7Source},
        key_file::KeyFile,
        locale::Locale,
        telemetry::RequestId,
    },
    notifications::{Notifications, Settings},
};
use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Fixture, TestDatabase};

/// The catalogue, its neighbours' rows, and a clock that a test can move.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) catalog: Catalog,
    certification: Certification,
    directory: Directory,
    pub(crate) db: Database,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) seller: OrganizationId,
    pub(crate) buyer: OrganizationId,
    ids: Arc<dyn IdSource>,
    schema: Schema<CatalogQuery, CatalogMutation, EmptySubscription>,
    statements: Arc<AtomicUsize>,
    people: People,
}

#[derive(Clone)]
struct People {
    seller: Actor,
    clerk: Actor,
    buyer: Actor,
    auditor: Actor,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Who {
    /// Nobody signed in.
    Nobody,
    /// The owner of the selling cooperative.
    Seller,
    /// A member of the cooperative who may only look.
    Clerk,
    /// The buyer's procurement officer.
    Buyer,
    /// An auditor of the platform.
    Auditor,
}

impl Fixture for Room {
    async fn build(database: TestDatabase) -> Self {
        let statements = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&statements);
        let options = DatabaseOptions {
            url: database.url.clone().into(),
            connections_max: 8,
            acquire_timeout: Duration::from_secs(20),
        };
        let db = Database::connect(&options).await.unwrap();
        let db = db.on_statement(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let clock = Arc::new(ManualClock::at("2026-11-23T10:00:00Z".parse().unwrap()));
        let ids: Arc<dyn IdSource> = Arc::new(UuidV7Source::new(clock.clone()));
        let services = Services { db: db.clone(), clock: clock.clone(), ids: Arc::clone(&ids) };
        let notifications = Notifications::new(services.clone(), &Settings::default()).unwrap();
        let folder = database.folder.join("blobs");
        let settings = BlobSettings::Local { folder, public_url: String::new() };
        let keys = Arc::new(KeyFile::at(database.folder.join("document-key.json")));
        let blobs = Blobs::open(&settings, keys, Arc::clone(&services.clock)).unwrap();
        let documents = Documents::new(services.clone(), blobs, i64::MAX, HoldKey::new([0; 32]));
        let settings = bfw::credentials::Settings {
            public_url: "http://localhost:8080".to_owned(),
            key_file: database.folder.join("signing-key.json"),
        };
        let credentials = Credentials::start(services.clone(), &settings).await.unwrap();
        let below = (notifications, documents.clone(), credentials);
        let directory = Directory::start(services.clone(), below.clone(), 1).await.unwrap();
        let catalog = Catalog::start(services.clone(), directory.clone(), documents, Arc::new(NoLots)).await.unwrap();
        let certification = Certification::new(services, below, directory.clone(), Arc::clone(catalog.taxonomy()));
        let certification = certification.unwrap();
        let schema = Schema::build(CatalogQuery, CatalogMutation, EmptySubscription)
            .data(catalog.clone())
            .data(certification.clone())
            .data(directory.clone())
            .finish();
        let (seller, buyer) = (OrganizationId::from_uuid(ids.next_uuid()), OrganizationId::from_uuid(ids.next_uuid()));
        organization(&db, seller, "COOPERATIVE").await;
        organization(&db, buyer, "COMPANY").await;
        let people = People {
            seller: person(&db, &ids, Some((seller, Role::Owner)), None).await,
            clerk: person(&db, &ids, Some((seller, Role::Viewer)), None).await,
            buyer: person(&db, &ids, Some((buyer, Role::ProcurementOfficer)), None).await,
            auditor: person(&db, &ids, None, Some(PlatformRole::Auditor)).await,
        };
        Self { catalog, certification, directory, db, clock, seller, buyer, ids, schema, statements, people }
    }
}

impl Room {
    /// The actor of somebody's request.
    pub(crate) fn actor(&self, who: Who) -> Actor {
        match who {
            Who::Nobody => Actor { principal: Principal::Anonymous, request: request() },
            Who::Seller => self.people.seller.clone(),
            Who::Clerk => self.people.clerk.clone(),
            Who::Buyer => self.people.buyer.clone(),
            Who::Auditor => self.people.auditor.clone(),
        }
    }

    /// What GraphQL answers somebody, errors and all.
    pub(crate) async fn answer(&self, who: Who, query: &str, variables: Value) -> Value {
        self.answer_to(&self.actor(who), query, variables).await
    }

    async fn answer_to(&self, actor: &Actor, query: &str, variables: Value) -> Value {
        let request = self.request(actor, query).variables(Variables::from_json(variables));
        answered(&self.schema.execute(request).await)
    }

    /// An actor's request with everything that the API would put into it.
    pub(crate) fn request(&self, actor: &Actor, query: &str) -> Request {
        Request::new(query)
            .data(catalog::graphql::Loaders::new(&self.catalog, actor))
            .data(certification::graphql::Loaders::new(&self.certification, actor))
            .data(directory::graphql::Loaders::new(&self.directory, actor))
            .data(Locale::En)
            .data(RequestId::new("test"))
            .data(actor.clone())
    }

    /// A schema's builder with the rooms in it.
    pub(crate) fn rooms<Q, M, S>(&self, builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
        builder.data(self.catalog.clone()).data(self.certification.clone()).data(self.directory.clone())
    }

    /// The data that GraphQL gives somebody who asks rightly.
    pub(crate) async fn ask(&self, who: Who, query: &str, variables: Value) -> Value {
        self.ask_as(&self.actor(who), query, variables).await
    }

    /// The data that GraphQL gives an actor who asks rightly.
    pub(crate) async fn ask_as(&self, actor: &Actor, query: &str, variables: Value) -> Value {
        let mut answer = self.answer_to(actor, query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// Carries out a mutation and gives its payload.
    pub(crate) async fn mutate(&self, who: Who, mutation: &str, input: Value) -> Value {
        let mut kind = mutation.to_owned();
        kind[..1].make_ascii_uppercase();
        let object = match mutation {
            "reserveStock" | "releaseReservation" => "reservation { id status quantity expiresAt endedAt }",
            _ => {
                "listing { id title description status version price { amount currency } priceUnit pricePerKilogram \
                 quantityAvailable { value unit kilograms } quantity { value } minimumOrder grade season publishedAt \
                 availableUntil measurements { attribute value } reference }"
            }
        };
        let query = format!(
            "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {object} userErrors {{ code path message }} }} }}"
        );
        self.ask(who, &query, json!({ "input": input })).await[mutation].take()
    }

    /// A draft of the seller's with everything that publishing needs, as changed by `with`.
    pub(crate) fn draft(&self, with: Value) -> Value {
        let mut input = json!({
            "organizationId": self.seller.to_string(),
            "productCode": "shea-butter",
            "title": "Beurre de karité non raffiné",
            "price": { "amount": "1250" },
            "priceUnit": "KGM",
            "quantity": { "value": "400", "unit": "KGM" },
            "placeCode": "segou",
        });
        for (name, value) in with.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    }

    /// Writes a draft and gives its id.
    pub(crate) async fn created(&self, with: Value) -> String {
        let payload = self.mutate(Who::Seller, "createListing", self.draft(with)).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        text(&payload["listing"]["id"])
    }

    /// Writes a draft, publishes it and gives its id.
    pub(crate) async fn published(&self, with: Value) -> String {
        let id = self.created(with).await;
        let payload = self.mutate(Who::Seller, "publishListing", json!({ "listingId": id })).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        id
    }

    /// One number that a statement gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let row = self.db.read().query_one_raw(Statement::from_string(self.db.backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Runs a statement past the catalogue.
    pub(crate) async fn execute(&self, sql: &str, values: Vec<SqlValue>) {
        execute(&self.db, sql, values).await;
    }

    /// Another organization that sells.
    pub(crate) async fn another_seller(&self) -> (OrganizationId, Actor) {
        let id = OrganizationId::from_uuid(self.ids.next_uuid());
        organization(&self.db, id, "SME").await;
        (id, person(&self.db, &self.ids, Some((id, Role::Manager)), None).await)
    }

    /// How many SQL statements some work takes.
    pub(crate) async fn statements<T>(&self, work: impl Future<Output = T>) -> (usize, T) {
        let before = self.statements.load(Ordering::Relaxed);
        let value = work.await;
        (self.statements.load(Ordering::Relaxed) - before, value)
    }
}

/// The codes of a payload's errors with their paths, as `CODE path`.
pub(crate) fn codes(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            let path: Vec<String> = error["path"].as_array().unwrap().iter().map(text).collect();
            format!("{} {}", text(&error["code"]), path.join(".")).trim_end().to_owned()
        })
        .collect()
}

/// A JSON text as it is.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

fn request() -> RequestInfo {
    RequestInfo { id: RequestId::new("test"), address: IpAddr::V4(Ipv4Addr::LOCALHOST), locale: Locale::En }
}

async fn person(
    db: &Database,
    ids: &Arc<dyn IdSource>,
    seat: Option<(OrganizationId, Role)>,
    platform: Option<PlatformRole>,
) -> Actor {
    let id = UserId::from_uuid(ids.next_uuid());
    let now = "2026-11-23T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let account = "INSERT INTO user_account (id, name, email, language, password_hash, status, version, created_at, \
                   updated_at) VALUES ($1, 'Awa', $2, 'fr', 'x', 'ACTIVE', 1, $3, $3)";
    execute(db, account, vec![id.uuid().into(), format!("{id}@example.org").into(), now.into()]).await;
    let membership = MembershipId::from_uuid(ids.next_uuid());
    let memberships = seat.map(|(organization, role)| Membership { id: membership, organization, role });
    if let Some(Membership { id: membership, organization, role }) = memberships {
        let row = "INSERT INTO membership (id, organization_id, user_id, role, version, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, 1, $5, $5)";
        let role = role.as_str().into();
        let values = vec![membership.uuid().into(), organization.uuid().into(), id.uuid().into(), role, now.into()];
        execute(db, row, values).await;
    }
    let user = User {
        id,
        session: SessionId::from_uuid(ids.next_uuid()),
        memberships: memberships.into_iter().collect(),
        platform_roles: platform.into_iter().collect(),
    };
    Actor { principal: Principal::User(user), request: request() }
}

async fn organization(db: &Database, id: OrganizationId, kind: &str) {
    let now = "2026-11-23T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let row = "INSERT INTO organization (id, kind, name, name_folded, descriptions, language, place_code, languages, \
               standing, version, created_at, updated_at) \
               VALUES ($1, $2, 'Benkadi', 'benkadi', $3, 'fr', 'segou', $4, 'GOOD', 1, $5, $5)";
    execute(db, row, vec![id.uuid().into(), kind.into(), json!({}).into(), json!([]).into(), now.into()]).await;
}

async fn execute(db: &Database, sql: &str, values: Vec<SqlValue>) {
    let tx = db.begin().await.unwrap();
    tx.execute_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await.unwrap();
    tx.commit().await.unwrap();
}

/// The UUID in a wire id.
pub(crate) fn uuid(id: &str) -> Uuid {
    bfw::kernel::id::decode(id).unwrap().1
}

/// What came of a request, as JSON.
pub(super) fn answered(response: &async_graphql::Response) -> Value {
    let mut data = Vec::new();
    bfw::kernel::graphql::write(&response.data, &mut data);
    let mut answer = json!({ "data": serde_json::from_slice::<Value>(&data).unwrap() });
    if !response.errors.is_empty() {
        answer["errors"] = serde_json::to_value(&response.errors).unwrap();
    }
    answer
}
