//! Documents that serve for something that may not be told: they stay, and no row says what for, nor which they are.
//!
//! A hold is a row with a tag that only this service can compute from a document's id. A document has several tags, so that
//! held twice it does not show the same one; and a holder always has as many rows, with tags that are no document's where it
//! holds fewer.

use std::{collections::HashSet, fmt};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::{DocumentId, Documents, store};
use crate::kernel::{
    Fault, Outcome, UserError,
    db::{Database, WriteTx},
    error::ErrorCode,
};

/// How many documents a holder holds at most; always as many rows tell of it.
pub const HELD_MAX: usize = 10;
/// How often a document is held at the same time at most.
const SLOTS: u8 = 16;

/// A tag, as the database keeps it.
pub(super) type Tag = Vec<u8>;

/// The secret that tags follow from. It is never printed, and stays as long as anything is held.
#[derive(Clone)]
pub struct HoldKey([u8; 32]);

impl fmt::Debug for HoldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HoldKey").finish_non_exhaustive()
    }
}

impl HoldKey {
    /// A key of 32 bytes that nobody can foretell.
    #[must_use]
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    fn tag(&self, kind: u8, id: Uuid, number: u8) -> Result<Tag, Fault> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mut mac = mac.map_err(|error| Fault::Internal(format!("a tag cannot be computed: {error}")))?;
        mac.update(&[kind, number]);
        mac.update(id.as_bytes());
        Ok(mac.finalize().into_bytes().to_vec())
    }

    fn slots(&self, document: DocumentId) -> Result<Vec<Tag>, Fault> {
        (0..SLOTS).map(|slot| self.tag(b'd', document.uuid(), slot)).collect()
    }

    /// The tags that make a holder's rows as many as any other's.
    fn fillers(&self, holder: Uuid, held: usize) -> Result<Vec<Tag>, Fault> {
        let number = u8::try_from(HELD_MAX.saturating_sub(held)).unwrap_or(u8::MAX);
        (0..number).map(|number| self.tag(b'f', holder, number)).collect()
    }
}

impl Documents {
    /// Holds documents, each named once and [`HELD_MAX`] at most, until [`Documents::let_go`] is called for the same holder.
    /// They are not looked at: no lock on them is to tell that they were chosen.
    ///
    /// # Errors
    /// [`ErrorCode::LimitReached`] at `path` and the place of one that is held too often.
    pub async fn hold(&self, tx: &WriteTx, holder: Uuid, documents: &[DocumentId], path: &[&str]) -> Outcome<()> {
        let key = &self.knows.hold_key;
        let slots: Vec<Vec<Tag>> = documents.iter().map(|id| key.slots(*id)).collect::<Result<_, _>>()?;
        let taken: HashSet<Tag> = store::holds::among(&**tx, &slots.concat()).await?.into_iter().collect();
        let mut tags = key.fillers(holder, documents.len())?;
        for (position, slots) in slots.into_iter().enumerate() {
            let Some(free) = slots.into_iter().find(|tag| !taken.contains(tag)) else {
                let at = path.iter().map(ToString::to_string).chain([position.to_string()]);
                return Err(UserError::new(ErrorCode::LimitReached, at).with("maximum", SLOTS).into());
            };
            tags.push(free);
        }
        let count = tags.len() as u64;
        if store::holds::insert(tx, tags).await? != count {
            return Err(Fault::Overloaded("a document is being held by another at the same time").into());
        }
        Ok(())
    }

    /// Ends what [`Documents::hold`] began, for each of these holders with the documents that it holds.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn let_go(&self, tx: &WriteTx, held: &[(Uuid, Vec<DocumentId>)]) -> Result<(), Fault> {
        let key = &self.knows.hold_key;
        let (mut gone, mut slots) = (Vec::new(), Vec::new());
        for (holder, documents) in held {
            gone.extend(key.fillers(*holder, documents.len())?);
            for document in documents {
                slots.push(key.slots(*document)?);
            }
        }
        let mut there: HashSet<Tag> = store::holds::among(&**tx, &slots.concat()).await?.into_iter().collect();
        for slots in slots {
            // Any of its rows: they do not tell for whom they stand.
            gone.extend(slots.into_iter().rev().find(|tag| there.remove(tag)));
        }
        Ok(store::holds::delete(tx, gone).await?)
    }

    /// Which of these documents are held.
    pub(super) async fn held(&self, db: &Database, documents: &[DocumentId]) -> Result<HashSet<DocumentId>, Fault> {
        let slots = self.slots(documents)?;
        let tags: Vec<Tag> = slots.iter().flat_map(|(_, slots)| slots.clone()).collect();
        Ok(named(&slots, &store::holds::among(db.read(), &tags).await?))
    }

    /// Which of these documents are held, as a transaction sees it.
    pub(super) async fn held_in(&self, tx: &WriteTx, documents: &[DocumentId]) -> Result<HashSet<DocumentId>, Fault> {
        let slots = self.slots(documents)?;
        let tags: Vec<Tag> = slots.iter().flat_map(|(_, slots)| slots.clone()).collect();
        Ok(named(&slots, &store::holds::among(&**tx, &tags).await?))
    }

    fn slots(&self, documents: &[DocumentId]) -> Result<Vec<(DocumentId, Vec<Tag>)>, Fault> {
        documents.iter().map(|id| Ok((*id, self.knows.hold_key.slots(*id)?))).collect()
    }
}

/// The documents of which a tag was found.
fn named(slots: &[(DocumentId, Vec<Tag>)], found: &[Tag]) -> HashSet<DocumentId> {
    let found: HashSet<&Tag> = found.iter().collect();
    slots.iter().filter(|(_, slots)| slots.iter().any(|tag| found.contains(tag))).map(|(id, _)| *id).collect()
}
