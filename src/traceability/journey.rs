//! What everybody may know of a lot, put together for its page.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    LotClaim, LotId, Traceability,
    model::{
        event::EventKind,
        journey::{
            ClaimShown, Growers, Journey, LOTS_MAX, Maker, NAMES_MAX, Party, RecallShown, STEPS_MAX, Spot, Step,
            way::{BareStep, LotTold, Recorded},
        },
        lot,
        producer::Gender,
        shares::{Origin, Shares, millionths, shares},
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, Principal},
    credentials::model::conformity,
    directory::{
        Organization,
        model::{
            gazetteer::Gazetteer,
            ownership::{Definition, OwnershipStatus},
        },
    },
    kernel::{
        Fault,
        locale::{Locale, Texts},
    },
};

/// Everything that was read of the way of a lot.
struct Way {
    lot: LotTold,
    recorded: Recorded,
    organizations: HashMap<OrganizationId, Arc<Organization>>,
    gazetteer: Arc<Gazetteer>,
    today: NaiveDate,
}

impl Traceability {
    /// What everybody may know of the lot with this code, as it stands on its label; none where there is none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn journey(&self, code: &str) -> Result<Option<Journey>, Fault> {
        let db = &self.services().db;
        let Some(lot::Lot { id, .. }) = store::lots::by_code(db, code).await? else { return Ok(None) };
        let (mut recorded, is_cut_off) = store::journey::recorded(db, id).await?;
        let Some(lot) = recorded.lots.get(&id).cloned() else { return Ok(None) };
        if is_cut_off {
            // One lot more than are told was read; of it nothing is said.
            let further: Vec<LotId> =
                recorded.lots.keys().copied().filter(|one| *one != id).skip(LOTS_MAX - 1).collect();
            recorded.lots.retain(|lot, _| !further.contains(lot));
        }
        let recalls = store::journey::open_recalls(db, id).await?;
        let anybody = Actor { principal: Principal::Anonymous, ..Actor::system("journey") };
        let (bare_steps, steps_left_out) = recorded.steps(id, STEPS_MAX);

        let made = recorded.lots.values().map(|lot| lot.maker);
        let acted = recorded.events.iter().map(|event| event.organization);
        let recalled = recalls.iter().map(|recall| recall.organization);
        let involved: BTreeSet<OrganizationId> = made.chain(acted).chain(recalled).collect();
        let involved: Vec<OrganizationId> = involved.into_iter().collect();
        let organizations = self.knows.directory.organizations_by_ids(&anybody, &involved).await?;
        let (gazetteer, today) = (self.knows.directory.gazetteer(), self.services().clock.today());
        let way = Way { lot, recorded, organizations, gazetteer, today };

        let claims = self.claims_shown(&anybody, &way).await?;
        let makers = self.makers(&way, &bare_steps).await?;
        let recalls = recalls.into_iter().map(|recall| RecallShown {
            organization: way.party(recall.organization),
            phone: way.organizations.get(&recall.organization).and_then(|one| one.phone.clone()),
            reason: recall.reason,
            opened_at: recall.opened_at,
        });
        Ok(Some(Journey {
            url: self.lot_url(&way.lot.code),
            product: self.product_names(&way.lot.product),
            grade: way.lot.grade.clone(),
            grams: way.lot.grams,
            made_at: way.lot.made_at,
            maker: way.party(way.lot.maker),
            place: way.spot(way.lot.place.as_deref(), way.lot.maker),
            custody: way.lot.custody,
            is_void: way.lot.is_void,
            growers: way.growers(),
            makers,
            claims,
            steps: bare_steps.into_iter().map(|step| self.named(&way, step)).collect(),
            steps_left_out,
            is_cut_off,
            recalls: recalls.collect(),
            code: way.lot.code,
        }))
    }

    fn product_names(&self, code: &str) -> Texts {
        let known = self.taxonomy().product(code).map(|product| product.names.clone());
        known.unwrap_or_else(|| Texts::from_iter([(Locale::Fr, code.to_owned())]))
    }

    /// A step with names in the place of codes.
    fn named(&self, way: &Way, step: BareStep) -> Step {
        Step {
            kind: step.kind,
            at: step.at,
            until: step.until,
            organization: way.party(step.organization),
            place: way.spot(step.place.as_deref(), step.organization),
            product: self.product_names(&step.product),
            grams: step.grams,
            producers: step.producers,
            is_void: step.is_void,
        }
    }

    /// Whoever took part in the steps, in their order.
    async fn makers(&self, way: &Way, steps: &[BareStep]) -> Result<Vec<Maker>, Fault> {
        let mut did: Vec<(OrganizationId, Vec<EventKind>)> = Vec::new();
        for step in steps.iter().filter(|step| !step.is_void) {
            let place = did.iter().position(|(organization, _)| *organization == step.organization);
            let place = place.unwrap_or_else(|| {
                did.push((step.organization, Vec::new()));
                did.len() - 1
            });
            if !did[place].1.contains(&step.kind) {
                did[place].1.push(step.kind);
            }
        }
        let directory = &self.knows.directory;
        let ids: Vec<OrganizationId> = did.iter().map(|(organization, _)| *organization).collect();
        let known = directory.ownership_known(&ids, way.today).await?;
        let women_owned = |organization: &Arc<Organization>| {
            let known = known.get(&organization.id)?;
            let assess = |definition| directory.assess(organization, known, definition, way.today);
            let met = Definition::ALL
                .iter()
                .map(|definition| assess(*definition))
                .find(|answer| answer.status == OwnershipStatus::Yes)?;
            Some((met.definition, met.evidence_level))
        };
        let maker = |(id, did): (OrganizationId, Vec<EventKind>)| Maker {
            name: way.party(id),
            women_owned: way.organizations.get(&id).and_then(women_owned),
            place: way.spot(None, id),
            did,
        };
        Ok(did.into_iter().map(maker).collect())
    }

    /// What may be claimed of the lot: what covers some of it, and what would if it had not been taken back; what holds first.
    async fn claims_shown(&self, anybody: &Actor, way: &Way) -> Result<Vec<ClaimShown>, Fault> {
        let claims = self.claims_of(anybody, &[way.lot.id]).await?.remove(&way.lot.id).unwrap_or_default();
        let subjects: Vec<Uuid> = claims.iter().map(|claim| claim.certificate.id).collect();
        let credentials = self.knows.credentials.of_subjects(conformity::SUBJECT_KIND, &subjects).await?;
        let shown = |claim: LotClaim| {
            let scheme = self.knows.certification.schemes().scheme(&claim.scheme)?;
            let credential = credentials.get(&claim.certificate.id);
            Some(ClaimShown {
                scheme_code: claim.scheme,
                scheme: scheme.names.clone(),
                about: scheme.covers,
                share: millionths(claim.share),
                then: claim.status_then,
                now: claim.status_now,
                holder: way.party(OrganizationId::from_uuid(claim.certificate.holder)),
                number: claim.certificate.number,
                issuer: claim.certificate.issuer_name,
                valid_until: claim.certificate.valid_until,
                credential_url: credential.map(|one| self.knows.credentials.issuer().credential_url(one.id)),
            })
        };
        let mut shown: Vec<ClaimShown> = claims.into_iter().filter_map(shown).collect();
        shown.sort_by(|one, other| {
            (!one.then.is_in_force(), &one.scheme_code).cmp(&(!other.then.is_in_force(), &other.scheme_code))
        });
        Ok(shown)
    }
}

impl Way {
    fn party(&self, organization: OrganizationId) -> Party {
        self.organizations.get(&organization).map(|organization| organization.name.clone())
    }

    /// Where something was, or where its organization is.
    fn spot(&self, code: Option<&str>, organization: OrganizationId) -> Option<Spot> {
        let home = || self.organizations.get(&organization).map(|organization| organization.place_code.as_str());
        let place = self.gazetteer.place(code.or_else(home)?)?;
        Some(Spot { names: place.names.clone(), point: self.gazetteer.point_of(&place.code, self.today) })
    }

    fn growers(&self) -> Growers {
        let mut origins: HashMap<LotId, Origin> = HashMap::new();
        let (mut producers, mut women, mut names) = (HashSet::new(), HashSet::new(), BTreeSet::new());
        for delivery in &self.recorded.deliveries {
            if self.recorded.lots.get(&delivery.lot).is_none_or(|lot| lot.is_void) {
                continue;
            }
            let origin = origins.entry(delivery.lot).or_default();
            let grown = match delivery.gender {
                Gender::Female => &mut origin.women,
                Gender::Male | Gender::Other => &mut origin.others,
                Gender::Undisclosed => &mut origin.unknown,
            };
            *grown = grown.saturating_add(delivery.grams);
            if delivery.confirmed {
                origin.confirmed = origin.confirmed.saturating_add(delivery.grams);
            }
            producers.insert(delivery.producer);
            if delivery.gender == Gender::Female {
                women.insert(delivery.producer);
            }
            names.extend(delivery.name.as_deref().map(|name| (name, delivery.producer)));
        }
        let shares = shares(&self.recorded.graph, &origins).get(&self.lot.id).copied().unwrap_or(Shares::UNKNOWN);
        Growers {
            women_count: women.len(),
            producer_count: producers.len(),
            names: names.iter().take(NAMES_MAX).map(|(name, _)| (*name).to_owned()).collect(),
            names_left_out: names.len().saturating_sub(NAMES_MAX),
            ..Growers::by_mass(shares)
        }
    }
}
