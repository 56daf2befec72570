//! A row as somebody typed it in a spreadsheet, and the offer it means.

use chrono::NaiveDate;
use csv::ByteRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::columns::Column;
use crate::{
    catalog::model::{
        draft::{RawMeasurement, RawOffer, RawPrice, RawQuantity},
        taxonomy::Taxonomy,
    },
    kernel::{ErrorCode, Fault, UserError, error::excerpt, locale::Locale},
};

/// A row that could be read; whether it is right is not yet known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    /// The seller's number, where she gave one.
    pub(super) reference: Option<String>,
    /// The offer.
    pub(super) offer: RawOffer,
}

impl Row {
    /// What tells this row from a changed one: SHA-256 of its canonical JSON.
    pub(super) fn digest(&self) -> Result<Vec<u8>, Fault> {
        let canonical = serde_json_canonicalizer::to_vec(self)
            .map_err(|error| Fault::Internal(format!("imported row: {error}")))?;
        Ok(Sha256::digest(canonical).to_vec())
    }
}

/// Reads a record under its header.
pub(super) fn read(
    record: &ByteRecord,
    columns: &[Column],
    taxonomy: &Taxonomy,
    language: Locale,
) -> Result<Row, Vec<UserError>> {
    let mut cells = Cells::read(record, columns)?;
    let product_code = cells.text(Column::Product).unwrap_or_default();
    let usual_unit = || taxonomy.locate(&product_code).and_then(|product| product.unit.clone()).unwrap_or_default();
    let currency = cells.text(Column::Currency).unwrap_or_else(|| "XOF".to_owned());
    let unit = cells.text(Column::Unit);
    let language = cells.language().unwrap_or(language);
    let available_from = cells.day(Column::AvailableFrom);
    let available_until = cells.day(Column::AvailableUntil);
    let measurements = cells.measurements();
    let offer = RawOffer {
        title: cells.text(Column::Title).unwrap_or_default(),
        description: cells.text(Column::Description),
        language,
        price: cells.number(Column::Price).map(|amount| RawPrice { amount, currency }),
        price_unit: cells.text(Column::PriceUnit),
        quantity: cells
            .number(Column::Quantity)
            .map(|value| RawQuantity { value, unit: unit.unwrap_or_else(usual_unit) }),
        minimum_order: cells.number(Column::MinimumOrder),
        grade: cells.text(Column::Grade),
        measurements,
        season: cells.text(Column::Season),
        available_from,
        available_until,
        place_code: cells.text(Column::Place),
        delivery_terms: cells.text(Column::DeliveryTerms),
        product_code,
    };
    let row = Row { reference: cells.text(Column::Reference), offer };
    if cells.errors.is_empty() { Ok(row) } else { Err(cells.errors) }
}

/// The texts of a row by column.
struct Cells<'r> {
    texts: Vec<(Column, &'r str)>,
    errors: Vec<UserError>,
}

impl<'r> Cells<'r> {
    fn read(record: &'r ByteRecord, columns: &[Column]) -> Result<Self, Vec<UserError>> {
        if record.len() != columns.len() {
            let error = UserError::new::<&str>(ErrorCode::WrongColumnCount, []);
            return Err(vec![error.with("expected", columns.len()).with("actual", record.len())]);
        }
        let mut rejected = Vec::new();
        let mut texts = Vec::with_capacity(columns.len());
        for (column, bytes) in columns.iter().zip(record) {
            match std::str::from_utf8(bytes) {
                Ok(text) => texts.push((*column, text.trim())),
                Err(_) => rejected.push(UserError::new(ErrorCode::NotUtf8, [path(*column)])),
            }
        }
        if rejected.is_empty() { Ok(Self { texts, errors: Vec::new() }) } else { Err(rejected) }
    }

    /// The text of a column, unless it is empty.
    fn text(&self, column: Column) -> Option<String> {
        let (_, text) = self.texts.iter().find(|(own, _)| *own == column)?;
        (!text.is_empty()).then(|| (*text).to_owned())
    }

    /// A number in the notation of decimals: spaces between thousands go, a comma becomes the point.
    fn number(&self, column: Column) -> Option<String> {
        let text = self.text(column)?;
        let mut number: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        if !number.contains('.') && number.matches(',').count() == 1 {
            number = number.replace(',', ".");
        }
        Some(number)
    }

    fn day(&mut self, column: Column) -> Option<NaiveDate> {
        let text = self.text(column)?;
        let day = ["%Y-%m-%d", "%d/%m/%Y"].iter().find_map(|form| NaiveDate::parse_from_str(&text, form).ok());
        if day.is_none() {
            let error = UserError::new(ErrorCode::InvalidDate, [path(column)]);
            self.errors.push(error.with("value", excerpt(&text)));
        }
        day
    }

    fn language(&mut self) -> Option<Locale> {
        let text = self.text(Column::Language)?;
        let language = text.to_lowercase().parse().ok();
        if language.is_none() {
            let error = UserError::new(ErrorCode::UnknownLanguage, [path(Column::Language)]);
            self.errors.push(error.with("value", excerpt(&text)));
        }
        language
    }

    /// `moisture=0.05 | peroxide=8`, with `|` or `;` between.
    fn measurements(&mut self) -> Vec<RawMeasurement> {
        let text = self.text(Column::Measurements).unwrap_or_default();
        let mut measurements = Vec::new();
        for part in text.split(['|', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((attribute, value)) => measurements.push(RawMeasurement {
                    attribute: attribute.trim().to_owned(),
                    value: value.trim().replace(',', "."),
                }),
                None => {
                    let error = UserError::new(ErrorCode::InvalidValue, [path(Column::Measurements)]);
                    let error = error.with("value", excerpt(part));
                    self.errors.push(error.with("allowed", "moisture=0.05 | peroxide=8"));
                }
            }
        }
        measurements
    }
}

/// The field of the offer that a column fills, as its check names it.
fn path(column: Column) -> &'static str {
    match column {
        Column::Reference => "reference",
        Column::Product => "productCode",
        Column::Title => "title",
        Column::Description => "description",
        Column::Language => "language",
        Column::Price | Column::Currency => "price",
        Column::PriceUnit => "priceUnit",
        Column::Quantity | Column::Unit => "quantity",
        Column::MinimumOrder => "minimumOrder",
        Column::Grade => "grade",
        Column::Measurements => "measurements",
        Column::Season => "season",
        Column::AvailableFrom => "availableFrom",
        Column::AvailableUntil => "availableUntil",
        Column::Place => "placeCode",
        Column::DeliveryTerms => "deliveryTerms",
        Column::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 6] =
        [Column::Product, Column::Title, Column::Price, Column::Quantity, Column::AvailableUntil, Column::Measurements];

    fn row(cells: [&str; 6]) -> Result<Row, Vec<ErrorCode>> {
        let taxonomy = Taxonomy::embedded().unwrap();
        read(&ByteRecord::from(cells.to_vec()), &COLUMNS, &taxonomy, Locale::Fr)
            .map_err(|errors| errors.iter().map(|error| error.code).collect())
    }

    #[test]
    fn numbers_and_days_are_read_as_a_malian_spreadsheet_writes_them() {
        let row =
            row(["shea-butter", "Beurre", "1 250", "12,5", "31/12/2026", "moisture=0,05 | peroxide = 8"]).unwrap();
        assert_eq!(row.offer.price.unwrap().amount, "1250");
        let quantity = row.offer.quantity.unwrap();
        assert_eq!((quantity.value.as_str(), quantity.unit.is_empty()), ("12.5", false));
        assert_eq!(row.offer.available_until, NaiveDate::from_ymd_opt(2026, 12, 31));
        let measured: Vec<_> = row.offer.measurements.iter().map(|one| (&*one.attribute, &*one.value)).collect();
        assert_eq!(measured, [("moisture", "0.05"), ("peroxide", "8")]);
    }

    #[test]
    fn what_cannot_be_read_is_all_said_at_once() {
        let refused = row(["x", "y", "", "", "tomorrow", "wet"]).unwrap_err();
        assert_eq!(refused, [ErrorCode::InvalidDate, ErrorCode::InvalidValue]);
    }

    #[test]
    fn a_digest_changes_with_the_row_and_only_with_it() {
        let digest = |title| row(["shea-butter", title, "1", "1", "", ""]).unwrap().digest().unwrap();
        assert_eq!(digest("a title"), digest(" a title "));
        assert_ne!(digest("a title"), digest("another"));
    }
}
