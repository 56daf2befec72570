//! Where a market lies, given what a source says of it.
//!
//! Sources name regions as they were, spell as they like, and give points that are somebody else's. A market is put into the narrowest place
//! of today that surely holds it: the place of its own name, or of our table of markets; else the region, if that has kept what it held
//! then; else the country. Points are only held against the place, and a contradiction is told.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    price_layout::RawPrice,
    price_reference::{PriceReference, name_key},
};
use crate::directory::model::{
    gazetteer::Gazetteer,
    place::{COUNTRY, Place, PlaceKind, Point, slug},
};
use crate::words;

/// Candidates of one name that are looked at: more share none.
const CANDIDATES_MAX: usize = 20;
/// How many degrees a market may lie from the chief town of its cercle: about 80 km.
const DEGREES_MAX: f64 = 0.75;

words! {
    /// Something odd about a row that was taken all the same.
    Note {
        /// The region is empty.
        NoRegion = "NO_REGION",
        /// Neither the market nor a place of its name is known.
        UnknownMarket = "UNKNOWN_MARKET",
        /// The market is known to lie in another region.
        RegionContradicted = "REGION_CONTRADICTED",
        /// The point lies far from where the market is.
        PointContradicted = "POINT_CONTRADICTED",
    }
}

impl Note {
    /// What it means, for the person who imports.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NoRegion => "the region is empty",
            Self::UnknownMarket => "the market is not known; it counts for the region or the country at most",
            Self::RegionContradicted => "the market lies in another region than the file says",
            Self::PointContradicted => "the point lies far from the market's place; the point is not kept",
        }
    }
}

/// Where a market was found to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The same in every spelling of the market.
    pub key: String,
    /// The place; none where not even the country is known to be Mali.
    pub place: Option<String>,
    /// What is odd.
    pub notes: Vec<Note>,
}

/// What was found by names alone.
#[derive(Debug, Clone)]
struct Found {
    key: String,
    exact: Option<String>,
    region: Option<String>,
    is_elsewhere: bool,
}

/// Finds markets; remembers names, since files repeat them in every row.
#[derive(Debug)]
pub struct MarketFinder<'r> {
    gazetteer: &'r Gazetteer,
    reference: &'r PriceReference,
    today: NaiveDate,
    found: HashMap<[String; 4], Found>,
}

impl<'r> MarketFinder<'r> {
    /// A finder in the division of `today`.
    #[must_use]
    pub fn new(gazetteer: &'r Gazetteer, reference: &'r PriceReference, today: NaiveDate) -> Self {
        Self { gazetteer, reference, today, found: HashMap::new() }
    }

    /// Where the market of a row lay on `day`.
    pub fn locate(&mut self, row: &RawPrice<'_>, day: NaiveDate) -> Located {
        let names = [row.country, row.admin1, row.admin2, row.market].map(str::to_owned);
        let found = match self.found.get(&names) {
            Some(found) => found.clone(),
            None => {
                let found = self.by_names(row);
                self.found.insert(names, found.clone());
                found
            }
        };
        let mut notes = Vec::new();
        if row.admin1.is_empty() && !found.is_elsewhere {
            notes.push(Note::NoRegion);
        }
        let place = match (&found.exact, &found.region) {
            (Some(place), region) => {
                if region.as_ref().is_some_and(|region| !self.was_ever_within(place, region)) {
                    notes.push(Note::RegionContradicted);
                }
                if self.contradicts(place, row) {
                    notes.push(Note::PointContradicted);
                }
                Some(place.clone())
            }
            (None, Some(region)) => {
                notes.push(Note::UnknownMarket);
                let kept = self.keeps_what_it_held(region, day);
                Some(if kept { region.clone() } else { COUNTRY.to_owned() })
            }
            (None, None) => {
                notes.push(Note::UnknownMarket);
                None
            }
        };
        Located { key: found.key, place, notes }
    }

    fn by_names(&self, row: &RawPrice<'_>) -> Found {
        let is_elsewhere = !row.country.is_empty() && name_key(row.country) != "mali";
        let key = |market: &str, region: &str| format!("{}@{}", slug(market), slug(region));
        if is_elsewhere {
            let key = format!("{}/{}", key(row.market, row.admin1), slug(row.country));
            return Found { key, exact: None, region: None, is_elsewhere };
        }
        let region = self.region(row.admin1);
        if let Some((market, first)) = self.reference.market(row.market, row.admin1) {
            let key = key(&first.name, &first.region);
            return Found { key, exact: Some(market.place.clone()), region, is_elsewhere };
        }
        // Where a file names a region that is none of ours, its markets are not ours either, whatever they are called.
        let is_foreign = region.is_none() && !row.admin1.is_empty();
        let exact = if is_foreign { None } else { self.place_of_the_name(row.market, region.as_deref()) };
        let exact = match (exact, is_foreign) {
            (None, false) => self.place_of_the_name(row.admin2, region.as_deref()),
            (exact, _) => exact,
        };
        Found { key: key(row.market, row.admin1), exact, region, is_elsewhere }
    }

    /// The region, or the District of Bamako, of this name.
    fn region(&self, name: &str) -> Option<String> {
        let is_region = |place: &&Place| matches!(place.kind, PlaceKind::Region | PlaceKind::District);
        self.certain(name).find(is_region).map(|place| place.code.clone())
    }

    /// The narrowest place of this name, if there is one alone, that lies in the region or once did.
    fn place_of_the_name(&self, name: &str, region: Option<&str>) -> Option<String> {
        let fits = |place: &&Place| {
            place.kind != PlaceKind::Country && region.is_none_or(|region| self.was_ever_within(&place.code, region))
        };
        let candidates: Vec<&Place> = self.certain(name).filter(fits).collect();
        let narrowest = candidates.iter().map(|place| place.kind).max()?;
        let mut of_kind = candidates.into_iter().filter(|place| place.kind == narrowest);
        let only = of_kind.next()?;
        of_kind.next().is_none().then(|| only.code.clone())
    }

    fn certain(&self, name: &str) -> impl Iterator<Item = &'r Place> {
        let name = if name.trim().is_empty() { None } else { Some(name) };
        let found = name.map(|name| self.gazetteer.find(name, self.today, CANDIDATES_MAX)).unwrap_or_default();
        found.into_iter().filter(|candidate| candidate.fit.is_certain()).map(|candidate| candidate.place)
    }

    /// Whether a place lies in a region today, did before, or lies in a region that was made of parts of it.
    fn was_ever_within(&self, place: &str, region: &str) -> bool {
        if self.gazetteer.lies_within(place, region, self.today) {
            return true;
        }
        let held_before =
            |place: &Place| place.former_parents.iter().any(|former| self.gazetteer.lies_within(&former.parent, region, self.today));
        let mut above = self.gazetteer.ancestors(place, self.today);
        above.extend(self.gazetteer.place(place));
        if above.iter().any(|place| held_before(place)) {
            return true;
        }
        let Some(own_region) = self.gazetteer.region_of(place, self.today) else { return false };
        self.gazetteer.places().iter().any(|other| {
            held_before(other) && self.gazetteer.lies_within(&other.code, &own_region.code, self.today)
        })
    }

    /// Whether all that lay in a region on a day still does.
    fn keeps_what_it_held(&self, region: &str, day: NaiveDate) -> bool {
        !self.gazetteer.places().iter().any(|place| {
            let held = place.former_parents.iter().any(|former| former.parent == region && former.validity.contains(day));
            held && !self.gazetteer.lies_within(&place.code, region, self.today)
        })
    }

    /// Whether a row gives a point, and it lies far from the cercle or commune.
    fn contradicts(&self, place: &str, row: &RawPrice<'_>) -> bool {
        let (Ok(latitude), Ok(longitude)) = (row.latitude.parse::<f64>(), row.longitude.parse::<f64>()) else {
            return false;
        };
        let point = Point { latitude, longitude };
        let known = self.gazetteer.place(place).filter(|place| place.kind >= PlaceKind::Cercle).and_then(|place| place.point);
        let is_far = |known: Point| {
            (known.latitude - latitude).abs() > DEGREES_MAX || (known.longitude - longitude).abs() > DEGREES_MAX
        };
        !point.is_near_mali() || known.is_some_and(is_far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::taxonomy::Taxonomy;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn locate(country: &str, admin1: &str, market: &str, point: (&str, &str), on: &str) -> Located {
        let gazetteer = Gazetteer::embedded().unwrap();
        let reference = PriceReference::embedded(&Taxonomy::embedded().unwrap(), &gazetteer).unwrap();
        let row =
            RawPrice { country, admin1, market, latitude: point.0, longitude: point.1, ..RawPrice::default() };
        MarketFinder::new(&gazetteer, &reference, day("2026-11-02")).locate(&row, day(on))
    }

    fn place(admin1: &str, market: &str, on: &str) -> (Option<String>, Vec<Note>) {
        let located = locate("", admin1, market, ("", ""), on);
        (located.place, located.notes)
    }

    fn at(code: &str) -> Option<String> {
        Some(code.to_owned())
    }

    #[test]
    fn a_market_is_found_in_the_region_it_lay_in() {
        // Given the regions before 2023, when Koutiala lay in Sikasso and Fana in Koulikoro
        assert_eq!(place("Sikasso", "Koutiala", "2010-01-01"), (at("cercle-koutiala"), vec![]));
        assert_eq!(place("Koulikoro", "Fana", "2010-01-01"), (at("cercle-fana"), vec![]));
        assert_eq!(place("Gao", "Menaka", "2010-01-01"), (at("cercle-menaka"), vec![]));
        // And the narrowest of a name
        assert_eq!(place("Gao", "Gao", "2010-01-01"), (at("cercle-gao"), vec![]));
        assert_eq!(place("Bamako", "Niarela", "2010-01-01"), (at("commune-bamako-2"), vec![]));
    }

    #[test]
    fn a_namesake_in_another_region_is_another_market() {
        assert_eq!(place("Koulikoro", "Faladie", "2010-01-01"), (at("koulikoro"), vec![]));
        assert_eq!(place("Bamako", "Faladie", "2010-01-01"), (at("commune-bamako-6"), vec![]));
    }

    #[test]
    fn an_unknown_market_counts_for_what_surely_holds_it() {
        assert_eq!(place("Gao", "Nowhere", "2017-01-01"), (at("gao"), vec![Note::UnknownMarket]));
        // Ménaka lay in the region of Gao until 2012, and a market may have.
        assert_eq!(place("Gao", "Nowhere", "2010-01-01"), (at(COUNTRY), vec![Note::UnknownMarket]));
        assert_eq!(place("Kayes", "Nowhere", "2017-01-01"), (at(COUNTRY), vec![Note::UnknownMarket]));
        assert_eq!(place("", "Nowhere", "2017-01-01"), (None, vec![Note::NoRegion, Note::UnknownMarket]));
        assert_eq!(place("Brazzaville", "Gao", "2017-01-01"), (None, vec![Note::UnknownMarket]));
        assert_eq!(locate("Chad", "", "Gao", ("", ""), "2017-01-01").place, None);
    }

    #[test]
    fn contradictions_are_told_and_change_nothing() {
        assert_eq!(place("Sikasso", "Segou Centre", "2010-01-01"), (at("cercle-segou"), vec![Note::RegionContradicted]));
        let far = locate("", "Bamako", "Medine", ("14.3754719", "-11.366213"), "2010-01-01");
        assert_eq!((far.place, far.notes), (at("commune-bamako-2"), vec![Note::PointContradicted]));
        assert_eq!(place("", "Hombori", "2017-10-01"), (at("cercle-hombori"), vec![Note::NoRegion]));
    }

    #[test]
    fn one_market_has_one_key_however_it_is_spelled() {
        let key = |admin1, market| locate("", admin1, market, ("", ""), "2010-01-01").key;
        assert_eq!(key("Segou", "Ségou Centre"), key("Sikasso", "Segou Centre"));
        assert_eq!(key("Sikasso", "M'Pèssoba"), key("SIKASSO", "M'Pessoba"));
        assert_ne!(key("Bamako", "Medine"), key("Sikasso", "Sikasso Medine"));
        assert_ne!(locate("Chad", "", "Gao", ("", ""), "2017-01-01").key, key("", "Gao"));
    }
}
