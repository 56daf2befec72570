//! Where documents are kept.

use std::path::Path;

use secrecy::SecretString;

use super::{ConfigError, Reader, web_address};
use crate::kernel::blobs::BlobSettings;

/// Reads the settings of the store. What is set is read in any case, so that a slip is told before somebody relies on it; that
/// something is missing, only where it is needed.
pub(super) fn read(read: &Reader<'_>, data_dir: &Path, public_url: &str) -> Result<BlobSettings, ConfigError> {
    let is_s3 = read.checked("blobs", |text| match text {
        "local" => Some(false),
        "s3" => Some(true),
        _ => None,
    })?;
    let may_lack = |text: &str| text.is_empty() && !is_s3;
    let endpoint = read.checked("s3_endpoint", |url| {
        if may_lack(url) { Some(String::new()) } else { web_address(url).filter(|url| is_endpoint(url)) }
    })?;
    let region = read.checked("s3_region", |region| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        ((1..=63).contains(&region.len()) && region.bytes().all(allowed)).then(|| region.to_owned())
    })?;
    let bucket =
        read.checked("s3_bucket", |bucket| (may_lack(bucket) || is_bucket(bucket)).then(|| bucket.to_owned()))?;
    let key = |name| {
        read.checked(name, |key| {
            let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
            (may_lack(key) || is_key).then(|| SecretString::from(key))
        })
    };
    let (access_key, secret_key) = (key("s3_access_key")?, key("s3_secret_key")?);
    Ok(if is_s3 {
        let (public_url, drafts) = (public_url.to_owned(), data_dir.join("drafts"));
        BlobSettings::S3 { endpoint, region, bucket, access_key, secret_key, public_url, drafts }
    } else {
        BlobSettings::Local { folder: data_dir.join("blobs"), public_url: public_url.to_owned() }
    })
}

/// An address without a path, which would become a part of every key, and without a password.
fn is_endpoint(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        url.path() == "/" && url.query().is_none() && url.username().is_empty() && url.password().is_none()
    })
}

fn is_bucket(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'.'))
        && name.bytes().next().is_some_and(plain)
        && name.bytes().next_back().is_some_and(plain)
        && !name.contains("..")
}
