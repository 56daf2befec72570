//! The demo marketplace as it stands in the data files: invented organizations and people, real products, places and
//! prices. Days are counted from the day of loading, so that the marketplace never looks stale.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::kernel::{
    locale::{Locale, Texts},
    reference::{Certainty, ReferenceError},
};

const USERS: (&str, &str) = ("demo/data/users.toml", include_str!("data/users.toml"));
const ORGANIZATIONS: (&str, &str) = ("demo/data/organizations.toml", include_str!("data/organizations.toml"));
const LISTINGS: (&str, &str) = ("demo/data/listings.csv", include_str!("data/listings.csv"));
const CERTIFICATES: (&str, &str) = ("demo/data/certificates.csv", include_str!("data/certificates.csv"));
const PRICES: (&str, &str) = ("demo/data/prices.csv", include_str!("data/prices.csv"));

/// Everything that is loaded.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub(crate) users: Vec<DemoUser>,
    pub(crate) memberships: Vec<DemoMembership>,
    pub(crate) organizations: Vec<DemoOrganization>,
    pub(crate) listings: Vec<DemoListing>,
    pub(crate) certificates: Vec<DemoCertificate>,
}

/// A person of the demo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoUser {
    pub(crate) key: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) phone: Option<String>,
    pub(crate) language: Locale,
    /// The name of the platform role that the loader grants her.
    #[serde(default)]
    pub(crate) platform_role: Option<String>,
}

impl DemoUser {
    /// What she signs in with.
    pub(crate) fn identifier(&self) -> &str {
        self.email.as_deref().or(self.phone.as_deref()).unwrap_or_default()
    }
}

/// A role that a person has besides owning what she registered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoMembership {
    pub(crate) organization: String,
    pub(crate) user: String,
    pub(crate) role: String,
}

/// An organization of the demo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoOrganization {
    pub(crate) key: String,
    /// The person who registers it and so becomes its owner.
    pub(crate) registered_by: String,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) legal_form: Option<String>,
    pub(crate) name: String,
    pub(crate) description: Texts,
    pub(crate) language: Locale,
    pub(crate) languages: Vec<String>,
    pub(crate) place: String,
    pub(crate) phone: String,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) market_name: Option<String>,
    #[serde(default)]
    pub(crate) stall: Option<String>,
    #[serde(default)]
    pub(crate) location: Option<DemoLocation>,
    #[serde(default)]
    pub(crate) registrations: Vec<DemoRegistration>,
    /// What it declares of its ownership; none for those of whom nothing is known.
    #[serde(default)]
    pub(crate) ownership: Option<DemoOwnership>,
}

/// Where an organization is found.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoLocation {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

/// A number in a public register.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoRegistration {
    pub(crate) scheme: String,
    pub(crate) value: String,
}

/// A declaration of ownership; what is not said is not known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DemoOwnership {
    pub(crate) women_owned_percent: Option<String>,
    pub(crate) women_board_percent: Option<String>,
    pub(crate) women_management_percent: Option<String>,
    pub(crate) women_members: Option<i64>,
    pub(crate) total_members: Option<i64>,
    pub(crate) young_women_members: Option<i64>,
    pub(crate) women_employees: Option<i64>,
    pub(crate) total_employees: Option<i64>,
    pub(crate) woman_signatory: Option<bool>,
    pub(crate) operated_independently: Option<bool>,
    pub(crate) woman_chief_executive: Option<bool>,
    pub(crate) has_board: Option<bool>,
}

/// A listing of the demo.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DemoListing {
    pub(crate) organization: String,
    pub(crate) product: String,
    pub(crate) language: Locale,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) price: String,
    pub(crate) price_unit: String,
    pub(crate) quantity: String,
    pub(crate) quantity_unit: String,
    pub(crate) minimum_order: Option<String>,
    pub(crate) grade: Option<String>,
    measurements: String,
    pub(crate) season: Option<String>,
    /// Days from the day of loading.
    pub(crate) available_from: Option<i64>,
    /// Days from the day of loading.
    pub(crate) available_until: Option<i64>,
    /// Where it lies, if not where its organization is.
    pub(crate) place: Option<String>,
    pub(crate) delivery_terms: Option<String>,
    /// The state that it is brought to.
    pub(crate) status: String,
}

impl DemoListing {
    /// The measured attributes with their values.
    pub(crate) fn measurements(&self) -> impl Iterator<Item = (&str, &str)> {
        self.measurements.split(';').filter_map(|pair| pair.split_once('='))
    }
}

/// A certificate of the demo.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DemoCertificate {
    pub(crate) organization: String,
    pub(crate) scheme: String,
    pub(crate) number: String,
    pub(crate) issuer: String,
    products: String,
    sites: String,
    /// Days from the day of loading.
    pub(crate) valid_from: i64,
    /// Days from the day of loading.
    pub(crate) valid_until: i64,
    /// What was recorded of it.
    pub(crate) record: String,
}

impl DemoCertificate {
    /// The products that it names.
    pub(crate) fn products(&self) -> Vec<String> {
        split(&self.products)
    }

    /// The sites that it names.
    pub(crate) fn sites(&self) -> Vec<String> {
        split(&self.sites)
    }
}

fn split(list: &str) -> Vec<String> {
    list.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// What a unit of a product usually costs, in whole francs: what made-up prices are drawn around.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UsualPrice {
    pub(crate) product: String,
    pub(crate) xof: i64,
    pub(crate) unit: String,
    /// Where the figure is from.
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the file, and a test holds it to be there"))]
    pub(crate) source: String,
    /// How sure it is.
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the file, and a test holds it to be there"))]
    pub(crate) certainty: Certainty,
}

impl Fixture {
    /// Reads the data files.
    ///
    /// # Errors
    /// When a file does not have its form, which a test keeps from happening.
    pub(crate) fn embedded() -> Result<Self, ReferenceError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Users {
            user: Vec<DemoUser>,
            membership: Vec<DemoMembership>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Organizations {
            organization: Vec<DemoOrganization>,
        }
        let people: Users = parse_toml(USERS)?;
        let organizations: Organizations = parse_toml(ORGANIZATIONS)?;
        Ok(Self {
            users: people.user,
            memberships: people.membership,
            organizations: organizations.organization,
            listings: parse_csv(LISTINGS)?,
            certificates: parse_csv(CERTIFICATES)?,
        })
    }
}

/// The usual price of each product that is sold in the demo.
///
/// # Errors
/// When the file does not have its form, which a test keeps from happening.
pub(crate) fn usual_prices() -> Result<BTreeMap<String, UsualPrice>, ReferenceError> {
    let prices: Vec<UsualPrice> = parse_csv(PRICES)?;
    Ok(prices.into_iter().map(|price| (price.product.clone(), price)).collect())
}

fn parse_toml<T: for<'de> Deserialize<'de>>((file, text): (&'static str, &str)) -> Result<T, ReferenceError> {
    toml::from_str(text).map_err(|error| ReferenceError::new(file, "file", error.to_string()))
}

fn parse_csv<T: for<'de> Deserialize<'de>>((file, text): (&'static str, &str)) -> Result<Vec<T>, ReferenceError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    // The first line holds the names of the columns.
    let line = |index: usize| format!("line {}", index + 2);
    let read = |(index, row): (usize, csv::Result<T>)| {
        row.map_err(|error| ReferenceError::new(file, line(index), error.to_string()))
    };
    reader.deserialize().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;

    use super::*;
    use crate::{
        catalog::model::taxonomy::Taxonomy,
        certification::model::{certificate::CertificateRecord, scheme::Schemes},
        directory::model::gazetteer::Gazetteer,
        kernel::decimal::parse_scaled,
    };

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 15).expect("a date")
    }

    #[test]
    fn a_person_would_believe_the_marketplace() {
        let fixture = Fixture::embedded().expect("the demo is well-formed");
        let gazetteer = Gazetteer::embedded().expect("places");
        let regions: BTreeSet<&str> = fixture
            .organizations
            .iter()
            .filter_map(|organization| gazetteer.region_of(&organization.place, today()))
            .map(|region| region.code.as_str())
            .collect();
        let kinds: BTreeSet<&str> =
            fixture.organizations.iter().map(|organization| organization.kind.as_str()).collect();
        let titles: BTreeSet<&str> = fixture.listings.iter().map(|listing| listing.title.as_str()).collect();

        assert!(fixture.organizations.len() >= 45, "{} organizations", fixture.organizations.len());
        assert!(regions.len() >= 12, "{regions:?}");
        assert_eq!(kinds.len(), 7, "{kinds:?}");
        assert!(fixture.listings.len() >= 320, "{} listings", fixture.listings.len());
        assert!(titles.len() * 10 >= fixture.listings.len() * 7, "{} different titles", titles.len());
        assert!(fixture.organizations.iter().any(|organization| organization.ownership.is_none()));
    }

    #[test]
    fn there_is_one_person_of_each_role() {
        let fixture = Fixture::embedded().expect("the demo is well-formed");
        let platform: BTreeSet<&str> = fixture.users.iter().filter_map(|user| user.platform_role.as_deref()).collect();
        let roles: BTreeSet<&str> = fixture.memberships.iter().map(|membership| membership.role.as_str()).collect();

        assert_eq!(platform, BTreeSet::from(["ADMIN", "AUDITOR", "VERIFIER"]));
        assert_eq!(roles, BTreeSet::from(["AGENT", "EVALUATOR", "MANAGER", "PROCUREMENT_OFFICER", "VIEWER"]));
        assert!(fixture.users.iter().all(|user| !user.identifier().is_empty() && !user.name.is_empty()));
    }

    #[test]
    fn every_key_leads_somewhere() {
        let fixture = Fixture::embedded().expect("the demo is well-formed");
        let gazetteer = Gazetteer::embedded().expect("places");
        let users: BTreeSet<&str> = fixture.users.iter().map(|user| user.key.as_str()).collect();
        let organizations: BTreeSet<&str> = fixture.organizations.iter().map(|one| one.key.as_str()).collect();

        assert_eq!(users.len(), fixture.users.len());
        assert_eq!(organizations.len(), fixture.organizations.len());
        for organization in &fixture.organizations {
            assert!(users.contains(organization.registered_by.as_str()), "{}", organization.key);
            assert!(gazetteer.place(&organization.place).is_some(), "{}", organization.key);
            assert!(organization.description.exact(Locale::Fr).is_some(), "{}", organization.key);
        }
        for membership in &fixture.memberships {
            assert!(organizations.contains(membership.organization.as_str()), "{}", membership.organization);
            assert!(users.contains(membership.user.as_str()), "{}", membership.user);
        }
        let named = fixture.listings.iter().map(|listing| &listing.organization);
        for key in named.chain(fixture.certificates.iter().map(|certificate| &certificate.organization)) {
            assert!(organizations.contains(key.as_str()), "{key}");
        }
    }

    #[test]
    fn every_listing_offers_what_exists_at_a_price_a_person_believes() {
        let fixture = Fixture::embedded().expect("the demo is well-formed");
        let taxonomy = Taxonomy::embedded().expect("products");
        let prices = usual_prices().expect("prices");
        for listing in &fixture.listings {
            let product = taxonomy.product(&listing.product).unwrap_or_else(|| panic!("{}", listing.product));
            for unit in [&listing.price_unit, &listing.quantity_unit] {
                assert!(product.may_be_sold_in(unit), "{unit} of {}", listing.product);
            }
            for (attribute, value) in listing.measurements() {
                assert!(product.quality.iter().any(|known| known == attribute), "{attribute} of {}", listing.product);
                let value = parse_scaled(value, 3).expect("a measured number");
                assert!(
                    taxonomy.attribute(attribute).is_some_and(|known| known.is_plausible(value)),
                    "{}",
                    listing.title
                );
            }
            let usual = &prices[&listing.product];
            let weight =
                |unit: &str| taxonomy.conversion(unit, &listing.product, &[], today()).map(|found| found.grams);
            let asked: i64 = listing.price.parse().expect("whole francs");
            assert!(parse_scaled(&listing.quantity, 3).is_ok_and(|quantity| quantity > 0), "{}", listing.title);
            if let (Some(own), Some(known)) = (weight(&listing.price_unit), weight(&usual.unit)) {
                let expected = i128::from(usual.xof) * i128::from(own) / i128::from(known);
                let (least, most) = (expected * 6 / 10, expected * 16 / 10 + 50);
                assert!((least..=most).contains(&i128::from(asked)), "{asked} F for {} ({expected})", listing.title);
            }
            if let (Some(from), Some(until)) = (listing.available_from, listing.available_until) {
                assert!(from < until, "{}", listing.title);
            }
            assert!(["DRAFT", "PUBLISHED", "PAUSED", "ARCHIVED"].contains(&listing.status.as_str()));
        }
    }

    #[test]
    fn every_certificate_is_of_a_scheme_and_names_products_of_it() {
        let fixture = Fixture::embedded().expect("the demo is well-formed");
        let taxonomy = Taxonomy::embedded().expect("products");
        let schemes = Schemes::embedded().expect("schemes");
        let mut numbers = BTreeSet::new();
        for certificate in &fixture.certificates {
            let scheme = schemes.scheme(&certificate.scheme).unwrap_or_else(|| panic!("{}", certificate.scheme));
            assert!(numbers.insert(&certificate.number), "{}", certificate.number);
            assert!(certificate.record.parse::<CertificateRecord>().is_ok(), "{}", certificate.record);
            assert!(certificate.valid_from < certificate.valid_until, "{}", certificate.number);
            assert!(scheme.issuers.contains(&certificate.issuer), "{} by {}", certificate.number, certificate.issuer);
            for product in certificate.products() {
                assert!(taxonomy.product(&product).is_some(), "{product} of {}", certificate.number);
                let in_scope = scheme.products.is_empty()
                    || scheme.products.iter().any(|branch| taxonomy.lies_within(&product, branch));
                assert!(in_scope, "{product} is nothing that {} is about", certificate.scheme);
            }
        }
    }

    #[test]
    fn declared_facts_fit_the_form() {
        let fixture = Fixture::embedded().expect("fixture");
        for organization in &fixture.organizations {
            let Some(facts) = &organization.ownership else { continue };
            let key = &organization.key;
            let members = [facts.women_members, facts.total_members, facts.young_women_members];
            assert!(
                organization.kind == "COOPERATIVE" || members.iter().all(Option::is_none),
                "{key} is no cooperative and has members"
            );
            if organization.legal_form.as_deref() == Some("SOLE_TRADER") {
                let owned = facts.women_owned_percent.as_deref();
                assert!(matches!(owned, None | Some("0" | "100")), "{key} is one person, {owned:?} % a woman");
                assert!(facts.women_board_percent.is_none() && facts.has_board != Some(true), "{key} has a board");
            }
        }
    }

    #[test]
    fn usual_prices_tell_their_source_and_count_in_units_of_the_product() {
        let taxonomy = Taxonomy::embedded().expect("products");
        for price in usual_prices().expect("prices").values() {
            let product = taxonomy.product(&price.product).unwrap_or_else(|| panic!("{}", price.product));
            assert!(product.may_be_sold_in(&price.unit), "{} of {}", price.unit, price.product);
            assert!(price.xof > 0 && !price.source.is_empty(), "{}", price.product);
            assert!(price.certainty <= Certainty::Inferred, "no figure of today was verified: {}", price.product);
        }
    }
}
