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
error-stock-reserved = This quantity does not fit: { $reserved } { $unit } are held for buyers.
error-grade-needs-measurements = The grade follows from measurements ({ $standard }). Missing: { $missing }.
error-conflict-of-interest = You belong to an organization that this is about, or you handed it in: somebody else has to decide.
error-lot-not-held = You do not have lot { $lot }; only who has it can use it.
error-lot-in-transit = Lot { $lot } is on its way; it has to be received first.
error-lot-void = Lot { $lot } was taken back by a correction.
error-lot-on-hold = Lot { $lot } is on hold and may not move.
error-lot-twice = Lot { $lot } is named twice; add the quantities up.
error-before-lot = Lot { $lot } has been there only since { $since }; give a later time.
error-mixed-products = This lot is { $product }, the first is { $first }; record different products as a transformation.
error-yield-exceeded = { $actual } kg of { $product } are more than the { $maximum } kg that can come out ({ $source }). Correct the quantity, or give a signed waiver.
error-duplicate-event = This is recorded already ({ $event }). If it is another event, give its own time.
error-producer-not-member = This producer was no member on { $day }; check the date or her membership.
error-deadline-passed = The deadline was { $deadline }; nothing is taken any more.
error-deadline-not-reached = This is possible from { $deadline } on.
error-weights-not-whole = The weights add up to { $actual } %; make them 100 % together.
error-shares-not-whole = The shares add up to { $actual } %; make them 100 % together.
error-mixed-currencies = This is in { $actual }; give it in { $expected }, as everything else of it.
error-not-invited = Only organizations that were invited may bid on this request.
error-reserved-lot = { $lot } is reserved to bidders who satisfy { $definition } with evidence { $evidence } at least. Declare your ownership, or hand in evidence.
error-not-first-ranked = This bid ranks { $rank }; award the lot to the first, or exclude those before it with a reason.
error-standstill-running = The standstill lasts until { $until }.
error-complaint-open = Decide the open complaint first.
error-gracious-appeal-first = Appeal to the buyer first; the review body hears you after its decision.
error-evaluation-incomplete = { $missing } scores are missing: every valid bid is to be scored by as many evaluators as the request says.
error-conflict-not-declared = First declare whether you have a conflict of interest.
error-already-awarded = This lot is awarded already.
error-over-delivery = { $maximum } { $unit } can be delivered at most.
error-over-billing = { $maximum } { $unit } of this line were accepted and are not billed yet.
error-over-payment = { $maximum } is still to be paid at most.
error-duplicate-number = { $value } was used before here; give another number.
error-sealed-before = You have a sealed bid on this request. Withdraw it first, or say that this one replaces it.
error-claimed-by-another = Another verifier is looking at it until { $until }.
error-fact-not-declared = Declare this fact first, then hand in what attests it.
error-scheme-not-issued = { $scheme } has not been issued since { $last }.
error-overlapping-certificate = Certificate { $number } of { $issuer } covers these products on these days already.
error-group-not-allowed = { $scheme } certifies no groups.
error-group-member-too-large = { $member } farms { $hectares } ha: at most { $maximum } ha, or { $turnover } CFA francs a year from what is certified.
error-duplicate-group-member = { $member } is in the group twice.
error-member-of-another-group = Members of another certified group already: { $members }.
error-person-not-identified = Record her phone or her national number first: it shows that she is in no other group.
error-member-code-taken = Another producer of the organization has the number “{ $value }” already.
error-invalid-geometry = { $reason ->
    [kind] A plot is a Point or a Polygon.
    [position] Each position is written [longitude, latitude], in degrees.
    [too-few] A ring has at least four positions: three different corners, then the first one again.
    [open] The ring is not closed: its last position has to be its first.
    [crossing] The ring crosses or touches itself, or a hole leaves it.
    [swapped] Latitude and longitude are exchanged: GeoJSON writes the longitude first.
   *[unreadable] This is no GeoJSON geometry.
}
error-invalid-confirmation-code = This code is not good: check it, or ask for another one.
error-empty-search = A saved search needs words or a filter.
error-limit-reached = There are { $maximum } of these already, as many as there may be. Delete one first.
error-blocked = No message can be sent between these two organizations.
error-own-organization = An organization does not do this with itself.
error-already-reported = You have reported this already; it is being looked at.
error-sent-too-much =
    Your organization has written a lot. Try again in { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
error-not-utf8 = This text is not UTF-8. Save the sheet as “CSV UTF-8”.
error-unknown-column = Unknown or doubled column: “{ $value }”. Possible columns: { $allowed }.
error-missing-column = The column “{ $value }” is missing.
error-wrong-column-count = This row has { $actual } values instead of { $expected }.
error-invalid-date = “{ $value }” is not a day. Write 2026-11-23 or 23/11/2026.
error-digest-mismatch = What arrived is not the file that was announced: its SHA-256 is another. Send the file again.
error-length-mismatch = What arrived has { $actual } bytes; { $expected } were announced.
error-type-mismatch = The file is not what it is called: { $expected } was announced.
error-upload-missing = The file has not arrived yet. Send it to the address that was given, then try again.
error-image-too-large = The picture is too large: at most { $maximum } million pixels.
error-unreadable-image = The picture cannot be read; it may be damaged.
error-quota-exceeded = The organization's documents may take { $maximum } MB in all. Remove some first.
error-document-in-use = This document is used and cannot be removed.
error-not-a-public-image = Only a picture that everybody may see can be shown here.
error-invalid-cursor = This cursor does not belong to this list. Start again from the beginning.
error-invalid-page-size = Ask for first or last, between 0 and { $maximum }, and one direction only.

# The nearest way to satisfy a criterion of an ownership definition.
ownership-fix-transfer-at-least = Transfer { $points } % of the ownership to women.
ownership-fix-transfer-more-than =
    { $points ->
        [0] Transfer any further share of the ownership to women.
       *[other] Transfer more than { $points } % of the ownership to women.
    }
ownership-fix-management-at-least = Raise the share of women in management by { $points } points.
ownership-fix-management-more-than =
    { $points ->
        [0] Give one more management post to a woman.
       *[other] Raise the share of women in management by more than { $points } points.
    }
ownership-fix-board-at-least = Raise the share of women on the board by { $points } points.
ownership-fix-board-more-than =
    { $points ->
        [0] Give one more seat of the board to a woman.
       *[other] Raise the share of women on the board by more than { $points } points.
    }
ownership-fix-admit-women =
    { $women ->
        [one] Admit { $women } more woman as a member.
       *[other] Admit { $women } more women as members.
    }
ownership-fix-signatory = Make a woman signatory of the legal documents and the accounts.
ownership-fix-independence = Run the organization independently of businesses that women do not own.
ownership-fix-chief-executive = Make a woman chief executive or chief operating officer.
ownership-fix-cooperatives-only = This definition is for cooperatives only; choose another one.
ownership-definition-iwa34-women-owned = Women-owned business (IWA 34)
ownership-definition-iwa34-women-led = Women-led business (IWA 34)
ownership-definition-un-women-owned = Women-owned business (UN Women)
ownership-definition-ifc-women-owned = Women-owned enterprise (IFC)
ownership-definition-womens-cooperative = Women's cooperative
ownership-value-yes = yes
ownership-value-no = no
ownership-value-percent = { $percent } %
ownership-value-members = { $women } of { $total } members ({ $percent } %)
ownership-value-at-least = at least { $percent } %
ownership-value-more-than = more than { $percent } %


# What values of search facets are called.
search-kind-cooperative = Cooperative
search-kind-sme = Small or medium enterprise
search-kind-market-seller = Market seller
search-kind-company = Company
search-kind-public-body = Public body
search-kind-certifier = Certifier
search-kind-support-organization = Support organization
search-ownership-iwa34-women-owned = Women-owned (IWA 34)
search-ownership-iwa34-women-led = Women-led (IWA 34)
search-ownership-un-women-owned = Women-owned (UN Women)
search-ownership-ifc-women-owned = Women-owned (IFC)
search-ownership-womens-cooperative = Women's cooperative

# What people are told.
notification-search-match-title = New listing: { $title }
notification-search-match-text = “{ $title }” by { $seller } is what your search “{ $search }” asks for.
notification-search-match-sms = New for “{ $search }”: { $title }, { $seller }.
notification-certificate-decided-title = Your certificate { $number }
notification-certificate-decided-text = Certificate { $scheme } no. { $number } { $became ->
    [VERIFIED] was verified and counts from now on.
    [REJECTED] was refused. The reason stands in the file.
    [SUSPENDED] is suspended until further notice.
    [REVOKED] is withdrawn.
   *[other] has changed.
}
notification-certificate-decided-sms = Certificate { $scheme } { $number }: { $became ->
    [VERIFIED] verified.
    [REJECTED] refused.
    [SUSPENDED] suspended.
    [REVOKED] withdrawn.
   *[other] changed.
}
notification-lots-recalled-title = Lots are recalled
notification-lots-recalled-text = Lots that you have or offer are recalled: { $reason } Do not sell or use them.
notification-lots-recalled-sms = Lots recalled: { $reason } Do not sell or use them.
notification-certificate-expiring-title = Certificate { $number } runs out soon
notification-certificate-expiring-text = Certificate { $scheme } no. { $number } holds until { $day }. Ask for its renewal now.
notification-certificate-expiring-sms = Certificate { $scheme } { $number } runs out on { $day }. Think of its renewal.
notification-evidence-decided-title = Evidence { $became ->
    [ACCEPTED] accepted
   *[other] refused
}: { $organization }
notification-evidence-decided-text = The evidence handed in for { $organization } was { $became ->
    [ACCEPTED] accepted.
   *[other] refused. The reason stands in the file.
}
notification-evidence-decided-sms = { $organization }: evidence { $became ->
    [ACCEPTED] accepted.
   *[other] refused.
}
notification-evidence-expiring-title = Evidence of { $organization } runs out soon
notification-evidence-expiring-text = A piece of evidence of who owns and leads { $organization } holds until { $day }. Hand in a new one to keep your level.
notification-evidence-expiring-sms = { $organization }: a piece of evidence runs out on { $day }. Hand in a new one.
notification-inquiry-message-title = { $organization } has written to you
notification-inquiry-message-text = { $title ->
    [none] { $organization } has written to your organization.
   *[other] { $organization } has written to your organization about “{ $title }”.
} Read it and answer in your inquiries.
notification-inquiry-message-sms = { $organization } has written to you. Read it and answer in your inquiries.
notification-lot-awarded-title = { $request }: { $became ->
    [WON] lot awarded to your bid
    [LOST] lot awarded to another bid
    [ACTIVE] award in force
    [CANCELLED] award cancelled
   *[other] award
}
notification-lot-awarded-text = { $became ->
    [WON] The lot “{ $lot }” of “{ $request }” is awarded to your bid. The award takes force after the standstill.
    [LOST] The lot “{ $lot }” of “{ $request }” is awarded to another bid. You may look at the ranking, and appeal.
    [ACTIVE] The award of the lot “{ $lot }” of “{ $request }” to your bid is in force. The contract can be signed.
    [CANCELLED] The award of the lot “{ $lot }” of “{ $request }” to your bid is cancelled. The file says why.
   *[other] The award of the lot “{ $lot }” of “{ $request }” has changed.
}
notification-lot-awarded-sms = { $lot }: { $became ->
    [WON] awarded to your bid.
    [LOST] awarded to another bid.
    [ACTIVE] award in force.
    [CANCELLED] award cancelled.
   *[other] changed.
}
notification-complaint-filed-title = Appeal: { $request }
notification-complaint-filed-text = { $level ->
    [REVIEW] An appeal to the review body is made about “{ $request }”.
   *[other] An appeal is made to you about “{ $request }”. Answer in time.
}
notification-complaint-filed-sms = Appeal about { $request }.
notification-complaint-decided-title = Appeal { $became ->
    [UPHELD] upheld
    [REJECTED] rejected
   *[other] inadmissible
}: { $request }
notification-complaint-decided-text = The appeal about “{ $request }” was { $became ->
    [UPHELD] upheld. The file says what follows.
    [REJECTED] rejected. The file says why.
   *[other] found inadmissible. The file says why.
}
notification-complaint-decided-sms = { $request }: appeal { $became ->
    [UPHELD] upheld.
    [REJECTED] rejected.
   *[other] inadmissible.
}
notification-request-invitation-title = Invitation to bid: { $title }
notification-request-invitation-text = { $buyer } invites you to bid on “{ $title }”. Bids are taken until { $deadline } UTC.
notification-request-invitation-sms = { $buyer } invites you to bid on “{ $title }” until { $deadline } UTC.
notification-request-amended-title = Request amended: { $title }
notification-request-amended-text = { $buyer } has amended “{ $title }”. Read what changed, and confirm your bid if you have placed one; bids are taken until { $deadline } UTC.
notification-request-amended-sms = “{ $title }” was amended. Confirm your bid by { $deadline } UTC.
notification-request-cancelled-title = Request cancelled: { $title }
notification-request-cancelled-text = { $buyer } has given up “{ $title }”. The reason stands in the file; no bid is opened.
notification-request-cancelled-sms = { $buyer } has given up “{ $title }”.
notification-question-asked-title = A question about { $title }
notification-question-asked-text = Somebody asks about “{ $title }”. Everybody will read your answer; answer before { $deadline } UTC.
notification-question-asked-sms = A question about “{ $title }” waits for your answer.
notification-question-answered-title = Your question about { $title } was answered
notification-question-answered-text = { $buyer } has answered your question about “{ $title }”. Bids are taken until { $deadline } UTC.
notification-question-answered-sms = { $buyer } has answered your question about “{ $title }”.
notification-order-placed-title = Order: { $title }
notification-order-placed-text = An order of “{ $title }” waits for your signature. The goods are held until then.
notification-order-placed-sms = Order of “{ $title }” to sign.
notification-contract-to-sign-title = To sign: { $title }
notification-contract-to-sign-text = The contract “{ $title }” waits for your signature. Read it before you sign.
notification-contract-to-sign-sms = Contract “{ $title }” to sign.
notification-contract-ended-title = Contract ended: { $title }
notification-contract-ended-text = The contract “{ $title }” has ended. Reason: { $reason }
notification-contract-ended-sms = Contract “{ $title }” ended. Reason: { $reason }
notification-delivery-dispatched-title = On its way: { $title }
notification-delivery-dispatched-text = { $quantity } of “{ $title }” are on their way, for { $day }. Record the receipt when they arrive.
notification-delivery-dispatched-sms = { $quantity } of “{ $title }” on their way, for { $day }.
notification-delivery-decided-title = Delivery { $became ->
    [ACCEPTED] accepted
    [PARTIALLY_ACCEPTED] accepted in part
   *[other] refused
}: { $title }
notification-delivery-decided-text = The delivery of “{ $title }” was { $became ->
    [ACCEPTED] accepted. You can bill it.
    [PARTIALLY_ACCEPTED] accepted in part; the reason is given. Bill what was accepted.
   *[other] refused. The reason is given.
}
notification-delivery-decided-sms = Delivery “{ $title }”: { $became ->
    [ACCEPTED] accepted.
    [PARTIALLY_ACCEPTED] accepted in part.
   *[other] refused.
}
notification-invoice-submitted-title = Invoice { $number }: { $title }
notification-invoice-submitted-text = Invoice { $number } for “{ $title }” waits for your decision. The time to pay is running.
notification-invoice-submitted-sms = Invoice { $number } came in for “{ $title }”.
notification-invoice-decided-title = Invoice { $number } { $became ->
    [APPROVED] approved
   *[other] refused
}
notification-invoice-decided-text = Invoice { $number } for “{ $title }” was { $became ->
    [APPROVED] approved.
   *[other] refused. The reason is given; bill again under another number.
}
notification-invoice-decided-sms = Invoice { $number }: { $became ->
    [APPROVED] approved.
   *[other] refused.
}
notification-payment-recorded-title = Payment of invoice { $number }
notification-payment-recorded-text = The buyer says that { $amount } were paid on invoice { $number } (“{ $title }”). Say whether you have them.
notification-payment-recorded-sms = Payment of { $amount }, invoice { $number }: do you have it?
notification-payment-disputed-title = Payment not received: invoice { $number }
notification-payment-disputed-text = Payment { $reference } of invoice { $number } (“{ $title }”) did not arrive. Check with your bank.
notification-payment-disputed-sms = Payment { $reference } (invoice { $number }) not received.
notification-stop-email = To receive no more of these e-mails: { $link }
notification-stop-sms = Stop: { $link }

# The page behind the link in every message.
stop-page-ask = Receive neither e-mails nor SMS any more?
stop-page-ask-email = Receive no more e-mails?
stop-page-ask-sms = Receive no more SMS?
stop-page-button = Stop
stop-page-done = Done: you will receive no more. You can change your mind in your preferences.
stop-page-unknown = This link is no longer valid. Sign in to change your preferences.

# A day, as people write it.
page-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

# The page of a verifiable credential.
credential-page-valid = Valid
credential-page-not-yet-valid = Not valid yet
credential-page-expired = Expired
credential-page-suspended = Suspended
credential-page-revoked = Revoked
credential-page-superseded = Replaced by a newer credential
credential-page-since = Since { $day }
credential-page-looked = As of { $day }
credential-page-says-certified = { $certifier } has certified { $holder }.
credential-page-says-ownership = { $holder } answers the definition “{ $definition }” ({ $source }).
credential-page-holder = Held by
credential-page-certifier = Certified by
credential-page-issuer = Attested by
credential-page-from = Valid from
credential-page-until = Valid until
credential-page-products = Products
credential-page-sites = Sites
credential-page-history = History
credential-page-issued = { $day }: signed
credential-page-was-suspended = { $day }: suspended ({ $reason })
credential-page-was-reinstated = { $day }: reinstated ({ $reason })
credential-page-was-revoked = { $day }: revoked ({ $reason })
credential-page-will-be-suspended = { $day }: will be suspended ({ $reason })
credential-page-will-be-reinstated = { $day }: will be reinstated ({ $reason })
credential-page-will-be-revoked = { $day }: will be revoked ({ $reason })
credential-page-check = Check it
credential-page-check-how = This credential is signed. Software can check it, even without a network, with the file below.
credential-page-bundle = Verification bundle (JSON)
credential-page-keys = The issuer's public keys
credential-page-footer = Issuer: { $issuer }

consent-public-name = I agree that my name stands on the public pages of what I grew or made.
consent-statistics = I agree that what I do counts, without my name, in figures on women's trade.
consent-training-offers = I agree to be told of trainings and programmes of partners.

# Messages to producers, who have no account. At most 160 signs, and no letters outside the alphabet of short messages.
producer-message-delivery = { $organization }: { $amount } { $product }, delivered on { $day }. If that is right, confirm with the code { $code }
producer-message-payment = { $organization }: { $amount } paid on { $day } ({ $product }). If that is right, confirm with the code { $code }
# The public page of a lot, behind the code on a bag.
trace-page-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
trace-page-days = { $from } to { $until }
trace-page-languages = Languages
trace-page-lot = Lot
trace-page-nobody = Organization not named
trace-page-made-by = made by { $organization }
trace-page-made-on = Date
trace-page-made-at = Place
trace-page-weight = Weight
trace-page-grade = Grade
trace-page-custody = Origins
trace-page-custody-identity-preserved = From one origin, kept apart from everything else
trace-page-custody-segregated = From several origins of the same kind, kept apart from the rest
trace-page-custody-controlled-blending = A mixture whose parts are known
trace-page-custody-mass-balance = A mixture whose parts are known only over a period
trace-page-void = This lot is void.
trace-page-void-why = The record that created this lot was declared an error. Do not rely on what follows.
trace-page-recall = Recalled: do not use it
trace-page-recall-since = Recalled by { $organization } on { $day }.
trace-page-recall-call = Call { $phone }
trace-page-growers = Who grew it
trace-page-ring = Share grown by women: { $percent }
trace-page-headline-all = All of it was grown by women
trace-page-headline-nearly-all = Nearly all of it was grown by women
trace-page-headline-most = More than half was grown by women
trace-page-headline-half = Half of it was grown by women
trace-page-headline-some = Part of it was grown by women
trace-page-headline-little = A small part was grown by women
trace-page-headline-none = None that is known was grown by women
trace-page-headline-unknown = It is not known who grew it
trace-page-women = by women
trace-page-others = by others
trace-page-unknown-growers = not known
trace-page-counted = { $women ->
    [0] No woman
    [1] One woman
   *[other] { $women } women
} among the { $producers ->
    [1] one person who delivered.
   *[other] { $producers } people who delivered.
}
trace-page-confirmed = { $percent } confirmed by the very people who delivered
trace-page-names = They agreed to be named
trace-page-names-more = and { $count ->
    [1] one other person
   *[other] { $count } other people
}
trace-page-map = Where it comes from
trace-page-map-label = Map of Mali with the way of the lot: { $places }
trace-page-way = Its way
trace-page-steps-more = { $count ->
    [1] One more step is not shown.
   *[other] { $count } more steps are not shown.
}
trace-page-cut-off = This lot was made of very many lots: what lies further back is counted as not known.
trace-page-step-delivery = Delivered by the producers
trace-page-step-aggregation = Put together
trace-page-step-split = Divided
trace-page-step-transformation = Transformed
trace-page-step-inspection = Inspected
trace-page-step-shipment = Sent
trace-page-step-receipt = Received
trace-page-step-loss = Some was lost
trace-page-step-recall = Recalled
trace-page-step-recall-end = Recall ended
trace-page-step-correction = Corrected
trace-page-step-captured = Reported by another
trace-page-step-producers = { $count ->
    [1] from one person
   *[other] from { $count } people
}
trace-page-step-void = Declared an error later
trace-page-claims = Certificates
trace-page-claims-none = No certificate covers this lot.
trace-page-claim-whole = Covers the whole lot
trace-page-claim-part = Covers { $percent } of the lot
trace-page-claim-maker = Is about how its maker works
trace-page-then-valid = Valid when the lot was made
trace-page-then-not-valid = Not valid when the lot was made
trace-page-then-suspended = Suspended when the lot was made
trace-page-then-revoked = Revoked for the day on which the lot was made
trace-page-now-valid = Valid today, until { $day }
trace-page-now-expired = Ended since: it ran until { $day }
trace-page-now-suspended = Suspended today
trace-page-now-revoked = Revoked since
trace-page-now-not-valid = Not valid today
trace-page-claim-certificate = No. { $number }, issued by { $issuer } to { $holder }
trace-page-claim-check = See the signed credential
trace-page-makers = Through whose hands
trace-page-makers-more = { $count ->
    [1] and one other organization
   *[other] and { $count } other organizations
}
trace-page-deed-delivery = took the deliveries
trace-page-deed-aggregation = put together
trace-page-deed-split = divided
trace-page-deed-transformation = transformed
trace-page-deed-inspection = inspected
trace-page-deed-shipment = sent
trace-page-deed-receipt = received
trace-page-deed-loss = reported a loss
trace-page-deed-recall = recalled
trace-page-deed-recall-end = ended the recall
trace-page-deed-correction = corrected
trace-page-deed-captured = reported
trace-page-evidence-declared = by its own declaration
trace-page-evidence-verified = verified
trace-page-evidence-certified = certified by a third party
trace-page-code = Show it to others
trace-page-code-why = This code leads to this page.
trace-page-unknown = This code is not known here
trace-page-unknown-why = Check the letters and digits on the label. If the code is right, the label does not come from here.
trace-page-unable = This page cannot be shown at the moment
trace-page-unable-why = Try again in a few minutes.
trace-page-label-title = Labels of lot { $code }
trace-page-label-how = Print on A4 paper, at 100%, without headers or footers.
trace-page-label-not = This lot is recalled or void: do not use these labels.
trace-page-label-made = Made on { $day }
matching-nothing = nothing
matching-days = { $from } to { $until }
matching-between = { $minimum } to { $maximum }
matching-at-least = at least { $minimum }
matching-at-most = at most { $maximum }
matching-measured = measured
matching-until = until { $day }
matching-invited = invited
matching-not-invited = not invited
matching-status-yes = yes
matching-status-no = no
matching-status-unknown = not known
matching-level-declared = declared
matching-level-submitted = document submitted
matching-level-verified = document verified
matching-level-certified = certified by a third party
matching-fix-offer-more = Add { $quantity }, alone or with partners.
matching-fix-offer-within = Offer some that is to be had from { $days }.
matching-fix-measure = Have { $attribute } measured, and add the result to the listing.
matching-fix-improve = Improve { $attribute } by { $missing }.
matching-fix-get-certified = Get certified under { $scheme }, in force on { $day }.
matching-fix-renew = The { $scheme } certificate expires in { $days } days; renew it.
matching-fix-declare = Declare who owns and leads the organization.
matching-fix-evidence = Hand in evidence of ownership: { $level }.
matching-fix-choose-others = Choose lots that are not reserved.
matching-fix-invitation = Ask the buyer to be invited.
matching-preview = With these lots { $qualifying } of { $suppliers } suppliers qualify.
matching-preview-split = Split lot { $lot } into { $lots } lots: { $qualifying } would.
indicator-01 = Share of awards to women, by number
indicator-02 = Share of awards to women, by value
indicator-03 = Gap to the target
indicator-04 = Women's share of bidders
indicator-05 = Bids for a lot, and reach
indicator-06 = Success parity
indicator-07 = Disqualification gap
indicator-08 = Women's share of invitations
indicator-09 = Competitive awards
indicator-10 = Open requests with a single bid
indicator-11 = Use of gender measures
indicator-12 = Effect of gender measures
indicator-13 = Days until payment
indicator-14 = On-time payment, and arrears
indicator-15 = Cycle times
indicator-16 = Contract drift
indicator-17 = On time, in full
indicator-18 = Complaints
indicator-19 = Concentration, and entry
indicator-20 = Evidence coverage
indicator-21 = Unknown rate
indicator-22 = Women producers reached
indicator-23 = Quality of published data
indicator-group-none = not known
dashboard-title = Buying from women
dashboard-sign-in = Sign in
dashboard-sign-out = Sign out
dashboard-identifier = Phone number or e-mail address
dashboard-password = Password
dashboard-too-many-attempts = Too many attempts; try again in a few minutes.
dashboard-sent-from-elsewhere = This form was sent from another site; sign in here.
dashboard-buyer = Buyer
dashboard-all-buyers = All buyers
dashboard-from = From
dashboard-to = To
dashboard-definition = Definition
dashboard-evidence = Least evidence
dashboard-show = Show
dashboard-not-told = not told: too few awards
dashboard-nothing = Nothing in this period.
dashboard-as-table = As a table
dashboard-download = Download as CSV
dashboard-as-of = As of { $at }.
dashboard-women = Women
dashboard-others = Others
dashboard-unknown = Unknown
dashboard-target = Target
dashboard-over-time = Share of value awarded to women, by month
dashboard-by-region = Share by region of delivery
dashboard-by-product = Share by product
dashboard-pipeline = Requests
dashboard-late = Late payments
dashboard-month = Month
dashboard-region = Region
dashboard-product = Product
dashboard-share = Women's share
dashboard-value-women = Value to women
dashboard-value = Value in all
dashboard-state = State
dashboard-requests = Requests
dashboard-supplier = Supplier
dashboard-invoice = Invoice
dashboard-due = Due
dashboard-days-late = Days late
dashboard-unpaid = Unpaid
dashboard-aimed-at = target: { $target }
dashboard-of-unknown = status unknown: { $share }
dashboard-figure-share = Share of value to women
dashboard-figure-number = Share of awards to women
dashboard-figure-coverage = Value to women with verified evidence
dashboard-figure-unknown = Awards of unknown status
dashboard-figure-on-time = Invoices paid in time
dashboard-request-draft = Draft
dashboard-request-published = Published
dashboard-request-closed = Closed
dashboard-request-opened = Bids opened
dashboard-request-evaluating = Being evaluated
dashboard-request-awarding = Being awarded
dashboard-request-complete = Complete
dashboard-request-cancelled = Cancelled
dashboard-request-unsuccessful = Unsuccessful
dashboard-definition-iwa34-women-owned = Women-owned (ISO IWA 34)
dashboard-definition-iwa34-women-led = Women-led (ISO IWA 34)
dashboard-definition-un-women-owned = Women-owned (UN Women)
dashboard-definition-ifc-women-owned = Women-owned (IFC)
dashboard-definition-womens-cooperative = Women's cooperative
dashboard-level-self-declared = self-declared
dashboard-level-document-submitted = document submitted
dashboard-level-document-verified = document verified
dashboard-level-third-party-certified = certified by a third party
