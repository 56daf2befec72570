//! Whether an offer answers a request: everything that is wrong with it, at once.
//!
//! A lot may be offered in part, but is never offered beyond what is asked for: whoever opens the bids is told, and prices are
//! compared by the unit. Several who bid together share all of it. Where the shares leave the bidder out, what is left is hers.

use std::collections::BTreeSet;

use super::{
    ids::{BidId, CriterionId, RequestLotId},
    offer::{OfferDraft, PERCENT_DECIMALS, ReadOffer, WHOLE},
    request::{GenderMeasure, MeasureKind, Method, RequestLotStatus, WholeRequest},
    status::FrozenStatus,
};
use crate::{
    accounts::OrganizationId,
    directory::model::ownership::EvidenceLevel,
    kernel::{ErrorCode, Rejections, UserError, decimal, rounding::priced, text::TextRule},
};

/// Those who bid together at most.
const PARTNERS_MAX: usize = 20;
/// Documents of a bid at most.
pub const DOCUMENTS_MAX: usize = 10;
/// What may be said to a criterion.
const ANSWER: TextRule = TextRule { length_min: 1, length_max: 5_000, multiline: true };

/// An error at a field of the input.
fn wrong(code: ErrorCode, path: &[&str]) -> UserError {
    UserError::new(code, ["input"].iter().chain(path))
}

/// The offer that a draft makes, or `None` after everything that is wrong with it was noted. Documents are not looked at.
pub fn check(draft: &OfferDraft, whole: &WholeRequest, bid: BidId, refused: &mut Rejections) -> Option<ReadOffer> {
    if draft.bidder == whole.request.buyer {
        refused.push(wrong(ErrorCode::ConflictOfInterest, &["bidderId"]));
    }
    let partners = shares(draft, whole, refused);
    let lots = lots(draft, whole, refused);
    let answers = answers(draft, whole, refused);
    if draft.documents.len() > DOCUMENTS_MAX {
        refused.push(wrong(ErrorCode::TooLong, &["documentIds"]).with("maximum", DOCUMENTS_MAX));
    }
    let offer = ReadOffer {
        bid,
        request: draft.request,
        bidder: draft.bidder,
        partners,
        currency: whole.request.currency.code().to_owned(),
        lots,
        answers,
        documents: Vec::new(),
    };
    if offer.amount_minor().is_none() {
        refused.push(out_of_range(&["lots"], "0", i64::MAX));
    }
    refused.is_empty().then_some(offer)
}

fn out_of_range(path: &[&str], minimum: impl ToString, maximum: impl ToString) -> UserError {
    wrong(ErrorCode::OutOfRange, path).with("minimum", minimum).with("maximum", maximum)
}

/// Who bids with which share, the bidder first.
fn shares(draft: &OfferDraft, whole: &WholeRequest, refused: &mut Rejections) -> Vec<(OrganizationId, i64)> {
    if draft.partners.len() > PARTNERS_MAX {
        refused.push(wrong(ErrorCode::TooLong, &["partners"]).with("maximum", PARTNERS_MAX));
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    for (index, (organization, share)) in draft.partners.iter().enumerate() {
        let index = index.to_string();
        if !seen.insert(*organization) {
            let error = wrong(ErrorCode::Inconsistent, &["partners", &index, "organizationId"]);
            refused.push(error.with("reason", organization));
        }
        if *organization == whole.request.buyer {
            refused.push(wrong(ErrorCode::ConflictOfInterest, &["partners", &index, "organizationId"]));
        }
        if !(1..=WHOLE).contains(share) {
            refused.push(out_of_range(&["partners", &index, "sharePercent"], "0.001", "100"));
        }
    }
    let told = draft.partners.iter().fold(0_i64, |sum, (_, share)| sum.saturating_add(*share));
    let others = draft.partners.iter().copied().filter(|(organization, _)| *organization != draft.bidder);
    let own = match draft.partners.iter().find(|(organization, _)| *organization == draft.bidder) {
        Some((_, share)) => *share,
        None => WHOLE.saturating_sub(told),
    };
    let partners: Vec<(OrganizationId, i64)> = std::iter::once((draft.bidder, own)).chain(others).collect();
    let sum = partners.iter().fold(0_i64, |sum, (_, share)| sum.saturating_add(*share));
    if sum != WHOLE || own <= 0 {
        let actual = decimal::format_scaled(told, PERCENT_DECIMALS);
        refused.push(wrong(ErrorCode::SharesNotWhole, &["partners"]).with("actual", actual));
    }
    partners
}

/// What is offered for which lots, in the order of the request.
fn lots(draft: &OfferDraft, whole: &WholeRequest, refused: &mut Rejections) -> Vec<(RequestLotId, i64, i64, i64)> {
    if draft.lots.is_empty() {
        refused.push(wrong(ErrorCode::Required, &["lots"]));
    }
    let mut seen = BTreeSet::new();
    let mut offered = Vec::with_capacity(draft.lots.len());
    for (index, one) in draft.lots.iter().enumerate() {
        let index = index.to_string();
        let Some(lot) = whole.lots.iter().find(|lot| lot.id == one.lot) else {
            refused.push(wrong(ErrorCode::NotFound, &["lots", &index, "requestLotId"]));
            continue;
        };
        if lot.status != RequestLotStatus::Active {
            let error = wrong(ErrorCode::InvalidTransition, &["lots", &index, "requestLotId"]);
            refused.push(error.with("state", lot.status.as_str()).with("action", "BID"));
        }
        if !seen.insert(one.lot) {
            refused.push(wrong(ErrorCode::LotTwice, &["lots", &index, "requestLotId"]).with("lot", &lot.title));
        }
        let currency = whole.request.currency;
        if one.unit_price.currency != currency {
            let error = wrong(ErrorCode::MixedCurrencies, &["lots", &index, "unitPrice", "currency"]);
            refused.push(error.with("expected", currency.code()).with("actual", one.unit_price.currency.code()));
        }
        if one.unit_price.minor <= 0 {
            refused.push(out_of_range(&["lots", &index, "unitPrice", "amount"], "0", i64::MAX));
        }
        if !(1..=lot.quantity.thousandths).contains(&one.quantity) {
            refused.push(out_of_range(&["lots", &index, "quantity"], "0.001", lot.quantity.value()));
        }
        match priced(one.unit_price.minor, one.quantity) {
            Some(amount) if amount > 0 => {
                offered.push((lot.position, (one.lot, one.unit_price.minor, one.quantity, amount)));
            }
            // What comes to nothing is no offer.
            Some(_) | None => refused.push(out_of_range(&["lots", &index], "0", i64::MAX)),
        }
    }
    offered.sort_by_key(|(position, (lot, ..))| (*position, *lot));
    offered.into_iter().map(|(_, lot)| lot).collect()
}

/// What is said to which criteria, in the order of the request.
fn answers(draft: &OfferDraft, whole: &WholeRequest, refused: &mut Rejections) -> Vec<(CriterionId, String)> {
    let mut said = Vec::with_capacity(draft.answers.len());
    for (index, (criterion, text)) in draft.answers.iter().enumerate() {
        let index = index.to_string();
        let Some(position) = whole.criteria.iter().position(|known| known.id == *criterion) else {
            refused.push(wrong(ErrorCode::NotFound, &["answers", &index, "criterionId"]));
            continue;
        };
        if said.iter().any(|(other, _)| *other == position) {
            let error = wrong(ErrorCode::Inconsistent, &["answers", &index, "criterionId"]);
            refused.push(error.with("reason", criterion));
        }
        if let Some(text) = refused.take(ANSWER.check(text, ["input", "answers", &index, "text"])) {
            said.push((position, (*criterion, text)));
        }
    }
    said.sort_by_key(|(position, _)| *position);
    said.into_iter().map(|(_, answer)| answer).collect()
}

/// Whether the bidder has to be invited.
#[must_use]
pub const fn asks_for_invitation(method: Method) -> bool {
    match method {
        Method::Open => false,
        Method::Selective | Method::Limited | Method::Direct => true,
    }
}

/// The measures that reserve what an offer is for, and that those who bid do not satisfy by what they are. A reserved lot is for
/// a bidder who satisfies the definition, and who holds, with those of her partners who do, more than half of it: nobody
/// is to lend her name.
pub fn unsatisfied<'m>(
    offer: &ReadOffer,
    measures: &'m [GenderMeasure],
    statuses: &[FrozenStatus],
) -> Vec<(&'m GenderMeasure, RequestLotId)> {
    let satisfies = |organization: OrganizationId, measure: &GenderMeasure| {
        statuses.iter().any(|status| {
            status.organization == organization
                && status.definition == measure.definition
                && status.satisfies(measure.at_least_evidence)
        })
    };
    let mut found = Vec::new();
    for measure in measures.iter().filter(|measure| measure.kind == MeasureKind::ReservedParticipation) {
        let of_women: i64 =
            offer.partners.iter().filter(|(partner, _)| satisfies(*partner, measure)).map(|(_, share)| share).sum();
        if satisfies(offer.bidder, measure) && of_women * 2 > WHOLE {
            continue;
        }
        let concerned = offer.lots.iter().map(|(lot, ..)| *lot).filter(|lot| measure.lot.is_none_or(|of| of == *lot));
        found.extend(concerned.map(|lot| (measure, lot)));
    }
    found
}

/// What the bidder is told of a lot that is reserved. `index` is its place in the input.
#[must_use]
pub fn reserved(measure: &GenderMeasure, title: &str, index: Option<usize>) -> UserError {
    let index = index.map(|index| index.to_string());
    let path: Vec<&str> = match &index {
        Some(index) => vec!["lots", index, "requestLotId"],
        None => vec!["lots"],
    };
    wrong(ErrorCode::ReservedLot, &path)
        .with("lot", title)
        .with("definition", measure.definition.as_str())
        .with("evidence", EvidenceLevel::as_str(measure.at_least_evidence))
}

#[cfg(test)]
#[path = "check_offer_tests.rs"]
mod tests;
