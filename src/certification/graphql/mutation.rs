//! Writing: a holder hands in, a verifier decides.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{Certificate, certification};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    certification::{CertificateDraft, CertificateId, DecideCertificate, Decision, MemberDraft, SubmitCertificate},
    documents::graphql::document_ids,
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        graphql::{Date, Decimal, MoneyInput, QuantityInput, read_id, read_ids},
    },
    payload,
};

/// A producer of a group that is certified together.
#[derive(Debug, Clone, InputObject)]
pub struct GroupMemberInput {
    /// What the group calls her by, at most 50 signs.
    pub member_code: String,
    /// Her phone, or the number that she is registered by. Kept as a digest only, to tell that she is in two groups.
    pub identifier: String,
    /// What she farms, in hectares, with at most three decimals.
    pub hectares: Decimal,
    /// What she earns a year with what is certified; needed where she farms more than the scheme's limit.
    pub annual_turnover: Option<MoneyInput>,
}

/// A certificate to be looked at.
#[derive(Debug, Clone, InputObject)]
pub struct SubmitCertificateInput {
    /// Who holds it.
    pub organization_id: ID,
    /// The scheme, by code.
    pub scheme_code: String,
    /// The number that its issuer gave it, at most 100 signs.
    pub number: String,
    /// Who issued it.
    pub issuer_name: String,
    /// Its first day.
    pub valid_from: Date,
    /// Its last day.
    pub valid_until: Date,
    /// The products that it names, by code, at most 100; needed where the scheme certifies products.
    pub product_codes: Option<Vec<String>>,
    /// The sites that it names, at most 100.
    pub site_names: Option<Vec<String>>,
    /// The organizations that it covers beside its holder, at most 100.
    pub covered_organization_ids: Option<Vec<ID>>,
    /// What may be sold under it, as a mass (`KGM`, `TNE`).
    pub volume_limit: Option<QuantityInput>,
    /// The producers whom it certifies as a group.
    pub group_members: Option<Vec<GroupMemberInput>>,
    /// The documents that show it, at most 10: uploaded for the holder, and ready.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SubmitCertificateInput {
    fn read(self) -> Outcome<SubmitCertificate> {
        let mut wrong = Rejections::default();
        let holder = wrong.take(read_id(&self.organization_id, OrganizationId::PREFIX, ["input", "organizationId"]));
        let covered = self.covered_organization_ids.unwrap_or_default();
        let covered = read_ids(&covered, OrganizationId::PREFIX, "coveredOrganizationIds", &mut wrong);
        let volume_limit = self.volume_limit.map(|limit| limit.read(&["input", "volumeLimit"])).transpose();
        let volume_limit = wrong.take(volume_limit).flatten();
        let members = self.group_members.unwrap_or_default().into_iter().enumerate().filter_map(|(index, member)| {
            let index = index.to_string();
            let path = ["input", "groupMembers", index.as_str(), "annualTurnover"];
            let turnover = wrong.take(member.annual_turnover.map(|turnover| turnover.read(&path)).transpose())?;
            Some(MemberDraft {
                code: member.member_code,
                identifier: member.identifier,
                hectares: member.hectares.0,
                turnover,
            })
        });
        let members: Vec<MemberDraft> = members.collect();
        let documents = document_ids(self.document_ids, &mut wrong);
        wrong.finish()?;
        // It is there, or the collector would not have let us pass.
        let holder = holder.ok_or_else(|| UserError::new(ErrorCode::Required, ["input", "organizationId"]))?;
        let draft = CertificateDraft {
            holder,
            covered,
            scheme: self.scheme_code,
            number: self.number,
            issuer_name: self.issuer_name,
            valid_from: self.valid_from.0,
            valid_until: self.valid_until.0,
            products: self.product_codes.unwrap_or_default(),
            sites: self.site_names.unwrap_or_default(),
            volume_limit,
            members,
        };
        Ok(SubmitCertificate { draft, documents, idempotency_key: self.idempotency_key })
    }
}

/// Declares the input of a decision that needs no more than its reason: needed where it takes something away.
macro_rules! decision_input {
    ($(#[$doc:meta])* $name:ident, $decision:expr, $reason:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            /// Which certificate.
            pub certificate_id: ID,
            /// Why, for the holder to read; at most 1,000 signs.
            pub reason: $reason,
            /// Refuses the decision if the certificate is no longer at this version.
            pub expected_version: Option<i64>,
            /// Repeating the mutation with the same key and input gives the first result and changes nothing.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            fn read(self) -> Outcome<DecideCertificate> {
                Ok(DecideCertificate {
                    certificate: certificate_id(&self.certificate_id)?,
                    decision: $decision,
                    reason: self.reason.into(),
                    effective_from: None,
                    retroactive: false,
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                })
            }
        }
    };
}

decision_input! {
    /// Which certificate was found genuine.
    VerifyCertificateInput, Decision::Verify, Option<String>
}
decision_input! {
    /// Which certificate is refused.
    RejectCertificateInput, Decision::Reject, String
}
decision_input! {
    /// Which certificate is without force until further notice.
    SuspendCertificateInput, Decision::Suspend, String
}
decision_input! {
    /// Which certificate is in force again.
    ReinstateCertificateInput, Decision::Reinstate, Option<String>
}

/// Which certificate is without force for good, and from which day on.
#[derive(Debug, Clone, InputObject)]
pub struct RevokeCertificateInput {
    /// Which certificate.
    pub certificate_id: ID,
    /// The first day without force: not before its own first day, and today or later unless it is `retroactive`.
    pub effective_from: Date,
    /// Whether it may begin in the past. What was claimed on those days is then no longer covered.
    #[graphql(default)]
    pub retroactive: bool,
    /// Why, for everybody to read; at most 1,000 signs.
    pub reason: String,
    /// Refuses the decision if the certificate is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl RevokeCertificateInput {
    fn read(self) -> Outcome<DecideCertificate> {
        Ok(DecideCertificate {
            certificate: certificate_id(&self.certificate_id)?,
            decision: Decision::Revoke,
            reason: Some(self.reason),
            effective_from: Some(self.effective_from.0),
            retroactive: self.retroactive,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which certificate a verifier takes to look at.
#[derive(Debug, Clone, InputObject)]
pub struct ClaimCertificateInput {
    /// Which certificate.
    pub certificate_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// Which certificate a verifier gives back.
#[derive(Debug, Clone, InputObject)]
pub struct ReleaseCertificateInput {
    /// Which certificate.
    pub certificate_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

fn certificate_id(id: &ID) -> Outcome<CertificateId> {
    Ok(read_id(id, CertificateId::PREFIX, ["input", "certificateId"])?)
}

payload! {
    /// What the mutations of certificates give back.
    CertificatePayload {
        /// The certificate as it stands now; null when the mutation was refused.
        certificate: Certificate,
    }
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct CertificationMutation;

#[Object]
impl CertificationMutation {
    /// Hands in a certificate of an organization, for a verifier to look at. Until it is found genuine it claims nothing.
    async fn submit_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The certificate.")] input: SubmitCertificateInput,
    ) -> Result<CertificatePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(certification(ctx)?.submit_certificate(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        CertificatePayload::from_outcome(ctx, outcome.map(Certificate))
    }

    /// Takes a certificate that waits, so that no other verifier looks at it, for four hours.
    async fn claim_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate.")] input: ClaimCertificateInput,
    ) -> Result<CertificatePayload> {
        let outcome = match certificate_id(&input.certificate_id) {
            Ok(id) => {
                Box::pin(certification(ctx)?.claim_certificate(actor(ctx), id, input.idempotency_key.as_deref())).await
            }
            Err(failure) => Err(failure),
        };
        CertificatePayload::from_outcome(ctx, outcome.map(Certificate))
    }

    /// Gives a certificate back that the verifier had taken.
    async fn release_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate.")] input: ReleaseCertificateInput,
    ) -> Result<CertificatePayload> {
        let outcome = match certificate_id(&input.certificate_id) {
            Ok(id) => {
                Box::pin(certification(ctx)?.release_certificate(actor(ctx), id, input.idempotency_key.as_deref()))
                    .await
            }
            Err(failure) => Err(failure),
        };
        CertificatePayload::from_outcome(ctx, outcome.map(Certificate))
    }

    /// Finds a certificate genuine. Claims follow within a second. Not for whoever belongs to an organization that it covers.
    async fn verify_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate.")] input: VerifyCertificateInput,
    ) -> Result<CertificatePayload> {
        decide(ctx, input.read()).await
    }

    /// Refuses a certificate for good; its holder may hand it in anew.
    async fn reject_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate, and why.")] input: RejectCertificateInput,
    ) -> Result<CertificatePayload> {
        decide(ctx, input.read()).await
    }

    /// Takes a certificate's force away from today until further notice.
    async fn suspend_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate, and why.")] input: SuspendCertificateInput,
    ) -> Result<CertificatePayload> {
        decide(ctx, input.read()).await
    }

    /// Gives a suspended certificate its force back from today.
    async fn reinstate_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate.")] input: ReinstateCertificateInput,
    ) -> Result<CertificatePayload> {
        decide(ctx, input.read()).await
    }

    /// Takes a certificate's force away for good, from a day on that may lie in the past or be to come.
    async fn revoke_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which certificate, from when, and why.")] input: RevokeCertificateInput,
    ) -> Result<CertificatePayload> {
        decide(ctx, input.read()).await
    }
}

async fn decide(ctx: &Context<'_>, command: Outcome<DecideCertificate>) -> Result<CertificatePayload> {
    let outcome = match command {
        Ok(command) => Box::pin(certification(ctx)?.decide_certificate(actor(ctx), command)).await,
        Err(failure) => Err(failure),
    };
    CertificatePayload::from_outcome(ctx, outcome.map(Certificate))
}
