//! What happened here, in the words of EPCIS: one function a kind of event.
//!
//! Every event says by `bfw:kind` what it is here and by `bfw:organization` who recorded it, and masses are in kilograms. What
//! a lot is made of and how good it is stands with the lot (`ilmd`). Nothing personal: a producer is her pseudonym.

use serde_json::{Map, Value, json};

use super::{context::PREFIX, names::Names};
use crate::{
    accounts::OrganizationId,
    kernel::{
        clock::{Timestamp, rfc3339},
        decimal::parse_scaled,
    },
    traceability::model::{event::EventKind, lot::CustodyModel},
    words,
};

/// The largest mass that an event can tell, in grams: fifteen figures, which every reader of JSON reads alike.
pub const GRAMS_MAX: i64 = 999_999_999_999_999;

/// What every event tells.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// How things of ours are called outside.
    pub names: Names<'a>,
    /// When it happened.
    pub at: Timestamp,
    /// Who records it.
    pub organization: OrganizationId,
    /// Where it happened, by the place's code.
    pub place: Option<&'a str>,
    /// The certificates that cover it: addresses of their credentials.
    pub certificates: &'a [String],
}

/// So much of a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// The lot, as it is called outside: [`Names::lot`].
    pub lot_uri: String,
    /// How much, in grams, from 0 to [`GRAMS_MAX`].
    pub grams: i64,
}

/// A lot that came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The lot, and how much it is.
    pub amount: Amount,
    /// The product, by its code.
    pub product: String,
    /// Its grade, where one was found.
    pub grade: Option<String>,
    /// How what was certified is kept apart.
    pub custody: CustodyModel,
}

/// What a producer brought.
#[derive(Debug, Clone)]
pub struct Delivered<'a> {
    /// The lot that it became.
    pub lot: Made,
    /// Her pseudonym.
    pub producer: &'a str,
    /// As it was measured, in thousandths of the unit.
    pub measured: i64,
    /// The unit, by its UN/CEFACT code or ours.
    pub unit: &'a str,
}

/// A step from lots to lots.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What went in.
    pub inputs: &'a [Amount],
    /// What came out.
    pub outputs: &'a [Made],
    /// Why more came out than the rule of yield allows, where it did.
    pub waiver: Option<Waiver<'a>>,
}

/// A signed reason.
#[derive(Debug, Clone, Copy)]
pub struct Waiver<'a> {
    /// The reason.
    pub reason: &'a str,
    /// The role of whoever signed.
    pub signed_by: &'a str,
}

/// What was found when lots were looked at.
#[derive(Debug, Clone, Copy)]
pub struct Inspected<'a> {
    /// The lots, with what was there.
    pub lots: &'a [Amount],
    /// Whether they are as they should be.
    pub conformant: bool,
    /// Their grade, where one was found.
    pub grade: Option<&'a str>,
    /// What was found, in words that name nobody.
    pub note: Option<&'a str>,
}

/// Lots on their way from one organization to another.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'a> {
    /// The lots.
    pub lots: &'a [Amount],
    /// Who sends.
    pub from: OrganizationId,
    /// Who receives.
    pub to: OrganizationId,
}

/// What was lost of a lot.
#[derive(Debug, Clone, Copy)]
pub struct Lost<'a> {
    /// The lot, and how much of it.
    pub lot: &'a Amount,
    /// How, as a word of ours, where it is known.
    pub cause: Option<&'a str>,
}

/// Lots that are called back, or let go again.
#[derive(Debug, Clone, Copy)]
pub struct Recalled<'a> {
    /// The recall, as it is called on the wire.
    pub recall: &'a str,
    /// The lots, with what was left of each.
    pub lots: &'a [Amount],
}

words! {
    /// Why an event is declared an error (CBV 2.0, section 7.5).
    ErrorReason {
        /// It never happened.
        DidNotOccur = "did_not_occur",
        /// It happened, in another way than was told.
        IncorrectData = "incorrect_data",
    }
}

/// A producer delivered: a lot came to be.
#[must_use]
pub fn delivery(told: &Told<'_>, delivered: &Delivered<'_>) -> Value {
    let mut event = object_event(told, EventKind::Delivery, "ADD", std::slice::from_ref(&delivered.lot.amount));
    event.business("commissioning", "active");
    let mut ilmd = made(&delivered.lot);
    ilmd.insert(
        ours("measured"),
        json!({ ours("quantity"): thousandths(delivered.measured), ours("unit"): delivered.unit }),
    );
    event.set("ilmd", Value::Object(ilmd));
    event.ours("producer", json!(delivered.producer));
    event.done()
}

/// Lots of one product became one.
#[must_use]
pub fn aggregation(told: &Told<'_>, step: &Step<'_>) -> Value {
    transformed(told, EventKind::Aggregation, step, ("creating_class_instance", "active"))
}

/// A lot became several.
#[must_use]
pub fn split(told: &Told<'_>, step: &Step<'_>) -> Value {
    transformed(told, EventKind::Split, step, ("repackaging", "in_progress"))
}

/// Lots became lots of other products.
#[must_use]
pub fn transformation(told: &Told<'_>, step: &Step<'_>) -> Value {
    transformed(told, EventKind::Transformation, step, ("creating_class_instance", "active"))
}

/// Lots were looked at.
#[must_use]
pub fn inspection(told: &Told<'_>, inspected: &Inspected<'_>) -> Value {
    let mut event = object_event(told, EventKind::Inspection, "OBSERVE", inspected.lots);
    event.business("inspecting", if inspected.conformant { "conformant" } else { "non_conformant" });
    if let Some(grade) = inspected.grade {
        event.ours("grade", json!(grade));
    }
    if let Some(note) = inspected.note {
        event.ours("note", json!(note));
    }
    event.done()
}

/// Lots were sent.
#[must_use]
pub fn shipment(told: &Told<'_>, moved: &Moved<'_>) -> Value {
    moving(told, EventKind::Shipment, moved, ("shipping", "in_transit"))
}

/// Lots arrived.
#[must_use]
pub fn receipt(told: &Told<'_>, moved: &Moved<'_>) -> Value {
    moving(told, EventKind::Receipt, moved, ("receiving", "in_progress"))
}

/// Some of a lot was lost, and is no more.
#[must_use]
pub fn loss(told: &Told<'_>, lost: &Lost<'_>) -> Value {
    let mut event = object_event(told, EventKind::Loss, "DELETE", std::slice::from_ref(lost.lot));
    event.business("destroying", "destroyed");
    if let Some(cause) = lost.cause {
        event.ours("cause", json!(cause));
    }
    event.done()
}

/// Lots were called back.
#[must_use]
pub fn recall(told: &Told<'_>, recalled: &Recalled<'_>) -> Value {
    let mut event = object_event(told, EventKind::Recall, "OBSERVE", recalled.lots);
    event.business("holding", "recalled");
    event.ours("recall", json!(recalled.recall));
    event.done()
}

/// A recall was ended. The vocabulary has no step for letting go.
#[must_use]
pub fn recall_end(told: &Told<'_>, recalled: &Recalled<'_>) -> Value {
    let mut event = object_event(told, EventKind::RecallEnd, "OBSERVE", recalled.lots);
    event.set("disposition", json!("active"));
    event.ours("recall", json!(recalled.recall));
    event.done()
}

/// An event was declared an error: the event as it was recorded, under the name that it has, with the declaration
/// (EPCIS 2.0, section 7.4.1.4). `corrective` are the names of the events that say it right.
#[must_use]
pub fn error_declaration(
    original: &Value,
    reason: ErrorReason,
    declared_at: Timestamp,
    corrective: &[String],
) -> Value {
    let mut event = original.clone();
    let mut declaration = json!({ "declarationTime": rfc3339(declared_at), "reason": reason.as_str() });
    if !corrective.is_empty() {
        declaration["correctiveEventIDs"] = json!(corrective);
    }
    if let Some(fields) = event.as_object_mut() {
        // When this one is recorded is told when it is appended.
        fields.remove("recordTime");
        fields.insert("errorDeclaration".to_owned(), declaration);
    }
    event
}

/// The mass that an event of ours tells of its one lot, in grams. None where it tells of none or of several.
#[must_use]
pub fn grams_told(body: &str) -> Option<i64> {
    let body: Value = serde_json::from_str(body).ok()?;
    let [only] = body.get("quantityList")?.as_array()?.as_slice() else { return None };
    parse_scaled(&only.get("quantity")?.to_string(), 3).ok().filter(|_| only["uom"] == "KGM")
}

/// A mass in kilograms, as a number that every reader of JSON reads alike.
#[must_use]
pub fn kilograms(grams: i64) -> Value {
    thousandths(grams)
}

/// Thousandths as a number: whole where they are. Up to fifteen figures a double gives back as they were written.
fn thousandths(thousandths: i64) -> Value {
    if thousandths % 1_000 == 0 {
        return json!(thousandths / 1_000);
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "fifteen figures fit a double; the quotient is the nearest to the decimal"
    )]
    let number = thousandths as f64 / 1_000.0;
    json!(number)
}

/// A field beyond the standard.
fn ours(name: &str) -> String {
    format!("{PREFIX}:{name}")
}

/// An event that is being written.
struct Written(Map<String, Value>);

impl Written {
    fn begin(told: &Told<'_>, kind: EventKind, form: &str) -> Self {
        let mut event = Self(Map::new());
        event.set("type", json!(form));
        event.set("eventTime", json!(rfc3339(told.at)));
        event.set("eventTimeZoneOffset", json!("+00:00"));
        if let Some(place) = told.place {
            let place = json!({ "id": told.names.place(place) });
            event.set("readPoint", place.clone());
            event.set("bizLocation", place);
        }
        if !told.certificates.is_empty() {
            event.set("certificationInfo", json!(told.certificates));
        }
        event.ours("kind", json!(kind.as_str()));
        event.ours("organization", json!(told.names.organization(told.organization)));
        event
    }

    fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    fn ours(&mut self, name: &str, value: Value) {
        self.0.insert(ours(name), value);
    }

    fn business(&mut self, step: &str, disposition: &str) {
        self.set("bizStep", json!(step));
        self.set("disposition", json!(disposition));
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn object_event(told: &Told<'_>, kind: EventKind, action: &str, lots: &[Amount]) -> Written {
    let mut event = Written::begin(told, kind, "ObjectEvent");
    event.set("action", json!(action));
    event.set("quantityList", lots.iter().map(quantity).collect());
    event
}

fn transformed(told: &Told<'_>, kind: EventKind, step: &Step<'_>, (biz_step, disposition): (&str, &str)) -> Value {
    let mut event = Written::begin(told, kind, "TransformationEvent");
    event.set("inputQuantityList", step.inputs.iter().map(quantity).collect());
    event.set("outputQuantityList", step.outputs.iter().map(|output| quantity(&output.amount)).collect());
    event.business(biz_step, disposition);
    let lots = step.outputs.iter().map(|output| {
        let mut lot = made(output);
        lot.insert(ours("lot"), json!(output.amount.lot_uri));
        Value::Object(lot)
    });
    event.set("ilmd", json!({ ours("lots"): lots.collect::<Vec<_>>() }));
    if let Some(waiver) = step.waiver {
        event.ours("waiver", json!({ ours("reason"): waiver.reason, ours("signedBy"): waiver.signed_by }));
    }
    event.done()
}

fn moving(told: &Told<'_>, kind: EventKind, moved: &Moved<'_>, (biz_step, disposition): (&str, &str)) -> Value {
    let mut event = object_event(told, kind, "OBSERVE", moved.lots);
    event.business(biz_step, disposition);
    let party = |organization| told.names.organization(organization);
    event.set("sourceList", json!([{ "type": "owning_party", "source": party(moved.from) }]));
    event.set("destinationList", json!([{ "type": "owning_party", "destination": party(moved.to) }]));
    event.done()
}

fn quantity(amount: &Amount) -> Value {
    json!({ "epcClass": amount.lot_uri, "quantity": kilograms(amount.grams), "uom": "KGM" })
}

/// What is said of a lot where it comes to be.
fn made(lot: &Made) -> Map<String, Value> {
    let mut said = Map::new();
    said.insert(ours("product"), json!(lot.product));
    said.insert(ours("custody"), json!(lot.custody.as_str()));
    if let Some(grade) = &lot.grade {
        said.insert(ours("grade"), json!(grade));
    }
    said
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Written in the canonical form and read again, a mass is the same mass.
        #[test]
        fn masses_survive_being_written(grams in 0..=GRAMS_MAX) {
            let text = serde_json_canonicalizer::to_string(&kilograms(grams)).unwrap();
            let expected = format!("{}.{:03}", grams / 1_000, grams % 1_000);
            let expected = if grams % 1_000 == 0 { (grams / 1_000).to_string() } else { expected.trim_end_matches('0').to_owned() };
            prop_assert_eq!(&text, &expected);
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), kilograms(grams));
            let event = json!({ "quantityList": [{ "epcClass": "x", "quantity": kilograms(grams), "uom": "KGM" }] });
            prop_assert_eq!(grams_told(&serde_json_canonicalizer::to_string(&event).unwrap()), Some(grams));
        }
    }

    #[test]
    fn the_largest_and_the_smallest_mass_are_written_plainly() {
        let written = |grams| serde_json_canonicalizer::to_string(&kilograms(grams)).unwrap();
        assert_eq!(written(GRAMS_MAX), "999999999999.999");
        assert_eq!(written(1), "0.001");
        assert_eq!(written(0), "0");
    }

    #[test]
    fn a_mass_is_told_of_one_lot_in_kilograms() {
        let told = |list: &str| grams_told(&format!(r#"{{"quantityList":{list}}}"#));
        assert_eq!(told(r#"[{"quantity":12.5,"uom":"KGM"}]"#), Some(12_500));
        assert_eq!(told(r#"[{"quantity":3,"uom":"KGM"}]"#), Some(3_000));
        assert_eq!(told(r#"[{"quantity":3,"uom":"TNE"}]"#), None);
        assert_eq!(told(r#"[{"quantity":1,"uom":"KGM"},{"quantity":1,"uom":"KGM"}]"#), None);
        assert_eq!(told("[]"), None);
        assert_eq!(grams_told("{}"), None);
    }
}
