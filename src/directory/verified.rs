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
        CredentialKind, CredentialStatus,
        model::{
            conformity::{Holder, Registration, last_instant},
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

/// Why an organization is assessed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Because {
    /// Something was declared or handed in.
    Deed,
    /// A verifier settled something: what is verified may hold longer than it did.
    Review,
    /// A day passed, or other rules are in force: what ran out by itself needs not be taken back.
    Day,
}

/// What the assessments of an organization were, are, and rest on.
pub(super) struct Assessed<'a> {
    pub(super) organization: &'a Organization,
    pub(super) before: &'a [StoredAssessment],
    pub(super) now: &'a [Assessment],
    pub(super) facts: &'a OwnershipFacts,
    pub(super) evidence: &'a [Evidence],
    /// Why they are assessed anew.
    pub(super) because: Because,
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
                (before, Some(now)) => {
                    let until = self.verified_until(assessed, assessment);
                    if before != Some(now) || self.ends_otherwise(tx, assessed, assessment, until).await? {
                        self.issue(tx, assessed, assessment, (now, until)).await?;
                    }
                }
                (Some(_), None) if assessed.because != Because::Day => {
                    let (subject, at) = (assessed.organization.id.uuid(), self.knows.services.now());
                    let kind = assessment.definition.credential_subject();
                    self.knows
                        .credentials
                        .set_status(tx, kind, subject, CredentialStatus::Revoked, at, NO_LONGER)
                        .await?;
                }
                (Some(_) | None, None) => {}
            }
        }
        Ok(())
    }

    /// The last day for which what is verified today is verified by what is known now, a year from now at most.
    fn verified_until(&self, assessed: &Assessed<'_>, assessment: &Assessment) -> NaiveDate {
        let (definition, today) = (assessment.definition, assessment.as_of);
        let last = today.checked_add_days(HOLDS_AT_MOST).unwrap_or(today);
        let subject = assessed.organization.subject();
        verified_until(&self.knows.rules, definition, subject, assessed.facts, assessed.evidence, today..=last)
    }

    /// Whether the credential of what was verified before says another end than what is known now. It is made longer only where
    /// a verifier has looked: that another year passes is nothing new.
    async fn ends_otherwise(
        &self,
        tx: &WriteTx,
        assessed: &Assessed<'_>,
        assessment: &Assessment,
        until: NaiveDate,
    ) -> Outcome<bool> {
        let (kind, subject) = (assessment.definition.credential_subject(), assessed.organization.id.uuid());
        let stands =
            self.knows.credentials.stands_until(tx, CredentialKind::OwnershipVerification, kind, subject).await?;
        let until = last_instant(until);
        Ok(match assessed.because {
            Because::Day => false,
            Because::Deed => stands.is_some_and(|stands| stands > until),
            Because::Review => stands != Some(until),
        })
    }

    async fn issue(
        &self,
        tx: &WriteTx,
        assessed: &Assessed<'_>,
        assessment: &Assessment,
        (level, valid_until): (EvidenceLevel, NaiveDate),
    ) -> Outcome<()> {
        let (definition, today) = (assessment.definition, assessment.as_of);
        let Some(rules) = self.knows.rules.in_force(definition, today) else { return Ok(()) };
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
        self.knows.credentials.issue(tx, credential::draft(self.knows.credentials.issuer(), &statement)).await?;
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
