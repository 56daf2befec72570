//! What is decided about a certificate, as a credential that anybody can check: issued when it is found genuine, and told of
//! what becomes of it, in the transaction of the decision.

use super::{
    Certificate, Certification,
    model::{
        decision::{Decided, Decision},
        scheme::Scheme,
    },
};
use crate::{
    accounts::OrganizationId,
    credentials::{
        CredentialStatus,
        model::conformity::{
            self, AssessmentLevel, ConformityStatement, ProductFacts, SUBJECT_KIND, SchemeFacts, VolumeLimit,
            first_instant,
        },
    },
    kernel::{Fault, Outcome, db::WriteTx, locale::Locale},
};

/// What the public reads where no reason was given.
const NO_REASON: &str = "";

impl Certification {
    /// Issues the credential of a certificate that was found genuine. To be called before the audit log is written.
    pub(super) async fn issue_credential(&self, tx: &WriteTx, certificate: &Certificate) -> Outcome<()> {
        let Some(scheme) = self.knows.schemes.scheme(&certificate.scheme) else { return Ok(()) };
        let holder = self.knows.directory.holder_in(tx, OrganizationId::from_uuid(certificate.holder)).await?;
        let product = |code: &String| ProductFacts {
            code: code.clone(),
            name: self
                .knows
                .taxonomy
                .product(code)
                .and_then(|product| product.names.best(Locale::Fr))
                .unwrap_or(code)
                .to_owned(),
        };
        let statement = ConformityStatement {
            certificate: certificate.id,
            number: certificate.number.clone(),
            scheme: scheme_facts(scheme)?,
            issuer_name: certificate.issuer_name.clone(),
            // Whether its issuer is accredited is not known here.
            level: AssessmentLevel::Unspecified,
            holder,
            products: certificate.products.iter().map(product).collect(),
            sites: certificate.sites.clone(),
            volume_limit: certificate
                .volume_limit_grams
                .map(|grams| VolumeLimit { thousandths: grams, unit: "KGM".to_owned() }),
            criteria: Vec::new(),
            file: None,
            assessed_on: None,
            valid_from: certificate.valid_from,
            valid_until: certificate.valid_until,
        };
        self.knows.credentials.issue(tx, conformity::draft(self.knows.credentials.issuer(), &statement)).await?;
        Ok(())
    }

    /// Says of the credential what was decided about its certificate. To be called before the audit log is written.
    pub(super) async fn follow_credential(
        &self,
        tx: &WriteTx,
        certificate: &Certificate,
        decision: Decision,
        decided: &Decided,
    ) -> Outcome<()> {
        let status = match decision {
            Decision::Verify => return self.issue_credential(tx, certificate).await,
            // There was none.
            Decision::Reject => return Ok(()),
            Decision::Suspend => CredentialStatus::Suspended,
            Decision::Reinstate => CredentialStatus::Active,
            Decision::Revoke => CredentialStatus::Revoked,
        };
        let today = decided.decided_at.date_naive();
        // What is decided today holds from this moment, not from the morning.
        let effective_at = match decided.effective_from {
            Some(day) if day != today => first_instant(day),
            Some(_) | None => decided.decided_at,
        };
        let reason = decided.reason.as_deref().unwrap_or(NO_REASON);
        self.knows.credentials.set_status(tx, SUBJECT_KIND, certificate.id, status, effective_at, reason).await?;
        Ok(())
    }
}

fn scheme_facts(scheme: &Scheme) -> Result<SchemeFacts, Fault> {
    Ok(SchemeFacts {
        code: scheme.code.clone(),
        name: scheme.names.best(Locale::Fr).unwrap_or(&scheme.code).to_owned(),
        description: None,
        version: None,
        since: None,
        owner: None,
        topic: scheme.topic.parse().map_err(|error| Fault::corrupt("topic of a scheme", error))?,
    })
}
