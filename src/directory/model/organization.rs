//! Organizations of every kind.

use serde::Serialize;

use super::legal_form::LegalForm;
use super::ownership::Subject;
use super::place::Point;
use super::registration::{Registration, RegistrationScheme};
use super::text_enum::text_enum;
use crate::accounts::OrganizationId;
use crate::kernel::clock::Timestamp;
use crate::kernel::locale::{Locale, Texts};

text_enum! {
    /// What an organization is on the marketplace.
    pub enum OrganizationKind {
        /// A farmers' or processors' cooperative, or a women's group that works as one.
        Cooperative = "COOPERATIVE",
        /// A small or medium enterprise.
        Sme = "SME",
        /// A seller in a market or shop.
        MarketSeller = "MARKET_SELLER",
        /// A company that buys.
        Company = "COMPANY",
        /// A public buyer.
        PublicBody = "PUBLIC_BODY",
        /// A body that certifies others.
        Certifier = "CERTIFIER",
        /// A programme, an NGO or a service that supports others and may act for them.
        SupportOrganization = "SUPPORT_ORGANIZATION",
    }
}

text_enum! {
    /// Whether an organization may trade.
    pub enum Standing {
        /// It may.
        Good = "GOOD",
        /// The platform suspended it: only its members and the platform see it.
        Suspended = "SUSPENDED",
    }
}

/// An organization as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What it is on the marketplace; never changes.
    pub kind: OrganizationKind,
    /// Its legal form, where it said one.
    pub legal_form: Option<LegalForm>,
    /// Its name, as it writes it.
    pub name: String,
    /// What it says about itself, by language.
    pub descriptions: Texts,
    /// The language it works in.
    pub language: Locale,
    /// The code of its place.
    pub place_code: String,
    /// The region (or the District of Bamako) that place lies in.
    pub region_code: Option<String>,
    /// The cercle that place lies in.
    pub cercle_code: Option<String>,
    /// Where exactly it is, where it said so.
    pub location: Option<Point>,
    /// The phone number buyers call, in E.164 form.
    pub phone: Option<String>,
    /// The e-mail address buyers write to.
    pub email: Option<String>,
    /// The languages spoken there, as ISO 639 codes, most important first.
    pub languages: Vec<String>,
    /// The market it sells on.
    pub market_name: Option<String>,
    /// Where on the market.
    pub stall: Option<String>,
    /// Whether it may trade.
    pub standing: Standing,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is usually shown of an organization in good standing beside something else, such as what it offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationCard {
    /// Its id.
    pub id: OrganizationId,
    /// What it is on the marketplace.
    pub kind: OrganizationKind,
    /// Its name, as it writes it.
    pub name: String,
}

impl Organization {
    /// What ownership definitions ask of an organization besides the declared facts.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            cooperative: self.kind == OrganizationKind::Cooperative,
            boardless: self.legal_form.is_some_and(LegalForm::is_boardless),
        }
    }

    /// What the audit log keeps. Contacts and personal numbers may be a person's own and are told only to be there,
    /// so that they can be erased without breaking the chain of hashes.
    #[must_use]
    pub fn audit_record<'a>(&'a self, registrations: &'a [Registration]) -> AuditRecord<'a> {
        AuditRecord {
            kind: self.kind,
            legal_form: self.legal_form,
            name: &self.name,
            descriptions: &self.descriptions,
            language: self.language,
            place_code: &self.place_code,
            has_location: self.location.is_some(),
            has_phone: self.phone.is_some(),
            has_email: self.email.is_some(),
            languages: &self.languages,
            market_name: self.market_name.as_deref(),
            stall: self.stall.as_deref(),
            standing: self.standing,
            registrations: registrations
                .iter()
                .map(|number| {
                    let shown = if number.scheme.is_personal() { "" } else { number.normalized.as_str() };
                    (number.scheme, shown)
                })
                .collect(),
            version: self.version,
        }
    }
}

/// An organization without what may be personal.
#[derive(Debug, Serialize)]
pub struct AuditRecord<'a> {
    kind: OrganizationKind,
    legal_form: Option<LegalForm>,
    name: &'a str,
    descriptions: &'a Texts,
    language: Locale,
    place_code: &'a str,
    has_location: bool,
    has_phone: bool,
    has_email: bool,
    languages: &'a [String],
    market_name: Option<&'a str>,
    stall: Option<&'a str>,
    standing: Standing,
    registrations: Vec<(RegistrationScheme, &'a str)>,
    version: i64,
}
