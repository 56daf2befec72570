//! Declaring who owns and leads an organization.

use serde::Serialize;
use serde_json::json;

use super::{
    Directory,
    audit::{self, Change},
    model::{
        declaration::{Declaration, DeclarationId, FactChanges, fact_error},
        organization::Organization,
        ownership::{FactProblem, OwnershipFacts},
        profile::check_form,
    },
    store,
    update_organization::check_version,
    verified::Because,
    visibility::authorize,
};
use crate::accounts::{Actor, OrganizationId, policy::Action};
use crate::kernel::{
    Failure, Outcome, Rejections,
    idempotency::{self, Claimed},
    outbox::{self, Topic},
};

/// Whose facts, and which.
#[derive(Debug, Clone, Serialize)]
pub struct DeclareOwnership {
    /// The organization.
    pub organization: OrganizationId,
    /// The facts. What is not mentioned stays as it was last declared.
    pub changes: FactChanges,
    /// The last declaration that the caller has read, by its sequence; 0 where there was none.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Directory {
    /// Appends a declaration and derives today's assessments from it. Declaring what stands already adds nothing.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, and facts that cannot be true together or do not fit the legal
    /// form.
    pub async fn declare_ownership(&self, actor: &Actor, command: DeclareOwnership) -> Outcome<Organization> {
        let declared_by = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = idempotency::claim(&tx, scope, key, "declareOwnership", &command, now).await?;
        let locked = store::organizations::lock(&tx, command.organization).await?;
        let organization = authorize(actor, Action::DeclareOwnership, locked)?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(organization),
        };
        let last = store::ownership::last_declaration(&tx, organization.id).await?;
        check_version(command.expected_version, last.as_ref().map_or(0, |declaration| declaration.sequence))?;
        let facts_before = last.as_ref().map(|declaration| declaration.facts).unwrap_or_default();
        let facts = command.changes.clone().over(&facts_before);
        check_facts(&organization, &facts)?;
        if last.is_some() && facts == facts_before {
            claim.finish(&tx, organization.id.uuid()).await?;
            tx.commit().await?;
            return Ok(organization);
        }
        let declaration = Declaration {
            id: DeclarationId::from_uuid(self.knows.services.ids.next_uuid()),
            organization: organization.id,
            sequence: last.as_ref().map_or(1, |declaration| declaration.sequence + 1),
            facts,
            declared_by,
            declared_at: now,
        };
        store::ownership::append(&tx, &declaration).await?;
        self.keep_assessments(&tx, &organization, &facts, Because::Deed).await?;
        let change = Change {
            action: "organization.declare_ownership",
            before: last.map(|declaration| json!({ "sequence": declaration.sequence, "facts": declaration.facts })),
            after: Some(json!({ "sequence": declaration.sequence, "facts": declaration.facts })),
        };
        audit::append(&tx, actor, organization.id, now, change).await?;
        outbox::announce(&tx, Topic::Organization, organization.id.uuid(), now);
        claim.finish(&tx, organization.id.uuid()).await?;
        tx.commit().await?;
        Ok(organization)
    }
}

fn check_facts(organization: &Organization, facts: &OwnershipFacts) -> Result<(), Failure> {
    let mut rejections = Rejections::default();
    for problem in facts.problems() {
        rejections.push(fact_error(problem));
    }
    if organization.subject().boardless && facts.claims_board() {
        rejections.push(fact_error(FactProblem::BoardShareWithoutBoard));
    }
    rejections.take(check_form(organization.kind, organization.legal_form, facts.total_members));
    rejections.finish()
}
