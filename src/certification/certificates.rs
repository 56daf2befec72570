//! Reading certificates, as far as the reader may see them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    Certificate, CertificateId, CertificateStatus, Certification,
    model::{
        claim::{Claim, claims},
        decision::{Decided, status_at},
        query::{Asked, CertificateFilter, Scope},
        scheme::SchemeCover,
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::model::query::CertifiedBy,
    directory::is_insider,
    kernel::{
        Fault, Outcome,
        clock::Timestamp,
        db::WriteTx,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of certificates belong to.
pub const CERTIFICATES: &str = "certificates:newest";
/// The list that cursors of the certificates that wait belong to.
pub const WAITING: &str = "certificates:waiting";

impl Certification {
    /// The certificates that cover each organization and that the actor may see, the last to run out first. An organization
    /// has a few, so all of them come.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn certificates_of(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Arc<Vec<Certificate>>>, Fault> {
        let mut found = self.knows.covering.get(organizations).await?;
        for certificates in found.values_mut() {
            if !certificates.iter().all(|certificate| sees(actor, certificate)) {
                Arc::make_mut(certificates).retain(|certificate| sees(actor, certificate));
            }
        }
        Ok(found)
    }

    /// Those of these certificates that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn certificates_by_ids(
        &self,
        actor: &Actor,
        ids: &[CertificateId],
    ) -> Result<HashMap<CertificateId, Certificate>, Fault> {
        let mut found = store::certificates::by_ids(&self.knows.services.db, ids).await?;
        found.retain(|_, certificate| sees(actor, certificate));
        // What a suspended organization holds is not shown either.
        let holders: Vec<OrganizationId> =
            found.values().map(|certificate| OrganizationId::from_uuid(certificate.holder)).collect();
        let visible = self.knows.directory.organizations_by_ids(actor, &holders).await?;
        found.retain(|_, certificate| visible.contains_key(&OrganizationId::from_uuid(certificate.holder)));
        Ok(found)
    }

    /// A page of the certificates that the actor may see, the last handed in first.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn certificates(
        &self,
        actor: &Actor,
        filter: &CertificateFilter,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Certificate>> {
        let page = Page::new(CERTIFICATES, args, SortValue::is_time)?;
        let scope = match filter.organization {
            _ if policy::allowed(actor, Action::ViewReviews, &Facts::none()) => Scope::Everything,
            Some(organization) if is_insider(actor, organization) => Scope::Insider(organization),
            _ => Scope::Public,
        };
        let (db, today) = (&self.knows.services.db, self.today());
        let slice = store::lists::page(db, filter, scope, today, &page).await?;
        let total = if total { Some(store::lists::count(db, filter, scope, today).await?) } else { None };
        Ok((slice, total.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
    }

    /// A page of the certificates that wait for a verifier, the longest waiting first; only those that nobody is looking at, if
    /// `free` is asked for.
    ///
    /// # Errors
    /// `Unauthenticated`, `Forbidden`, or what is wrong with the page.
    pub async fn waiting_certificates(
        &self,
        actor: &Actor,
        free: bool,
        args: &PageArgs,
        total: bool,
    ) -> Outcome<Counted<Certificate>> {
        policy::require(actor, Action::ViewReviews, &Facts::none())?;
        let page = Page::new(WAITING, args, SortValue::is_time)?;
        let (db, free_at) = (&self.knows.services.db, free.then(|| self.knows.services.now()));
        let slice = store::lists::waiting(db, free_at, &page).await?;
        let total = if total { Some(store::lists::count_waiting(db, free_at).await?) } else { None };
        Ok((slice, total.map(|count| i64::try_from(count).unwrap_or(i64::MAX))))
    }

    /// Every decision about each of these certificates, which the actor was shown, the first one first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn decisions_of(&self, ids: &[CertificateId]) -> Result<HashMap<CertificateId, Vec<Decided>>, Fault> {
        store::decisions::of(self.knows.services.db.read(), ids).await
    }

    /// Whom each of these certificates covers, its holder among them.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn covered_by(
        &self,
        ids: &[CertificateId],
    ) -> Result<HashMap<CertificateId, Vec<OrganizationId>>, Fault> {
        Ok(store::certificates::covered_by(self.knows.services.db.read(), ids).await?)
    }

    /// How many producers each of these certificates certifies as a group; none where it certifies no group.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn group_sizes(&self, ids: &[CertificateId]) -> Result<HashMap<CertificateId, i64>, Fault> {
        Ok(store::groups::sizes(&self.knows.services.db, ids).await?)
    }

    /// Whether a person, by what she is known by across groups, is in another organization's group of a scheme that may be in
    /// force on one of these days.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn is_in_another_group(
        &self,
        tx: &WriteTx,
        (scheme, person): (&str, &[u8]),
        organization: OrganizationId,
        days: (NaiveDate, Option<NaiveDate>),
    ) -> Result<bool, Fault> {
        Ok(store::groups::is_elsewhere(tx, (scheme, person), organization, days).await?)
    }

    /// What an organization's certificates say of a product on a day, as far as it was decided by `known_at`: what a lot claims
    /// that was made on that day.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn claims_at(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        product: &str,
        day: NaiveDate,
        known_at: Timestamp,
    ) -> Result<Vec<(String, Certificate, CertificateStatus)>, Fault> {
        let held = self.certificates_of(actor, &[organization]).await?.remove(&organization).unwrap_or_default();
        let ids: Vec<CertificateId> = held.iter().map(|held| CertificateId::from_uuid(held.id)).collect();
        let decisions = self.decisions_of(&ids).await?;
        let status = |held: &Certificate| {
            let decisions =
                decisions.get(&CertificateId::from_uuid(held.id)).map(|held| held.as_slice()).unwrap_or_default();
            // Not handed in by then: it says nothing, as one that nobody has looked at.
            status_at(held, decisions, day, known_at).unwrap_or(CertificateStatus::Submitted)
        };
        let claimed = claims(&held, &self.knows.schemes, &self.knows.taxonomy, product, status);
        let owned = |claim: Claim<'_>| (claim.scheme.to_owned(), claim.certificate.clone(), claim.status);
        Ok(claimed.into_iter().map(owned).collect())
    }

    /// What certificates said of each of these products on its day, as it is known now, and say of it today: what lots claim
    /// that were made then. Those of one organization and scheme that stood best come.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn claims_on(
        &self,
        actor: &Actor,
        asked: &HashSet<Asked>,
    ) -> Result<HashMap<Asked, Vec<ClaimThen>>, Fault> {
        let organizations: HashSet<OrganizationId> = asked.iter().map(|asked| asked.organization).collect();
        let organizations: Vec<OrganizationId> = organizations.into_iter().collect();
        let held = self.certificates_of(actor, &organizations).await?;
        let ids: HashSet<CertificateId> =
            held.values().flat_map(|held| held.iter()).map(|held| CertificateId::from_uuid(held.id)).collect();
        let ids: Vec<CertificateId> = ids.into_iter().collect();
        let (decisions, groups) = (self.decisions_of(&ids).await?, self.group_sizes(&ids).await?);
        let today = self.today();
        let claims_of = |asked: &Asked| {
            let held = held.get(&asked.organization).map(|held| held.as_slice()).unwrap_or_default();
            let status = |held: &Certificate, day: NaiveDate| {
                let decisions = decisions.get(&CertificateId::from_uuid(held.id)).map(Vec::as_slice);
                status_at(held, decisions.unwrap_or_default(), day, Timestamp::MAX_UTC)
                    .unwrap_or(CertificateStatus::Submitted)
            };
            let then =
                claims(held, &self.knows.schemes, &self.knows.taxonomy, &asked.product, |held| status(held, asked.day));
            then.into_iter()
                .map(|claim| ClaimThen {
                    status_then: claim.status,
                    status_now: status(claim.certificate, today),
                    is_group: groups.contains_key(&CertificateId::from_uuid(claim.certificate.id)),
                    certificate: claim.certificate.clone(),
                })
                .collect()
        };
        Ok(asked.iter().map(|asked| (asked.clone(), claims_of(asked))).collect())
    }

    /// Which certificates make a listing certified by a scheme; none where there is no scheme with this code.
    #[must_use]
    pub fn certified_by(&self, code: &str) -> Option<CertifiedBy> {
        let scheme = self.knows.schemes.scheme(code)?;
        let about = scheme.products.iter().flat_map(|class| self.knows.taxonomy.with_descendants(class));
        Some(CertifiedBy {
            scheme: scheme.code.clone(),
            products: about.map(|product| product.code.clone()).collect(),
            names_products: scheme.covers == SchemeCover::Product,
        })
    }
}

/// What a certificate said of a product on a day, and says today.
#[derive(Debug, Clone)]
pub struct ClaimThen {
    /// What it rests on.
    pub certificate: Certificate,
    /// Its state on the day, as it is known now.
    pub status_then: CertificateStatus,
    /// Its state today.
    pub status_now: CertificateStatus,
    /// Whether it certifies a group of producers: it then speaks of what they delivered, and of nobody else's.
    pub is_group: bool,
}

/// Everybody sees what was found genuine; insiders of the holder, and those who review, the rest.
pub(super) fn sees(actor: &Actor, certificate: &Certificate) -> bool {
    certificate.record.is_genuine()
        || is_insider(actor, OrganizationId::from_uuid(certificate.holder))
        || policy::allowed(actor, Action::ViewReviews, &Facts::none())
}

/// Where a certificate stands in its lists.
#[must_use]
pub fn certificate_key(certificate: &Certificate) -> CursorKey {
    CursorKey { sort: SortValue::Time(certificate.submitted_at), id: certificate.id }
}
