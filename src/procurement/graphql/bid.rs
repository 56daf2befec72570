//! Bids on the wire: as much of each as its reader may see.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{Loaders, ProcurementRequest, RequestLot, bid_loader::BidLoaders};
use crate::{
    accounts::{
        OrganizationId,
        graphql::{Loaders as Accounts, User},
    },
    connection,
    directory::graphql::{EvidenceLevel, Loaders as Directory, Organization, OwnershipDefinition, OwnershipStatus},
    documents::graphql::Document,
    kernel::{
        decimal,
        graphql::{Date, Decimal, Money, list_complexity},
        money::{self, Currency},
        page::encode_cursor,
        quantity,
    },
    procurement::{self, BIDS, BidContent, SeenBid, bid_key, model},
};

/// Where a bid stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::bid_lifecycle::ShownStatus")]
pub enum BidStatus {
    /// It is sealed: only its bidder can read it, or knows whose it is.
    Sealed,
    /// It is sealed, and the request was amended since: it lapses unless its bidder confirms it.
    NeedsReconfirm,
    /// Its bidder took it back.
    Withdrawn,
    /// It answered an earlier wording of the request when the deadline passed.
    Lapsed,
    /// It was opened, and the buyer has to look at what was found.
    Opened,
    /// It answers the request.
    Valid,
    /// It was excluded.
    Disqualified,
}

/// Why a bid was excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::bid::DisqualifiedReason")]
pub enum BidDisqualificationReason {
    /// It does not answer what was asked.
    NotResponsive,
    /// The bidder may not bid.
    NotEligible,
    /// A certificate that was asked for is missing.
    CertificateMissing,
    /// A lot is reserved, and the bidder does not satisfy its definition.
    WomenStatusMissing,
    /// The quality is not what was asked for.
    QualityInsufficient,
    /// Nobody could deliver for so little.
    AbnormallyLow,
    /// Bidders agreed with each other.
    Collusion,
    /// Something else, which the note says.
    Other,
}

/// What there may be to look at in a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::finding::FindingKind")]
pub enum BidFindingKind {
    /// Less is offered than the lot asks for.
    PartialQuantity,
    /// An organization holds no certificate, in force on the day of the deadline, of a scheme that the lot asks for.
    CertificateMissing,
    /// The lot is reserved, and those who bid did not satisfy its definition when the bid was sealed.
    WomenStatusMissing,
    /// A document that belongs to the bid is gone, or is not what was sealed.
    DocumentMissing,
    /// An organization among those who bid is not in good standing.
    NotInGoodStanding,
    /// The lot is no longer asked for.
    LotGone,
}

/// What a bidder holds to prove later what was sealed.
#[derive(Debug, Clone, SimpleObject)]
pub struct BidReceipt {
    /// SHA-256 of the bytes of `sealedContent`, in hexadecimal digits.
    pub sha256: String,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

/// Why a bid was excluded, in words.
#[derive(Debug, Clone, SimpleObject)]
pub struct BidDisqualification {
    /// Why it was excluded.
    pub reason: BidDisqualificationReason,
    /// In which words; null for whoever sees neither how bids are judged nor bid herself.
    pub note: Option<String>,
}

/// What somebody should look at before the bid is found to answer the request.
#[derive(Debug, Clone)]
pub struct BidFinding(procurement::Finding);

/// What somebody should look at before the bid is found to answer the request.
#[Object]
impl BidFinding {
    /// What it is.
    async fn kind(&self) -> BidFindingKind {
        self.0.kind.into()
    }

    /// About which lot of the request.
    async fn request_lot_id(&self) -> Option<ID> {
        self.0.lot.map(|lot| ID(lot.to_string()))
    }

    /// About which certification scheme, by code.
    async fn scheme_code(&self) -> Option<&str> {
        self.0.scheme.as_deref()
    }

    /// About which organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        organization(ctx, self.0.organization).await
    }

    /// About which document.
    async fn document_id(&self) -> Option<ID> {
        self.0.document.map(|document| ID(document.to_string()))
    }
}

/// What is offered for a lot.
#[derive(Debug, Clone)]
pub struct BidLot {
    offered: (procurement::RequestLotId, i64, i64, i64),
    currency: Currency,
}

/// What is offered for a lot.
#[Object]
impl BidLot {
    /// The lot of the request.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<RequestLot>> {
        Loaders::lot(ctx, self.offered.0).await
    }

    /// The lot's id.
    async fn request_lot_id(&self) -> ID {
        ID(self.offered.0.to_string())
    }

    /// The price of a whole unit of the lot.
    async fn unit_price(&self) -> Money {
        Money(money::Money { minor: self.offered.1, currency: self.currency })
    }

    /// How much, in the lot's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(decimal::format_scaled(self.offered.2, quantity::DECIMALS))
    }

    /// Price times quantity, rounded half to even, once.
    async fn amount(&self) -> Money {
        Money(money::Money { minor: self.offered.3, currency: self.currency })
    }
}

/// Who bids, with her share.
#[derive(Debug, Clone)]
pub struct BidPartner {
    organization: OrganizationId,
    share: i64,
    lead: bool,
}

/// Who bids, with her share.
#[Object]
impl BidPartner {
    /// The organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        organization(ctx, Some(self.organization)).await
    }

    /// Her share in percent; all of a bid are 100 together.
    async fn share_percent(&self) -> Decimal {
        Decimal(decimal::format_scaled(self.share, model::offer::PERCENT_DECIMALS))
    }

    /// Whether she leads the others, and speaks for them.
    async fn lead(&self) -> bool {
        self.lead
    }
}

/// What is said to a criterion.
#[derive(Clone, SimpleObject)]
pub struct BidAnswer {
    /// The criterion.
    pub criterion_id: ID,
    /// What is said.
    pub text: String,
}

/// What an organization was under a definition of women's ownership when a bid was sealed or a lot awarded. It is assessed
/// once, and never again.
#[derive(Debug, Clone)]
pub struct FrozenStatus(pub procurement::FrozenStatus);

/// What an organization was under a definition of women's ownership when a bid was sealed or a lot awarded. It is assessed
/// once, and never again.
#[Object]
impl FrozenStatus {
    /// The organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        organization(ctx, Some(self.0.organization)).await
    }

    /// The definition.
    async fn definition(&self) -> OwnershipDefinition {
        self.0.definition.into()
    }

    /// Whether she satisfied it. What is not known is never a no.
    async fn status(&self) -> OwnershipStatus {
        self.0.status.into()
    }

    /// How well that was supported.
    async fn evidence_level(&self) -> Option<EvidenceLevel> {
        self.0.level.map(EvidenceLevel::from)
    }

    /// The last day on which the evidence behind it holds, where it was looked at by a verifier.
    async fn evidence_until(&self) -> Option<Date> {
        self.0.evidence_until.map(Date)
    }

    /// The day it was assessed for.
    async fn assessed_on(&self) -> Date {
        Date(self.0.assessed_on)
    }
}

/// An offer for lots of a request.
#[derive(Debug, Clone)]
pub struct Bid(pub SeenBid);

connection! {
    /// A page of bids.
    BidConnection, BidEdge, Bid
}

impl Bid {
    fn content(&self) -> Option<&BidContent> {
        self.0.content.as_deref()
    }

    /// The content, for whoever sees what is not for everybody.
    fn whole(&self) -> Option<&BidContent> {
        self.content().filter(|_| self.0.sees_all)
    }

    fn currency(&self) -> Currency {
        self.0.request.currency
    }
}

/// An offer for lots of a request. Until it is opened only its bidder sees it at all; from then on everybody sees who bids, for how
/// much and what became of it, and the buyer and whoever oversees the platform the rest.
#[Object]
impl Bid {
    /// Identifies the bid.
    pub async fn id(&self) -> ID {
        ID(self.0.bid.id.to_string())
    }

    /// The request that it is on.
    async fn request(&self) -> ProcurementRequest {
        ProcurementRequest(self.0.request.clone())
    }

    /// Which wording of the request it answers.
    async fn request_version(&self) -> i64 {
        self.0.bid.request_version
    }

    /// Where it stands now.
    async fn status(&self) -> BidStatus {
        self.0.shown.into()
    }

    /// What proves later what was sealed.
    async fn receipt(&self) -> BidReceipt {
        BidReceipt { sha256: self.0.bid.receipt.to_string(), sealed_at: self.0.bid.sealed_at }
    }

    /// The text that was sealed, whose SHA-256 the receipt is: JSON in canonical form (RFC 8785), with a random salt. For whoever
    /// bids, the buyer, and whoever oversees the platform; null once it was withdrawn.
    async fn sealed_content(&self) -> Option<&str> {
        self.whole().map(|content| content.text.as_str())
    }

    /// Who bids: of several, the one who leads.
    async fn bidder(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        organization(ctx, self.content().map(|content| content.offer.bidder)).await
    }

    /// Who submitted it; for members of whoever bids.
    async fn submitted_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let by = self.content().filter(|_| self.0.is_own).and_then(|content| content.submitted_by);
        match by {
            Some(user) => Accounts::user(ctx, user).await,
            None => Ok(None),
        }
    }

    /// Everybody who bids with her share, the one who leads first.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn partners(&self) -> Vec<BidPartner> {
        let offer = self.content().map(|content| &content.offer);
        let partners = offer.into_iter().flat_map(|offer| {
            offer.partners.iter().map(|(organization, share)| BidPartner {
                organization: *organization,
                share: *share,
                lead: *organization == offer.bidder,
            })
        });
        partners.collect()
    }

    /// What is offered for which lots.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn lots(&self) -> Vec<BidLot> {
        let lots = self.content().map(|content| content.offer.lots.as_slice()).unwrap_or_default();
        lots.iter().map(|offered| BidLot { offered: *offered, currency: self.currency() }).collect()
    }

    /// What all its lots come to.
    async fn amount(&self) -> Option<Money> {
        let minor = self.content().and_then(|content| content.offer.amount_minor());
        minor.map(|minor| Money(money::Money { minor, currency: self.currency() }))
    }

    /// What is said to criteria; for whoever bids, the buyer, and whoever oversees the platform.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn answers(&self) -> Vec<BidAnswer> {
        let answers = self.whole().map(|content| content.offer.answers.as_slice()).unwrap_or_default();
        answers
            .iter()
            .map(|(criterion, text)| BidAnswer { criterion_id: ID(criterion.to_string()), text: text.clone() })
            .collect()
    }

    /// The documents that belong to it; for whoever bids, the buyer, and whoever oversees the platform.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        match self.whole() {
            Some(_) if self.0.bid.opened.is_some() => BidLoaders::documents(ctx, self.0.bid.id).await,
            Some(content) => BidLoaders::own_documents(ctx, &content.offer.document_ids()).await,
            None => Ok(Vec::new()),
        }
    }

    /// What its opening found that somebody should look at; of one's own sealed bid, what would be found today. For whoever
    /// bids, the buyer, and whoever oversees the platform.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<BidFinding>> {
        let found = match (&self.0.bid.opened, self.whole()) {
            (Some(opened), Some(_)) => opened.findings.clone(),
            (None, Some(_)) => BidLoaders::found_today(ctx, &self.0).await?,
            (_, None) => Vec::new(),
        };
        Ok(found.into_iter().map(BidFinding).collect())
    }

    /// What each organization that bids was under each definition of women's ownership on the day on which it was sealed; empty
    /// until it is opened.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn women_status(&self, ctx: &Context<'_>) -> Result<Vec<FrozenStatus>> {
        Ok(BidLoaders::statuses(ctx, self.0.bid.id).await?.iter().copied().map(FrozenStatus).collect())
    }

    /// When it was opened.
    async fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.0.bid.opened.as_ref().map(|opened| opened.at)
    }

    /// When its bidder took it back.
    async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.bid.withdrawn_at
    }

    /// Why it was excluded.
    async fn disqualified(&self) -> Option<BidDisqualification> {
        let (reason, note) = self.0.bid.opened.as_ref()?.disqualified.as_ref()?;
        let note = note.clone().filter(|_| self.0.sees_all);
        Some(BidDisqualification { reason: (*reason).into(), note })
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.bid.version
    }
}

async fn organization(ctx: &Context<'_>, id: Option<OrganizationId>) -> Result<Option<Organization>> {
    match id {
        Some(id) => Directory::organization(ctx, id).await,
        None => Ok(None),
    }
}

/// A page of bids as a connection.
pub(super) fn bid_connection((slice, total): crate::kernel::page::Counted<SeenBid>) -> BidConnection {
    BidConnection::new(slice, |bid: SeenBid| (encode_cursor(BIDS, &bid_key(&bid)), Bid(bid)), total)
}
