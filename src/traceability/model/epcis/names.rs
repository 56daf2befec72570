//! How lots, organizations and places are called outside: addresses on the service's own.

use crate::accounts::OrganizationId;

/// How things of ours are called outside.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    public_url: &'a str,
}

impl<'a> Names<'a> {
    /// Under an address without a slash at the end.
    #[must_use]
    pub const fn under(public_url: &'a str) -> Self {
        Self { public_url }
    }

    /// A lot, by the code on its label: where its page is.
    #[must_use]
    pub fn lot(self, code: &str) -> String {
        format!("{}/trace/{code}", self.public_url)
    }

    /// The code of a lot of ours. None for what others call theirs.
    #[must_use]
    pub fn code_of_lot(self, uri: &str) -> Option<&str> {
        let code = uri.strip_prefix(self.public_url)?.strip_prefix("/trace/")?;
        (!code.is_empty() && !code.contains(['/', '?', '#'])).then_some(code)
    }

    /// An organization.
    #[must_use]
    pub fn organization(self, organization: OrganizationId) -> String {
        format!("{}/organizations/{organization}", self.public_url)
    }

    /// A place, by its code.
    #[must_use]
    pub fn place(self, code: &str) -> String {
        format!("{}/places/{code}", self.public_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_is_known_by_its_address_and_nothing_else_is() {
        let names = Names::under("https://market.example");
        assert_eq!(names.code_of_lot(&names.lot("7K3M9QXH")), Some("7K3M9QXH"));
        for other in [
            "https://market.example/trace/",
            "https://market.example/trace/A/B",
            "https://market.example.evil/trace/A",
            "urn:epc:class:lgtin:4012345.012345.998877",
        ] {
            assert_eq!(names.code_of_lot(other), None, "{other}");
        }
    }
}
