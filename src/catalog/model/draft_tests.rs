use proptest::prelude::*;

use super::*;
use crate::kernel::Failure;

fn today() -> NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn raw() -> RawOffer {
    RawOffer {
        product_code: "shea-butter".into(),
        title: "Beurre de karité".into(),
        description: None,
        language: Locale::Fr,
        price: Some(RawPrice { amount: "1250".into(), currency: "XOF".into() }),
        price_unit: Some("KGM".into()),
        quantity: Some(RawQuantity { value: "400".into(), unit: "KGM".into() }),
        minimum_order: None,
        grade: None,
        measurements: Vec::new(),
        season: None,
        available_from: None,
        available_until: None,
        place_code: Some("segou".into()),
        delivery_terms: None,
    }
}

fn measured(pairs: &[(&str, &str)]) -> Vec<RawMeasurement> {
    let one = |(attribute, value): &(&str, &str)| RawMeasurement {
        attribute: (*attribute).to_owned(),
        value: (*value).to_owned(),
    };
    pairs.iter().map(one).collect()
}

struct Fixture {
    taxonomy: Taxonomy,
    gazetteer: Gazetteer,
}

impl Fixture {
    fn new() -> Self {
        Self { taxonomy: Taxonomy::embedded().unwrap(), gazetteer: Gazetteer::embedded().unwrap() }
    }

    fn check(&self, raw: &RawOffer) -> Outcome<CheckedOffer> {
        let reference = Reference { taxonomy: &self.taxonomy, gazetteer: &self.gazetteer, today: today() };
        check(raw, reference, &["input"], 1)
    }

    fn accepted(&self, raw: &RawOffer) -> CheckedOffer {
        self.check(raw).unwrap()
    }

    /// What is refused, as `CODE path`.
    fn refused(&self, raw: &RawOffer) -> Vec<String> {
        match self.check(raw) {
            Err(Failure::Rejected(errors)) => {
                errors.iter().map(|error| format!("{} {}", error.code.wire(), error.path.join("."))).collect()
            }
            other => panic!("not refused: {other:?}"),
        }
    }
}

#[test]
fn names_and_codes_are_found_however_they_are_written() {
    let fixture = Fixture::new();
    let typed = RawOffer {
        product_code: "situlu".into(),
        place_code: Some("Ségou".into()),
        price_unit: Some("kg".into()),
        ..raw()
    };
    let checked = fixture.accepted(&typed);
    assert_eq!(checked.offer.product, "shea-butter");
    assert_eq!(checked.offer.place.as_deref(), Some("segou"));
    assert_eq!(checked.offer.price.unwrap().unit.as_str(), "KGM");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let fixture = Fixture::new();
    let wrong = RawOffer {
        title: " ".into(),
        description: Some("x".repeat(10_000_000)),
        price: Some(RawPrice { amount: "-5".into(), currency: "XOF".into() }),
        quantity: Some(RawQuantity { value: "0".into(), unit: "TASSE".into() }),
        minimum_order: Some("many".into()),
        measurements: measured(&[("colour", "1"), ("moisture", "101"), ("peroxide", "1e3")]),
        available_from: Some("2026-12-31".parse().unwrap()),
        available_until: Some("2026-12-01".parse().unwrap()),
        place_code: Some("atlantis".into()),
        ..raw()
    };
    assert_eq!(
        fixture.refused(&wrong),
        [
            "REQUIRED input.title",
            "TOO_LONG input.description",
            "OUT_OF_RANGE input.quantity.value",
            "UNKNOWN_UNIT input.quantity.unit",
            "OUT_OF_RANGE input.price.amount",
            "MALFORMED_NUMBER input.minimumOrder",
            "UNKNOWN_ATTRIBUTE input.measurements.0.attribute",
            "OUT_OF_RANGE input.measurements.1.value",
            "MALFORMED_NUMBER input.measurements.2.value",
            "INVALID_PERIOD input.availableUntil",
            "UNKNOWN_PLACE input.placeCode",
        ]
    );
}

#[test]
fn enormous_and_misshapen_amounts_are_refused() {
    let fixture = Fixture::new();
    let price = |amount: &str, currency: &str| {
        let price = RawPrice { amount: amount.into(), currency: currency.into() };
        fixture.refused(&RawOffer { price: Some(price), ..raw() })
    };
    assert_eq!(price("0", "XOF"), ["OUT_OF_RANGE input.price.amount"]);
    assert_eq!(price("1000000000001", "XOF"), ["OUT_OF_RANGE input.price.amount"]);
    assert_eq!(price("9223372036854775808", "XOF"), ["OUT_OF_RANGE input.price.amount"]);
    assert_eq!(price("12.5", "XOF"), ["TOO_PRECISE input.price.amount"]);
    assert_eq!(price("1250", "CFA"), ["UNKNOWN_CURRENCY input.price.currency"]);

    let quantity = RawQuantity { value: "1000000000.001".into(), unit: "KGM".into() };
    let refused = fixture.refused(&RawOffer { quantity: Some(quantity), ..raw() });
    assert_eq!(refused, ["OUT_OF_RANGE input.quantity.value"]);

    let refused = fixture.refused(&RawOffer { minimum_order: Some("400.001".into()), ..raw() });
    assert_eq!(refused, ["OUT_OF_RANGE input.minimumOrder"]);

    let refused = fixture.refused(&RawOffer { available_until: NaiveDate::from_ymd_opt(9999, 1, 1), ..raw() });
    assert_eq!(refused, ["OUT_OF_RANGE input.availableUntil"]);
}

#[test]
fn a_unit_without_its_price_is_refused_and_a_price_without_unit_takes_the_quantitys() {
    let fixture = Fixture::new();
    assert_eq!(fixture.refused(&RawOffer { price: None, ..raw() }), ["REQUIRED input.price"]);
    let quantity = Some(RawQuantity { value: "3".into(), unit: "TINE".into() });
    let checked = fixture.accepted(&RawOffer { price_unit: None, quantity, ..raw() });
    assert_eq!(checked.offer.price.unwrap().unit.as_str(), "TINE");
    let checked = fixture.accepted(&RawOffer { price_unit: None, quantity: None, ..raw() });
    assert_eq!(checked.offer.price.unwrap().unit.as_str(), "KGM");
}

#[test]
fn an_unknown_product_is_answered_with_its_neighbours() {
    let fixture = Fixture::new();
    let suggestions = |typed: &str| match fixture.check(&RawOffer { product_code: typed.into(), ..raw() }) {
        Err(Failure::Rejected(errors)) => {
            let error = errors.into_iter().find(|error| error.code == ErrorCode::UnknownProduct).unwrap();
            error.args.into_iter().find(|(name, _)| *name == "suggestions").unwrap().1
        }
        other => panic!("not refused: {other:?}"),
    };
    assert!(suggestions("shea-buter").contains("shea-butter"));
    assert!(suggestions("shea").contains("shea-butter"), "a branch is no product, but holds some");
    assert_eq!(suggestions("xyzzy"), "—");
    assert_eq!(suggestions(&"x".repeat(10_000_000)), "—");
}

#[test]
fn a_standard_decides_the_grade_and_a_claim_may_only_agree() {
    let fixture = Fixture::new();
    let best = [("free-fatty-acids", "0.8"), ("moisture", "0.05"), ("peroxide", "9.999"), ("impurities", "0.09")];
    let graded = |grade: Option<&str>, pairs: &[(&str, &str)]| RawOffer {
        grade: grade.map(str::to_owned),
        measurements: measured(pairs),
        ..raw()
    };
    assert_eq!(fixture.accepted(&graded(None, &best)).offer.grade.as_deref(), Some("I"));
    assert_eq!(fixture.accepted(&graded(Some("i"), &best)).offer.grade.as_deref(), Some("I"));
    assert_eq!(fixture.refused(&graded(Some("II"), &best)), ["GRADE_MISMATCH input.grade"]);
    assert_eq!(fixture.refused(&graded(Some("I"), &best[..2])), ["GRADE_NEEDS_MEASUREMENTS input.grade"]);
    assert_eq!(fixture.refused(&graded(Some("I"), &[("peroxide", "99")])), ["GRADE_MISMATCH input.grade"]);
    assert_eq!(fixture.accepted(&graded(None, &[("peroxide", "99")])).offer.grade, None);
    let millet = RawOffer { product_code: "millet".into(), ..graded(Some("premier choix"), &[]) };
    assert_eq!(fixture.accepted(&millet).offer.grade.as_deref(), Some("premier choix"));
    let twice = graded(None, &[("peroxide", "1"), ("peroxide", "2")]);
    assert_eq!(fixture.refused(&twice), ["INCONSISTENT input.measurements.1.attribute"]);
}

#[test]
fn a_kilogram_costs_what_the_places_own_tin_says() {
    let fixture = Fixture::new();
    let price_of = |place: Option<&str>, unit: &str, amount: &str, currency: &str| {
        let typed = RawOffer {
            product_code: "millet".into(),
            price: Some(RawPrice { amount: amount.into(), currency: currency.into() }),
            price_unit: Some(unit.into()),
            place_code: place.map(str::to_owned),
            ..raw()
        };
        fixture.accepted(&typed).derived.price_per_kilogram
    };
    assert_eq!(price_of(None, "KGM", "250", "XOF"), Some(250_000));
    assert_eq!(price_of(None, "SAC100", "25000", "XOF"), Some(250_000));
    assert_eq!(price_of(Some("sikasso"), "TINE", "4000", "XOF"), Some(250_000), "16 kg anywhere else");
    assert_eq!(price_of(Some("mopti"), "TINE", "4250", "XOF"), Some(250_000), "17 kg in the region of Mopti");
    assert_eq!(price_of(None, "KGM", "0.5", "EUR"), None, "euros do not compare with francs");
}

#[test]
fn what_was_checked_is_typed_the_same_again() {
    let fixture = Fixture::new();
    let typed = RawOffer {
        minimum_order: Some("2.5".into()),
        measurements: measured(&[("moisture", "0.125")]),
        season: Some("2026".into()),
        available_until: Some(today()),
        ..raw()
    };
    let checked = fixture.accepted(&typed);
    assert_eq!(fixture.accepted(&RawOffer::from(&checked.offer)), checked);
}

proptest! {
    #[test]
    fn a_price_of_a_sack_is_its_price_a_kilogram_times_its_weight(francs in 1_i64..=1_000_000_000, sacks in 1_i64..=1_000_000) {
        let fixture = Fixture::new();
        let typed = RawOffer {
            product_code: "millet".into(),
            price: Some(RawPrice { amount: francs.to_string(), currency: "XOF".into() }),
            price_unit: Some("SAC100".into()),
            quantity: Some(RawQuantity { value: sacks.to_string(), unit: "SAC100".into() }),
            ..raw()
        };
        let derived = fixture.accepted(&typed).derived;
        prop_assert_eq!(derived.price_per_kilogram, Some(francs * 10));
        prop_assert_eq!(derived.quantity_grams, Some(sacks * 100_000));
    }

    #[test]
    fn no_text_makes_a_check_panic(text in "\\PC{0,80}") {
        let fixture = Fixture::new();
        let typed = RawOffer {
            product_code: text.clone(),
            title: text.clone(),
            price: Some(RawPrice { amount: text.clone(), currency: text.clone() }),
            price_unit: Some(text.clone()),
            quantity: Some(RawQuantity { value: text.clone(), unit: text.clone() }),
            place_code: Some(text.clone()),
            grade: Some(text),
            ..raw()
        };
        prop_assert!(fixture.check(&typed).is_err());
    }
}
