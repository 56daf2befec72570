//! What is looked at when bids are opened: whatever somebody should see before a bid is found to answer the request.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::{
    FrozenStatus, Procurement, RequestLotStatus, WholeRequest,
    model::{
        check_offer::unsatisfied,
        finding::{Finding, FindingKind},
        offer::ReadOffer,
    },
    open_bids::Decrypted,
};
use crate::{
    accounts::{Actor, OrganizationId},
    certification::{Asked, ClaimThen},
    directory::Standing,
    documents::{Document, DocumentId, DocumentState},
    kernel::{Fault, clock::Timestamp, digest::Digest},
};

/// What was found of a bid.
pub(super) struct LookedAt {
    /// What somebody has to look at.
    pub(super) findings: Vec<Finding>,
    /// What those who bid were when the bid was sealed.
    pub(super) statuses: Vec<FrozenStatus>,
    /// Its documents that are there and are what was sealed.
    pub(super) documents: Vec<DocumentId>,
}

/// All that is needed to look at bids, loaded for all of them.
struct Known {
    statuses: HashMap<(OrganizationId, NaiveDate), Vec<FrozenStatus>>,
    claims: HashMap<Asked, Vec<ClaimThen>>,
    documents: HashMap<DocumentId, Document>,
    in_good_standing: HashSet<OrganizationId>,
}

impl Procurement {
    /// What somebody has to look at of each of these bids, in their order.
    pub(super) async fn look_at(&self, whole: &WholeRequest, bids: &[Decrypted]) -> Result<Vec<LookedAt>, Fault> {
        let offers: Vec<(&ReadOffer, Timestamp)> = bids.iter().map(|one| (&one.offer, one.row.sealed_at)).collect();
        // By then certificates have to be there, whenever the bids are opened.
        let certified_on = whole.request.bid_deadline.date_naive();
        let known = self.known_of(whole, &offers, certified_on).await?;
        let look = |(offer, sealed_at): &(&ReadOffer, Timestamp)| {
            looked_at(whole, &known, offer, (sealed_at.date_naive(), certified_on))
        };
        Ok(offers.iter().map(look).collect())
    }

    /// What would be found of an offer that is still sealed, today: for its bidder to mend.
    pub(super) async fn look_ahead(&self, whole: &WholeRequest, offer: &ReadOffer) -> Result<Vec<Finding>, Fault> {
        let now = self.services().now();
        let today = now.date_naive();
        let known = self.known_of(whole, &[(offer, now)], today).await?;
        Ok(looked_at(whole, &known, offer, (today, today)).findings)
    }

    async fn known_of(
        &self,
        whole: &WholeRequest,
        offers: &[(&ReadOffer, Timestamp)],
        certified_on: NaiveDate,
    ) -> Result<Known, Fault> {
        // What is needed of somebody does not depend on who sees her.
        let actor = Actor::system("open bids");
        let mut by_day: BTreeMap<NaiveDate, BTreeSet<OrganizationId>> = BTreeMap::new();
        for (offer, sealed_at) in offers {
            by_day
                .entry(sealed_at.date_naive())
                .or_default()
                .extend(offer.partners.iter().map(|(partner, _)| *partner));
        }
        let mut statuses = HashMap::new();
        for (day, organizations) in &by_day {
            let organizations: Vec<OrganizationId> = organizations.iter().copied().collect();
            let found = self.statuses(&organizations, *day).await?;
            statuses.extend(found.into_iter().map(|(organization, found)| ((organization, *day), found)));
        }
        let everybody: BTreeSet<OrganizationId> = by_day.into_values().flatten().collect();
        let everybody: Vec<OrganizationId> = everybody.into_iter().collect();
        let found = self.knows.directory.organizations_by_ids(&actor, &everybody).await?;
        let good = found.into_values().filter(|organization| organization.standing == Standing::Good);
        let in_good_standing = good.map(|organization| organization.id).collect();
        let asked: HashSet<Asked> = offers.iter().flat_map(|(offer, _)| asked(whole, offer, certified_on)).collect();
        let claims =
            if asked.is_empty() { HashMap::new() } else { self.knows.certification.claims_on(&actor, &asked).await? };
        let documents: BTreeSet<DocumentId> = offers.iter().flat_map(|(offer, _)| offer.document_ids()).collect();
        let documents: Vec<DocumentId> = documents.into_iter().collect();
        let documents = self.knows.documents.documents_by_ids(&actor, &documents).await?;
        Ok(Known { statuses, claims, documents, in_good_standing })
    }
}

/// Which certificates are asked for: of everybody who bids, for the product of each lot that asks for some.
fn asked<'o>(whole: &'o WholeRequest, offer: &'o ReadOffer, day: NaiveDate) -> impl Iterator<Item = Asked> + 'o {
    let lots = whole.lots.iter().filter(|lot| !lot.required_schemes.is_empty());
    let lots = lots.filter(|lot| offer.lots.iter().any(|(offered, ..)| *offered == lot.id));
    lots.flat_map(move |lot| {
        offer.partners.iter().map(move |(partner, _)| Asked {
            organization: *partner,
            product: lot.product.clone(),
            day,
        })
    })
}

fn looked_at(
    whole: &WholeRequest,
    known: &Known,
    offer: &ReadOffer,
    (sealed_on, certified_on): (NaiveDate, NaiveDate),
) -> LookedAt {
    let statuses: Vec<FrozenStatus> = offer
        .partners
        .iter()
        .filter_map(|(partner, _)| known.statuses.get(&(*partner, sealed_on)))
        .flatten()
        .copied()
        .collect();
    let mut findings = Vec::new();
    for (id, _, quantity, _) in &offer.lots {
        let at = |kind| Finding { lot: Some(*id), ..Finding::of(kind) };
        let lot = whole.lots.iter().find(|lot| lot.id == *id);
        let Some(lot) = lot.filter(|lot| lot.status == RequestLotStatus::Active) else {
            findings.push(at(FindingKind::LotGone));
            continue;
        };
        if *quantity < lot.quantity.thousandths {
            findings.push(at(FindingKind::PartialQuantity));
        }
        for (partner, _) in &offer.partners {
            let asked = Asked { organization: *partner, product: lot.product.clone(), day: certified_on };
            let claims = known.claims.get(&asked).map(Vec::as_slice).unwrap_or_default();
            let holds = |scheme: &str| {
                claims.iter().any(|claim| claim.certificate.scheme == scheme && claim.status_then.is_in_force())
            };
            let missing = lot.required_schemes.iter().filter(|scheme| !holds(scheme));
            findings.extend(missing.map(|scheme| Finding {
                scheme: Some(scheme.clone()),
                organization: Some(*partner),
                ..at(FindingKind::CertificateMissing)
            }));
        }
    }
    let reserved = unsatisfied(offer, &whole.measures, &statuses);
    findings.extend(
        reserved.iter().map(|(_, lot)| Finding { lot: Some(*lot), ..Finding::of(FindingKind::WomenStatusMissing) }),
    );
    for (partner, _) in &offer.partners {
        if !known.in_good_standing.contains(partner) {
            findings.push(Finding { organization: Some(*partner), ..Finding::of(FindingKind::NotInGoodStanding) });
        }
    }
    let (there, gone): (Vec<_>, Vec<_>) =
        offer.documents.iter().partition(|(id, digest)| is_there(known, offer, *id, digest));
    findings.extend(
        gone.iter().map(|(id, _)| Finding { document: Some(*id), ..Finding::of(FindingKind::DocumentMissing) }),
    );
    findings.sort();
    findings.dedup();
    LookedAt { findings, statuses, documents: there.into_iter().map(|(id, _)| id).collect() }
}

/// Whether a document is the one that was sealed.
fn is_there(known: &Known, offer: &ReadOffer, id: DocumentId, digest: &Digest) -> bool {
    known.documents.get(&id).is_some_and(|document| {
        document.state == DocumentState::Ready
            && document.organization() == offer.bidder
            && document.full().is_some_and(|full| full.sha256 == *digest)
    })
}
