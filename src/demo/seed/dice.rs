//! Chance that repeats itself: the same seed throws the same dice on every machine and in every version.

/// A throw of dice. SplitMix64 (Steele, Lea and Flood, 2014): tiny, and its sequence is fixed for good, which the generators of
/// the usual libraries do not promise.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice for one thing of a kind, independent of all others: the listing 7 is the same whether 8 or 800,000 are made.
    pub(super) fn of(seed: u64, kind: u64, index: u64) -> Self {
        let mut dice = Self(seed ^ kind.wrapping_mul(0xA24B_AED4_963E_E407));
        dice.0 = dice.next().wrapping_add(index.wrapping_mul(0x9FB2_1C65_1E98_DF25));
        dice.next();
        dice
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`; 0 where there is nothing below the bound.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        // The bias of a remainder is far below what anybody could measure at these bounds.
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.abs_diff(least).saturating_add(1);
        least.saturating_add_unsigned(self.below(span))
    }

    /// Yes in so many of a hundred cases.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of several; none of none.
    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let index = self.below(from.len() as u64);
        from.get(usize::try_from(index).unwrap_or(0))
    }

    /// Ten bytes, as the random part of a UUID.
    pub(super) fn bytes(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_fixed_for_good() {
        let mut dice = Dice(0);
        assert_eq!([dice.next(), dice.next()], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut dice = Dice::of(1, 2, 3);
        for _ in 0..1_000 {
            assert!(dice.below(7) < 7);
            assert!((-3..=3).contains(&dice.between(-3, 3)));
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
