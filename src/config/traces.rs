//! Where traces are sent.

use secrecy::SecretString;

use super::{ConfigError, Reader, web_address};
use crate::kernel::telemetry::TraceSettings;

/// Reads the settings of traces; none where no collector is named. What is set is read in any case, so that a slip is told before
/// somebody relies on it.
pub(super) fn read(read: &Reader<'_>) -> Result<Option<TraceSettings>, ConfigError> {
    let url = read.checked("otlp_url", |url| if url.is_empty() { Some(String::new()) } else { web_address(url) })?;
    let headers = read.checked("otlp_headers", |text| {
        text.split(',').map(str::trim).filter(|header| !header.is_empty()).map(header).collect()
    })?;
    let percent = read.within("otlp_percent", 0..=100)?;
    Ok((!url.is_empty()).then_some(TraceSettings { url, headers, percent }))
}

/// `name=value`.
fn header(text: &str) -> Option<(String, SecretString)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let is_value = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    (is_name && is_value).then(|| (name.to_owned(), value.into()))
}
