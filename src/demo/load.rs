//! Loading the small marketplace, through the same use cases as everybody's.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use secrecy::SecretString;

use super::{
    Rooms,
    fixture::{DemoCertificate, DemoListing, DemoMembership, DemoOrganization, DemoOwnership, DemoUser, Fixture},
    harvest::{self, Harvest},
    store::{self, Mark},
};
use crate::{
    accounts::{AcceptInvitation, Actor, InviteMember, OrganizationId, PlatformRole, Principal, SignUp, Token},
    catalog::{
        ArchiveListing, CreateListing, ListingId, PauseListing, PublishListing,
        model::draft::{RawMeasurement, RawOffer, RawPrice, RawQuantity},
    },
    certification::{
        CertificateDraft, CertificateId, CertificateRecord, DecideCertificate, Decision, SubmitCertificate,
    },
    directory::{
        DeclareOwnership, FactChanges, RegisterOrganization, UpdateOrganization,
        model::{ownership::Percent, place::Point, profile::TypedRegistration},
    },
    kernel::{Failure, Fault, Outcome, change::Change},
};

/// The password of everybody in the demo. It protects nothing but invented data, and is printed where the demo is loaded.
pub const PASSWORD: &str = "situlu-9-bidons-segou";
/// What the demo's verifier gives as reason.
const DECIDED_BECAUSE: &str = "Exemple de la place de marché de démonstration.";

/// Whose harvest can be traced, and who receives it.
const HARVESTED_BY: &str = "benkadi-zantiebougou";
const RECEIVED_BY: &str = "sahel-export";

/// What loading came to.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Whether it was loaded now, and not found as it was.
    pub fresh: bool,
    /// Who can sign in.
    pub accounts: Vec<DemoAccount>,
    /// Where a lot can be traced that everybody may look at.
    pub traced: Option<String>,
}

/// A sign-in of the demo.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// What she is: a platform role, a role in an organization, or its owner.
    pub role: String,
    /// Who she is.
    pub name: String,
    /// Where she is what she is; none for a role on the platform.
    pub organization: Option<String>,
    /// What she signs in with.
    pub identifier: String,
    /// Her password.
    pub password: &'static str,
}

/// Loads the marketplace once; where it is loaded already, nothing is read or changed but that it is.
///
/// Every write carries an idempotency key, so that a load that was cut short goes on where it stopped.
pub(super) async fn load(rooms: Rooms<'_>, progress: impl Fn(u64, u64)) -> Outcome<Loaded> {
    let fixture = Fixture::embedded().map_err(|error| Fault::Internal(error.to_string()))?;
    let accounts = sign_ins(&fixture);
    let services = rooms.services;
    match store::mark(&services.db).await? {
        Mark::Loaded => {
            let company = store::organization_named(&services.db, &receiver(&fixture)?.name).await?;
            let traced = match company {
                Some(company) => harvest::page(rooms.traceability, company).await?,
                None => None,
            };
            return Ok(Loaded { fresh: false, accounts, traced });
        }
        Mark::InUse => return Err(Fault::Internal("the demo is not loaded into a database in use".into()).into()),
        Mark::Begun => {}
        Mark::Empty => {
            let tx = services.db.begin().await?;
            store::mark_begun(&tx, services.now()).await?;
            tx.commit().await?;
        }
    }
    let steps =
        fixture.users.len() + 2 * fixture.organizations.len() + fixture.memberships.len() + fixture.listings.len();
    let mut loading = Loading { rooms, people: HashMap::new(), organizations: HashMap::new() };
    let mut done = 0_u64;
    let mut step = || {
        done += 1;
        progress(done, steps as u64);
    };
    for user in &fixture.users {
        loading.sign_up(user).await?;
        step();
    }
    for organization in &fixture.organizations {
        loading.register(organization).await?;
        step();
    }
    // What people may do follows from their roles as of when they are authenticated: from here on they own what they registered.
    let actors = loading.actors().await?;
    for organization in &fixture.organizations {
        loading.describe_and_declare(&actors, organization).await?;
        step();
    }
    for membership in &fixture.memberships {
        loading.take_in(&actors, &fixture, membership).await?;
        step();
    }
    let sellers: HashMap<&str, &DemoOrganization> =
        fixture.organizations.iter().map(|organization| (organization.key.as_str(), organization)).collect();
    for (number, listing) in fixture.listings.iter().enumerate() {
        let seller = sellers.get(listing.organization.as_str());
        let seller = seller.ok_or_else(|| missing("organization", &listing.organization))?;
        loading.list(actor(&actors, &seller.registered_by)?, seller, listing, number).await?;
        step();
    }
    let verifier =
        fixture.users.iter().find(|user| user.platform_role.as_deref() == Some(PlatformRole::Verifier.as_str()));
    let verifier = verifier.ok_or_else(|| missing("person", "verifier"))?;
    let traced = loading.harvest(&fixture, &actors).await?;
    loading.certify(&fixture, &actors, actor(&actors, &verifier.key)?).await?;
    Ok(Loaded { fresh: true, accounts, traced })
}

/// Everybody with what she is: a platform role, else the role in the first organization that took her in, else the owner of
/// what she registered.
fn sign_ins(fixture: &Fixture) -> Vec<DemoAccount> {
    let account = |user: &DemoUser| {
        let membership = fixture.memberships.iter().find(|membership| membership.user == user.key);
        let role = user.platform_role.as_deref().or(membership.map(|membership| membership.role.as_str()));
        let place = fixture.organizations.iter().find(|organization| match (&user.platform_role, membership) {
            (Some(_), _) => false,
            (None, Some(membership)) => organization.key == membership.organization,
            (None, None) => organization.registered_by == user.key,
        });
        DemoAccount {
            role: role.unwrap_or("OWNER").to_owned(),
            name: user.name.clone(),
            organization: place.map(|organization| organization.name.clone()),
            identifier: user.identifier().to_owned(),
            password: PASSWORD,
        }
    };
    fixture.users.iter().map(account).collect()
}

struct Loading<'a> {
    rooms: Rooms<'a>,
    /// Access tokens, by key of the person.
    people: HashMap<String, Token>,
    /// Ids, by key of the organization.
    organizations: HashMap<String, OrganizationId>,
}

impl Loading<'_> {
    async fn sign_up(&mut self, user: &DemoUser) -> Outcome<()> {
        let system = Actor::system("demo");
        let command = SignUp {
            phone: user.phone.clone(),
            email: user.email.clone(),
            password: SecretString::from(PASSWORD),
            name: user.name.clone(),
            language: user.language,
            idempotency_key: Some(format!("demo-user-{}", user.key)),
        };
        let signed_in = self.rooms.accounts.sign_up(&system, command).await?;
        if let Some(role) = &user.platform_role {
            let role = parsed(role, "platform role")?;
            self.rooms.accounts.grant_platform_role(&system, user.identifier(), role).await?;
        }
        self.people.insert(user.key.clone(), signed_in.session.access_token);
        Ok(())
    }

    async fn actor(&self, key: &str) -> Outcome<Actor> {
        let token = self.people.get(key).ok_or_else(|| missing("person", key))?;
        let user = self.rooms.accounts.authenticate(&token.reveal()).await?;
        let user = user.ok_or_else(|| missing("session of", key))?;
        Ok(Actor { principal: Principal::User(user), request: Actor::system("demo").request })
    }

    async fn actors(&self) -> Outcome<HashMap<String, Actor>> {
        let mut actors = HashMap::new();
        for key in self.people.keys() {
            actors.insert(key.clone(), self.actor(key).await?);
        }
        Ok(actors)
    }

    async fn register(&mut self, made: &DemoOrganization) -> Outcome<()> {
        let registrations = made.registrations.iter().map(|registration| {
            Ok(TypedRegistration {
                scheme: parsed(&registration.scheme, "register")?,
                value: registration.value.clone(),
            })
        });
        let location = made.location.map(|at| Point { latitude: at.latitude, longitude: at.longitude });
        let command = RegisterOrganization {
            kind: parsed(&made.kind, "kind of organization")?,
            name: made.name.clone(),
            legal_form: made.legal_form.as_deref().map(|form| parsed(form, "legal form")).transpose()?,
            description: made.description.exact(made.language).map(str::to_owned),
            language: made.language,
            place_code: made.place.clone(),
            location,
            phone: Some(made.phone.clone()),
            email: made.email.clone(),
            languages: made.languages.clone(),
            registrations: registrations.collect::<Outcome<Vec<_>>>()?,
            market_name: made.market_name.clone(),
            stall: made.stall.clone(),
            total_members: made.ownership.as_ref().and_then(|facts| facts.total_members),
            idempotency_key: Some(format!("demo-organization-{}", made.key)),
        };
        let owner = self.actor(&made.registered_by).await?;
        let organization = self.rooms.directory.register_organization(&owner, command).await?;
        self.organizations.insert(made.key.clone(), organization.id);
        Ok(())
    }

    async fn describe_and_declare(&self, actors: &HashMap<String, Actor>, made: &DemoOrganization) -> Outcome<()> {
        let owner = actor(actors, &made.registered_by)?;
        let organization = self.organization(&made.key)?;
        for (language, text) in made.description.iter().filter(|(language, _)| *language != made.language) {
            let command = UpdateOrganization {
                organization,
                name: None,
                legal_form: Change::Keep,
                description: Change::Set(text.to_owned()),
                description_language: Some(language),
                language: None,
                place_code: None,
                location: Change::Keep,
                phone: Change::Keep,
                email: Change::Keep,
                languages: None,
                registrations: None,
                market_name: Change::Keep,
                stall: Change::Keep,
                expected_version: None,
                idempotency_key: Some(format!("demo-description-{}-{}", made.key, language.code())),
            };
            self.rooms.directory.update_organization(owner, command).await?;
        }
        if let Some(facts) = &made.ownership {
            let changes = changes(facts)?;
            let idempotency_key = Some(format!("demo-ownership-{}", made.key));
            let command = DeclareOwnership { organization, changes, expected_version: None, idempotency_key };
            self.rooms.directory.declare_ownership(owner, command).await?;
        }
        Ok(())
    }

    /// Invites a person and accepts in her name. An invitation's code is shown once, so it is the membership itself that tells
    /// whether this was done before.
    async fn take_in(
        &self,
        actors: &HashMap<String, Actor>,
        fixture: &Fixture,
        membership: &DemoMembership,
    ) -> Outcome<()> {
        let organization = self.organization(&membership.organization)?;
        let invited = actor(actors, &membership.user)?;
        if invited.role_in(organization).is_some() {
            return Ok(());
        }
        let owner = fixture.organizations.iter().find(|one| one.key == membership.organization);
        let owner = owner.ok_or_else(|| missing("organization", &membership.organization))?;
        let user = fixture.users.iter().find(|one| one.key == membership.user);
        let user = user.ok_or_else(|| missing("person", &membership.user))?;
        let command = InviteMember {
            organization,
            identifier: user.identifier().to_owned(),
            role: parsed(&membership.role, "role")?,
            idempotency_key: None,
        };
        let invitation = self.rooms.accounts.invite_member(actor(actors, &owner.registered_by)?, command).await?;
        let code = invitation.code.ok_or_else(|| missing("code of an invitation of", &membership.user))?;
        let command = AcceptInvitation { code: SecretString::from(code.reveal()), idempotency_key: None };
        self.rooms.accounts.accept_invitation(invited, command).await?;
        Ok(())
    }

    async fn list(&self, owner: &Actor, seller: &DemoOrganization, made: &DemoListing, number: usize) -> Outcome<()> {
        let today = self.rooms.services.clock.today();
        let catalog = self.rooms.catalog;
        let key = |step: &str| Some(format!("demo-listing-{number}-{step}"));
        let command = CreateListing {
            organization: self.organization(&made.organization)?,
            offer: offer(made, made.place.as_ref().unwrap_or(&seller.place).clone(), today),
            reference: None,
            idempotency_key: key("create"),
        };
        let listing = catalog.create_listing(owner, command).await?.id;
        if made.status == "DRAFT" {
            return Ok(());
        }
        let command = PublishListing { listing, expected_version: None, idempotency_key: key("publish") };
        catalog.publish_listing(owner, command).await?;
        self.take_back(owner, made, listing, &key).await
    }

    async fn take_back(
        &self,
        owner: &Actor,
        made: &DemoListing,
        listing: ListingId,
        key: &impl Fn(&str) -> Option<String>,
    ) -> Outcome<()> {
        match made.status.as_str() {
            "PAUSED" => {
                let command = PauseListing { listing, expected_version: None, idempotency_key: key("pause") };
                self.rooms.catalog.pause_listing(owner, command).await?;
            }
            "ARCHIVED" => {
                let command = ArchiveListing { listing, expected_version: None, idempotency_key: key("archive") };
                self.rooms.catalog.archive_listing(owner, command).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Each certificate is handed in by its holder and decided on by the verifier, up to what is recorded of it.
    async fn certify(&self, fixture: &Fixture, actors: &HashMap<String, Actor>, verifier: &Actor) -> Outcome<()> {
        let owners: HashMap<&str, &str> = fixture
            .organizations
            .iter()
            .map(|organization| (organization.key.as_str(), organization.registered_by.as_str()))
            .collect();
        for made in &fixture.certificates {
            let owner = owners.get(made.organization.as_str());
            let owner = owner.ok_or_else(|| missing("organization", &made.organization))?;
            self.certify_one(made, actor(actors, owner)?, verifier).await?;
        }
        let tx = self.rooms.services.db.begin().await?;
        store::mark_loaded(&tx, self.rooms.services.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn certify_one(&self, made: &DemoCertificate, owner: &Actor, verifier: &Actor) -> Outcome<()> {
        let key = |what: &str| Some(format!("demo-certificate-{}-{what}", made.number));
        let today = self.rooms.services.clock.today();
        let draft = CertificateDraft {
            holder: self.organization(&made.organization)?,
            covered: Vec::new(),
            scheme: made.scheme.clone(),
            number: made.number.clone(),
            issuer_name: made.issuer.clone(),
            valid_from: shifted(today, made.valid_from),
            valid_until: shifted(today, made.valid_until),
            products: made.products(),
            sites: made.sites(),
            volume_limit: None,
            members: Vec::new(),
        };
        let command = SubmitCertificate { draft, documents: Vec::new(), idempotency_key: key("submit") };
        let certificate = self.rooms.certification.submit_certificate(owner, command).await?;
        let decisions: &[Decision] = match parsed(&made.record, "certificate record")? {
            CertificateRecord::Submitted => &[],
            CertificateRecord::Verified => &[Decision::Verify],
            CertificateRecord::Rejected => &[Decision::Reject],
            CertificateRecord::Suspended => &[Decision::Verify, Decision::Suspend],
            CertificateRecord::Revoked => &[Decision::Verify, Decision::Revoke],
        };
        for decision in decisions {
            let command = DecideCertificate {
                certificate: CertificateId::from_uuid(certificate.id),
                decision: *decision,
                reason: Some(DECIDED_BECAUSE.to_owned()),
                effective_from: None,
                retroactive: false,
                expected_version: None,
                idempotency_key: key(decision.action()),
            };
            self.rooms.certification.decide_certificate(verifier, command).await?;
        }
        Ok(())
    }

    /// Records the harvest that can be traced, and gives where.
    async fn harvest(&self, fixture: &Fixture, actors: &HashMap<String, Actor>) -> Outcome<Option<String>> {
        let cooperative = fixture.organizations.iter().find(|one| one.key == HARVESTED_BY);
        let cooperative = cooperative.ok_or_else(|| missing("organization", HARVESTED_BY))?;
        let company = receiver(fixture)?;
        let harvest = Harvest {
            room: self.rooms.traceability,
            cooperative: (self.organization(HARVESTED_BY)?, actor(actors, &cooperative.registered_by)?),
            company: (self.organization(RECEIVED_BY)?, actor(actors, &company.registered_by)?),
            today: self.rooms.services.clock.today(),
        };
        harvest.record().await?;
        harvest::page(self.rooms.traceability, harvest.company.0).await
    }

    fn organization(&self, key: &str) -> Outcome<OrganizationId> {
        self.organizations.get(key).copied().ok_or_else(|| missing("organization", key))
    }
}

/// Who receives what was harvested.
fn receiver(fixture: &Fixture) -> Outcome<&DemoOrganization> {
    let company = fixture.organizations.iter().find(|one| one.key == RECEIVED_BY);
    company.ok_or_else(|| missing("organization", RECEIVED_BY))
}

fn actor<'a>(actors: &'a HashMap<String, Actor>, key: &str) -> Outcome<&'a Actor> {
    actors.get(key).ok_or_else(|| missing("person", key))
}

fn offer(made: &DemoListing, place: String, today: NaiveDate) -> RawOffer {
    let measurement =
        |(attribute, value): (&str, &str)| RawMeasurement { attribute: attribute.to_owned(), value: value.to_owned() };
    RawOffer {
        product_code: made.product.clone(),
        title: made.title.clone(),
        description: Some(made.description.clone()),
        language: made.language,
        price: Some(RawPrice { amount: made.price.clone(), currency: "XOF".to_owned() }),
        price_unit: Some(made.price_unit.clone()),
        quantity: Some(RawQuantity { value: made.quantity.clone(), unit: made.quantity_unit.clone() }),
        minimum_order: made.minimum_order.clone(),
        grade: made.grade.clone(),
        measurements: made.measurements().map(measurement).collect(),
        season: made.season.clone(),
        available_from: made.available_from.map(|days| shifted(today, days)),
        available_until: made.available_until.map(|days| shifted(today, days)),
        place_code: Some(place),
        delivery_terms: made.delivery_terms.clone(),
    }
}

fn changes(facts: &DemoOwnership) -> Outcome<FactChanges> {
    fn set<T: Clone>(fact: Option<&T>) -> Change<T> {
        fact.map_or(Change::Keep, |value| Change::Set(value.clone()))
    }
    let share = |text: &Option<String>| -> Outcome<Change<Percent>> {
        let Some(text) = text else { return Ok(Change::Keep) };
        let percent = Percent::parse(text).map_err(|error| Fault::Internal(format!("demo share {text}: {error}")))?;
        Ok(Change::Set(percent))
    };
    Ok(FactChanges {
        women_owned_percent: share(&facts.women_owned_percent)?,
        women_board_percent: share(&facts.women_board_percent)?,
        women_management_percent: share(&facts.women_management_percent)?,
        women_members: set(facts.women_members.as_ref()),
        total_members: set(facts.total_members.as_ref()),
        young_women_members: set(facts.young_women_members.as_ref()),
        women_employees: set(facts.women_employees.as_ref()),
        total_employees: set(facts.total_employees.as_ref()),
        woman_signatory: set(facts.woman_signatory.as_ref()),
        operated_independently: set(facts.operated_independently.as_ref()),
        woman_chief_executive: set(facts.woman_chief_executive.as_ref()),
        has_board: set(facts.has_board.as_ref()),
    })
}

/// So many days later, or earlier where it is negative.
fn shifted(today: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    let day = if days < 0 { today.checked_sub_days(distance) } else { today.checked_add_days(distance) };
    day.unwrap_or(today)
}

fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Outcome<T> {
    text.parse().map_err(|_| Fault::Internal(format!("the demo names no {what} that exists: {text}")).into())
}

fn missing(what: &str, key: &str) -> Failure {
    Fault::Internal(format!("the demo lacks the {what} {key}")).into()
}
