//! Showing pictures beside an offer.

use serde::Serialize;
use serde_json::json;

use super::{
    Catalog,
    access::{Entry, snapshot},
    model::{Listing, ListingAction, ListingId},
    store,
};
use crate::{
    accounts::Actor,
    documents::{self, Document, DocumentId},
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
    },
};

/// Pictures of a listing at most.
pub(super) const IMAGES_MAX: usize = 8;

/// Which pictures a listing is to have.
#[derive(Debug, Clone, Serialize)]
pub struct SetListingImages {
    /// The listing.
    pub listing: ListingId,
    /// The pictures, in the order in which they are shown; none to show none.
    pub documents: Vec<DocumentId>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Shows these pictures beside a listing, and no others. It counts as a change of the offer.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the listing or a picture, `Forbidden`, `VersionConflict`, `InvalidTransition` for an
    /// archived one, [`ErrorCode::TooLong`] for more than eight, [`ErrorCode::NotAPublicImage`].
    pub async fn set_listing_images(&self, actor: &Actor, command: SetListingImages) -> Outcome<Listing> {
        let path = ["input", "documentIds"];
        if command.documents.len() > IMAGES_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", IMAGES_MAX).into());
        }
        let now = self.knows.services.now();
        // Before a place in line to write is taken.
        actor.signed_in()?;
        let tx = self.knows.services.db.begin().await?;
        let before = self.listing_to_change(&tx, actor, command.listing).await?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let claim = match idempotency::claim(&tx, scope, key, "setListingImages", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return self.replayed(tx, id).await,
        };
        before.expect_version(command.expected_version)?;
        before.status.transition(ListingAction::Update)?;
        let pictures = self.knows.documents.require_ready(&tx, before.organization, &command.documents, &path).await?;
        require_public_pictures(&pictures)?;

        let (kind, subject) = (ListingId::PREFIX, before.id.uuid());
        let were = documents::used_by(&tx, kind, subject).await?;
        documents::detach(&tx, kind, subject, now).await?;
        documents::attach(&tx, &command.documents, kind, subject).await?;
        let after = Listing { version: before.version + 1, updated_at: now, ..before.clone() };
        store::rows::update(&tx, &after).await?;
        store::versions::keep(&tx, &after, snapshot(&after)?, actor.user_id());
        let listed = |documents: &[DocumentId], version: i64| {
            let documents: Vec<String> = documents.iter().map(ToString::to_string).collect();
            json!({ "images": documents, "version": version })
        };
        let entry = Entry {
            chain: after.organization,
            on_behalf_of: after.organization,
            action: "listing.set_images",
            subject: (kind, subject),
            before: Some(listed(&were, before.version)),
            after: Some(listed(&command.documents, after.version)),
        };
        self.audit(&tx, actor, entry).await?;
        // The index holds the version; nobody needs to be alerted, since pictures are not searched.
        outbox::append(&tx, Topic::Listing, subject, now);
        claim.finish(&tx, subject).await?;
        tx.commit().await?;
        Ok(after)
    }
}

fn require_public_pictures(pictures: &[Document]) -> Outcome<()> {
    let mut wrong = Rejections::default();
    for (position, _) in pictures.iter().enumerate().filter(|(_, picture)| !picture.is_public_picture()) {
        let path = ["input", "documentIds", &position.to_string()];
        wrong.push(UserError::new(ErrorCode::NotAPublicImage, path));
    }
    wrong.finish()
}
