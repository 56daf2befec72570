//! One typed configuration: defaults ← a TOML file ← `BFW_*` environment, read and checked once, at start.
//!
//! Every setting is a row of [`SETTINGS`]; the README's table is generated from it and a test holds the two together.
//! An unknown name or a bad value stops the start, with the name, the value (never a secret's) and what is allowed.

mod blobs;
mod database_url;
mod outside;
mod settings;
mod source;
mod traces;

use std::{
    collections::BTreeMap,
    fmt::Display,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
pub use settings::{SETTINGS, Setting};

use crate::kernel::{
    blobs::BlobSettings,
    telemetry::{LogFormat, TraceSettings, check_directives},
};

/// The search engine behind the `search` room.
#[derive(Debug, Clone)]
pub enum SearchEngine {
    /// In this process, its files under `data_dir`.
    Embedded,
    /// On a Meilisearch server.
    Meilisearch {
        /// Where it is.
        url: String,
        /// The key that it asks for, if any.
        key: Option<SecretString>,
        /// What the names of our indexes on it begin with.
        prefix: String,
    },
}

/// Which web pages may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// Any.
    Any,
    /// These and no others.
    Listed(Vec<String>),
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// How the outside reaches it, without a slash at the end.
    pub public_url: String,
    /// Where everything local is kept.
    pub data_dir: PathBuf,
    /// The private keys that sign credentials.
    pub signing_key_file: PathBuf,
    /// The database.
    pub database_url: SecretString,
    /// Connections in the pool.
    pub database_connections: u32,
    /// How long a request waits for a connection.
    pub database_wait: Duration,
    /// The search engine.
    pub search: SearchEngine,
    /// Where documents are kept.
    pub blobs: BlobSettings,
    /// Bytes that an organization's documents may take.
    pub documents_quota_bytes: i64,
    /// Log directives.
    pub log: String,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Requests that are worked on at once.
    pub operations_at_once: usize,
    /// Connections that are open at once.
    pub connections: usize,
    /// Connections from one address that are open at once.
    pub connections_per_address: usize,
    /// Points that an account's operations may cost in a minute.
    pub cost_per_user_minute: u32,
    /// Points that operations with one access token may cost in a minute.
    pub cost_per_token_minute: u32,
    /// Points that operations from one address may cost in a minute.
    pub cost_per_address_minute: u32,
    /// How long it goes on serving once it was asked to stop.
    pub drain: Duration,
    /// Whether clients may ask for the schema.
    pub introspection: bool,
    /// Whether errors propose field names.
    pub suggestions: bool,
    /// Which web pages may call.
    pub cors_origins: CorsOrigins,
    /// Connections for subscriptions that may be open at once.
    pub subscription_connections: usize,
    /// How many of them from one address.
    pub subscription_connections_per_address: usize,
    /// Proxies that are believed about the client's address.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long an access token lives.
    pub access_lifetime: Duration,
    /// How long an unused refresh token lives.
    pub refresh_lifetime: Duration,
    /// Sign-ins an identifier may try in 15 minutes, right and wrong ones.
    pub attempts_per_identifier: u32,
    /// Sign-ins and sign-ups an address may try in 15 minutes.
    pub attempts_per_address: u32,
    /// Passwords hashed at the same time.
    pub password_workers: usize,
    /// The mail server; empty for none.
    pub smtp_url: SecretString,
    /// The sender of e-mails.
    pub mail_from: String,
    /// The SMS gateway; empty for none.
    pub sms_url: SecretString,
    /// What the SMS gateway knows us by.
    pub sms_token: SecretString,
    /// How long notifications are kept.
    pub notifications_kept: Duration,
    /// Verifiers who have to accept a piece of ownership evidence.
    pub evidence_reviewers: usize,
    /// What identifiers of procurement processes begin with.
    pub ocds_prefix: String,
    /// The file with the secret that bids are sealed with.
    pub sealing_key_file: PathBuf,
    /// The file with the keys that documents are sealed with which are not public.
    pub document_key_file: PathBuf,
    /// Inquiries that an organization may begin in 24 hours.
    pub inquiries_per_day: i64,
    /// Messages that an organization may write in an hour.
    pub inquiry_messages_per_hour: i64,
    /// Where traces are sent, if anywhere.
    pub traces: Option<TraceSettings>,
    /// Every setting as it may be shown.
    texts: BTreeMap<&'static str, String>,
    /// Every setting as it was written, to see what has changed.
    written: BTreeMap<&'static str, SecretString>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read as TOML.
    #[error("{file}: {detail}")]
    File {
        /// Which file.
        file: String,
        /// What is wrong.
        detail: String,
    },
    /// A name that is no setting.
    #[error("unknown setting {shown} ({origin}); {hint}")]
    Unknown {
        /// The name as it was written.
        shown: String,
        /// Environment or file.
        origin: &'static str,
        /// The nearest setting, or all of them.
        hint: String,
    },
    /// A value that is not allowed.
    #[error("{shown} = {value} is not allowed: use {allowed}{detail}")]
    Invalid {
        /// The setting as it is written in the environment.
        shown: String,
        /// What was given, or that it is not shown.
        value: String,
        /// What is allowed.
        allowed: &'static str,
        /// More about it.
        detail: String,
    },
}

/// No less than one operation may cost.
const COST_RANGE: std::ops::RangeInclusive<u32> = 20_000..=4_000_000_000;

impl Config {
    /// Reads the defaults, then the file, then the environment.
    ///
    /// # Errors
    /// At the first unknown name or bad value.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        if let Some(file) = file {
            source::file(&mut values, file)?;
        }
        source::environment(&mut values)?;
        Self::from_values(&values)
    }

    /// Reads a configuration from names and values alone, as tests and the benchmark do.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            source::known(name, "environment", environment_name)?;
            values.insert(name.to_owned(), value.to_owned());
        }
        Self::from_values(&values)
    }

    fn from_values(values: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let read = Reader { values };
        // Absolute, so that what is printed says where things are, and the address of the default database is whole.
        let data_dir = read.checked("data_dir", |folder| std::path::absolute(folder).ok())?;
        let database_url = match values.get("database_url") {
            Some(url) => url.trim().to_owned(),
            None => database_url::of_file(&data_dir.join("bfw.sqlite")),
        };
        database_url::check(&database_url)?;
        let signing_key_file = match values.get("signing_key_file") {
            Some(_) => read.checked("signing_key_file", |file| std::path::absolute(file).ok())?,
            None => data_dir.join("signing-key.json"),
        };
        let sealing_key_file = match values.get("sealing_key_file") {
            Some(_) => read.checked("sealing_key_file", |file| std::path::absolute(file).ok())?,
            None => data_dir.join("sealing-key.json"),
        };
        let document_key_file = match values.get("document_key_file") {
            Some(_) => read.checked("document_key_file", |file| std::path::absolute(file).ok())?,
            None => data_dir.join("document-key.json"),
        };
        let smtp_url = read.checked("smtp_url", |url| outside::is_mail_server(url).then(|| url.to_owned()))?;
        let mail_from = read.checked("mail_from", |from| {
            (outside::is_sender(from) && (smtp_url.is_empty() || !from.is_empty())).then(|| from.to_owned())
        })?;
        let public_url = read.checked("public_url", web_address)?;
        let blobs = blobs::read(&read, &data_dir, &public_url)?;
        let shown = |setting: &Setting| match (setting.secret, read.text(setting.name)) {
            (true, text) if !text.is_empty() => "***".to_owned(),
            (_, text) => text.to_owned(),
        };
        let mut texts: BTreeMap<&'static str, String> =
            SETTINGS.iter().map(|setting| (setting.name, shown(setting))).collect();
        texts.insert("database_url", database_url::masked(&database_url));
        texts.insert("signing_key_file", signing_key_file.display().to_string());
        texts.insert("sealing_key_file", sealing_key_file.display().to_string());
        texts.insert("document_key_file", document_key_file.display().to_string());
        let written = |setting: &Setting| (setting.name, SecretString::from(read.text(setting.name)));
        Ok(Self {
            texts,
            written: SETTINGS.iter().map(written).collect(),
            listen: read.parsed("listen")?,
            public_url,
            blobs,
            documents_quota_bytes: 1_048_576 * read.within("documents_quota_mb", 1..=1_000_000)?,
            data_dir,
            signing_key_file,
            database_url: database_url.into(),
            database_connections: read.within("database_connections", 1..=500)?,
            database_wait: Duration::from_secs(read.within("database_wait_seconds", 1..=60)?),
            search: read.search()?,
            log: read.directives("log")?,
            log_format: read.checked("log_format", |text| match text {
                "human" => Some(LogFormat::Human),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?,
            request_timeout: Duration::from_secs(read.within("request_seconds", 1..=300)?),
            operations_at_once: read.within("operations_at_once", 8..=10_000)?,
            connections: read.within("connections", 16..=1_000_000)?,
            connections_per_address: read.within("connections_per_address", 1..=1_000_000)?,
            cost_per_user_minute: read.within("cost_per_user_minute", COST_RANGE)?,
            cost_per_token_minute: read.within("cost_per_token_minute", COST_RANGE)?,
            cost_per_address_minute: read.within("cost_per_address_minute", COST_RANGE)?,
            drain: Duration::from_secs(read.within("drain_seconds", 0..=300)?),
            introspection: read.parsed("introspection")?,
            suggestions: read.parsed("suggestions")?,
            cors_origins: read.cors("cors_origins")?,
            trusted_proxies: read.list("trusted_proxies")?,
            subscription_connections: read.within("subscription_connections", 1..=100_000)?,
            subscription_connections_per_address: read.within("subscription_connections_per_address", 1..=100_000)?,
            access_lifetime: Duration::from_secs(60 * read.within("access_minutes", 1..=1_440)?),
            refresh_lifetime: Duration::from_secs(86_400 * read.within("refresh_days", 1..=365)?),
            attempts_per_identifier: read.within("attempts_per_identifier", 1..=1_000)?,
            attempts_per_address: read.within("attempts_per_address", 1..=100_000)?,
            password_workers: read.within("password_workers", 1..=64)?,
            smtp_url: smtp_url.into(),
            mail_from,
            sms_url: read.checked("sms_url", |url| outside::is_http(url).then(|| url.to_owned()))?.into(),
            sms_token: read.text("sms_token").into(),
            notifications_kept: Duration::from_secs(86_400 * read.within("notification_days", 1..=3_650)?),
            evidence_reviewers: read.within("evidence_reviewers", 1..=2)?,
            ocds_prefix: read.checked("ocds_prefix", |prefix| is_ocds_prefix(prefix).then(|| prefix.to_owned()))?,
            sealing_key_file,
            document_key_file,
            inquiries_per_day: read.within("inquiries_per_day", 1..=10_000)?,
            inquiry_messages_per_hour: read.within("inquiry_messages_per_hour", 1..=10_000)?,
            traces: traces::read(&read)?,
        })
    }
}

impl Config {
    /// A setting as it is in force, for people. Of a secret one it is only told whether it is set; the database's address is
    /// shown without its password.
    #[must_use]
    pub fn in_force(&self, setting: &Setting) -> String {
        self.texts.get(setting.name).cloned().unwrap_or_default()
    }

    /// The settings that are written otherwise in another configuration, secret ones, too.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<&'static Setting> {
        let text =
            |of: &Self, setting: &Setting| of.written.get(setting.name).map(|text| text.expose_secret().to_owned());
        SETTINGS.iter().filter(|setting| text(self, setting) != text(other, setting)).collect()
    }
}

/// The address of a SQLite database in a file.
#[must_use]
pub fn sqlite_url(file: &Path) -> SecretString {
    database_url::of_file(file).into()
}

/// `ocds-` and six small letters or digits, as the Open Contracting Partnership gives them out.
fn is_ocds_prefix(text: &str) -> bool {
    let sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit();
    text.strip_prefix("ocds-").is_some_and(|given| given.len() == 6 && given.bytes().all(sign))
}

/// The name of a setting in the environment.
#[must_use]
pub fn environment_name(name: &str) -> String {
    format!("BFW_{}", name.to_ascii_uppercase())
}

/// The address of a web server, without a slash at the end.
fn web_address(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    rest.filter(|rest| !rest.is_empty()).map(|_| url.trim_end_matches('/').to_owned())
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
}

impl Reader<'_> {
    fn text(&self, name: &'static str) -> &str {
        let default = find(name).map_or("", |setting| setting.default);
        self.values.get(name).map_or(default, |value| value.trim())
    }

    fn invalid(&self, name: &'static str, detail: impl Display) -> ConfigError {
        let secret = find(name).is_some_and(|setting| setting.secret);
        ConfigError::Invalid {
            shown: environment_name(name),
            value: if secret { "(not shown)".into() } else { format!("{:?}", self.text(name)) },
            allowed: find(name).map_or("", |setting| setting.allowed),
            detail: detail.to_string(),
        }
    }

    fn checked<T>(&self, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, ConfigError> {
        read(self.text(name)).ok_or_else(|| self.invalid(name, ""))
    }

    fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.checked(name, |text| text.parse().ok())
    }

    fn within<T: FromStr + PartialOrd>(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<T>,
    ) -> Result<T, ConfigError> {
        self.checked(name, |text| text.parse().ok().filter(|number| range.contains(number)))
    }

    fn list<T: FromStr>(&self, name: &'static str) -> Result<Vec<T>, ConfigError> {
        self.checked(name, |text| {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect()
        })
    }

    fn search(&self) -> Result<SearchEngine, ConfigError> {
        // Read in any case, so that a slip in them is told before somebody relies on them.
        let key = self.checked("meilisearch_key", |key| {
            key.bytes().all(|byte| byte.is_ascii_graphic()).then(|| key.to_owned())
        })?;
        let key = (!key.is_empty()).then(|| SecretString::from(key));
        let url = self.checked("meilisearch_url", web_address)?;
        let prefix = self.checked("meilisearch_prefix", |prefix| {
            let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
            ((1..=40).contains(&prefix.len()) && prefix.bytes().all(allowed)).then(|| prefix.to_owned())
        })?;
        self.checked("search", |text| match text {
            "embedded" => Some(SearchEngine::Embedded),
            "meilisearch" => Some(SearchEngine::Meilisearch { url, key, prefix }),
            _ => None,
        })
    }

    fn directives(&self, name: &'static str) -> Result<String, ConfigError> {
        let text = self.text(name);
        check_directives(text).map_err(|error| self.invalid(name, format!("; {error}")))?;
        Ok(text.to_owned())
    }

    fn cors(&self, name: &'static str) -> Result<CorsOrigins, ConfigError> {
        if self.text(name) == "*" {
            return Ok(CorsOrigins::Any);
        }
        let origins: Vec<String> = self.list(name)?;
        let is_origin = |origin: &String| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
        };
        if origins.iter().all(is_origin) {
            Ok(CorsOrigins::Listed(origins))
        } else {
            Err(self.invalid(name, "; an origin is scheme://host[:port]"))
        }
    }
}

#[cfg(test)]
mod tests;
