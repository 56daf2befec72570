# What people read in English. One message a line, sorted as the code table is.

error-required = This field is required.
error-too-short = Too short: at least { $minimum }.
error-too-long = Too long: at most { $maximum }.
error-invalid-characters = This text holds characters that cannot be stored.
error-invalid-value = “{ $value }” is not accepted here. Possible values: { $allowed }.
error-out-of-range = Out of range: between { $minimum } and { $maximum }.
error-malformed-number = “{ $value }” is not a decimal number such as 12.5.
error-too-precise = Too many decimals: at most { $decimals }.
error-unknown-currency = Unknown currency: { $value }. Use an ISO 4217 code such as XOF.
error-invalid-id = This is not an identifier of a { $expected }.
error-invalid-period = The end comes before the beginning.
error-invalid-phone = “{ $value }” is not a valid phone number. In Mali: 8 digits, such as 76 12 34 56.
error-invalid-email = “{ $value }” is not an e-mail address.
error-weak-password = This password is too easy to guess. Take at least { $minimum } characters, a short phrase for example.
error-identifier-taken = An account with this identifier exists already. Sign in.
error-invalid-credentials = Wrong identifier or password.
error-too-many-attempts =
    Too many attempts. Try again in { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
error-invalid-session = This session is no longer valid. Sign in again.
error-invalid-invitation = This invitation is not valid or has expired. Ask for a new one.
error-already-member = This person is a member of the organization already.
error-last-owner = An organization keeps at least one owner. Name another one first.
error-unauthenticated = Sign in first.
error-forbidden = You are not allowed to do this.
error-not-found = Not found.
error-version-conflict = This was changed in the meantime (version { $current }). Read it again and retry.
error-idempotency-conflict = This idempotency key was used before with other input.
error-unknown-place = Unknown place: “{ $value }”. Near: { $suggestions }.
error-location-out-of-bounds = This point is not in Mali. Check latitude and longitude.
error-unknown-language = Unknown language: “{ $value }”. Languages: fr, en, bm.
error-legal-form-not-allowed = The legal form { $legalForm } does not fit { $kind }. Possible: { $allowed }.
error-too-few-members = A { $legalForm } has at least { $required } members ({ $source }); you declare { $actual }.
error-invalid-registration = “{ $value }” is not a { $scheme } number. Example: { $example }.
error-duplicate-registration = The { $scheme } number { $value } is registered already.
error-inconsistent = These facts contradict each other: { $reason }.
error-unknown-product = Unknown product: “{ $value }”. Near: { $suggestions }.
error-unknown-unit = Unknown unit for this product: “{ $value }”. Possible: { $allowed }.
error-unknown-attribute = This product has no measurement “{ $value }”. Possible: { $allowed }.
error-grade-mismatch = The measurements give grade { $derived }, not { $claimed }.
error-unknown-scheme = Unknown certification scheme: { $value }.
error-duplicate-reference = The reference “{ $value }” names another listing already.
error-invalid-transition = Not possible in the state { $state }.
error-missing-for-publication = The listing needs this to be published.
error-insufficient-stock = Only { $available } { $unit } are left.
error-invalid-cursor = This cursor does not belong to this list. Start again from the beginning.
error-invalid-page-size = Ask for first or last, between 0 and { $maximum }, and one direction only.
