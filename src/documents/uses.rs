//! What documents serve for. Other rooms say so in the transaction in which they begin or end to use them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Document, DocumentId, DocumentState, Documents,
    store::{self, documents::Lock},
    visibility::{is_visible, shown_to_parties},
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        ErrorCode, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
};

impl Documents {
    /// The documents in the order of the ids, if each is ready and of that organization; they stay so until the transaction
    /// ends. Call it before [`attach`], in the same transaction.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for each that is not, at `path` and its place in the list.
    pub async fn require_ready(
        &self,
        tx: &WriteTx,
        organization: OrganizationId,
        ids: &[DocumentId],
        path: &[&str],
    ) -> Outcome<Vec<Document>> {
        let mut found = store::documents::lock(tx, ids, Lock::Share).await?;
        found.retain(|_, document| document.state == DocumentState::Ready && document.organization() == organization);
        let mut wrong = Rejections::default();
        let mut ready = Vec::with_capacity(ids.len());
        for (position, id) in ids.iter().enumerate() {
            match found.get(id) {
                Some(document) => ready.push(document.clone()),
                None => {
                    let at = path.iter().map(ToString::to_string).chain([position.to_string()]);
                    wrong.push(UserError::new(ErrorCode::NotFound, at));
                }
            }
        }
        wrong.finish()?;
        Ok(ready)
    }

    /// Those documents of each subject that are for whoever its organization deals with, in their order, whoever asks. Call it
    /// only for subjects that were meant for the actor: being a party of them is what lets her see the documents there.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn documents_for_parties(
        &self,
        subject_kind: &str,
        subjects: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<Document>>, Fault> {
        self.of_subjects(subject_kind, subjects, shown_to_parties).await
    }

    /// Those documents of each subject that the actor may see, in their order.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn documents_of(
        &self,
        actor: &Actor,
        subject_kind: &str,
        subjects: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<Document>>, Fault> {
        self.of_subjects(subject_kind, subjects, |document| is_visible(actor, document)).await
    }

    async fn of_subjects(
        &self,
        subject_kind: &str,
        subjects: &[Uuid],
        shows: impl Fn(&Document) -> bool,
    ) -> Result<HashMap<Uuid, Vec<Document>>, Fault> {
        let db = &self.knows.services.db;
        let used = store::uses::of_subjects(db, subject_kind, subjects).await?;
        let ids: Vec<DocumentId> = used.iter().map(|(_, document)| *document).collect();
        let found = store::documents::by_ids(db, &ids).await?;
        let mut of_each: HashMap<Uuid, Vec<Document>> = HashMap::new();
        for (subject, document) in used {
            if let Some(document) = found.get(&document).filter(|document| shows(document)) {
                of_each.entry(subject).or_default().push(document.clone());
            }
        }
        Ok(of_each)
    }
}

/// Notes that a thing uses these documents, in this order, beside those that it uses already. `subject_kind` is the prefix of
/// its id. The documents were required to be ready in this transaction; noting a use again moves it to its new place.
///
/// # Errors
/// When the database refuses.
pub async fn attach(
    tx: &WriteTx,
    documents: &[DocumentId],
    subject_kind: &'static str,
    subject_id: Uuid,
) -> Result<(), DbErr> {
    // Named twice, it is used once, where it is named first.
    let mut each: Vec<DocumentId> = Vec::with_capacity(documents.len());
    for id in documents {
        if !each.contains(id) {
            each.push(*id);
        }
    }
    store::uses::insert(tx, &each, subject_kind, subject_id).await
}

/// What a thing uses, in its order, whoever may see it.
///
/// # Errors
/// When the database refuses.
pub async fn used_by(tx: &WriteTx, subject_kind: &'static str, subject_id: Uuid) -> Result<Vec<DocumentId>, DbErr> {
    store::uses::of_subject(tx, subject_kind, subject_id).await
}

/// Notes that a thing uses none of its documents any more. They are removed a week later unless something else uses them.
///
/// # Errors
/// When the database refuses.
pub async fn detach(tx: &WriteTx, subject_kind: &'static str, subject_id: Uuid, now: Timestamp) -> Result<(), DbErr> {
    store::uses::end(tx, subject_kind, subject_id, now).await
}
