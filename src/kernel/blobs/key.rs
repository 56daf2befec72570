//! Where a blob is.

use std::fmt;

use crate::kernel::digest::Digest;

/// Bytes of a key at most.
const LENGTH_MAX: usize = 200;

/// The key of a blob: small letters, digits, `-`, `_` and `.`, in folders parted by `/`, none of which begins with a dot. So
/// it is a path on every disk, below the folder of its store, and needs no escaping in any address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// Where what clients send arrives.
    pub const INCOMING: &'static str = "incoming/";
    /// Where contents lie that are kept, by what they hash to.
    pub const CONTENT: &'static str = "sha256/";

    /// Where what a client sends under this name arrives. Other signs than a key may have are left out.
    #[must_use]
    pub fn incoming(name: &str) -> Self {
        let name: String = name.chars().filter(|sign| is_plain(*sign) && *sign != '.').take(LENGTH_MAX / 2).collect();
        Self(format!("{}{name}", Self::INCOMING))
    }

    /// Where contents lie that hash to this.
    #[must_use]
    pub fn content(digest: &Digest) -> Self {
        let digest = digest.to_string();
        // Two levels of folders keep any of them small.
        let (first, second) = (digest.get(..2).unwrap_or_default(), digest.get(2..4).unwrap_or_default());
        Self(format!("{}{first}/{second}/{digest}", Self::CONTENT))
    }

    /// Reads a key; none if the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_segment =
            |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(is_plain);
        let is_key = text.len() <= LENGTH_MAX && text.split('/').all(is_segment);
        is_key.then(|| Self(text.to_owned()))
    }

    /// The digest of the contents, if it is the key of such.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        let digest = self.0.rsplit('/').next()?.parse().ok()?;
        (Self::content(&digest) == *self).then_some(digest)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_plain(sign: char) -> bool {
    matches!(sign, 'a'..='z' | '0'..='9' | '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leads_out_of_its_folder() {
        for text in
            ["", "/", "/etc/passwd", "a//b", "..", "a/../b", "a/.b", "a\\b", "A", "a b", "a/", "é", &"a".repeat(201)]
        {
            assert_eq!(BlobKey::parse(text), None, "{text}");
        }
        assert_eq!(BlobKey::incoming("../../Etc/x").as_str(), "incoming/tcx");
    }

    #[test]
    fn contents_are_found_by_what_they_hash_to() {
        let digest = Digest::of(b"");
        let key = BlobKey::content(&digest);
        assert!(key.as_str().starts_with("sha256/e3/b0/e3b0c442"), "{key}");
        assert_eq!((BlobKey::parse(key.as_str()), key.digest()), (Some(key), Some(digest)));
        assert_eq!(BlobKey::incoming(&digest.to_string()).digest(), None);
    }
}
