//! A person makes an account.

use secrecy::SecretString;
use serde::Serialize;

use super::{
    Account, AccountStatus, Accounts, Actor, EmailAddress, Identifier, Phone, SignedIn, UserId,
    audit::{self, Deed},
    model::password::{Owner, Password},
    store,
};
use crate::kernel::{
    ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
    idempotency::{self, Claimed},
    locale::Locale,
    text::TextRule,
};

/// What a person says of herself.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Where she is called; this or the e-mail address is needed.
    pub phone: Option<String>,
    /// Where she is written to.
    pub email: Option<String>,
    /// The password she chooses.
    pub password: SecretString,
    /// Her name as she writes it.
    pub name: String,
    /// The language she prefers.
    pub language: Locale,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

/// The checked input, and what a repetition is compared by. The password is not in it: a plain hash of it would be kept
/// beside the slow one. A repetition proves it instead.
#[derive(Serialize)]
struct Applicant {
    phone: Option<String>,
    email: Option<String>,
    name: String,
    language: Locale,
}

impl Accounts {
    /// Makes an account and signs its owner in.
    ///
    /// That an identifier is taken is said, as its owner needs to know; the attempts of an address are counted, so that a list
    /// of numbers cannot be tried out.
    ///
    /// # Errors
    /// Every error of the input at its field; [`ErrorCode::IdentifierTaken`]; [`ErrorCode::TooManyAttempts`].
    pub async fn sign_up(&self, actor: &Actor, command: SignUp) -> Outcome<SignedIn> {
        self.count_attempt(actor).await?;
        let (account, password) = self.applicant(&command)?;
        let password_hash = self.knows.passwords.hash(password.clone()).await?;
        let applicant = Applicant {
            phone: account.phone.as_ref().map(Phone::to_string),
            email: account.email.as_ref().map(EmailAddress::to_string),
            name: account.name.clone(),
            language: account.language,
        };
        // Nobody is signed in yet, so the keys are those of whoever gives this identifier.
        let identifiers = identifiers(&account);
        let scope = identifiers.first().map(|(identifier, _)| format!("sign-up:{identifier}")).unwrap_or_default();
        let key = command.idempotency_key.as_deref();
        let now = account.created_at;

        let tx = self.knows.services.db.begin().await?;
        let claim = match idempotency::claim(&tx, scope, key, "signUp", &applicant, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.sign_up_again(actor, UserId::from_uuid(id), password).await;
            }
        };
        if !store::users::insert(&tx, &account, password_hash).await? {
            let mut rejections = Rejections::default();
            for (identifier, field) in &identifiers {
                if store::users::is_taken(&tx, identifier).await? {
                    rejections.push(UserError::new(ErrorCode::IdentifierTaken, ["input", *field]));
                }
            }
            rejections.finish()?;
        }
        let after = serde_json::json!({ "status": account.status.as_str(), "language": account.language.code() });
        let deed = Deed {
            action: "user.sign_up",
            subject_kind: UserId::PREFIX,
            subject: account.id.uuid(),
            before: None,
            after: Some(after),
        };
        audit::of_user(&tx, actor, account.id, now, deed).await?;
        let session = self.issue_session(&tx, account.id, None, now).await?;
        claim.finish(&tx, account.id.uuid()).await?;
        tx.commit().await?;
        Ok(SignedIn { session, account })
    }

    /// Answers a repetition: the account is there, and a session begins for whoever knows its password. That is a sign-in by
    /// another name, and counted as one.
    async fn sign_up_again(&self, actor: &Actor, id: UserId, password: Password) -> Outcome<SignedIn> {
        let account = store::users::by_id(self.knows.services.db.read(), id).await?;
        let identifier = account.as_ref().and_then(|account| identifiers(account).into_iter().next());
        let conflict = || UserError::new(ErrorCode::IdempotencyConflict, ["input", "idempotencyKey"]);
        let Some((identifier, _)) = identifier else { return Err(conflict().into()) };
        self.count_once_more_at(actor, identifier.as_str()).await?;
        self.prove(actor, Some(&identifier), Some(password), None).await.map_err(|failure| match failure {
            Failure::Rejected(_) => conflict().into(),
            Failure::Fault(fault) => Failure::Fault(fault),
        })
    }

    fn applicant(&self, command: &SignUp) -> Outcome<(Account, Password)> {
        let mut rejections = Rejections::default();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let phone = given(&command.phone).and_then(|text| rejections.take(Phone::parse(&text, ["input", "phone"])));
        let email =
            given(&command.email).and_then(|text| rejections.take(EmailAddress::parse(&text, ["input", "email"])));
        if given(&command.phone).is_none() && given(&command.email).is_none() {
            rejections.push(UserError::new(ErrorCode::Required, ["input", "phone"]));
        }
        let name = rejections.take(TextRule::NAME.check(&command.name, ["input", "name"]));
        let owner = Owner { name: name.as_deref().unwrap_or_default(), phone: phone.as_ref(), email: email.as_ref() };
        let password = rejections.take(Password::choose(&command.password, &owner, ["input", "password"]));
        let checked = rejections.finish();
        let (Some(name), Some(password)) = (name, password) else {
            return checked.and_then(|()| Err(Fault::Internal("an input without errors is not whole".into()).into()));
        };
        checked?;
        let account = Account {
            id: UserId::from_uuid(self.knows.services.ids.next_uuid()),
            name,
            phone,
            email,
            language: command.language,
            status: AccountStatus::Active,
            created_at: self.knows.services.now(),
        };
        Ok((account, password))
    }
}

/// The identifiers of an account, each with the input field it came by.
fn identifiers(account: &Account) -> Vec<(Identifier, &'static str)> {
    let phone = account.phone.clone().map(|phone| (Identifier::Phone(phone), "phone"));
    let email = account.email.clone().map(|email| (Identifier::Email(email), "email"));
    phone.into_iter().chain(email).collect()
}
