//! Writing a draft of a listing.

use serde::Serialize;
use uuid::Uuid;

use super::{
    Catalog,
    model::{
        Listing, ListingId, ListingStatus,
        draft::{self, CheckedOffer, RawOffer},
    },
    store::{self, rows::Written},
};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// What is listed, and by whom.
#[derive(Debug, Clone, Serialize)]
pub struct CreateListing {
    /// Who offers.
    pub organization: OrganizationId,
    /// What, as somebody typed it.
    pub offer: RawOffer,
    /// The seller's own number of it.
    pub reference: Option<String>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// The least quantity of a new offer, in thousandths.
pub(super) const NEW_QUANTITY_MIN: i64 = 1;

impl Catalog {
    /// Writes a draft. Only members of the organization see it until it is published.
    ///
    /// # Errors
    /// Everything that is wrong with the input, at its own field below `input`.
    pub async fn create_listing(&self, actor: &Actor, command: CreateListing) -> Outcome<Listing> {
        self.require_manager(actor, command.organization).await?;
        let gazetteer = self.knows.directory.gazetteer();
        let checked = draft::check(&command.offer, self.reference(&gazetteer), &["input"], NEW_QUANTITY_MIN);
        let reference = command.reference.as_deref().map(|text| draft::reference(text, &["input", "reference"]));
        let (checked, reference) = both(checked, reference.transpose().map_err(Failure::from))?;

        let tx = self.knows.services.db.begin().await?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let claim =
            match idempotency::claim(&tx, scope, key, "createListing", &command, self.knows.services.now()).await? {
                Claimed::New(claim) => claim,
                Claimed::Before(id) => return self.replayed(tx, id).await,
            };
        if let Some(reference) = &reference {
            self.require_free_reference(&tx, command.organization, reference, None, &["input", "reference"]).await?;
        }
        let listing = self.new_draft(command.organization, checked, reference);
        if store::rows::insert(&tx, &listing, None).await? == Written::ReferenceTaken {
            let reference = listing.reference.as_deref().unwrap_or_default();
            return Err(duplicate_reference(reference, &["input", "reference"]).into());
        }
        self.record(&tx, actor, None, &listing, "listing.create").await?;
        claim.finish(&tx, listing.id.uuid()).await?;
        tx.commit().await?;
        Ok(listing)
    }

    /// A draft of a checked offer, not yet written.
    pub(super) fn new_draft(
        &self,
        organization: OrganizationId,
        checked: CheckedOffer,
        reference: Option<String>,
    ) -> Listing {
        let now = self.knows.services.now();
        Listing {
            id: ListingId::from_uuid(self.knows.services.ids.next_uuid()),
            organization,
            offer: checked.offer,
            derived: checked.derived,
            reserved: 0,
            status: ListingStatus::Draft,
            reference,
            version: 1,
            created_at: now,
            updated_at: now,
            published_at: None,
        }
    }

    /// The listing that an earlier write with the same key was about, as it stands now.
    pub(super) async fn replayed(&self, tx: WriteTx, id: Uuid) -> Outcome<Listing> {
        let found = store::rows::lock(&tx, ListingId::from_uuid(id)).await?;
        tx.commit().await?;
        let found = found.ok_or_else(|| Fault::corrupt("idempotency record", "its listing does not exist"))?;
        Ok(found.listing)
    }

    /// Goes on if no other listing of the organization has this reference.
    pub(super) async fn require_free_reference(
        &self,
        tx: &WriteTx,
        organization: OrganizationId,
        reference: &str,
        except: Option<ListingId>,
        path: &[&str],
    ) -> Outcome<()> {
        match store::importing::lock_by_reference(tx, organization, reference).await? {
            Some(other) if Some(other.listing.id) != except => Err(duplicate_reference(reference, path).into()),
            Some(_) | None => Ok(()),
        }
    }
}

/// Another listing of the organization has this reference.
pub(super) fn duplicate_reference(reference: &str, path: &[&str]) -> UserError {
    UserError::new(ErrorCode::DuplicateReference, path).with("value", reference)
}

/// Both values, or the errors of both.
pub(super) fn both<A, B>(first: Outcome<A>, second: Outcome<B>) -> Outcome<(A, B)> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(Failure::Rejected(mut errors)), Err(Failure::Rejected(more))) => {
            errors.extend(more);
            Err(Failure::Rejected(errors))
        }
        (Err(Failure::Fault(fault)), _) | (_, Err(Failure::Fault(fault))) => Err(Failure::Fault(fault)),
        (Err(rejected), Ok(_)) | (Ok(_), Err(rejected)) => Err(rejected),
    }
}
