//! What a lot needs, held against what a seller has: each criterion passed or not, with the nearest way to pass it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Assessment, Definition, EvidenceLevel, Fix as OwnershipFix, OwnershipStatus},
    procurement::QualityBound,
};

crate::words! {
    /// What a seller is held against.
    MatchCriterion {
        /// She offers enough of the product that is good enough and there in time.
        Quantity = "QUANTITY",
        /// Some of what she offers is to be had within the days of delivery.
        Availability = "AVAILABILITY",
        /// Some of what she offers was measured and is as good as is asked.
        Quality = "QUALITY",
        /// She holds a certificate that is asked for, until the delivery.
        Certificate = "CERTIFICATE",
        /// She satisfies the definition of women's ownership that the lot is reserved to.
        WomenStatus = "WOMEN_STATUS",
        /// She was invited, where not everybody may bid.
        Invitation = "INVITATION",
    }
}

/// What a lot needs of who supplies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// How much, in grams; none where the unit has no weight, and nothing is asked of the quantity.
    pub grams: Option<i64>,
    /// The first and the last day of delivery, as far as they are given.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// The day on which certificates have to be in force.
    pub certified_on: NaiveDate,
    /// Codes of the schemes that certificates are asked of.
    pub schemes: Vec<String>,
    /// What has to be measured.
    pub quality: Vec<QualityBound>,
    /// To whom it is reserved: definitions, each with the least level of evidence.
    pub reserved: Vec<(Definition, EvidenceLevel)>,
    /// Those who may bid; none where everybody may.
    pub invited: Option<Vec<OrganizationId>>,
}

/// What a seller has of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// Who.
    pub organization: OrganizationId,
    /// What she offers.
    pub offers: Vec<Offer>,
    /// What she holds of the schemes that are asked for, by their codes.
    pub certificates: BTreeMap<String, Held>,
    /// What she is under the definitions that are asked for.
    pub statuses: BTreeMap<Definition, Assessment>,
}

/// One published listing, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is not held for others, in grams.
    pub grams: i64,
    /// The first and the last day on which it is to be had.
    pub days: (Option<NaiveDate>, Option<NaiveDate>),
    /// What was measured, in thousandths, by attribute.
    pub measurements: BTreeMap<String, i64>,
}

/// A certificate that a seller holds for the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whether it is in force on the day that is asked for.
    pub then: bool,
    /// The last day on which it holds, if it is in force today.
    pub until: Option<NaiveDate>,
}

/// A criterion, and how a seller stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was looked at.
    pub criterion: MatchCriterion,
    /// Which scheme, attribute or definition, where there can be several.
    pub about: Option<String>,
    /// What was found.
    pub actual: Finding,
    /// What is needed.
    pub required: Finding,
    /// The nearest way to pass; none where it is passed.
    pub fix: Option<Fix>,
}

impl Checked {
    /// Whether it is passed.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.fix.is_none()
    }

    /// How many grams are missing to the quantity, if that is what it is about.
    #[must_use]
    pub const fn short_of(&self) -> Option<i64> {
        match self.fix {
            Some(Fix::OfferMore(grams)) => Some(grams),
            Some(
                Fix::OfferWithin(..)
                | Fix::Measure(_)
                | Fix::Improve(..)
                | Fix::GetCertified(..)
                | Fix::Renew(..)
                | Fix::DeclareOwnership
                | Fix::HandInEvidence(_)
                | Fix::Ownership(_)
                | Fix::ChooseOthers
                | Fix::AskForInvitation,
            )
            | None => None,
        }
    }
}

/// Something that was found, or is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing.
    Nothing,
    /// A mass.
    Grams(i64),
    /// A time; open where a day is missing.
    Days(Option<NaiveDate>, Option<NaiveDate>),
    /// A number between bounds, in thousandths; open where one is missing.
    Bounds(Option<i64>, Option<i64>),
    /// A number, in thousandths.
    Number(i64),
    /// A certificate that holds until a day.
    Until(NaiveDate),
    /// A status, and how well it is supported.
    Status(OwnershipStatus, Option<EvidenceLevel>),
    /// An invitation, or none.
    Invited(bool),
}

/// The nearest way to pass a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    /// Offer so many more grams, alone or with others.
    OfferMore(i64),
    /// Have it ready within these days.
    OfferWithin(Option<NaiveDate>, Option<NaiveDate>),
    /// Have an attribute measured.
    Measure(String),
    /// Bring an attribute within its bounds; so many thousandths are missing.
    Improve(String, i64),
    /// Get certified under a scheme, to be in force on a day.
    GetCertified(String, NaiveDate),
    /// Renew a certificate that runs out in so many days.
    Renew(String, i64),
    /// Declare who owns and leads the organization.
    DeclareOwnership,
    /// Hand in evidence at this level.
    HandInEvidence(EvidenceLevel),
    /// Change who owns or leads it.
    Ownership(OwnershipFix),
    /// Choose lots that are not reserved: the definition cannot be satisfied.
    ChooseOthers,
    /// Ask the buyer to be invited.
    AskForInvitation,
}

/// Holds a seller against what a lot needs, on a day. The order is that in which a buyer would ask; each scheme, attribute and
/// definition is a criterion of its own.
#[must_use]
pub fn check(need: &Need, seller: &Seller, today: NaiveDate) -> Vec<Checked> {
    let mut checked = Vec::with_capacity(6);
    checked.extend(need.grams.map(|grams| quantity(grams, need, seller)));
    if need.days != (None, None) {
        checked.push(availability(need, seller));
    }
    checked.extend(need.quality.iter().map(|bound| quality(bound, seller)));
    checked.extend(need.schemes.iter().map(|scheme| certificate(scheme, need.certified_on, seller, today)));
    checked.extend(need.reserved.iter().map(|(definition, level)| women_status(*definition, *level, seller)));
    checked.extend(need.invited.as_ref().map(|invited| invitation(invited.contains(&seller.organization))));
    checked
}

/// What a seller could deliver of a lot, in grams: what is good enough and there in time.
#[must_use]
pub fn capacity(need: &Need, seller: &Seller) -> i64 {
    let fits =
        |offer: &&Offer| overlaps(need.days, offer.days) && need.quality.iter().all(|bound| is_within(bound, offer));
    seller.offers.iter().filter(fits).fold(0, |sum, offer| sum.saturating_add(offer.grams))
}

fn quantity(grams: i64, need: &Need, seller: &Seller) -> Checked {
    let actual = capacity(need, seller);
    let fix = (actual < grams).then(|| Fix::OfferMore(grams - actual));
    done(MatchCriterion::Quantity, None, (Finding::Grams(actual), Finding::Grams(grams)), fix)
}

fn availability(need: &Need, seller: &Seller) -> Checked {
    let (from, until) = need.days;
    let in_time = seller.offers.iter().find(|offer| overlaps(need.days, offer.days));
    // Of those that come too late or are gone before, the first that was offered is told.
    let shown = in_time.or_else(|| seller.offers.first());
    let actual = shown.map_or(Finding::Nothing, |offer| Finding::Days(offer.days.0, offer.days.1));
    let fix = in_time.is_none().then_some(Fix::OfferWithin(from, until));
    done(MatchCriterion::Availability, None, (actual, Finding::Days(from, until)), fix)
}

fn quality(bound: &QualityBound, seller: &Seller) -> Checked {
    let measured = seller.offers.iter().filter_map(|offer| offer.measurements.get(&bound.attribute).copied());
    // The measurement that is nearest to what is asked: every other one needs more to be mended.
    let nearest = measured.min_by_key(|value| missing(bound, *value));
    let fix = match nearest {
        None => Some(Fix::Measure(bound.attribute.clone())),
        Some(value) => match missing(bound, value) {
            0 => None,
            gap => Some(Fix::Improve(bound.attribute.clone(), gap)),
        },
    };
    let actual = nearest.map_or(Finding::Nothing, Finding::Number);
    let required = Finding::Bounds(bound.minimum, bound.maximum);
    done(MatchCriterion::Quality, Some(bound.attribute.clone()), (actual, required), fix)
}

fn certificate(scheme: &str, on: NaiveDate, seller: &Seller, today: NaiveDate) -> Checked {
    let held = seller.certificates.get(scheme);
    let until = held.and_then(|held| held.until);
    let fix = match held {
        Some(Held { then: true, .. }) => None,
        Some(Held { until: Some(until), .. }) => Some(Fix::Renew(scheme.to_owned(), (*until - today).num_days())),
        Some(Held { until: None, .. }) | None => Some(Fix::GetCertified(scheme.to_owned(), on)),
    };
    // In force then without being so today: what is known of it is that it will hold.
    let actual = match (until, &fix) {
        (Some(until), _) => Finding::Until(until),
        (None, None) => Finding::Until(on),
        (None, Some(_)) => Finding::Nothing,
    };
    done(MatchCriterion::Certificate, Some(scheme.to_owned()), (actual, Finding::Until(on)), fix)
}

fn women_status(definition: Definition, at_least: EvidenceLevel, seller: &Seller) -> Checked {
    let assessment = seller.statuses.get(&definition);
    let (status, level) =
        assessment.map_or((OwnershipStatus::Unknown, None), |known| (known.status, known.evidence_level));
    let fix = match status {
        OwnershipStatus::Yes if level >= Some(at_least) => None,
        OwnershipStatus::Yes => Some(Fix::HandInEvidence(at_least)),
        OwnershipStatus::Unknown => Some(Fix::DeclareOwnership),
        OwnershipStatus::No => {
            let failing = assessment.and_then(|known| known.failing_criteria.first());
            Some(failing.map_or(Fix::ChooseOthers, |failing| Fix::Ownership(failing.fix)))
        }
    };
    let required = Finding::Status(OwnershipStatus::Yes, Some(at_least));
    let about = Some(definition.as_str().to_owned());
    done(MatchCriterion::WomenStatus, about, (Finding::Status(status, level), required), fix)
}

fn invitation(invited: bool) -> Checked {
    let fix = (!invited).then_some(Fix::AskForInvitation);
    done(MatchCriterion::Invitation, None, (Finding::Invited(invited), Finding::Invited(true)), fix)
}

fn done(
    criterion: MatchCriterion,
    about: Option<String>,
    (actual, required): (Finding, Finding),
    fix: Option<Fix>,
) -> Checked {
    Checked { criterion, about, actual, required, fix }
}

/// Whether two times share a day.
fn overlaps(one: (Option<NaiveDate>, Option<NaiveDate>), other: (Option<NaiveDate>, Option<NaiveDate>)) -> bool {
    let before =
        |end: Option<NaiveDate>, begin: Option<NaiveDate>| end.zip(begin).is_some_and(|(end, begin)| end < begin);
    !before(one.1, other.0) && !before(other.1, one.0)
}

/// How far a measurement is from its bounds.
fn missing(bound: &QualityBound, value: i64) -> i64 {
    let below = bound.minimum.map_or(0, |minimum| minimum.saturating_sub(value));
    let above = bound.maximum.map_or(0, |maximum| value.saturating_sub(maximum));
    below.max(above).max(0)
}

fn is_within(bound: &QualityBound, offer: &Offer) -> bool {
    offer.measurements.get(&bound.attribute).is_some_and(|value| missing(bound, *value) == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn seller(offers: Vec<Offer>) -> Seller {
        let organization = OrganizationId::from_uuid(uuid::Uuid::from_u128(1));
        Seller { organization, offers, certificates: BTreeMap::new(), statuses: BTreeMap::new() }
    }

    fn offer(grams: i64) -> Offer {
        Offer { grams, days: (None, None), measurements: BTreeMap::new() }
    }

    fn need() -> Need {
        Need {
            grams: Some(1_000_000),
            days: (None, None),
            certified_on: day("2026-12-31"),
            schemes: Vec::new(),
            quality: Vec::new(),
            reserved: Vec::new(),
            invited: None,
        }
    }

    fn fixes(need: &Need, seller: &Seller) -> Vec<Option<Fix>> {
        check(need, seller, day("2026-11-26")).into_iter().map(|checked| checked.fix).collect()
    }

    #[test]
    fn what_is_missing_to_the_quantity_is_told() {
        assert_eq!(fixes(&need(), &seller(vec![offer(600_000)])), [Some(Fix::OfferMore(400_000))]);
        assert_eq!(fixes(&need(), &seller(vec![offer(600_000), offer(400_000)])), [None]);
        assert_eq!(fixes(&Need { grams: None, ..need() }, &seller(Vec::new())), []);
    }

    #[test]
    fn what_comes_too_late_or_is_not_good_enough_counts_for_nothing() {
        let december = (Some(day("2026-12-01")), Some(day("2026-12-31")));
        let bound = QualityBound { attribute: "free-fatty-acids".to_owned(), minimum: None, maximum: Some(1_000) };
        let need = Need { days: december, quality: vec![bound], ..need() };
        let measured = |value| BTreeMap::from([("free-fatty-acids".to_owned(), value)]);
        let late = Offer { days: (Some(day("2027-01-01")), None), measurements: measured(900), ..offer(5_000_000) };
        let poor = Offer { measurements: measured(1_250), ..offer(5_000_000) };

        let both = fixes(&need, &seller(vec![late.clone(), poor.clone()]));
        assert_eq!(both, [Some(Fix::OfferMore(1_000_000)), None, None], "each passes one criterion and neither all");
        let late_only = fixes(&need, &seller(vec![late]));
        assert_eq!(late_only[1], Some(Fix::OfferWithin(december.0, december.1)));
        let poor_only = fixes(&need, &seller(vec![poor]));
        assert_eq!(poor_only[2], Some(Fix::Improve("free-fatty-acids".to_owned(), 250)));
        assert_eq!(fixes(&need, &seller(vec![offer(9)]))[2], Some(Fix::Measure("free-fatty-acids".to_owned())));
    }

    #[test]
    fn a_certificate_that_runs_out_before_the_delivery_is_to_be_renewed() {
        let need = Need { grams: None, schemes: vec!["ORGANIC_EU".to_owned()], ..need() };
        let holding =
            |held| Seller { certificates: BTreeMap::from([("ORGANIC_EU".to_owned(), held)]), ..seller(vec![]) };

        let ending = holding(Held { then: false, until: Some(day("2026-12-08")) });
        assert_eq!(fixes(&need, &ending), [Some(Fix::Renew("ORGANIC_EU".to_owned(), 12))]);
        let good = holding(Held { then: true, until: Some(day("2027-06-30")) });
        assert_eq!(fixes(&need, &good), [None]);
        let none = [Some(Fix::GetCertified("ORGANIC_EU".to_owned(), day("2026-12-31")))];
        assert_eq!(fixes(&need, &seller(vec![])), none);
        assert_eq!(fixes(&need, &holding(Held { then: false, until: None })), none);
    }

    #[test]
    fn what_is_not_known_is_to_be_declared_and_never_a_no() {
        let reserved = vec![(Definition::Iwa34WomenOwned, EvidenceLevel::DocumentVerified)];
        let need = Need { grams: None, reserved, ..need() };
        let answered = |status, evidence_level| {
            let assessment = Assessment {
                definition: Definition::Iwa34WomenOwned,
                as_of: day("2026-11-26"),
                status,
                evidence_level,
                failing_criteria: Vec::new(),
                missing_facts: std::collections::BTreeSet::new(),
                rules_version: None,
            };
            Seller { statuses: BTreeMap::from([(Definition::Iwa34WomenOwned, assessment)]), ..seller(vec![]) }
        };

        assert_eq!(fixes(&need, &seller(vec![])), [Some(Fix::DeclareOwnership)]);
        let declared = answered(OwnershipStatus::Yes, Some(EvidenceLevel::SelfDeclared));
        assert_eq!(fixes(&need, &declared), [Some(Fix::HandInEvidence(EvidenceLevel::DocumentVerified))]);
        let verified = answered(OwnershipStatus::Yes, Some(EvidenceLevel::DocumentVerified));
        assert_eq!(fixes(&need, &verified), [None]);
        assert_eq!(fixes(&need, &answered(OwnershipStatus::No, None)), [Some(Fix::ChooseOthers)]);
    }

    #[test]
    fn who_was_not_invited_may_ask() {
        let need = Need { grams: None, invited: Some(Vec::new()), ..need() };
        assert_eq!(fixes(&need, &seller(vec![])), [Some(Fix::AskForInvitation)]);
    }

    proptest! {
        #[test]
        fn following_the_advice_on_quantity_passes_it(has in 0_i64..10_000, asked in 1_i64..10_000) {
            let need = Need { grams: Some(asked), ..need() };
            let before = fixes(&need, &seller(vec![offer(has)]));
            let Some(Fix::OfferMore(more)) = before[0].clone() else {
                prop_assert!(has >= asked);
                return Ok(());
            };
            prop_assert_eq!(fixes(&need, &seller(vec![offer(has), offer(more)])), [None]);
            prop_assert!(fixes(&need, &seller(vec![offer(has), offer(more - 1)]))[0].is_some());
        }

        #[test]
        fn more_offers_never_make_a_seller_fail(grams in proptest::collection::vec(1_i64..1_000, 1..6)) {
            let need = Need { grams: Some(500), ..need() };
            let mut offers = Vec::new();
            let mut passed = false;
            for grams in grams {
                offers.push(offer(grams));
                let now = fixes(&need, &seller(offers.clone()))[0].is_none();
                prop_assert!(now || !passed);
                passed = now;
            }
        }
    }
}
