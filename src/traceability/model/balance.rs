//! Masses that come together and are parted again, to the gram.

/// Parts `total` in proportion to `weights`, in whole grams that add up to it: each gets its share rounded down, and what is
/// left over goes, a gram each, to those whose shares were cut the most, the first of equals first. Where nothing weighs
/// anything the first gets all.
///
/// ```text
/// apportion(10, [1, 1, 1]) → [4, 3, 3]
/// ```
#[must_use]
pub fn apportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let weigh = |weight: &i64| u128::from(weight.max(&0).unsigned_abs());
    let sum: u128 = weights.iter().map(weigh).sum();
    let total = u128::from(total.max(0).unsigned_abs());
    let gram = |grams: u128| i64::try_from(grams).unwrap_or(i64::MAX);
    if sum == 0 {
        return weights.iter().enumerate().map(|(index, _)| if index == 0 { gram(total) } else { 0 }).collect();
    }
    let mut parts: Vec<u128> = weights.iter().map(|weight| total * weigh(weight) / sum).collect();
    let mut by_cut: Vec<usize> = (0..weights.len()).collect();
    by_cut.sort_by_key(|&index| (std::cmp::Reverse(total * weigh(&weights[index]) % sum), index));
    let left_over = total - parts.iter().sum::<u128>();
    // Fewer are left over than there are parts: each was cut by less than a gram.
    for index in by_cut.into_iter().take(usize::try_from(left_over).unwrap_or(0)) {
        parts[index] += 1;
    }
    parts.into_iter().map(gram).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_left_over_goes_to_those_who_were_cut_the_most() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(100, &[1, 2]), [33, 67]);
        assert_eq!(apportion(5, &[0, 0]), [5, 0]);
        assert_eq!(apportion(5, &[]), Vec::<i64>::new());
    }

    proptest! {
        #[test]
        fn parts_add_up_and_none_is_a_gram_off(
            total in 0_i64..1_000_000_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000_000_000_000, 1..40),
        ) {
            let parts = apportion(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let off = i128::from(*part) * sum - i128::from(total) * i128::from(*weight);
                    prop_assert!(off.abs() < sum, "{part} of {weight}");
                }
            }
        }
    }
}
