//! A listing as a row.

use std::sync::Arc;

use sea_orm::Value;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    catalog::model::{
        CardParts, ListingCard,
        listing::{Derived, Listing, ListingId, Offer, Price},
    },
    directory::model::organization::OrganizationCard,
    kernel::{
        Fault,
        db::{Reader, Sql},
        locale::Locale,
        money::{Currency, Money},
        quantity::{Quantity, UnitCode},
    },
};

/// The columns that [`listing`] reads, in its order.
pub(in crate::catalog) const COLUMNS: &str = "l.id, l.organization_id, l.product_code, l.title, l.description, \
    l.language, l.price_minor, l.price_currency, l.price_unit, l.price_per_kilogram, l.quantity, l.quantity_unit, \
    l.quantity_grams, l.reserved, l.minimum_order, l.grade, l.measurements, l.season, l.available_from, \
    l.available_until, l.place_code, l.region_code, l.cercle_code, l.delivery_terms, l.status, l.reference, l.version, \
    l.created_at, l.updated_at, l.published_at";

/// What a page tells of each listing, which its statements call `l`.
pub(in crate::catalog) trait OnPage: Sized {
    /// Which parts of it are read.
    type Parts: Copy + Send + Sync;

    /// Writes the columns, in the order in which they are read.
    fn columns(parts: Self::Parts, select: &mut Sql);
    /// Whether columns of its organization, `o`, are among them.
    fn with_seller(parts: Self::Parts) -> bool;
    /// Reads the columns.
    fn read(parts: Self::Parts, next: &mut Reader<'_>) -> Result<Self, Fault>;
    /// Who offers it.
    fn organization(&self) -> OrganizationId;
}

impl OnPage for Listing {
    /// All of it.
    type Parts = ();

    fn columns((): (), select: &mut Sql) {
        select.push(COLUMNS);
    }

    fn with_seller((): ()) -> bool {
        false
    }

    fn read((): (), next: &mut Reader<'_>) -> Result<Self, Fault> {
        listing(next)
    }

    fn organization(&self) -> OrganizationId {
        self.organization
    }
}

impl OnPage for ListingCard {
    type Parts = CardParts;

    fn columns(parts: CardParts, select: &mut Sql) {
        select.push("l.id, l.organization_id, l.title, l.published_at");
        for (is_read, columns) in [
            (parts.product, ", l.product_code"),
            (parts.price, ", l.price_minor, l.price_currency, l.price_unit"),
            (parts.price_per_kilogram, ", l.price_per_kilogram"),
            (parts.updated_at, ", l.updated_at"),
            (parts.seller, ", o.kind, o.name"),
        ] {
            select.push(if is_read { columns } else { "" });
        }
    }

    fn with_seller(parts: CardParts) -> bool {
        parts.seller
    }

    fn read(parts: CardParts, next: &mut Reader<'_>) -> Result<Self, Fault> {
        let id = ListingId::from_uuid(next.get()?);
        let organization = OrganizationId::from_uuid(next.get()?);
        let (title, published_at) = (next.get()?, next.get()?);
        let product = if parts.product { Some(next.get()?) } else { None };
        let price = if parts.price { Some(price(next.get()?, next.get()?, next.get()?)?) } else { None };
        let price_per_kilogram = if parts.price_per_kilogram { Some(next.get()?) } else { None };
        let updated_at = if parts.updated_at { Some(next.get()?) } else { None };
        let mut seller = None;
        if parts.seller {
            let (kind, name) = (next.word("organization kind")?, next.get()?);
            seller = Some(Arc::new(OrganizationCard { id: organization, kind, name }));
        }
        Ok(Self { id, organization, title, published_at, product, price, price_per_kilogram, updated_at, seller })
    }

    fn organization(&self) -> OrganizationId {
        self.organization
    }
}

/// Reads [`COLUMNS`]; what a query adds to them comes next.
pub(in crate::catalog) fn listing(next: &mut Reader<'_>) -> Result<Listing, Fault> {
    let id: Uuid = next.get()?;
    let organization: Uuid = next.get()?;
    let product = next.get()?;
    let title = next.get()?;
    let description = next.get()?;
    let language = next.word::<Locale>("listing language")?;
    let price = price(next.get()?, next.get()?, next.get()?)?;
    let price_per_kilogram = next.get()?;
    let quantity = quantity(next.get()?, next.get()?);
    let quantity_grams = next.get()?;
    let reserved = next.get()?;
    let minimum_order = next.get()?;
    let grade = next.get()?;
    let measurements = next.json()?;
    let season = next.get()?;
    let available_from = next.get()?;
    let available_until = next.get()?;
    let place = next.get()?;
    let region = next.get()?;
    let cercle = next.get()?;
    let delivery_terms = next.get()?;
    Ok(Listing {
        id: ListingId::from_uuid(id),
        organization: OrganizationId::from_uuid(organization),
        status: next.word("listing status")?,
        reference: next.get()?,
        version: next.get()?,
        created_at: next.get()?,
        updated_at: next.get()?,
        published_at: next.get()?,
        reserved,
        derived: Derived { price_per_kilogram, quantity_grams, region, cercle },
        offer: Offer {
            product,
            title,
            description,
            language,
            price,
            quantity,
            minimum_order,
            grade,
            measurements,
            season,
            available_from,
            available_until,
            place,
            delivery_terms,
        },
    })
}

fn price(minor: Option<i64>, currency: Option<&str>, unit: Option<String>) -> Result<Option<Price>, Fault> {
    let (Some(minor), Some(code), Some(unit)) = (minor, currency, unit) else { return Ok(None) };
    let currency = Currency::from_code(code).ok_or_else(|| Fault::corrupt("listing currency", code))?;
    Ok(Some(Price { money: Money { minor, currency }, unit: UnitCode::new(unit) }))
}

fn quantity(thousandths: Option<i64>, unit: Option<String>) -> Option<Quantity> {
    Some(Quantity { thousandths: thousandths?, unit: UnitCode::new(unit?) })
}

/// The columns that a change may write, with their values.
pub(super) fn changing(listing: &Listing) -> Result<[(&'static str, Value); 26], Fault> {
    let offer = &listing.offer;
    let price = offer.price.as_ref();
    let quantity = offer.quantity.as_ref();
    let measurements = serde_json::to_value(&offer.measurements)
        .map_err(|error| Fault::Internal(format!("listing measurements: {error}")))?;
    Ok([
        ("product_code", offer.product.clone().into()),
        ("title", offer.title.clone().into()),
        ("title_folded", crate::kernel::text::fold(&offer.title).into()),
        ("description", offer.description.clone().into()),
        ("language", offer.language.code().into()),
        ("price_minor", price.map(|price| price.money.minor).into()),
        ("price_currency", price.map(|price| price.money.currency.code()).into()),
        ("price_unit", price.map(|price| price.unit.as_str()).into()),
        ("price_per_kilogram", listing.derived.price_per_kilogram.into()),
        ("quantity", quantity.map(|quantity| quantity.thousandths).into()),
        ("quantity_unit", quantity.map(|quantity| quantity.unit.as_str()).into()),
        ("quantity_grams", listing.derived.quantity_grams.into()),
        ("minimum_order", offer.minimum_order.into()),
        ("grade", offer.grade.clone().into()),
        ("measurements", measurements.into()),
        ("season", offer.season.clone().into()),
        ("available_from", offer.available_from.into()),
        ("available_until", offer.available_until.into()),
        ("place_code", offer.place.clone().into()),
        ("region_code", listing.derived.region.clone().into()),
        ("cercle_code", listing.derived.cercle.clone().into()),
        ("delivery_terms", offer.delivery_terms.clone().into()),
        ("status", listing.status.as_str().into()),
        ("version", listing.version.into()),
        ("updated_at", listing.updated_at.into()),
        ("published_at", listing.published_at.into()),
    ])
}
