//! Inputs, and how each becomes a command.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{LegalForm, OrganizationKind, Percent, RegistrationScheme};
use crate::{
    accounts::OrganizationId,
    directory::{
        DeclareOwnership, FactChanges, RegisterOrganization, UpdateOrganization,
        model::{
            ownership::{self, PercentError},
            place::Point,
            profile::TypedRegistration,
        },
    },
    kernel::{
        ErrorCode, Outcome, Rejections, UserError,
        change::Change,
        graphql::{LanguageCode, read_id},
        locale::Locale,
    },
};

/// A position on the WGS 84 ellipsoid, in Mali or near it.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct GeoPointInput {
    /// Degrees; north is positive.
    pub latitude: f64,
    /// Degrees; east is positive, nearly all of Mali is negative.
    pub longitude: f64,
}

impl From<GeoPointInput> for Point {
    fn from(input: GeoPointInput) -> Self {
        Self { latitude: input.latitude, longitude: input.longitude }
    }
}

/// An entry in a register. Numbers are taken in any spelling and in forms of former years.
#[derive(Debug, Clone, InputObject)]
pub struct RegistrationInput {
    /// The register.
    pub scheme: RegistrationScheme,
    /// The number, as it stands on the paper.
    pub value: String,
}

impl From<RegistrationInput> for TypedRegistration {
    fn from(input: RegistrationInput) -> Self {
        Self { scheme: input.scheme.into(), value: input.value }
    }
}

/// A new organization. Whoever registers it becomes its owner.
#[derive(Debug, Clone, InputObject)]
pub struct RegisterOrganizationInput {
    /// What it is on the marketplace; cannot be changed later.
    pub kind: OrganizationKind,
    /// Its name: 2 to 200 signs of any script.
    pub name: String,
    /// Its legal form, which must fit the kind.
    pub legal_form: Option<LegalForm>,
    /// What it says about itself, in `language`: at most 5,000 signs.
    pub description: Option<String>,
    /// The language it works in.
    #[graphql(default_with = "LanguageCode::Fr")]
    pub language: LanguageCode,
    /// Its place, the most exact one known: a code (`segou`, `cercle-segou`), an official number (`ML-4`, `ML04`) or a
    /// name (`Ségou`).
    pub place_code: String,
    /// The phone number buyers call, public: eight digits in Mali, in any spelling; with its country code elsewhere.
    pub phone: Option<String>,
    /// The e-mail address buyers write to, public.
    pub email: Option<String>,
    /// The languages spoken there, as ISO 639 codes such as `fr`, `bm`, `ffm`; most important first.
    pub languages: Option<Vec<String>>,
    /// Its entries in registers; none for an informal group.
    pub registrations: Option<Vec<RegistrationInput>>,
    /// The market it sells on.
    pub market_name: Option<String>,
    /// Where on the market.
    pub stall: Option<String>,
    /// Where exactly it is.
    pub location: Option<GeoPointInput>,
    /// How many members it has. A legal form may ask for a least number; kept as its first ownership declaration.
    pub total_members: Option<i64>,
    /// Makes a repetition harmless: the same key and input give the same organization again.
    pub idempotency_key: Option<String>,
}

impl From<RegisterOrganizationInput> for RegisterOrganization {
    fn from(input: RegisterOrganizationInput) -> Self {
        Self {
            kind: input.kind.into(),
            name: input.name,
            legal_form: input.legal_form.map(Into::into),
            description: input.description,
            language: input.language.into(),
            place_code: input.place_code,
            location: input.location.map(Point::from),
            phone: input.phone,
            email: input.email,
            languages: input.languages.unwrap_or_default(),
            registrations: input.registrations.unwrap_or_default().into_iter().map(Into::into).collect(),
            market_name: input.market_name,
            stall: input.stall,
            total_members: input.total_members,
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What changes about an organization. A field that is left out stays as it is; null empties a field that may be empty.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateOrganizationInput {
    /// The organization.
    pub organization_id: ID,
    /// Its name; cannot be emptied.
    pub name: MaybeUndefined<String>,
    /// Its legal form.
    pub legal_form: MaybeUndefined<LegalForm>,
    /// What it says about itself in `descriptionLanguage`.
    pub description: MaybeUndefined<String>,
    /// The language of `description`; the organization's own where none is given.
    pub description_language: Option<LanguageCode>,
    /// The language it works in; cannot be emptied.
    pub language: MaybeUndefined<LanguageCode>,
    /// Its place, by code, official number or name; cannot be emptied.
    pub place_code: MaybeUndefined<String>,
    /// Where exactly it is.
    pub location: MaybeUndefined<GeoPointInput>,
    /// The phone number buyers call.
    pub phone: MaybeUndefined<String>,
    /// The e-mail address buyers write to.
    pub email: MaybeUndefined<String>,
    /// The languages spoken there, all of them; null takes all away.
    pub languages: MaybeUndefined<Vec<String>>,
    /// Its entries in registers, all of them; null takes all away.
    pub registrations: MaybeUndefined<Vec<RegistrationInput>>,
    /// The market it sells on.
    pub market_name: MaybeUndefined<String>,
    /// Where on the market.
    pub stall: MaybeUndefined<String>,
    /// The version that was read; the change is refused if there is a later one.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless: the same key and input change nothing a second time.
    pub idempotency_key: Option<String>,
}

impl UpdateOrganizationInput {
    pub(super) fn read(self) -> Outcome<UpdateOrganization> {
        let mut rejections = Rejections::default();
        let organization = rejections.take(read_id::<OrganizationId, _>(
            &self.organization_id,
            OrganizationId::PREFIX,
            &["input", "organizationId"],
        ));
        let name = rejections.take(kept_full(self.name, "name")).flatten();
        let language = rejections.take(kept_full(self.language, "language")).flatten();
        let place_code = rejections.take(kept_full(self.place_code, "placeCode")).flatten();
        rejections.finish()?;
        let organization = organization.ok_or_else(|| crate::kernel::Failure::code(ErrorCode::Required))?;
        Ok(UpdateOrganization {
            organization,
            name,
            legal_form: Change::from(self.legal_form.map_value(Into::into)),
            description: self.description.into(),
            description_language: self.description_language.map(Locale::from),
            language: language.map(Locale::from),
            place_code,
            location: Change::from(self.location.map_value(Point::from)),
            phone: self.phone.into(),
            email: self.email.into(),
            languages: listed(self.languages),
            registrations: listed(self.registrations)
                .map(|typed| typed.into_iter().map(TypedRegistration::from).collect()),
            market_name: self.market_name.into(),
            stall: self.stall.into(),
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What an organization declares about who owns and leads it. Facts only: what follows from them is derived. A fact that
/// is left out stays as it was last declared; null takes it back, so that it is not known any more.
#[derive(Debug, Clone, InputObject)]
pub struct DeclareOwnershipInput {
    /// The organization.
    pub organization_id: ID,
    /// Share of the organization that women own, in percent.
    pub women_owned_percent: MaybeUndefined<Percent>,
    /// Share of the seats of the board that women hold, in percent. Declaring it says that there is a board.
    pub women_board_percent: MaybeUndefined<Percent>,
    /// Share of the management posts that women hold, in percent.
    pub women_management_percent: MaybeUndefined<Percent>,
    /// How many members are women.
    pub women_members: MaybeUndefined<i64>,
    /// How many members there are.
    pub total_members: MaybeUndefined<i64>,
    /// How many members are young women.
    pub young_women_members: MaybeUndefined<i64>,
    /// How many employees are women.
    pub women_employees: MaybeUndefined<i64>,
    /// How many employees there are.
    pub total_employees: MaybeUndefined<i64>,
    /// Whether a woman signs the legal documents and for the accounts.
    pub woman_signatory: MaybeUndefined<bool>,
    /// Whether the organization is run independently of businesses that women do not own.
    pub operated_independently: MaybeUndefined<bool>,
    /// Whether a woman is chief executive or chief operating officer.
    pub woman_chief_executive: MaybeUndefined<bool>,
    /// Whether there is a board of directors. Saying no takes the share of it back.
    pub has_board: MaybeUndefined<bool>,
    /// The version of the ownership profile that was read; the declaration is refused if there is a later one.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless: the same key and input declare nothing a second time.
    pub idempotency_key: Option<String>,
}

impl DeclareOwnershipInput {
    pub(super) fn read(self) -> Outcome<DeclareOwnership> {
        let mut rejections = Rejections::default();
        let organization = rejections.take(read_id::<OrganizationId, _>(
            &self.organization_id,
            OrganizationId::PREFIX,
            &["input", "organizationId"],
        ));
        let mut share = |typed: MaybeUndefined<Percent>, field: &'static str| {
            let change = Change::from(typed).try_map(|typed| percent(&typed, field));
            rejections.take(change).unwrap_or_default()
        };
        let changes = FactChanges {
            women_owned_percent: share(self.women_owned_percent, "womenOwnedPercent"),
            women_board_percent: share(self.women_board_percent, "womenBoardPercent"),
            women_management_percent: share(self.women_management_percent, "womenManagementPercent"),
            women_members: self.women_members.into(),
            total_members: self.total_members.into(),
            young_women_members: self.young_women_members.into(),
            women_employees: self.women_employees.into(),
            total_employees: self.total_employees.into(),
            woman_signatory: self.woman_signatory.into(),
            operated_independently: self.operated_independently.into(),
            woman_chief_executive: self.woman_chief_executive.into(),
            has_board: self.has_board.into(),
        };
        rejections.finish()?;
        let organization = organization.ok_or_else(|| crate::kernel::Failure::code(ErrorCode::Required))?;
        Ok(DeclareOwnership {
            organization,
            changes,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

fn percent(typed: &Percent, field: &'static str) -> Result<ownership::Percent, UserError> {
    ownership::Percent::parse(&typed.0).map_err(|error| match error {
        PercentError::Number(error) => UserError::from_decimal(error, &typed.0, ["input", field]),
        PercentError::OutOfRange => {
            UserError::new(ErrorCode::OutOfRange, ["input", field]).with("minimum", 0).with("maximum", 100)
        }
    })
}

/// A field that may be left out and may not be emptied.
fn kept_full<T>(field: MaybeUndefined<T>, name: &'static str) -> Result<Option<T>, UserError> {
    match field {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Value(value) => Ok(Some(value)),
        MaybeUndefined::Null => Err(UserError::new(ErrorCode::Required, ["input", name])),
    }
}

/// A list that may be left out; null is an empty one.
fn listed<T>(field: MaybeUndefined<Vec<T>>) -> Option<Vec<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(list) => Some(list),
    }
}
