//! The names of our indexes on a server that others may use too.
//!
//! `bfw-listings-3f9c…` is in use; `bfw-listings-3f9c…-build-1764000000000000` is being built. The digest in between names
//! fields, settings and form ([`digest`]), so that two versions of the program on one server do not read each other's.
//!
//! [`digest`]: super::settings::digest

use chrono::{DateTime, Utc};

use crate::search::model::Collection;

const BUILD: &str = "-build-";

/// Names under one prefix and one digest.
#[derive(Debug, Clone)]
pub(super) struct Names {
    prefix: String,
    digest: String,
}

/// The names of one build.
#[derive(Debug, Clone)]
pub(super) struct Build {
    names: Names,
    number: i64,
}

impl Names {
    pub(super) fn new(prefix: &str, digest: String) -> Names {
        Names { prefix: prefix.to_owned(), digest }
    }

    /// The index of a collection that is in use.
    pub(super) fn live(&self, collection: Collection) -> String {
        format!("{}-{}-{}", self.prefix, collection.name(), self.digest)
    }

    /// The build that began at an instant.
    pub(super) fn build(&self, began_at: DateTime<Utc>) -> Build {
        Build { names: self.clone(), number: began_at.timestamp_micros() }
    }

    /// Whether it is an index of a build under this digest.
    pub(super) fn is_build(&self, uid: &str) -> bool {
        Collection::ALL.into_iter().any(|collection| {
            let number = uid.strip_prefix(&self.live(collection)).and_then(|rest| rest.strip_prefix(BUILD));
            number.is_some_and(is_number)
        })
    }

    /// Whether it is an index of ours under another digest, in use or being built.
    pub(super) fn is_of_another_version(&self, uid: &str) -> bool {
        Collection::ALL.into_iter().any(|collection| {
            let lead = format!("{}-{}-", self.prefix, collection.name());
            let Some(rest) = uid.strip_prefix(&lead) else { return false };
            let (digest, number) = rest.split_once(BUILD).unwrap_or((rest, "0"));
            let is_digest = digest.len() == self.digest.len() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_digest && digest != self.digest && is_number(number)
        })
    }
}

impl Build {
    /// The index of a collection that is being built.
    pub(super) fn uid(&self, collection: Collection) -> String {
        format!("{}{BUILD}{}", self.names.live(collection), self.number)
    }

    /// What tells it from other builds.
    pub(super) fn name(&self) -> i64 {
        self.number
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_taken_for_ours() {
        let names = Names::new("bfw", "0123456789ab".into());
        let live = names.live(Collection::Listings);
        let build = names.build(DateTime::UNIX_EPOCH).uid(Collection::Organizations);
        assert_eq!(live, "bfw-listings-0123456789ab");
        assert_eq!(build, "bfw-organizations-0123456789ab-build-0");
        assert!(names.is_build(&build) && !names.is_of_another_version(&build));
        assert!(!names.is_build(&live) && !names.is_of_another_version(&live));
        assert!(names.is_of_another_version("bfw-listings-ffffffffffff"));
        assert!(names.is_of_another_version("bfw-listings-ffffffffffff-build-17"));
        for foreign in
            ["bfw-listings", "bfw-listings-prod", "bfw-listings-ffffffffffff-old", "bfw2-listings-ffffffffffff"]
        {
            assert!(!names.is_build(foreign) && !names.is_of_another_version(foreign), "{foreign}");
        }
    }
}
