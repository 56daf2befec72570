//! Registering an organization; whoever registers it owns it.

use serde::Serialize;

use super::{
    Directory,
    audit::{self, Change},
    model::{
        declaration::{Declaration, DeclarationId, fact_error},
        legal_form::LegalForm,
        organization::{Organization, OrganizationKind, Standing},
        ownership::OwnershipFacts,
        place::Point,
        profile::{
            self, STALL, TypedRegistration, check_languages, check_location, check_place, check_registrations,
            duplicate_registration, registration_path,
        },
        registration::Registration,
    },
    store::{self, registrations::Kept},
    verified::Because,
};
use crate::accounts::{
    self, Actor, EmailAddress, OrganizationId, Phone, UserId,
    policy::{self, Action, Facts},
};
use crate::kernel::{
    ErrorCode, Failure, Fault, Outcome, Rejections,
    db::WriteTx,
    idempotency::{self, Claimed},
    locale::{Locale, Texts},
    outbox::{self, Topic},
    text::TextRule,
};

/// A new organization, as it was typed.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterOrganization {
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    pub name: String,
    /// Its legal form.
    pub legal_form: Option<LegalForm>,
    /// What it says about itself, in its language.
    pub description: Option<String>,
    /// The language it works in.
    pub language: Locale,
    /// Its place: a code, an official number or a name.
    pub place_code: String,
    /// Where exactly it is.
    pub location: Option<Point>,
    /// The phone number buyers call.
    pub phone: Option<String>,
    /// The e-mail address buyers write to.
    pub email: Option<String>,
    /// The languages spoken there, as ISO 639 codes.
    pub languages: Vec<String>,
    /// Its registrations.
    pub registrations: Vec<TypedRegistration>,
    /// The market it sells on.
    pub market_name: Option<String>,
    /// Where on the market.
    pub stall: Option<String>,
    /// How many members it has; kept as its first declaration.
    pub total_members: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Directory {
    /// Registers an organization and makes the actor its owner.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], and everything that is wrong with the input.
    pub async fn register_organization(&self, actor: &Actor, command: RegisterOrganization) -> Outcome<Organization> {
        policy::require(actor, Action::RegisterOrganization, &Facts::none())?;
        let owner = actor.signed_in()?.id;
        let (organization, registrations) = self.check_registration(&command)?;
        let now = organization.created_at;

        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "registerOrganization", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return self.replayed(&tx, OrganizationId::from_uuid(id)).await,
        };
        self.refuse_taken(&tx, organization.id, &registrations).await?;
        store::organizations::insert(&tx, &organization).await?;
        self.keep_registrations(&tx, organization.id, &registrations).await?;
        let membership = accounts::add_owner(&tx, &self.knows.services, actor, organization.id, owner).await?;
        self.declare_members(&tx, owner, &organization, command.total_members).await?;
        let change = Change {
            action: "organization.register",
            before: None,
            after: Some(audit::record(&organization.audit_record(&registrations))?),
        };
        audit::append(&tx, actor, organization.id, now, change).await?;
        outbox::append(&tx, Topic::Organization, organization.id.uuid(), now);
        claim.finish(&tx, organization.id.uuid()).await?;
        tx.commit().await?;
        actor.joined((&membership).into());
        Ok(organization)
    }

    /// The organization as it would be, or everything that is wrong with the input.
    fn check_registration(&self, command: &RegisterOrganization) -> Outcome<(Organization, Vec<Registration>)> {
        let now = self.knows.services.now();
        let today = now.date_naive();
        let gazetteer = self.gazetteer();
        let mut rejections = Rejections::default();
        let mut text = |rule: TextRule, typed: &Option<String>, field: &'static str| {
            typed.as_ref().and_then(|typed| rejections.take(rule.check(typed, ["input", field])))
        };
        let name = text(TextRule::NAME, &Some(command.name.clone()), "name");
        let description = text(TextRule::DESCRIPTION, &command.description, "description");
        let market_name = text(TextRule::LINE, &command.market_name, "marketName");
        let stall = text(STALL, &command.stall, "stall");
        let phone = command.phone.as_ref().map(|typed| Phone::parse(typed, ["input", "phone"]));
        let phone = phone.and_then(|parsed| rejections.take(parsed));
        let email = command.email.as_ref().map(|typed| EmailAddress::parse(typed, ["input", "email"]));
        let email = email.and_then(|parsed| rejections.take(parsed));
        let place = rejections.take(check_place(&gazetteer, &command.place_code, today, ["input", "placeCode"]));
        let location = command.location.map(|point| check_location(point, ["input", "location"]));
        let location = location.and_then(|checked| rejections.take(checked));
        let languages = check_languages(&command.languages, &["input", "languages"], &mut rejections);
        let registrations = check_registrations(&command.registrations, &["input", "registrations"], &mut rejections);
        rejections.take(profile::check_form(command.kind, command.legal_form, command.total_members));
        for problem in members_only(command.total_members).problems() {
            rejections.push(fact_error(problem));
        }
        rejections.finish()?;
        // Both are there, or the collector would not have let us pass.
        let (Some(name), Some(place)) = (name, place) else { return Err(Failure::code(ErrorCode::Required)) };
        let code_of = |found: Option<&super::model::place::Place>| found.map(|found| found.code.clone());
        let organization = Organization {
            id: OrganizationId::from_uuid(self.knows.services.ids.next_uuid()),
            kind: command.kind,
            legal_form: command.legal_form,
            name,
            descriptions: description.map(|text| (command.language, text)).into_iter().collect::<Texts>(),
            language: command.language,
            place_code: place.code.clone(),
            region_code: code_of(gazetteer.region_of(&place.code, today)),
            cercle_code: code_of(gazetteer.cercle_of(&place.code, today)),
            location,
            phone: phone.map(|phone| phone.to_string()),
            email: email.map(|email| email.to_string()),
            languages,
            market_name,
            stall,
            standing: Standing::Good,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        Ok((organization, registrations))
    }

    /// Refuses numbers that another organization holds, each at its place in the input.
    pub(super) async fn refuse_taken(
        &self,
        tx: &WriteTx,
        organization: OrganizationId,
        registrations: &[Registration],
    ) -> Outcome<()> {
        let taken = store::registrations::held_by_others(tx, registrations, organization).await?;
        let mut rejections = Rejections::default();
        for (index, number) in registrations.iter().enumerate() {
            if taken.iter().any(|held| held.is_same_as(number)) {
                rejections.push(duplicate_registration(number, registration_path(&["input", "registrations"], index)));
            }
        }
        rejections.finish()
    }

    /// Puts numbers in place of those that were kept.
    pub(super) async fn keep_registrations(
        &self,
        tx: &WriteTx,
        organization: OrganizationId,
        registrations: &[Registration],
    ) -> Outcome<()> {
        let rows: Vec<_> =
            registrations.iter().map(|number| (self.knows.services.ids.next_uuid(), number.clone())).collect();
        match store::registrations::replace(tx, organization, &rows).await? {
            Kept::All => Ok(()),
            // Whoever took it has committed, or the statement would still be waiting: now it is seen which one.
            Kept::Taken => {
                self.refuse_taken(tx, organization, registrations).await?;
                Err(Fault::Internal("a registration number collided with none that is kept".to_owned()).into())
            }
        }
    }

    /// Keeps the number of members as the first declaration, so that the rules for legal forms and the share of women
    /// have one source.
    async fn declare_members(
        &self,
        tx: &WriteTx,
        owner: UserId,
        organization: &Organization,
        total_members: Option<i64>,
    ) -> Outcome<()> {
        let facts = members_only(total_members);
        if total_members.is_some() {
            let declaration = Declaration {
                id: DeclarationId::from_uuid(self.knows.services.ids.next_uuid()),
                organization: organization.id,
                sequence: 1,
                facts,
                declared_by: owner,
                declared_at: organization.created_at,
            };
            store::ownership::append(tx, &declaration).await?;
        }
        self.keep_assessments(tx, organization, &facts, Because::Deed).await
    }

    /// What a write that was done before made, as it stands now.
    pub(super) async fn replayed(&self, tx: &WriteTx, id: OrganizationId) -> Outcome<Organization> {
        store::organizations::by_id(&**tx, id).await?.ok_or_else(|| Failure::code(ErrorCode::NotFound))
    }
}

fn members_only(total_members: Option<i64>) -> OwnershipFacts {
    OwnershipFacts { total_members, ..OwnershipFacts::default() }
}
