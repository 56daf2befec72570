//! A document, and who may see it.

use super::{DocumentId, MediaType};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{clock::Timestamp, digest::Digest},
};

crate::words! {
    /// Who may see a document.
    Visibility {
        /// Everybody.
        Public = "PUBLIC",
        /// The organization's members, those whom it deals with, and whoever oversees the platform.
        Party = "PARTY",
        /// Those who lead the organization, whoever uploaded it, and whoever reviews evidence and oversees the platform.
        Reviewers = "REVIEWERS",
    }
}

crate::words! {
    /// Where a document stands.
    DocumentState {
        /// Its bytes are awaited, or wait to be looked at.
        Pending = "PENDING",
        /// It was looked at and can be used.
        Ready = "READY",
        /// What was sent is not what was announced, or cannot be kept; nothing of it is.
        Refused = "REFUSED",
    }
}

crate::words! {
    /// What of a document is served.
    RenditionName {
        /// All of it.
        Full = "FULL",
        /// A picture 320 pixels wide, for lists.
        Small = "W320",
        /// A picture 800 pixels wide, for a screen.
        Medium = "W800",
    }
}

/// What contents are called in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// Their SHA-256: they lie as they are.
    Open(Digest),
    /// A name that only the service can compute of their SHA-256: they are sealed.
    Sealed(Digest),
}

impl Address {
    /// What contents with this SHA-256 are called: what is called otherwise is sealed.
    #[must_use]
    pub fn of(name: Digest, sha256: &Digest) -> Self {
        if name == *sha256 { Self::Open(name) } else { Self::Sealed(name) }
    }

    /// The name itself.
    #[must_use]
    pub const fn name(&self) -> &Digest {
        match self {
            Self::Open(name) | Self::Sealed(name) => name,
        }
    }
}

/// Something that can be downloaded of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Which.
    pub name: RenditionName,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// What its bytes are called in the store.
    pub address: Address,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// How many bytes it has.
    pub byte_size: i64,
    /// Width and height in pixels, of a picture.
    pub pixels: Option<(i32, i32)>,
}

/// A document that is announced.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Its id.
    pub id: DocumentId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// Who uploads it; none for the service itself.
    pub uploader: Option<UserId>,
    /// What its file is called.
    pub file_name: String,
    /// What kind of file it is to be.
    pub media_type: MediaType,
    /// Who may see it.
    pub visibility: Visibility,
    /// The SHA-256 of the bytes that are to be sent.
    pub uploaded_sha256: Digest,
    /// How many bytes are to be sent.
    pub uploaded_size: i64,
    /// Until when they may be sent.
    pub upload_expires_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
}

/// A file that an organization hands in.
#[derive(Debug, Clone)]
pub struct Document {
    /// What was announced.
    pub announced: NewDocument,
    /// Where it stands.
    pub state: DocumentState,
    /// Why it was refused, as an error code.
    pub refusal: Option<String>,
    /// What of it can be downloaded; nothing unless it is ready.
    pub renditions: Vec<Rendition>,
}

impl Document {
    /// Whether its bytes are encrypted in the store: always, unless everybody may see it. That some were and others were not
    /// would tell what they are for.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self.announced.visibility {
            Visibility::Public => false,
            Visibility::Party | Visibility::Reviewers => true,
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> DocumentId {
        self.announced.id
    }

    /// Whose it is.
    #[must_use]
    pub const fn organization(&self) -> OrganizationId {
        self.announced.organization
    }

    /// All of it; none unless it is ready.
    #[must_use]
    pub fn full(&self) -> Option<&Rendition> {
        self.renditions.iter().find(|one| one.name == RenditionName::Full)
    }

    /// Smaller pictures of it, the smallest first.
    pub fn thumbnails(&self) -> impl Iterator<Item = &Rendition> {
        self.renditions.iter().filter(|one| one.name != RenditionName::Full)
    }

    /// What kind of file is served; what was announced, until it is ready.
    #[must_use]
    pub fn media_type(&self) -> MediaType {
        self.full().map_or(self.announced.media_type, |full| full.media_type)
    }

    /// Whether it is ready, a picture, and for everybody: what may be shown beside an offer.
    #[must_use]
    pub fn is_public_picture(&self) -> bool {
        self.state == DocumentState::Ready
            && self.announced.visibility == Visibility::Public
            && self.media_type().is_picture()
    }
}

/// What somebody sees of an organization's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// What is for those whom it deals with.
    pub party: bool,
    /// What is for reviewers, whoever uploaded it.
    pub reviewed: bool,
    /// What she uploaded herself; none where she does not belong to it: whoever left no longer speaks for it.
    pub uploader: Option<UserId>,
}

impl Sight {
    /// Whether it shows the document. What is not ready yet is nobody's business outside, however public it is to be.
    #[must_use]
    pub fn shows(&self, document: &Document) -> bool {
        match (document.announced.visibility, document.state) {
            (Visibility::Public, DocumentState::Ready) => true,
            (Visibility::Public | Visibility::Party, _) => self.party,
            (Visibility::Reviewers, _) => {
                self.reviewed || (self.uploader.is_some() && self.uploader == document.announced.uploader)
            }
        }
    }
}
