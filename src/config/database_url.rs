//! The address of the database: checked whole before anything else reads it, because the libraries below name what they
//! cannot read, password and all.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::{ConfigError, environment_name, find};

/// What stands in a path as it is; all else is written with `%`.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The address of a SQLite database in a file.
pub(super) fn of_file(file: &Path) -> String {
    format!("sqlite://{}", utf8_percent_encode(&file.to_string_lossy(), PATH))
}

/// Refuses what is no address of a database, without repeating it.
pub(super) fn check(text: &str) -> Result<(), ConfigError> {
    let refused = |detail: &str| {
        Err(ConfigError::Invalid {
            shown: environment_name("database_url"),
            value: "(not shown, it may hold a password)".into(),
            allowed: find("database_url").map_or("", |setting| setting.allowed),
            detail: detail.into(),
        })
    };
    if text.contains(":memory:") || text.contains("mode=memory") {
        return refused("; a database in memory would be a different one for each connection, name a file");
    }
    let parsed = Url::parse(text);
    if let Some(path) = text.strip_prefix("sqlite://") {
        let named = path.split('?').next().is_some_and(|path| !path.is_empty());
        return match (named, parsed) {
            (false, _) => refused(""),
            (true, Err(_)) => refused("; percent-encode blanks, colons and question marks in the path"),
            (true, Ok(_)) => Ok(()),
        };
    }
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return refused("");
    }
    // A `/`, `?` or `#` in a password ends the part in which user and host are looked for; where what is left still reads
    // as host and port, the `@` is found behind it.
    let whole = parsed.is_ok_and(|url| {
        !url.username().is_empty()
            || ![Some(url.path()), url.query(), url.fragment()].iter().flatten().any(|part| part.contains('@'))
    });
    if whole { Ok(()) } else { refused("; percent-encode the password (/ is %2F, ? is %3F, # is %23, @ is %40)") }
}

/// The address as it may be shown: no password, and no parameters, which may hold one.
pub(super) fn masked(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "(not shown)".into() };
    let masked = url.password().is_none() || url.set_password(Some("***")).is_ok();
    url.set_query(None);
    url.set_fragment(None);
    if masked { url.into() } else { "(not shown)".into() }
}
