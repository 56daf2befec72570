//! Scalars whose wire form says exactly what it holds.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;
use serde_json::Value as JsonValue;

/// A decimal number as a string, such as `"12.5"`, so that no reader rounds it. Digits with at most one point and one
/// leading minus; no exponent, no thousands separator. As input a whole number is accepted too; a float is not, since it
/// may have lost digits before it came here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decimal(pub String);

/// A decimal number as a string, such as `"12.5"`, so that no reader rounds it. Digits with at most one point and one
/// leading minus; no exponent, no thousands separator. As input a whole number is accepted too; a float is not, since it
/// may have lost digits before it came here.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.clone())),
            Value::Number(number) if number.is_i64() || number.is_u64() => Ok(Self(number.to_string())),
            Value::Number(_) => {
                Err(InputValueError::custom("write decimals as a string, such as \"12.5\": a float loses digits"))
            }
            Value::Null | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) | Value::List(_) | Value::Object(_) => {
                Err(InputValueError::expected_type(value))
            }
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A calendar day as `YYYY-MM-DD` (RFC 3339 full-date), in Mali's own time, which is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Date(pub NaiveDate);

/// A calendar day as `YYYY-MM-DD` (RFC 3339 full-date), in Mali's own time, which is UTC.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        // Ten signs exactly: the parser below would accept years of five digits, which the databases do not share.
        let day = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        day.map(Self).ok_or_else(|| InputValueError::custom("write a day as YYYY-MM-DD, such as 2026-11-23"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// Any JSON value, as it is: what something was is shown in the shape it had then, which no type of today describes.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub JsonValue);

/// Any JSON value (RFC 8259), as it is. Its shape is not a part of this schema and may differ from one record to the next.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(|error| InputValueError::custom(error.to_string()))
    }

    fn to_value(&self) -> Value {
        // A JSON value has one in GraphQL; where the library disagrees, the value is shown as text rather than lost.
        Value::from_json(self.0.clone()).unwrap_or_else(|_| Value::String(self.0.to_string()))
    }
}
