//! What everybody may know of a lot, put together for its page.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::{
    LotId, Traceability,
    model::{
        claims::claim_shares,
        event::EventKind,
        journey::{
            ClaimShown, Growers, Journey, LOTS_MAX, Maker, NAMES_MAX, Party, RecallShown, STEPS_MAX, Spot, Step,
            way::{BareStep, Gender, LotTold, Recorded},
        },
        shares::{Origin, Shares, WHOLE, millionths, shares},
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, Principal},
    certification::{
        Certificate, CertificateId, CertificateStatus, Decided,
        model::{claim::claims, decision::status_at, scheme::SchemeCover},
    },
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
        clock::Timestamp,
        locale::{Locale, Texts},
    },
};

/// Everything that was read of the way of a lot.
struct Way {
    lot: LotTold,
    recorded: Recorded,
    organizations: HashMap<OrganizationId, Organization>,
    gazetteer: std::sync::Arc<Gazetteer>,
    today: NaiveDate,
}

/// What organizations of the way are certified for.
struct Certified {
    held: HashMap<OrganizationId, Vec<Certificate>>,
    decisions: HashMap<CertificateId, Vec<Decided>>,
    known_at: Timestamp,
}

/// A claim of an organization for a product on a day, by the scheme's code.
type Claimed = HashMap<String, (Certificate, CertificateStatus)>;

impl Traceability {
    /// What everybody may know of the lot with this code, as it stands on its label; none where there is none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn journey(&self, code: &str) -> Result<Option<Journey>, Fault> {
        let db = &self.services().db;
        let Some(id) = store::journey::id_of(db, code).await? else { return Ok(None) };
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

        let claims = self.claims_of(&anybody, &way).await?;
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

    /// Whether there is a lot with this code, as it stands on its label.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn has_lot(&self, code: &str) -> Result<bool, Fault> {
        Ok(store::journey::id_of(&self.services().db, code).await?.is_some())
    }

    /// What identifies the lot with this code, which is also where its page is.
    #[must_use]
    pub fn lot_url(&self, code: &str) -> String {
        format!("{}/trace/{code}", self.knows.public_url)
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
        let women_owned = |organization: &Organization| {
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

    /// What may be claimed of the lot: what covers some of it, and what would if it had not been taken back.
    async fn claims_of(&self, anybody: &Actor, way: &Way) -> Result<Vec<ClaimShown>, Fault> {
        let certification = &self.knows.certification;
        let makers: HashSet<OrganizationId> = way.recorded.lots.values().map(|lot| lot.maker).collect();
        let makers: Vec<OrganizationId> = makers.into_iter().collect();
        let held = certification.certificates_of(anybody, &makers).await?;
        let ids: HashSet<CertificateId> = held.values().flatten().map(|one| CertificateId::from_uuid(one.id)).collect();
        let ids: Vec<CertificateId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let decisions = certification.decisions_of(&ids).await?;
        let certified = Certified { held, decisions, known_at: self.services().now() };

        let mut then: HashMap<(OrganizationId, &str, NaiveDate), Claimed> = HashMap::new();
        for lot in way.recorded.lots.values() {
            let (product, day) = (lot.product.as_str(), lot.made_at.date_naive());
            let key = (lot.maker, product, day);
            then.entry(key).or_insert_with(|| self.claimed(&certified, lot.maker, product, day));
        }
        let delivered = way.delivered();
        let own = (way.lot.maker, way.lot.product.as_str(), way.lot.made_at.date_naive());
        let mut shown = Vec::new();
        for (code, (certificate, status)) in then.get(&own).into_iter().flatten() {
            let Some(scheme) = certification.schemes().scheme(code) else { continue };
            let covers = |lot: &&LotTold| {
                let key = (lot.maker, lot.product.as_str(), lot.made_at.date_naive());
                let claim = then.get(&key).and_then(|claimed| claimed.get(code));
                !lot.is_void && claim.is_some_and(|(_, status)| status.is_in_force())
            };
            let share = match scheme.covers {
                SchemeCover::Product => {
                    let covered = way.recorded.lots.values().filter(covers).map(|lot| lot.id).collect();
                    claim_shares(&way.recorded.graph, &covered, &delivered).get(&way.lot.id).copied().unwrap_or(0)
                }
                // It speaks of whoever made it, and not of what it was made of.
                SchemeCover::Process | SchemeCover::Organization if status.is_in_force() => WHOLE,
                SchemeCover::Process | SchemeCover::Organization => 0,
            };
            let was_taken_back = matches!(status, CertificateStatus::Revoked | CertificateStatus::Suspended);
            if share == 0 && !was_taken_back {
                continue;
            }
            let now = certified.status(certificate, way.today);
            shown.push(ClaimShown {
                scheme_code: scheme.code.clone(),
                scheme: scheme.names.clone(),
                about: scheme.covers,
                share: millionths(share),
                then: *status,
                now,
                number: certificate.number.clone(),
                issuer: certificate.issuer_name.clone(),
                holder: way.party(OrganizationId::from_uuid(certificate.holder)),
                valid_until: certificate.valid_until,
                credential_url: None,
            });
        }
        shown.sort_by(|one, other| {
            (!one.then.is_in_force(), &one.scheme_code).cmp(&(!other.then.is_in_force(), &other.scheme_code))
        });
        self.link_credentials(&certified, &mut shown).await?;
        Ok(shown)
    }

    /// Says of each claim where the signed form of its certificate is.
    async fn link_credentials(&self, certified: &Certified, shown: &mut [ClaimShown]) -> Result<(), Fault> {
        let held = |claim: &ClaimShown| {
            let mut held = certified.held.values().flatten();
            held.find(|one| one.scheme == claim.scheme_code && one.number == claim.number).map(|one| one.id)
        };
        let subjects: Vec<uuid::Uuid> = shown.iter().filter_map(held).collect();
        let credentials = self.knows.credentials.of_subjects(conformity::SUBJECT_KIND, &subjects).await?;
        for claim in shown {
            let credential = held(claim).and_then(|subject| credentials.get(&subject));
            claim.credential_url = credential.map(|one| self.knows.credentials.issuer().credential_url(one.id));
        }
        Ok(())
    }

    fn claimed(&self, certified: &Certified, of: OrganizationId, product: &str, day: NaiveDate) -> Claimed {
        let held = certified.held.get(&of).map(Vec::as_slice).unwrap_or_default();
        let schemes = self.knows.certification.schemes();
        let claims = claims(held, schemes, self.taxonomy(), product, |held| certified.status(held, day));
        claims.into_iter().map(|claim| (claim.scheme.to_owned(), (claim.certificate.clone(), claim.status))).collect()
    }
}

impl Certified {
    /// What a certificate was on a day, as is known now.
    fn status(&self, held: &Certificate, day: NaiveDate) -> CertificateStatus {
        let decisions = self.decisions.get(&CertificateId::from_uuid(held.id)).map(Vec::as_slice).unwrap_or_default();
        status_at(held, decisions, day, self.known_at).unwrap_or(CertificateStatus::Submitted)
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

    /// What was delivered for each lot, in grams. Of a delivery that was declared an error nothing is known.
    fn delivered(&self) -> HashMap<LotId, i64> {
        let mut delivered: HashMap<LotId, i64> = HashMap::new();
        for delivery in &self.recorded.deliveries {
            let grams = delivered.entry(delivery.lot).or_default();
            *grams = grams.saturating_add(delivery.grams);
        }
        delivered
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
