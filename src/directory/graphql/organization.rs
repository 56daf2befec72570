//! An organization on the wire.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::{
    LegalForm, Loaders, OrganizationKind, OrganizationStanding, OwnershipAssessment, OwnershipDefinition,
    OwnershipProfile, Place, RegistrationScheme, directory,
};
use crate::{
    accounts::OrganizationId,
    accounts::graphql::{InvitationConnection, MembershipConnection, invitations_of, members_of},
    catalog::graphql::{ListingConnection, ListingFilter, ListingOrderBy, ListingsArgs, organization_listings},
    certification::graphql::{CertificateConnection, Claim, organization_certificates, organization_claims},
    connection,
    credentials::graphql::{self as credentials, Credential},
    directory::model::{
        self,
        organization::OrganizationCard,
        query::{OrganizationOrder, OrganizationOrderField},
    },
    kernel::{
        graphql::{Cursor, Date, LanguageCode, Word, failure, list_complexity, locale, page_args, page_complexity},
        locale::Locale,
    },
    traceability::graphql::{LotConnection, organization_lots},
    written,
};

/// A cooperative, a firm, a market seller, a buyer, a certifier or a supporter.
#[derive(Debug, Clone)]
pub enum Organization {
    /// All that is known of it.
    Whole(Arc<model::organization::Organization>),
    /// What is shown of it where no more than [`ON_CARD`] is asked for.
    Card(Arc<OrganizationCard>),
}

/// The fields that need no more than an [`OrganizationCard`].
pub const ON_CARD: [&str; 11] = [
    "__typename",
    "certificates",
    "claims",
    "id",
    "invitations",
    "kind",
    "listings",
    "lots",
    "members",
    "name",
    "registrations",
];

impl Organization {
    fn key(&self) -> OrganizationId {
        match self {
            Self::Whole(organization) => organization.id,
            Self::Card(card) => card.id,
        }
    }

    fn sort(&self) -> OrganizationKind {
        match self {
            Self::Whole(organization) => organization.kind.into(),
            Self::Card(card) => card.kind.into(),
        }
    }

    fn called(&self) -> &str {
        match self {
            Self::Whole(organization) => &organization.name,
            Self::Card(card) => &card.name,
        }
    }

    /// Where it stands in an order.
    pub(super) fn cursor(&self, order: OrganizationOrder) -> Cursor {
        match self {
            Self::Whole(organization) if order.field != OrganizationOrderField::Name => {
                Cursor::Key(order.list_name(), order.key(organization))
            }
            // Cards are read in the order of names only.
            Self::Whole(_) | Self::Card(_) => {
                Cursor::Name(order.list_name(), self.called().to_owned(), self.key().uuid())
            }
        }
    }

    /// What no card tells.
    fn whole(&self) -> async_graphql::Result<&model::organization::Organization> {
        match self {
            Self::Whole(organization) => Ok(organization),
            Self::Card(_) => Err(async_graphql::Error::new("more is asked than was read")),
        }
    }
}

impl From<model::organization::Organization> for Organization {
    fn from(organization: model::organization::Organization) -> Self {
        Self::Whole(Arc::new(organization))
    }
}

impl From<OrganizationCard> for Organization {
    fn from(card: OrganizationCard) -> Self {
        Self::Card(Arc::new(card))
    }
}

connection! {
    /// A page of organizations.
    OrganizationConnection, OrganizationEdge, Organization, written
}

written! {
    Organization: organization {
        "id" => ID::from(organization.key()),
        "kind" => Word(organization.sort()),
        "name" => organization.called(),
    } resolved { "certificates", "claims", "invitations", "listings", "lots", "members", "registrations" }
}

/// A position on the WGS 84 ellipsoid.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct GeoPoint {
    /// Degrees; north is positive.
    pub latitude: f64,
    /// Degrees; east is positive, nearly all of Mali is negative.
    pub longitude: f64,
}

impl From<model::place::Point> for GeoPoint {
    fn from(point: model::place::Point) -> Self {
        Self { latitude: point.latitude, longitude: point.longitude }
    }
}

/// An entry of an organization in a register.
#[derive(Debug, Clone, SimpleObject)]
pub struct Registration {
    /// The register.
    pub scheme: RegistrationScheme,
    /// The number as it was typed.
    pub value: String,
    /// The one form by which numbers are compared: `MA.BKO.2024.B.157`, `081234567A`.
    pub normalized: String,
    /// Whether the number has the form its register gives today. Older papers may differ and are accepted.
    pub has_usual_form: bool,
}

impl From<&model::registration::Registration> for Registration {
    fn from(registration: &model::registration::Registration) -> Self {
        Self {
            scheme: registration.scheme.into(),
            value: registration.raw.clone(),
            normalized: registration.normalized.clone(),
            has_usual_form: registration.has_usual_form(),
        }
    }
}

/// A cooperative, a firm, a market seller, a buyer, a certifier or a supporter.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Organization {
    /// Identifies the organization.
    pub async fn id(&self) -> ID {
        ID(self.key().to_string())
    }

    /// What it is on the marketplace; never changes.
    fn kind(&self) -> OrganizationKind {
        self.sort()
    }

    /// Its name, as it writes it.
    fn name(&self) -> &str {
        self.called()
    }

    /// Its legal form; null where it said none.
    fn legal_form(&self) -> async_graphql::Result<Option<LegalForm>> {
        Ok(self.whole()?.legal_form.map(LegalForm::from))
    }

    /// What it says about itself.
    async fn description(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The language of the text; the request's own where none is given. Where there is no text in it, French or another one."
        )]
        language: Option<LanguageCode>,
    ) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.descriptions.best(language.map_or_else(|| locale(ctx), Locale::from)))
    }

    /// The languages it describes itself in.
    fn description_languages(&self) -> async_graphql::Result<Vec<LanguageCode>> {
        Ok(self.whole()?.descriptions.iter().map(|(language, _)| language.into()).collect())
    }

    /// The language it works in.
    fn language(&self) -> async_graphql::Result<LanguageCode> {
        Ok(self.whole()?.language.into())
    }

    /// The languages spoken there, as ISO 639 codes, most important first.
    fn languages(&self) -> async_graphql::Result<&[String]> {
        Ok(&self.whole()?.languages)
    }

    /// The place it belongs to, the most exact one known.
    async fn place(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Place>> {
        Place::of(ctx, &self.whole()?.place_code)
    }

    /// Where exactly it is; null where it did not say.
    fn location(&self) -> async_graphql::Result<Option<GeoPoint>> {
        Ok(self.whole()?.location.map(GeoPoint::from))
    }

    /// The phone number buyers call, in E.164 form (`+22376123456`). An organization's own channel, public by its
    /// declaration; the numbers of its members are not.
    fn phone(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.phone.as_deref())
    }

    /// The e-mail address buyers write to; public as the phone number is.
    fn email(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.email.as_deref())
    }

    /// The market it sells on, as it calls it.
    fn market_name(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.market_name.as_deref())
    }

    /// Where on the market.
    fn stall(&self) -> async_graphql::Result<Option<&str>> {
        Ok(self.whole()?.stall.as_deref())
    }

    /// Its entries in registers, in the order in which it gave them. A number that names a person (`NINA`) is shown to
    /// members and to those who oversee the platform only.
    #[graphql(complexity = "list_complexity(4, child_complexity)")]
    async fn registrations(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Registration>> {
        Ok(Loaders::registrations(ctx, self.key()).await?.iter().map(Registration::from).collect())
    }

    /// Whether it may trade.
    fn standing(&self) -> async_graphql::Result<OrganizationStanding> {
        Ok(self.whole()?.standing.into())
    }

    /// What it declared about who owns and leads it, and the evidence for that.
    async fn ownership_profile(&self, ctx: &Context<'_>) -> async_graphql::Result<Box<OwnershipProfile>> {
        Ok(Box::new(Box::pin(OwnershipProfile::of(ctx, self.whole()?)).await?))
    }

    /// Whether it is owned or led by women, by one definition, as the facts, the evidence and the definition stood on a
    /// day.
    async fn ownership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which definition.")] definition: OwnershipDefinition,
        #[graphql(name = "asOf", desc = "For which day; today where none is given. Not a day to come.")] as_of: Option<
            Date,
        >,
    ) -> async_graphql::Result<Box<OwnershipAssessment>> {
        let room = directory(ctx)?;
        let day = room.assessment_day(as_of.map(|day| day.0)).map_err(|error| failure(ctx, error.into()))?;
        let known = Loaders::ownership(ctx, self.key(), day).await?;
        Ok(Box::new(OwnershipAssessment(room.assess(self.whole()?, &known, definition.into(), day))))
    }

    /// That it verifiably satisfies a definition, as a signed statement that anybody can check without asking us; null where
    /// that was never verified.
    async fn ownership_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which definition.")] definition: OwnershipDefinition,
    ) -> Option<async_graphql::Result<Credential>> {
        let definition = model::ownership::Definition::from(definition);
        credentials::Loaders::of_subject(ctx, definition.credential_subject(), self.key().uuid()).await.transpose()
    }

    /// How that answer changed over time, the oldest first; empty where nothing was ever declared.
    #[graphql(complexity = "list_complexity(20, child_complexity)")]
    async fn ownership_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which definition.")] definition: OwnershipDefinition,
    ) -> async_graphql::Result<Vec<OwnershipAssessment>> {
        let history = Box::pin(directory(ctx)?.ownership_history(self.whole()?, definition.into())).await;
        let history = history.map_err(|fault| failure(ctx, fault.into()))?;
        Ok(history.into_iter().map(OwnershipAssessment).collect())
    }

    /// What it offers, the newest first. Everyone sees what is published; members see all of it.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<ListingFilter>,
        #[graphql(desc = "The order; the newest first where none is given.")] order_by: Option<ListingOrderBy>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ListingConnection> {
        let args = ListingsArgs { filter, order_by, page: page_args(first, after, last, before) };
        Box::pin(organization_listings(ctx, self.key(), args)).await
    }

    /// What its certificates say of a product on a day: what something that it makes of it on that day may claim.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product, by code.")] product_code: String,
        #[graphql(desc = "The day; today where none is given.")] on: Option<Date>,
        #[graphql(desc = "Only what was decided by then counts; what is decided now where it is left out.")]
        as_known_at: Option<DateTime<Utc>>,
    ) -> async_graphql::Result<Vec<Claim>> {
        Box::pin(organization_claims(ctx, self.key(), &product_code, (on.map(|day| day.0), as_known_at))).await
    }

    /// The certificates that cover it, the latest to run out first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn certificates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<CertificateConnection> {
        Box::pin(organization_certificates(ctx, self.key(), page_args(first, after, last, before))).await
    }

    /// The lots that it has or is to receive, the last made first. For its members and those who oversee the platform.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Option<async_graphql::Result<LotConnection>> {
        Box::pin(organization_lots(ctx, self.key(), page_args(first, after, last, before))).await.transpose()
    }

    /// The people who act for it, the longest standing first. For its members and those who oversee the platform.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Option<async_graphql::Result<MembershipConnection>> {
        Some(Box::pin(members_of(ctx, self.key(), page_args(first, after, last, before))).await)
    }

    /// Its invitations, the newest first. For its members and those who oversee the platform.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Option<async_graphql::Result<InvitationConnection>> {
        Some(Box::pin(invitations_of(ctx, self.key(), page_args(first, after, last, before))).await)
    }

    /// Counts changes from 1; give it as `expectedVersion` to change nothing that somebody else changed meanwhile.
    fn version(&self) -> async_graphql::Result<i64> {
        Ok(self.whole()?.version)
    }

    /// When it was registered here.
    fn created_at(&self) -> async_graphql::Result<DateTime<Utc>> {
        Ok(self.whole()?.created_at)
    }

    /// When it last changed.
    fn updated_at(&self) -> async_graphql::Result<DateTime<Utc>> {
        Ok(self.whole()?.updated_at)
    }
}
