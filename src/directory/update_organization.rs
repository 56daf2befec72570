//! Changing what an organization says about itself.

use serde::Serialize;

use super::{
    Directory,
    audit::{self, Change as AuditChange},
    model::{
        declaration::fact_error,
        legal_form::LegalForm,
        organization::Organization,
        ownership::{FactProblem, OwnershipFacts},
        place::{Place, Point},
        profile::{
            STALL, TypedRegistration, check_form, check_languages, check_location, check_place, check_registrations,
        },
        registration::Registration,
    },
    store,
    verified::Because,
    visibility::authorize,
};
use crate::accounts::{Actor, EmailAddress, OrganizationId, Phone, policy::Action};
use crate::kernel::{
    ErrorCode, Outcome, Rejections, UserError,
    change::Change,
    clock::Timestamp,
    idempotency::{self, Claimed},
    locale::Locale,
    outbox::{self, Topic},
    text::TextRule,
};

/// Which organization, and what about it. What is not mentioned stays.
#[derive(Debug, Clone, Serialize)]
pub struct UpdateOrganization {
    /// The organization.
    pub organization: OrganizationId,
    /// Another name.
    pub name: Option<String>,
    /// Another legal form.
    pub legal_form: Change<LegalForm>,
    /// What it says about itself, in one language.
    pub description: Change<String>,
    /// The language of `description`; the organization's own where none is given.
    pub description_language: Option<Locale>,
    /// Another working language.
    pub language: Option<Locale>,
    /// Another place.
    pub place_code: Option<String>,
    /// Where exactly it is.
    pub location: Change<Point>,
    /// The phone number buyers call.
    pub phone: Change<String>,
    /// The e-mail address buyers write to.
    pub email: Change<String>,
    /// The languages spoken there, all of them.
    pub languages: Option<Vec<String>>,
    /// The registrations, all of them.
    pub registrations: Option<Vec<TypedRegistration>>,
    /// The market it sells on.
    pub market_name: Change<String>,
    /// Where on the market.
    pub stall: Change<String>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Directory {
    /// Changes the mentioned fields. A change of nothing makes no new version.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::VersionConflict`], and everything that is wrong
    /// with the input.
    pub async fn update_organization(&self, actor: &Actor, command: UpdateOrganization) -> Outcome<Organization> {
        let seen = store::organizations::by_id(self.knows.services.db.read(), command.organization).await?;
        authorize(actor, Action::UpdateOrganization, seen)?;
        let now = self.knows.services.now();
        let checked = self.check_update(&command, now)?;

        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "updateOrganization", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return self.replayed(&tx, OrganizationId::from_uuid(id)).await,
        };
        let locked = store::organizations::lock(&tx, command.organization).await?;
        let before = authorize(actor, Action::UpdateOrganization, locked)?;
        check_version(command.expected_version, before.version)?;
        let numbers_before = store::registrations::of_one(&tx, before.id).await?;
        let facts = self.facts_in(&tx, before.id).await?;

        let (mut after, numbers) = self.changed(&before, checked, now);
        let numbers = numbers.unwrap_or_else(|| numbers_before.clone());
        check_form_change(&before, &after, &facts)?;
        if after == before && numbers == numbers_before {
            claim.finish(&tx, before.id.uuid()).await?;
            tx.commit().await?;
            return Ok(before);
        }
        if numbers != numbers_before {
            self.refuse_taken(&tx, after.id, &numbers).await?;
            self.keep_registrations(&tx, after.id, &numbers).await?;
        }
        after.version += 1;
        after.updated_at = now;
        store::organizations::update(&tx, &after).await?;
        if after.subject() != before.subject() {
            self.keep_assessments(&tx, &after, &facts, Because::Deed).await?;
        }
        let change = AuditChange {
            action: "organization.update",
            before: Some(audit::record(&before.audit_record(&numbers_before))?),
            after: Some(audit::record(&after.audit_record(&numbers))?),
        };
        audit::append(&tx, actor, after.id, now, change).await?;
        outbox::announce(&tx, Topic::Organization, after.id.uuid(), now);
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    fn check_update(&self, command: &UpdateOrganization, now: Timestamp) -> Outcome<Checked> {
        let command = command.clone();
        let gazetteer = self.gazetteer();
        let mut rejections = Rejections::default();
        let name = command.name.map(|typed| TextRule::NAME.check(&typed, ["input", "name"]));
        let name = name.and_then(|checked| rejections.take(checked));
        let mut text = |rule: TextRule, typed: Change<String>, field: &'static str| {
            rejections.take(typed.try_map(|typed| rule.check(&typed, ["input", field]))).unwrap_or_default()
        };
        let description = text(TextRule::DESCRIPTION, command.description, "description");
        let market_name = text(TextRule::LINE, command.market_name, "marketName");
        let stall = text(STALL, command.stall, "stall");
        let phone =
            command.phone.try_map(|typed| Phone::parse(&typed, ["input", "phone"]).map(|phone| phone.to_string()));
        let phone = rejections.take(phone).unwrap_or_default();
        let email = command
            .email
            .try_map(|typed| EmailAddress::parse(&typed, ["input", "email"]).map(|email| email.to_string()));
        let email = rejections.take(email).unwrap_or_default();
        let place = command
            .place_code
            .map(|typed| check_place(&gazetteer, &typed, now.date_naive(), ["input", "placeCode"]).cloned());
        let place = place.and_then(|found| rejections.take(found));
        let location = command.location.try_map(|point| check_location(point, ["input", "location"]));
        let location = rejections.take(location).unwrap_or_default();
        let languages =
            command.languages.map(|typed| check_languages(&typed, &["input", "languages"], &mut rejections));
        let registrations = command
            .registrations
            .map(|typed| check_registrations(&typed, &["input", "registrations"], &mut rejections));
        rejections.finish()?;
        Ok(Checked {
            name,
            legal_form: command.legal_form,
            description,
            description_language: command.description_language,
            language: command.language,
            place,
            location,
            phone,
            email,
            languages,
            registrations,
            market_name,
            stall,
        })
    }

    /// The organization with its changes, at its old version, and its registrations where they are among them.
    fn changed(
        &self,
        before: &Organization,
        checked: Checked,
        now: Timestamp,
    ) -> (Organization, Option<Vec<Registration>>) {
        let mut after = before.clone();
        after.name = checked.name.unwrap_or(after.name);
        after.language = checked.language.unwrap_or(after.language);
        after.legal_form = checked.legal_form.over(after.legal_form);
        after.location = checked.location.over(after.location);
        after.phone = checked.phone.over(after.phone);
        after.email = checked.email.over(after.email);
        after.market_name = checked.market_name.over(after.market_name);
        after.stall = checked.stall.over(after.stall);
        after.languages = checked.languages.unwrap_or(after.languages);
        let language = checked.description_language.unwrap_or(after.language);
        match checked.description {
            Change::Keep => {}
            Change::Clear => after.descriptions.remove(language),
            Change::Set(text) => after.descriptions.set(language, text),
        }
        if let Some(place) = checked.place {
            let gazetteer = self.gazetteer();
            let today = now.date_naive();
            after.region_code = gazetteer.region_of(&place.code, today).map(|region| region.code.clone());
            after.cercle_code = gazetteer.cercle_of(&place.code, today).map(|cercle| cercle.code.clone());
            after.place_code = place.code;
        }
        (after, checked.registrations)
    }
}

/// The changes, each good by itself.
struct Checked {
    name: Option<String>,
    legal_form: Change<LegalForm>,
    description: Change<String>,
    description_language: Option<Locale>,
    language: Option<Locale>,
    place: Option<Place>,
    location: Change<Point>,
    phone: Change<String>,
    email: Change<String>,
    languages: Option<Vec<String>>,
    registrations: Option<Vec<Registration>>,
    market_name: Change<String>,
    stall: Change<String>,
}

/// A new legal form must fit the kind, and the board and the members last declared. The error stands at the form: it is what changes.
fn check_form_change(before: &Organization, after: &Organization, facts: &OwnershipFacts) -> Result<(), UserError> {
    if after.legal_form == before.legal_form {
        return Ok(());
    }
    let board = after.subject().boardless && facts.claims_board();
    let fits = if board { Err(fact_error(FactProblem::BoardShareWithoutBoard)) } else { Ok(()) };
    fits.and_then(|()| check_form(after.kind, after.legal_form, facts.total_members))
        .map_err(|error| UserError { path: vec!["input".to_owned(), "legalForm".to_owned()], ..error })
}

/// Refuses a change that was decided on an older version.
pub(super) fn check_version(expected: Option<i64>, current: i64) -> Result<(), UserError> {
    match expected {
        Some(expected) if expected != current => {
            Err(UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]).with("current", current))
        }
        Some(_) | None => Ok(()),
    }
}
