//! A signed address (AWS Signature Version 4, in the query), with headers that a client has to send as they were signed.
//!
//! The S3 library signs addresses, too, but leaves `Content-Length` out of what is signed however it is asked: by such an address
//! a client could send a file of any length.

use std::time::Duration;

use hmac::{Hmac, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::kernel::clock::Timestamp;

/// What is not written as it is in a query: all but RFC 3986's unreserved signs.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who signs, for which region.
pub(super) struct Signing<'a> {
    pub(super) access_key: &'a SecretString,
    pub(super) secret_key: &'a SecretString,
    pub(super) region: &'a str,
}

/// What is signed. The path holds no signs that need escaping; the headers stand in the order of their names, in small letters,
/// without `host`.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
}

/// The address by which this may be done from `now` on.
pub(super) fn presigned(by: &Signing<'_>, what: &Signed<'_>, lifetime: Duration, now: Timestamp) -> String {
    let (day, second) = (now.format("%Y%m%d").to_string(), now.format("%Y%m%dT%H%M%SZ").to_string());
    let scope = format!("{day}/{}/s3/aws4_request", by.region);
    let mut headers: Vec<(&str, &str)> = what.headers.to_vec();
    headers.push(("host", what.host));
    headers.sort_unstable();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines = headers.iter().fold(String::new(), |lines, (name, value)| lines + name + ":" + value.trim() + "\n");
    let credential = format!("{}/{scope}", by.access_key.expose_secret());
    let lasts = lifetime.as_secs().to_string();
    let query = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", &credential),
        ("X-Amz-Date", &second),
        ("X-Amz-Expires", &lasts),
        ("X-Amz-SignedHeaders", &names),
    ];
    let query = query.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, QUERY))).join("&");
    let request = format!("{}\n{}\n{query}\n{lines}\n{names}\nUNSIGNED-PAYLOAD", what.method, what.path);
    let request = hex::encode(Sha256::digest(request));
    let to_sign = format!("AWS4-HMAC-SHA256\n{second}\n{scope}\n{request}");
    let mut key = format!("AWS4{}", by.secret_key.expose_secret()).into_bytes();
    for part in [day.as_str(), by.region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    let signature = hex::encode(mac(&key, &to_sign));
    format!("{}://{}{}?{query}&X-Amz-Signature={signature}", what.scheme, what.host, what.path)
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    // HMAC takes keys of any length.
    mac.map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_stands_there() {
        let (access_key, secret_key) =
            ("AKIAIOSFODNN7EXAMPLE".into(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into());
        let by = Signing { access_key: &access_key, secret_key: &secret_key, region: "us-east-1" };
        let host = "examplebucket.s3.amazonaws.com";
        let what = Signed { method: "GET", scheme: "https", host, path: "/test.txt", headers: &[] };
        let now = "2013-05-24T00:00:00Z".parse().unwrap();
        let url = presigned(&by, &what, Duration::from_secs(86_400), now);
        assert_eq!(
            url,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }
}
