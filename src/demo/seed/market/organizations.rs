//! Made-up organizations, what they declare and what they are certified for.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{BUYERS_EVERY, Market, ORGANIZATION, id, moment, names::name, place_name};
use crate::{
    demo::seed::dice::Dice,
    directory::model::{
        legal_form::LegalForm,
        organization::OrganizationKind,
        ownership::{Assessment, Definition, OwnershipFacts, Percent, Subject, assess},
        place::Point,
    },
    kernel::clock::Timestamp,
};

/// A made-up organization.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo::seed) struct MadeOrganization {
    pub(in crate::demo::seed) id: Uuid,
    pub(in crate::demo::seed) kind: OrganizationKind,
    pub(in crate::demo::seed) legal_form: Option<LegalForm>,
    pub(in crate::demo::seed) name: String,
    pub(in crate::demo::seed) description: String,
    pub(in crate::demo::seed) place: String,
    pub(in crate::demo::seed) region: Option<String>,
    pub(in crate::demo::seed) cercle: Option<String>,
    pub(in crate::demo::seed) location: Option<Point>,
    pub(in crate::demo::seed) declared: Option<Declared>,
    pub(in crate::demo::seed) certificate: Option<MadeCertificate>,
    pub(in crate::demo::seed) at: Timestamp,
}

/// What it declared, and what follows.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo::seed) struct Declared {
    pub(in crate::demo::seed) id: Uuid,
    pub(in crate::demo::seed) facts: OwnershipFacts,
    pub(in crate::demo::seed) assessments: Vec<Assessment>,
}

/// What it is certified for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo::seed) struct MadeCertificate {
    pub(in crate::demo::seed) id: Uuid,
    pub(in crate::demo::seed) scheme: &'static str,
    pub(in crate::demo::seed) number: String,
    pub(in crate::demo::seed) issuer: &'static str,
    pub(in crate::demo::seed) product: String,
    pub(in crate::demo::seed) from: NaiveDate,
    pub(in crate::demo::seed) until: NaiveDate,
}

impl Market<'_> {
    /// The organization with a number.
    pub(in crate::demo::seed) fn organization(&self, index: u64) -> MadeOrganization {
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

/// Whether organizations of this kind offer anything.
pub(super) fn sells(kind: OrganizationKind) -> bool {
    matches!(kind, OrganizationKind::Cooperative | OrganizationKind::Sme | OrganizationKind::MarketSeller)
}

/// A point near another, so that not all of a place stand on one spot.
fn scattered(point: Point, dice: &mut Dice) -> Point {
    let mut aside = || (dice.between(-500, 500) as f64) / 10_000.0;
    Point { latitude: point.latitude + aside(), longitude: point.longitude + aside() }
}
