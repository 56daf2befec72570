//! An organization hands in what attests its declared facts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::{
    Directory, EvidenceId, EvidenceRecord,
    audit::{self, Change},
    model::ownership::{Evidence, EvidenceLevel, Fact, FactValue, OwnershipFacts},
    store,
    verified::Because,
    visibility::authorize,
};
use crate::{
    accounts::{Actor, OrganizationId, policy::Action},
    documents::{self, DocumentId},
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
        text::TextRule,
    },
};

/// Pieces of evidence of an organization that may wait at the same time.
const WAITING_MAX: u64 = 20;

/// What attests which facts.
#[derive(Debug, Clone, Serialize)]
pub struct SubmitOwnershipEvidence {
    /// Whose facts.
    pub organization: OrganizationId,
    /// The facts, with the values that are declared now.
    pub facts: Vec<Fact>,
    /// The document that attests them.
    pub document: Option<DocumentId>,
    /// Who issued it, or can be asked.
    pub issuer: Option<String>,
    /// The first day it holds for; from the beginning where there is none.
    pub valid_from: Option<NaiveDate>,
    /// The last day it holds for; without end where there is none.
    pub valid_until: Option<NaiveDate>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Directory {
    /// Hands in evidence for facts as they are declared now; it counts as submitted until a verifier has looked at it.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, [`ErrorCode::FactNotDeclared`], [`ErrorCode::LimitReached`], and everything that is wrong with
    /// the input.
    pub async fn submit_ownership_evidence(
        &self,
        actor: &Actor,
        command: SubmitOwnershipEvidence,
    ) -> Outcome<EvidenceRecord> {
        let submitted_by = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "submitOwnershipEvidence", &command, now).await?;
        let locked = store::organizations::lock(&tx, command.organization).await?;
        let organization = authorize(actor, Action::SubmitOwnershipEvidence, locked)?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                let found = store::evidence::lock(&tx, EvidenceId::from_uuid(id)).await?;
                return found.ok_or_else(|| Failure::code(ErrorCode::NotFound));
            }
        };
        let declared = self.facts_in(&tx, organization.id).await?;
        let (facts, issuer) = self.check(&command, &declared)?;
        if store::evidence::count_waiting_of(&tx, organization.id).await? >= WAITING_MAX {
            return Err(UserError::new(ErrorCode::LimitReached, ["input"]).with("maximum", WAITING_MAX).into());
        }
        if let Some(document) = command.document {
            let ready =
                self.knows.documents.require_ready(&tx, organization.id, &[document], &["input", "documentId"]).await;
            ready.map_err(at_the_one_document)?;
        }
        let record = EvidenceRecord {
            id: EvidenceId::from_uuid(self.knows.services.ids.next_uuid()),
            organization: organization.id,
            evidence: Evidence {
                facts,
                level: EvidenceLevel::DocumentVerified,
                valid_from: command.valid_from,
                valid_until: command.valid_until,
                documented: command.document.is_some(),
                submitted_on: now.date_naive(),
                verdicts: Vec::new(),
            },
            issuer,
            document: command.document,
            submitted_by,
            submitted_at: now,
            reviews: Vec::new(),
            claimed: None,
        };
        store::evidence::insert(&tx, &record).await?;
        documents::attach(&tx, command.document.as_slice(), EvidenceId::PREFIX, record.id.uuid()).await?;
        self.keep_assessments(&tx, &organization, &declared, Because::Deed).await?;
        let change = Change {
            action: "ownership_evidence.submit",
            before: None,
            after: Some(json!({
                "evidence": record.id,
                "facts": record.evidence.facts,
                "issuer": record.issuer,
                "document": command.document,
                "valid_from": record.evidence.valid_from,
                "valid_until": record.evidence.valid_until,
            })),
        };
        audit::append(&tx, actor, organization.id, now, change).await?;
        outbox::announce(&tx, Topic::Organization, organization.id.uuid(), now);
        claim.finish(&tx, record.id.uuid()).await?;
        tx.commit().await?;
        Ok(record)
    }

    fn check(
        &self,
        command: &SubmitOwnershipEvidence,
        declared: &OwnershipFacts,
    ) -> Outcome<(BTreeMap<Fact, FactValue>, Option<String>)> {
        let mut wrong = Rejections::default();
        if command.facts.is_empty() {
            wrong.push(UserError::new(ErrorCode::Required, ["input", "facts"]));
        }
        let mut facts = BTreeMap::new();
        for (index, fact) in command.facts.iter().enumerate() {
            match declared.get(*fact) {
                Some(value) => _ = facts.insert(*fact, value),
                None => {
                    let path = ["input".to_owned(), "facts".to_owned(), index.to_string()];
                    wrong.push(UserError::new(ErrorCode::FactNotDeclared, path).with("fact", fact));
                }
            }
        }
        let issuer = command.issuer.as_deref().map(|issuer| TextRule::NAME.check(issuer, ["input", "issuer"]));
        let issuer = wrong.take(issuer.transpose()).flatten();
        if command.document.is_none() && command.issuer.is_none() {
            wrong.push(UserError::new(ErrorCode::Required, ["input", "documentId"]));
        }
        let today = self.today();
        match (command.valid_from, command.valid_until) {
            (Some(from), Some(until)) if until < from => {
                wrong.push(UserError::new(ErrorCode::InvalidPeriod, ["input", "validUntil"]));
            }
            (_, Some(until)) if until < today => {
                let error = UserError::new(ErrorCode::OutOfRange, ["input", "validUntil"]);
                wrong.push(error.with("minimum", today).with("maximum", NaiveDate::MAX));
            }
            (_, Some(_) | None) => {}
        }
        wrong.finish()?;
        Ok((facts, issuer))
    }
}

/// There is one document, so nobody needs to be told which of them.
fn at_the_one_document(failure: Failure) -> Failure {
    let Failure::Rejected(mut errors) = failure else { return failure };
    for error in &mut errors {
        error.path.truncate(2);
    }
    Failure::Rejected(errors)
}
