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
    /// Where what clients send arrives that is sealed.
    pub const SEALED_INCOMING: &'static str = "sealed-incoming/";
    /// Where contents lie that are kept sealed, by a name that only the service can compute.
    pub const SEALED: &'static str = "sealed/";

    /// Every folder.
    pub const FOLDERS: [&'static str; 4] = [Self::CONTENT, Self::SEALED, Self::INCOMING, Self::SEALED_INCOMING];

    /// Where what a client sends under this name arrives. Other signs than a key may have are left out.
    #[must_use]
    pub fn incoming(name: &str) -> Self {
        Self::arriving(Self::INCOMING, name)
    }

    /// The same for what is sealed.
    #[must_use]
    pub fn sealed_incoming(name: &str) -> Self {
        Self::arriving(Self::SEALED_INCOMING, name)
    }

    fn arriving(folder: &str, name: &str) -> Self {
        let name: String = name.chars().filter(|sign| is_plain(*sign) && *sign != '.').take(LENGTH_MAX / 2).collect();
        Self(format!("{folder}{name}"))
    }

    /// Where contents lie that hash to this.
    #[must_use]
    pub fn content(digest: &Digest) -> Self {
        Self::named(Self::CONTENT, digest)
    }

    /// Where contents lie sealed that have this name.
    #[must_use]
    pub fn sealed(name: &Digest) -> Self {
        Self::named(Self::SEALED, name)
    }

    fn named(folder: &str, name: &Digest) -> Self {
        let name = name.to_string();
        // Two levels of folders keep any of them small.
        let (first, second) = (name.get(..2).unwrap_or_default(), name.get(2..4).unwrap_or_default());
        Self(format!("{folder}{first}/{second}/{name}"))
    }

    /// Whether what lies there is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.0.starts_with(Self::SEALED) || self.0.starts_with(Self::SEALED_INCOMING)
    }

    /// Reads a key; none if the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_segment =
            |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(is_plain);
        let is_key = text.len() <= LENGTH_MAX && text.split('/').all(is_segment);
        is_key.then(|| Self(text.to_owned()))
    }

    /// What contents that are kept are called: what they hash to, or what they are called where they are sealed. None of what only
    /// arrives.
    #[must_use]
    pub fn name(&self) -> Option<Digest> {
        let name = self.0.rsplit('/').next()?.parse().ok()?;
        (Self::content(&name) == *self || Self::sealed(&name) == *self).then_some(name)
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
        assert_eq!((BlobKey::parse(key.as_str()), key.name()), (Some(key), Some(digest)));
        assert_eq!(BlobKey::incoming(&digest.to_string()).name(), None);
    }

    #[test]
    fn what_is_sealed_lies_by_itself() {
        let name = Digest::of(b"a");
        for (key, sealed) in [
            (BlobKey::content(&name), false),
            (BlobKey::incoming("sealed"), false),
            (BlobKey::sealed(&name), true),
            (BlobKey::sealed_incoming("a"), true),
        ] {
            assert_eq!((key.is_sealed(), BlobKey::parse(key.as_str())), (sealed, Some(key.clone())), "{key}");
        }
        assert_eq!(BlobKey::sealed(&name).name(), Some(name));
    }
}
