//! The room on a database and a clock of the test's own.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bfw::{
    accounts::{
        self, Accounts, Actor, Invitation, MembershipId, MembershipRecord, OrganizationId, Principal, RefreshSession,
        RequestInfo, Role, Settings, SignIn, SignUp, SignedIn,
    },
    kernel::{
        ErrorCode, Failure, Outcome, Services, audit,
        clock::{Clock, ManualClock, Timestamp},
        db::{Database, DatabaseOptions},
        id::UuidV7Source,
        locale::Locale,
        page::{Counted, Page, PageArgs, SortValue},
        telemetry::RequestId,
    },
};
use sea_orm::{EntityTrait, Set};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Fixture, TestDatabase};

/// A password that everybody here has.
pub(super) const PASSWORD: &str = "la pluie tombe sur Bougouni";

pub(super) const ACCESS: Duration = Duration::from_secs(15 * 60);
pub(super) const REFRESH: Duration = Duration::from_secs(30 * 24 * 3600);
pub(super) const ATTEMPTS_PER_IDENTIFIER: u32 = 10;
pub(super) const ATTEMPTS_PER_ADDRESS: u32 = 100;

/// The room, and what the test holds of what it stands on.
#[derive(Clone)]
pub(super) struct Room {
    pub(super) database: TestDatabase,
    pub(super) services: Services,
    pub(super) clock: Arc<ManualClock>,
    pub(super) accounts: Accounts,
    statements: Arc<AtomicU64>,
}

impl Fixture for Room {
    async fn build(database: TestDatabase) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        let options = DatabaseOptions {
            url: database.url.clone().into(),
            connections_max: 8,
            acquire_timeout: Duration::from_secs(10),
        };
        let db = Database::connect(&options).await.unwrap();
        let db = db.on_statement(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
        let shared: Arc<dyn Clock> = clock.clone();
        let services = Services { db, clock: Arc::clone(&shared), ids: Arc::new(UuidV7Source::new(shared)) };
        let accounts = accounts(&services);
        Self { database, services, clock, accounts, statements }
    }
}

fn accounts(services: &Services) -> Accounts {
    let settings = Settings {
        access_lifetime: ACCESS,
        refresh_lifetime: REFRESH,
        attempts_per_identifier: ATTEMPTS_PER_IDENTIFIER,
        attempts_per_address: ATTEMPTS_PER_ADDRESS,
        password_workers: 2,
    };
    Accounts::new(services.clone(), settings)
}

/// Nobody, at an address.
pub(super) fn nobody_at(address: [u8; 4]) -> Actor {
    let request =
        RequestInfo { id: RequestId::new("test"), address: IpAddr::V4(Ipv4Addr::from(address)), locale: Locale::Fr };
    Actor { principal: Principal::Anonymous, request }
}

/// Nobody, at home.
pub(super) fn nobody() -> Actor {
    nobody_at([192, 0, 2, 1])
}

/// Somebody who wants an account under a phone number.
pub(super) fn applicant(phone: &str) -> SignUp {
    SignUp {
        phone: Some(phone.into()),
        email: None,
        password: PASSWORD.into(),
        name: "Awa Traoré".into(),
        language: Locale::Fr,
        idempotency_key: None,
    }
}

/// What somebody presents to sign in.
pub(super) fn credentials(identifier: &str, password: &str) -> SignIn {
    SignIn { identifier: identifier.into(), password: password.into(), idempotency_key: None }
}

/// What carries a session on, without a key.
pub(super) fn refreshing(refresh_token: SecretString) -> RefreshSession {
    RefreshSession { refresh_token, idempotency_key: None }
}

/// The codes of a refusal.
pub(super) fn codes<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<ErrorCode> {
    match outcome {
        Ok(value) => panic!("was not refused but gave {value:?}"),
        Err(Failure::Rejected(errors)) => errors.iter().map(|error| error.code).collect(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

/// The codes of a refusal with the fields that they blame.
pub(super) fn blamed<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(ErrorCode, String)> {
    match outcome {
        Ok(value) => panic!("was not refused but gave {value:?}"),
        Err(Failure::Rejected(errors)) => errors.iter().map(|error| (error.code, error.path.join("."))).collect(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

impl Room {
    /// The room of a process that has just started, or of another.
    pub(super) fn in_another_process(&self) -> Accounts {
        accounts(&self.services)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whoever an access token stands for.
    pub(super) async fn holder(&self, access_token: &str) -> Actor {
        let user = self.accounts.authenticate(access_token).await.unwrap();
        let principal = user.map_or(Principal::Anonymous, Principal::User);
        Actor { principal, ..nobody() }
    }

    /// Somebody who has an account under a phone number, signed in.
    pub(super) async fn signed_up(&self, phone: &str) -> SignedIn {
        self.accounts.sign_up(&nobody(), applicant(phone)).await.unwrap()
    }

    /// The same, as an actor.
    pub(super) async fn person(&self, phone: &str) -> Actor {
        let signed_in = self.signed_up(phone).await;
        self.holder(&signed_in.session.access_token.reveal()).await
    }

    /// The actor with what she has become since.
    pub(super) async fn again(&self, actor: &Actor, phone: &str) -> Actor {
        assert!(actor.user().is_some());
        let signed_in = self.accounts.sign_in(&Actor::system("test"), credentials(phone, PASSWORD)).await.unwrap();
        self.holder(&signed_in.session.access_token.reveal()).await
    }

    /// An organization with one owner, who is given back with what she has become.
    pub(super) async fn organization(&self, phone: &str) -> (OrganizationId, Actor) {
        let owner = self.person(phone).await;
        let organization = OrganizationId::from_uuid(self.services.ids.next_uuid());
        let tx = self.services.db.begin().await.unwrap();
        let place = entity::place::ActiveModel {
            code: Set("test".into()),
            kind: Set("REGION".into()),
            name: Set("Ségou".into()),
            names: Set(json!({})),
            codes: Set(json!({})),
            source: Set("test".into()),
            certainty: Set("V".into()),
            ..Default::default()
        };
        let nothing = sea_orm::sea_query::OnConflict::new().do_nothing().to_owned();
        entity::place::Entity::insert(place).on_conflict(nothing).exec_without_returning(&*tx).await.unwrap();
        let row = entity::organization::ActiveModel {
            id: Set(organization.uuid()),
            kind: Set("COOPERATIVE".into()),
            name: Set("Benkadi".into()),
            name_folded: Set("benkadi".into()),
            descriptions: Set(json!({})),
            language: Set("fr".into()),
            place_code: Set("test".into()),
            languages: Set(json!([])),
            standing: Set("GOOD".into()),
            version: Set(1),
            created_at: Set(self.now()),
            updated_at: Set(self.now()),
            ..Default::default()
        };
        entity::organization::Entity::insert(row).exec_without_returning(&*tx).await.unwrap();
        let user = owner.user_id().unwrap();
        accounts::add_owner(&tx, &self.services, &owner, organization, user).await.unwrap();
        tx.commit().await.unwrap();
        (organization, self.again(&owner, phone).await)
    }

    /// A new member of the organization, by invitation, signed in.
    pub(super) async fn member(
        &self,
        owner: &Actor,
        organization: OrganizationId,
        phone: &str,
        role: Role,
    ) -> (Actor, MembershipId) {
        let person = self.person(phone).await;
        let command = accounts::InviteMember { organization, identifier: phone.into(), role, idempotency_key: None };
        let invited = self.accounts.invite_member(owner, command).await.unwrap();
        let command = accounts::AcceptInvitation { code: invited.code.unwrap().reveal().into(), idempotency_key: None };
        let membership = self.accounts.accept_invitation(&person, command).await.unwrap();
        (self.again(&person, phone).await, membership.id)
    }

    /// The actor's own membership in an organization.
    pub(super) fn membership_of(&self, actor: &Actor, organization: OrganizationId) -> MembershipId {
        actor.user().unwrap().memberships.of(organization).unwrap().id
    }

    /// A page of the members of an organization, as far as the actor sees it.
    pub(super) async fn members(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
    ) -> Outcome<Counted<MembershipRecord>> {
        let page = self.accounts.members_page(actor, organization, args)?;
        Ok(self.accounts.members(&[organization], &page, true).await?.remove(&organization).unwrap())
    }

    /// A page of the invitations of an organization, as far as the actor sees it.
    pub(super) async fn invitations(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
    ) -> Outcome<Counted<Invitation>> {
        let page = self.accounts.invitations_page(actor, organization, args)?;
        Ok(self.accounts.invitations(&[organization], &page, true).await?.remove(&organization).unwrap())
    }

    /// How many statements `work` sends to the database.
    pub(super) async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.statements.load(Ordering::Relaxed);
        let result = work.await;
        (self.statements.load(Ordering::Relaxed) - before, result)
    }

    /// What was done to a thing, newest first, and proof that no chain is broken.
    pub(super) async fn audited(&self, subject: Uuid) -> Vec<audit::StoredEntry> {
        let verification = audit::verify(&self.services.db).await.unwrap();
        assert!(verification.broken.is_empty(), "{:?}", verification.broken);
        let page =
            Page::new("audit", &PageArgs { first: Some(100), ..PageArgs::default() }, SortValue::is_time).unwrap();
        audit::of_subject(&self.services.db, subject, &page).await.unwrap().rows
    }
}
