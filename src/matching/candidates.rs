//! Sellers of some products, with what lots hold them against.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    Matching,
    model::check::{Held, Need, Offer, Seller},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    certification::{Certificate, model::claim::claims},
    directory::{
        Known,
        model::ownership::{Assessment, Definition},
    },
    kernel::Fault,
    procurement::{GenderMeasure, MeasureKind, Method, Request, RequestLot},
};

/// Listings that are looked at for one question, at most.
pub const LISTINGS_MAX: usize = 20_000;

/// Who offers some products, and what is known of each.
#[derive(Debug)]
pub(super) struct Market {
    offers: BTreeMap<OrganizationId, Vec<(String, Offer)>>,
    certificates: HashMap<OrganizationId, Arc<Vec<Certificate>>>,
    statuses: HashMap<OrganizationId, BTreeMap<Definition, Assessment>>,
    /// Whether every listing was looked at.
    pub(super) complete: bool,
}

impl Matching {
    /// Who offers what these needs ask for, each with the code of its product, and all that they ask about: in a number of
    /// statements that does not depend on how many there are. With `only`, that one, whether she offers it or not.
    pub(super) async fn market<'n>(
        &self,
        needs: impl Iterator<Item = (&'n str, &'n Need)> + Clone,
        definitions: &BTreeSet<Definition>,
        only: Option<OrganizationId>,
    ) -> Result<Market, Fault> {
        let taxonomy = self.catalog.taxonomy();
        let products: BTreeSet<&str> = needs.clone().map(|(product, _)| product).collect();
        let within = products.iter().flat_map(|product| taxonomy.with_descendants(product));
        let within: BTreeSet<String> = within.map(|product| product.code.clone()).collect();
        let within: Vec<String> = within.into_iter().collect();
        let today = self.services.clock.today();
        let limit = i64::try_from(LISTINGS_MAX).unwrap_or(i64::MAX).saturating_add(1);
        let found = store::offers(&self.services.db, &within, only, (today, limit)).await?;
        let complete = found.len() <= LISTINGS_MAX;
        let mut offers: BTreeMap<OrganizationId, Vec<(String, Offer)>> = BTreeMap::new();
        for (organization, product, offer) in found.into_iter().take(LISTINGS_MAX) {
            offers.entry(organization).or_default().push((product, offer));
        }
        if let Some(organization) = only {
            offers.entry(organization).or_default();
        }
        let ids: Vec<OrganizationId> = offers.keys().copied().collect();
        // What was found genuine is for everybody to see, and nothing else makes a claim.
        let actor = Actor::system("match sellers");
        let certificates = if needs.clone().any(|(_, need)| !need.schemes.is_empty()) {
            self.certification.certificates_of(&actor, &ids).await?
        } else {
            HashMap::new()
        };
        let statuses = self.women_statuses(&actor, &ids, definitions).await?;
        Ok(Market { offers, certificates, statuses, complete })
    }

    /// What each is today under the definitions that are asked for.
    async fn women_statuses(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
        definitions: &BTreeSet<Definition>,
    ) -> Result<HashMap<OrganizationId, BTreeMap<Definition, Assessment>>, Fault> {
        if definitions.is_empty() {
            return Ok(HashMap::new());
        }
        let today = self.services.clock.today();
        let found = self.directory.organizations_by_ids(actor, organizations).await?;
        let mut known = self.directory.ownership_known(organizations, today).await?;
        let of_each = found.into_iter().map(|(id, organization)| {
            let known: Known = known.remove(&id).unwrap_or_default();
            let assess = |definition: &Definition| self.directory.assess(&organization, &known, *definition, today);
            (id, definitions.iter().map(|definition| (*definition, assess(definition))).collect())
        });
        Ok(of_each.collect())
    }

    /// The sellers of one product, as one need holds them against it. With `only`, that one, whether she offers it or not.
    pub(super) fn sellers(
        &self,
        market: &Market,
        product: &str,
        need: &Need,
        only: Option<OrganizationId>,
    ) -> Vec<Seller> {
        let taxonomy = self.catalog.taxonomy();
        let mut sellers = Vec::new();
        for (organization, offers) in &market.offers {
            let offered = offers.iter().filter(|(code, _)| taxonomy.lies_within(code, product));
            let offers: Vec<Offer> = offered.map(|(_, offer)| offer.clone()).collect();
            if offers.is_empty() && only.is_none() {
                continue;
            }
            let held = market.certificates.get(organization).map(|held| held.as_slice()).unwrap_or_default();
            sellers.push(Seller {
                organization: *organization,
                offers,
                certificates: self.held(held, product, need),
                statuses: market.statuses.get(organization).cloned().unwrap_or_default(),
            });
        }
        sellers
    }

    /// What of the schemes that are asked for these certificates hold.
    fn held(&self, certificates: &[Certificate], product: &str, need: &Need) -> BTreeMap<String, Held> {
        let (schemes, taxonomy) = (self.certification.schemes(), self.catalog.taxonomy());
        let in_force = |day: NaiveDate| -> BTreeMap<String, NaiveDate> {
            let claimed = claims(certificates, schemes, taxonomy, product, |held| held.status_at(day));
            let standing = claimed.into_iter().filter(|claim| claim.status.is_in_force());
            standing.map(|claim| (claim.scheme.to_owned(), last_day(claim.certificate))).collect()
        };
        if certificates.is_empty() || need.schemes.is_empty() {
            return BTreeMap::new();
        }
        let (now, then) = (in_force(self.services.clock.today()), in_force(need.certified_on));
        let asked = need.schemes.iter().filter(|scheme| now.contains_key(*scheme) || then.contains_key(*scheme));
        let held = |scheme: &String| Held { then: then.contains_key(scheme), until: now.get(scheme).copied() };
        asked.map(|scheme| (scheme.clone(), held(scheme))).collect()
    }
}

/// The last day on which a certificate holds, as far as is decided.
fn last_day(certificate: &Certificate) -> NaiveDate {
    let void = certificate.void_from.and_then(|from| from.pred_opt());
    void.map_or(certificate.valid_until, |void| void.min(certificate.valid_until))
}

/// What a lot of a request needs of who supplies it.
pub(super) fn need_of(
    request: &Request,
    lot: &RequestLot,
    measures: &[GenderMeasure],
    invited: &[OrganizationId],
) -> Need {
    let reserving = measures.iter().filter(|measure| measure.kind == MeasureKind::ReservedParticipation);
    let here = reserving.filter(|measure| measure.lot.is_none_or(|named| named == lot.id));
    Need {
        grams: lot.grams,
        days: (lot.delivery_from, lot.delivery_until),
        certified_on: lot.delivery_until.unwrap_or_else(|| request.bid_deadline.date_naive()),
        schemes: lot.required_schemes.clone(),
        quality: lot.quality.clone(),
        reserved: here.map(|measure| (measure.definition, measure.at_least_evidence)).collect(),
        invited: (request.method != Method::Open).then(|| invited.to_vec()),
    }
}

/// The definitions that needs ask about.
pub(super) fn definitions_of<'n>(needs: impl Iterator<Item = &'n Need>) -> BTreeSet<Definition> {
    needs.flat_map(|need| need.reserved.iter().map(|(definition, _)| *definition)).collect()
}
