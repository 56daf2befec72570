//! Reading documents, as far as the reader may see them.

use std::collections::HashMap;

use super::{
    Document, DocumentId, Documents, store,
    visibility::{is_visible, sight},
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of documents belong to.
pub const DOCUMENTS: &str = "documents:newest";

impl Documents {
    /// Those of these documents that exist and that the actor may see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn documents_by_ids(
        &self,
        actor: &Actor,
        ids: &[DocumentId],
    ) -> Result<HashMap<DocumentId, Document>, Fault> {
        let mut found = store::documents::by_ids(&self.knows.services.db, ids).await?;
        found.retain(|_, document| is_visible(actor, document));
        Ok(found)
    }

    /// A page of an organization's documents that the actor may see, the newest first; and how many those are, if `count` is
    /// asked for.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub async fn documents_page(
        &self,
        actor: &Actor,
        organization: OrganizationId,
        args: &PageArgs,
        count: bool,
    ) -> Outcome<Counted<Document>> {
        let page = Page::new(DOCUMENTS, args, SortValue::is_time)?;
        let (db, sight) = (&self.knows.services.db, sight(actor, organization));
        let ids = store::pages::page(db, organization, &sight, &page).await?;
        let mut found = store::documents::by_ids(db, &ids).await?;
        let rows = ids.iter().filter_map(|id| found.remove(id)).collect();
        let total = if count { Some(store::pages::count(db, organization, &sight).await?) } else { None };
        Ok((page.slice(rows), total))
    }
}

/// Where a document stands in the list.
#[must_use]
pub fn document_key(document: &Document) -> CursorKey {
    CursorKey { sort: SortValue::Time(document.announced.created_at), id: document.id().uuid() }
}
