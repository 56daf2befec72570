//! Evidence of who owns and leads an organization, on the wire: handed in, looked at, settled.

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::{
    EvidenceLevel, EvidenceVerdict, Loaders, Organization, OwnershipFact, directory,
    ownership::{DeclaredFact, value_text},
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    connection,
    directory::{
        self, EvidenceId, ReviewOwnershipEvidence, SubmitOwnershipEvidence,
        evidence::{WAITING, evidence_key},
        model::ownership::Fact,
    },
    documents::{
        DocumentId,
        graphql::{self as documents, Document},
    },
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        graphql::{Date, failure, list_complexity, locale, page_args, page_complexity, read_id, wants_total_count},
        page::encode_cursor,
    },
    payload,
};

connection! {
    /// A page of evidence.
    OwnershipEvidenceConnection, OwnershipEvidenceEdge, OwnershipEvidence
}

/// A piece of evidence.
#[derive(Debug, Clone)]
pub struct OwnershipEvidence(pub directory::EvidenceRecord);

/// A piece of evidence for declared facts. It covers the values it attests: a later declaration of another value stands
/// on its own.
#[Object]
impl OwnershipEvidence {
    /// Identifies the evidence.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The facts it attests, each with the value it attests.
    #[graphql(complexity = "list_complexity(12, child_complexity)")]
    async fn facts(&self, ctx: &Context<'_>) -> Vec<DeclaredFact> {
        let language = locale(ctx);
        let attested = self.0.evidence.facts.iter();
        attested
            .map(|(fact, value)| DeclaredFact { fact: (*fact).into(), value: value_text(*value, language) })
            .collect()
    }

    /// The level it gives today; null where it expired or was rejected.
    async fn level(&self, ctx: &Context<'_>) -> Result<Option<EvidenceLevel>> {
        Ok(self.0.evidence.level_on(directory(ctx)?.today()).map(EvidenceLevel::from))
    }

    /// Who issued it.
    fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// The first day it holds for; null is from the beginning.
    fn valid_from(&self) -> Option<Date> {
        self.0.evidence.valid_from.map(Date)
    }

    /// The last day it holds for; null is without end.
    fn valid_until(&self) -> Option<Date> {
        self.0.evidence.valid_until.map(Date)
    }

    /// When it was submitted.
    fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }

    /// The verdict that settled the matter last; null while it waits.
    fn verdict(&self) -> Option<EvidenceVerdict> {
        self.0.decision().map(|decision| decision.verdict.into())
    }

    /// Why that verdict is what it is.
    fn reason(&self) -> Option<&str> {
        self.0.decision()?.reason.as_deref()
    }

    /// When it was settled.
    fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.0.decision().map(|decision| decision.reviewed_at)
    }

    /// Everything that verifiers found, the first one first. Who they are stands in the audit trail.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn reviews(&self) -> Vec<OwnershipReview> {
        let turn = |review: &directory::model::review::Review| OwnershipReview {
            verdict: review.verdict.into(),
            reason: review.reason.clone(),
            decides: review.decides,
            reviewed_at: review.reviewed_at,
        };
        self.0.reviews.iter().map(turn).collect()
    }

    /// The document that was handed in with it; null where there is none that the caller may see.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<Document>> {
        let id = self.0.document?;
        documents::Loaders::document(ctx, id).await.transpose()
    }

    /// Until when a verifier is looking at it; null while nobody is.
    async fn claimed_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let now = directory(ctx)?.now();
        Ok(self.0.claimed.map(|(_, until)| until).filter(|until| *until > now))
    }

    /// The organization whose facts it attests.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        Loaders::organization(ctx, self.0.organization).await.transpose()
    }
}

/// What a verifier found in a piece of evidence.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub struct OwnershipReview {
    /// Whether it supports the facts.
    pub verdict: EvidenceVerdict,
    /// Why; null where nothing had to be said.
    pub reason: Option<String>,
    /// Whether it settled the matter, alone or as the last one needed.
    pub decides: bool,
    /// When she gave it.
    pub reviewed_at: DateTime<Utc>,
}

/// What attests which facts.
#[derive(Debug, Clone, InputObject)]
pub struct SubmitOwnershipEvidenceInput {
    /// Whose facts.
    pub organization_id: ID,
    /// Which of its declared facts. The evidence attests the values that are declared now.
    pub facts: Vec<OwnershipFact>,
    /// The document that attests them. Without one, `issuer` says who can be asked.
    pub document_id: Option<ID>,
    /// Who issued it, or can be asked.
    pub issuer: Option<String>,
    /// The first day it holds for; from the beginning where it is left out.
    pub valid_from: Option<Date>,
    /// The last day it holds for, today or later; without end where it is left out.
    pub valid_until: Option<Date>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SubmitOwnershipEvidenceInput {
    fn read(self) -> Outcome<SubmitOwnershipEvidence> {
        let mut wrong = Rejections::default();
        let path = ["input", "organizationId"];
        let organization =
            wrong.take(read_id::<OrganizationId, _>(&self.organization_id, OrganizationId::PREFIX, &path));
        let path_of_document = ["input", "documentId"];
        let document =
            self.document_id.map(|given| read_id::<DocumentId, _>(&given, DocumentId::PREFIX, &path_of_document));
        let document = wrong.take(document.transpose()).flatten();
        wrong.finish()?;
        // It is there, or the collector would not have let us pass.
        let organization = organization.ok_or_else(|| UserError::new(ErrorCode::Required, path))?;
        Ok(SubmitOwnershipEvidence {
            organization,
            facts: self.facts.into_iter().map(Fact::from).collect(),
            document,
            issuer: self.issuer,
            valid_from: self.valid_from.map(|day| day.0),
            valid_until: self.valid_until.map(|day| day.0),
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What a verifier found in which evidence.
#[derive(Debug, Clone, InputObject)]
pub struct ReviewOwnershipEvidenceInput {
    /// In which evidence.
    pub evidence_id: ID,
    /// Whether it supports the facts.
    pub verdict: EvidenceVerdict,
    /// Why, for the organization to read; needed for a refusal; at most 1,000 signs.
    pub reason: Option<String>,
    /// Whether a body outside the marketplace certifies the facts: then they reach `THIRD_PARTY_CERTIFIED`.
    #[graphql(default)]
    pub third_party_certified: bool,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReviewOwnershipEvidenceInput {
    fn read(self) -> Outcome<ReviewOwnershipEvidence> {
        Ok(ReviewOwnershipEvidence {
            evidence: evidence_id(&self.evidence_id)?,
            verdict: self.verdict.into(),
            reason: self.reason,
            third_party: self.third_party_certified,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which evidence a verifier takes to look at.
#[derive(Debug, Clone, InputObject)]
pub struct ClaimOwnershipEvidenceInput {
    /// Which evidence.
    pub evidence_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Which evidence a verifier gives back.
#[derive(Debug, Clone, InputObject)]
pub struct ReleaseOwnershipEvidenceInput {
    /// Which evidence.
    pub evidence_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

fn evidence_id(given: &ID) -> Outcome<EvidenceId> {
    Ok(read_id(given, EvidenceId::PREFIX, ["input", "evidenceId"])?)
}

payload! {
    /// What the mutations of ownership evidence give back.
    OwnershipEvidencePayload {
        /// The evidence as it stands now; null when the mutation was refused.
        ownership_evidence: OwnershipEvidence,
    }
}

/// Handing in evidence, and looking at it.
#[derive(Debug, Default, Clone, Copy)]
pub struct EvidenceMutation;

#[Object]
impl EvidenceMutation {
    /// Hands in what attests declared facts of an organization. Owners, managers and agents may. It counts as submitted until
    /// verifiers have settled the matter.
    async fn submit_ownership_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What attests which facts.")] input: SubmitOwnershipEvidenceInput,
    ) -> Result<OwnershipEvidencePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(directory(ctx)?.submit_ownership_evidence(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        OwnershipEvidencePayload::from_outcome(ctx, outcome.map(OwnershipEvidence))
    }

    /// Takes evidence that waits, so that no other verifier looks at it, for four hours.
    async fn claim_ownership_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which evidence.")] input: ClaimOwnershipEvidenceInput,
    ) -> Result<OwnershipEvidencePayload> {
        let outcome = match evidence_id(&input.evidence_id) {
            Ok(id) => {
                Box::pin(directory(ctx)?.claim_ownership_evidence(actor(ctx), id, input.idempotency_key.as_deref()))
                    .await
            }
            Err(failure) => Err(failure),
        };
        OwnershipEvidencePayload::from_outcome(ctx, outcome.map(OwnershipEvidence))
    }

    /// Gives evidence back that the verifier had taken.
    async fn release_ownership_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which evidence.")] input: ReleaseOwnershipEvidenceInput,
    ) -> Result<OwnershipEvidencePayload> {
        let outcome = match evidence_id(&input.evidence_id) {
            Ok(id) => {
                Box::pin(directory(ctx)?.release_ownership_evidence(actor(ctx), id, input.idempotency_key.as_deref()))
                    .await
            }
            Err(failure) => Err(failure),
        };
        OwnershipEvidencePayload::from_outcome(ctx, outcome.map(OwnershipEvidence))
    }

    /// Says what a verifier found. Where two verifiers are asked for, the first acceptance settles nothing yet; one refusal
    /// always does, also of what was accepted before. Not for whoever belongs to the organization or handed it in.
    async fn review_ownership_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was found in which evidence.")] input: ReviewOwnershipEvidenceInput,
    ) -> Result<OwnershipEvidencePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(directory(ctx)?.review_ownership_evidence(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        OwnershipEvidencePayload::from_outcome(ctx, outcome.map(OwnershipEvidence))
    }
}

/// Reading evidence that waits.
#[derive(Debug, Default, Clone, Copy)]
pub struct EvidenceQuery;

#[Object]
impl EvidenceQuery {
    /// The evidence that waits for a verifier, the longest waiting first; for those who review.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn ownership_review_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only what no verifier has taken and what the caller has given no verdict on; all where it is left out."
        )]
        unclaimed: Option<bool>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<OwnershipEvidenceConnection> {
        let args = page_args(first, after, last, before);
        let unclaimed = unclaimed.unwrap_or_default();
        let page = directory(ctx)?.waiting_evidence(actor(ctx), unclaimed, &args, wants_total_count(ctx));
        let (slice, total) = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        let edge =
            |row: directory::EvidenceRecord| (encode_cursor(WAITING, &evidence_key(&row)), OwnershipEvidence(row));
        Ok(OwnershipEvidenceConnection::new(slice, edge, total))
    }
}
