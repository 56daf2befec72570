//! A place of Mali's administrative division, as it was and as it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::{
    locale::{Locale, Texts},
    reference::{Certainty, Validity},
    text::fold,
};

/// The code of the country.
pub const COUNTRY: &str = "ml";

/// What a place is in the division of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlaceKind {
    /// Mali itself, the root.
    Country,
    /// One of the 19 regions.
    Region,
    /// The District of Bamako, on the level of a region.
    District,
    /// A cercle, below a region.
    Cercle,
    /// A commune, below a cercle or the District of Bamako.
    Commune,
}

impl PlaceKind {
    /// Every kind, from the widest to the narrowest.
    pub const ALL: [Self; 5] = [Self::Country, Self::Region, Self::District, Self::Cercle, Self::Commune];

    /// The name used in tables and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Country => "COUNTRY",
            Self::Region => "REGION",
            Self::District => "DISTRICT",
            Self::Cercle => "CERCLE",
            Self::Commune => "COMMUNE",
        }
    }

    /// Reads the name used in tables and on the wire.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether a place of this kind may stand directly below one of `parent`; `None` is above the country.
    #[must_use]
    pub fn may_stand_below(self, parent: Option<Self>) -> bool {
        match self {
            Self::Country => parent.is_none(),
            Self::Region | Self::District => parent == Some(Self::Country),
            Self::Cercle => parent == Some(Self::Region),
            Self::Commune => matches!(parent, Some(Self::Cercle | Self::District)),
        }
    }
}

/// Who numbers places, and how.
///
/// Numbers are not interchangeable: `ML-9` is Ménaka for ISO while 09 is Taoudénit for the law, and `ML09` is Bamako for OCHA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CodeScheme {
    /// The number of a region in law 2023-006, two digits (`04`).
    #[serde(rename = "LAW_2023_006")]
    Law2023,
    /// ISO 3166-2 (`ML-4`), which still knows ten regions; `ML` for the country.
    #[serde(rename = "ISO_3166_2")]
    Iso3166,
    /// The P-code of the UN's humanitarian data (`ML04`, `ML0406`), of the division before 2023.
    #[serde(rename = "OCHA_PCODE")]
    OchaPcode,
}

impl CodeScheme {
    /// Every scheme.
    pub const ALL: [Self; 3] = [Self::Law2023, Self::Iso3166, Self::OchaPcode];

    /// The name used in tables and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Law2023 => "LAW_2023_006",
            Self::Iso3166 => "ISO_3166_2",
            Self::OchaPcode => "OCHA_PCODE",
        }
    }
}

/// A position on the WGS 84 ellipsoid, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// North is positive.
    pub latitude: f64,
    /// East is positive; nearly all of Mali is negative.
    pub longitude: f64,
}

impl Point {
    /// Whether the point can belong to Mali, with some room around its borders: catches swapped and sign-less coordinates.
    #[must_use]
    pub fn is_near_mali(&self) -> bool {
        (9.5..=25.5).contains(&self.latitude) && (-12.8..=4.8).contains(&self.longitude)
    }
}

/// A parent that a place had during some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerParent {
    /// The code of the parent.
    pub parent: String,
    /// When it was the parent.
    pub validity: Validity,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// A place, with everything known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The slug that identifies it for ever: `ml`, `segou`, `cercle-segou`, `commune-bamako-4`.
    pub code: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Its names: the French one of the law, others only where they differ and are known.
    pub names: Texts,
    /// The code of its parent today; none for the country.
    pub parent: Option<String>,
    /// Parents it had before.
    pub former_parents: Vec<FormerParent>,
    /// Its official numbers.
    pub codes: BTreeMap<CodeScheme, String>,
    /// Other spellings, former names, and well-known towns and quarters within it.
    pub aliases: Vec<String>,
    /// Its chief town, roughly.
    pub point: Option<Point>,
    /// When it exists in the division.
    pub validity: Validity,
    /// Where the row is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Place {
    /// The French name, the one in the law.
    #[must_use]
    pub fn name(&self) -> &str {
        self.names.exact(Locale::Fr).unwrap_or_default()
    }

    /// The code of its parent on a day.
    #[must_use]
    pub fn parent_on(&self, day: NaiveDate) -> Option<&str> {
        self.former_parents
            .iter()
            .find(|former| former.validity.contains(day))
            .map(|former| former.parent.as_str())
            .or(self.parent.as_deref())
    }
}

/// The slug of a name, for codes: `M'Pèssoba` → `mpessoba`, `Gourma-Rharous` → `gourma-rharous`.
#[must_use]
pub fn slug(name: &str) -> String {
    fold(&name.replace(['\'', '’'], "")).replace(' ', "-")
}

/// The code that an imported commune gets: `commune-<cercle>-<slug>`, where the cercle is given by its own code.
#[must_use]
pub fn commune_code(cercle_code: &str, name: &str) -> String {
    let cercle = cercle_code.strip_prefix("cercle-").unwrap_or(cercle_code);
    format!("commune-{cercle}-{}", slug(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commune_is_named_after_its_cercle() {
        assert_eq!(commune_code("cercle-segou", "Cinzana"), "commune-segou-cinzana");
        assert_eq!(commune_code("cercle-mpessoba", "N'Tossoni"), "commune-mpessoba-ntossoni");
        assert_eq!(commune_code("bamako", "Commune I"), "commune-bamako-commune-i");
    }

    #[test]
    fn kinds_stack_only_one_way() {
        assert!(PlaceKind::Country.may_stand_below(None));
        assert!(PlaceKind::Commune.may_stand_below(Some(PlaceKind::District)));
        assert!(!PlaceKind::Commune.may_stand_below(Some(PlaceKind::Region)));
        assert!(!PlaceKind::Cercle.may_stand_below(Some(PlaceKind::District)));
        assert!(!PlaceKind::Region.may_stand_below(None));
    }

    #[test]
    fn names_of_kinds_survive_the_round_trip() {
        for kind in PlaceKind::ALL {
            assert_eq!(PlaceKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(PlaceKind::parse("VILLAGE"), None);
    }
}
