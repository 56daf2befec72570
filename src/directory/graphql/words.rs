//! The room's enums and scalars on the wire.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::{
    directory::model::{self, legal_form, organization, ownership, place, query, registration},
    kernel::reference,
};

/// What an organization is on the marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organization::OrganizationKind")]
pub enum OrganizationKind {
    /// A farmers' or processors' cooperative, or a women's group that works as one.
    Cooperative,
    /// A small or medium enterprise.
    Sme,
    /// A seller in a market or shop.
    MarketSeller,
    /// A company that buys.
    Company,
    /// A public buyer.
    PublicBody,
    /// A body that certifies others.
    Certifier,
    /// A programme, an NGO or a service that supports others and may act for them.
    SupportOrganization,
}

/// Whether an organization may trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organization::Standing")]
pub enum OrganizationStanding {
    /// It may trade.
    Good,
    /// The platform suspended it: only its members and those who oversee the platform see it.
    Suspended,
}

/// The legal form of an organization. Informal groups are as welcome as registered ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "legal_form::LegalForm")]
pub enum LegalForm {
    /// Simplified cooperative society (société coopérative simplifiée): at least 5 members.
    Scoops,
    /// Cooperative society with a board (société coopérative avec conseil d'administration): at least 15 members.
    CoopCa,
    /// Union of cooperatives: at least 2 member cooperatives.
    CooperativeUnion,
    /// A company whose exact form is not stated.
    Company,
    /// Limited liability company (société à responsabilité limitée).
    Sarl,
    /// Public limited company (société anonyme).
    Sa,
    /// Simplified joint-stock company (société par actions simplifiée).
    Sas,
    /// Economic interest grouping (groupement d'intérêt économique): at least 2 members.
    Gie,
    /// One person trading in her own name, registered or not.
    SoleTrader,
    /// Association.
    Association,
    /// A group without registration.
    InformalGroup,
    /// The state, a local authority, or a body of theirs.
    PublicBody,
}

/// A register or numbering scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "registration::RegistrationScheme")]
pub enum RegistrationScheme {
    /// Trade and personal property credit register (registre du commerce et du crédit mobilier), such as `MA.BKO.2024.B.157`.
    Rccm,
    /// Register of cooperative societies (registre des sociétés coopératives).
    Rsc,
    /// Tax identification number (numéro d'identification fiscale): 9 digits and a letter.
    Nif,
    /// National identification number of a person: 14 digits and a letter. Shown to members and to those who oversee
    /// the platform only.
    Nina,
    /// Any other register.
    Other,
}

/// A definition of what makes an organization owned or led by women.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "ownership::Definition")]
pub enum OwnershipDefinition {
    /// Women-owned business after ISO IWA 34: more than half owned, managed and controlled by women, with a woman
    /// signatory, and independent.
    #[graphql(name = "IWA34_WOMEN_OWNED")]
    Iwa34WomenOwned,
    /// Women-led business after ISO IWA 34: a quarter owned by women, managed by women, with a third of the board, a
    /// woman signatory, and independent.
    #[graphql(name = "IWA34_WOMEN_LED")]
    Iwa34WomenLed,
    /// Women-owned business after UN Women and the UN Global Marketplace: 51 % owned by women, who control it
    /// unconditionally.
    UnWomenOwned,
    /// Women-owned enterprise after the International Finance Corporation: 51 % owned by women; or 20 %, with a woman
    /// chief executive and 30 % of the board where one exists.
    IfcWomenOwned,
    /// Women's cooperative: a cooperative most of whose members and leaders are women. Men are never excluded.
    WomensCooperative,
}

/// Whether an organization satisfies a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ownership::OwnershipStatus")]
pub enum OwnershipStatus {
    /// Every fact that is needed was declared and is enough.
    Yes,
    /// A fact that was declared is definitely not enough.
    No,
    /// Facts are missing. This says nothing about the organization and is never to be shown as `NO`.
    Unknown,
}

/// How well something is supported, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ownership::EvidenceLevel")]
pub enum EvidenceLevel {
    /// The organization says so.
    SelfDeclared,
    /// A document says so; nobody has checked it yet.
    DocumentSubmitted,
    /// A verifier has checked the document.
    DocumentVerified,
    /// A body outside the marketplace certifies it.
    ThirdPartyCertified,
}

/// What a reviewer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ownership::Verdict")]
pub enum EvidenceVerdict {
    /// The evidence supports the facts it names.
    Accepted,
    /// It does not.
    Rejected,
}

/// What a definition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ownership::Criterion")]
pub enum OwnershipCriterion {
    /// The share of the organization that women own.
    WomenOwnedPercent,
    /// The share of the management posts that women hold.
    WomenManagementPercent,
    /// The share of the board that women hold, where a board exists.
    WomenBoardPercent,
    /// The share of women among the members.
    WomenMembersShare,
    /// A woman signs the legal documents and for the accounts.
    WomanSignatory,
    /// The organization is run independently of businesses that women do not own.
    OperatedIndependently,
    /// A woman is chief executive or chief operating officer.
    WomanChiefExecutive,
    /// The organization is a cooperative.
    Cooperative,
}

/// One thing that can be declared about who owns and leads an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ownership::Fact")]
pub enum OwnershipFact {
    /// Share of the organization that women own, in percent.
    WomenOwnedPercent,
    /// Share of the seats of the board that women hold, in percent.
    WomenBoardPercent,
    /// Share of the management posts that women hold, in percent.
    WomenManagementPercent,
    /// How many members are women.
    WomenMembers,
    /// How many members there are.
    TotalMembers,
    /// How many members are young women.
    YoungWomenMembers,
    /// How many employees are women.
    WomenEmployees,
    /// How many employees there are.
    TotalEmployees,
    /// A woman signs the legal documents and for the accounts.
    WomanSignatory,
    /// The organization is run independently of businesses that women do not own.
    OperatedIndependently,
    /// A woman is chief executive or chief operating officer.
    WomanChiefExecutive,
    /// There is a board of directors.
    HasBoard,
}

/// How sure we are that a piece of reference data is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Certainty {
    /// Held against a public source.
    Verified,
    /// Concluded from a public source.
    Inferred,
    /// From memory: to be confirmed before anything of weight rests on it.
    Remembered,
    /// A choice of this marketplace.
    Configured,
}

impl From<ownership::Certainty> for Certainty {
    fn from(certainty: ownership::Certainty) -> Self {
        match certainty {
            ownership::Certainty::Verified => Self::Verified,
            ownership::Certainty::Inferred => Self::Inferred,
            ownership::Certainty::Remembered => Self::Remembered,
            ownership::Certainty::Configured => Self::Configured,
        }
    }
}

impl From<reference::Certainty> for Certainty {
    fn from(certainty: reference::Certainty) -> Self {
        match certainty {
            reference::Certainty::Verified => Self::Verified,
            reference::Certainty::Inferred => Self::Inferred,
            reference::Certainty::Memory => Self::Remembered,
        }
    }
}

/// What a place is in the division of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "place::PlaceKind")]
pub enum PlaceKind {
    /// Mali itself.
    Country,
    /// One of the 19 regions.
    Region,
    /// The District of Bamako, on the level of a region.
    District,
    /// A cercle, below a region.
    Cercle,
    /// A commune, below a cercle or the District of Bamako.
    Commune,
}

/// Who numbers places. Numbers of one scheme mean nothing in another: `ML-9` is Ménaka for ISO, `ML09` Bamako for OCHA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "place::CodeScheme")]
pub enum CodeScheme {
    /// The number of a region in law 2023-006, two digits (`04`).
    #[graphql(name = "LAW_2023_006")]
    Law2023,
    /// ISO 3166-2 (`ML-4`), which still knows ten regions.
    #[graphql(name = "ISO_3166_2")]
    Iso3166,
    /// The P-code of the UN's humanitarian data (`ML04`), of the division before 2023.
    OchaPcode,
}

/// What organizations can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "query::OrganizationOrderField")]
pub enum OrganizationOrderField {
    /// Their name, without regard to case and accents.
    Name,
    /// When they were registered.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
}

/// A share in percent, from 0 to 100 with at most three decimals. Given as a number; taken as a number (`48.5`) or as a
/// string (`"48.5"`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Percent(pub String);

impl From<model::ownership::Percent> for Percent {
    fn from(percent: model::ownership::Percent) -> Self {
        Self(percent.to_string())
    }
}

/// A share in percent, from 0 to 100 with at most three decimals. Given as a number; taken as a number (`48.5`) or as a
/// string (`"48.5"`).
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for Percent {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            // By its digits: 48.5 is written `48.5` and never becomes 48.499999.
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Null | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) | Value::List(_) | Value::Object(_) => {
                Err(InputValueError::expected_type(value))
            }
        }
    }

    fn to_value(&self) -> Value {
        self.0.parse().map_or_else(|_| Value::String(self.0.clone()), Value::Number)
    }
}
