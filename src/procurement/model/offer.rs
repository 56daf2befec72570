//! What is offered, and by whom: what a bidder seals, and what an opening reads again.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{BidId, CriterionId, RequestId, RequestLotId};
use crate::{
    accounts::OrganizationId,
    documents::DocumentId,
    kernel::{decimal, digest::Digest, money::Money, rounding::priced},
};

/// All of it: thousandths of a percent.
pub const WHOLE: i64 = 100_000;
/// Decimals of a percent that are kept.
pub const PERCENT_DECIMALS: u32 = 3;

/// What a bidder offers, as it was typed in. It is never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OfferDraft {
    /// On which request.
    pub request: RequestId,
    /// Who bids: of several, the one who leads.
    pub bidder: OrganizationId,
    /// Those who bid together with their shares, in thousandths of a percent. Where the bidder is not among them, what is left
    /// is hers.
    pub partners: Vec<(OrganizationId, i64)>,
    /// What is offered for which lots.
    pub lots: Vec<LotDraft>,
    /// What is said to criteria.
    pub answers: Vec<(CriterionId, String)>,
    /// Documents that belong to it.
    pub documents: Vec<DocumentId>,
}

/// What is offered for a lot.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct LotDraft {
    /// The lot.
    pub lot: RequestLotId,
    /// For a whole unit of the lot.
    pub unit_price: Money,
    /// Thousandths of the lot's unit.
    pub quantity: i64,
}

impl fmt::Debug for OfferDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfferDraft").finish_non_exhaustive()
    }
}

impl fmt::Debug for LotDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LotDraft").finish_non_exhaustive()
    }
}

/// The content of a bid: what its receipt speaks of. It is never printed.
///
/// Its text is JSON made canonical (RFC 8785); the receipt is the SHA-256 of its bytes. The salt, which nobody can guess, keeps
/// the receipt from telling of a content that could be guessed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offer {
    /// The bid.
    pub bid: String,
    /// On which request.
    pub request: String,
    /// Who bids: of several, the one who leads.
    pub bidder: String,
    /// Everybody who bids with her share.
    pub partners: Vec<Share>,
    /// The currency of all its amounts, ISO 4217.
    pub currency: String,
    /// What is offered for which lots, in the order of the request.
    pub lots: Vec<LotOffer>,
    /// What is said to criteria.
    pub answers: Vec<Answer>,
    /// Documents that belong to it, with what they hash to.
    pub documents: Vec<Attached>,
    /// 32 random bytes, in hexadecimal digits.
    pub salt: String,
}

/// Who bids, and her share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The organization.
    pub organization: String,
    /// Her share in percent, as a decimal.
    pub percent: String,
}

/// What is offered for a lot.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LotOffer {
    /// The lot.
    pub lot: String,
    /// Minor units of the currency for a whole unit of the lot, as a decimal.
    pub unit_price_minor: String,
    /// How much, in the lot's unit, as a decimal.
    pub quantity: String,
}

/// What is said to a criterion.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The criterion.
    pub criterion: String,
    /// What is said.
    pub text: String,
}

/// A document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// The document.
    pub document: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer").finish_non_exhaustive()
    }
}

/// An offer as values. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadOffer {
    /// The bid.
    pub bid: BidId,
    /// On which request.
    pub request: RequestId,
    /// Who bids: of several, the one who leads.
    pub bidder: OrganizationId,
    /// Everybody who bids with her share in thousandths of a percent.
    pub partners: Vec<(OrganizationId, i64)>,
    /// The currency of all its amounts, ISO 4217.
    pub currency: String,
    /// Lot, minor units for a whole unit, thousandths of the unit, and what that comes to.
    pub lots: Vec<(RequestLotId, i64, i64, i64)>,
    /// What is said to criteria.
    pub answers: Vec<(CriterionId, String)>,
    /// Documents with what they hash to.
    pub documents: Vec<(DocumentId, Digest)>,
}

impl fmt::Debug for ReadOffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOffer").field("bid", &self.bid).finish_non_exhaustive()
    }
}

/// A text is not the content of a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not the content of a bid")]
pub struct NoOffer;

/// Decimals of a quantity.
const QUANTITY_DECIMALS: u32 = crate::kernel::quantity::DECIMALS;

impl Offer {
    /// The canonical text, and what it hashes to: the receipt.
    ///
    /// # Errors
    /// None in practice: texts are always writable.
    pub fn text(&self) -> Result<(String, Digest), serde_json::Error> {
        let text = serde_json_canonicalizer::to_string(self)?;
        let receipt = Digest::of(text.as_bytes());
        Ok((text, receipt))
    }
}

impl ReadOffer {
    /// The content that it becomes.
    #[must_use]
    pub fn with_salt(&self, salt: &[u8; 32]) -> Offer {
        let share = |(organization, share): &(OrganizationId, i64)| Share {
            organization: organization.to_string(),
            percent: decimal::format_scaled(*share, PERCENT_DECIMALS),
        };
        let lot = |(lot, price, quantity, _): &(RequestLotId, i64, i64, i64)| LotOffer {
            lot: lot.to_string(),
            unit_price_minor: price.to_string(),
            quantity: decimal::format_scaled(*quantity, QUANTITY_DECIMALS),
        };
        let answer =
            |(criterion, text): &(CriterionId, String)| Answer { criterion: criterion.to_string(), text: text.clone() };
        let attached = |(document, sha256): &(DocumentId, Digest)| Attached {
            document: document.to_string(),
            sha256: sha256.to_string(),
        };
        Offer {
            bid: self.bid.to_string(),
            request: self.request.to_string(),
            bidder: self.bidder.to_string(),
            partners: self.partners.iter().map(share).collect(),
            currency: self.currency.clone(),
            lots: self.lots.iter().map(lot).collect(),
            answers: self.answers.iter().map(answer).collect(),
            documents: self.documents.iter().map(attached).collect(),
            salt: hex::encode(salt),
        }
    }

    /// Reads a content. Amounts are computed anew.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, NoOffer> {
        let offer: Offer = serde_json::from_str(text).map_err(|_| NoOffer)?;
        let scaled = |text: &str, decimals| decimal::parse_scaled(text, decimals).map_err(|_| NoOffer);
        let share = |share: &Share| {
            let organization = share.organization.parse().map_err(|_| NoOffer)?;
            Ok((organization, scaled(&share.percent, PERCENT_DECIMALS)?))
        };
        let lot = |lot: &LotOffer| {
            let (price, quantity) = (scaled(&lot.unit_price_minor, 0)?, scaled(&lot.quantity, QUANTITY_DECIMALS)?);
            Ok((lot.lot.parse().map_err(|_| NoOffer)?, price, quantity, priced(price, quantity).ok_or(NoOffer)?))
        };
        let answer = |answer: Answer| Ok((answer.criterion.parse().map_err(|_| NoOffer)?, answer.text));
        let attached = |attached: &Attached| {
            let document = attached.document.parse().map_err(|_| NoOffer)?;
            Ok((document, attached.sha256.parse().map_err(|_| NoOffer)?))
        };
        Ok(Self {
            bid: offer.bid.parse().map_err(|_| NoOffer)?,
            request: offer.request.parse().map_err(|_| NoOffer)?,
            bidder: offer.bidder.parse().map_err(|_| NoOffer)?,
            partners: offer.partners.iter().map(share).collect::<Result<_, _>>()?,
            currency: offer.currency,
            lots: offer.lots.iter().map(lot).collect::<Result<_, _>>()?,
            answers: offer.answers.into_iter().map(answer).collect::<Result<_, _>>()?,
            documents: offer.documents.iter().map(attached).collect::<Result<_, _>>()?,
        })
    }

    /// What all its lots come to, in minor units.
    #[must_use]
    pub fn amount_minor(&self) -> Option<i64> {
        self.lots.iter().try_fold(0_i64, |sum, (.., amount)| sum.checked_add(*amount))
    }

    /// The share of an organization, in thousandths of a percent; 0 where she is not among those who bid.
    #[must_use]
    pub fn share_of(&self, organization: OrganizationId) -> i64 {
        self.partners.iter().filter(|(partner, _)| *partner == organization).map(|(_, share)| *share).sum()
    }

    /// Its documents.
    #[must_use]
    pub fn document_ids(&self) -> Vec<DocumentId> {
        self.documents.iter().map(|(document, _)| *document).collect()
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};
    use uuid::Uuid;

    use super::*;

    fn offer() -> ReadOffer {
        ReadOffer {
            bid: BidId::from_uuid(Uuid::from_u128(1)),
            request: RequestId::from_uuid(Uuid::from_u128(2)),
            bidder: OrganizationId::from_uuid(Uuid::from_u128(3)),
            partners: vec![(OrganizationId::from_uuid(Uuid::from_u128(3)), WHOLE)],
            currency: "XOF".to_owned(),
            lots: vec![(RequestLotId::from_uuid(Uuid::from_u128(4)), 1_250, 12_500, 15_625)],
            answers: vec![(CriterionId::from_uuid(Uuid::from_u128(5)), "Dix ans de karité".to_owned())],
            documents: vec![(DocumentId::from_uuid(Uuid::from_u128(6)), Digest::of(b"pdf"))],
        }
    }

    #[test]
    fn a_content_is_read_as_it_was_written_and_its_receipt_is_the_hash_of_its_bytes() {
        let (text, receipt) = offer().with_salt(&[7; 32]).text().unwrap();

        assert_eq!(ReadOffer::read(&text), Ok(offer()));
        assert_eq!(receipt.to_string(), hex::encode(Sha256::digest(text.as_bytes())));
        assert!(text.starts_with(r#"{"answers":["#) && text.contains(r#""quantity":"12.5""#), "{text}");
        let (_, other) = offer().with_salt(&[8; 32]).text().unwrap();
        assert_ne!(receipt, other, "the salt counts");
    }

    #[test]
    fn what_is_no_content_is_refused() {
        let (text, _) = offer().with_salt(&[7; 32]).text().unwrap();
        for other in ["", "{}", &text.replace("1250", "12.5"), &text.replace("\"salt\"", "\"more\":1,\"salt\"")] {
            assert_eq!(ReadOffer::read(other), Err(NoOffer), "{other}");
        }
    }

    #[test]
    fn none_of_it_is_printed() {
        let shown = format!("{:?} {:?}", offer(), offer().with_salt(&[7; 32]));
        assert!(!shown.contains("1250") && !shown.contains("karit") && !shown.contains("organization_"), "{shown}");
    }
}
