//! Contents of few lengths only, so that the length of what is sealed tells next to nothing of it.

/// Bytes of the smallest content; the others are twice as long, four times, and so on.
pub(super) const SMALLEST: usize = 1024;
/// Bytes that tell the true length, before the content.
const PREFIX: usize = 4;

/// The content with its length before it, filled up with zeros; none where it is too long for its length to be told.
pub(super) fn padded(content: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(content.len()).ok()?;
    let bucket = (PREFIX + content.len()).max(SMALLEST).checked_next_power_of_two()?;
    let mut padded = Vec::with_capacity(bucket);
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(bucket, 0);
    Some(padded)
}

/// The content of what was filled up; none where it was not.
pub(super) fn stripped(padded: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = padded.split_first_chunk::<PREFIX>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*prefix)).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_powers_of_two_from_one_kibibyte_on() {
        let length = |content: usize| padded(&vec![7; content]).unwrap().len();
        assert_eq!(
            [length(0), length(1_020), length(1_021), length(2_044), length(2_045)],
            [1_024, 1_024, 2_048, 2_048, 4_096]
        );
    }

    #[test]
    fn what_is_too_short_for_its_length_is_none() {
        assert_eq!(stripped(&[0, 0, 0]), None);
        assert_eq!(stripped(&[0, 0, 0, 2, 1]), None);
    }

    proptest! {
        #[test]
        fn what_is_filled_up_is_had_back(content in prop::collection::vec(any::<u8>(), 0..5_000)) {
            let padded = padded(&content).unwrap();
            prop_assert!(padded.len().is_power_of_two() && padded.len() >= SMALLEST);
            prop_assert_eq!(stripped(&padded), Some(content.as_slice()));
        }
    }
}
