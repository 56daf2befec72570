//! What is made up: organizations and listings by number, each thrown with dice of its own.

mod listings;
mod names;
mod organizations;
mod purchases;

use std::collections::BTreeMap;

use chrono::DateTime;
use uuid::Uuid;

use super::{SeedPlan, dice::Dice};
use crate::{
    catalog::model::taxonomy::Taxonomy,
    demo::fixture::{Fixture, UsualPrice, usual_prices},
    directory::model::{
        gazetteer::Gazetteer,
        ownership::RuleBook,
        place::{Place, PlaceKind},
    },
    kernel::{Fault, Outcome, clock::Timestamp},
};

pub(super) use self::{
    listings::MadeListing,
    organizations::MadeOrganization,
    purchases::{Parties, Party},
};
use listings::Model;

const ORGANIZATION: u64 = 1;
const LISTING: u64 = 2;
const DECLARANT: u64 = 3;

/// Every so many organizations one is a company that only buys.
const BUYERS_EVERY: u64 = 20;

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

/// Who is said to have declared everything: an account that nobody can sign in to.
pub(super) struct Declarant {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
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
}

fn place_name(place: Option<&Place>) -> &str {
    place.map_or("Bamako", Place::name)
}

/// So many seconds after the marketplace began.
pub(super) fn moment(seconds: u64) -> Timestamp {
    const BEGINNING: i64 = 1_735_711_200; // 1 January 2025, 6 o'clock
    let seconds = i64::try_from(seconds).unwrap_or(0);
    DateTime::from_timestamp(BEGINNING.saturating_add(seconds), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

pub(super) fn id(at: Timestamp, dice: &mut Dice) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &dice.bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::LazyLock};

    use super::{organizations::sells, *};
    use crate::directory::model::ownership::OwnershipStatus;

    static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::embedded().expect("products"));
    static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().expect("places"));

    fn market(organizations: u32, listings: u32, seed: u64) -> Market<'static> {
        Market::new(SeedPlan { organizations, listings, contracts: 0, seed }, &TAXONOMY, &GAZETTEER).expect("a market")
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
