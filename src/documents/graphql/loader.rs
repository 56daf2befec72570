//! Documents for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};
use uuid::Uuid;

use super::Document;
use crate::{
    accounts::Actor,
    documents::{self, DocumentId, Documents},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, loaders},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    by_id: Batcher<ById>,
    of_subjects: Batcher<OfSubjects>,
}

impl Loaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(documents: &Documents, actor: &Actor) -> Self {
        Self {
            by_id: Batcher::new(ById(documents.clone(), actor.clone())),
            of_subjects: Batcher::new(OfSubjects(documents.clone(), actor.clone())),
        }
    }

    /// The document, if it exists and the request's actor may see it.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn document(ctx: &Context<'_>, id: DocumentId) -> Result<Option<Document>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(Document))
    }

    /// Those documents that a thing uses and the request's actor may see, in their order. `subject_kind` is the prefix of the
    /// thing's id.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn documents_of(
        ctx: &Context<'_>,
        subject_kind: &'static str,
        subject: Uuid,
    ) -> Result<Vec<Document>, Error> {
        let found = loaders::<Self>(ctx)?.of_subjects.get(ctx, (subject_kind, subject)).await?;
        Ok(found.unwrap_or_default().iter().cloned().map(Document).collect())
    }
}

struct ById(Documents, Actor);

impl BatchLoad for ById {
    type Key = DocumentId;
    type Value = Arc<documents::Document>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.documents_by_ids(&self.1, &ids).await?;
        Ok(found.into_iter().map(|(id, document)| (id, Arc::new(document))).collect())
    }
}

struct OfSubjects(Documents, Actor);

impl BatchLoad for OfSubjects {
    type Key = (&'static str, Uuid);
    type Value = Arc<[Arc<documents::Document>]>;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let mut by_kind: HashMap<&'static str, Vec<Uuid>> = HashMap::new();
        for (kind, subject) in keys {
            by_kind.entry(kind).or_default().push(subject);
        }
        let mut loaded = HashMap::new();
        for (kind, subjects) in by_kind {
            for (subject, found) in self.0.documents_of(&self.1, kind, &subjects).await? {
                loaded.insert((kind, subject), found.into_iter().map(Arc::new).collect());
            }
        }
        Ok(loaded)
    }
}
