//! The one list of what can be searched, filtered, counted and sorted by.
//!
//! Engines derive their settings from it: the embedded one its schema, a remote one its searchable, filterable and
//! sortable attributes. A change of this list, or of the way documents are analysed, changes [`definition_digest`],
//! and an index built under another digest is rebuilt.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Raise when documents are chosen or analysed differently under the same fields.
const ANALYSIS_VERSION: u32 = 6;

/// The two bodies of documents, searched apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Published listings with something left.
    Listings,
    /// Organizations in good standing.
    Organizations,
}

impl Collection {
    /// Every collection.
    pub const ALL: [Collection; 2] = [Collection::Listings, Collection::Organizations];

    /// Its name on disk and in a remote engine.
    pub const fn name(self) -> &'static str {
        match self {
            Collection::Listings => "listings",
            Collection::Organizations => "organizations",
        }
    }
}

/// How much a word found in a field says about the result, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// What the thing is: a product's name, an organization's name.
    Identity,
    /// What its owner calls it.
    Title,
    /// What surrounds it: seller, place, wider product class, certificates.
    Context,
    /// Free prose, where any word may turn up.
    Prose,
}

impl Weight {
    /// Every weight, best first.
    pub const ALL: [Weight; 4] = [Weight::Identity, Weight::Title, Weight::Context, Weight::Prose];

    /// Points of a word found at this weight as it was typed.
    pub const fn points(self) -> u32 {
        match self {
            Weight::Identity => 100,
            Weight::Title => 85,
            Weight::Context => 50,
            Weight::Prose => 30,
        }
    }

    /// Its place in [`Weight::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Weight::Identity => 0,
            Weight::Title => 1,
            Weight::Context => 2,
            Weight::Prose => 3,
        }
    }
}

/// A field whose words are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextField {
    /// Names and synonyms of the product itself, in every language; the name of an organization.
    Name,
    /// The title of a listing.
    Title,
    /// Names of the wider classes that the product belongs to; names of the products an organization offers.
    ProductClass,
    /// The seller's name.
    OrganizationName,
    /// Names of the place, its cercle and its region.
    Place,
    /// Certificates, grade, season, kind of seller, sacks and cans: words people use for properties.
    Label,
    /// The description.
    Description,
}

impl TextField {
    /// Every searchable field, best first.
    pub const ALL: [TextField; 7] = [
        TextField::Name,
        TextField::Title,
        TextField::ProductClass,
        TextField::OrganizationName,
        TextField::Place,
        TextField::Label,
        TextField::Description,
    ];

    /// Its name in documents and highlights.
    pub const fn name(self) -> &'static str {
        match self {
            TextField::Name => "name",
            TextField::Title => "title",
            TextField::ProductClass => "productClass",
            TextField::OrganizationName => "organizationName",
            TextField::Place => "place",
            TextField::Label => "label",
            TextField::Description => "description",
        }
    }

    /// How much its words say.
    pub const fn weight(self) -> Weight {
        match self {
            TextField::Name => Weight::Identity,
            TextField::Title => Weight::Title,
            TextField::ProductClass | TextField::OrganizationName | TextField::Place | TextField::Label => {
                Weight::Context
            }
            TextField::Description => Weight::Prose,
        }
    }
}

/// A field of exact values that results are filtered by and counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeywordField {
    /// Codes of the product and of every class above it.
    Product,
    /// Codes of the place and of everything around it up to the region.
    Place,
    /// The region's code.
    Region,
    /// The seller's kind.
    Kind,
    /// Codes of the schemes whose certificates hold.
    Scheme,
    /// Ownership facts as `DEFINITION|STATUS|EVIDENCE`.
    WomenOwned,
    /// The grade.
    Grade,
    /// The season.
    Season,
    /// The organization's id.
    Organization,
}

impl KeywordField {
    /// Every filterable field.
    pub const ALL: [KeywordField; 9] = [
        KeywordField::Product,
        KeywordField::Place,
        KeywordField::Region,
        KeywordField::Kind,
        KeywordField::Scheme,
        KeywordField::WomenOwned,
        KeywordField::Grade,
        KeywordField::Season,
        KeywordField::Organization,
    ];

    /// Its name in documents and filters.
    pub const fn name(self) -> &'static str {
        match self {
            KeywordField::Product => "productCodes",
            KeywordField::Place => "placeCodes",
            KeywordField::Region => "region",
            KeywordField::Kind => "kind",
            KeywordField::Scheme => "schemes",
            KeywordField::WomenOwned => "womenOwned",
            KeywordField::Grade => "grade",
            KeywordField::Season => "season",
            KeywordField::Organization => "organizationId",
        }
    }

    /// Its place in [`KeywordField::ALL`].
    pub const fn index(self) -> usize {
        match self {
            KeywordField::Product => 0,
            KeywordField::Place => 1,
            KeywordField::Region => 2,
            KeywordField::Kind => 3,
            KeywordField::Scheme => 4,
            KeywordField::WomenOwned => 5,
            KeywordField::Grade => 6,
            KeywordField::Season => 7,
            KeywordField::Organization => 8,
        }
    }

    /// Whether its values are counted beside results.
    pub const fn is_facet(self) -> bool {
        match self {
            KeywordField::Product
            | KeywordField::Region
            | KeywordField::Kind
            | KeywordField::Scheme
            | KeywordField::WomenOwned
            | KeywordField::Grade
            | KeywordField::Season => true,
            KeywordField::Place | KeywordField::Organization => false,
        }
    }
}

/// A whole number that results are filtered or sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberField {
    /// Thousandths of a minor unit a kilogram, in the marketplace's currency.
    PricePerKilogram,
    /// First day of availability, in days since 1970-01-01.
    AvailableFrom,
    /// Last day of availability, in days since 1970-01-01.
    AvailableUntil,
    /// When it was published, or an organization registered, in microseconds since 1970-01-01.
    PublishedAt,
}

impl NumberField {
    /// Every number.
    pub const ALL: [NumberField; 4] = [
        NumberField::PricePerKilogram,
        NumberField::AvailableFrom,
        NumberField::AvailableUntil,
        NumberField::PublishedAt,
    ];

    /// Its name in documents and filters.
    pub const fn name(self) -> &'static str {
        match self {
            NumberField::PricePerKilogram => "pricePerKilogram",
            NumberField::AvailableFrom => "availableFrom",
            NumberField::AvailableUntil => "availableUntil",
            NumberField::PublishedAt => "publishedAt",
        }
    }

    /// Its place in [`NumberField::ALL`].
    pub const fn index(self) -> usize {
        match self {
            NumberField::PricePerKilogram => 0,
            NumberField::AvailableFrom => 1,
            NumberField::AvailableUntil => 2,
            NumberField::PublishedAt => 3,
        }
    }

    /// Whether results can be put in its order.
    pub const fn is_sortable(self) -> bool {
        match self {
            NumberField::PricePerKilogram | NumberField::PublishedAt => true,
            NumberField::AvailableFrom | NumberField::AvailableUntil => false,
        }
    }
}

/// Names the fields, their weights and the analysis; an index of another digest cannot be searched by this program.
pub fn definition_digest() -> String {
    let mut definition = format!("analysis {ANALYSIS_VERSION}\n");
    // Writing to a `String` cannot fail.
    for field in TextField::ALL {
        let _ = writeln!(definition, "text {} {}", field.name(), field.weight().index());
    }
    for field in KeywordField::ALL {
        let _ = writeln!(definition, "keyword {} {}", field.name(), field.is_facet());
    }
    for field in NumberField::ALL {
        let _ = writeln!(definition, "number {} {}", field.name(), field.is_sortable());
    }
    hex::encode(Sha256::digest(definition.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_indexes_are_positions() {
        let names: HashSet<&str> = TextField::ALL
            .map(TextField::name)
            .into_iter()
            .chain(KeywordField::ALL.map(KeywordField::name))
            .chain(NumberField::ALL.map(NumberField::name))
            .collect();
        assert_eq!(names.len(), TextField::ALL.len() + KeywordField::ALL.len() + NumberField::ALL.len());
        for (at, field) in KeywordField::ALL.into_iter().enumerate() {
            assert_eq!(field.index(), at);
        }
        for (at, field) in NumberField::ALL.into_iter().enumerate() {
            assert_eq!(field.index(), at);
        }
        for (at, weight) in Weight::ALL.into_iter().enumerate() {
            assert_eq!(weight.index(), at);
        }
    }

    #[test]
    fn the_digest_is_stable_within_a_build() {
        assert_eq!(definition_digest(), definition_digest());
        assert_eq!(definition_digest().len(), 64);
    }
}
