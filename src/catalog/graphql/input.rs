//! What the catalogue's mutations are given.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};

use crate::{
    catalog::{
        ArchiveListing, CreateListing, PauseListing, PublishListing, ReleaseReservation, ReserveStock,
        SetListingImages, UpdateListing,
        model::{
            draft::{RawMeasurement, RawOffer, RawPrice, RawQuantity},
            patch::OfferPatch,
        },
    },
    documents::DocumentId,
    kernel::{
        ErrorCode, UserError,
        change::Change,
        graphql::{Date, Decimal, LanguageCode, MoneyInput, QuantityInput, read_id},
        locale::Locale,
    },
};

/// A measured quality attribute.
#[derive(Debug, Clone, InputObject)]
pub struct MeasurementInput {
    /// The code of the attribute; one that the product lists in `qualityAttributes`.
    pub attribute: String,
    /// What was measured, in the attribute's unit, with at most three decimals.
    pub value: Decimal,
}

/// A new listing. It is a draft until it is published.
#[derive(Debug, Clone, InputObject)]
pub struct CreateListingInput {
    /// The organization that offers; the caller manages its listings.
    pub organization_id: ID,
    /// The product's code or name; see `products`.
    pub product_code: String,
    /// A short title, 2 to 200 signs.
    pub title: String,
    /// More about it, up to 5,000 signs.
    pub description: Option<String>,
    /// The language of title and description; the request's own where none is given.
    pub language: Option<LanguageCode>,
    /// What one `priceUnit` costs, more than nothing. Needed before it is published.
    pub price: Option<MoneyInput>,
    /// The unit that the price is for, one of the product's; the quantity's where none is given.
    pub price_unit: Option<String>,
    /// How much there is, more than nothing, in one of the product's units. Needed before it is published.
    pub quantity: Option<QuantityInput>,
    /// The least that can be ordered, in the quantity's unit.
    pub minimum_order: Option<Decimal>,
    /// The grade. Where a standard grades the product by measurements, it may be left out and must agree with them.
    pub grade: Option<String>,
    /// What was measured of it.
    pub measurements: Option<Vec<MeasurementInput>>,
    /// The harvest season, such as `2026`.
    pub season: Option<String>,
    /// The first day it can be had.
    pub available_from: Option<Date>,
    /// The last day it can be had.
    pub available_until: Option<Date>,
    /// Where it lies: a place's code, official number or name. Needed before it is published.
    pub place_code: Option<String>,
    /// Who brings it where, and at whose cost, up to 1,000 signs.
    pub delivery_terms: Option<String>,
    /// The seller's own number of it, unique among her listings.
    pub reference: Option<String>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl CreateListingInput {
    pub(super) fn read(self, locale: Locale) -> Result<CreateListing, UserError> {
        Ok(CreateListing {
            organization: read_id(&self.organization_id, "organization", ["input", "organizationId"])?,
            offer: RawOffer {
                product_code: self.product_code,
                title: self.title,
                description: self.description,
                language: self.language.map_or(locale, Locale::from),
                price: self.price.map(price),
                price_unit: self.price_unit,
                quantity: self.quantity.map(quantity),
                minimum_order: self.minimum_order.map(|value| value.0),
                grade: self.grade,
                measurements: measurements(self.measurements.unwrap_or_default()),
                season: self.season,
                available_from: self.available_from.map(|day| day.0),
                available_until: self.available_until.map(|day| day.0),
                place_code: self.place_code,
                delivery_terms: self.delivery_terms,
            },
            reference: self.reference,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Changes of a listing. What is left out stays as it is; what is null is emptied.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateListingInput {
    /// The listing.
    pub listing_id: ID,
    /// Another product, by code or name; only before the listing is first published. Never null.
    pub product_code: MaybeUndefined<String>,
    /// Another title. Never null.
    pub title: MaybeUndefined<String>,
    /// Another language of title and description. Never null.
    pub language: MaybeUndefined<LanguageCode>,
    /// More about it.
    pub description: MaybeUndefined<String>,
    /// What one `priceUnit` costs.
    pub price: MaybeUndefined<MoneyInput>,
    /// The unit that the price is for.
    pub price_unit: MaybeUndefined<String>,
    /// How much there is in all, including what is held for buyers, which it may not fall below.
    pub quantity: MaybeUndefined<QuantityInput>,
    /// The least that can be ordered, in the quantity's unit.
    pub minimum_order: MaybeUndefined<Decimal>,
    /// The grade.
    pub grade: MaybeUndefined<String>,
    /// Everything that was measured of it; replaces all earlier measurements.
    pub measurements: MaybeUndefined<Vec<MeasurementInput>>,
    /// The harvest season.
    pub season: MaybeUndefined<String>,
    /// The first day it can be had.
    pub available_from: MaybeUndefined<Date>,
    /// The last day it can be had.
    pub available_until: MaybeUndefined<Date>,
    /// Where it lies.
    pub place_code: MaybeUndefined<String>,
    /// Who brings it where, and at whose cost.
    pub delivery_terms: MaybeUndefined<String>,
    /// Refuses the change if the listing is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl UpdateListingInput {
    pub(super) fn read(self) -> Result<UpdateListing, UserError> {
        Ok(UpdateListing {
            listing: read_id(&self.listing_id, "listing", ["input", "listingId"])?,
            patch: OfferPatch {
                product_code: never_null(self.product_code, "productCode")?,
                title: never_null(self.title, "title")?,
                language: never_null(self.language, "language")?.map(Locale::from),
                description: self.description.into(),
                price: change(self.price, price),
                price_unit: self.price_unit.into(),
                quantity: change(self.quantity, quantity),
                minimum_order: change(self.minimum_order, |value| value.0),
                grade: self.grade.into(),
                measurements: change(self.measurements, measurements),
                season: self.season.into(),
                available_from: change(self.available_from, |day| day.0),
                available_until: change(self.available_until, |day| day.0),
                place_code: self.place_code.into(),
                delivery_terms: self.delivery_terms.into(),
            },
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

fn price(input: MoneyInput) -> RawPrice {
    RawPrice { amount: input.amount.0, currency: input.currency }
}

fn quantity(input: QuantityInput) -> RawQuantity {
    RawQuantity { value: input.value.0, unit: input.unit }
}

fn measurements(inputs: Vec<MeasurementInput>) -> Vec<RawMeasurement> {
    inputs.into_iter().map(|input| RawMeasurement { attribute: input.attribute, value: input.value.0 }).collect()
}

fn change<T, U>(value: MaybeUndefined<T>, turn: impl FnOnce(T) -> U) -> Change<U> {
    match Change::from(value) {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(value) => Change::Set(turn(value)),
    }
}

fn never_null<T>(value: MaybeUndefined<T>, field: &str) -> Result<Option<T>, UserError> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(UserError::new(ErrorCode::Required, ["input", field])),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

macro_rules! listing_input {
    ($(#[$doc:meta])* $name:ident => $command:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            /// The listing.
            pub listing_id: ID,
            /// Refuses the change if the listing is no longer at this version.
            pub expected_version: Option<i64>,
            /// Repeating the mutation with the same key and input gives the first result and changes nothing.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            pub(super) fn read(self) -> Result<$command, UserError> {
                Ok($command {
                    listing: read_id(&self.listing_id, "listing", ["input", "listingId"])?,
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                })
            }
        }
    };
}

listing_input! {
    /// Which listing to offer to everyone.
    PublishListingInput => PublishListing
}
listing_input! {
    /// Which listing to take back for a while.
    PauseListingInput => PauseListing
}
listing_input! {
    /// Which listing to end for good.
    ArchiveListingInput => ArchiveListing
}

/// Which pictures a listing is to be shown with.
#[derive(Debug, Clone, InputObject)]
pub struct SetListingImagesInput {
    /// The listing.
    pub listing_id: ID,
    /// The pictures, in the order in which they are shown: ready documents of the organization that everybody may see, 8 at
    /// most. An empty list shows none.
    pub document_ids: Vec<ID>,
    /// Refuses the change if the listing is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SetListingImagesInput {
    pub(super) fn read(self) -> Result<SetListingImages, UserError> {
        let document = |(position, text): (usize, &ID)| {
            read_id(text, DocumentId::PREFIX, ["input", "documentIds", &position.to_string()])
        };
        Ok(SetListingImages {
            listing: read_id(&self.listing_id, "listing", ["input", "listingId"])?,
            documents: self.document_ids.iter().enumerate().map(document).collect::<Result<_, _>>()?,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Stock to hold for a buyer.
#[derive(Debug, Clone, InputObject)]
pub struct ReserveStockInput {
    /// The listing.
    pub listing_id: ID,
    /// The buyer; the caller may reserve for it.
    pub organization_id: ID,
    /// How much, in the listing's own unit, not below its minimum order.
    pub quantity: QuantityInput,
    /// Until when to hold it: two days from now where nothing is given, two weeks at most.
    pub expires_at: Option<DateTime<Utc>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReserveStockInput {
    pub(super) fn read(self) -> Result<ReserveStock, UserError> {
        Ok(ReserveStock {
            listing: read_id(&self.listing_id, "listing", ["input", "listingId"])?,
            organization: read_id(&self.organization_id, "organization", ["input", "organizationId"])?,
            quantity: quantity(self.quantity),
            expires_at: self.expires_at,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Held stock to give free.
#[derive(Debug, Clone, InputObject)]
pub struct ReleaseReservationInput {
    /// The reservation.
    pub reservation_id: ID,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ReleaseReservationInput {
    pub(super) fn read(self) -> Result<ReleaseReservation, UserError> {
        Ok(ReleaseReservation {
            reservation: read_id(&self.reservation_id, "reservation", ["input", "reservationId"])?,
            idempotency_key: self.idempotency_key,
        })
    }
}
