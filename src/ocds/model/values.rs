//! How the standard writes what we know otherwise: amounts, quantities, instants, places, identifiers.

use chrono::NaiveDate;
use serde_json::{Map, Number, Value, json};
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    catalog::model::taxonomy::Taxonomy,
    directory::model::gazetteer::Gazetteer,
    kernel::{
        clock::{Timestamp, rfc3339},
        decimal::format_scaled,
        id::encode,
        locale::Locale,
        money::Currency,
        quantity::DECIMALS,
    },
};

/// What codes mean: of products and units, of places.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// Products and units.
    pub taxonomy: &'a Taxonomy,
    /// Places.
    pub gazetteer: &'a Gazetteer,
}

/// The register by which parties are identified: this marketplace's own, as it has everybody in it, and under the same number for
/// ever. Official numbers, which many do not have, stand beside it.
pub(super) const REGISTER: &str = "MLI-BFW";

/// The one name under which fields stand that the standard has none for.
pub(super) const OWN: &str = "bfw";

/// An object of these members, without those that are not there.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Sets a member, if there is something to set.
pub(super) fn set(object: &mut Value, name: &str, value: Value) {
    if value.is_null() {
        return;
    }
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Sets a member that an amendment can take away: a null in a later release takes it out of the record.
pub(super) fn set_or_take_away(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// An array, if there is something in it: the standard wants no empty ones.
pub(super) fn array(values: impl IntoIterator<Item = Value>) -> Value {
    let values: Vec<Value> = values.into_iter().collect();
    if values.is_empty() { Value::Null } else { Value::Array(values) }
}

/// A scaled integer as a number of JSON. Whole ones stay integers; others are the double that is nearest, which up to 2^53 scaled
/// units reads back as exactly this number.
pub(super) fn number(scaled: i64, decimals: u32) -> Value {
    let unit = 10_i64.checked_pow(decimals).unwrap_or(1);
    if scaled % unit == 0 {
        return (scaled / unit).into();
    }
    let written: Option<f64> = format_scaled(scaled, decimals).parse().ok();
    written.and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// A quantity in whole units.
pub(super) fn quantity(thousandths: i64) -> Value {
    number(thousandths, DECIMALS)
}

/// A percentage: 100 is all.
pub(super) fn percent(thousandths: i64) -> Value {
    number(thousandths, 3)
}

/// An amount with its currency.
pub(super) fn money(minor: i64, currency: Currency) -> Value {
    json!({ "amount": amount(minor, currency), "currency": currency.code() })
}

/// An amount in whole units of its currency.
pub(super) fn amount(minor: i64, currency: Currency) -> Value {
    number(minor, currency.exponent().map_or(0, u32::from))
}

/// An instant.
pub(super) fn instant(at: Timestamp) -> Value {
    rfc3339(at).into()
}

/// An instant, if there is one.
pub(super) fn instant_of(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, instant)
}

/// The instant at which a day begins, in Mali and in UTC alike.
pub(super) fn day_begins(day: NaiveDate) -> Value {
    format!("{day}T00:00:00Z").into()
}

/// The last second of a day.
pub(super) fn day_ends(day: NaiveDate) -> Value {
    format!("{day}T23:59:59Z").into()
}

/// A day.
pub(super) fn day(day: NaiveDate) -> Value {
    day.to_string().into()
}

/// The identifier of a party.
pub(super) fn party_id(organization: OrganizationId) -> String {
    format!("{REGISTER}-{organization}")
}

/// What the tender, the award and the contract of an order from a listing are identified by.
pub(super) fn order_id(process: Uuid) -> String {
    encode(crate::contracts::ContractId::PREFIX, process)
}

impl Reference<'_> {
    /// The product as a classification of what is bought, and its codes in other classifications.
    pub(super) fn classify(&self, item: &mut Value, product: &str) {
        let known = self.taxonomy.product(product);
        let name = known.and_then(|product| product.names.best(Locale::Fr)).map_or(Value::Null, Value::from);
        let classification =
            object([("scheme", "MLI-BFW-PRODUCT".into()), ("id", product.into()), ("description", name)]);
        set(item, "classification", classification);
        let hs = known.and_then(|product| product.hs.as_deref()).map(|code| ("HS", code));
        let unspsc = known.and_then(|product| product.unspsc.as_deref()).map(|code| ("UNSPSC", code));
        let others = hs.into_iter().chain(unspsc).map(|(scheme, code)| json!({ "scheme": scheme, "id": code }));
        set(item, "additionalClassifications", array(others));
    }

    /// A unit, with what a whole one costs.
    pub(super) fn unit(&self, code: &str, price: Value) -> Value {
        let known = self.taxonomy.data().units.iter().find(|unit| unit.code == code);
        let name = known.and_then(|unit| unit.names.best(Locale::Fr)).map_or(Value::Null, Value::from);
        let scheme = if known.is_some_and(|unit| unit.rec20) { "UNCEFACT" } else { "MLI-BFW-UNIT" };
        object([("scheme", scheme.into()), ("id", code.into()), ("name", name), ("value", price)])
    }

    /// The place to which something is delivered.
    pub(super) fn location(&self, code: &str) -> Value {
        let name = self.gazetteer.place(code).map_or(Value::Null, |place| place.name().into());
        let gazetteer = json!({ "scheme": "MLI-BFW-PLACE", "identifiers": [code] });
        object([("description", name), ("gazetteer", gazetteer)])
    }

    /// The code of the region in which a place lies on a day.
    pub(super) fn region(&self, code: &str, day: NaiveDate) -> Value {
        self.gazetteer.region_of(code, day).map_or(Value::Null, |region| region.code.as_str().into())
    }

    /// The address that a place is.
    pub(super) fn address(&self, code: &str, day: NaiveDate) -> Value {
        let locality = self.gazetteer.place(code).map_or(Value::Null, |place| place.name().into());
        let region = self.gazetteer.region_of(code, day).map_or(Value::Null, |region| region.name().into());
        object([("locality", locality), ("region", region), ("countryName", "Mali".into())])
    }
}

/// Something that was bought, with what all parts of the standard say of it alike.
pub(super) struct ItemOf<'a> {
    /// The item's identifier.
    pub(super) id: String,
    /// What it is called.
    pub(super) title: Option<&'a str>,
    /// The product's code.
    pub(super) product: &'a str,
    /// Thousandths of the unit.
    pub(super) thousandths: i64,
    /// The unit's code.
    pub(super) unit: &'a str,
    /// What a whole unit costs, and all of it.
    pub(super) price: Option<(i64, i64, Currency)>,
    /// For which lot.
    pub(super) lot: Option<String>,
}

impl ItemOf<'_> {
    /// The item, with `own` beside what it costs.
    pub(super) fn write(self, reference: &Reference<'_>, own: Value) -> Value {
        let price = self.price.map_or(Value::Null, |(unit, _, currency)| money(unit, currency));
        let mut item = object([
            ("id", self.id.into()),
            ("description", self.title.map_or(Value::Null, Value::from)),
            ("quantity", quantity(self.thousandths)),
            ("unit", reference.unit(self.unit, price)),
            ("relatedLot", self.lot.map_or(Value::Null, Value::from)),
        ]);
        reference.classify(&mut item, self.product);
        let mut own = match own {
            Value::Object(own) => own,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        };
        if let Some((_, all, currency)) = self.price {
            own.insert("value".into(), money(all, currency));
        }
        if !own.is_empty() {
            set(&mut item, OWN, Value::Object(own));
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn francs_are_whole_and_cents_are_not_lost() {
        assert_eq!(money(1_250, Currency::XOF).to_string(), r#"{"amount":1250,"currency":"XOF"}"#);
        assert_eq!(money(1_250, Currency::EUR).to_string(), r#"{"amount":12.5,"currency":"EUR"}"#);
        assert_eq!(quantity(12_345).to_string(), "12.345");
    }

    proptest! {
        #[test]
        fn what_is_written_as_a_number_is_read_back_exactly(scaled in -(1_i64 << 50)..(1_i64 << 50), decimals in 0_u32..4) {
            let written = number(scaled, decimals);
            let read: f64 = written.to_string().parse().unwrap();
            let unit = f64::from(10_i32.pow(decimals));
            // What a reader does: times the unit, to the nearest integer.
            #[expect(clippy::cast_possible_truncation, reason = "it is an integer below 2^50")]
            let back = (read * unit).round() as i64;
            prop_assert_eq!(back, scaled);
        }
    }
}
