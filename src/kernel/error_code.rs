//! The closed table of what a person can mend: name, wire form and message key of each.

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
