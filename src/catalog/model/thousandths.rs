//! Decimal numbers in data files and stored records (`"0.05"`) as whole thousandths, so that no measured value ever
//! passes through a float.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::kernel::{
    decimal::{format_scaled, parse_scaled},
    quantity::DECIMALS,
};

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_scaled(&text, DECIMALS).map_err(|error| D::Error::custom(format!("{text:?} is {error}")))
}

pub(super) fn serialize<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_scaled(*value, DECIMALS))
}
