use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 15).expect("a date")
}

fn before_the_law() -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 6, 1).expect("a date")
}

fn gazetteer() -> &'static Gazetteer {
    static GAZETTEER: LazyLock<Gazetteer> =
        LazyLock::new(|| Gazetteer::embedded().expect("the embedded places are well-formed"));
    &GAZETTEER
}

fn found(gazetteer: &Gazetteer, text: &str) -> Vec<String> {
    gazetteer.find(text, today(), 10).iter().map(|found| found.place.code.clone()).collect()
}

#[test]
fn the_country_has_nineteen_regions_one_district_and_159_cercles() {
    let gazetteer = gazetteer();
    let count = |kind| gazetteer.places().iter().filter(|place| place.kind == kind).count();

    assert_eq!(count(PlaceKind::Country), 1);
    assert_eq!(count(PlaceKind::Region), 19);
    assert_eq!(count(PlaceKind::District), 1);
    assert_eq!(count(PlaceKind::Cercle), 159);
    assert_eq!(gazetteer.children("ml", today()).len(), 20);
    assert_eq!(gazetteer.children("bamako", today()).len(), 7);
}

#[test]
fn every_row_tells_its_source_and_stands_in_mali() {
    for place in gazetteer().places() {
        assert!(!place.source.is_empty(), "{} has no source", place.code);
        assert!(!place.name().is_empty(), "{} has no name", place.code);
        let expected = match place.kind {
            PlaceKind::Country => "ml".to_owned(),
            PlaceKind::Region | PlaceKind::District => super::super::place::slug(place.name()),
            // The cercle of Nioro du Sahel is written Nioro as often as not.
            PlaceKind::Cercle if place.code == "cercle-nioro" => place.code.clone(),
            PlaceKind::Cercle => format!("cercle-{}", super::super::place::slug(place.name())),
            PlaceKind::Commune => place.code.clone(),
        };
        assert_eq!(place.code, expected);
        if let Some(point) = place.point {
            assert!(point.is_near_mali(), "{} lies at {point:?}", place.code);
        }
    }
}

#[test]
fn names_are_found_however_they_are_typed() {
    let gazetteer = gazetteer();
    for (typed, code) in [
        ("segou", "segou"),
        ("Ségou", "segou"),
        ("SEGOU", "segou"),
        ("tombouctou", "tombouctou"),
        ("Timbuktu", "tombouctou"),
        ("sikaso", "sikasso"),
        ("ngouma", "cercle-ngouma"),
        ("N'Gouma", "cercle-ngouma"),
        ("gourma rharous", "cercle-gourma-rharous"),
        ("Rharous", "cercle-gourma-rharous"),
        ("nioro du sahel", "cercle-nioro"),
        ("niafounke", "cercle-niafunke"),
        ("Baraouéli", "cercle-baroueli"),
        ("ouelessebougou", "cercle-ouelessebougou"),
        ("bamako", "bamako"),
        ("Sévaré", "cercle-mopti"),
        ("Badalabougou", "commune-bamako-5"),
        ("medina coura", "commune-bamako-2"),
    ] {
        assert_eq!(found(gazetteer, typed).first().map(String::as_str), Some(code), "{typed}");
    }
}

#[test]
fn a_region_comes_before_its_cercle_and_both_are_offered() {
    assert_eq!(found(gazetteer(), "segou")[..2], ["segou".to_owned(), "cercle-segou".to_owned()]);
}

#[test]
fn one_slip_is_forgiven_but_not_in_short_names() {
    let gazetteer = gazetteer();

    assert_eq!(found(gazetteer, "koutialla").first().map(String::as_str), Some("koutiala"));
    assert_eq!(found(gazetteer, "bougoni").first().map(String::as_str), Some("bougouni"));
    assert_eq!(found(gazetteer, "dioaila").first().map(String::as_str), Some("dioila"));
    assert!(!found(gazetteer, "sna").contains(&"san".to_owned()));
    assert_eq!(found(gazetteer, "abidjan"), Vec::<String>::new());
}

#[test]
fn a_beginning_is_enough() {
    let codes = found(gazetteer(), "koul");
    assert_eq!(codes[..2], ["koulikoro".to_owned(), "cercle-koulikoro".to_owned()]);
}

#[test]
fn the_three_numberings_are_kept_apart() {
    let gazetteer = gazetteer();
    let resolved = |code: &str| gazetteer.resolve(code).map(|place| place.code.as_str());

    assert_eq!(resolved("09"), Some("taoudenit"));
    assert_eq!(resolved("10"), Some("menaka"));
    assert_eq!(resolved("ML-9"), Some("menaka"));
    assert_eq!(resolved("ml-10"), Some("taoudenit"));
    assert_eq!(resolved("ML09"), Some("bamako"));
    assert_eq!(resolved("ML10"), Some("menaka"));
    assert_eq!(resolved("ML-BKO"), Some("bamako"));
    assert_eq!(resolved("ML0406"), Some("cercle-segou"));
    assert_eq!(resolved("ISO_3166_2:ML-9"), Some("menaka"));
    assert_eq!(resolved(" Segou "), Some("segou"));
    assert_eq!(resolved("ML-11"), None);
    assert_eq!(resolved(""), None);
}

#[test]
fn a_cercle_lies_in_the_region_of_its_time() {
    let gazetteer = gazetteer();
    let region = |code: &str, day| gazetteer.region_of(code, day).map(|place| place.code.clone());

    for (cercle, then, now) in [
        ("cercle-kita", "kayes", "kita"),
        ("cercle-dioila", "koulikoro", "dioila"),
        ("cercle-yanfolila", "sikasso", "bougouni"),
        ("cercle-tominian", "segou", "san"),
        ("cercle-koro", "mopti", "bandiagara"),
        ("cercle-segou", "segou", "segou"),
    ] {
        assert_eq!(region(cercle, before_the_law()).as_deref(), Some(then), "{cercle} then");
        assert_eq!(region(cercle, today()).as_deref(), Some(now), "{cercle} now");
    }
    assert_eq!(gazetteer.children("ml", before_the_law()).len(), 11);
    assert!(gazetteer.find("kita", before_the_law(), 5).iter().all(|found| found.place.code != "kita"));
}

#[test]
fn ancestors_lead_to_the_country() {
    let gazetteer = gazetteer();
    let codes: Vec<&str> = gazetteer.ancestors("cercle-bla", today()).iter().map(|place| place.code.as_str()).collect();

    assert_eq!(codes, ["segou", "ml"]);
    assert_eq!(gazetteer.region_of("commune-bamako-3", today()).map(|p| p.code.as_str()), Some("bamako"));
    assert_eq!(gazetteer.cercle_of("commune-bamako-3", today()).map(|p| p.code.as_str()), None);
    assert_eq!(gazetteer.region_of("ml", today()).map(|p| p.code.as_str()), None);
    assert!(gazetteer.lies_within("cercle-bla", "segou", today()));
    assert!(!gazetteer.lies_within("segou", "cercle-bla", today()));
    assert!(gazetteer.ancestors("nowhere", today()).is_empty());
}

#[test]
fn a_place_without_a_point_takes_that_of_its_region() {
    let gazetteer = gazetteer();

    let point = gazetteer.point_of("cercle-kassambere", today()).expect("the point of Gao");
    assert_eq!(Some(point), gazetteer.place("gao").and_then(|gao| gao.point));
}

#[test]
fn imported_communes_join_the_others() {
    let gazetteer = gazetteer();
    let mut commune = gazetteer.place("commune-bamako-1").expect("a commune").clone();
    commune.code = super::super::place::commune_code("cercle-segou", "Cinzana");
    commune.names = Texts::from_iter([(Locale::Fr, "Cinzana".to_owned())]);
    commune.aliases.clear();
    commune.parent = Some("cercle-segou".to_owned());

    let extended = gazetteer.extended(vec![commune.clone()]).expect("a well-formed commune");

    assert_eq!(extended.locate("cinzana", today()).map(|place| place.code.as_str()), Some("commune-segou-cinzana"));
    assert_eq!(
        extended.cercle_of("commune-segou-cinzana", today()).map(|place| place.code.as_str()),
        Some("cercle-segou")
    );

    commune.parent = Some("segou".to_owned());
    let refused = gazetteer.extended(vec![commune]).expect_err("a commune cannot stand below a region");
    assert_eq!(refused.problem, "its parent is of the wrong kind");
}

#[test]
fn only_a_certain_place_is_located() {
    let gazetteer = gazetteer();

    assert_eq!(gazetteer.locate("Timbuktu", today()).map(|place| place.code.as_str()), Some("tombouctou"));
    assert_eq!(gazetteer.locate("ML-4", today()).map(|place| place.code.as_str()), Some("segou"));
    assert_eq!(gazetteer.locate("koutialla", today()).map(|place| place.code.as_str()), None);
    assert_eq!(gazetteer.locate("kou", today()).map(|place| place.code.as_str()), None);
}

proptest! {
    #[test]
    fn every_place_is_found_first_by_its_own_name_or_a_wider_namesake(index in 0usize..187) {
        let gazetteer = gazetteer();
        let place = &gazetteer.places()[index % gazetteer.places().len()];
        let best = gazetteer.find(place.name(), today(), 3);
        prop_assert!(best.iter().any(|found| found.place.code == place.code), "{}", place.code);
    }

    #[test]
    fn no_text_upsets_the_lookup(text in ".{0,40}", limit in 0usize..30) {
        let gazetteer = gazetteer();
        prop_assert!(gazetteer.find(&text, today(), limit).len() <= limit);
    }
}
