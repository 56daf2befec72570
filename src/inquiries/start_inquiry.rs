//! An organization writes to another.

use serde::Serialize;
use serde_json::json;

use super::{Inquiries, Inquiry, InquiryId, Message, Side, audit, store, write::check};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    catalog::{Listing, ListingId, ListingStatus},
    directory::{Organization, Standing},
    documents::DocumentId,
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// What is written to whom.
#[derive(Debug, Clone, Serialize)]
pub struct StartInquiry {
    /// About which listing; its seller is the other party.
    pub listing: Option<ListingId>,
    /// To which organization, where it is about no listing.
    pub organization: Option<OrganizationId>,
    /// For which organization.
    pub from: OrganizationId,
    /// What it says.
    pub text: String,
    /// What goes with it: documents of the organization that writes.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// Both parties, and what it is about.
struct Addressed {
    from: Organization,
    to: OrganizationId,
    listing: Option<Listing>,
}

impl Inquiries {
    /// Writes to another organization. Where a thread of the two about the same listing, or about nothing in particular, is open
    /// that this organization began, the message goes there; else a thread begins.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for an organization, listing or document, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::OwnOrganization`], [`ErrorCode::Blocked`], [`ErrorCode::SentTooMuch`], and everything that is wrong with
    /// the input.
    pub async fn start_inquiry(&self, actor: &Actor, command: StartInquiry) -> Outcome<(Inquiry, Message)> {
        let mut wrong = Rejections::default();
        let text = check(&command.text, &command.documents, &mut wrong);
        let sender = wrong.absorb(self.sender(actor, command.from).await)?;
        let is_sender = sender.is_some();
        let addressed = match sender {
            Some(from) => wrong.absorb(self.addressed(actor, &command, from).await)?,
            None => None,
        };
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        if let Err(refused) = wrong.finish() {
            // What she wrote about may have been taken back since she did.
            let db = &self.knows.services.db;
            let before = match is_sender {
                true => idempotency::done_before(db, scope, key, "startInquiry", &command).await?,
                false => None,
            };
            return match before {
                Some(id) => self.written_before(id).await,
                None => Err(refused),
            };
        }
        // They are there, or the collector would not have let us pass.
        let (Some(text), Some(addressed)) = (text, addressed) else { return Err(Failure::code(ErrorCode::Required)) };
        let (from, to) = (addressed.from.id, addressed.to);
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let claim = match idempotency::claim(&tx, scope, key, "startInquiry", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.written_before(id).await;
            }
        };
        self.may_send(&tx, from, to).await?;
        let about = addressed.listing.as_ref().map(|listing| listing.id);
        let (mut inquiry, is_new) = self.open_thread(&tx, (from, to), about).await?;
        let content = (text, command.documents.as_slice());
        let message = self.append(&tx, actor, (&mut inquiry, Side::From), content).await?;
        let title = addressed.listing.as_ref().map(|listing| listing.offer.title.as_str());
        self.tell(&tx, actor, (&inquiry, Side::From), (&addressed.from.name, title)).await?;
        self.looked_at(&tx, actor, &inquiry).await?;
        if is_new {
            let entry = audit::Entry {
                chain: from,
                by_her: true,
                action: "inquiry.start",
                subject: (InquiryId::PREFIX, inquiry.id.uuid()),
                before: None,
                after: Some(json!({ "to": to, "listing": about })),
            };
            audit::append(&tx, actor, entry, now).await?;
        }
        claim.finish(&tx, message.id.uuid()).await?;
        tx.commit().await?;
        Ok((inquiry, message))
    }

    /// The open thread, locked, and whether it was begun just now. Whoever calls holds the sender, so that nobody else begins
    /// one at the same time.
    async fn open_thread(
        &self,
        tx: &WriteTx,
        (from, to): (OrganizationId, OrganizationId),
        about: Option<ListingId>,
    ) -> Outcome<(Inquiry, bool)> {
        if let Some(open) = store::inquiries::lock_open(tx, (from, to), about).await? {
            return Ok((open, false));
        }
        self.may_begin(tx, from).await?;
        let services = &self.knows.services;
        let id = InquiryId::from_uuid(services.ids.next_uuid());
        let begun = Inquiry::begun(id, (from, to), about, services.now());
        if !store::inquiries::insert(tx, &begun).await? {
            return Err(Fault::Internal("a thread was begun beside the lock of its sender".to_owned()).into());
        }
        Ok((begun, true))
    }

    /// Who writes, if the actor may write for it.
    async fn sender(&self, actor: &Actor, from: OrganizationId) -> Outcome<Organization> {
        actor.signed_in()?;
        let from = self.knows.directory.organization(actor, from).await?;
        let from = from.ok_or_else(|| not_found("fromOrganizationId"))?;
        policy::require(actor, Action::WriteInquiries, &Facts::of(from.id))?;
        if from.standing != Standing::Good {
            return Err(UserError::new(ErrorCode::Forbidden, ["input", "fromOrganizationId"]).into());
        }
        Ok(from)
    }

    /// To whom she writes about what, as far as the actor may see that.
    async fn addressed(&self, actor: &Actor, command: &StartInquiry, from: Organization) -> Outcome<Addressed> {
        let directory = &self.knows.directory;
        let (listing, to, field) = match (command.listing, command.organization) {
            (Some(id), None) => {
                let found = self.knows.catalog.listing(actor, id).await?;
                // Drafts and what is paused are shown to whoever also belongs to the seller, and are for nobody to ask about.
                let found = found.filter(|listing| listing.status == ListingStatus::Published);
                let listing = found.ok_or_else(|| not_found("listingId"))?;
                let seller = listing.organization;
                (Some(listing), seller, "listingId")
            }
            (None, Some(organization)) => (None, organization, "organizationId"),
            (None, None) => return Err(UserError::new(ErrorCode::Required, ["input", "listingId"]).into()),
            (Some(_), Some(_)) => {
                let error = UserError::new(ErrorCode::Inconsistent, ["input", "organizationId"]);
                return Err(error.with("reason", "listingId, organizationId").into());
            }
        };
        if to == from.id {
            return Err(UserError::new(ErrorCode::OwnOrganization, ["input", field]).into());
        }
        let other = directory.organization(actor, to).await?.filter(|other| other.standing == Standing::Good);
        match other {
            Some(_) => Ok(Addressed { from, to, listing }),
            None => Err(not_found(field)),
        }
    }
}

fn not_found(field: &str) -> Failure {
    UserError::new(ErrorCode::NotFound, ["input", field]).into()
}
