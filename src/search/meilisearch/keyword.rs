//! Exact values in an engine whose values are not exact.
//!
//! The server compares the values of a field without regard to case, accents and compatibility forms, counts those that
//! compare equal as one, and knows no way to write a backslash before a quotation mark. So a value that is not plain already
//! is written with its own digest behind it: different values then differ in something that is compared.

use std::{borrow::Cow, fmt::Write as _};

use sha2::{Digest as _, Sha256};

/// Parts a value from its digest; no plain value contains it.
const MARK: char = '~';

/// Bytes of a digest that are written: two values of one marketplace do not share them by chance.
const DIGEST_BYTES: usize = 8;

/// Bytes of a value that are written; the server refuses values over some 460. What is cut still counts in the digest.
const VALUE_BYTES_MAX: usize = 300;

/// The value as it is sent.
pub(super) fn encoded(value: &str) -> Cow<'_, str> {
    let plain =
        |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '_' | '.' | ':');
    if value.chars().all(plain) && value.len() <= VALUE_BYTES_MAX {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 1 + 2 * DIGEST_BYTES);
    for sign in value.chars() {
        if text.len() >= VALUE_BYTES_MAX {
            break;
        }
        match sign {
            '%' | '~' | '"' | '\'' | '\\' => push_escaped(&mut text, sign),
            control if control.is_control() => push_escaped(&mut text, control),
            other => text.push(other),
        }
    }
    text.push(MARK);
    for byte in Sha256::digest(value.as_bytes()).iter().take(DIGEST_BYTES) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Cow::Owned(text)
}

fn push_escaped(text: &mut String, sign: char) {
    let mut bytes = [0; 4];
    for byte in sign.encode_utf8(&mut bytes).bytes() {
        let _ = write!(text, "%{byte:02X}");
    }
}

/// The value that was sent as this.
pub(super) fn decoded(sent: &str) -> String {
    match sent.rsplit_once(MARK) {
        None => sent.to_owned(),
        Some((value, _)) => percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_value_is_sent_as_it_is() {
        for plain in ["shea-butter", "2026", "ml-2.1:x", "0192e4d8-0000-7000-8000-000000000001"] {
            assert_eq!(encoded(plain), plain);
        }
    }

    #[test]
    fn values_that_the_server_would_take_for_one_are_kept_apart() {
        for (one, other) in [("Extra", "extra"), ("étuvé", "etuve"), ("I", "i"), ("Ⅰ", "I"), (" a", "a")] {
            let (one, other) = (encoded(one), encoded(other));
            assert_ne!(one.rsplit_once(MARK), other.rsplit_once(MARK), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_comes_back(value in any::<String>().prop_filter("short", |text| text.len() < 90)) {
            prop_assert_eq!(decoded(&encoded(&value)), value);
        }

        #[test]
        fn nothing_that_is_sent_is_too_long(value in "\\PC{0,900}") {
            prop_assert!(encoded(&value).len() < VALUE_BYTES_MAX + 40);
        }
    }
}
