//! What can go wrong, in two kinds that never mix: what the person can mend, and what only we can.
//!
//! A [`UserError`] is data: a code from one closed table, the path of the input that is wrong, and the arguments of a
//! message that exists in French and English. A [`Fault`] is ours: it is logged with the request id and hidden.

use super::{
    blobs::BlobError,
    db::DbErr,
    decimal::DecimalError,
    id::IdError,
    locale::{self, Locale},
    money::MoneyError,
};

/// The one place where an error code is added: name, wire form and message key. The GraphQL enum is made of the
/// same table.
#[macro_export]
macro_rules! error_codes {
    ($then:ident) => {
        $then! {
            /// A field that is needed is missing or empty.
            Required = "REQUIRED", "error-required";
            /// A text or list is shorter than allowed (`minimum`).
            TooShort = "TOO_SHORT", "error-too-short";
            /// A text or list is longer than allowed (`maximum`).
            TooLong = "TOO_LONG", "error-too-long";
            /// A text holds control characters or other signs that cannot be kept.
            InvalidCharacters = "INVALID_CHARACTERS", "error-invalid-characters";
            /// The value is none of those allowed (`value`, `allowed`).
            InvalidValue = "INVALID_VALUE", "error-invalid-value";
            /// A number or date is outside what is allowed (`minimum`, `maximum`).
            OutOfRange = "OUT_OF_RANGE", "error-out-of-range";
            /// The text is not a decimal number (`value`).
            MalformedNumber = "MALFORMED_NUMBER", "error-malformed-number";
            /// The number has more decimals than can be kept (`decimals`).
            TooPrecise = "TOO_PRECISE", "error-too-precise";
            /// No ISO 4217 currency has this code (`value`).
            UnknownCurrency = "UNKNOWN_CURRENCY", "error-unknown-currency";
            /// The text is not an identifier of the needed type (`expected`).
            InvalidId = "INVALID_ID", "error-invalid-id";
            /// A period ends before it begins.
            InvalidPeriod = "INVALID_PERIOD", "error-invalid-period";
            /// Not a phone number that can be called (`value`).
            InvalidPhone = "INVALID_PHONE", "error-invalid-phone";
            /// Not an e-mail address (`value`).
            InvalidEmail = "INVALID_EMAIL", "error-invalid-email";
            /// The password is too easy to guess or of the wrong length.
            WeakPassword = "WEAK_PASSWORD", "error-weak-password";
            /// The phone number or e-mail address belongs to an account already.
            IdentifierTaken = "IDENTIFIER_TAKEN", "error-identifier-taken";
            /// Identifier and password do not go together; which of them is wrong is not said.
            InvalidCredentials = "INVALID_CREDENTIALS", "error-invalid-credentials";
            /// Too many attempts; try again later (`minutes`).
            TooManyAttempts = "TOO_MANY_ATTEMPTS", "error-too-many-attempts";
            /// The refresh token is unknown, expired, or was used before.
            InvalidSession = "INVALID_SESSION", "error-invalid-session";
            /// The invitation code is unknown, expired, used, or meant for someone else.
            InvalidInvitation = "INVALID_INVITATION", "error-invalid-invitation";
            /// The person is a member of the organization already.
            AlreadyMember = "ALREADY_MEMBER", "error-already-member";
            /// An organization keeps at least one owner.
            LastOwner = "LAST_OWNER", "error-last-owner";
            /// The operation needs a signed-in person.
            Unauthenticated = "UNAUTHENTICATED", "error-unauthenticated";
            /// The person may see the thing but not do this to it.
            Forbidden = "FORBIDDEN", "error-forbidden";
            /// The thing does not exist, or the person may not see it.
            NotFound = "NOT_FOUND", "error-not-found";
            /// Someone changed the thing since it was read (`current`).
            VersionConflict = "VERSION_CONFLICT", "error-version-conflict";
            /// The idempotency key was used before with other input.
            IdempotencyConflict = "IDEMPOTENCY_CONFLICT", "error-idempotency-conflict";
            /// No place has this code (`value`, `suggestions`).
            UnknownPlace = "UNKNOWN_PLACE", "error-unknown-place";
            /// The point lies neither in Mali nor near it.
            LocationOutOfBounds = "LOCATION_OUT_OF_BOUNDS", "error-location-out-of-bounds";
            /// The language is not spoken by the product (`value`).
            UnknownLanguage = "UNKNOWN_LANGUAGE", "error-unknown-language";
            /// The legal form does not fit the kind of organization (`legalForm`, `kind`, `allowed`).
            LegalFormNotAllowed = "LEGAL_FORM_NOT_ALLOWED", "error-legal-form-not-allowed";
            /// The legal form needs more members (`legalForm`, `actual`, `required`, `source`).
            TooFewMembers = "TOO_FEW_MEMBERS", "error-too-few-members";
            /// The number does not have the form its register gives (`scheme`, `value`, `example`).
            InvalidRegistration = "INVALID_REGISTRATION", "error-invalid-registration";
            /// Another organization holds this registration number (`scheme`, `value`).
            DuplicateRegistration = "DUPLICATE_REGISTRATION", "error-duplicate-registration";
            /// Two facts contradict each other (`reason`).
            Inconsistent = "INCONSISTENT", "error-inconsistent";
            /// No product has this code (`value`, `suggestions`).
            UnknownProduct = "UNKNOWN_PRODUCT", "error-unknown-product";
            /// No unit has this code, or the product is not sold in it (`value`, `allowed`).
            UnknownUnit = "UNKNOWN_UNIT", "error-unknown-unit";
            /// The product has no such quality attribute (`value`, `allowed`).
            UnknownAttribute = "UNKNOWN_ATTRIBUTE", "error-unknown-attribute";
            /// The grade claimed is not the one its measurements give (`claimed`, `derived`).
            GradeMismatch = "GRADE_MISMATCH", "error-grade-mismatch";
            /// No certification scheme has this code (`value`).
            UnknownScheme = "UNKNOWN_SCHEME", "error-unknown-scheme";
            /// The organization uses this reference for another listing (`value`).
            DuplicateReference = "DUPLICATE_REFERENCE", "error-duplicate-reference";
            /// The thing's state does not allow the operation (`state`, `action`).
            InvalidTransition = "INVALID_TRANSITION", "error-invalid-transition";
            /// The listing lacks something it needs to be published.
            MissingForPublication = "MISSING_FOR_PUBLICATION", "error-missing-for-publication";
            /// Less is available than asked for (`available`, `unit`).
            InsufficientStock = "INSUFFICIENT_STOCK", "error-insufficient-stock";
            /// Part of the stock is held for buyers (`reserved`, `unit`).
            StockReserved = "STOCK_RESERVED", "error-stock-reserved";
            /// The product's grade follows from measurements, and some are missing (`missing`, `standard`).
            GradeNeedsMeasurements = "GRADE_NEEDS_MEASUREMENTS", "error-grade-needs-measurements";
            /// Whoever decides belongs to an organization that it is about, or handed the thing in.
            ConflictOfInterest = "CONFLICT_OF_INTEREST", "error-conflict-of-interest";
            /// Another verifier is looking at it (`until`).
            ClaimedByAnother = "CLAIMED_BY_ANOTHER", "error-claimed-by-another";
            /// The fact was not declared, so nothing can attest it.
            FactNotDeclared = "FACT_NOT_DECLARED", "error-fact-not-declared";
            /// The scheme is no longer issued (`scheme`, `last`).
            SchemeNotIssued = "SCHEME_NOT_ISSUED", "error-scheme-not-issued";
            /// Another certifier's certificate covers the same products on the same days (`number`, `issuer`).
            OverlappingCertificate = "OVERLAPPING_CERTIFICATE", "error-overlapping-certificate";
            /// The scheme certifies no groups (`scheme`).
            GroupNotAllowed = "GROUP_NOT_ALLOWED", "error-group-not-allowed";
            /// The member farms and earns too much for a group (`member`, `hectares`, `maximum`, `turnover`).
            GroupMemberTooLarge = "GROUP_MEMBER_TOO_LARGE", "error-group-member-too-large";
            /// The member is in the group twice (`member`).
            DuplicateGroupMember = "DUPLICATE_GROUP_MEMBER", "error-duplicate-group-member";
            /// Members belong to another group of the scheme (`members`).
            MemberOfAnotherGroup = "MEMBER_OF_ANOTHER_GROUP", "error-member-of-another-group";
            /// Neither the phone of the producer nor a number that she is registered by is known, by which she could be told apart.
            PersonNotIdentified = "PERSON_NOT_IDENTIFIED", "error-person-not-identified";
            /// Another producer of the organization has this member number (`value`).
            MemberCodeTaken = "MEMBER_CODE_TAKEN", "error-member-code-taken";
            /// What was sent is not the outline or the point of a plot (`reason`).
            InvalidGeometry = "INVALID_GEOMETRY", "error-invalid-geometry";
            /// The code confirms nothing: it is unknown, was used, or is too old.
            InvalidConfirmationCode = "INVALID_CONFIRMATION_CODE", "error-invalid-confirmation-code";
            /// A search that is kept for alerts needs words or a filter.
            EmptySearch = "EMPTY_SEARCH", "error-empty-search";
            /// There are as many of these as there may be (`maximum`).
            LimitReached = "LIMIT_REACHED", "error-limit-reached";
            /// The file is not written in UTF-8.
            NotUtf8 = "NOT_UTF8", "error-not-utf8";
            /// The file has a column that is not known, or twice (`value`, `allowed`).
            UnknownColumn = "UNKNOWN_COLUMN", "error-unknown-column";
            /// The file lacks a column that is needed (`value`).
            MissingColumn = "MISSING_COLUMN", "error-missing-column";
            /// The row has more or fewer values than the header has columns (`expected`, `actual`).
            WrongColumnCount = "WRONG_COLUMN_COUNT", "error-wrong-column-count";
            /// The text is not a day (`value`).
            InvalidDate = "INVALID_DATE", "error-invalid-date";
            /// What was sent hashes to something else than was announced.
            DigestMismatch = "DIGEST_MISMATCH", "error-digest-mismatch";
            /// What was sent has another length than was announced (`expected`, `actual`).
            LengthMismatch = "LENGTH_MISMATCH", "error-length-mismatch";
            /// The file is of another kind than was announced, or of one that is not taken (`expected`).
            TypeMismatch = "TYPE_MISMATCH", "error-type-mismatch";
            /// The bytes of the document have not arrived.
            UploadMissing = "UPLOAD_MISSING", "error-upload-missing";
            /// The picture has more pixels than can be worked on (`maximum`, in millions).
            ImageTooLarge = "IMAGE_TOO_LARGE", "error-image-too-large";
            /// The picture is damaged.
            UnreadableImage = "UNREADABLE_IMAGE", "error-unreadable-image";
            /// The organization's documents would take more room than they may (`maximum`, in megabytes).
            QuotaExceeded = "QUOTA_EXCEEDED", "error-quota-exceeded";
            /// The document serves for something and cannot be removed.
            DocumentInUse = "DOCUMENT_IN_USE", "error-document-in-use";
            /// The document is not a picture that everybody may see.
            NotAPublicImage = "NOT_A_PUBLIC_IMAGE", "error-not-a-public-image";
            /// The organization does not have the lot, or it is not on its way to it (`lot`).
            LotNotHeld = "LOT_NOT_HELD", "error-lot-not-held";
            /// The lot was sent and has not arrived (`lot`).
            LotInTransit = "LOT_IN_TRANSIT", "error-lot-in-transit";
            /// The event that made the lot was declared an error (`lot`).
            LotVoid = "LOT_VOID", "error-lot-void";
            /// The lot is held: called back, found wanting, or in doubt (`lot`).
            LotOnHold = "LOT_ON_HOLD", "error-lot-on-hold";
            /// The lot is named twice (`lot`).
            LotTwice = "LOT_TWICE", "error-lot-twice";
            /// It is said to have happened before the lot was there (`lot`, `since`).
            BeforeLot = "BEFORE_LOT", "error-before-lot";
            /// Lots of several products cannot become one (`product`, `first`).
            MixedProducts = "MIXED_PRODUCTS", "error-mixed-products";
            /// More came out than the rule of yield allows (`product`, `actual`, `maximum`, `source`).
            YieldExceeded = "YIELD_EXCEEDED", "error-yield-exceeded";
            /// The very same was recorded before (`event`).
            DuplicateEvent = "DUPLICATE_EVENT", "error-duplicate-event";
            /// The producer did not belong to the organization on that day (`day`).
            ProducerNotMember = "PRODUCER_NOT_MEMBER", "error-producer-not-member";
            /// The deadline has passed (`deadline`).
            DeadlinePassed = "DEADLINE_PASSED", "error-deadline-passed";
            /// The deadline has not been reached (`deadline`).
            DeadlineNotReached = "DEADLINE_NOT_REACHED", "error-deadline-not-reached";
            /// The weights do not add up to 100 % (`actual`).
            WeightsNotWhole = "WEIGHTS_NOT_WHOLE", "error-weights-not-whole";
            /// The shares do not add up to 100 % (`actual`).
            SharesNotWhole = "SHARES_NOT_WHOLE", "error-shares-not-whole";
            /// The amount is in another currency than the rest (`expected`, `actual`).
            MixedCurrencies = "MIXED_CURRENCIES", "error-mixed-currencies";
            /// The organization was not invited to bid.
            NotInvited = "NOT_INVITED", "error-not-invited";
            /// The lot is reserved to bidders who satisfy a definition (`lot`, `definition`, `evidence`).
            ReservedLot = "RESERVED_LOT", "error-reserved-lot";
            /// Another bid for the lot ranks before this one (`rank`).
            NotFirstRanked = "NOT_FIRST_RANKED", "error-not-first-ranked";
            /// The award cannot take force yet (`until`).
            StandstillRunning = "STANDSTILL_RUNNING", "error-standstill-running";
            /// An appeal is open that has to be decided first.
            ComplaintOpen = "COMPLAINT_OPEN", "error-complaint-open";
            /// An appeal goes to the buyer first.
            GraciousAppealFirst = "GRACIOUS_APPEAL_FIRST", "error-gracious-appeal-first";
            /// Bids have not been scored by everybody who has to (`missing`).
            EvaluationIncomplete = "EVALUATION_INCOMPLETE", "error-evaluation-incomplete";
            /// Whoever scores has to say first whether she has a conflict of interest.
            ConflictNotDeclared = "CONFLICT_NOT_DECLARED", "error-conflict-not-declared";
            /// The lot is awarded already.
            AlreadyAwarded = "ALREADY_AWARDED", "error-already-awarded";
            /// More would be delivered than the contract allows (`maximum`, `unit`).
            OverDelivery = "OVER_DELIVERY", "error-over-delivery";
            /// More would be billed than was accepted and is not billed yet (`maximum`, `unit`).
            OverBilling = "OVER_BILLING", "error-over-billing";
            /// More would be paid than is due (`maximum`).
            OverPayment = "OVER_PAYMENT", "error-over-payment";
            /// The number was used before (`value`).
            DuplicateNumber = "DUPLICATE_NUMBER", "error-duplicate-number";
            /// The bidder has a sealed bid on this request; it is replaced only when that is said.
            SealedBefore = "SEALED_BEFORE", "error-sealed-before";
            /// Nothing can be sent between these two organizations.
            Blocked = "BLOCKED", "error-blocked";
            /// An organization does not write to itself.
            OwnOrganization = "OWN_ORGANIZATION", "error-own-organization";
            /// The organization has reported this already, and it waits.
            AlreadyReported = "ALREADY_REPORTED", "error-already-reported";
            /// More was sent than may be; try again later (`minutes`).
            SentTooMuch = "SENT_TOO_MUCH", "error-sent-too-much";
            /// The cursor is forged, damaged, or belongs to another list.
            InvalidCursor = "INVALID_CURSOR", "error-invalid-cursor";
            /// `first` or `last` is out of range, or both directions are asked at once (`maximum`).
            InvalidPageSize = "INVALID_PAGE_SIZE", "error-invalid-page-size";
        }
    };
}

macro_rules! error_code_enum {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $key:literal;)*) => {
        /// What the person can mend. Closed: a client may match on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as clients see it: `TOO_LONG`.
            #[must_use]
            pub const fn wire(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// The key of its message.
            #[must_use]
            pub const fn message_key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}
error_codes!(error_code_enum);

/// One thing that the person can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What is wrong.
    pub code: ErrorCode,
    /// Where: the names that lead to the argument or input field, outermost first.
    pub path: Vec<String>,
    /// The message's arguments by name.
    pub args: Vec<(&'static str, String)>,
}

impl UserError {
    /// An error at a path such as `["input", "price", "amount"]`.
    pub fn new<P: ToString>(code: ErrorCode, path: impl IntoIterator<Item = P>) -> Self {
        Self { code, path: path.into_iter().map(|name| name.to_string()).collect(), args: Vec::new() }
    }

    /// Adds an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The message in a language.
    #[must_use]
    pub fn message(&self, locale: Locale) -> String {
        let args = self.args.iter().map(|(name, value)| (*name, value.as_str()));
        locale::message(locale, self.code.message_key(), args)
    }

    /// What an identifier that does not decode tells the person.
    pub fn from_id<P: ToString>(error: &IdError, expected: &'static str, path: impl IntoIterator<Item = P>) -> Self {
        match error {
            IdError::Malformed | IdError::WrongType { .. } => {
                Self::new(ErrorCode::InvalidId, path).with("expected", expected)
            }
        }
    }

    /// What a number that does not parse tells the person.
    pub fn from_decimal<P: ToString>(error: DecimalError, value: &str, path: impl IntoIterator<Item = P>) -> Self {
        match error {
            DecimalError::Malformed => Self::new(ErrorCode::MalformedNumber, path).with("value", excerpt(value)),
            DecimalError::TooPrecise { decimals } => Self::new(ErrorCode::TooPrecise, path).with("decimals", decimals),
            DecimalError::OutOfRange => {
                Self::new(ErrorCode::OutOfRange, path).with("minimum", i64::MIN).with("maximum", i64::MAX)
            }
        }
    }

    /// What an amount that does not parse tells the person. `path` names the money input; the field is added.
    pub fn from_money<P: ToString>(error: &MoneyError, amount: &str, path: impl IntoIterator<Item = P>) -> Self {
        let mut path: Vec<String> = path.into_iter().map(|name| name.to_string()).collect();
        match error {
            MoneyError::Amount(error) => {
                path.push("amount".into());
                Self::from_decimal(*error, amount, path)
            }
            MoneyError::UnknownCurrency(code) => {
                path.push("currency".into());
                Self::new(ErrorCode::UnknownCurrency, path).with("value", excerpt(code))
            }
        }
    }
}

/// At most forty characters of what somebody typed, to be quoted back in a message.
#[must_use]
pub fn excerpt(value: &str) -> String {
    const LENGTH_MAX: usize = 40;
    let mut text: String = value.chars().filter(|sign| !sign.is_control()).take(LENGTH_MAX).collect();
    if value.chars().count() > LENGTH_MAX {
        text.push('…');
    }
    text
}

/// Gathers everything that is wrong with an input, so that a person mends it in one go.
#[derive(Debug, Default)]
pub struct Rejections(Vec<UserError>);

impl Rejections {
    /// Notes one error.
    pub fn push(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// Notes the error of a result and passes its value on.
    pub fn take<T>(&mut self, result: Result<T, UserError>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Notes all errors of an outcome that was about the input; a fault is passed up.
    ///
    /// # Errors
    /// The fault.
    pub fn absorb<T>(&mut self, outcome: Outcome<T>) -> Result<Option<T>, Fault> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Rejected(errors)) => {
                self.0.extend(errors);
                Ok(None)
            }
            Err(Failure::Fault(fault)) => Err(fault),
        }
    }

    /// Whether nothing was noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on if nothing was noted.
    ///
    /// # Errors
    /// [`Failure::Rejected`] with everything that was noted.
    pub fn finish(self) -> Outcome<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Rejected(self.0)) }
    }
}

/// Something that only we can mend. Its text goes to the log, never to a client.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The search index could not answer.
    #[error("search: {0}")]
    Search(String),
    /// The store of documents could not answer.
    #[error(transparent)]
    Store(#[from] BlobError),
    /// A file or socket failed.
    #[error("input or output: {0}")]
    Io(#[from] std::io::Error),
    /// Stored data does not have the form that was written.
    #[error("stored {what} is not readable: {detail}")]
    Corrupt {
        /// Which data.
        what: &'static str,
        /// What about it.
        detail: String,
    },
    /// A bounded resource is used up for the moment; the client may try again.
    #[error("overloaded: {0}")]
    Overloaded(&'static str),
    /// A task of ours ended without an answer.
    #[error("internal: {0}")]
    Internal(String),
}

impl Fault {
    /// A value in the database that our own code would not have written.
    pub fn corrupt(what: &'static str, detail: impl ToString) -> Self {
        Self::Corrupt { what, detail: detail.to_string() }
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The person can mend it.
    #[error("rejected: {}", .0.iter().map(|error| error.code.wire()).collect::<Vec<_>>().join(", "))]
    Rejected(Vec<UserError>),
    /// Only we can.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// A rejection that is about no input field in particular.
    #[must_use]
    pub fn code(code: ErrorCode) -> Self {
        Self::Rejected(vec![UserError::new::<&str>(code, [])])
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::Rejected(vec![error])
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Fault(Fault::Database(error))
    }
}

/// What a use case gives.
pub type Outcome<T> = Result<T, Failure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_speaks_both_languages() {
        for code in ErrorCode::ALL {
            assert!(locale::has_message(code.message_key()), "{code:?} has no message");
        }
    }

    #[test]
    fn wire_forms_are_distinct() {
        let distinct: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|code| code.wire()).collect();
        assert_eq!(distinct.len(), ErrorCode::ALL.len());
    }

    #[test]
    fn a_quoted_value_is_short_and_printable() {
        let quoted = excerpt(&"é\u{0}\n".repeat(1_000));
        assert_eq!(quoted.chars().count(), 41);
        assert!(!quoted.contains('\n'));
    }
}
