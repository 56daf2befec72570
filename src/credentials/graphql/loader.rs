//! Credentials for many siblings at once.

use std::collections::HashMap;

use async_graphql::{Context, Error};
use uuid::Uuid;

use super::Credential;
use crate::{
    credentials::{self, CredentialId, Credentials},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
};

/// The batchers of one request; the API makes them and puts them in its context. Credentials are for everybody.
pub struct Loaders {
    by_id: Batcher<ById>,
    of_subject: Batcher<OfSubject>,
}

impl Loaders {
    /// Batchers over the room.
    #[must_use]
    pub fn new(credentials: &Credentials) -> Self {
        Self {
            by_id: Batcher::new(ById(credentials.clone())),
            of_subject: Batcher::new(OfSubject(credentials.clone())),
        }
    }

    /// The credential, if there is one.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn credential(ctx: &Context<'_>, id: CredentialId) -> Result<Option<Credential>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(Credential))
    }

    /// The credential about a subject that no other took the place of, if one was issued. Whether the caller may see the
    /// subject is the subject's own room's affair; the credential is for everybody.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn of_subject(
        ctx: &Context<'_>,
        subject_kind: &'static str,
        subject_id: Uuid,
    ) -> Result<Option<Credential>, Error> {
        Ok(loaders::<Self>(ctx)?.of_subject.get(ctx, (subject_kind, subject_id)).await?.map(Credential))
    }
}

struct ById(Credentials);

impl BatchLoad for ById {
    type Key = CredentialId;
    type Value = credentials::Credential;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.credentials_by_ids(&ids).await
    }
}

struct OfSubject(Credentials);

impl BatchLoad for OfSubject {
    type Key = (&'static str, Uuid);
    type Value = credentials::Credential;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let mut by_kind: HashMap<&'static str, Vec<Uuid>> = HashMap::new();
        for (kind, id) in keys {
            by_kind.entry(kind).or_default().push(id);
        }
        let mut found = HashMap::new();
        for (kind, ids) in by_kind {
            let some = self.0.of_subjects(kind, &ids).await?;
            found.extend(some.into_iter().map(|(id, credential)| ((kind, id), credential)));
        }
        Ok(found)
    }
}
