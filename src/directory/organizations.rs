//! Reading organizations, as far as the reader may see them.

use std::{collections::HashMap, sync::Arc};

use super::{
    Directory, Organization,
    model::{
        organization::OrganizationCard,
        profile::check_place,
        query::{OrganizationFilter, OrganizationOrderField, OrganizationQuery, WithinPlace},
        registration::Registration,
    },
    store,
    visibility::{is_insider, sees},
};
use crate::accounts::{Actor, OrganizationId};
use crate::kernel::{Fault, UserError, page::Slice};

impl Directory {
    /// The organization, if it exists and the actor may see it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn organization(&self, actor: &Actor, id: OrganizationId) -> Result<Option<Organization>, Fault> {
        Ok(self.organizations_by_ids(actor, &[id]).await?.remove(&id).map(Arc::unwrap_or_clone))
    }

    /// Those of these organizations that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn organizations_by_ids(
        &self,
        actor: &Actor,
        ids: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Arc<Organization>>, Fault> {
        let mut found = self.knows.by_id.get(ids).await?;
        found.retain(|_, organization| sees(actor, organization));
        Ok(found)
    }

    /// A page of organizations in good standing.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn organizations(&self, query: &OrganizationQuery) -> Result<Slice<Organization>, Fault> {
        Ok(query.page.slice(store::organizations::page(&self.knows.services.db, query).await?))
    }

    /// The same page as cards, which are read faster, where they tell what it is sorted by.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn organization_cards(
        &self,
        query: &OrganizationQuery,
    ) -> Result<Option<Slice<OrganizationCard>>, Fault> {
        if query.order.field != OrganizationOrderField::Name {
            return Ok(None);
        }
        let cards = store::organizations::page_of_cards(&self.knows.services.db, query).await?;
        Ok(Some(query.page.slice(cards)))
    }

    /// How many organizations in good standing there are under a filter.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn count_organizations(&self, filter: &OrganizationFilter) -> Result<i64, Fault> {
        Ok(as_count(store::organizations::count(&self.knows.services.db, filter).await?))
    }

    /// The place to filter by that a code, an official number or a name means.
    ///
    /// # Errors
    /// `UnknownPlace` at `path`, with places that were perhaps meant.
    pub fn filter_place(&self, typed: &str, path: &[&str]) -> Result<WithinPlace, UserError> {
        let gazetteer = self.gazetteer();
        let place = check_place(&gazetteer, typed, self.knows.services.clock.today(), path)?;
        Ok(WithinPlace { code: place.code.clone(), kind: place.kind })
    }

    /// The registrations of each organization, without those that name a person where the actor is no insider.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn registrations_of(
        &self,
        actor: &Actor,
        organizations: &[OrganizationId],
    ) -> Result<HashMap<OrganizationId, Vec<Registration>>, Fault> {
        let mut found = store::registrations::of(&self.knows.services.db, organizations).await?;
        for (organization, registrations) in &mut found {
            if !is_insider(actor, *organization) {
                registrations.retain(|registration| !registration.scheme.is_personal());
            }
        }
        Ok(found)
    }
}

/// A count as clients read it.
pub(super) fn as_count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
