//! The read model of ownership assessments: what lists and search filter by.

use std::time::Duration;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    Directory,
    model::{
        organization::Organization,
        ownership::{Assessment, Definition, Evidence, OwnershipFacts, StoredAssessment, assess},
    },
    store,
    verified::{Assessed, Because},
};
use crate::accounts::OrganizationId;
use crate::kernel::{
    Fault, Outcome,
    db::WriteTx,
    outbox::{self, Topic},
};

/// Under which name the day and the rules that the read model was made by are noted.
const RULES: &str = "ownership_rules";
/// How often it is looked whether a day began.
const DAY_LOOKED_FOR_EVERY: Duration = Duration::from_millis(500);
/// Organizations assessed in one transaction.
const STEP: u64 = 200;

impl Directory {
    /// Derives today's assessments of an organization from these facts and its evidence, and keeps them
    /// for filters. Credentials follow, so that the audit log has to be written afterwards.
    pub(super) async fn keep_assessments(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        facts: &OwnershipFacts,
        because: Because,
    ) -> Outcome<()> {
        self.assess_all(tx, &[(organization, facts)], because).await?;
        Ok(())
    }

    /// Derives today's assessments of these organizations, which are locked, and keeps them, in a number of statements that does
    /// not depend on how many they are. Gives those of which an answer changed.
    async fn assess_all(
        &self,
        tx: &WriteTx,
        organizations: &[(&Organization, &OwnershipFacts)],
        because: Because,
    ) -> Outcome<Vec<OrganizationId>> {
        let ids: Vec<OrganizationId> = organizations.iter().map(|(organization, _)| organization.id).collect();
        let mut before = store::ownership::assessments_of(tx, &ids).await?;
        let mut evidence = store::evidence::of(&**tx, &ids).await?;
        let today = self.knows.services.clock.today();
        let mut all = Vec::with_capacity(organizations.len());
        for (organization, facts) in organizations {
            let records = evidence.remove(&organization.id).unwrap_or_default();
            let evidence: Vec<Evidence> = records.into_iter().map(|record| record.evidence).collect();
            let subject = organization.subject();
            let held =
                |definition: &Definition| assess(&self.knows.rules, *definition, subject, facts, &evidence, today);
            let now: Vec<Assessment> = Definition::ALL.iter().map(held).collect();
            all.push((before.remove(&organization.id).unwrap_or_default(), evidence, now));
        }
        let kept: Vec<(OrganizationId, &[Assessment])> =
            ids.iter().copied().zip(all.iter().map(|(_, _, now)| now.as_slice())).collect();
        store::ownership::replace_assessments(tx, &kept).await?;
        let mut changed = Vec::new();
        for ((organization, facts), (before, evidence, now)) in organizations.iter().zip(&all) {
            let stored: Vec<StoredAssessment> = now.iter().filter_map(Assessment::stored).collect();
            if stored != *before {
                changed.push(organization.id);
            }
            if stored != *before || because != Because::Day {
                let assessed = Assessed { organization, before, now, facts, evidence, because };
                self.follow_credentials(tx, &assessed).await?;
            }
        }
        Ok(changed)
    }

    /// The facts last declared, within a transaction.
    pub(super) async fn facts_in(&self, tx: &WriteTx, organization: OrganizationId) -> Result<OwnershipFacts, Fault> {
        let last = store::ownership::last_declaration(tx, organization).await?;
        Ok(last.map(|declaration| declaration.facts).unwrap_or_default())
    }

    /// Assesses anew what may have another answer today than when it was assessed: every organization where other rules are in
    /// force, else those whose evidence began or ceased to hold since. Whatever changes is told to search. Gives how many
    /// organizations were assessed.
    ///
    /// # Errors
    /// When the database refuses; what was assessed until then stays, and the rest comes round again.
    pub async fn follow_the_day(&self) -> Outcome<u64> {
        let db = &self.knows.services.db;
        let today = self.knows.services.clock.today();
        let rules = self.rules_in_force(today);
        let digest = format!("{today} {rules}");
        let kept = store::places::digest(db, RULES).await?;
        if kept.as_ref() == Some(&digest) {
            return Ok(0);
        }
        let since = kept.as_deref().and_then(|kept| kept.split_once(' ')).filter(|(_, kept)| *kept == rules);
        let since: Option<NaiveDate> = since.and_then(|(day, _)| day.parse().ok());
        let mut assessed = 0;
        let mut after = None;
        loop {
            let ids = match since {
                Some(since) => store::evidence::turned_after(db, since, today, after, STEP).await?,
                None => store::organizations::ids_after(db, after, STEP).await?,
            };
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let tx = db.begin().await?;
            // All of them first: whoever issues a credential makes others wait who hold an organization and want to issue.
            let organizations = store::organizations::lock_all(&tx, &ids).await?;
            let declared = store::ownership::last_declarations(&*tx, &ids, self.knows.services.now()).await?;
            let facts: Vec<OwnershipFacts> = organizations
                .iter()
                .map(|one| declared.get(&one.id).map(|declaration| declaration.facts).unwrap_or_default())
                .collect();
            let with_facts: Vec<(&Organization, &OwnershipFacts)> = organizations.iter().zip(&facts).collect();
            let changed = self.assess_all(&tx, &with_facts, Because::Day).await?;
            for id in changed {
                outbox::announce(&tx, Topic::Organization, id.uuid(), self.knows.services.now());
            }
            assessed += organizations.len() as u64;
            tx.commit().await?;
        }
        let tx = db.begin().await?;
        store::places::note_digest(&tx, RULES, &digest, self.knows.services.now()).await?;
        tx.commit().await?;
        tracing::info!(assessed, %today, "ownership assessed for the day");
        Ok(assessed)
    }

    /// Assesses as soon as a day begins, until `stop`: what lists and search say of an organization follows the day within a
    /// second.
    pub async fn watch_days(&self, stop: CancellationToken) {
        let mut followed = None;
        loop {
            let today = self.today();
            if followed != Some(today) {
                match self.follow_the_day().await {
                    Ok(_) => followed = Some(today),
                    Err(error) => tracing::warn!(%error, "ownership of the day not assessed; trying again"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(DAY_LOOKED_FOR_EVERY) => {}
            }
        }
    }

    fn rules_in_force(&self, day: NaiveDate) -> String {
        let mut hasher = Sha256::new();
        for definition in Definition::ALL {
            hasher.update(definition.as_str());
            let in_force = self.knows.rules.in_force(*definition, day);
            hasher.update(in_force.map_or(String::new(), |rules| format!("{rules:?}")));
        }
        hex::encode(hasher.finalize())
    }
}
