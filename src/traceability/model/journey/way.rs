//! The steps of a lot's way, from what was recorded of the lot and of all that it was made of.
//!
//! Deliveries of a product to an organization are told together by the month; where that is still too much, whatever the month.
//! Of a lot that went into this one only what happened until then is told: what became of the rest of it is another story.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::Datelike as _;
use serde_json::Value;

use crate::{
    accounts::OrganizationId,
    kernel::{clock::Timestamp, decimal::parse_scaled},
    traceability::model::{
        event::EventKind,
        graph::Graph,
        ids::{EventId, LotId, ProducerId},
        lot::CustodyModel,
        producer::Gender,
    },
};

/// A lot of the way.
#[derive(Debug, Clone)]
pub struct LotTold {
    /// The lot.
    pub id: LotId,
    /// What stands on its label.
    pub code: String,
    /// The product, by its code.
    pub product: String,
    /// Who made it.
    pub maker: OrganizationId,
    /// Where it was made, by the place's code.
    pub place: Option<String>,
    /// Its grade, as it was found.
    pub grade: Option<String>,
    /// What it weighed when it was made.
    pub grams: i64,
    /// The chain of custody.
    pub custody: CustodyModel,
    /// Whether the event that made it was declared an error.
    pub is_void: bool,
    /// The event that made it.
    pub made_by: EventId,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A delivery of the way.
#[derive(Debug, Clone)]
pub struct DeliveryTold {
    /// The lot that it became.
    pub lot: LotId,
    /// Who delivered.
    pub producer: ProducerId,
    /// What she is.
    pub gender: Gender,
    /// Her name, where she agreed.
    pub name: Option<String>,
    /// How much.
    pub grams: i64,
    /// Whether she confirmed it.
    pub confirmed: bool,
}

/// An event about a lot of the way. An event about several comes several times.
#[derive(Debug, Clone)]
pub struct EventTold {
    /// The event.
    pub id: EventId,
    /// The lot.
    pub lot: LotId,
    /// Who recorded it.
    pub organization: OrganizationId,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The event in EPCIS, where it says how much it was about.
    pub body: Option<String>,
    /// Whether it was declared an error later.
    pub is_void: bool,
}

/// A step, before names are put to its codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareStep {
    /// What happened.
    pub kind: EventKind,
    /// When it began.
    pub at: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// Who recorded it.
    pub organization: OrganizationId,
    /// Where, if that was recorded.
    pub place: Option<String>,
    /// The product, by its code.
    pub product: String,
    /// How much, where it is known.
    pub grams: Option<i64>,
    /// From how many producers.
    pub producers: usize,
    /// Whether it was declared an error later.
    pub is_void: bool,
    /// Whether it is about the lot itself.
    pub is_own: bool,
}

/// What was recorded of a lot and of all that it was made of.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The lots, and this one among them.
    pub lots: HashMap<LotId, LotTold>,
    /// What went into what.
    pub graph: Graph,
    /// What was delivered.
    pub deliveries: Vec<DeliveryTold>,
    /// What happened.
    pub events: Vec<EventTold>,
}

/// What deliveries have in common that are told together: the organization, the product, the period, and whether they were
/// declared errors.
type Together<'r> = (OrganizationId, &'r str, i32, bool);

impl Recorded {
    /// The steps of the way of `lot`, the first first: at most `limit`, and how many more there are.
    #[must_use]
    pub fn steps(&self, lot: LotId, limit: usize) -> (Vec<BareStep>, usize) {
        let happened = self.happened(lot);
        let mut delivered = self.delivered(lot, |at| at.year() * 12 + i32::try_from(at.month0()).unwrap_or(0));
        if happened.len() + delivered.len() > limit {
            delivered = self.delivered(lot, |_| 0);
        }
        let mut steps = delivered;
        steps.extend(happened);
        let left_out = steps.len().saturating_sub(limit);
        if left_out > 0 {
            // What the lot itself went through, then what weighed most.
            steps.sort_by_key(|step| std::cmp::Reverse((step.is_own, step.grams)));
            steps.truncate(limit);
        }
        steps.sort_by_key(|step| (step.at, step.kind, step.organization));
        (steps, left_out)
    }

    /// The deliveries, told together by organization, product and what `period` says of their time.
    fn delivered(&self, own: LotId, period: impl Fn(Timestamp) -> i32) -> Vec<BareStep> {
        let mut groups: BTreeMap<Together<'_>, (BareStep, BTreeSet<ProducerId>)> = BTreeMap::new();
        for delivery in &self.deliveries {
            let Some(lot) = self.lots.get(&delivery.lot) else { continue };
            let key = (lot.maker, lot.product.as_str(), period(lot.made_at), lot.is_void);
            let (step, producers) = groups.entry(key).or_insert_with(|| {
                let step = BareStep {
                    kind: EventKind::Delivery,
                    at: lot.made_at,
                    until: lot.made_at,
                    organization: lot.maker,
                    place: lot.place.clone(),
                    product: lot.product.clone(),
                    grams: Some(0),
                    producers: 0,
                    is_void: lot.is_void,
                    is_own: false,
                };
                (step, BTreeSet::new())
            });
            step.at = step.at.min(lot.made_at);
            step.until = step.until.max(lot.made_at);
            step.grams = step.grams.map(|grams| grams.saturating_add(delivery.grams));
            step.is_own |= lot.id == own;
            producers.insert(delivery.producer);
        }
        let told = groups.into_values();
        told.map(|(step, producers)| BareStep { producers: producers.len(), ..step }).collect()
    }

    /// What happened beside deliveries, each event once.
    fn happened(&self, own: LotId) -> Vec<BareStep> {
        let mut used_at: HashMap<LotId, Timestamp> = HashMap::new();
        for edge in &self.graph.edges {
            let Some(child) = self.lots.get(&edge.child) else { continue };
            let last = used_at.entry(edge.parent).or_insert(child.made_at);
            *last = child.made_at.max(*last);
        }
        let mut made: HashMap<EventId, i64> = HashMap::new();
        for lot in self.lots.values() {
            let grams = made.entry(lot.made_by).or_default();
            *grams = grams.saturating_add(lot.grams);
        }
        let mut steps: HashMap<EventId, BareStep> = HashMap::new();
        for event in &self.events {
            let Some(lot) = self.lots.get(&event.lot) else { continue };
            let is_own = event.lot == own;
            let is_told = match event.kind {
                // Told together, from the deliveries themselves; and with the events that they correct.
                EventKind::Delivery | EventKind::Correction => false,
                // Of these only the ones on the way.
                EventKind::Aggregation | EventKind::Split | EventKind::Transformation => lot.made_by == event.id,
                EventKind::Inspection
                | EventKind::Shipment
                | EventKind::Receipt
                | EventKind::Loss
                | EventKind::Recall
                | EventKind::RecallEnd
                | EventKind::Captured => is_own || used_at.get(&event.lot).is_some_and(|used| event.at <= *used),
            };
            if !is_told {
                continue;
            }
            let says = event.body.as_deref().map(|body| grams_of(body, &lot.code));
            let step = steps.entry(event.id).or_insert_with(|| BareStep {
                kind: event.kind,
                at: event.at,
                until: event.at,
                organization: event.organization,
                place: (lot.made_by == event.id).then(|| lot.place.clone()).flatten(),
                product: lot.product.clone(),
                grams: made.get(&event.id).copied(),
                producers: 0,
                is_void: event.is_void,
                is_own: false,
            });
            step.is_own |= is_own;
            if let Some(grams) = says.flatten() {
                step.grams = Some(step.grams.unwrap_or(0).saturating_add(grams));
            }
        }
        steps.into_values().collect()
    }
}

/// How many grams an event was about of the lot with this code, where it says so in kilograms: the elements of its quantity list
/// whose class ends with the code (EPCIS 2.0, section 7.3.3.3).
fn grams_of(body: &str, code: &str) -> Option<i64> {
    let event: Value = serde_json::from_str(body).ok()?;
    let element = |element: &Value| {
        let class = element.get("epcClass")?.as_str()?;
        let is_its = class.rsplit(['/', ':']).next() == Some(code);
        let in_kilograms = element.get("uom").and_then(Value::as_str) == Some("KGM");
        let quantity = element.get("quantity")?.as_number()?.to_string();
        (is_its && in_kilograms).then(|| parse_scaled(&quantity, 3).ok()).flatten()
    };
    event.get("quantityList")?.as_array()?.iter().find_map(element)
}

#[cfg(test)]
mod tests;
