//! All places in memory: who lies within whom on a day, and which place a person means.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;

use super::place::{CodeScheme, FormerParent, Place, PlaceKind, Point};
use crate::kernel::{
    locale::{Locale, Texts},
    lookup::{Fit, NameKey, NameSet},
    reference::{Certainty, ReferenceError, Validity},
    text::fold,
};

/// The embedded places: the country, its regions and cercles, and the communes of Bamako.
pub const PLACES_CSV: &str = include_str!("../data/places.csv");
/// The embedded parents of former times.
pub const PLACE_HISTORY_CSV: &str = include_str!("../data/place_history.csv");

const PLACES_FILE: &str = "directory/data/places.csv";
const HISTORY_FILE: &str = "directory/data/place_history.csv";

/// A place that fits what was typed.
#[derive(Debug, Clone, Copy)]
pub struct PlaceMatch<'g> {
    /// The place.
    pub place: &'g Place,
    /// How well it fits.
    pub fit: Fit,
}

/// All places, in memory, immutable: replaced as a whole when places are imported.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    places: Vec<Place>,
    by_code: HashMap<String, usize>,
    by_official_code: HashMap<String, usize>,
    /// What each place answers to.
    names: Vec<NameSet>,
}

impl Gazetteer {
    /// The gazetteer of the embedded data.
    ///
    /// # Errors
    /// When the embedded data are not well-formed, which a test keeps from happening.
    pub fn embedded() -> Result<Self, ReferenceError> {
        Self::new(embedded_places()?)
    }

    /// A gazetteer of these places.
    ///
    /// # Errors
    /// When a code is doubled, a parent missing, above or below the wrong kind, or an official number given twice.
    pub fn new(places: Vec<Place>) -> Result<Self, ReferenceError> {
        let mut by_code = HashMap::with_capacity(places.len());
        let mut by_official_code = HashMap::new();
        for (index, place) in places.iter().enumerate() {
            if place.name().trim().is_empty() {
                return Err(ReferenceError::new(PLACES_FILE, &place.code, "the french name is missing"));
            }
            if by_code.insert(place.code.clone(), index).is_some() {
                return Err(ReferenceError::new(PLACES_FILE, &place.code, "the code is used twice"));
            }
            for (scheme, code) in &place.codes {
                let scheme_key = format!("{}:{}", scheme.as_str(), code.to_uppercase());
                if by_official_code.insert(scheme_key, index).is_some() {
                    return Err(ReferenceError::new(
                        PLACES_FILE,
                        &place.code,
                        format!("{} {code} is used twice", scheme.as_str()),
                    ));
                }
            }
        }
        for place in &places {
            check_parents(place, &places, &by_code)?;
        }
        let names = places
            .iter()
            .map(|place| {
                NameSet::new(place.names.iter().map(|(_, name)| name), place.aliases.iter().map(String::as_str))
            })
            .collect();
        Ok(Self { places, by_code, by_official_code, names })
    }

    /// This gazetteer with further places, such as imported communes; a place already there is replaced.
    ///
    /// # Errors
    /// As [`Gazetteer::new`].
    pub fn extended(&self, further: Vec<Place>) -> Result<Self, ReferenceError> {
        let mut places = self.places.clone();
        for place in further {
            match self.by_code.get(&place.code) {
                Some(index) => places[*index] = place,
                None => places.push(place),
            }
        }
        Self::new(places)
    }

    /// Every place, parents before children.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The place with this code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.by_code.get(code).map(|index| &self.places[*index])
    }

    /// The place with this code, or with this official number: `segou`, `ML-4` (ISO), `ML04` (OCHA), `04` (law).
    ///
    /// The three schemes cannot be mistaken for one another by their form; a scheme may be named before a colon
    /// (`ISO_3166_2:ML-9`).
    #[must_use]
    pub fn resolve(&self, code: &str) -> Option<&Place> {
        let code = code.trim();
        if let Some(place) = self.place(&code.to_lowercase()) {
            return Some(place);
        }
        let upper = code.to_uppercase();
        if let Some(index) = self.by_official_code.get(&upper) {
            return Some(&self.places[*index]);
        }
        CodeScheme::ALL
            .into_iter()
            .find_map(|scheme| self.by_official_code.get(&format!("{}:{upper}", scheme.as_str())))
            .map(|index| &self.places[*index])
    }

    /// The places directly below `code` on a day, by name.
    #[must_use]
    pub fn children(&self, code: &str, day: NaiveDate) -> Vec<&Place> {
        let mut children: Vec<&Place> = self
            .places
            .iter()
            .filter(|place| place.validity.contains(day) && place.parent_on(day) == Some(code))
            .collect();
        children.sort_by_cached_key(|place| fold(place.name()));
        children
    }

    /// The places that held `code` on a day, from its parent up to the country.
    #[must_use]
    pub fn ancestors(&self, code: &str, day: NaiveDate) -> Vec<&Place> {
        let mut ancestors = Vec::new();
        let mut current = self.place(code);
        // The kinds of place are a ladder, so a chain longer than it would be a circle.
        while let Some(parent) = current.and_then(|place| place.parent_on(day)).and_then(|parent| self.place(parent))
            && ancestors.len() < PlaceKind::ALL.len()
        {
            ancestors.push(parent);
            current = Some(parent);
        }
        ancestors
    }

    /// The region (or the District of Bamako) that `code` is or lay in on a day; none for the country.
    #[must_use]
    pub fn region_of(&self, code: &str, day: NaiveDate) -> Option<&Place> {
        self.self_or_ancestor(code, day, |kind| matches!(kind, PlaceKind::Region | PlaceKind::District))
    }

    /// The cercle that `code` is or lay in on a day; none for regions, the country and Bamako.
    #[must_use]
    pub fn cercle_of(&self, code: &str, day: NaiveDate) -> Option<&Place> {
        self.self_or_ancestor(code, day, |kind| kind == PlaceKind::Cercle)
    }

    /// Whether `code` is `within` or lay below it on a day.
    #[must_use]
    pub fn lies_within(&self, code: &str, within: &str, day: NaiveDate) -> bool {
        code == within || self.ancestors(code, day).iter().any(|place| place.code == within)
    }

    /// The nearest known point: its own, or that of the nearest ancestor below the country.
    #[must_use]
    pub fn point_of(&self, code: &str, day: NaiveDate) -> Option<Point> {
        let own = self.place(code)?;
        std::iter::once(own)
            .chain(self.ancestors(code, day))
            .filter(|place| place.kind != PlaceKind::Country || place.code == code)
            .find_map(|place| place.point)
    }

    /// The places that a person may mean who typed `text`, best first, among those that exist on the day.
    ///
    /// Case, accents, apostrophes and hyphens do not matter; former names and other spellings count; one slip is
    /// forgiven from four letters on. Of places that fit alike the wider one comes first: `segou` is the region, then the cercle.
    #[must_use]
    pub fn find(&self, text: &str, day: NaiveDate, limit: usize) -> Vec<PlaceMatch<'_>> {
        let typed = NameKey::new(text);
        let by_code = self.resolve(text).map(|place| place.code.as_str());
        let mut matches: Vec<PlaceMatch<'_>> = self
            .places
            .iter()
            .zip(&self.names)
            .filter(|(place, _)| place.validity.contains(day))
            .filter_map(|(place, names)| {
                let fit = if by_code == Some(&place.code) { Some(Fit::Code) } else { names.fit(&typed) };
                fit.map(|fit| PlaceMatch { place, fit })
            })
            .collect();
        matches.sort_by(|left, right| {
            left.fit
                .cmp(&right.fit)
                .then_with(|| left.place.kind.cmp(&right.place.kind))
                .then_with(|| left.place.name().cmp(right.place.name()))
                .then_with(|| left.place.code.cmp(&right.place.code))
        });
        matches.truncate(limit);
        matches
    }

    /// The one place that `text` names without doubt: a code, an official number, a name or an alias, not a guess.
    ///
    /// Of a region and the cercle of the same name it is the region. For files and forms where nobody can be asked back.
    #[must_use]
    pub fn locate(&self, text: &str, day: NaiveDate) -> Option<&Place> {
        if let Some(place) = self.resolve(text) {
            return Some(place);
        }
        self.find(text, day, 1).first().filter(|best| best.fit.is_certain()).map(|best| best.place)
    }

    fn self_or_ancestor(&self, code: &str, day: NaiveDate, wanted: impl Fn(PlaceKind) -> bool) -> Option<&Place> {
        let own = self.place(code)?;
        std::iter::once(own).chain(self.ancestors(code, day)).find(|place| wanted(place.kind))
    }
}

fn check_parents(place: &Place, places: &[Place], by_code: &HashMap<String, usize>) -> Result<(), ReferenceError> {
    let kind_of = |code: &str| {
        by_code
            .get(code)
            .map(|index| places[*index].kind)
            .ok_or_else(|| ReferenceError::new(PLACES_FILE, &place.code, format!("its parent {code} does not exist")))
    };
    let parent = place.parent.as_deref().map(kind_of).transpose()?;
    if !place.kind.may_stand_below(parent) {
        return Err(ReferenceError::new(PLACES_FILE, &place.code, "its parent is of the wrong kind"));
    }
    for (index, former) in place.former_parents.iter().enumerate() {
        if !place.kind.may_stand_below(Some(kind_of(&former.parent)?)) {
            return Err(ReferenceError::new(HISTORY_FILE, &place.code, "its former parent is of the wrong kind"));
        }
        if place.former_parents[..index].iter().any(|earlier| earlier.validity.overlaps(&former.validity)) {
            return Err(ReferenceError::new(HISTORY_FILE, &place.code, "it has two parents at once"));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct PlaceRow {
    code: String,
    kind: PlaceKind,
    parent: Option<String>,
    name: String,
    name_en: Option<String>,
    name_bm: Option<String>,
    law: Option<String>,
    iso: Option<String>,
    ocha: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    aliases: String,
    source: String,
    certainty: Certainty,
}

#[derive(Deserialize)]
struct HistoryRow {
    place: String,
    parent: String,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    source: String,
    certainty: Certainty,
}

/// Reads the embedded places with their history.
///
/// # Errors
/// When a row does not have the form of the file.
pub fn embedded_places() -> Result<Vec<Place>, ReferenceError> {
    let mut former_parents: HashMap<String, Vec<FormerParent>> = HashMap::new();
    for row in rows::<HistoryRow>(HISTORY_FILE, PLACE_HISTORY_CSV)? {
        former_parents.entry(row.place).or_default().push(FormerParent {
            parent: row.parent,
            validity: Validity { from: row.valid_from, to: row.valid_to },
            source: row.source,
            certainty: row.certainty,
        });
    }
    let places = rows::<PlaceRow>(PLACES_FILE, PLACES_CSV)?
        .into_iter()
        .map(|row| {
            let former_parents = former_parents.remove(&row.code).unwrap_or_default();
            row.into_place(former_parents)
        })
        .collect();
    match former_parents.into_keys().next() {
        Some(unknown) => Err(ReferenceError::new(HISTORY_FILE, unknown, "the place does not exist")),
        None => Ok(places),
    }
}

fn rows<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<Vec<T>, ReferenceError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .enumerate()
        // The first line holds the names of the columns.
        .map(|(index, row)| {
            row.map_err(|error: csv::Error| ReferenceError::new(file, format!("line {}", index + 2), error.to_string()))
        })
        .collect()
}

impl PlaceRow {
    fn into_place(self, former_parents: Vec<FormerParent>) -> Place {
        let names = [(Locale::Fr, Some(self.name)), (Locale::En, self.name_en), (Locale::Bm, self.name_bm)];
        let codes =
            [(CodeScheme::Law2023, self.law), (CodeScheme::Iso3166, self.iso), (CodeScheme::OchaPcode, self.ocha)];
        Place {
            code: self.code,
            kind: self.kind,
            names: names.into_iter().filter_map(|(locale, name)| Some((locale, name?))).collect::<Texts>(),
            parent: self.parent,
            former_parents,
            codes: codes.into_iter().filter_map(|(scheme, code)| Some((scheme, code?))).collect::<BTreeMap<_, _>>(),
            aliases: self.aliases.split(';').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
            point: self.latitude.zip(self.longitude).map(|(latitude, longitude)| Point { latitude, longitude }),
            validity: Validity { from: self.valid_from, to: self.valid_to },
            source: self.source,
            certainty: self.certainty,
        }
    }
}

#[cfg(test)]
#[path = "gazetteer_tests.rs"]
mod tests;
