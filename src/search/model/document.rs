//! What is known of a listing or an organization to whoever searches, and the neutral form engines are fed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::digest::{Digester, DocumentDigest};
use super::fields::{Collection, KeywordField, NumberField, TextField};
use super::filter::days_since_epoch;
use super::geo::GeoPoint;

/// The language of a text, as far as word forms go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
    /// Bambara, whose words keep their form.
    Bm,
    /// Not known, or one whose word forms are not.
    #[serde(other)]
    Other,
}

impl Language {
    /// Its name in digests.
    const fn code(self) -> &'static str {
        match self {
            Language::Fr => "fr",
            Language::En => "en",
            Language::Bm => "bm",
            Language::Other => "other",
        }
    }
}

/// A text and its language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What it is written in.
    pub language: Language,
    /// What is written.
    pub text: String,
}

impl Text {
    /// A text of a language.
    pub fn new(language: Language, text: impl Into<String>) -> Text {
        Text { language, text: text.into() }
    }
}

/// A code and the names people know it by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The code it is filtered by.
    pub code: String,
    /// Names and synonyms, the preferred name of each language before its synonyms.
    pub names: Vec<Text>,
}

/// An assessed ownership fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnershipFact {
    /// The definition's code.
    pub definition: String,
    /// `YES`, `NO` or `UNKNOWN`.
    pub status: String,
    /// The level of evidence.
    pub evidence: String,
}

impl OwnershipFact {
    /// The one term it is filtered and counted by.
    pub fn term(&self) -> String {
        format!("{}|{}|{}", self.definition, self.status, self.evidence)
    }
}

/// What the index knows of a published listing.
#[derive(Debug, Clone)]
pub struct ListingDocument {
    /// The listing's id.
    pub id: Uuid,
    /// Its title.
    pub title: Text,
    /// Its description.
    pub description: Option<Text>,
    /// The product with all names and synonyms: what makes `situlu` find shea butter.
    pub product: Named,
    /// The classes above the product, nearest first.
    pub product_ancestors: Vec<Named>,
    /// The place, then what surrounds it up to the region.
    pub places: Vec<Named>,
    /// The code of the region among `places`.
    pub region_code: Option<String>,
    /// Where the goods are.
    pub location: Option<GeoPoint>,
    /// The seller's id.
    pub organization_id: Uuid,
    /// The seller's name.
    pub organization_name: String,
    /// The seller's kind.
    pub kind: String,
    /// Schemes whose certificates cover the listing.
    pub schemes: Vec<Named>,
    /// What was assessed of the seller's ownership.
    pub ownership: Vec<OwnershipFact>,
    /// The grade.
    pub grade: Option<String>,
    /// The season.
    pub season: Option<String>,
    /// Further words it should be found by ("femmes", "bio").
    pub labels: Vec<Text>,
    /// Thousandths of a minor unit a kilogram.
    pub price_per_kilogram: Option<i64>,
    /// First day of availability; open when absent.
    pub available_from: Option<NaiveDate>,
    /// Last day of availability; open when absent.
    pub available_until: Option<NaiveDate>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// What the index knows of an organization.
#[derive(Debug, Clone)]
pub struct OrganizationDocument {
    /// The organization's id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its descriptions.
    pub descriptions: Vec<Text>,
    /// Products it offers now.
    pub products: Vec<Named>,
    /// The place, then what surrounds it up to the region.
    pub places: Vec<Named>,
    /// The code of the region among `places`.
    pub region_code: Option<String>,
    /// Where it is.
    pub location: Option<GeoPoint>,
    /// Its kind.
    pub kind: String,
    /// Schemes whose certificates it holds.
    pub schemes: Vec<Named>,
    /// What was assessed of its ownership.
    pub ownership: Vec<OwnershipFact>,
    /// Further words it should be found by.
    pub labels: Vec<Text>,
    /// When it registered.
    pub registered_at: DateTime<Utc>,
}

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuggestionKind {
    /// A product's name.
    Product,
    /// An organization's name.
    Organization,
    /// A listing's title.
    Listing,
}

impl SuggestionKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [SuggestionKind; 3] =
        [SuggestionKind::Product, SuggestionKind::Organization, SuggestionKind::Listing];

    /// Its name in digests.
    const fn code(self) -> &'static str {
        match self {
            SuggestionKind::Product => "product",
            SuggestionKind::Organization => "organization",
            SuggestionKind::Listing => "listing",
        }
    }
}

/// A text worth suggesting while someone types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestible {
    /// What it names.
    pub kind: SuggestionKind,
    /// The text as shown.
    pub text: String,
}

/// The neutral form of a document: every engine stores exactly this.
#[derive(Debug, Clone)]
pub struct SearchDocument {
    /// Where it belongs.
    pub collection: Collection,
    /// The id of the row behind it.
    pub id: Uuid,
    /// Texts by field; a field may have several.
    pub texts: Vec<(TextField, Text)>,
    /// Exact values by field; a field may have several.
    pub keywords: Vec<(KeywordField, String)>,
    /// Numbers by field, one a field.
    pub numbers: Vec<(NumberField, i64)>,
    /// Where it is.
    pub location: Option<GeoPoint>,
    /// What it adds to the suggestions.
    pub suggestions: Vec<Suggestible>,
}

impl SearchDocument {
    pub(in crate::search) fn new(collection: Collection, id: Uuid) -> SearchDocument {
        SearchDocument {
            collection,
            id,
            texts: Vec::new(),
            keywords: Vec::new(),
            numbers: Vec::new(),
            location: None,
            suggestions: Vec::new(),
        }
    }

    /// Names what the document says: two documents of one digest say the same. The order in which values of a field were
    /// read says nothing, since a database gives rows in any order.
    #[must_use]
    pub fn digest(&self) -> DocumentDigest {
        let texts = self.texts.iter().map(|(field, text)| [field.name(), text.language.code(), text.text.as_str()]);
        let keywords = self.keywords.iter().map(|(field, value)| [field.name(), value.as_str()]);
        let suggestions = self.suggestions.iter().map(|suggestion| [suggestion.kind.code(), suggestion.text.as_str()]);
        let mut digester = Digester::new();
        digester.add_name(self.collection.name());
        digester.add_bytes(self.id.as_bytes());
        digester.add_set(texts);
        digester.add_set(keywords);
        digester.add_set(self.numbers.iter().map(|(field, value)| [field.name().to_owned(), value.to_string()]));
        digester.add_set(suggestions);
        // No rounding: a location is read from where it is kept and not computed.
        let location = self.location.map(|GeoPoint { latitude, longitude }| [latitude.to_bits(), longitude.to_bits()]);
        digester.add_set(location.map(|bits| bits.map(|bits| format!("{bits:016x}"))));
        digester.finish()
    }

    fn add_texts(&mut self, field: TextField, texts: impl IntoIterator<Item = Text>) {
        self.texts.extend(texts.into_iter().map(|text| (field, text)));
    }

    fn add_keyword(&mut self, field: KeywordField, value: impl Into<String>) {
        let entry = (field, value.into());
        // A value counted twice for one document would make a facet claim more results than there are.
        if !entry.1.is_empty() && !self.keywords.contains(&entry) {
            self.keywords.push(entry);
        }
    }

    fn add_named(&mut self, keyword: KeywordField, text: TextField, named: Named) {
        self.add_keyword(keyword, named.code);
        self.add_texts(text, named.names);
    }

    fn add_number(&mut self, field: NumberField, value: Option<i64>) {
        self.numbers.extend(value.map(|value| (field, value)));
    }

    fn suggest(&mut self, kind: SuggestionKind, text: &str) {
        let suggestion = Suggestible { kind, text: text.to_owned() };
        if !self.suggestions.contains(&suggestion) {
            self.suggestions.push(suggestion);
        }
    }
}

impl From<ListingDocument> for SearchDocument {
    fn from(listing: ListingDocument) -> SearchDocument {
        let mut document = SearchDocument::new(Collection::Listings, listing.id);
        for name in &listing.product.names {
            document.suggest(SuggestionKind::Product, &name.text);
        }
        document.suggest(SuggestionKind::Listing, &listing.title.text);
        document.add_named(KeywordField::Product, TextField::Name, listing.product);
        for ancestor in listing.product_ancestors {
            document.add_named(KeywordField::Product, TextField::ProductClass, ancestor);
        }
        document.add_texts(TextField::Title, [listing.title]);
        document.add_texts(TextField::Description, listing.description);
        for place in listing.places {
            document.add_named(KeywordField::Place, TextField::Place, place);
        }
        document.add_keyword(KeywordField::Region, listing.region_code.unwrap_or_default());
        document.add_keyword(KeywordField::Organization, listing.organization_id.to_string());
        document.add_texts(TextField::OrganizationName, [Text::new(Language::Other, listing.organization_name)]);
        document.add_keyword(KeywordField::Kind, listing.kind);
        for scheme in listing.schemes {
            document.add_named(KeywordField::Scheme, TextField::Label, scheme);
        }
        for fact in &listing.ownership {
            document.add_keyword(KeywordField::WomenOwned, fact.term());
        }
        document.add_texts(TextField::Label, listing.labels);
        for (field, value) in [(KeywordField::Grade, listing.grade), (KeywordField::Season, listing.season)] {
            if let Some(value) = value {
                document.add_texts(TextField::Label, [Text::new(Language::Other, value.clone())]);
                document.add_keyword(field, value);
            }
        }
        document.add_number(NumberField::PricePerKilogram, listing.price_per_kilogram);
        document.add_number(NumberField::AvailableFrom, listing.available_from.map(days_since_epoch));
        document.add_number(NumberField::AvailableUntil, listing.available_until.map(days_since_epoch));
        document.add_number(NumberField::PublishedAt, Some(listing.published_at.timestamp_micros()));
        document.location = listing.location;
        document
    }
}

impl From<OrganizationDocument> for SearchDocument {
    fn from(organization: OrganizationDocument) -> SearchDocument {
        let mut document = SearchDocument::new(Collection::Organizations, organization.id);
        document.suggest(SuggestionKind::Organization, &organization.name);
        document.add_texts(TextField::Name, [Text::new(Language::Other, organization.name)]);
        document.add_texts(TextField::Description, organization.descriptions);
        for product in organization.products {
            document.add_named(KeywordField::Product, TextField::ProductClass, product);
        }
        for place in organization.places {
            document.add_named(KeywordField::Place, TextField::Place, place);
        }
        document.add_keyword(KeywordField::Region, organization.region_code.unwrap_or_default());
        document.add_keyword(KeywordField::Kind, organization.kind);
        for scheme in organization.schemes {
            document.add_named(KeywordField::Scheme, TextField::Label, scheme);
        }
        for fact in &organization.ownership {
            document.add_keyword(KeywordField::WomenOwned, fact.term());
        }
        document.add_texts(TextField::Label, organization.labels);
        document.add_number(NumberField::PublishedAt, Some(organization.registered_at.timestamp_micros()));
        document.location = organization.location;
        document
    }
}
