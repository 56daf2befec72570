//! Decimal numbers as scaled integers. Money and quantities never pass through a float.

/// Why a text is not a decimal number of the wanted precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not digits with at most one point and one leading minus.
    #[error("not a decimal number")]
    Malformed,
    /// More digits behind the point than the value can hold.
    #[error("more than {decimals} decimals")]
    TooPrecise {
        /// How many digits behind the point are kept.
        decimals: u32,
    },
    /// Outside what a 64-bit integer of that scale holds.
    #[error("out of range")]
    OutOfRange,
}

/// Reads `"12.5"` at three decimals as `12500`.
///
/// Zeros beyond the precision are accepted (`"12.5000"`), other digits are not: rounding is for the writer to decide.
///
/// # Errors
/// Says whether the text is malformed, too precise, or out of range.
pub fn parse_scaled(text: &str, decimals: u32) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let point_without_fraction = digits.contains('.') && fraction.is_empty();
    if whole.is_empty() || point_without_fraction || !only_digits(whole) || !only_digits(fraction) {
        return Err(DecimalError::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(DecimalError::TooPrecise { decimals });
    }
    let padding = decimals as usize - fraction.len();
    let mut value: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        let digit = i64::from(byte - b'0');
        let shifted = value.checked_mul(10).ok_or(DecimalError::OutOfRange)?;
        // Built on the negative side where needed, so that i64::MIN is read too.
        value = if negative { shifted.checked_sub(digit) } else { shifted.checked_add(digit) }
            .ok_or(DecimalError::OutOfRange)?;
    }
    Ok(value)
}

/// Writes `12500` at three decimals as `"12.5"`: no trailing zeros, no exponent.
#[must_use]
pub fn format_scaled(value: i64, decimals: u32) -> String {
    let digits = format!("{:0width$}", value.unsigned_abs(), width = decimals as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write_and_refuses_the_rest() {
        assert_eq!(parse_scaled("12.5", 3), Ok(12_500));
        assert_eq!(parse_scaled("-0.001", 3), Ok(-1));
        assert_eq!(parse_scaled("7.000000", 0), Ok(7));
        assert_eq!(parse_scaled("-9223372036854775808", 0), Ok(i64::MIN));
        assert_eq!(parse_scaled("0.0001", 3), Err(DecimalError::TooPrecise { decimals: 3 }));
        assert_eq!(parse_scaled("9223372036854775808", 0), Err(DecimalError::OutOfRange));
        for malformed in ["", "-", ".5", "5.", "1e3", "1,5", "+1", "١٢", " 1", "1.2.3", "NaN"] {
            assert_eq!(parse_scaled(malformed, 3), Err(DecimalError::Malformed), "{malformed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value: i64, decimals in 0_u32..9) {
            prop_assert_eq!(parse_scaled(&format_scaled(value, decimals), decimals), Ok(value));
        }
    }
}
