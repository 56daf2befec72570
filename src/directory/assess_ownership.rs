//! The read model of ownership assessments: what lists and search filter by.

use sha2::{Digest, Sha256};

use super::{
    Directory,
    model::{
        organization::Organization,
        ownership::{Assessment, Definition, Evidence, OwnershipFacts, StoredAssessment, assess},
    },
    store,
};
use crate::accounts::OrganizationId;
use crate::kernel::{Fault, Outcome, db::WriteTx};

/// Under which name the rules that the read model was made by are noted.
const RULES: &str = "ownership_rules";
/// Organizations assessed in one transaction when the rules have changed.
const STEP: u64 = 200;

impl Directory {
    /// Derives today's assessments of an organization from these facts and its evidence, and keeps them for filters.
    pub(super) async fn keep_assessments(
        &self,
        tx: &WriteTx,
        organization: &Organization,
        facts: &OwnershipFacts,
    ) -> Outcome<()> {
        let records = store::ownership::evidence_of(&**tx, &[organization.id]).await?.remove(&organization.id);
        let evidence: Vec<Evidence> = records.unwrap_or_default().into_iter().map(|record| record.evidence).collect();
        let today = self.services.clock.today();
        let subject = organization.subject();
        let assessments: Vec<Assessment> = Definition::ALL
            .iter()
            .map(|definition| assess(&self.rules, *definition, subject, facts, &evidence, today))
            .collect();
        Ok(store::ownership::replace_assessments(tx, organization.id, &assessments).await?)
    }

    /// The facts last declared, within a transaction.
    pub(super) async fn facts_in(&self, tx: &WriteTx, organization: OrganizationId) -> Result<OwnershipFacts, Fault> {
        let last = store::ownership::last_declaration(tx, organization).await?;
        Ok(last.map(|declaration| declaration.facts).unwrap_or_default())
    }

    /// Assesses every organization anew where other rules are in force today than those the read model was made by.
    /// Call with the startup lock held.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn refresh_assessments(&self) -> Outcome<()> {
        let db = &self.services.db;
        let today = self.services.clock.today();
        let mut hasher = Sha256::new();
        for definition in Definition::ALL {
            hasher.update(definition.as_str());
            let in_force = self.rules.in_force(*definition, today);
            hasher.update(in_force.map_or(String::new(), |rules| format!("{rules:?}")));
        }
        let digest = hex::encode(hasher.finalize());
        if store::places::digest(db, RULES).await?.as_ref() == Some(&digest) {
            return Ok(());
        }
        let mut assessed = 0;
        let mut after = None;
        loop {
            let ids = store::organizations::ids_after(db, after, STEP).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let tx = db.begin().await?;
            for id in &ids {
                let Some(organization) = store::organizations::lock(&tx, *id).await? else { continue };
                let facts = self.facts_in(&tx, *id).await?;
                self.keep_assessments(&tx, &organization, &facts).await?;
                assessed += 1;
            }
            tx.commit().await?;
        }
        let tx = db.begin().await?;
        store::places::note_digest(&tx, RULES, &digest, self.services.now()).await?;
        tx.commit().await?;
        tracing::info!(assessed, "ownership assessed by the rules in force");
        Ok(())
    }

    /// Today's assessments of each organization, for search. A definition that is not among them is UNKNOWN.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn stored_assessments(
        &self,
        organizations: &[OrganizationId],
    ) -> Outcome<std::collections::HashMap<OrganizationId, Vec<StoredAssessment>>> {
        Ok(store::ownership::assessments_of(&self.services.db, organizations).await?)
    }
}
