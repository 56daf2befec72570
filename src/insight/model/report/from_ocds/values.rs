//! Reading values of open contracting data.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::{clock::Timestamp, decimal::parse_scaled, id::decode, money::Currency};

/// What of an export cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{process}: {what}")]
pub struct Wrong {
    process: String,
    what: String,
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { process: String::new(), what: what.into() }
    }

    pub(super) fn of(self, process: &str) -> Self {
        Self { process: process.to_owned(), ..self }
    }
}

/// The members of an array; none where there is none.
pub(super) fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> Result<&str, Wrong> {
    value.as_str().ok_or_else(|| Wrong::new(format!("no text but {value}")))
}

pub(super) fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The identifier of anything of ours.
pub(super) fn id(value: &Value) -> Result<Uuid, Wrong> {
    let (_, id) = decode(text(value)?).map_err(|error| Wrong::new(format!("{value}: {error}")))?;
    Ok(id)
}

/// The organization that a party is: its identifier stands behind that of the register.
pub(super) fn party(value: &Value) -> Result<Uuid, Wrong> {
    id(value)
}

pub(super) fn instant(value: &Value) -> Result<Option<Timestamp>, Wrong> {
    let Some(text) = value.as_str() else { return Ok(None) };
    let at = DateTime::parse_from_rfc3339(text).map_err(|_| Wrong::new(format!("no instant: {text}")))?;
    Ok(Some(at.with_timezone(&Utc)))
}

pub(super) fn day_of(value: &Value) -> Result<Option<NaiveDate>, Wrong> {
    let Some(text) = value.as_str() else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Wrong::new(format!("no day: {text}")))
}

/// A number as a scaled integer. Its digits are read as they stand: they are the shortest that name the number.
pub(super) fn scaled(value: &Value, decimals: u32) -> Result<Option<i64>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    let number = value.as_number().map(ToString::to_string).unwrap_or_default();
    parse_scaled(&number, decimals).map(Some).map_err(|error| Wrong::new(format!("{value}: {error}")))
}

/// An amount in minor units.
pub(super) fn amount(value: &Value) -> Result<Option<i64>, Wrong> {
    let Some(code) = value["currency"].as_str() else { return Ok(None) };
    let currency = Currency::from_code(code).ok_or_else(|| Wrong::new(format!("no currency: {code}")))?;
    scaled(&value["amount"], currency.exponent().map_or(0, u32::from))
}
