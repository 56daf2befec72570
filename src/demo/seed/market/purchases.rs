//! Who buys and who sells in made-up procurement, and what women's status they have.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{BUYERS_EVERY, MadeListing, Market, organizations::sells};
use crate::{
    demo::seed::dice::Dice,
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus},
};

const PARTY: u64 = 5;

/// More than these neither buy nor sell in made-up procurement: what each of them is stands in memory.
const PARTIES_MAX: u64 = 5_000;

/// Who buys and who sells.
pub(in crate::demo::seed) struct Parties {
    pub(in crate::demo::seed) buyers: Vec<Uuid>,
    pub(in crate::demo::seed) sellers: Vec<Party>,
}

/// Somebody who bids.
pub(in crate::demo::seed) struct Party {
    pub(in crate::demo::seed) id: Uuid,
    pub(in crate::demo::seed) held: Vec<Held>,
}

/// What she is under a definition.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo::seed) struct Held {
    pub(in crate::demo::seed) definition: Definition,
    pub(in crate::demo::seed) status: OwnershipStatus,
    pub(in crate::demo::seed) level: Option<EvidenceLevel>,
    pub(in crate::demo::seed) until: Option<NaiveDate>,
}

impl Market<'_> {
    /// Those who buy and sell.
    pub(in crate::demo::seed) fn parties(&self) -> Parties {
        let mut parties = Parties { buyers: Vec::new(), sellers: Vec::new() };
        for index in 0..u64::from(self.plan.organizations).min(PARTIES_MAX) {
            let made = self.organization(index);
            if index % BUYERS_EVERY == BUYERS_EVERY - 1 {
                parties.buyers.push(made.id);
            } else if sells(made.kind) {
                let mut dice = Dice::of(self.plan.seed, PARTY, index);
                let verified = dice.percent(40);
                let until = made.at.date_naive() + TimeDelta::days(dice.between(200, 900));
                let held = |definition: &Definition| {
                    let declared = made.declared.iter().flat_map(|declared| &declared.assessments);
                    let answer = declared.into_iter().find(|one| one.definition == *definition);
                    let status = answer.map_or(OwnershipStatus::Unknown, |one| one.status);
                    let proven = verified && status == OwnershipStatus::Yes;
                    let declared = answer.and_then(|one| one.evidence_level);
                    Held {
                        definition: *definition,
                        status,
                        level: if proven { Some(EvidenceLevel::DocumentVerified) } else { declared },
                        until: proven.then_some(until),
                    }
                };
                let held = Definition::ALL.iter().map(held).collect();
                parties.sellers.push(Party { id: made.id, held });
            }
        }
        parties
    }

    /// A product that is weighed in kilograms.
    pub(in crate::demo::seed) fn weighed(&self, dice: &mut Dice) -> Option<&str> {
        (0..20).find_map(|_| {
            let code = dice.pick(&self.models)?.first()?.listing.product.as_str();
            self.taxonomy.product(code).is_some_and(|product| product.may_be_sold_in("KGM")).then_some(code)
        })
    }

    /// A listing that was or is offered.
    pub(in crate::demo::seed) fn ordered(&self, dice: &mut Dice) -> Option<MadeListing> {
        let listings = u64::from(self.plan.listings);
        if listings == 0 { None } else { self.listing(dice.below(listings)) }
    }

    /// A place to deliver to.
    pub(in crate::demo::seed) fn destination(&self, dice: &mut Dice) -> Option<String> {
        self.home(dice).map(|place| place.code.clone())
    }
}
