use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::{
    catalog::model::{
        grade::GradeOutcome,
        unit::{grams, price_per_kilogram},
    },
    directory::model::gazetteer::Gazetteer,
    kernel::locale::Locale,
};

fn taxonomy() -> &'static Taxonomy {
    static TAXONOMY: LazyLock<Taxonomy> =
        LazyLock::new(|| Taxonomy::embedded().expect("the embedded catalogue is well-formed"));
    &TAXONOMY
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 15).expect("a date")
}

#[test]
fn the_tree_holds_the_value_chains_of_malian_women() {
    let taxonomy = taxonomy();

    assert!(taxonomy.products().iter().filter(|product| product.is_tradable()).count() >= 75);
    for branch in ["cereals", "legumes", "oilseeds", "shea", "fresh-vegetables", "dried-vegetables", "fruit", "fish"] {
        assert!(taxonomy.with_descendants(branch).len() > 3, "{branch}");
    }
    for branch in ["condiments", "livestock", "bee-products", "gums", "textiles", "cosmetics", "crafts"] {
        assert!(taxonomy.with_descendants(branch).len() > 2, "{branch}");
    }
}

#[test]
fn every_product_is_named_and_sourced() {
    for product in taxonomy().products() {
        assert!(product.names.exact(Locale::Fr).is_some_and(|name| !name.trim().is_empty()), "{}", product.code);
        assert!(product.names.exact(Locale::En).is_some_and(|name| !name.trim().is_empty()), "{}", product.code);
        assert!(product.names.iter().all(|(_, name)| !name.trim().is_empty()), "{}", product.code);
        assert!(!product.source.is_empty(), "{}", product.code);
        assert_eq!(product.parent.is_none(), !product.is_tradable(), "{} is a branch or can be offered", product.code);
        assert!(!product.is_tradable() || product.hs.is_some(), "{} has no customs heading", product.code);
    }
}

#[test]
fn every_unit_conversion_and_attribute_is_named_and_sourced() {
    let taxonomy = taxonomy();
    let gazetteer = Gazetteer::embedded().expect("places");

    for unit in &taxonomy.data().units {
        assert!(unit.names.exact(Locale::Fr).is_some() && !unit.source.is_empty(), "{}", unit.code);
    }
    for attribute in &taxonomy.data().attributes {
        assert!(attribute.names.exact(Locale::Fr).is_some() && !attribute.source.is_empty(), "{}", attribute.code);
    }
    for conversion in &taxonomy.data().conversions {
        assert!(!conversion.source.is_empty() && !conversion.weigher.is_empty(), "{conversion:?}");
        assert!(conversion.place.as_deref().is_none_or(|place| gazetteer.place(place).is_some()), "{conversion:?}");
    }
}

#[test]
fn every_unit_of_food_can_be_weighed() {
    let taxonomy = taxonomy();
    // Of these a piece has no usual weight, or a group holds products too unlike.
    let unweighed = ["textiles", "cosmetics", "crafts"];
    let groups = ["rice", "groundnut", "hide"];
    for product in taxonomy.products().iter().filter(|product| product.is_tradable()) {
        if unweighed.iter().any(|branch| taxonomy.lies_within(&product.code, branch))
            || groups.contains(&&*product.code)
        {
            continue;
        }
        let usual = product.unit.as_deref().expect("a tradable product has a unit");
        assert!(taxonomy.conversion(usual, &product.code, &[], today()).is_some(), "{usual} of {}", product.code);
    }
}

#[test]
fn market_spellings_find_their_product() {
    let taxonomy = taxonomy();
    for (typed, code) in [
        ("karite", "shea-butter"),
        ("beurre de karité", "shea-butter"),
        ("situlu", "shea-butter"),
        ("sìtulu", "shea-butter"),
        ("amande de karité", "shea-kernel"),
        ("echalotte", "shallot"),
        ("échalote séchée", "dried-shallot"),
        ("ognon", "onion"),
        ("bisap", "hibiscus"),
        ("soumbala", "soumbala"),
        ("sumbala", "soumbala"),
        ("niebe", "cowpea"),
        ("mais", "maize"),
        ("gnamakou", "ginger"),
        ("mangoro", "mango"),
        ("tigadege", "groundnut-paste"),
        ("fonyo", "fonio"),
        ("bogolan", "bogolan"),
        ("mud cloth", "bogolan"),
        ("dɔg", "bogolan"),
    ] {
        let found = taxonomy.find(typed, 5);
        if typed == "dɔg" {
            assert!(found.iter().all(|product| product.code != code), "three letters are no slip of a longer word");
        } else {
            assert_eq!(found.first().map(|product| product.code.as_str()), Some(code), "{typed}");
        }
    }
}

#[test]
fn only_what_is_named_without_doubt_is_located() {
    let taxonomy = taxonomy();
    let located = |text: &str| taxonomy.locate(text).map(|product| product.code.as_str());

    assert_eq!(located("shea-butter"), Some("shea-butter"));
    assert_eq!(located("Échalote"), Some("shallot"));
    assert_eq!(located("soumballla"), None);
    assert_eq!(located("karit"), None);
    assert_eq!(located(""), None);
}

#[test]
fn units_are_located_as_people_write_them() {
    let taxonomy = taxonomy();
    let located = |text: &str| taxonomy.locate_unit(text).map(|unit| unit.code.as_str());

    for (text, code) in
        [("kgm", "KGM"), ("kg", "KGM"), ("Kilogramme", "KGM"), ("sac de 50 kg", "SAC50"), ("pièce", "H87")]
    {
        assert_eq!(located(text), Some(code), "{text}");
    }
    assert_eq!(located("boisseau"), None);
}

#[test]
fn a_tin_of_millet_weighs_what_it_weighs_there() {
    let taxonomy = taxonomy();
    let weight = |places: &[&str]| taxonomy.conversion("TINE", "millet", places, today()).map(|found| found.grams);

    assert_eq!(weight(&[]), Some(16_000));
    assert_eq!(weight(&["cercle-djenne", "mopti", "ml"]), Some(17_000));
    assert_eq!(weight(&["cercle-koro", "bandiagara", "ml"]), Some(17_500));
    assert_eq!(taxonomy.conversion("TINE", "honey", &[], today()), None);
}

#[test]
fn a_price_by_the_sack_becomes_a_price_by_the_kilogram() {
    let taxonomy = taxonomy();
    let conversion = taxonomy.conversion("SAC100", "shallot", &["cercle-bandiagara", "bandiagara"], today());
    let grams_per_sack = conversion.expect("a sack of shallots").grams;

    assert_eq!(grams_per_sack, 115_000);
    assert_eq!(price_per_kilogram(46_000, grams_per_sack), Some(400_000));
    assert_eq!(grams(2_500, grams_per_sack), Some(287_500));
}

fn shea_outcome(free_fatty_acids: &str, moisture: &str, peroxide: &str, impurities: &str) -> String {
    let taxonomy = taxonomy();
    let values = [free_fatty_acids, moisture, peroxide, impurities];
    let names = ["free-fatty-acids", "moisture", "peroxide", "impurities"];
    let measured = names
        .iter()
        .zip(values)
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| ((*name).to_owned(), crate::kernel::decimal::parse_scaled(value, 3).expect("a number")))
        .collect();
    match taxonomy.grade_rule("shea-butter").expect("a rule").derive(&measured) {
        GradeOutcome::Graded(grade) => grade.code.clone(),
        GradeOutcome::Undetermined { missing } => format!("missing {}", missing.join(" ")),
        GradeOutcome::BelowStandard { exceeded } => {
            let attributes: Vec<&str> = exceeded.iter().map(|(limit, _)| limit.attribute.as_str()).collect();
            format!("exceeds {}", attributes.join(" "))
        }
    }
}

#[test]
fn the_grade_of_shea_butter_follows_from_its_measurements() {
    assert_eq!(shea_outcome("1", "0.05", "10", "0.09"), "I");
    assert_eq!(shea_outcome("1.001", "0.05", "10", "0.09"), "II");
    assert_eq!(shea_outcome("3", "0.2", "15", "0.2"), "II");
    assert_eq!(shea_outcome("3.001", "0.05", "10", "0.09"), "exceeds free-fatty-acids");
    assert_eq!(shea_outcome("0.5", "0.04", "", "0.05"), "missing peroxide");
    assert_eq!(shea_outcome("", "0.9", "", "0.5"), "exceeds moisture impurities");
    assert_eq!(shea_outcome("", "", "", ""), "missing free-fatty-acids moisture peroxide impurities");
}

#[test]
fn data_that_contradict_themselves_are_refused() {
    let refusal = |spoil: &dyn Fn(&mut TaxonomyData)| {
        let mut data = embedded_data().expect("data");
        spoil(&mut data);
        Taxonomy::new(data).map(|_| ()).expect_err("refused").problem
    };

    assert_eq!(refusal(&|data| data.products[1].code = "cereals".into()), "the code is used twice");
    assert_eq!(refusal(&|data| data.products[1].parent = Some("nothing".into())), "nothing does not exist");
    assert_eq!(
        refusal(&|data| data.products[1].hs = Some("10.0829".into())),
        "its hs code is not of the form 1515 or 1515.90"
    );
    assert_eq!(refusal(&|data| data.products[1].seasons = vec![13]), "a season is not a month");
    assert_eq!(refusal(&|data| data.conversions[0].grams = 0), "it weighs nothing");
    assert_eq!(
        refusal(&|data| data.products[0].parent = Some("millet".into())),
        "some products stand below each other in a circle"
    );
}

/// The tariff is test material outside the project: `BFW_TEST_DATA` names its folder, and then it must be there.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test is configured by its environment")]
fn customs_headings_exist_in_the_tariff() {
    use std::io::Write as _;
    let named = std::env::var("BFW_TEST_DATA").ok().filter(|folder| !folder.is_empty());
    let folder = named.clone().unwrap_or_else(|| "../shared/data".to_owned());
    let path = std::path::Path::new(&folder).join("hs/tec_hs2022_fr_agri.csv");
    let Ok(tariff) = std::fs::read_to_string(&path) else {
        assert!(named.is_none(), "BFW_TEST_DATA: the tariff is missing: {}", path.display());
        // Past the test runner, which shows what a passing test prints to nobody.
        let said = "\nskipped: what needs the customs tariff; BFW_TEST_DATA names its folder\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    };
    let lines: Vec<&str> = tariff.lines().collect();
    let chapters: BTreeSet<&str> = lines.iter().skip(1).filter_map(|line| line.get(..2)).collect();
    let mut checked = 0;
    for product in taxonomy().products() {
        for code in product.hs.iter().filter(|code| chapters.contains(&code[..2])) {
            assert!(
                lines
                    .iter()
                    .any(|line| line.replacen('.', "", usize::from(!code.contains('.'))).starts_with(code.as_str())),
                "{} of {}",
                code,
                product.code
            );
            checked += 1;
        }
    }
    assert!(checked > 75, "only {checked} headings were checked");
}

proptest! {
    #[test]
    fn every_product_is_found_by_each_of_its_words(index in 0_usize..200) {
        let taxonomy = taxonomy();
        let product = &taxonomy.products()[index % taxonomy.products().len()];
        for word in product.names.iter().map(|(_, name)| name).chain(product.all_synonyms()) {
            prop_assert!(taxonomy.find(word, 40).iter().any(|found| found.code == product.code), "{} by {word}", product.code);
        }
    }

    #[test]
    fn no_text_upsets_the_lookup(text in "\\PC{0,40}", limit in 0_usize..30) {
        prop_assert!(taxonomy().find(&text, limit).len() <= limit);
    }
}

#[test]
fn few_products_lack_a_name_in_bambara_and_never_more() {
    let nameless = taxonomy()
        .products()
        .iter()
        .filter(|product| product.is_tradable() && product.names.exact(Locale::Bm).is_none())
        .map(|product| product.code.as_str())
        .collect::<Vec<_>>();
    assert_eq!(nameless.len(), 30, "a name that was found lowers this number; nothing may raise it: {nameless:?}");
}
