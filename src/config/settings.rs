//! Every setting there is, as it is documented: the README's table is generated from it.

/// One setting, as it is documented.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file; in the environment, `BFW_` and the name in capitals.
    pub name: &'static str,
    /// What it is when nobody says otherwise.
    pub default: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// What is allowed, in words.
    pub allowed: &'static str,
    /// Whether its value is never shown.
    pub secret: bool,
    /// Whether a running service takes another value in when it is told to (SIGHUP); the others wait for a restart.
    pub reloaded: bool,
}

impl Setting {
    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn reloaded(self) -> Self {
        Self { reloaded: true, ..self }
    }
}

const fn setting(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default, meaning, allowed, secret: false, reloaded: false }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting("listen", "127.0.0.1:8080", "an address and port", "where the service listens"),
    setting("public_url", "http://127.0.0.1:8080", "an http or https URL", "how the outside reaches the service"),
    setting("data_dir", "data", "a folder that can be made and written", "where everything local is kept"),
    setting(
        "database_url",
        "sqlite://<data_dir>/bfw.sqlite",
        "sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE",
        "the database; secret",
    )
    .secret(),
    setting(
        "signing_key_file",
        "<data_dir>/signing-key.json",
        "a file that can be read, or made where it is missing",
        "the private keys that sign credentials",
    ),
    setting("database_connections", "16", "1 to 500", "connections in the pool"),
    setting("database_wait_seconds", "5", "1 to 60", "how long a request waits for a free connection or a lock"),
    setting("search", "embedded", "embedded or meilisearch", "the search engine"),
    setting("meilisearch_url", "http://127.0.0.1:7700", "an http or https URL", "where the Meilisearch server is"),
    setting("meilisearch_key", "", "a key, or nothing", "the key that the Meilisearch server asks for; secret")
        .secret(),
    setting(
        "meilisearch_prefix",
        "bfw",
        "1 to 40 small letters, digits, - and _",
        "what the names of the indexes on the Meilisearch server begin with",
    ),
    setting("blobs", "local", "local or s3", "where documents are kept: in data_dir, or in a store that speaks S3"),
    setting("s3_endpoint", "", "an http or https URL", "where the S3 store is; needed with s3"),
    setting("s3_region", "us-east-1", "1 to 63 letters, digits and -", "the region of the S3 store"),
    setting(
        "s3_bucket",
        "",
        "3 to 63 small letters, digits, . and -",
        "the bucket, which must be there; needed with s3",
    ),
    setting("s3_access_key", "", "a key", "who the service is to the S3 store; needed with s3; secret").secret(),
    setting("s3_secret_key", "", "a key", "what proves it to the S3 store; needed with s3; secret").secret(),
    setting("documents_quota_mb", "2048", "1 to 1000000", "megabytes that an organization's documents may take")
        .reloaded(),
    setting(
        "log",
        "info",
        "directives such as info,bfw=debug",
        "what is logged: levels, for all of it or for a module and what is in it",
    )
    .reloaded(),
    setting("log_format", "human", "human or json", "the form of the log lines"),
    setting("request_seconds", "10", "1 to 300", "how long one request may take"),
    setting(
        "operations_at_once",
        "64",
        "8 to 10000",
        "requests that are worked on at once; beyond that load is shed with 503",
    ),
    setting("connections", "8192", "16 to 1000000", "connections that are open at once"),
    setting(
        "connections_per_address",
        "512",
        "1 to 1000000",
        "connections from one address that are open at once; those of trusted_proxies are not counted",
    ),
    setting(
        "cost_per_user_minute",
        "600000",
        "20000 to 4000000000",
        "points that an account's operations may cost in a minute; a point is a field of an answer",
    ),
    setting(
        "cost_per_token_minute",
        "300000",
        "20000 to 4000000000",
        "points that operations with one access token may cost in a minute",
    ),
    setting(
        "cost_per_address_minute",
        "6000000",
        "20000 to 4000000000",
        "points that operations from one address may cost in a minute",
    ),
    setting(
        "drain_seconds",
        "0",
        "0 to 300",
        "how long the service, once asked to stop, goes on serving while /health/ready says 503; longer than a balancer takes to notice",
    ),
    setting("introspection", "true", "true or false", "whether clients may ask for the schema"),
    setting(
        "suggestions",
        "true",
        "true or false",
        "whether errors name known fields, types and values that were not asked with",
    ),
    setting("cors_origins", "", "a list of origins, or * for all", "which web pages may call the API"),
    setting("trusted_proxies", "", "a list of IP addresses", "proxies whose X-Forwarded-For is believed").reloaded(),
    setting("access_minutes", "15", "1 to 1440", "how long an access token lives"),
    setting("refresh_days", "30", "1 to 365", "how long an unused refresh token lives"),
    setting("attempts_per_identifier", "10", "1 to 1000", "sign-ins an identifier may try in 15 minutes").reloaded(),
    setting("attempts_per_address", "100", "1 to 100000", "sign-ins and sign-ups an address may try in 15 minutes")
        .reloaded(),
    setting("password_workers", "2", "1 to 64", "passwords hashed at the same time"),
    setting(
        "smtp_url",
        "",
        "smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST:PORT?tls=required",
        "the mail server; without one, e-mails are only logged; secret",
    )
    .secret(),
    setting("mail_from", "", "an address, or NAME <ADDRESS>", "the sender of e-mails; needed with a mail server"),
    setting("sms_url", "", "an http or https URL", "the SMS gateway; without one, SMS are only logged; secret")
        .secret(),
    setting("sms_token", "", "any text", "the bearer token for the SMS gateway; secret").secret(),
    setting("notification_days", "180", "1 to 3650", "how long notifications are kept"),
    setting("evidence_reviewers", "1", "1 or 2", "verifiers who have to accept a piece of ownership evidence"),
    setting(
        "ocds_prefix",
        "ocds-bfw000",
        "ocds- and 6 small letters or digits",
        "what identifiers of procurement processes begin with; the Open Contracting Partnership gives it to a publisher",
    ),
    setting(
        "sealing_key_file",
        "<data_dir>/sealing-key.json",
        "a file that can be read, or made where it is missing",
        "the secret that bids are sealed with; keep it apart from backups of the database",
    ),
    setting(
        "document_key_file",
        "<data_dir>/document-key.json",
        "a file that can be read, or made where it is missing",
        "the keys that documents are encrypted with which are not public; keep it apart from backups of the store",
    ),
    setting(
        "subscription_connections",
        "1000",
        "1 to 100000",
        "connections for subscriptions that may be open at once",
    ),
    setting("subscription_connections_per_address", "100", "1 to 100000", "how many of them from one address"),
    setting("inquiries_per_day", "30", "1 to 10000", "inquiries that an organization may begin in 24 hours").reloaded(),
    setting("inquiry_messages_per_hour", "120", "1 to 10000", "messages that an organization may write in an hour")
        .reloaded(),
    setting(
        "otlp_url",
        "",
        "an http or https URL, or nothing",
        "the collector of traces, which takes OTLP over HTTP at /v1/traces",
    ),
    setting("otlp_headers", "", "NAME=VALUE, parted by commas", "headers that the collector asks for; secret").secret(),
    setting("otlp_percent", "100", "0 to 100", "how many of a hundred traces are sent that no client began"),
];
