//! Made-up listings: those of the demo, at home elsewhere and priced anew.

use uuid::Uuid;

use super::{LISTING, Market, id, moment};
use crate::{
    catalog::model::unit::{grams, price_per_kilogram},
    demo::{fixture::DemoListing, seed::dice::Dice},
    directory::model::place::Place,
    kernel::{clock::Timestamp, decimal::parse_scaled, locale::Locale, quantity::DECIMALS},
};

/// How many kinds of produce a seller deals in at most.
const SPECIALITIES_MAX: u64 = 6;

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

/// A listing to vary, and the name of the place that its title may name.
pub(super) struct Model {
    pub(super) listing: DemoListing,
    pub(super) place: String,
}

/// A made-up listing.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo::seed) struct MadeListing {
    pub(in crate::demo::seed) id: Uuid,
    pub(in crate::demo::seed) organization: Uuid,
    pub(in crate::demo::seed) product: String,
    pub(in crate::demo::seed) title: String,
    pub(in crate::demo::seed) description: String,
    pub(in crate::demo::seed) language: Locale,
    pub(in crate::demo::seed) price_minor: i64,
    pub(in crate::demo::seed) price_unit: String,
    pub(in crate::demo::seed) price_per_kilogram: Option<i64>,
    pub(in crate::demo::seed) quantity: i64,
    pub(in crate::demo::seed) quantity_unit: String,
    pub(in crate::demo::seed) quantity_grams: Option<i64>,
    pub(in crate::demo::seed) grade: Option<&'static str>,
    pub(in crate::demo::seed) season: Option<String>,
    pub(in crate::demo::seed) place: String,
    pub(in crate::demo::seed) region: Option<String>,
    pub(in crate::demo::seed) cercle: Option<String>,
    pub(in crate::demo::seed) status: &'static str,
    pub(in crate::demo::seed) at: Timestamp,
}

impl Market<'_> {
    /// The listing with a number; none if there is no seller at all.
    pub(in crate::demo::seed) fn listing(&self, index: u64) -> Option<MadeListing> {
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
