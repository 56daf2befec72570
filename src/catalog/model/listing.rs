//! A listing: an offer of one product by one organization, and the states it goes through.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    accounts::OrganizationId,
    define_id,
    kernel::{
        ErrorCode, Rejections, UserError,
        clock::Timestamp,
        decimal::{format_scaled, parse_scaled},
        locale::Locale,
        money::Money,
        quantity::{DECIMALS, Quantity, UnitCode},
        rounding::half_up,
    },
};

define_id!(
    /// Identifies a listing.
    pub ListingId = "listing"
);

/// The state that a seller has put her listing in, and that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListingStatus {
    /// Being written; only members see it.
    Draft,
    /// Offered to everyone.
    Published,
    /// Taken back for a while.
    Paused,
    /// Done with, for good.
    Archived,
}

/// The stored word is no state of a listing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such listing status: {0}")]
pub struct UnknownStatus(pub String);

impl ListingStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Published, Self::Paused, Self::Archived];

    /// The state as it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Published => "PUBLISHED",
            Self::Paused => "PAUSED",
            Self::Archived => "ARCHIVED",
        }
    }

    /// The state after an action, or none where the action is not possible.
    #[must_use]
    pub const fn after(self, action: ListingAction) -> Option<Self> {
        use ListingAction::{Archive, Pause, Publish, Reserve, Update};
        match (self, action) {
            (Self::Draft | Self::Published | Self::Paused, Update) => Some(self),
            (Self::Draft | Self::Paused, Publish) => Some(Self::Published),
            (Self::Published, Pause) => Some(Self::Paused),
            (Self::Draft | Self::Published | Self::Paused, Archive) => Some(Self::Archived),
            (Self::Published, Reserve) => Some(Self::Published),
            (Self::Published, Publish)
            | (Self::Draft | Self::Paused, Pause | Reserve)
            | (Self::Archived, Update | Publish | Pause | Archive | Reserve) => None,
        }
    }

    /// The state after an action.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidTransition`] with the state that does not allow it.
    pub fn transition(self, action: ListingAction) -> Result<Self, UserError> {
        self.after(action).ok_or_else(|| {
            UserError::new(ErrorCode::InvalidTransition, ["input", "listingId"])
                .with("state", self.as_str())
                .with("action", action.as_str())
        })
    }
}

impl fmt::Display for ListingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ListingStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// What can be done to a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListingAction {
    /// Change what is offered.
    Update,
    /// Offer it to everyone.
    Publish,
    /// Take it back for a while.
    Pause,
    /// End it for good.
    Archive,
    /// Hold some of it for a buyer.
    Reserve,
}

impl ListingAction {
    /// Every action.
    pub const ALL: [Self; 5] = [Self::Update, Self::Publish, Self::Pause, Self::Archive, Self::Reserve];

    /// The action's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "UPDATE",
            Self::Publish => "PUBLISH",
            Self::Pause => "PAUSE",
            Self::Archive => "ARCHIVE",
            Self::Reserve => "RESERVE",
        }
    }
}

/// The state that people are shown: the stored one, or what stock and calendar have made of a published listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShownStatus {
    /// Being written.
    Draft,
    /// Offered, and to be had.
    Published,
    /// Taken back for a while.
    Paused,
    /// Done with.
    Archived,
    /// Published, and nothing of it is left.
    SoldOut,
    /// Published, and the last day of availability is over.
    Expired,
}

/// What a kilogram costs and what the offer weighs, where conversions are known, and which region the place lies in:
/// computed when the listing is written, never typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// Thousandths of a franc a kilogram. Only of prices in XOF, so that all of them compare.
    pub price_per_kilogram: Option<i64>,
    /// The whole quantity in grams.
    pub quantity_grams: Option<i64>,
    /// The code of the region that the place is or lies in.
    pub region: Option<String>,
    /// The code of the cercle that the place is or lies in.
    pub cercle: Option<String>,
}

/// A price for one of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// How much.
    pub money: Money,
    /// For one of what.
    pub unit: UnitCode,
}

/// Measured quality attributes by code, in thousandths of the attribute's unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<StoredMeasurement>", into = "Vec<StoredMeasurement>")]
pub struct Measurements(pub BTreeMap<String, i64>);

/// A measurement as rows and snapshots keep it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredMeasurement {
    attribute: String,
    value: String,
}

impl From<Measurements> for Vec<StoredMeasurement> {
    fn from(measurements: Measurements) -> Self {
        let stored = |(attribute, value)| StoredMeasurement { attribute, value: format_scaled(value, DECIMALS) };
        measurements.0.into_iter().map(stored).collect()
    }
}

impl TryFrom<Vec<StoredMeasurement>> for Measurements {
    type Error = crate::kernel::decimal::DecimalError;

    fn try_from(stored: Vec<StoredMeasurement>) -> Result<Self, Self::Error> {
        let read = |row: StoredMeasurement| Ok((row.attribute, parse_scaled(&row.value, DECIMALS)?));
        stored.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// What is offered, as the seller says it, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The product's code.
    pub product: String,
    /// A short title.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// The language of title and description.
    pub language: Locale,
    /// What it costs.
    pub price: Option<Price>,
    /// How much there is.
    pub quantity: Option<Quantity>,
    /// The least that can be ordered, in thousandths of the quantity's unit.
    pub minimum_order: Option<i64>,
    /// The grade; derived where a standard says how.
    pub grade: Option<String>,
    /// What was measured.
    pub measurements: Measurements,
    /// The harvest season.
    pub season: Option<String>,
    /// First day it can be had.
    pub available_from: Option<NaiveDate>,
    /// Last day it can be had.
    pub available_until: Option<NaiveDate>,
    /// The code of the place where it lies.
    pub place: Option<String>,
    /// Who brings it where, and at whose cost.
    pub delivery_terms: Option<String>,
}

/// An offer of a product by an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The listing.
    pub id: ListingId,
    /// Who offers.
    pub organization: OrganizationId,
    /// What.
    pub offer: Offer,
    /// What follows from it.
    pub derived: Derived,
    /// What is held for buyers, in thousandths of the quantity's unit.
    pub reserved: i64,
    /// The stored state.
    pub status: ListingStatus,
    /// The seller's own number of it, unique within the organization.
    pub reference: Option<String>,
    /// Counts changes of the offer and its state, from 1. Reservations do not count.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When offer or state last changed.
    pub updated_at: Timestamp,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
}

impl Listing {
    /// What can still be had; none where no quantity is stated.
    #[must_use]
    pub fn available(&self) -> Option<Quantity> {
        let quantity = self.offer.quantity.as_ref()?;
        Some(Quantity { thousandths: quantity.thousandths - self.reserved, unit: quantity.unit.clone() })
    }

    /// The weight of what can still be had, in grams.
    #[must_use]
    pub fn available_grams(&self) -> Option<i64> {
        let (grams, quantity) = (self.derived.quantity_grams?, self.offer.quantity.as_ref()?);
        if self.reserved == 0 || quantity.thousandths == 0 {
            return Some(grams);
        }
        let left = i128::from(quantity.thousandths - self.reserved);
        let whole = i128::from(quantity.thousandths);
        i64::try_from(half_up(i128::from(grams) * left, whole)).ok()
    }

    /// The state that people are shown on a day.
    #[must_use]
    pub fn shown_status(&self, today: NaiveDate) -> ShownStatus {
        match self.status {
            ListingStatus::Draft => ShownStatus::Draft,
            ListingStatus::Paused => ShownStatus::Paused,
            ListingStatus::Archived => ShownStatus::Archived,
            ListingStatus::Published if self.offer.available_until.is_some_and(|last| last < today) => {
                ShownStatus::Expired
            }
            ListingStatus::Published if self.available().is_none_or(|left| left.thousandths <= 0) => {
                ShownStatus::SoldOut
            }
            ListingStatus::Published => ShownStatus::Published,
        }
    }

    /// Whether the seller says that she is.
    ///
    /// # Errors
    /// [`ErrorCode::VersionConflict`] when the listing is no longer what the caller has read.
    pub fn expect_version(&self, expected: Option<i64>) -> Result<(), UserError> {
        match expected {
            Some(version) if version != self.version => {
                let path = ["input", "expectedVersion"];
                Err(UserError::new(ErrorCode::VersionConflict, path).with("current", self.version))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Offer {
    /// Notes everything that the offer lacks to be public, with `path` before the field's name.
    pub fn check_publishable(&self, today: NaiveDate, path: &[&str], rejections: &mut Rejections) {
        let field = |name| path.iter().copied().chain([name]);
        let mut need = |there: bool, name| {
            if !there {
                rejections.push(UserError::new(ErrorCode::MissingForPublication, field(name)));
            }
        };
        need(self.price.is_some(), "price");
        need(self.quantity.is_some(), "quantity");
        need(self.place.is_some(), "placeCode");
        if let Some(last) = self.available_until.filter(|last| *last < today) {
            let error = UserError::new(ErrorCode::OutOfRange, field("availableUntil"));
            rejections.push(error.with("minimum", today).with("maximum", super::draft::DAY_MAX).with("value", last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_answers_every_action() {
        use ListingStatus::{Archived, Draft, Paused, Published};
        let table: Vec<(ListingStatus, [Option<ListingStatus>; 5])> = ListingStatus::ALL
            .into_iter()
            .map(|status| (status, ListingAction::ALL.map(|action| status.after(action))))
            .collect();
        assert_eq!(
            table,
            [
                // update, publish, pause, archive, reserve
                (Draft, [Some(Draft), Some(Published), None, Some(Archived), None]),
                (Published, [Some(Published), None, Some(Paused), Some(Archived), Some(Published)]),
                (Paused, [Some(Paused), Some(Published), None, Some(Archived), None]),
                (Archived, [None, None, None, None, None]),
            ]
        );
    }

    #[test]
    fn stock_and_calendar_show_in_the_state_of_published_listings_only() {
        let mut listing = sample();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(listing.shown_status(day("2026-11-23")), ShownStatus::Published);
        assert_eq!(listing.shown_status(day("2026-12-31")), ShownStatus::Published);
        assert_eq!(listing.shown_status(day("2027-01-01")), ShownStatus::Expired);

        listing.reserved = 10_000;
        assert_eq!(listing.shown_status(day("2026-11-23")), ShownStatus::SoldOut);
        assert_eq!(listing.shown_status(day("2027-01-01")), ShownStatus::Expired);

        listing.status = ListingStatus::Paused;
        assert_eq!(listing.shown_status(day("2027-01-01")), ShownStatus::Paused);
    }

    #[test]
    fn what_is_left_weighs_its_share() {
        let mut listing = sample();
        listing.reserved = 3_333;
        assert_eq!(listing.available().unwrap().value(), "6.667");
        assert_eq!(listing.available_grams(), Some(666_700));
    }

    #[test]
    fn a_listing_reads_back_from_its_snapshot() {
        let listing = sample();
        let snapshot = serde_json::to_value(&listing).unwrap();
        assert_eq!(serde_json::from_value::<Listing>(snapshot).unwrap(), listing);
    }

    fn sample() -> Listing {
        let at: Timestamp = "2026-11-23T10:00:00.123456Z".parse().unwrap();
        Listing {
            id: ListingId::from_uuid(uuid::Uuid::from_u128(1)),
            organization: OrganizationId::from_uuid(uuid::Uuid::from_u128(2)),
            offer: Offer {
                product: "shea-butter".into(),
                title: "Beurre de karité".into(),
                description: None,
                language: Locale::Fr,
                price: Some(Price { money: Money::xof(25_000), unit: UnitCode::new("SAC100") }),
                quantity: Some(Quantity { thousandths: 10_000, unit: UnitCode::new("SAC100") }),
                minimum_order: None,
                grade: Some("I".into()),
                measurements: Measurements(BTreeMap::from([("moisture".to_owned(), 50)])),
                season: None,
                available_from: None,
                available_until: Some("2026-12-31".parse().unwrap()),
                place: Some("segou".into()),
                delivery_terms: None,
            },
            derived: Derived { quantity_grams: Some(1_000_000), ..Derived::default() },
            reserved: 0,
            status: ListingStatus::Published,
            reference: None,
            version: 1,
            created_at: at,
            updated_at: at,
            published_at: Some(at),
        }
    }
}
