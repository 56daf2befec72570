//! The secrets that bids are sealed with.

use crate::kernel::secret_ring::{SecretRing, Use};

/// The secrets that bids are sealed with. What lasts beside them is what tags of bidders, of documents and of repeated writes
/// follow from: otherwise a bidder would not find her own bid once another secret seals.
pub(in crate::procurement) type SealingKeys = SecretRing<ForBids>;

/// A ring of secrets for bids.
#[derive(Debug)]
pub(in crate::procurement) enum ForBids {}

impl Use for ForBids {
    const SETTING: &'static str = "BFW_SEALING_KEY_FILE";
    const LASTING: &'static str = "tags";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::key_file::Keys as _;

    #[test]
    fn files_of_before_are_read() {
        let secret = "B".repeat(42) + "A";
        let file =
            format!(r#"{{"format":1,"tags":"{secret}","keys":[{{"id":"0011223344556677","secret":"{secret}"}}]}}"#);
        assert_eq!(SealingKeys::read(&file).unwrap().current().name(), "0011223344556677");
    }
}
