//! The code by which a producer confirms what was recorded of her, and the message that brings it to her.

use chrono::{NaiveDate, TimeDelta};

use super::ids::EventId;
use crate::{
    kernel::{
        clock::Timestamp,
        decimal,
        digest::Digest,
        locale::{self, Locale},
        money::Money,
    },
    words,
};

/// How long a code is good.
pub const CODE_LASTS: TimeDelta = TimeDelta::days(30);
/// Signs of a code.
const LENGTH: usize = 8;
/// Random bytes of a code: five bits a sign.
pub const ENTROPY: usize = 5;
/// [Crockford's base 32](https://www.crockford.com/base32.html): no I, L, O and U, which are read as others or spell words.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of a short message that is not split.
const MESSAGE_LENGTH_MAX: usize = 160;
/// Signs of each name in a message.
const NAME_LENGTH_MAX: usize = 24;

words! {
    /// How a code reaches the producer.
    ConfirmationChannel {
        /// By a short message to her phone.
        Sms = "SMS",
        /// On a slip of paper that is handed to her.
        Slip = "SLIP",
    }
}

/// The code by which a producer confirms: 40 random bits in eight signs. Neither printed nor kept.
pub struct ConfirmationCode(String);

impl ConfirmationCode {
    /// The code of these random bytes.
    #[must_use]
    pub fn from_entropy(bytes: [u8; ENTROPY]) -> Self {
        let bits = bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let sign = |position: usize| char::from(SIGNS[(bits >> (5 * (LENGTH - 1 - position)) & 31) as usize]);
        Self((0..LENGTH).map(sign).collect())
    }

    /// Reads what somebody typed: in either case, with what people put between signs, with an O for a nought and an I or L
    /// for a one. None if no code is written so.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for sign in typed.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '.' | '_')) {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if code.len() == LENGTH || !SIGNS.iter().any(|known| char::from(*known) == sign) {
                return None;
            }
            code.push(sign);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// As it stands on a slip or in a message.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What a producer is asked to confirm.
#[derive(Debug, Clone)]
pub enum Told {
    /// That she delivered.
    Delivery {
        /// How much, in grams.
        grams: i64,
        /// The product's name.
        product: String,
    },
    /// That she was paid.
    Payment {
        /// How much.
        amount: Money,
        /// For which product, by its name.
        product: String,
    },
}

/// The short message that asks for a confirmation: what, how much, when, and how to answer. At most 160 signs.
#[must_use]
pub fn message(locale: Locale, organization: &str, told: &Told, day: NaiveDate, code: &ConfirmationCode) -> String {
    let (key, amount, product) = match told {
        Told::Delivery { grams, product } => {
            let kilograms = decimal::format_scaled(*grams, 3);
            let kilograms = if locale == Locale::En { kilograms } else { kilograms.replace('.', ",") };
            ("producer-message-delivery", format!("{kilograms} kg"), product)
        }
        Told::Payment { amount, product } => ("producer-message-payment", amount.formatted(locale), product),
    };
    let (organization, product) = (cut(organization), cut(product));
    let day = day.format("%d/%m/%Y").to_string();
    let arguments = [
        ("organization", organization.as_str()),
        ("amount", &amount),
        ("product", &product),
        ("day", &day),
        ("code", code.reveal()),
    ];
    plain(&locale::message(locale, key, arguments)).chars().take(MESSAGE_LENGTH_MAX).collect()
}

/// As much of a name as a message has room for.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_LENGTH_MAX {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(NAME_LENGTH_MAX - 1).collect();
    short.truncate(short.trim_end().len());
    short + "."
}

/// Signs outside the alphabet of short messages more than halve what fits into one: spaces that do not break, and
/// apostrophes, become plain ones.
fn plain(text: &str) -> String {
    let sign = |sign: char| match sign {
        '\u{a0}' | '\u{202f}' => ' ',
        '’' | 'ʼ' => '\'',
        other => other,
    };
    text.chars().map(sign).collect()
}

/// Something that a producer confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// The delivery, or what was paid for.
    pub delivery: EventId,
    /// The payment, where it was one that she confirmed.
    pub payment: Option<super::ids::PaymentId>,
    /// When she confirmed it.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(bytes: [u8; ENTROPY]) -> ConfirmationCode {
        ConfirmationCode::from_entropy(bytes)
    }

    #[test]
    fn what_people_type_is_read_as_the_code_that_was_meant() {
        let typed = |text: &str| ConfirmationCode::parse(text).map(|code| code.reveal().to_owned());
        for text in ["01AB9XYZ", "o1ab9xyz", " OIAB 9XYZ ", "0lab-9xyz", "0.1.A.B_9XYZ"] {
            assert_eq!(typed(text).as_deref(), Some("01AB9XYZ"), "{text}");
        }
        for text in ["", "01AB9XY", "01AB9XYZZ", "01AB9XYU", "01AB9XY🌾", &"0".repeat(1_000_000)] {
            assert_eq!(typed(text), None);
        }
    }

    #[test]
    fn every_message_fits_into_one_and_says_how_to_answer() {
        let long = "Coopérative des productrices d’échalotes de Bandiagara";
        let day = "2026-11-02".parse().unwrap();
        let product = "Échalote séchée en rondelles de première qualité".to_owned();
        let asked = [
            Told::Delivery { grams: 999_999_999_999, product: product.clone() },
            Told::Payment { amount: Money::xof(999_999_999_999), product },
        ];
        for locale in Locale::ALL {
            for told in &asked {
                let text = message(locale, long, told, day, &code([255; ENTROPY]));
                assert!(text.chars().count() <= MESSAGE_LENGTH_MAX, "{text}");
                assert!(text.contains("ZZZZZZZZ") && text.contains("02/11/2026"), "{text}");
                assert!(!text.contains(['\u{a0}', '\u{202f}', '’']), "{text}");
            }
        }
        let told = Told::Delivery { grams: 120_500, product: "Karité".into() };
        let text = message(Locale::Fr, "Benkadi", &told, day, &code([0; ENTROPY]));
        assert!(text.contains("120,5 kg") && text.contains("Karité") && text.contains("Benkadi"), "{text}");
    }

    proptest! {
        #[test]
        fn a_code_is_read_as_it_is_written_and_two_differ(one: [u8; ENTROPY], two: [u8; ENTROPY]) {
            let (first, second) = (code(one), code(two));
            let read = ConfirmationCode::parse(&first.reveal().to_lowercase()).map(|read| read.digest());
            prop_assert_eq!(read, Some(first.digest()));
            prop_assert_eq!(first.digest() == second.digest(), one == two);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            if let Some(code) = ConfirmationCode::parse(&text) {
                prop_assert_eq!(code.reveal().len(), LENGTH);
            }
        }
    }
}
