//! What the generator cannot know: which thing an argument names, and what else a call needs to be a good one.

use serde_json::{Value, json};

use super::world::{Thing, World};
use crate::attack::surface::Place;

/// The thing that an id names, by the name of its argument.
const THINGS_BY_ARGUMENT: &[(&str, &str)] = &[
    ("awardId", "Award"),
    ("bidId", "Bid"),
    ("bidderId", "Organization"),
    ("blockedOrganizationId", "partner"),
    ("buyerId", "Organization"),
    ("certificateId", "Certificate"),
    ("complaintId", "Complaint"),
    ("contractId", "Contract"),
    ("contractLineId", "ContractLine"),
    ("criterionId", "RequestCriterion"),
    ("deliveryEventId", "TraceEvent"),
    ("deliveryId", "ContractDelivery"),
    ("documentId", "Document"),
    ("documentIds", "Document"),
    ("eventId", "TraceEvent"),
    ("evidenceId", "OwnershipEvidence"),
    ("fromOrganizationId", "Organization"),
    ("inquiryId", "Inquiry"),
    ("invitationId", "Invitation"),
    ("invoiceId", "Invoice"),
    ("leadOrganizationId", "Organization"),
    ("listingId", "Listing"),
    ("lotId", "Lot"),
    ("lotIds", "Lot"),
    ("membershipId", "Membership"),
    ("messageId", "InquiryMessage"),
    ("notificationIds", "Notification"),
    ("organizationId", "Organization"),
    ("payeeId", "Organization"),
    ("paymentId", "Payment"),
    ("plotId", "Plot"),
    ("producerId", "Producer"),
    ("questionId", "RequestQuestion"),
    ("recallId", "Recall"),
    ("reportId", "InquiryReport"),
    ("requestId", "ProcurementRequest"),
    ("requestLotId", "RequestLot"),
    ("reservationId", "StockReservation"),
    ("savedSearchId", "SavedSearch"),
    ("subjectId", "Organization"),
    ("toOrganizationId", "partner"),
];

/// Where an argument of that name means another thing.
const THINGS_BY_CALL: &[(&str, &str, &str)] = &[
    ("Mutation.cancelProcurementRequest", "requestId", "ProcurementRequest, a draft"),
    ("Mutation.endMembership", "membershipId", "ProducerMembership"),
    ("Mutation.publishListing", "listingId", "Listing, a draft"),
    ("Mutation.publishProcurementRequest", "requestId", "ProcurementRequest, a draft"),
    ("Mutation.updateListing", "listingId", "Listing, a draft"),
    ("Mutation.updateProcurementRequest", "requestId", "ProcurementRequest, a draft"),
    ("Mutation.reconfirmBid", "bidId", "Bid, sealed"),
    ("Mutation.withdrawBid", "bidId", "Bid, sealed"),
    ("Mutation.reinstateCertificate", "certificateId", "Certificate, verified"),
    ("Mutation.revokeCertificate", "certificateId", "Certificate, verified"),
    ("Mutation.suspendCertificate", "certificateId", "Certificate, verified"),
];

/// Members beyond those that must be given, without which a call would not get as far as to anybody's things.
const FURTHER: &[(&str, &[&str])] = &[
    ("Mutation.markNotificationsRead", &["notificationIds"]),
    ("Mutation.startInquiry", &["listingId"]),
    ("Mutation.saveSearch", &["query"]),
    ("Mutation.signUp", &["email"]),
    ("Query.genderResponsiveReport", &["buyerId"]),
    ("Query.matchingSellers", &["requestLotId"]),
    ("Query.consortiumSuggestions", &["leadOrganizationId"]),
];

/// Values without which a call would be refused for its form. What is given is JSON.
const GIVEN: &[(&str, &str, &str)] = &[
    ("*", "amount", r#""1000""#),
    ("*", "email", r#""nouvelle@exemple.ml""#),
    ("*", "identifier", r#""nouvelle@exemple.ml""#),
    ("*", "number", r#""F-9""#),
    ("*", "password", r#""trois pirogues au port""#),
    ("*", "placeCode", r#""segou""#),
    ("*", "productCode", r#""shea-kernel""#),
    ("*", "schemeCode", r#""ORGANIC_EU""#),
    ("*", "unit", r#""KGM""#),
    ("*", "occurredAt", r#""2026-12-03T08:30:00Z""#),
    ("*", "deliveredAt", r#""2026-12-03T08:30:00Z""#),
    ("*", "paidAt", r#""2026-12-03T08:30:00Z""#),
    ("*", "paidOn", r#""2026-12-03""#),
    ("*", "bidDeadline", r#""2027-03-01T08:00:00Z""#),
    ("*", "weightPercent", r#""100""#),
    ("*", "mediaType", r#""application/pdf""#),
    ("*", "sha256", r#""0000000000000000000000000000000000000000000000000000000000000000""#),
    ("Mutation.addPlot", "hectares", r#""1""#),
    ("Mutation.createListing", "productCode", r#""shea-butter""#),
    ("Mutation.endMembership", "validUntil", r#""2026-12-01""#),
    ("Mutation.endPlot", "validUntil", r#""2026-12-01""#),
    ("Mutation.scheduleDelivery", "dueOn", r#""2026-12-10""#),
    ("Mutation.submitCertificate", "validUntil", r#""2027-11-03""#),
    ("Mutation.submitOwnershipEvidence", "facts", r#""WOMEN_MEMBERS""#),
    ("Query.genderResponsiveReport", "from", r#""2026-01-01""#),
    ("Query.genderResponsiveReport", "to", r#""2026-12-01""#),
    ("Query.place", "code", r#""segou""#),
    ("Query.product", "code", r#""shea-butter""#),
    ("Query.searchSuggestions", "query", r#""beur""#),
    ("Query.consistencyProof", "earlier", "1"),
    ("Query.consistencyProof", "later", "2"),
];

/// What a stranger acts for where she acts for her own organization, with things of another in her hands.
const ACTING: &[&str] =
    &["organizationId", "buyerId", "payeeId", "bidderId", "fromOrganizationId", "leadOrganizationId"];

/// Members beyond those that must be given, for a call.
pub(crate) fn further(call: &str) -> &'static [&'static str] {
    FURTHER.iter().find(|(of, _)| *of == call).map_or(&[], |(_, names)| names)
}

/// How ids are put in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim<'a> {
    /// The thing that a bare `id` names.
    pub(crate) at: Option<&'a str>,
    /// Whether private things are replaced by ids that were never given to anything.
    pub(crate) missing: bool,
    /// Whether the stranger acts for her own organization.
    pub(crate) own: bool,
}

impl Aim<'_> {
    /// The value that stands at a place, where the generator does not know itself.
    pub(crate) fn value(self, world: &World, place: Place<'_>) -> Option<Value> {
        if (place.call, place.name) == ("Query.lotByCode", "code") {
            return Some(json!(world.lot_code));
        }
        if place.of != "ID" {
            let given = |of: &str| GIVEN.iter().find(|(call, name, _)| *call == of && *name == place.name);
            // A money's amount is not what else is called so.
            let everywhere = || given("*").filter(|_| !place.of.ends_with("Input"));
            return given(place.call).or_else(everywhere).map(|(_, _, value)| serde_json::from_str(value).unwrap());
        }
        if self.own && ACTING.contains(&place.name) {
            return Some(json!(world.elsewhere));
        }
        let by_call = THINGS_BY_CALL.iter().find(|(call, name, _)| (*call, *name) == (place.call, place.name));
        let by_name = THINGS_BY_ARGUMENT.iter().find(|(name, _)| *name == place.name);
        let name = match (place.name, self.at) {
            ("id" | "ids", Some(at)) => at,
            _ => by_call.map(|(_, _, thing)| *thing).or_else(|| by_name.map(|(_, thing)| *thing))?,
        };
        let id = world.id(name);
        Some(json!(if self.missing && !is_public(name) { World::never(id) } else { id.to_owned() }))
    }
}

/// What everybody may see, and why that is so.
const PUBLIC: &[(&str, &str)] = &[
    ("Organization", "who sells and buys here is what a marketplace is there to show"),
    ("partner", "as the organization"),
    ("bidder", "as the organization"),
    ("loser", "as the organization"),
    ("elsewhere", "as the organization"),
    ("Listing", "it was published"),
    ("Certificate, verified", "it was found genuine"),
    ("Credential", "it is there to be checked by anybody"),
    ("ProcurementRequest", "it was published"),
    ("RequestLot", "of a published request"),
    ("RequestCriterion", "of a published request"),
    ("GenderMeasure", "of a published request"),
    ("RequestQuestion, answered", "answers are for all bidders"),
    ("partner's request", "it was published"),
    ("Bid", "it was opened"),
    ("Bid, lost", "it was opened"),
    ("Award", "everybody sees to whom a lot was given"),
    ("Lot", "what stands on its label"),
    ("TraceEvent", "what the label leads to; what it says is for those who deal with the lot"),
    ("Recall", "for everybody to know"),
];

/// Whether everybody may see a thing.
pub(crate) fn is_public(name: &str) -> bool {
    PUBLIC.iter().any(|(public, _)| *public == name)
}

/// The things that only those concerned may see.
pub(crate) fn private(world: &World) -> impl Iterator<Item = (&'static str, &Thing)> {
    world.things.iter().filter(|(name, _)| !is_public(name)).map(|(name, thing)| (*name, thing))
}

/// What somebody who has nothing to do with the organization may do, by the call, and why.
pub(crate) const OPEN_TO_STRANGERS: &[(&str, &str)] = &[
    ("giveConsent", "her own"),
    ("saveSearch", "her own"),
    ("registerOrganization", "everybody may begin one"),
    ("setNotificationPreferences", "her own"),
    ("signOut", "her own session"),
    ("signUp", "everybody may"),
];
