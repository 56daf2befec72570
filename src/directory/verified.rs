//! Which definitions an organization verifiably satisfies, as credentials that anybody can check: issued when evidence has
//! made an answer more than a word, and taken back when it no longer is.

use chrono::{Days, NaiveDate};

use super::{
    Directory,
    model::{
        organization::Organization,
        ownership::{
            Assessment, Evidence, EvidenceLevel, OwnershipFacts, OwnershipStatus, StoredAssessment, verified_until,
        },
    },
    store,
};
use crate::{
    accounts::OrganizationId,
    credentials::{
        CredentialStatus,
        model::{
            conformity::{Holder, Registration},
            ownership::{self as credential, OwnershipStatement},
        },
    },
    kernel::{
        Failure, Fault, Outcome,
        db::WriteTx,
        error::ErrorCode,
        locale::{Locale, message},
    },
};

/// How long a verification holds at most, whatever the evidence: what women own is asked anew every year.
const HOLDS_AT_MOST: Days = Days::new(365);

/// What is said of a credential whose organization no longer verifiably satisfies the definition.
const NO_LONGER: &str = "the organization no longer verifiably satisfies the definition";

/// What the assessments of an organization were, are, and rest on.
pub(super) struct Assessed<'a> {
    pub(super) organization: &'a Organization,
    pub(super) before: &'a [StoredAssessment],
    pub(super) now: &'a [Assessment],
    pub(super) facts: &'a OwnershipFacts,
    pub(super) evidence: &'a [Evidence],
    /// Whether somebody declared or decided something, rather than that a day passed: what runs out by itself needs not be
    /// taken back.
    pub(super) by_deed: bool,
}

impl Directory {
    /// Issues credentials for what is verified now and was not, or not so well, and takes those back that stand for what no longer
    /// is. To be called before the audit log is written.
    pub(super) async fn follow_credentials(&self, tx: &WriteTx, assessed: &Assessed<'_>) -> Outcome<()> {
        for assessment in assessed.now {
            let before = assessed.before.iter().find(|one| one.definition == assessment.definition);
            let before = before.and_then(|one| level_of(one.status, Some(one.evidence_level)));
            let now = level_of(assessment.status, assessment.evidence_level);
            match (before, now) {
                (before, Some(now)) if before != Some(now) => self.issue(tx, assessed, assessment, now).await?,
                (Some(_), None) if assessed.by_deed => {
                    let (subject, at) = (assessed.organization.id.uuid(), self.services.now());
                    let kind = assessment.definition.credential_subject();
                    self.credentials.set_status(tx, kind, subject, CredentialStatus::Revoked, at, NO_LONGER).await?;
                }
                (Some(_) | None, Some(_) | None) => {}
            }
        }
        Ok(())
    }

    async fn issue(
        &self,
        tx: &WriteTx,
        assessed: &Assessed<'_>,
        assessment: &Assessment,
        level: EvidenceLevel,
    ) -> Outcome<()> {
        let (definition, today) = (assessment.definition, assessment.as_of);
        let Some(rules) = self.rules.in_force(definition, today) else { return Ok(()) };
        let last: NaiveDate = today.checked_add_days(HOLDS_AT_MOST).unwrap_or(today);
        let subject = assessed.organization.subject();
        let valid_until =
            verified_until(&self.rules, definition, subject, assessed.facts, assessed.evidence, today..=last);
        let statement = OwnershipStatement {
            subject_kind: definition.credential_subject(),
            subject_id: assessed.organization.id.uuid(),
            holder: self.holder(tx, assessed.organization).await?,
            definition: definition.as_str().to_owned(),
            definition_name: message(Locale::Fr, definition.name_key(), []),
            source: rules.source.clone(),
            evidence_level: level.as_str().to_owned(),
            assessed_on: today,
            valid_from: today,
            valid_until,
        };
        self.credentials.issue(tx, credential::draft(self.credentials.issuer(), &statement)).await?;
        Ok(())
    }

    /// An organization as credentials name it, within a transaction.
    ///
    /// # Errors
    /// `NotFound`, or that the database cannot answer.
    pub async fn holder_in(&self, tx: &WriteTx, id: OrganizationId) -> Outcome<Holder> {
        let organization = store::organizations::by_id(&**tx, id).await?;
        let organization = organization.ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
        Ok(self.holder(tx, &organization).await?)
    }

    /// With its registrations, but for those that name a person: a credential is for everybody, and for good.
    async fn holder(&self, tx: &WriteTx, organization: &Organization) -> Result<Holder, Fault> {
        let registrations = store::registrations::of_one(tx, organization.id).await?;
        let public = registrations.into_iter().filter(|registration| !registration.scheme.is_personal());
        let named = public.map(|registration| Registration {
            scheme: registration.scheme.as_str().to_owned(),
            value: registration.normalized,
        });
        Ok(Holder { organization: organization.id, name: organization.name.clone(), registrations: named.collect() })
    }
}

/// The level of what is verified; none of what is not, or only said.
fn level_of(status: OwnershipStatus, level: Option<EvidenceLevel>) -> Option<EvidenceLevel> {
    match status {
        OwnershipStatus::Yes => level.filter(|level| *level >= EvidenceLevel::DocumentVerified),
        OwnershipStatus::No | OwnershipStatus::Unknown => None,
    }
}
