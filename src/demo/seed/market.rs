//! What is made up: organizations and listings by number, each thrown with dice of its own.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{SeedPlan, dice::Dice};
use crate::{
    catalog::model::{
        taxonomy::Taxonomy,
        unit::{grams, price_per_kilogram},
    },
    demo::fixture::{DemoListing, Fixture, UsualPrice, usual_prices},
    directory::model::{
        gazetteer::Gazetteer,
        legal_form::LegalForm,
        organization::OrganizationKind,
        ownership::{Assessment, Definition, OwnershipFacts, Percent, RuleBook, Subject, assess},
        place::{Place, PlaceKind, Point},
    },
    kernel::{Fault, Outcome, clock::Timestamp, decimal::parse_scaled, locale::Locale, quantity::DECIMALS},
};

const ORGANIZATION: u64 = 1;
const LISTING: u64 = 2;
const DECLARANT: u64 = 3;

/// Every so many organizations one is a company that only buys.
const BUYERS_EVERY: u64 = 20;
/// How many kinds of produce a seller deals in at most.
const SPECIALITIES_MAX: u64 = 6;

const COOPERATIVE_NAMES: [&str; 24] = [
    "Benkadi",
    "Jigiya",
    "Danaya",
    "Badenya",
    "Sabougnouma",
    "Yiriwaton",
    "Sinignèsigui",
    "Niètaa",
    "Kanuya",
    "Lafia",
    "Hèrèmakono",
    "Djèkafo",
    "Benkola",
    "Anka Wili",
    "Djèkabaara",
    "Yèrèdèmè",
    "Sèbènya",
    "Musow Jigi",
    "Dembaya",
    "Faso Nièta",
    "Sira Kura",
    "Baarakèla",
    "Nafa",
    "Kènèya",
];
const FIRM_NAMES: [&str; 14] = [
    "Djoliba",
    "Sahel",
    "Wassoulou",
    "Kénédougou",
    "Mandé",
    "Bélédougou",
    "Ouagadou",
    "Karité",
    "Baobab",
    "Sanu",
    "Soleil",
    "Horizon",
    "Étoile",
    "Moisson",
];
const FIRM_TRADES: [&str; 7] = ["Agro", "Saveurs", "Produits", "Transformation", "Négoce", "Comptoir", "Délices"];
const FIRST_NAMES: [&str; 18] = [
    "Aminata",
    "Fatoumata",
    "Mariam",
    "Kadiatou",
    "Oumou",
    "Djénéba",
    "Awa",
    "Assitan",
    "Rokia",
    "Safiatou",
    "Hawa",
    "Nana",
    "Fanta",
    "Bintou",
    "Salimata",
    "Korotoumou",
    "Ténin",
    "Sira",
];
const FAMILY_NAMES: [&str; 18] = [
    "Traoré",
    "Coulibaly",
    "Diarra",
    "Keïta",
    "Koné",
    "Sanogo",
    "Dembélé",
    "Doumbia",
    "Touré",
    "Maïga",
    "Sissoko",
    "Diallo",
    "Sidibé",
    "Cissé",
    "Konaté",
    "Berthé",
    "Kanté",
    "Guindo",
];
const FRENCH_ENDINGS: [&str; 8] = [
    "",
    ", récolte 2025",
    ", bien trié",
    ", prix de gros",
    ", qualité contrôlée",
    ", lot groupé",
    ", stock disponible",
    ", petit lot",
];

/// One marketplace of all that a seed can make.
pub(super) struct Market<'r> {
    plan: SeedPlan,
    taxonomy: &'r Taxonomy,
    gazetteer: &'r Gazetteer,
    rules: RuleBook,
    /// Listings to vary, by product.
    models: Vec<Vec<Model>>,
    prices: BTreeMap<String, UsualPrice>,
    homes: Vec<&'r Place>,
}

/// A listing to vary, and the name of the place that its title may name.
struct Model {
    listing: DemoListing,
    place: String,
}

/// Who is said to have declared everything: an account that nobody can sign in to.
pub(super) struct Declarant {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) at: Timestamp,
}

/// A made-up organization.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MadeOrganization {
    pub(super) id: Uuid,
    pub(super) kind: OrganizationKind,
    pub(super) legal_form: Option<LegalForm>,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) place: String,
    pub(super) region: Option<String>,
    pub(super) cercle: Option<String>,
    pub(super) location: Option<Point>,
    pub(super) declared: Option<Declared>,
    pub(super) certificate: Option<MadeCertificate>,
    pub(super) at: Timestamp,
}

/// What it declared, and what follows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    pub(super) id: Uuid,
    pub(super) facts: OwnershipFacts,
    pub(super) assessments: Vec<Assessment>,
}

/// What it is certified for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MadeCertificate {
    pub(super) id: Uuid,
    pub(super) scheme: &'static str,
    pub(super) number: String,
    pub(super) issuer: &'static str,
    pub(super) product: String,
    pub(super) from: NaiveDate,
    pub(super) until: NaiveDate,
}

/// A made-up listing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MadeListing {
    pub(super) id: Uuid,
    pub(super) organization: Uuid,
    pub(super) product: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) language: Locale,
    pub(super) price_minor: i64,
    pub(super) price_unit: String,
    pub(super) price_per_kilogram: Option<i64>,
    pub(super) quantity: i64,
    pub(super) quantity_unit: String,
    pub(super) quantity_grams: Option<i64>,
    pub(super) grade: Option<&'static str>,
    pub(super) season: Option<String>,
    pub(super) place: String,
    pub(super) region: Option<String>,
    pub(super) cercle: Option<String>,
    pub(super) status: &'static str,
    pub(super) at: Timestamp,
}

impl<'r> Market<'r> {
    /// Gets ready to make things up.
    pub(super) fn new(plan: SeedPlan, taxonomy: &'r Taxonomy, gazetteer: &'r Gazetteer) -> Outcome<Self> {
        let internal = |error: &dyn std::error::Error| Fault::Internal(error.to_string());
        let fixture = Fixture::embedded().map_err(|error| internal(&error))?;
        let rules = RuleBook::embedded().map_err(|error| internal(&error))?;
        let prices = usual_prices().map_err(|error| internal(&error))?;
        let homes = gazetteer
            .places()
            .iter()
            .filter(|place| matches!(place.kind, PlaceKind::Cercle | PlaceKind::Commune))
            .filter(|place| place.point.is_some())
            .collect();
        let places: BTreeMap<&str, &str> = fixture
            .organizations
            .iter()
            .filter_map(|one| Some((one.key.as_str(), gazetteer.place(&one.place)?.name())))
            .collect();
        let mut models: BTreeMap<String, Vec<Model>> = BTreeMap::new();
        for listing in fixture.listings {
            let place = places.get(listing.organization.as_str()).copied().unwrap_or_default().to_owned();
            models.entry(listing.product.clone()).or_default().push(Model { listing, place });
        }
        Ok(Self { plan, taxonomy, gazetteer, rules, models: models.into_values().collect(), prices, homes })
    }

    /// The account in whose name everything was declared.
    pub(super) fn declarant(&self) -> Declarant {
        let at = moment(0);
        Declarant {
            id: id(at, &mut Dice::of(self.plan.seed, DECLARANT, 0)),
            name: format!("Seed {}", self.plan.seed),
            email: format!("seed-{}@seed.example", self.plan.seed),
            at,
        }
    }

    /// The organization with a number.
    pub(super) fn organization(&self, index: u64) -> MadeOrganization {
        let mut dice = Dice::of(self.plan.seed, ORGANIZATION, index);
        let at = moment(index.saturating_mul(60));
        let id = id(at, &mut dice);
        let kind = self.kind(index, &mut dice);
        let (legal_form, base) = name(kind, &mut dice);
        let home = self.home(&mut dice);
        let today = at.date_naive();
        let code = home.map(|place| place.code.clone()).unwrap_or_default();
        // The number keeps names apart where the words run out.
        let name = if kind == OrganizationKind::Cooperative {
            format!("{base} de {} {}", place_name(home), index + 1)
        } else {
            format!("{base} {}", index + 1)
        };
        let certificate = (sells(kind) && dice.percent(20)).then(|| self.certificate(index, at, &mut dice)).flatten();
        MadeOrganization {
            id,
            kind,
            legal_form,
            description: format!("{name}, {}.", place_name(home)),
            name,
            region: self.gazetteer.region_of(&code, today).map(|place| place.code.clone()),
            cercle: self.gazetteer.cercle_of(&code, today).map(|place| place.code.clone()),
            location: home.and_then(|place| place.point).map(|point| scattered(point, &mut dice)),
            place: code,
            declared: self.declared(kind, legal_form, at, &mut dice),
            certificate,
            at,
        }
    }

    /// The listing with a number; none if there is no seller at all.
    pub(super) fn listing(&self, index: u64) -> Option<MadeListing> {
        let mut dice = Dice::of(self.plan.seed, LISTING, index);
        let seller = self.seller(&mut dice)?;
        let at = moment(30 * 86_400 + index.saturating_mul(90) % (300 * 86_400));
        let speciality = dice.below(SPECIALITIES_MAX);
        let models = self.speciality(seller, speciality)?;
        let model = dice.pick(models)?;
        let listing = &model.listing;
        let organization = self.organization(seller);
        let place = self.gazetteer.place(&organization.place)?;
        let places: Vec<&str> = [Some(&organization.place), organization.cercle.as_ref(), organization.region.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let weight = |unit: &str| {
            self.taxonomy.conversion(unit, &listing.product, &places, at.date_naive()).map(|found| found.grams)
        };
        let price_minor = self.price(listing, weight, &mut dice)?;
        let quantity = parse_scaled(&listing.quantity, DECIMALS).ok()?.saturating_mul(dice.between(20, 400)) / 100;
        // A tenth of a unit is the finest that is weighed.
        let quantity = (quantity / 100 * 100).max(1_000);
        Some(MadeListing {
            id: id(at, &mut dice),
            organization: organization.id,
            product: listing.product.clone(),
            title: title(model, place, &mut dice),
            description: listing.description.clone(),
            language: listing.language,
            price_minor,
            price_unit: listing.price_unit.clone(),
            price_per_kilogram: weight(&listing.price_unit).and_then(|grams| price_per_kilogram(price_minor, grams)),
            quantity,
            quantity_unit: listing.quantity_unit.clone(),
            quantity_grams: weight(&listing.quantity_unit).and_then(|per_unit| grams(quantity, per_unit)),
            // The grade of what has a rule follows from measurements, and none are made up.
            grade: (self.taxonomy.grade_rule(&listing.product).is_none() && dice.percent(40))
                .then(|| *dice.pick(&["Premier choix", "Deuxième choix", "Tout venant"]).unwrap_or(&"Tout venant")),
            season: listing.season.clone(),
            place: organization.place.clone(),
            region: organization.region.clone(),
            cercle: organization.cercle.clone(),
            status: match dice.below(100) {
                0..3 => "DRAFT",
                3..6 => "PAUSED",
                6..8 => "ARCHIVED",
                _ => "PUBLISHED",
            },
            at,
        })
    }

    fn kind(&self, index: u64, dice: &mut Dice) -> OrganizationKind {
        if index % BUYERS_EVERY == BUYERS_EVERY - 1 {
            return OrganizationKind::Company;
        }
        match dice.below(100) {
            0..60 => OrganizationKind::Cooperative,
            60..80 => OrganizationKind::Sme,
            _ => OrganizationKind::MarketSeller,
        }
    }

    /// A seller's number: some sell more than others.
    fn seller(&self, dice: &mut Dice) -> Option<u64> {
        let organizations = u64::from(self.plan.organizations);
        let (one, other) = (dice.below(organizations), dice.below(organizations));
        let drawn = if dice.percent(50) { one.min(other) } else { one };
        let seller = if drawn % BUYERS_EVERY == BUYERS_EVERY - 1 { drawn - 1 } else { drawn };
        (organizations > 0).then_some(seller)
    }

    /// The listings to vary of one of the products that a seller deals in.
    fn speciality(&self, seller: u64, which: u64) -> Option<&[Model]> {
        let mut dice = Dice::of(self.plan.seed, ORGANIZATION ^ 0xFF, seller);
        let mut models = dice.pick(&self.models)?;
        for _ in 0..which {
            models = dice.pick(&self.models)?;
        }
        Some(models)
    }

    fn home(&self, dice: &mut Dice) -> Option<&'r Place> {
        dice.pick(&self.homes).copied()
    }

    /// What it costs, around what it usually costs.
    fn price(&self, listing: &DemoListing, weight: impl Fn(&str) -> Option<i64>, dice: &mut Dice) -> Option<i64> {
        let asked: i64 = listing.price.parse().ok()?;
        let usual = self.prices.get(&listing.product)?;
        let fair = match (weight(&listing.price_unit), weight(&usual.unit)) {
            (Some(own), Some(known)) if known > 0 => i128::from(usual.xof) * i128::from(own) / i128::from(known),
            _ => i128::from(asked),
        };
        let fair = i64::try_from(fair).ok()?;
        let drawn = fair.saturating_mul(dice.between(75, 130)) / 100;
        // Five francs are the smallest coin in use.
        Some((drawn / 5 * 5).max(5))
    }

    fn declared(
        &self,
        kind: OrganizationKind,
        legal_form: Option<LegalForm>,
        at: Timestamp,
        dice: &mut Dice,
    ) -> Option<Declared> {
        let women = match dice.below(100) {
            0..45 => true,
            45..65 => false,
            _ => return None,
        };
        let share = Percent::from_thousandths(if women { 100_000 } else { dice.between(0, 20) * 1_000 });
        let boardless = legal_form.is_none_or(LegalForm::is_boardless);
        let members = (kind == OrganizationKind::Cooperative).then(|| dice.between(20, 180));
        let facts = OwnershipFacts {
            women_owned_percent: share,
            women_board_percent: share.filter(|_| !boardless),
            women_management_percent: share,
            women_members: members.map(|total| if women { total } else { total / 5 }),
            total_members: members,
            woman_signatory: Some(women),
            operated_independently: Some(true),
            woman_chief_executive: Some(women),
            has_board: Some(!boardless),
            ..OwnershipFacts::default()
        };
        let subject = Subject {
            cooperative: kind == OrganizationKind::Cooperative,
            boardless: legal_form.is_some_and(LegalForm::is_boardless),
        };
        let today = at.date_naive();
        let held = |definition: &Definition| assess(&self.rules, *definition, subject, &facts, &[], today);
        Some(Declared { id: id(at, dice), facts, assessments: Definition::ALL.iter().map(held).collect() })
    }

    fn certificate(&self, index: u64, at: Timestamp, dice: &mut Dice) -> Option<MadeCertificate> {
        let product = self.speciality(index, 0)?.first()?.listing.product.clone();
        let (scheme, issuer) = *dice.pick(&[
            ("ORGANIC_EU", "Ecocert"),
            ("FAIRTRADE", "FLOCERT"),
            ("MN", "AMANORM"),
            ("AMM_ANSSA", "ANSSA"),
        ])?;
        let from = at.date_naive();
        Some(MadeCertificate {
            id: id(at, dice),
            scheme,
            number: format!("SEED-{}-{index}", self.plan.seed),
            issuer,
            product,
            from,
            until: from + TimeDelta::days(dice.between(300, 3_000)),
        })
    }
}

fn sells(kind: OrganizationKind) -> bool {
    matches!(kind, OrganizationKind::Cooperative | OrganizationKind::Sme | OrganizationKind::MarketSeller)
}

fn place_name(place: Option<&Place>) -> &str {
    place.map_or("Bamako", Place::name)
}

/// The title of the model, at home elsewhere, with an ending of its own.
fn title(model: &Model, place: &Place, dice: &mut Dice) -> String {
    let listing = &model.listing;
    let moved = match model.place.as_str() {
        "" => listing.title.clone(),
        there => listing.title.replace(there, place.name()),
    };
    let ending = match listing.language {
        Locale::Fr => dice.pick(&FRENCH_ENDINGS).copied().unwrap_or_default(),
        Locale::En | Locale::Bm => "",
    };
    if dice.percent(30) && !moved.contains(place.name()) {
        format!("{moved}, {}{ending}", place.name())
    } else {
        format!("{moved}{ending}")
    }
}

fn name(kind: OrganizationKind, dice: &mut Dice) -> (Option<LegalForm>, String) {
    let mut one_of = |names: &[&str]| dice.pick(names).copied().unwrap_or_default().to_owned();
    match kind {
        OrganizationKind::Cooperative => (Some(LegalForm::Scoops), format!("SCOOPS {}", one_of(&COOPERATIVE_NAMES))),
        OrganizationKind::MarketSeller => {
            (Some(LegalForm::SoleTrader), format!("{} {}", one_of(&FIRST_NAMES), one_of(&FAMILY_NAMES)))
        }
        OrganizationKind::Sme
        | OrganizationKind::Company
        | OrganizationKind::PublicBody
        | OrganizationKind::Certifier
        | OrganizationKind::SupportOrganization => {
            (Some(LegalForm::Sarl), format!("{} du {}", one_of(&FIRM_TRADES), one_of(&FIRM_NAMES)))
        }
    }
}

/// A point near another, so that not all of a place stand on one spot.
fn scattered(point: Point, dice: &mut Dice) -> Point {
    let mut aside = || (dice.between(-500, 500) as f64) / 10_000.0;
    Point { latitude: point.latitude + aside(), longitude: point.longitude + aside() }
}

/// So many seconds after the marketplace began.
fn moment(seconds: u64) -> Timestamp {
    const BEGINNING: i64 = 1_735_711_200; // 1 January 2025, 6 o'clock
    let seconds = i64::try_from(seconds).unwrap_or(0);
    DateTime::from_timestamp(BEGINNING.saturating_add(seconds), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

fn id(at: Timestamp, dice: &mut Dice) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &dice.bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::LazyLock};

    use super::*;
    use crate::directory::model::ownership::OwnershipStatus;

    static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::embedded().expect("products"));
    static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().expect("places"));

    fn market(organizations: u32, listings: u32, seed: u64) -> Market<'static> {
        Market::new(SeedPlan { organizations, listings, seed }, &TAXONOMY, &GAZETTEER).expect("a market")
    }

    #[test]
    fn the_same_seed_makes_the_same_market_and_another_another() {
        let (one, again, other) = (market(200, 500, 7), market(200, 500, 7), market(200, 500, 8));
        for index in 0..200 {
            assert_eq!(one.organization(index), again.organization(index));
            assert_eq!(one.listing(index), again.listing(index));
            assert_ne!(one.organization(index).id, other.organization(index).id);
        }
    }

    #[test]
    fn listings_are_varied_and_offered_by_sellers() {
        let market = market(200, 2_000, 1);
        let sellers: BTreeSet<Uuid> =
            (0..200).map(|index| market.organization(index)).filter(|one| sells(one.kind)).map(|one| one.id).collect();
        let listings: Vec<MadeListing> = (0..2_000).filter_map(|index| market.listing(index)).collect();
        let titles: BTreeSet<&str> = listings.iter().map(|listing| listing.title.as_str()).collect();
        let products: BTreeSet<&str> = listings.iter().map(|listing| listing.product.as_str()).collect();
        let ids: BTreeSet<Uuid> = listings.iter().map(|listing| listing.id).collect();

        assert_eq!(listings.len(), 2_000);
        assert_eq!(ids.len(), 2_000);
        assert!(titles.len() > 1_000, "{} titles", titles.len());
        assert!(products.len() > 80, "{} products", products.len());
        for listing in &listings {
            assert!(sellers.contains(&listing.organization));
            assert!(listing.price_minor > 0 && listing.quantity > 0, "{listing:?}");
            assert!(listing.region.is_some(), "{listing:?}");
            let product = TAXONOMY.product(&listing.product).expect("a product");
            assert!(product.may_be_sold_in(&listing.price_unit) && product.may_be_sold_in(&listing.quantity_unit));
        }
    }

    #[test]
    fn some_are_owned_by_women_some_are_not_and_of_some_nothing_is_known() {
        let market = market(500, 0, 1);
        let made: Vec<MadeOrganization> = (0..500).map(|index| market.organization(index)).collect();
        let names: BTreeSet<&str> = made.iter().map(|one| one.name.as_str()).collect();
        let with = |status: OwnershipStatus| {
            let holds = |one: &&MadeOrganization| {
                one.declared
                    .as_ref()
                    .is_some_and(|declared| declared.assessments.iter().any(|held| held.status == status))
            };
            made.iter().filter(holds).count()
        };

        assert!(made.iter().flat_map(|one| &one.declared).all(|declared| declared.facts.problems().is_empty()));
        assert_eq!(names.len(), 500);
        assert!(with(OwnershipStatus::Yes) > 150 && with(OwnershipStatus::No) > 50);
        assert!(made.iter().filter(|one| one.declared.is_none()).count() > 100);
        assert!(made.iter().any(|one| one.certificate.is_some()));
        assert!(made.iter().all(|one| one.location.is_some_and(|point| point.is_near_mali())));
    }

    #[test]
    fn a_market_without_organizations_has_no_listings() {
        assert_eq!(market(0, 10, 1).listing(0), None);
    }
}
