//! Packages: what releases and records are handed out in, and what they are said to follow.

use serde_json::{Value, json};

use super::merge;
use crate::kernel::clock::{Timestamp, rfc3339};

/// The version of the standard, as packages name it. What is written here follows 1.1.5 of it.
pub const VERSION: &str = "1.1";

/// The extensions in use, by what stands between `ocds_` and `_extension` in their public address.
pub const EXTENSIONS: [&str; 12] = [
    "lots",
    // Lots are defined by it: without it, the schema of the others names what is not there.
    "submissionTerms",
    "bid",
    "enquiry",
    "awardCriteria",
    "selectionCriteria",
    "otherRequirements",
    "sustainability",
    "organizationClassification",
    "partyDetails_scale",
    "contract_suppliers",
    "location",
];

/// Our own extension: its definition, its schema, its words, each by the end of its address.
pub const OWN_EXTENSION: [(&str, &str); 3] = [
    ("extension.json", include_str!("../extension/extension.json")),
    ("release-schema.json", include_str!("../extension/release-schema.json")),
    ("codelists/+sustainabilityStrategy.csv", include_str!("../extension/codelists/+sustainabilityStrategy.csv")),
];

/// Who publishes, and where.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// How the outside reaches the service, without a slash at the end.
    pub public_url: String,
}

impl Publisher {
    /// The addresses of the extensions that packages declare; the last is our own.
    #[must_use]
    pub fn extensions(&self) -> Vec<String> {
        let public = EXTENSIONS.map(|name| {
            format!("https://raw.githubusercontent.com/open-contracting-extensions/ocds_{name}_extension/master/extension.json")
        });
        let own = format!("{}/ocds/extension/extension.json", self.public_url);
        public.into_iter().chain([own]).collect()
    }

    /// Where the releases of a process are.
    #[must_use]
    pub fn releases_url(&self, ocid: &str) -> String {
        format!("{}/ocds/releases/{ocid}", self.public_url)
    }

    /// Where a release is.
    #[must_use]
    pub fn release_url(&self, ocid: &str, sequence: i64) -> String {
        format!("{}/{sequence}", self.releases_url(ocid))
    }

    /// Where the record of a process is.
    #[must_use]
    pub fn record_url(&self, ocid: &str) -> String {
        format!("{}/ocds/records/{ocid}", self.public_url)
    }

    /// Where a page of what was published is: the one after a release, or the first.
    #[must_use]
    pub fn page_url(&self, limit: u32, after: Option<&str>) -> String {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        format!("{}/ocds/packages?limit={limit}{after}", self.public_url)
    }

    /// Where all of it begins.
    #[must_use]
    pub fn packages_url(&self) -> String {
        format!("{}/ocds/packages", self.public_url)
    }

    fn head(&self, uri: &str, published: Timestamp) -> Value {
        json!({
            "uri": uri,
            "version": VERSION,
            "extensions": self.extensions(),
            "publishedDate": rfc3339(published),
            "publisher": { "name": "Buy From Women", "uri": self.public_url },
        })
    }

    /// A release package up to where its releases stand: they follow, parted by commas, then [`Self::END`].
    #[must_use]
    pub fn beginning(&self, uri: &str, published: Timestamp) -> String {
        let mut head = self.head(uri, published).to_string();
        // The brace at its end.
        head.pop();
        head.push_str(",\"releases\":[");
        head
    }

    /// What ends a release package.
    pub const END: &'static str = "]}";

    /// A release package of releases that are written already, with the address of the next one if there is one.
    #[must_use]
    pub fn release_package<'a>(
        &self,
        uri: &str,
        published: Timestamp,
        releases: impl IntoIterator<Item = &'a str>,
        next: Option<&str>,
    ) -> String {
        let mut package = self.beginning(uri, published);
        for (position, release) in releases.into_iter().enumerate() {
            if position > 0 {
                package.push(',');
            }
            package.push_str(release);
        }
        match next {
            Some(next) => package.push_str(&format!("],\"links\":{}}}", json!({ "next": next }))),
            None => package.push_str(Self::END),
        }
        package
    }

    /// The record of a process: where its releases are, what they come to, and how they came to it.
    #[must_use]
    pub fn record_package(&self, ocid: &str, published: Timestamp, releases: &[Value]) -> Value {
        let linked = releases.iter().map(|release| {
            json!({
                "url": format!("{}#{}", self.releases_url(ocid), release["id"].as_str().unwrap_or_default()),
                "date": release["date"],
                "tag": release["tag"],
            })
        });
        let mut package = self.head(&self.record_url(ocid), published);
        package["packages"] = json!([self.releases_url(ocid)]);
        package["records"] = json!([{
            "ocid": ocid,
            "releases": linked.collect::<Vec<_>>(),
            "compiledRelease": merge::compiled(releases),
            "versionedRelease": merge::versioned(releases),
        }]);
        package
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_json_with_and_without_a_next_one() {
        let publisher = Publisher { public_url: "https://bfw.example".into() };
        let at = "2026-11-02T08:00:00Z".parse().unwrap();
        for next in [None, Some("https://bfw.example/ocds/packages?limit=2&after=x")] {
            let package =
                publisher.release_package("https://bfw.example/a", at, [r#"{"id":"1"}"#, r#"{"id":"2"}"#], next);
            let package: Value = serde_json::from_str(&package).unwrap();
            assert_eq!(package["releases"], json!([{ "id": "1" }, { "id": "2" }]));
            assert_eq!(package["links"]["next"].as_str(), next);
            assert_eq!(package["version"], VERSION);
        }
    }

    #[test]
    fn our_own_extension_is_what_its_definition_names() {
        let own: Value = serde_json::from_str(OWN_EXTENSION[0].1).unwrap();
        let named = |list: &str, folder: &str| -> Vec<String> {
            own[list].as_array().unwrap().iter().map(|name| format!("{folder}{}", name.as_str().unwrap())).collect()
        };
        let files: Vec<String> = [named("schemas", ""), named("codelists", "codelists/")].concat();
        assert_eq!(files, OWN_EXTENSION[1..].iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
    }
}
