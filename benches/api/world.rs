//! A seeded marketplace on one database, and what is asked of it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use bfw::kernel::id::encode;
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::{
    Options,
    load::{Connection, Script, post},
    process::{Postgres, SERVER_CORE, Server, pinned, run},
    scenario::{CREATE, PUBLISH, SEARCHES, body},
};

/// The marketplace.
pub(crate) struct World {
    pub(crate) database: String,
    folder: PathBuf,
    database_url: String,
    variables: HashMap<&'static str, Vec<Value>>,
    /// Dropped last: the server's connections end before the server.
    _postgres: Option<Postgres>,
}

impl World {
    /// Makes it, or takes the one that an earlier run has made.
    pub(crate) async fn prepare(database: &str, options: &Options) -> Self {
        let name = format!("bfw-bench-{database}-{}-{}", options.organizations, options.listings);
        let folder = std::env::temp_dir().join(name);
        if options.fresh && folder.exists() {
            std::fs::remove_dir_all(&folder).expect("a folder of ours");
        }
        std::fs::create_dir_all(&folder).expect("a folder for temporary files");
        let postgres = (database == "postgres").then(|| Postgres::start(&folder.join("postgres")));
        let database_url = match &postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite://{}", folder.join("bfw.sqlite").display()),
        };
        let mut world = Self {
            database: database.to_owned(),
            folder,
            database_url,
            variables: HashMap::new(),
            _postgres: postgres,
        };
        let seeded = world.folder.join("seeded");
        if !seeded.exists() {
            let counts = [options.organizations.to_string(), options.listings.to_string()];
            let mut seed = world.command(Command::new(env!("CARGO_BIN_EXE_bfw")));
            run(seed.args(["seed", "--organizations", &counts[0], "--listings", &counts[1]]));
            std::fs::File::create(seeded).expect("a file in a folder of ours");
        }
        if let Some(postgres) = &world._postgres {
            postgres.vacuum();
        }
        world.read_variables().await;
        world
    }

    /// `bfw`, to work on this marketplace and hear of nothing else.
    fn command(&self, mut command: Command) -> Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BFW_") {
                command.env_remove(name);
            }
        }
        command
            .env("BFW_DATABASE_URL", &self.database_url)
            .env("BFW_DATA_DIR", self.folder.join("data"))
            .env("BFW_LISTEN", "127.0.0.1:0")
            .env("BFW_LOG", "warn")
            .env("BFW_ACCESS_MINUTES", "1440")
            .env("BFW_ATTEMPTS_PER_ADDRESS", "100000")
            // All clients are of one address, and are counted all the same.
            .env("BFW_CONNECTIONS_PER_ADDRESS", "10000")
            .env("BFW_COST_PER_ADDRESS_MINUTE", "4000000000")
            .env("BFW_COST_PER_USER_MINUTE", "4000000000")
            .env("BFW_COST_PER_TOKEN_MINUTE", "4000000000")
            .stderr(Stdio::inherit());
        command
    }

    /// Starts the product on its core.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts the product on its core, with some settings of its own.
    pub(crate) fn serve_with(&self, settings: &[(&str, String)]) -> Server {
        let mut command = self.command(pinned(SERVER_CORE, env!("CARGO_BIN_EXE_bfw")));
        command.args(["serve"]).envs(settings.iter().map(|(name, value)| (name, value)));
        Server::start(command)
    }

    /// Builds the index anew, with some settings of its own, and tells how long that takes.
    pub(crate) fn reindex(&self, settings: &[(&str, String)]) -> Duration {
        let mut command = self.command(Command::new(env!("CARGO_BIN_EXE_bfw")));
        command.args(["reindex"]).envs(settings.iter().map(|(name, value)| (name, value)));
        let started = Instant::now();
        run(command);
        started.elapsed()
    }

    /// Where the product keeps what is its own.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A folder of this marketplace's for another server.
    pub(crate) fn folder_of(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Starts the floor on the same core.
    pub(crate) fn serve_floor(&self) -> Server {
        let mut command = pinned(SERVER_CORE, std::env::current_exe().expect("this program"));
        command.args(["--floor", &self.database_url]).stderr(Stdio::inherit());
        Server::start(command)
    }

    /// What the requests of a scenario differ in.
    pub(crate) fn variables(&self, scenario: &str) -> Vec<Value> {
        self.variables.get(scenario).cloned().expect("variables for every scenario")
    }

    async fn read_variables(&mut self) {
        let (ids, pages, places) = read(&self.database_url).await;
        let listings = ids.iter().map(|&id| json!({ "id": encode("listing", id) })).collect();
        let pages: Vec<Value> =
            pages.iter().map(|(product, place)| json!({ "product": product, "place": place })).collect();
        let nested = places.iter().map(|place| json!({ "place": place })).collect();
        let searches = SEARCHES.iter().map(|text| json!({ "text": text })).collect();
        self.variables = HashMap::from([
            ("listing", listings),
            ("page", pages.clone()),
            ("page_total", pages),
            ("nested", nested),
            ("search", searches),
        ]);
    }

    /// Signs up this many sellers, each with an organization of her own.
    pub(crate) async fn writers(&self, address: SocketAddr, count: usize) -> Vec<Writer> {
        let mut connection = Connection::open(address).await;
        // Unlike any that this process signed up before, for another engine.
        static SIGNED_UP: AtomicUsize = AtomicUsize::new(0);
        let mut writers = Vec::with_capacity(count);
        for number in (0..count).map(|_| SIGNED_UP.fetch_add(1, Ordering::Relaxed)) {
            writers.push(Writer::sign_up(&mut connection, number).await);
        }
        writers
    }
}

/// Listings all over the table; products and regions with more than a page; regions with organizations.
async fn read(database_url: &str) -> (Vec<Uuid>, Vec<(String, String)>, Vec<String>) {
    const PUBLISHED: &str = "SELECT id FROM listing WHERE status = 'PUBLISHED' ORDER BY id";
    const PAGES: &str = "SELECT product_code, region_code FROM listing WHERE status = 'PUBLISHED' \
                         AND region_code IS NOT NULL GROUP BY product_code, region_code HAVING COUNT(*) > 20 ORDER BY product_code, region_code";
    const REGIONS: &str = "SELECT region_code FROM organization WHERE region_code IS NOT NULL \
                           GROUP BY region_code HAVING COUNT(*) >= 20 ORDER BY region_code";
    macro_rules! read {
        ($pool:expr) => {{
            let pool = $pool.await.expect("a database");
            let ids = sqlx::query(PUBLISHED).fetch_all(&pool).await.expect("rows");
            let pages = sqlx::query(PAGES).fetch_all(&pool).await.expect("rows");
            let regions = sqlx::query(REGIONS).fetch_all(&pool).await.expect("rows");
            pool.close().await;
            let step = (ids.len() / 997).max(1);
            (
                ids.iter().step_by(step).map(|row| row.get(0)).collect(),
                pages.iter().map(|row| (row.get(0), row.get(1))).collect(),
                regions.iter().map(|row| row.get(0)).collect(),
            )
        }};
    }
    if database_url.starts_with("sqlite:") {
        read!(sqlx::SqlitePool::connect(database_url))
    } else {
        read!(sqlx::PgPool::connect(database_url))
    }
}

/// A seller with an organization.
#[derive(Clone)]
pub(crate) struct Writer {
    token: String,
    organization: String,
}

impl Writer {
    async fn sign_up(connection: &mut Connection, number: usize) -> Self {
        // Unlike any of an earlier run on the same database.
        let email = format!("bench-{}-{number}@example.org", std::process::id());
        let sign_up = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } \
                       userErrors { code message path } } }";
        let input = json!({ "input": {
            "email": email, "password": "un mot de passe assez long", "name": "Awa Traoré", "language": "FR" } });
        let answer = ask(connection, None, sign_up, &input).await;
        let token = text_at(&answer, "/data/signUp/session/accessToken");
        let register = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) { \
                        organization { id } userErrors { code message path } } }";
        let input = json!({ "input": {
            "kind": "SME", "name": format!("Karité {} {number}", std::process::id()), "placeCode": "ML-2" } });
        let answer = ask(connection, Some(&token), register, &input).await;
        let organization = text_at(&answer, "/data/registerOrganization/organization/id");
        Self { token, organization }
    }

    /// Publishes a listing, and gives its id as soon as that is acknowledged.
    pub(crate) async fn publish(&self, connection: &mut Connection, title: &str) -> String {
        let created = ask(connection, Some(&self.token), CREATE, &self.listing(title)).await;
        let id = text_at(&created, "/data/createListing/listing/id");
        let published = ask(connection, Some(&self.token), PUBLISH, &json!({ "input": { "listingId": id } })).await;
        assert_eq!(text_at(&published, "/data/publishListing/listing/id"), id);
        id
    }

    fn listing(&self, title: &str) -> Value {
        json!({ "input": {
            "organizationId": self.organization, "productCode": "shea-butter", "title": title,
            "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
            "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "koulikoro" } })
    }

    /// What she does, on these paths.
    pub(crate) fn script(&self, create_path: &'static str, publish_path: &'static str) -> CreateAndPublish {
        let input = self.listing("Beurre de karité de la saison");
        CreateAndPublish {
            create: post(create_path, Some(&self.token), &body(CREATE, &input)),
            publish: Vec::new(),
            publish_path,
            token: self.token.clone(),
            created: false,
        }
    }
}

/// Creates a listing, publishes it, creates the next.
pub(crate) struct CreateAndPublish {
    create: Vec<u8>,
    publish: Vec<u8>,
    publish_path: &'static str,
    token: String,
    created: bool,
}

impl Script for CreateAndPublish {
    fn next(&mut self, answer: &[u8]) -> &[u8] {
        let refused = !answer.is_empty() && !answer.windows(15).any(|window| window == b"\"userErrors\":[]");
        assert!(!refused, "{}", String::from_utf8_lossy(answer));
        self.created = !self.created;
        if self.created {
            return &self.create;
        }
        let answer: Value = serde_json::from_slice(answer).expect("JSON");
        let id = text_at(&answer, "/data/createListing/listing/id");
        let input = json!({ "input": { "listingId": id } });
        self.publish = post(self.publish_path, Some(&self.token), &body(PUBLISH, &input));
        &self.publish
    }
}

pub(crate) async fn ask(connection: &mut Connection, token: Option<&str>, query: &str, variables: &Value) -> Value {
    let answer = connection.ask(&post("/graphql", token, &body(query, variables))).await;
    serde_json::from_slice(answer).expect("JSON")
}

fn text_at(answer: &Value, pointer: &str) -> String {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("no {pointer} in {answer}")).to_owned()
}
