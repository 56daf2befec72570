//! Women's status where a bid or an award relies on it.

use std::collections::HashMap;

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::{
    Procurement,
    model::status::{FrozenStatus, StatusOf},
    store,
};
use crate::{
    accounts::{Actor, OrganizationId},
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus, verified_until},
    kernel::{Fault, db::WriteTx},
};

/// How far evidence is looked ahead at: what holds longer is said to hold until then.
const AHEAD: Months = Months::new(120);

impl Procurement {
    /// What each organization is under every definition on a day, by what was known on that day. Call it before a transaction.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn statuses(
        &self,
        organizations: &[OrganizationId],
        day: NaiveDate,
    ) -> Result<HashMap<OrganizationId, Vec<FrozenStatus>>, Fault> {
        let directory = &self.knows.directory;
        // They are assessed whether anybody may see them or not: a bidder that was suspended since is still one.
        let found = directory.organizations_by_ids(&Actor::system("freeze women's status"), organizations).await?;
        let mut known = directory.ownership_known(organizations, day).await?;
        let mut statuses = HashMap::with_capacity(found.len());
        for (id, organization) in found {
            let known = known.remove(&id).unwrap_or_default();
            let each = Definition::ALL.iter().map(|definition| {
                let answer = directory.assess(&organization, &known, *definition, day);
                let verified = answer.status == OwnershipStatus::Yes
                    && answer.evidence_level >= Some(EvidenceLevel::DocumentVerified);
                let evidence_until = verified.then(|| {
                    let facts = known.declaration.as_ref().map(|last| last.facts).unwrap_or_default();
                    let days = day..=day.checked_add_months(AHEAD).unwrap_or(day);
                    verified_until(
                        directory.rules(),
                        *definition,
                        organization.subject(),
                        &facts,
                        &known.evidence,
                        days,
                    )
                });
                FrozenStatus {
                    organization: id,
                    definition: *definition,
                    status: answer.status,
                    level: answer.evidence_level,
                    evidence_until,
                    assessed_on: day,
                }
            });
            statuses.insert(id, each.collect());
        }
        Ok(statuses)
    }

    /// What organizations were where each of these bids or awards relied on it, or the order whose contract stands as its award.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn frozen_statuses(&self, subjects: &[Uuid]) -> Result<HashMap<Uuid, Vec<FrozenStatus>>, Fault> {
        store::statuses::of_subjects(&self.knows.services.db, subjects).await
    }
}

/// Keeps what organizations are where a bid or an award relies on it.
///
/// # Errors
/// When the database refuses, or it was kept before.
pub async fn freeze<'a>(
    tx: &WriteTx,
    of: StatusOf,
    subject: Uuid,
    statuses: impl IntoIterator<Item = &'a FrozenStatus>,
) -> Result<(), Fault> {
    store::statuses::insert(tx, of, statuses.into_iter().map(|status| (subject, status))).await?;
    Ok(())
}
