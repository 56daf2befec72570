//! Where settings are written: a TOML file, and the environment. Both end as names and texts.

use std::{collections::BTreeMap, path::Path};

use toml::Value;

use super::{ConfigError, SETTINGS, environment_name, find};

/// Adds what a file says.
pub(super) fn file(values: &mut BTreeMap<String, String>, file: &Path) -> Result<(), ConfigError> {
    let refused = |detail: String| ConfigError::File { file: file.display().to_string(), detail };
    let text = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
    // Only where and why: the offending line, which the parser would quote, may hold a password.
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let at = error.span().map(|span| position(&text, span.start)).unwrap_or_default();
        refused(format!("{at}{}", error.message()))
    })?;
    for (name, value) in table {
        known(&name, "file", str::to_owned)?;
        let text = plain(&value).map_err(|kind| ConfigError::Invalid {
            shown: name.clone(),
            value: kind.into(),
            allowed: find(&name).map_or("", |setting| setting.allowed),
            detail: "; write it in quotes".into(),
        })?;
        values.insert(name, text);
    }
    Ok(())
}

/// Adds what the environment says, each value as it was typed.
pub(super) fn environment(values: &mut BTreeMap<String, String>) -> Result<(), ConfigError> {
    variables(values, std::env::vars_os())
}

/// Adds what variables say that are settings by their name.
pub(super) fn variables<T: Into<std::ffi::OsString>>(
    values: &mut BTreeMap<String, String>,
    variables: impl IntoIterator<Item = (T, T)>,
) -> Result<(), ConfigError> {
    for (name, value) in variables {
        let Ok(name) = name.into().into_string() else { continue };
        let Some(name) = name.strip_prefix("BFW_").map(str::to_ascii_lowercase) else { continue };
        // Test runs are told where to find their servers and data by variables of the same family.
        if name.starts_with("test_") {
            continue;
        }
        known(&name, "environment", environment_name)?;
        let value = value.into().into_string().map_err(|_| ConfigError::Invalid {
            shown: environment_name(&name),
            value: "(not UTF-8)".into(),
            allowed: find(&name).map_or("", |setting| setting.allowed),
            detail: String::new(),
        })?;
        values.insert(name, value);
    }
    Ok(())
}

/// Refuses a name that is no setting.
pub(super) fn known(name: &str, origin: &'static str, shown: impl Fn(&str) -> String) -> Result<(), ConfigError> {
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

fn position(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).map_or(0, |line| line.chars().count()) + 1;
    format!("line {line}, column {column}: ")
}

/// A value as its text; a list as its parts with commas. A number with a point or a date would not come back as it was
/// written, and no setting is one.
fn plain(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(yes) => Ok(yes.to_string()),
        Value::Array(items) => items.iter().map(plain).collect::<Result<Vec<_>, _>>().map(|items| items.join(",")),
        Value::Float(_) => Err("a number with a point"),
        Value::Datetime(_) => Err("a date"),
        Value::Table(_) => Err("a table"),
    }
}
