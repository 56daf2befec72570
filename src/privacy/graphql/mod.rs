//! The room in GraphQL: `PrivacyQuery` and `PrivacyMutation` are merged into the schema's roots. Types wrap the room's values;
//! nothing here decides.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{Privacy, model};
use crate::{
    accounts::graphql::actor,
    kernel::graphql::{Json, failure, list_complexity},
    payload,
};

fn room<'c>(ctx: &Context<'c>) -> Result<&'c Privacy> {
    ctx.data()
}

/// What a person may agree to. Nothing of it is needed to use the marketplace. New purposes may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Purpose")]
pub enum ConsentPurpose {
    /// Her name is shown on public pages of what she grew or made.
    PublicName,
    /// What she does counts, without her name, in figures on women's trade that are given to others.
    Statistics,
    /// She is told of trainings and programmes of partners.
    TrainingOffers,
}

/// What a person agreed to, and until when.
#[derive(Debug, Clone, SimpleObject)]
pub struct Consent {
    /// For what.
    pub purpose: ConsentPurpose,
    /// The words that she agreed to, in the language in which she was shown them.
    pub wording: String,
    /// When she agreed.
    pub given_at: DateTime<Utc>,
    /// When she took it back; null while it stands.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl From<model::Consent> for Consent {
    fn from(consent: model::Consent) -> Self {
        Self {
            purpose: consent.purpose.into(),
            wording: consent.wording,
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
        }
    }
}

/// What the signed-in person agrees to.
#[derive(Debug, Clone, InputObject)]
pub struct GiveConsentInput {
    /// For what.
    pub purpose: ConsentPurpose,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// What the signed-in person no longer agrees to.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawConsentInput {
    /// For what.
    pub purpose: ConsentPurpose,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

/// The proof that it is her.
#[derive(Debug, Clone, InputObject)]
pub struct EraseAccountInput {
    /// Her password.
    pub password: String,
}

payload! {
    /// What the mutations of consents give back.
    ConsentPayload {
        /// The consent as it stands now; null when the mutation was refused.
        consent: Consent,
    }
}

payload! {
    /// What `eraseAccount` gives back.
    EraseAccountPayload {
        /// The id that no longer leads to anybody; null when it was refused.
        erased_id: ID,
    }
}

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct PrivacyQuery;

#[Object]
impl PrivacyQuery {
    /// Everything that is kept of the signed-in person, room by room, for her to take along. Of long lists the newest ten
    /// thousand.
    #[graphql(complexity = 1_000)]
    async fn personal_data(&self, ctx: &Context<'_>) -> Result<Json> {
        let data = Box::pin(room(ctx)?.personal_data(actor(ctx))).await;
        Ok(Json(data.map_err(|error| failure(ctx, error))?))
    }

    /// What the signed-in person agreed to, the newest first, with what she took back.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<Consent>> {
        let consents = Box::pin(room(ctx)?.consents(actor(ctx))).await.map_err(|error| failure(ctx, error))?;
        Ok(consents.into_iter().map(Consent::from).collect())
    }
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Agrees to a purpose, in the words of the request's language. Agreeing to what stands already changes nothing.
    async fn give_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: GiveConsentInput,
    ) -> Result<ConsentPayload> {
        let outcome =
            Box::pin(room(ctx)?.give_consent(actor(ctx), input.purpose.into(), input.idempotency_key.as_deref())).await;
        ConsentPayload::from_outcome(ctx, outcome.map(Consent::from))
    }

    /// Takes a consent back. What was done while it stood stays done.
    async fn withdraw_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what.")] input: WithdrawConsentInput,
    ) -> Result<ConsentPayload> {
        let outcome =
            Box::pin(room(ctx)?.withdraw_consent(actor(ctx), input.purpose.into(), input.idempotency_key.as_deref()))
                .await;
        ConsentPayload::from_outcome(ctx, outcome.map(Consent::from))
    }

    /// Erases the account of the signed-in person, for good: her name, phone and address, sessions and memberships, what she was
    /// told and looked for. Whoever is the last owner of an organization names another first. What she wrote down for
    /// organizations stays theirs, and the audit log goes on naming her by an id that leads to nobody.
    async fn erase_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof that it is her.")] input: EraseAccountInput,
    ) -> Result<EraseAccountPayload> {
        let password = SecretString::from(input.password);
        let outcome = Box::pin(room(ctx)?.erase_account(actor(ctx), &password)).await;
        EraseAccountPayload::from_outcome(ctx, outcome.map(|id| ID(id.to_string())))
    }
}
