//! The read model of ownership assessments: what lists and search filter by.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{
    Directory,
    model::{
        organization::Organization,
        ownership::{Assessment, Definition, Evidence, OwnershipFacts, StoredAssessment, assess},
    },
    store,
    verified::Assessed,
};
use crate::accounts::OrganizationId;
use crate::kernel::{
    Fault, Outcome,
    db::WriteTx,
    outbox::{self, Topic},
};

/// Under which name the day and the rules that the read model was made by are noted.
const RULES: &str = "ownership_rules";
/// Organizations assessed in one transaction.
const STEP: u64 = 200;

impl Directory {
    /// Derives today's assessments of an organization from these facts and its evidence, after somebody declared or decided
    /// something, and keeps them for filters. Credentials follow, so that the audit log has to be written afterwards.
    pub(super) async fn keep_assessments(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        facts: &OwnershipFacts,
    ) -> Outcome<()> {
        let before = store::ownership::assessments_of(tx, organization.id).await?;
        self.keep_after(tx, organization, facts, &before, true).await
    }

    async fn keep_after(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        facts: &OwnershipFacts,
        before: &[StoredAssessment],
        by_deed: bool,
    ) -> Outcome<()> {
        let records = store::evidence::of(&**tx, &[organization.id]).await?.remove(&organization.id);
        let evidence: Vec<Evidence> = records.unwrap_or_default().into_iter().map(|record| record.evidence).collect();
        let today = self.services.clock.today();
        let subject = organization.subject();
        let assessments: Vec<Assessment> = Definition::ALL
            .iter()
            .map(|definition| assess(&self.rules, *definition, subject, facts, &evidence, today))
            .collect();
        store::ownership::replace_assessments(tx, organization.id, &assessments).await?;
        let now = &assessments;
        let assessed = Assessed { organization, before, now, facts, evidence: &evidence, by_deed };
        self.follow_credentials(tx, &assessed).await
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
        let db = &self.services.db;
        let today = self.services.clock.today();
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
            let mut organizations = Vec::with_capacity(ids.len());
            for id in &ids {
                organizations.extend(store::organizations::lock(&tx, *id).await?);
            }
            for organization in &organizations {
                self.assess_again(&tx, organization).await?;
                assessed += 1;
            }
            tx.commit().await?;
        }
        let tx = db.begin().await?;
        store::places::note_digest(&tx, RULES, &digest, self.services.now()).await?;
        tx.commit().await?;
        tracing::info!(assessed, %today, "ownership assessed for the day");
        Ok(assessed)
    }

    async fn assess_again(&self, tx: &WriteTx, organization: &Organization) -> Outcome<()> {
        let facts = self.facts_in(tx, organization.id).await?;
        let before = store::ownership::assessments_of(tx, organization.id).await?;
        self.keep_after(tx, organization, &facts, &before, false).await?;
        if store::ownership::assessments_of(tx, organization.id).await? != before {
            outbox::announce(tx, Topic::Organization, organization.id.uuid(), self.services.now()).await?;
        }
        Ok(())
    }

    fn rules_in_force(&self, day: NaiveDate) -> String {
        let mut hasher = Sha256::new();
        for definition in Definition::ALL {
            hasher.update(definition.as_str());
            let in_force = self.rules.in_force(*definition, day);
            hasher.update(in_force.map_or(String::new(), |rules| format!("{rules:?}")));
        }
        hex::encode(hasher.finalize())
    }
}
