//! One typed configuration: defaults ← a TOML file ← `BFW_*` environment, read and checked once, at start.
//!
//! Every setting is a row of [`SETTINGS`]; the README's table is generated from it and a test holds the two together.
//! An unknown name or a bad value stops the start, with the name, the value (never a secret's) and what is allowed.

use std::{
    collections::BTreeMap,
    fmt::Display,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use figment::{
    Figment, Provider,
    providers::{Env, Format, Toml},
    value::{Dict, Value},
};
use secrecy::SecretString;

use crate::kernel::telemetry::{LogFormat, check_directives};

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
}

const fn setting(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default, meaning, allowed }
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
    ),
    setting("database_connections", "16", "1 to 500", "connections in the pool"),
    setting("database_wait_seconds", "5", "1 to 60", "how long a request waits for a free connection or a lock"),
    setting("search", "embedded", "embedded", "the search engine"),
    setting("log", "info", "directives such as info,bfw=debug", "what is logged"),
    setting("log_format", "human", "human or json", "the form of the log lines"),
    setting("request_seconds", "10", "1 to 300", "how long one request may take"),
    setting("introspection", "true", "true or false", "whether clients may ask for the schema"),
    setting("suggestions", "true", "true or false", "whether an unknown field's error proposes known ones"),
    setting("cors_origins", "", "a list of origins, or * for all", "which web pages may call the API"),
    setting("trusted_proxies", "", "a list of IP addresses", "proxies whose X-Forwarded-For is believed"),
    setting("access_minutes", "15", "1 to 1440", "how long an access token lives"),
    setting("refresh_days", "30", "1 to 365", "how long an unused refresh token lives"),
    setting("attempts_per_identifier", "10", "1 to 1000", "failed sign-ins an identifier may have in 15 minutes"),
    setting("attempts_per_address", "100", "1 to 100000", "sign-ins and sign-ups an address may try in 15 minutes"),
    setting("password_workers", "2", "1 to 64", "passwords hashed at the same time"),
];

/// The search engine behind the `search` room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchEngine {
    /// In this process, its files under `data_dir`.
    Embedded,
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
    /// The database.
    pub database_url: SecretString,
    /// Connections in the pool.
    pub database_connections: u32,
    /// How long a request waits for a connection.
    pub database_wait: Duration,
    /// The search engine.
    pub search: SearchEngine,
    /// Log directives.
    pub log: String,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Whether clients may ask for the schema.
    pub introspection: bool,
    /// Whether errors propose field names.
    pub suggestions: bool,
    /// Which web pages may call.
    pub cors_origins: CorsOrigins,
    /// Proxies that are believed about the client's address.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long an access token lives.
    pub access_lifetime: Duration,
    /// How long an unused refresh token lives.
    pub refresh_lifetime: Duration,
    /// Failed sign-ins an identifier may have in 15 minutes.
    pub attempts_per_identifier: u32,
    /// Sign-ins and sign-ups an address may try in 15 minutes.
    pub attempts_per_address: u32,
    /// Passwords hashed at the same time.
    pub password_workers: usize,
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

impl Config {
    /// Reads the defaults, then the file, then the environment.
    ///
    /// # Errors
    /// At the first unknown name or bad value.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        if let Some(file) = file {
            let shown = file.display().to_string();
            if !file.is_file() {
                return Err(ConfigError::File { file: shown, detail: "no such file".into() });
            }
            collect(&mut values, Toml::file_exact(file), "file", |name| name.to_owned(), &shown)?;
        }
        let environment = Env::prefixed("BFW_").filter(|name| {
            // Test runs are told where to find their servers and data by variables of the same family.
            !name.as_str().to_ascii_lowercase().starts_with("test_")
        });
        collect(&mut values, environment, "environment", environment_name, "environment")?;
        Self::from_values(&values)
    }

    /// Reads a configuration from names and values alone, as tests and the benchmark do.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            known(name, "environment", environment_name)?;
            values.insert(name.to_owned(), value.to_owned());
        }
        Self::from_values(&values)
    }

    fn from_values(values: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let read = Reader { values };
        let data_dir = PathBuf::from(read.text("data_dir"));
        let database_url = match values.get("database_url") {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", data_dir.join("bfw.sqlite").display()),
        };
        check_database_url(&database_url)?;
        Ok(Self {
            listen: read.parsed("listen")?,
            public_url: read.checked("public_url", |url| {
                let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
                rest.filter(|rest| !rest.is_empty()).map(|_| url.trim_end_matches('/').to_owned())
            })?,
            data_dir,
            database_url: database_url.into(),
            database_connections: read.within("database_connections", 1..=500)?,
            database_wait: Duration::from_secs(read.within("database_wait_seconds", 1..=60)?),
            search: read.checked("search", |text| (text == "embedded").then_some(SearchEngine::Embedded))?,
            log: read.directives("log")?,
            log_format: read.checked("log_format", |text| match text {
                "human" => Some(LogFormat::Human),
                "json" => Some(LogFormat::Json),
                _ => None,
            })?,
            request_timeout: Duration::from_secs(read.within("request_seconds", 1..=300)?),
            introspection: read.parsed("introspection")?,
            suggestions: read.parsed("suggestions")?,
            cors_origins: read.cors("cors_origins")?,
            trusted_proxies: read.list("trusted_proxies")?,
            access_lifetime: Duration::from_secs(60 * read.within("access_minutes", 1..=1_440)?),
            refresh_lifetime: Duration::from_secs(86_400 * read.within("refresh_days", 1..=365)?),
            attempts_per_identifier: read.within("attempts_per_identifier", 1..=1_000)?,
            attempts_per_address: read.within("attempts_per_address", 1..=100_000)?,
            password_workers: read.within("password_workers", 1..=64)?,
        })
    }
}

/// The name of a setting in the environment.
#[must_use]
pub fn environment_name(name: &str) -> String {
    format!("BFW_{}", name.to_ascii_uppercase())
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn known(name: &str, origin: &'static str, shown: impl Fn(&str) -> String) -> Result<(), ConfigError> {
    if find(name).is_some() {
        return Ok(());
    }
    let near = SETTINGS.iter().find(|setting| setting.name.contains(name) || name.contains(setting.name));
    let hint = match near {
        Some(setting) => format!("did you mean {}?", shown(setting.name)),
        None => {
            let names: Vec<String> = SETTINGS.iter().map(|setting| shown(setting.name)).collect();
            format!("known are {}", names.join(", "))
        }
    };
    Err(ConfigError::Unknown { shown: shown(name), origin, hint })
}

fn collect(
    values: &mut BTreeMap<String, String>,
    source: impl Provider,
    origin: &'static str,
    shown: impl Fn(&str) -> String + Copy,
    label: &str,
) -> Result<(), ConfigError> {
    let dict: Dict = Figment::from(source)
        .extract()
        .map_err(|error| ConfigError::File { file: label.to_owned(), detail: error.to_string() })?;
    for (name, value) in dict {
        known(&name, origin, shown)?;
        let text = plain(&value).ok_or_else(|| ConfigError::Invalid {
            shown: shown(&name),
            value: "a table".into(),
            allowed: find(&name).map_or("", |setting| setting.allowed),
            detail: String::new(),
        })?;
        values.insert(name, text);
    }
    Ok(())
}

/// A value as its text; a list as its parts with commas.
fn plain(value: &Value) -> Option<String> {
    if let Value::Array(_, items) = value {
        return items.iter().map(plain).collect::<Option<Vec<_>>>().map(|items| items.join(","));
    }
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, yes) => Some(yes.to_string()),
        Value::Char(_, sign) => Some(sign.to_string()),
        Value::Num(_, number) => number
            .to_i128()
            .map(|number| number.to_string())
            .or_else(|| number.to_u128().map(|number| number.to_string()))
            .or_else(|| number.to_f64().map(|number| number.to_string())),
        Value::Empty(..) => Some(String::new()),
        Value::Array(..) | Value::Dict(..) => None,
    }
}

fn check_database_url(url: &str) -> Result<(), ConfigError> {
    let refused = |detail: &str| {
        Err(ConfigError::Invalid {
            shown: environment_name("database_url"),
            value: "(not shown, it may hold a password)".into(),
            allowed: find("database_url").map_or("", |setting| setting.allowed),
            detail: detail.into(),
        })
    };
    if url.contains(":memory:") {
        return refused("; a database in memory would be a different one for each connection, name a file");
    }
    let sqlite = url.strip_prefix("sqlite://").is_some_and(|path| !path.is_empty());
    if sqlite || url.starts_with("postgres://") || url.starts_with("postgresql://") { Ok(()) } else { refused("") }
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
        ConfigError::Invalid {
            shown: environment_name(name),
            value: format!("{:?}", self.text(name)),
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
mod tests {
    use std::io::Write;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_defaults_are_allowed() {
        let config = Config::from_pairs([]).unwrap();
        assert_eq!(config.listen.port(), 8_080);
        assert_eq!(config.database_url.expose_secret(), "sqlite://data/bfw.sqlite");
        assert_eq!(config.cors_origins, CorsOrigins::Listed(vec![]));
    }

    #[test]
    fn a_bad_value_is_named_with_what_is_allowed() {
        let said = |pair| Config::from_pairs([pair]).unwrap_err().to_string();
        assert_eq!(
            said(("database_connections", "0")),
            r#"BFW_DATABASE_CONNECTIONS = "0" is not allowed: use 1 to 500"#
        );
        assert!(said(("listen", "8080")).contains("an address and port"));
        assert!(said(("log", "bfw=loud")).contains("BFW_LOG"));
        assert!(said(("cors_origins", "example.org")).contains("scheme://host"));
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let said = Config::from_pairs([("database_url", "mysql://u:hunter2@h/d")]).unwrap_err().to_string();
        assert!(said.contains("BFW_DATABASE_URL") && !said.contains("hunter2"), "{said}");
        let config = Config::from_pairs([("database_url", "postgres://u:hunter2@h/d")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_near_one() {
        let said = Config::from_pairs([("database", "x")]).unwrap_err().to_string();
        assert!(said.contains("BFW_DATABASE") && said.contains("did you mean BFW_DATABASE_URL?"), "{said}");
    }

    #[test]
    fn a_file_is_read_and_its_slips_are_told() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "access_minutes = 5\ncors_origins = [\"https://a.ml\", \"https://b.ml\"]").unwrap();
        let config = Config::load(Some(file.path())).unwrap();
        assert_eq!(config.access_lifetime, Duration::from_secs(300));
        assert_eq!(config.cors_origins, CorsOrigins::Listed(vec!["https://a.ml".into(), "https://b.ml".into()]));
        writeln!(file, "colour = 1").unwrap();
        assert!(Config::load(Some(file.path())).unwrap_err().to_string().starts_with("unknown setting colour (file)"));
    }
}
